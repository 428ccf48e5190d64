/* safetensors: the container, and models in it, whole and hostile.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checkpoint/model.h"
#include "checkpoint/safetensors.h"
#include "common/file.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRATCH_NAME "m.safetensors"
#include "tests/unit/scratch.h"

static void make(struct buf *b, const char *json, size_t data)
{
	uint64_t n = strlen(json);

	buf_init(b);
	buf_add(b, &n, 8);
	buf_adds(b, json);
	for (size_t i = 0; i < data; i++)
		buf_add(b, &(char){ (char)(i + 1) }, 1);
}

static void refuse_bytes(struct buf *b, const char *words)
{
	struct err e = { 0 };
	struct st_file f;

	assert_int_equal(st_parse_bytes(&f, b, "x", &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	if (!strstr(e.text, words))
		fail_msg("no '%s' in '%s'", words, e.text);
	st_release(&f);
	buf_release(b);
}

#define A(type, shape, offsets) "{\"a\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"
#define T(name, offsets) "\"" name "\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" offsets "}"

static void hostile_headers(void **state)
{
	static const struct { const char *json; size_t data; const char *words; } cases[] = {
		{ "{" T("a", "[0,4]") "," T("b", "[2,6]") "}", 6, "begins at 2, legal is 4" },            /* overlap */
		{ "{" T("a", "[0,4]") "," T("b", "[0,4]") "}", 4, "begins at 0, legal is 4" },            /* repeated */
		{ "{" T("a", "[4,8]") "," T("b", "[0,4]") "}", 8, "begins at 4, legal is 0" },            /* descending */
		{ "{" T("a", "[0,4]") "," T("b", "[5,9]") "}", 9, "begins at 5, legal is 4" },            /* hole */
		{ "{" T("a", "[4,0]") "}", 4, "begins at 4" },
		{ "{" T("a", "[0,4]") "}", 5, "1 bytes follow" },
		{ "{" T("a", "[0,4]") "}", 3, "ends at 4, legal 0..3" },
		{ "{" T("a", "[0,4]") "," T("a", "[4,8]") "}", 8, "duplicate" },
		{ "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4, "duplicate" },
		{ "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "duplicate" },
		{ A("F32", "[4294967296,4294967296]", "[0,0]"), 0, "overflows" },
		{ A("F32", "[4611686018427387904]", "[0,0]"), 0, "overflows" },
		{ A("F32", "[0,4294967296,4294967296]", "[0,0]"), 0, "overflows" },
		{ A("F32", "[-1]", "[0,4]"), 4, "shape has a number outside" },
		{ A("F32", "[1.0]", "[0,4]"), 4, "shape has a number outside" },
		{ A("F32", "[18446744073709551617]", "[0,4]"), 4, "too big" },
		{ A("F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]"), 4, "shape must be" },
		{ A("F32", "1", "[0,4]"), 4, "shape must be" },
		{ A("F32", "[2]", "[0,4]"), 4, "its shape asks for 8" },
		{ A("F32", "[1]", "[0]"), 4, "data_offsets must be" },
		{ A("F32", "[1]", "[0,4,8]"), 4, "data_offsets must be" },
		{ A("F32", "[1]", "[-4,0]"), 4, "data_offsets must be" },
		{ A("F32", "[1]", "[0,\"4\"]"), 4, "data_offsets must be" },
		{ A("F31", "[1]", "[0,4]"), 4, "dtype is 'F31'" },
		{ "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"x\":1}}", 0, "exactly" },
		{ "{\"a\":{\"dtype\":\"U8\",\"shape\":[0]}}", 0, "exactly" },
		{ "{\"a\":[1,2,3]}", 0, "exactly" },
		{ "{\"a\":null}", 0, "exactly" },
		{ "{\"__metadata__\":[]}", 0, "__metadata__" },
		{ "{\"__metadata__\":{\"k\":1}}", 0, "__metadata__" },
		{ "{\"a\":{\"dtype\":{\"x\":{}}}}", 0, "nested 4 deep" },
		{ "{\"a\\\"[[[[\":1}", 0, "exactly" }, /* brackets in a name are no nesting */
		{ " {}", 0, "'{'" }, { "[]", 0, "'{'" }, { "", 0, "header length is 0" }, { "{", 0, "header length is 1" }, { "{ ", 0, "header byte" }, { "{}x", 0, "header byte" },
		{ "{\"\\u0000\":1}", 0, "header byte" }, { "{\"\xff\":1}", 0, "header byte" },
	};
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		make(&b, cases[i].json, cases[i].data);
		refuse_bytes(&b, cases[i].words);
	}
}

static void hostile_lengths(void **state)
{
	static const uint64_t lengths[] = { UINT64_MAX, UINT64_MAX - 7, 1ull << 63, 100000001, 8, 3 };
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		make(&b, "{}", 0);
		memcpy(b.data, &lengths[i], 8);
		refuse_bytes(&b, "header length is");
	}
	for (size_t n = 0; n < 8; n++) {
		make(&b, "{}", 0);
		b.len = n;
		refuse_bytes(&b, "too short");
	}
}

static void many_tensors_and_deep_nesting(void **state)
{
	struct buf json, b;

	(void)state;
	buf_init(&json);
	for (int i = 0; i <= 4096; i++)
		buf_addf(&json, "%c\"%d\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}", i ? ',' : '{', i);
	buf_adds(&json, "}");
	make(&b, json.data, 0);
	refuse_bytes(&b, "4097 tensors, legal 0..4096");
	buf_clear(&json);
	buf_adds(&json, "{\"a\":");
	for (int i = 0; i < 100000; i++)
		buf_adds(&json, "[");
	make(&b, json.data, 0);
	refuse_bytes(&b, "nested 4 deep");
	buf_clear(&json);
	buf_adds(&json, "{\"a\":[0");
	for (int i = 0; i < 1100000; i++)
		buf_adds(&json, ",0");
	make(&b, json.data, 0);
	refuse_bytes(&b, "more than 1048576 values");
	buf_release(&json);
}

/* one tensor of each type; the oracle is C's own conversion */
static void every_type(void **state)
{
	static const char *const json = "{\"__metadata__\":{\"who\":\"me\"},"
		"\"f16\":{\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,12]},\"bf16\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[12,14]},"
		"\"i8\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[14,15]},\"u8\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[15,16]},"
		"\"i16\":{\"dtype\":\"I16\",\"shape\":[1],\"data_offsets\":[16,18]},\"i32\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[18,22]},"
		"\"i64\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[22,30]},\"f64\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[30,38]},"
		"\"f32\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[38,42]},\"bool\":{\"dtype\":\"BOOL\",\"shape\":[1],\"data_offsets\":[42,43]},"
		"\"none\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[43,43]}}   ";
	static const uint16_t f16[6] = { 0x3c00, 0xc500, 0x0001, 0x8400, 0x7bff, 0xfc00 };
	static const float f16_want[6] = { 1, -5, 0x1p-24f, -0x1p-14f, 65504, -INFINITY };
	static const struct { const char *name; float want; } one[] = {
		{ "bf16", -1.5f }, { "i8", -3 }, { "u8", 253 }, { "i16", -300 }, { "i32", -70000 }, { "i64", -5e9f }, { "f64", 0.1f }, { "f32", 33.25f },
	};
	struct err e = { 0 };
	struct st_file f;
	struct buf b;
	size_t n;
	float *v;

	(void)state;
	make(&b, json, 0);
	buf_add(&b, f16, 12);
	buf_add(&b, &(uint16_t){ 0xbfc0 }, 2);
	buf_add(&b, &(int8_t){ -3 }, 1);
	buf_add(&b, &(uint8_t){ 253 }, 1);
	buf_add(&b, &(int16_t){ -300 }, 2);
	buf_add(&b, &(int32_t){ -70000 }, 4);
	buf_add(&b, &(int64_t){ -5000000000 }, 8);
	buf_add(&b, &(double){ 0.1 }, 8);
	buf_add(&b, &(float){ 33.25f }, 4);
	buf_add(&b, "\1", 1);
	assert_int_equal(st_parse_bytes(&f, &b, "x", &e), 0);
	assert_int_equal(f.n, 11);
	assert_int_equal(f.n_meta, 1);
	assert_string_equal(f.meta_key[0], "who");
	assert_string_equal(f.meta_value[0], "me");
	v = st_floats(st_find(&f, "f16"), "x", &n, &e);
	assert_int_equal(n, 6);
	for (int i = 0; i < 6; i++)
		assert_true(v[i] == f16_want[i]);
	free(v);
	for (size_t i = 0; i < sizeof(one) / sizeof(*one); i++) {
		v = st_floats(st_find(&f, one[i].name), "x", &n, &e);
		assert_int_equal(n, 1);
		assert_true(v[0] == one[i].want);
		free(v);
	}
	assert_int_equal(st_find(&f, "u8")->n_dims, 0);
	v = st_floats(st_find(&f, "none"), "x", &n, &e);
	assert_int_equal(n, 0);
	free(v);
	assert_null(st_floats(st_find(&f, "bool"), "x", &n, &e));
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, "'x': tensor 'bool': dtype is 'BOOL', legal is a number type; convert it");
	assert_null(st_find(&f, "nobody"));
	st_release(&f);
	buf_release(&b);
}

/* ---- models: dim 6, hidden 7, 1 layer, 3 heads, 1 kv head, vocab 3; w1 may be Monarch with b = 2, r = 1 ---- */
struct writer { struct buf json, data; };

static void put(struct writer *w, const char *name, int d0, int d1, int d2)
{
	int n = d0 * (d1 ? d1 : 1) * (d2 ? d2 : 1);
	size_t begin = w->data.len;

	for (int i = 0; i < n; i++)
		buf_add(&w->data, &(float){ (float)begin + (float)i }, 4);
	buf_addf(&w->json, ",\"%s\":{\"dtype\":\"F32\",\"shape\":[%d", name, d0);
	if (d1)
		buf_addf(&w->json, ",%d", d1);
	if (d2)
		buf_addf(&w->json, ",%d", d2);
	buf_addf(&w->json, "],\"data_offsets\":[%zu,%zu]}", begin, w->data.len);
}

static void begin(struct writer *w, const char *metadata)
{
	buf_init(&w->json);
	buf_init(&w->data);
	buf_addf(&w->json, "{\"__metadata__\":{%s}", metadata);
}

#define META "\"n_heads\":\"3\",\"seq_len\":\"33\""

static void put_model(struct writer *w, int skip)
{
	static const struct { const char *name; int d0, d1; } tensors[] = {
		{ "tok_embeddings", 3, 6 }, { "norm", 6, 0 }, { "attention_norm", 1, 6 }, { "ffn_norm", 1, 6 }, { "layers.0.wq", 6, 6 },
		{ "layers.0.wk", 2, 6 }, { "layers.0.wv", 2, 6 }, { "layers.0.wo", 6, 6 }, { "layers.0.w2", 6, 7 }, { "layers.0.w3", 7, 6 },
		{ "layers.0.w1", 7, 6 },
	};

	for (int i = 0; i < 11; i++)
		if (i != skip)
			put(w, tensors[i].name, tensors[i].d0, tensors[i].d1, 0);
}

enum { SKIP_NONE = 99, SKIP_W1 = 10 };

static int load(struct writer *w, struct model *m, struct err *e)
{
	struct err io = { 0 };
	struct buf b;
	int bad;

	buf_adds(&w->json, "}");
	make(&b, w->json.data, 0);
	buf_add(&b, w->data.data, w->data.len);
	assert_int_equal(file_write(path, b.data, b.len, &io), 0);
	bad = model_load(m, path, e);
	buf_release(&b);
	buf_release(&w->json);
	buf_release(&w->data);
	return bad;
}

static void refuse(struct writer *w, const char *words)
{
	struct err e = { 0 };
	struct model m;

	assert_int_equal(load(w, &m, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	if (!strstr(e.text, words))
		fail_msg("no '%s' in '%s'", words, e.text);
	assert_null(m.memory);
}

static void dense_model(void **state)
{
	struct err e = { 0 };
	struct writer w;
	struct model m;

	(void)state;
	begin(&w, META ",\"rope_theta\":\"5e5\",\"norm_eps\":\"1e-6\"");
	put_model(&w, SKIP_NONE);
	assert_int_equal(load(&w, &m, &e), 0);
	assert_int_equal(m.dim, 6);
	assert_int_equal(m.hidden, 7);
	assert_int_equal(m.n_kv_heads, 1);
	assert_int_equal(m.seq_len, 33);
	assert_true(m.rope_theta == 5e5f && m.norm_eps == 1e-6f);
	assert_true(m.head == m.embedding);
	assert_true(m.layers[0].linear[MODEL_WQ].w[1] == 4 * (18 + 6 + 6 + 6) + 1);
	model_release(&m);
}

/* mixed: w1 Monarch, cut from s*b = 8 to 7 outputs, the rest dense; head of its own */
static void mixed_model(void **state)
{
	struct err e = { 0 };
	struct writer w;
	struct model m;
	const struct model_linear *l;

	(void)state;
	begin(&w, META ",\"hidden\":\"7\"");
	put_model(&w, SKIP_W1);
	put(&w, "layers.0.w1.R", 2, 2, 3);
	put(&w, "layers.0.w1.L", 2, 4, 2);
	put(&w, "output", 3, 6, 0);
	assert_int_equal(load(&w, &m, &e), 0);
	l = &m.layers[0].linear[MODEL_W1];
	assert_null(l->w);
	assert_int_equal(l->b, 2);
	assert_int_equal(l->r, 1);
	assert_int_equal(l->p, 3);
	assert_int_equal(l->s, 4);
	assert_int_equal(l->out, 7);
	assert_true(l->L[0] == l->R[0] + 48);
	assert_true(m.head != m.embedding);
	model_release(&m);
}

static void bad_models(void **state)
{
	static const struct { const char *meta, *words; } metas[] = {
		{ "\"seq_len\":\"33\"", "add \"n_heads\" to __metadata__" }, { "\"n_heads\":\"3\"", "add \"seq_len\" to __metadata__" },
		{ "\"n_heads\":\"4\",\"seq_len\":\"33\"", "n_heads is 4, legal are divisors of dim 6" },
		{ "\"n_heads\":\"2\",\"seq_len\":\"33\"", "add \"n_kv_heads\"" }, { "\"n_heads\":\"-3\",\"seq_len\":\"33\"", "n_heads is '-3'" },
		{ "\"n_heads\":\"3x\",\"seq_len\":\"33\"", "n_heads is '3x'" }, { "\"n_heads\":\"99999999999999999999\"", "legal 1..16777216" },
		{ META ",\"dim\":\"7\"", "dim is 7, legal is 6" }, { META ",\"hidden\":\"8\"", "legal 8 x 6" }, { META ",\"n_kv_heads\":\"3\"", "legal 6 x 6" },
		{ META ",\"norm_eps\":\"0\"", "norm_eps is '0'" }, { META ",\"rope_theta\":\"nan\"", "rope_theta is 'nan'" },
	};
	struct writer w;

	(void)state;
	for (size_t i = 0; i < sizeof(metas) / sizeof(*metas); i++) {
		begin(&w, metas[i].meta);
		put_model(&w, SKIP_NONE);
		refuse(&w, metas[i].words);
	}
	for (int skip = 0; skip < 11; skip++) {
		begin(&w, META);
		put_model(&w, skip);
		refuse(&w, "is missing");
	}
	begin(&w, META);
	put_model(&w, SKIP_NONE);
	put(&w, "layers.1.wq", 6, 6, 0);
	refuse(&w, "no place");
	begin(&w, META);
	put_model(&w, SKIP_NONE);
	put(&w, "layers.0.w1.R", 2, 2, 3);
	put(&w, "layers.0.w1.L", 2, 4, 2);
	refuse(&w, "both dense and");
	begin(&w, META ",\"hidden\":\"7\"");
	put_model(&w, SKIP_W1);
	put(&w, "layers.0.w1.L", 2, 4, 2);
	refuse(&w, "'layers.0.w1.R' is missing");
	begin(&w, META ",\"hidden\":\"7\"");
	put_model(&w, SKIP_W1);
	put(&w, "layers.0.w1.R", 2, 3, 3); /* 3 is no multiple of 2 blocks */
	put(&w, "layers.0.w1.L", 2, 4, 3);
	refuse(&w, "legal is R b x b*r x p");
	begin(&w, META ",\"hidden\":\"7\"");
	put_model(&w, SKIP_W1);
	put(&w, "layers.0.w1.R", 2, 2, 4);
	put(&w, "layers.0.w1.L", 2, 4, 2);
	refuse(&w, "p is 4 and s is 4, legal 3 and 4");
}

static void project_student(void **state)
{
	static const char *const file = "../shared/models/students/monarch_b4.safetensors";
	struct err e = { 0 };
	struct model m;

	(void)state;
	if (!file_exists(file)) {
		print_message("skipped: '%s' is not there\n", file);
		skip();
	}
	assert_int_equal(model_load(&m, file, &e), 0);
	assert_int_equal(m.dim, 64);
	assert_int_equal(m.hidden, 172);
	assert_int_equal(m.n_layers, 5);
	assert_int_equal(m.n_heads, 8);
	assert_int_equal(m.n_kv_heads, 4);
	assert_int_equal(m.vocab, 512);
	assert_int_equal(m.layers[4].linear[MODEL_W1].s, 43);
	assert_int_equal(m.layers[0].linear[MODEL_WK].r, 2);
	model_release(&m);
}

/* through model_load, a hostile length must not be taken for another format */
static void load_names_the_header(void **state)
{
	struct err e = { 0 }, io = { 0 };
	struct model m;
	struct buf b;

	(void)state;
	make(&b, "{\"a\":1}", 0);
	memset(b.data, 0xff, 8);
	assert_int_equal(file_write(path, b.data, b.len, &io), 0);
	assert_int_equal(model_load(&m, path, &e), -1);
	assert_non_null(strstr(e.text, "header length is 18446744073709551615"));
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_headers), cmocka_unit_test(hostile_lengths), cmocka_unit_test(many_tensors_and_deep_nesting),
		cmocka_unit_test(every_type), cmocka_unit_test(dense_model), cmocka_unit_test(mixed_model), cmocka_unit_test(bad_models),
		cmocka_unit_test(project_student), cmocka_unit_test(load_names_the_header),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

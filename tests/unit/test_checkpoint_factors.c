/* Integer weights with scales and calibrated factors in safetensors models: what is read, and everything that is refused (docs/train.md section 5).
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checkpoint/model.h"
#include "common/buf.h"
#include "common/file.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRATCH_NAME "m.safetensors"
#include "tests/unit/scratch.h"

/* ---- a model of dim 6, hidden 7, 1 layer, 3 heads, 1 kv head, vocab 3; w1 Monarch with b = 2, r = 1. Every element of a tensor has the same value ---- */

struct entry { const char *name, *dtype; int d0, d1, d2; double value; };

static const struct entry base[] = {
	{ "tok_embeddings", "F32", 3, 6, 0, 1 }, { "norm", "F32", 6, 0, 0, 1 }, { "attention_norm", "F32", 1, 6, 0, 1 }, { "ffn_norm", "F32", 1, 6, 0, 1 },
	{ "layers.0.wq", "F32", 6, 6, 0, 0.5 }, { "layers.0.wk", "F32", 2, 6, 0, 0.5 }, { "layers.0.wv", "F32", 2, 6, 0, 0.5 },
	{ "layers.0.wo", "F32", 6, 6, 0, 0.5 }, { "layers.0.w2", "F32", 6, 7, 0, 0.5 }, { "layers.0.w3", "F32", 7, 6, 0, 0.5 },
	{ "layers.0.w1.R", "F32", 2, 2, 3, 0.5 }, { "layers.0.w1.L", "F32", 2, 4, 2, 0.5 },
};
enum { BASE = sizeof(base) / sizeof(*base), EXTRA = 4 };

static void put_number(struct buf *b, const char *dtype, double v)
{
	float f = (float)v;

	if (!strcmp(dtype, "F64"))
		buf_add(b, &v, 8);
	else if (!strcmp(dtype, "F32"))
		buf_add(b, &f, 4);
	else if (!strcmp(dtype, "BF16"))
		buf_add(b, (const char *)&f + 2, 2);
	else if (!strcmp(dtype, "I16"))
		buf_add(b, &(int16_t){ (int16_t)v }, 2);
	else /* I8, U8 */
		buf_add(b, &(int8_t){ (int8_t)v }, 1);
}

static void put(struct buf *json, struct buf *data, const struct entry *t)
{
	size_t begin = data->len;

	for (int i = 0; i < t->d0 * (t->d1 ? t->d1 : 1) * (t->d2 ? t->d2 : 1); i++)
		put_number(data, t->dtype, t->value);
	buf_addf(json, ",\"%s\":{\"dtype\":\"%s\",\"shape\":[%d", t->name, t->dtype, t->d0);
	if (t->d1)
		buf_addf(json, ",%d", t->d1);
	if (t->d2)
		buf_addf(json, ",%d", t->d2);
	buf_addf(json, "],\"data_offsets\":[%zu,%zu]}", begin, data->len);
}

/* base with the entries of extra: in the place of one of the same name, or beside; dtype NULL takes one out */
static int load(const struct entry *extra, struct model *m, struct err *e)
{
	struct buf json, data, file;
	struct err io = { 0 };
	bool done[EXTRA] = { false };
	uint64_t n;
	int bad;

	buf_init(&json);
	buf_init(&data);
	buf_init(&file);
	buf_adds(&json, "{\"__metadata__\":{\"n_heads\":\"3\",\"seq_len\":\"33\",\"hidden\":\"7\"}");
	for (int i = 0; i < BASE; i++) {
		const struct entry *t = &base[i];

		for (int j = 0; j < EXTRA; j++)
			if (extra[j].name && !strcmp(extra[j].name, t->name)) {
				t = &extra[j];
				done[j] = true;
				break;
			}
		if (t->dtype)
			put(&json, &data, t);
	}
	for (int j = 0; j < EXTRA; j++)
		if (extra[j].name && !done[j])
			put(&json, &data, &extra[j]);
	buf_adds(&json, "}");
	n = json.len;
	buf_add(&file, &n, 8);
	buf_add(&file, json.data, json.len);
	buf_add(&file, data.data, data.len);
	assert_int_equal(file_write(path, file.data, file.len, &io), 0);
	bad = model_load(m, path, e);
	buf_release(&json);
	buf_release(&data);
	buf_release(&file);
	return bad;
}

static void every_float_type(void **state)
{
	static const char *const types[] = { "F32", "F64", "BF16" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		const struct entry extra[EXTRA] = { { "layers.0.wq", "I8", 6, 6, 0, -127 }, { "layers.0.wq.scale", types[i], 6, 0, 0, 0.25 }, { "layers.0.wq.k_out", types[i], 1, 0, 0, 0.75 } };
		struct err e = { 0 };
		struct model m;

		assert_int_equal(load(extra, &m, &e), 0);
		for (int j = 0; j < 36; j++)
			assert_true(m.layers[0].linear[MODEL_WQ].w[j] == -31.75f);
		assert_true(*m.layers[0].linear[MODEL_WQ].k_out == 0.75f);
		assert_null(m.layers[0].linear[MODEL_WQ].k);
		assert_null(m.layers[0].linear[MODEL_WK].k_out);
		model_release(&m);
	}
}

/* each factor by itself: integers and floats, k without k_out */
static void a_monarch_layer(void **state)
{
	const struct entry left[EXTRA] = { { "layers.0.w1.L", "I8", 2, 4, 2, 3 }, { "layers.0.w1.L.scale", "F32", 8, 0, 0, 2 }, { "layers.0.w1.k", "F32", 2, 0, 0, 0.125 } };
	const struct entry right[EXTRA] = { { "layers.0.w1.R", "I8", 2, 2, 3, 127 }, { "layers.0.w1.R.scale", "F32", 4, 0, 0, 0.5 }, { "layers.0.w1.k_out", "F32", 1, 0, 0, 3 } };
	const struct model_linear *l;
	struct err e = { 0 };
	struct model m;

	(void)state;
	assert_int_equal(load(left, &m, &e), 0);
	l = &m.layers[0].linear[MODEL_W1];
	assert_true(l->b == 2 && l->r == 1 && l->p == 3 && l->s == 4 && !l->w);
	for (int i = 0; i < 16; i++)
		assert_true(l->L[i] == 6);
	for (int i = 0; i < 12; i++)
		assert_true(l->R[i] == 0.5f);
	assert_true(l->k[0] == 0.125f && l->k[1] == 0.125f && !l->k_out);
	model_release(&m);
	assert_int_equal(load(right, &m, &e), 0);
	l = &m.layers[0].linear[MODEL_W1];
	for (int i = 0; i < 12; i++)
		assert_true(l->R[i] == 63.5f);
	assert_true(!l->k && *l->k_out == 3);
	model_release(&m);
}

#define I8_WQ { "layers.0.wq", "I8", 6, 6, 0, 1 }
#define I8_R { "layers.0.w1.R", "I8", 2, 2, 3, 1 }
#define POSITIVE ", legal is a finite one above 0; write the file anew"

static void refused(void **state)
{
	static const struct { struct entry extra[EXTRA]; const char *words; } cases[] = {
		{ { I8_WQ }, "tensor 'layers.0.wq.scale' is missing beside the integers of 'layers.0.wq'; add it" },
		{ { I8_R }, "tensor 'layers.0.w1.R.scale' is missing beside the integers of 'layers.0.w1.R'; add it" },
		{ { I8_R, { "layers.0.w1.R.scale", "F32", 4, 0, 0, 1 }, { "layers.0.w1.L", "I8", 2, 4, 2, 1 } }, "'layers.0.w1.L.scale' is missing" },
		{ { { "layers.0.wq.scale", "F32", 6, 0, 0, 1 } }, "tensor 'layers.0.wq' has a scale, but its type is F32, legal is I8; leave 'layers.0.wq.scale' out" },
		{ { { "layers.0.w1.L.scale", "F32", 8, 0, 0, 1 } }, "tensor 'layers.0.w1.L' has a scale, but its type is F32, legal is I8; leave 'layers.0.w1.L.scale' out" },
		{ { { "layers.0.wq", NULL, 0, 0, 0, 0 }, { "layers.0.wq.scale", "F32", 6, 0, 0, 1 } }, "tensor 'layers.0.wq' is missing; add it" },
		{ { { "layers.0.w1.scale", "F32", 7, 0, 0, 1 } }, "tensor 'layers.0.w1.scale' has no place in a model of 1 layers" },
		{ { { "layers.0.wq.R.scale", "F32", 6, 0, 0, 1 } }, "tensor 'layers.0.wq.R.scale' has no place in a model of 1 layers" },
		{ { { "norm.scale", "F32", 6, 0, 0, 1 } }, "tensor 'norm.scale' has no place in a model of 1 layers" },
		{ { { "layers.0.wq", "I16", 6, 6, 0, 1 }, { "layers.0.wq.scale", "F32", 6, 0, 0, 1 } },
		  "tensor 'layers.0.wq': the type of weights is I16, legal F32, F16, BF16, F64, or I8 with a scale per row; convert it" },
		{ { { "layers.0.w1.L", "U8", 2, 4, 2, 1 } }, "tensor 'layers.0.w1.L': the type of weights is U8, legal" },
		{ { I8_WQ, { "layers.0.wq.scale", "F32", 5, 0, 0, 1 } }, "tensor 'layers.0.wq.scale' is 5 numbers of type F32, legal 6 of F32, F16, BF16 or F64; write the file anew" },
		{ { I8_WQ, { "layers.0.wq.scale", "I8", 6, 0, 0, 1 } }, "tensor 'layers.0.wq.scale' is 6 numbers of type I8, legal 6 of" },
		{ { I8_WQ, { "layers.0.wq.scale", "F32", 6, 1, 0, 1 } }, "tensor 'layers.0.wq.scale' has 2 dimensions, legal 1" },
		{ { I8_WQ, { "layers.0.wq.scale", "F32", 6, 0, 0, 0 } }, "tensor 'layers.0.wq.scale': number 0 is 0" POSITIVE },
		{ { I8_WQ, { "layers.0.wq.scale", "F32", 6, 0, 0, -2 } }, "tensor 'layers.0.wq.scale': number 0 is -2" POSITIVE },
		{ { I8_WQ, { "layers.0.wq.scale", "F32", 6, 0, 0, NAN } }, "tensor 'layers.0.wq.scale': number 0 is nan" POSITIVE },
		{ { I8_WQ, { "layers.0.wq.scale", "F64", 6, 0, 0, 1e300 } }, "tensor 'layers.0.wq.scale': number 0 is inf" POSITIVE },
		{ { I8_WQ, { "layers.0.wq.scale", "F64", 6, 0, 0, 1e-300 } }, "tensor 'layers.0.wq.scale': number 0 is 0" POSITIVE },
		{ { { "layers.0.wq", "I8", 6, 6, 0, -128 }, { "layers.0.wq.scale", "F32", 6, 0, 0, 1 } }, "tensor 'layers.0.wq': integer 0 is -128, legal -127..127; write the file anew" },
		{ { { "layers.0.wq", "I8", 6, 7, 0, 1 }, { "layers.0.wq.scale", "F32", 6, 0, 0, 1 } }, "tensor 'layers.0.wq' has shape 6 x 7, legal 6 x 6" },
		{ { { "layers.0.wq.k", "F32", 1, 0, 0, 1 } }, "tensor 'layers.0.wq.k' has no place" },
		{ { { "layers.0.w1.k", "F32", 3, 0, 0, 1 } }, "tensor 'layers.0.w1.k' is 3 numbers of type F32, legal 2 of" },
		{ { { "layers.0.w1.k", "F32", 2, 0, 0, -1 } }, "tensor 'layers.0.w1.k': number 0 is -1" POSITIVE },
		{ { { "layers.0.w1.k_out", "F32", 2, 0, 0, 1 } }, "tensor 'layers.0.w1.k_out' is 2 numbers of type F32, legal 1 of" },
		{ { { "layers.0.w3.k_out", "F32", 1, 0, 0, INFINITY } }, "tensor 'layers.0.w3.k_out': number 0 is inf" POSITIVE },
		{ { { "layers.0.w3.k_out", "I8", 1, 0, 0, 1 } }, "tensor 'layers.0.w3.k_out' is 1 numbers of type I8, legal 1 of" },
		{ { { "layers.1.w3.k_out", "F32", 1, 0, 0, 1 } }, "tensor 'layers.1.w3.k_out' has no place" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = { 0 };
		struct model m;

		assert_int_equal(load(cases[i].extra, &m, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		if (!strstr(e.text, cases[i].words))
			fail_msg("no '%s' in '%s'", cases[i].words, e.text);
		assert_null(m.memory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_float_type), cmocka_unit_test(a_monarch_layer), cmocka_unit_test(refused) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

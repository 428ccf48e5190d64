/* llama2.c readers on files made here, whole and hostile. The model: dim 6, hidden 7, 2 layers, 3 heads, 1 kv head, vocab 3, context 5.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checkpoint/model.h"
#include "common/file.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRATCH_NAME "m.bin"
#include "tests/unit/scratch.h"

static void put32(struct buf *b, int32_t v)
{
	buf_add(b, &v, 4);
}

/* n floats first, first + 1, ..; returns the next */
static float put_floats(struct buf *b, int n, float first)
{
	for (int i = 0; i < n; i++, first++)
		buf_add(b, &first, 4);
	return first;
}

static const int32_t header[7] = { 6, 7, 2, 3, 1, 3, 5 };
static const int counts[7] = { 36, 12, 12, 36, 42, 42, 42 }; /* wq wk wv wo w1 w2 w3 */

static void make_v0(struct buf *b, int untied)
{
	float f = 0;

	buf_init(b);
	for (int i = 0; i < 7; i++)
		put32(b, i == 5 && untied ? -header[i] : header[i]);
	f = put_floats(b, 18 + 12, f);                        /* embedding, attention norms */
	f = put_floats(b, 2 * (36 + 12 + 12 + 36), f);        /* wq wk wv wo */
	f = put_floats(b, 12 + 2 * 3 * 42 + 6, f);            /* ffn norms, w1 w2 w3, norm */
	put_floats(b, 2 * 5 * 1, -1);                         /* tables [seq_len][head / 2] */
	if (untied)
		put_floats(b, 18, 5000);
}

/* element i of a tensor: int8 (i * 7 + tensor) % 255 - 127, group g of 6: scale (g + 1) / 4 */
static float q8(int tensor, int i)
{
	return (float)((i * 7 + tensor) % 255 - 127) * (float)(i / 6 + 1) / 4;
}

static void put_q8(struct buf *b, int tensor, int n)
{
	for (int i = 0; i < n; i++)
		buf_add(b, &(int8_t){ (int8_t)((i * 7 + tensor) % 255 - 127) }, 1);
	for (int g = 0; g < n / 6; g++)
		buf_add(b, &(float){ (float)(g + 1) / 4 }, 4);
}

static void make_v2(struct buf *b, int shared)
{
	buf_init(b);
	put32(b, 0x616b3432);
	put32(b, 2);
	for (int i = 0; i < 7; i++)
		put32(b, header[i]);
	buf_add(b, &(char){ (char)shared }, 1);
	put32(b, 6);
	while (b->len < 256)
		buf_add(b, "", 1);
	put_floats(b, 12 + 12 + 6, 100);
	put_q8(b, 0, 18);
	for (int id = 0; id < 7; id++)
		for (int l = 0; l < 2; l++)
			put_q8(b, 1 + 2 * id + l, counts[id]);
	if (!shared)
		put_q8(b, 99, 18);
}

static int load(struct model *m, struct buf *b, struct err *e)
{
	struct err io = { 0 };

	assert_int_equal(file_write(path, b->data, b->len, &io), 0);
	buf_release(b);
	return model_load(m, path, e);
}

/* the file must be refused with the words */
static void refuse(struct buf *b, const char *words)
{
	struct err e = { 0 };
	struct model m;

	assert_int_equal(load(&m, b, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	if (!strstr(e.text, words))
		fail_msg("no '%s' in '%s'", words, e.text);
	assert_null(m.memory);
	assert_null(m.layers);
}

static void v0_is_read(void **state)
{
	struct err e = { 0 };
	struct model m;
	struct buf b;
	int layer, id;

	(void)state;
	for (int untied = 0; untied < 2; untied++) {
		make_v0(&b, untied);
		assert_int_equal(load(&m, &b, &e), 0);
		assert_int_equal(m.vocab, 3);
		assert_true(m.embedding[17] == 17);
		assert_true(m.layers[1].attention_norm[5] == 29);
		assert_true(m.layers[0].linear[MODEL_WQ].w[0] == 30);
		assert_true(m.layers[1].linear[MODEL_WQ].w[35] == 101);
		assert_true(m.layers[1].linear[MODEL_WK].w[11] == 125);
		assert_int_equal(m.layers[1].linear[MODEL_WK].out, 2);
		assert_true(m.layers[0].linear[MODEL_WO].w[0] == 150);
		assert_true(m.layers[1].ffn_norm[0] == 228);
		assert_true(m.layers[0].linear[MODEL_W1].w[0] == 234);
		assert_true(m.layers[0].linear[MODEL_W2].w[0] == 318);
		assert_int_equal(m.layers[0].linear[MODEL_W2].in, 7);
		assert_true(m.layers[1].linear[MODEL_W3].w[41] == 485);
		assert_true(m.norm[5] == 491);
		assert_true(untied ? m.head[17] == 5017 : m.head == m.embedding);
		assert_int_equal(model_find(&m, "1.w2", &layer, &id, &e), 0);
		assert_int_equal(layer, 1);
		assert_int_equal(id, MODEL_W2);
		model_release(&m);
	}
}

static void v2_is_read(void **state)
{
	struct err e = { 0 };
	struct model m;
	struct buf b;

	(void)state;
	for (int shared = 0; shared < 2; shared++) {
		make_v2(&b, shared);
		assert_int_equal(load(&m, &b, &e), 0);
		assert_true(m.layers[1].attention_norm[0] == 106);
		assert_true(m.layers[0].ffn_norm[0] == 112);
		assert_true(m.norm[5] == 129);
		for (int i = 0; i < 18; i++)
			assert_true(m.embedding[i] == q8(0, i) && m.head[i] == q8(shared ? 0 : 99, i));
		for (int id = 0; id < 7; id++) /* w2 has rows of 7: its groups of 6 cross them */
			for (int l = 0; l < 2; l++)
				for (int i = 0; i < counts[id]; i++)
					assert_true(m.layers[l].linear[id].w[i] == q8(1 + 2 * id + l, i));
		model_release(&m);
	}
}

static void bad_layer_names(void **state)
{
	static const char *const names[] = { "", "w2", "2.w2", "0.w4", "0w1", "00.w1", "-1.w1", "0.", "0.w1 ", "18446744073709551616.w1" };
	struct model m = { .n_layers = 2 };
	int layer, id;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct err e = { 0 };

		assert_int_equal(model_find(&m, names[i], &layer, &id, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		assert_non_null(strstr(e.text, "0..1"));
	}
}

/* every length but the right one */
static void cut_and_longer(void **state)
{
	struct buf b;
	size_t full;

	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		make_v0(&b, 0);
		if (kind) {
			buf_release(&b);
			make_v2(&b, 1);
		}
		full = b.len;
		buf_release(&b);
		for (size_t n = 0; n < full; n += n < 300 ? 1 : 101) {
			kind ? make_v2(&b, 1) : make_v0(&b, 0);
			b.len = n;
			refuse(&b, "bytes");
		}
		kind ? make_v2(&b, 1) : make_v0(&b, 0);
		buf_add(&b, "x", 1);
		refuse(&b, "remove what follows");
	}
}

static void hostile_headers(void **state)
{
	static const int32_t values[] = { 0, -1, INT_MIN, INT_MAX, 1 << 30, 1 << 16 };
	struct buf b;

	(void)state;
	for (int field = 0; field < 7; field++)
		for (size_t k = 0; k < sizeof(values) / sizeof(*values); k++) {
			make_v0(&b, 0);
			memcpy(b.data + 4 * field, &values[k], 4);
			refuse(&b, "'");
			make_v2(&b, 1);
			if (field == 6 && values[k] == 1 << 16) { /* v2 has no tables: a longer context is legal */
				buf_release(&b);
				continue;
			}
			memcpy(b.data + 8 + 4 * field, &values[k], 4);
			refuse(&b, "'");
		}
}

static void overflowing_products(void **state)
{
	/* dim * vocab * layers and their sums leave 64 bits; heads are chosen so that the header is otherwise sound */
	static const int32_t big[7] = { 1 << 30, INT_MAX, INT_MAX, 1 << 29, 1, INT_MAX, 1 };
	static const int32_t big_v2[7] = { 1 << 30, 1 << 30, 1 << 27, 1 << 29, 1, 1 << 30, 1 };
	struct buf b;

	(void)state;
	make_v0(&b, 0);
	memcpy(b.data, big, 28);
	refuse(&b, "exceed");
	make_v2(&b, 0);
	memcpy(b.data + 8, big_v2, 28);
	memcpy(b.data + 37, &(int32_t){ 1 }, 4);
	refuse(&b, "2^64");
	make_v0(&b, 0);
	memcpy(b.data, big_v2, 28);
	refuse(&b, "2^64");
}

static void bad_v2_fields(void **state)
{
	static const struct { int at, value, width; const char *words; } cases[] = {
		{ 4, 1, 4, "version 1" }, { 4, 3, 4, "version 3" }, { 36, 2, 1, "shared-classifier byte is 2" }, { 37, 0, 4, "group size is 0" },
		{ 37, -6, 4, "group size is -6" }, { 37, 5, 4, "group size is 5" }, { 41, 1, 1, "byte 41" }, { 255, 9, 1, "byte 255" },
		{ 37, 3, 4, "fetch the whole file" }, { 36, 0, 1, "fetch the whole file" }, { 20, 4, 4, "n_heads is 4" }, { 24, 2, 4, "n_kv_heads is 2" },
		{ 20, 6, 4, "head size dim / n_heads is 1" },
	};
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		make_v2(&b, 1);
		memcpy(b.data + cases[i].at, &cases[i].value, (size_t)cases[i].width);
		refuse(&b, cases[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(v0_is_read), cmocka_unit_test(v2_is_read), cmocka_unit_test(bad_layer_names), cmocka_unit_test(cut_and_longer),
		cmocka_unit_test(hostile_headers), cmocka_unit_test(overflowing_products), cmocka_unit_test(bad_v2_fields),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

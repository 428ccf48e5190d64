/* libbitline's machine: events, repairs and faults of a program that was written by hand, against figures worked out from docs/numerics.md section 1; the numbers
 * of a configuration; the registers of reset.
 * SPDX-License-Identifier: Apache-2.0 */
#include "lib/bitline.h"
#include "lib/numbers.h"
#include "tests/unit/test_golden_machine.h"
#include <stdio.h>
#include <unistd.h>

enum { ROWS = 3, OUTPUTS = 2 };
struct heard { int codes[4][8], n_planes, partial[OUTPUTS], n_partials, q[OUTPUTS], n_outputs, last, stop_after; };

static int hear_codes(void *ctx, const struct bl_codes *e)
{
	struct heard *h = ctx;

	assert_int_equal(e->tile, 1);
	assert_int_equal(e->bits, 4);
	assert_int_equal(e->pc, 3);
	assert_int_equal(e->n, 8);
	assert_int_equal(e->plane, h->n_planes);
	assert_true(h->n_planes < 4);
	for (int i = 0; i < e->n; i++)
		h->codes[h->n_planes][e->column[i]] = e->code[i];
	h->n_planes++;
	return 0;
}

static int hear_partial(void *ctx, const struct bl_partial *e)
{
	struct heard *h = ctx;

	assert_int_equal(e->tile, 1);
	assert_int_equal(e->pc, 3);
	assert_int_equal(e->address, 6 + h->n_partials);
	assert_int_equal(e->accumulator, e->partial);
	assert_true(h->n_partials < OUTPUTS);
	h->partial[h->n_partials++] = e->partial;
	return 0;
}

static int hear_output(void *ctx, const struct bl_output *e)
{
	struct heard *h = ctx;

	assert_int_equal(e->channel, 2 + h->n_outputs);
	assert_int_equal(e->pc, 4);
	assert_true(e->to_stream && !e->to_buffer);
	assert_true(h->n_outputs < OUTPUTS);
	assert_int_equal(e->acc, h->partial[h->n_outputs]);
	h->q[h->n_outputs++] = e->q;
	h->last = e->last;
	return h->n_outputs == h->stop_after;
}

/* w = (-5, 3, 7) and (1, -8, 0) in columns 0..3 and 4..7 of tile 1, x = (2, -3, 7) */
static int multiply(struct bl_machine *m, struct heard *h, struct bl_counts *n)
{
	const uint64_t beats[] = { 0x8003, (uint64_t)3 << 16 | 1, 0x1b, 0x83, 0x07, 0x07fd02 };
	struct bl_events events = { h, hear_codes, hear_partial, hear_output };
	struct asm_prog p = { .n = 0 };

	put(&p, 5, 2, 0, 0, 0, HALVES(0, 2), 0, 0);
	put(&p, W0(6, 0, 1, 0, 1), SPAN(0, 3, ROWS), 0, 0, 0, 0, 0, 0);
	put(&p, 7, 0, 0, HALVES(5, 3), HALVES(1, 0), HALVES(0, 3), 0, 0);
	put(&p, W0(8, 0, 1, 0, 1), SPAN(0, 3, ROWS), SPAN(0, 1, 8), HALVES(5, 3), HALVES(1, 0), 6, W6(4, 0, 0, 4, 0), 0);
	put(&p, W0(9, 6, 1, 0, 1), 2, 0, 0, 0, HALVES(6, OUTPUTS), 0, 0);
	put_end(&p);
	return bl_machine_run(m, &p.w[0][0], p.n, beats, 6, &events, n, NULL);
}

static struct bl_config *two_tiles(void)
{
	const char *over[] = { "array.tiles=2", "numbers.input_bits=4", "numbers.weight_bits=4", "array.spares=1" };
	struct bl_error e = { 0, "" };
	struct bl_config *c = bl_config_load("configs/tiny.xml", over, 4, &e);

	if (!c)
		fail_msg("%s", e.text);
	return c;
}

static void events_of_a_program(void **state)
{
	static const int codes[4][8] = { { 2, 2, 1, 0, 0, 0, 0, 1 }, { 2, 2, 1, 1, 1, 0, 0, 0 }, { 2, 2, 1, 0, 0, 0, 0, 1 }, { 1, 1, 0, 0, 0, 0, 0, 1 } };
	struct bl_config *c = two_tiles();
	struct bl_machine *m = bl_machine_new(c, NULL, NULL, NULL);
	struct heard h = { .n_planes = 0 };
	struct bl_counts n;

	(void)state;
	assert_int_equal(multiply(m, &h, &n), 0);
	assert_int_equal(h.n_planes, 4);
	assert_memory_equal(h.codes, codes, sizeof(codes));
	assert_int_equal(h.n_partials, OUTPUTS);
	assert_int_equal(h.partial[0], 2 * -5 + -3 * 3 + 7 * 7);
	assert_int_equal(h.partial[1], 2 * 1 + -3 * -8);
	assert_int_equal(h.n_outputs, OUTPUTS);
	assert_int_equal(h.q[0], 7);
	assert_int_equal(h.q[1], 3);
	assert_true(h.last);
	assert_true(n.activations == 4 && n.conversions == 32 && n.comparisons == 128 && n.beats == 6);
	h = (struct heard){ .stop_after = 1 };
	assert_int_not_equal(multiply(m, &h, &n), 0);
	assert_int_equal(h.n_outputs, 1);
	bl_machine_free(m);
	bl_config_free(c);
}

/* a cell that is stuck is seen; its column replaced by the spare one, it is not */
static void faults_and_repairs(void **state)
{
	char path[] = "/tmp/bitline-lib-XXXXXX";
	struct bl_config *c = two_tiles();
	struct heard h = { .n_planes = 0 };
	FILE *f = fdopen(mkstemp(path), "w");

	(void)state;
	fputs("cell 1 0 0 0\n", f); /* the lowest bit of -5: -6 */
	fclose(f);
	for (int repaired = 0; repaired < 2; repaired++) {
		struct bl_machine *m = bl_machine_new(c, NULL, NULL, NULL);

		assert_int_equal(bl_machine_break(m, path, NULL), 0);
		if (repaired)
			assert_int_equal(bl_machine_repair(m, 1, 0, 0, NULL), 0);
		h = (struct heard){ .n_planes = 0 };
		assert_int_equal(multiply(m, &h, NULL), 0);
		assert_int_equal(h.partial[0], 2 * (repaired ? -5 : -6) + -3 * 3 + 7 * 7);
		assert_int_equal(h.partial[1], 2 * 1 + -3 * -8);
		bl_machine_free(m);
	}
	unlink(path);
	bl_config_free(c);
}

static void numbers_of_a_configuration(void **state)
{
	struct bl_config *c = two_tiles();
	struct bl_error e = { 0, "" };

	(void)state;
	assert_int_equal(bl_config_number(c, BL_COLUMNS, NULL), 8);
	assert_int_equal(bl_config_number(c, BL_TILES, NULL), 2);
	assert_int_equal(bl_config_number(c, BL_CONVERTERS, NULL), 4);
	assert_int_equal(bl_config_number(c, BL_GRID_BITS, NULL), 4);
	assert_int_equal(bl_config_number(c, BL_SPARES, NULL), 1);
	assert_int_equal(bl_config_number(c, BL_WEIGHT_LEAST, NULL), -8);
	assert_int_equal(bl_config_number(c, BL_WEIGHT_MOST, NULL), 7);
	assert_int_equal(bl_config_number(c, BL_SLICES, NULL), 4);
	assert_int_equal(bl_resolution(c, 8, NULL), 4);
	assert_int_equal(bl_resolution(c, 9, &e), -1);
	assert_string_equal(e.text, "bl_resolution: 9 rows: legal 1..8");
	assert_true(strlen(bl_version()) > 0 && strspn(bl_version(), "0123456789.") == strlen(bl_version()));
	bl_config_free(c);
}

/* a machine and a layer convert with the tables that they are given: ideal ones compute exactly; with thresholds out of reach every code is 0 */
static void tables_of_a_machine(void **state)
{
	struct bl_config *c = two_tiles();
	struct bl_tables *ideal = bl_tables_make(c), *high;
	int n = 2 * 4 * GM_SETS << 4;
	int32_t *T = malloc((size_t)n * sizeof(*T));
	struct bl_tables *tables[2];
	const int8_t w[2] = { 3, -2 }, x[2] = { 5, 1 };
	int32_t y[1];

	(void)state;
	for (int i = 0; i < n; i++)
		T[i] = i % 16 ? (1 << 22) + i % 16 : 0;
	high = bl_tables_take(c, T, NULL);
	tables[0] = ideal, tables[1] = high;
	for (int i = 0; i < 2; i++) {
		struct bl_machine *m = bl_machine_new(c, tables[i], NULL, NULL);
		struct bl_layer *l = bl_layer_new(c, tables[i], NULL, w, 1, 2, NULL);
		struct heard h = { .n_planes = 0 };

		assert_int_equal(multiply(m, &h, NULL), 0);
		assert_int_equal(h.partial[0], i ? 0 : 30);
		assert_int_equal(bl_layer_run(l, x, y, NULL), 0);
		assert_int_equal(y[0], i ? 0 : 13);
		bl_machine_free(m);
		bl_layer_free(l);
	}
	free(T);
	bl_tables_free(ideal);
	bl_tables_free(high);
	bl_config_free(c);
}

static void write_bytes(const char *path, const char *bytes, size_t n)
{
	FILE *f = fopen(path, "w");

	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
}

/* a program's file is read as it is executed; a tree's file searches as it says */
static void files(void **state)
{
	static const char end[64] = { 1, 0, 0, 0, 4, 3, 2, 1 }, tree[] = "{\"bits\": 1, \"root\": 1, \"left\": [0, 0], \"right\": [0, 0]}";
	char path[] = "/tmp/bitline-lib-XXXXXX";
	const char *over[] = { "readout.bits=1" };
	struct bl_config *c = bl_config_load("configs/edge64-asymmetric.xml", over, 1, NULL);
	struct bl_conversion r;
	struct bl_converter *v;
	struct bl_error e = { 0, "" };
	struct bl_tree *t;
	uint32_t *code;
	size_t n;

	(void)state;
	close(mkstemp(path));
	write_bytes(path, end, sizeof(end));
	assert_int_equal(bl_program_read(path, &code, &n, NULL), 0);
	assert_int_equal(n, 2);
	assert_true(code[0] == 1 && code[1] == 0x01020304 && code[15] == 0);
	bl_free(code);
	write_bytes(path, tree, sizeof(tree) - 1);
	t = bl_tree_read(c, path, &e);
	if (!t)
		fail_msg("%s", e.text);
	v = bl_converter_new(c, NULL, t, 0, 0, 0, NULL);
	for (int level = 0; level < 2; level++) {
		assert_int_equal(bl_convert(v, 1, level << bl_config_number(c, BL_GRID_BITS, NULL), &r, NULL), 0);
		assert_int_equal(r.code, level);
		assert_int_equal(r.steps, 1);
	}
	bl_converter_free(v);
	bl_config_free(c);
	c = bl_config_load("configs/tiny.xml", NULL, 0, NULL);
	assert_null(bl_converter_new(c, NULL, t, 0, 0, 0, &e));
	assert_string_equal(e.text, "bl_converter_new: configuration tiny searches in one order: a tree is of readout.search=asymmetric");
	bl_tree_free(t);
	bl_config_free(c);
	unlink(path);
}

static void numbers_of_a_model(void **state)
{
	struct bl_model *m = bl_model_load("models/story.safetensors", NULL);
	struct bl_linear w1;

	(void)state;
	assert_int_equal(bl_model_linear(m, "0.w1", &w1, NULL), 0);
	assert_int_equal(bl_model_number(m, BL_DIM, NULL), w1.in);
	assert_int_equal(bl_model_number(m, BL_HIDDEN, NULL), w1.out);
	assert_int_equal(bl_model_number(m, BL_DIM, NULL) % bl_model_number(m, BL_HEADS, NULL), 0);
	assert_true(bl_model_number(m, BL_LAYERS, NULL) >= 1);
	bl_model_free(m);
}

static void registers_of_reset(void **state)
{
	struct cfg c;
	struct err e = { 0 };
	struct gm_regs r;

	(void)state;
	assert_int_equal(cfg_load(&c, "configs/tiny.xml", (const char *[]){ "numbers.input_code=sm", "numbers.input_bits=3", "readout.lsb=2", "readout.low=1" }, 4, &e), 0);
	r = numbers_reset_regs(&c);
	assert_true(r.input_bits == 8 && r.weight_bits == 8 && r.input_code == GC_TC && r.weight_code == GC_TC);
	for (int s = 0; s < GM_SETS; s++)
		assert_true(r.window[s].lsb == 1 && r.window[s].low == 0 && !r.window[s].nearest);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(events_of_a_program), cmocka_unit_test(faults_and_repairs), cmocka_unit_test(numbers_of_a_configuration), cmocka_unit_test(tables_of_a_machine),
						   cmocka_unit_test(files), cmocka_unit_test(numbers_of_a_model), cmocka_unit_test(registers_of_reset) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

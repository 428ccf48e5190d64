/* map: what the predictor says about an illegal program, and the compiler about a layer that cannot be run, in full.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "map/map.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct cfg config(void)
{
	struct cfg c = { .name = "test", .rows = 33, .cols = 64, .tiles = 3, .cell_bits = 1, .sample_hold = true, .input_bits = 8, .weight_bits = 8,
		.bits = 7, .adcs = 8, .lsb = 1, .grid_bits = 4, .precharge = 1, .evaluate = 1, .compare = 1,
		.program_depth = 1024, .activation_depth = 4096, .accumulator_depth = 1024, .channel_depth = 1024 };

	return c;
}

/* n times the same instruction, then nothing */
static void expect_illegal(const struct map_instr *i, size_t n, const char *text)
{
	struct cfg c = config();
	struct map_counts counts;
	struct err e = { 0 };
	uint32_t code[8 * 7];

	for (size_t k = 0; k < n; k++)
		map_encode(i, code + 8 * k);
	assert_int_equal(map_predict(&c, code, n, NULL, &counts, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, text);
}

#define ONE_TILE .tile_stride = 1, .tile_count = 1
#define THREE_ROWS .row_stride = 1, .row_count = 3
#define SEVEN_COLS .col_stride = 1, .col_count = 7

static void t_map_messages_predict(void **state)
{
	static const struct { struct map_instr i; size_t n; const char *text; } cases[] = {
		{ { .op = 0 }, 1, "instruction 0: operation is none of 1..9 (error code 1 of docs/isa.md section 4)" },
		{ { .op = MAP_LOOP }, 1, "instruction 0: loop count zero or fifth loop level (error code 2 of docs/isa.md section 4)" },
		{ { .op = MAP_LOOP, .count = 7 }, 5, "instruction 4: loop count zero or fifth loop level (error code 2 of docs/isa.md section 4)" },
		{ { .op = MAP_NEXT }, 1, "instruction 0: NEXT without LOOP (error code 2 of docs/isa.md section 4)" },
		{ { .op = MAP_OUT, .tile = 3, ONE_TILE, .count = 1 }, 1, "instruction 0: tile set outside the core (error code 3 of docs/isa.md section 4)" },
		{ { .op = MAP_LOAD, ONE_TILE, .row_start = 33, THREE_ROWS }, 1, "instruction 0: row or column outside the array, or a zero count (error code 4 of docs/isa.md section 4)" },
		{ { .op = MAP_ACT, ONE_TILE, THREE_ROWS, SEVEN_COLS }, 1, "instruction 0: inner is zero (error code 4 of docs/isa.md section 4)" },
		{ { .op = MAP_ACT, ONE_TILE, THREE_ROWS, SEVEN_COLS, .inner = 1, .bits = 8, .nslice = 1 }, 1, "instruction 0: bits outside 1..ADC_BITS or nslice zero (error code 5 of docs/isa.md section 4)" },
		{ { .op = MAP_OUT, ONE_TILE, .flags = 1, .count = 3 }, 1, "instruction 0: zero count or inner (error code 4 of docs/isa.md section 4)" },
		{ { .op = MAP_XIN, .count = 3 }, 1, "instruction 0: zero count or inner (error code 4 of docs/isa.md section 4)" },
		{ { .op = MAP_IDX }, 7, "instruction 7: the program runs past its end: END is missing (error code 6 of docs/isa.md section 4)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		expect_illegal(&cases[i].i, cases[i].n, cases[i].text);
}

static void expect_refused(const struct cfg *c, const struct model_linear *m, const double *k, const char *text)
{
	struct map_layer l;
	struct err e = { 0 };

	assert_int_equal(map_quantise(c, m, "3.w2", k, 0, &l, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, text);
}

static void t_map_messages_quantise(void **state)
{
	static const float w[7 * 7];
	const float huge[2] = { 1, 3e38f }, bad[3] = { 0, 1, -INFINITY };
	const double k[] = { 1, -3 };
	struct cfg c = config();
	struct map_layer l;
	struct err e = { 0 };

	(void)state;
	expect_refused(&c, &(struct model_linear){ .out = 0, .in = 7, .w = w }, NULL, "layer '3.w2': shape 0 x 7, legal 1 or more on both sides; mend the checkpoint");
	expect_refused(&c, &(struct model_linear){ .out = 2, .in = 2, .b = 2, .r = 1, .p = 1, .s = 1, .R = w, .L = w }, k,
		       "layer '3.w2': calibration number k[1] is -3, legal is a number greater than 0; calibrate on other tokens");
	expect_refused(&c, &(struct model_linear){ .out = 1, .in = 3, .w = bad }, NULL, "layer '3.w2': weight w[0][2] is infinite: every weight must be finite; mend the checkpoint");
	expect_refused(&c, &(struct model_linear){ .out = 2, .in = 1, .w = huge }, NULL,
		       "layer '3.w2': channel 1 needs the requantiser factor 2.3622e+36, legal 0..32767.75: scale the weights down, or raise the calibration number behind it");
	c.bits = 12;
	c.lsb = 4095;
	expect_refused(&c, &(struct model_linear){ .out = 7, .in = 7, .w = w }, NULL,
		       "layer '3.w2': 7 inputs make 1 row groups of array.rows 33, legal 0..0 before a 32-bit accumulator could overflow: lower readout.bits or readout.lsb, or raise array.rows");
	assert_int_equal(map_take_integers(&c, (const int32_t[]){ 3, 128 }, 1, 2, "w.npy", 1, &l, &e), -1);
	assert_string_equal(e.text, "matrix 'w.npy': value 128 in row 0, column 1 is outside -128..127 of the weight code: raise numbers.weight_bits or scale the matrix");
	e = (struct err){ 0 };
	assert_int_equal(map_take_integers(&c, NULL, 7, 0, "w.npy", 1, &l, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, "matrix 'w.npy': shape 7 x 0, legal 1 or more on both sides; leave no axis empty");
}

static void expect_unfit(const struct cfg *c, const struct map_layer *l, enum map_placement p, int tokens, const char *text)
{
	struct map_program prog;
	struct err e = { 0 };

	assert_int_equal(map_compile(c, l, p, tokens, NULL, &prog, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, text);
}

static void t_map_messages_fit(void **state)
{
	const int wide = 70000;
	int32_t *ones = MEM_NEW((size_t)wide, int32_t);
	float *w = MEM_NEW((size_t)7 * 33 * 7 * 33, float);
	struct model_linear monarch = { .out = 7 * 33, .in = 7 * 33, .b = 7, .r = 1, .p = 33, .s = 33, .R = w, .L = w };
	struct cfg c = config();
	struct map_layer l;
	struct err e = { 0 };

	(void)state;
	for (int i = 0; i < wide; i++)
		ones[i] = 1;
	c.rows = 1024; /* few row groups: the sum cannot overflow, but the inputs fit into no buffer */
	assert_int_equal(map_take_integers(&c, ones, 1, wide, "matrix", 1, &l, &e), 0);
	assert_int_equal(map_batch(&c, &l, MAP_AUTO, &e), 0);
	assert_string_equal(e.text, "layer 'matrix' needs 70000 of 'scheduler.activation_depth', which is 4096 and can be 65536 at most: use a larger array or a smaller layer");
	map_layer_release(&l);

	c = config();
	e.code = ERR_NONE;
	assert_int_equal(map_take_integers(&c, ones, 3, 7, "matrix", 1, &l, &e), 0);
	expect_unfit(&c, &l, MAP_AUTO, 0, "layer 'matrix': 0 tokens, legal 1 or more: ask for one");
	map_layer_release(&l);

	/* one row group as Monarch blocks, seven when stored dense */
	c.bits = 12;
	c.lsb = 4;
	assert_int_equal(map_quantise(&c, &monarch, "3.w2", NULL, 1, &l, &e), 0);
	expect_unfit(&c, &l, MAP_LINEAR, 1, "layer '3.w2': stored dense, 231 inputs make 7 row groups of array.rows 33, legal 0..2 before a 32-bit accumulator could overflow: use the sparse placement or raise array.rows");
	/* 7 blocks on strided diagonals: 33 div 7 = 4 rows a piece */
	expect_unfit(&c, &l, MAP_STRIDED, 1, "layer '3.w2': this placement cuts the inputs of an output in 9 row groups, legal 0..2 before a 32-bit accumulator could overflow: use the sparse placement or raise array.rows");
	map_layer_release(&l);
	free(ones);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_map_messages_predict),
		cmocka_unit_test(t_map_messages_quantise),
		cmocka_unit_test(t_map_messages_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

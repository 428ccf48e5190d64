/* golden/machine: what it says about a program that docs/isa.md forbids, in full. The words are put together here from isa.md section 2.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/machine.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { END = 1, LOOP, NEXT, IDX, PARAM, LOAD, XIN, ACT, OUT, DEPTH = 7 };

#define W0(op, tile, stride, count) ((op) | (tile) << 8 | (stride) << 16 | (uint32_t)(count) << 24)
#define SPAN(start, stride, count) ((start) | (stride) << 10 | (uint32_t)(count) << 20)
#define W3(inner) ((uint32_t)(inner) << 16)
#define W5(count) ((uint32_t)(count) << 16)
#define W6(bits, slice0, nslice) ((bits) | (slice0) << 8 | (nslice) << 12)
#define TILE0 W0(ACT, 0, 1, 1)
#define ROWS SPAN(0, 1, 3)
#define COLS SPAN(0, 1, 4)

static const struct gm_hw hw = { .rows = 8, .cols = 7, .tiles = 3, .adcs = 4, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4,
	.prog_depth = DEPTH, .act_depth = 64, .acc_depth = 64, .ch_depth = 64 };
static const struct gm_regs regs = { .input_bits = 3, .weight_bits = 2, .input_code = GC_TC, .weight_code = GC_TC,
	.window = { { 1, 0, false }, { 1, 0, false }, { 1, 0, false }, { 1, 0, false } } };

static void expect_of(const struct gm_hw *h, const uint32_t (*code)[8], size_t n, const uint64_t *stream, size_t n_beats, const char *text)
{
	int32_t *T = calloc((size_t)h->tiles * h->adcs * GM_SETS << h->adc_bits, sizeof(*T));
	struct gm *g = gm_new(h, T);
	struct err e = { 0 };

	assert_int_equal(gm_run(g, &regs, &code[0][0], n, stream, n_beats, NULL, NULL, NULL, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, text);
	gm_free(g);
	free(T);
}

static void expect(const uint32_t (*code)[8], size_t n, const uint64_t *stream, size_t n_beats, const char *text)
{
	expect_of(&hw, code, n, stream, n_beats, text);
}

/* an instruction by itself, at pc 0 */
static void t_golden_messages_instruction(void **state)
{
	static const struct { uint32_t w[8]; const char *text; } cases[] = {
		{ { 0 }, "program, instruction 0: error code 1 (illegal op): op is 0, legal 1..9" },
		{ { 15 }, "program, instruction 0: error code 1 (illegal op): op is 15, legal 1..9" },
		{ { LOOP }, "program, instruction 0: error code 2 (loop): LOOP count is 0, legal 1..65535" },
		{ { NEXT }, "program, instruction 0: error code 2 (loop): NEXT without LOOP" },
		{ { W0(LOAD, 0, 1, 0), ROWS }, "program, instruction 0: error code 3 (tile set): tile_count is 0, it must be at least 1" },
		{ { W0(LOAD, 0, 0, 2), ROWS }, "program, instruction 0: error code 3 (tile set): tile_stride is 0 with tile_count 2, it must be at least 1" },
		{ { W0(OUT, 1, 1, 3), 0, 0, 0, 0, W5(1) }, "program, instruction 0: error code 3 (tile set): the last tile is 3, legal 0..2" },
		{ { W0(LOAD, 0, 1, 1), SPAN(6, 1, 3) }, "program, instruction 0: error code 4 (row or column or zero count): the last row is 8, legal 0..7" },
		{ { PARAM }, "program, instruction 0: error code 4 (row or column or zero count): count is 0, it must be at least 1" },
		{ { XIN, 0, 0, 0, 0, W5(3) }, "program, instruction 0: error code 4 (row or column or zero count): inner is 0, it must be at least 1" },
		{ { TILE0, ROWS, COLS, W3(1), 0, 0, W6(0, 0, 2) }, "program, instruction 0: error code 5 (bits or nslice): bits is 0, legal 1..4" },
		{ { TILE0, ROWS, COLS, W3(1), 0, 0, W6(4, 0, 0) }, "program, instruction 0: error code 5 (bits or nslice): nslice is 0, it must be at least 1" },
		{ { TILE0, ROWS, COLS, W3(1), 0, 0, W6(4, 1, 2) }, "program, instruction 0: slice0 1 with nslice 2, but a weight has slices 0..1" },
		{ { TILE0, ROWS, SPAN(0, 1, 3), W3(1), 0, 0, W6(4, 0, 2) }, "program, instruction 0: col_count 3 is not a multiple of nslice 2" },
		{ { PARAM, 0, 0, 0, 0, W5(3) }, "program, instruction 0: takes beats 0..2, but the stream has 2; give the stream made with this program" },
	};
	static const uint64_t stream[2];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		expect(&cases[i].w, 1, stream, 2, cases[i].text);
}

/* what only some converters forbid */
static void t_golden_messages_converter(void **state)
{
	static const uint32_t act[8] = { TILE0, ROWS, COLS, W3(1), 0, 0, W6(3, 0, 2) }, act3[8] = { W0(ACT, 2, 1, 1), ROWS, COLS, W3(1), 0, 0, W6(4, 0, 2) },
			      load[8] = { W0(LOAD, 0, 1, 5), ROWS };
	struct gm_hw tree = hw, broadcast = hw;

	(void)state;
	tree.asymmetric = true;
	expect_of(&tree, &act, 1, NULL, 0, "program, instruction 0: bits is 3, but an asymmetric search takes all 4");
	broadcast.kind = RO_FLASH;
	broadcast.adc_bits = 2;
	broadcast.tiles = 5;
	broadcast.immersed = true;
	broadcast.network = GM_BROADCAST;
	expect_of(&broadcast, &act3, 1, NULL, 0, "program, instruction 0: error code 3 (tile set): tile 2 only serves as a reference, legal 0..1");
	expect_of(&broadcast, &load, 1, NULL, 0, "program, instruction 0: error code 3 (tile set): tile 4 only serves as a reference, legal 0..1");
}

static void t_golden_messages_program(void **state)
{
	static const uint32_t loops[5][8] = { { LOOP, 0, 0, 0, 0, W5(1) }, { LOOP, 0, 0, 0, 0, W5(1) }, { LOOP, 0, 0, 0, 0, W5(1) }, { LOOP, 0, 0, 0, 0, W5(1) }, { LOOP, 0, 0, 0, 0, W5(1) } };
	uint32_t endless[DEPTH][8] = { { 0 } };

	(void)state;
	expect(loops, 5, NULL, 0, "program, instruction 4: error code 2 (loop): a fifth LOOP inside four, legal nesting 1..4");
	for (int i = 0; i < DEPTH; i++)
		endless[i][0] = IDX;
	expect((const uint32_t (*)[8])endless, DEPTH, NULL, 0, "program, instruction 7: error code 6 (pc beyond PROG_DEPTH): the program ran past its memory, legal 0..6; end it with END");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_golden_messages_instruction),
		cmocka_unit_test(t_golden_messages_converter),
		cmocka_unit_test(t_golden_messages_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

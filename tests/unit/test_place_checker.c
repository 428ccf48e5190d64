/* The checker of placements can fail: a sound placement with one thing broken, and the fault it must name.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place_check.h"

/* two matrices of two blocks (3 x 2, two slices) that share inputs, and a second phase: 12 x 16 array, dense */
static const struct place_geometry G = { .rows = 12, .cols = 16, .slices = 2, .adcs = 4, .arrays = 0 };
static const struct place_block B[] = {
	{ 3, 2, 3, 2, 0, 0, 10, true }, { 2, 2, 3, 2, 0, 0, 11, true },
	{ 3, 2, 3, 2, 1, 0, 10, true }, { 3, 2, 3, 2, 1, 0, 11, true },
	{ 3, 1, 3, 2, 2, 1, 12, true }, { 1, 1, 3, 2, 2, 1, 13, false },
};
enum { N = 6 };

static void make(struct placement *p)
{
	struct err e = { 0 };

	assert_int_equal(place_make(&G, PLACE_DENSE, PLACE_AREA, false, B, N, p, &e), 0);
}

static void overlap(struct placement *p) { p->piece[1].col = p->piece[0].col; p->piece[1].row = p->piece[0].row; }
static void outside_row(struct placement *p) { p->piece[0].row = 10; }
static void outside_col(struct placement *p) { p->piece[0].col = -1; }
static void stride(struct placement *p) { p->piece[0].col_stride = 6; }
static void twice(struct placement *p) { p->piece[1].block = 0; }
static void too_many_inputs(struct placement *p) { p->piece[0].n_in = 4; }
static void too_many_outputs(struct placement *p) { p->piece[0].out0 = 1; }
static void too_many_slices(struct placement *p) { p->piece[0].slice0 = 1; }
static void no_block(struct placement *p) { p->piece[0].block = N; }
static void rows_more(struct placement *p) { p->step[0].n_rows++; }
static void rows_moved(struct placement *p) { p->step[0].row++; }
static void cols_fewer(struct placement *p) { p->step[0].n_cols--; }
static void cols_moved(struct placement *p) { p->step[0].col++; }
static void most_rows(struct placement *p) { p->step[0].most_rows--; }
static void phase(struct placement *p) { p->step[p->n_steps - 1].phase++; }
static void phase_order(struct placement *p) { p->step[0].phase = 2; }
static void lost_piece(struct placement *p) { p->n_steps--; }
static void double_piece(struct placement *p) { p->step[1].piece--; }
static void image_gap(struct placement *p) { p->step[p->n_steps - 1].image = 2; }
static void image_turn(struct placement *p) { p->image[0].turn = 1; }
static void image_array(struct placement *p) { p->image[0].array = 1; }
static void arrays(struct placement *p) { p->arrays++; }
static void cells(struct placement *p) { p->cells++; p->padding--; }

/* one step for two blocks one below the other: both add into the same columns */
static void joined_below(struct placement *p)
{
	p->piece[1].col = p->piece[0].col;
	p->step[0].n_pieces = 2;
	p->step[0].n_rows = 6;
	p->step[0].most_rows = 6;
	memmove(&p->step[1], &p->step[2], (p->n_steps - 2) * sizeof(*p->step));
	p->n_steps--;
}

/* one step for two blocks side by side that read different inputs */
static void joined_beside(struct placement *p)
{
	p->piece[4].row = p->step[4].row = 9; /* out of the way */
	p->piece[4].col = p->step[4].col = 0;
	p->piece[1].row = p->piece[0].row;
	p->piece[1].col = p->piece[0].col + 4;
	p->step[0].n_pieces = 2;
	p->step[0].n_cols = 8;
	memmove(&p->step[1], &p->step[2], (p->n_steps - 2) * sizeof(*p->step));
	p->n_steps--;
}

/* one step for two blocks on a diagonal, beside which stands a third */
static void meets(struct placement *p)
{
	p->step[0].n_pieces = 2;
	p->step[0].n_rows = 6;
	p->step[0].n_cols = 8;
	memmove(&p->step[1], &p->step[2], (p->n_steps - 2) * sizeof(*p->step));
	p->n_steps--;
}

/* sums that hold a third block's cells, or lack a step */
static void test_numbers(void **state)
{
	static void (*const harm[])(struct placement *p) = { meets, lost_piece };
	static const char *const fault[] = { "block 1, output 0, slice 0: ", "block 4, output 0, slice 0: 0, product " };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct placement p;
		char text[256];

		make(&p);
		p.n_steps--; /* the padding's */
		harm[i](&p);
		assert_false(check_execution_fault(&G, true, B, N, &p, text));
		if (!strstr(text, fault[i]))
			fail_msg("'%s'", text);
		place_release(&p);
	}
}

/* the columns of one array's outputs, of which one row chunk went to another array */
static void test_columns(void **state)
{
	static const struct place_geometry g = { .rows = 2, .cols = 4, .slices = 2, .adcs = 1, .arrays = 2 };
	struct placement p;
	struct err e = { 0 };
	char fault[256];

	(void)state;
	assert_int_equal(place_make(&g, PLACE_LINEAR, PLACE_AREA, false, B, 1, &p, &e), 0);
	assert_int_equal(p.n_images, 2);
	assert_true(check_fault(&g, false, false, B, 1, &p, fault));
	assert_false(check_fault(&g, false, true, B, 1, &p, fault));
	assert_string_equal(fault, "block 0, output 0: on arrays 1 and 0");
	place_release(&p);
}

static const struct { void (*harm)(struct placement *p); const char *fault; } harms[] = {
	{ overlap, "belongs to piece 0" }, { outside_row, "is outside the array" }, { outside_col, "is outside the array" }, { stride, "is outside the array" },
	{ twice, "placed 2 times" }, { too_many_inputs, "inputs 0 + 4 of block 0" }, { too_many_outputs, "outputs 1 + 2" }, { too_many_slices, "slices 1 + 2" },
	{ no_block, "piece 0: block 6" }, { rows_more, "step 0: 4 rows" }, { rows_moved, "step 0: row 3" }, { cols_fewer, "step 0: 3 rows, 3 columns" },
	{ cols_moved, "step 0: column 4" }, { most_rows, "most_rows 2, counted 3" }, { phase, "its block 1" }, { phase_order, "step 1: phase 0 after 2" },
	{ lost_piece, "steps have 5 pieces of 6" }, { double_piece, "first piece 0, the last one ended at 1" }, { image_gap, "image 2 after 0" },
	{ image_turn, "turn 1, expected 0" }, { image_array, "array 1 of 1" }, { arrays, "arrays 2, counted 1" }, { cells, "cells 51, padding 21, counted 50, 22" },
	{ joined_below, "column 0 has two meanings" }, { joined_beside, "row 0 has two meanings" }, { meets, "column 4 meets piece 4" },
};

static void test_sound(void **state)
{
	struct placement p;

	(void)state;
	make(&p);
	assert_int_equal(p.n_images, 1);
	check_placement(&G, true, false, B, N, &p, "sound");
	check_execution(&G, true, B, N, &p, "sound");
	place_release(&p);
}

static void test_harmed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(harms) / sizeof(*harms); i++) {
		struct placement p;
		char fault[256];

		make(&p);
		harms[i].harm(&p);
		if (check_fault(&G, true, false, B, N, &p, fault) || !strstr(fault, harms[i].fault))
			fail_msg("harm %zu: '%s', expected '%s'", i, fault, harms[i].fault);
		place_release(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_sound), cmocka_unit_test(test_harmed), cmocka_unit_test(test_numbers), cmocka_unit_test(test_columns) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Placements against figures from elsewhere: paper A's arrays (FACTS-papers.md section 1.6), and small cases worked by hand.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/mem.h"
#include "place/place.h"
#include <stdlib.h>
#include <string.h>

static const struct place_geometry paper = { .rows = 256, .cols = 256, .slices = 1, .adcs = 8, .arrays = 0 };

struct layers { struct place_block *b; size_t n; int stages; };

static void add(struct layers *l, int phase, int64_t input, int in, int out, int in_p, int out_p, bool real)
{
	l->b[l->n++] = (struct place_block){ in, out, in_p, out_p, l->stages, phase, input, real };
}

/* the paper's factors: n = b*b, padded, contiguous; docs/placement.md section 1 */
static void monarch(struct layers *l, int group, int in, int out, int b)
{
	for (int k = 0; k < b; k++)
		add(l, 2 * group, 1000 * group + k, in - k * b < b ? in - k * b : b, b, b, b, k * b < in);
	l->stages++;
	for (int k = 0; k < b; k++)
		add(l, 2 * group + 1, 500 + 1000 * group + k, (in + b - 1) / b, (out - k + b - 1) / b, b, b, true);
	l->stages++;
}

static void dense_matrix(struct layers *l, int group, int in, int out)
{
	add(l, 2 * group, group, in, out, in, out, true);
	l->stages++;
}

/* 24 layers: q k v o 1024 x 1024, up 4096 x 1024, down 1024 x 4096 (out x in) */
static struct layers bert_large(bool dense)
{
	struct layers l = { .b = MEM_NEW(24 * (4 * 64 + 2 * 128), struct place_block) };

	for (int layer = 0; layer < 24; layer++) {
		for (int m = 0; m < 6; m++) {
			int in = m == 5 ? 4096 : 1024, out = m == 4 ? 4096 : 1024;

			if (dense)
				dense_matrix(&l, 6 * layer + m, in, out);
			else
				monarch(&l, 6 * layer + m, in, out, m < 4 ? 32 : 64);
		}
	}
	return l;
}

static struct placement make(const struct place_geometry *g, enum place_kind kind, const struct place_block *b, size_t n)
{
	struct placement p;
	struct err e = { 0 };

	if (place_make(g, kind, PLACE_AREA, false, b, n, &p, &e))
		fail_msg("%s", e.text);
	return p;
}

/* most_rows of every step is one of two values: `many` steps of the first, the rest of the second */
static void assert_rows(const struct placement *p, int rows, size_t many, int other)
{
	size_t seen = 0;

	for (size_t i = 0; i < p->n_steps; i++) {
		seen += p->step[i].most_rows == rows;
		assert_true(p->step[i].most_rows == rows || p->step[i].most_rows == other);
	}
	assert_int_equal(seen, many);
}

static void test_paper(void **state)
{
	struct layers dense = bert_large(true), l = bert_large(false);
	/* q k v o: 2 * 32 blocks of 32 x 32; up: R 16 of 64 x 64, L 64 of 16 inputs x 64 outputs; down: R 64 of 64 x 64, L 64 of 64 x 16 */
	uint64_t cells = 96ull * 2 * 32 * 32 * 32 + 24ull * (16 * 64 * 64 + 64 * 16 * 64) + 24ull * (64 * 64 * 64 + 64 * 64 * 16);
	struct placement p = make(&paper, PLACE_LINEAR, dense.b, dense.n);

	(void)state;
	assert_int_equal(p.arrays, 4608);
	assert_int_equal(p.n_steps, 4608);
	assert_int_equal(p.cells, 4608ull * 65536);
	assert_int_equal(p.padding, 0);
	assert_rows(&p, 256, 4608, 256);
	place_release(&p);
	p = make(&paper, PLACE_SPARSE, l.b, l.n);
	assert_int_equal(p.arrays, 2304);
	assert_int_equal(p.n_steps, 2304);
	assert_int_equal(p.n_pieces, 96 * 64 + 48 * 128);
	assert_int_equal(p.cells, cells);
	assert_int_equal(p.cells + p.padding, 480ull * 65536);
	assert_rows(&p, 32, 96 * 8, 64);
	place_release(&p);
	p = make(&paper, PLACE_DENSE, l.b, l.n);
	assert_int_equal(p.arrays, 480);
	assert_int_equal(p.n_steps, 96 * 64 + 48 * 128);
	assert_int_equal(p.cells, cells);
	assert_int_equal(p.cells + p.padding, 480ull * 65536);
	assert_rows(&p, 32, 96 * 64, 64);
	place_release(&p);
	p = make(&paper, PLACE_STRIDED, l.b, l.n);
	assert_int_equal(p.arrays, 480);
	/* b = 32: pieces of 8 x 8, 16 of a block; b = 64: of 4 x 4, 256 of a block */
	assert_int_equal(p.n_steps, 96 * 64 * 16 + 48 * 128 * 256);
	assert_int_equal(p.cells + p.padding, 480ull * 65536);
	assert_rows(&p, 8, 96 * 64 * 16, 4);
	place_release(&p);
	assert_int_equal(place_cells(&paper, l.b, l.n), cells);
	assert_int_equal(place_bound_arrays(&paper, l.b, l.n), cells / 65536);
	free(dense.b);
	free(l.b);
}

/* a dense matrix: all kinds cut it alike */
static void test_dense_matrix(void **state)
{
	static const struct place_block b = { 33, 7, 33, 7, 0, 0, 0, true };
	static const struct place_geometry g = { .rows = 15, .cols = 8, .slices = 3, .adcs = 1 };

	(void)state;
	for (int kind = PLACE_LINEAR; kind <= PLACE_STRIDED; kind++) {
		struct placement p = make(&g, (enum place_kind)kind, &b, 1);

		/* 2 outputs of 3 slices in 8 columns: 4 groups; 3 row chunks */
		assert_int_equal(p.arrays, 12);
		assert_int_equal(p.n_steps, 12);
		assert_int_equal(p.piece[4].out0, 2);
		assert_int_equal(p.piece[4].in0, 15);
		assert_int_equal(p.piece[11].n_in, 3);
		assert_int_equal(p.piece[11].n_out, 1);
		place_release(&p);
	}
}

/* the order that linear promises: block, column group, row chunk, slice part; and the dealing to arrays */
static void test_linear_order(void **state)
{
	static const struct place_block b[] = { { 9, 2, 9, 2, 0, 0, 0, true }, { 3, 1, 3, 3, 0, 0, 1, true }, { 3, 1, 3, 3, 0, 0, 1, false } };
	static const struct place_geometry g = { .rows = 8, .cols = 9, .slices = 14, .adcs = 1, .arrays = 4 };
	static const int want[][5] = { /* block, out0, in0, slice0, n_slice */
		{ 0, 0, 0, 0, 9 }, { 0, 0, 0, 9, 5 }, { 0, 0, 8, 0, 9 }, { 0, 0, 8, 9, 5 }, { 0, 1, 0, 0, 9 }, { 0, 1, 0, 9, 5 }, { 0, 1, 8, 0, 9 }, { 0, 1, 8, 9, 5 },
		{ 1, 0, 0, 0, 9 }, { 1, 0, 0, 9, 5 },
	};
	struct placement p = make(&g, PLACE_LINEAR, b, 3);

	(void)state;
	assert_int_equal(p.n_images, 10);
	assert_int_equal(p.arrays, 4);
	for (int i = 0; i < 10; i++) {
		const struct place_piece *x = &p.piece[i];

		assert_int_equal(x->block, want[i][0]);
		assert_int_equal(x->out0, want[i][1]);
		assert_int_equal(x->in0, want[i][2]);
		assert_int_equal(x->slice0, want[i][3]);
		assert_int_equal(x->n_slice, want[i][4]);
		assert_int_equal(p.image[i].array, i % 4);
		assert_int_equal(p.image[i].turn, i / 4);
	}
	place_release(&p);
}

/* a grid of 2 x 3 places: diagonals (0,0) (1,1) | (0,1) (1,2) | (0,2) (1,0); blocks 0 and 2, and 3 and 5, share inputs */
static void test_dense_grid(void **state)
{
	static const struct place_geometry g = { .rows = 5, .cols = 12, .slices = 2, .adcs = 1 };
	static const int64_t input[] = { 10, 11, 10, 12, 13, 12, 10 };
	static const int place[][2] = { { 0, 0 }, { 1, 1 }, { 0, 1 }, { 1, 2 }, { 0, 2 }, { 1, 0 }, { 0, 0 } };
	struct place_block b[7];
	struct placement p;

	(void)state;
	for (int i = 0; i < 7; i++)
		b[i] = (struct place_block){ 2, 2, 2, 2, 0, 0, input[i], true };
	p = make(&g, PLACE_DENSE, b, 6);
	assert_int_equal(p.n_images, 1);
	/* 0 with 2 (side by side); 3 and 5 are at columns 2 and 0: not side by side */
	assert_int_equal(p.n_steps, 5);
	assert_int_equal(p.step[0].n_pieces, 2);
	assert_int_equal(p.step[0].n_cols, 8);
	for (size_t i = 0; i < p.n_pieces; i++) {
		assert_int_equal(p.piece[i].row, 2 * place[p.piece[i].block][0]);
		assert_int_equal(p.piece[i].col, 4 * place[p.piece[i].block][1]);
	}
	place_release(&p);
	/* blocks 5 at (1, 0) and 1 at (1, 1): the later diagonal is the left one */
	b[5].input = 11;
	p = make(&g, PLACE_DENSE, b, 6);
	assert_int_equal(p.n_steps, 4);
	assert_int_equal(p.step[1].col, 0);
	assert_int_equal(p.step[1].row, 2);
	assert_int_equal(p.piece[p.step[1].piece].block, 5);
	assert_int_equal(p.piece[p.step[1].piece + 1].block, 1);
	/* not at the same time: not in one step */
	place_release(&p);
	for (int i = 4; i < 7; i++)
		b[i].phase = 1;
	p = make(&g, PLACE_DENSE, b, 6);
	assert_int_equal(p.n_steps, 5);
	place_release(&p);
}

/* seven blocks, four diagonals of two, three to an array: dealt to two arrays in turn; with one array at hand, three and then one */
static void test_dealt(void **state)
{
	static const int two[][3] = { { 0, 0, 0 }, { 0, 1, 1 }, { 1, 0, 0 }, { 1, 1, 1 }, { 0, 0, 1 }, { 0, 1, 2 }, { 1, 0, 1 } }; /* image, place */
	struct place_geometry g = { .rows = 5, .cols = 12, .slices = 2, .adcs = 1 };
	struct place_block b[7];
	struct placement p;

	(void)state;
	for (int i = 0; i < 7; i++)
		b[i] = (struct place_block){ 2, 2, 2, 2, 0, 0, i, true };
	p = make(&g, PLACE_DENSE, b, 7);
	assert_int_equal(p.n_images, 2);
	for (size_t i = 0; i < p.n_steps; i++) {
		const struct place_piece *x = &p.piece[p.step[i].piece];

		assert_int_equal(p.step[i].image, two[x->block][0]);
		assert_int_equal(x->row, 2 * two[x->block][1]);
		assert_int_equal(x->col, 4 * two[x->block][2]);
	}
	place_release(&p);
	g.arrays = 1;
	p = make(&g, PLACE_DENSE, b, 7);
	assert_int_equal(p.n_images, 2);
	for (size_t i = 0; i < p.n_steps; i++)
		assert_int_equal(p.step[i].image, p.piece[p.step[i].piece].block == 6);
	place_release(&p);
}

/* two blocks 4 x 4 on 5 x 4 cells: B = 2, pieces 2 x 2, diagonal 1 turned by one column */
static void test_strided(void **state)
{
	static const struct place_geometry g = { .rows = 5, .cols = 4, .slices = 1, .adcs = 1 };
	static const struct place_block b[] = { { 4, 4, 4, 4, 0, 0, 0, true }, { 3, 4, 4, 4, 0, 0, 1, true } };
	static const int want[][5] = { /* block, out0, in0, row, col */
		{ 0, 0, 0, 0, 0 }, { 1, 0, 0, 1, 1 }, { 0, 2, 0, 0, 1 }, { 1, 2, 0, 1, 0 }, { 0, 0, 2, 0, 0 }, { 1, 0, 2, 1, 1 }, { 0, 2, 2, 0, 1 }, { 1, 2, 2, 1, 0 },
	};
	struct placement p = make(&g, PLACE_STRIDED, b, 2);

	(void)state;
	assert_int_equal(p.n_images, 2);
	assert_int_equal(p.n_steps, 8);
	assert_int_equal(p.padding, 4);
	for (int i = 0; i < 8; i++) {
		const struct place_piece *x = &p.piece[i];

		assert_int_equal(x->block, want[i][0]);
		assert_int_equal(x->out0, want[i][1]);
		assert_int_equal(x->in0, want[i][2]);
		assert_int_equal(x->row, want[i][3]);
		assert_int_equal(x->col, want[i][4]);
		assert_int_equal(x->row_stride, 2);
		assert_int_equal(x->col_stride, 2);
		assert_int_equal(p.step[i].image, i / 4);
	}
	place_release(&p);
}

/* 8 blocks of 32 x 8 on 64 x 64: four row chunks of 8 inputs an output; kept together they stand in one array, two outputs' diagonals to an array */
static void test_strided_kept(void **state)
{
	static const struct place_geometry g = { .rows = 64, .cols = 64, .slices = 4, .adcs = 1 };
	struct place_block b[8];
	struct placement p;
	struct err e = { 0 };
	int image[8][8];

	(void)state;
	for (int i = 0; i < 8; i++)
		b[i] = (struct place_block){ 32, 8, 32, 8, 0, 0, i, true };
	memset(image, -1, sizeof(image));
	assert_int_equal(place_make(&g, PLACE_STRIDED, PLACE_AREA, true, b, 8, &p, &e), 0);
	assert_int_equal(p.n_images, 2);
	for (size_t i = 0; i < p.n_steps; i++) {
		const struct place_piece *x = &p.piece[p.step[i].piece];

		for (int o = x->out0; o < x->out0 + x->n_out; o++) {
			assert_true(image[x->block][o] < 0 || image[x->block][o] == p.step[i].image);
			image[x->block][o] = p.step[i].image;
		}
	}
	place_release(&p);
	/* not kept: dealt one by one, so that every output has parts in both arrays */
	p = make(&g, PLACE_STRIDED, b, 8);
	assert_int_equal(p.n_images, 2);
	assert_int_equal(p.piece[p.step[0].piece].out0, 0);
	assert_int_equal(p.piece[p.step[p.n_steps - 1].piece].out0 + p.piece[p.step[p.n_steps - 1].piece].n_out, 8);
	assert_int_equal(p.step[8].image, 0);
	assert_int_equal(p.piece[p.step[8].piece].in0, 16);
	place_release(&p);
}

static void test_nothing(void **state)
{
	(void)state;
	for (int kind = PLACE_LINEAR; kind <= PLACE_STRIDED; kind++) {
		struct placement p = make(&paper, (enum place_kind)kind, NULL, 0);

		assert_int_equal(p.arrays, 0);
		assert_int_equal(p.n_steps, 0);
		place_release(&p);
	}
	assert_int_equal(place_bound_arrays(&paper, NULL, 0), 0);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(place_kind_name[PLACE_LINEAR], "linear");
	assert_string_equal(place_kind_name[PLACE_SPARSE], "sparse");
	assert_string_equal(place_kind_name[PLACE_DENSE], "dense");
	assert_string_equal(place_kind_name[PLACE_STRIDED], "dense-strided");
	assert_string_equal(place_kind_name[PLACE_PACKED], "packed");
	assert_string_equal(place_mode_name[PLACE_AREA], "area");
	assert_string_equal(place_mode_name[PLACE_CONVERSIONS], "conversions");
	assert_string_equal(place_mode_name[PLACE_LATENCY], "latency");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paper), cmocka_unit_test(test_dense_matrix), cmocka_unit_test(test_linear_order), cmocka_unit_test(test_dense_grid), cmocka_unit_test(test_dealt),
		cmocka_unit_test(test_strided), cmocka_unit_test(test_strided_kept), cmocka_unit_test(test_nothing), cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* An independent checker of placements (docs/placement.md section 2): paints every cell, recomputes what the steps claim, and executes the steps with numbers.
 * Knows nothing of how a placement is made. Included by the tests that use it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_PLACE_CHECK_H
#define TESTS_PLACE_CHECK_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "place/place.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* what a row is driven with and what a column sums up: set by the pieces of one step, and by no two of them differently */
struct check_line { bool used; int64_t vector; int index, slice; };

struct check {
	const struct place_geometry *g;
	const struct place_block *b; size_t n;
	const struct placement *p;
	bool stored;             /* padding is stored */
	int *cell;               /* [rows][cols] of one image: piece + 1; 0: nothing */
	size_t *weight0;         /* [n + 1]: first weight of a block, in weight order (in, out, slice) */
	unsigned char *seen;     /* [weights] how often placed */
	struct check_line *row, *col; /* of one step */
	int *turns;              /* [arrays] images so far */
	int64_t *image;          /* [rows][cols] digits of one image */
	int64_t **y;             /* [n][out][slices] results */
	jmp_buf out;             /* the first fault ends the check */
	char fault[256];
};

#define CHECK(k, condition, ...) do { if (!(condition)) { snprintf((k)->fault, sizeof((k)->fault), __VA_ARGS__); longjmp((k)->out, 1); } } while (0)

static int check_in(struct check *k, int block)
{
	return k->stored ? k->b[block].in_p : k->b[block].real ? k->b[block].in : 0;
}

static int check_out(struct check *k, int block)
{
	return k->stored ? k->b[block].out_p : k->b[block].real ? k->b[block].out : 0;
}

static size_t check_weight(struct check *k, int block, int in, int out, int slice)
{
	return k->weight0[block] + ((size_t)in * (size_t)check_out(k, block) + (size_t)out) * (size_t)k->g->slices + (size_t)slice;
}

static int check_row(const struct place_piece *x, int u)
{
	return x->row + u * x->row_stride;
}

static int check_col(const struct place_piece *x, int v, int j)
{
	return x->col + (v * x->n_slice + j) * x->col_stride;
}

/* the piece's weights are ticked off, its cells painted (paint: 0 wipes them) */
static void check_paint(struct check *k, size_t i, bool paint)
{
	const struct place_piece *x = &k->p->piece[i];

	for (int u = 0; u < x->n_in; u++)
		for (int v = 0; v < x->n_out; v++)
			for (int j = 0; j < x->n_slice; j++) {
				int row = check_row(x, u), col = check_col(x, v, j);
				int *cell;

				CHECK(k, row >= 0 && row < k->g->rows && col >= 0 && col < k->g->cols, "piece %zu: cell (%d, %d) is outside the array", i, row, col);
				cell = &k->cell[row * k->g->cols + col];
				if (paint) {
					CHECK(k, *cell == 0, "piece %zu: cell (%d, %d) belongs to piece %d", i, row, col, *cell - 1);
					k->seen[check_weight(k, x->block, x->in0 + u, x->out0 + v, x->slice0 + j)]++;
				}
				*cell = paint ? (int)i + 1 : 0;
			}
}

static void check_piece(struct check *k, size_t i)
{
	const struct place_piece *x = &k->p->piece[i];

	CHECK(k, x->block >= 0 && (size_t)x->block < k->n, "piece %zu: block %d", i, x->block);
	CHECK(k, x->in0 >= 0 && x->n_in >= 1 && x->in0 + x->n_in <= check_in(k, x->block), "piece %zu: inputs %d + %d of block %d", i, x->in0, x->n_in, x->block);
	CHECK(k, x->out0 >= 0 && x->n_out >= 1 && x->out0 + x->n_out <= check_out(k, x->block), "piece %zu: outputs %d + %d", i, x->out0, x->n_out);
	CHECK(k, x->slice0 >= 0 && x->n_slice >= 1 && x->slice0 + x->n_slice <= k->g->slices, "piece %zu: slices %d + %d", i, x->slice0, x->n_slice);
	CHECK(k, x->row_stride >= 1 && x->col_stride >= 1, "piece %zu: strides %d, %d", i, x->row_stride, x->col_stride);
}

static void check_line(struct check *k, size_t step, const char *what, struct check_line *l, int at, struct check_line want)
{
	CHECK(k, !l[at].used || (l[at].vector == want.vector && l[at].index == want.index && l[at].slice == want.slice), "step %zu: %s %d has two meanings", step, what, at);
	l[at] = want;
}

/* inputs: the shared vector and the element; for padding altogether, whose `input` means nothing, the block's own */
static struct check_line check_meaning_row(struct check *k, const struct place_piece *x, int u)
{
	const struct place_block *b = &k->b[x->block];

	return (struct check_line){ true, b->real ? b->input : INT64_MIN + x->block, x->in0 + u, 0 };
}

static void check_lines(struct check *k, size_t step)
{
	const struct place_step *s = &k->p->step[step];

	memset(k->row, 0, (size_t)k->g->rows * sizeof(*k->row));
	memset(k->col, 0, (size_t)k->g->cols * sizeof(*k->col));
	for (size_t i = s->piece; i < s->piece + (size_t)s->n_pieces; i++) {
		const struct place_piece *x = &k->p->piece[i];

		CHECK(k, k->b[x->block].phase == s->phase, "step %zu: phase %d, its block %d", step, s->phase, k->b[x->block].phase);
		for (int u = 0; u < x->n_in; u++)
			check_line(k, step, "row", k->row, check_row(x, u), check_meaning_row(k, x, u));
		for (int v = 0; v < x->n_out; v++)
			for (int j = 0; j < x->n_slice; j++)
				check_line(k, step, "column", k->col, check_col(x, v, j), (struct check_line){ true, x->block, x->out0 + v, x->slice0 + j });
	}
}

/* drives and converts exactly the rows and columns of its pieces, meets no other piece, and says how many rows a column adds up */
static void check_step(struct check *k, size_t step)
{
	const struct place_step *s = &k->p->step[step];
	const struct check_line *row = k->row, *col = k->col;
	int rows = 0, cols = 0, most = 0;

	check_lines(k, step);
	for (int r = 0; r < k->g->rows; r++)
		rows += row[r].used;
	for (int c = 0; c < k->g->cols; c++)
		cols += col[c].used;
	CHECK(k, s->n_pieces >= 1 && s->row_stride >= 1 && s->col_stride >= 1, "step %zu: %d pieces, strides %d, %d", step, s->n_pieces, s->row_stride, s->col_stride);
	CHECK(k, rows == s->n_rows && cols == s->n_cols, "step %zu: %d rows, %d columns, its pieces %d, %d", step, s->n_rows, s->n_cols, rows, cols);
	for (int u = 0; u < s->n_rows; u++)
		CHECK(k, s->row >= 0 && s->row + u * s->row_stride < k->g->rows && row[s->row + u * s->row_stride].used, "step %zu: row %d", step, s->row + u * s->row_stride);
	for (int v = 0; v < s->n_cols; v++) {
		int c = s->col + v * s->col_stride, held = 0;

		CHECK(k, c >= 0 && c < k->g->cols && col[c].used, "step %zu: column %d", step, c);
		for (int u = 0; u < s->n_rows; u++) {
			int piece = k->cell[(s->row + u * s->row_stride) * k->g->cols + c] - 1;

			CHECK(k, piece < 0 || ((size_t)piece >= s->piece && (size_t)piece < s->piece + (size_t)s->n_pieces), "step %zu: column %d meets piece %d", step, c, piece);
			held += piece >= 0;
		}
		most = held > most ? held : most;
	}
	CHECK(k, most == s->most_rows, "step %zu: most_rows %d, counted %d", step, s->most_rows, most);
}

/* steps, pieces and images in the order promised; every piece in one step */
static void check_order(struct check *k)
{
	const struct placement *p = k->p;
	size_t piece = 0;
	int image = 0;

	for (size_t i = 0; i < p->n_steps; i++) {
		const struct place_step *s = &p->step[i];

		CHECK(k, s->piece == piece, "step %zu: first piece %zu, the last one ended at %zu", i, s->piece, piece);
		piece += (size_t)s->n_pieces;
		CHECK(k, s->image == image || (s->image == image + 1 && i), "step %zu: image %d after %d", i, s->image, image);
		CHECK(k, !i || s->image != image || s->phase >= p->step[i - 1].phase, "step %zu: phase %d after %d", i, s->phase, p->step[i - 1].phase);
		image = s->image;
	}
	CHECK(k, piece == p->n_pieces, "steps have %zu pieces of %zu", piece, p->n_pieces);
	CHECK(k, p->n_images == (p->n_steps ? (size_t)image + 1 : 0), "%zu images, steps for %d", p->n_images, image + 1);
}

/* an array's images are numbered 0, 1, .. in their order; arrays are counted right */
static void check_images(struct check *k)
{
	const struct placement *p = k->p;
	long end = k->g->arrays ? k->g->arrays : (long)p->n_images, used = 0;
	int *turns = k->turns = MEM_NEW((size_t)end, int);

	for (size_t i = 0; i < p->n_images; i++) {
		CHECK(k, p->image[i].array >= 0 && p->image[i].array < end, "image %zu: array %ld of %ld", i, p->image[i].array, end);
		CHECK(k, p->image[i].turn == turns[p->image[i].array], "image %zu: turn %d, expected %d", i, p->image[i].turn, turns[p->image[i].array]);
		used += turns[p->image[i].array]++ == 0;
		CHECK(k, k->g->arrays || p->image[i].turn == 0, "image %zu: turn %d of as many arrays as wanted", i, p->image[i].turn);
	}
	CHECK(k, p->arrays == used, "arrays %ld, counted %ld", p->arrays, used);
}

static void check_counts(struct check *k)
{
	uint64_t cells = 0, padding = 0;

	for (size_t i = 0; i < k->n; i++) {
		int block = (int)i, in = check_in(k, block), out = check_out(k, block);

		for (int u = 0; u < in; u++)
			for (int v = 0; v < out; v++)
				for (int j = 0; j < k->g->slices; j++) {
					bool real = k->b[i].real && u < k->b[i].in && v < k->b[i].out;
					int seen = k->seen[check_weight(k, block, u, v, j)];

					CHECK(k, seen == 1, "block %d, input %d, output %d, slice %d: placed %d times", block, u, v, j, seen);
					cells += real;
					padding += !real;
				}
	}
	CHECK(k, cells == k->p->cells && padding == k->p->padding, "cells %llu, padding %llu, counted %llu, %llu", (unsigned long long)k->p->cells,
		(unsigned long long)k->p->padding, (unsigned long long)cells, (unsigned long long)padding);
	CHECK(k, place_cells(k->g, k->b, k->n) == cells, "place_cells");
	CHECK(k, place_bound_arrays(k->g, k->b, k->n) <= (k->g->arrays ? (long)k->p->n_images : k->p->arrays), "fewer arrays than the bound");
}

/* every row chunk of an output on one array */
static void check_columns(struct check *k)
{
	for (size_t i = 0; i < k->n; i++)
		for (int v = 0; v < check_out(k, (int)i); v++)
			k->seen[check_weight(k, (int)i, 0, v, 0)] = 0;
	for (size_t pass = 0; pass < 2; pass++)
		for (size_t s = 0; s < k->p->n_steps; s++)
			for (size_t i = k->p->step[s].piece; i < k->p->step[s].piece + (size_t)k->p->step[s].n_pieces; i++)
				for (int v = 0; v < k->p->piece[i].n_out; v++) {
					const struct place_piece *x = &k->p->piece[i];
					unsigned char *array = &k->seen[check_weight(k, x->block, 0, x->out0 + v, 0)];
					long on = k->p->image[k->p->step[s].image].array;

					assert_true(on < 255);
					CHECK(k, !pass || *array == on, "block %d, output %d: on arrays %d and %ld", x->block, x->out0 + v, *array, on);
					*array = (unsigned char)on;
				}
}

static void check_end(struct check *k)
{
	free(k->cell);
	free(k->weight0);
	free(k->seen);
	free(k->row);
	free(k->col);
	free(k->turns);
	free(k->image);
	for (size_t i = 0; i < k->n; i++)
		free(k->y[i]);
	free(k->y);
}

static struct check check_begin(const struct place_geometry *g, bool stored, const struct place_block *b, size_t n, const struct placement *p)
{
	struct check k = { .g = g, .b = b, .n = n, .p = p, .stored = stored };

	k.cell = MEM_NEW((size_t)g->rows * (size_t)g->cols, int);
	k.row = MEM_NEW((size_t)g->rows, struct check_line);
	k.col = MEM_NEW((size_t)g->cols, struct check_line);
	k.weight0 = MEM_NEW(n + 1, size_t);
	for (size_t i = 0; i < n; i++)
		k.weight0[i + 1] = k.weight0[i] + (size_t)check_in(&k, (int)i) * (size_t)check_out(&k, (int)i) * (size_t)g->slices;
	k.seen = MEM_NEW(k.weight0[n], unsigned char);
	k.image = MEM_NEW((size_t)g->rows * (size_t)g->cols, int64_t);
	k.y = MEM_NEW(n, int64_t *);
	for (size_t i = 0; i < n; i++)
		k.y[i] = MEM_NEW((size_t)check_out(&k, (int)i) * (size_t)g->slices, int64_t);
	return k;
}

static bool check_try(struct check *k, void (*body)(struct check *))
{
	if (setjmp(k->out))
		return false;
	body(k);
	return true;
}

static void check_all(struct check *k)
{
	const struct placement *p = k->p;

	check_order(k);
	for (size_t i = 0; i < p->n_pieces; i++)
		check_piece(k, i);
	check_images(k);
	for (size_t first = 0, end; first < p->n_steps; first = end) {
		for (end = first; end < p->n_steps && p->step[end].image == p->step[first].image; end++)
			for (int i = 0; i < p->step[end].n_pieces; i++)
				check_paint(k, p->step[end].piece + (size_t)i, true);
		for (size_t s = first; s < end; s++)
			check_step(k, s);
		for (size_t s = first; s < end; s++)
			for (int i = 0; i < p->step[s].n_pieces; i++)
				check_paint(k, p->step[s].piece + (size_t)i, false);
	}
	check_counts(k);
}

/* Everything of docs/placement.md section 2. stored: the placement stores padding (sparse, dense, dense-strided); columns: keep_columns was asked for.
 * false: fault[256] says what is wrong. */
static bool check_fault(const struct place_geometry *g, bool stored, bool columns, const struct place_block *b, size_t n, const struct placement *p, char *fault)
{
	struct check k = check_begin(g, stored, b, n, p);
	bool ok = check_try(&k, check_all) && (!columns || check_try(&k, check_columns));

	memcpy(fault, k.fault, sizeof(k.fault));
	check_end(&k);
	return ok;
}

static void check_placement(const struct place_geometry *g, bool stored, bool columns, const struct place_block *b, size_t n, const struct placement *p, const char *what)
{
	char fault[256];

	if (!check_fault(g, stored, columns, b, n, p, fault))
		fail_msg("%s: %s", what, fault);
}

/* ---- with numbers ---- */

static uint64_t check_hash(uint64_t a, uint64_t b, uint64_t c)
{
	struct prng r;

	prng_init(&r, a * 0x9e3779b97f4a7c15ull ^ b * 0xc2b2ae3d27d4eb4full ^ c * 0x165667b19e3779f9ull);
	return prng_u64(&r);
}

/* weight digit and input: small numbers that depend on nothing but their place; padding is zero, inputs are never */
static int64_t check_digit(struct check *k, int block, int in, int out, int slice)
{
	const struct place_block *b = &k->b[block];

	return b->real && in < b->in && out < b->out ? (int64_t)(check_hash((uint64_t)block, (uint64_t)in << 32 | (uint64_t)out, (uint64_t)slice) % 15) - 7 : 0;
}

static int64_t check_drive(int64_t vector, int index)
{
	return (int64_t)(check_hash((uint64_t)vector, (uint64_t)index, 77) % 1000) + 1;
}

/* one activation: all driven rows of the image as it is, every converted column summed up and added to the output that it stands for */
static void check_activate(struct check *k, size_t step)
{
	const struct place_step *s = &k->p->step[step];
	const struct check_line *row = k->row, *col = k->col;
	int64_t *drive = MEM_NEW((size_t)s->n_rows, int64_t);

	check_lines(k, step);
	for (int u = 0; u < s->n_rows; u++)
		drive[u] = check_drive(row[s->row + u * s->row_stride].vector, row[s->row + u * s->row_stride].index);
	for (int v = 0; v < s->n_cols; v++) {
		int c = s->col + v * s->col_stride;
		int64_t sum = 0;

		for (int u = 0; u < s->n_rows; u++)
			sum += drive[u] * k->image[(s->row + u * s->row_stride) * k->g->cols + c];
		k->y[col[c].vector][col[c].index * k->g->slices + col[c].slice] += sum;
	}
	free(drive);
}

static void check_load(struct check *k, const struct place_piece *x)
{
	for (int u = 0; u < x->n_in; u++)
		for (int v = 0; v < x->n_out; v++)
			for (int j = 0; j < x->n_slice; j++)
				k->image[check_row(x, u) * k->g->cols + check_col(x, v, j)] = check_digit(k, x->block, x->in0 + u, x->out0 + v, x->slice0 + j);
}

static void check_product(struct check *k, int block)
{
	const int64_t *y = k->y[block];
	const struct place_block *b = &k->b[block];

	for (int v = 0; b->real && v < b->out; v++)
		for (int j = 0; j < k->g->slices; j++) {
			int64_t sum = 0;

			for (int u = 0; u < b->in; u++)
				sum += check_drive(b->input, u) * check_digit(k, block, u, v, j);
			CHECK(k, y[v * k->g->slices + j] == sum, "block %d, output %d, slice %d: %lld, product %lld", block, v, j, (long long)y[v * k->g->slices + j], (long long)sum);
		}
}

static void check_run(struct check *k)
{
	const struct placement *p = k->p;

	for (size_t first = 0, end; first < p->n_steps; first = end) {
		memset(k->image, 0, (size_t)k->g->rows * (size_t)k->g->cols * sizeof(*k->image));
		for (end = first; end < p->n_steps && p->step[end].image == p->step[first].image; end++)
			for (int i = 0; i < p->step[end].n_pieces; i++)
				check_load(k, &p->piece[p->step[end].piece + (size_t)i]);
		for (size_t s = first; s < end; s++)
			check_activate(k, s);
	}
	for (size_t i = 0; i < k->n; i++)
		check_product(k, (int)i);
}

/* Loads the images, executes the steps in order, and compares every output with the plain product. All pieces inside their blocks and arrays.
 * false: fault[256] says what is wrong. */
static bool check_execution_fault(const struct place_geometry *g, bool stored, const struct place_block *b, size_t n, const struct placement *p, char *fault)
{
	struct check k = check_begin(g, stored, b, n, p);
	bool ok = check_try(&k, check_run);

	memcpy(fault, k.fault, sizeof(k.fault));
	check_end(&k);
	return ok;
}

static void check_execution(const struct place_geometry *g, bool stored, const struct place_block *b, size_t n, const struct placement *p, const char *what)
{
	char fault[256];

	if (!check_execution_fault(g, stored, b, n, p, fault))
		fail_msg("%s: %s", what, fault);
}

#endif

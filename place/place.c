/* The entry of placement: checks, the placement asked for, what is counted afterwards; the bounds. docs/placement.md.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/place.h"
#include "common/mem.h"
#include "place/build.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So that the columns of a block (2^24 * 64) and the cells of an array are an int, and all cells of 2^31 pieces a uint64_t. */
enum { MOST_BLOCK = 1 << 24, MOST_ARRAY = 1 << 15, MOST_SLICES = 64 };

const char *const place_kind_name[5] = { "linear", "sparse", "dense", "dense-strided", "packed" };
const char *const place_mode_name[3] = { "area", "conversions", "latency" };

/* block: its number, -1: the array */
static int in_range(long block, const char *field, long value, long low, long high, const char *mend, struct err *e)
{
	char where[32] = "array";

	if (value >= low && value <= high)
		return 0;
	if (block >= 0)
		snprintf(where, sizeof(where), "block %ld", block);
	return err_set(e, ERR_INPUT, "placement: %s: %s %ld is out of range (legal: %ld..%ld): %s", where, field, value, low, high, mend);
}

static int check_geometry(const struct place_geometry *g, struct err *e)
{
	static const char mend[] = "correct the configuration";

	return in_range(-1, "rows", g->rows, 1, MOST_ARRAY, mend, e) || in_range(-1, "cols", g->cols, 1, MOST_ARRAY, mend, e) ||
		in_range(-1, "columns of one output", g->slices, 1, MOST_SLICES, mend, e) || in_range(-1, "adcs", g->adcs, 1, MOST_ARRAY, mend, e) ||
		in_range(-1, "number of arrays", g->arrays, 0, INT_MAX, mend, e) ? -1 : 0;
}

static int check_block(const struct place_block *b, long i, int phase, struct err *e)
{
	static const char mend[] = "use a smaller model or other factors";

	if (b->real && (in_range(i, "inputs", b->in, 1, MOST_BLOCK, mend, e) || in_range(i, "outputs", b->out, 1, MOST_BLOCK, mend, e)))
		return -1;
	return in_range(i, "stored inputs", b->in_p, b->real ? b->in : 1, MOST_BLOCK, mend, e) ||
		in_range(i, "stored outputs", b->out_p, b->real ? b->out : 1, MOST_BLOCK, mend, e) ||
		in_range(i, "phase", b->phase, phase, INT_MAX, "give the blocks in order of use", e) ? -1 : 0;
}

static int check(const struct place_geometry *g, bool needs_arrays, const struct place_block *b, size_t n, struct err *e)
{
	if (check_geometry(g, e))
		return -1;
	if (needs_arrays && !g->arrays)
		return err_set(e, ERR_INPUT, "placement 'packed': number of arrays 0, whose columns are to be kept together (legal: 1..%d): give a number of arrays", INT_MAX);
	if (n > INT_MAX)
		return err_set(e, ERR_INPUT, "placement: %zu blocks (legal: 1..%d): use a smaller model", n, INT_MAX);
	for (size_t i = 0; i < n; i++)
		if (check_block(&b[i], (long)i, i ? b[i - 1].phase : 0, e))
			return -1;
	return 0;
}

/* how many of n things from `from` on are below `end` */
static uint64_t below(int from, int n, int end)
{
	return from >= end ? 0 : (uint64_t)(end - from < n ? end - from : n);
}

static void count_cells(const struct place_block *b, struct placement *p)
{
	for (size_t i = 0; i < p->n_pieces; i++) {
		const struct place_piece *x = &p->piece[i];
		const struct place_block *k = &b[x->block];
		uint64_t all = (uint64_t)x->n_in * (uint64_t)x->n_out * (uint64_t)x->n_slice;
		uint64_t real = k->real ? below(x->in0, x->n_in, k->in) * below(x->out0, x->n_out, k->out) * (uint64_t)x->n_slice : 0;

		p->cells += real;
		p->padding += all - real;
	}
}

/* arrays that hold at least one image; their numbers begin at 0 */
static void count_arrays(struct placement *p)
{
	long end = 0;
	char *used;

	for (size_t i = 0; i < p->n_images; i++)
		if (p->image[i].array >= end)
			end = p->image[i].array + 1;
	used = MEM_NEW((size_t)end, char);
	for (size_t i = 0; i < p->n_images; i++) {
		p->arrays += !used[p->image[i].array];
		used[p->image[i].array] = 1;
	}
	free(used);
}

static int dispatch(const struct place_geometry *g, enum place_kind kind, enum place_mode mode, bool keep_columns, const struct place_block *b, size_t n,
	struct placement *out, struct err *e)
{
	switch (kind) {
	case PLACE_LINEAR:
		return place_linear(g, b, n, out, e);
	case PLACE_SPARSE:
		return place_sparse(g, b, n, out, e);
	case PLACE_DENSE:
		return place_dense(g, b, n, out, e);
	case PLACE_STRIDED:
		return place_strided(g, keep_columns, b, n, out, e);
	case PLACE_PACKED:
		if (keep_columns || mode == PLACE_LATENCY)
			return place_spread(g, mode, keep_columns, b, n, out, e);
		return place_shelves(g, mode == PLACE_AREA, b, n, out, e);
	}
	BUG("placement kind %d", (int)kind);
}

int place_make(const struct place_geometry *g, enum place_kind kind, enum place_mode mode, bool keep_columns, const struct place_block *b, size_t n, struct placement *out, struct err *e)
{
	memset(out, 0, sizeof(*out));
	if (check(g, kind == PLACE_PACKED && keep_columns, b, n, e))
		return -1;
	if (dispatch(g, kind, mode, keep_columns, b, n, out, e)) {
		place_release(out);
		return -1;
	}
	count_cells(b, out);
	count_arrays(out);
	return 0;
}

void place_release(struct placement *p)
{
	free(p->image);
	free(p->piece);
	free(p->step);
	memset(p, 0, sizeof(*p));
}

uint64_t place_cells(const struct place_geometry *g, const struct place_block *b, size_t n)
{
	uint64_t cells = 0;

	for (size_t i = 0; i < n; i++)
		if (b[i].real)
			cells += (uint64_t)b[i].in * (uint64_t)b[i].out * (uint64_t)g->slices;
	return cells;
}

long place_bound_arrays(const struct place_geometry *g, const struct place_block *b, size_t n)
{
	uint64_t array = (uint64_t)g->rows * (uint64_t)g->cols;

	return (long)((place_cells(g, b, n) + array - 1) / array);
}

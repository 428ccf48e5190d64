/* dense: contiguous diagonals. docs/placement.md section 3.
 * An array of blocks of one stored size is a grid of rows div in_p times cols div (out_p*K) places. Diagonal i holds the places (u, (u + i) mod width),
 * u = 0, 1, ..; the at-th block of the array is at u = at mod height of diagonal at div height. Diagonals are dealt to the arrays in turn (fill.h).
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/build.h"
#include "common/mem.h"
#include "place/cut.h"
#include "place/fill.h"
#include "place/run.h"
#include <stdlib.h>

/* one array: its units in order of use */
struct grid {
	const struct place_geometry *g;
	const struct place_block *b;
	const struct fill_unit *unit;
	int n, height, width;    /* places in a column, in a row */
};

static void grid_shape(const struct place_geometry *g, const struct place_block *b, int *height, int *width)
{
	*height = g->rows / b->in_p;
	*width = g->cols / (b->out_p * g->slices);
}

static int column(const struct grid *a, int at)
{
	return (int)(((long)at % a->height + at / a->height) % a->width);
}

/* the unit in the same places' row, one column further (by 1 or -1); -1: none */
static int beside(const struct grid *a, int at, int by)
{
	int u = at % a->height, v = column(a, at) + by;
	long other;

	if (v < 0 || v >= a->width)
		return -1;
	other = (((long)v - u) % a->width + a->width) % a->width * a->height + u;
	return other < a->n ? (int)other : -1;
}

/* lie side by side, read the same inputs at the same time: one step serves both */
static bool joined(const struct grid *a, int at, int other)
{
	const struct place_block *p = &a->b[a->unit[at].block], *q;

	if (other < 0)
		return false;
	q = &a->b[a->unit[other].block];
	return p->real && q->real && p->input == q->input && p->phase == q->phase;
}

/* the step that computes unit `at`, with all that joins it */
static void grid_step(const struct grid *a, int at, char *done, struct placement *out)
{
	const struct place_block *f = &a->b[a->unit[at].block];
	int width = f->out_p * a->g->slices, last = at, count = 1;

	for (int l; joined(a, at, l = beside(a, at, -1)); at = l)
		count++;
	for (int r; joined(a, last, r = beside(a, last, 1)); last = r)
		count++;
	build_step(out, (struct place_step){ .row = at % a->height * f->in_p, .row_stride = 1, .n_rows = f->in_p, .col = column(a, at) * width, .col_stride = 1,
		.n_cols = count * width, .most_rows = f->in_p, .phase = f->phase });
	for (; count; count--, at = beside(a, at, 1)) {
		done[at] = 1;
		build_piece(out, (struct place_piece){ .block = a->unit[at].block, .n_in = f->in_p, .n_out = f->out_p, .n_slice = a->g->slices,
			.row = at % a->height * f->in_p, .row_stride = 1, .col = column(a, at) * width, .col_stride = 1 });
	}
}

static void grid_image(const struct grid *a, struct placement *out)
{
	char *done = MEM_NEW((size_t)a->n, char);

	build_dealt_image(out, a->g, (long)out->n_images);
	for (int at = 0; at < a->n; at++)
		if (!done[at])
			grid_step(a, at, done, out);
	free(done);
}

/* every block to its array: with its like, or cut by itself where the array has no place for it or it is a whole stage */
static int assign(const struct place_geometry *g, const struct place_block *b, size_t n, struct fill *f, struct err *e)
{
	uint64_t pieces = 0;

	for (size_t first = 0, end; first < n; first = end) {
		bool cut = run_whole_stage(b, n, first);
		int height, width;

		end = run_end(b, n, first);
		grid_shape(g, &b[first], &height, &width);
		cut = cut || !height || !width;
		if (cut_count(&pieces, end - first, cut ? cut_make(b[first].in_p, b[first].out_p, g->slices, g->rows, g->cols).n : 1, e))
			return -1;
		for (size_t i = first; i < end; i++)
			if (cut)
				fill_alone(f, (struct fill_unit){ .block = (int)i });
			else
				fill_add(f, (uint64_t)b[i].in_p << 32 | (uint64_t)b[i].out_p, width, height, (struct fill_unit){ .block = (int)i });
	}
	return 0;
}

int place_dense(const struct place_geometry *g, const struct place_block *b, size_t n, struct placement *out, struct err *e)
{
	struct fill f = { 0 };
	size_t *first;

	if (assign(g, b, n, &f, e)) {
		fill_release(&f);
		return -1;
	}
	first = fill_sort(&f, g->arrays);
	for (size_t o = 0; o < f.n_openings; o++) {
		struct grid a = { .g = g, .b = b, .unit = &f.unit[first[o]], .n = (int)(first[o + 1] - first[o]) };

		if (a.unit->alone) {
			cut_block(out, g, b, (size_t)a.unit->block, true);
			continue;
		}
		grid_shape(g, &b[a.unit->block], &a.height, &a.width);
		grid_image(&a, out);
	}
	free(first);
	fill_release(&f);
	return 0;
}

/* dense-strided: strided diagonals. docs/placement.md section 3.
 * B blocks of a run, cut alike into pieces of (rows div B) inputs x (cols div B) columns; the pieces with equal cut are a diagonal:
 * that of the o-th block on rows o, o + B, .. and columns (o + i) mod B, B more, ..; i: the diagonal's index in its array, 0..B-1.
 * Cell (row, col) is thus of block row mod B and diagonal (col - row) mod B: no two pieces meet.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/build.h"
#include "common/mem.h"
#include "place/cut.h"
#include "place/fill.h"
#include "place/run.h"
#include <stdlib.h>

/* B of the run first..end - 1 */
static int spread(const struct place_geometry *g, size_t first, size_t end)
{
	int side = g->rows < g->cols ? g->rows : g->cols;

	return end - first < (size_t)side ? (int)(end - first) : side;
}

static struct cut cut_of(const struct place_geometry *g, const struct place_block *b, int B)
{
	return cut_make(b->in_p, b->out_p, g->slices, g->rows / B, g->cols / B);
}

/* pieces: they will be laid out, else diagonals only are wanted. keep: the diagonals with the parts of the same outputs are dealt together, where an array holds them */
static int assign(const struct place_geometry *g, bool keep, bool pieces, const struct place_block *b, size_t n, struct fill *f, struct err *e)
{
	uint64_t count = 0;

	for (size_t first = 0, end; first < n; first = end) {
		int B, group;
		struct cut c;

		end = run_end(b, n, first);
		B = spread(g, first, end);
		c = cut_of(g, &b[first], B);
		if (cut_count(&count, pieces ? end - first : (end - first + (size_t)B - 1) / (size_t)B, c.n, e))
			return -1;
		group = keep && c.n_chunks * c.n_parts <= (uint64_t)B ? (int)(c.n_chunks * c.n_parts) : 1;
		for (size_t set = first; set < end; set += (size_t)B) {
			int blocks = end - set < (size_t)B ? (int)(end - set) : B;

			for (uint64_t i = 0; i < c.n; i++)
				fill_add(f, (uint64_t)group << 32 | (uint64_t)B, B / group, group, (struct fill_unit){ .block = (int)set, .n_blocks = blocks, .spread = B, .cut = i });
		}
	}
	return 0;
}

/* the pieces of one diagonal, a step each */
static void lay(const struct place_geometry *g, const struct place_block *b, const struct fill_unit *u, struct placement *out)
{
	int B = u->spread;
	struct cut c = cut_of(g, &b[u->block], B);
	struct place_piece x = cut_piece(&c, u->cut);

	x.row_stride = x.col_stride = B;
	for (int o = 0; o < u->n_blocks; o++) {
		x.block = u->block + o;
		x.row = o;
		x.col = (o + u->at) % B;
		build_step(out, (struct place_step){ .row = x.row, .row_stride = B, .n_rows = x.n_in, .col = x.col, .col_stride = B, .n_cols = x.n_out * x.n_slice,
			.most_rows = x.n_in, .phase = b[x.block].phase });
		build_piece(out, x);
	}
}

int place_strided(const struct place_geometry *g, bool keep_columns, const struct place_block *b, size_t n, struct placement *out, struct err *e)
{
	struct fill f = { 0 };
	size_t *first;

	if (assign(g, keep_columns, true, b, n, &f, e)) {
		fill_release(&f);
		return -1;
	}
	first = fill_sort(&f, g->arrays);
	for (size_t o = 0; o < f.n_openings; o++) {
		build_dealt_image(out, g, (long)out->n_images);
		for (size_t i = first[o]; i < first[o + 1]; i++)
			lay(g, b, &f.unit[i], out);
	}
	free(first);
	fill_release(&f);
	return 0;
}

int place_diagonals(const struct place_geometry *g, const struct place_block *b, size_t n, struct place_diagonal **out, size_t *n_out, long *images, struct err *e)
{
	struct fill f = { 0 };

	if (assign(g, false, false, b, n, &f, e)) {
		fill_release(&f);
		return -1;
	}
	free(fill_sort(&f, g->arrays));
	*n_out = f.n_units;
	*images = (long)f.n_openings;
	*out = MEM_NEW(f.n_units, struct place_diagonal);
	for (size_t i = 0; i < f.n_units; i++) {
		const struct fill_unit *u = &f.unit[i];
		struct cut c = cut_of(g, &b[u->block], u->spread);
		struct place_piece x = cut_piece(&c, u->cut);

		(*out)[i] = (struct place_diagonal){ (long)u->opening, u->at, u->spread, u->block, u->n_blocks, x.in0, x.n_in, x.n_out, x.n_slice };
	}
	fill_release(&f);
	return 0;
}

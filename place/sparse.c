/* sparse: one block diagonal per array, driven and converted at once. docs/placement.md section 3.
 * The zeros beside the blocks keep them apart, so no converted column holds more weights than a block has rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/build.h"
#include "place/cut.h"
#include "place/run.h"

/* blocks of this stored size that one array's diagonal holds */
static int per_array(const struct place_geometry *g, const struct place_block *b)
{
	int rows = g->rows / b->in_p, cols = g->cols / (b->out_p * g->slices);

	return rows < cols ? rows : cols;
}

static void diagonal(const struct place_geometry *g, const struct place_block *b, size_t first, int count, struct placement *out)
{
	const struct place_block *f = &b[first];
	int width = f->out_p * g->slices;

	build_dealt_image(out, g, (long)out->n_images);
	build_step(out, (struct place_step){ .row_stride = 1, .n_rows = count * f->in_p, .col_stride = 1, .n_cols = count * width, .most_rows = f->in_p, .phase = f->phase });
	for (int q = 0; q < count; q++)
		build_piece(out, (struct place_piece){ .block = (int)first + q, .n_in = f->in_p, .n_out = f->out_p, .n_slice = g->slices,
			.row = q * f->in_p, .row_stride = 1, .col = q * width, .col_stride = 1 });
}

int place_sparse(const struct place_geometry *g, const struct place_block *b, size_t n, struct placement *out, struct err *e)
{
	uint64_t pieces = 0;

	for (size_t first = 0, end; first < n; first = end) {
		int most = per_array(g, &b[first]);

		end = run_end(b, n, first);
		if (cut_count(&pieces, end - first, most ? 1 : cut_make(b[first].in_p, b[first].out_p, g->slices, g->rows, g->cols).n, e))
			return -1;
	}
	for (size_t first = 0, end; first < n; first = end) {
		int most = per_array(g, &b[first]);

		end = run_end(b, n, first);
		for (size_t i = first; i < end; i += most ? (size_t)most : 1)
			if (!most)
				cut_block(out, g, b, i, true);
			else
				diagonal(g, b, i, end - i < (size_t)most ? (int)(end - i) : most, out);
	}
	return 0;
}

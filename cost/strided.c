/* dense-strided counted diagonal by diagonal (place_diagonals): large models have too many pieces to hold. The same figures as cost_system of place_make's pieces.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cost/system.h"
#include "common/mem.h"
#include "map/number.h"
#include <stdlib.h>
#include <string.h>

static void count(struct tally *y, const struct place_geometry *g, const struct place_block *b, const struct place_diagonal *d)
{
	struct tally_step s = { .image = (int)d->image, .array = g->arrays ? d->image % g->arrays : d->image, .phase = b[d->block].phase, .n_rows = d->n_in, .most_rows = d->n_in,
		.n_cols = d->n_out * d->n_slice, .col_stride = d->stride };

	tally_results(y, (uint64_t)d->n_blocks * (uint64_t)d->n_out);
	tally_chunks(y, s.phase, (b[d->block].in_p + g->rows / d->stride - 1) / (g->rows / d->stride));
	if (d->stride >= g->adcs || y->any_column) { /* the clocks of a step are the same wherever it begins */
		s.count = (uint64_t)d->n_blocks;
		tally_step(y, &s);
		return;
	}
	s.count = 1;
	for (int o = 0; o < d->n_blocks; o++) {
		s.col = (o + d->index) % d->stride;
		tally_step(y, &s);
	}
}

static uint64_t stored(const struct place_geometry *g, const struct place_block *b, size_t n)
{
	uint64_t cells = 0;

	for (size_t i = 0; i < n; i++)
		cells += (uint64_t)b[i].in_p * (uint64_t)b[i].out_p * (uint64_t)g->slices;
	return cells;
}

int strided_cost(const struct cfg *c, const struct cost_table *t, const struct workload *w, const struct place_block *b, size_t n, long arrays, long tokens, struct system_cost *out, struct err *e)
{
	struct place_geometry g = cost_geometry(c, arrays);
	struct place_diagonal *d;
	uint64_t cells = place_cells(&g, b, n);
	size_t n_d;
	long images;
	struct tally y;

	*out = (struct system_cost){ .arrays = 0 };
	tokens = tokens ? tokens : w->context;
	if (system_check(arrays, tokens, e) || place_diagonals(&g, b, n, &d, &n_d, &images, e))
		return -1;
	tally_init(&y, c, t, system_phases(b, n));
	for (size_t i = 0; i < n_d; i++)
		count(&y, &g, b, &d[i]);
	free(d);
	out->arrays = arrays && arrays < images ? arrays : images;
	out->padding = stored(&g, b, n) - cells;
	system_images(c, (uint64_t)images, cells, out);
	tally_finish(&y, tokens, out);
	tally_release(&y);
	cost_bounds(c, b, n, arrays ? arrays : out->arrays, tokens, out);
	return 0;
}

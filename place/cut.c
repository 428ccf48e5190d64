/* Cutting a block. cut.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/cut.h"
#include "place/build.h"

static const uint64_t MOST_PIECES = (uint64_t)1 << 24; /* some 2 GB */

static int least(int a, int b)
{
	return a < b ? a : b;
}

static uint64_t ceil_div(int a, int b)
{
	return ((uint64_t)a + (uint64_t)b - 1) / (uint64_t)b;
}

struct cut cut_make(int in, int out, int slices, int rows, int cols)
{
	struct cut c = { .in = in, .out = out, .slices = slices };

	c.chunk = least(rows, in);
	c.group = cols < slices ? 1 : least(cols / slices, out);
	c.part = least(cols, slices);
	c.n_chunks = ceil_div(in, c.chunk);
	c.n_groups = ceil_div(out, c.group);
	c.n_parts = ceil_div(slices, c.part);
	c.n = c.n_groups * c.n_chunks * c.n_parts;
	return c;
}

struct place_piece cut_piece(const struct cut *c, uint64_t i)
{
	struct place_piece x = { 0 };

	x.slice0 = (int)(i % c->n_parts) * c->part;
	x.in0 = (int)(i / c->n_parts % c->n_chunks) * c->chunk;
	x.out0 = (int)(i / c->n_parts / c->n_chunks) * c->group;
	x.n_slice = least(c->part, c->slices - x.slice0);
	x.n_in = least(c->chunk, c->in - x.in0);
	x.n_out = least(c->group, c->out - x.out0);
	return x;
}

void cut_block(struct placement *p, const struct place_geometry *g, const struct place_block *b, size_t block, bool stored)
{
	struct cut c = cut_make(stored ? b[block].in_p : b[block].in, stored ? b[block].out_p : b[block].out, g->slices, g->rows, g->cols);

	for (uint64_t i = 0; i < c.n; i++) {
		struct place_piece x = cut_piece(&c, i);

		x.block = (int)block;
		x.row_stride = x.col_stride = 1;
		build_dealt_image(p, g, (long)p->n_images);
		build_step(p, (struct place_step){ .row_stride = 1, .n_rows = x.n_in, .col_stride = 1, .n_cols = x.n_out * x.n_slice, .most_rows = x.n_in, .phase = b[block].phase });
		build_piece(p, x);
	}
}

int cut_count(uint64_t *pieces, uint64_t times, uint64_t each, struct err *e)
{
	if (times && each > (MOST_PIECES - *pieces) / times)
		return err_set(e, ERR_INPUT, "placement: more than %llu pieces (legal: 1..%llu): use larger arrays or a smaller model", (unsigned long long)MOST_PIECES, (unsigned long long)MOST_PIECES);
	*pieces += times * each;
	return 0;
}

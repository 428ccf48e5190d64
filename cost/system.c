/* What a placement costs on a system of arrays: docs/cost.md; the bounds: docs/placement.md section 5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cost/system.h"
#include "common/mem.h"
#include "map/number.h"
#include <stdlib.h>

int system_phases(const struct place_block *b, size_t n)
{
	return n ? b[n - 1].phase / 2 * 2 + 2 : 0;
}

/* Row chunks of every output: pieces that hold its first slice. */
static void count_chunks(struct tally *y, const struct place_block *b, size_t n, const struct placement *p)
{
	size_t *first = MEM_NEW(n + 1, size_t);
	int *chunks;

	for (size_t i = 0; i < n; i++)
		first[i + 1] = first[i] + (size_t)(b[i].out_p > b[i].out ? b[i].out_p : b[i].out);
	chunks = MEM_NEW(first[n], int);
	for (size_t i = 0; i < p->n_pieces; i++) {
		const struct place_piece *x = &p->piece[i];

		tally_results(y, (uint64_t)x->n_out);
		for (int v = 0; v < x->n_out && x->slice0 == 0; v++)
			tally_chunks(y, b[x->block].phase, ++chunks[first[x->block] + (size_t)(x->out0 + v)]);
	}
	free(chunks);
	free(first);
}

void system_images(const struct cfg *c, uint64_t images, uint64_t cells, struct system_cost *out)
{
	out->images = images;
	out->cells = cells;
	out->utilisation = images ? (double)cells / ((double)images * c->rows * num_columns(c)) : 0;
}

int system_check(long arrays, long tokens, struct err *e)
{
	if (tokens < 1 || tokens > SYSTEM_MOST)
		return err_set(e, ERR_INPUT, "%ld tokens: legal is 1..%d", tokens, SYSTEM_MOST);
	if (arrays < 0 || arrays > SYSTEM_MOST)
		return err_set(e, ERR_INPUT, "%ld arrays: legal is 1..%d, or 0 for as many as wanted", arrays, SYSTEM_MOST);
	return 0;
}

/* one conversion of that many rows; a search tree may end after one step */
static uint64_t conversion_clocks(const struct cfg *c, int rows)
{
	int steps = c->search == CFG_ASYMMETRIC ? 1 : num_steps(c, num_resolution(c, rows));

	return (uint64_t)(steps * num_compare_clocks(c) + 1);
}

/* all conversions of one column of a block, one plane */
static uint64_t column_clocks(const struct cfg *c, int in)
{
	int rest = in % c->rows;

	return (uint64_t)(in / c->rows) * conversion_clocks(c, c->rows) + (rest ? conversion_clocks(c, rest) : 0);
}

/* clocks that no step is shorter than */
static uint64_t least_step(const struct cfg *c)
{
	uint64_t evaluate = (uint64_t)(c->precharge + c->evaluate + 1), convert = conversion_clocks(c, 1);

	return (uint64_t)num_planes(c) * (!c->sample_hold ? evaluate + convert : evaluate > convert ? evaluate : convert);
}

void cost_bounds(const struct cfg *c, const struct place_block *b, size_t n, long arrays, long tokens, struct system_cost *out)
{
	struct place_geometry g = cost_geometry(c, arrays);
	uint64_t times = (uint64_t)tokens * (uint64_t)num_planes(c), converters = (uint64_t)arrays * (uint64_t)c->adcs, work = 0;
	bool stage[2] = { false, false };

	out->lower_bound_arrays = place_bound_arrays(&g, b, n);
	out->lower_bound_conversions = out->lower_bound_cycles = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t columns = b[i].real ? (uint64_t)b[i].out * (uint64_t)g.slices : 0, busy, path;

		out->lower_bound_conversions += times * columns * (uint64_t)((b[i].in + c->rows - 1) / c->rows);
		work += columns * column_clocks(c, b[i].in);
		stage[b[i].phase % 2] = true;
		if (i + 1 < n && b[i + 1].phase / 2 == b[i].phase / 2)
			continue;
		/* the last of its group: all converters busy, or one step per token and stage, pipelined */
		busy = (times * work + converters - 1) / converters;
		path = ((uint64_t)tokens - 1 + stage[0] + stage[1]) * least_step(c);
		out->lower_bound_cycles += busy > path ? busy : path;
		work = stage[0] = stage[1] = 0;
	}
}

int cost_system(const struct cfg *c, const struct cost_table *t, const struct workload *w, const struct place_block *b, size_t n, const struct placement *p, long arrays, long tokens, struct system_cost *out, struct err *e)
{
	struct tally y;

	*out = (struct system_cost){ .arrays = p->arrays, .padding = p->padding };
	tokens = tokens ? tokens : w->context;
	if (system_check(arrays, tokens, e))
		return -1;
	system_images(c, p->n_images, p->cells, out);
	tally_init(&y, c, t, system_phases(b, n));
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct place_step *s = &p->step[i];

		tally_step(&y, &(struct tally_step){
			.image = s->image, .array = p->image[s->image].array, .phase = s->phase, .n_rows = s->n_rows, .most_rows = s->most_rows,
			.n_cols = s->n_cols, .col = s->col, .col_stride = s->col_stride, .count = 1,
		});
	}
	count_chunks(&y, b, n, p);
	tally_finish(&y, tokens, out);
	tally_release(&y);
	cost_bounds(c, b, n, arrays ? arrays : p->arrays, tokens, out);
	return 0;
}

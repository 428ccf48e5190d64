/* What a core's program counts: its activations, each as often as its loops repeat it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cost/tally.h"
#include "map/map.h"

enum { LOOPS = 4 };

static void activation(struct tally *y, const struct map_instr *i, uint64_t times)
{
	uint64_t n = times * (uint64_t)i->tile_count;

	y->steps += n;
	y->conversions[i->bits] += n * (uint64_t)i->col_count;
	y->bits_in += n * (uint64_t)i->row_count * (uint64_t)y->cfg->input_bits;
	y->cells += (double)n * i->row_count * i->col_count;
	tally_results(y, n * (uint64_t)(i->col_count / i->nslice));
}

void cost_program(const struct cfg *c, const struct cost_table *t, const uint32_t *code, size_t n_instr, uint64_t loads, struct system_cost *out)
{
	uint64_t times[LOOPS + 1] = { 1 };
	struct tally y;
	int depth = 0;

	*out = (struct system_cost){ .arrays = c->tiles, .loads = loads };
	tally_init(&y, c, t, 1);
	for (size_t i = 0; i < n_instr; i++) {
		struct map_instr x;

		map_decode(code + 8 * i, &x);
		if (x.op == MAP_LOOP && depth == LOOPS)
			BUG("instruction %zu: a fifth loop", i);
		if (x.op == MAP_NEXT && depth == 0)
			BUG("instruction %zu: an end without a loop", i);
		if (x.op == MAP_LOOP) {
			times[depth + 1] = times[depth] * (uint64_t)x.count;
			depth++;
		} else if (x.op == MAP_NEXT) {
			depth--;
		} else if (x.op == MAP_ACT) {
			activation(&y, &x, times[depth]);
		}
	}
	tally_counts(&y, 1, out);
	tally_release(&y);
}

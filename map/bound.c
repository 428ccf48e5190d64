/* What the sequencer alone needs, docs/placement.md section 6 and docs/isa.md section 6.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/map.h"
#include "map/number.h"

uint64_t map_sequencer_bound(const struct cfg *c, const struct map_layer *l, int tokens, int runs)
{
	uint64_t channels = 0, rows = 0, cells = 0, load_rows, beats_per_row = ((uint64_t)c->cols * (uint64_t)c->cell_bits + 63) / 64;

	for (int i = 0; i < l->n_stages; i++) {
		const struct map_stage *s = &l->stage[i];

		channels += (uint64_t)s->blocks * (uint64_t)s->out;
		rows += (uint64_t)s->blocks * (uint64_t)s->in;
		cells += (uint64_t)s->blocks * (uint64_t)s->out * (uint64_t)s->in * (uint64_t)num_slices(c);
	}
	load_rows = (cells + (uint64_t)num_columns(c) - 1) / (uint64_t)num_columns(c);
	return (uint64_t)runs * (channels + load_rows * beats_per_row) + (uint64_t)tokens * ((uint64_t)l->stage[0].blocks * (uint64_t)l->stage[0].in + rows + channels);
}

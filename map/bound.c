/* What the sequencer alone needs, docs/placement.md section 6 and docs/isa.md section 6.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/map.h"
#include "map/number.h"

uint64_t map_sequencer_bound(const struct cfg *c, const struct map_layer *l, int tokens, int runs)
{
	uint64_t channels = 0, rows = 0, inputs = 0, cells = 0, load_rows, beats_per_row = ((uint64_t)c->cols * (uint64_t)c->cell_bits + 63) / 64;

	for (int part = 0; part < map_parts(l); part++) {
		for (int i = 0; i < l->n_stages; i++) {
			const struct map_stage *s = &map_part(l, part)->stage[i];
			uint64_t in = (uint64_t)s->blocks * (uint64_t)s->in;

			channels += (uint64_t)s->blocks * (uint64_t)s->out;
			cells += in * (uint64_t)s->out * (uint64_t)num_slices(c);
			if (i) {
				rows += in;
			} else if (!part) { /* parts share these: driven for all of them at once */
				inputs = in;
				rows += in;
			}
		}
	}
	load_rows = (cells + (uint64_t)num_columns(c) - 1) / (uint64_t)num_columns(c);
	return (uint64_t)runs * (channels + load_rows * beats_per_row) + (uint64_t)tokens * (inputs + rows + channels);
}

/* Sums of counts over batches, layers and models.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/map.h"

void map_counts_add(struct map_counts *to, const struct map_counts *from, uint64_t times)
{
	to->cycles += times * from->cycles;
	to->cycles_least += times * from->cycles_least;
	to->cycles_most += times * from->cycles_most;
	to->activations += times * from->activations;
	to->conversions += times * from->conversions;
	to->comparisons += times * from->comparisons;
	to->compare_clocks += times * from->compare_clocks;
	to->compute_clocks += times * from->compute_clocks;
	to->convert_clocks += times * from->convert_clocks;
	to->serve_clocks += times * from->serve_clocks;
	to->wait_load += times * from->wait_load;
	to->wait_act += times * from->wait_act;
	to->wait_out += times * from->wait_out;
	to->wait_end += times * from->wait_end;
	to->window_clocks += times * from->window_clocks;
}

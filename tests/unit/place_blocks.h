/* Blocks of a model's shapes, for tests of placements.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cost/cost.h"

/* new memory */
static struct place_block *blocks_of(const char *name, int factors, size_t *n)
{
	struct workload w = { 0 };
	struct err e = { 0 };
	struct place_block *b;

	if (wl_shapes(&w, name, factors, false, &e))
		fail_msg("%s", e.text);
	b = cost_blocks(&w, false, n);
	wl_release(&w);
	return b;
}

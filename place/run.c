/* Runs of blocks. run.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/run.h"

static bool same_stage(const struct place_block *a, const struct place_block *b)
{
	return a->stage == b->stage && a->phase == b->phase;
}

size_t run_end(const struct place_block *b, size_t n, size_t first)
{
	size_t i = first + 1;

	while (i < n && same_stage(&b[i], &b[first]) && b[i].in_p == b[first].in_p && b[i].out_p == b[first].out_p)
		i++;
	return i;
}

bool run_whole_stage(const struct place_block *b, size_t n, size_t i)
{
	return (!i || !same_stage(&b[i - 1], &b[i])) && (i + 1 == n || !same_stage(&b[i + 1], &b[i]));
}

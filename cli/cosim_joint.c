/* Layers of one vector as one case.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_case.h"
#include "common/mem.h"
#include <string.h>

int case_parts(const struct cosim_case *k)
{
	return k->n_parts ? k->n_parts : 1;
}

struct cosim_case *case_part(struct cosim_case *k, int i)
{
	return k->n_parts ? &k->part[i] : k;
}

int case_join(struct cosim_case *k, struct err *e)
{
	const struct cosim_case *first = &k->part[0];
	const struct map_layer *map[MAP_MOST_PARTS];
	size_t bytes = (size_t)first->tokens * first->map.in;

	for (int i = 0; i < k->n_parts; i++)
		map[i] = &k->part[i].map;
	if (map_join(map, k->n_parts, &k->map, e))
		return -1;
	k->placement = first->placement;
	k->ro = first->ro;
	k->n_stages = first->n_stages;
	k->tokens = first->tokens;
	k->x = MEM_NEW(bytes, int8_t);
	memcpy(k->x, first->x, bytes);
	return 0;
}

bool case_lossless(const struct cosim_case *k)
{
	for (int i = 0; i < case_parts(k); i++) {
		const struct cosim_case *part = k->n_parts ? &k->part[i] : k;

		for (int s = 0; s < part->n_stages; s++)
			if (!part->stage[s].lossless)
				return false;
	}
	return true;
}

/* Turns of an immersed reference, docs/network.md sections 3 and 4: tiles compete for arrays, so they advance together, grant by grant.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_TURNS_H
#define MAP_TURNS_H
#include "map/timing.h"

struct turns *turns_new(const struct cfg *c);
void turns_release(struct turns *u);
/* an activation is handed over in clock h to a tile whose shadow is free */
void turns_activate(struct timing *t, int tile, const struct map_instr *i, const struct timing_plane *p, uint64_t h);
/* takes turns until the tile's shadow_free is that of its newest activation */
void turns_until_transferred(struct timing *t, int tile);
/* takes turns until the first n activations of the tile have their drain */
void turns_until_drained(struct timing *t, int tile, uint64_t n);

#endif

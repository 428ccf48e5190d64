/* Where the parts stand that were dealt to arrays. Private to place/.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACE_SPREAD_LAY_H
#define PLACE_SPREAD_LAY_H
#include "place/pack.h"

struct laid { struct pack_spot spot; long array; int turn; };
struct layout { struct laid *at; size_t n; };

/* one more */
void spread_put(struct layout *l, struct laid x);

/* Parts, each no taller than an array and in order of use, in images of `arrays` arrays from number `array` on.
 * One array's parts as they are in one image: false, and nothing laid, where they do not fit. Equal shapes give equal layouts. */
bool spread_lay_whole(struct layout *l, const struct pack *k, const struct pack_part *part, size_t n, long array);
/* Columns pooled by height and stacked as pack_slabs.h does it, the slabs dealt to the arrays `grain` units at a time, so that every phase is on all of them;
 * turn after turn, each as much as the arrays hold. Of the last of several turns no more arrays than it fills. false: more than most_turns. */
bool spread_lay_pooled(struct layout *l, const struct pack *k, const struct pack_part *part, size_t n, long array, long arrays, int64_t grain, int most_turns);

#endif

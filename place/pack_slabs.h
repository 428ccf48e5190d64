/* Columns of different heights stacked into arrays, as counts. Private to place/.
 * A slab is a range of columns whose stack of heights is the same; slabs stand side by side and run over the edge of an array into the next one.
 * So one array at most is left part empty, and a slab has all the waste there is: what its stack leaves at the foot.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACE_PACK_SLABS_H
#define PLACE_PACK_SLABS_H
#include <stddef.h>
#include <stdint.h>

/* units of height `height`; cut > 0: only their upper `cut` rows stand here, what is below them joins the units of height - cut and stands in a later slab */
struct slab_item { int height, cut; };
struct slab { int64_t units; size_t item; size_t n_items; };
struct slabs {
	struct slab *slab; size_t n;
	struct slab_item *item; size_t n_items;
	int64_t units;           /* all slabs side by side */
	int64_t cuts;            /* units that were cut, each time */
};

/* count[h], h = 1..rows: units of that height (left as it was). A foot of least_cut rows or more takes the upper rows of others, and none is cut to less than that;
 * least_cut > rows: nothing is cut. */
void pack_slabs(struct slabs *s, int rows, const int64_t *count, int least_cut);
void pack_slabs_release(struct slabs *s);

#endif

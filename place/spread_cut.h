/* The columns of every phase dealt to arrays. Private to place/.
 * Time is counted in comparisons of one converter: a round of a column of n rows takes ceil(log2(n + 1)) + 1.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACE_SPREAD_CUT_H
#define PLACE_SPREAD_CUT_H
#include "place/pack.h"

enum spread_way {
	SPREAD_RANGES,           /* one contiguous range of a phase's columns for each array */
	SPREAD_SLICES,           /* of every group an equal slice for each array, in full rounds of the converters */
	SPREAD_EVEN,             /* the same, to the unit */
	SPREAD_BEST,             /* by phase the quicker of ranges and slices */
	SPREAD_WAYS,
};

/* part[] of array a: first[a] .. first[a + 1] - 1, in order of use */
struct spread {
	struct pack_part *part; size_t n;
	size_t *first;           /* [arrays + 1] */
	int64_t time;            /* sum over the phases of their slowest array's, were every part aligned to the converters */
};

int64_t spread_weight(int rows);
int64_t spread_slices(const struct pack *k, long arrays, bool even); /* parts of such a deal */
/* slices_first: slices win where they are as quick as ranges */
void spread_cut(struct spread *s, const struct pack *k, long arrays, enum spread_way way, bool slices_first);
void spread_release(struct spread *s);

#endif

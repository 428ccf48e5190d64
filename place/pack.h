/* What the two packings of `packed` share: blocks gathered into groups that one activation can serve, and images written from what was placed. Private to place/.
 * Widths are in units: the K columns of an output, which stay together, or single columns where K > cols.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACE_PACK_H
#define PLACE_PACK_H
#include "place/build.h"

/* blocks of one phase side by side that read the same inputs: rows in0 .. in0 + n_in - 1 of each */
struct pack_group {
	size_t run;              /* first of its runs */
	size_t n_runs;
	int phase, in0, n_in;
	int64_t units;
};
struct pack_run { int block; int64_t at; }; /* at: the block's first unit, counted from the group's first */

struct pack {
	const struct place_geometry *g;
	const struct place_block *b;
	int unit, width;         /* columns of a unit, units of an array */
	struct pack_run *run;
	struct pack_group *group; size_t n_groups;
};

/* chunks: blocks taller than the array are cut in chunks of `rows` inputs; else n_in may exceed the rows.
 * by_height: tall groups first, each height in order of use; else in order of use. A group stands where its first block does.
 * ERR_INPUT: more pieces than a placement may have. */
int pack_init(struct pack *k, const struct place_geometry *g, bool chunks, bool by_height, const struct place_block *b, size_t n, struct err *e);
void pack_release(struct pack *k);
int pack_round(const struct pack *k); /* fewest units whose columns are whole rounds of the converters */

/* a part of a group: its rows in0.., its units unit0..; and where it stands */
struct pack_part { size_t group; int in0, n_in; int64_t unit0, units; };
struct pack_spot { struct pack_part part; int row, col; };
struct pack_spots { struct pack_spot *spot; size_t n; };

void pack_put(struct pack_spots *l, struct pack_spot s);
/* Steps and pieces of the newest image; reorders the spots. What continues on its left neighbour is one step with it. */
void pack_emit(struct placement *p, const struct pack *k, struct pack_spot *spot, size_t n);

#endif

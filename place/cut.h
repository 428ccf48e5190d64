/* Cutting a block into pieces of an array's size or of a strided diagonal's, docs/placement.md section 3. Private to place/.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACE_CUT_H
#define PLACE_CUT_H
#include "place/place.h"

/* in x out weights of `slices` columns, cut to at most rows x cols cells: row chunks of `rows` inputs, column groups of cols div slices outputs;
 * cols < slices: groups of one output, whose slices are in parts of cols. The last of each may be shorter. */
struct cut {
	int in, out, slices;
	int chunk, group, part;             /* inputs, outputs, slices of a piece */
	uint64_t n_chunks, n_groups, n_parts, n;
};

struct cut cut_make(int in, int out, int slices, int rows, int cols);
/* in0 .. n_slice of piece i of cut.n: column group, then row chunk, then slice part; the rest zero */
struct place_piece cut_piece(const struct cut *c, uint64_t i);
/* Every piece of the block an image of its own, at row 0, column 0, one step; in the order of cut_piece. stored: with its padding. */
void cut_block(struct placement *p, const struct place_geometry *g, const struct place_block *b, size_t block, bool stored);
/* *pieces += times * each; ERR_INPUT where that is more than a placement may have */
int cut_count(uint64_t *pieces, uint64_t times, uint64_t each, struct err *e);

#endif

/* Placement: which weight sits in which cell, and which activations compute it. docs/placement.md sections 2 to 4, which this follows term by term.
 * Geometry only: no weights, no program, no model. Cost grows linearly with the number of pieces.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACE_PLACE_H
#define PLACE_PLACE_H
#include "common/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct place_geometry {
	int rows, cols;          /* of an array, columns as numerics.md counts them (dif: pairs) */
	int slices;              /* K: columns of one output */
	int adcs;                /* converters of an array: latency spreads in multiples of it where that costs nothing */
	long arrays;             /* N: arrays there are; image i of array a is what its i-th reload holds. 0: as many as wanted, one image each */
};

/* One block to be placed. Blocks are given in order of use. */
struct place_block {
	int in, out;             /* real, >= 1 */
	int in_p, out_p;         /* stored by sparse, dense, dense-strided; >= in, out */
	int stage;               /* blocks of one matrix's stage: consecutive, same number and phase; the diagonals of dense-strided are made of them */
	int phase;               /* what runs at the same time: phase of group g, stage s is 2g + s. Ascending */
	int64_t input;           /* blocks of a phase with the same value read the same inputs (share an input) */
	bool real;               /* false: padding altogether (in, out ignored): stored by sparse, dense, dense-strided only */
};

struct place_piece {
	int block;               /* index into the blocks */
	int in0, n_in, out0, n_out, slice0, n_slice; /* of the stored block where padding is stored */
	int row, row_stride, col, col_stride;
};

struct place_step {
	int image;               /* index into images */
	int row, row_stride, n_rows, col, col_stride, n_cols, most_rows;
	int phase;
	size_t piece; int n_pieces;
};

struct place_image { long array; int turn; }; /* image number `turn` (0, 1, ..) of an array: what is loaded at one time */

struct placement {
	long arrays;             /* used */
	struct place_image *image; size_t n_images;
	struct place_piece *piece; size_t n_pieces; /* those of one step together, steps of one image together, in order of phase */
	struct place_step *step; size_t n_steps;
	uint64_t cells, padding; /* cells that hold real weights; stored padding */
};

enum place_kind { PLACE_LINEAR, PLACE_SPARSE, PLACE_DENSE, PLACE_STRIDED, PLACE_PACKED };
enum place_mode { PLACE_AREA, PLACE_CONVERSIONS, PLACE_LATENCY };

/* linear: each block by itself, dense. mode: of packed, else ignored; this is the packing itself, candidates are the caller's to compare.
 * keep_columns: all row chunks of an output stay on one array (in several images if need be): what a core can accumulate. packed: needs g->arrays > 0; dense-strided: where an array holds that many diagonals; the others ignore it.
 * ERR_INPUT: a size outside 1..INT_MAX/..., more than 2^24 pieces. */
int place_make(const struct place_geometry *g, enum place_kind kind, enum place_mode mode, bool keep_columns, const struct place_block *b, size_t n, struct placement *out, struct err *e);
void place_release(struct placement *p);

/* dense-strided by diagonals instead of pieces, where these would be too many to hold: one entry per diagonal, of the image that place_make would number `image`, sorted by it.
 * blocks block .. block + n_blocks - 1, each with one piece of n_in inputs from in0 and n_out outputs of n_slice slices: that of block + o is the step on rows o, o + stride, .. and
 * columns (o + index) mod stride, stride more, .. New memory. */
struct place_diagonal { long image; int index, stride, block, n_blocks, in0, n_in, n_out, n_slice; };
int place_diagonals(const struct place_geometry *g, const struct place_block *b, size_t n, struct place_diagonal **out, size_t *n_out, long *images, struct err *e);
extern const char *const place_kind_name[5]; /* "linear" .. "packed" */
extern const char *const place_mode_name[3];

/* placement.md section 5 */
uint64_t place_cells(const struct place_geometry *g, const struct place_block *b, size_t n);
long place_bound_arrays(const struct place_geometry *g, const struct place_block *b, size_t n);

#endif

/* Between layer and program: which piece of which matrix sits where, and what each pass asks of the tiles for one token.
 *
 * A group is a set of consecutive outputs of one block; its G arrays (row chunk x slice part) sum into the same accumulator words.
 * A pass is what happens between two rounds of LOADs. Passes with `add` activations continue the sums of the pass before.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_PLAN_H
#define MAP_PLAN_H
#include "map/map.h"

/* A stage as it is placed: its blocks, or (linear placement of a Monarch stage) one matrix with zeros between the blocks. */
struct plan_view {
	const struct map_stage *stage;
	bool expanded;
	int blocks, out, in;
};
int plan_weight(const struct plan_view *v, int block, int o, int i);

/* outputs out0.. x inputs in0.. of a block, slices slice0.., at (row, col) of an array; a column of dif is a pair; output o, slice j in column col + (o - out0)*n_slice + j - slice0 */
struct plan_piece { int block, out0, n_out, in0, n_in, slice0, n_slice, row, col; };

struct plan_array {
	int tile;
	size_t piece, n_pieces;  /* plan_stage.piece[] */
};

/* one ACT of every token */
struct plan_act {
	int slot;                /* how many activations the tile has had before, this token */
	int tile, tile_stride, tile_count;
	int row, n_rows, col, n_cols, slice0, n_slice, bits;
	int x, acc;              /* first input in the token's vector, first accumulator word of the token's words */
	bool add;
};

/* the results of one group */
struct plan_out {
	int slot;                /* of the group's last activation */
	int tile, n_tiles;       /* stride 1 */
	int acc, channel, count; /* channel of the stage: block*out + output */
};

struct plan_pass { size_t array, n_arrays, act, n_acts, out, n_outs; };

struct plan_stage {
	struct plan_view view;
	int words;               /* accumulator words of one token */
	int channel0;            /* first requantiser channel */
	struct plan_piece *piece; size_t n_pieces;
	struct plan_array *array; size_t n_arrays;
	struct plan_act *act; size_t n_acts;
	struct plan_out *out; size_t n_outs;
	struct plan_pass *pass; size_t n_passes;
};

struct plan {
	int tokens, n_stages, channels;
	int x_len, mid_len;      /* activation-buffer bytes of one token: padded input, between the stages */
	struct plan_stage stage[2];
};

/* tokens <= 0: as many as the buffers hold. ERR_INPUT names the depth that is too small. */
int plan_make(const struct cfg *c, const struct map_layer *l, enum map_placement p, int tokens, struct plan *out, struct err *e);
void plan_release(struct plan *p);
/* records that one of the depths of the configuration is too small; -1 */
int plan_too_small(const char *layer, const char *field, long need, int depth, struct err *e);

/* place.c: fills pieces, arrays, acts, outs, passes, words of a stage whose view is set */
void place_diagonal(const struct cfg *c, struct plan_stage *s, int per_array);
void place_cut(const struct cfg *c, struct plan_stage *s);
int place_blocks_per_array(const struct cfg *c, const struct plan_view *v);
/* accumulator words of a token, known before placing; per_array 0: cut */
int place_words(const struct cfg *c, const struct plan_view *v, int per_array);

/* emit.c: the whole program. code: n_instr * 8 words, new memory. compact: fewer instructions for a few clocks more */
void emit_program(const struct plan *p, bool compact, uint32_t **code, size_t *n_instr);

/* stream.c */
size_t stream_beats(const struct cfg *c, const struct plan *p);
int plan_array_rows(const struct plan_stage *s, const struct plan_array *a);
int plan_array_cols(const struct plan_stage *s, const struct plan_array *a);

#endif

/* Between layer and program: which piece of which matrix sits where, and what each pass asks of the tiles for one token.
 *
 * Geometry comes from place/ (docs/placement.md): images, steps, pieces. Here an image becomes an array (a tile and a turn of it), a step one
 * activation, an output an accumulator word on its tiles and a channel.
 * A pass is what happens between two rounds of LOADs, one turn. Activations with `add` continue sums, within a turn and over turns.
 * A resident plan has both stages of a Monarch layer on the tiles at once, and one pass per stage.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_PLAN_H
#define MAP_PLAN_H
#include "map/map.h"
#include "place/place.h"

/* A stage as it is placed: the blocks of every part of the layer (map_parts), or (linear placement of a Monarch stage) one matrix of every part with zeros
 * between its blocks. */
struct plan_part {
	int blocks, out, in;     /* of the part's own stage */
	bool expanded;
	int block, n_blocks;     /* as they are placed: first, how many */
	int channel, x;          /* first of its channels, of its inputs in the vector that the stage reads: one for all parts in stage 0, between the stages each its own */
};
struct plan_block { int part, index, out, in, channel, x; }; /* index: within the part; x: in the order of the stage's inputs */
struct plan_view {
	struct plan_part part[MAP_MOST_PARTS];
	int n_parts;
	struct plan_block *block; int n_blocks;
	int channels, x_len;     /* of all blocks */
};
/* view.c */
void plan_view_make(const struct map_layer *l, int stage, bool linear, struct plan_view *out);
int plan_channel(const struct plan_view *v, int block, int o);
int plan_weight(const struct map_layer *l, int stage, const struct plan_view *v, int block, int o, int i);
/* of piece x's cells, those that hold a weight of a block */
long plan_weights_of(const struct plan_view *v, const struct place_piece *x);
/* the part that a channel belongs to */
int plan_part_of(const struct plan_view *v, int channel);

/* element e is at base + (e div inner)*outer_stride + (e mod inner)*inner_stride, modulo 65536 */
struct plan_pattern { int base, inner, inner_stride, outer_stride; };

struct plan_array {
	int tile, turn;
	int stage;               /* the first that uses it */
	size_t image;            /* of the plan */
};

/* an image of the plan: its steps, whose pieces follow each other */
struct plan_image { size_t step, n_steps; };

struct plan_step {
	int stage;
	struct place_step at;    /* piece: into plan.piece */
};

/* one ACT of every token */
struct plan_act {
	int slot;                /* how many activations the tile has had before, this token, of this stage and pass */
	int tile, tile_stride, tile_count;
	int row, row_stride, n_rows, col, col_stride, n_cols, slice0, n_slice, bits;
	struct plan_pattern x;   /* in the token's input vector (stage 1: vector between the stages) */
	int acc;                 /* first accumulator word of the token's words */
	int add;                 /* 0 or 1; no bool: activations are compared whole, so the struct must have no padding */
};

/* results that leave together: consecutive words, consecutive channels */
struct plan_out {
	int slot;                /* of the last activation that they need */
	int tile, tile_stride, n_tiles;
	int acc, channel, count; /* channel of the stage, in the order of PARAM */
	struct plan_pattern mid; /* where they go in the token's vector between the stages */
};

struct plan_pass { size_t array, n_arrays, act, n_acts, out, n_outs; };

struct plan_stage {
	struct plan_view view;
	int words;               /* accumulator words of one token */
	int channel0;            /* first requantiser channel */
	int *raw;                /* [view.channels] channel -> the stage's own numbering (map_output) */
	struct plan_act *act; size_t n_acts;
	struct plan_out *out; size_t n_outs;
	struct plan_pass *pass; size_t n_passes;
};

/* what is asked for */
struct plan_wish {
	enum place_kind kind;
	enum place_mode mode;    /* of packed */
	int tiles;               /* of packed: so many are used */
	bool resident;           /* both stages on the tiles at once */
	bool fine;               /* results leave as soon as their own activations are done, in shorter OUTs */
};

struct plan {
	int tokens, n_stages, channels;
	int x_len, mid_len;      /* activation-buffer bytes of one token: padded input, between the stages */
	bool resident;
	bool shared;             /* resident: a tile works for both stages */
	bool raw_mid;            /* the vector between the stages is in the order of stage R, else in that of L's inputs */
	struct place_piece *piece; size_t n_pieces; /* block: of its stage */
	struct plan_step *step; size_t n_steps;
	struct plan_image *image; size_t n_images;
	struct plan_array *array; size_t n_arrays; /* in the order of LOAD */
	struct plan_stage stage[2];
};

/* tokens <= 0: as many as the buffers hold. ERR_INPUT names the depth that is too small.
 * resident: 1 and nothing in e when the stages do not fit together (p then is empty). */
int plan_make(const struct cfg *c, const struct map_layer *l, const struct plan_wish *w, int tokens, struct plan *out, struct err *e);
void plan_release(struct plan *p);
/* records that one of the depths of the configuration is too small; -1 */
int plan_too_small(const char *layer, const char *field, long need, int depth, struct err *e);

/* pattern.c: the longest beginning of a[n] (n >= 1) that one pattern describes */
size_t plan_pattern_fit(const int *a, size_t n, struct plan_pattern *p);

/* layout.c: places the stages whose views are set (resident: together): fills pieces, steps, images, arrays. 1: more than one turn of a resident plan */
int plan_layout(const struct cfg *c, const struct plan_wish *w, struct plan *p, struct err *e);

/* words.c: what a stage's outputs need, by raw channel */
struct plan_use {
	uint64_t tiles;          /* set of tiles that hold a part of it, bit by bit */
	int tile, tile_stride, n_tiles; /* the same */
	int first, last;         /* turns */
	int chunks;              /* row chunks */
	int word;
	int slot;                /* of the last activation in the last turn, filled in by plan_acts */
	uint64_t touched;        /* tiles that have begun its sum, filled in by plan_acts */
};
/* new memory [view.channels]; words: of one token */
struct plan_use *plan_words(const struct plan *p, int stage, int *words);

/* acts.c: activations of a stage, turn by turn: its passes */
void plan_acts(const struct cfg *c, struct plan *p, int stage, struct plan_use *use);
/* whether every activation of stage L can read the vector between the stages in the order of R */
bool plan_fits_raw_mid(const struct plan *p);
/* address of stage L's input in the vector between the stages, of R's result */
int plan_mid_input(const struct plan *p, int block, int in);
int plan_mid_result(const struct plan *p, int channel);

/* outs.c: results of a stage: words to channels */
void plan_outs(struct plan *p, int stage, const struct plan_use *use, bool fine);

/* rows and columns of cells that an array holds pieces in */
int plan_array_rows(const struct plan *p, const struct plan_array *a);
int plan_array_cols(const struct plan *p, const struct plan_array *a);
/* pieces of an array, in all stages */
const struct place_piece *plan_array_pieces(const struct plan *p, const struct plan_array *a, size_t *n);

/* stream.c */
size_t stream_beats(const struct cfg *c, const struct plan *p);

#endif

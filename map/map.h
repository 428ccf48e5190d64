/* Software side: float layer -> integers and scales -> placement -> program and input stream -> predicted cycles and counts.
 * Written from docs/numerics.md and docs/isa.md; shares no code with golden. Pipeline: map_quantise -> map_compile -> (map_stream per batch) -> map_predict.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_MAP_H
#define MAP_MAP_H
#include "checkpoint/model.h"
#include "common/cfg.h"
#include <stdint.h>

/* ---- integers ---- */
struct map_matrix { int out, in; int8_t *w; float *scale; }; /* w [out][in], scale [out] */

/* A layer as the hardware runs it: one stage (dense) or two (Monarch R then L). A stage is `blocks` independent matrices of equal shape. */
struct map_stage {
	int blocks, out, in;      /* of one block */
	int8_t *w;                /* [blocks][out][in] */
	float *scale;             /* [blocks][out]: s_w */
	uint16_t *M; uint8_t *s;  /* [blocks][out] requantiser of channel k*out + i */
};
enum { MAP_MOST_PARTS = 4 };
struct map_layer {
	char name[64];            /* "0.wq" */
	bool monarch;
	int in, out;              /* of the layer, before padding */
	int b, r, p, sub;         /* Monarch: blocks, rank, block input, block output (s of numerics.md); dense: 1, 0, in, out */
	int n_stages;
	struct map_stage stage[2];
	double *k;                /* [b] k_l of a Monarch layer */
	double k_out;
	/* a joint layer (map_join): what it is made of; stage, k and r, sub are theirs then, of blocks of every part's own shape. 0: the layer itself */
	const struct map_layer *part[MAP_MOST_PARTS];
	int n_parts;
};

/* k (length b, may be NULL: all 1), k_out (<= 0: 1): calibration numbers from the caller. ERR_INPUT: a factor that has no (M, s), accumulator overflow. */
int map_quantise(const struct cfg *c, const struct model_linear *l, const char *name, const double *k, double k_out, struct map_layer *out, struct err *e);
/* an integer matrix taken as it is (scale 1), every value inside the weight code, else ERR_INPUT naming row, column, value */
int map_take_integers(const struct cfg *c, const int32_t *w, int rows, int cols, const char *name, double k_out, struct map_layer *out, struct err *e);
void map_layer_release(struct map_layer *l);

/* Layers that read the same vector as one, which one program computes: 1..MAP_MOST_PARTS, all dense or all Monarch with the same b and p. The parts stay the caller's
 * and where they are. ERR_INPUT: they do not go together. Channels of a stage are numbered part after part. */
int map_join(const struct map_layer *const *part, int n, struct map_layer *out, struct err *e);
/* any layer as parts: one that is not joint has one, itself */
int map_parts(const struct map_layer *l);
const struct map_layer *map_part(const struct map_layer *l, int i);
/* the part that a channel of a stage belongs to; the channel becomes the part's own */
int map_part_of(const struct map_layer *l, int stage, int *channel);

/* ---- asymmetric search: what the mapper needs to know of a tree ---- */
struct map_steps { int least, most; double mean; }; /* steps of one round (its deepest lane). NULL where a function takes one: 1, 2^bits - 1 and bits; ignored unless the search is asymmetric */

/* ---- placement and program ---- */
/* docs/placement.md section 3, 4; packed in its three modes, each the best of its candidates by the exact prediction. auto: sparse for Monarch, linear for dense */
enum map_placement { MAP_AUTO, MAP_LINEAR, MAP_SPARSE, MAP_DENSE, MAP_STRIDED, MAP_PACKED_AREA, MAP_PACKED_CONVERSIONS, MAP_PACKED_LATENCY };

struct map_array {           /* one use of a tile between LOADs: what is drawn in reports and loaded by a LOAD */
	int pass, tile;
	int stage, block;        /* first block in it */
	int rows_used, cols_used; /* of cells: both of a dif pair count */
	long cells_used;         /* cells that hold weights of a block */
};

struct map_counts {
	uint64_t cycles;         /* one run of the program, isa.md section 6; asymmetric search: every conversion of mean length (no exact prediction) */
	uint64_t cycles_least, cycles_most;  /* the same unless the search is asymmetric: every conversion its shortest, its longest */
	uint64_t activations, conversions, comparisons, compare_clocks; /* asymmetric: comparisons and compare_clocks of the mean, rounded */
	uint64_t compute_clocks, convert_clocks, serve_clocks;          /* network.md section 6 */
	uint64_t wait_load, wait_act, wait_out, wait_end;               /* isa.md section 6: w, summed per kind */
	uint64_t window_clocks;  /* first take .. last finish, summed over tiles and passes (numerics.md section 9) */
	double bound;            /* converter bound that applies, weighted by conversions */
};
/* adds `times` runs to every sum; bound is no sum and stays as it is */
void map_counts_add(struct map_counts *to, const struct map_counts *from, uint64_t times);

struct map_output { int token, stage, channel; }; /* of one output beat, channel in the stage's own numbering k*out + i, of a joint layer part after part */

struct map_program {
	int tokens;              /* batch this program runs */
	uint32_t *code; size_t n_instr;      /* 8 words each */
	struct map_array *array; size_t n_arrays;
	int passes;
	struct map_output *output; size_t n_outputs; /* beats in the order they leave */
	size_t n_beats;          /* length of the input stream */
	struct map_counts counts;
	bool canonical_rows;     /* every activation drives rows together as the canonical partition does (numerics.md section 8): a lossy result is golden's layer's */
	void *plan;              /* private: what map_stream needs */
};

/* most tokens one run can hold (buffer depths); 0 with e set when the layer does not fit: names the field to raise */
int map_batch(const struct cfg *c, const struct map_layer *l, enum map_placement p, struct err *e);
/* program for `tokens` tokens, 1..map_batch; fills counts (the exact prediction) */
int map_compile(const struct cfg *c, const struct map_layer *l, enum map_placement p, int tokens, const struct map_steps *steps, struct map_program *out, struct err *e);
/* input beats for x[tokens][in] (int8, unpadded), new memory of prog->n_beats words */
uint64_t *map_stream(const struct cfg *c, const struct map_layer *l, const struct map_program *prog, const int8_t *x);
void map_program_release(struct map_program *p);

/* Clocks that the sequencer needs for a layer however it is placed, `tokens` in `runs` programs: a channel, a row of weights (all cells used), an input, a driven row, a result at a time.
 * Each block's inputs are read once per token, each result leaves once. */
uint64_t map_sequencer_bound(const struct cfg *c, const struct map_layer *l, int tokens, int runs);

/* ---- prediction by itself: any program, any tool ---- */
/* isa.md section 6 recurrence over a whole program; needs no data */
int map_predict(const struct cfg *c, const uint32_t *code, size_t n_instr, const struct map_steps *steps, struct map_counts *out, struct err *e);

/* ---- instruction encoding (isa.md section 2), used by the compiler and by tests ---- */
enum map_op { MAP_END = 1, MAP_LOOP, MAP_NEXT, MAP_IDX, MAP_PARAM, MAP_LOAD, MAP_XIN, MAP_ACT, MAP_OUT };
struct map_instr {
	enum map_op op;
	int flags, tile, tile_stride, tile_count;
	int row_start, row_stride, row_count, col_start, col_stride, col_count;
	int base, inner, inner_stride, outer_stride;
	int acc_base, imm, count, channel;
	int bits, set, slice0, nslice, lag;
	int r_base, r_row, r_col, r_acc, r_tile, r_ch; /* index registers; IDX: r_base destination, r_row source */
};
/* every field must hold its value (BUG), imm modulo 2^16 */
void map_encode(const struct map_instr *i, uint32_t w[8]);
void map_decode(const uint32_t w[8], struct map_instr *i);
/* one line of assembler text, for people */
void map_print(const uint32_t w[8], struct buf *out);

#endif

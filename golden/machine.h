/* The golden machine: executes a program image as docs/isa.md says and reports architectural events in the order the hardware's tiles make them.
 * Knows neither gen nor map nor any simulator; everything it is told is a number.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_MACHINE_H
#define GOLDEN_MACHINE_H
#include "common/err.h"
#include "golden/code.h"
#include "golden/readout.h"
#include <stddef.h>

enum { GM_SETS = 4 };

enum gm_network { GM_PAIR, GM_RING, GM_BROADCAST }; /* network.md */

struct gm_hw {        /* elaboration parameters, isa.md section 1 */
	int rows, cols, tiles, adcs, adc_bits, cell_bits, grid_bits;
	int spares;                  /* positions beside those of cols, faults.md section 5 */
	bool sample_hold;
	enum ro_kind kind;
	int flash_bits;
	bool ones, asymmetric, immersed;
	enum gm_network network;
	int noise;                   /* thousandths of a count, section 11; 0: none */
	uint64_t noise_seed;
	int prog_depth, act_depth, acc_depth, ch_depth;
	int counter_bits;            /* of the registers; gm_counts has 64 bits and does not wrap at these */
};

/* What tiles and sequencer do, clock by clock (isa.md section 6, network.md sections 3, 4), for whoever draws it. */
enum {
	GM_EVALUATES = 1,   /* precharge and evaluate */
	GM_HOLDS = 2,       /* evaluated, not taken: the converters, or the bank of sums, are not free */
	GM_ASKS = 4,        /* immersed: no turn on the link yet */
	GM_CONVERTS = 8,
	GM_SERVES = 16,     /* is the reference of another tile */
	GM_DRAINS = 32,     /* its shift-adders write partial sums */
	GM_TAKES = 64,      /* the hold strobe, one clock */
	GM_FINISHES = 128,  /* the last clock of a plane's conversion */
};
enum gm_kind { GM_IS_CONTROL, GM_IS_INPUT /* PARAM, XIN */, GM_IS_LOAD, GM_IS_ACT, GM_IS_OUT, GM_IS_END };
struct gm_watch {
	void *ctx;
	/* every clock, every tile in ascending order. Nonzero stops the watching, not the run */
	int (*tile)(void *ctx, long clock, int tile, unsigned does);
	/* an instruction: begins, waits from begin + 2 (END: + 1) to work, the next one begins in clock `end`; the tiles it is for: none of control, input, end */
	void (*step)(void *ctx, enum gm_kind kind, long begin, long work, long end, int tile, int tile_stride, int tile_count);
};

struct gm_regs {      /* run-time registers, isa.md section 4 */
	int input_bits, weight_bits;
	enum gc_code input_code, weight_code;
	struct ro_window window[GM_SETS];
	int precharge, evaluate, compare, reference_precharge, share, settle; /* TIMING, REFERENCE: only the clocks need them */
	int samples;                 /* stochastic */
	uint16_t seed;
	const struct ro_tree *tree;  /* asymmetric: what was written to TREE; NULL: as after reset */
	bool clocks;                 /* count clocks too (isa.md section 6, network.md section 4); immersed references: at the price of stepping through them */
	const struct gm_watch *watch; /* with clocks: is told what happens in each, at the same price; NULL: nobody */
	/* Where the tables show that every count keeps its value (numerics.md section 4) and nobody wants codes, an ACT may take integer products: the same
	 * partial sums, outputs and counts, sooner. */
	bool product;
};

/* One plane of one activation: codes of every active column, in conversion order (positions ascending, lanes ascending). */
struct gm_codes {
	int tile, plane, n;         /* plane 0..P-1; n = active columns */
	const uint16_t *column;     /* [n] */
	const uint16_t *code;       /* [n] */
	const int32_t *count;       /* [n] what the code is of (numerics.md section 3), before noise; NULL unless the sink wants them */
	int bits;
	long pc;                    /* instruction index of the ACT */
};
/* One partial sum of one output of one activation (section 2, drain). */
struct gm_partial { int tile, address; int32_t partial, accumulator; long pc; };
/* One element of an OUT. to_buffer/to_stream as its flags; address valid when to_buffer. */
struct gm_out { int address, channel; int32_t acc; int q; bool to_buffer, to_stream, last; long pc; };

struct gm_sink {      /* any may be NULL; a sink returns nonzero to stop the run (gm_run then returns 1) */
	void *ctx;
	int (*codes)(void *ctx, const struct gm_codes *e);
	int (*partial)(void *ctx, const struct gm_partial *e);
	int (*out)(void *ctx, const struct gm_out *e);
	bool counts;          /* codes are told with the counts that they are of */
};

struct gm_counts {
	uint64_t activations, conversions, comparisons;
	/* with gm_regs.clocks: rtl_cycles of an unstalled run; sums over tiles */
	uint64_t cycles, compare_clocks, compute_clocks, convert_clocks, serve_clocks;
	uint64_t wait_load, wait_act, wait_out, wait_end; /* clocks waited for tiles by the instructions of a kind, in the same run */
	/* a program that isa.md refuses: its error code (section 4) and the instruction; counts and clocks up to the stop. 0: none */
	int stop;
	long stop_pc;
};

/* columns of an array, spare ones too */
int gm_columns(const struct gm_hw *hw);
/* comparators of a lane */
int gm_refs(const struct gm_hw *hw);

struct gm;            /* cells, latches, accumulators, buffers */

/* thresholds: index ((tile*adcs + lane)*GM_SETS + set) << adc_bits | k, as the threshold file of docs/macro.md; copied.
 * NULL: ideal tables of the windows that the registers hold in each run */
struct gm *gm_new(const struct gm_hw *hw, const int32_t *thresholds);
void gm_free(struct gm *g);

/* Cells and comparators that are stuck from now on (faults.h, checked there), docs/faults.md section 4. Once per machine, before its first run. */
struct gf_faults;
void gm_break(struct gm *g, const struct gf_faults *f);
/* REPAIR of spare s of a tile as the register's word (isa.md section 4); no entry is valid in a new machine */
void gm_repair(struct gm *g, int tile, int s, uint32_t word);

/* Runs one program from pc 0 to END; state (cells, buffers, channels) stays for the next run, index registers start at zero.
 * code: n_instr * 8 words; stream: input beats. ERR_INPUT: illegal instruction (text has the isa.md error code and pc), stream too short.
 * beats_used: how many input beats were taken. Returns 0, 1 (a sink stopped it), -1. */
int gm_run(struct gm *g, const struct gm_regs *regs, const uint32_t *code, size_t n_instr, const uint64_t *stream, size_t n_beats,
	   const struct gm_sink *sink, struct gm_counts *counts, size_t *beats_used, struct err *e);

/* How many input beats gm_run would take, from the instructions alone, up to END or an error. Any words will do. SIZE_MAX: that many or more.
 * Time: as the instructions executed, but a loop that leaves the index registers as they were is gone through once. */
size_t gm_beats(const struct gm_hw *hw, const struct gm_regs *regs, const uint32_t *code, size_t n_instr);

/* TREE as after reset: the search of a plain SAR */
void gm_tree_reset(const struct gm_hw *hw, struct ro_tree *t);

/* Characterisation of one converter (section 7); bits, tile and lane are legal. histogram: [1 << adc_bits], cleared first, bins stay at 2^24 - 1. */
struct gm_character {
	bool references;    /* mode 1 */
	int bits, set, tile, lane, repeats, step, count;
	int32_t level;      /* first; levels wrap at 24 bits */
};
/* returns the clocks from the write to CHAR_CTRL until it reads as over */
uint64_t gm_characterise(struct gm *g, const struct gm_regs *regs, const struct gm_character *x, uint32_t *histogram);

#endif

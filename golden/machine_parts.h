/* The golden machine from the inside: shared by golden/machine*.c and nobody else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_MACHINE_PARTS_H
#define GOLDEN_MACHINE_PARTS_H
#include "golden/machine.h"

/* ---- converters: machine_table.c ---- */

/* Equal threshold tables are kept once: in an ideal machine all converters share one, and the look-up tables stay in the cache. */
struct gm_lut { uint16_t *code, *steps; }; /* [-smax .. smax] count -> code and steps; steps only where they depend on the count */

struct gm_tables {
	int adc_bits, grid_bits, smax; /* smax: largest count of a column, rows * (2^cell_bits - 1) */
	struct ro_conv conv;           /* of the run at hand */
	struct ro_tree tree;           /* asymmetric: what conv.tree points to */
	int n_tables;
	int32_t *T;       /* [n_tables][1 << adc_bits] */
	int *of;          /* [tiles*adcs*GM_SETS] -> table */
	struct gm_lut *lut; /* [n_tables][adc_bits], made at first use */
};

void gm_tables_init(struct gm_tables *t, const struct gm_hw *hw, const int32_t *thresholds);
void gm_tables_release(struct gm_tables *t);
/* what the registers say of the converters; forgets look-up tables that they change */
void gm_tables_set(struct gm_tables *t, const struct gm_hw *hw, const struct gm_regs *regs);
/* thresholds of a converter */
const int32_t *gm_tables_at(const struct gm_tables *t, int converter, int set);
/* look-up table of a converter without state */
const struct gm_lut *gm_tables_lut(struct gm_tables *t, int converter, int set, int bits);

/* ---- instructions: machine_decode.c ---- */

enum gm_op { GM_END = 1, GM_LOOP, GM_NEXT, GM_IDX, GM_PARAM, GM_LOAD, GM_XIN, GM_ACT, GM_OUT };
enum { GM_WORDS = 8, GM_REGS = 16 };

struct gm_span { int start, stride, count; };

struct gm_insn { /* isa.md section 2, index registers added */
	int op, flags;
	struct gm_span tile, row, col;
	int base, inner, inner_stride, outer_stride;
	int acc_base, count, channel;
	int bits, set, slice0, nslice, lag;
	int idx_to, idx_value; /* IDX */
};

void gm_decode(struct gm_insn *in, const uint32_t w[GM_WORDS], const uint16_t r[GM_REGS]);
/* Everything that can be seen from the instruction alone; 0, or -1 with e set */
int gm_check(const struct gm_insn *in, const struct gm_hw *hw, const struct gm_regs *regs, long pc, struct err *e);
int gm_refuse(struct err *e, long pc, int code, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* address of element e of the pattern */
int gm_address(const struct gm_insn *in, int e);

/* ---- tiles: machine_tile.c ---- */

enum { GM_PLANES = 16 }; /* 8-bit codes have at most 14 */

struct gm_clock; /* clock.h */

struct gm_tile {
	uint64_t *cells; /* [cols][cell_bits][words], bit r mod 64 of word r div 64 is row r */
	uint32_t *acc;   /* [acc_size] two's complement, so that sums are defined for any program */
};

struct gm {
	struct gm_hw hw;
	int words;                          /* of 64 rows */
	int acc_size, act_size, ch_size;    /* depths rounded up to powers of two */
	struct gm_tables tables;
	struct gm_tile *tile;
	int8_t *act;
	uint16_t *M;
	uint8_t *shift;
	uint16_t planes_of[256];            /* input byte -> its bit of every plane, for the run at hand */
	uint64_t *plane;                    /* [GM_PLANES][words] of the activation at hand */
	uint16_t *column, *code;            /* [cols]; [GM_PLANES][active columns] */
	int32_t *sum;                       /* [cols] column accumulators */
	const uint16_t **lut, **lut_steps;  /* [cols], count 0 first */
	uint16_t *steps;                    /* [GM_PLANES][active columns], asymmetric search only */
	uint16_t *lfsr;                     /* [tiles*adcs] stochastic */
	uint64_t *conversion;               /* [tiles*adcs] conversions since gm_new, for the noise */
	struct gm_clock *clock;             /* of the run at hand, NULL: clocks are not wanted */
};

void gm_tile_load(struct gm *g, int tile, const struct gm_span *row, const uint64_t *beats);
/* the latch: element i of the pattern drives row i; every plane of it into g->plane. First and last word that can hold a driven row */
void gm_latch(struct gm *g, const struct gm_insn *in, const struct gm_regs *regs, int *first, int *last);
/* all planes, then the drain. compares: NULL, or [planes] compare cycles of each, out. Nonzero: a sink stopped it */
int gm_tile_activate(struct gm *g, int tile, const struct gm_insn *in, const struct gm_regs *regs, int first, int last, long pc,
		     const struct gm_sink *sink, struct gm_counts *counts, int *compares);
/* positions that hold an active column: rounds of a conversion */
int gm_rounds(const struct gm_hw *hw, const struct gm_span *col);

#endif

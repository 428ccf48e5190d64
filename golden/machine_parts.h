/* The golden machine from the inside: shared by golden/machine*.c and nobody else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_MACHINE_PARTS_H
#define GOLDEN_MACHINE_PARTS_H
#include "golden/faults.h"
#include "golden/machine.h"

/* ---- converters: machine_table.c ---- */

/* Equal threshold tables are kept once: in an ideal machine all converters share one, and the look-up tables stay in the cache. */
struct gm_lut {
	uint16_t *code, *steps; /* [-smax .. smax + 1] count -> code and steps; steps only where they depend on the count. The last is never asked for:
	                         * gathers read two */
	int clip;               /* every count 0 .. smax has code min(count, clip), or -1 */
};

struct gm_tables {
	int adc_bits, grid_bits, smax; /* smax: largest count of a column, rows * (2^cell_bits - 1) */
	struct ro_conv conv;           /* of the run at hand */
	struct ro_tree tree;           /* asymmetric: what conv.tree points to */
	int n_tables;
	int32_t *T;       /* [n_tables][1 << adc_bits] */
	int *of;          /* [tiles*adcs*GM_SETS] -> table */
	struct gm_lut *lut; /* [n_tables][adc_bits], made at first use */
	bool ideal;         /* tables of the registers' windows, one per set */
	struct ro_window window[GM_SETS]; /* ideal: that they were made for */
	long version;       /* changes with every change of a code */
};

/* thresholds: NULL: ideal ones, made by gm_tables_set */
void gm_tables_init(struct gm_tables *t, const struct gm_hw *hw, const int32_t *thresholds);
void gm_tables_release(struct gm_tables *t);
/* what the registers say of the converters; forgets look-up tables that they change, makes ideal tables where the windows are others */
void gm_tables_set(struct gm_tables *t, const struct gm_hw *hw, const struct gm_regs *regs);
/* thresholds of a converter */
const int32_t *gm_tables_at(const struct gm_tables *t, int converter, int set);
/* do all converters of a set have the same table */
bool gm_tables_uniform(const struct gm_tables *t);
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

struct gm_refusal { struct err *err; int code; }; /* code: of isa.md section 4; 0: none, or one that has no code there */

void gm_decode(struct gm_insn *in, const uint32_t w[GM_WORDS], const uint16_t r[GM_REGS]);
/* Everything that can be seen from the instruction alone; 0, or -1 with e set */
int gm_check(const struct gm_insn *in, const struct gm_hw *hw, const struct gm_regs *regs, long pc, struct gm_refusal *e);
int gm_refuse(struct gm_refusal *e, long pc, int code, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* where a program is: pc, index registers, loops */
enum { GM_LOOPS = 4 };
struct gm_sequence {
	const uint32_t *code;
	size_t n_instr;
	long pc;
	uint16_t r[GM_REGS];
	struct { long start; int left; } loop[GM_LOOPS];
	int depth;
};
/* Decodes and checks the instruction at pc; 0, or -1 with e set */
int gm_fetch(const struct gm_sequence *s, struct gm_insn *in, const struct gm_hw *hw, const struct gm_regs *regs, struct gm_refusal *e);
/* pc, loops and index registers after it; 0, or -1 with e set: a loop error */
int gm_advance(struct gm_sequence *s, const struct gm_insn *in, struct gm_refusal *e);
/* input beats that it takes */
size_t gm_takes(const struct gm_insn *in, const struct gm_hw *hw);

/* the pattern's addresses one after the other */
struct gm_walk { unsigned at, row, inner, inner_stride, outer_stride, left; };

static inline struct gm_walk gm_walk_start(const struct gm_insn *in)
{
	return (struct gm_walk){ (unsigned)in->base, (unsigned)in->base, (unsigned)in->inner, (unsigned)in->inner_stride, (unsigned)in->outer_stride,
				 (unsigned)in->inner };
}

/* modulo 65536 is the caller's, with the depth's mask */
static inline unsigned gm_walk_next(struct gm_walk *w)
{
	unsigned at = w->at;

	if (--w->left) {
		w->at += w->inner_stride;
	} else {
		w->row += w->outer_stride;
		w->at = w->row;
		w->left = w->inner;
	}
	return at & 0xffff;
}

/* How many addresses from here on follow each other, at most `most` and up to the end of the buffer; they are taken. At least 1 */
static inline int gm_walk_run(struct gm_walk *w, int most, unsigned size, unsigned *at)
{
	unsigned n = 1;

	*at = w->at & (size - 1);
	if (w->inner_stride == 1 && w->left > 1) {
		n = w->left < (unsigned)most ? w->left : (unsigned)most;
		n = n < size - *at ? n : size - *at;
		w->left -= n - 1;
		w->at += n - 1;
	}
	gm_walk_next(w);
	return (int)n;
}

/* ---- tiles: machine_tile.c, machine_cells.c, machine_convert.c, machine_product.c ---- */

enum { GM_PLANES = 16, GM_SUMS = 32 }; /* 8-bit codes have at most 14; products write sums that many at a time */

struct gm_clock; /* clock.h */
struct gm_weights; /* machine_product.c */

struct gm_tile {
	uint64_t *row;   /* [words * 64][bpr] rows as they were loaded */
	uint64_t *cells; /* [words][cell_bits][columns] the same by columns: bit r of word w is row 64w + r; turned when somebody asks */
	unsigned stale;  /* words of cells that are not what row says */
	long loads;
	uint32_t *acc;   /* [acc_size] two's complement, so that sums are defined for any program */
	/* look-up tables of the columns of an ACT, kept from one to the next: [cols] */
	const uint16_t **lut, **lut_steps;
	struct { struct gm_span col; int set, bits; long version; } lut_of;
	struct gm_weights *weights; /* NULL: no product yet */
	/* faults.md: what is stuck, and where the cells of a position stand */
	const struct gf_fault *stuck; /* [n_stuck] cells */
	int n_stuck;
	bool comparators;             /* some of its comparators are stuck */
	bool repaired;                /* some entry of its map is valid */
};

/* pairs that so many driven rows make; the last may have one row */
static inline int gm_pairs(int rows)
{
	return (rows + 1) / 2;
}

/* what the latch of an ACT holds, as far as somebody asks */
struct gm_latch {
	int first, last;    /* words of 64 rows that can hold a driven one */
	bool elements, planes, values; /* g->element, g->plane, g->value are made */
};

struct gm {
	struct gm_hw hw;
	int columns;                        /* of an array, spare ones too */
	int words, bpr;                     /* of 64 rows; words of 64 bits per row of an array */
	int acc_size, act_size, ch_size;    /* depths rounded up to powers of two */
	struct gm_tables tables;
	struct gm_tile *tile;
	int8_t *act;
	uint16_t *M;
	uint8_t *shift;
	uint16_t planes_of[256];            /* input byte -> its bit of every plane, for the run at hand */
	int16_t value_of[256];              /* ... the sum of its planes' weights */
	uint64_t *plane;                    /* [GM_PLANES][words] of the activation at hand */
	int8_t *element;                    /* [rows] of the driven rows in order */
	int32_t *value;                     /* [gm_pairs(rows)] driven rows in order, pairs as halves, of the activation at hand */
	uint16_t *column, *code;            /* [cols]; [GM_PLANES][active columns] */
	int32_t *sum;                       /* [cols + GM_SUMS] column accumulators, then partial sums */
	uint64_t *compact;                  /* [words][cell_bits][2][cols] cells of strided columns and of pairs */
	uint16_t *steps;                    /* [GM_PLANES][active columns], asymmetric search only */
	uint16_t *lfsr;                     /* [tiles*adcs] stochastic */
	uint16_t jump[2][256];              /* ... after the steps of one draw: jump[0][low byte] ^ jump[1][high byte], because they are linear */
	uint64_t *conversion;               /* [tiles*adcs] conversions since gm_new, for the noise */
	struct gm_clock *clock;             /* of the run at hand, NULL: clocks are not wanted */
	uint64_t products;                  /* activations that took integer products since gm_new */
	/* faults.md */
	uint32_t *repair;                   /* [tiles * spares] words of REPAIR */
	uint16_t *stand;                    /* [cols] of a repaired tile's activation: first column of the array that active column i is */
	struct gf_faults broken;            /* cells and comparators, tile by tile */
	struct ro_stuck *stuck;             /* [tiles * adcs]; NULL: no comparator is */
};

/* pairs: columns are, while NUMBERS says dif */
void gm_tile_load(struct gm *g, int tile, const struct gm_span *row, const uint64_t *beats, bool pairs);
/* brings words first..last of the tile's cells up to date */
void gm_tile_turn(struct gm *g, int tile, int first, int last);

void gm_latch_start(const struct gm_insn *in, struct gm_latch *l);
/* all planes, then the drain. compares: NULL, or [planes] compare cycles of each, out. Nonzero: a sink stopped it */
int gm_tile_activate(struct gm *g, int tile, const struct gm_insn *in, const struct gm_regs *regs, struct gm_latch *l, long pc,
		     const struct gm_sink *sink, struct gm_counts *counts, int *compares);

/* ---- what is broken, and what replaces it: machine_repair.c ---- */

/* words of a row of the array, from the beats of a LOAD */
void gm_repair_row(const struct gm *g, int tile, const uint64_t *beats, bool pairs, uint64_t *row);
/* g->stand for the active columns */
void gm_repair_stand(struct gm *g, int tile, const struct gm_span *col, int sides);
/* a word of 64 rows of the tile's cells, as they are stuck */
void gm_stick(struct gm *g, int tile, int word);
/* the stuck comparators of a converter, or NULL */
const struct ro_stuck *gm_stuck_of(const struct gm *g, int converter);

/* positions that hold an active column: rounds of a conversion */
int gm_rounds(const struct gm_hw *hw, const struct gm_span *col);

struct gm_convert { /* all planes over the active columns */
	const uint64_t *cells, *plane; /* unit (w * cell_bits + b) * sides + s of column i is cells[unit * pitch + i]; plane p is plane[p * words ..] */
	size_t pitch;
	int words, cell_bits, sides;   /* words of a plane; sides: 2 where columns are pairs, even minus odd */
	int used, n;                   /* words that can hold a driven row; active columns */
	int planes;
	int32_t weight[GM_PLANES];
	const uint16_t **lut, **lut_steps;
	int clip;                      /* every code is min(count, clip), or -1: look it up */
	uint16_t *code, *steps;        /* [planes][n]; NULL: not wanted */
	int32_t *sum;
};

/* converters whose codes follow from the count */
void gm_convert(const struct gm_convert *j);
/* S of one column, docs/numerics.md section 3 */
int gm_convert_count(const struct gm_convert *j, int column, int plane);

/* Integer products in place of conversions that lose nothing, from g->value into g->sum, one number per output. False: some count may not keep its
 * value, or the shape is new */
bool gm_product(struct gm *g, int tile, const struct gm_insn *in, const struct gm_regs *regs);
void gm_weights_free(struct gm_weights *w);

#endif

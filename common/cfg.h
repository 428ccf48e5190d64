/* One configuration drives everything: the resolved fields of a configs/NAME.xml.
 * The schema (configs/bitline.xsd, embedded into the program) is the one source of names, ranges and defaults; this struct only holds what it says.
 * Containers and parsing only: no thresholds, no quantiser, no packing here.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_CFG_H
#define COMMON_CFG_H
#include "common/buf.h"
#include "common/err.h"
#include <stdbool.h>

enum cfg_kind { CFG_ANALOG, CFG_DIGITAL };     /* which macro view the file list names */
enum cfg_code { CFG_TC, CFG_SM, CFG_DIF, CFG_TERNARY, CFG_CELL }; /* docs/numerics.md section 1; an input is tc or sm, ternary is sm of 1 bit; cell: one weight per cell, for cost only */
enum cfg_rounding { CFG_FLOOR, CFG_NEAREST };  /* section 4 */
enum cfg_resolution { CFG_FIT, CFG_FULL, CFG_LOG2 }; /* section 4: bits an activation uses; log2: for cell only */
enum cfg_adc { CFG_SAR, CFG_FLASH, CFG_HYBRID, CFG_SENSE, CFG_STOCHASTIC };
enum cfg_bubble { CFG_MAJORITY, CFG_ONES };
enum cfg_search { CFG_BINARY, CFG_ASYMMETRIC };
enum cfg_reference { CFG_LOCAL, CFG_IMMERSED };
enum cfg_network { CFG_PAIR, CFG_RING, CFG_BROADCAST }; /* docs/network.md */
enum cfg_dac { CFG_UNARY, CFG_BINARY_DAC };
enum cfg_technology { CFG_OSU018, CFG_OSU035, CFG_IHP_SG13G2 };
enum cfg_side { CFG_WEST, CFG_NORTH, CFG_EAST, CFG_SOUTH };
enum cfg_horizontal { CFG_METAL3, CFG_METAL1 };
enum cfg_vertical { CFG_METAL2, CFG_METAL4 };

struct cfg {
	char name[64];
	/* array */
	int rows, cols;  /* 8..1024 */
	int tiles;       /* 1..64 */
	enum cfg_kind kind;
	int cell_bits;   /* 1..2 */
	bool sample_hold;
	int spares;    /* positions, 0..4: docs/faults.md section 5 */
	/* numbers */
	int input_bits, weight_bits; /* 1..8 */
	enum cfg_code input_code, weight_code;
	/* readout */
	enum cfg_adc adc;
	int flash_bits;              /* hybrid: 1..6 */
	enum cfg_bubble bubble;      /* flash, hybrid */
	enum cfg_search search;      /* sar */
	int depth;                   /* asymmetric: most steps of the tree, 0: no limit */
	int samples;                 /* stochastic: 1..4095 */
	int seed;                    /* stochastic: 16 bits */
	enum cfg_reference reference;
	enum cfg_network network;    /* immersed */
	int bits;      /* 1..12, the widest resolution; ADC_BITS of the RTL */
	int adcs;      /* converters per array: a power of two, 1..256, at most cols */
	int lsb, low;  /* counts; lsb 1..4095, low -4096..4095 */
	enum cfg_rounding rounding;
	enum cfg_resolution resolution;
	int grid_bits; /* 1..8, default 4 */
	/* timing, clocks 1..255 */
	int precharge, evaluate, compare;
	int reference_precharge, share, settle; /* a compare cycle with an immersed reference */
	/* nonideal: docs/numerics.md sections 10, 11; all zero: ideal tables */
	int offset, inl, noise;      /* standard deviation (inl: of the peak), thousandths of a count, 0..100000 */
	int gain, capacitor;         /* standard deviation, millionths, 0..300000 */
	enum cfg_dac dac;
	int error_seed;              /* nonideal.seed */
	/* scheduler */
	int program_depth, activation_depth, accumulator_depth, channel_depth;
	int counter_bits;     /* 16..64: performance counters wrap at 2^bits */
	int watchdog;         /* 256 clocks each, 0..65535 */
	/* interface */
	char prefix[32];      /* module prefix, default cim_ */
	int clk_period_ps;
	/* floorplan of the macro: docs/macro-handoff.md */
	enum cfg_technology technology;
	enum cfg_horizontal horizontal_layer; /* of pins on the west and east sides */
	enum cfg_vertical vertical_layer;     /* of pins on the north and south sides */
	int pin_tracks;                       /* 1..16 */
	enum cfg_side rows_side, columns_side, readout_side, control_side;
	int min_width, min_height;            /* um, 0..100000 */
};

/* Reads path, applies overrides ("array.rows=33", in order), validates against the schema, completes the defaults, checks across fields.
 * Errors: ERR_INPUT with file, line, attribute, value and legal range ("-s array.rows=4" is the place for an override); unknown keys get the nearest known one. */
int cfg_load(struct cfg *c, const char *path, const char *const *overrides, size_t n_overrides, struct err *e);
/* The resolved configuration as XML, every field present, fixed order: the bytes that are hashed, printed by `bitline config` and written beside emitted RTL. */
void cfg_print(const struct cfg *c, struct buf *out);
void cfg_hash(const struct cfg *c, char hex[65]); /* SHA-256 of cfg_print's bytes */
/* weights have bits: what emits, runs or compiles asks first. Else ERR_INPUT; command is what the user called ("gen") */
int cfg_executable(const struct cfg *c, const char *command, struct err *e);

/* columns of the array itself, those of spare positions included */
static inline int cfg_physical_cols(const struct cfg *c)
{
	int positions = (c->cols + c->adcs - 1) / c->adcs;

	return c->spares ? (positions + positions % 2 + c->spares) * c->adcs : c->cols;
}

#endif

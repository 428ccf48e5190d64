/* Does a model of the macro keep the contract? docs/macro.md numbers its rules; 1..7 bind the core, the others the macro and are checked here.
 * Expected values come from docs/numerics.md, computed in C (cosim/macro_vectors.c); a simulator plays them on the model (cosim/macro/bench.sv).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_MACRO_CHECK_H
#define COSIM_MACRO_CHECK_H
#include "common/err.h"
#include "golden/readout.h"
#include <stddef.h>
#include <stdint.h>

/* as docs/macro.md numbers them */
enum macro_rule {
	RULE_PORTS = 8, RULE_RUNS, RULE_WRITE, RULE_READ, RULE_CELLS, RULE_KNOWN, RULE_STROBE, RULE_LANES, RULE_UNASKED, RULE_DECISION, RULE_FORCE, RULE_MONOTONE,
	RULE_WITHIN, RULE_SAMPLE_LANES, RULE_LEVEL, RULE_FLASH, RULE_COUNT, RULE_PAIR, RULE_CAPTURE, RULE_HOLD, RULE_AGAIN, RULE_QUIET, RULE_EDGE, RULE_SERVE, RULE_END
};

/* parameters of the macro */
struct macro_shape { int rows, cols, adcs, adc_bits, refs, cell_bits, sample_hold, grid_bits, tile; };

struct macro_ask {
	struct macro_shape shape;
	struct ro_window window;           /* of the configuration */
	const int32_t *T;                  /* index as the threshold file; NULL: ideal thresholds of the window pins */
	const char *thresholds;            /* the file with T: the model is told by +cim_thresholds; NULL: none */
	bool fixed_window;                 /* only `window` is asked for */
	bool flash, serve;                 /* the converter has flash steps; references are immersed */
	int precharge, evaluate, compare;  /* clocks; compare: all of a compare cycle */
	int64_t tolerance;                 /* on the grid: an answer this close to its threshold may be either */
	uint64_t seed;
	int clock_ps;
	const char *module;                /* its name in the files */
	const char *const *file;
	size_t n_files;
	bool icarus;                       /* else Verilator */
	int seconds;                       /* the longest simulation */
};

struct macro_verdict {
	int rule;                          /* the first broken one, 0: all hold */
	char text[900];                    /* what was expected and seen, when, with which stimulus */
	long clock;
	uint32_t checks[RULE_END];         /* by rule; 0: not asked */
	bool was_cached;
	double build_seconds, seconds;
};

/* one line of docs/macro.md */
const char *macro_rule_name(int rule);
/* ERR_INPUT: a file that cannot be read or compiled. A broken rule is no error. */
int macro_check(const struct macro_ask *a, struct macro_verdict *v, struct err *e);

#endif

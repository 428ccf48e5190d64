/* The stimulus of `bitline check-macro` with every expected value: a model of docs/macro.md in plain integers writes the operations of cosim/macro/bench.sv.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_MACRO_VECTORS_H
#define COSIM_MACRO_VECTORS_H
#include "common/buf.h"
#include "common/prng.h"
#include "cosim/macro_check.h"
#include <stdio.h>

/* inputs by the numbers of bench.sv's drive; the two outputs and the clock have no number there */
enum macro_pin {
	PIN_RST_N, PIN_WE, PIN_WADDR, PIN_WDATA, PIN_RE, PIN_RADDR, PIN_PLANE, PIN_PRECHARGE, PIN_EVALUATE, PIN_CAPTURE, PIN_HOLD, PIN_SAMPLE, PIN_SEL, PIN_LANE_EN,
	PIN_PAIR, PIN_BITS, PIN_FLASH, PIN_SET, PIN_LSB, PIN_LOW, PIN_NEAREST, PIN_REF, PIN_CMP, PIN_FORCE, PIN_FORCE_LEVEL, PIN_SERVE, PIN_SERVE_PRECHARGE,
	PIN_SERVE_SHARE, PIN_SERVE_REF, PIN_CLK, PIN_CMP_O, PIN_RDATA_O, MACRO_PINS
};
struct macro_port { const char *name; bool output; };
extern const struct macro_port macro_pins[MACRO_PINS];
int macro_width(const struct macro_shape *s, int pin);
int macro_positions(const struct macro_shape *s);

enum { ASK_NOTHING, ASK_SEARCH, ASK_FLASH };

struct mv {
	const struct macro_ask *a;
	struct macro_shape s;
	FILE *out;                    /* NULL: only counted and described */
	struct prng random;
	uint64_t *pin[MACRO_PINS];    /* what drives the inputs */
	uint64_t *wanted, *mask;      /* of cmp_o, as the bench has them */
	uint64_t *data, *data_mask;   /* of rdata_o */
	/* what the macro must have inside */
	uint8_t *cells;               /* [row][column] */
	uint8_t *lines, *held;        /* planes */
	int64_t *level;               /* of the lanes, grid */
	/* so far */
	long clock, checks;           /* rising edges; numbers of checks */
	uint32_t count[RULE_END];
	const char *phase, *note;     /* what is being done, for a verdict */
	int n_phases;
	/* the check to describe: -1 none. seen: its output's bits, '0' '1' 'x' 'z', the lowest first */
	long target;
	const char *seen;
	struct macro_verdict *verdict;
	int target_phase;             /* a phase to name: -1 none */
	const char *target_name;
};

void mv_init(struct mv *v, const struct macro_ask *a, FILE *out);
void mv_release(struct mv *v);
/* everything, in order (macro_rules.c) */
void mv_all(struct mv *v);

/* Stimulus. A clock: time with the clock high, falling edge, time, rising edge. */
void mv_phase(struct mv *v, const char *name);
void mv_set(struct mv *v, int pin, uint64_t value);
void mv_set_wide(struct mv *v, int pin, const uint64_t *value);
void mv_fill(struct mv *v, int pin, bool value);                    /* all bits alike */
void mv_random(struct mv *v, int pin);
void mv_lane_ref(struct mv *v, int lane, int code);                 /* in pin[PIN_REF]; sent by mv_send */
void mv_send(struct mv *v, int pin);
void mv_settle(struct mv *v);
void mv_fall(struct mv *v);
void mv_rise(struct mv *v);                                         /* what the edge does to cells, lines, hold and levels is known from the pins */
void mv_clock(struct mv *v);
void mv_clocks(struct mv *v, int n);
int mv_pick(struct mv *v, int n);                                   /* 0..n-1 */

/* Expectations. */
int64_t mv_threshold(const struct mv *v, int lane, int set, int code);
void mv_answers(struct mv *v, int rule, int ask);                   /* cmp_o, now */
void mv_forget(struct mv *v);
void mv_monotone(struct mv *v);
void mv_data(struct mv *v, int rule, int row);                      /* rdata_o holds the row as it is now; row -1: the last one asked for */

#endif

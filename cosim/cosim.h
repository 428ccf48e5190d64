/* The judge: one program on one device, compared event by event with the golden machine that runs the same program and stream.
 * The device may be any engine; where it is the golden machine itself (tlm), its counters are compared with the mapper's prediction and the caller judges the outputs.
 * Everything comes in as plain numbers (program words, beats, parameters): it knows no mapper and no generator.
 * Many runs, of different programs and run-time registers, may follow each other on one device: its state stays, as the golden machine's does.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_COSIM_H
#define COSIM_COSIM_H
#include "common/err.h"
#include "cosim/device.h"
#include "cosim/engine.h"
#include "golden/machine.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cosim_setup {
	struct gm_hw hw;
	const char *hash;           /* configuration hash, 64 hex digits, checked against HASH0..7; NULL: not checked */
	const int32_t *thresholds;  /* what the macro is given, as gm_new and docs/macro.md; NULL: ideal tables of the run's windows */
	const int32_t *expected_thresholds; /* the golden machine's own; NULL: the same */
	const struct gf_faults *faults; /* stuck cells and comparators, of the macro and of the golden machine (faults.md section 4); NULL: none */
	const uint32_t *repair;     /* words of REPAIR, [tiles * spares], written before every run; NULL: as after reset */
	const char *trace;          /* FST file (the library was built with trace); NULL: none */
	uint64_t trace_from, trace_to; /* only these clocks of the first device, since it was made, both included; 0, 0: all */
	bool blind;                 /* the device has no probes: result beats, registers, counters and clocks are judged, not what happens inside */
	bool compare;               /* false: drive only, for the bare-speed bench (library built without probes) */
	enum engine_kind engine;    /* what lib was made for */
	/* tlm and lockstep: the run-time registers after reset, the clock */
	struct gm_regs reset;
	bool emulate;               /* tlm: as engine.h */
	unsigned period_ps, watchdog;
};

/* For whoever draws a run: moments that the probes show, in clocks since the device was made. Engines without events tell none. */
struct cosim_watch {
	void *ctx;
	void (*take)(void *ctx, int tile, uint64_t cycle);   /* the hold strobe of a plane */
	void (*finish)(void *ctx, int tile, uint64_t cycle); /* the last clock of its conversion */
};

struct cosim_job {
	const char *layer;          /* name in messages */
	struct gm_regs regs;
	const uint32_t *code; size_t n_instr;    /* 8 words each */
	const uint64_t *stream; size_t n_beats;
	size_t n_outputs;           /* result beats the program makes */
	uint64_t predicted_cycles, predicted_least, predicted_most; /* the same three times unless the search is asymmetric: mean, bounds */
	uint64_t predicted_activations, predicted_conversions, predicted_compute_clocks;
	uint64_t predicted_comparisons, predicted_compare_clocks, predicted_convert_clocks, predicted_serve_clocks, predicted_window; /* asymmetric search: not compared */
	uint64_t predicted_wait_load, predicted_wait_act, predicted_wait_out, predicted_wait_end; /* asymmetric search: not compared */
	double stall;               /* chance per clock that the host is idle on a stream; 0: never starves */
	uint64_t seed;              /* of the stalls */
	void (*progress)(void *ctx, uint64_t clocks); /* NULL: none */
	void *progress_ctx;
	const struct cosim_watch *watch; /* NULL: nobody */
};

struct cosim_result {
	/* compared and equal or not; mismatches counts the unequal ones of every kind */
	uint64_t codes, partials, outs, beats, mismatches;
	/* of the registers; where they wrap and are compared, with the bits above; a stalled run's rtl_cycles are not */
	uint64_t rtl_cycles, stalls, activations, conversions, comparisons, compare_clocks, compute_clocks, convert_clocks, serve_clocks;
	uint64_t wait_load, wait_act, wait_out, wait_end; /* clocks that instructions waited for tiles; compared where cycles are */
	uint64_t window;            /* clocks from first take to last finish, summed over tiles and resident passes (numerics.md section 9) */
	uint64_t clocks;            /* simulated, programming included */
	double seconds;             /* of simulating them */
	char first[512];            /* the first difference in words; empty: none */
	uint64_t first_clock;       /* the device's clock, since it was made, in which it was seen */
	int32_t *acc; int16_t *q;   /* [n_outputs] as they came out; new memory */
	size_t n_seen;              /* how many of them came */
};

struct cosim;

/* Resets the device and checks its identity registers. A wrong identity is a difference of the first run, not an error. */
struct cosim *cosim_open(const struct device_lib *lib, const struct cosim_setup *setup, struct err *e);
void cosim_close(struct cosim *c);
/* how many devices this one has been so far: one, and one more behind every run that differed (where the engine can make another) */
int cosim_devices(const struct cosim *c);
/* Returns 0 when it ran (equal or not: see mismatches), -1 with e set when it could not be judged. A hang ends after 4 x the prediction and a margin, as a difference. */
int cosim_run(struct cosim *c, const struct cosim_job *job, struct cosim_result *r, struct err *e);
/* One characterisation of one converter (isa.md section 7): `count` levels from `level` on, each `repeats` times (1..256), on the grid.
 * references false: histogram of the codes; true: histogram[k] counts how often threshold k said yes. */
struct cosim_character { bool references; int bits, set, tile, lane, repeats, step, count; int32_t level; };
/* histogram: [1 << hw.adc_bits]. -1: ERR_DIFF, the device does not answer or does not end */
int cosim_characterise(struct cosim *c, const struct gm_regs *regs, const struct cosim_character *x, uint32_t *histogram, struct err *e);
void cosim_result_release(struct cosim_result *r);

#endif

/* Driver of one core, bare-metal style: take this file, cim_driver.c and the register header that `bitline gen` emits.
 * It needs a freestanding C11 compiler and the few functions of struct cim_bus; it allocates nothing, prints nothing and keeps no state.
 * The same object code drives the core in Verilator, in Icarus, in SystemC (RTL behind a bridge) and the TLM model (docs/platform.md).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CIM_DRIVER_H
#define CIM_DRIVER_H
#include <stddef.h>
#include <stdint.h>

/* What the platform gives. Offsets are bytes from the core's base address. */
struct cim_bus {
	void *ctx;
	/* one 32-bit register access; 0, or -1: the bus answered with an error, or not at all */
	int (*read)(void *ctx, uint32_t offset, uint32_t *value);
	int (*write)(void *ctx, uint32_t offset, uint32_t value);
	/* n words to consecutive offsets (program memory); 0 or -1 */
	int (*write_block)(void *ctx, uint32_t offset, const uint32_t *words, size_t n);
	/* Both streams, as a DMA engine would: they begin at once and go on beside the caller. The memory is the engine's until the next cim_finish.
	 * send: n beats into the core. receive: up to n beats out of it; beats beyond n are counted and dropped. */
	void (*send)(void *ctx, const uint64_t *beats, size_t n);
	void (*receive)(void *ctx, uint64_t *beats, size_t n);
	/* stops both; how many beats each has moved (received may exceed what receive asked for: then too many came) */
	void (*stop)(void *ctx, size_t *sent, size_t *received);
	/* sleeps until the interrupt line is high; 0, or -1: the platform has waited long enough (its own limit, or the device stopped) */
	int (*wait)(void *ctx);
};

/* 0, or what went wrong */
enum cim_error {
	CIM_OK,
	CIM_ERROR_READ,       /* a register access failed; where: its offset */
	CIM_ERROR_WRITE,      /* the same; expected: the value; of program memory where is its begin */
	CIM_ERROR_IDENTITY,   /* an identity register differs; where: its offset, expected, seen */
	CIM_ERROR_TIMEOUT,    /* no interrupt */
	CIM_ERROR_PROGRAM,    /* the core stopped on an error; seen: STATUS */
	CIM_ERROR_STATUS,     /* not done, or still busy; seen: STATUS */
	CIM_ERROR_SENT,       /* the core took another number of beats than the program needs; expected, seen: modulo 2^32 */
	CIM_ERROR_RECEIVED,   /* it gave another number of beats than the program makes */
};

struct cim_result {
	enum cim_error error; /* the first one; later accesses still happen where they are safe */
	uint32_t where, expected, seen;
};

/* What the identity registers must say; geometry words as the register map has them. hash: eight words, or NULL: not checked. */
struct cim_identity { uint32_t geom0, geom1, geom2, depth0, depth1, depth2, depth3, readout; const uint32_t *hash; };

/* Run-time registers. tree: NULL, or n_tree words of TREE, root first (asymmetric search). repair: NULL, or n_repair words of REPAIR, those of tile 0 first:
 * they say where LOAD puts the weights of bad columns, so that a program that loads must follow a change. */
struct cim_settings {
	uint32_t numbers, timing, reference, samples, seed;
	uint32_t lsb[4], low[4];
	const uint32_t *tree; size_t n_tree;
	const uint32_t *repair; size_t n_repair;
};

struct cim_program {
	const uint32_t *words; size_t n_words;       /* eight per instruction */
	const uint64_t *beats; size_t n_beats;       /* input stream, in the order the program takes it */
	uint64_t *results; size_t n_results;         /* room for the result beats, and how many must come */
};

/* The counters of one program, and the beats that moved. */
struct cim_counters {
	uint64_t cycles, stalls, activations, conversions, comparisons, compare_clocks, compute_clocks, convert_clocks, serve_clocks;
	uint64_t wait_load, wait_act, wait_out, wait_end;
	uint64_t sent, received;
};

/* Reads and compares the identity registers. */
struct cim_result cim_probe(const struct cim_bus *bus, const struct cim_identity *id);
/* Writes the run-time registers; the core must be idle. */
struct cim_result cim_configure(const struct cim_bus *bus, const struct cim_settings *s);
/* Program memory, streams, start, wait for the interrupt: cim_begin; then counters, done cleared, streams stopped and counted: cim_finish.
 * Between the two the caller may wait for stragglers. cim_finish also follows a failed cim_begin: it leaves the core ready for the next program if that is possible:
 * a core that is still busy is stopped. Nothing here waits without a bound but bus->wait, whose bound is the platform's. */
struct cim_result cim_begin(const struct cim_bus *bus, const struct cim_program *p);
struct cim_result cim_finish(const struct cim_bus *bus, const struct cim_program *p, struct cim_counters *c);

/* Stops what runs, at once (docs/faults.md section 1), clears what STATUS holds and switches the interrupt off; also while idle: it empties the input FIFO.
 * seen: STATUS after the stop (its code; whether beats wait at the output, which the platform takes before the next program). The streams are the caller's. */
struct cim_result cim_abort(const struct cim_bus *bus);

/* Characterisation of one converter (docs/isa.md section 7). */
struct cim_character { int references, bits, set, tile, lane, repeats, step, count; int32_t level; };
/* Starts, polls up to `polls` times until it is no longer busy, reads n_bins of the histogram. */
struct cim_result cim_characterise(const struct cim_bus *bus, const struct cim_character *x, uint32_t polls, uint32_t *histogram, size_t n_bins);

#endif

/* The register map of docs/isa.md section 4 with the golden machine behind it: what cim_tlm (cosim/systemc/cim_tlm.h) is made of. Plain C, no simulator.
 * A write that starts a program makes it `started`; when regmodel_needs beats are there, regmodel_run executes all of it at once and says how many clocks the
 * hardware takes; until regmodel_finish the registers read as those of a busy core (STATUS busy, counters 0, CYCLES as told).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_REGMODEL_H
#define COSIM_REGMODEL_H
#include "cosim/engine.h"

struct regmodel;

/* hw, thresholds, hash, reset of the setup; all copied. Every converter code is emulated unless product is set and every count keeps its value
 * (numerics.md section 4): then integer products give the same sums sooner. */
struct regmodel *regmodel_new(const struct engine_setup *s, bool product);
void regmodel_free(struct regmodel *m);
void regmodel_reset(struct regmodel *m);
/* 0, or -1: SLVERR, nothing changed. elapsed: clocks since the start, for CYCLES of a running program. Offsets and strobes as section 4 says. */
int regmodel_read(struct regmodel *m, uint32_t offset, uint64_t elapsed, uint32_t *value);
int regmodel_write(struct regmodel *m, uint32_t offset, uint32_t value, unsigned strobes);
/* program memory for direct access (PROG, write only), bytes long; as good as writes of whole words while the core is idle */
uint32_t *regmodel_program(struct regmodel *m, size_t *bytes);
/* a program was started and has not run yet; a characterisation was started and has not run yet */
bool regmodel_started(const struct regmodel *m);
/* input beats that the started program takes, counted from its instructions alone; 0 when it stops on an error before it takes any */
size_t regmodel_needs(const struct regmodel *m);
struct regmodel_result { const uint64_t *beat; const bool *last; size_t n; uint64_t cycles; size_t used; }; /* of the model, until the next run */
/* Runs it to its end. A program that isa.md refuses ends as the hardware does, with its error code and the clocks until then. */
void regmodel_run(struct regmodel *m, const uint64_t *beats, size_t n, struct regmodel_result *r);
/* the clocks have passed: done or error, counters */
void regmodel_finish(struct regmodel *m);
bool regmodel_irq(const struct regmodel *m);

#endif

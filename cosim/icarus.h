/* The emitted RTL in Icarus Verilog: the pins of shim.h over a vvp process, clock for clock as the Verilated model has them. Four states:
 * an output or probe that is x or z although it counts is a fault of the device.
 * The process ends with the thread that started it, whatever happens to it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_ICARUS_H
#define COSIM_ICARUS_H
#include "common/err.h"
#include "cosim/shim.h"

/* all but make, which would need to know dir */
extern const struct shim_api icarus_api;
/* dir: what device_build made; the others as make of struct shim_api. NULL with e set: vvp does not start */
struct shim *icarus_start(const char *dir, const char *const *plusargs, const struct shim_probe *probe, const char *trace, struct err *e);

#endif

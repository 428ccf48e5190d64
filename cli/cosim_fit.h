/* Threshold tables of a device, measured over its registers: adc/fit.h on cosim_characterise.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COSIM_FIT_H
#define CLI_COSIM_FIT_H
#include "common/cfg.h"
#include "common/progress.h"
#include "cosim/cosim.h"

/* what was asked for, added up: decisions are answers of comparators */
struct fit_effort { uint64_t requests, levels, decisions; };
/* Levels `step` apart on the grid, each asked `repeats` times (1..256): smaller steps and more repeats against noise. effort, bar (in converters, begun by the caller): NULL where nobody asks. */
struct cosim_fit { int set, step, repeats; struct fit_effort *effort; struct progress *bar; };

/* T[1 << readout.bits] of one converter */
int fit_converter(struct cosim *device, const struct cfg *c, const struct cosim_fit *how, int tile, int lane, int32_t *T, struct err *e);
/* every converter; T [at_count] in the order of the threshold file, all sets alike (the configuration has one window) */
int fit_device(struct cosim *device, const struct cfg *c, const struct cosim_fit *how, int32_t *T, struct err *e);

#endif

/* The driver's platform on the pins of a core: an AXI4-Lite master and both streams, clocked in C. It runs on anything that has the face of shim.h.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_PINS_H
#define COSIM_PINS_H
#include "cosim/engine.h"

/* Takes the device over, frees it with itself; api is copied. */
struct engine *pins_engine(enum engine_kind kind, const struct shim_api *api, struct shim *shim);

#endif

/* A Verilated cim_top behind a C interface: build (cached by content), load, clock, ports, probes.
 * The only C++ is cosim/shim.cpp, compiled together with the Verilated model into one shared object with the functions of cosim/shim.h.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_DEVICE_H
#define COSIM_DEVICE_H
#include "common/err.h"
#include "cosim/shim.h"
#include <stdbool.h>
#include <stddef.h>

struct device_lib { void *handle; struct shim_api api; bool was_cached; double build_seconds; };

/* Verilates and compiles the RTL of an emitted directory (its sim.f), or finds it in the cache (key: SHA-256 over all RTL and harness bytes, tool version, flags).
 * dir of the cache: $BITLINE_CACHE or build/cache below the working directory. Tool missing or failing: ERR_ENV with the log's name. probes = false: no bind file (for the bare-speed bench). */
int device_build(const char *rtl_dir, const char *prefix, bool trace, bool probes, struct device_lib *out, struct err *e);
void device_close(struct device_lib *d);

#endif

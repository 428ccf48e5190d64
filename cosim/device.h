/* A simulated cim_top that can be made: built (cached by content), loaded. Above it stands cosim/engine.h.
 * The only C++ is what is compiled together with a model into one shared object with the functions of cosim/shim.h or cosim/systemc/sc_api.h.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_DEVICE_H
#define COSIM_DEVICE_H
#include "common/err.h"
#include "cosim/shim.h"
#include "cosim/systemc/sc_api.h"
#include <stdbool.h>
#include <stddef.h>

/* SYSTEMC: the Verilated core and cim_tlm on one bench; TLM: the bench without the Verilated core */
enum device_kind { DEVICE_VERILATOR, DEVICE_SYSTEMC, DEVICE_TLM, DEVICE_ICARUS, DEVICE_KINDS };

/* What is wanted: the RTL of an emitted directory (its sim.f; NULL for TLM), the prefix of its names, whether waveforms can be written, whether the
 * probes are bound in (not for the bench of the bare model). */
struct device_ask { enum device_kind kind; const char *rtl_dir, *prefix; bool trace, probes; };

struct device_lib {
	enum device_kind kind;
	void *handle;                         /* of the loaded object; NULL: none is loaded (ICARUS) */
	struct shim_api api;                  /* of VERILATOR */
	struct sc_api sc;                     /* of SYSTEMC and TLM */
	char *dir;                            /* the finished entry of the cache */
	bool was_cached;
	double build_seconds, verilate_seconds; /* all of it; the part that turned RTL into C++ (ICARUS: into vvp code) */
};

/* Builds the device, or finds it in the cache (key: SHA-256 over all RTL and harness bytes, versions of the tools, flags).
 * The cache: $BITLINE_CACHE or build/cache below the working directory. Tool missing or failing: ERR_ENV with the log's name. */
int device_build(const struct device_ask *ask, struct device_lib *out, struct err *e);
void device_close(struct device_lib *d);

#endif

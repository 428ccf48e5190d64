/* The engines by name and by what they can do.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/engine.h"

const char *const engine_name[ENGINE_KINDS] = { "verilator", "icarus", "systemc", "tlm", "lockstep" };

const struct engine_traits engine_traits[ENGINE_KINDS] = {
	[ENGINE_VERILATOR] = { .device = DEVICE_VERILATOR, .events = true, .window = true, .stalls = true, .trace = true, .rtl = true, .blind = true },
	[ENGINE_ICARUS] = { .device = DEVICE_ICARUS, .events = true, .window = true, .stalls = true, .trace = true, .rtl = true, .blind = true },
	[ENGINE_SYSTEMC] = { .device = DEVICE_SYSTEMC, .events = true, .window = true, .stalls = true, .trace = true, .rtl = true, .once = true },
	[ENGINE_TLM] = { .device = DEVICE_TLM, .golden = true, .once = true },
	[ENGINE_LOCKSTEP] = { .device = DEVICE_SYSTEMC, .events = true, .window = true, .trace = true, .rtl = true, .once = true },
};

static struct engine *make(enum engine_kind kind, const struct device_lib *lib, const struct engine_setup *s, struct err *e)
{
	switch (kind) {
	case ENGINE_VERILATOR: return engine_pins(lib, s, e);
	case ENGINE_ICARUS: return engine_icarus(lib, s, e);
	default: return engine_systemc(kind, lib, s, e);
	}
}

struct engine *engine_new(enum engine_kind kind, const struct device_lib *lib, const struct engine_setup *s, struct err *e)
{
	struct engine *g = make(kind, lib, s, e);

	if (g)
		g->reset(g);
	return g;
}

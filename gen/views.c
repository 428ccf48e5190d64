/* The table of views.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/views.h"
#include <string.h>

const struct gen_view gen_views[] = {
	{ "yosys", "synthesis to standard cells, area by module, equivalence, netlist for co-simulation", .flow = "yosys" },
	{ "sta", "OpenSTA: setup, hold, shortest clock", .flow = "sta" },
	{ "power", "energy per token of the digital part and of the analog part", .flow = "power" },
	{ "qflow", "place and route with Debian's tools, DRC, LVS, GDS, parasitics", .flow = "qflow" },
	{ "macro", "the analog macro as one set: LEF, Liberty, black box, CDL, placement", .emit = view_macro },
	{ "librelane", "config.json", .emit = view_librelane },
	{ "orfs", "OpenROAD-flow-scripts: config.mk, constraint.sdc", .emit = view_orfs },
	{ "ice40", "iCE40: the core behind a UART, bitstream", .flow = "ice40", .fpga = true, .emit = view_fpga },
	{ "ecp5", "ECP5: project files", .flow = "ecp5", .fpga = true, .emit = view_fpga },
	{ "ipxact", "IEEE 1685-2014 and -2022 component", .emit = view_ipxact },
	{ "regs", "registers as SystemRDL, Markdown, HTML", .emit = view_regs },
	{ "fusesoc", "CAPI2 .core", .emit = view_fusesoc },
	{ "sby", "SymbiYosys jobs", .formal = true, .emit = view_sby },
	{ "siliconcompiler", "a build script", .emit = view_siliconcompiler },
	{ NULL }
};

static int index_of(const char *word, size_t n)
{
	for (int v = 0; gen_views[v].name; v++)
		if (strlen(gen_views[v].name) == n && !memcmp(gen_views[v].name, word, n))
			return v;
	return -1;
}

static int unknown(const char *word, size_t n, struct err *e)
{
	struct buf names;
	int rc;

	buf_init(&names);
	for (int v = 0; gen_views[v].name; v++)
		buf_addf(&names, ", %s", gen_views[v].name);
	rc = err_set(e, ERR_INPUT, "--with: '%.*s' is no view: legal are all%s", (int)(n < 40 ? n : 40), word, names.data);
	buf_release(&names);
	return rc;
}

int gen_views_parse(const char *words, uint32_t *mask, struct err *e)
{
	for (const char *p = words, *end;; p = end + 1) {
		size_t n = strcspn(p, ",");
		int v = index_of(p, n);

		end = p + n;
		if (n == 3 && !memcmp(p, "all", 3))
			for (v = 0; gen_views[v].name; v++)
				*mask |= 1u << v;
		else if (v < 0)
			return unknown(p, n, e);
		else
			*mask |= 1u << v;
		if (!*end)
			return 0;
	}
}

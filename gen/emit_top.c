/* The top: the core with the numbers of the package.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/emit.h"
#include "gen/ports.h"

void emit_top(const struct emit *m, struct buf *out)
{
	const char *prefix = m->c->prefix;

	buf_addf(out, "// %stop: the core of configuration %s. AXI4-Lite for registers and program, one AXI4-Stream in, one out, an interrupt.\n", prefix, m->c->name);
	emit_provenance(m, "//", "gen/emit_top.c", out);
	buf_addf(out, "`default_nettype none\n\nmodule %stop (\n", prefix);
	for (const struct port *p = top_ports; p->name; p++) {
		struct buf w;

		buf_init(&w);
		if (p->width > 1)
			buf_addf(&w, "[%d:0]", p->width - 1);
		buf_addf(out, "  %-6s logic %-6s %s%s\n", p->output ? "output" : "input", w.data, p->name, p[1].name ? "," : "");
		buf_release(&w);
	}
	buf_addf(out, ");\n\n  %score #(\n", prefix);
	for (const struct core_parameter *p = core_parameters; p->name; p++)
		buf_addf(out, "    .%-17s (%spkg::%s)%s\n", p->name, prefix, p->constant, p[1].name ? "," : "");
	buf_adds(out, "  ) u_core (\n");
	for (const struct port *p = top_ports; p->name; p++)
		buf_addf(out, "    .%-17s (%s)%s\n", p->name, p->name, p[1].name ? "," : "");
	buf_adds(out, "  );\n\nendmodule\n\n`default_nettype wire\n");
}

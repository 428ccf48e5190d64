/* FuseSoC: <prefix>top.core, CAPI2. One file set per file list, in its order; a target takes one of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/lists.h"
#include "common/version.h"
#include "gen/views.h"

static void rtl(const struct list *l, const char *name, struct buf *out)
{
	buf_addf(out, "  %s:\n    files:\n", name);
	for (size_t i = 0; i < l->n; i++)
		buf_addf(out, "      - %s\n", l->path[i]);
	buf_adds(out, "    file_type: systemVerilogSource\n");
}

static void file_set(const struct gen_set *s, const char *name, const char *list, struct buf *out)
{
	struct list l;

	list_init(&l, s, list);
	rtl(&l, name, out);
	list_release(&l);
}

/* C: headers are include files */
static void software(const struct gen_set *s, struct buf *out)
{
	buf_adds(out, "  software:\n    files:\n");
	for (size_t i = 0; i < s->n; i++)
		if (list_below(s->file[i].path, "include/") || list_below(s->file[i].path, "driver/"))
			buf_addf(out, "      - %s%s\n", s->file[i].path, list_ends(s->file[i].path, ".h") ? ": {is_include_file: true}" : "");
	buf_adds(out, "    file_type: cSource\n");
}

static void constraints(const struct gen_set *s, struct buf *out)
{
	buf_adds(out, "  constraints:\n    files:\n");
	for (size_t i = 0; i < s->n; i++)
		if (list_below(s->file[i].path, "constraints/") && list_ends(s->file[i].path, ".sdc"))
			buf_addf(out, "      - %s\n", s->file[i].path);
	buf_adds(out, "    file_type: SDC\n");
}

void view_fusesoc(const struct emit *m, struct gen_set *s)
{
	struct buf out;
	const char *p = m->c->prefix;
	bool fpga = list_there(s, "fpga.f");
	struct list rest;

	buf_init(&out);
	buf_adds(&out, "CAPI=2:\n");
	emit_provenance(m, "#", "gen/view_fusesoc.c", &out);
	buf_addf(&out, "name: \"bitline:cores:%stop-%s:%s\"\n", p, m->c->name, BITLINE_VERSION);
	buf_addf(&out, "description: \"Compute-in-memory core, configuration %s\"\n\nfilesets:\n", m->c->name);
	buf_adds(&out, "  # the core as this configuration simulates it, from standard cells alone, with the macro as a black box: a target takes one of the three\n");
	file_set(s, "simulation", "sim.f", &out);
	file_set(s, "synthesis", "syn.f", &out);
	file_set(s, "blackbox", "blackbox.f", &out);
	list_rest(&rest, s);
	if (rest.n) {
		buf_adds(&out, "  # models of the macro that this kind of array does not use\n");
		rtl(&rest, "unused", &out);
	}
	list_release(&rest);
	if (fpga) {
		buf_adds(&out, "  # the core behind a UART, behind synthesis or simulation\n");
		file_set(s, "fpga", "fpga.f", &out);
	}
	constraints(s, &out);
	software(s, &out);
	buf_addf(&out,
		"\ntargets:\n"
		"  default:\n    filesets: [simulation]\n    toplevel: %stop\n"
		"  lint:\n    description: \"Verilator, every warning is an error\"\n    default_tool: verilator\n    filesets: [simulation]\n    toplevel: %stop\n"
		"    tools:\n      verilator:\n        mode: lint-only\n        verilator_options: [-Wall]\n"
		"  sim:\n    description: \"builds the core for a bench that depends on it\"\n    default_tool: icarus\n    filesets: [simulation, software]\n    toplevel: %stop\n"
		"    tools:\n      icarus:\n        iverilog_options: [-g2012]\n"
		"  synth:\n    description: \"standard cells; name the tool: fusesoc run --target=synth --tool=...\"\n    filesets: [synthesis, constraints]\n    toplevel: %stop\n"
		"  synth_blackbox:\n    description: \"the same with the macro as a black box\"\n    filesets: [blackbox, constraints]\n    toplevel: %stop\n",
		p, p, p, p, p);
	if (fpga)
		buf_addf(&out, "  fpga:\n    description: \"the core behind a UART; name the tool and the device\"\n    filesets: [synthesis, fpga]\n    toplevel: %sfpga_top\n", p);
	buf_add(gen_add(s, "%stop.core", p), out.data, out.len);
	buf_release(&out);
}

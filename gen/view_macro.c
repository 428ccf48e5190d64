/* The analog macro as one set: black box, the read-out that holds it, LEF, Liberty, CDL, places.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "gen/macro_set.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void black_box(const struct emit *m, const struct macro_plan *p, struct buf *out)
{
	buf_addf(out, "// %smacro: black box with the widths of this configuration, as netlists, LEF, Liberty and CDL have it. No parameters: see %sreadout.sv beside it.\n", m->c->prefix, m->c->prefix);
	emit_provenance(m, "//", "gen/view_macro.c", out);
	buf_addf(out, "/* verilator lint_off UNUSEDSIGNAL */\n/* verilator lint_off UNDRIVEN */\n(* blackbox *)\nmodule %smacro (\n", m->c->prefix);
	for (int i = 0; i < MACRO_PORTS; i++) {
		const struct macro_port *port = &p->port[i];

		buf_addf(out, "  %s ", port->output ? "output wire" : "input  wire");
		if (port->width > 1)
			buf_addf(out, "[%d:0] ", port->width - 1);
		buf_addf(out, "%s%s\n", port->name, i + 1 < MACRO_PORTS ? "," : "");
	}
	buf_adds(out, ");\nendmodule\n/* verilator lint_on UNDRIVEN */\n/* verilator lint_on UNUSEDSIGNAL */\n");
}

/* The one module that holds the macro, with an instance without parameters: a cell of a library has none. */
static void readout(const struct emit *m, struct buf *out)
{
	static const char from[] = TMPL_PREFIX "macro #(\n", to[] = "  ) u_macro (";
	const struct tmpl *t = tmpl_embedded;
	struct tmpl hard;
	struct buf text;
	const char *a, *b;

	while (t->path && strcmp(t->path, "rtl-templates/sched/cim_readout.sv"))
		t++;
	a = t->path ? strstr(t->text, from) : NULL;
	b = a ? strstr(a, to) : NULL;
	if (!b)
		BUG("cim_readout.sv does not hold the macro as `%s ... %s`", from, to);
	buf_init(&text);
	buf_add(&text, t->text, (size_t)(a - t->text));
	buf_adds(&text, "// A cell of a library has no parameters: the widths are those of this configuration, and only the macro knew these two.\n"
		"  logic unused_parameters;\n\n  assign unused_parameters = &{1'b0, 32'(SampleHold), 32'(GridBits)};\n\n  ");
	buf_adds(&text, TMPL_PREFIX "macro u_macro (");
	buf_adds(&text, b + sizeof(to) - 1);
	hard = (struct tmpl){ .path = t->path, .text = text.data, .len = text.len };
	emit_template(m, &hard, out);
	buf_release(&text);
}

static void cdl(const struct emit *m, const struct macro_plan *p, struct buf *out)
{
	size_t column = 0;

	buf_addf(out, "* %smacro: pins in the order of the LEF file, nothing inside. A stub: replace it by the netlist of the layout.\n", m->c->prefix);
	emit_provenance(m, "*", "gen/view_macro.c", out);
	buf_addf(out, ".SUBCKT %smacro", m->c->prefix);
	for (size_t i = 0; i < p->n_pins + 2; i++) {
		const struct macro_port *port = i < p->n_pins ? &p->port[p->pin[i].port] : NULL;
		const char *name = port ? port->name : i == p->n_pins ? p->t->power : p->t->ground;

		if (column++ % 8 == 0)
			buf_adds(out, "\n+");
		buf_addf(out, " %s", name);
		if (port && port->width > 1)
			buf_addf(out, "[%d]", p->pin[i].bit);
	}
	buf_adds(out, "\n.ENDS\n");
}

static void places(const struct emit *m, const struct macro_plan *p, bool tcl, struct buf *out)
{
	buf_addf(out, "# Where the %d macros of the core stand: instance, micrometres from the lower left corner of the die, orientation.%s\n", m->c->tiles,
		tcl ? " For MACRO_PLACEMENT_TCL of OpenROAD-flow-scripts." : " For MACRO_PLACEMENT_CFG of LibreLane and OpenLane.");
	emit_provenance(m, "#", "gen/view_macro.c", out);
	for (int tile = 0; tile < m->c->tiles; tile++) {
		long x, y;

		macro_place(p, tile, &x, &y);
		buf_adds(out, tcl ? "place_macro -macro_name {" : "");
		macro_instance(tile, tcl, out);
		buf_addf(out, tcl ? "} -location {%ld.%03ld %ld.%03ld} -orientation R0\n" : " %ld.%03ld %ld.%03ld N\n", x / 1000, x % 1000, y / 1000, y % 1000);
	}
}

static const struct gen_file *file_named(const struct gen_set *s, const char *path)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->file[i].path, path))
			return &s->file[i];
	return NULL;
}

size_t macro_list(const struct gen_set *s, const char *list, void (*add)(void *ctx, const char *path), void *ctx)
{
	const struct gen_file *f = file_named(s, list);
	char *text, *rest;
	size_t n = 0;

	if (!f)
		BUG("no file list %s", list);
	text = mem_strdup(f->text.data);
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (strncmp(line, "//", 2)) {
			add(ctx, !strncmp(line, "../", 3) ? line + 3 : line);
			n++;
		}
	free(text);
	return n;
}

struct hard_list { const char *prefix; struct buf *out; };

static void hard_path(void *ctx, const char *path)
{
	struct hard_list *h = ctx;
	size_t n = strlen(h->prefix);
	const char *own = strncmp(path, "rtl/", 4) || strncmp(path + 4, h->prefix, n) ? "" : path + 4 + n;

	if (!strcmp(own, "macro.blackbox.sv"))
		buf_addf(h->out, "../macro/%smacro.v\n", h->prefix);
	else if (!strcmp(own, "readout.sv"))
		buf_addf(h->out, "../macro/%sreadout.sv\n", h->prefix);
	else
		buf_addf(h->out, "../%s\n", path);
}

static void hard_list(const struct emit *m, struct gen_set *s)
{
	struct hard_list h = { m->c->prefix, NULL };
	struct buf list;

	buf_init(&list);
	h.out = &list;
	macro_list(s, "blackbox.f", hard_path, &h);
	h.out = gen_add(s, "macro/hard.f");
	buf_adds(h.out, "// synthesis with the macro as a cell of a library: blackbox.f with the two files of this directory. Paths are relative to this file.\n");
	emit_provenance(m, "//", "gen/view_macro.c", h.out);
	buf_adds(h.out, list.data);
	buf_release(&list);
}

void macro_set(const struct emit *m, enum cfg_technology technology, struct gen_set *s, char dir[MACRO_DIR])
{
	const char *prefix = m->c->prefix;
	struct macro_plan p;
	struct buf path;

	buf_init(&path);
	macro_plan(&p, m->c, technology);
	if (!file_named(s, "macro/hard.f")) {
		black_box(m, &p, gen_add(s, "macro/%smacro.v", prefix));
		readout(m, gen_add(s, "macro/%sreadout.sv", prefix));
		hard_list(m, s);
	}
	snprintf(dir, MACRO_DIR, technology == m->c->technology ? "macro" : "macro/%s", p.t->name);
	buf_addf(&path, "%s/%smacro.lef", dir, prefix);
	if (!file_named(s, path.data)) {
		macro_lef(m, &p, gen_add(s, "%s", path.data));
		macro_lib(m, &p, gen_add(s, "%s/%smacro.lib", dir, prefix));
		cdl(m, &p, gen_add(s, "%s/%smacro.cdl", dir, prefix));
		places(m, &p, false, gen_add(s, "%s/macro.cfg", dir));
		places(m, &p, true, gen_add(s, "%s/macro_placement.tcl", dir));
	}
	buf_release(&path);
	macro_plan_release(&p);
}

void view_macro(const struct emit *m, struct gen_set *s)
{
	char dir[MACRO_DIR];

	macro_set(m, m->c->technology, s, dir);
}

/* OpenROAD-flow-scripts: config.mk and constraint.sdc of the chip out of standard cells (kind digital), or of the core around hard macros (kind analog).
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/macro_set.h"
#include <string.h>

struct sources { struct buf *out; const char *skip; };

static void add_source(void *ctx, const char *path)
{
	struct sources *s = ctx;

	if (!s->skip || strcmp(path, s->skip))
		buf_addf(s->out, " \\\n\t$(BITLINE_DIR)/%s", path);
}

static void hard(const struct emit *m, struct gen_set *s, struct buf *out)
{
	const char *prefix = m->c->prefix;
	char dir[MACRO_DIR];
	struct sources sources = { out, NULL };
	struct macro_plan p;
	struct buf box;
	int percent;
	double aspect;

	macro_set(m, macro_platform(m->c), s, dir);
	buf_init(&box);
	buf_addf(&box, "macro/%smacro.v", prefix);
	sources.skip = box.data; /* the cell comes from ADDITIONAL_LIBS */
	macro_plan(&p, m->c, macro_platform(m->c));
	macro_core(&p, &percent, &aspect);
	buf_adds(out, "export VERILOG_FILES =");
	macro_list(s, "macro/hard.f", add_source, &sources);
	buf_addf(out, "\n\nexport ADDITIONAL_LEFS = $(BITLINE_DIR)/%s/%smacro.lef\nexport ADDITIONAL_LIBS = $(BITLINE_DIR)/%s/%smacro.lib\n", dir, prefix, dir, prefix);
	buf_addf(out, "# Supplied by the analog team: %s/%smacro.gds, the one file named here that is not emitted. Without it the macro is empty in the GDS.\n", dir, prefix);
	buf_addf(out, "ifneq ($(wildcard $(BITLINE_DIR)/%s/%smacro.gds),)\nexport ADDITIONAL_GDS = $(BITLINE_DIR)/%s/%smacro.gds\nelse\nexport GDS_ALLOW_EMPTY = %smacro\nendif\n\n",
		dir, prefix, dir, prefix, prefix);
	buf_addf(out, "export MACRO_PLACEMENT_TCL = $(BITLINE_DIR)/%s/macro_placement.tcl\n# room for the macros where that file puts them\n", dir);
	buf_addf(out, "export CORE_UTILIZATION = %d\nexport CORE_ASPECT_RATIO = %.6f\n", percent, aspect);
	buf_addf(out, "export MACRO_PLACE_HALO = %.3f %.3f\n", 20 * p.t->site / 1000.0, 2 * p.t->row / 1000.0);
	macro_plan_release(&p);
	buf_release(&box);
}

static void constraint(const struct emit *m, struct buf *out)
{
	buf_addf(out, "# Constraints of %stop. The numbers are in one place: constraints/%stop.sdc.\n", m->c->prefix, m->c->prefix);
	emit_provenance(m, "#", "gen/view_orfs.c", out);
	/* the flow copies this file into its results before it reads it, so that [info script] is elsewhere */
	buf_adds(out, "set bitline_sdc [info script]\nif {[info exists ::env(SDC_FILE)]} { set bitline_sdc $::env(SDC_FILE) }\n");
	buf_addf(out, "source [file join [file dirname $bitline_sdc] .. constraints %stop.sdc]\n", m->c->prefix);
}

void view_orfs(const struct emit *m, struct gen_set *s)
{
	const struct cfg *c = m->c;
	struct sources sources = { NULL, NULL };
	struct buf mk; /* the set grows meanwhile: no pointer into it is kept */

	buf_init(&mk);
	buf_addf(&mk, "# %stop in OpenROAD-flow-scripts: make DESIGN_CONFIG=<this file>, in its folder flow/.\n", c->prefix);
	emit_provenance(m, "#", "gen/view_orfs.c", &mk);
	buf_adds(&mk, "BITLINE_DIR := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)\n\n");
	buf_addf(&mk, "export DESIGN_NAME = %stop\nexport DESIGN_NICKNAME = %s\nexport PLATFORM ?= %s\n\n", c->prefix, c->name, macro_technologies[macro_platform(c)].name);
	if (c->kind == CFG_ANALOG) {
		hard(m, s, &mk);
	} else {
		buf_adds(&mk, "export VERILOG_FILES =");
		sources.out = &mk;
		macro_list(s, "syn.f", add_source, &sources);
		buf_adds(&mk, "\n\nexport CORE_UTILIZATION = 40\n");
	}
	buf_adds(&mk, "\nexport SDC_FILE = $(BITLINE_DIR)/orfs/constraint.sdc\n");
	buf_addf(&mk, "export ABC_CLOCK_PERIOD_IN_PS = %d\nexport PLACE_DENSITY_LB_ADDON = 0.10\n", c->clk_period_ps);
	buf_adds(gen_add(s, "orfs/config.mk"), mk.data);
	buf_release(&mk);
	constraint(m, gen_add(s, "orfs/constraint.sdc"));
}

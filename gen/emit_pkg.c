/* The package: numbers of the configuration and of the register map.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/emit.h"
#include "gen/ports.h"
#include "gen/regtable.h"
#include <ctype.h>
#include <string.h>

/* COMPARE_CLOCKS -> CompareClocks */
static void camel(const char *name, struct buf *out)
{
	bool capital = true;

	for (; *name; name++) {
		if (*name == '_') {
			capital = true;
			continue;
		}
		buf_addf(out, "%c", capital ? *name : tolower((unsigned char)*name));
		capital = false;
	}
}

static void reg_constant(struct buf *out, const char *name, const char *field, const char *what, const char *format, unsigned long value)
{
	buf_adds(out, "  localparam int Reg");
	camel(name, out);
	camel(field, out);
	buf_addf(out, "%s = ", what);
	buf_addf(out, *format == 'x' ? "32'h%08lX;\n" : "%lu;\n", value);
}

static void reg_constants(struct buf *out, const struct reg *r)
{
	reg_constant(out, r->name, "", "Offset", "x", r->offset);
	if (r->kind != REG_SINGLE)
		reg_constant(out, r->name, "", "Stride", "d", r->stride);
	if (r->kind == REG_ARRAY)
		reg_constant(out, r->name, "", "Count", "d", (unsigned long)r->count);
	for (int k = 0; k < r->n_fields; k++) {
		const struct reg_field *f = &r->field[k];

		if (!*f->name)
			continue;
		reg_constant(out, r->name, f->name, "Lsb", "d", (unsigned long)f->lsb);
		reg_constant(out, r->name, f->name, "Width", "d", (unsigned long)f->width);
	}
	for (int k = 0; k < r->n_constants; k++)
		reg_constant(out, r->constant[k].name, "", "", "x", r->constant[k].value);
}

void emit_pkg(const struct emit *m, struct buf *out)
{
	struct regtable *t = regtable_new(m->c);
	const struct cfg *c = m->c;

	buf_addf(out, "// %spkg: the numbers of configuration %s and the register map of %score.\n", c->prefix, c->name, c->prefix);
	emit_provenance(m, "//", "gen/emit_pkg.c and gen/regs.def", out);
	buf_addf(out, "`default_nettype none\n\npackage %spkg;\n", c->prefix);
	for (const struct core_parameter *p = core_parameters; p->name; p++) {
		if (p->comment)
			buf_addf(out, "  // %s\n", p->comment);
		buf_addf(out, "  localparam %s %s = ", strcmp(p->constant, "ConfigHash") ? "int" : "logic [255:0]", p->constant);
		core_parameter_value(c, p, out);
		buf_adds(out, ";\n");
	}
	buf_adds(out, "\n  // byte offsets; arrays of registers with stride and count\n");
	for (int i = 0; i < t->n; i++)
		reg_constants(out, &t->reg[i]);
	regtable_free(t);
	buf_addf(out, "endpackage\n\n`default_nettype wire\n");
}

/* SystemRDL 2.0: an address map of registers, memories for what has pages of its own.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/regs_doc.h"

/* A string literal of the language: backslash and quote escaped. */
static void quoted(const char *s, struct buf *out)
{
	buf_adds(out, "\"");
	for (; *s; s++)
		buf_addf(out, *s == '"' || *s == '\\' ? "\\%c" : "%c", *s);
	buf_adds(out, "\"");
}

static void property(const char *lead, const char *name, const char *text, struct buf *out)
{
	if (!*text)
		return;
	buf_addf(out, "%s%s = ", lead, name);
	quoted(text, out);
	buf_adds(out, ";\n");
}

/* what software and hardware may do to a field; fields of a memory have no hardware side */
static const char *access_properties(enum reg_access a)
{
	switch (a) {
	case REG_RO: return "sw = r; hw = na;";
	case REG_RV: return "sw = r; hw = w;";
	case REG_RW: return "sw = rw; hw = r;";
	case REG_WO: return "sw = w; hw = r;";
	case REG_W1C: return "sw = rw; hw = w; onwrite = woclr;";
	case REG_W1S: return "sw = rw; hw = rw; onwrite = woset;";
	case REG_W1P: return "sw = rw; hw = r; singlepulse;";
	}
	return "";
}

static void enumeration(const struct reg *r, const struct reg_field *f, struct buf *out)
{
	buf_addf(out, "  enum %s_%s_e {\n", r->name, f->name);
	for (int v = 0; v < f->n_values; v++) {
		buf_addf(out, "    %s = %d'd%u { desc = ", f->value[v].name, f->width, f->value[v].value);
		quoted(f->value[v].meaning, out);
		buf_adds(out, "; };\n");
	}
	buf_adds(out, "  };\n");
}

static void field(const struct reg *r, const struct reg_field *f, const char *lead, struct buf *out)
{
	buf_addf(out, "%sfield { %s", lead, access_properties(f->access));
	if (f->n_values)
		buf_addf(out, " encode = %s_%s_e;", r->name, f->name);
	if (*f->meaning) {
		buf_adds(out, " desc = ");
		quoted(f->meaning, out);
		buf_adds(out, ";");
	}
	buf_addf(out, " } %s[%d:%d]", *f->name ? f->name : "VALUE", f->lsb + f->width - 1, f->lsb);
	if (!r->memory)
		buf_addf(out, " = %d'h%X", f->width, f->reset[0]);
	buf_adds(out, ";\n");
}

/* elements whose reset value is not that of the first */
static void other_resets(const struct reg *r, struct buf *out)
{
	for (int i = 1; r->kind == REG_ARRAY && i < r->entries; i++)
		for (int k = 0; k < r->n_fields; k++)
			if (r->field[k].reset[i] != r->field[k].reset[0])
				buf_addf(out, "  %s[%d].%s->reset = %d'h%X;\n", r->name, i, *r->field[k].name ? r->field[k].name : "VALUE", r->field[k].width, r->field[k].reset[i]);
}

static void body(const struct reg *r, const char *lead, struct buf *out)
{
	struct buf inner;

	buf_init(&inner);
	buf_addf(&inner, "%s  ", lead);
	buf_addf(out, "%sreg {\n", lead);
	property(inner.data, "desc", r->meaning, out);
	for (int k = 0; k < r->n_fields; k++)
		field(r, &r->field[k], inner.data, out);
	buf_addf(out, "%s} %s", lead, r->name);
	buf_release(&inner);
}

static void reg(const struct reg *r, struct buf *out)
{
	body(r, "  ", out);
	if (r->kind == REG_ARRAY)
		buf_addf(out, "[%d] @0x%X += %u;\n", r->entries, r->offset, r->stride);
	else
		buf_addf(out, " @0x%X;\n", r->offset);
	other_resets(r, out);
}

static void group(const struct regtable *t, int g, struct buf *out)
{
	const struct reg_group *p = &t->group[g];

	buf_adds(out, "  regfile {\n");
	property("    ", "desc", p->meaning, out);
	for (int i = 0; i < t->n; i++)
		if (t->reg[i].group == g) {
			body(&t->reg[i], "    ", out);
			buf_addf(out, " @0x%X;\n", t->reg[i].offset - p->offset);
		}
	buf_addf(out, "  } %s[%d] @0x%X += %u;\n", p->name, p->count, p->offset, p->stride);
}

static void memory(const struct reg *r, struct buf *out)
{
	int words = r->entries * reg_words(r);

	buf_addf(out, "  external mem {\n");
	property("    ", "desc", r->meaning, out);
	buf_addf(out, "    mementries = %d; memwidth = 32; sw = %s;\n", words, reg_field_writable(&r->field[0]) ? "w" : "r");
	if (*r->field[0].name) {
		buf_adds(out, "    reg {\n");
		for (int k = 0; k < r->n_fields; k++)
			buf_addf(out, "      field { sw = w; desc = \"%s\"; } %s[%d:%d];\n", r->field[k].meaning, r->field[k].name, r->field[k].lsb + r->field[k].width - 1, r->field[k].lsb);
		buf_addf(out, "    } ENTRY[%d] @0x0 += %u;\n", words, r->stride);
	}
	buf_addf(out, "  } %s @0x%X;\n", r->name, r->offset);
}

void regs_rdl(const struct emit *m, const struct regtable *t, struct buf *out)
{
	int order[64], n = regtable_sorted(t, order);
	struct buf title;

	buf_init(&title);
	regs_title(m, &title);
	buf_addf(out, "// %s. SystemRDL 2.0. A field VALUE is a register that is one number.\n", title.data);
	emit_provenance(m, "//", "gen/regs.def", out);
	buf_addf(out, "addrmap %sregs {\n", m->c->prefix);
	property("  ", "name", title.data, out);
	buf_adds(out, "  default regwidth = 32;\n  default accesswidth = 32;\n  littleendian;\n  lsb0;\n");
	buf_release(&title);
	for (int i = 0; i < n; i++)
		for (int k = 0; k < t->reg[order[i]].n_fields; k++)
			if (t->reg[order[i]].field[k].n_values)
				enumeration(&t->reg[order[i]], &t->reg[order[i]].field[k], out);
	for (int i = 0; i < n; i++) {
		const struct reg *r = &t->reg[order[i]];

		if (r->memory)
			memory(r, out);
		else if (r->group < 0)
			reg(r, out);
		else if (r->offset == t->group[r->group].offset)
			group(t, r->group, out);
	}
	buf_adds(out, "};\n");
}

/* The C header of register offsets.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/emit.h"
#include "gen/regtable.h"

static void define(const struct emit *m, struct buf *out, const char *name, const char *suffix, unsigned long value, const char *meaning)
{
	buf_addf(out, "#define %s%s%s 0x%lXu", m->upper, name, suffix, value);
	buf_addf(out, "%s%s%s\n", *meaning ? " /* " : "", meaning, *meaning ? " */" : "");
}

static unsigned long mask(int lsb, int width)
{
	return ((1ul << width) - 1) << lsb;
}

static void offset(const struct emit *m, struct buf *out, const struct reg *r)
{
	if (r->kind == REG_SINGLE)
		buf_addf(out, "#define %s%s_OFFSET 0x%Xu", m->upper, r->name, r->offset);
	else if (r->kind == REG_ARRAY)
		buf_addf(out, "#define %s%s_OFFSET(i) (0x%Xu + %uu * (i))", m->upper, r->name, r->offset, r->stride);
	else
		buf_addf(out, "#define %s%s_OFFSET(i, j) (0x%Xu + %uu * (i) + %uu * (j))", m->upper, r->name, r->offset, r->stride, r->step);
	buf_addf(out, " /* %s: %s */\n", r->access, r->meaning);
	if (r->kind == REG_ARRAY)
		buf_addf(out, "#define %s%s_COUNT %d\n", m->upper, r->name, r->count);
}

static void field(const struct emit *m, struct buf *out, const struct reg *r, const struct reg_field *f)
{
	struct buf name, meaning;

	buf_init(&name);
	buf_init(&meaning);
	buf_addf(&name, "%s_%s", r->name, f->name);
	reg_field_meaning(f, &meaning);
	buf_addf(out, "#define %s%s_SHIFT %d\n", m->upper, name.data, f->lsb);
	define(m, out, name.data, "_MASK", mask(f->lsb, f->width), meaning.data);
	buf_release(&name);
	buf_release(&meaning);
}

void emit_regs_h(const struct emit *m, struct buf *out)
{
	struct regtable *t = regtable_new(m->c);

	buf_addf(out, "// Registers of %score: byte offsets, field shifts and masks (docs/isa.md section 4).\n", m->c->prefix);
	emit_provenance(m, "//", "gen/regs.def", out);
	buf_addf(out, "#ifndef %sREGS_H\n#define %sREGS_H\n\n", m->upper, m->upper);
	buf_addf(out, "#define %sCONFIG_SHA256 \"%s\"\n\n", m->upper, m->hash);
	for (int i = 0; i < t->n; i++) {
		const struct reg *r = &t->reg[i];

		offset(m, out, r);
		for (int k = 0; k < r->n_fields; k++)
			if (*r->field[k].name)
				field(m, out, r, &r->field[k]);
		for (int k = 0; k < r->n_constants; k++)
			define(m, out, r->constant[k].name, "", r->constant[k].value, r->constant[k].meaning);
	}
	regtable_free(t);
	buf_adds(out, "\n#endif\n");
}

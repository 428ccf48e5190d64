/* The registers as Markdown.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/regs_doc.h"

static void field_row(const struct reg *r, const struct reg_field *f, struct buf *out)
{
	buf_adds(out, "| ");
	reg_bits(f, out);
	buf_addf(out, " | %s | %s | ", *f->name ? f->name : "-", reg_access_name(f->access));
	reg_reset_text(r, f, out);
	buf_addf(out, " | %s", f->meaning);
	for (int v = 0; v < f->n_values; v++)
		buf_addf(out, "%s%u `%s`: %s", v || *f->meaning ? "; " : "", f->value[v].value, f->value[v].name, f->value[v].meaning);
	buf_adds(out, " |\n");
}

void regs_md(const struct emit *m, const struct regtable *t, struct buf *out)
{
	int order[64], n = regtable_sorted(t, order);

	buf_adds(out, "<!--\n");
	doc_provenance(m, "gen/regs.def", out);
	buf_adds(out, "-->\n# ");
	regs_title(m, out);
	buf_adds(out, "\n\n32-bit registers, byte addresses, 22 address bits. `RO` read-only, `RW` read and write, `WO` write-only, `W1C` a written 1 clears, "
		      "`W1S` a written 1 starts and reads 1 meanwhile, `W1P` a written 1 starts and reads 0.\n"
		      "What the bus answers when, and what happens while a program runs: docs/isa.md section 4 of bitline.\n\n"
		      "| address | register | access | meaning |\n|---|---|---|---|\n");
	for (int i = 0; i < n; i++) {
		const struct reg *r = &t->reg[order[i]];

		buf_adds(out, "| ");
		reg_address(r, out);
		buf_adds(out, " | ");
		reg_label(r, out);
		buf_addf(out, " | %s | %s |\n", r->access, r->meaning);
	}
	for (int i = 0; i < n; i++) {
		const struct reg *r = &t->reg[order[i]];

		buf_addf(out, "\n## %s\n\nAddress ", r->name);
		reg_address(r, out);
		buf_addf(out, ": %s.\n", r->meaning);
		for (int k = 0; k < r->n_constants; k++)
			buf_addf(out, "%s%s%s = 0x%X (%s)", k ? ", " : "\n", m->upper, r->constant[k].name, r->constant[k].value, r->constant[k].meaning);
		buf_addf(out, "%s\n| bits | field | access | reset | meaning |\n|---|---|---|---|---|\n", r->n_constants ? ".\n" : "");
		for (int k = 0; k < r->n_fields; k++)
			field_row(r, &r->field[k], out);
	}
}

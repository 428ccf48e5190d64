/* Words that the register documents share.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/regs_doc.h"

void doc_provenance(const struct emit *m, const char *source, struct buf *out)
{
	struct buf b;

	buf_init(&b);
	emit_provenance(m, "    ", source, &b);
	for (size_t i = 0; i < b.len; i++)
		buf_addf(out, i && b.data[i] == '-' && b.data[i - 1] == '-' ? " %c" : "%c", b.data[i]); /* a configuration may be called a--b */
	buf_release(&b);
}

void regs_title(const struct emit *m, struct buf *out)
{
	buf_addf(out, "Registers of %stop, configuration %s", m->c->prefix, m->c->name);
}

void reg_address(const struct reg *r, struct buf *out)
{
	int digits = r->offset < REG_SPACE ? 3 : 6;

	buf_addf(out, "0x%0*X", digits, r->offset);
	if (r->kind == REG_WINDOW)
		buf_addf(out, " + %ui + %uj", r->stride, r->step);
	else if (r->group >= 0)
		buf_addf(out, " + %us", r->stride);
	else if (r->kind == REG_ARRAY)
		buf_addf(out, "..0x%0*X", digits, r->offset + r->stride * (unsigned)(r->entries - 1));
}

void reg_label(const struct reg *r, struct buf *out)
{
	buf_adds(out, r->name);
	if (r->kind != REG_SINGLE)
		buf_addf(out, "[0..%d]", r->entries - 1);
	if (r->kind == REG_WINDOW)
		buf_addf(out, "[0..%d]", reg_words(r) - 1);
}

void reg_bits(const struct reg_field *f, struct buf *out)
{
	if (f->width > 1)
		buf_addf(out, "%d:%d", f->lsb + f->width - 1, f->lsb);
	else
		buf_addf(out, "%d", f->lsb);
}

void reg_reset_text(const struct reg *r, const struct reg_field *f, struct buf *out)
{
	bool differ = false;

	for (int i = 1; i < r->count && i < 8; i++)
		differ |= f->reset[i] != f->reset[0];
	if (r->memory || differ || !reg_field_readable(f))
		buf_adds(out, "-");
	else
		buf_addf(out, f->width > 8 ? "0x%X" : "%u", f->reset[0]);
}

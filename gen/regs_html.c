/* The registers as one page: no script, nothing fetched, light and dark, tables that scroll on a phone.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/regs_doc.h"

static const char style[] =
	":root { color-scheme: light dark; --ink: #1a1a1a; --paper: #ffffff; --faint: #5c5c5c; --line: #d0d0d0; --fill: #f2f4f7; --link: #0b57d0; }\n"
	"@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #16181b; --faint: #a8a8a8; --line: #3c4046; --fill: #22262b; --link: #8ab4f8; } }\n"
	"body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }\n"
	"h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin: 2rem 0 0.25rem; border-top: 1px solid var(--line); padding-top: 1rem; }\n"
	"a { color: var(--link); } p { margin: 0.5rem 0; } .faint { color: var(--faint); } code { font-size: 0.9em; overflow-wrap: anywhere; }\n"
	".wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--faint); }\n"
	"th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); } th { white-space: nowrap; }\n"
	"thead th { color: var(--faint); font-weight: 600; } .number { white-space: nowrap; font-variant-numeric: tabular-nums; }\n"
	"dl { margin: 0.25rem 0 0; display: grid; grid-template-columns: max-content auto; gap: 0 0.75rem; } dd { margin: 0; }\n";

/* text between tags and in attributes */
static void escaped(const char *s, struct buf *out)
{
	for (; *s; s++)
		switch (*s) {
		case '&': buf_adds(out, "&amp;"); break;
		case '<': buf_adds(out, "&lt;"); break;
		case '>': buf_adds(out, "&gt;"); break;
		case '"': buf_adds(out, "&quot;"); break;
		default: buf_add(out, s, 1);
		}
}

/* what make() writes, escaped */
#define ESCAPED(out, make, ...) do { struct buf b_; buf_init(&b_); make(__VA_ARGS__, &b_); escaped(b_.data, out); buf_release(&b_); } while (0)

static void field_row(const struct reg *r, const struct reg_field *f, struct buf *out)
{
	buf_adds(out, "<tr><td class=\"number\">");
	ESCAPED(out, reg_bits, f);
	buf_adds(out, "</td><th scope=\"row\">");
	escaped(*f->name ? f->name : "-", out);
	buf_addf(out, "</th><td>%s</td><td class=\"number\">", reg_access_name(f->access));
	ESCAPED(out, reg_reset_text, r, f);
	buf_adds(out, "</td><td>");
	escaped(f->meaning, out);
	if (f->n_values) {
		buf_adds(out, "<dl>");
		for (int v = 0; v < f->n_values; v++) {
			buf_addf(out, "<dt class=\"number\">%u <code>", f->value[v].value);
			escaped(f->value[v].name, out);
			buf_adds(out, "</code></dt><dd>");
			escaped(f->value[v].meaning, out);
			buf_adds(out, "</dd>");
		}
		buf_adds(out, "</dl>");
	}
	buf_adds(out, "</td></tr>\n");
}

static void overview_row(const struct reg *r, struct buf *out)
{
	buf_adds(out, "<tr><td class=\"number\">");
	ESCAPED(out, reg_address, r);
	buf_addf(out, "</td><th scope=\"row\"><a href=\"#%s\">", r->name);
	ESCAPED(out, reg_label, r);
	buf_addf(out, "</a></th><td>%s</td><td>", r->access);
	escaped(r->meaning, out);
	buf_adds(out, "</td></tr>\n");
}

static void section(const struct emit *m, const struct reg *r, struct buf *out)
{
	buf_addf(out, "<h2 id=\"%s\">", r->name);
	ESCAPED(out, reg_label, r);
	buf_adds(out, "</h2>\n<p><span class=\"number\">");
	ESCAPED(out, reg_address, r);
	buf_adds(out, "</span>: ");
	escaped(r->meaning, out);
	buf_adds(out, "</p>\n");
	for (int k = 0; k < r->n_constants; k++) {
		buf_addf(out, "<p class=\"faint\"><code>%s%s</code> = 0x%X: ", m->upper, r->constant[k].name, r->constant[k].value);
		escaped(r->constant[k].meaning, out);
		buf_adds(out, "</p>\n");
	}
	buf_adds(out, "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">bits</th><th scope=\"col\">field</th><th scope=\"col\">access</th>"
		      "<th scope=\"col\">reset</th><th scope=\"col\">meaning</th></tr></thead>\n<tbody>\n");
	for (int k = 0; k < r->n_fields; k++)
		field_row(r, &r->field[k], out);
	buf_adds(out, "</tbody></table></div>\n");
}

void regs_html(const struct emit *m, const struct regtable *t, struct buf *out)
{
	int order[64], n = regtable_sorted(t, order);

	buf_adds(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<!--\n");
	doc_provenance(m, "gen/regs.def", out);
	buf_adds(out, "-->\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
	ESCAPED(out, regs_title, m);
	buf_addf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>", style);
	ESCAPED(out, regs_title, m);
	buf_addf(out, "</h1>\n<p class=\"faint\">Configuration sha256 <code>%s</code></p>\n"
		      "<p>32-bit registers, byte addresses, 22 address bits. What the bus answers when, and what happens while a program runs: "
		      "<code>docs/isa.md</code> section 4 of bitline.</p>\n<dl>", m->hash);
	for (int a = REG_RV; a <= REG_W1P; a++)
		buf_addf(out, "<dt><code>%s</code></dt><dd>%s</dd>", reg_access_name((enum reg_access)a), a == REG_RV ? "read-only" : reg_access_meaning((enum reg_access)a));
	buf_adds(out, "</dl>\n<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">address</th><th scope=\"col\">register</th><th scope=\"col\">access</th>"
		      "<th scope=\"col\">meaning</th></tr></thead>\n<tbody>\n");
	for (int i = 0; i < n; i++)
		overview_row(&t->reg[order[i]], out);
	buf_adds(out, "</tbody></table></div>\n");
	for (int i = 0; i < n; i++)
		section(m, &t->reg[order[i]], out);
	buf_adds(out, "</body>\n</html>\n");
}

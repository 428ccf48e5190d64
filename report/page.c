/* Head, banner, sections, tables and figures of a page. The style sheet is here and nowhere else.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/page.h"
#include "report/svg.h"
#include "common/err.h"
#include "common/mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *const tone_class[] = { [PAGE_GOOD] = "good", [PAGE_BAD] = "bad", [PAGE_OPEN] = "open" };

/* Text on its ground has a contrast of at least 4.5 in both schemes, marks of at least 3. No '<' and no '&' in it: it is read as XML too. */
static const char style[] =
	":root{color-scheme:light dark;--ground:#fff;--sunk:#f5f6f7;--ink:#1b1f23;--soft:#59636e;--line:#d0d5db;--link:#0b5cad;--good:#1a7f37;--bad:#c0272d;--open:#8a6100;"
	"--good-ground:#e6f4ea;--bad-ground:#fdecec;--open-ground:#fff4d6;"
	"--c0:#0072b2;--c1:#d68f00;--c2:#00916a;--c3:#b8609a;--c4:#d55e00;--c5:#3a9ad6;--c6:#9b8d00;--c7:#777d84}\n"
	"@media (prefers-color-scheme:dark){:root{--ground:#15181c;--sunk:#1d2126;--ink:#e6e9ec;--soft:#a2abb5;--line:#3a424b;--link:#7db8f0;--good:#56c274;--bad:#ff7b78;--open:#e3b341;"
	"--good-ground:#12301c;--bad-ground:#3b1618;--open-ground:#33290d;"
	"--c0:#4ba3dc;--c1:#f0ad35;--c2:#2fbf94;--c3:#e197c3;--c4:#f0803a;--c5:#86c8f2;--c6:#d0c23a;--c7:#9aa2ab}}\n"
	"*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}"
	"body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif;overflow-wrap:anywhere}\n"
	"main{max-width:68rem;margin:0 auto;padding:1.25rem 1.25rem 4rem}"
	"h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0 1rem}h2{font-size:1.2rem;margin:0 0 .75rem;line-height:1.3}h3{font-size:1rem;margin:1.5rem 0 .5rem}\n"
	"p{margin:.5rem 0;max-width:46rem}a{color:var(--link)}section{border-top:1px solid var(--line);margin-top:2rem;padding-top:1.25rem}"
	".soft,figcaption,caption{color:var(--soft);font-size:.875rem}.absent{color:var(--soft);font-size:.925rem;margin:.5rem 0}\n"
	"code,pre{font-family:ui-monospace,'SF Mono',Menlo,Consolas,'Liberation Mono',monospace;font-size:.86em}"
	"pre{background:var(--sunk);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;margin:.5rem 0;white-space:pre-wrap}\n"
	".verdict{border-left:6px solid;border-radius:6px;padding:.8rem 1rem;margin:0 0 1rem}.verdict p{margin:0}.verdict .say{font-size:1.15rem;font-weight:650}.verdict .detail{margin-top:.25rem}"
	".verdict.good{border-color:var(--good);background:var(--good-ground)}.verdict.bad{border-color:var(--bad);background:var(--bad-ground)}"
	".verdict.open{border-color:var(--open);background:var(--open-ground)}\n"
	".wide{overflow-x:auto;max-width:100%;margin:.5rem 0}table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}"
	"caption{text-align:left;padding:0 0 .35rem}th,td{padding:.3rem .75rem .3rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}"
	"th{font-weight:600}td.n,th.n{text-align:right;white-space:nowrap}"
	"td.good,td.good a{color:var(--good)}td.bad,td.bad a{color:var(--bad);font-weight:600}td.open,td.open a{color:var(--open)}\n"
	"figure{margin:1rem 0 1.25rem}figcaption{margin-top:.35rem;max-width:46rem}figure svg,figure img{display:block;width:100%;height:auto}figure img{border:1px solid var(--line);border-radius:6px}"
	"details{margin:.5rem 0}summary{cursor:pointer;color:var(--link);font-size:.9rem}\n"
	"svg{font-family:inherit}svg text{fill:var(--ink)}svg text.soft{fill:var(--soft);font-size:inherit}svg text.ground{fill:var(--ground)}"
	"svg .ink{fill:var(--ink);stroke:none}svg .ground{fill:var(--ground)}svg .sunk{fill:var(--sunk)}svg .line{fill:none;stroke:var(--line)}svg .axis{fill:none;stroke:var(--soft)}"
	"svg text.halo{paint-order:stroke;stroke:var(--ground);stroke-width:4px;stroke-linejoin:round}svg .edge{stroke:var(--ground)}svg .pad{fill:var(--line)}svg .good{fill:var(--good)}svg .bad{fill:var(--bad)}svg .open{fill:var(--open)}"
	"svg .c0{fill:var(--c0)}svg .c1{fill:var(--c1)}svg .c2{fill:var(--c2)}svg .c3{fill:var(--c3)}svg .c4{fill:var(--c4)}svg .c5{fill:var(--c5)}svg .c6{fill:var(--c6)}svg .c7{fill:var(--c7)}\n"
	"svg .s0,svg .s1,svg .s2,svg .s3,svg .s4,svg .s5,svg .s6,svg .s7{fill:none}"
	"svg .s0{stroke:var(--c0)}svg .s1{stroke:var(--c1)}svg .s2{stroke:var(--c2)}svg .s3{stroke:var(--c3)}svg .s4{stroke:var(--c4)}svg .s5{stroke:var(--c5)}svg .s6{stroke:var(--c6)}svg .s7{stroke:var(--c7)}\n"
	"@media (max-width:40rem){main{padding:.9rem .9rem 3rem}h1{font-size:1.3rem}}"
	"@media print{.wide{overflow:visible}section{break-inside:avoid}}\n";

static void element(struct buf *out, const char *tag, const char *attributes, const char *text)
{
	buf_addf(out, "<%s%s%s>", tag, *attributes ? " " : "", attributes);
	svg_escape(out, text);
	buf_addf(out, "</%s>\n", tag);
}

static void attribute(struct buf *out, const char *name, const char *text)
{
	buf_addf(out, " %s=\"", name);
	svg_escape(out, text);
	buf_adds(out, "\"");
}

void page_begin(struct buf *out, const char *title)
{
	buf_adds(out, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n");
	/* without an icon in the page a browser asks a server for one */
	buf_adds(out, "<link rel=\"icon\" href=\"data:,\"/>\n");
	element(out, "title", "", title);
	buf_addf(out, "<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
	element(out, "h1", "", title);
}

void page_end(struct buf *out)
{
	buf_adds(out, "</main>\n</body>\n</html>\n");
}

void page_verdict(struct buf *out, enum page_tone tone, const char *verdict, const char *detail)
{
	buf_addf(out, "<div class=\"verdict %s\">\n", tone_class[tone]);
	element(out, "p", "class=\"say\"", verdict);
	for (const char *end; detail; detail = *end ? end + 1 : NULL) {
		char *line = mem_strdup(detail);

		end = strchrnul(detail, '\n');
		line[end - detail] = '\0';
		element(out, "p", "class=\"detail\"", line);
		free(line);
	}
	buf_adds(out, "</div>\n");
}

void page_section(struct buf *out, const char *id, const char *heading)
{
	buf_addf(out, "<section id=\"%s\">\n", id);
	element(out, "h2", "", heading);
}

void page_section_end(struct buf *out)
{
	buf_adds(out, "</section>\n");
}

void page_heading(struct buf *out, const char *text)
{
	element(out, "h3", "", text);
}

void page_text(struct buf *out, const char *text)
{
	element(out, "p", "", text);
}

void page_soft(struct buf *out, const char *text)
{
	element(out, "p", "class=\"soft\"", text);
}

void page_code(struct buf *out, const char *text)
{
	element(out, "pre", "", text);
}

void page_absent(struct buf *out, const char *what, const char *command)
{
	buf_adds(out, "<p class=\"absent\">");
	svg_escape(out, what);
	buf_adds(out, ": not here; made by <code>");
	svg_escape(out, command);
	buf_adds(out, "</code></p>\n");
}

void page_table(struct buf *out, const char *caption, const struct page_columns *c)
{
	if (c->n < 1 || c->n > PAGE_MOST_COLUMNS)
		BUG("a table of %d columns", c->n);
	/* what scrolls must be reachable by keyboard, and have a name */
	buf_adds(out, "<div class=\"wide\" tabindex=\"0\" role=\"region\"");
	attribute(out, "aria-label", caption);
	buf_adds(out, ">\n<table>\n");
	element(out, "caption", "", caption);
	buf_adds(out, "<thead><tr>");
	for (int i = 0; i < c->n; i++)
		element(out, "th", c->numeric >> i & 1 ? "scope=\"col\" class=\"n\"" : "scope=\"col\"", c->head[i]);
	buf_adds(out, "</tr></thead>\n<tbody>\n");
}

void page_cells(struct buf *out, const struct page_columns *c, const struct page_cell *cell)
{
	static const char *const tone[] = { [CELL_PLAIN] = "", [CELL_GOOD] = "good", [CELL_BAD] = "bad", [CELL_OPEN] = "open" };

	buf_adds(out, "<tr>");
	for (int i = 0; i < c->n; i++) {
		bool numeric = c->numeric >> i & 1;

		buf_adds(out, "<td");
		if (numeric || cell[i].tone)
			buf_addf(out, " class=\"%s%s%s\"", numeric ? "n" : "", numeric && cell[i].tone ? " " : "", tone[cell[i].tone]);
		if (cell[i].tip)
			attribute(out, "title", cell[i].tip);
		buf_adds(out, ">");
		if (cell[i].href) {
			buf_adds(out, "<a");
			attribute(out, "href", cell[i].href);
			buf_adds(out, ">");
		}
		svg_escape(out, cell[i].text);
		buf_adds(out, cell[i].href ? "</a></td>" : "</td>");
	}
	buf_adds(out, "</tr>\n");
}

void page_row(struct buf *out, const struct page_columns *c, const char *const *text)
{
	struct page_cell cell[PAGE_MOST_COLUMNS] = { { 0 } };

	for (int i = 0; i < c->n; i++)
		cell[i].text = text[i];
	page_cells(out, c, cell);
}

void page_table_end(struct buf *out)
{
	buf_adds(out, "</tbody>\n</table>\n</div>\n");
}

void page_details(struct buf *out, const char *summary)
{
	buf_adds(out, "<details>\n");
	element(out, "summary", "", summary);
}

void page_details_end(struct buf *out)
{
	buf_adds(out, "</details>\n");
}

void page_figure(struct buf *out, const struct page_figure *f)
{
	buf_adds(out, "<figure>\n<div class=\"wide\" tabindex=\"0\" role=\"region\"");
	attribute(out, "aria-label", f->name);
	buf_adds(out, ">\n<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" role=\"img\" viewBox=\"0 0 ");
	svg_number(out, f->width);
	buf_adds(out, " ");
	svg_number(out, f->height);
	buf_adds(out, "\" style=\"max-width:");
	svg_number(out, f->width);
	buf_adds(out, "px;min-width:");
	svg_number(out, f->least);
	buf_adds(out, "px\" font-size=\"13\"");
	attribute(out, "aria-label", f->alt);
	buf_adds(out, ">\n");
}

void page_figure_end(struct buf *out, const struct page_figure *f)
{
	buf_adds(out, "</svg>\n</div>\n");
	if (f->caption)
		element(out, "figcaption", "", f->caption);
	buf_adds(out, "</figure>\n");
}

/* One self-contained HTML page, shared by `bitline report` and the matrix of `bitline regress`: head with style sheet, verdict banner, sections, tables, figures.
 * What comes out is HTML 5 in XML syntax (xmllint reads it), in ASCII, without scripts and without anything fetched. Light and dark follow prefers-color-scheme:
 * colours are CSS variables, figures are inline SVG and use the classes below. Deterministic: the bytes depend on what was called.
 *
 *	page_begin(&b, "Regression of 12 cases");
 *	page_verdict(&b, PAGE_GOOD, "12 passed, 0 failed", "tiny.list, 3 configurations");
 *	page_section(&b, "matrix", "Matrix");
 *	page_text(&b, "Rows are models.");
 *	page_table(&b, "cases", &columns);               // struct page_columns columns = { 2, (const char *[]){ "model", "cycles" }, .numeric = 1u << 1 };
 *	page_row(&b, &columns, (const char *[]){ "tiny", "128" });
 *	page_table_end(&b);
 *	page_section_end(&b);
 *	page_end(&b);
 *
 * Every text is escaped here; attributes and SVG are the caller's own words, never a user's (svg_escape where they are).
 * Colours of figures and cells, as classes: ink, soft (text), halo (text over lines), line (rules, strokes), ground; good, bad, open (fill); c0..c7 (fill of series), s0..s7 (stroke of series).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H
#include "common/buf.h"

enum page_tone { PAGE_GOOD, PAGE_BAD, PAGE_OPEN /* neither: not judged, not there */ };
enum { PAGE_MOST_COLUMNS = 32, PAGE_SERIES = 8 };

void page_begin(struct buf *out, const char *title); /* also the one <h1> */
void page_end(struct buf *out);

/* The banner. detail: what it rests on, a paragraph for each of its lines; NULL: none */
void page_verdict(struct buf *out, enum page_tone tone, const char *verdict, const char *detail);

/* id: of the anchor, [a-z0-9-] */
void page_section(struct buf *out, const char *id, const char *heading);
void page_section_end(struct buf *out);

void page_heading(struct buf *out, const char *text);  /* <h3> within a section */
void page_text(struct buf *out, const char *text);     /* a paragraph */
void page_soft(struct buf *out, const char *text);     /* a paragraph in small grey: sources, definitions */
void page_code(struct buf *out, const char *text);     /* a command, lines kept */
void page_absent(struct buf *out, const char *what, const char *command); /* "what: not recorded; `command` makes it", one line */

/* Tables scroll sideways by themselves. A numeric column is right-aligned (bit i of numeric); numeric cells are not wrapped. */
struct page_columns { int n; const char *const *head; unsigned numeric; };
void page_table(struct buf *out, const char *caption, const struct page_columns *c);
void page_row(struct buf *out, const struct page_columns *c, const char *const *cell);
/* a cell with a tone (the word itself must say it too), a link within the page (anchor "#id") or to a file beside it, and a tip; all but text may be left out */
struct page_cell { const char *text, *href, *tip; enum { CELL_PLAIN, CELL_GOOD, CELL_BAD, CELL_OPEN } tone; };
void page_cells(struct buf *out, const struct page_columns *c, const struct page_cell *cell);
void page_table_end(struct buf *out);

/* What a reader opens when he wants it: the numbers of a figure, a long list. */
void page_details(struct buf *out, const char *summary);
void page_details_end(struct buf *out);

/* A figure: SVG between the two calls, drawn with report/svg.h in width x height units, which are CSS pixels where there is room. It becomes narrower down to
 * `least` pixels, below which it scrolls sideways. name: two or three words; alt: what the picture shows, in words, for those who do not see it; caption: below it, NULL: none. */
struct page_figure { const char *name; double width, height, least; const char *alt, *caption; };
void page_figure(struct buf *out, const struct page_figure *f);
void page_figure_end(struct buf *out, const struct page_figure *f);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/errormap.h"
#include "common/mem.h"
#include "report/page.h"
#include "report/svg.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 900, LEFT = 132, RIGHT = 16, TOP = 12, FIELD = WIDTH - LEFT - RIGHT, MOST_ROWS = 64, MOST_COLUMNS = 64, LISTED = 256 };

/* sums over the conversions of a converter, or of a field of the map */
struct sums { uint64_t n, wrong; double error, size; int largest; };

static void add(struct sums *s, const struct errormap_cell *c)
{
	int error = c->seen - c->ideal;

	s->n += c->n;
	s->wrong += error ? c->n : 0;
	s->error += (double)c->n * error;
	s->size += (double)c->n * abs(error);
	s->largest = abs(error) > abs(s->largest) ? error : s->largest;
}

static double mean(const struct sums *s)
{
	return s->n ? s->error / (double)s->n : 0;
}

struct drawing { const struct errormap *m; int rows, columns, per_column; double high; struct sums *field, *row; double most; struct buf *out; };

static void lay_out(struct drawing *d)
{
	const struct errormap *m = d->m;
	int last = 1;

	for (size_t i = 0; i < m->n; i++)
		last = m->cell[i].ideal > last ? m->cell[i].ideal : last;
	d->per_column = last / MOST_COLUMNS + 1;
	d->columns = last / d->per_column + 1;
	d->rows = m->converters < MOST_ROWS ? m->converters : MOST_ROWS;
	d->high = d->rows <= 16 ? 20 : d->rows <= 32 ? 14 : 10;
	d->field = MEM_NEW((size_t)d->rows * (size_t)d->columns, struct sums);
	d->row = MEM_NEW((size_t)m->converters, struct sums);
	for (size_t i = 0; i < m->n; i++) {
		const struct errormap_cell *c = &m->cell[i];

		add(&d->row[c->converter], c);
		if (c->converter < d->rows)
			add(&d->field[c->converter * d->columns + c->ideal / d->per_column], c);
	}
	for (int i = 0; i < d->rows * d->columns; i++)
		d->most = fmax(d->most, fabs(mean(&d->field[i])));
	d->most = d->most > 0 ? d->most : 1;
}

static void draw_row(const struct drawing *d, int row)
{
	double y = TOP + row * d->high, w = (double)FIELD / d->columns;
	int every = d->high < 12 ? 4 : d->high < 16 ? 2 : 1;
	char text[160], attributes[64];

	if (row % every == 0) {
		snprintf(text, sizeof(text), "tile %d lane %d", row / d->m->adcs, row % d->m->adcs);
		svg_text(d->out, LEFT - 8, y + d->high / 2 + 4, "text-anchor=\"end\" class=\"soft\" font-size=\"11.5\"", text);
	}
	for (int i = 0; i < d->columns; i++) {
		const struct sums *s = &d->field[row * d->columns + i];
		double e = mean(s);

		if (!s->n)
			continue;
		snprintf(text, sizeof(text), "tile %d, lane %d, ideal code %d%s: mean difference %+.3f of %" PRIu64 " conversions, largest %+d", row / d->m->adcs, row % d->m->adcs, i * d->per_column,
			 d->per_column > 1 ? " and following" : "", e, s->n, s->largest);
		snprintf(attributes, sizeof(attributes), "class=\"%s\" opacity=\"%.2f\"", !s->wrong ? "sunk" : e < 0 ? "c0" : "c4", s->wrong ? 0.2 + 0.8 * fabs(e) / d->most : 1);
		svg_rect(d->out, LEFT + i * w, y, w - (w > 5 ? 0.8 : 0), d->high - (d->high > 12 ? 0.8 : 0.4), attributes, text);
		if (s->wrong && w > 30 && d->high > 16) { /* the sign by more than colour */
			snprintf(text, sizeof(text), "%+.2f", e);
			svg_text(d->out, LEFT + (i + 0.5) * w, y + 14, "text-anchor=\"middle\" font-size=\"11\"", text);
		}
	}
}

static void axis(const struct drawing *d, double y)
{
	int step = d->columns > 32 ? 8 : d->columns > 16 ? 2 : 1;
	char text[96];

	for (int i = 0; i < d->columns; i += step) {
		snprintf(text, sizeof(text), "%d", i * d->per_column);
		svg_text(d->out, LEFT + (i + 0.5) * FIELD / d->columns, y + 14, "text-anchor=\"middle\" class=\"soft\" font-size=\"12\"", text);
	}
	svg_text(d->out, WIDTH - RIGHT, y + 32, "text-anchor=\"end\" class=\"soft\" font-size=\"12\"", "ideal code");
	svg_rect(d->out, LEFT, y + 21, 14, 14, "class=\"c0\"", NULL);
	snprintf(text, sizeof(text), "too low, down to -%.2f", d->most);
	svg_text(d->out, LEFT + 20, y + 32.5, "font-size=\"12\"", text);
	svg_rect(d->out, LEFT + 190, y + 21, 14, 14, "class=\"c4\"", NULL);
	snprintf(text, sizeof(text), "too high, up to +%.2f", d->most);
	svg_text(d->out, LEFT + 210, y + 32.5, "font-size=\"12\"", text);
}

static void numbers(const struct drawing *d)
{
	static const char *const head[] = { "tile", "lane", "conversions", "not ideal", "mean difference", "mean size", "largest" };
	const struct page_columns c = { 7, head, ~0u };
	int n = d->m->converters < LISTED ? d->m->converters : LISTED;

	page_details(d->out, "numbers");
	page_table(d->out, "Difference of seen from ideal codes, by converter", &c);
	for (int i = 0; i < n; i++) {
		const struct sums *s = &d->row[i];
		char text[7][32];

		snprintf(text[0], sizeof(text[0]), "%d", i / d->m->adcs);
		snprintf(text[1], sizeof(text[1]), "%d", i % d->m->adcs);
		snprintf(text[2], sizeof(text[2]), "%" PRIu64, s->n);
		snprintf(text[3], sizeof(text[3]), "%" PRIu64, s->wrong);
		snprintf(text[4], sizeof(text[4]), "%+.4f", mean(s));
		snprintf(text[5], sizeof(text[5]), "%.4f", s->n ? s->size / (double)s->n : 0);
		snprintf(text[6], sizeof(text[6]), "%+d", s->largest);
		page_row(d->out, &c, (const char *[]){ text[0], text[1], text[2], text[3], text[4], text[5], text[6] });
	}
	page_table_end(d->out);
	page_details_end(d->out);
}

void errormap_figure(const struct errormap *m, struct buf *out)
{
	struct drawing d = { .m = m, .out = out };
	struct page_figure f = { "code error map", WIDTH, 0, 720, NULL, NULL };
	struct sums all = { 0 };
	struct buf alt, caption;

	lay_out(&d);
	for (size_t i = 0; i < m->n; i++)
		add(&all, &m->cell[i]);
	buf_init(&alt);
	buf_init(&caption);
	buf_addf(&alt, "Map of mean code differences in layer %s: one row for each of %d converters, one column for each ideal code. %" PRIu64 " of %" PRIu64
		" codes are not the ideal converter's; the largest difference is %+d, the mean %+.4f.", m->layer, d.rows, m->wrong, m->codes, all.largest, mean(&all));
	buf_addf(&caption, "Mean of seen minus ideal code. Empty: no conversion had that ideal code; pale: all codes are ideal.");
	if (d.rows < m->converters)
		buf_addf(&caption, " The first %d of %d converters are drawn.", d.rows, m->converters);
	f.alt = alt.data;
	f.caption = caption.data;
	f.height = TOP + d.rows * d.high + 42;
	page_figure(out, &f);
	for (int i = 0; i < d.rows; i++)
		draw_row(&d, i);
	axis(&d, TOP + d.rows * d.high);
	page_figure_end(out, &f);
	numbers(&d);
	free(d.field);
	free(d.row);
	buf_release(&alt);
	buf_release(&caption);
}

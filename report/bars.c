/* SPDX-License-Identifier: Apache-2.0 */
#include "report/bars.h"
#include "report/page.h"
#include "report/svg.h"
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 760, LEFT = 176, RIGHT = 150, HIGH = 16, GAP = 12, FIELD = WIDTH - LEFT - RIGHT };

/* units that have a larger one: nJ -> uJ, mJ; um2 -> mm2 */
void bars_quantity(double v, const char *unit, struct buf *out)
{
	static const struct { const char *from, *to; double by; } larger[] = { { "nJ", "uJ", 1e3 }, { "uJ", "mJ", 1e3 }, { "mJ", "J", 1e3 }, { "ns", "us", 1e3 }, { "us", "ms", 1e3 }, { "ms", "s", 1e3 }, { "um2", "mm2", 1e6 } };
	char text[40];

	for (size_t i = 0; i < sizeof(larger) / sizeof(*larger); i++)
		if (!strcmp(unit, larger[i].from) && v >= larger[i].by) {
			v /= larger[i].by;
			unit = larger[i].to;
		}
	if (v >= 1e4 && v < 1e15 && v == floor(v)) /* counts: all digits */
		snprintf(text, sizeof(text), "%.0f", v);
	else
		snprintf(text, sizeof(text), "%.5g", v);
	buf_addf(out, "%s%s%s", text, *unit ? " " : "", unit);
}

static void one(const struct bars *b, const struct bars_row *r, int s, double most, double y, struct buf *out)
{
	double w = most > 0 ? FIELD * r->value[s] / most : 0;
	struct buf text;

	buf_init(&text);
	if (isnan(r->value[s])) {
		buf_adds(&text, r->note ? r->note : "not given");
		svg_text(out, LEFT + 4, y + HIGH - 4, "class=\"soft\" font-style=\"italic\"", text.data);
	} else {
		svg_rect(out, LEFT, y, w < 1.5 && r->value[s] > 0 ? 1.5 : w, HIGH, s ? "class=\"c1\"" : "class=\"c0\"", NULL);
		bars_quantity(r->value[s], b->unit, &text);
		svg_text(out, LEFT + w + 6, y + HIGH - 4, "", text.data);
	}
	buf_release(&text);
}

void bars_figure(const struct bars *b, struct buf *out)
{
	int series = b->series[1] ? 2 : 1;
	double each = series * (HIGH + 2) + GAP, top = series > 1 ? 26 : 4, most = 0;
	struct page_figure f = { b->name, WIDTH, top + (double)b->n * each, 600, b->alt, b->caption };

	for (size_t i = 0; i < b->n; i++)
		for (int s = 0; s < series; s++)
			most = isnan(b->row[i].value[s]) ? most : fmax(most, b->row[i].value[s]);
	page_figure(out, &f);
	for (int s = 0; series > 1 && s < series; s++) {
		svg_rect(out, LEFT + 150 * s, 2, 14, 14, s ? "class=\"c1\"" : "class=\"c0\"", NULL);
		svg_text(out, LEFT + 150 * s + 20, 13.5, "", b->series[s]);
	}
	for (size_t i = 0; i < b->n; i++) {
		double y = top + (double)i * each;

		svg_text(out, LEFT - 8, y + series * (HIGH + 2) / 2.0 + 4, "text-anchor=\"end\"", b->row[i].name);
		for (int s = 0; s < series; s++)
			one(b, &b->row[i], s, most, y + s * (HIGH + 2), out);
	}
	svg_line(out, LEFT, top - 2, LEFT, top + (double)b->n * each - GAP + 2, "class=\"axis\"");
	page_figure_end(out, &f);
}

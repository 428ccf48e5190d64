/* SPDX-License-Identifier: Apache-2.0 */
#include "report/curve.h"
#include "report/page.h"
#include "report/svg.h"
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

enum { WIDTH = 720, HEIGHT = 340, LEFT = 72, RIGHT = 20, TOP = 40, BOTTOM = 48 };

/* a range over more than a decade is logarithmic */
struct drawing { const struct curve *c; double lo, hi; int x0, x1; struct buf *out; };

static bool logarithmic(const struct drawing *d)
{
	return d->hi > 10 * d->lo;
}

static double at_x(const struct drawing *d, double x)
{
	return LEFT + 24 + (x - d->x0) * (WIDTH - LEFT - RIGHT - 48) / (d->x1 > d->x0 ? d->x1 - d->x0 : 1);
}

static double place(const struct drawing *d, double y)
{
	return logarithmic(d) ? log(y / d->lo) / log(d->hi / d->lo) : (y - d->lo) / (d->hi - d->lo);
}

static double at_y(const struct drawing *d, double y)
{
	return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * place(d, y);
}

static void find_range(struct drawing *d)
{
	const struct curve *c = d->c;
	double pad;

	d->lo = d->hi = c->point[0].y;
	d->x0 = c->point[0].x;
	d->x1 = c->point[c->n - 1].x;
	for (size_t i = 0; i < c->n; i++) {
		d->lo = fmin(d->lo, c->point[i].y);
		d->hi = fmax(d->hi, c->point[i].y);
	}
	if (c->level > 0) {
		d->lo = fmin(d->lo, c->level);
		d->hi = fmax(d->hi, c->level);
	}
	if (logarithmic(d)) {
		d->lo /= 1.25;
		d->hi *= 1.25;
		return;
	}
	pad = (d->hi - d->lo) * 0.12;
	pad = pad > 0 ? pad : d->hi * 0.05;
	d->lo -= pad;
	d->hi += pad;
}

static void rule(const struct drawing *d, double y)
{
	char text[32];

	svg_line(d->out, LEFT, at_y(d, y), WIDTH - RIGHT, at_y(d, y), "class=\"line\"");
	snprintf(text, sizeof(text), "%.6g", y);
	svg_text(d->out, LEFT - 8, at_y(d, y) + 4, "text-anchor=\"end\" class=\"soft\" font-size=\"12\"", text);
}

static void rules(const struct drawing *d)
{
	static const double nice[] = { 1, 2, 5 };
	double step = pow(10, floor(log10((d->hi - d->lo) / 4)));

	if (logarithmic(d)) {
		for (double ten = pow(10, floor(log10(d->lo))); ten <= d->hi; ten *= 10)
			for (int i = 0; i < (d->hi > 300 * d->lo ? 1 : 3); i++)
				if (nice[i] * ten >= d->lo && nice[i] * ten <= d->hi)
					rule(d, nice[i] * ten);
		return;
	}
	while ((d->hi - d->lo) / step > 6)
		step *= (d->hi - d->lo) / step > 12 ? 5 : 2;
	for (double k = ceil(d->lo / step); k * step <= d->hi; k++)
		rule(d, k * step);
}

void curve_figure(const struct curve *c, struct buf *out)
{
	struct drawing d = { .c = c, .out = out };
	struct page_figure f = { c->name, WIDTH, HEIGHT, 560, c->alt, c->caption };
	char text[48];

	find_range(&d);
	page_figure(out, &f);
	rules(&d);
	svg_text(out, 8, 14, "class=\"soft\"", c->y_title);
	svg_text(out, WIDTH - RIGHT, HEIGHT - 8, "text-anchor=\"end\" class=\"soft\"", c->x_title);
	svg_line(out, LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "class=\"axis\"");
	if (c->level > 0) {
		svg_line(out, LEFT, at_y(&d, c->level), WIDTH - RIGHT, at_y(&d, c->level), "class=\"s4\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"");
		svg_line(out, WIDTH - RIGHT - 130, 10, WIDTH - RIGHT - 100, 10, "class=\"s4\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"");
		svg_text(out, WIDTH - RIGHT - 94, 14, "", c->level_name);
	}
	buf_adds(out, "<path class=\"s0\" stroke-width=\"2\" d=\"");
	for (size_t i = 0; i < c->n; i++) {
		buf_adds(out, i ? "L" : "M");
		svg_number(out, at_x(&d, c->point[i].x));
		buf_adds(out, " ");
		svg_number(out, at_y(&d, c->point[i].y));
	}
	buf_adds(out, "\"/>\n");
	for (size_t i = 0; i < c->n; i++) {
		double x = at_x(&d, c->point[i].x), y = at_y(&d, c->point[i].y);

		svg_rect(out, x - 4, y - 4, 8, 8, "class=\"c0\" rx=\"4\"", NULL);
		snprintf(text, sizeof(text), "%.5g", c->point[i].y);
		svg_text(out, x, y - 10, "text-anchor=\"middle\" class=\"halo\" font-size=\"12\"", text);
		snprintf(text, sizeof(text), "%d", c->point[i].x);
		svg_text(out, x, HEIGHT - BOTTOM + 17, "text-anchor=\"middle\"", text);
	}
	page_figure_end(out, &f);
}

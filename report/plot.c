/* The scatter plot: field, grid, staircase, markers, then the legend in a column of its own.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/plot.h"
#include "common/mem.h"
#include "report/axis.h"
#include "report/svg.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 1040, LEFT = 92, TOP = 84, FIELD_W = 700, FIELD_H = 480, LEGEND = LEFT + FIELD_W + 36, NOTE = 19, BOTTOM = 70 };

/* Okabe and Ito 2008, without black and yellow, which vanish among axes and on white */
static const char *const colour[PLOT_MAX_SERIES] = { "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00" };
static const double least_radius = 4.5, most_radius = 12;

struct drawing { const struct plot *p; struct axis x, y; double least, most; /* of size */ struct buf *out; };

static double at_x(const struct drawing *d, double v)
{
	return LEFT + FIELD_W * axis_place(&d->x, v);
}

static double at_y(const struct drawing *d, double v)
{
	return TOP + FIELD_H * (1 - axis_place(&d->y, v));
}

/* even steps for even factors: sizes range over decades as the axes do */
static double radius(const struct drawing *d, double size)
{
	if (!(size > 0) || d->most <= d->least)
		return size > 0 ? 7 : least_radius;
	return least_radius + (most_radius - least_radius) * log(size / d->least) / log(d->most / d->least);
}

/* shapes of about equal ink: circle, square, diamond, triangle up, triangle down */
static void marker(struct buf *out, int shape, double x, double y, double r, const char *attributes, const char *tip)
{
	static const double corner[PLOT_MAX_SERIES][4][2] = {
		{ { 0 } },
		{ { -0.88, -0.88 }, { 0.88, -0.88 }, { 0.88, 0.88 }, { -0.88, 0.88 } },
		{ { 0, -1.25 }, { 1.25, 0 }, { 0, 1.25 }, { -1.25, 0 } },
		{ { 0, -1.3 }, { 1.15, 0.8 }, { -1.15, 0.8 } },
		{ { 0, 1.3 }, { 1.15, -0.8 }, { -1.15, -0.8 } },
	};

	svg_open(out, attributes, tip);
	if (!shape) {
		buf_adds(out, "<circle cx=\"");
		svg_number(out, x);
		buf_adds(out, "\" cy=\"");
		svg_number(out, y);
		buf_adds(out, "\" r=\"");
		svg_number(out, r);
		buf_adds(out, "\"/>\n");
	} else {
		buf_adds(out, "<polygon points=\"");
		for (int i = 0; i < (shape < 3 ? 4 : 3); i++) {
			buf_adds(out, i ? " " : "");
			svg_number(out, x + r * corner[shape][i][0]);
			buf_adds(out, ",");
			svg_number(out, y + r * corner[shape][i][1]);
		}
		buf_adds(out, "\"/>\n");
	}
	svg_close(out);
}

static void title_of(const struct plot_axis *what, const struct axis *a, struct buf *out)
{
	buf_addf(out, "%s%s%s%s", what->what, *a->unit ? " (" : "", a->unit, *a->unit ? ")" : "");
}

static void grid(struct drawing *d)
{
	static const char thin[] = "stroke=\"#f0f0f0\"", line[] = "stroke=\"#dcdcdc\"";
	const double right = LEFT + FIELD_W, bottom = TOP + FIELD_H;
	struct buf text;

	buf_init(&text);
	svg_rect(d->out, LEFT, TOP, FIELD_W, FIELD_H, "fill=\"#fcfcfc\" stroke=\"none\"", NULL);
	for (int i = 0; i < d->x.n_minor; i++)
		svg_line(d->out, at_x(d, d->x.minor[i]), TOP, at_x(d, d->x.minor[i]), bottom, thin);
	for (int i = 0; i < d->y.n_minor; i++)
		svg_line(d->out, LEFT, at_y(d, d->y.minor[i]), right, at_y(d, d->y.minor[i]), thin);
	for (int i = 0; i < d->x.n_ticks; i++) {
		buf_clear(&text);
		axis_label(&d->x, d->x.at[i], &text);
		svg_line(d->out, at_x(d, d->x.at[i]), TOP, at_x(d, d->x.at[i]), bottom, line);
		svg_text(d->out, at_x(d, d->x.at[i]), bottom + 19, "text-anchor=\"middle\"", text.data);
	}
	for (int i = 0; i < d->y.n_ticks; i++) {
		buf_clear(&text);
		axis_label(&d->y, d->y.at[i], &text);
		svg_line(d->out, LEFT, at_y(d, d->y.at[i]), right, at_y(d, d->y.at[i]), line);
		svg_text(d->out, LEFT - 9, at_y(d, d->y.at[i]) + 4.5, "text-anchor=\"end\"", text.data);
	}
	svg_rect(d->out, LEFT, TOP, FIELD_W, FIELD_H, "fill=\"none\" stroke=\"#888\"", NULL);
	buf_clear(&text);
	title_of(&d->p->x, &d->x, &text);
	svg_text(d->out, LEFT + FIELD_W / 2.0, bottom + 46, "text-anchor=\"middle\" font-size=\"15\"", text.data);
	buf_clear(&text);
	title_of(&d->p->y, &d->y, &text);
	svg_open(d->out, "transform=\"translate(26 324) rotate(-90)\"", NULL);
	svg_text(d->out, 0, 0, "text-anchor=\"middle\" font-size=\"15\"", text.data);
	svg_close(d->out);
	buf_release(&text);
}

static int by_x_y(const void *a, const void *b)
{
	const struct plot_point *p = *(const struct plot_point *const *)a, *q = *(const struct plot_point *const *)b;

	if (p->x != q->x)
		return p->x < q->x ? -1 : 1;
	return p->y == q->y ? 0 : p->y < q->y ? -1 : 1;
}

/* from the upper edge to the right one: below and left of the line there is no point, or only hollow ones */
static void staircase(struct drawing *d)
{
	const struct plot_point **order = MEM_NEW(d->p->n, const struct plot_point *);
	double best = INFINITY;

	for (size_t i = 0; i < d->p->n; i++)
		order[i] = &d->p->point[i];
	qsort(order, d->p->n, sizeof(*order), by_x_y);
	buf_adds(d->out, "<path fill=\"none\" stroke=\"#444\" stroke-width=\"1.6\" stroke-linejoin=\"round\" d=\"");
	for (size_t i = 0; i < d->p->n; i++) {
		if (order[i]->y >= best || order[i]->hollow)
			continue;
		buf_adds(d->out, best == INFINITY ? "M" : "H");
		svg_number(d->out, at_x(d, order[i]->x));
		if (best == INFINITY)
			buf_addf(d->out, " %d", TOP);
		buf_adds(d->out, "V");
		svg_number(d->out, at_y(d, order[i]->y));
		best = order[i]->y;
	}
	if (best < INFINITY)
		buf_addf(d->out, "H%d", LEFT + FIELD_W);
	buf_adds(d->out, "\"/>\n");
	free(order);
}

/* large ones below small ones, the front above the others; the order given breaks ties */
static int by_depth(const void *a, const void *b)
{
	const struct plot_point *p = *(const struct plot_point *const *)a, *q = *(const struct plot_point *const *)b;

	if (p->marked != q->marked)
		return p->marked ? 1 : -1;
	if (p->size != q->size)
		return p->size > q->size ? -1 : 1;
	return p < q ? -1 : p > q;
}

static void points(struct drawing *d)
{
	const struct plot_point **order = MEM_NEW(d->p->n, const struct plot_point *);
	char attributes[160];

	for (size_t i = 0; i < d->p->n; i++)
		order[i] = &d->p->point[i];
	qsort(order, d->p->n, sizeof(*order), by_depth);
	for (size_t i = 0; i < d->p->n; i++) {
		const struct plot_point *p = order[i];

		snprintf(attributes, sizeof(attributes), "fill=\"%s\" fill-opacity=\"%s\" stroke=\"%s\" stroke-width=\"%s\"", p->hollow ? "#fff" : colour[p->series],
			p->hollow ? "0.5" : p->marked ? "0.9" : "0.45", p->marked ? "#111" : colour[p->series], p->marked ? "1.6" : "0.8");
		marker(d->out, p->series, at_x(d, p->x), at_y(d, p->y), radius(d, p->size), attributes, p->tip);
	}
	for (size_t i = 0; i < d->p->n; i++)
		if (d->p->point[i].label)
			svg_text(d->out, at_x(d, d->p->point[i].x) + radius(d, d->p->point[i].size) + 3, at_y(d, d->p->point[i].y) - 6,
				"font-weight=\"bold\" font-size=\"14\" stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\" stroke-linejoin=\"round\"", d->p->point[i].label);
	free(order);
}

static bool series_used(const struct plot *p, int series)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->point[i].series == series)
			return true;
	return false;
}

static bool any_hollow(const struct plot *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->point[i].hollow)
			return true;
	return false;
}

static void legend_sizes(struct drawing *d, double y)
{
	struct buf text;

	if (!(d->least > 0))
		return;
	buf_init(&text);
	svg_text(d->out, LEGEND, y, "font-weight=\"bold\"", d->p->size.what);
	y += 26;
	for (int i = 0; i < 3; i++, y += 28) {
		double size = d->least * pow(d->most / d->least, i / 2.0);

		buf_clear(&text);
		plot_quantity(size, d->p->size.unit, &text);
		marker(d->out, 0, LEGEND + 14, y - 4.5, radius(d, size), "fill=\"#999\" fill-opacity=\"0.5\" stroke=\"#666\" stroke-width=\"0.8\"", NULL);
		svg_text(d->out, LEGEND + 36, y, "", text.data);
		if (d->most <= d->least)
			break;
	}
	buf_release(&text);
}

static void legend(struct drawing *d)
{
	const struct plot *p = d->p;
	char attributes[100];
	double y = TOP + 12;

	svg_text(d->out, LEGEND, y, "font-weight=\"bold\"", p->series_title);
	y += 26;
	for (int i = 0; i < PLOT_MAX_SERIES; i++) {
		if (!p->series[i] || !series_used(p, i))
			continue;
		snprintf(attributes, sizeof(attributes), "fill=\"%s\" fill-opacity=\"0.8\" stroke=\"%s\"", colour[i], colour[i]);
		marker(d->out, i, LEGEND + 14, y - 4.5, 7, attributes, NULL);
		svg_text(d->out, LEGEND + 36, y, "", p->series[i]);
		y += 26;
	}
	y += 14;
	svg_text(d->out, LEGEND, y, "font-weight=\"bold\"", "front");
	y += 26;
	marker(d->out, 0, LEGEND + 14, y - 4.5, 7, "fill=\"#bbb\" stroke=\"#111\" stroke-width=\"1.6\"", NULL);
	svg_text(d->out, LEGEND + 36, y, "", p->front);
	y += 26;
	svg_line(d->out, LEGEND + 2, y - 4.5, LEGEND + 26, y - 4.5, "stroke=\"#444\" stroke-width=\"1.6\"");
	svg_text(d->out, LEGEND + 36, y, "", any_hollow(p) ? "nothing filled below, left of it" : "nothing below, left of it");
	y += 26;
	if (any_hollow(p)) {
		marker(d->out, 0, LEGEND + 14, y - 4.5, 7, "fill=\"#fff\" stroke=\"#666\" stroke-width=\"1.2\"", NULL);
		svg_text(d->out, LEGEND + 36, y, "", p->hollow);
		y += 26;
	}
	legend_sizes(d, y + 14);
}

static void range_of_points(struct drawing *d)
{
	const struct plot *p = d->p;
	double lo_x = INFINITY, hi_x = 0, lo_y = INFINITY, hi_y = 0, lo = INFINITY;

	for (size_t i = 0; i < p->n; i++) {
		const struct plot_point *q = &p->point[i];

		lo_x = fmin(lo_x, q->x);
		hi_x = fmax(hi_x, q->x);
		lo_y = fmin(lo_y, q->y);
		hi_y = fmax(hi_y, q->y);
		if (q->size > 0) {
			lo = fmin(lo, q->size);
			d->most = fmax(d->most, q->size);
		}
	}
	d->least = lo < INFINITY ? lo : 0;
	axis_make(&d->x, p->n ? lo_x : 1, p->n ? hi_x : 10, p->x.unit);
	axis_make(&d->y, p->n ? lo_y : 1, p->n ? hi_y : 10, p->y.unit);
}

void plot_svg(const struct plot *p, struct buf *out)
{
	struct drawing d = { .p = p, .out = out };

	range_of_points(&d);
	svg_begin(out, WIDTH, TOP + FIELD_H + BOTTOM + NOTE * (double)p->n_notes, p->title);
	svg_text(out, LEFT, 36, "font-size=\"20\" font-weight=\"bold\"", p->title);
	svg_text(out, LEFT, 62, "font-size=\"14\" fill=\"#555\"", p->subtitle);
	grid(&d);
	if (p->n) {
		staircase(&d);
		points(&d);
		legend(&d);
	} else {
		svg_text(out, LEFT + FIELD_W / 2.0, TOP + FIELD_H / 2.0, "text-anchor=\"middle\" font-size=\"16\" fill=\"#555\"", "no point to draw");
	}
	for (size_t i = 0; i < p->n_notes; i++)
		svg_text(out, LEFT, TOP + FIELD_H + BOTTOM + NOTE * (double)i, "", p->note[i]);
	svg_end(out);
}

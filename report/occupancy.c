/* The page of an occupancy picture: heading, legend, arrays, histogram. Cells are drawn in a group scaled to the array, so that coordinates are rows and columns.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/occupancy.h"
#include "common/mem.h"
#include "report/occupancy_parts.h"
#include "report/svg.h"
#include <stdio.h>
#include <stdlib.h>

enum { MARGIN = 40, GAP = 28, TOP = 82, LEGEND_ROW = 24, LEGEND_W = 210, CAPTION = 22, LEAST_WIDTH = 900 };

struct page {
	const struct occupancy *o;
	size_t first, n;          /* images drawn */
	int across;               /* arrays side by side */
	double side;              /* pixels of an array's longer side */
	double width;
	double scale;             /* pixels of a cell */
	struct occupancy_shapes shapes;
	bool *used;               /* [n_kinds][2]: this kind and stage is among the images drawn */
	bool padded, two_stages;
};

static void lay_out(struct page *g)
{
	const struct occupancy *o = g->o;
	size_t images = o->placement->n_images;
	int longer = o->rows > o->cols ? o->rows : o->cols;

	g->first = o->first < images ? o->first : images;
	g->n = o->count < images - g->first ? o->count : images - g->first;
	g->across = g->n <= 1 ? 1 : g->n == 2 ? 2 : g->n <= 6 ? 3 : 4;
	g->side = g->across == 1 ? 640 : g->across == 2 ? 460 : g->across == 3 ? 340 : 270;
	g->scale = g->side / longer;
	g->width = 2 * MARGIN + g->across * (o->cols * g->scale) + (g->across - 1) * GAP;
	if (g->width < LEAST_WIDTH)
		g->width = LEAST_WIDTH;
	g->used = MEM_NEW((size_t)o->n_kinds * 2, bool);
}

/* "inputs 0..31 of 32, rows 5..13 step 2" and the like */
static void span(struct buf *out, const char *what, int first, int n, int stride)
{
	buf_addf(out, "%s %d", what, first);
	if (n > 1)
		buf_addf(out, "..%d", first + (n - 1) * stride);
	if (n > 1 && stride > 1)
		buf_addf(out, " step %d", stride);
}

static void piece_tip(const struct occupancy *o, const struct place_piece *p, struct buf *tip)
{
	buf_clear(tip);
	o->label(o->ctx, p->block, tip);
	buf_adds(tip, "\n");
	span(tip, "inputs", p->in0, p->n_in, 1);
	span(tip, ", outputs", p->out0, p->n_out, 1);
	if (p->n_slice > 1 || p->slice0)
		span(tip, ", slices", p->slice0, p->n_slice, 1);
	buf_adds(tip, "\n");
	span(tip, "rows", p->row, p->n_in, p->row_stride);
	span(tip, ", columns", p->col, p->n_out * p->n_slice, p->col_stride);
}

/* padding below, real cells on it */
static void draw_piece(struct page *g, struct buf *out, const struct place_piece *p, struct buf *tip)
{
	const struct occupancy *o = g->o;
	const struct place_block *b = &o->block[p->block];
	struct occupancy_real real = occupancy_real(b, p);
	struct occupancy_label l = o->label(o->ctx, p->block, NULL);
	struct occupancy_shape whole = { p->n_in, p->row_stride, p->n_out * p->n_slice, p->col_stride }, part = whole;
	char hex[8], attributes[100];

	piece_tip(o, p, tip);
	svg_open(out, "class=\"piece\"", tip->data);
	if (real.n_in != p->n_in || real.n_out != p->n_out) {
		occupancy_cells(&g->shapes, out, &whole, p->row, p->col, "class=\"pad\" fill=\"" OCCUPANCY_PADDING "\"");
		g->padded = true;
	}
	if (real.n_in) {
		int less;

		part.rows = real.n_in;
		part.cols = real.n_out * p->n_slice;
		less = part.rows < part.cols ? part.rows : part.cols;
		occupancy_colour(l.kind, l.stage, p->block % OCCUPANCY_SHADES, hex);
		/* an edge only where it leaves something to see */
		if (p->row_stride == 1 && p->col_stride == 1 && less * g->scale > 5)
			snprintf(attributes, sizeof(attributes), "class=\"edge\" fill=\"%s\" stroke=\"#fff\" stroke-width=\"%.3f\"", hex, 1 / g->scale);
		else
			snprintf(attributes, sizeof(attributes), "fill=\"%s\"", hex);
		occupancy_cells(&g->shapes, out, &part, p->row, p->col, attributes);
		g->used[2 * l.kind + l.stage] = true;
	}
	svg_close(out);
}

static uint64_t real_cells(const struct occupancy *o, const struct place_step *s)
{
	uint64_t n = 0;

	for (int i = 0; i < s->n_pieces; i++) {
		const struct place_piece *p = &o->placement->piece[s->piece + (size_t)i];
		struct occupancy_real r = occupancy_real(&o->block[p->block], p);

		n += (uint64_t)r.n_in * (uint64_t)r.n_out * (uint64_t)p->n_slice;
	}
	return n;
}

static void caption(const struct occupancy *o, size_t image, double utilisation, double x, double y, struct buf *out)
{
	const struct place_image *m = &o->placement->image[image];
	char text[120];
	int n = snprintf(text, sizeof(text), "array %ld", m->array);

	if (m->turn)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", load %d", m->turn + 1);
	snprintf(text + n, sizeof(text) - (size_t)n, ": %.2f %%", 100 * utilisation);
	svg_text(out, x, y, "", text);
}

/* `at`: of the images drawn; `step`: the first of its image, whose steps lie together */
static void draw_array(struct page *g, struct buf *out, size_t at, size_t step, double utilisation)
{
	const struct occupancy *o = g->o;
	double w = o->cols * g->scale, h = o->rows * g->scale;
	double x = MARGIN + (double)(at % (size_t)g->across) * (w + GAP), y = (double)(at / (size_t)g->across) * (h + CAPTION + GAP);
	struct buf where, tip;

	buf_init(&where);
	buf_init(&tip);
	svg_rect(out, x, y, w, h, "class=\"sunk\" fill=\"#fafafa\"", NULL);
	buf_addf(&where, "class=\"array\" shape-rendering=\"crispEdges\" transform=\"translate(");
	svg_number(&where, x);
	buf_adds(&where, " ");
	svg_number(&where, y);
	buf_addf(&where, ") scale(%.6f)\"", g->scale);
	svg_open(out, where.data, NULL);
	for (; step < o->placement->n_steps && (size_t)o->placement->step[step].image == g->first + at; step++)
		for (int i = 0; i < o->placement->step[step].n_pieces; i++)
			draw_piece(g, out, &o->placement->piece[o->placement->step[step].piece + (size_t)i], &tip);
	svg_close(out);
	svg_rect(out, x, y, w, h, "class=\"axis\" fill=\"none\" stroke=\"#555\"", NULL);
	caption(o, g->first + at, utilisation, x, y + h + 17, out);
	buf_release(&where);
	buf_release(&tip);
}

static double draw_legend(const struct page *g, struct buf *out, double y)
{
	int n = 0, per_row = (int)((g->width - 2 * MARGIN) / LEGEND_W);
	char hex[8], attributes[64], text[96];

	for (int i = 0; i < 2 * g->o->n_kinds + 1; i++) {
		bool padding = i == 2 * g->o->n_kinds;
		double x = MARGIN + n % per_row * LEGEND_W, at = y + n / per_row * LEGEND_ROW;

		if (padding ? !g->padded : !g->used[i])
			continue;
		if (padding)
			snprintf(hex, sizeof(hex), "%s", OCCUPANCY_PADDING);
		else
			occupancy_colour(i / 2, i % 2, 0, hex);
		snprintf(attributes, sizeof(attributes), "fill=\"%s\" stroke=\"#666\" stroke-width=\"0.6\"", hex);
		svg_rect(out, x, at - 11, 14, 14, attributes, NULL);
		/* a kind that never has a second stage needs no word about it */
		snprintf(text, sizeof(text), "%.60s%s", padding ? "padding: stored zeros" : g->o->kind_name[i / 2], padding ? "" : i % 2 ? ", second stage (L)" : g->two_stages ? ", first stage (R)" : "");
		svg_text(out, x + 21, at, "", text);
		n++;
	}
	return y + (n + per_row - 1) / per_row * LEGEND_ROW;
}

static void arrays(struct page *g, const double *utilisation, struct buf *out)
{
	const struct placement *p = g->o->placement;
	size_t *begin = MEM_NEW(p->n_images, size_t); /* first step of an image */

	for (size_t i = p->n_steps; i-- > 0;)
		begin[p->step[i].image] = i;
	for (size_t i = 0; i < g->n; i++)
		draw_array(g, out, i, begin[g->first + i], utilisation[g->first + i]);
	for (size_t i = 0; i < p->n_pieces && !g->two_stages; i++)
		g->two_stages = g->o->label(g->o->ctx, p->piece[i].block, NULL).stage != 0;
	free(begin);
}

static double *utilisation_of(const struct occupancy *o)
{
	const struct placement *p = o->placement;
	double *u = MEM_NEW(p->n_images, double);

	for (size_t i = 0; i < p->n_steps; i++)
		u[p->step[i].image] += (double)real_cells(o, &p->step[i]) / ((double)o->rows * o->cols);
	return u;
}

/* Legend, then arrays, from y on; the arrays come first, in a buffer of their own: the legend above them shows what they hold. Returns where it ends. */
static double body(struct page *g, const double *utilisation, double y, struct buf *out)
{
	const struct occupancy *o = g->o;
	struct buf drawn;

	buf_init(&g->shapes.defs);
	buf_init(&drawn);
	arrays(g, utilisation, &drawn);
	y = draw_legend(g, out, y);
	buf_addf(out, "<defs>\n%s</defs>\n<g transform=\"translate(0 ", g->shapes.defs.data);
	svg_number(out, y);
	buf_adds(out, ")\">\n");
	buf_add(out, drawn.data, drawn.len);
	svg_close(out);
	buf_release(&drawn);
	buf_release(&g->shapes.defs);
	free(g->shapes.shape);
	free(g->used);
	return y + (double)((g->n + (size_t)g->across - 1) / (size_t)g->across) * (o->rows * g->scale + CAPTION + GAP);
}

void occupancy_arrays(const struct occupancy *o, struct buf *out, double *width, double *height)
{
	struct page g = { .o = o };
	double *utilisation = utilisation_of(o);

	lay_out(&g);
	*width = g.width;
	*height = body(&g, utilisation, 14, out) - GAP;
	free(utilisation);
}

void occupancy_svg(const struct occupancy *o, struct buf *out)
{
	const struct placement *p = o->placement;
	struct page g = { .o = o };
	double *utilisation = utilisation_of(o), mean = 0, y;
	uint64_t bins[OCCUPANCY_BINS] = { 0 };
	struct buf drawn;

	lay_out(&g);
	for (size_t i = 0; i < p->n_images; i++) {
		int bin = (int)(utilisation[i] * OCCUPANCY_BINS);

		bins[bin < OCCUPANCY_BINS ? bin : OCCUPANCY_BINS - 1]++;
		mean += utilisation[i] / (double)p->n_images;
	}
	buf_init(&drawn);
	y = body(&g, utilisation, TOP + 14, &drawn);
	svg_begin(out, g.width, y + OCCUPANCY_HISTOGRAM_H + MARGIN, o->title);
	svg_text(out, MARGIN, 36, "font-size=\"20\" font-weight=\"bold\"", o->title);
	svg_text(out, MARGIN, 60, "font-size=\"14\" fill=\"#555\"", o->subtitle);
	buf_add(out, drawn.data, drawn.len);
	occupancy_histogram(out, MARGIN, y + 6, bins, mean);
	svg_end(out);
	buf_release(&drawn);
	free(utilisation);
}

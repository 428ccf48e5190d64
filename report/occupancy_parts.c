/* Colours, shapes and the histogram of occupancy pictures.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/occupancy_parts.h"
#include "common/mem.h"
#include "report/svg.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void occupancy_colour(int kind, int stage, int shade, char hex[8])
{
	/* Okabe and Ito 2008, grey for the eighth */
	static const unsigned base[OCCUPANCY_COLOURS] = { 0x0072b2, 0xe69f00, 0x009e73, 0xcc79a7, 0xd55e00, 0x56b4e9, 0xc9b800, 0x777777 };
	unsigned c = base[kind % OCCUPANCY_COLOURS];
	int white = (stage ? 48 : 0) + 11 * shade; /* per cent mixed in */
	int rgb[3];

	for (int i = 0; i < 3; i++) {
		rgb[i] = (int)(c >> (16 - 8 * i) & 255);
		rgb[i] += (255 - rgb[i]) * white / 100;
	}
	snprintf(hex, 8, "#%02x%02x%02x", (unsigned)rgb[0] & 255, (unsigned)rgb[1] & 255, (unsigned)rgb[2] & 255);
}

static int within(int first, int n, int real)
{
	return real - first < 0 ? 0 : real - first < n ? real - first : n;
}

struct occupancy_real occupancy_real(const struct place_block *b, const struct place_piece *p)
{
	struct occupancy_real r = { 0 };

	if (b->real) {
		r.n_in = within(p->in0, p->n_in, b->in);
		r.n_out = within(p->out0, p->n_out, b->out);
	}
	if (!r.n_in || !r.n_out)
		r = (struct occupancy_real){ 0 };
	return r;
}

/* cells that touch become one rectangle of the path */
static void comb(struct buf *out, const struct occupancy_shape *s)
{
	int w = s->col_stride == 1 ? s->cols : 1, h = s->row_stride == 1 ? s->rows : 1;

	for (int r = 0; r < s->rows; r += h)
		for (int c = 0; c < s->cols; c += w)
			buf_addf(out, "M%d %dh%dv%dh-%dz", c * s->col_stride, r * s->row_stride, w, h, w);
}

void occupancy_cells(struct occupancy_shapes *s, struct buf *out, const struct occupancy_shape *shape, int row, int col, const char *attributes)
{
	/* a stride without a second cell is none */
	struct occupancy_shape want = { shape->rows, shape->rows > 1 ? shape->row_stride : 1, shape->cols, shape->cols > 1 ? shape->col_stride : 1 };
	size_t i = 0;

	if (want.row_stride == 1 && want.col_stride == 1) {
		svg_rect(out, col, row, want.cols, want.rows, attributes, NULL);
		return;
	}
	while (i < s->n && (s->shape[i].rows != want.rows || s->shape[i].row_stride != want.row_stride || s->shape[i].cols != want.cols || s->shape[i].col_stride != want.col_stride))
		i++;
	if (i == s->n) {
		s->shape = mem_realloc(s->shape, s->n + 1, sizeof(*s->shape));
		s->shape[s->n++] = want;
		buf_addf(&s->defs, "<path id=\"s%zu\" d=\"", i);
		comb(&s->defs, &want);
		buf_adds(&s->defs, "\"/>\n");
	}
	buf_addf(out, "<use xlink:href=\"#s%zu\" x=\"%d\" y=\"%d\" %s/>\n", i, col, row, attributes);
}

void occupancy_histogram(struct buf *out, double x, double y, const uint64_t count[OCCUPANCY_BINS], double mean)
{
	enum { BAR = 36, HEIGHT = 150 };
	uint64_t most = 1, all = 0;
	char text[96];

	for (int i = 0; i < OCCUPANCY_BINS; i++) {
		most = count[i] > most ? count[i] : most;
		all += count[i];
	}
	snprintf(text, sizeof(text), "Utilisation of all %" PRIu64 " array images, mean %.2f %%", all, 100 * mean);
	svg_text(out, x, y + 14, "font-weight=\"bold\" font-size=\"15\"", text);
	y += 46 + HEIGHT;
	for (int i = 0; i < OCCUPANCY_BINS; i++) {
		double h = HEIGHT * (double)count[i] / (double)most;

		if (count[i]) {
			h = h < 2 ? 2 : h; /* one among thousands is still there */
			svg_rect(out, x + BAR * i + 1, y - h, BAR - 2, h, "fill=\"#0072B2\"", NULL);
			snprintf(text, sizeof(text), "%" PRIu64, count[i]);
			svg_text(out, x + BAR * (i + 0.5), y - h - 5, "text-anchor=\"middle\" font-size=\"11\"", text);
		}
	}
	svg_line(out, x, y, x + BAR * OCCUPANCY_BINS, y, "stroke=\"#888\"");
	for (int i = 0; i <= OCCUPANCY_BINS; i += 2) {
		svg_line(out, x + BAR * i, y, x + BAR * i, y + 5, "stroke=\"#888\"");
		snprintf(text, sizeof(text), "%d", i * 100 / OCCUPANCY_BINS);
		svg_text(out, x + BAR * i, y + 19, "text-anchor=\"middle\" font-size=\"12\"", text);
	}
	svg_text(out, x + BAR * OCCUPANCY_BINS / 2.0, y + 40, "text-anchor=\"middle\"", "cells that hold real weights (%)");
}

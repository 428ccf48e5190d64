/* SPDX-License-Identifier: Apache-2.0 */
#include "report/histogram.h"
#include "common/mem.h"
#include "report/page.h"
#include "report/svg.h"
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 900, LEFT = 64, RIGHT = 16, TOP = 16, HIGH = 190, AXIS = 40, LEVEL = 30, FIELD = WIDTH - LEFT - RIGHT };

/* counts lo .. hi are drawn */
struct drawing { const struct count_histogram *h; int lo, hi; uint64_t most, all; double mean_steps; int deepest; struct buf *out; };

static uint64_t bin(const struct count_histogram *h, int count)
{
	return count < h->first || count >= h->first + h->n ? 0 : h->count[count - h->first];
}

static int last_code(const struct count_histogram *h)
{
	return (1 << h->bits) - 1;
}

static int code_of(const struct count_histogram *h, int count)
{
	int k = 0;

	while (k < last_code(h) && h->threshold[k + 1] <= count)
		k++;
	return k;
}

/* its code stands for more than a step */
static bool above(const struct count_histogram *h, int count)
{
	return count >= h->threshold[last_code(h)] + h->lsb;
}

/* all that occurred, and the window as far as it is not far away */
static void find_range(struct drawing *d)
{
	const struct count_histogram *h = d->h;
	int last = h->first;

	d->lo = h->first + h->n;
	for (int i = 0; i < h->n; i++) {
		if (!h->count[i])
			continue;
		d->lo = h->first + i < d->lo ? h->first + i : d->lo;
		last = h->first + i;
		d->all += h->count[i];
		d->most = h->count[i] > d->most ? h->count[i] : d->most;
	}
	d->hi = last;
	if (h->threshold[last_code(h)] > d->hi)
		d->hi = (int)fmin(ceil(h->threshold[last_code(h)]), 3.0 * last + 16);
	if (h->threshold[1] < d->lo)
		d->lo = (int)fmax(floor(h->threshold[1]) - 1, d->lo - (last - d->lo) - 16);
	d->lo = d->lo > 0 ? 0 : d->lo;
}

static double at(const struct drawing *d, double count)
{
	return LEFT + (count - d->lo + 0.5) * FIELD / (d->hi - d->lo + 1);
}

static double height(const struct drawing *d, uint64_t n)
{
	return n ? 2 + (HIGH - 2) * log1p((double)n) / log1p((double)d->most) : 0; /* tails are what windows cut */
}

static void axes(const struct drawing *d)
{
	struct buf *out = d->out;
	int step = 1, range = d->hi - d->lo;
	char text[24];

	for (uint64_t n = 1; n <= d->most && n < UINT64_MAX / 10; n *= 10) {
		double y = TOP + HIGH - height(d, n);

		svg_line(out, LEFT, y, WIDTH - RIGHT, y, "class=\"line\"");
		if (n == 1 || n * 10 > d->most || n == 100 || n == 10000 || n == 1000000) {
			snprintf(text, sizeof(text), "%" PRIu64, n);
			svg_text(out, LEFT - 8, y + 4, "text-anchor=\"end\" class=\"soft\" font-size=\"12\"", text);
		}
	}
	while (range / step > 16)
		step = step % 5 ? step * (step % 2 ? 2 : 5) / (step % 2 ? 1 : 2) : step * 2;
	for (int c = (d->lo + (d->lo < 0 ? 0 : step - 1)) / step * step; c <= d->hi; c += step) {
		snprintf(text, sizeof(text), "%d", c);
		svg_text(out, at(d, c), TOP + HIGH + 17, "text-anchor=\"middle\" class=\"soft\" font-size=\"12\"", text);
	}
	svg_text(out, WIDTH - RIGHT, TOP + HIGH + 34, "text-anchor=\"end\" class=\"soft\" font-size=\"12\"", "count of a column (cells that are driven and hold a one)");
	svg_line(out, LEFT, TOP + HIGH, WIDTH - RIGHT, TOP + HIGH, "class=\"axis\"");
}

static void bars(const struct drawing *d)
{
	double w = (double)FIELD / (d->hi - d->lo + 1);
	char tip[80];

	for (int c = d->lo; c <= d->hi; c++) {
		uint64_t n = bin(d->h, c);
		int code = code_of(d->h, c);

		if (!n)
			continue;
		snprintf(tip, sizeof(tip), "count %d: %" PRIu64 " conversions, ideal code %d", c, n, code);
		svg_rect(d->out, at(d, c) - w / 2 + (w > 3 ? 0.5 : 0), TOP + HIGH - height(d, n), w > 3 ? w - 1 : w, height(d, n), above(d->h, c) ? "class=\"c4\"" : code % 2 ? "class=\"c5\"" : "class=\"c0\"", tip);
	}
}

/* ---- the tree ---- */

/* codes i..j are left where node k stands: weight of them, depth first; finds how deep it goes and how long searches are */
static void measure(struct drawing *d, const uint64_t *weight, int k, int i, int j, int depth)
{
	if (!k || k <= i || k > j) { /* a leaf: the search is over */
		for (int c = i; c <= j; c++)
			d->mean_steps += (double)weight[c] * depth;
		d->deepest = depth > d->deepest ? depth : d->deepest;
		return;
	}
	measure(d, weight, d->h->left[k], i, k - 1, depth + 1);
	measure(d, weight, d->h->right[k], k, j, depth + 1);
}

static void branch(const struct drawing *d, double x, double y, int child)
{
	if (child)
		svg_line(d->out, x, y, at(d, d->h->threshold[child] - 0.5), y + LEVEL, "class=\"axis\"");
}

static void nodes(const struct drawing *d, int k, int i, int j, double y)
{
	const struct count_histogram *h = d->h;
	double x;
	char text[16], tip[96];

	if (!k || k <= i || k > j)
		return;
	x = at(d, h->threshold[k] - 0.5);
	branch(d, x, y, h->left[k]);
	branch(d, x, y, h->right[k]);
	nodes(d, h->left[k], i, k - 1, y + LEVEL);
	nodes(d, h->right[k], k, j, y + LEVEL);
	snprintf(tip, sizeof(tip), "asks: is the count at least %g (code %d or more)?", h->threshold[k], k);
	svg_open(d->out, "", tip);
	if (h->bits <= 5) {
		snprintf(text, sizeof(text), "%d", k);
		svg_rect(d->out, x - 10, y - 9, 20, 18, "class=\"c2\" rx=\"9\"", NULL);
		svg_text(d->out, x, y + 4.5, "text-anchor=\"middle\" class=\"ground\" font-size=\"11.5\" font-weight=\"600\"", text);
	} else {
		svg_rect(d->out, x - 1.5, y - 3, 3, 6, "class=\"c2\"", NULL);
	}
	svg_close(d->out);
}

static void numbers(const struct drawing *d)
{
	static const char *const head[] = { "count", "conversions", "ideal code" };
	const struct page_columns c = { 3, head, ~0u };

	page_details(d->out, "numbers");
	page_table(d->out, "Conversions by count", &c);
	for (int i = d->lo; i <= d->hi; i++) {
		char text[3][24];

		if (!bin(d->h, i))
			continue;
		snprintf(text[0], sizeof(text[0]), "%d", i);
		snprintf(text[1], sizeof(text[1]), "%" PRIu64, bin(d->h, i));
		snprintf(text[2], sizeof(text[2]), "%d", code_of(d->h, i));
		page_row(d->out, &c, (const char *[]){ text[0], text[1], text[2] });
	}
	page_table_end(d->out);
	page_details_end(d->out);
}

void histogram_figure(const struct count_histogram *h, struct buf *out)
{
	struct drawing d = { .h = h, .out = out };
	struct page_figure f = { "histogram of counts", WIDTH, TOP + HIGH + AXIS, 700, NULL, NULL };
	uint64_t *weight = MEM_NEW((size_t)1 << h->bits, uint64_t), cut = 0;
	struct buf alt, caption;
	bool tree = h->left && h->bits <= HISTOGRAM_TREE_BITS;

	find_range(&d);
	for (int i = 0; i < h->n; i++) {
		int code = code_of(h, h->first + i);

		weight[code] += h->count[i];
		if (above(h, h->first + i))
			cut += h->count[i];
	}
	if (tree) {
		measure(&d, weight, h->root, 0, last_code(h), 0);
		f.height += d.deepest * LEVEL;
	}
	buf_init(&alt);
	buf_init(&caption);
	buf_addf(&alt, "Histogram of %" PRIu64 " converted counts of %s, on a logarithmic scale, from %d to %d. %" PRIu64 " lie above the last step of the %d-bit converter.", d.all, h->of, d.lo, d.hi, cut, h->bits);
	if (tree)
		buf_addf(&alt, " Below it the search tree (%s) with %d nodes, %d deep; a conversion asks %.3f thresholds on the average.", h->tree_name, last_code(h), d.deepest,
			 d.all ? d.mean_steps / (double)d.all : 0);
	buf_addf(&caption, "%" PRIu64 " conversions of %s, logarithmic. Neighbouring codes alternate in colour; %" PRIu64 " counts (%.2f %%) lie above the last step and are clipped.", d.all, h->of, cut,
		 d.all ? 100 * (double)cut / (double)d.all : 0);
	if (tree)
		buf_addf(&caption, " Below: the order of asking (%s), node k under threshold k: %.3f comparisons on the average, at most %d.", h->tree_name, d.all ? d.mean_steps / (double)d.all : 0, d.deepest);
	f.alt = alt.data;
	f.caption = caption.data;
	page_figure(out, &f);
	axes(&d);
	bars(&d);
	if (tree)
		nodes(&d, h->root, 0, last_code(h), TOP + HIGH + AXIS + LEVEL / 2.0);
	page_figure_end(out, &f);
	numbers(&d);
	free(weight);
	buf_release(&alt);
	buf_release(&caption);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/timeline.h"
#include "report/page.h"
#include "report/svg.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 980, LEFT = 132, RIGHT = 16, TOP = 30, LANE = 17, GAP = 9, LEGEND = 22 };
#define FIELD (WIDTH - LEFT - RIGHT)

const char *const timeline_name[TL_STATES] = {
	"control", "input", "load", "activate", "output", "end", "wait", "evaluate", "hold", "ask", "serve", "convert", "drain",
};
const char *const timeline_lane_name[TL_LANES] = { "array", "converter", "adder" };

/* what it says in the legend, and how it looks; hollow: a wait is an outline, so that it differs by more than colour */
static const struct { const char *says, *class; bool hollow; } look[TL_STATES] = {
	[TL_CONTROL] = { "loops and indices", "c7", false }, [TL_INPUT] = { "input, parameters", "c5", false }, [TL_LOAD] = { "load rows", "c6", false },
	[TL_ACTIVATE] = { "activate", "c0", false }, [TL_OUTPUT] = { "requantise, put out", "c2", false }, [TL_END] = { "end", "c7", false },
	[TL_WAIT] = { "wait for tiles", "s4", true }, [TL_EVALUATE] = { "precharge, evaluate", "c0", false }, [TL_HOLD] = { "hold: converters busy", "s4", true },
	[TL_ASK] = { "wait for a reference", "s3", true }, [TL_SERVE] = { "serve as reference", "c3", false }, [TL_CONVERT] = { "convert", "c1", false },
	[TL_DRAIN] = { "add, write sums", "c2", false },
};

static double at(const struct timeline *t, int64_t clock)
{
	return LEFT + (double)(clock - t->from) * FIELD / (double)(t->to - t->from);
}

static void bar(struct buf *out, enum timeline_state s, double x, double y, double w, double h)
{
	char attributes[80];

	if (look[s].hollow) {
		snprintf(attributes, sizeof(attributes), "class=\"%s\" stroke-width=\"1.2\" stroke-dasharray=\"3 2\"", look[s].class);
		svg_rect(out, x + 0.6, y + 4, w > 1.8 ? w - 1.2 : 0.6, h - 8, attributes, NULL);
	} else {
		snprintf(attributes, sizeof(attributes), "class=\"%s\"", look[s].class);
		svg_rect(out, x, y, w > 1.6 ? w - 0.6 : w, h, attributes, NULL); /* a hair between neighbours */
	}
}

static void lane(const struct timeline *t, const struct timeline_spans *s, double y, const char *name, struct buf *out)
{
	svg_text(out, LEFT - 8, y + LANE - 4.5, "text-anchor=\"end\" class=\"soft\"", name);
	svg_rect(out, LEFT, y, FIELD, LANE, "class=\"sunk\"", NULL);
	for (size_t i = 0; i < s->n; i++)
		bar(out, s->span[i].state, at(t, s->span[i].begin), y, at(t, s->span[i].end) - at(t, s->span[i].begin), LANE);
}

static int64_t tick_step(int64_t clocks)
{
	static const int64_t nice[] = { 1, 2, 5 };

	for (int64_t ten = 1;; ten *= 10)
		for (int i = 0; i < 3; i++)
			if (clocks / (nice[i] * ten) <= 12)
				return nice[i] * ten;
}

static void ticks(const struct timeline *t, double bottom, struct buf *out)
{
	int64_t step = tick_step(t->to - t->from);
	char text[32];

	for (int64_t c = (t->from + step - 1) / step * step; c <= t->to; c += step) {
		svg_line(out, at(t, c), TOP - 6, at(t, c), bottom, "class=\"line\"");
		snprintf(text, sizeof(text), "%" PRId64, c);
		svg_text(out, at(t, c), TOP - 11, "text-anchor=\"middle\" class=\"soft\" font-size=\"12\"", text);
	}
	svg_text(out, LEFT - 26, TOP - 11, "text-anchor=\"end\" class=\"soft\" font-size=\"12\"", "clock");
}

static bool in_spans(const struct timeline_spans *s, enum timeline_state state)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->span[i].state == state)
			return true;
	return false;
}

static bool seen(const struct timeline *t, int tiles, enum timeline_state state)
{
	bool is = in_spans(&t->sequencer, state);

	for (int i = 0; i < tiles && !is; i++)
		for (int l = 0; l < TL_LANES && !is; l++)
			is = in_spans(&t->lane[i][l], state);
	return is;
}

/* returns the height; out NULL: only that */
static double legend(const struct timeline *t, int tiles, double y, struct buf *out)
{
	double x = LEFT;
	int rows = 1;

	for (int s = 0; s < TL_STATES; s++) {
		double w = 34 + 7.1 * (double)strlen(look[s].says);

		if (!seen(t, tiles, (enum timeline_state)s))
			continue;
		if (x + w > WIDTH - RIGHT) {
			x = LEFT;
			rows++;
		}
		if (out) {
			bar(out, (enum timeline_state)s, x, y + (rows - 1) * LEGEND, 18, LANE);
			svg_text(out, x + 24, y + (rows - 1) * LEGEND + LANE - 4.5, "", look[s].says);
		}
		x += w;
	}
	return rows * LEGEND;
}

static uint64_t spent(const struct timeline_spans *s, enum timeline_state state)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->span[i].state == state ? (uint64_t)(s->span[i].end - s->span[i].begin) : 0;
	return n;
}

/* lanes in which something happens; an adder that never works in the window is still there: it waits */
void timeline_window(const struct timeline *t, struct buf *out)
{
	int tiles = t->tiles < TL_DRAWN_TILES ? t->tiles : TL_DRAWN_TILES;
	double bottom = TOP + LANE + GAP + tiles * (TL_LANES * LANE + GAP), high = bottom + 8 + legend(t, tiles, 0, NULL);
	uint64_t convert = 0, wait = spent(&t->sequencer, TL_WAIT), hold = 0;
	struct buf alt, caption;
	struct page_figure f = { "timeline, clock by clock", WIDTH, high, 780, NULL, NULL };

	buf_init(&alt);
	buf_init(&caption);
	for (int i = 0; i < t->tiles; i++) {
		convert += spent(&t->lane[i][TL_CONVERTER], TL_CONVERT);
		hold += spent(&t->lane[i][TL_ARRAY], TL_HOLD);
	}
	buf_addf(&alt, "Timeline of clocks %" PRId64 " to %" PRId64 " of layer %s: one lane for the sequencer, three for each of %d tiles (array, converters, adders). "
		"In this window of %" PRId64 " clocks the sequencer waits %" PRIu64 "; tiles convert %" PRIu64 " and hold a finished evaluation %" PRIu64 " tile-clocks.",
		t->from, t->to, t->layer, tiles, t->to - t->from, wait, convert, hold);
	buf_addf(&caption, "Clocks %" PRId64 " to %" PRId64 " of %" PRId64 ", from a little before the first activation.", t->from, t->to, t->clocks);
	if (tiles < t->tiles)
		buf_addf(&caption, " The first %d of %d tiles are drawn.", tiles, t->tiles);
	f.alt = alt.data;
	f.caption = caption.data;
	page_figure(out, &f);
	ticks(t, bottom - GAP, out);
	lane(t, &t->sequencer, TOP, "sequencer", out);
	for (int i = 0; i < tiles; i++)
		for (int l = 0; l < TL_LANES; l++) {
			static const char *const what[TL_LANES] = { "array", "converters", "adders" };
			char name[40];

			if (l == TL_ARRAY)
				snprintf(name, sizeof(name), "tile %d %s", i, what[l]);
			else
				snprintf(name, sizeof(name), "%s", what[l]);
			lane(t, &t->lane[i][l], TOP + LANE + GAP + i * (TL_LANES * LANE + GAP) + l * LANE, name, out);
		}
	legend(t, tiles, bottom + 4, out);
	page_figure_end(out, &f);
	buf_release(&alt);
	buf_release(&caption);
}

/* ---- the whole program ---- */

static const enum timeline_state row[] = { TL_LOAD, TL_EVALUATE, TL_HOLD, TL_ASK, TL_CONVERT, TL_SERVE, TL_DRAIN };
enum { ROWS = sizeof(row) / sizeof(*row), STRIP = 26 };

static uint64_t of_all_tiles(const struct timeline *t, enum timeline_state s)
{
	uint64_t n = 0;

	for (int i = 0; i < t->tiles; i++)
		n += t->total[i][s];
	return n;
}

static double percent(const struct timeline *t, uint64_t tile_clocks)
{
	return t->watched > 0 ? 100 * (double)tile_clocks / ((double)t->watched * t->tiles) : 0;
}

static void strip(const struct timeline *t, enum timeline_state s, double y, struct buf *out)
{
	double w = (FIELD - 60.0) / t->bins, full = (double)t->step * t->tiles;
	char text[48], attributes[64];

	svg_text(out, LEFT - 8, y + 16, "text-anchor=\"end\" class=\"soft\"", timeline_name[s]);
	svg_rect(out, LEFT, y, FIELD - 60, STRIP - 6, "class=\"sunk\"", NULL);
	for (int b = 0; b < t->bins; b++) {
		double share = (double)t->profile[s][b] / full;

		if (!t->profile[s][b])
			continue;
		share = share > 1 ? 1 : share;
		snprintf(attributes, sizeof(attributes), "class=\"%s\" opacity=\"%.2f\"", look[s].hollow ? s == TL_ASK ? "c3" : "c4" : look[s].class, 0.15 + 0.85 * share);
		svg_rect(out, LEFT + b * w, y, w, STRIP - 6, attributes, NULL);
	}
	snprintf(text, sizeof(text), "%.1f %%", percent(t, of_all_tiles(t, s)));
	svg_text(out, WIDTH - RIGHT, y + 16, "text-anchor=\"end\"", text);
}

static void totals(const struct timeline *t, struct buf *out)
{
	static const char *const head[] = { "tile", "load", "evaluate", "hold", "ask", "convert", "serve", "drain" };
	const struct page_columns c = { ROWS + 1, head, ~0u };

	page_details(out, "numbers");
	page_table(out, "Clocks in which a tile did what", &c);
	for (int i = 0; i < t->tiles; i++) {
		char text[ROWS + 1][24];
		const char *cell[ROWS + 1];

		snprintf(text[0], sizeof(text[0]), "%d", i);
		for (int k = 0; k < ROWS; k++)
			snprintf(text[k + 1], sizeof(text[k + 1]), "%" PRIu64, t->total[i][row[k]]);
		for (int k = 0; k <= ROWS; k++)
			cell[k] = text[k];
		page_row(out, &c, cell);
	}
	page_table_end(out);
	page_details_end(out);
}

void timeline_profile(const struct timeline *t, struct buf *out)
{
	struct buf alt, caption;
	struct page_figure f = { "timeline, whole program", WIDTH, 4, 780, NULL, NULL };
	double y = 4;
	char text[48];

	buf_init(&alt);
	buf_init(&caption);
	buf_addf(&alt, "Share of tiles in each state over the %" PRId64 " clocks of layer %s, on the average:", t->watched, t->layer);
	for (int i = 0; i < ROWS; i++) {
		uint64_t n = of_all_tiles(t, row[i]);

		if (!n)
			continue;
		buf_addf(&alt, " %s %.1f per cent;", timeline_name[row[i]], percent(t, n));
		f.height += STRIP;
	}
	alt.data[alt.len - 1] = '.';
	f.height += 22;
	buf_addf(&caption, "The whole program: one column is %" PRId64 " clocks; the stronger its colour, the more tiles do it at that time. Right: share of all tile-clocks; a tile evaluates, holds and converts at the same time.", t->step);
	f.alt = alt.data;
	f.caption = caption.data;
	page_figure(out, &f);
	for (int i = 0; i < ROWS; i++)
		if (of_all_tiles(t, row[i])) {
			strip(t, row[i], y, out);
			y += STRIP;
		}
	snprintf(text, sizeof(text), "clock 0");
	svg_text(out, LEFT, y + 12, "class=\"soft\" font-size=\"12\"", text);
	snprintf(text, sizeof(text), "%" PRId64, t->watched);
	svg_text(out, LEFT + FIELD - 60, y + 12, "text-anchor=\"end\" class=\"soft\" font-size=\"12\"", text);
	page_figure_end(out, &f);
	totals(t, out);
	buf_release(&alt);
	buf_release(&caption);
}

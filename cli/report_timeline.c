/* timeline.json: who computes, who converts, who waits.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_parts.h"
#include "common/mem.h"
#include "report/page.h"
#include "report/timeline.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SPANS = 100000, MOST_CLOCKS = 1 << 30 };

static const enum timeline_state of_tile[] = { TL_LOAD, TL_EVALUATE, TL_HOLD, TL_ASK, TL_CONVERT, TL_SERVE, TL_DRAIN };
enum { OF_TILE = sizeof(of_tile) / sizeof(*of_tile) };

static void read_spans(struct rl_file *f, const json_t *object, const char *key, const struct timeline *t, struct timeline_spans *s)
{
	const json_t *list = rl_list(f, object, key, MOST_SPANS);

	for (size_t i = 0; i < json_array_size(list) && !f->rc; i++) {
		const json_t *row = rl_row_at(f, list, key, i, 3);
		const char *what = json_string_value(json_array_get(row, 0));
		int state = 0;
		int64_t begin = rl_int_at(f, row, key, 1, t->from, t->to), end = rl_int_at(f, row, key, 2, begin, t->to);

		while (!f->rc && state < TL_STATES && (!what || strcmp(what, timeline_name[state])))
			state++;
		if (state == TL_STATES)
			rl_fault(f, "entry %zu of \"%s\" does '%.20s': legal are the names of docs/report.md section 2", i, key, what ? what : "nothing");
		if (!f->rc)
			*MEM_PUSH(s->span, s->n) = (struct timeline_span){ (enum timeline_state)state, begin, end };
	}
}

static void read_tiles(struct rl_file *f, struct timeline *t)
{
	const json_t *totals = rl_list(f, f->root, "totals", TL_MOST_TILES), *tiles = rl_list(f, f->root, "tile", TL_MOST_TILES);

	for (int i = 0; i < t->tiles && !f->rc; i++) {
		const json_t *total = rl_object_at(f, totals, "totals", (size_t)i), *tile = rl_object_at(f, tiles, "tile", (size_t)i);

		for (int k = 0; k < OF_TILE; k++)
			t->total[i][of_tile[k]] = rl_count(f, total, timeline_name[of_tile[k]], MOST_CLOCKS);
		for (int l = 0; l < TL_LANES; l++)
			read_spans(f, tile, timeline_lane_name[l], t, &t->lane[i][l]);
	}
}

static void read_profile(struct rl_file *f, struct timeline *t)
{
	const json_t *j = rl_object(f, f->root, "profile");

	t->step = rl_int(f, j, "step", 1, MOST_CLOCKS);
	for (int k = 0; k < OF_TILE && !f->rc; k++) {
		const char *key = timeline_name[of_tile[k]];
		const json_t *list = rl_list(f, j, key, TL_MOST_BINS);

		if (k && (int)json_array_size(list) != t->bins)
			rl_fault(f, "\"%s\" of \"profile\" has %zu bins, \"load\" has %d: legal is the same number", key, json_array_size(list), t->bins);
		t->bins = (int)json_array_size(list);
		for (int b = 0; b < t->bins && !f->rc; b++)
			t->profile[of_tile[k]][b] = (uint64_t)rl_int_at(f, list, key, (size_t)b, 0, (int64_t)MOST_CLOCKS * TL_MOST_TILES);
	}
	if (!f->rc && !t->bins)
		rl_fault(f, "\"profile\" has no bin");
}

static int load(struct rl_file *f, struct timeline *t)
{
	t->layer = rl_text(f, f->root, "layer");
	t->clocks = rl_int(f, f->root, "clocks", 1, RL_NUMBER);
	t->watched = rl_int(f, f->root, "watched", 1, MOST_CLOCKS);
	t->tiles = (int)rl_int(f, f->root, "tiles", 1, TL_MOST_TILES);
	t->from = rl_int(f, f->root, "from", 0, t->watched - 1);
	t->to = rl_int(f, f->root, "to", t->from + 1, t->watched);
	read_spans(f, f->root, "sequencer", t, &t->sequencer);
	read_tiles(f, t);
	read_profile(f, t);
	return f->rc;
}

/* where the clocks come from, and who agrees */
static void source(struct report *r, struct rl_file *f, const struct timeline *t)
{
	const json_t *j = rl_object(f, f->root, "checked");
	uint64_t n, differ;
	char *text;

	if (!j) {
		page_text(r->out, "Clocks of the golden machine's stepped clock (docs/isa.md section 6, docs/network.md section 4); this engine shows no moment of the RTL to compare them with.");
		return;
	}
	n = rl_count(f, j, "takes", RL_NUMBER) + rl_count(f, j, "finishes", RL_NUMBER);
	differ = rl_count(f, j, "differ", RL_NUMBER);
	text = report_format("First program of layer %s. Clocks of the golden machine's stepped clock (docs/isa.md section 6, docs/network.md section 4). The RTL (engine %s) showed %" PRIu64
		" takes and ends of conversions in the same program: %" PRIu64 " in the same clocks, %" PRIu64 " in others.%s", t->layer, rl_text(f, j, "engine"), n, differ < n ? n - differ : 0, differ,
		t->watched < t->clocks ? " Only the first clocks were watched." : "");
	page_text(r->out, text);
	free(text);
}

static void release(struct timeline *t)
{
	free(t->sequencer.span);
	for (int i = 0; i < TL_MOST_TILES; i++)
		for (int l = 0; l < TL_LANES; l++)
			free(t->lane[i][l].span);
	free(t);
}

int report_timeline(struct report *r)
{
	struct timeline *t = MEM_NEW(1, struct timeline);
	struct rl_file f;
	int rc = rl_open(&f, r->dir, "timeline.json", r->e);

	if (rc > 0 && !load(&f, t)) {
		report_section(r, &f, "timeline", "Who computes, who converts, who waits");
		source(r, &f, t);
		timeline_window(t, r->out);
		timeline_profile(t, r->out);
		page_section_end(r->out);
	} else if (!rc) {
		page_absent(&r->absent, "Timeline", "bitline cosim ... --out DIR");
	}
	release(t);
	return rl_close(&f);
}

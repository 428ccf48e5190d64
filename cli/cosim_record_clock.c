/* Who does what in which clock: totals, a profile of the whole program, and every interval of a window. From the golden clock; the RTL's probes say which moments agree.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_record.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_WATCHED = 400000, BINS = 160 /* even; at least half of them are used */, WINDOW = 600, BEFORE = 24 };

enum what { LOAD, EVALUATE, HOLD, ASK, CONVERT, SERVE, DRAIN, WHATS };
static const char *const what_name[WHATS] = { "load", "evaluate", "hold", "ask", "convert", "serve", "drain" };
static const unsigned what_bit[WHATS] = { 0, GM_EVALUATES, GM_HOLDS, GM_ASKS, GM_CONVERTS, GM_SERVES, GM_DRAINS };

struct span { const char *what; long begin, end; };
struct spans { struct span *span; size_t n; };

struct moments { uint64_t *at; size_t n; };

struct tile {
	long begin[WHATS];            /* of the interval under way; -1: none */
	struct spans of[WHATS];
	uint64_t total[WHATS];
	struct moments take, finish;  /* golden's */
	struct moments rtl_take, rtl_finish;
};

struct record_clock {
	struct gm_watch watch;
	struct cosim_watch probes;
	int tiles;
	struct tile *tile;
	struct spans sequencer;
	uint64_t step, watched;
	uint64_t profile[WHATS][BINS];
	long from;                    /* of the window; -1: no activation yet */
};

static void push(struct moments *m, uint64_t at)
{
	*MEM_PUSH(m->at, m->n) = at;
}

static void close_span(struct tile *t, enum what w, long end)
{
	if (t->begin[w] >= 0)
		*MEM_PUSH(t->of[w].span, t->of[w].n) = (struct span){ what_name[w], t->begin[w], end };
	t->begin[w] = -1;
}

/* twice as many clocks in every bin */
static void coarsen(struct record_clock *r)
{
	for (int w = 0; w < WHATS; w++)
		for (int i = 0; i < BINS; i++)
			r->profile[w][i] = 2 * i + 1 < BINS ? r->profile[w][2 * i] + r->profile[w][2 * i + 1] : 0;
	r->step *= 2;
}

static void add_clock(struct record_clock *r, enum what w, struct tile *t, long clock)
{
	while ((uint64_t)clock / r->step >= BINS)
		coarsen(r);
	t->total[w]++;
	r->profile[w][(uint64_t)clock / r->step]++;
}

static int on_tile(void *ctx, long clock, int tile, unsigned does)
{
	struct record_clock *r = ctx;
	struct tile *t = &r->tile[tile];

	for (int w = EVALUATE; w < WHATS; w++) {
		if (does & what_bit[w]) {
			add_clock(r, (enum what)w, t, clock);
			if (t->begin[w] < 0)
				t->begin[w] = clock;
		} else {
			close_span(t, (enum what)w, clock);
		}
	}
	if (does & GM_TAKES)
		push(&t->take, (uint64_t)clock);
	if (does & GM_FINISHES) { /* the next plane's conversion may follow at once: an interval of its own */
		push(&t->finish, (uint64_t)clock);
		close_span(t, CONVERT, clock + 1);
	}
	r->watched = (uint64_t)clock + 1;
	return tile == r->tiles - 1 && clock + 1 >= MOST_WATCHED;
}

static void add_step(struct record_clock *r, const char *what, long begin, long end)
{
	if (end > begin)
		*MEM_PUSH(r->sequencer.span, r->sequencer.n) = (struct span){ what, begin, end };
}

static void on_step(void *ctx, enum gm_kind kind, long begin, long work, long end, int tile, int stride, int count)
{
	static const char *const name[] = { [GM_IS_CONTROL] = "control", [GM_IS_INPUT] = "input", [GM_IS_LOAD] = "load", [GM_IS_ACT] = "activate", [GM_IS_OUT] = "output", [GM_IS_END] = "end" };
	struct record_clock *r = ctx;
	long asks = begin + (kind == GM_IS_END ? 1 : 2);

	if (begin >= MOST_WATCHED)
		return;
	if (kind == GM_IS_ACT && r->from < 0)
		r->from = begin > BEFORE ? begin - BEFORE : 0;
	add_step(r, name[kind], begin, asks);
	add_step(r, "wait", asks, work);
	add_step(r, name[kind], work, end);
	for (int i = 0; kind == GM_IS_LOAD && i < count; i++) {
		struct tile *t = &r->tile[tile + i * stride];

		*MEM_PUSH(t->of[LOAD].span, t->of[LOAD].n) = (struct span){ what_name[LOAD], work, end };
		for (long c = work; c < end && c < MOST_WATCHED; c++)
			add_clock(r, LOAD, t, c);
	}
}

static void on_take(void *ctx, int tile, uint64_t cycle)
{
	push(&((struct record_clock *)ctx)->tile[tile].rtl_take, cycle);
}

static void on_finish(void *ctx, int tile, uint64_t cycle)
{
	push(&((struct record_clock *)ctx)->tile[tile].rtl_finish, cycle);
}

struct record_clock *record_clock_new(int tiles)
{
	struct record_clock *r = MEM_NEW(1, struct record_clock);

	r->watch = (struct gm_watch){ r, on_tile, on_step };
	r->probes = (struct cosim_watch){ r, on_take, on_finish };
	r->tiles = tiles;
	r->tile = MEM_NEW((size_t)tiles, struct tile);
	r->step = 1;
	r->from = -1;
	for (int t = 0; t < tiles; t++)
		for (int w = 0; w < WHATS; w++)
			r->tile[t].begin[w] = -1;
	return r;
}

const struct gm_watch *record_clock_watch(struct record_clock *r)
{
	return &r->watch;
}

const struct cosim_watch *record_clock_probes(struct record_clock *r)
{
	return &r->probes;
}

/* ---- as JSON ---- */

/* those of the window, cut at its edges */
static void put_spans(json_t *list, const struct spans *s, long from, long to)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct span *x = &s->span[i];

		if (x->end > from && x->begin < to)
			json_array_append_new(list, json_pack("[s,I,I]", x->what, (json_int_t)(x->begin > from ? x->begin : from), (json_int_t)(x->end < to ? x->end : to)));
	}
}

/* the clock of the RTL's first take is the golden clock's: all others are compared from there */
static uint64_t differ(const struct moments *rtl, const struct moments *golden, uint64_t rtl0, uint64_t golden0, bool all)
{
	size_t n = rtl->n < golden->n ? rtl->n : golden->n;
	uint64_t bad = all ? (rtl->n > golden->n ? rtl->n : golden->n) - n : 0;

	for (size_t i = 0; i < n; i++)
		bad += rtl->at[i] - rtl0 != golden->at[i] - golden0;
	return bad;
}

/* all: the whole program was watched, so there is one of the RTL's for every one of golden's */
static json_t *checked(const struct record_clock *r, const char *engine, bool all)
{
	uint64_t takes = 0, finishes = 0, bad = 0, rtl0 = UINT64_MAX, golden0 = UINT64_MAX;

	for (int t = 0; t < r->tiles; t++) {
		const struct tile *x = &r->tile[t];

		if (x->rtl_take.n && x->rtl_take.at[0] < rtl0)
			rtl0 = x->rtl_take.at[0];
		if (x->take.n && x->take.at[0] < golden0)
			golden0 = x->take.at[0];
	}
	for (int t = 0; t < r->tiles; t++) {
		const struct tile *x = &r->tile[t];

		takes += x->rtl_take.n;
		finishes += x->rtl_finish.n;
		bad += differ(&x->rtl_take, &x->take, rtl0, golden0, all) + differ(&x->rtl_finish, &x->finish, rtl0, golden0, all);
	}
	return json_pack("{s:s,s:I,s:I,s:I}", "engine", engine, "takes", (json_int_t)takes, "finishes", (json_int_t)finishes, "differ", (json_int_t)bad);
}

static json_t *profile(const struct record_clock *r)
{
	json_t *j = json_pack("{s:I}", "step", (json_int_t)r->step);

	for (int w = 0; w < WHATS; w++) {
		json_t *list = json_array();

		for (uint64_t i = 0; i < BINS && i * r->step < r->watched; i++)
			json_array_append_new(list, json_integer((json_int_t)r->profile[w][i]));
		json_object_set_new(j, what_name[w], list);
	}
	return j;
}

void record_clock_json(struct record_clock *r, uint64_t clocks, const char *engine, json_t *j)
{
	long end = (long)r->watched, from = r->from < 0 ? 0 : r->from, to = from + WINDOW < end ? from + WINDOW : end;
	json_t *totals = json_array(), *tiles = json_array(), *steps = json_array();

	for (int t = 0; t < r->tiles; t++) {
		struct tile *x = &r->tile[t];
		json_t *total = json_object(), *array = json_array(), *converter = json_array(), *adder = json_array();

		for (int w = 0; w < WHATS; w++) {
			close_span(x, (enum what)w, end);
			json_object_set_new(total, what_name[w], json_integer((json_int_t)x->total[w]));
			put_spans(w == CONVERT ? converter : w == DRAIN ? adder : array, &x->of[w], from, to);
		}
		json_array_append_new(totals, total);
		json_array_append_new(tiles, json_pack("{s:o,s:o,s:o}", "array", array, "converter", converter, "adder", adder));
	}
	put_spans(steps, &r->sequencer, from, to);
	json_object_set_new(j, "clocks", json_integer((json_int_t)clocks));
	json_object_set_new(j, "watched", json_integer((json_int_t)r->watched));
	json_object_set_new(j, "tiles", json_integer(r->tiles));
	json_object_set_new(j, "checked", engine ? checked(r, engine, r->watched >= clocks) : json_null());
	json_object_set_new(j, "totals", totals);
	json_object_set_new(j, "profile", profile(r));
	json_object_set_new(j, "from", json_integer(from));
	json_object_set_new(j, "to", json_integer(to));
	json_object_set_new(j, "sequencer", steps);
	json_object_set_new(j, "tile", tiles);
}

void record_clock_free(struct record_clock *r)
{
	for (int t = 0; t < r->tiles; t++) {
		struct tile *x = &r->tile[t];

		for (int w = 0; w < WHATS; w++)
			free(x->of[w].span);
		free(x->take.at);
		free(x->finish.at);
		free(x->rtl_take.at);
		free(x->rtl_finish.at);
	}
	free(r->tile);
	free(r->sequencer.span);
	free(r);
}

/* Clocks of the machine: every clock is stepped through with the rules of docs/isa.md section 6 and docs/network.md section 4, in the words
 * of those pages: h hand-over, x transfer, a ask, g grant, v evaluation begins, k take, f last clock of a conversion, d drain begins.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/clock.h"
#include "golden/network.h"
#include "common/mem.h"
#include <stdlib.h>

enum { DRAINS = 4 }; /* pending is at most 4 */

/* what the bit lines of a tile do */
enum lines { FREE, ASKING, EVALUATING }; /* ASKING from clock `from`; EVALUATING from clock `from` for E clocks, then holding until the take */

struct tile {
	bool full;                     /* shadow latch */
	struct gm_work shadow, active;
	enum lines lines;
	long from;
	int plane;                     /* of active, on the lines or next to be */
	long index;                    /* n of active */
	long transfers;                /* activations that left the shadow */
	/* conversion */
	bool converting, last_plane;
	long f, released;              /* its last clock; the clock of the last flash strobe */
	int columns;                   /* of its activation, for the drain */
	bool turn;                     /* immersed: holds arrays, from the clock after the grant to f */
	/* drains */
	struct { long ready; int columns; } queue[DRAINS];
	int n_queue;
	bool draining;
	long drained_at, drained;      /* first clock in which the drain at hand shows done; how many activations have drained */
	int pending;
};

struct gm_clock {
	struct gm_hw hw;
	int E, P_c;
	long now;
	struct tile *tile;
	uint64_t *servers;             /* [tiles] */
	struct gn_ask *ask;            /* [tiles] */
	int *first;                    /* [tiles] of the link's next looks */
	uint64_t compare, compute, convert, serve;
	uint64_t wait_load, wait_act, wait_out;
};

struct gm_clock *gm_clock_new(const struct gm_hw *hw, const struct gm_regs *regs)
{
	struct gm_clock *c = MEM_NEW(1, struct gm_clock);
	int t;

	c->hw = *hw;
	c->E = regs->precharge + regs->evaluate;
	c->P_c = hw->immersed ? regs->reference_precharge + regs->share + regs->settle : regs->compare;
	if (regs->precharge < 1 || regs->evaluate < 1 || c->P_c < 1)
		BUG("clocks of a machine without timing");
	c->tile = MEM_NEW(hw->tiles, struct tile);
	c->ask = MEM_NEW(hw->tiles, struct gn_ask);
	c->first = MEM_NEW(hw->tiles, int);
	gn_first(hw, c->first);
	c->servers = MEM_NEW(hw->tiles, uint64_t);
	for (t = 0; t < hw->tiles; t++)
		c->servers[t] = gn_server_set(hw, t);
	return c;
}

void gm_clock_free(struct gm_clock *c)
{
	if (!c)
		return;
	free(c->tile);
	free(c->ask);
	free(c->servers);
	free(c->first);
	free(c);
}

/* ---- immersed references ---- */

/* after the flash strobe of its last round a hybrid in a ring needs the first server only */
static bool released(const struct gm_clock *c, const struct tile *s)
{
	return c->hw.kind == RO_HYBRID && c->hw.network == GM_RING && s->converting && c->now > s->released;
}

static uint64_t serving(const struct gm_clock *c, int t)
{
	return released(c, &c->tile[t]) ? (uint64_t)1 << gn_search_server(&c->hw, t) : c->servers[t];
}

static void step_link(struct gm_clock *c)
{
	uint64_t busy = 0, serve = 0, granted;
	int t;

	for (t = 0; t < c->hw.tiles; t++) {
		const struct tile *s = &c->tile[t];
		const struct gm_work *w = &s->active;
		bool asks = s->lines == ASKING && c->now >= s->from && (s->plane > 0 || s->index < s->drained + 2);

		if (s->turn)
			busy |= (uint64_t)1 << t | serving(c, t);
		if (s->converting)
			serve |= serving(c, t);
		c->ask[t] = (struct gn_ask){ asks, w->bits, w->set, w->col.start, w->col.stride, w->col.count };
	}
	c->serve += (uint64_t)__builtin_popcountll(serve);
	granted = gn_grant(&c->hw, c->ask, busy, c->first);
	for (t = 0; t < c->hw.tiles; t++)
		if (granted >> t & 1) {
			c->tile[t].turn = true;
			c->tile[t].lines = EVALUATING;
			c->tile[t].from = c->now + 1;
		}
}

/* ---- a tile ---- */

/* the next plane goes onto the lines as soon as it may: from clock `earliest` on, and not before the conversion is over where nothing else holds */
static void next_plane(const struct gm_clock *c, struct tile *s, long earliest)
{
	if (!c->hw.sample_hold && s->converting && earliest < s->f + 1)
		earliest = s->f + 1;
	s->lines = c->hw.immersed ? ASKING : EVALUATING;
	s->from = earliest;
}

static void take(struct gm_clock *c, struct tile *s)
{
	const struct gm_work *w = &s->active;
	int compares = w->compares[s->plane];

	s->converting = true;
	s->f = c->now + w->rounds + (long)compares * c->P_c;
	s->released = s->f - (long)w->after_flash * c->P_c;
	s->last_plane = s->plane == w->planes - 1;
	s->columns = w->col.count;
	c->compare += (uint64_t)compares * (uint64_t)c->P_c;
	s->lines = FREE;
	if (!s->last_plane) {
		s->plane++;
		next_plane(c, s, c->now + 1);
	}
}

static void transfer(struct gm_clock *c, struct tile *s)
{
	s->active = s->shadow;
	s->full = false;
	s->plane = 0;
	s->index = s->transfers++;
	next_plane(c, s, c->now + 1);
}

static void drain(struct gm_clock *c, struct tile *s)
{
	int i;

	if (!s->draining && s->n_queue && c->now >= s->queue[0].ready) {
		s->draining = true;
		s->drained_at = c->now + s->queue[0].columns + 2;
		s->n_queue--;
		for (i = 0; i < s->n_queue; i++)
			s->queue[i] = s->queue[i + 1];
	}
	if (s->draining && c->now + 1 == s->drained_at) {
		s->draining = false;
		s->drained++;
		s->pending--;
	}
}

/* conversion and drain in this clock */
static void step_converters(struct gm_clock *c, struct tile *s)
{
	c->compute += s->lines == EVALUATING && c->now >= s->from && c->now < s->from + c->E;
	c->convert += s->converting;
	drain(c, s);
	if (s->converting && c->now == s->f) {
		s->converting = false;
		s->turn = false;
		if (s->last_plane) {
			s->queue[s->n_queue].ready = c->now + 2;
			s->queue[s->n_queue++].columns = s->columns;
		}
	}
}

/* take and transfer: both may happen in the last clock of what stands before them, so they look at what step_converters left.
 * drained: as the registers show it, because a bank is free in clock g(n) and not before */
static void step_lines(struct gm_clock *c, struct tile *s, long drained)
{
	if (s->lines == EVALUATING && c->now >= s->from + c->E && !s->converting && (s->plane > 0 || s->index < drained + 2))
		take(c, s);
	if (s->full && s->lines == FREE)
		transfer(c, s);
}

static void tick(struct gm_clock *c)
{
	int t;

	if (c->hw.immersed)
		step_link(c);
	for (t = 0; t < c->hw.tiles; t++) {
		struct tile *s = &c->tile[t];
		long drained = s->drained;

		step_converters(c, s);
		step_lines(c, s, drained);
	}
	c->now++;
}

/* ---- the sequencer ---- */

static void ticks(struct gm_clock *c, long n)
{
	while (n-- > 0)
		tick(c);
}

static int most_pending(const struct gm_clock *c, const struct gm_span *tile)
{
	int i, most = 0;

	for (i = 0; i < tile->count; i++) {
		int p = c->tile[tile->start + i * tile->stride].pending;

		most = p > most ? p : most;
	}
	return most;
}

static bool any_full(const struct gm_clock *c, const struct gm_span *tile)
{
	int i;

	for (i = 0; i < tile->count; i++)
		if (c->tile[tile->start + i * tile->stride].full)
			return true;
	return false;
}

void gm_clock_plain(struct gm_clock *c, long clocks)
{
	ticks(c, 2 + clocks);
}

void gm_clock_load(struct gm_clock *c, const struct gm_span *tile, long beats)
{
	const struct gm_span all = { 0, 1, c->hw.tiles };

	ticks(c, 2);
	for (; most_pending(c, c->hw.immersed ? &all : tile) > 0; c->wait_load++)
		tick(c);
	ticks(c, beats);
}

void gm_clock_act(struct gm_clock *c, const struct gm_span *tile, int rows, const struct gm_work *work)
{
	int i;

	ticks(c, 2);
	for (; any_full(c, tile); c->wait_act++)
		tick(c);
	ticks(c, rows + 1); /* the last of them is h */
	for (i = 0; i < tile->count; i++) {
		struct tile *s = &c->tile[tile->start + i * tile->stride];

		s->full = true;
		s->shadow = work[i];
		s->pending++;
	}
}

void gm_clock_out(struct gm_clock *c, const struct gm_span *tile, int lag, int count)
{
	ticks(c, 2);
	for (; most_pending(c, tile) > lag; c->wait_out++)
		tick(c);
	ticks(c, count + 4);
}

void gm_clock_end(struct gm_clock *c, struct gm_counts *counts)
{
	const struct gm_span all = { 0, 1, c->hw.tiles };

	tick(c);
	for (counts->wait_end = 0; most_pending(c, &all) > 0; counts->wait_end++)
		tick(c);
	tick(c);
	counts->cycles = (uint64_t)c->now;
	counts->compare_clocks = c->compare;
	counts->compute_clocks = c->compute;
	counts->convert_clocks = c->convert;
	counts->serve_clocks = c->serve;
	counts->wait_load = c->wait_load;
	counts->wait_act = c->wait_act;
	counts->wait_out = c->wait_out;
}

/* Clocks of tiles, stepped through one by one with the rules of docs/isa.md section 6 and docs/network.md section 4, in the words of those pages:
 * h hand-over, x transfer, a ask, g grant, v evaluation begins, k take, f last clock of a conversion, d drain begins.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/clock_parts.h"
#include "golden/network.h"
#include "common/mem.h"
#include <stdlib.h>

/* what the bit lines of a tile do */
enum lines { FREE, ASKING, EVALUATING }; /* ASKING from clock `from`; EVALUATING from clock `from` for E clocks, then holding until the take */

struct gm_stepped {
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
	bool waiting, draining;        /* one waits at most: a plane is taken when the drain before the last is done, and converts for 2 clocks at least */
	long ready;                    /* clock from which the one that waits can begin */
	int drain_columns;             /* and its columns */
	long drained_at, drained;      /* first clock in which the drain at hand shows done; how many activations have drained */
	int pending;
};

/* ---- immersed references ---- */

/* after the flash strobe of its last round a hybrid in a ring needs the first server only */
static bool released(const struct gm_clock *c, const struct gm_stepped *s)
{
	return c->hw.kind == RO_HYBRID && c->hw.network == GM_RING && s->converting && c->now > s->released;
}

static uint64_t serving(const struct gm_clock *c, int t)
{
	return released(c, &c->tile[t]) ? (uint64_t)1 << gn_search_server(&c->hw, t) : c->servers[t];
}

/* the tiles that serve */
static uint64_t step_link(struct gm_clock *c)
{
	uint64_t busy = 0, serve = 0, granted;
	int t;

	for (t = 0; t < c->hw.tiles; t++) {
		const struct gm_stepped *s = &c->tile[t];
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
	return serve;
}

/* ---- a tile ---- */

/* the next plane goes onto the lines as soon as it may: from clock `earliest` on, and not before the conversion is over where nothing else holds */
static void next_plane(const struct gm_clock *c, struct gm_stepped *s, long earliest)
{
	if (!c->hw.sample_hold && s->converting && earliest < s->f + 1)
		earliest = s->f + 1;
	s->lines = c->hw.immersed ? ASKING : EVALUATING;
	s->from = earliest;
}

static void take(struct gm_clock *c, struct gm_stepped *s)
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

static void transfer(struct gm_clock *c, struct gm_stepped *s)
{
	s->active = s->shadow;
	s->full = false;
	s->plane = 0;
	s->index = s->transfers++;
	next_plane(c, s, c->now + 1);
}

static void drain(struct gm_clock *c, struct gm_stepped *s)
{
	if (!s->draining && s->waiting && c->now >= s->ready) {
		s->waiting = false;
		s->draining = true;
		s->drained_at = c->now + s->drain_columns + 2;
	}
	if (s->draining && c->now + 1 == s->drained_at) {
		s->draining = false;
		s->drained++;
		s->pending--;
	}
}

/* conversion and drain in this clock */
static void step_converters(struct gm_clock *c, struct gm_stepped *s)
{
	c->compute += s->lines == EVALUATING && c->now >= s->from && c->now < s->from + c->E;
	c->convert += s->converting;
	drain(c, s);
	if (s->converting && c->now == s->f) {
		s->converting = false;
		s->turn = false;
		if (s->last_plane) {
			s->waiting = true;
			s->ready = c->now + 2;
			s->drain_columns = s->columns;
		}
	}
}

/* take and transfer: both may happen in the last clock of what stands before them, so they look at what step_converters left.
 * drained: as the registers show it, because a bank is free in clock g(n) and not before */
static void step_lines(struct gm_clock *c, struct gm_stepped *s, long drained)
{
	if (s->lines == EVALUATING && c->now >= s->from + c->E && !s->converting && (s->plane > 0 || s->index < drained + 2))
		take(c, s);
	if (s->full && s->lines == FREE)
		transfer(c, s);
}

/* ---- for who watches ---- */

/* as it stands behind the link's grant: a tile that was granted in this clock has asked in it, and begins in the next */
static unsigned does_before(const struct gm_clock *c, const struct gm_stepped *s)
{
	bool on_lines = s->lines == EVALUATING && c->now >= s->from;
	unsigned does = !s->converting ? 0 : c->now == s->f ? GM_CONVERTS | GM_FINISHES : GM_CONVERTS;

	if (on_lines)
		does |= c->now < s->from + c->E ? GM_EVALUATES : GM_HOLDS;
	else if (c->hw.immersed && (s->lines == EVALUATING || (s->lines == ASKING && c->now >= s->from)))
		does |= GM_ASKS;
	return does | (s->draining ? GM_DRAINS : 0);
}

static void tell(struct gm_clock *c, int t, unsigned before, bool serves)
{
	const struct gm_stepped *s = &c->tile[t];

	if (c->deaf)
		return;
	if (before & GM_HOLDS && (s->lines != EVALUATING || s->from > c->now)) /* taken in this clock: it does not wait any more */
		before ^= GM_HOLDS | GM_TAKES;
	if (c->watch->tile(c->watch->ctx, c->now, t, before | (s->draining ? GM_DRAINS : 0) | (serves ? GM_SERVES : 0)))
		c->deaf = true;
}

static void tick(struct gm_clock *c)
{
	uint64_t serve = c->hw.immersed ? step_link(c) : 0;
	int t;

	for (t = 0; t < c->hw.tiles; t++) {
		struct gm_stepped *s = &c->tile[t];
		unsigned before = c->watch ? does_before(c, s) : 0;
		long drained = s->drained;

		step_converters(c, s);
		step_lines(c, s, drained);
		if (c->watch)
			tell(c, t, before, serve >> t & 1);
	}
	c->now++;
}

void gm_step_new(struct gm_clock *c)
{
	int t;

	c->tile = MEM_NEW(c->hw.tiles, struct gm_stepped);
	c->ask = MEM_NEW(c->hw.tiles, struct gn_ask);
	c->first = MEM_NEW(c->hw.tiles, int);
	gn_first(&c->hw, c->first);
	c->servers = MEM_NEW(c->hw.tiles, uint64_t);
	for (t = 0; t < c->hw.tiles; t++)
		c->servers[t] = gn_server_set(&c->hw, t);
}

void gm_step_free(struct gm_clock *c)
{
	free(c->tile);
	free(c->ask);
	free(c->servers);
	free(c->first);
}

void gm_step(struct gm_clock *c, long n)
{
	while (n-- > 0)
		tick(c);
}

int gm_step_pending(const struct gm_clock *c, const struct gm_span *tile)
{
	int i, most = 0;

	for (i = 0; i < tile->count; i++) {
		int p = c->tile[tile->start + i * tile->stride].pending;

		most = p > most ? p : most;
	}
	return most;
}

bool gm_step_full(const struct gm_clock *c, const struct gm_span *tile)
{
	int i;

	for (i = 0; i < tile->count; i++)
		if (c->tile[tile->start + i * tile->stride].full)
			return true;
	return false;
}

void gm_step_hand_over(struct gm_clock *c, int tile, const struct gm_work *w)
{
	struct gm_stepped *s = &c->tile[tile];

	s->full = true;
	s->shadow = *w;
	s->pending++;
}

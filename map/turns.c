/* docs/network.md sections 3 and 4 as a discrete-event simulation. The only event is the link's look at who asks: with a grant, the plane's take and
 * finish and the clocks in which its arrays are free again are known. Looks in which nothing can have changed are skipped. Every answer to the sequencer
 * becomes known with a grant and lies behind it, so a hand-over never comes before a look that has been made.
 *
 * The converter bound (window.h): a tile asks for its next plane in the clock after a finish and is granted there at the earliest, so a plane takes
 * C + 2 + E clocks from take to take, whatever the other arrays do. That they need turns, too, makes windows longer and is no part of the bound.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/turns.h"
#include "common/mem.h"
#include "map/number.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_TILES = 64 };

struct job {
	int bits, set, col_start, col_stride, col_count;
	struct timing_plane plane;
};

struct turn_tile {
	struct job job[2];       /* active, in the shadow */
	int jobs;
	uint64_t h;              /* hand-over of the one in the shadow */
	int plane;               /* of the active one: next to be granted */
	uint64_t ask;            /* clock from which it asks for it */
	uint64_t drained;        /* activations whose drain is known */
	struct window_work work; /* of the active one */
};

struct turns {
	const struct cfg *cfg;
	int tiles, servers, clients; /* clients: tiles that compute */
	struct turn_tile tile[MOST_TILES];
	uint64_t free[MOST_TILES];   /* first clock in which the array is free in the rule's eyes */
	int p[MOST_TILES];       /* of the grant rule: pair i's at 2i, others' at 0 */
	uint64_t now;            /* next look */
};

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

struct turns *turns_new(const struct cfg *c)
{
	struct turns *u = MEM_NEW(1, struct turns);

	u->cfg = c;
	u->tiles = c->tiles;
	u->servers = num_servers(c);
	u->clients = num_usable_tiles(c);
	return u;
}

void turns_release(struct turns *u)
{
	free(u);
}

/* m = 1..n, section 2; the first of a ring or pair serves the search steps */
static int server(const struct turns *u, int tile, int m)
{
	switch (u->cfg->network) {
	case CFG_PAIR:
		return tile ^ 1;
	case CFG_RING:
		return (tile + m) % u->tiles;
	default:
		return u->clients + m - 1;
	}
}

static uint64_t needs(const struct turns *u, int tile)
{
	uint64_t arrays = (uint64_t)1 << tile;

	for (int m = 1; m <= u->servers; m++)
		arrays |= (uint64_t)1 << server(u, tile, m);
	return arrays;
}

/* the job that is active from the transfer in clock x on */
static void transfer(struct timing_tile *s, struct turn_tile *n, uint64_t h)
{
	uint64_t x = later(h + 1, s->last_take);

	s->shadow_free = x + 1;
	n->plane = 0;
	n->ask = later(later(x, s->last_finish) + 1, timing_drained(s, n->drained, 1));
	n->work = (struct window_work){ .drain = (uint64_t)n->job[0].col_count + 2 };
}

void turns_activate(struct timing *t, int tile, const struct map_instr *i, const struct timing_plane *p, uint64_t h)
{
	struct turn_tile *n = &t->turns->tile[tile];

	n->job[n->jobs++] = (struct job){ i->bits, i->set, i->col_start, i->col_stride, i->col_count, *p };
	t->tile[tile].n++;
	if (n->jobs == 1)
		transfer(&t->tile[tile], n, h);
	else
		n->h = h;
}

/* the last plane of the active job is granted */
static void finish_job(struct timing_tile *s, struct turn_tile *n, uint64_t take)
{
	s->last_take = take;
	timing_drain(s, n->drained++, n->job[0].col_count);
	window_add(&s->window, &n->work, 0);
	if (--n->jobs) {
		n->job[0] = n->job[1];
		transfer(s, n, n->h);
	}
}

/* hybrid in a ring: clocks after the flash step of the last round, when all servers but the first are given back */
static uint64_t search_clocks(const struct turns *u, const struct job *j)
{
	if (u->cfg->adc != CFG_HYBRID || u->cfg->network != CFG_RING)
		return 0;
	return (uint64_t)((j->bits - num_flash_bits(u->cfg, j->bits)) * num_compare_clocks(u->cfg));
}

/* the tile's next plane, granted in clock g; returns the clocks of its conversions */
static uint64_t grant(struct timing *t, int tile, uint64_t g)
{
	struct turns *u = t->turns;
	struct timing_tile *s = &t->tile[tile];
	struct turn_tile *n = &u->tile[tile];
	uint64_t E = (uint64_t)t->evaluate, take = g + 1 + E, clocks = timing_take(t, s, &n->job[0].plane), search = search_clocks(u, &n->job[0]);

	if (!n->plane)
		window_take(&s->window, take);
	s->last_finish = take + clocks;
	u->free[tile] = take + clocks + 1;
	for (int m = 1; m <= u->servers; m++) {
		uint64_t *free = &u->free[server(u, tile, m)];

		/* several clients of a broadcast: until the last of them has finished */
		*free = later(*free, take + clocks + 1 - (m > 1 ? search : 0));
		if (u->cfg->network != CFG_BROADCAST)
			t->counts.serve_clocks += clocks - (m > 1 ? search : 0);
	}
	n->work.planes += clocks + 2 + E;
	n->work.tail = 2 + E;
	n->ask = s->last_finish + 1;
	if (++n->plane == t->planes)
		finish_job(s, n, take);
	return clocks;
}

/* section 3, broadcast: a later asker goes with the turns that this look has granted */
static bool may_join(const struct turns *u, const struct job *first, const int *turn, int turns, int tile)
{
	const struct job *j = &u->tile[tile].job[0];

	if (j->bits != first->bits || j->set != first->set || j->col_start != first->col_start || j->col_stride != first->col_stride || j->col_count != first->col_count)
		return false;
	for (int i = 0; i < turns && u->cfg->adc == CFG_HYBRID; i++)
		if (turn[i] % u->servers == tile % u->servers)
			return false;
	return true;
}

/* the grant rule in clock u->now over tiles low .. low + n_tiles - 1; true: somebody was granted */
static bool look_at(struct timing *t, int low, int n_tiles)
{
	struct turns *u = t->turns;
	bool broadcast = u->cfg->network == CFG_BROADCAST, first_granted = false;
	uint64_t busy = 0, now = u->now, clocks = 0;
	struct job leader = { 0 };
	int turn[MOST_TILES], turns = 0, first = -1, *p = &u->p[low]; /* turn: tiles that are granted */

	for (int n = 0; n < u->tiles; n++)
		busy |= (uint64_t)(u->free[n] > now) << n;
	for (int n = 0; n < n_tiles; n++) {
		int tile = low + (*p + n) % n_tiles;
		bool granted;

		if (!u->tile[tile].jobs || u->tile[tile].ask > now)
			continue;
		granted = broadcast && turns ? may_join(u, &leader, turn, turns, tile) : !(busy & needs(u, tile));
		if (granted || first < 0)
			busy |= needs(u, tile);
		if (granted) {
			if (!turns)
				leader = u->tile[tile].job[0];
			turn[turns++] = tile;
			clocks = grant(t, tile, now);
		}
		if (first < 0) {
			first = tile;
			first_granted = granted;
		}
	}
	if (broadcast) /* turns of a look take the same clocks; servers of several clients count once */
		t->counts.serve_clocks += (uint64_t)u->servers * clocks;
	if (first >= 0)
		*p = (first - low + first_granted) % n_tiles;
	return turns > 0;
}

static bool look(struct timing *t)
{
	struct turns *u = t->turns;
	bool granted = false;

	if (u->cfg->network != CFG_PAIR)
		return look_at(t, 0, u->tiles);
	for (int tile = 0; tile < u->tiles; tile += 2)
		granted |= look_at(t, tile, 2);
	return granted;
}

/* the earliest clock, `from` or later, in which somebody begins to ask, or (a look found nobody to grant) an array gets free */
static uint64_t next_look(const struct turns *u, uint64_t from, bool asked)
{
	uint64_t next = UINT64_MAX;

	for (int n = 0; n < u->tiles; n++) {
		uint64_t ask = u->tile[n].ask;

		if (u->tile[n].jobs && (ask >= from || !asked)) {
			ask = later(ask, from);
			next = ask < next ? ask : next;
		}
		if (asked && u->free[n] >= from && u->free[n] < next)
			next = u->free[n];
	}
	return next;
}

static void step(struct timing *t)
{
	struct turns *u = t->turns;
	bool granted;

	u->now = next_look(u, u->now, false);
	if (u->now == UINT64_MAX)
		BUG("the sequencer waits for a tile and none asks for a turn");
	granted = look(t);
	u->now++;
	if (!granted)
		u->now = next_look(u, u->now, true);
}

void turns_until_transferred(struct timing *t, int tile)
{
	while (t->turns->tile[tile].jobs > 1)
		step(t);
}

void turns_until_drained(struct timing *t, int tile, uint64_t n)
{
	while (t->turns->tile[tile].drained < n)
		step(t);
}

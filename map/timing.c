/* docs/isa.md section 6, per tile.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/timing.h"
#include "common/mem.h"
#include "map/number.h"
#include "map/turns.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

void timing_init(struct timing *t, const struct cfg *c, double steps)
{
	memset(t, 0, sizeof(*t));
	t->cfg = c;
	t->steps = c->search == CFG_ASYMMETRIC ? steps : 0;
	t->tile = MEM_NEW((size_t)c->tiles, struct timing_tile);
	t->planes = num_planes(c);
	t->evaluate = c->precharge + c->evaluate;
	if (c->reference == CFG_IMMERSED)
		t->turns = turns_new(c);
}

void timing_release(struct timing *t)
{
	free(t->tile);
	if (t->turns)
		turns_release(t->turns);
}

uint64_t timing_drained(const struct timing_tile *s, uint64_t n, uint64_t back)
{
	return n > back ? s->drain[(n - 1 - back) % TIMING_DRAINS] : 0;
}

void timing_drain(struct timing_tile *s, uint64_t n, int cols)
{
	s->drain[n % TIMING_DRAINS] = later(s->last_finish + 2, timing_drained(s, n, 0)) + (uint64_t)cols + 2;
}

uint64_t timing_pending_at_most(struct timing *t, int tile, int lag)
{
	const struct timing_tile *s = &t->tile[tile];

	if (t->turns && s->n > (uint64_t)lag)
		turns_until_drained(t, tile, s->n - (uint64_t)lag);
	return timing_drained(s, s->n, (uint64_t)lag);
}

uint64_t timing_shadow_free(struct timing *t, int tile)
{
	if (t->turns)
		turns_until_transferred(t, tile);
	return t->tile[tile].shadow_free;
}

uint64_t timing_take(struct timing *t, struct timing_tile *s, const struct timing_plane *p)
{
	double compare = floor(p->compare + s->owed);

	s->owed += p->compare - compare;
	t->counts.activations++;
	t->counts.compute_clocks += (uint64_t)t->evaluate;
	t->counts.compare_clocks += (uint64_t)compare;
	t->counts.convert_clocks += p->rounds + (uint64_t)compare;
	return p->rounds + (uint64_t)compare;
}

/* all planes of an activation by the recurrence */
static void activate_tile(struct timing *t, struct timing_tile *s, const struct map_instr *i, const struct timing_plane *plane, uint64_t h, uint64_t issued)
{
	bool hold = t->cfg->sample_hold;
	uint64_t E = (uint64_t)t->evaluate, x = later(h + 1, s->last_take), begin = x + 1, take = 0;
	struct window_work work = { .drain = (uint64_t)i->col_count + 2, .issued = issued };

	for (int p = 0; p < t->planes; p++) {
		uint64_t clocks = timing_take(t, s, plane), least = hold ? later(clocks, E + 1) : E + 1 + clocks;

		if (p)
			begin = take + 1;
		/* last_finish is 0 before the first conversion ever, and x >= 1 */
		if (!hold)
			begin = later(begin, s->last_finish + 1);
		take = later(begin + E, s->last_finish);
		if (p == 0) {
			take = later(take, timing_drained(s, s->n, 1));
			window_take(&s->window, take);
		}
		s->last_finish = take + clocks;
		work.planes += least;
		work.tail = least - clocks;
	}
	s->shadow_free = x + 1;
	s->last_take = take;
	timing_drain(s, s->n++, i->col_count);
	window_add(&s->window, &work, t->front);
	t->front = later(t->front, window_front(&s->window));
}

void timing_activate(struct timing *t, const struct map_instr *i, uint64_t h, uint64_t issued)
{
	struct timing_plane plane = { .rounds = (uint64_t)num_rounds(t->cfg, i->col_start, i->col_stride, i->col_count) };
	uint64_t conversions = (uint64_t)i->tile_count * (uint64_t)t->planes * (uint64_t)i->col_count;

	plane.compare = (double)plane.rounds * (t->steps > 0 ? t->steps : num_steps(t->cfg, i->bits)) * num_compare_clocks(t->cfg);
	t->counts.conversions += conversions;
	t->counts.comparisons += conversions * (uint64_t)num_decisions(t->cfg, i->bits);
	for (int n = 0; n < i->tile_count; n++) {
		int tile = i->tile + n * i->tile_stride;

		if (t->turns)
			turns_activate(t, tile, i, &plane, h);
		else
			activate_tile(t, &t->tile[tile], i, &plane, h, issued);
	}
}

static void close_window(struct timing *t, struct timing_tile *s)
{
	if (!s->window.work)
		return;
	t->counts.window_clocks += s->last_finish - s->window.first_take;
	t->least += window_least(&s->window, !t->turns);
	memset(&s->window, 0, sizeof(s->window));
}

void timing_load(struct timing *t, const struct map_instr *i)
{
	for (int n = 0; n < i->tile_count; n++)
		close_window(t, &t->tile[i->tile + n * i->tile_stride]);
}

void timing_finish(struct timing *t, struct map_counts *out)
{
	for (int n = 0; n < t->cfg->tiles; n++)
		close_window(t, &t->tile[n]);
	*out = t->counts;
	if (t->steps > 0)
		out->comparisons = (uint64_t)llround((double)out->conversions * t->steps);
	out->bound = t->least ? (double)t->counts.compare_clocks / (double)t->least : 0;
}

/* docs/isa.md section 6, per tile, and the converter bound of docs/numerics.md section 9.
 *
 * The bound. A tile's window cannot be shorter than the largest of
 * - its planes' time in the converters (the ratio of section 9),
 * - the sequencer's clocks without waits from its first to its last hand-over, then its last activation,
 * - its drains but for the last two (two accumulator banks), between its first and last activation,
 * - what other tiles leave: one sequencer hands over in order, and a tile takes an activation only when all but three of its own are converted.
 * bound = compare clocks / sum of these least windows: what converter_busy (compare clocks / sum of windows) cannot exceed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/timing.h"
#include "common/mem.h"
#include "map/number.h"
#include <stdlib.h>
#include <string.h>

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

void timing_init(struct timing *t, const struct cfg *c)
{
	memset(t, 0, sizeof(*t));
	t->cfg = c;
	t->tile = MEM_NEW((size_t)c->tiles, struct timing_tile);
	t->planes = num_planes(c);
}

void timing_release(struct timing *t)
{
	free(t->tile);
}

uint64_t timing_pending_at_most(const struct timing *t, int tile, int lag)
{
	const struct timing_tile *s = &t->tile[tile];

	if (s->n <= (uint64_t)lag)
		return 0;
	return s->drain[(s->n - 1 - (uint64_t)lag) % TIMING_DRAINS];
}

uint64_t timing_shadow_free(const struct timing *t, int tile)
{
	return t->tile[tile].shadow_free;
}

/* positions that hold an active column */
static uint64_t rounds(const struct map_instr *i, int adcs)
{
	if (i->col_stride >= adcs)
		return (uint64_t)i->col_count;
	return (uint64_t)((i->col_start + (i->col_count - 1) * i->col_stride) / adcs - i->col_start / adcs + 1);
}

/* an activation that has just been timed: conversion from taken to taken, tail clocks of it after its last finish */
static void account(struct timing *t, struct timing_tile *s, uint64_t conversion, uint64_t tail, uint64_t drain, uint64_t issued)
{
	if (!s->work++) {
		s->issued_first = issued;
		s->first_conversion = conversion - tail;
	}
	s->issued_last = issued;
	s->front = t->front;
	s->conversion += conversion;
	s->idle_tail = tail;
	s->recent[2] = s->recent[1];
	s->recent[1] = s->recent[0];
	s->recent[0] = conversion;
	s->drained += drain;
	s->last_drains = s->last_drain + drain;
	s->last_drain = drain;
	t->front = later(t->front, s->first_take + s->conversion - s->recent[0] - s->recent[1] - s->recent[2]);
}

static void activate_tile(struct timing *t, struct timing_tile *s, const struct map_instr *i, uint64_t h, uint64_t clocks)
{
	bool hold = t->cfg->sample_hold;
	uint64_t E = (uint64_t)(t->cfg->precharge + t->cfg->evaluate);
	uint64_t x = later(h + 1, s->n ? s->last_take : 0), begin = x + 1, take = 0, finish = s->last_finish;
	uint64_t bank = s->n >= 2 ? s->drain[(s->n - 2) % TIMING_DRAINS] : 0, before = s->n ? s->drain[(s->n - 1) % TIMING_DRAINS] : 0;

	for (int p = 0; p < t->planes; p++) {
		if (p)
			begin = take + 1;
		/* finish is 0 before the first conversion ever, and x >= 1 */
		if (!hold)
			begin = later(begin, finish + 1);
		take = later(begin + E, finish);
		if (p == 0) {
			take = later(take, bank);
			if (!s->work)
				s->first_take = take;
		}
		finish = take + clocks;
	}
	s->shadow_free = x + 1;
	s->last_take = take;
	s->last_finish = finish;
	s->drain[s->n % TIMING_DRAINS] = later(finish + 2, before) + (uint64_t)i->col_count + 2;
	s->n++;
}

void timing_activate(struct timing *t, const struct map_instr *i, uint64_t h, uint64_t issued)
{
	uint64_t P = (uint64_t)t->planes, R = rounds(i, t->cfg->adcs), E = (uint64_t)(t->cfg->precharge + t->cfg->evaluate);
	uint64_t compare = R * (uint64_t)i->bits * (uint64_t)t->cfg->compare, clocks = R + compare, tiles = (uint64_t)i->tile_count;
	uint64_t plane = t->cfg->sample_hold ? later(clocks, E + 1) : E + 1 + clocks;

	for (int n = 0; n < i->tile_count; n++) {
		struct timing_tile *s = &t->tile[i->tile + n * i->tile_stride];

		activate_tile(t, s, i, h, clocks);
		account(t, s, P * plane, plane - clocks, (uint64_t)i->col_count + 2, issued);
	}
	t->counts.activations += tiles * P;
	t->counts.conversions += tiles * P * (uint64_t)i->col_count;
	t->counts.comparisons += tiles * P * (uint64_t)i->col_count * (uint64_t)i->bits;
	t->counts.compare_clocks += tiles * P * compare;
}

static uint64_t least_window(const struct timing_tile *s)
{
	uint64_t last = s->recent[0] - s->idle_tail, least = s->conversion - s->idle_tail;

	if (s->work < 2)
		return least;
	least = later(least, s->issued_last - s->issued_first + last);
	least = later(least, s->first_conversion + (s->drained - s->last_drains) + last);
	return later(least, s->front + last > s->first_take ? s->front + last - s->first_take : 0);
}

static void close_window(struct timing *t, struct timing_tile *s)
{
	if (!s->work)
		return;
	t->counts.window_clocks += s->last_finish - s->first_take;
	t->least += least_window(s);
	s->work = s->conversion = s->drained = s->last_drains = s->last_drain = s->recent[0] = s->recent[1] = s->recent[2] = 0;
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
	out->bound = t->least ? (double)t->counts.compare_clocks / (double)t->least : 0;
}

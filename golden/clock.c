/* Clocks of the machine: the sequencer of docs/isa.md section 6, and tiles whose clocks are worked out ahead by the recurrence of that section.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/clock_parts.h"
#include "common/mem.h"
#include <stdlib.h>

static struct gm_clock *clock_new(const struct gm_hw *hw, const struct gm_regs *regs)
{
	struct gm_clock *c = MEM_NEW(1, struct gm_clock);

	c->hw = *hw;
	c->watch = regs->watch;
	c->E = regs->precharge + regs->evaluate;
	c->P_c = hw->immersed ? regs->reference_precharge + regs->share + regs->settle : regs->compare;
	if (regs->precharge < 1 || regs->evaluate < 1 || c->P_c < 1)
		BUG("clocks of a machine without timing");
	return c;
}

struct gm_clock *gm_clock_stepped(const struct gm_hw *hw, const struct gm_regs *regs)
{
	struct gm_clock *c = clock_new(hw, regs);

	gm_step_new(c);
	return c;
}

struct gm_clock *gm_clock_new(const struct gm_hw *hw, const struct gm_regs *regs)
{
	struct gm_clock *c;

	if (hw->immersed || regs->watch)
		return gm_clock_stepped(hw, regs);
	c = clock_new(hw, regs);
	c->ahead = MEM_NEW(hw->tiles, struct gm_ahead);
	return c;
}

void gm_clock_free(struct gm_clock *c)
{
	if (!c)
		return;
	gm_step_free(c);
	free(c->ahead);
	free(c);
}

/* ---- tiles ahead ---- */

static long later(long a, long b)
{
	return a > b ? a : b;
}

/* the whole activation, because nothing that comes later changes it; h = the clock that has just passed */
static void hand_over(struct gm_clock *c, struct gm_ahead *a, const struct gm_work *w)
{
	long k = 0, v, C;
	int p;

	a->x = a->n ? later(c->now, a->k_last) : c->now;
	for (p = 0, v = a->x + 1; p < w->planes; p++, v = k + 1) {
		if (!c->hw.sample_hold && a->n + p > 0)
			v = later(v, a->f + 1);
		k = v + c->E;
		if (a->n + p > 0)
			k = later(k, a->f);
		if (p == 0 && a->n > 1)
			k = later(k, a->g[(a->n - 2) % GM_PAST]);
		C = w->rounds + (long)w->compares[p] * c->P_c;
		a->f = k + C;
		c->convert += (uint64_t)C;
		c->compare += (uint64_t)w->compares[p] * (uint64_t)c->P_c;
	}
	c->compute += (uint64_t)w->planes * (uint64_t)c->E;
	a->k_last = k;
	v = a->n ? later(a->f + 2, a->g[(a->n - 1) % GM_PAST]) : a->f + 2;
	a->g[a->n++ % GM_PAST] = v + w->col.count + 2;
}

/* first clock in which the tile shows at most lag pending; drains end in the order of hand-over */
static long settles(const struct gm_ahead *a, int lag)
{
	return a->n > lag ? a->g[(a->n - 1 - lag) % GM_PAST] : 0;
}

/* ---- the sequencer ---- */

static void pass(struct gm_clock *c, long clocks)
{
	if (c->ahead)
		c->now += clocks;
	else
		gm_step(c, clocks);
}

/* how long it waits until every tile of the set shows at most lag pending */
static uint64_t wait_pending(struct gm_clock *c, const struct gm_span *tile, int lag)
{
	long begin = c->now;
	int i;

	for (i = 0; c->ahead && i < tile->count; i++)
		c->now = later(c->now, settles(&c->ahead[tile->start + i * tile->stride], lag));
	while (!c->ahead && gm_step_pending(c, tile) > lag)
		gm_step(c, 1);
	return (uint64_t)(c->now - begin);
}

/* ... a free shadow */
static uint64_t wait_shadow(struct gm_clock *c, const struct gm_span *tile)
{
	long begin = c->now;
	int i;

	for (i = 0; c->ahead && i < tile->count; i++) {
		const struct gm_ahead *a = &c->ahead[tile->start + i * tile->stride];

		if (a->n)
			c->now = later(c->now, a->x + 1);
	}
	while (!c->ahead && gm_step_full(c, tile))
		gm_step(c, 1);
	return (uint64_t)(c->now - begin);
}

/* the step is through: work and tiles as gm_watch has them */
static void tell(const struct gm_clock *c, enum gm_kind kind, long begin, long work, const struct gm_span *tile)
{
	if (c->watch)
		c->watch->step(c->watch->ctx, kind, begin, work, c->now, tile ? tile->start : 0, tile ? tile->stride : 0, tile ? tile->count : 0);
}

void gm_clock_plain(struct gm_clock *c, long clocks)
{
	long begin = c->now;

	pass(c, 2 + clocks);
	tell(c, clocks ? GM_IS_INPUT : GM_IS_CONTROL, begin, begin + 2, NULL);
}

void gm_clock_load(struct gm_clock *c, const struct gm_span *tile, long beats)
{
	const struct gm_span all = { 0, 1, c->hw.tiles };
	long begin = c->now, work;

	pass(c, 2);
	c->wait_load += wait_pending(c, c->hw.immersed ? &all : tile, 0);
	work = c->now;
	pass(c, beats);
	tell(c, GM_IS_LOAD, begin, work, tile);
}

void gm_clock_act(struct gm_clock *c, const struct gm_span *tile, int rows, const struct gm_work *work)
{
	long begin = c->now, first;
	int i;

	pass(c, 2);
	c->wait_act += wait_shadow(c, tile);
	first = c->now;
	pass(c, rows + 1); /* the last of them is h */
	tell(c, GM_IS_ACT, begin, first, tile);
	for (i = 0; i < tile->count; i++) {
		int t = tile->start + i * tile->stride;

		if (c->ahead)
			hand_over(c, &c->ahead[t], &work[i]);
		else
			gm_step_hand_over(c, t, &work[i]);
	}
}

void gm_clock_out(struct gm_clock *c, const struct gm_span *tile, int lag, int count)
{
	long begin = c->now, work;

	pass(c, 2);
	c->wait_out += wait_pending(c, tile, lag);
	work = c->now;
	pass(c, count + 4);
	tell(c, GM_IS_OUT, begin, work, tile);
}

void gm_clock_end(struct gm_clock *c, struct gm_counts *counts)
{
	const struct gm_span all = { 0, 1, c->hw.tiles };
	long begin = c->now, work;

	pass(c, 1);
	counts->wait_end = wait_pending(c, &all, 0);
	work = c->now;
	pass(c, 1);
	tell(c, GM_IS_END, begin, work, NULL);
	counts->cycles = (uint64_t)c->now;
	counts->compare_clocks = c->compare;
	counts->compute_clocks = c->compute;
	counts->convert_clocks = c->convert;
	counts->serve_clocks = c->serve;
	counts->wait_load = c->wait_load;
	counts->wait_act = c->wait_act;
	counts->wait_out = c->wait_out;
}

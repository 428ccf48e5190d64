/* Plan -> instructions; plans in passes.
 *
 * Tokens are pipelined in software: the results of token t are asked for when the activations of token t + ahead are under way, so that a
 * tile always has its next activation queued. Index registers carry what grows from token to token and from unit to unit of passes.
 * Units (passes up to one that yields results) that differ only by constant steps become one hardware loop.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/emit.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum {
	R_PASS_X = R_RESULT,                /* passes of a unit that yield no results yet: input */
	MOST_COUNT = 65535,
	XIN_COUNT = 65528,                  /* whole beats in one XIN */
	MOST_TILES = 64,
};

struct emit {
	const struct plan *plan;
	struct code *to;         /* where instructions go now */
	const struct plan_stage *s;
	int stage;
	int x0, x_step;          /* the stage's input in the activation buffer; bytes of a token */
	bool mid;                /* its results go to the buffer, at mid0 */
	int mid0;
	int acts_on[MOST_TILES]; /* activations of one token, per tile, of the last pass that used it */
	bool now[MOST_TILES];    /* the pass at hand uses it */
	enum emit_order order;
};

void emit_load(struct code *to, const struct plan *p, const struct plan_array *a)
{
	code_put(to, (struct map_instr){ .op = MAP_LOAD, .tile = a->tile, .tile_stride = 1, .tile_count = 1, .row_stride = 1, .row_count = plan_array_rows(p, a) });
}

void emit_act(struct code *to, const struct plan_act *a, int base, int r_base, int acc0, int r_acc)
{
	code_put(to, (struct map_instr){ .op = MAP_ACT, .flags = a->add ? EMIT_ADD : 0, .tile = a->tile, .tile_stride = a->tile_stride, .tile_count = a->tile_count,
		.row_start = a->row, .row_stride = a->row_stride, .row_count = a->n_rows, .col_start = a->col, .col_stride = a->col_stride, .col_count = a->n_cols,
		.base = (base + a->x.base) & 0xffff, .r_base = r_base, .inner = a->x.inner, .inner_stride = a->x.inner_stride, .outer_stride = a->x.outer_stride,
		.acc_base = acc0 + a->acc, .r_acc = r_acc, .bits = a->bits, .slice0 = a->slice0, .nslice = a->n_slice });
}

void emit_out(struct code *to, const struct plan *p, int stage, const struct plan_out *o, int acc0, int r_acc, int r_channel, int mid0, int r_mid, int lag)
{
	struct map_instr i = { .op = MAP_OUT, .flags = EMIT_STREAM | EMIT_LAST, .tile = o->tile, .tile_stride = o->tile_stride, .tile_count = o->n_tiles,
		.acc_base = acc0 + o->acc, .r_acc = r_acc, .channel = p->stage[stage].channel0 + o->channel, .r_ch = r_channel, .count = o->count, .lag = lag };

	if (stage + 1 < p->n_stages) {
		i.flags |= EMIT_BUFFER;
		i.base = (mid0 + o->mid.base) & 0xffff;
		i.r_base = r_mid;
		i.inner = o->mid.inner;
		i.inner_stride = o->mid.inner_stride;
		i.outer_stride = o->mid.outer_stride;
	}
	code_put(to, i);
}

static void put_loads(struct emit *e, const struct plan_pass *p)
{
	for (size_t i = p->array; i < p->array + p->n_arrays; i++)
		emit_load(e->to, e->plan, &e->plan->array[i]);
}

/* activations of one slot; slot -1: of all. Slots ascend */
static void put_acts(struct emit *e, const struct plan_pass *p, int slot)
{
	for (size_t i = p->act; i < p->act + p->n_acts; i++)
		if (slot < 0 || e->s->act[i].slot == slot)
			emit_act(e->to, &e->s->act[i], e->x0, R_X, 0, R_ACC);
}

int emit_lag(const struct plan_out *o, const int *later)
{
	int lag = EMIT_MOST_LAG;

	for (int n = 0; n < o->n_tiles; n++) {
		int t = o->tile + n * o->tile_stride;

		if (later[t] < lag)
			lag = later[t];
	}
	return lag;
}

/* Results of a slot when `tokens_behind` whole tokens of activations, and in the drained end of a pass only the rest of its own, are behind it:
 * the lag is the least number of later activations over the group's tiles. */
static void put_results(struct emit *e, const struct plan_pass *p, int slot, int tokens_behind, bool rest)
{
	for (size_t n = p->out; n < p->out + p->n_outs; n++) {
		const struct plan_out *o = &e->s->out[n];
		int later[MOST_TILES];

		if (slot >= 0 && o->slot != slot)
			continue;
		for (int t = 0; t < MOST_TILES; t++) {
			later[t] = tokens_behind * e->acts_on[t];
			/* A tile that only an earlier pass of the unit used: as many tokens' activations as remain, no fewer than tokens_behind, are behind this one's. */
			if (rest && e->now[t] && e->acts_on[t] - 1 > o->slot)
				later[t] += e->acts_on[t] - 1 - o->slot;
		}
		emit_out(e->to, e->plan, e->stage, o, 0, R_RESULT, R_CHANNEL, e->mid0, e->mid ? R_MID : 0, emit_lag(o, later));
	}
}

static int count_acts(struct emit *e, const struct plan_pass *p)
{
	int slots = 0;

	memset(e->now, 0, sizeof(e->now));
	for (size_t i = p->act; i < p->act + p->n_acts; i++) {
		const struct plan_act *a = &e->s->act[i];

		for (int n = 0; n < a->tile_count; n++) {
			int t = a->tile + n * a->tile_stride;

			e->acts_on[t] = e->now[t] ? e->acts_on[t] + 1 : 1;
			e->now[t] = true;
		}
		if (a->slot >= slots)
			slots = a->slot + 1;
	}
	return slots;
}

static void step_acts(struct emit *e)
{
	code_step(e->to, R_X, e->x_step);
	code_step(e->to, R_ACC, e->s->words);
}

static void step_results(struct emit *e)
{
	code_step(e->to, R_RESULT, e->s->words);
	if (e->mid)
		code_step(e->to, R_MID, e->plan->mid_len);
}

/* x_from: register that holds the pass's own input offset */
static void put_pass(struct emit *e, const struct plan_pass *p, int x_from)
{
	int slots = count_acts(e, p), tokens = e->plan->tokens, ahead;

	code_idx(e->to, R_X, x_from, 0);
	code_idx(e->to, R_ACC, 0, 0);
	if (p->n_outs) {
		code_idx(e->to, R_RESULT, 0, 0);
		if (e->mid)
			code_idx(e->to, R_MID, R_UNIT_MID, 0);
	}
	put_loads(e, p);
	if (p->n_outs && e->order == EMIT_SHORT) {
		code_loop(e->to, tokens);
		put_acts(e, p, -1);
		put_results(e, p, -1, 0, true);
		step_acts(e);
		step_results(e);
		code_next(e->to, tokens);
		return;
	}
	/* A result of a tile is there when three more activations are handed over: shadow, active, converting. */
	ahead = p->n_outs ? (3 + slots - 1) / slots : tokens;
	if (ahead > tokens)
		ahead = tokens;
	code_loop(e->to, ahead);
	put_acts(e, p, -1);
	if (tokens > 1)
		step_acts(e);
	code_next(e->to, ahead);
	if (!p->n_outs)
		return;
	if (tokens > ahead) {
		code_loop(e->to, tokens - ahead);
		for (int slot = 0; slot < slots; slot++) {
			put_acts(e, p, slot);
			put_results(e, p, slot, ahead, false);
		}
		step_acts(e);
		step_results(e);
		code_next(e->to, tokens - ahead);
	}
	if (e->order == EMIT_COMPACT && ahead > 1) {
		code_loop(e->to, ahead);
		put_results(e, p, -1, 0, false);
		step_results(e);
		code_next(e->to, ahead);
		return;
	}
	for (int left = ahead - 1; left >= 0; left--) {
		put_results(e, p, -1, left, true);
		if (left)
			step_results(e);
	}
}

/* passes first .. last; only the last yields results */
static struct code make_unit(struct emit *e, size_t first, size_t last)
{
	static const struct code_level level = { .x = R_PASS_X, .x_from = R_UNIT_X };
	struct code unit = { 0 }, *parts = MEM_NEW(last - first, struct code);

	for (size_t p = first; p < last; p++) {
		e->to = &parts[p - first];
		put_pass(e, &e->s->pass[p], R_PASS_X);
	}
	e->to = &unit;
	if (last > first)
		code_level(e->to, &level);
	code_parts(e->to, parts, last - first, &level);
	put_pass(e, &e->s->pass[last], R_UNIT_X);
	free(parts);
	return unit;
}

static void put_stage(struct emit *e, int stage, struct code *all)
{
	static const struct code_level level = { R_UNIT_X, R_CHANNEL, R_UNIT_MID, 0 };
	struct code *units;
	size_t n = 0;

	e->stage = stage;
	e->s = &e->plan->stage[stage];
	e->x_step = stage ? e->plan->mid_len : e->plan->x_len;
	e->x0 = stage ? e->plan->tokens * e->plan->x_len : 0;
	e->mid = stage + 1 < e->plan->n_stages;
	e->mid0 = e->plan->tokens * e->plan->x_len;
	units = MEM_NEW(e->s->n_passes, struct code);
	for (size_t first = 0, last; first < e->s->n_passes; first = last + 1) {
		for (last = first; !e->s->pass[last].n_outs; last++)
			;
		units[n++] = make_unit(e, first, last);
	}
	if (stage)
		code_level(all, &level);
	code_parts(all, units, n, &level);
	free(units);
}

static void put_params(struct code *to, const struct plan *p)
{
	for (int ch = 0; ch < p->channels; ch += MOST_COUNT) {
		int n = p->channels - ch;

		code_put(to, (struct map_instr){ .op = MAP_PARAM, .channel = ch, .count = n < MOST_COUNT ? n : MOST_COUNT });
	}
}

static void put_inputs(struct code *to, const struct plan *p)
{
	int total = p->tokens * p->x_len;

	for (int x = 0; x < total; x += XIN_COUNT) {
		int n = total - x < XIN_COUNT ? total - x : XIN_COUNT;

		code_put(to, (struct map_instr){ .op = MAP_XIN, .base = x, .inner = n, .inner_stride = 1, .outer_stride = 0, .count = n });
	}
}

void emit_program(const struct plan *p, const struct emit_how *how, struct code *out)
{
	struct emit e = { .plan = p, .order = how->order };

	put_params(out, p);
	put_inputs(out, p);
	if (p->resident)
		resident_emit(p, how, out);
	else
		for (int i = 0; i < p->n_stages; i++)
			put_stage(&e, i, out);
	code_put(out, (struct map_instr){ .op = MAP_END });
}

void emit_outputs(const struct plan *p, const struct emit_how *how, struct map_output *out)
{
	if (p->resident) {
		resident_outputs(p, how, out);
		return;
	}
	/* pass by pass, in it token by token, in it OUT by OUT */
	for (int i = 0; i < p->n_stages; i++) {
		const struct plan_stage *s = &p->stage[i];

		for (size_t n = 0; n < s->n_passes; n++)
			for (int t = 0; t < p->tokens; t++)
				for (size_t o = s->pass[n].out; o < s->pass[n].out + s->pass[n].n_outs; o++)
					for (int k = 0; k < s->out[o].count; k++)
						*out++ = (struct map_output){ t, i, s->raw[s->out[o].channel + k] };
	}
}

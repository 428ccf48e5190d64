/* Plan -> instructions.
 *
 * Tokens are pipelined in software: the results of token t are asked for when the activations of token t + ahead are under way, so that a
 * tile always has its next activation queued. Index registers carry what grows from token to token and from unit to unit of passes.
 * Units (passes up to the one that yields results) that differ only by constant steps become one hardware loop.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/plan.h"
#include "common/mem.h"
#include "map/code.h"
#include <stdlib.h>
#include <string.h>

enum {
	R_X = 1, R_ACC, R_RESULT, R_MID,    /* token: input, accumulator of activations, of results, results in the buffer */
	R_CHANNEL, R_UNIT_X, R_UNIT_MID,    /* unit: first channel, input, results in the buffer */
	R_PASS_X = R_RESULT,                /* passes of a unit that yield no results yet: input */
	MOST_LAG = 15,
	MOST_COUNT = 65535,
	XIN_COUNT = 65528,                  /* whole beats in one XIN */
	FLAG_ADD = 1, FLAG_BUFFER = 1, FLAG_STREAM = 2, FLAG_LAST = 4,
};

struct emit {
	const struct plan *plan;
	struct code all;         /* the program */
	struct code *to;         /* where instructions go now */
	const struct plan_stage *s;
	int x0, x_step;          /* the stage's input in the activation buffer; bytes of a token */
	bool mid;                /* its results go to the buffer, at mid0 */
	int mid0;
	int acts_on[256];        /* activations of one token of the pass at hand, per tile */
	bool compact;            /* fewer instructions, a few clocks more at the end of a pass */
};

static void put(struct emit *e, struct map_instr i)
{
	code_put(e->to, i);
}

static void put_loads(struct emit *e, const struct plan_pass *p)
{
	for (size_t i = p->array; i < p->array + p->n_arrays; i++) {
		const struct plan_array *a = &e->s->array[i];

		put(e, (struct map_instr){ .op = MAP_LOAD, .tile = a->tile, .tile_stride = 1, .tile_count = 1, .row_stride = 1, .row_count = plan_array_rows(e->s, a) });
	}
}

/* activations of one slot; slot -1: of all */
static void put_acts(struct emit *e, const struct plan_pass *p, int slot)
{
	for (size_t i = p->act; i < p->act + p->n_acts; i++) {
		const struct plan_act *a = &e->s->act[i];

		if (slot >= 0 && a->slot != slot)
			continue;
		put(e, (struct map_instr){ .op = MAP_ACT, .flags = a->add ? FLAG_ADD : 0, .tile = a->tile, .tile_stride = a->tile_stride, .tile_count = a->tile_count,
			.row_start = a->row, .row_stride = 1, .row_count = a->n_rows, .col_start = a->col, .col_stride = 1, .col_count = a->n_cols,
			.base = e->x0 + a->x, .r_base = R_X, .inner = a->n_rows, .inner_stride = 1, .outer_stride = 0,
			.acc_base = a->acc, .r_acc = R_ACC, .bits = a->bits, .slice0 = a->slice0, .nslice = a->n_slice });
	}
}

/* Where result `channel` = k*b*r + l*r + j of a Monarch stage R goes: so that L block l reads its inputs k*r + j as one run (numerics.md section 7).
 * The permutation is this address pattern. n: how many results, from this one, one pattern covers. */
static int mid_address(const struct map_stage *R, int channel, int left, int *n)
{
	int b = R->blocks, r = R->out / b, k = channel / R->out, i = channel % R->out, in_block = R->out - i;

	*n = i % r ? r - i % r : in_block;
	if (*n > left)
		*n = left;
	return i / r * b * r + k * r + i % r;
}

static void put_result(struct emit *e, const struct plan_out *o, int lag)
{
	struct map_instr i = { .op = MAP_OUT, .flags = FLAG_STREAM, .tile = o->tile, .tile_stride = 1, .tile_count = o->n_tiles, .r_acc = R_RESULT, .r_ch = R_CHANNEL, .lag = lag };

	for (int done = 0; done < o->count; done += i.count) {
		i.count = o->count - done;
		if (e->mid) {
			const struct map_stage *R = e->s->view.stage;

			i.flags |= FLAG_BUFFER;
			i.base = e->mid0 + mid_address(R, o->channel + done, o->count - done, &i.count);
			i.r_base = R_MID;
			i.inner = R->out / R->blocks;
			i.inner_stride = 1;
			i.outer_stride = R->out;
		}
		if (done + i.count == o->count)
			i.flags |= FLAG_LAST;
		i.acc_base = o->acc + done;
		i.channel = e->s->channel0 + o->channel + done;
		put(e, i);
	}
}

/* Results of a slot when `tokens_behind` whole tokens of activations, and in the drained end of a pass only the rest of its own, are behind it:
 * the lag is the least number of later activations over the group's tiles. */
static void put_results(struct emit *e, const struct plan_pass *p, int slot, int tokens_behind, bool rest)
{
	for (size_t n = p->out; n < p->out + p->n_outs; n++) {
		const struct plan_out *o = &e->s->out[n];
		int lag = MOST_LAG;

		if (slot >= 0 && o->slot != slot)
			continue;
		for (int t = o->tile; t < o->tile + o->n_tiles; t++) {
			int later = tokens_behind * e->acts_on[t] + (rest ? e->acts_on[t] - 1 - o->slot : 0);

			/* a tile that only an earlier pass of the unit used: as many of its activations as tokens remain are behind this one's, no fewer than the lag */
			if (e->acts_on[t] && later < lag)
				lag = later;
		}
		put_result(e, o, lag);
	}
}

static int count_acts(struct emit *e, const struct plan_pass *p)
{
	int slots = 0;

	memset(e->acts_on, 0, sizeof(e->acts_on));
	for (size_t i = p->act; i < p->act + p->n_acts; i++) {
		const struct plan_act *a = &e->s->act[i];

		for (int t = 0; t < a->tile_count; t++)
			e->acts_on[a->tile + t * a->tile_stride]++;
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
	if (e->compact && ahead > 1) {
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

static void put_stage(struct emit *e, int stage)
{
	static const struct code_level level = { R_UNIT_X, R_CHANNEL, R_UNIT_MID, 0 };
	struct code *units;
	size_t n = 0;

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
	e->to = &e->all;
	if (stage)
		code_level(e->to, &level);
	code_parts(e->to, units, n, &level);
	free(units);
}

static void put_params(struct emit *e)
{
	for (int ch = 0; ch < e->plan->channels; ch += MOST_COUNT) {
		int n = e->plan->channels - ch;

		put(e, (struct map_instr){ .op = MAP_PARAM, .channel = ch, .count = n < MOST_COUNT ? n : MOST_COUNT });
	}
}

static void put_inputs(struct emit *e)
{
	int total = e->plan->tokens * e->plan->x_len;

	for (int x = 0; x < total; x += XIN_COUNT) {
		int n = total - x < XIN_COUNT ? total - x : XIN_COUNT;

		put(e, (struct map_instr){ .op = MAP_XIN, .base = x, .inner = n, .inner_stride = 1, .outer_stride = 0, .count = n });
	}
}

void emit_program(const struct plan *p, bool compact, uint32_t **code, size_t *n_instr)
{
	struct emit e = { .plan = p, .compact = compact };

	e.to = &e.all;
	put_params(&e);
	put_inputs(&e);
	for (int i = 0; i < p->n_stages; i++)
		put_stage(&e, i);
	put(&e, (struct map_instr){ .op = MAP_END });
	*n_instr = e.all.n;
	*code = mem_calloc(e.all.n, 8 * sizeof(uint32_t));
	for (size_t i = 0; i < e.all.n; i++)
		map_encode(&e.all.i[i], *code + 8 * i);
	free(e.all.i);
}

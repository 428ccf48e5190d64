/* Both stages of a Monarch layer on the tiles at once: tokens flow from R over the vector between the stages to L, without reloads.
 *
 * An iteration i hands over R of token i and L of token i - skew, and takes the results of R of token i - out_r and of L of token i - out_l.
 * What keeps the sums and the one vector between the stages apart:
 * - OUT of R (token t) stands before L of t and behind L of t - 1, which has read the vector when it is handed over;
 * - a token's words are asked for before a later token's activations into the same words are handed over.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/emit.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum { R_ACC_R = R_ACC, R_OUT_R, R_ACC_L, R_OUT_L, R_SPARE, TOKENS = 16 /* more than are under way at once */, MOST_TILES = 64, QUEUE = 3 /* activations that keep a tile busy */ };

struct flow {
	const struct plan *p;
	const struct emit_how *how;
	struct code *to;
	int skew, out_r, out_l;
	int acc_l;               /* where the words of L begin */
	int handed[MOST_TILES];  /* activations so far */
	int behind[2][TOKENS][MOST_TILES]; /* of a stage and token: handed[] after its last */
};

static bool uses_registers(const struct emit_how *how)
{
	return how->order == EMIT_AHEAD;
}

static int sets(const struct plan *p, const struct emit_how *how)
{
	return !uses_registers(how) ? 1 : how->ring ? 2 : p->tokens;
}

long resident_words(const struct plan *p, const struct emit_how *how)
{
	long R = (long)sets(p, how) * p->stage[0].words, L = (long)sets(p, how) * p->stage[1].words;

	return p->shared ? R + L : R > L ? R : L;
}

static int slots_of(const struct plan_stage *s)
{
	return s->act[s->n_acts - 1].slot + 1;
}

/* activations of slots from.. < to */
static void put_slots(struct flow *f, int stage, int token, int from, int to)
{
	const struct plan *p = f->p;
	const struct plan_stage *s = &p->stage[stage];
	bool regs = uses_registers(f->how);

	for (size_t i = 0; i < s->n_acts; i++) {
		const struct plan_act *a = &s->act[i];

		if (a->slot < from || a->slot >= to)
			continue;
		if (stage)
			emit_act(f->to, a, p->tokens * p->x_len, 0, f->acc_l, regs ? R_ACC_L : 0);
		else
			emit_act(f->to, a, 0, R_X, 0, regs ? R_ACC_R : 0);
		for (int n = 0; n < a->tile_count; n++) {
			int t = a->tile + n * a->tile_stride;

			f->behind[stage][token % TOKENS][t] = ++f->handed[t];
		}
	}
}

/* OUTs number from.. < to */
static void put_some_results(struct flow *f, int stage, int token, size_t from, size_t to)
{
	const struct plan *p = f->p;
	bool regs = uses_registers(f->how);
	int later[MOST_TILES];

	for (int t = 0; t < MOST_TILES; t++)
		later[t] = f->handed[t] - f->behind[stage][token % TOKENS][t];
	for (size_t i = from; i < to; i++) {
		const struct plan_out *o = &p->stage[stage].out[i];

		emit_out(f->to, p, stage, o, stage ? f->acc_l : 0, !regs ? 0 : stage ? R_OUT_L : R_OUT_R, 0, p->tokens * p->x_len, 0, emit_lag(o, later));
	}
}

static void put_results(struct flow *f, int stage, int token)
{
	put_some_results(f, stage, token, 0, f->p->stage[stage].n_outs);
}

/* slots that are handed over before the results of `depth` tokens before are asked for */
static int before_results(const struct flow *f, int stage)
{
	int slots = slots_of(&f->p->stage[stage]), n = QUEUE - (f->how->depth - 1) * slots;

	return n < 0 ? 0 : n < slots ? n : slots;
}

/* R from slot r on, L from its first, in turns, so that tiles of both work; the results of L of an earlier token stand behind L's first slots,
 * at once or spread over what follows */
static void put_both(struct flow *f, int R, int r, int L, int out_l)
{
	int n_r = R < 0 ? 0 : slots_of(&f->p->stage[0]), n_l = L < 0 ? 0 : slots_of(&f->p->stage[1]), first = r, l = 0, h = before_results(f, 1), left;
	size_t outs = out_l < 0 ? 0 : f->p->stage[1].n_outs, done = 0, want;

	while (r < n_r || l < n_l) {
		if (l < n_l && (r >= n_r || (long)l * (n_r - first) <= (long)(r - first) * n_l)) {
			put_slots(f, 1, L, l, l + 1);
			l++;
		} else {
			put_slots(f, 0, R, r, r + 1);
			r++;
		}
		if (done == outs || l < (h < n_l ? h : n_l))
			continue;
		left = n_r - r + n_l - l;
		want = f->how->spread ? (outs - done + (size_t)left) / (size_t)(left + 1) : outs - done;
		put_some_results(f, 1, out_l, done, done + want);
		done += want;
	}
	if (outs)
		put_some_results(f, 1, out_l, done, outs);
}

/* tokens of an iteration, -1: none */
static int token_at(int i, int offset, int tokens)
{
	return i >= offset && i < tokens + offset ? i - offset : -1;
}

static void put_iteration(struct flow *f, int i, int tokens)
{
	int R = token_at(i, 0, tokens), L = token_at(i, f->skew, tokens), out_r = token_at(i, f->out_r, tokens), out_l = token_at(i, f->out_l, tokens);
	int h = R < 0 ? 0 : slots_of(&f->p->stage[0]);

	if (f->how->order == EMIT_PAIR) {
		put_both(f, R, 0, L, -1);
		if (out_r >= 0)
			put_results(f, 0, out_r);
		if (out_l >= 0)
			put_results(f, 1, out_l);
		return;
	}
	if (f->how->order == EMIT_AHEAD && out_r >= 0)
		h = R < 0 ? 0 : before_results(f, 0);
	if (R >= 0)
		put_slots(f, 0, R, 0, h);
	if (out_r >= 0)
		put_results(f, 0, out_r);
	put_both(f, R, h, L, out_l);
}

/* x = y, y = x */
static void swap(struct code *to, int x, int y)
{
	code_idx(to, R_SPARE, x, 0);
	code_idx(to, x, y, 0);
	code_idx(to, y, R_SPARE, 0);
}

static void step_registers(struct flow *f, int i, int tokens)
{
	const struct plan *p = f->p;

	if (i < tokens)
		code_step(f->to, R_X, p->x_len);
	if (!uses_registers(f->how))
		return;
	if (f->how->ring) {
		swap(f->to, R_ACC_R, R_OUT_R);
		if (i >= f->skew)
			swap(f->to, R_ACC_L, R_OUT_L);
		return;
	}
	if (i < tokens)
		code_step(f->to, R_ACC_R, p->stage[0].words);
	if (token_at(i, f->out_r, tokens) >= 0)
		code_step(f->to, R_OUT_R, p->stage[0].words);
	if (token_at(i, f->skew, tokens) >= 0)
		code_step(f->to, R_ACC_L, p->stage[1].words);
	if (token_at(i, f->out_l, tokens) >= 0)
		code_step(f->to, R_OUT_L, p->stage[1].words);
}

/* arrays of L alone are loaded while R works on its first token */
static void put_loads(struct flow *f, int stage)
{
	for (size_t i = 0; i < f->p->n_arrays; i++)
		if (stage < 0 || f->p->array[i].stage == stage)
			emit_load(f->to, f->p, &f->p->array[i]);
}

static void set_offsets(struct flow *f, const struct plan *p, const struct emit_how *how)
{
	f->p = p;
	f->how = how;
	f->skew = how->order == EMIT_AHEAD ? how->depth : how->order == EMIT_PAIR;
	f->out_r = how->order == EMIT_AHEAD ? how->depth : 0;
	f->out_l = how->order == EMIT_AHEAD ? 2 * how->depth : how->order == EMIT_PAIR;
	f->acc_l = p->shared ? sets(p, how) * p->stage[0].words : 0;
}

void resident_emit(const struct plan *p, const struct emit_how *how, struct code *to)
{
	struct flow *f = MEM_NEW(1, struct flow);
	int steady, tokens, loops;

	set_offsets(f, p, how);
	f->to = to;
	if (how->ring) {
		code_step(to, R_OUT_R, p->stage[0].words);
		code_step(to, R_OUT_L, p->stage[1].words);
	}
	/* from iteration `steady` on all iterations are alike until the tokens end: one stands for them */
	steady = f->out_l;
	loops = p->tokens > steady ? p->tokens - steady : 1;
	tokens = p->tokens - (loops - 1);
	put_loads(f, f->skew ? 0 : -1);
	for (int i = 0; i < tokens + f->out_l; i++) {
		if (i == steady)
			code_loop(to, loops);
		put_iteration(f, i, tokens);
		if (i == 0 && f->skew)
			put_loads(f, 1);
		if (i + 1 < tokens + f->out_l || (i == steady && loops > 1))
			step_registers(f, i, tokens);
		if (i == steady)
			code_next(to, loops);
	}
	free(f);
}

void resident_outputs(const struct plan *p, const struct emit_how *how, struct map_output *out)
{
	struct flow *f = MEM_NEW(1, struct flow);

	set_offsets(f, p, how);
	for (int i = 0; i < p->tokens + f->out_l; i++) {
		for (int stage = 0; stage < 2; stage++) {
			int t = token_at(i, stage ? f->out_l : f->out_r, p->tokens);

			for (size_t o = 0; t >= 0 && o < p->stage[stage].n_outs; o++)
				for (int k = 0; k < p->stage[stage].out[o].count; k++)
					*out++ = (struct map_output){ t, stage, p->stage[stage].raw[p->stage[stage].out[o].channel + k] };
		}
	}
	free(f);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cosim/expected.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

/* 64 MiB of records: far more than the RTL can be behind, small beside a compiler. */
enum { POOL_CHUNKS = 1024 };

/* columns ascend (isa.md section 2), so the columns of one position are neighbours: one record each */
static int on_codes(void *ctx, const struct gm_codes *g)
{
	struct expected *x = ctx;
	struct log *l = &x->codes[g->tile];
	int adcs = x->hw->adcs, mw = exp_mask_words(x->hw);

	for (int i = 0; i < g->n; ) {
		struct exp_round *r = log_slot(l);
		uint16_t *code = (uint16_t *)(r->words + mw);
		int position = g->column[i] / adcs, base = position * adcs;

		r->pc = g->pc;
		r->position = position;
		r->first = i;
		r->plane = g->plane;
		r->bits = g->bits;
		memset(r->words, 0, 4 * mw + 2 * adcs);
		for (; i < g->n && g->column[i] - base < adcs; i++) {
			int lane = g->column[i] - base;

			r->words[lane / 32] |= 1u << lane % 32;
			code[lane] = g->code[i];
		}
		r->n = i - r->first;
		log_push(l);
	}
	log_hold(&x->pool);
	return 0;
}

static int on_partial(void *ctx, const struct gm_partial *g)
{
	struct expected *x = ctx;
	struct exp_partial *r = log_slot(&x->partials[g->tile]);

	*r = (struct exp_partial){ g->address, g->partial, g->accumulator, g->pc };
	log_push(&x->partials[g->tile]);
	return 0;
}

static int on_out(void *ctx, const struct gm_out *g)
{
	struct expected *x = ctx;

	if (x->events) {
		*(struct exp_out *)log_slot(&x->outs) = (struct exp_out){ g->to_buffer ? g->address : 0, g->channel, g->acc, g->q, g->to_buffer | g->to_stream << 1, g->pc };
		log_push(&x->outs);
	}
	if (g->to_stream) {
		struct exp_beat *b = log_slot(&x->beats);

		/* isa.md section 2, OUT: {16'b0, 16-bit sign-extended q, acc} */
		*b = (struct exp_beat){ (uint64_t)(uint16_t)g->q << 32 | (uint32_t)g->acc, g->pc, g->last };
		log_push(&x->beats);
	}
	log_hold(&x->pool);
	return 0;
}

static void *golden_thread(void *ctx)
{
	struct expected *x = ctx;
	const struct cosim_job *job = x->job;
	struct gm_sink sink = { x, x->events ? on_codes : NULL, x->events ? on_partial : NULL, on_out };

	x->rc = gm_run(x->machine, &job->regs, job->code, job->n_instr, job->stream, job->n_beats, &sink, &x->counts, &x->beats_used, &x->err);
	atomic_store_explicit(&x->pool.done, true, memory_order_release);
	return NULL;
}

int expected_start(struct expected *x, const struct gm_hw *hw, struct gm *machine, const struct cosim_job *job, bool events, struct err *e)
{
	size_t round = sizeof(struct exp_round) + 4 * exp_mask_words(hw) + 2 * hw->adcs;

	memset(x, 0, sizeof(*x));
	x->hw = hw;
	x->machine = machine;
	x->job = job;
	x->events = events;
	x->pool.limit = POOL_CHUNKS + 2 * hw->tiles + 2;
	x->codes = aligned_alloc(64, hw->tiles * sizeof(struct log));
	x->partials = aligned_alloc(64, hw->tiles * sizeof(struct log));
	if (!x->codes || !x->partials)
		BUG("no memory for %d logs", hw->tiles);
	for (int t = 0; t < hw->tiles; t++) {
		log_init(&x->codes[t], &x->pool, round);
		log_init(&x->partials[t], &x->pool, sizeof(struct exp_partial));
	}
	log_init(&x->outs, &x->pool, sizeof(struct exp_out));
	log_init(&x->beats, &x->pool, sizeof(struct exp_beat));
	if (pthread_create(&x->thread, NULL, golden_thread, x)) {
		expected_release(x);
		return err_set(e, ERR_ENV, "cannot start a thread for the golden machine");
	}
	return 0;
}

void expected_join(struct expected *x)
{
	atomic_store(&x->pool.deaf, true);
	pthread_join(x->thread, NULL);
}

void expected_release(struct expected *x)
{
	for (int t = 0; t < x->hw->tiles; t++) {
		log_release(&x->codes[t]);
		log_release(&x->partials[t]);
	}
	log_release(&x->outs);
	log_release(&x->beats);
	free(x->codes);
	free(x->partials);
}

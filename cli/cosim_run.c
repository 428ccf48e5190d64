/* One layer, batch by batch, on one device.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_case.h"
#include "cli/cosim_hw.h"
#include "common/mem.h"
#include "common/progress.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_counts(struct cosim_case *k, const struct map_counts *m)
{
	struct map_counts *to = &k->predicted;

	to->cycles += m->cycles;
	to->activations += m->activations;
	to->conversions += m->conversions;
	to->comparisons += m->comparisons;
	to->compare_clocks += m->compare_clocks;
	to->window_clocks += m->window_clocks;
	k->least += m->compare_clocks / m->bound;
}

static void add_result(struct cosim_result *to, const struct cosim_result *r)
{
	to->codes += r->codes;
	to->partials += r->partials;
	to->outs += r->outs;
	to->beats += r->beats;
	if (!to->mismatches && r->mismatches)
		memcpy(to->first, r->first, sizeof(to->first));
	to->mismatches += r->mismatches;
	to->rtl_cycles += r->rtl_cycles;
	to->stalls += r->stalls;
	to->activations += r->activations;
	to->conversions += r->conversions;
	to->comparisons += r->comparisons;
	to->compare_clocks += r->compare_clocks;
	to->window += r->window;
	to->clocks += r->clocks;
	to->seconds += r->seconds;
}

/* beats in the order they left -> [token][channel] of their stage */
static void place_results(struct cosim_case *k, const struct map_program *p, const struct cosim_result *r, int token0)
{
	for (size_t i = 0; i < p->n_outputs && i < r->n_seen; i++) {
		const struct map_output *o = &p->output[i];
		struct case_stage *g = &k->stage[o->stage];
		size_t at = ((size_t)token0 + o->token) * g->blocks * g->out + o->channel;

		g->y[at] = r->acc[i];
		g->q[at] = r->q[i];
	}
}

static void on_progress(void *ctx, uint64_t clocks)
{
	progress_at(ctx, clocks);
}

static int run_batch(struct cosim_case *k, const struct cfg *c, struct cosim *device, int token0, const struct map_program *p, double stall, uint64_t seed, struct err *e)
{
	uint64_t *stream = map_stream(c, &k->map, p, k->x + (size_t)token0 * k->map.in);
	struct progress bar;
	struct cosim_result r;
	struct cosim_job job = {
		.layer = k->map.name, .regs = cosim_regs(c), .precharge = c->precharge, .evaluate = c->evaluate, .compare_clocks = c->compare,
		.code = p->code, .n_instr = p->n_instr, .stream = stream, .n_beats = p->n_beats, .n_outputs = p->n_outputs,
		.predicted_cycles = p->counts.cycles, .predicted_activations = p->counts.activations, .predicted_conversions = p->counts.conversions,
		.predicted_comparisons = p->counts.comparisons, .predicted_compare_clocks = p->counts.compare_clocks, .predicted_window = p->counts.window_clocks,
		.stall = stall, .seed = seed, .progress = on_progress, .progress_ctx = &bar,
	};
	int rc;

	progress_begin(&bar, k->map.name, p->counts.cycles);
	rc = cosim_run(device, &job, &r, e);
	progress_end(&bar);
	free(stream);
	if (rc)
		return rc;
	add_counts(k, &p->counts);
	add_result(&k->total, &r);
	place_results(k, p, &r, token0);
	cosim_result_release(&r);
	return 0;
}

int case_run(struct cosim_case *k, const struct cfg *c, struct cosim *device, double stall, uint64_t seed, struct err *e)
{
	int most = map_batch(c, &k->map, k->placement, e), rc = 0;
	struct map_program p = { 0 };

	if (!most)
		return -1;
	for (int s = 0; s < k->n_stages; s++) {
		struct case_stage *g = &k->stage[s];

		g->y = MEM_NEW((size_t)k->tokens * g->blocks * g->out, int32_t);
		g->q = MEM_NEW((size_t)k->tokens * g->blocks * g->out, int32_t);
	}
	for (int t = 0; t < k->tokens && !rc; t += most) {
		int n = k->tokens - t < most ? k->tokens - t : most;

		if (p.tokens != n) {
			map_program_release(&p);
			rc = map_compile(c, &k->map, k->placement, n, &p, e);
		}
		if (!rc)
			rc = run_batch(k, c, device, t, &p, stall, seed, e);
	}
	map_program_release(&p);
	return rc;
}

/* One layer, batch by batch, on one device.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_cover.h"
#include "cli/cosim_cut.h"
#include "lib/numbers.h"
#include "common/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_counts(struct cosim_case *k, const struct map_counts *m)
{
	map_counts_add(&k->predicted, m, 1);
	k->least += m->compare_clocks / m->bound;
}

void case_add_result(struct cosim_result *to, const struct cosim_result *r)
{
	to->codes += r->codes;
	to->partials += r->partials;
	to->outs += r->outs;
	to->beats += r->beats;
	if (!to->mismatches && r->mismatches) {
		memcpy(to->first, r->first, sizeof(to->first));
		to->first_clock = r->first_clock;
	}
	to->mismatches += r->mismatches;
	to->rtl_cycles += r->rtl_cycles;
	to->stalls += r->stalls;
	to->activations += r->activations;
	to->conversions += r->conversions;
	to->comparisons += r->comparisons;
	to->compare_clocks += r->compare_clocks;
	to->compute_clocks += r->compute_clocks;
	to->convert_clocks += r->convert_clocks;
	to->serve_clocks += r->serve_clocks;
	to->wait_load += r->wait_load;
	to->wait_act += r->wait_act;
	to->wait_out += r->wait_out;
	to->wait_end += r->wait_end;
	to->window += r->window;
	to->clocks += r->clocks;
	to->seconds += r->seconds;
}

void case_room(struct cosim_case *k)
{
	for (int i = 0; i < case_parts(k); i++) {
		for (int s = 0; s < k->n_stages; s++) {
			struct case_stage *g = &case_part(k, i)->stage[s];

			if (!g->y)
				g->y = MEM_NEW((size_t)k->tokens * g->blocks * g->out, int32_t);
			if (!g->q)
				g->q = MEM_NEW((size_t)k->tokens * g->blocks * g->out, int32_t);
		}
	}
}

void case_place(struct cosim_case *k, const struct map_program *p, const int32_t *acc, const int16_t *q, size_t n, int token0)
{
	case_room(k);
	for (size_t i = 0; i < p->n_outputs && i < n; i++) {
		const struct map_output *o = &p->output[i];
		int channel = o->channel;
		struct case_stage *g = &case_part(k, map_part_of(&k->map, o->stage, &channel))->stage[o->stage];
		size_t at = ((size_t)token0 + o->token) * g->blocks * g->out + channel;

		g->y[at] = acc[i];
		g->q[at] = q[i];
	}
}

static void on_progress(void *ctx, uint64_t clocks)
{
	struct case_bar *b = ctx;
	uint64_t done = clocks < b->clocks ? clocks : b->clocks;

	progress_at(&b->line, b->alone ? done : b->before + (b->clocks ? b->share * done / b->clocks : 0));
}

struct cosim_job case_job(const struct cfg *c, const struct cli_tree *tree, const char *name, const uint32_t *code, size_t n_instr, const struct map_counts *m)
{
	return (struct cosim_job){
		.layer = name, .regs = numbers_regs(c, tree ? &tree->ro : NULL), .code = code, .n_instr = n_instr,
		.predicted_cycles = m->cycles, .predicted_least = m->cycles_least, .predicted_most = m->cycles_most,
		.predicted_activations = m->activations, .predicted_conversions = m->conversions,
		.predicted_comparisons = m->comparisons, .predicted_compare_clocks = m->compare_clocks, .predicted_compute_clocks = m->compute_clocks,
		.predicted_convert_clocks = m->convert_clocks, .predicted_serve_clocks = m->serve_clocks, .predicted_window = m->window_clocks,
		.predicted_wait_load = m->wait_load, .predicted_wait_act = m->wait_act, .predicted_wait_out = m->wait_out, .predicted_wait_end = m->wait_end,
	};
}

int case_run_program(struct cosim_case *k, const struct cfg *c, const struct cli_tree *tree, struct cosim *device, int token0, const struct map_program *p, const uint64_t *stream,
		     double stall, uint64_t seed, struct case_bar *bar, struct err *e)
{
	struct cosim_result r;
	struct cosim_job job = case_job(c, tree, k->map.name, p->code, p->n_instr, &p->counts);
	int rc;

	job.stream = stream;
	job.n_beats = p->n_beats;
	job.n_outputs = p->n_outputs;
	job.stall = stall;
	job.seed = seed;
	if (bar) {
		job.progress = on_progress;
		job.progress_ctx = bar;
		bar->clocks = p->counts.cycles;
		if (bar->alone)
			progress_begin(&bar->line, k->map.name, bar->clocks);
		else
			progress_at(&bar->line, bar->before);
	}
	if (k->watch)
		job.watch = &k->watch->probes;
	memset(&r, 0, sizeof(r));
	rc = device ? cosim_run(device, &job, &r, e) : 0;
	if (bar && bar->alone)
		progress_end(&bar->line);
	if (!rc && k->watch)
		rc = k->watch->ran(k->watch->ctx, &job, p, &r, e);
	if (rc || (device && cli_cover(c, e)))
		return -1;
	add_counts(k, &p->counts);
	case_add_result(&k->total, &r);
	case_place(k, p, r.acc, r.q, r.n_seen, token0);
	cosim_result_release(&r);
	return 0;
}

void case_judge_program(struct cosim_case *k, const struct map_program *p)
{
	if (p->canonical_rows || case_lossless(k))
		return;
	k->machine_only = "the placement drives other rows together than the canonical partition";
	for (int i = 0; i < k->n_parts; i++)
		k->part[i].machine_only = k->machine_only;
}

int case_run(struct cosim_case *k, const struct cfg *c, const struct cli_tree *tree, struct cosim *device, double stall, uint64_t seed, struct err *e)
{
	struct case_runner r = { .cfg = c, .tree = tree, .device = device, .stall = stall, .seed = seed };
	struct case_cuts cuts;
	struct case_sum sum;
	int rc = case_cuts_make(c, k, &cuts, e);

	k->groups = cuts.n;
	for (int i = 0; !rc && i < case_units(&cuts, k->tokens); i++) {
		struct case_unit u = case_unit_of(&cuts, k->tokens, i);

		rc = case_unit_run(&r, k, &cuts, &u, &sum, e);
		if (!rc)
			case_unit_add(k, &sum);
	}
	case_runner_forget(&r);
	case_cuts_release(&cuts);
	return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_cut.h"
#include "common/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- how it is cut ---- */

/* the share of the layer that a cut stands for, as a layer of its own; weights and factors stay the layer's */
static struct map_layer share(const struct map_layer *l, const struct case_cut *cut)
{
	const struct map_stage *st;
	struct map_layer part = *l;
	size_t channel;

	if (cut->stage < 0)
		return part;
	st = &l->stage[cut->stage];
	channel = (size_t)cut->block * (size_t)st->out + (size_t)cut->out;
	part = (struct map_layer){ .monarch = l->monarch, .in = cut->n_blocks * st->in, .out = cut->n_blocks * cut->n_out, .b = cut->n_blocks, .p = st->in, .sub = cut->n_out, .n_stages = 1,
		.k_out = l->k_out };
	if (l->n_stages == 2)
		snprintf(part.name, sizeof(part.name), "%.40s.%c[%d..%d]", l->name, "RL"[cut->stage], (int)channel, (int)channel + part.out - 1);
	else
		snprintf(part.name, sizeof(part.name), "%.40s[%d..%d]", l->name, (int)channel, (int)channel + part.out - 1);
	part.stage[0] = (struct map_stage){ .blocks = cut->n_blocks, .out = cut->n_out, .in = st->in, .w = st->w + channel * (size_t)st->in, .scale = st->scale + channel, .M = st->M + channel,
		.s = st->s + channel };
	return part;
}

static int batch(const struct cfg *c, const struct cosim_case *k, const struct case_cut *cut)
{
	struct map_layer part = share(&k->map, cut);
	struct err no = { 0 };

	return map_batch(c, &part, k->placement, &no);
}

/* `all` things, `most` at a time: blocks of a stage, or (block >= 0) outputs of that block. False: does not fit */
static bool cut_evenly(const struct cfg *c, const struct cosim_case *k, int stage, int block, int all, int most, struct case_cuts *to)
{
	int out = k->map.stage[stage].out;

	for (int at = 0; at < all; at += most) {
		int n = all - at < most ? all - at : most, tokens;
		struct case_cut cut = block < 0 ? (struct case_cut){ stage, at, n, 0, out } : (struct case_cut){ stage, block, 1, at, n };

		/* equal shares need equal room: only the first and the last are tried */
		if (!at || n < most) {
			tokens = batch(c, k, &cut);
			if (!tokens)
				return false;
			if (tokens < to->tokens)
				to->tokens = tokens;
		}
		*MEM_PUSH(to->cut, to->n) = cut;
	}
	return true;
}

/* the fewest groups that are tried and fit, a quarter more each time; block as above */
static bool cut_fewest(const struct cfg *c, const struct cosim_case *k, int stage, int block, int all, long channels, struct case_cuts *to)
{
	struct case_cuts before = *to;

	for (long groups = (channels + c->channel_depth - 1) / c->channel_depth; groups <= all; groups += (groups + 3) / 4) {
		if (cut_evenly(c, k, stage, block, all, (int)((all + groups - 1) / groups), to))
			return true;
		to->n = before.n;
		to->tokens = before.tokens;
	}
	return false;
}

static bool cut_stage(const struct cfg *c, const struct cosim_case *k, int stage, struct case_cuts *to)
{
	const struct map_stage *st = &k->map.stage[stage];

	if (st->blocks > 1 && cut_fewest(c, k, stage, -1, st->blocks, (long)st->blocks * st->out, to))
		return true;
	for (int block = 0; block < st->blocks; block++)
		if (!cut_fewest(c, k, stage, block, st->out, st->out, to))
			return false;
	return true;
}

/* what a single output asks for in vain is what has to be raised; 0: it fits */
static int smallest(const struct cfg *c, const struct cosim_case *k, int stage, struct err *e)
{
	struct map_layer part = share(&k->map, &(struct case_cut){ stage, 0, 1, 0, 1 });

	memcpy(part.name, k->map.name, sizeof(part.name));
	return map_batch(c, &part, k->placement, e) ? 0 : -1;
}

int case_cuts_make(const struct cfg *c, const struct cosim_case *k, struct case_cuts *out, struct err *e)
{
	struct err whole = { 0 };
	/* joint layers are one program by wish; a Monarch stage that is stored as one matrix with zeros is read as one */
	bool may = !k->n_parts && (k->n_stages == 1 || k->placement != MAP_LINEAR);

	memset(out, 0, sizeof(*out));
	out->tokens = map_batch(c, &k->map, k->placement, &whole);
	if (out->tokens) {
		*MEM_PUSH(out->cut, out->n) = (struct case_cut){ -1, 0, 0, 0, 0 };
		return 0;
	}
	out->tokens = k->tokens;
	out->chained = k->n_stages > 1;
	for (int s = 0; s < k->n_stages && may; s++)
		if (!cut_stage(c, k, s, out)) {
			case_cuts_release(out);
			return smallest(c, k, s, e) ? -1 : err_set(e, whole.code, "%s", whole.text);
		}
	return may ? 0 : err_set(e, whole.code, "%s", whole.text);
}

void case_cuts_release(struct case_cuts *cuts)
{
	free(cuts->cut);
	memset(cuts, 0, sizeof(*cuts));
}

/* ---- units: of a dense layer group by group, all tokens of one after the other ---- */

static int batches(const struct case_cuts *cuts, int tokens)
{
	return (tokens - 1) / cuts->tokens + 1;
}

int case_units(const struct case_cuts *cuts, int tokens)
{
	return batches(cuts, tokens) * (cuts->chained ? 1 : cuts->n);
}

struct case_unit case_unit_of(const struct case_cuts *cuts, int tokens, int i)
{
	int n = batches(cuts, tokens), token = i % n * cuts->tokens;

	return (struct case_unit){ cuts->chained ? 0 : i / n, cuts->chained ? cuts->n : 1, token, tokens - token < cuts->tokens ? tokens - token : cuts->tokens };
}

/* ---- one unit ---- */

void case_runner_forget(struct case_runner *r)
{
	for (int i = 0; i < r->n_programs; i++)
		map_program_release(&r->program[i]);
	free(r->program);
	r->program = NULL;
	r->n_programs = 0;
}

static struct map_program *program_of(struct case_runner *r, const struct cosim_case *share_of, const struct case_cuts *cuts, int cut, int tokens, struct err *e)
{
	struct map_program *p;

	if (!r->program) {
		r->program = MEM_NEW((size_t)cuts->n, struct map_program);
		r->n_programs = cuts->n;
	}
	p = &r->program[cut];
	if (p->tokens == tokens)
		return p;
	map_program_release(p);
	return map_compile(r->cfg, &share_of->map, share_of->placement, tokens, r->tree ? &r->tree->steps : NULL, p, e) ? NULL : p;
}

/* new memory [n_tokens][inputs of the cut]: columns of the layer's input, with the padding of a Monarch layer, or of what stage R gave */
static int8_t *inputs(const struct cosim_case *k, const struct case_cut *cut, const struct case_unit *u)
{
	const struct case_stage *R = &k->stage[0];
	struct cosim_case some = *k; /* the unit's tokens */
	size_t first, wide, have;
	int8_t *x, *from;

	if (cut->stage < 0) {
		x = MEM_NEW((size_t)u->n_tokens * (size_t)k->map.in, int8_t);
		memcpy(x, k->x + (size_t)u->token * (size_t)k->map.in, (size_t)u->n_tokens * (size_t)k->map.in);
		return x;
	}
	some.tokens = u->n_tokens;
	from = cut->stage ? case_mid(&some, R->q + (size_t)u->token * (size_t)R->blocks * (size_t)R->out) : k->x + (size_t)u->token * (size_t)k->map.in;
	have = cut->stage ? (size_t)R->blocks * (size_t)R->out : (size_t)k->map.in;
	first = (size_t)cut->block * (size_t)k->stage[cut->stage].in;
	wide = (size_t)cut->n_blocks * (size_t)k->stage[cut->stage].in;
	x = MEM_NEW((size_t)u->n_tokens * wide, int8_t);
	for (int t = 0; t < u->n_tokens && first < have; t++)
		memcpy(x + (size_t)t * wide, from + (size_t)t * have + first, have - first < wide ? have - first : wide);
	if (cut->stage)
		free(from);
	return x;
}

static int run_cut(struct case_runner *r, struct cosim_case *part, const int8_t *x, const struct case_cuts *cuts, int cut, const struct case_unit *u, struct case_sum *sum, struct err *e)
{
	struct map_program *p = program_of(r, part, cuts, cut, u->n_tokens, e);
	uint64_t *stream;
	int rc;

	if (!p)
		return -1;
	stream = map_stream(r->cfg, &part->map, p, x);
	case_judge_program(part, p);
	rc = case_run_program(part, r->cfg, r->tree, r->device, u->token, p, stream, r->stall, r->seed, r->bar, e);
	free(stream);
	sum->arrays += u->token ? 0 : (long)p->n_arrays;
	sum->programs++;
	return rc;
}

int case_unit_run(struct case_runner *r, struct cosim_case *k, const struct case_cuts *cuts, const struct case_unit *u, struct case_sum *sum, struct err *e)
{
	struct cosim_case part = *k; /* shares everything but its sums and, of a cut, the one stage that it computes */
	int rc = 0;

	memset(sum, 0, sizeof(*sum));
	memset(&part.total, 0, sizeof(part.total));
	memset(&part.predicted, 0, sizeof(part.predicted));
	part.least = 0;
	case_room(k);
	if (r->bar)
		r->bar->share = BAR_SHARE / (uint64_t)u->n_cuts;
	for (int i = u->cut; i < u->cut + u->n_cuts && !rc; i++) {
		const struct case_cut *cut = &cuts->cut[i];
		int8_t *x = inputs(k, cut, u);

		part.map = share(&k->map, cut);
		memcpy(part.stage, k->stage, sizeof(part.stage));
		if (cut->stage >= 0) {
			size_t channel = (size_t)cut->block * (size_t)k->stage[cut->stage].out + (size_t)cut->out;

			part.n_stages = 1;
			part.stage[0] = k->stage[cut->stage];
			part.stage[0].y += channel;
			part.stage[0].q += channel;
		}
		rc = run_cut(r, &part, x, cuts, i, u, sum, e);
		if (r->bar)
			r->bar->before += r->bar->share;
		free(x);
	}
	sum->total = part.total;
	sum->predicted = part.predicted;
	sum->least = part.least;
	sum->machine_only = part.machine_only;
	return rc;
}

void case_unit_add(struct cosim_case *k, const struct case_sum *sum)
{
	case_add_result(&k->total, &sum->total);
	map_counts_add(&k->predicted, &sum->predicted, 1);
	k->least += sum->least;
	k->arrays += sum->arrays;
	k->programs += sum->programs;
	if (!sum->machine_only)
		return;
	k->machine_only = sum->machine_only;
	for (int i = 0; i < k->n_parts; i++)
		k->part[i].machine_only = sum->machine_only;
}

/* ---- results between processes ---- */

/* y, then q, of channels [channel, +n) of a stage */
static size_t copy_stage(struct case_stage *g, size_t channel, size_t n, const struct case_unit *u, int32_t *words, bool into_case)
{
	size_t wide = (size_t)g->blocks * (size_t)g->out, used = 0;

	for (int t = u->token; words && t < u->token + u->n_tokens; t++)
		for (int which = 0; which < 2; which++, used += n) {
			int32_t *at = (which ? g->q : g->y) + (size_t)t * wide + channel;

			memcpy(into_case ? at : words + used, into_case ? words + used : at, n * sizeof(*at));
		}
	return 2 * n * (size_t)u->n_tokens;
}

static size_t copy_unit(struct cosim_case *k, const struct case_cuts *cuts, const struct case_unit *u, int32_t *words, bool into_case)
{
	size_t used = 0;

	if (words)
		case_room(k);
	for (int i = u->cut; i < u->cut + u->n_cuts; i++) {
		const struct case_cut *cut = &cuts->cut[i];

		for (int n = 0; n < case_parts(k); n++)
			for (int s = 0; s < k->n_stages; s++) {
				struct case_stage *g = &case_part(k, n)->stage[s];
				bool whole = cut->stage < 0;

				if (whole || cut->stage == s)
					used += copy_stage(g, whole ? 0 : (size_t)cut->block * (size_t)g->out + (size_t)cut->out,
						whole ? (size_t)g->blocks * (size_t)g->out : (size_t)cut->n_blocks * (size_t)cut->n_out, u, words ? words + used : NULL, into_case);
			}
	}
	return used;
}

size_t case_unit_words(struct cosim_case *k, const struct case_cuts *cuts, const struct case_unit *u)
{
	return copy_unit(k, cuts, u, NULL, false);
}

void case_unit_copy(struct cosim_case *k, const struct case_cuts *cuts, const struct case_unit *u, int32_t *words, bool into_case)
{
	copy_unit(k, cuts, u, words, into_case);
}

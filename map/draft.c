/* From a plan to the best of its programs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/draft.h"
#include "common/mem.h"
#include "map/roll.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_DEPTH_AHEAD = 3, SHORT_SLOTS = 8 /* with more activations of a token to a tile, how results are asked for hardly matters */ };

void draft_release(struct draft *d)
{
	plan_release(&d->plan);
	free(d->code);
	memset(d, 0, sizeof(*d));
}

/* what is known while the orders of one placement are tried */
struct trial {
	const struct cfg *c;
	const struct map_layer *l;
	const struct map_steps *steps;
	struct draft *best;      /* code NULL: none yet */
	size_t shortest;         /* of the programs that did not fit */
	bool fit_only;           /* the first program that fits will do: no prediction */
};

static void encode(const struct code *code, struct draft *d)
{
	d->n_instr = code->n;
	d->code = mem_calloc(code->n, 8 * sizeof(*d->code));
	for (size_t i = 0; i < code->n; i++)
		map_encode(&code->i[i], d->code + 8 * i);
}

static void predict(const struct trial *t, struct draft *d)
{
	struct err e = { 0 };

	if (map_predict(t->c, d->code, d->n_instr, t->steps, &d->counts, &e))
		BUG("the compiled program of layer '%s' is illegal: %s", t->l->name, e.text);
}

static bool better(const struct draft *a, const struct draft *b)
{
	return a->counts.cycles != b->counts.cycles ? a->counts.cycles < b->counts.cycles : a->n_instr < b->n_instr;
}

/* d becomes the program, if it fits */
static void take(const struct trial *t, const struct code *code, struct draft *d)
{
	if (code->n > (size_t)t->c->program_depth)
		return;
	encode(code, d);
	if (!t->fit_only)
		predict(t, d);
}

/* the program, rolled where it costs at most half a percent of the clocks or must be; false: too long */
static bool program(struct trial *t, const struct plan *p, const struct emit_how *how, struct draft *d)
{
	struct code plain = { 0 }, rolled = { 0 };
	struct draft shorter = { 0 };

	emit_program(p, how, &plain);
	d->how = *how;
	take(t, &plain, d);
	if (!d->code || !t->fit_only) {
		roll_code(&plain, &rolled);
		take(t, &rolled, &shorter);
		if (!shorter.code && !d->code && (!t->shortest || rolled.n < t->shortest))
			t->shortest = rolled.n;
	}
	if (shorter.code && (!d->code || (shorter.n_instr < d->n_instr && shorter.counts.cycles * 200 <= d->counts.cycles * 201))) {
		free(d->code);
		shorter.how = d->how;
		*d = shorter;
		shorter.code = NULL;
	}
	free(shorter.code);
	free(plain.i);
	free(rolled.i);
	return d->code != NULL;
}

/* all orders with one plan, which is taken over */
static void try_plan(struct trial *t, struct plan *p, const struct emit_how *how, int n)
{
	struct draft best = { 0 };

	for (int i = 0; i < n && !(best.code && t->fit_only); i++) {
		struct draft d = { 0 };

		if (!program(t, p, &how[i], &d))
			continue;
		if (best.code && !better(&d, &best)) {
			free(d.code);
			continue;
		}
		free(best.code);
		best = d;
	}
	best.plan = *p;
	if (best.code && (!t->best->code || better(&best, t->best))) {
		draft_release(t->best);
		*t->best = best;
	} else {
		draft_release(&best);
	}
}

static int most_slots(const struct plan *p)
{
	int most = 0;

	for (int i = 0; i < p->n_stages; i++)
		for (size_t a = 0; a < p->stage[i].n_acts; a++)
			if (p->stage[i].act[a].slot >= most)
				most = p->stage[i].act[a].slot + 1;
	return most;
}

/* 1: the stages do not fit together */
static int try_resident(struct trial *t, struct plan_wish w, int tokens, struct err *e)
{
	struct emit_how how[2 + 2 * MOST_DEPTH_AHEAD];
	struct plan p;
	int n = 0, status, slots;

	w.resident = true;
	w.fine = false;
	status = plan_make(t->c, t->l, &w, tokens, &p, e);
	if (status)
		return status;
	slots = most_slots(&p);
	how[n++] = (struct emit_how){ .order = EMIT_SINGLE };
	if (p.tokens > 1)
		how[n++] = (struct emit_how){ .order = EMIT_PAIR };
	for (int depth = 1; p.tokens > depth && depth <= MOST_DEPTH_AHEAD && (depth == 1 || slots <= SHORT_SLOTS); depth++) {
		struct emit_how ahead = { .order = EMIT_AHEAD, .depth = depth };

		ahead.ring = depth == 1 && resident_words(&p, &ahead) > t->c->accumulator_depth;
		if (resident_words(&p, &ahead) > t->c->accumulator_depth)
			break;
		how[n++] = ahead;
		ahead.spread = true;
		if (slots > 1 && slots <= SHORT_SLOTS)
			how[n++] = ahead;
	}
	try_plan(t, &p, how, n);
	return 0;
}

static int try_passes(struct trial *t, struct plan_wish w, int tokens, struct err *e)
{
	static const struct emit_how how[] = { { .order = EMIT_PASSES }, { .order = EMIT_COMPACT }, { .order = EMIT_SHORT } };
	struct plan p;
	bool more;

	w.resident = false;
	w.fine = true;
	do {
		if (plan_make(t->c, t->l, &w, tokens, &p, e))
			return -1;
		more = w.fine && most_slots(&p) > 1; /* one slot: coarse and fine are alike */
		try_plan(t, &p, how, 3);
		w.fine = false;
	} while (more && !(t->fit_only && t->best->code));
	return 0;
}

static int make(struct trial *t, const struct plan_wish *w, int tokens, struct err *e)
{
	struct err passes = { 0 };
	int status = 1;

	memset(t->best, 0, sizeof(*t->best));
	if (t->l->n_stages == 2)
		status = try_resident(t, *w, tokens, e);
	if (status < 0)
		return -1;
	if (t->best->code && t->fit_only)
		return 0;
	/* for a few tokens passes can be quicker; what they do not hold, a resident program may */
	status = try_passes(t, *w, tokens, &passes);
	if (t->best->code)
		return 0;
	if (!status)
		return plan_too_small(t->l->name, "program_depth", (long)t->shortest, t->c->program_depth, e);
	*e = passes;
	return -1;
}

int draft_make(const struct cfg *c, const struct map_layer *l, const struct plan_wish *w, int tokens, const struct map_steps *steps, struct draft *out, struct err *e)
{
	struct trial t = { .c = c, .l = l, .steps = steps, .best = out };

	return make(&t, w, tokens, e);
}

int draft_batch(const struct cfg *c, const struct map_layer *l, const struct plan_wish *w, struct err *e)
{
	struct draft d;
	struct trial t = { .c = c, .l = l, .best = &d, .fit_only = true };
	int tokens;

	if (make(&t, w, 0, e))
		return 0;
	tokens = d.plan.tokens;
	draft_release(&d);
	return tokens;
}

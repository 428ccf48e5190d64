/* The training loop: docs/train.md.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/train.h"
#include "common/mem.h"
#include "common/progress.h"
#include "train/adamw.h"
#include "train/batch.h"
#include "train/data.h"
#include "train/state.h"
#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { CALIBRATION_TOKENS = 512, CHUNK = 4096 /* parameters that a thread takes at a time */ };

struct run {
	struct params *p;
	const struct model *teacher;
	const struct text *text, *test;
	const struct train_options *o;
	int (*report)(void *ctx, const struct train_progress *g);
	void *ctx;
	struct data_order order;
	struct crew crew;
	struct sequence *seq;      /* [batch] */
	float *grads, *grad;       /* [batch][n]; grad: their sum, the first */
	uint8_t *decayed, *zero;   /* [n]; zero NULL: none is kept */
	struct state state;
	/* for the report */
	long first_draw;           /* of the step */
	long first;                /* step that this process began behind */
	double start, last;
	double loss, divergence;   /* sums over the steps since the last report */
	long steps, tokens;
	struct train_progress g;
};

static int usable(const struct run *r, int i)
{
	return r->text->len[i] < r->p->model.seq_len ? r->text->len[i] : r->p->model.seq_len;
}

static int check(struct run *r, int *longest, struct err *e)
{
	*longest = 0;
	for (int i = 0; i < r->text->n; i++) {
		int len = usable(r, i);

		if (len < 2)
			return err_set(e, ERR_INPUT, "training sequence %d has %d tokens, legal 2.. (the model's context is %d); leave it out", i + 1, len, r->p->model.seq_len);
		*longest = len - 1 > *longest ? len - 1 : *longest;
	}
	if (r->text->n == 0)
		return err_set(e, ERR_INPUT, "no sequence to train on, legal is one or more; give a text");
	if (r->teacher && r->teacher->vocab != r->p->model.vocab)
		return err_set(e, ERR_INPUT, "the teacher has %d tokens, the model %d; take a teacher with the same tokenizer", r->teacher->vocab, r->p->model.vocab);
	return 0;
}

static void open_run(struct run *r, int longest)
{
	size_t n = r->p->n, batch = (size_t)r->o->batch;

	data_order_init(&r->order, r->text->n, r->o->seed);
	crew_init(&r->crew, r->p, r->teacher, r->o->readout, longest, r->o->threads, true);
	r->seq = MEM_NEW(batch, struct sequence);
	r->grad = r->grads = MEM_NEW(batch * n, float);
	r->decayed = MEM_NEW(n, uint8_t);
	params_decayed(r->p, r->decayed);
	if (r->o->keep_zeros) {
		r->zero = MEM_NEW(n, uint8_t);
		params_zeros(r->p, r->zero);
	}
	r->state = (struct state){ .m = MEM_NEW(n, float), .v = MEM_NEW(n, float) };
}

static void close_run(struct run *r)
{
	data_order_release(&r->order);
	crew_release(&r->crew);
	free(r->seq);
	free(r->grads);
	free(r->decayed);
	free(r->zero);
	free(r->state.m);
	free(r->state.v);
}

/* ---- factors between the stages */

/* the first sequences, CALIBRATION_TOKENS in all; tokens belong to the text */
static void first_tokens(const struct run *r, struct text *t)
{
	int left = CALIBRATION_TOKENS;

	*t = (struct text){ .tokens = MEM_NEW(r->text->n, int *), .len = MEM_NEW(r->text->n, int) };
	for (int i = 0; i < r->text->n && left > 0; i++) {
		int len = usable(r, i) < left ? usable(r, i) : left;

		t->tokens[t->n] = r->text->tokens[i];
		t->len[t->n++] = len;
		left -= len;
	}
}

static void take_k(struct params *p, const struct gq *g)
{
	size_t n = 0;

	for (int i = 0; i < p->model.n_layers * MODEL_N_LINEAR; i++) {
		for (int l = 0; l < g->layer[i].src->b; l++)
			p->k[n++] = (float)g->layer[i].k[l];
		p->k[n++] = (float)g->layer[i].k_out;
	}
	params_use_k(p, true);
}

static int calibrate(struct run *r, struct err *e)
{
	struct text first;
	struct gq *g;
	int bad;

	params_use_k(r->p, false); /* what is there would be kept */
	g = gq_new(&r->p->model, r->o->readout, false, e);
	if (!g)
		return -1;
	first_tokens(r, &first);
	bad = gq_calibrate(g, &first, e);
	if (!bad)
		take_k(r->p, g);
	free(first.tokens);
	free(first.len);
	gq_free(g);
	return bad;
}

/* tables of sequence i of the step */
static int redraw(void *run, int i, const int32_t **tables, struct err *e)
{
	const struct run *r = run;

	return r->o->redraw(r->o->redraw_ctx, r->first_draw + i, tables, e);
}

static int prepare_readout(struct run *r, long step, struct err *e)
{
	const struct train_options *o = r->o;

	if (!r->p->has_k || (o->calibrate_every > 0 && step > 1 && (step - 1) % o->calibrate_every == 0))
		if (calibrate(r, e))
			return -1;
	if (!o->redraw)
		return crew_read(&r->crew, r->p, o->readout, o->head, (uint64_t)step, e);
	r->first_draw = (step - 1) * o->batch;
	return crew_read_each(&r->crew, r->p, o->readout, o->head, (uint64_t)step, (int)o->batch, redraw, r, e);
}

/* ---- a step */

/* r->seq -> predictions of the batch */
static long draw_batch(struct run *r, long step)
{
	long predictions = 0;

	for (long i = 0; i < r->o->batch; i++) {
		int at = data_order_at(&r->order, (step - 1) * r->o->batch + i);

		r->seq[i] = (struct sequence){ .tokens = r->text->tokens[at], .predictions = usable(r, at) - 1, .grad = r->grads + (size_t)i * r->p->n };
		predictions += r->seq[i].predictions;
	}
	return predictions;
}

/* in the order of the batch, whoever computed them */
static void add_gradients(struct run *r)
{
	size_t n = r->p->n;

#pragma omp parallel for num_threads(r->o->threads)
	for (size_t at = 0; at < n; at += CHUNK) {
		size_t end = at + CHUNK < n ? at + CHUNK : n;

		for (long b = 1; b < r->o->batch; b++)
			for (size_t i = at; i < end; i++)
				r->grad[i] += r->grads[(size_t)b * n + i];
		for (size_t i = at; i < end && r->zero; i++)
			r->grad[i] = r->zero[i] ? 0 : r->grad[i];
	}
}

static void move(struct run *r, long step, double rate)
{
	const struct adamw a = { .beta1 = 0.9, .beta2 = r->o->beta2, .eps = 1e-8, .decay = r->o->decay };
	size_t n = r->p->n;

#pragma omp parallel for num_threads(r->o->threads)
	for (size_t at = 0; at < n; at += CHUNK)
		adamw_step(&a, step, rate, r->grad + at, r->decayed + at, at + CHUNK < n ? CHUNK : n - at, r->state.m + at, r->state.v + at, r->p->theta + at);
}

static int one_step(struct run *r, long step, struct err *e)
{
	const struct train_options *o = r->o;
	long predictions = draw_batch(r, step);
	double loss = 0, divergence = 0;

	if (o->readout && prepare_readout(r, step, e))
		return -1;
	crew_batch(&r->crew, r->p, r->teacher, r->seq, (int)o->batch, r->teacher ? o->divergence : 0, 1 / (double)predictions);
	for (long i = 0; i < o->batch; i++) {
		loss += r->seq[i].loss / (double)predictions;
		divergence += r->seq[i].divergence / (double)predictions;
	}
	add_gradients(r);
	r->g.norm = adamw_clip(r->grad, r->p->n, o->clip);
	if (!isfinite(loss) || !isfinite(r->g.norm))
		return err_set(e, ERR_INPUT, "step %ld: loss %g, gradient norm %g, legal are finite numbers; lower --rate or --clip, or lengthen --warmup", step, loss, r->g.norm);
	r->g.rate = adamw_rate(step, o->steps, o->warmup, o->rate, o->last);
	move(r, step, r->g.rate);
	r->state.step = step;
	r->loss += loss;
	r->divergence += divergence;
	r->tokens += predictions;
	r->steps++;
	return 0;
}

/* ---- around the steps */

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static int test(struct run *r, struct err *e)
{
	long n;

	r->g.test = NAN;
	if (!r->test)
		return 0;
	r->g.test = train_test(r->p, r->test, r->o->readout, r->o->head, r->o->threads, &n, e);
	return e->code ? -1 : 0;
}

static int tell(struct run *r)
{
	double now = progress_now(), since = now - r->last;
	struct train_progress *g = &r->g;
	long done = r->state.step - r->first;

	g->step = r->state.step;
	g->steps = r->o->steps;
	g->loss = r->steps ? r->loss / (double)r->steps : NAN;
	g->divergence = r->steps && r->teacher ? r->divergence / (double)r->steps : NAN;
	g->tokens_per_second = since > 0 ? (double)r->tokens / since : 0;
	g->seconds = now - r->start;
	g->seconds_left = done > 0 ? g->seconds / (double)done * (double)(g->steps - g->step) : NAN;
	g->cpu_seconds = cpu_seconds();
	r->last = now;
	r->loss = r->divergence = 0;
	r->steps = r->tokens = 0;
	return r->report ? r->report(r->ctx, g) : 0;
}

static int save(struct run *r, struct err *e)
{
	return r->o->state ? state_save(r->o->state, r->o->identity ? r->o->identity : "", r->p, &r->state, e) : 0;
}

static bool due(long step, long every)
{
	return every > 0 && step % every == 0;
}

static int loop(struct run *r, struct err *e)
{
	const struct train_options *o = r->o;

	for (long step = r->state.step + 1; step <= o->steps; step++) {
		bool last = step == o->steps, marked = last || due(step, o->test_every), stop = false;

		if (one_step(r, step, e))
			return -1;
		r->g.test = NAN;
		if (marked && test(r, e))
			return -1;
		if (marked || progress_now() - r->last >= 1)
			stop = tell(r);
		if ((last || stop || due(step, o->save_every)) && save(r, e))
			return -1;
		if (stop)
			return 0;
	}
	if (r->state.step == r->first) { /* resumed at the end */
		if (test(r, e))
			return -1;
		tell(r);
	}
	return 0;
}

int train_run(struct params *p, const struct model *teacher, const struct text *text, const struct text *test, const struct train_options *o,
	      int (*report)(void *ctx, const struct train_progress *g), void *ctx, struct err *e)
{
	struct run r = { .p = p, .teacher = teacher, .text = text, .test = test, .o = o, .report = report, .ctx = ctx };
	bool found;
	int longest, bad;

	if (check(&r, &longest, e))
		return -1;
	openblas_set_num_threads(1); /* all threads are ours */
	open_run(&r, longest);
	bad = o->state && o->resume ? state_load(o->state, o->identity ? o->identity : "", p, &r.state, &found, e) : 0;
	r.first = r.state.step;
	r.start = r.last = progress_now();
	if (!bad)
		bad = loop(&r, e);
	close_run(&r);
	return bad;
}

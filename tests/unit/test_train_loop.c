/* The training loop: it learns, from text, from a teacher and through a read-out; the same bits for any number of threads and after a stop; zeros and padding stay.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "train/data.h"
#include "train/train.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRATCH_NAME "loop.state"
#include "tests/unit/scratch.h"

enum { VOCAB = 11, CONTEXT = 9, SEQUENCES = 7 };

static const struct params_shape shape = { .dim = 12, .hidden = 21, .n_layers = 2, .n_heads = 3, .n_kv_heads = 3, .vocab = VOCAB, .seq_len = CONTEXT, .blocks = 5, .rank = 1 };
static const struct train_options quick = { .steps = 40, .warmup = 4, .batch = 5, .rate = 0.02, .last = 0.1, .decay = 0.01, .beta2 = 0.95, .clip = 1, .seed = 3, .threads = 2, .identity = "a run\n" };

/* lossless: 8-bit codes, 64 rows, a bit more than the counts need */
static const struct gl_readout lossless = { .rows = 64, .cols = 64, .adcs = 4, .bits = 7, .cell_bits = 1, .grid_bits = 4, .input_bits = 8, .weight_bits = 8, .input_code = GC_TC, .weight_code = GC_TC,
					    .window = { 1, 0, true }, .full = true, .conv = { .kind = RO_SAR, .bits = 7 }, .seed = 1 };

static void fresh(struct params *p, int blocks)
{
	struct params_shape s = shape;
	struct err e = { 0 };

	s.blocks = blocks;
	s.rank = blocks ? 1 : 0;
	if (params_fresh(p, &s, 7, &e))
		fail_msg("%s", e.text);
}

/* every token after BOS is the one before plus 3 or, once in three, plus 5: entropy 0.637 nats; lengths differ, some beyond the context */
static void make_text(struct text *t, int n, uint64_t seed)
{
	struct prng g;

	prng_init(&g, seed);
	*t = (struct text){ .n = n, .tokens = MEM_NEW(n, int *), .len = MEM_NEW(n, int) };
	for (int i = 0; i < n; i++) {
		t->len[i] = 2 + i % 11;
		t->tokens[i] = MEM_NEW(t->len[i], int);
		t->tokens[i][0] = TOK_BOS;
		for (int k = 1; k < t->len[i]; k++)
			t->tokens[i][k] = (t->tokens[i][k - 1] + (prng_range(&g, 0, 2) ? 3 : 5)) % VOCAB;
	}
}

struct heard { int reports, stop_at; struct train_progress last; double first_loss; };

static int hear(void *ctx, const struct train_progress *g)
{
	struct heard *h = ctx;

	if (h->reports++ == 0)
		h->first_loss = g->loss;
	h->last = *g;
	return h->stop_at > 0 && g->step >= h->stop_at;
}

static struct heard run(struct params *p, const struct model *teacher, const struct text *text, const struct text *held, const struct train_options *o)
{
	struct heard h = { 0 };
	struct err e = { 0 };

	if (train_run(p, teacher, text, held, o, hear, &h, &e))
		fail_msg("%s", e.text);
	assert_int_equal(h.last.step, o->steps);
	return h;
}

static double nats(const struct params *p, const struct text *t, const struct gl_readout *ro)
{
	struct err e = { 0 };
	long n;
	double v = train_test(p, t, ro, false, 2, &n, &e);

	if (e.code)
		fail_msg("%s", e.text);
	return v;
}

static void test_is_perplexity(void **state)
{
	struct params p;
	struct text t;
	struct tf tf;
	struct err e = { 0 };
	long n, m;

	(void)state;
	fresh(&p, 5);
	make_text(&t, 33, 1);
	tf_init(&tf, &p.model, NULL, NULL);
	assert_true(fabs(exp(train_test(&p, &t, NULL, false, 3, &n, &e)) / text_perplexity(&tf, &t, &m) - 1) < 1e-5);
	assert_int_equal(n, m);
	tf_release(&tf);
	text_release(&t);
	params_release(&p);
}

static void learns_a_text(void **state)
{
	struct train_options o = quick;
	struct text t, held;
	struct params p;
	struct heard h;

	(void)state;
	make_text(&t, 300, 1);
	make_text(&held, 100, 2);
	o.steps = 150;
	o.test_every = 50;
	for (int blocks = 0; blocks <= 5; blocks += 5) {
		double before;

		fresh(&p, blocks);
		before = nats(&p, &held, NULL);
		h = run(&p, NULL, &t, &held, &o);
		assert_true(before > 2.2); /* ln 11 = 2.398 */
		assert_true(h.last.test < 0.85 && h.last.test > 0.55);
		assert_true(fabs(h.last.test - nats(&p, &held, NULL)) < 1e-12);
		assert_true(isnan(h.last.divergence));
		assert_true(h.reports >= 3);
		params_release(&p);
	}
	text_release(&t);
	text_release(&held);
}

/* a dense teacher of other widths: the divergence falls to a fraction */
static void learns_a_teacher(void **state)
{
	const struct params_shape other = { .dim = 8, .hidden = 9, .n_layers = 1, .n_heads = 2, .n_kv_heads = 2, .vocab = VOCAB, .seq_len = CONTEXT };
	struct train_options o = quick;
	struct params teacher, p;
	struct err e = { 0 };
	struct heard h;
	struct text t;

	(void)state;
	assert_int_equal(params_fresh(&teacher, &other, 1, &e), 0);
	for (int i = 0; i < VOCAB * 8; i++)
		teacher.theta[i] *= 15;
	data_sample(&t, &teacher.model, 50, CONTEXT, 1, 1, 2);
	fresh(&p, 5);
	o.divergence = 1;
	o.steps = 1;
	h = run(&p, &teacher.model, &t, NULL, &o);
	assert_true(h.last.loss == h.last.divergence && h.last.loss > 0.3);
	o.steps = 150;
	h = run(&p, &teacher.model, &t, NULL, &o);
	o.steps = 1;
	o.rate = 0;
	h.first_loss = run(&p, &teacher.model, &t, NULL, &o).last.loss;
	assert_true(h.first_loss < 0.1);
	/* half and half: the mean of the two */
	o.divergence = 0;
	h.first_loss += run(&p, &teacher.model, &t, NULL, &o).last.loss;
	o.divergence = 0.5;
	assert_true(fabs(run(&p, &teacher.model, &t, NULL, &o).last.loss - h.first_loss / 2) < 1e-5);
	params_release(&p);
	params_release(&teacher);
	text_release(&t);
}

static void same_for_any_threads(void **state)
{
	static const int threads[] = { 1, 2, 3, 7 };
	struct train_options o = quick;
	struct params p[4];
	struct text t;

	(void)state;
	make_text(&t, SEQUENCES, 1);
	o.steps = 9;
	for (int i = 0; i < 4; i++) {
		fresh(&p[i], 5);
		o.threads = threads[i];
		run(&p[i], NULL, &t, NULL, &o);
		assert_memory_equal(p[i].theta, p[0].theta, p[0].n * sizeof(float));
	}
	for (int i = 0; i < 4; i++)
		params_release(&p[i]);
	text_release(&t);
}

/* stopped and resumed, with a calibration in between, is uninterrupted to the bit */
static void resumes(void **state)
{
	const struct gl_readout *readout[] = { NULL, &lossless };
	struct text t;

	(void)state;
	make_text(&t, SEQUENCES, 1);
	for (int i = 0; i < 2; i++) {
		struct train_options o = quick;
		struct params whole, cut;
		struct err e = { 0 };
		struct heard h = { .stop_at = 6 };

		unlink(path);
		o.steps = 12;
		o.readout = readout[i];
		o.calibrate_every = 5;
		fresh(&whole, 5);
		run(&whole, NULL, &t, NULL, &o);
		fresh(&cut, 5);
		o.state = path;
		o.resume = true; /* nothing there: from the beginning */
		o.test_every = 3;
		assert_int_equal(train_run(&cut, NULL, &t, &t, &o, hear, &h, &e), 0);
		assert_int_equal(h.last.step, 6);
		assert_true(memcmp(cut.theta, whole.theta, cut.n * sizeof(float)) != 0);
		params_release(&cut);
		fresh(&cut, 5);
		run(&cut, NULL, &t, NULL, &o);
		assert_memory_equal(cut.theta, whole.theta, cut.n * sizeof(float));
		assert_memory_equal(cut.k, whole.k, cut.n_k * sizeof(float));
		assert_int_equal(cut.has_k, i == 1);
		/* once more: nothing is left to do */
		params_release(&cut);
		fresh(&cut, 5);
		h = run(&cut, NULL, &t, &t, &o);
		assert_int_equal(h.reports, 1);
		assert_true(isnan(h.last.loss) && h.last.test > 0);
		assert_memory_equal(cut.theta, whole.theta, cut.n * sizeof(float));
		params_release(&cut);
		params_release(&whole);
	}
	unlink(path);
	text_release(&t);
}

/* 8-bit codes without loss are nearly the floats; training goes on through them */
static void learns_through_a_readout(void **state)
{
	struct train_options o = quick;
	struct text t, held;
	struct params p;
	struct heard h;

	(void)state;
	make_text(&t, 100, 1);
	make_text(&held, 50, 2);
	fresh(&p, 5);
	o.readout = &lossless;
	o.steps = 150;
	h = run(&p, NULL, &t, &held, &o);
	assert_true(p.has_k);
	assert_true(h.last.test < 0.9);
	assert_true(fabs(h.last.test - nats(&p, &held, NULL)) < 0.03);
	params_release(&p);
	text_release(&t);
	text_release(&held);
}

/* converters with state: the same bits on the same number of threads */
static void stochastic_is_reproducible(void **state)
{
	struct gl_readout ro = lossless;
	struct train_options o = quick;
	struct params p[2];
	struct text t;

	(void)state;
	make_text(&t, SEQUENCES, 1);
	ro.conv = (struct ro_conv){ .kind = RO_STOCHASTIC, .bits = 7, .samples = 31 };
	o.readout = &ro;
	o.steps = 3;
	o.threads = 3;
	for (int i = 0; i < 2; i++) {
		fresh(&p[i], 5);
		run(&p[i], NULL, &t, NULL, &o);
	}
	assert_memory_equal(p[0].theta, p[1].theta, p[0].n * sizeof(float));
	params_release(&p[0]);
	params_release(&p[1]);
	text_release(&t);
}

static void zeros_and_padding_stay(void **state)
{
	struct train_options o = quick;
	struct params dense, p;
	uint8_t *zero;
	struct text t;
	float *w;

	(void)state;
	make_text(&t, SEQUENCES, 1);
	o.steps = 5;
	fresh(&dense, 0);
	w = dense.theta + params_at(&dense, dense.model.layers[1].linear[MODEL_WO].w);
	for (int i = 0; i < 144; i++)
		if (i / 12 / 4 != i % 12 / 4) /* block-diagonal, 3 blocks */
			w[i] = 0;
	zero = MEM_NEW(dense.n, uint8_t);
	params_zeros(&dense, zero);
	for (int keep = 1; keep >= 0; keep--) {
		size_t kept = 0, were = 0;

		params_copy(&p, &dense.model);
		o.keep_zeros = keep;
		run(&p, NULL, &t, NULL, &o);
		for (size_t i = 0; i < p.n; i++) {
			were += zero[i];
			kept += zero[i] && p.theta[i] == 0;
		}
		assert_int_equal(were, 96);
		assert_int_equal(kept, keep ? 96 : 0);
		assert_true(memcmp(p.theta, dense.theta, p.n * sizeof(float)) != 0);
		params_release(&p);
	}
	free(zero);
	params_release(&dense);

	fresh(&p, 5); /* 12 inputs and outputs in blocks of 3: tests/unit/test_train_params.c */
	run(&p, NULL, &t, NULL, &o);
	for (int id = 0; id < MODEL_N_LINEAR; id++) {
		const struct model_linear *l = &p.model.layers[0].linear[id];

		for (int k = 0; k < 5; k++)
			for (int i = 0; i < 5 * l->p; i++)
				assert_int_equal(l->R[k * 5 * l->p + i] == 0, k * l->p + i % l->p >= l->in);
		for (int block = 0; block < 5; block++)
			for (int i = 0; i < 5 * l->s; i++)
				assert_int_equal(l->L[block * 5 * l->s + i] == 0, i / 5 * 5 + block >= l->out);
	}
	params_release(&p);
	text_release(&t);
}

static const int32_t *drawn_table;
static int draws;

static int redraw(void *ctx, long n, const int32_t **tables, struct err *e)
{
	struct train_options *o = ctx;

	assert_int_equal(n, draws++); /* one for every sequence, in order */
	if (n == 2 && o->batch == 4)
		return err_set(e, ERR_ENV, "no more converters");
	*tables = drawn_table;
	return 0;
}

/* tables of a sequence reach its converters: all thresholds out of reach, and every code is 0 */
static void tables_of_a_sequence(void **state)
{
	int32_t T[4 << 7];
	struct train_options o = quick;
	struct text t;
	struct params a, b;
	struct err e = { 0 };

	(void)state;
	make_text(&t, SEQUENCES, 1);
	o.readout = &lossless;
	o.steps = 4;
	fresh(&a, 5);
	run(&a, NULL, &t, NULL, &o);
	for (int i = 0; i < 4 << 7; i++)
		T[i] = i % 128 ? 100000 + i : 0;
	drawn_table = T;
	o.redraw = redraw;
	o.redraw_ctx = &o;
	fresh(&b, 5);
	run(&b, NULL, &t, NULL, &o);
	assert_int_equal(draws, 4 * o.batch);
	assert_true(memcmp(a.theta, b.theta, a.n * sizeof(float)) != 0);
	draws = 0;
	o.batch = 4;
	assert_int_equal(train_run(&b, NULL, &t, NULL, &o, NULL, NULL, &e), -1);
	assert_string_equal(e.text, "no more converters");
	assert_int_equal(draws, 3);
	params_release(&a);
	params_release(&b);
	text_release(&t);
}

static void refuses(struct params *p, const struct model *teacher, const struct text *t, const struct text *held, const struct train_options *o, const char *want)
{
	struct err e = { 0 };

	assert_int_equal(train_run(p, teacher, t, held, o, NULL, NULL, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	if (!strstr(e.text, want))
		fail_msg("'%s' is not in '%s'", want, e.text);
}

static void refused(void **state)
{
	const struct params_shape other = { .dim = 8, .hidden = 9, .n_layers = 1, .n_heads = 2, .n_kv_heads = 2, .vocab = 12, .seq_len = CONTEXT };
	struct train_options o = quick;
	struct text t, none = { 0 }, one;
	struct params p, teacher;
	struct err e = { 0 };

	(void)state;
	fresh(&p, 5);
	assert_int_equal(params_fresh(&teacher, &other, 1, &e), 0);
	make_text(&t, SEQUENCES, 1);
	make_text(&one, 3, 1);
	one.len[2] = 1;
	refuses(&p, NULL, &none, NULL, &o, "no sequence to train on, legal is one or more; give a text");
	refuses(&p, NULL, &one, NULL, &o, "training sequence 3 has 1 tokens, legal 2.. (the model's context is 9); leave it out");
	refuses(&p, &teacher.model, &t, NULL, &o, "the teacher has 12 tokens, the model 11; take a teacher with the same tokenizer");
	one.len[0] = one.len[1] = 1;
	refuses(&p, NULL, &t, &one, &o, "the test text has no token to predict, a sequence needs two tokens and the model's context is 9; give a longer text");
	p.theta[TOK_BOS * 12] = INFINITY;
	refuses(&p, NULL, &t, NULL, &o, "legal are finite numbers; lower --rate or --clip, or lengthen --warmup");
	params_release(&p);
	params_release(&teacher);
	text_release(&t);
	text_release(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_is_perplexity),
		cmocka_unit_test(learns_a_text),
		cmocka_unit_test(learns_a_teacher),
		cmocka_unit_test(same_for_any_threads),
		cmocka_unit_test(resumes),
		cmocka_unit_test(learns_through_a_readout),
		cmocka_unit_test(stochastic_is_reproducible),
		cmocka_unit_test(zeros_and_padding_stay),
		cmocka_unit_test(tables_of_a_sequence),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

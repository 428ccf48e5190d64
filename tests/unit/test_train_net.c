/* train/net: a whole small model against golden's (tf_step), every number of its gradient against finite differences of the model in double, in floats and
 * straight through read-outs (docs/train.md section 4: the model linearised, layer by layer, around what the read-out gave); and that descending lowers a loss.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/train_dnet.h"
#include "train/ops.h"

/* ---- models: layers dense and Monarch mixed, no width a multiple of the blocks ---- */

struct toy { struct model m; struct model_layer layer[2]; float *own[64]; int n_own; };

static float *own(struct toy *t, struct prng *p, int n, double deviation, double mean)
{
	float *v = fd_draw(p, n, deviation);

	for (int i = 0; i < n; i++)
		v[i] += (float)mean;
	return t->own[t->n_own++] = v;
}

/* b 0: dense */
static struct model_linear linear(struct toy *t, struct prng *p, int out, int in, int b, int r)
{
	struct model_linear l = { .out = out, .in = in };

	if (!b) {
		l.w = own(t, p, out * in, 1 / sqrt(in), 0);
		return l;
	}
	l.b = b, l.r = r, l.p = (in + b - 1) / b, l.s = (out + b - 1) / b;
	l.R = own(t, p, b * b * r * l.p, 1 / sqrt(l.p), 0);
	l.L = own(t, p, b * l.s * b * r, 1 / sqrt(b * r), 0);
	return l;
}

static void toy_init(struct toy *t, uint64_t seed, int dim, int hidden, bool tied)
{
	/* [layer][id] blocks */
	static const int blocks[2][MODEL_N_LINEAR] = { { 3, 0, 0, 0, 2, 0, 3 }, { 0, 2, 0, 3, 0, 3, 0 } };
	struct prng p;

	memset(t, 0, sizeof(*t));
	prng_init(&p, seed);
	t->m = (struct model){ .dim = dim, .hidden = hidden, .n_layers = 2, .n_heads = 2, .n_kv_heads = 1, .vocab = 13, .seq_len = LONGEST, .layers = t->layer,
			       .norm_eps = 1e-5f, .rope_theta = 100 };
	t->m.embedding = t->m.head = own(t, &p, 13 * dim, 0.5, 0);
	if (!tied)
		t->m.head = own(t, &p, 13 * dim, 0.5, 0);
	t->m.norm = own(t, &p, dim, 0.2, 1);
	for (int i = 0; i < 2; i++) {
		int out[] = { dim, dim / 2, dim / 2, dim, hidden, dim, hidden }, in[] = { dim, dim, dim, dim, dim, hidden, dim };

		t->layer[i].attention_norm = own(t, &p, dim, 0.2, 1);
		t->layer[i].ffn_norm = own(t, &p, dim, 0.2, 1);
		for (int id = 0; id < MODEL_N_LINEAR; id++)
			t->layer[i].linear[id] = linear(t, &p, out[id], in[id], blocks[i][id], 2);
	}
}

static void toy_release(struct toy *t)
{
	while (t->n_own)
		free(t->own[--t->n_own]);
}

static struct gl_readout readout(int rows, int bits, int number_bits)
{
	return (struct gl_readout){ .rows = rows, .cols = 32, .adcs = 4, .bits = bits, .cell_bits = 1, .grid_bits = 4, .input_bits = number_bits, .weight_bits = number_bits,
				    .input_code = GC_TC, .weight_code = GC_TC, .window = { 1, 0, false } };
}

/* integers with k calibrated on the tokens; hat: what they stand for */
static struct net_via via_new(const struct params *p, const struct gl_readout *ro, bool head, struct params *hat)
{
	int *rows[] = { (int *)tokens }, len[] = { LONGEST };
	struct text text = { 1, rows, len };
	struct err e = { 0 };
	struct gq *g = gq_new(&p->model, ro, head, &e);

	if (!g || gq_calibrate(g, &text, &e))
		fail_msg("%s", e.text);
	params_copy(hat, &p->model);
	net_hat(hat, p, g);
	return (struct net_via){ g, hat };
}

static void via_release(struct net_via *via, struct params *hat)
{
	gq_free(via->gq);
	params_release(hat);
}

/* ---- forward ---- */

static void replay(void *ctx, int layer, int id, const float *x, float *y)
{
	struct ear *e = ctx;
	double *d = fd_double(x, e->gq->layer[layer * MODEL_N_LINEAR + id].src->in);

	gq_linear(e->gq, layer, id, heard_next(e, layer, id, d), y);
	free(d);
}

static void expect_logits(struct net *n, const struct params *p, const struct net_via *via, int T)
{
	struct ear e;
	const float *logits = via ? hear_forward(n, p, via, T, &e) : net_forward(n, &p->model, NULL, tokens, T);
	struct tf tf;

	tf_init(&tf, &p->model, via ? replay : NULL, &e);
	tf.head = via && via->gq->head;
	for (int t = 0; t < T; t++) {
		const float *want = tf_step(&tf, tokens[t]);
		double *d = fd_double(want, p->model.vocab);

		assert_true(fd_agrees("logits", logits + t * p->model.vocab, NULL, d, p->model.vocab, 1e-4));
		free(d);
	}
	tf_release(&tf);
}

static void test_forward(void **state)
{
	static const int lengths[] = { LONGEST, 1, 3, 7 };

	(void)state;
	for (int i = 0; i < 12; i++) { /* 0-3 floats, 4-7 lossless, 8-11 clipping; tied or not, head through it or not, with and without a backward pass */
		struct gl_readout ro = i < 8 ? readout(5, 3, 8) : readout(16, 2, 6);
		struct params p, hat;
		struct net_via via;
		struct net *n;
		struct toy t;

		toy_init(&t, 20 + (uint64_t)i, 8, 11, i % 2);
		params_copy(&p, &t.m);
		toy_release(&t);
		assert_true((p.model.head == p.model.embedding) == (i % 2 == 1));
		if (i >= 4)
			via = via_new(&p, &ro, i / 2 % 2, &hat);
		n = net_new(&p.model, LONGEST, i % 3);
		for (int j = 0; j < 4; j++)
			expect_logits(n, &p, i >= 4 ? &via : NULL, lengths[j]);
		net_free(n);
		if (i >= 4)
			via_release(&via, &hat);
		params_release(&p);
	}
}

/* ---- gradients ---- */

/* rows [n][of] of `array` become what 8 or fewer bits make of them (docs/numerics.md section 2) */
static void round_rows(const struct dnet *d, double *array, const float *ptr, size_t n, int of, int bits)
{
	double *w = ptr ? array + params_at(d->p, ptr) : NULL;

	for (size_t r = 0; ptr && r < n; r++, w += of) {
		float most = 0, scale;

		for (int i = 0; i < of; i++)
			most = fabsf((float)w[i]) > most ? fabsf((float)w[i]) : most;
		scale = most > 0 ? most / (float)((1 << (bits - 1)) - 1) : 1;
		for (int i = 0; i < of; i++)
			w[i] = (double)rintf((float)w[i] / scale) * scale;
	}
}

static double *hat_of(const struct dnet *d, int bits, bool head)
{
	const struct model *m = &d->p->model;
	double *hat = fd_double(d->p->theta, d->p->n);

	for (int i = 0; i < m->n_layers; i++)
		for (int id = 0; id < MODEL_N_LINEAR; id++) {
			const struct model_linear *l = &m->layers[i].linear[id];

			round_rows(d, hat, l->w, l->out, l->in, bits);
			round_rows(d, hat, l->R, (size_t)l->b * l->b * l->r, l->p, bits);
			round_rows(d, hat, l->L, (size_t)l->b * l->s, l->b * l->r, bits);
		}
	if (head)
		round_rows(d, hat, m->head, m->vocab, m->dim, bits);
	return hat;
}

/* every kind of parameter by itself, so that a large one does not hide a small one */
static void agree_part(const struct params *p, const char *what, const float *ptr, size_t n, const float *got, const float *before, const double *want)
{
	size_t at = ptr ? params_at(p, ptr) : 0;

	if (ptr)
		assert_true(fd_agrees(what, got + at, before + at, want + at, n, 1e-3));
}

static void agree_parts(const struct params *p, const float *got, const float *before, const double *want)
{
	const struct model *m = &p->model;

	agree_part(p, "embedding", m->embedding, (size_t)m->vocab * m->dim, got, before, want);
	agree_part(p, "head", m->head, (size_t)m->vocab * m->dim, got, before, want);
	agree_part(p, "norm", m->norm, m->dim, got, before, want);
	for (int i = 0; i < m->n_layers; i++) {
		agree_part(p, "attention norm", m->layers[i].attention_norm, m->dim, got, before, want);
		agree_part(p, "ffn norm", m->layers[i].ffn_norm, m->dim, got, before, want);
		for (int id = 0; id < MODEL_N_LINEAR; id++) {
			const struct model_linear *l = &m->layers[i].linear[id];

			agree_part(p, model_linear_name[id], l->w, (size_t)l->out * l->in, got, before, want);
			agree_part(p, model_linear_name[id], l->R, (size_t)l->b * l->b * l->r * l->p, got, before, want);
			agree_part(p, model_linear_name[id], l->L, (size_t)l->b * l->s * l->b * l->r, got, before, want);
		}
	}
}

/* ro NULL: floats; returns how many conversions' shares or requantisers were not whole */
static int gradient_case(uint64_t seed, bool tied, int T, const struct gl_readout *ro, bool head)
{
	struct params p, hat;
	struct net_via via;
	struct net *n;
	struct prng prng;
	struct toy t;
	int bent = 0;

	toy_init(&t, seed, 8, 11, tied);
	params_copy(&p, &t.m);
	toy_release(&t);
	prng_init(&prng, seed);
	if (ro)
		via = via_new(&p, ro, head, &hat);

	float *dlogits = fd_draw(&prng, (size_t)T * p.model.vocab, 0.3), *given = fd_same(dlogits, (size_t)T * p.model.vocab);
	float *grad = fd_draw(&prng, p.n, 1), *before = fd_same(grad, p.n);
	struct dnet d = { .p = &p, .theta = fd_double(p.theta, p.n), .T = T, .dlogits = dlogits };
	struct ear e;
	double *want;

	n = net_new(&p.model, LONGEST, true);
	net_forward(n, &p.model, ro ? &via : NULL, tokens, LONGEST); /* leaves nothing behind */
	if (ro) {
		d.gq = via.gq;
		d.hat = hat_of(&d, ro->weight_bits, false); /* a head stays as it is in hat: it may be the embedding */
		assert_true(fd_agrees("net_hat", hat.theta, NULL, d.hat, p.n, 1e-6));
		free(d.hat);
		d.hat = hat_of(&d, ro->weight_bits, head);
		d.bent = MEM_NEW(p.n, double);
		d.at = MEM_NEW((size_t)T * (p.model.n_layers * MODEL_N_LINEAR + 1), struct fd_point);
		hear_forward(n, &p, &via, T, &e);
		d.record = &e;
		dnet_loss(&d);
		d.record = NULL;
		for (int i = 0; i < d.calls; i++)
			for (int j = 0; j < FD_WIDE; j++)
				bent += (d.at[i].pass_out[j] != 1 && d.at[i].y[j] != 0) || (d.at[i].pass_mid[j] != 1 && d.at[i].mid[j] != 0);
	} else {
		net_forward(n, &p.model, NULL, tokens, T);
	}
	net_backward(n, &p, ro ? &via : NULL, given, grad);
	want = fd_gradient(dnet_loss, &d, d.theta, p.n, 1e-5);
	agree_parts(&p, grad, before, want);
	assert_true(fd_refuses(want, p.n));
	net_free(n);
	if (ro)
		via_release(&via, &hat);
	free(dlogits), free(given), free(grad), free(before), free(want), free(d.theta), free(d.hat), free(d.bent), free(d.at);
	params_release(&p);
	return bent;
}

static void test_gradient(void **state)
{
	(void)state;
	gradient_case(1, true, 5, NULL, false);
	gradient_case(2, false, 7, NULL, false);
	gradient_case(3, true, 1, NULL, false);
}

static void test_gradient_lossless(void **state)
{
	const struct gl_readout ro = readout(5, 3, 8);

	(void)state;
	gradient_case(4, true, 5, &ro, false);
	gradient_case(5, false, 3, &ro, false);
	gradient_case(6, true, 3, &ro, true);
	gradient_case(7, false, 3, &ro, true);
}

static void test_gradient_clipped(void **state)
{
	const struct gl_readout ro = readout(16, 2, 6);

	(void)state;
	assert_true(gradient_case(8, true, 3, &ro, false) > 100); /* counts up to 11 in 2 bits: much is outside */
	assert_true(gradient_case(9, false, 3, &ro, true) > 100);
}

/* in a lossless read-out nothing saturates: nearly the gradient of the float model, and the nearer the more bits the numbers have */
static double distance(int bits)
{
	const struct gl_readout ro = readout(5, 3, bits);
	struct params p, hat;
	struct net_via via;
	struct prng prng;
	struct net *n;
	struct toy t;
	double d = 0, norm = 0;

	toy_init(&t, 10, 8, 11, false);
	params_copy(&p, &t.m);
	toy_release(&t);
	prng_init(&prng, 10);
	via = via_new(&p, &ro, false, &hat);

	float *a = fd_draw(&prng, (size_t)LONGEST * p.model.vocab, 1), *b = fd_same(a, (size_t)LONGEST * p.model.vocab), *ga = MEM_NEW(p.n, float), *gb = MEM_NEW(p.n, float);

	n = net_new(&p.model, LONGEST, true);
	net_forward(n, &p.model, NULL, tokens, LONGEST);
	net_backward(n, &p, NULL, a, ga);
	net_forward(n, &p.model, &via, tokens, LONGEST);
	net_backward(n, &p, &via, b, gb);
	for (size_t i = 0; i < p.n; i++) {
		d += (ga[i] - gb[i]) * (double)(ga[i] - gb[i]);
		norm += ga[i] * (double)ga[i];
	}
	net_free(n);
	via_release(&via, &hat);
	free(a), free(b), free(ga), free(gb);
	params_release(&p);
	return sqrt(d / norm);
}

static void test_more_bits(void **state)
{
	double eight, four;

	(void)state;
	eight = distance(8);
	four = distance(4);
	fprintf(stderr, "# relative distance from the float gradient: %.3f with 8 bits, %.3f with 4\n", eight, four);
	assert_true(eight > 0 && eight < 0.15 && eight < four / 2);
}

/* ---- descent ---- */

static double descend(const struct gl_readout *ro, bool head, int steps, double rate, double *first)
{
	double loss = 0;
	struct params p;
	struct net *n;
	struct toy t;

	toy_init(&t, 30, 24, 40, true);
	params_copy(&p, &t.m);
	toy_release(&t);
	n = net_new(&p.model, LONGEST, true);
	for (int step = 0; step <= steps; step++) {
		float *dlogits = MEM_NEW((size_t)LONGEST * p.model.vocab, float), *grad = MEM_NEW(p.n, float);
		struct net_via via;
		struct params hat;

		if (ro)
			via = via_new(&p, ro, head, &hat);
		loss = op_cross_entropy(net_forward(n, &p.model, ro ? &via : NULL, tokens, LONGEST - 1), tokens + 1, LONGEST - 1, p.model.vocab, 1.0f / (LONGEST - 1), dlogits);
		loss /= LONGEST - 1;
		if (!step)
			*first = loss;
		net_backward(n, &p, ro ? &via : NULL, dlogits, grad);
		for (size_t i = 0; i < p.n; i++)
			p.theta[i] -= (float)rate * grad[i];
		if (ro)
			via_release(&via, &hat);
		free(dlogits), free(grad);
	}
	net_free(n);
	params_release(&p);
	return loss;
}

static void test_descent(void **state)
{
	const struct gl_readout lossless = readout(64, 7, 8), clip = readout(64, 4, 8);
	const struct { const char *name; const struct gl_readout *ro; bool head; } cases[] = {
		{ "floats", NULL, false }, { "lossless", &lossless, false }, { "4-bit clip", &clip, false }, { "4-bit clip, head too", &clip, true },
	};

	(void)state;
	for (int i = 0; i < 4; i++) {
		double first, last = descend(cases[i].ro, cases[i].head, 20, 0.05, &first), up = descend(cases[i].ro, cases[i].head, 5, -0.05, &first);

		fprintf(stderr, "# %s: %.3f nats, after 20 steps %.3f, after 5 in the other direction %.3f\n", cases[i].name, first, last, up);
		assert_true(last < 0.8 * first && up > first);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forward), cmocka_unit_test(test_gradient), cmocka_unit_test(test_gradient_lossless), cmocka_unit_test(test_gradient_clipped),
		cmocka_unit_test(test_more_bits), cmocka_unit_test(test_descent),
	};

	return cmocka_run_group_tests_name("train_net", tests, NULL, NULL);
}

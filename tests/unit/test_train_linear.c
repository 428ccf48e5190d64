/* train/linear: dense and Monarch layers with padding against golden's float layer and against docs/numerics.md section 7 in double; gradients against finite
 * differences, with arbitrary numbers of a read-out and arbitrary passes; and the traces of one layer through a read-out that clips against
 * docs/train.md section 4 written out here.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/quantised.h"
#include "golden/transformer.h"
#include "tests/unit/train_fd.h"
#include "train/linear.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { GUARD = 64 };

/* a layer with its gradients; padding of the factors holds numbers too, which nothing may read */
struct bench {
	struct model_linear l;
	size_t n_w, n_R, n_L;
	float *w, *R, *L, *dw, *dR, *dL, *dw0, *dR0, *dL0;
};

/* b 0: dense */
static void bench_init(struct bench *t, struct prng *p, int out, int in, int b, int r)
{
	memset(t, 0, sizeof(*t));
	t->l = (struct model_linear){ .out = out, .in = in };
	if (b) {
		t->l.b = b;
		t->l.r = r;
		t->l.p = (in + b - 1) / b;
		t->l.s = (out + b - 1) / b;
		t->n_R = (size_t)b * b * r * t->l.p;
		t->n_L = (size_t)b * t->l.s * b * r;
		t->l.R = t->R = fd_draw(p, t->n_R, 1 / sqrt(t->l.p));
		t->l.L = t->L = fd_draw(p, t->n_L, 1 / sqrt(b * r));
	} else {
		t->n_w = (size_t)out * in;
		t->l.w = t->w = fd_draw(p, t->n_w, 1 / sqrt(in));
	}
	t->dw = fd_draw(p, t->n_w, 1), t->dR = fd_draw(p, t->n_R, 1), t->dL = fd_draw(p, t->n_L, 1);
	t->dw0 = fd_same(t->dw, t->n_w), t->dR0 = fd_same(t->dR, t->n_R), t->dL0 = fd_same(t->dL, t->n_L);
}

static void bench_release(struct bench *t)
{
	free(t->w), free(t->R), free(t->L), free(t->dw), free(t->dR), free(t->dL), free(t->dw0), free(t->dR0), free(t->dL0);
}

static const struct shape { int out, in, b, r; } shapes[] = {
	{ 1, 1, 0, 0 }, { 3, 7, 0, 0 }, { 33, 8, 0, 0 }, { 7, 33, 0, 0 },
	{ 1, 1, 1, 1 }, { 12, 33, 7, 2 }, { 33, 33, 7, 1 }, { 172, 64, 8, 1 }, { 64, 172, 8, 2 }, { 10, 10, 3, 2 }, { 8, 8, 2, 1 },
	{ 5, 4, 3, 2 }, /* the last block has padding for all its inputs */
	{ 4, 5, 3, 1 },
};

/* scratch of exactly what was asked for, guarded */
static float *room(const struct model_linear *l, int T)
{
	size_t n = linear_scratch(l, T);
	float *v = fd_nan(n + GUARD);

	for (int i = 0; i < GUARD; i++)
		v[n + (size_t)i] = 77;
	return v;
}

static bool room_kept(const float *v, const struct model_linear *l, int T)
{
	for (int i = 0; i < GUARD; i++)
		if (v[linear_scratch(l, T) + (size_t)i] != 77)
			return false;
	return true;
}

static void forward_case(struct prng *p, const struct shape *s, int T)
{
	int width, n_mid;
	struct bench t;

	bench_init(&t, p, s->out, s->in, s->b, s->r);
	width = linear_width(&t.l), n_mid = linear_mid(&t.l);
	assert_int_equal(width, s->b ? s->b * ((s->in + s->b - 1) / s->b) : s->in);
	assert_int_equal(n_mid, s->b * s->b * s->r);

	float *x = fd_draw(p, (size_t)T * s->in, 1), *y = fd_nan((size_t)T * s->out), *scratch = room(&t.l, T), *want = fd_nan(s->out);
	struct linear_trace trace = { .x = fd_nan((size_t)T * width), .mid = fd_nan((size_t)T * n_mid) };
	double *R = fd_double(t.R ? t.R : x, t.n_R), mid[FD_WIDE];

	linear_forward(&t.l, x, T, y, &trace, scratch);
	assert_true(room_kept(scratch, &t.l, T));
	for (int i = 0; i < T; i++) {
		double *xd = fd_double(x + (size_t)i * s->in, s->in), *wd;

		tf_linear_float(&t.l, x + (size_t)i * s->in, want);
		wd = fd_double(want, s->out);
		assert_true(fd_agrees("linear", y + (size_t)i * s->out, NULL, wd, s->out, 1e-5));
		assert_memory_equal(trace.x + (size_t)i * width, x + (size_t)i * s->in, (size_t)s->in * sizeof(float));
		for (int j = s->in; j < width; j++)
			assert_true(trace.x[(size_t)i * width + j] == 0);
		if (s->b) {
			fd_stage_r(&t.l, R, xd, mid);
			assert_true(fd_agrees("linear mid", trace.mid + (size_t)i * n_mid, NULL, mid, n_mid, 1e-5));
		}
		free(xd), free(wd);
	}
	assert_null(trace.pass_mid);
	free(x), free(y), free(scratch), free(want), free(trace.x), free(trace.mid), free(R);
	bench_release(&t);
}

static void test_forward(void **state)
{
	static const int T[] = { 1, 3, 7, 33 };
	struct prng p;

	(void)state;
	prng_init(&p, 1);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		for (int j = 0; j < 4; j++)
			forward_case(&p, &shapes[i], T[j]);
}

/* ---- gradients ---- */

struct scene { const struct bench *t; int T; double *w, *R, *L, *x; struct fd_point *at; const float *dy; };

static double scene_loss(void *ctx)
{
	struct scene *c = ctx;
	const struct model_linear *l = &c->t->l;
	const struct fd_weights w = { l->w ? c->w : NULL, c->R, c->L };
	double y[FD_WIDE], sum = 0;

	for (int i = 0; i < c->T; i++) {
		fd_linear(l, &w, c->x + i * l->in, &c->at[i], y);
		for (int o = 0; o < l->out; o++)
			sum += y[o] * c->dy[i * l->out + o];
	}
	return sum;
}

/* 0, 1 or between */
static float *passes(struct prng *p, size_t n)
{
	float *v = MEM_NEW(n, float);

	for (size_t i = 0; i < n; i++) {
		int kind = (int)prng_range(p, 0, 3);

		v[i] = kind < 2 ? (float)kind : (float)prng_unit(p);
	}
	return v;
}

/* kind 0: a float pass as linear_forward leaves it; 1: numbers of a read-out, no passes; 2: both passes; 3: those of the output alone; 4: of mid alone */
static void backward_case(struct prng *p, const struct shape *s, int T, int kind)
{
	struct bench t;

	bench_init(&t, p, s->out, s->in, s->b, s->r);

	int width = linear_width(&t.l), n_mid = linear_mid(&t.l);
	size_t n_x = (size_t)T * s->in, n_y = (size_t)T * s->out;
	float *x = fd_draw(p, n_x, 1), *y = fd_nan(n_y), *dy = fd_draw(p, n_y, 1), *dy0 = fd_same(dy, n_y);
	float *dx = fd_draw(p, n_x, 1), *dx0 = fd_same(dx, n_x), *scratch = room(&t.l, T);
	struct linear_trace trace = { .x = fd_nan((size_t)T * width), .mid = fd_nan((size_t)T * n_mid) };
	struct scene c = { &t, T, NULL, NULL, NULL, fd_double(x, n_x), MEM_NEW(T, struct fd_point), dy0 };

	c.w = t.w ? fd_double(t.w, t.n_w) : NULL;
	c.R = t.R ? fd_double(t.R, t.n_R) : NULL;
	c.L = t.L ? fd_double(t.L, t.n_L) : NULL;
	linear_forward(&t.l, x, T, y, &trace, scratch);
	for (int i = 0; kind && i < T; i++) { /* as a read-out could have bent them; padding stays zero */
		for (int j = 0; j < s->in; j++)
			trace.x[i * width + j] += 0.3f * (float)prng_normal(p);
		for (int j = 0; j < n_mid; j++)
			trace.mid[i * n_mid + j] += 0.3f * (float)prng_normal(p);
	}
	if (kind == 2 || kind == 4)
		trace.pass_mid = passes(p, (size_t)T * n_mid);
	if (kind == 2 || kind == 3)
		trace.pass_out = passes(p, n_y);
	for (int i = 0; i < T; i++)
		fd_point_set(&c.at[i], &t.l, &(struct fd_weights){ c.w, c.R, c.L }, c.x + i * s->in, trace.x + i * width, trace.mid + i * n_mid,
			     trace.pass_mid ? trace.pass_mid + i * n_mid : NULL, trace.pass_out ? trace.pass_out + i * s->out : NULL, y + i * s->out);

	double *wx = fd_gradient(scene_loss, &c, c.x, n_x, 1e-3), *ww = fd_gradient(scene_loss, &c, c.w, t.n_w, 1e-3); /* linear in each */
	double *wR = fd_gradient(scene_loss, &c, c.R, t.n_R, 1e-3), *wL = fd_gradient(scene_loss, &c, c.L, t.n_L, 1e-3);

	for (size_t i = 0; i < linear_scratch(&t.l, T); i++)
		scratch[i] = NAN;
	linear_backward(&t.l, &trace, dy, T, dx, t.dw, t.dR, t.dL, scratch);
	assert_true(room_kept(scratch, &t.l, T));
	if (!trace.pass_out)
		assert_memory_equal(dy, dy0, n_y * sizeof(float));
	assert_true(fd_agrees("linear dx", dx, dx0, wx, n_x, 1e-4));
	assert_true(fd_agrees("linear dw", t.dw, t.dw0, ww, t.n_w, 1e-4));
	assert_true(fd_agrees("linear dR", t.dR, t.dR0, wR, t.n_R, 1e-4));
	assert_true(fd_agrees("linear dL", t.dL, t.dL0, wL, t.n_L, 1e-4));
	if (n_x > 8 && !trace.pass_out)
		assert_true(fd_refuses(wx, n_x));
	/* padding: no gradient at all, to the bit */
	for (size_t i = 0; i < t.n_R; i++)
		if ((int)(i / t.l.p / (t.l.b * t.l.r)) * t.l.p + (int)(i % t.l.p) >= s->in)
			assert_true(t.dR[i] == t.dR0[i]);
	for (size_t i = 0; i < t.n_L; i++) {
		int row = (int)(i / (t.l.b * t.l.r));

		if (row % t.l.s * t.l.b + row / t.l.s >= s->out)
			assert_true(t.dL[i] == t.dL0[i]);
	}
	free(x), free(y), free(dy), free(dy0), free(dx), free(dx0), free(scratch), free(trace.x), free(trace.mid), free(trace.pass_mid), free(trace.pass_out);
	free(c.w), free(c.R), free(c.L), free(c.x), free(c.at), free(wx), free(ww), free(wR), free(wL);
	bench_release(&t);
}

static void test_backward(void **state)
{
	static const int T[] = { 1, 3, 7 };
	struct prng p;

	(void)state;
	prng_init(&p, 2);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		for (int kind = 0; kind < 5; kind++)
			backward_case(&p, &shapes[i], shapes[i].out + shapes[i].in > 100 ? 1 + kind % 2 : T[kind % 3], kind);
	backward_case(&p, &(struct shape){ 7, 5, 0, 0 }, 33, 2);
	backward_case(&p, &(struct shape){ 7, 5, 3, 1 }, 33, 2);
}

/* ---- one layer through a read-out, straight from the pages: codes tc, floor, ideal tables, binary search, resolution fit ---- */

enum { IN = 13, OUT = 10, B = 3, RANK = 2, ROWS = 8, QMAX = 127 };

static int quantise(const float *v, int n, int *q, float *scale)
{
	float most = 0;

	for (int i = 0; i < n; i++)
		most = fabsf(v[i]) > most ? fabsf(v[i]) : most;
	*scale = most > 0 ? most / QMAX : 1;
	for (int i = 0; i < n; i++)
		q[i] = (int)rintf(v[i] / *scale);
	return n;
}

/* q row times x through counts clipped at top = 2^bits - 1 (lsb 1, low 0); inside: the share of docs/train.md section 4 */
static long read_row(const int *q, const int *x, int n, int top, double *inside)
{
	double weight = 0, in = 0;
	long acc = 0;

	for (int first = 0; first < n; first += ROWS)
		for (int slice = 0; slice < 8; slice++)
			for (int plane = 0; plane < 8; plane++) {
				int count = 0, factor = (slice < 7 ? 1 << slice : -128) * (plane < 7 ? 1 << plane : -128);

				for (int i = first; i < n && i < first + ROWS; i++)
					count += (q[i] >> slice & 1) & (x[i] >> plane & 1);
				acc += (long)factor * (count < top ? count : top);
				weight += abs(factor);
				/* T[1] - 1 = 0 <= count < T[top] + 1 = top + 1 */
				in += count <= top ? abs(factor) : 0;
			}
	*inside = in / weight;
	return acc;
}

/* the factor that 16 bits and a shift stand for (numerics.md section 6) */
static double factor(double f)
{
	int shift = 47;

	while (shift > 1 && rint(f * exp2(shift)) > 65535)
		shift--;
	return rint(f * exp2(shift)) / exp2(shift);
}

struct seen { float x[IN], mid[B * B * RANK], pass_mid[B * B * RANK], pass_out[OUT], y[OUT]; int clamped; };

static void expect_dense(const struct model_linear *l, const float *x, int top, struct seen *s)
{
	int xq[IN], wq[IN];
	float sx, sw;

	quantise(x, IN, xq, &sx);
	for (int i = 0; i < IN; i++)
		s->x[i] = (float)xq[i] * sx;
	for (int o = 0; o < OUT; o++) {
		double inside;

		quantise(l->w + o * IN, IN, wq, &sw);
		s->y[o] = (float)((double)read_row(wq, xq, IN, top, &inside) * sw * sx);
		s->pass_out[o] = (float)inside;
	}
}

static void expect_monarch(const struct model_linear *l, const double *k_l, const float *x, int top, struct seen *s)
{
	int xq[B * 5] = { 0 }, mid[B * B * RANK], wq[IN], br = B * RANK;
	float sx, sw;

	quantise(x, IN, xq, &sx);
	for (int i = 0; i < IN; i++)
		s->x[i] = (float)xq[i] * sx;
	s->clamped = 0;
	for (int k = 0; k < B; k++)
		for (int c = 0; c < br; c++) {
			int to = (c / RANK * B + k) * RANK + c % RANK;
			double inside, q;

			quantise(l->R + (k * br + c) * l->p, l->p, wq, &sw);
			q = floor((double)read_row(wq, xq + k * l->p, l->p, top, &inside) * factor(sw / k_l[c / RANK]) + 0.5);
			mid[to] = (int)(q > QMAX ? QMAX : q < -QMAX ? -QMAX : q);
			s->clamped += mid[to] != (int)q;
			s->pass_mid[to] = mid[to] == (int)q ? (float)inside : 0;
			s->mid[to] = (float)(mid[to] * (double)sx * k_l[c / RANK]);
		}
	for (int o = 0; o < OUT; o++) {
		double inside;

		quantise(l->L + (o % B * l->s + o / B) * br, br, wq, &sw);
		s->y[o] = (float)((double)read_row(wq, mid + o % B * br, br, top, &inside) * sw * sx * k_l[o % B]);
		s->pass_out[o] = (float)inside;
	}
}

static void agree(const char *what, const float *got, const float *want, int n, double tolerance)
{
	double *d = fd_double(want, n);

	assert_true(fd_agrees(what, got, NULL, d, n, tolerance));
	free(d);
}

/* the layer stands in a model as its wq: gq_* know layers of models only */
static void readout_case(struct prng *p, bool monarch, int bits, float k)
{
	static const char *const parts[] = { "dense", "monarch" };
	struct gl_readout ro = { .rows = ROWS, .cols = 16, .adcs = 4, .bits = bits, .cell_bits = 1, .grid_bits = 4, .input_bits = 8, .weight_bits = 8,
				 .input_code = GC_TC, .weight_code = GC_TC, .window = { 1, 0, false } };
	struct model_layer layer = { 0 };
	struct model m = { .dim = IN, .hidden = IN, .n_layers = 1, .n_heads = 1, .n_kv_heads = 1, .vocab = 3, .seq_len = 8, .layers = &layer,
			   .norm_eps = 1e-5f, .rope_theta = 10000 };
	float k_all[B] = { k, k * 1.1f, k * 0.9f }, *head = fd_draw(p, 3 * IN, 1);
	struct bench t[MODEL_N_LINEAR];
	struct err e = { 0 };
	struct gq *g;

	m.embedding = m.head = head;
	for (int id = 0; id < MODEL_N_LINEAR; id++) {
		bench_init(&t[id], p, OUT, IN, monarch && id == MODEL_WQ ? B : 0, RANK);
		layer.linear[id] = t[id].l;
	}
	if (monarch)
		layer.linear[MODEL_WQ].k = k_all;
	g = gq_new(&m, &ro, false, &e);
	if (!g)
		fail_msg("%s", e.text);
	for (int i = 0; i < 10; i++) {
		float *x = fd_draw(p, IN, 1);
		struct seen want = { .clamped = 0 }, got;
		struct gq_trace trace = { got.x, got.mid, got.pass_mid, got.pass_out };

		if (monarch)
			expect_monarch(&t[MODEL_WQ].l, g->layer[MODEL_WQ].k, x, (1 << bits) - 1, &want);
		else
			expect_dense(&t[MODEL_WQ].l, x, (1 << bits) - 1, &want);
		for (size_t j = 0; j < sizeof(got) / sizeof(float); j++)
			((float *)&got)[j] = NAN;
		gq_linear_traced(g, 0, MODEL_WQ, x, got.y, &trace);
		agree(parts[monarch], got.y, want.y, OUT, 1e-5);
		agree("traced x", got.x, want.x, IN, 1e-6);
		agree("traced pass_out", got.pass_out, want.pass_out, OUT, 1e-5);
		if (monarch) {
			agree("traced mid", got.mid, want.mid, B * B * RANK, 1e-5);
			agree("traced pass_mid", got.pass_mid, want.pass_mid, B * B * RANK, 1e-5);
			assert_true(k > 0.5f || want.clamped > 0);
		}
		if (bits == 4)
			for (int o = 0; o < OUT; o++)
				assert_true(got.pass_out[o] == 1); /* 8 rows of one bit cannot saturate 4 bits */
		else
			assert_true(want.pass_out[0] < 1);
		free(x);
	}
	gq_free(g);
	for (int id = 0; id < MODEL_N_LINEAR; id++)
		bench_release(&t[id]);
	free(head);
}

static void test_readout(void **state)
{
	struct prng p;

	(void)state;
	prng_init(&p, 3);
	for (int monarch = 0; monarch < 2; monarch++) {
		readout_case(&p, monarch, 4, 1.5f);
		readout_case(&p, monarch, 1, 1.5f);
		readout_case(&p, monarch, 4, 0.1f); /* the requantiser clamps */
		readout_case(&p, monarch, 1, 0.1f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_forward), cmocka_unit_test(test_backward), cmocka_unit_test(test_readout) };

	return cmocka_run_group_tests_name("train_linear", tests, NULL, NULL);
}

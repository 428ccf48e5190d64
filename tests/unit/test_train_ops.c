/* train/ops and train/adamw: every operator against the formulas of golden/transformer.c in double, every gradient against central finite differences of
 * those, losses at logits that overflow a naive exponential, the optimiser against the papers' formulas in double.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/train_fd.h"
#include "train/adamw.h"
#include "train/ops.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const double tolerance = 2e-4;

static double dot_loss(const double *y, const float *dy, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += y[i] * dy[i];
	return sum;
}

/* ---- rmsnorm ---- */

struct norm { int n, d; double eps, *x, *gain, *y; const float *dy; };

static double norm_loss(void *ctx)
{
	struct norm *c = ctx;

	for (int t = 0; t < c->n; t++) {
		double sum = 0;

		for (int i = 0; i < c->d; i++)
			sum += c->x[t * c->d + i] * c->x[t * c->d + i];
		for (int i = 0; i < c->d; i++)
			c->y[t * c->d + i] = c->gain[i] * c->x[t * c->d + i] / sqrt(sum / c->d + c->eps);
	}
	return dot_loss(c->y, c->dy, (size_t)c->n * c->d);
}

static void norm_case(struct prng *p, int n, int d, float eps)
{
	size_t all = (size_t)n * d;
	float *x = fd_draw(p, all, 1), *gain = fd_draw(p, d, 1), *dy = fd_draw(p, all, 1), *y = fd_nan(all), *scale = fd_nan(n);
	float *dx = fd_draw(p, all, 1), *dgain = fd_draw(p, d, 1), *dx0 = fd_same(dx, all), *dgain0 = fd_same(dgain, d);
	struct norm c = { n, d, eps, fd_double(x, all), fd_double(gain, d), MEM_NEW(all, double), dy };
	double *wx = fd_gradient(norm_loss, &c, c.x, all, 1e-5), *wgain = fd_gradient(norm_loss, &c, c.gain, d, 1e-5);

	norm_loss(&c);
	op_rmsnorm(x, gain, n, d, eps, y, scale);
	assert_true(fd_agrees("rmsnorm", y, NULL, c.y, all, 1e-5));
	op_rmsnorm_back(x, gain, scale, dy, n, d, dx, dgain);
	assert_true(fd_agrees("rmsnorm dx", dx, dx0, wx, all, tolerance));
	assert_true(fd_agrees("rmsnorm dgain", dgain, dgain0, wgain, d, tolerance));
	if (all > 8)
		assert_true(fd_refuses(wx, all));
	free(x), free(gain), free(dy), free(y), free(scale), free(dx), free(dgain), free(dx0), free(dgain0);
	free(c.x), free(c.gain), free(c.y), free(wx), free(wgain);
}

static void test_rmsnorm(void **state)
{
	static const int n[] = { 1, 3, 7, 33 }, d[] = { 3, 7, 8, 33 };
	struct prng p;

	(void)state;
	prng_init(&p, 1);
	for (int i = 0; i < 16; i++)
		norm_case(&p, n[i % 4], d[i / 4], i % 3 ? 1e-5f : 0.3f);
	norm_case(&p, 7, 1, 0.3f); /* of one feature with a small eps nothing is left of the gradient but rounding */
	norm_case(&p, 1, 1, 0.3f);
}

/* ---- rotation ---- */

struct turn { int n, d, size; double theta, *v, *y; const float *dy; };

static double turn_loss(void *ctx)
{
	struct turn *c = ctx;

	for (int t = 0; t < c->n; t++)
		for (int i = 0; i < c->d; i += 2) {
			const double *v = c->v + t * c->d + i;
			double angle = t * pow(c->theta, -(double)(i % c->size) / c->size);

			c->y[t * c->d + i] = v[0] * cos(angle) - v[1] * sin(angle);
			c->y[t * c->d + i + 1] = v[0] * sin(angle) + v[1] * cos(angle);
		}
	return dot_loss(c->y, c->dy, (size_t)c->n * c->d);
}

static void turn_case(struct prng *p, int n, int heads, int size, float theta)
{
	size_t all = (size_t)n * heads * size;
	float *v = fd_draw(p, all, 1), *dy = fd_draw(p, all, 1), *got = fd_same(v, all), *back = fd_same(dy, all);
	struct turn c = { n, heads * size, size, theta, fd_double(v, all), MEM_NEW(all, double), dy };
	double *want = fd_gradient(turn_loss, &c, c.v, all, 1e-3); /* linear */

	turn_loss(&c);
	op_rotate(got, n, c.d, size, theta, 1);
	assert_true(fd_agrees("rotate", got, NULL, c.y, all, 1e-5));
	op_rotate(back, n, c.d, size, theta, -1);
	assert_true(fd_agrees("rotate back", back, NULL, want, all, 1e-5));
	op_rotate(got, n, c.d, size, theta, -1);
	assert_true(fd_agrees("rotate there and back", got, NULL, c.v, all, 1e-5));
	free(v), free(dy), free(got), free(back), free(c.v), free(c.y), free(want);
}

static void test_rotate(void **state)
{
	static const int n[] = { 1, 3, 7, 33 }, size[] = { 2, 4, 8 };
	struct prng p;

	(void)state;
	prng_init(&p, 2);
	for (int i = 0; i < 12; i++)
		turn_case(&p, n[i % 4], 1 + i % 3, size[i / 4], i % 2 ? 10000 : 50);
}

/* ---- attention ---- */

struct attend { int n; struct op_heads h; double *q, *k, *v, *a, *prob; const float *da; };

static double attend_loss(void *ctx)
{
	struct attend *c = ctx;
	int n = c->n, size = c->h.size, qd = c->h.n * size, kd = c->h.kv * size;

	for (int head = 0; head < c->h.n; head++)
		for (int t = 0; t < n; t++) {
			int at = head / (c->h.n / c->h.kv) * size;
			double *prob = c->prob + ((size_t)head * n + t) * n, *a = c->a + t * qd + head * size, sum = 0;

			memset(prob, 0, (size_t)n * sizeof(*prob));
			for (int u = 0; u <= t; u++) {
				double s = 0;

				for (int i = 0; i < size; i++)
					s += c->q[t * qd + head * size + i] * c->k[u * kd + at + i];
				sum += prob[u] = exp(s / sqrt(size));
			}
			memset(a, 0, (size_t)size * sizeof(*a));
			for (int u = 0; u <= t; u++) {
				prob[u] /= sum;
				for (int i = 0; i < size; i++)
					a[i] += prob[u] * c->v[u * kd + at + i];
			}
		}
	return dot_loss(c->a, c->da, (size_t)n * qd);
}

static void attend_case(struct prng *p, int n, int heads, int kv, int size)
{
	size_t nq = (size_t)n * heads * size, nk = (size_t)n * kv * size, np = (size_t)heads * n * n;
	float *q = fd_draw(p, nq, 1), *k = fd_draw(p, nk, 1), *v = fd_draw(p, nk, 1), *da = fd_draw(p, nq, 1), *a = fd_nan(nq), *prob = fd_nan(np);
	float *dq = fd_nan(nq), *dk = fd_nan(nk), *dv = fd_nan(nk), *scratch = fd_nan((size_t)n * n + 1);
	struct attend c = { n, { heads, kv, size }, fd_double(q, nq), fd_double(k, nk), fd_double(v, nk), MEM_NEW(nq, double), MEM_NEW(np, double), da };
	double *wq = fd_gradient(attend_loss, &c, c.q, nq, 1e-5), *wk = fd_gradient(attend_loss, &c, c.k, nk, 1e-5);
	double *wv = fd_gradient(attend_loss, &c, c.v, nk, 1e-5);

	attend_loss(&c);
	scratch[(size_t)n * n] = 5;
	op_attention(q, k, v, n, &c.h, a, prob);
	assert_true(fd_agrees("attention", a, NULL, c.a, nq, 1e-5));
	assert_true(fd_agrees("attention prob", prob, NULL, c.prob, np, 1e-5));
	for (size_t i = 0; i < np; i++)
		if (i % n > i / n % n)
			assert_true(prob[i] == 0);
	op_attention_back(q, k, v, prob, da, n, &c.h, dq, dk, dv, scratch);
	assert_true(scratch[(size_t)n * n] == 5);
	assert_true(fd_agrees("attention dq", dq, NULL, wq, nq, tolerance));
	assert_true(fd_agrees("attention dk", dk, NULL, wk, nk, tolerance));
	assert_true(fd_agrees("attention dv", dv, NULL, wv, nk, tolerance));
	free(q), free(k), free(v), free(da), free(a), free(prob), free(dq), free(dk), free(dv), free(scratch);
	free(c.q), free(c.k), free(c.v), free(c.a), free(c.prob), free(wq), free(wk), free(wv);
}

static void test_attention(void **state)
{
	static const int n[] = { 1, 3, 7 }, size[] = { 2, 4, 8 }, heads[][2] = { { 1, 1 }, { 2, 1 }, { 3, 3 }, { 6, 2 } };
	struct prng p;

	(void)state;
	prng_init(&p, 3);
	for (int i = 0; i < 36; i++)
		attend_case(&p, n[i % 3], heads[i / 9][0], heads[i / 9][1], size[i / 3 % 3]);
	attend_case(&p, 33, 2, 1, 4);
	attend_case(&p, 65, 2, 1, 2); /* longer sequences may be cut into strips */
	attend_case(&p, 130, 1, 1, 2);
}

/* scores far beyond the range of a float's exponential: the largest alone counts */
static void test_attention_extreme(void **state)
{
	const struct op_heads h = { 1, 1, 2 };
	const float q[] = { 200, 0, 200, 0, 200, 0 }, k[] = { -200, 0, 200, 0, 100, 0 }, v[] = { 1, 2, 3, 4, 5, 6 }, da[] = { 1, 1, 1, 1, 1, 1 };
	float a[6], prob[9], dq[6], dk[6], dv[6], scratch[9];

	(void)state;
	op_attention(q, k, v, 3, &h, a, prob);
	for (int i = 0; i < 6; i++)
		assert_true(fabsf(a[i] - v[i < 2 ? i : 2 + i % 2]) < 1e-6f);
	op_attention_back(q, k, v, prob, da, 3, &h, dq, dk, dv, scratch);
	for (int i = 0; i < 6; i++) {
		assert_true(fabsf(dq[i]) < 1e-30f && fabsf(dk[i]) < 1e-30f);
		assert_true(fabsf(dv[i] - (float)(int[]){ 1, 2, 0 }[i / 2]) < 1e-6f);
	}
}

/* ---- swiglu ---- */

struct glu { size_t n; double *g, *u, *y; const float *dy; };

static double glu_loss(void *ctx)
{
	struct glu *c = ctx;

	for (size_t i = 0; i < c->n; i++)
		c->y[i] = c->g[i] / (1 + exp(-c->g[i])) * c->u[i];
	return dot_loss(c->y, c->dy, c->n);
}

static void glu_case(struct prng *p, size_t n, double deviation)
{
	float *g = fd_draw(p, n, deviation), *u = fd_draw(p, n, 1), *dy = fd_draw(p, n, 1), *y = fd_nan(n), *dg = fd_nan(n), *du = fd_nan(n);
	struct glu c = { n, fd_double(g, n), fd_double(u, n), MEM_NEW(n, double), dy };
	double *wg = fd_gradient(glu_loss, &c, c.g, n, 1e-5), *wu = fd_gradient(glu_loss, &c, c.u, n, 1e-5);

	glu_loss(&c);
	op_swiglu(g, u, n, y);
	assert_true(fd_agrees("swiglu", y, NULL, c.y, n, 1e-5));
	op_swiglu_back(g, u, dy, n, dg, du);
	assert_true(fd_agrees("swiglu dg", dg, NULL, wg, n, tolerance));
	assert_true(fd_agrees("swiglu du", du, NULL, wu, n, tolerance));
	free(g), free(u), free(dy), free(y), free(dg), free(du), free(c.g), free(c.u), free(c.y), free(wg), free(wu);
}

static void test_swiglu(void **state)
{
	static const size_t n[] = { 1, 3, 7, 33, 77 };
	struct prng p;

	(void)state;
	prng_init(&p, 4);
	for (int i = 0; i < 10; i++)
		glu_case(&p, n[i % 5], i < 5 ? 1 : 100);
}

/* ---- losses ---- */

struct loss { int n, vocab; double *logits, *teacher; const int *next; };

/* ln softmax(v)[i] */
static double log_share(const double *v, int n, int i)
{
	double max = v[0], sum = 0;

	for (int j = 1; j < n; j++)
		max = v[j] > max ? v[j] : max;
	for (int j = 0; j < n; j++)
		sum += exp(v[j] - max);
	return v[i] - max - log(sum);
}

static double entropy_loss(void *ctx)
{
	struct loss *c = ctx;
	double sum = 0;

	for (int t = 0; t < c->n; t++)
		sum -= log_share(c->logits + t * c->vocab, c->vocab, c->next[t]);
	return sum;
}

static double divergence_loss(void *ctx)
{
	struct loss *c = ctx;
	double sum = 0;

	for (int t = 0; t < c->n; t++)
		for (int v = 0; v < c->vocab; v++) {
			double ours = log_share(c->logits + t * c->vocab, c->vocab, v), lnp = log_share(c->teacher + t * c->vocab, c->vocab, v);

			sum += exp(lnp) * (lnp - ours);
		}
	return sum;
}

static void loss_case(struct prng *p, int n, int vocab, double deviation, float weight, bool divergence)
{
	size_t all = (size_t)n * vocab;
	float *logits = fd_draw(p, all, deviation), *teacher = fd_draw(p, all, deviation), *d = fd_draw(p, all, 1), *d0 = fd_same(d, all);
	int *next = MEM_NEW(n, int);
	struct loss c = { n, vocab, fd_double(logits, all), fd_double(teacher, all), next };
	double (*f)(void *) = divergence ? divergence_loss : entropy_loss, *want, expected, got;

	for (int t = 0; t < n; t++)
		next[t] = (int)prng_range(p, 0, vocab - 1);
	want = fd_gradient(f, &c, c.logits, all, 1e-4);
	for (size_t i = 0; i < all; i++)
		want[i] *= weight;
	expected = f(&c);
	got = divergence ? op_divergence(logits, teacher, n, vocab, weight, d) : op_cross_entropy(logits, next, n, vocab, weight, d);
	if (!(fabs(got - expected) <= 1e-5 * (1 + fabs(expected))))
		fail_msg("%s of %d x %d: %.9g, expected %.9g", divergence ? "divergence" : "cross-entropy", n, vocab, got, expected);
	assert_true(fd_agrees(divergence ? "divergence" : "cross-entropy", d, d0, want, all, tolerance));
	free(logits), free(teacher), free(d), free(d0), free(next), free(c.logits), free(c.teacher), free(want);
}

static void test_losses(void **state)
{
	static const int n[] = { 1, 3, 7, 33 }, vocab[] = { 1, 3, 7, 33 };
	struct prng p;

	(void)state;
	prng_init(&p, 5);
	for (int i = 0; i < 32; i++)
		loss_case(&p, n[i % 4], vocab[i / 8], 2, i % 3 ? 1 : 0.25f, i / 4 % 2);
	for (int i = 0; i < 4; i++)
		loss_case(&p, 7, 33, i < 2 ? 80 : 10, 0.5f, i % 2);
}

/* figures that need no oracle: certain and impossible tokens, equal distributions */
static void test_losses_extreme(void **state)
{
	static const float most[] = { 80, 1e4f };

	(void)state;
	for (int i = 0; i < 2; i++) {
		float a = most[i], logits[] = { a, -a, -a, -a, a, -a }, teacher[] = { -a, -a, a, -a, a, -a }, d[6] = { 0 };
		const int next[] = { 2, 1 };
		const double entropy[] = { 1, 0, -1, 0, 0, 0 }; /* gradient of both losses: row 0 is wrong, row 1 right */

		assert_true(fabs(op_cross_entropy(logits, next, 2, 3, 1, d) - 2 * (double)a) <= 1e-6 * a);
		assert_true(fd_worst(d, NULL, entropy, 6) < 1e-6);
		assert_true(fabs(op_divergence(logits, teacher, 2, 3, -1, d) - 2 * (double)a) <= 1e-6 * a);
		assert_true(fd_worst(d, NULL, (double[6]){ 0 }, 6) < 1e-4); /* added with weight -1: takes it away again */
		assert_true(fabs(op_divergence(teacher, teacher, 2, 3, 1, d)) <= 1e-9);
	}
}

/* ---- AdamW: Loshchilov and Hutter 2019 algorithm 2, its schedule folded into the rate, decay times rate as every library has it ---- */

static void test_adamw(void **state)
{
	enum { N = 33 };
	const struct adamw a = { 0.9, 0.95, 1e-8, 0.1 };
	struct prng p;
	float *theta, m[N] = { 0 }, v[N] = { 0 };
	double want[N], wm[N] = { 0 }, wv[N] = { 0 };
	uint8_t decayed[N];

	(void)state;
	prng_init(&p, 6);
	theta = fd_draw(&p, N, 1);
	for (int i = 0; i < N; i++) {
		want[i] = theta[i];
		decayed[i] = i % 3 != 0;
	}
	for (long step = 1; step <= 50; step++) {
		float *g = fd_draw(&p, N, step % 7 ? 1 : 1e-3), *kept;
		double rate = 0.01 * (double)(1 + step % 5);

		g[5] = 0; /* never a gradient: nothing but decay */
		kept = fd_same(g, N);
		adamw_step(&a, step, rate, g, decayed, N, m, v, theta);
		assert_memory_equal(g, kept, N * sizeof(*g));
		for (int i = 0; i < N; i++) {
			wm[i] = 0.9 * wm[i] + 0.1 * g[i];
			wv[i] = 0.95 * wv[i] + 0.05 * g[i] * g[i];
			want[i] -= rate * (wm[i] / (1 - pow(0.9, (double)step)) / (sqrt(wv[i] / (1 - pow(0.95, (double)step))) + 1e-8) + (decayed[i] ? 0.1 * want[i] : 0));
		}
		assert_true(fd_agrees("adamw theta", theta, NULL, want, N, 1e-5));
		assert_true(fd_agrees("adamw m", m, NULL, wm, N, 1e-5));
		assert_true(fd_agrees("adamw v", v, NULL, wv, N, 1e-5));
		if (step > 1)
			assert_true(fd_refuses(want, N));
		free(g), free(kept);
	}
	free(theta);
}

static void test_rate(void **state)
{
	static const long warmup[] = { 0, 1, 10, 99 };

	(void)state;
	for (int w = 0; w < 4; w++)
		for (long step = 1; step <= 100; step++) {
			double part = (double)(step - warmup[w]) / (double)(100 - warmup[w]);
			double want = step <= warmup[w] ? 3e-3 * (double)step / (double)warmup[w] : 3e-3 * (0.1 + 0.9 * 0.5 * (1 + cos(acos(-1) * part)));

			assert_true(fabs(adamw_rate(step, 100, warmup[w], 3e-3, 0.1) - want) <= 1e-12);
		}
	assert_true(adamw_rate(10, 10, 10, 1, 0.5) >= 0.5 && adamw_rate(10, 10, 10, 1, 0.5) <= 1); /* all warm-up: no division by zero */
	assert_true(fabs(adamw_rate(1, 1, 0, 1, 0.5) - 0.5) <= 1e-12);
}

static void test_clip(void **state)
{
	float g[] = { 3, -4, 0 }, zero[3] = { 0 }, tiny[] = { 1e-30f, 0, 0 };
	float large[] = { 3e25f, -4e25f, 0 };

	(void)state;
	assert_true(fabs(adamw_clip(g, 3, 5.001) - 5) < 1e-6);
	assert_true(g[0] == 3 && g[1] == -4 && g[2] == 0); /* not longer than allowed: untouched to the bit */
	assert_true(fabs(adamw_clip(g, 3, 1) - 5) < 1e-6);
	assert_true(fabsf(g[0] - 0.6f) < 1e-6f && fabsf(g[1] + 0.8f) < 1e-6f && g[2] == 0);
	assert_true(adamw_clip(zero, 3, 1) == 0 && zero[0] == 0);
	assert_true(adamw_clip(tiny, 3, 1) < 2e-30 && tiny[0] == 1e-30f);
	assert_true(fabs(adamw_clip(large, 3, 1) / 5e25 - 1) < 1e-6); /* squares beyond a float */
	assert_true(fabsf(large[0] - 0.6f) < 1e-6f && fabsf(large[1] + 0.8f) < 1e-6f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rmsnorm), cmocka_unit_test(test_rotate), cmocka_unit_test(test_attention), cmocka_unit_test(test_attention_extreme),
		cmocka_unit_test(test_swiglu), cmocka_unit_test(test_losses), cmocka_unit_test(test_losses_extreme), cmocka_unit_test(test_adamw),
		cmocka_unit_test(test_rate), cmocka_unit_test(test_clip),
	};

	return cmocka_run_group_tests_name("train_ops", tests, NULL, NULL);
}

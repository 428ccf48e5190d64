/* Helpers of the gradient tests (test_train_*.c): central finite differences of a scalar in double, the comparer, and a linear layer in double that can be
 * linearised around what a read-out did (docs/train.md section 4). Knows train/ by nothing but its headers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TRAIN_FD_H
#define TESTS_UNIT_TRAIN_FD_H
#include "checkpoint/model.h"
#include "common/mem.h"
#include "common/prng.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline float *fd_draw(struct prng *p, size_t n, double deviation)
{
	float *v = MEM_NEW(n, float);

	for (size_t i = 0; i < n; i++)
		v[i] = (float)(prng_normal(p) * deviation);
	return v;
}

/* an array that must be written before it is read */
static inline float *fd_nan(size_t n)
{
	float *v = MEM_NEW(n, float);

	for (size_t i = 0; i < n; i++)
		v[i] = NAN;
	return v;
}

static inline float *fd_same(const float *from, size_t n)
{
	float *v = MEM_NEW(n, float);

	memcpy(v, from, n * sizeof(float));
	return v;
}

static inline double *fd_double(const float *from, size_t n)
{
	double *v = MEM_NEW(n, double);

	for (size_t i = 0; i < n; i++)
		v[i] = from[i];
	return v;
}

/* d loss / d v[i], v being what loss reads; [n], owned by the caller */
static inline double *fd_gradient(double (*loss)(void *ctx), void *ctx, double *v, size_t n, double h)
{
	double *g = MEM_NEW(n, double);

	for (size_t i = 0; i < n; i++) {
		double kept = v[i], up;

		v[i] = kept + h;
		up = loss(ctx);
		v[i] = kept - h;
		g[i] = (up - loss(ctx)) / (2 * h);
		v[i] = kept;
	}
	return g;
}

/* Worst of |got - before - want| against |want| + rms(want) + 0.01 (losses here are sums of products with normal numbers, so gradients are about 1);
 * infinite where something is not finite. before NULL: zeros. */
static inline double fd_worst(const float *got, const float *before, const double *want, size_t n)
{
	double rms = 0, worst = 0;

	for (size_t i = 0; i < n; i++)
		rms += want[i] * want[i] / (double)n;
	for (size_t i = 0; i < n; i++) {
		double d = fabs(got[i] - (before ? before[i] : 0.0) - want[i]) / (fabs(want[i]) + sqrt(rms) + 0.01);

		if (!(d < INFINITY))
			return INFINITY;
		worst = d > worst ? d : worst;
	}
	return worst;
}

/* says what is wrong; float32 with sums of hundreds of terms stays below 2e-4 */
static inline bool fd_agrees(const char *what, const float *got, const float *before, const double *want, size_t n, double tolerance)
{
	double worst = fd_worst(got, before, want, n);

	if (!(worst <= tolerance))
		fprintf(stderr, "# %s: relative error %g, legal %g\n", what, worst, tolerance);
	return worst <= tolerance;
}

/* the comparer must refuse a gradient that is 2 % too large, one whose sign is turned, one that was not added, and a NaN */
static inline bool fd_refuses(const double *want, size_t n)
{
	float *g = MEM_NEW(n, float), *before = MEM_NEW(n, float);
	bool refused, plain;

	for (size_t i = 0; i < n; i++) {
		g[i] = (float)want[i];
		before[i] = 1;
	}
	plain = fd_worst(g, NULL, want, n) <= 1e-6;
	refused = fd_worst(g, before, want, n) > 2e-3;
	for (size_t i = 0; i < n; i++)
		g[i] = (float)(want[i] * 1.02);
	refused &= fd_worst(g, NULL, want, n) > 2e-3;
	for (size_t i = 0; i < n; i++)
		g[i] = (float)-want[i];
	refused &= fd_worst(g, NULL, want, n) > 2e-3;
	g[n / 2] = NAN;
	refused &= fd_worst(g, NULL, want, n) > 2e-3;
	free(g);
	free(before);
	return plain && refused;
}

/* ---- a linear layer in double ---- */

enum { FD_WIDE = 256 }; /* widest vector of these tests */

struct fd_weights { const double *w, *R, *L; };

/* What a read-out made of input x0. Around it the layer is the straight-through one: quantisers of slope 1, times the passes. */
struct fd_point { double x0[FD_WIDE], x[FD_WIDE], mid[FD_WIDE], pass_mid[FD_WIDE], pass_out[FD_WIDE], y[FD_WIDE], rx[FD_WIDE], lm[FD_WIDE]; };

/* R x, indexed as inputs of the L blocks: (l*b + k)*r + j (docs/numerics.md section 7); x is not padded */
static inline void fd_stage_r(const struct model_linear *l, const double *R, const double *x, double *mid)
{
	for (int k = 0; k < l->b; k++)
		for (int c = 0; c < l->b * l->r; c++) {
			double sum = 0;

			for (int i = 0; i < l->p && k * l->p + i < l->in; i++)
				sum += R[(k * l->b * l->r + c) * l->p + i] * x[k * l->p + i];
			mid[(c / l->r * l->b + k) * l->r + c % l->r] = sum;
		}
}

static inline void fd_stage_l(const struct model_linear *l, const double *L, const double *mid, double *y)
{
	int br = l->b * l->r;

	for (int o = 0; o < l->out; o++) {
		y[o] = 0;
		for (int c = 0; c < br; c++)
			y[o] += L[(o % l->b * l->s + o / l->b) * br + c] * mid[o % l->b * br + c];
	}
}

static inline void fd_dense(const struct model_linear *l, const double *w, const double *x, double *y)
{
	for (int o = 0; o < l->out; o++) {
		y[o] = 0;
		for (int i = 0; i < l->in; i++)
			y[o] += w[o * l->in + i] * x[i];
	}
}

/* at NULL: exact */
static inline void fd_linear(const struct model_linear *l, const struct fd_weights *w, const double *x, const struct fd_point *at, double *y)
{
	double in[FD_WIDE], mid[FD_WIDE];

	for (int i = 0; i < l->in; i++)
		in[i] = at ? at->x[i] + x[i] - at->x0[i] : x[i];
	if (w->w) {
		fd_dense(l, w->w, in, y);
	} else {
		fd_stage_r(l, w->R, in, mid);
		for (int c = 0; at && c < l->b * l->b * l->r; c++)
			mid[c] = at->mid[c] + at->pass_mid[c] * (mid[c] - at->rx[c]);
		fd_stage_l(l, w->L, mid, y);
	}
	for (int o = 0; at && o < l->out; o++)
		y[o] = at->y[o] + at->pass_out[o] * (y[o] - at->lm[o]);
}

/* x [in], mid, y: what the hardware gave for x0; NULL passes: 1; w: the weights as the integers stand for them */
static inline void fd_point_set(struct fd_point *at, const struct model_linear *l, const struct fd_weights *w, const double *x0, const float *x, const float *mid,
				const float *pass_mid, const float *pass_out, const float *y)
{
	for (int i = 0; i < l->in; i++) {
		at->x0[i] = x0[i];
		at->x[i] = x[i];
	}
	for (int c = 0; c < l->b * l->b * l->r; c++) {
		at->mid[c] = mid[c];
		at->pass_mid[c] = pass_mid ? pass_mid[c] : 1;
	}
	for (int o = 0; o < l->out; o++) {
		at->y[o] = y[o];
		at->pass_out[o] = pass_out ? pass_out[o] : 1;
	}
	if (w->w) {
		fd_dense(l, w->w, at->x, at->lm);
	} else {
		fd_stage_r(l, w->R, at->x, at->rx);
		fd_stage_l(l, w->L, at->mid, at->lm);
	}
}

#endif

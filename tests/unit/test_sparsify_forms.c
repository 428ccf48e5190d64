/* Block-diagonal matrices by brute force, and the paper's convention P L P R P against the product of its five matrices.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "sparsify/sparsify.h"
#include <math.h>
#include <stdlib.h>

static void block_diagonal(void **state)
{
	static const int sizes[][3] = { { 1, 1, 1 }, { 3, 7, 2 }, { 7, 3, 3 }, { 33, 7, 4 }, { 7, 33, 5 }, { 33, 33, 33 }, { 64, 172, 5 }, { 3, 5, 3 } };

	(void)state;
	for (size_t n = 0; n < sizeof(sizes) / sizeof(*sizes); n++) {
		int out = sizes[n][0], in = sizes[n][1], b = sizes[n][2];
		float *w = MEM_NEW((size_t)(out * in), float), *to = MEM_NEW((size_t)(out * in), float);
		double lost = 0, got;
		uint64_t kept = 0;
		struct err e = { 0 };
		struct sp_shape f;

		for (int i = 0; i < out * in; i++)
			w[i] = (float)(i + 1);
		assert_int_equal(sp_shape_make(&f, "x", out, in, SP_BLOCK_DIAGONAL, b, 1, &e), 0);
		got = sp_block_diagonal(w, out, in, &f, to);
		for (int o = 0; o < out; o++)
			for (int i = 0; i < in; i++) {
				bool inside = o / ((out + b - 1) / b) == i / ((in + b - 1) / b);

				assert_true(to[o * in + i] == (inside ? w[o * in + i] : 0));
				lost += inside ? 0 : (double)w[o * in + i] * w[o * in + i];
				kept += inside;
			}
		assert_true(fabs(got - lost) <= 1e-12 * lost);
		assert_true(kept == sp_block_diagonal_parameters(&f, out, in));
		free(w);
		free(to);
	}
}

static void block_diagonal_refused(void **state)
{
	struct err e = { 0 };
	struct sp_shape f;

	(void)state;
	assert_int_equal(sp_shape_make(&f, "1.w2", 3, 7, SP_BLOCK_DIAGONAL, 4, 1, &e), -1);
	assert_string_equal(e.text, "layer '1.w2': 4 blocks of 3 x 7 weights, legal 1..3; lower --blocks");
}

static double *product(const double *a, const double *b, int rows, int mid, int cols)
{
	double *c = MEM_NEW((size_t)(rows * cols), double);

	for (int i = 0; i < rows; i++)
		for (int k = 0; k < mid; k++)
			for (int j = 0; j < cols; j++)
				c[i * cols + j] += a[i * mid + k] * b[k * cols + j];
	return c;
}

/* P of a vector seen as [rows][cols]: its transpose; (P x)[c*rows + r] = x[r*cols + c] */
static double *permutation(int rows, int cols)
{
	int n = rows * cols;
	double *p = MEM_NEW((size_t)(n * n), double);

	for (int r = 0; r < rows; r++)
		for (int c = 0; c < cols; c++)
			p[(c * rows + r) * n + r * cols + c] = 1;
	return p;
}

static double *diagonal_of(const float *blocks, int b, int rows, int cols)
{
	double *d = MEM_NEW((size_t)(b * rows * b * cols), double);

	for (int k = 0; k < b; k++)
		for (int i = 0; i < rows; i++)
			for (int j = 0; j < cols; j++)
				d[(k * rows + i) * b * cols + k * cols + j] = blocks[(k * rows + i) * cols + j];
	return d;
}

/* P diag(L) P diag(R) P, rank 1: R blocks b x p, L blocks s x b */
static double *five_matrices(const struct model_linear *l)
{
	int b = l->b, p = l->p, s = l->s;
	double *in = permutation(p, b), *R = diagonal_of(l->R, b, b, p), *mid = permutation(b, b), *L = diagonal_of(l->L, b, s, b), *out = permutation(b, s);
	double *a = product(R, in, b * b, b * p, b * p), *c = product(mid, a, b * b, b * b, b * p), *d = product(L, c, b * s, b * b, b * p), *m = product(out, d, b * s, b * s, b * p);

	free(in); free(R); free(mid); free(L); free(out);
	free(a); free(c); free(d);
	return m;
}

static void paper_convention(void **state)
{
	/* square as in the paper, and where it is defined beyond: blocks that are not square, cut outputs and inputs */
	static const int cases[][5] = { /* out in b p s */ { 16, 16, 4, 4, 4 }, { 9, 9, 3, 3, 3 }, { 33, 21, 3, 7, 11 }, { 7, 33, 4, 9, 2 }, { 5, 5, 1, 5, 5 }, { 12, 20, 4, 5, 3 } };

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++) {
		const int *c = cases[n];
		struct model_linear l = { .out = c[0], .in = c[1], .b = c[2], .r = 1, .p = c[3], .s = c[4] };
		size_t n_R = (size_t)(l.b * l.b * l.p), n_L = (size_t)(l.b * l.s * l.b);
		float *R = MEM_NEW(n_R, float), *L = MEM_NEW(n_L, float), *w = MEM_NEW((size_t)(l.out * l.in), float), *ours = MEM_NEW((size_t)(l.out * l.b * l.p), float);
		int *source = MEM_NEW((size_t)(l.b * l.p), int);
		struct prng g;
		double *m;

		prng_init(&g, n);
		for (size_t i = 0; i < n_R; i++)
			R[i] = (float)prng_normal(&g);
		for (size_t i = 0; i < n_L; i++)
			L[i] = (float)prng_normal(&g);
		l.R = R;
		l.L = L;
		m = five_matrices(&l);
		sp_plprp_dense(&l, w);
		for (int o = 0; o < l.out; o++)
			for (int i = 0; i < l.in; i++)
				assert_true(fabs(w[o * l.in + i] - m[o * l.b * l.p + i]) < 1e-6 * (1 + fabs(m[o * l.b * l.p + i])));
		/* FACTS-papers.md 1.2: M[j*b + l][i*b + k] = L_l[j][k] R_k[l][i] */
		for (int o = 0; o < l.out; o++)
			for (int i = 0; i < l.in; i++)
				assert_true(w[o * l.in + i] == L[(o % l.b * l.s + o / l.b) * l.b + i % l.b] * R[(i % l.b * l.b + o % l.b) * l.p + i / l.b]);
		/* and the same factors in our convention behind the permutation of the inputs */
		sp_plprp_inputs(l.b, l.p, source);
		l.in = l.b * l.p;
		sp_dense(&l, ours);
		for (int o = 0; o < l.out; o++)
			for (int i = 0; i < l.in; i++)
				if (source[i] < c[1])
					assert_true(ours[o * l.in + i] == w[o * c[1] + source[i]]);
		free(m); free(R); free(L); free(w); free(ours); free(source);
	}
}

/* A P L P R P matrix is in general not Monarch in our convention at the same rank, but it is at the slices' full rank */
static void projected_again(void **state)
{
	enum { B = 4, N = B * B };
	float R[B * B * B], L[B * B * B], w[N * N], R2[B * B * B * B], L2[B * B * B * B];
	struct model_linear l = { .out = N, .in = N, .b = B, .r = 1, .p = B, .s = B, .R = R, .L = L };
	double norm = 0;
	struct prng g;

	(void)state;
	prng_init(&g, 9);
	for (int i = 0; i < B * B * B; i++) {
		R[i] = (float)prng_normal(&g);
		L[i] = (float)prng_normal(&g);
	}
	sp_plprp_dense(&l, w);
	for (int i = 0; i < N * N; i++)
		norm += (double)w[i] * w[i];
	for (int r = 1; r <= B; r++) {
		struct sp_shape f = { B, r, B, B };
		double error;

		for (int i = 0; i < B * B * B * B; i++)
			R2[i] = L2[i] = 0;
		error = sp_relative(sp_monarch(w, N, N, &f, 1, R2, L2), norm);
		if (r == 1)
			assert_true(error > 0.1);
		if (r == B)
			assert_true(error < 1e-6);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(block_diagonal), cmocka_unit_test(block_diagonal_refused), cmocka_unit_test(paper_convention), cmocka_unit_test(projected_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Projection of one matrix: against matrices that are Monarch, an eigenvalue solver of its own for the least error, random neighbours, and itself with other threads.
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
#include <string.h>

struct factors { struct sp_shape f; int out, in; float *R, *L; size_t n_R, n_L; };

static void factors_init(struct factors *x, const struct sp_shape *f, int out, int in)
{
	*x = (struct factors){ .f = *f, .out = out, .in = in };
	x->n_R = (size_t)(f->b * f->b * f->r * f->p);
	x->n_L = (size_t)(f->b * f->s * f->b * f->r);
	x->R = MEM_NEW(x->n_R, float);
	x->L = MEM_NEW(x->n_L, float);
}

static void factors_release(struct factors *x)
{
	free(x->R);
	free(x->L);
}

static float *random_matrix(struct prng *g, size_t n)
{
	float *w = MEM_NEW(n, float);

	for (size_t i = 0; i < n; i++)
		w[i] = (float)prng_normal(g);
	return w;
}

/* The dense matrix column by column, as docs/numerics.md section 7 says it: unit vectors through both stages */
static double *by_definition(const struct factors *x)
{
	int b = x->f.b, r = x->f.r, p = x->f.p, s = x->f.s;
	double *w = MEM_NEW((size_t)(x->out * x->in), double), *y = MEM_NEW((size_t)(b * r), double);

	for (int c = 0; c < x->in; c++) {
		int k = c / p; /* the only block that is not zero behind R */

		for (int m = 0; m < b * r; m++)
			y[m] = x->R[(k * b * r + m) * p + c % p];
		for (int l = 0; l < b; l++)
			for (int po = 0; po < s && po * b + l < x->out; po++)
				for (int j = 0; j < r; j++)
					w[(po * b + l) * x->in + c] += x->L[(l * s + po) * b * r + k * r + j] * y[l * r + j];
	}
	free(y);
	return w;
}

static double distance2(const struct factors *x, const float *w)
{
	double *m = by_definition(x), sum = 0;

	for (int i = 0; i < x->out * x->in; i++)
		sum += (w[i] - m[i]) * (w[i] - m[i]);
	free(m);
	return sum;
}

static double norm2(const float *w, int n)
{
	double sum = 0;

	for (int i = 0; i < n; i++)
		sum += (double)w[i] * w[i];
	return sum;
}

/* Eigenvalues of a symmetric matrix a [n][n] by cyclic Jacobi rotations, left on its diagonal */
static void jacobi(double *a, int n)
{
	double off = 1;

	for (int sweep = 0; sweep < 60 && off > 1e-9; sweep++) {
		off = 0;
		for (int p = 0; p < n; p++)
			for (int q = p + 1; q < n; q++) {
				double theta = 0.5 * atan2(2 * a[p * n + q], a[q * n + q] - a[p * n + p]), c = cos(theta), s = sin(theta);

				off += a[p * n + q] * a[p * n + q];
				for (int k = 0; k < n; k++) {
					double x = a[k * n + p], y = a[k * n + q];

					a[k * n + p] = c * x - s * y;
					a[k * n + q] = s * x + c * y;
				}
				for (int k = 0; k < n; k++) {
					double x = a[p * n + k], y = a[q * n + k];

					a[p * n + k] = c * x - s * y;
					a[q * n + k] = s * x + c * y;
				}
			}
	}
}

static int descending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x < y) - (x > y);
}

/* sum over slices of what lies beyond the r largest eigenvalues of S S^T: no rank-r matrix is nearer (Eckart, Young) */
static double least_distance2(const float *w, int out, int in, const struct sp_shape *f)
{
	int s = f->s;
	double *gram = MEM_NEW((size_t)(s * s), double), *value = MEM_NEW((size_t)s, double), sum = 0;

	for (int l = 0; l < f->b; l++)
		for (int k = 0; k < f->b; k++) {
			memset(gram, 0, (size_t)(s * s) * sizeof(*gram));
			for (int u = 0; u < s; u++)
				for (int v = 0; v < s; v++)
					for (int c = k * f->p; c < (k + 1) * f->p && c < in; c++)
						if (u * f->b + l < out && v * f->b + l < out)
							gram[u * s + v] += (double)w[(u * f->b + l) * in + c] * w[(v * f->b + l) * in + c];
			jacobi(gram, s);
			for (int u = 0; u < s; u++)
				value[u] = gram[u * s + u];
			qsort(value, (size_t)s, sizeof(*value), descending);
			for (int u = f->r; u < s; u++)
				sum += value[u];
		}
	free(gram);
	free(value);
	return sum;
}

static const int sizes[][2] = {
	{ 1, 1 }, { 1, 7 }, { 7, 1 }, { 3, 3 }, { 3, 7 }, { 7, 3 }, { 7, 33 }, { 33, 7 }, { 33, 33 }, { 16, 16 }, { 33, 1 }, { 64, 172 }, { 172, 64 },
};
static const int blocks[] = { SP_PAPER, SP_FIT, 1, 2, 3, 4, 5, 7, 33 };

static void each(void (*f)(const struct sp_shape *, int out, int in, int factors))
{
	int n = 0;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (size_t j = 0; j < sizeof(blocks) / sizeof(*blocks); j++)
			for (int r = 1; r <= 3; r++) {
				struct err e = { 0 };
				struct sp_shape s;

				if (!sp_shape_make(&s, "x", sizes[i][0], sizes[i][1], SP_MONARCH, blocks[j], r, &e)) {
					f(&s, sizes[i][0], sizes[i][1], blocks[j]);
					n++;
				}
			}
	assert_in_range(n, 100, 400);
}

static void one_shape(const struct sp_shape *f, int out, int in, int factors)
{
	int side = out < in ? out : in, larger = out < in ? in : out;

	if (factors == SP_PAPER) {
		assert_int_equal(f->b, (int)ceil(sqrt(larger)));
		assert_int_equal(f->p, f->b);
		assert_true(f->b * f->b >= larger);
	} else {
		assert_int_equal(f->b, factors == SP_FIT ? (int)lround(sqrt(side)) : factors);
		assert_int_equal(f->p, (in + f->b - 1) / f->b);
	}
	assert_int_equal(f->s, (out + f->b - 1) / f->b);
}

static void shapes(void **state)
{
	(void)state;
	each(one_shape);
}

static void one_best(const struct sp_shape *f, int out, int in, int factors)
{
	struct factors x;
	struct prng g;
	float *w;
	double got, least, scale;

	(void)factors;
	prng_init(&g, 7);
	w = random_matrix(&g, (size_t)(out * in));
	factors_init(&x, f, out, in);
	got = sp_monarch(w, out, in, f, 2, x.R, x.L);
	least = least_distance2(w, out, in, f);
	scale = norm2(w, out * in);
	if (fabs(got - least) > 1e-6 * scale || fabs(got - distance2(&x, w)) > 1e-9 * scale)
		fail_msg("%d x %d, b %d r %d: distance %.9g, of the definition %.9g, least %.9g", out, in, f->b, f->r, got, distance2(&x, w), least);
	/* neighbours: no step in any direction helps */
	for (int n = 0; n < (out * in > 2000 ? 2 : 20); n++) {
		float *v = n % 2 ? x.R : x.L;
		size_t at = (size_t)prng_range(&g, 0, (int64_t)(n % 2 ? x.n_R : x.n_L) - 1);
		float old = v[at];

		v[at] += (float)(0.1 * prng_normal(&g));
		assert_true(distance2(&x, w) >= got - 1e-6 * scale);
		v[at] = old;
	}
	factors_release(&x);
	free(w);
}

static void best_of_all(void **state)
{
	(void)state;
	each(one_best);
}

/* what is Monarch stays what it is */
static void one_recovered(const struct sp_shape *f, int out, int in, int factors)
{
	struct factors x, y;
	struct model_linear l = { .out = out, .in = in, .b = f->b, .r = f->r, .p = f->p, .s = f->s };
	float *w = MEM_NEW((size_t)(out * in), float);
	double *m;
	struct prng g;

	(void)factors;
	prng_init(&g, 11);
	factors_init(&x, f, out, in);
	factors_init(&y, f, out, in);
	for (size_t i = 0; i < x.n_R; i++)
		x.R[i] = (float)prng_normal(&g);
	for (size_t i = 0; i < x.n_L; i++)
		x.L[i] = (float)prng_normal(&g);
	l.R = x.R;
	l.L = x.L;
	sp_dense(&l, w);
	m = by_definition(&x);
	for (int i = 0; i < out * in; i++)
		assert_true(w[i] == (float)m[i]);
	assert_true(sp_relative(sp_monarch(w, out, in, f, 3, y.R, y.L), norm2(w, out * in)) < 1e-6);
	free(m);
	free(w);
	factors_release(&x);
	factors_release(&y);
}

static void monarch_stays(void **state)
{
	(void)state;
	each(one_recovered);
}

static void one_padding(const struct sp_shape *f, int out, int in, int factors)
{
	struct factors x;
	struct prng g;
	float *w;
	uint64_t real = 0;

	(void)factors;
	prng_init(&g, 5);
	w = random_matrix(&g, (size_t)(out * in));
	factors_init(&x, f, out, in);
	sp_monarch(w, out, in, f, 1, x.R, x.L);
	for (size_t i = 0; i < x.n_R; i++) {
		int k = (int)i / (f->b * f->r * f->p), c = k * f->p + (int)i % f->p;

		real += c < in;
		assert_true(c < in || x.R[i] == 0);
	}
	for (size_t i = 0; i < x.n_L; i++) {
		int l = (int)i / (f->s * f->b * f->r), po = (int)i / (f->b * f->r) % f->s, k = (int)i % (f->b * f->r) / f->r;
		bool inside = po * f->b + l < out && k * f->p < in;

		real += inside;
		assert_true(inside || x.L[i] == 0);
	}
	assert_true(real == sp_parameters(f, out, in));
	free(w);
	factors_release(&x);
}

static void padding_is_zero(void **state)
{
	(void)state;
	each(one_padding);
}

static void threads_and_signs(void **state)
{
	const struct sp_shape f = { 5, 2, 35, 13 };
	struct factors x, y;
	struct prng g;
	float *w, *minus;
	double first;

	(void)state;
	prng_init(&g, 3);
	w = random_matrix(&g, 64 * 172);
	minus = MEM_NEW(64 * 172, float);
	for (int i = 0; i < 64 * 172; i++)
		minus[i] = -w[i];
	factors_init(&x, &f, 64, 172);
	first = sp_monarch(w, 64, 172, &f, 1, x.R, x.L);
	for (int threads = 2; threads <= 40; threads += threads) {
		factors_init(&y, &f, 64, 172);
		assert_true(sp_monarch(w, 64, 172, &f, threads, y.R, y.L) == first);
		assert_memory_equal(x.R, y.R, x.n_R * sizeof(float));
		assert_memory_equal(x.L, y.L, x.n_L * sizeof(float));
		factors_release(&y);
	}
	/* the sign of a matrix is R's: the largest of every column of L is positive */
	factors_init(&y, &f, 64, 172);
	sp_monarch(minus, 64, 172, &f, 1, y.R, y.L);
	for (int l = 0; l < f.b; l++)
		for (int m = 0; m < f.b * f.r; m++) {
			int at = 0;

			for (int po = 1; po < f.s; po++)
				if (fabsf(y.L[(l * f.s + po) * f.b * f.r + m]) > fabsf(y.L[(l * f.s + at) * f.b * f.r + m]))
					at = po;
			assert_true(y.L[(l * f.s + at) * f.b * f.r + m] > 0);
		}
	for (size_t i = 0; i < x.n_L; i++)
		assert_true(fabsf(x.L[i] - y.L[i]) < 1e-5f);
	for (size_t i = 0; i < x.n_R; i++)
		assert_true(fabsf(x.R[i] + y.R[i]) < 1e-5f);
	factors_release(&x);
	factors_release(&y);
	free(w);
	free(minus);
}

static void zeros_and_extremes(void **state)
{
	const struct sp_shape f = { 2, 1, 2, 2 };
	float w[16] = { 0 };
	struct factors x;

	(void)state;
	factors_init(&x, &f, 4, 4);
	assert_true(sp_monarch(w, 4, 4, &f, 4, x.R, x.L) == 0);
	assert_true(sp_relative(0, 0) == 0);
	for (int i = 0; i < 16; i++)
		w[i] = 3e38f; /* squares beyond float, and a slice's product too */
	assert_true(sp_relative(sp_monarch(w, 4, 4, &f, 4, x.R, x.L), 16 * 9e76) < 1e-6);
	for (int i = 0; i < 16; i++)
		w[i] = 1e-44f; /* denormal */
	assert_true(sp_relative(sp_monarch(w, 4, 4, &f, 4, x.R, x.L), norm2(w, 16)) < 1e-6);
	factors_release(&x);
}

static void refuse(const char *words, int out, int in, int factors, int rank)
{
	struct err e = { 0 };
	struct sp_shape f;

	assert_int_equal(sp_shape_make(&f, "0.wq", out, in, SP_MONARCH, factors, rank, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, words);
}

static void refused(void **state)
{
	(void)state;
	refuse("layer '0.wq': 8 blocks of 7 x 33 weights, legal 1..7; lower --blocks", 7, 33, 8, 1);
	refuse("layer '0.wq': rank 3 of slices of 2 x 9 weights (4 blocks), legal 1..2; lower --rank or --blocks", 7, 33, 4, 3);
	refuse("layer '0.wq': rank 0 of slices of 2 x 9 weights (4 blocks), legal 1..2; lower --rank or --blocks", 7, 33, 4, 0);
	refuse("layer '0.wq': rank 2 of slices of 6 x 1 weights (6 blocks), legal 1..1; lower --rank or --blocks", 33, 1, SP_PAPER, 2);
	refuse("layer '0.wq': 4096 blocks of rank 1 for 16777216 x 1 weights have more than 1073741824 numbers, the most of a checkpoint of 4 GiB; take other --blocks or --factors fit",
	       1 << 24, 1, SP_PAPER, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes), cmocka_unit_test(best_of_all), cmocka_unit_test(monarch_stays), cmocka_unit_test(padding_is_zero),
		cmocka_unit_test(threads_and_signs), cmocka_unit_test(zeros_and_extremes), cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Projection of one matrix: an SVD per slice (l, k), slices dealt out to OpenMP threads: OpenBLAS then stays on the thread that calls it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "sparsify/slice.h"
#include "sparsify/sparsify.h"
#include <cblas.h>
#include <stdlib.h>

struct job {
	const float *w;
	size_t in;
	int out;
	struct sp_shape f;
	float *R, *L;
	double *error2;       /* [b*b], of a slice */
};

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

static size_t row_of(const struct job *j, int l, int po)
{
	return (size_t)po * (size_t)j->f.b + (size_t)l;
}

/* squared distance of the slice to what its stored factors give */
static double distance2(const struct job *j, int l, int k, int rows, int cols)
{
	size_t br = (size_t)j->f.b * (size_t)j->f.r, s = (size_t)j->f.s, p = (size_t)j->f.p, r = (size_t)j->f.r;
	double sum = 0;

	for (int po = 0; po < rows; po++) {
		const float *w = j->w + row_of(j, l, po) * j->in + (size_t)k * p;
		const float *L = j->L + ((size_t)l * s + (size_t)po) * br + (size_t)k * r;

		for (int i = 0; i < cols; i++) {
			double d = w[i];

			for (size_t t = 0; t < r; t++)
				d -= (double)L[t] * (double)j->R[((size_t)k * br + (size_t)l * r + t) * p + (size_t)i];
			sum += d * d;
		}
	}
	return sum;
}

static void project(const struct job *j, struct slice *work, double *left, double *right, int l, int k)
{
	size_t br = (size_t)j->f.b * (size_t)j->f.r, s = (size_t)j->f.s, p = (size_t)j->f.p, r = (size_t)j->f.r;
	int rows = l < j->out ? (j->out - l - 1) / j->f.b + 1 : 0;
	int cols = (size_t)k * p < j->in ? smaller(j->f.p, (int)(j->in - (size_t)k * p)) : 0;
	int rank = smaller(j->f.r, smaller(rows, cols));

	if (!rank)
		return; /* padding only */
	for (int po = 0; po < rows; po++)
		for (int i = 0; i < cols; i++)
			work->a[(size_t)i * (size_t)rows + (size_t)po] = j->w[row_of(j, l, po) * j->in + (size_t)k * p + (size_t)i];
	slice_best(work, rows, cols, rank, left, right);
	for (int t = 0; t < rank; t++) {
		for (int po = 0; po < rows; po++)
			j->L[((size_t)l * s + (size_t)po) * br + (size_t)k * r + (size_t)t] = (float)left[(size_t)t * (size_t)rows + (size_t)po];
		for (int i = 0; i < cols; i++)
			j->R[((size_t)k * br + (size_t)l * r + (size_t)t) * p + (size_t)i] = (float)right[(size_t)t * (size_t)cols + (size_t)i];
	}
	j->error2[(size_t)l * (size_t)j->f.b + (size_t)k] = distance2(j, l, k, rows, cols);
}

double sp_monarch(const float *w, int out, int in, const struct sp_shape *f, int threads, float *R, float *L)
{
	int slices = f->b * f->b, cols = smaller(f->p, in);
	double *error2 = MEM_NEW((size_t)slices, double), sum = 0;
	const struct job j = { .w = w, .in = (size_t)in, .out = out, .f = *f, .R = R, .L = L, .error2 = error2 };

	openblas_set_num_threads(1);
#pragma omp parallel num_threads(smaller(threads, slices))
	{
		double *left = MEM_NEW((size_t)f->r * (size_t)f->s, double), *right = MEM_NEW((size_t)f->r * (size_t)cols, double);
		struct slice work;

		slice_init(&work, f->s, cols);
#pragma omp for schedule(dynamic)
		for (int q = 0; q < slices; q++)
			project(&j, &work, left, right, q / f->b, q % f->b);
		slice_release(&work);
		free(left);
		free(right);
	}
	for (int q = 0; q < slices; q++) /* in one order, whoever computed them */
		sum += error2[q];
	free(error2);
	return sum;
}

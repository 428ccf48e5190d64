/* SVD of one slice by LAPACK (decision 0020).
 * SPDX-License-Identifier: Apache-2.0 */
#include "sparsify/slice.h"
#include "common/err.h"
#include "common/mem.h"
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

static void svd(struct slice *s, int rows, int cols, double *work, int lwork)
{
	/* fails only for arguments out of range, NaN (judged before) and a QR iteration without end, which finite numbers do not cause */
	int info = LAPACKE_dgesvd_work(LAPACK_COL_MAJOR, 'S', 'S', rows, cols, s->a, rows, s->sigma, s->u, rows, s->vt, smaller(rows, cols), work, lwork);

	if (info != 0)
		BUG("dgesvd of a slice of %d x %d ends with %d", rows, cols, info);
}

void slice_init(struct slice *s, int max_rows, int max_cols)
{
	size_t rows = (size_t)max_rows, cols = (size_t)max_cols, rank = (size_t)smaller(max_rows, max_cols);
	double best = 0;

	memset(s, 0, sizeof(*s));
	s->max_rows = max_rows;
	s->max_cols = max_cols;
	s->a = MEM_NEW(rows * cols, double);
	s->u = MEM_NEW(rows * rank, double);
	s->vt = MEM_NEW(rank * cols, double);
	s->sigma = MEM_NEW(rank, double);
	svd(s, max_rows, max_cols, &best, -1); /* asks for the size of the work space */
	s->lwork = (int)best;
	s->work = MEM_NEW((size_t)s->lwork, double);
}

void slice_release(struct slice *s)
{
	free(s->a);
	free(s->u);
	free(s->vt);
	free(s->sigma);
	free(s->work);
	memset(s, 0, sizeof(*s));
}

static double sign_of(const double *u, int rows)
{
	int at = 0;

	for (int i = 1; i < rows; i++)
		if (fabs(u[i]) > fabs(u[at]))
			at = i;
	return u[at] < 0 ? -1 : 1;
}

void slice_best(struct slice *s, int rows, int cols, int rank, double *left, double *right)
{
	int full = smaller(rows, cols);

	if (rows < 1 || cols < 1 || rows > s->max_rows || cols > s->max_cols || rank > full)
		BUG("slice of %d x %d, rank %d, in space for %d x %d", rows, cols, rank, s->max_rows, s->max_cols);
	svd(s, rows, cols, s->work, s->lwork);
	for (int j = 0; j < rank; j++) {
		const double *u = s->u + (size_t)j * (size_t)rows;
		double root = sqrt(s->sigma[j]), sign = sign_of(u, rows);

		for (int i = 0; i < rows; i++)
			left[(size_t)j * (size_t)rows + (size_t)i] = sign * root * u[i];
		for (int i = 0; i < cols; i++)
			right[(size_t)j * (size_t)cols + (size_t)i] = sign * root * s->vt[(size_t)i * (size_t)full + (size_t)j];
	}
}

/* One slice of a projection and the memory that its SVD needs; not for other folders.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SPARSIFY_SLICE_H
#define SPARSIFY_SLICE_H

struct slice {
	int max_rows, max_cols;
	double *a;             /* [cols][rows]: in; destroyed */
	double *u, *vt, *sigma; /* column-major as LAPACK has them: u [min][rows], vt [cols][min] */
	double *work;
	int lwork;
};

void slice_init(struct slice *s, int max_rows, int max_cols);
void slice_release(struct slice *s);
/* SVD of s->a, rows x cols; left [rank][rows] and right [rank][cols] get sqrt(sigma_j) u_j and sqrt(sigma_j) v_j, rank <= min(rows, cols).
 * The largest component of u_j (the first of equals) is positive: an SVD leaves the sign open, a file must not. */
void slice_best(struct slice *s, int rows, int cols, int rank, double *left, double *right);

#endif

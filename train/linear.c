/* SPDX-License-Identifier: Apache-2.0 */
#include "train/linear.h"
#include <cblas.h>
#include <string.h>

/* c [m][n] = or += a b; leading dimensions as rows are stored */
static void gemm(enum CBLAS_TRANSPOSE ta, enum CBLAS_TRANSPOSE tb, int m, int n, int k, const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc)
{
	cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
}

int linear_width(const struct model_linear *l)
{
	return l->w ? l->in : l->b * l->p;
}

int linear_mid(const struct model_linear *l)
{
	return l->b * l->b * l->r; /* dense: b = 0 */
}

static size_t wider(const struct model_linear *l)
{
	return (size_t)(linear_mid(l) > linear_width(l) ? linear_mid(l) : linear_width(l));
}

size_t linear_scratch(const struct model_linear *l, int T)
{
	return l->w ? 0 : (size_t)T * (2 * wider(l) + (size_t)l->b * (size_t)l->s);
}

/* between R's outputs y[k][l*r + j] and L's inputs mid[(l*b + k)*r + j] */
static void permute_mid(const struct model_linear *l, int T, float *y, float *mid, int to_mid)
{
	int b = l->b, r = l->r, n = linear_mid(l);

	for (int t = 0; t < T; t++, y += n, mid += n)
		for (int block = 0; block < b; block++)
			for (int k = 0; k < b; k++) {
				float *from = y + (k * b + block) * r, *to = mid + (block * b + k) * r;

				if (to_mid)
					memcpy(to, from, (size_t)r * sizeof(float));
				else
					memcpy(from, to, (size_t)r * sizeof(float));
			}
}

static void forward_monarch(const struct model_linear *l, int T, float *out, const struct linear_trace *t, float *scratch)
{
	int b = l->b, br = b * l->r, width = b * l->p, mid = linear_mid(l), bs = b * l->s;
	float *y = scratch, *z = scratch + (size_t)T * (size_t)mid;

	for (int k = 0; k < b; k++)
		gemm(CblasNoTrans, CblasTrans, T, br, l->p, t->x + k * l->p, width, l->R + (size_t)k * (size_t)br * (size_t)l->p, l->p, 0, y + k * br, mid);
	permute_mid(l, T, y, t->mid, 1);
	for (int i = 0; i < b; i++)
		gemm(CblasNoTrans, CblasTrans, T, l->s, br, t->mid + i * br, mid, l->L + (size_t)i * (size_t)l->s * (size_t)br, br, 0, z + i * l->s, bs);
	for (int row = 0; row < T; row++, z += bs, out += l->out)
		for (int o = 0; o < l->out; o++)
			out[o] = z[o % b * l->s + o / b];
}

void linear_forward(const struct model_linear *l, const float *x, int T, float *y, struct linear_trace *t, float *scratch)
{
	int width = linear_width(l);

	for (int row = 0; row < T; row++) {
		float *to = t->x + (size_t)row * (size_t)width;

		memcpy(to, x + (size_t)row * (size_t)l->in, (size_t)l->in * sizeof(float));
		memset(to + l->in, 0, (size_t)(width - l->in) * sizeof(float));
	}
	if (l->w)
		gemm(CblasNoTrans, CblasTrans, T, l->out, l->in, t->x, width, l->w, l->in, 0, y, l->out);
	else
		forward_monarch(l, T, y, t, scratch);
}

static void multiply(float *v, const float *by, size_t n)
{
	for (size_t i = 0; i < n; i++)
		v[i] *= by[i];
}

static void backward_monarch(const struct model_linear *l, const struct linear_trace *t, const float *dy, int T, float *dx, float *dR, float *dL, float *scratch)
{
	int b = l->b, br = b * l->r, width = b * l->p, mid = linear_mid(l), bs = b * l->s, padded = width != l->in;
	float *dmid = scratch, *dz = dmid + (size_t)T * wider(l), *dR_out = dz + (size_t)T * (size_t)bs, *dwide = dmid; /* dmid is read no more when dwide is written */

	memset(dz, 0, (size_t)T * (size_t)bs * sizeof(float));
	for (int row = 0; row < T; row++)
		for (int o = 0; o < l->out; o++)
			dz[(size_t)row * (size_t)bs + (size_t)(o % b * l->s + o / b)] = dy[(size_t)row * (size_t)l->out + (size_t)o];
	for (int i = 0; i < b; i++) {
		size_t at = (size_t)i * (size_t)l->s * (size_t)br;

		gemm(CblasTrans, CblasNoTrans, l->s, br, T, dz + i * l->s, bs, t->mid + i * br, mid, 1, dL + at, br);
		gemm(CblasNoTrans, CblasNoTrans, T, br, l->s, dz + i * l->s, bs, l->L + at, br, 0, dmid + i * br, mid);
	}
	if (t->pass_mid)
		multiply(dmid, t->pass_mid, (size_t)T * (size_t)mid);
	permute_mid(l, T, dR_out, dmid, 0);
	for (int k = 0; k < b; k++) {
		size_t at = (size_t)k * (size_t)br * (size_t)l->p;

		gemm(CblasTrans, CblasNoTrans, br, l->p, T, dR_out + k * br, mid, t->x + k * l->p, width, 1, dR + at, l->p);
		if (padded)
			gemm(CblasNoTrans, CblasNoTrans, T, l->p, br, dR_out + k * br, mid, l->R + at, l->p, 0, dwide + k * l->p, width);
		else
			gemm(CblasNoTrans, CblasNoTrans, T, l->p, br, dR_out + k * br, mid, l->R + at, l->p, 1, dx + k * l->p, l->in);
	}
	for (int row = 0; padded && row < T; row++)
		for (int i = 0; i < l->in; i++)
			dx[(size_t)row * (size_t)l->in + (size_t)i] += dwide[(size_t)row * (size_t)width + (size_t)i];
}

void linear_backward(const struct model_linear *l, const struct linear_trace *t, float *dy, int T, float *dx, float *dw, float *dR, float *dL, float *scratch)
{
	if (t->pass_out)
		multiply(dy, t->pass_out, (size_t)T * (size_t)l->out);
	if (!l->w) {
		backward_monarch(l, t, dy, T, dx, dR, dL, scratch);
		return;
	}
	gemm(CblasTrans, CblasNoTrans, l->out, l->in, T, dy, l->out, t->x, l->in, 1, dw, l->in);
	gemm(CblasNoTrans, CblasNoTrans, T, l->in, l->out, dy, l->out, l->w, l->in, 1, dx, l->in);
}

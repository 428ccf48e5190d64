/* SPDX-License-Identifier: Apache-2.0 */
#include "train/ops.h"
#include "train/wide.h"
#include <cblas.h>
#include <math.h>

/* ---- norm ---- */

WIDE void op_rmsnorm(const float *x, const float *gain, int n, int d, float eps, float *y, float *scale)
{
	for (int t = 0; t < n; t++, x += d, y += d) {
		float sum = 0;

		for (int i = 0; i < d; i++)
			sum += x[i] * x[i];
		scale[t] = 1.0f / sqrtf(sum / (float)d + eps);
		for (int i = 0; i < d; i++)
			y[i] = gain[i] * (scale[t] * x[i]);
	}
}

/* With u = scale x: dx = scale (g dy - u mean(g dy u)), dgain = dy u */
WIDE void op_rmsnorm_back(const float *x, const float *gain, const float *scale, const float *dy, int n, int d, float *dx, float *dgain)
{
	for (int t = 0; t < n; t++, x += d, dy += d, dx += d) {
		float s = scale[t], mean = 0;

		for (int i = 0; i < d; i++)
			mean += gain[i] * dy[i] * x[i];
		mean *= s / (float)d;
		for (int i = 0; i < d; i++) {
			float u = s * x[i];

			dx[i] += s * (gain[i] * dy[i] - u * mean);
			dgain[i] += dy[i] * u;
		}
	}
}

/* ---- rotary ---- */

void op_rotate(float *v, int n, int d, int size, float theta, int direction)
{
	for (int i = 0; i < size; i += 2) {
		float step = 1.0f / powf(theta, (float)i / (float)size);

		for (int t = 0; t < n; t++) {
			float c = cosf((float)t * step), s = (float)direction * sinf((float)t * step);

			for (float *p = v + (size_t)t * (size_t)d + i; p < v + (size_t)(t + 1) * (size_t)d; p += size) {
				float v0 = p[0], v1 = p[1];

				p[0] = v0 * c - v1 * s;
				p[1] = v0 * s + v1 * c;
			}
		}
	}
}

/* ---- attention: rows in strips, so that little is computed beyond the diagonal ---- */

enum { STRIP = 64 };

/* softmax of scale * row[0..m-1]; zeros up to n */
WIDE static void softmax(float *row, int m, int n, float scale)
{
	float most = row[0], sum = 0;

	for (int i = 1; i < m; i++)
		most = row[i] > most ? row[i] : most;
	for (int i = 0; i < m; i++) {
		row[i] = wide_exp(scale * (row[i] - most));
		sum += row[i];
	}
	sum = 1.0f / sum;
	for (int i = 0; i < m; i++)
		row[i] *= sum;
	for (int i = m; i < n; i++)
		row[i] = 0;
}

void op_attention(const float *q, const float *k, const float *v, int n, const struct op_heads *h, float *a, float *prob)
{
	int d = h->n * h->size, kv = h->kv * h->size;
	float scale = 1.0f / sqrtf((float)h->size);

	for (int head = 0; head < h->n; head++, prob += (size_t)n * (size_t)n) {
		int at = head * h->size, shared = head / (h->n / h->kv) * h->size;

		for (int t = 0; t < n; t += STRIP) {
			int rows = n - t < STRIP ? n - t : STRIP, cols = t + rows;
			float *p = prob + (size_t)t * (size_t)n;

			cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, cols, h->size, 1, q + (size_t)t * (size_t)d + at, d, k + shared, kv, 0, p, n);
			for (int i = 0; i < rows; i++)
				softmax(p + (size_t)i * (size_t)n, t + i + 1, n, scale);
			cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, h->size, cols, 1, p, n, v + shared, kv, 0, a + (size_t)t * (size_t)d + at, d);
		}
	}
}

/* dp [m] -> gradient of the scores: scale p (dp - sum p dp) */
WIDE static void softmax_back(const float *p, float *dp, int m, float scale)
{
	float sum = 0;

	for (int i = 0; i < m; i++)
		sum += p[i] * dp[i];
	for (int i = 0; i < m; i++)
		dp[i] = scale * p[i] * (dp[i] - sum);
}

void op_attention_back(const float *q, const float *k, const float *v, const float *prob, const float *da, int n, const struct op_heads *h, float *dq, float *dk, float *dv, float *scratch)
{
	int d = h->n * h->size, kv = h->kv * h->size;
	float scale = 1.0f / sqrtf((float)h->size);

	memset(dk, 0, (size_t)n * (size_t)kv * sizeof(float));
	memset(dv, 0, (size_t)n * (size_t)kv * sizeof(float));
	for (int head = 0; head < h->n; head++, prob += (size_t)n * (size_t)n) {
		int at = head * h->size, shared = head / (h->n / h->kv) * h->size;

		for (int t = 0; t < n; t += STRIP) {
			int rows = n - t < STRIP ? n - t : STRIP, cols = t + rows;
			const float *p = prob + (size_t)t * (size_t)n;
			size_t row = (size_t)t * (size_t)d + (size_t)at;

			cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, cols, h->size, rows, 1, p, n, da + row, d, 1, dv + shared, kv);
			cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, cols, h->size, 1, da + row, d, v + shared, kv, 0, scratch, n);
			for (int i = 0; i < rows; i++)
				softmax_back(p + (size_t)i * (size_t)n, scratch + (size_t)i * (size_t)n, cols, scale);
			cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, h->size, cols, 1, scratch, n, k + shared, kv, 0, dq + row, d);
			cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, cols, h->size, rows, 1, scratch, n, q + row, d, 1, dk + shared, kv);
		}
	}
}

/* ---- SwiGLU ---- */

WIDE void op_swiglu(const float *g, const float *u, size_t n, float *y)
{
	for (size_t i = 0; i < n; i++)
		y[i] = g[i] / (1.0f + wide_exp(-g[i])) * u[i];
}

WIDE void op_swiglu_back(const float *g, const float *u, const float *dy, size_t n, float *dg, float *du)
{
	for (size_t i = 0; i < n; i++) {
		float sigma = 1.0f / (1.0f + wide_exp(-g[i])), silu = g[i] * sigma;

		dg[i] = dy[i] * u[i] * sigma * (1.0f + g[i] - silu);
		du[i] = dy[i] * silu;
	}
}

/* ---- losses ---- */

WIDE static float maximum(const float *v, int n)
{
	float most = v[0];

	for (int i = 1; i < n; i++)
		most = v[i] > most ? v[i] : most;
	return most;
}

/* sum of e^(v - most) */
WIDE static float exp_sum(const float *v, int n, float most)
{
	float sum = 0;

	for (int i = 0; i < n; i++)
		sum += wide_exp(v[i] - most);
	return sum;
}

/* d += weight e^(v - most) / sum */
WIDE static void add_softmax(const float *v, int n, float most, float sum, float weight, float *d)
{
	float scale = weight / sum;

	for (int i = 0; i < n; i++)
		d[i] += scale * wide_exp(v[i] - most);
}

double op_cross_entropy(const float *logits, const int *next, int n, int vocab, float weight, float *dlogits)
{
	double loss = 0;

	for (int t = 0; t < n; t++, logits += vocab, dlogits += vocab) {
		float most = maximum(logits, vocab), sum = exp_sum(logits, vocab, most);

		loss += log((double)sum) - ((double)logits[next[t]] - most);
		add_softmax(logits, vocab, most, sum, weight, dlogits);
		dlogits[next[t]] -= weight;
	}
	return loss;
}

/* sum over v of p_teacher (teacher - logits), both as logits */
WIDE static float expected_difference(const float *logits, const float *teacher, int n, float most, float sum)
{
	float total = 0;

	for (int i = 0; i < n; i++)
		total += wide_exp(teacher[i] - most) * (teacher[i] - logits[i]);
	return total / sum;
}

double op_divergence(const float *logits, const float *teacher, int n, int vocab, float weight, float *dlogits)
{
	double loss = 0;

	for (int t = 0; t < n; t++, logits += vocab, teacher += vocab, dlogits += vocab) {
		float most = maximum(logits, vocab), sum = exp_sum(logits, vocab, most);
		float most_t = maximum(teacher, vocab), sum_t = exp_sum(teacher, vocab, most_t);

		/* sum p_t (ln p_t - ln p_s) = sum p_t (teacher - logits) - ln Z_t + ln Z_s */
		loss += (double)expected_difference(logits, teacher, vocab, most_t, sum_t) - most_t - log((double)sum_t) + most + log((double)sum);
		add_softmax(logits, vocab, most, sum, weight, dlogits);
		add_softmax(teacher, vocab, most_t, sum_t, -weight, dlogits);
	}
	return loss;
}

/* AdamW, clipping, learning rate. Element by element: any number of threads gives the same numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/adamw.h"
#include <math.h>

void adamw_step(const struct adamw *a, long step, double rate, const float *grad, const uint8_t *decayed, size_t n, float *m, float *v, float *theta)
{
	/* m / (1 - beta1^t) and v / (1 - beta2^t), folded into one factor each */
	float b1 = (float)a->beta1, b2 = (float)a->beta2, eps = (float)a->eps;
	float first = (float)(rate / (1 - pow(a->beta1, (double)step))), second = (float)(1 / (1 - pow(a->beta2, (double)step)));
	float shrink = (float)(rate * a->decay);

#pragma omp simd
	for (size_t i = 0; i < n; i++) {
		float g = grad[i];

		m[i] = b1 * m[i] + (1 - b1) * g;
		v[i] = b2 * v[i] + (1 - b2) * g * g;
		theta[i] -= (decayed[i] ? shrink : 0) * theta[i] + first * m[i] / (sqrtf(v[i] * second) + eps);
	}
}

double adamw_clip(float *grad, size_t n, double most)
{
	double sum = 0, norm;
	float scale;

	for (size_t i = 0; i < n; i++)
		sum += (double)grad[i] * grad[i];
	norm = sqrt(sum);
	if (!(norm > most))
		return norm;
	scale = (float)(most / norm);
	for (size_t i = 0; i < n; i++)
		grad[i] *= scale;
	return norm;
}

double adamw_rate(long step, long steps, long warmup, double peak, double last)
{
	double at;

	if (step < warmup)
		return peak * (double)step / (double)warmup;
	if (step >= steps)
		return peak * last;
	at = (double)(step - warmup) / (double)(steps - warmup);
	return peak * (last + (1 - last) * (1 + cos(M_PI * at)) / 2);
}

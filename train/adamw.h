/* AdamW (Loshchilov and Hutter 2019), gradient clipping by norm, learning rate over steps.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_ADAMW_H
#define TRAIN_ADAMW_H
#include <stddef.h>
#include <stdint.h>

/* decay is multiplied by the rate, as is usual */
struct adamw { double beta1, beta2, eps, decay; };
/* one step, step counted from 1. m, v [n] moments; decayed [n]: 1 where decay applies */
void adamw_step(const struct adamw *a, long step, double rate, const float *grad, const uint8_t *decayed, size_t n, float *m, float *v, float *theta);
/* scales grad so that its 2-norm is at most `most`; returns the norm before */
double adamw_clip(float *grad, size_t n, double most);
/* linear over `warmup` steps, then half a cosine from peak to peak * last at `steps`; step from 1 */
double adamw_rate(long step, long steps, long warmup, double peak, double last);

#endif

/* Linear layers on sequences, dense or Monarch (docs/numerics.md section 7), forward and backward, by BLAS.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_LINEAR_H
#define TRAIN_LINEAR_H
#include "checkpoint/model.h"

/* What the backward pass needs of one layer, [T] rows. The float forward pass fills x and mid; a pass through a read-out (docs/train.md section 4) fills them
 * with what the hardware saw and adds the passes. */
struct linear_trace {
	float *x;        /* [T][width]: the input, padded with zeros to b*p for Monarch; width = linear_width(l) */
	float *mid;      /* Monarch: [T][b*b*r], inputs of the L blocks: (l*b + k)*r + j */
	float *pass_mid; /* [T][b*b*r] as mid: factors of its gradient; NULL: 1 */
	float *pass_out; /* [T][out] factors of the output's gradient; NULL: 1 */
};

int linear_width(const struct model_linear *l); /* in, or b*p */
int linear_mid(const struct model_linear *l);   /* b*b*r, dense 0 */
/* room of floats that forward and backward need for T tokens */
size_t linear_scratch(const struct model_linear *l, int T);
/* y [T][out] */
void linear_forward(const struct model_linear *l, const float *x, int T, float *y, struct linear_trace *t, float *scratch);
/* dx [T][in] is added to. Gradients are added: dense dw [out][in]; Monarch dR, dL as R, L. l: the weights that the forward pass multiplied with. dy is changed when there is pass_out. */
void linear_backward(const struct model_linear *l, const struct linear_trace *t, float *dy, int T, float *dx, float *dw, float *dR, float *dL, float *scratch);

#endif

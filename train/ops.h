/* Operators of the llama family on sequences, forward and backward. Matrices are [n tokens][features], rows contiguous, float32. *_back adds to every d-array it is given
 * unless said otherwise. Formulas: golden/transformer.c; every gradient is compared with finite differences in tests/unit/test_train_ops.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_OPS_H
#define TRAIN_OPS_H
#include <stddef.h>

/* y = gain x / sqrt(mean(x^2) + eps); scale [n] keeps 1/sqrt(..) for the backward pass */
void op_rmsnorm(const float *x, const float *gain, int n, int d, float eps, float *y, float *scale);
void op_rmsnorm_back(const float *x, const float *gain, const float *scale, const float *dy, int n, int d, float *dx, float *dgain);

/* in place: pairs (i, i+1) of every head turned by +pos (direction 1) or -pos (direction -1: the backward pass) times theta^(-i/size); row t is position t */
void op_rotate(float *v, int n, int d, int size, float theta, int direction);

struct op_heads { int n, kv, size; }; /* query heads, key and value heads, head size */
/* causal attention: q [n][heads.n*size], k, v [n][heads.kv*size] -> a [n][heads.n*size]; prob [heads.n][n][n] keeps the softmax (row: query; beyond the diagonal 0) */
void op_attention(const float *q, const float *k, const float *v, int n, const struct op_heads *h, float *a, float *prob);
/* dq, dk, dv are overwritten; scratch [n][n] */
void op_attention_back(const float *q, const float *k, const float *v, const float *prob, const float *da, int n, const struct op_heads *h, float *dq, float *dk, float *dv, float *scratch);

/* y = silu(g) u */
void op_swiglu(const float *g, const float *u, size_t n, float *y);
/* dg, du are overwritten */
void op_swiglu_back(const float *g, const float *u, const float *dy, size_t n, float *dg, float *du);

/* Losses over n predictions: returns the sum over rows in nats, writes weight * gradient to dlogits [n][vocab] (added).
 * dlogits may not be NULL, every token of next lies in 0..vocab-1. Cross-entropy with the token that came; KL(teacher || student) = sum_v p_teacher (ln p_teacher - ln p_student). */
double op_cross_entropy(const float *logits, const int *next, int n, int vocab, float weight, float *dlogits);
double op_divergence(const float *logits, const float *teacher, int n, int vocab, float weight, float *dlogits);

#endif

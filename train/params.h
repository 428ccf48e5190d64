/* A model that can be changed: every parameter in one array, so that a gradient, a moment or a saved state is an array of the same shape.
 * Order: embedding, head (if it is not the embedding), norm, attention norms of all layers, ffn norms of all layers, then per layer wq wk wv wo w1 w2 w3:
 * dense w, or R then L.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_PARAMS_H
#define TRAIN_PARAMS_H
#include "checkpoint/model.h"
#include <stdint.h>

struct params {
	struct model model; /* its pointers lead into theta and k */
	float *theta;       /* [n] */
	size_t n;
	float *k;           /* all k and k_out of the layers (docs/train.md section 5), in the order of the layers: [b] k (Monarch), then k_out; not trained by gradient */
	size_t n_k;
	bool has_k;         /* false: model's k pointers are NULL */
};

struct params_shape { int dim, hidden, n_layers, n_heads, n_kv_heads, vocab, seq_len, blocks, rank; }; /* blocks 0: dense; rank: slice rank, 0: params_rank of every layer */

/* numbers of m copied; m may be released */
void params_copy(struct params *p, const struct model *m);
/* a fresh model: docs/train.md section 3. ERR_INPUT: a shape that no model can have */
int params_fresh(struct params *p, const struct params_shape *s, uint64_t seed, struct err *e);
void params_release(struct params *p);
/* slice rank with which b*b*r is nearest to the smaller of out and in, at least 1 */
int params_rank(int out, int in, int blocks);
/* has_k = has; the layers' k and k_out lead into p->k, or are NULL */
void params_use_k(struct params *p, bool has);
/* where a parameter's number stands in any array laid out like theta; ptr from p->model */
static inline size_t params_at(const struct params *p, const float *ptr) { return (size_t)(ptr - p->theta); }
/* 1 where weight decay applies (matrices, not norms): [n] */
void params_decayed(const struct params *p, uint8_t *decayed);
/* 1 where a dense layer has a zero: [n] */
void params_zeros(const struct params *p, uint8_t *zero);

#endif

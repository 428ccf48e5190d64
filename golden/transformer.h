/* The host part of a llama-family model in float32: norms, rotary, attention, SwiGLU, sampling; every linear layer goes through a hook,
 * so that floats, the integer read-out, or RTL can stand behind it. Formulas: llama2.c (run.c), restated in the .c file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_TRANSFORMER_H
#define GOLDEN_TRANSFORMER_H
#include "checkpoint/model.h"

/* y[out] = linear(x[in]); layer 0..n_layers-1, id of enum model_linear_id */
typedef void (*tf_linear_fn)(void *ctx, int layer, int id, const float *x, float *y);

struct tf {
	const struct model *m;
	tf_linear_fn linear; /* NULL: float32 of the model's own weights (dense or Monarch) */
	void *ctx;
	bool head;           /* the head goes through the hook as well: layer n_layers, id 0 */
	int pos;
	float *memory;       /* all state, one allocation; private layout in transformer.c */
};

void tf_init(struct tf *t, const struct model *m, tf_linear_fn linear, void *ctx);
void tf_release(struct tf *t);
void tf_reset(struct tf *t); /* new sequence, pos = 0 */
/* logits[vocab] for the next token; valid until the next call. pos < seq_len, else BUG */
const float *tf_step(struct tf *t, int token);
/* plain float linear of the model: y = W x, or the Monarch of numerics.md section 7 */
void tf_linear_float(const struct model_linear *l, const float *x, float *y);

#endif

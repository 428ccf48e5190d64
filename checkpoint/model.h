/* A llama-family model in memory, float32, whatever file it came from. Readers are strict: a file is taken whole or refused (FACTS: formats).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECKPOINT_MODEL_H
#define CHECKPOINT_MODEL_H
#include "common/err.h"
#include <stdbool.h>
#include <stddef.h>

enum model_linear_id { MODEL_WQ, MODEL_WK, MODEL_WV, MODEL_WO, MODEL_W1, MODEL_W2, MODEL_W3, MODEL_N_LINEAR };
extern const char *const model_linear_name[MODEL_N_LINEAR]; /* "wq" .. "w3" */

/* One linear layer: dense w, or Monarch factors (docs/numerics.md section 7). Pointers into the model's memory. */
struct model_linear {
	int out, in;
	const float *w;       /* [out][in], NULL when Monarch */
	int b, r, p, s;       /* Monarch: blocks, slice rank, input of a block, output of a block; 0 when dense */
	const float *R;       /* [b][b*r][p] */
	const float *L;       /* [b][s][b*r] */
	const float *k;       /* [b] k_l of docs/numerics.md section 7, when the file has them; else NULL */
	const float *k_out;   /* [1] with k, or of a dense layer; NULL: the file has none, calibration finds it */
};

struct model_layer {
	const float *attention_norm, *ffn_norm; /* [dim] */
	struct model_linear linear[MODEL_N_LINEAR];
};

struct model {
	int dim, hidden, n_layers, n_heads, n_kv_heads, vocab, seq_len;
	const float *embedding; /* [vocab][dim] */
	const float *norm;      /* [dim] */
	const float *head;      /* [vocab][dim]; equals embedding when tied */
	struct model_layer *layers;
	float norm_eps;         /* 1e-5 */
	float rope_theta;       /* 10000 */
	void *memory;           /* owned by the model */
};

/* By content: llama2.c v0 (float32), llama2.c v2 (Q8_0, dequantised flat), safetensors with the names of shared/models/SOURCES.md (dense or Monarch per layer).
 * n_heads, n_kv_heads, and hidden of a safetensors model: from its __metadata__ when there, else inferred (documented in checkpoint/st_model.c). */
int model_load(struct model *m, const char *path, struct err *e);
void model_release(struct model *m);
/* The head as a linear layer, for those who put it through a read-out too: its place is layer n_layers, id 0; its name "head". */
struct model_linear model_head(const struct model *m);
/* "3.w2" -> layer 3, MODEL_W2; ERR_INPUT with the legal names otherwise */
int model_find(const struct model *m, const char *name, int *layer, int *id, struct err *e);

#endif

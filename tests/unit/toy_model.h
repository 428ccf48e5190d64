/* A made-up model of any shape, dense layers and Monarch layers with padding on both sides, for the tests of golden's and checkpoint's numbers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TOY_MODEL_H
#define TESTS_UNIT_TOY_MODEL_H
#include "checkpoint/model.h"
#include "common/mem.h"
#include "common/prng.h"
#include <stdlib.h>
#include <string.h>

struct toy_shape { int dim, hidden, n_heads, n_kv_heads, vocab, n_layers, blocks, rank; }; /* odd layers and every w1 are dense, the others have blocks */

static float *toy_draw(float **own, int *n_own, struct prng *p, int n, double scale)
{
	float *v = MEM_NEW(n, float);
	int i;

	for (i = 0; i < n; i++)
		v[i] = (float)(prng_normal(p) * scale);
	own[(*n_own)++] = v;
	return v;
}

/* what `own` holds belongs to the caller: toy_free. The model's memory is not used */
struct toy_model { struct model m; float *own[128]; int n_own; };

static void toy_make(struct toy_model *t, const struct toy_shape *s, uint64_t seed)
{
	int kv = s->dim / s->n_heads * s->n_kv_heads, layer, id;
	struct prng p;

	memset(t, 0, sizeof(*t));
	prng_init(&p, seed);
	t->m = (struct model){ .dim = s->dim, .hidden = s->hidden, .n_layers = s->n_layers, .n_heads = s->n_heads, .n_kv_heads = s->n_kv_heads, .vocab = s->vocab,
			       .seq_len = 16, .norm_eps = 1e-5f, .rope_theta = 10000 };
	t->m.embedding = t->m.head = toy_draw(t->own, &t->n_own, &p, s->vocab * s->dim, 1);
	t->m.norm = toy_draw(t->own, &t->n_own, &p, s->dim, 1);
	t->m.layers = MEM_NEW(s->n_layers, struct model_layer);
	for (layer = 0; layer < s->n_layers; layer++) {
		t->m.layers[layer].attention_norm = toy_draw(t->own, &t->n_own, &p, s->dim, 1);
		t->m.layers[layer].ffn_norm = toy_draw(t->own, &t->n_own, &p, s->dim, 1);
		for (id = 0; id < MODEL_N_LINEAR; id++) {
			struct model_linear *l = &t->m.layers[layer].linear[id];

			l->out = id == MODEL_WK || id == MODEL_WV ? kv : id == MODEL_W1 || id == MODEL_W3 ? s->hidden : s->dim;
			l->in = id == MODEL_W2 ? s->hidden : s->dim;
			if (id == MODEL_W1 || layer % 2) {
				l->w = toy_draw(t->own, &t->n_own, &p, l->out * l->in, 0.2);
				continue;
			}
			l->b = s->blocks;
			l->r = s->rank;
			l->p = (l->in + l->b - 1) / l->b;
			l->s = (l->out + l->b - 1) / l->b;
			l->R = toy_draw(t->own, &t->n_own, &p, l->b * l->b * l->r * l->p, 0.4);
			l->L = toy_draw(t->own, &t->n_own, &p, l->b * l->s * l->b * l->r, 0.4);
		}
	}
}

static void toy_free(struct toy_model *t)
{
	while (t->n_own)
		free(t->own[--t->n_own]);
	free(t->m.layers);
}

#endif

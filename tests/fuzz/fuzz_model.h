/* A model that was read: every number of it is touched.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FUZZ_FUZZ_MODEL_H
#define TESTS_FUZZ_FUZZ_MODEL_H
#include "checkpoint/model.h"
#include "tests/fuzz/fuzz.h"

static inline void fuzz_use_linear(const struct model_linear *w)
{
	size_t b = (size_t)w->b, mid = b * (size_t)w->r;

	if (w->w)
		fuzz_use(w->w, (size_t)w->out * (size_t)w->in);
	else {
		fuzz_use(w->R, b * mid * (size_t)w->p);
		fuzz_use(w->L, b * (size_t)w->s * mid);
	}
	if (w->k)
		fuzz_use(w->k, b);
	if (w->k_out)
		fuzz_use(w->k_out, 1);
}

static inline void fuzz_use_model(const struct model *m)
{
	size_t dim = (size_t)m->dim, table = dim * (size_t)m->vocab;
	struct model_linear head = model_head(m);

	fuzz_use(m->embedding, table);
	fuzz_use(m->norm, dim);
	fuzz_use_linear(&head);
	for (int l = 0; l < m->n_layers; l++) {
		fuzz_use(m->layers[l].attention_norm, dim);
		fuzz_use(m->layers[l].ffn_norm, dim);
		for (int id = 0; id < MODEL_N_LINEAR; id++)
			fuzz_use_linear(&m->layers[l].linear[id]);
	}
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/calibrated.h"

/* a layer whose file does not say all its factors */
static bool misses(const struct model_linear *l)
{
	return !l->k_out || (!l->w && !l->k);
}

struct gq *calibrated_new(const struct model *m, const struct gl_readout *ro, bool head, unsigned long seed, struct text *own, struct err *e)
{
	struct gq *g = gq_new(m, ro, head, e);
	struct text t = { 0 };
	bool missing;
	int i;

	if (!g)
		return NULL;
	missing = head && misses(&g->head_of);
	for (i = 0; i < m->n_layers * MODEL_N_LINEAR; i++)
		missing |= misses(&m->layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR]);
	if (missing || own)
		gq_self_text(m, seed, CALIBRATED_TOKENS, &t);
	if (missing && gq_calibrate(g, &t, e)) {
		gq_free(g);
		g = NULL;
	}
	if (g && own)
		*own = t;
	else
		text_release(&t);
	return g;
}

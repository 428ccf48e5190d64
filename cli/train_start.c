/* Where training starts: a fresh model, or a checkpoint whose dense layers become Monarch factors.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/train_cmd.h"
#include "common/mem.h"
#include "sparsify/sparsify.h"
#include <stdlib.h>

static int fresh(struct train_job *j, struct err *e)
{
	const struct train_cmd *c = &j->c;
	const struct params_shape s = { (int)c->dim, (int)c->hidden, (int)c->layers, (int)c->heads, (int)(c->kv_heads ? c->kv_heads : c->heads), (int)c->vocab, (int)c->context, (int)c->blocks, (int)c->rank };

	return params_fresh(&j->p, &s, (uint64_t)c->seed, e);
}

/* layers of one id: they have one shape, so one rank */
static int project_id(struct sp_result *to, const struct model *from, int id, const struct train_cmd *c, struct err *e)
{
	const struct model_linear *l = &from->layers[0].linear[id];
	struct sp_options o = { .kind = SP_MONARCH, .factors = (int)c->blocks, .threads = (int)c->threads };
	bool *chosen = MEM_NEW((size_t)from->n_layers * MODEL_N_LINEAR, bool);
	int bad;

	o.rank = c->rank ? (int)c->rank : params_rank(l->out, l->in, o.factors);
	for (int i = 0; i < from->n_layers; i++)
		chosen[i * MODEL_N_LINEAR + id] = true;
	bad = sp_model(to, from, chosen, &o, e);
	free(chosen);
	return bad;
}

static int project(struct params *p, const struct model *from, const struct train_cmd *c, struct err *e)
{
	struct sp_result r[MODEL_N_LINEAR];
	const struct model *m = from;
	int n = 0;

	while (n < MODEL_N_LINEAR && !project_id(&r[n], m, n, c, e))
		m = &r[n++].model;
	if (n == MODEL_N_LINEAR)
		params_copy(p, m);
	for (int i = 0; i < n; i++)
		sp_result_release(&r[i]);
	return n == MODEL_N_LINEAR ? 0 : -1;
}

int train_start(struct train_job *j, struct err *e)
{
	struct model m;
	int bad = 0;

	if (j->c.fresh) {
		bad = fresh(j, e);
	} else if (model_load(&m, j->c.model, e)) {
		bad = -1;
	} else {
		if (j->c.blocks)
			bad = project(&j->p, &m, &j->c, e);
		else
			params_copy(&j->p, &m);
		model_release(&m);
	}
	j->has_p = !bad;
	return bad;
}

/* A workload as it grows, and that of a checkpoint.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "workload/factors.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1 << 24, CONTEXT = 128 };

/* The stages are the caller's. A matrix of the newest group, or of the next. */
static struct wl_matrix *append(struct workload *w, const char *name, int out, int in, int layer, int group)
{
	struct wl_matrix *m;

	if (group != w->n_groups && group != w->n_groups - 1)
		BUG("%s: group %d after %d groups", name, group, w->n_groups);
	if (group == w->n_groups - 1 && w->matrix[w->n - 1].in != in)
		BUG("%s: %d inputs in a group of %d", name, in, w->matrix[w->n - 1].in);
	m = MEM_PUSH(w->matrix, w->n);
	*m = (struct wl_matrix){ .out = out, .in = in, .layer = layer, .group = group };
	snprintf(m->name, sizeof(m->name), "%s", name);
	w->n_groups = group + 1;
	return m;
}

int wl_add(struct workload *w, const char *name, int out, int in, int layer, int group, bool dense, int factors, struct err *e)
{
	int side = out < in ? out : in;
	struct wl_matrix *m;

	if (side < 1 || out > LARGEST || in > LARGEST)
		return err_set(e, ERR_INPUT, "matrix '%.47s' is %d x %d, legal is 1..%d outputs and inputs; cut it", name, out, in, LARGEST);
	if (!dense && (factors < WL_FIT || factors > side))
		return err_set(e, ERR_INPUT, "factors \"%d\" of matrix '%.47s', %d x %d: legal paper, fit, or 1..%d blocks; change --factors", factors, name, out, in, side);
	if (!w->context)
		w->context = CONTEXT;
	m = append(w, name, out, in, layer, group);
	if (dense)
		factors_dense(m);
	else if (factors == WL_PAPER)
		factors_paper(m);
	else
		factors_blocks(m, factors == WL_FIT ? factors_fit(out, in) : factors);
	return 0;
}

int wl_model(struct workload *w, const struct model *m, const char *name, struct err *e)
{
	/* in order of execution, with the place of the layer's group */
	static const struct { enum model_linear_id id; int group; } order[MODEL_N_LINEAR] = {
		{ MODEL_WQ, 0 }, { MODEL_WK, 0 }, { MODEL_WV, 0 }, { MODEL_WO, 1 }, { MODEL_W1, 2 }, { MODEL_W3, 2 }, { MODEL_W2, 3 },
	};
	char full[32];

	memset(w, 0, sizeof(*w));
	snprintf(w->name, sizeof(w->name), "%s", name);
	w->context = m->seq_len;
	for (int l = 0; l < m->n_layers; l++)
		for (int i = 0; i < MODEL_N_LINEAR; i++) {
			const struct model_linear *x = &m->layers[l].linear[order[i].id];
			int group = 4 * l + order[i].group;

			snprintf(full, sizeof(full), "%d.%s", l, model_linear_name[order[i].id]);
			if (!x->w) {
				factors_own(append(w, full, x->out, x->in, l, group), x->b, x->r, x->p);
			} else if (wl_add(w, full, x->out, x->in, l, group, true, WL_FIT, e)) {
				wl_release(w);
				return -1;
			}
		}
	return 0;
}

void wl_release(struct workload *w)
{
	for (size_t i = 0; i < w->n; i++)
		for (int s = 0; s < w->matrix[i].n_stages; s++) {
			free(w->matrix[i].stage[s].in);
			free(w->matrix[i].stage[s].out);
		}
	free(w->matrix);
	memset(w, 0, sizeof(*w));
}

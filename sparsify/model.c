/* Every chosen layer of a model.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/err.h"
#include "common/mem.h"
#include "common/progress.h"
#include "sparsify/sparsify.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* the squared norm, or ERR_INPUT */
static int norm2(const char *name, const float *w, int out, int in, double *sum, struct err *e)
{
	*sum = 0;
	for (int o = 0; o < out; o++)
		for (int i = 0; i < in; i++) {
			double v = w[(size_t)o * (size_t)in + (size_t)i];

			if (!isfinite(v))
				return err_set(e, ERR_INPUT, "layer '%s': weight %g in row %d, column %d, legal are finite numbers; mend the checkpoint, or leave the layer out with --layers", name, v, o, i);
			*sum += v * v;
		}
	return 0;
}

static float *fresh(struct sp_result *to, int slot, size_t n)
{
	return to->own[slot] = MEM_NEW(n, float);
}

static uint64_t parameters_of(const struct model_linear *x)
{
	struct sp_shape f = { x->b, x->r, x->p, x->s };

	return x->w ? (uint64_t)x->out * (uint64_t)x->in : sp_parameters(&f, x->out, x->in);
}

/* P L P R P factors -> dense, in place */
static void import_plprp(struct sp_result *to, int slot, struct model_linear *x)
{
	float *w = fresh(to, slot, (size_t)x->out * (size_t)x->in);

	sp_plprp_dense(x, w);
	*x = (struct model_linear){ .out = x->out, .in = x->in, .w = w };
}

static int project(struct sp_result *to, int at, struct model_linear *x, const char *name, const struct sp_options *o, struct err *e)
{
	struct sp_layer *y = &to->layer[at];
	struct sp_shape *f = &y->shape;
	struct model_linear n = { .out = x->out, .in = x->in };
	float *old = to->own[2 * at], *R, *L, *w;

	if (norm2(name, x->w, x->out, x->in, &y->norm2, e) || sp_shape_make(f, name, x->out, x->in, o->kind, o->factors, o->rank, e))
		return -1;
	if (o->kind == SP_MONARCH) {
		R = MEM_NEW((size_t)f->b * (size_t)f->b * (size_t)f->r * (size_t)f->p, float);
		L = fresh(to, 2 * at + 1, (size_t)f->b * (size_t)f->s * (size_t)f->b * (size_t)f->r);
		y->error2 = sp_monarch(x->w, x->out, x->in, f, o->threads, R, L);
		n.b = f->b;
		n.r = f->r;
		n.p = f->p;
		n.s = f->s;
		n.R = to->own[2 * at] = R;
		n.L = L;
		y->form = SP_IS_MONARCH;
		y->after = sp_parameters(f, x->out, x->in);
	} else {
		n.w = w = MEM_NEW((size_t)x->out * (size_t)x->in, float);
		y->error2 = sp_block_diagonal(x->w, x->out, x->in, f, w);
		to->own[2 * at] = w;
		y->form = SP_IS_BLOCKS;
		y->after = sp_block_diagonal_parameters(f, x->out, x->in);
	}
	free(old); /* an import that was dense in between */
	*x = n;
	return 0;
}

static int one_layer(struct sp_result *to, int at, bool chosen, const struct sp_options *o, struct err *e)
{
	int layer = at / MODEL_N_LINEAR, id = at % MODEL_N_LINEAR;
	struct model_linear *x = &to->model.layers[layer].linear[id];
	struct sp_layer *y = &to->layer[at];
	char name[64];

	snprintf(name, sizeof(name), "%d.%s", layer, model_linear_name[id]);
	*y = (struct sp_layer){ .layer = layer, .id = id, .out = x->out, .in = x->in, .form = x->w ? SP_IS_DENSE : SP_IS_FACTORS };
	y->before = y->after = parameters_of(x);
	if (!x->w && o->plprp) {
		import_plprp(to, 2 * at, x);
		y->form = SP_IS_EXPANDED;
		y->after = parameters_of(x);
	}
	if (!x->w) {
		y->shape = (struct sp_shape){ x->b, x->r, x->p, x->s };
		return 0;
	}
	return chosen ? project(to, at, x, name, o, e) : 0;
}

int sp_model(struct sp_result *to, const struct model *from, const bool *chosen, const struct sp_options *o, struct err *e)
{
	struct progress bar;
	int rc = 0;

	memset(to, 0, sizeof(*to));
	to->n = from->n_layers * MODEL_N_LINEAR;
	to->model = *from;
	to->model.memory = NULL;
	to->model.layers = MEM_NEW((size_t)from->n_layers, struct model_layer);
	memcpy(to->model.layers, from->layers, (size_t)from->n_layers * sizeof(*from->layers));
	to->layer = MEM_NEW((size_t)to->n, struct sp_layer);
	to->own = MEM_NEW(2 * (size_t)to->n, float *);
	progress_begin(&bar, "layers", (uint64_t)to->n);
	for (int at = 0; at < to->n && !rc; at++) {
		rc = one_layer(to, at, chosen[at], o, e);
		progress_at(&bar, (uint64_t)at + 1);
	}
	progress_end(&bar);
	if (rc)
		sp_result_release(to);
	return rc;
}

void sp_result_release(struct sp_result *to)
{
	for (int i = 0; i < 2 * to->n; i++)
		free(to->own[i]);
	free(to->own);
	free(to->layer);
	free(to->model.layers);
	memset(to, 0, sizeof(*to));
}

/* A llama-family model in double (formulas of golden/transformer.c), in floats or straight through a read-out: every linear layer linearised around what the
 * read-out made of the very integers that train/net put into it (docs/train.md section 4). For test_train_net.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TRAIN_DNET_H
#define TESTS_UNIT_TRAIN_DNET_H
#include "tests/unit/train_fd.h"
#include "train/net.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

enum { LONGEST = 8, WIDEST = 48 };

static const int tokens[LONGEST] = { 1, 7, 12, 0, 7, 3, 3, 11 };

/* ---- what the net put into the read-out ---- */

/* Two programs that agree up to the rounding of floats disagree about an integer now and then, where a number lies half way between two. So the net's own
 * integers are the ones that the others go on from, after each has looked whether they are right: no farther from its own number than half a step. */
struct heard { int n, used; float x[LONGEST][WIDEST], s_x[LONGEST]; };
struct ear { struct gq *gq; struct heard of[2 * MODEL_N_LINEAR + 1]; };

static inline void hear(void *ctx, int layer, int id, const int8_t *x, float s_x)
{
	struct ear *e = ctx;
	int at = layer * MODEL_N_LINEAR + id;
	struct heard *h = &e->of[at];

	assert_in_range(h->n, 0, LONGEST - 1);
	for (int i = 0; i < e->gq->layer[at].src->in; i++)
		h->x[h->n][i] = (float)x[i] * s_x;
	h->s_x[h->n++] = s_x;
}

static const float *hear_forward(struct net *n, const struct params *p, const struct net_via *via, int T, struct ear *e)
{
	const float *logits;

	memset(e, 0, sizeof(*e));
	e->gq = via->gq;
	via->gq->capture = hear;
	via->gq->capture_ctx = e;
	logits = net_forward(n, &p->model, via, tokens, T);
	via->gq->capture = NULL;
	return logits;
}

/* the net's next input of a layer; x: what it must be */
static const float *heard_next(struct ear *e, int layer, int id, const double *x)
{
	struct heard *h = &e->of[layer * MODEL_N_LINEAR + id];
	int at = h->used++;

	assert_true(at < h->n);
	for (int i = 0; i < e->gq->layer[layer * MODEL_N_LINEAR + id].src->in; i++)
		assert_true(fabs(x[i] - h->x[at][i]) <= 0.502 * h->s_x[at]);
	return h->x[at];
}

/* ---- the model in double ---- */

struct dnet {
	const struct params *p;
	double *theta;           /* [n] what differences bend */
	int T;
	const float *dlogits;
	/* through a read-out, else NULL and unused */
	struct gq *gq;
	double *hat, *bent;      /* [n] weights of the integers; the same plus what theta was bent by */
	struct fd_point *at;     /* of every call of a linear layer, in their order */
	int calls;
	struct ear *record;      /* while at is filled */
};

/* of a parameter in an array laid out like theta */
static const double *in(const struct dnet *d, const double *array, const float *ptr)
{
	return ptr ? array + params_at(d->p, ptr) : NULL;
}

static inline void dlinear(struct dnet *d, int layer, int id, const struct model_linear *l, const double *x, double *y)
{
	const double *numbers = d->gq ? d->bent : d->theta;
	const struct fd_weights w = { in(d, numbers, l->w), in(d, numbers, l->R), in(d, numbers, l->L) };

	if (d->record) {
		float xh[FD_WIDE], mid[FD_WIDE], pass_mid[FD_WIDE], pass_out[FD_WIDE], yf[FD_WIDE];

		gq_linear_traced(d->gq, layer, id, heard_next(d->record, layer, id, x), yf, &(struct gq_trace){ xh, mid, pass_mid, pass_out });
		fd_point_set(&d->at[d->calls], l, &w, x, xh, mid, pass_mid, pass_out, yf);
	}
	fd_linear(l, &w, x, d->gq ? &d->at[d->calls] : NULL, y);
	d->calls++;
}

static inline void dnorm(const struct dnet *d, const float *gain, const double *x, double *y)
{
	const double *g = in(d, d->theta, gain);
	double sum = 0;
	int dim = d->p->model.dim;

	for (int i = 0; i < dim; i++)
		sum += x[i] * x[i] / dim;
	for (int i = 0; i < dim; i++)
		y[i] = g[i] * x[i] / sqrt(sum + d->p->model.norm_eps);
}

static inline void dturn(const struct model *m, int pos, double *v, int n)
{
	int size = m->dim / m->n_heads;

	for (int i = 0; i < n; i += 2) {
		double angle = pos * pow(m->rope_theta, -(double)(i % size) / size), a = v[i], b = v[i + 1];

		v[i] = a * cos(angle) - b * sin(angle);
		v[i + 1] = a * sin(angle) + b * cos(angle);
	}
}

static inline void dattend(const struct model *m, const double *q, double (*k)[WIDEST], double (*v)[WIDEST], int pos, double *a)
{
	int size = m->dim / m->n_heads;

	for (int head = 0; head < m->n_heads; head++) {
		int from = head / (m->n_heads / m->n_kv_heads) * size;
		double share[LONGEST], sum = 0;

		for (int t = 0; t <= pos; t++) {
			share[t] = 0;
			for (int i = 0; i < size; i++)
				share[t] += q[head * size + i] * k[t][from + i] / sqrt(size);
			sum += share[t] = exp(share[t]);
		}
		for (int i = 0; i < size; i++) {
			a[head * size + i] = 0;
			for (int t = 0; t <= pos; t++)
				a[head * size + i] += share[t] / sum * v[t][from + i];
		}
	}
}

static inline void dlayer(struct dnet *d, int i, double (*x)[WIDEST])
{
	const struct model *m = &d->p->model;
	const struct model_layer *l = &m->layers[i];
	double h[WIDEST], a[WIDEST], g[WIDEST], u[WIDEST], q[LONGEST][WIDEST], k[LONGEST][WIDEST], v[LONGEST][WIDEST];

	for (int t = 0; t < d->T; t++) {
		dnorm(d, l->attention_norm, x[t], h);
		dlinear(d, i, MODEL_WQ, &l->linear[MODEL_WQ], h, q[t]);
		dlinear(d, i, MODEL_WK, &l->linear[MODEL_WK], h, k[t]);
		dlinear(d, i, MODEL_WV, &l->linear[MODEL_WV], h, v[t]);
		dturn(m, t, q[t], m->dim);
		dturn(m, t, k[t], m->dim / m->n_heads * m->n_kv_heads);
	}
	for (int t = 0; t < d->T; t++) {
		dattend(m, q[t], k, v, t, a);
		dlinear(d, i, MODEL_WO, &l->linear[MODEL_WO], a, h);
		for (int j = 0; j < m->dim; j++)
			x[t][j] += h[j];
		dnorm(d, l->ffn_norm, x[t], h);
		dlinear(d, i, MODEL_W1, &l->linear[MODEL_W1], h, g);
		dlinear(d, i, MODEL_W3, &l->linear[MODEL_W3], h, u);
		for (int j = 0; j < m->hidden; j++)
			g[j] *= u[j] / (1 + exp(-g[j]));
		dlinear(d, i, MODEL_W2, &l->linear[MODEL_W2], g, h);
		for (int j = 0; j < m->dim; j++)
			x[t][j] += h[j];
	}
}

static inline double dnet_loss(void *ctx)
{
	struct dnet *d = ctx;
	const struct model *m = &d->p->model;
	struct model_linear head = { .out = m->vocab, .in = m->dim, .w = m->head };
	double x[LONGEST][WIDEST], h[WIDEST], logits[WIDEST], loss = 0;

	for (size_t i = 0; d->gq && i < d->p->n; i++)
		d->bent[i] = d->hat[i] + d->theta[i] - d->p->theta[i];
	d->calls = 0;
	for (int t = 0; t < d->T; t++)
		memcpy(x[t], in(d, d->theta, m->embedding) + tokens[t] * m->dim, (size_t)m->dim * sizeof(double));
	for (int i = 0; i < m->n_layers; i++)
		dlayer(d, i, x);
	for (int t = 0; t < d->T; t++) {
		dnorm(d, m->norm, x[t], h);
		if (d->gq && d->gq->head)
			dlinear(d, m->n_layers, 0, &head, h, logits);
		else
			fd_dense(&head, in(d, d->theta, m->head), h, logits);
		for (int v = 0; v < m->vocab; v++)
			loss += logits[v] * d->dlogits[t * m->vocab + v];
	}
	return loss;
}

#endif

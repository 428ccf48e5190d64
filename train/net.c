/* SPDX-License-Identifier: Apache-2.0 */
#include "train/net.h"
#include "common/err.h"
#include "common/mem.h"
#include "train/linear.h"
#include "train/ops.h"
#include <stdlib.h>
#include <string.h>

struct layer { /* activations that the backward pass reads; all [T] rows */
	float *x, *scale, *h;              /* input of the layer; norm */
	float *q, *k, *v, *prob, *a;       /* q, k rotated */
	float *x2, *scale2, *h2;           /* after attention; norm */
	float *g, *u, *s;                  /* gate, up, silu(g) u */
	struct linear_trace t[MODEL_N_LINEAR];
};

struct net {
	int longest, T, n_layers;
	bool backward;
	const int *tokens;                 /* of the last forward pass */
	struct layer *layer;               /* without backward all share the first one's prob, the bulk */
	float *out, *y, *scale, *h, *logits; /* out: after the last layer; y [T][dim] */
	struct linear_trace head;
	float *dx, *dx2, *dh, *dq, *dk, *dv, *dg, *du, *ds, *square, *scratch, *dhead; /* backward; dhead [vocab][dim]: weights; scratch also forward */
	float *memory;
};

static struct op_heads heads(const struct model *m)
{
	return (struct op_heads){ m->n_heads, m->n_kv_heads, m->dim / m->n_heads };
}

static int kv_width(const struct model *m)
{
	return m->dim / m->n_heads * m->n_kv_heads;
}

/* a part of the one allocation; p->at NULL: only counted */
struct cutter { float *at; size_t used; };

static float *cut(struct cutter *c, size_t n)
{
	float *part = c->at ? c->at + c->used : NULL;

	c->used += n;
	return part;
}

static void cut_trace(struct cutter *c, const struct model_linear *l, size_t T, struct linear_trace *t)
{
	t->x = cut(c, T * (size_t)linear_width(l));
	t->mid = cut(c, T * (size_t)linear_mid(l));
	t->pass_mid = cut(c, T * (size_t)linear_mid(l));
	t->pass_out = cut(c, T * (size_t)l->out);
}

static void cut_layer(struct cutter *c, const struct model *m, int layer, size_t T, struct layer *a, bool own, float *prob)
{
	size_t d = (size_t)m->dim, kv = (size_t)kv_width(m), hidden = (size_t)m->hidden;

	a->x = cut(c, T * d);
	a->scale = cut(c, T);
	a->h = cut(c, T * d);
	a->q = cut(c, T * d);
	a->k = cut(c, T * kv);
	a->v = cut(c, T * kv);
	a->prob = own ? cut(c, (size_t)m->n_heads * T * T) : prob;
	a->a = cut(c, T * d);
	a->x2 = cut(c, T * d);
	a->scale2 = cut(c, T);
	a->h2 = cut(c, T * d);
	a->g = cut(c, T * hidden);
	a->u = cut(c, T * hidden);
	a->s = cut(c, T * hidden);
	for (int id = 0; id < MODEL_N_LINEAR; id++)
		cut_trace(c, &m->layers[layer].linear[id], T, &a->t[id]);
}

static void cut_all(struct cutter *c, const struct model *m, struct net *n)
{
	size_t T = (size_t)n->longest, d = (size_t)m->dim, kv = (size_t)kv_width(m), hidden = (size_t)m->hidden, scratch = 0;
	struct model_linear head = model_head(m);

	for (int i = 0; i < m->n_layers; i++) {
		cut_layer(c, m, i, T, &n->layer[i], n->backward || i == 0, n->layer[0].prob);
		for (int id = 0; id < MODEL_N_LINEAR; id++) {
			size_t need = linear_scratch(&m->layers[i].linear[id], n->longest);

			scratch = need > scratch ? need : scratch;
		}
	}
	n->out = cut(c, T * d);
	n->y = cut(c, T * d);
	n->scale = cut(c, T);
	n->h = cut(c, T * d);
	n->logits = cut(c, T * (size_t)m->vocab);
	cut_trace(c, &head, T, &n->head);
	n->scratch = cut(c, scratch);
	if (!n->backward)
		return;
	n->dx = cut(c, T * d);
	n->dx2 = cut(c, T * d);
	n->dh = cut(c, T * d);
	n->dq = cut(c, T * d);
	n->dk = cut(c, T * kv);
	n->dv = cut(c, T * kv);
	n->dg = cut(c, T * hidden);
	n->du = cut(c, T * hidden);
	n->ds = cut(c, T * hidden);
	n->square = cut(c, T * T);
	n->dhead = cut(c, (size_t)m->vocab * d);
}

struct net *net_new(const struct model *m, int longest, bool backward)
{
	struct net *n = MEM_NEW(1, struct net);
	struct cutter c = { 0 };

	n->longest = longest;
	n->backward = backward;
	n->n_layers = m->n_layers;
	n->layer = MEM_NEW(m->n_layers, struct layer);
	cut_all(&c, m, n);
	n->memory = MEM_NEW(c.used, float);
	c = (struct cutter){ .at = n->memory };
	cut_all(&c, m, n);
	return n;
}

void net_free(struct net *n)
{
	if (!n)
		return;
	free(n->layer);
	free(n->memory);
	free(n);
}

/* ---- forward ---- */

static void read_out(const struct net_via *via, int layer, int id, const struct model_linear *l, const float *x, int T, float *y, const struct linear_trace *t)
{
	size_t width = (size_t)linear_width(l), mid = (size_t)linear_mid(l);

	for (int row = 0; row < T; row++) {
		size_t i = (size_t)row;
		struct gq_trace g = { .x = t->x + i * width, .mid = t->mid + i * mid, .pass_mid = t->pass_mid + i * mid, .pass_out = t->pass_out + i * (size_t)l->out };

		memset(g.x + l->in, 0, (width - (size_t)l->in) * sizeof(float));
		gq_linear_traced(via->gq, layer, id, x + i * (size_t)l->in, y + i * (size_t)l->out, &g);
	}
}

/* the trace as the backward pass must see it: without a read-out nothing is held back */
static struct linear_trace seen(const struct linear_trace *t, bool through)
{
	struct linear_trace s = *t;

	if (!through)
		s.pass_mid = s.pass_out = NULL;
	return s;
}

static void linear(struct net *n, const struct model *m, const struct net_via *via, int layer, int id, const float *x, float *y)
{
	const struct model_linear *l = &m->layers[layer].linear[id];

	if (via)
		read_out(via, layer, id, l, x, n->T, y, &n->layer[layer].t[id]);
	else
		linear_forward(l, x, n->T, y, &n->layer[layer].t[id], n->scratch);
}

static void add(float *x, const float *y, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] += y[i];
}

/* x of the layer is in place; the next one's goes to next */
static void forward_layer(struct net *n, const struct model *m, const struct net_via *via, int i, float *next)
{
	const struct model_layer *w = &m->layers[i];
	struct layer *a = &n->layer[i];
	struct op_heads h = heads(m);
	int T = n->T, d = m->dim;
	size_t all = (size_t)T * (size_t)d;

	op_rmsnorm(a->x, w->attention_norm, T, d, m->norm_eps, a->h, a->scale);
	linear(n, m, via, i, MODEL_WQ, a->h, a->q);
	linear(n, m, via, i, MODEL_WK, a->h, a->k);
	linear(n, m, via, i, MODEL_WV, a->h, a->v);
	op_rotate(a->q, T, d, h.size, m->rope_theta, 1);
	op_rotate(a->k, T, kv_width(m), h.size, m->rope_theta, 1);
	op_attention(a->q, a->k, a->v, T, &h, a->a, a->prob);
	linear(n, m, via, i, MODEL_WO, a->a, a->x2);
	add(a->x2, a->x, all);
	op_rmsnorm(a->x2, w->ffn_norm, T, d, m->norm_eps, a->h2, a->scale2);
	linear(n, m, via, i, MODEL_W1, a->h2, a->g);
	linear(n, m, via, i, MODEL_W3, a->h2, a->u);
	op_swiglu(a->g, a->u, (size_t)T * (size_t)m->hidden, a->s);
	linear(n, m, via, i, MODEL_W2, a->s, next);
	add(next, a->x2, all);
}

const float *net_forward(struct net *n, const struct model *m, const struct net_via *via, const int *tokens, int T)
{
	struct model_linear head = model_head(m);
	size_t d = (size_t)m->dim;

	if (T < 1 || T > n->longest || m->n_layers != n->n_layers)
		BUG("%d tokens and %d layers, there is room for %d and %d", T, m->n_layers, n->longest, n->n_layers);
	n->T = T;
	n->tokens = tokens;
	for (int t = 0; t < T; t++)
		memcpy(n->layer[0].x + (size_t)t * d, m->embedding + (size_t)tokens[t] * d, d * sizeof(float));
	for (int i = 0; i < m->n_layers; i++)
		forward_layer(n, m, via, i, i + 1 < m->n_layers ? n->layer[i + 1].x : n->out);
	op_rmsnorm(n->out, m->norm, T, m->dim, m->norm_eps, n->h, n->scale);
	if (via && via->gq->head)
		read_out(via, m->n_layers, 0, &head, n->h, T, n->logits, &n->head);
	else
		linear_forward(&head, n->h, T, n->logits, &n->head, n->scratch);
	return n->logits;
}

/* ---- backward ---- */

static float *slot(const struct params *p, float *grad, const float *parameter)
{
	return parameter ? grad + params_at(p, parameter) : NULL;
}

/* dy (changed) -> dx added, gradients added */
static void linear_back(struct net *n, const struct params *p, const struct net_via *via, int layer, int id, float *dy, float *dx, float *grad)
{
	const struct model_linear *l = &p->model.layers[layer].linear[id], *w = via ? &via->hat->model.layers[layer].linear[id] : l;
	struct linear_trace t = seen(&n->layer[layer].t[id], via);

	linear_backward(w, &t, dy, n->T, dx, slot(p, grad, l->w), slot(p, grad, l->R), slot(p, grad, l->L), n->scratch);
}

/* n->dx: gradient of the layer's output -> of its input */
static void backward_layer(struct net *n, const struct params *p, const struct net_via *via, int i, float *grad)
{
	const struct model *m = &p->model;
	const struct model_layer *w = &m->layers[i];
	const struct layer *a = &n->layer[i];
	struct op_heads h = heads(m);
	int T = n->T, d = m->dim;
	size_t all = (size_t)T * (size_t)d, hidden = (size_t)T * (size_t)m->hidden;

	memcpy(n->dx2, n->dx, all * sizeof(float)); /* pass_out changes it, the residual does not */
	memset(n->ds, 0, hidden * sizeof(float));
	linear_back(n, p, via, i, MODEL_W2, n->dx2, n->ds, grad);
	op_swiglu_back(a->g, a->u, n->ds, hidden, n->dg, n->du);
	memset(n->dh, 0, all * sizeof(float));
	linear_back(n, p, via, i, MODEL_W1, n->dg, n->dh, grad);
	linear_back(n, p, via, i, MODEL_W3, n->du, n->dh, grad);
	op_rmsnorm_back(a->x2, w->ffn_norm, a->scale2, n->dh, T, d, n->dx, slot(p, grad, w->ffn_norm));

	memcpy(n->dx2, n->dx, all * sizeof(float));
	memset(n->dh, 0, all * sizeof(float));
	linear_back(n, p, via, i, MODEL_WO, n->dx2, n->dh, grad);
	op_attention_back(a->q, a->k, a->v, a->prob, n->dh, T, &h, n->dq, n->dk, n->dv, n->square);
	op_rotate(n->dq, T, d, h.size, m->rope_theta, -1);
	op_rotate(n->dk, T, kv_width(m), h.size, m->rope_theta, -1);
	memset(n->dh, 0, all * sizeof(float));
	linear_back(n, p, via, i, MODEL_WQ, n->dq, n->dh, grad);
	linear_back(n, p, via, i, MODEL_WK, n->dk, n->dh, grad);
	linear_back(n, p, via, i, MODEL_WV, n->dv, n->dh, grad);
	op_rmsnorm_back(a->x, w->attention_norm, a->scale, n->dh, T, d, n->dx, slot(p, grad, w->attention_norm));
}

/* integers of a dense layer times their scales */
static void dense_hat(const struct gq_layer *q, float *w)
{
	const struct model_linear *l = q->src;

	for (int o = 0; o < l->out; o++)
		for (int i = 0; i < l->in; i++)
			w[(size_t)o * (size_t)l->in + (size_t)i] = (float)q->w[(size_t)o * (size_t)l->in + (size_t)i] * q->sw[o];
}

/* A tied head has the numbers of the embedding, which stay floats: its integers' weights are made here. */
static void backward_head(struct net *n, const struct params *p, const struct net_via *via, float *dlogits, float *grad)
{
	const struct model *m = &p->model;
	struct model_linear head = model_head(m);
	bool through = via && via->gq->head;
	struct linear_trace t = seen(&n->head, through);

	if (through) {
		dense_hat(&via->gq->layer[m->n_layers * MODEL_N_LINEAR], n->dhead);
		head.w = n->dhead;
	}
	memset(n->dh, 0, (size_t)n->T * (size_t)m->dim * sizeof(float));
	linear_backward(&head, &t, dlogits, n->T, n->dh, slot(p, grad, m->head), NULL, NULL, n->scratch);
}

void net_backward(struct net *n, const struct params *p, const struct net_via *via, float *dlogits, float *grad)
{
	const struct model *m = &p->model;
	size_t d = (size_t)m->dim, all = (size_t)n->T * d;

	if (!n->backward)
		BUG("a net without a backward pass");
	backward_head(n, p, via, dlogits, grad);
	memset(n->dx, 0, all * sizeof(float));
	op_rmsnorm_back(n->out, m->norm, n->scale, n->dh, n->T, m->dim, n->dx, slot(p, grad, m->norm));
	for (int i = m->n_layers - 1; i >= 0; i--)
		backward_layer(n, p, via, i, grad);
	for (int t = 0; t < n->T; t++)
		add(slot(p, grad, m->embedding) + (size_t)n->tokens[t] * d, n->dx + (size_t)t * d, d);
}

void net_hat(struct params *to, const struct params *p, const struct gq *gq)
{
	memcpy(to->theta, p->theta, p->n * sizeof(float));
	for (int i = 0; i < p->model.n_layers * MODEL_N_LINEAR; i++) {
		const struct gq_layer *q = &gq->layer[i];
		const struct model_linear *l = &to->model.layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR];
		size_t br = (size_t)l->b * (size_t)l->r, rows, r;

		if (l->w) {
			dense_hat(q, to->theta + params_at(to, l->w));
			continue;
		}
		for (rows = (size_t)l->b * br, r = 0; r < rows * (size_t)l->p; r++)
			to->theta[params_at(to, l->R) + r] = (float)q->R[r] * q->sR[r / (size_t)l->p];
		for (rows = (size_t)l->b * (size_t)l->s, r = 0; r < rows * br; r++)
			to->theta[params_at(to, l->L) + r] = (float)q->L[r] * q->sL[r / br];
	}
}

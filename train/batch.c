/* Sequences through the network, many at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/batch.h"
#include "common/mem.h"
#include "common/prng.h"
#include "train/ops.h"
#include <omp.h>
#include <stdlib.h>
#include <string.h>

static bool has_state(const struct gl_readout *ro)
{
	return ro && (ro->conv.kind == RO_STOCHASTIC || ro->noise);
}

void crew_init(struct crew *c, const struct params *p, const struct model *teacher, const struct gl_readout *ro, int longest, int threads, bool backward)
{
	const struct model *m = &p->model;

	*c = (struct crew){ .threads = threads, .longest = longest, .state = has_state(ro), .has_hat = ro && backward };
	c->net = MEM_NEW(threads, struct net *);
	c->said = MEM_NEW(threads, struct net *);
	c->dlogits = MEM_NEW(threads, float *);
	for (int t = 0; t < threads; t++) {
		c->net[t] = net_new(m, longest, backward);
		c->said[t] = teacher ? net_new(teacher, longest, false) : NULL;
		c->dlogits[t] = MEM_NEW((size_t)longest * (size_t)m->vocab, float);
	}
	if (c->has_hat)
		params_copy(&c->hat, m);
}

static void free_gq(struct crew *c)
{
	for (int i = 0; i < c->n_gq; i++)
		gq_free(c->gq[i]);
	free(c->gq);
	c->gq = NULL;
	c->n_gq = 0;
}

void crew_release(struct crew *c)
{
	for (int t = 0; t < c->threads; t++) {
		net_free(c->net[t]);
		net_free(c->said[t]);
		free(c->dlogits[t]);
	}
	free(c->net);
	free(c->said);
	free(c->dlogits);
	free_gq(c);
	if (c->has_hat)
		params_release(&c->hat);
}

/* converters with state of thread or sequence i: another LFSR word and another noise for every draw, never the LFSR's 0 */
static struct gl_readout drawn(const struct gl_readout *ro, uint64_t draw, int i)
{
	struct gl_readout r = *ro;
	struct prng g;

	r.histogram = NULL;
	if (draw == 0)
		return r;
	prng_init(&g, draw + (uint64_t)ro->seed);
	for (int t = 0; t <= i; t++)
		r.seed = (uint16_t)prng_range(&g, 1, UINT16_MAX);
	r.noise_seed = ro->noise_seed ^ prng_u64(&g);
	return r;
}

static int read_all(struct crew *c, const struct params *p, const struct gl_readout *ro, bool head, uint64_t draw, int n,
		    int (*tables)(void *ctx, int i, const int32_t **T, struct err *e), void *ctx, struct err *e)
{
	free_gq(c);
	c->own = tables;
	c->gq = MEM_NEW(n, struct gq *);
	for (c->n_gq = n, n = 0; n < c->n_gq; n++) {
		struct gl_readout r = drawn(ro, c->state ? draw : 0, n);

		if (tables && tables(ctx, n, &r.thresholds, e))
			return -1;
		c->gq[n] = gq_new(&p->model, &r, head, e);
		if (!c->gq[n])
			return -1;
	}
	if (c->has_hat)
		net_hat(&c->hat, p, c->gq[0]); /* weights are the same in all */
	return 0;
}

int crew_read(struct crew *c, const struct params *p, const struct gl_readout *ro, bool head, uint64_t draw, struct err *e)
{
	return read_all(c, p, ro, head, draw, c->state ? c->threads : 1, NULL, NULL, e);
}

int crew_read_each(struct crew *c, const struct params *p, const struct gl_readout *ro, bool head, uint64_t draw, int n,
		   int (*tables)(void *ctx, int i, const int32_t **T, struct err *e), void *ctx, struct err *e)
{
	return read_all(c, p, ro, head, draw, n, tables, ctx, e);
}

static const struct net_via *via_of(const struct crew *c, int thread, int sequence, struct net_via *v)
{
	if (!c->gq)
		return NULL;
	*v = (struct net_via){ c->gq[c->own ? sequence : c->state ? thread : 0], c->has_hat ? &c->hat : NULL };
	return v;
}

static void learn(struct crew *c, int thread, int sequence, const struct params *p, const struct model *teacher, struct sequence *s, double share, double weight)
{
	float *dlogits = c->dlogits[thread];
	int T = s->predictions, vocab = p->model.vocab;
	struct net_via v;
	const struct net_via *via = via_of(c, thread, sequence, &v);
	const float *logits = net_forward(c->net[thread], &p->model, via, s->tokens, T);

	memset(dlogits, 0, (size_t)T * (size_t)vocab * sizeof(*dlogits));
	memset(s->grad, 0, p->n * sizeof(*s->grad));
	s->loss = s->divergence = 0;
	if (share < 1)
		s->loss += (1 - share) * op_cross_entropy(logits, s->tokens + 1, T, vocab, (float)((1 - share) * weight), dlogits);
	if (teacher) {
		s->divergence = op_divergence(logits, net_forward(c->said[thread], teacher, NULL, s->tokens, T), T, vocab, (float)(share * weight), dlogits);
		s->loss += share * s->divergence;
	}
	net_backward(c->net[thread], p, via, dlogits, s->grad);
}

static void order(const struct crew *c)
{
	omp_set_schedule(c->state && !c->own ? omp_sched_static : omp_sched_dynamic, 1);
}

void crew_batch(struct crew *c, const struct params *p, const struct model *teacher, struct sequence *s, int n, double share, double weight)
{
	order(c);
#pragma omp parallel for schedule(runtime) num_threads(c->threads)
	for (int i = 0; i < n; i++)
		learn(c, omp_get_thread_num(), i, p, teacher, &s[i], share, weight);
}

void crew_losses(struct crew *c, const struct params *p, struct sequence *s, int n)
{
	order(c);
#pragma omp parallel for schedule(runtime) num_threads(c->threads)
	for (int i = 0; i < n; i++) {
		int thread = omp_get_thread_num();
		struct net_via v;
		const float *logits = net_forward(c->net[thread], &p->model, via_of(c, thread, i, &v), s[i].tokens, s[i].predictions);

		s[i].loss = op_cross_entropy(logits, s[i].tokens + 1, s[i].predictions, p->model.vocab, 0, c->dlogits[thread]);
	}
}

/* k_l and k_out of layers that bring none, docs/numerics.md section 7: two float runs that watch every linear layer, the first for the largest values, the
 * second for the clip.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/quantised_parts.h"
#include "common/mem.h"
#include "common/progress.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int qmax(const struct gl_readout *ro)
{
	return -gc_qlo(ro->input_bits);
}

/* a Monarch layer whose k the model does not say */
static bool wants_k(const struct gq_layer *q)
{
	return !q->w && !q->src->k;
}

/* Candidates for k_l: the factor that reaches the largest value times 0.95^c, c = 0 .. 23. The one with the least squared error of mid is
 * taken, the larger of two equal ones. A largest value that one token in hundreds has would cost all others their resolution. */
enum { CANDIDATES = 24 };
static const double candidate_ratio = 0.95;

struct watch {
	struct gq *g;
	int *first;    /* [layers] where the blocks of a layer begin in k and error */
	double *k;     /* [blocks] largest |mid| / s_x of the first run; then as a factor */
	double *k_out; /* [layers] largest |output| / s_x */
	double *error; /* [blocks][CANDIDATES], NULL in the first run */
};

/* squared error of one |mid| with every candidate of its block */
static void add_errors(double mid, double s_x, double k, double qm, double *error)
{
	int c;

	for (c = 0; c < CANDIDATES; c++, k *= candidate_ratio) {
		double step = s_x * k, q = floor(mid / step + 0.5), d;

		d = mid - (q < qm ? q : qm) * step;
		error[c] += d * d;
	}
}

static void watch_mid(const struct watch *w, const struct model_linear *l, const float *x, double s_x, int first)
{
	int br = l->b * l->r, row, i, j, qm = qmax(&w->g->ro);

	for (row = 0; row < l->b * br; row++) {
		int block = row / br, n = l->in - block * l->p;
		const float *R = l->R + (size_t)row * l->p, *v = x + block * l->p;
		double y = 0;

		if (n > l->p)
			n = l->p; /* n <= 0: a block of padding only */
		for (j = 0; j < n; j++)
			y += (double)R[j] * v[j];
		i = first + row % br / l->r;
		if (w->error)
			add_errors(fabs(y), s_x, w->k[i], qm, w->error + (size_t)i * CANDIDATES);
		else if (fabs(y) / s_x > w->k[i])
			w->k[i] = fabs(y) / s_x;
	}
}

static void watch_linear(void *ctx, int layer, int id, const float *x, float *y)
{
	struct watch *w = ctx;
	int i = layer * MODEL_N_LINEAR + id, o;
	const struct model_linear *l = w->g->layer[i].src;
	int8_t *xq = MEM_NEW(l->in, int8_t);
	double s_x = gc_quantise(w->g->ro.input_code, w->g->ro.input_bits, x, l->in, xq);

	tf_linear_float(l, x, y);
	if (wants_k(&w->g->layer[i]))
		watch_mid(w, l, x, s_x, w->first[i]);
	for (o = 0; o < l->out; o++)
		if (fabs(y[o]) / s_x > w->k_out[i])
			w->k_out[i] = fabs(y[o]) / s_x;
	free(xq);
}

static void watch_text(struct watch *w, const struct text *t)
{
	struct progress bar;
	struct tf tf;
	int i, j;

	tf_init(&tf, w->g->m, watch_linear, w);
	tf.head = w->g->head;
	progress_begin(&bar, "sequences calibrated on", (uint64_t)t->n);
	for (i = 0; i < t->n; i++) {
		bar.scale = (uint64_t)t->len[i]; /* a sequence is long itself */
		tf_reset(&tf);
		for (j = 0; j < t->len[i] && j < w->g->m->seq_len; j++) {
			tf_step(&tf, t->tokens[i][j]);
			progress_at(&bar, (uint64_t)i * bar.scale + (uint64_t)j + 1);
		}
	}
	progress_end(&bar);
	tf_release(&tf);
}

static double factor(double most, const struct gl_readout *ro)
{
	return most > 0 && isfinite(most) ? most / qmax(ro) : 1;
}

static double best_candidate(double k, const double *error)
{
	double best = k;
	int c, at_best = 0;

	for (c = 1; c < CANDIDATES; c++) {
		k *= candidate_ratio;
		if (error[c] < error[at_best]) {
			at_best = c;
			best = k;
		}
	}
	return best;
}

/* float32, as a file holds it: a model with its factors inside must read as it did without; 1 where that is nothing */
static double in_file(double k)
{
	float f = (float)k;

	return f > 0 && isfinite(f) ? f : 1;
}

static int take_factors(struct gq *g, const struct watch *w, struct err *e)
{
	int i, j, n = gq_layers(g);

	for (i = 0; i < n; i++) {
		struct gq_layer *q = &g->layer[i];
		char where[GQ_WHERE];

		if (!q->src->k_out)
			q->k_out = in_file(factor(w->k_out[i], &g->ro));
		if (!wants_k(q))
			continue;
		for (j = w->first[i]; j < w->first[i] + q->src->b; j++)
			q->k[j - w->first[i]] = in_file(best_candidate(w->k[j], w->error + (size_t)j * CANDIDATES));
		gq_where(g, i, where);
		if (gq_requantisers(&g->ro, q, where, e))
			return -1;
	}
	return 0;
}

int gq_calibrate(struct gq *g, const struct text *t, struct err *e)
{
	int n = gq_layers(g), blocks = 0, i, status;
	struct watch w = { .g = g, .first = MEM_NEW(n, int), .k_out = MEM_NEW(n, double) };

	for (i = 0; i < n; i++) {
		w.first[i] = blocks;
		blocks += wants_k(&g->layer[i]) ? g->layer[i].src->b : 0;
	}
	w.k = MEM_NEW(blocks, double);
	watch_text(&w, t);
	for (i = 0; i < blocks; i++)
		w.k[i] = factor(w.k[i], &g->ro);
	w.error = MEM_NEW((size_t)blocks * CANDIDATES, double);
	if (blocks)
		watch_text(&w, t);
	status = take_factors(g, &w, e);
	free(w.first);
	free(w.k);
	free(w.k_out);
	free(w.error);
	return status;
}

struct sampling { struct progress line; uint64_t tokens; };

static int one_more(void *ctx, int position, int token)
{
	struct sampling *bar = ctx;

	(void)position, (void)token;
	progress_at(&bar->line, ++bar->tokens);
	return 0;
}

void gq_self_text(const struct model *m, unsigned long seed, int n, struct text *t)
{
	struct sampling bar = { .tokens = 0 };
	struct tf tf;

	memset(t, 0, sizeof(*t));
	tf_init(&tf, m, NULL, NULL);
	progress_begin(&bar.line, "tokens to calibrate with", (uint64_t)n);
	/* one sequence; where the model ends it early or the context is full, the next seed goes on */
	while (n > 0) {
		int most = n < m->seq_len ? n : m->seq_len, *tokens = MEM_NEW(most, int);

		tokens[0] = TOK_BOS;
		t->tokens = mem_realloc(t->tokens, (size_t)t->n + 1, sizeof(*t->tokens));
		t->len = mem_realloc(t->len, (size_t)t->n + 1, sizeof(*t->len));
		t->tokens[t->n] = tokens;
		t->len[t->n] = 1 + text_continue(&tf, tokens, 1, most - 1, 1.0, seed++, one_more, &bar);
		n -= t->len[t->n++];
	}
	progress_end(&bar.line);
	tf_release(&tf);
}

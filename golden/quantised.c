/* A model's linear layers in golden's own integers: docs/numerics.md sections 2, 6, 7.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/quantised.h"
#include "common/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct gq_layer *at(const struct gq *g, int layer, int id)
{
	return &g->layer[layer * MODEL_N_LINEAR + id];
}

static int qmax(const struct gl_readout *ro)
{
	return -gc_qlo(ro->input_bits);
}

/* numerics.md section 5: accumulators cannot overflow, or the layer is refused */
static int check_accumulator(const struct gl_readout *ro, int in, const char *where, struct err *e)
{
	int64_t top = ro->window.low + ((1 << ro->bits) - 1) * (int64_t)ro->window.lsb, vmax = llabs(top), planes = 0, slices = 0, most;
	int groups = (in + ro->rows - 1) / ro->rows, i;

	if (vmax < abs(ro->window.low))
		vmax = abs(ro->window.low);
	for (i = 0; i < gc_planes(ro->input_code, ro->input_bits); i++)
		planes += abs(gc_plane_weight(ro->input_code, ro->input_bits, i));
	for (i = 0; i < gc_slices(ro->weight_code, ro->weight_bits, ro->cell_bits); i++)
		slices += abs(gc_slice_weight(ro->weight_code, ro->weight_bits, ro->cell_bits, i));
	most = vmax * planes * slices * groups;
	if (most > INT32_MAX)
		return err_set(e, ERR_INPUT, "%s: an accumulator could reach %lld, legal up to %d; lower readout.bits, readout.lsb or readout.low, or raise array.rows",
			       where, (long long)most, INT32_MAX);
	return 0;
}

/* what a value of a stochastic read-out stands for is this many times as much (section 4) */
static double real_scale(const struct gl_readout *ro)
{
	return ro->conv.kind == RO_STOCHASTIC ? (double)(1 << ro->bits) / ro->conv.samples : 1;
}

/* rows of w[rows][in], each with its own scale (section 2); part: "w", "R", "L" */
static int quantise_rows(const struct gl_readout *ro, const float *w, size_t rows, int in, int8_t *q, float *s, const char *where, const char *part, struct err *e)
{
	size_t r;
	int i;

	for (r = 0; r < rows; r++) {
		for (i = 0; i < in; i++)
			if (!isfinite(w[r * in + i]))
				return err_set(e, ERR_INPUT, "%s: weight %s[%zu][%d] is %s: every weight must be finite; mend the checkpoint", where, part, r, i,
					       isnan(w[r * in + i]) ? "nan" : "infinite");
		s[r] = gc_quantise(ro->weight_code, ro->weight_bits, w + r * in, in, q + r * in);
	}
	return 0;
}

/* stage R requantisers out of the present k_l (section 7) */
static int set_requantisers(const struct gl_readout *ro, struct gq_layer *q, const char *where, struct err *e)
{
	int b = q->src->b, r = q->src->r, c;

	for (c = 0; c < b * b * r; c++) {
		double f = q->sR[c] / q->k[c % (b * r) / r] * real_scale(ro);

		if (!gc_factor(f, &q->M[c], &q->shift[c]))
			return err_set(e, ERR_INPUT, "%s: stage R channel %d needs the requantiser factor %g, legal 0..32767.75; the checkpoint's factors are badly scaled",
				       where, c, f);
	}
	return 0;
}

static int prepare_monarch(struct gq *g, struct gq_layer *q, const char *where, struct err *e)
{
	const struct model_linear *l = q->src;
	int b = l->b, br = l->b * l->r, i;

	q->R = MEM_NEW((size_t)b * br * l->p, int8_t);
	q->L = MEM_NEW((size_t)b * l->s * br, int8_t);
	q->sR = MEM_NEW((size_t)b * br, float);
	q->sL = MEM_NEW((size_t)b * l->s, float);
	q->k = MEM_NEW(b, double);
	q->M = MEM_NEW((size_t)b * br, uint32_t);
	q->shift = MEM_NEW((size_t)b * br, int);
	q->mat = MEM_NEW(2 * (size_t)b, struct gl_matrix *);
	if (quantise_rows(&g->ro, l->R, (size_t)b * br, l->p, q->R, q->sR, where, "R", e) ||
	    quantise_rows(&g->ro, l->L, (size_t)b * l->s, br, q->L, q->sL, where, "L", e))
		return -1;
	for (i = 0; i < b; i++) {
		q->k[i] = 1;
		q->mat[i] = gl_prepare(&g->ro, q->R + (size_t)i * br * l->p, br, l->p);
		q->mat[b + i] = gl_prepare(&g->ro, q->L + (size_t)i * l->s * br, l->s, br);
	}
	return set_requantisers(&g->ro, q, where, e);
}

static int prepare(struct gq *g, struct gq_layer *q, const char *where, struct err *e)
{
	const struct model_linear *l = q->src;

	q->k_out = 1;
	if (l->w) {
		if (check_accumulator(&g->ro, l->in, where, e))
			return -1;
		q->w = MEM_NEW((size_t)l->out * l->in, int8_t);
		q->sw = MEM_NEW(l->out, float);
		q->mat = MEM_NEW(1, struct gl_matrix *);
		if (quantise_rows(&g->ro, l->w, (size_t)l->out, l->in, q->w, q->sw, where, "w", e))
			return -1;
		q->mat[0] = gl_prepare(&g->ro, q->w, l->out, l->in);
		return 0;
	}
	if (check_accumulator(&g->ro, l->p, where, e) || check_accumulator(&g->ro, l->b * l->r, where, e))
		return -1;
	return prepare_monarch(g, q, where, e);
}

static void name_layer(char where[64], int layer, int id)
{
	snprintf(where, 64, "layer '%d.%s'", layer, model_linear_name[id]);
}

struct gq *gq_new(const struct model *m, const struct gl_readout *ro, struct err *e)
{
	struct gq *g = MEM_NEW(1, struct gq);
	char where[64];
	int i, id;

	g->m = m;
	g->ro = *ro;
	g->layer = MEM_NEW((size_t)m->n_layers * MODEL_N_LINEAR, struct gq_layer);
	for (i = 0; i < m->n_layers; i++)
		for (id = 0; id < MODEL_N_LINEAR; id++) {
			struct gq_layer *q = at(g, i, id);

			q->src = &m->layers[i].linear[id];
			name_layer(where, i, id);
			if (prepare(g, q, where, e)) {
				gq_free(g);
				return NULL;
			}
		}
	return g;
}

void gq_free(struct gq *g)
{
	int i, j, n;

	if (!g)
		return;
	for (i = 0; i < g->m->n_layers * MODEL_N_LINEAR; i++) {
		struct gq_layer *q = &g->layer[i];

		n = !q->mat ? 0 : q->w ? 1 : 2 * q->src->b;
		for (j = 0; j < n; j++)
			gl_free(q->mat[j]);
		free(q->mat);
		free(q->w);
		free(q->sw);
		free(q->R);
		free(q->L);
		free(q->sR);
		free(q->sL);
		free(q->k);
		free(q->M);
		free(q->shift);
	}
	free(g->layer);
	free(g);
}

static void monarch(const struct gq *g, const struct gq_layer *q, const int8_t *x, float s_x, float *y)
{
	const struct model_linear *l = q->src;
	int b = l->b, r = l->r, br = b * r, k, i, c, po, widest = br > l->s ? br : l->s;
	int qlo = gc_qlo(g->ro.input_bits), qhi = gc_qhi(g->ro.input_code, g->ro.input_bits);
	int8_t *padded = MEM_NEW((size_t)b * l->p, int8_t), *mid = MEM_NEW((size_t)b * br, int8_t); /* mid [l][k][j]: the L blocks' inputs */
	int32_t *acc = MEM_NEW(widest, int32_t);
	double scale = real_scale(&g->ro);

	memcpy(padded, x, (size_t)l->in);
	for (k = 0; k < b; k++) {
		gl_read(q->mat[k], padded + k * l->p, acc);
		for (i = 0; i < br; i++) {
			c = k * br + i;
			mid[i / r * br + k * r + i % r] = (int8_t)gc_requantise(acc[i], q->M[c], q->shift[c], qlo, qhi);
		}
	}
	for (i = 0; i < b; i++) {
		gl_read(q->mat[b + i], mid + i * br, acc);
		for (po = 0; po < l->s; po++)
			if (po * b + i < l->out)
				y[po * b + i] = (float)((double)acc[po] * q->sL[i * l->s + po] * s_x * q->k[i] * scale);
	}
	free(padded);
	free(mid);
	free(acc);
}

void gq_linear(void *gq, int layer, int id, const float *x, float *y)
{
	struct gq *g = gq;
	const struct gq_layer *q = at(g, layer, id);
	int8_t *xq = MEM_NEW(q->src->in, int8_t);
	float s_x = gc_quantise(g->ro.input_code, g->ro.input_bits, x, q->src->in, xq);

	if (g->capture)
		g->capture(g->capture_ctx, layer, id, xq, s_x);
	if (q->w) {
		int32_t *acc = MEM_NEW(q->src->out, int32_t);
		double scale = real_scale(&g->ro);
		int o;

		gl_read(q->mat[0], xq, acc);
		for (o = 0; o < q->src->out; o++)
			y[o] = (float)((double)acc[o] * q->sw[o] * s_x * scale);
		free(acc);
	} else {
		monarch(g, q, xq, s_x, y);
	}
	free(xq);
}

/* ---- calibration, section 7: two float runs that watch every linear layer, the first for the largest values, the second for the clip ---- */

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
	if (!l->w)
		watch_mid(w, l, x, s_x, w->first[i]);
	for (o = 0; o < l->out; o++)
		if (fabs(y[o]) / s_x > w->k_out[i])
			w->k_out[i] = fabs(y[o]) / s_x;
	free(xq);
}

static void watch_text(struct watch *w, const struct text *t)
{
	struct tf tf;
	int i, j;

	tf_init(&tf, w->g->m, watch_linear, w);
	for (i = 0; i < t->n; i++) {
		tf_reset(&tf);
		for (j = 0; j < t->len[i] && j < w->g->m->seq_len; j++)
			tf_step(&tf, t->tokens[i][j]);
	}
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

static int take_factors(struct gq *g, const struct watch *w, struct err *e)
{
	int i, j;

	for (i = 0; i < g->m->n_layers * MODEL_N_LINEAR; i++) {
		struct gq_layer *q = &g->layer[i];
		char where[64];

		q->k_out = factor(w->k_out[i], &g->ro);
		for (j = w->first[i]; j < w->first[i] + q->src->b; j++)
			q->k[j - w->first[i]] = best_candidate(w->k[j], w->error + (size_t)j * CANDIDATES);
		name_layer(where, i / MODEL_N_LINEAR, i % MODEL_N_LINEAR);
		if (!q->w && set_requantisers(&g->ro, q, where, e))
			return -1;
	}
	return 0;
}

int gq_calibrate(struct gq *g, const struct text *t, struct err *e)
{
	int n = g->m->n_layers * MODEL_N_LINEAR, blocks = 0, i, status;
	struct watch w = { .g = g, .first = MEM_NEW(n, int), .k_out = MEM_NEW(n, double) };

	for (i = 0; i < n; i++) {
		w.first[i] = blocks;
		blocks += g->layer[i].src->b;
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

void gq_self_text(const struct model *m, unsigned long seed, int n, struct text *t)
{
	struct tf tf;

	memset(t, 0, sizeof(*t));
	tf_init(&tf, m, NULL, NULL);
	/* one sequence; where the model ends it early or the context is full, the next seed goes on */
	while (n > 0) {
		int most = n < m->seq_len ? n : m->seq_len, *tokens = MEM_NEW(most, int);

		tokens[0] = TOK_BOS;
		t->tokens = mem_realloc(t->tokens, (size_t)t->n + 1, sizeof(*t->tokens));
		t->len = mem_realloc(t->len, (size_t)t->n + 1, sizeof(*t->len));
		t->tokens[t->n] = tokens;
		t->len[t->n] = 1 + text_sample(&tf, most - 1, 1.0, seed++, tokens + 1);
		n -= t->len[t->n++];
	}
	tf_release(&tf);
}

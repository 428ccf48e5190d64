/* A model's linear layers in golden's own integers: docs/numerics.md sections 2, 6, 7; and what a read-out leaves for a gradient: docs/train.md section 4.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/quantised_parts.h"
#include "common/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* vectors of a layer that stand on the stack: with up to 1024 inputs and outputs nothing is allocated per call */
enum { ROOM = 12 * 1024 };
/* from so many weights on several threads make the layers; with fewer, starting them on a busy machine costs more than the work (15 ns per weight) */
enum { WEIGHTS_WORTH_THREADS = 1 << 18 };

int gq_layers(const struct gq *g)
{
	return g->m->n_layers * MODEL_N_LINEAR + g->head;
}

void gq_where(const struct gq *g, int i, char where[GQ_WHERE])
{
	if (i == g->m->n_layers * MODEL_N_LINEAR)
		snprintf(where, GQ_WHERE, "layer 'head'");
	else
		snprintf(where, GQ_WHERE, "layer '%d.%s'", i / MODEL_N_LINEAR, model_linear_name[i % MODEL_N_LINEAR]);
}

int gq_check_accumulator(const struct gl_readout *ro, int in, const char *where, struct err *e)
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

int gq_requantisers(const struct gl_readout *ro, struct gq_layer *q, const char *where, struct err *e)
{
	int b = q->src->b, r = q->src->r, c;

	for (c = 0; c < b * b * r; c++) {
		double f = q->sR[c] / q->k[c % (b * r) / r] * gl_scale(ro);

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
		q->k[i] = l->k ? l->k[i] : 1;
		q->mat[i] = gl_prepare(&g->ro, q->R + (size_t)i * br * l->p, br, l->p);
		q->mat[b + i] = gl_prepare(&g->ro, q->L + (size_t)i * l->s * br, l->s, br);
	}
	return gq_requantisers(&g->ro, q, where, e);
}

static int prepare(struct gq *g, struct gq_layer *q, const char *where, struct err *e)
{
	const struct model_linear *l = q->src;

	q->k_out = l->k_out ? *l->k_out : 1;
	if (l->w) {
		if (gq_check_accumulator(&g->ro, l->in, where, e))
			return -1;
		q->w = MEM_NEW((size_t)l->out * l->in, int8_t);
		q->sw = MEM_NEW(l->out, float);
		q->mat = MEM_NEW(1, struct gl_matrix *);
		if (quantise_rows(&g->ro, l->w, (size_t)l->out, l->in, q->w, q->sw, where, "w", e))
			return -1;
		q->mat[0] = gl_prepare(&g->ro, q->w, l->out, l->in);
		return 0;
	}
	if (gq_check_accumulator(&g->ro, l->p, where, e) || gq_check_accumulator(&g->ro, l->b * l->r, where, e))
		return -1;
	return prepare_monarch(g, q, where, e);
}

static size_t weights_of(const struct gq *g)
{
	size_t n = 0;
	int i;

	for (i = 0; i < gq_layers(g); i++) {
		const struct model_linear *l = g->layer[i].src;

		n += l->w ? (size_t)l->out * l->in : (size_t)l->b * l->b * l->r * (l->p + l->s);
	}
	return n;
}

struct gq *gq_new(const struct model *m, const struct gl_readout *ro, bool head, struct err *e)
{
	struct gq *g = MEM_NEW(1, struct gq);
	struct err *each;
	int i, n;

	g->m = m;
	g->ro = *ro;
	g->head = head;
	g->head_of = model_head(m);
	n = gq_layers(g);
	g->layer = MEM_NEW(n, struct gq_layer);
	for (i = 0; i < n; i++)
		g->layer[i].src = i == m->n_layers * MODEL_N_LINEAR ? &g->head_of : &m->layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR];
	each = MEM_NEW(n, struct err);
#pragma omp parallel for schedule(dynamic) if (weights_of(g) >= WEIGHTS_WORTH_THREADS)
	for (i = n - 1; i >= 0; i--) { /* the head, the largest, first */
		char where[GQ_WHERE];

		gq_where(g, i, where);
		prepare(g, &g->layer[i], where, &each[i]);
	}
	for (i = 0; i < n && !each[i].code; i++)
		;
	if (i < n) {
		err_set(e, each[i].code, "%s", each[i].text);
		gq_free(g);
		g = NULL;
	}
	free(each);
	return g;
}

void gq_free(struct gq *g)
{
	int i, j, n;

	if (!g)
		return;
	for (i = 0; i < gq_layers(g); i++) {
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

/* the vectors of one call */
struct scratch {
	int8_t *x, *mid;   /* [in], Monarch [b*p]; [b*b*r]: the L blocks' inputs, index (l*b + k)*r + j */
	int32_t *acc;      /* [outputs of a matrix] */
	float *inside;
	void *memory;      /* NULL: they stand in the room */
};

static void take_scratch(struct scratch *s, const struct model_linear *l, int32_t room[ROOM])
{
	size_t br = (size_t)l->b * l->r, wide = l->w ? (size_t)l->out : br > (size_t)l->s ? br : (size_t)l->s;
	size_t x = l->w ? (size_t)l->in : (size_t)l->b * l->p, bytes = 8 * wide + x + l->b * br;
	char *at = (char *)room;

	s->memory = bytes > ROOM * sizeof(*room) ? at = MEM_NEW(bytes, char) : NULL;
	s->acc = (int32_t *)at;
	s->inside = (float *)(s->acc + wide);
	s->x = (int8_t *)(s->inside + wide);
	s->mid = s->x + x;
	memset(s->x, 0, x); /* the padding */
}

/* inside is asked for only where somebody wants it: it costs */
static const float *read_matrix(const struct gl_matrix *m, const int8_t *x, const struct scratch *s, bool inside)
{
	if (!inside) {
		gl_read(m, x, s->acc);
		return NULL;
	}
	gl_read_inside(m, x, s->acc, s->inside);
	return s->inside;
}

float gq_dequantise(const struct gq *g, const struct gq_layer *q, int channel, int32_t acc, float s_x)
{
	double scale = gl_scale(&g->ro);

	if (q->w)
		return (float)((double)acc * q->sw[channel] * s_x * scale);
	return (float)((double)acc * q->sL[channel] * s_x * q->k[channel / q->src->s] * scale);
}

static void read_dense(const struct gq *g, const struct gq_layer *q, const struct scratch *s, float s_x, float *y, const struct gq_trace *t)
{
	const float *inside = read_matrix(q->mat[0], s->x, s, t->pass_out);
	int o;

	for (o = 0; o < q->src->out; o++)
		y[o] = gq_dequantise(g, q, o, s->acc[o], s_x);
	if (inside)
		memcpy(t->pass_out, inside, (size_t)q->src->out * sizeof(*inside));
}

static void read_stage_R(const struct gq *g, const struct gq_layer *q, const struct scratch *s, float s_x, const struct gq_trace *t)
{
	int b = q->src->b, r = q->src->r, br = b * r, k, i;
	int qlo = gc_qlo(g->ro.input_bits), qhi = gc_qhi(g->ro.input_code, g->ro.input_bits);

	for (k = 0; k < b; k++) {
		const float *inside = read_matrix(q->mat[k], s->x + k * q->src->p, s, t->pass_mid);

		for (i = 0; i < br; i++) {
			int c = k * br + i, to = i / r * br + k * r + i % r;
			int v = gc_requantise(s->acc[i], q->M[c], q->shift[c], qlo - 1, qhi + 1); /* one more on either side tells what the clamp cuts */
			int mid = v < qlo ? qlo : v > qhi ? qhi : v;

			s->mid[to] = (int8_t)mid;
			if (t->mid)
				t->mid[to] = (float)(mid * (double)s_x * q->k[i / r]);
			if (inside)
				t->pass_mid[to] = mid == v ? inside[i] : 0;
		}
	}
}

static void read_stage_L(const struct gq *g, const struct gq_layer *q, const struct scratch *s, float s_x, float *y, const struct gq_trace *t)
{
	const struct model_linear *l = q->src;
	int b = l->b, i, po;

	for (i = 0; i < b; i++) {
		const float *inside = read_matrix(q->mat[b + i], s->mid + i * b * l->r, s, t->pass_out);

		for (po = 0; po < l->s && po * b + i < l->out; po++) {
			y[po * b + i] = gq_dequantise(g, q, i * l->s + po, s->acc[po], s_x);
			if (inside)
				t->pass_out[po * b + i] = inside[po];
		}
	}
}

void gq_linear_traced(struct gq *g, int layer, int id, const float *x, float *y, const struct gq_trace *t)
{
	const struct gq_layer *q = &g->layer[layer * MODEL_N_LINEAR + id];
	int32_t room[ROOM];
	struct scratch s;
	float s_x;
	int i;

	take_scratch(&s, q->src, room);
	s_x = gc_quantise(g->ro.input_code, g->ro.input_bits, x, q->src->in, s.x);
	if (g->capture)
		g->capture(g->capture_ctx, layer, id, s.x, s_x);
	for (i = 0; t->x && i < q->src->in; i++)
		t->x[i] = (float)s.x[i] * s_x;
	if (q->w) {
		read_dense(g, q, &s, s_x, y, t);
	} else {
		read_stage_R(g, q, &s, s_x, t);
		read_stage_L(g, q, &s, s_x, y, t);
	}
	free(s.memory);
}

void gq_linear(void *gq, int layer, int id, const float *x, float *y)
{
	gq_linear_traced(gq, layer, id, x, y, &(struct gq_trace){ 0 });
}

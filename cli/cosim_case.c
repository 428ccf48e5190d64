/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_case.h"
#include "cli/cli_readout.h"
#include "common/mem.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void differ(struct cosim_case *k, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void differ(struct cosim_case *k, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (k->mismatches++)
		return;
	n = snprintf(k->first, sizeof(k->first), "layer '%s': ", k->map.name);
	va_start(ap, fmt);
	vsnprintf(k->first + n, sizeof(k->first) - n, fmt, ap);
	va_end(ap);
}

/* ---- two quantisers, one answer ---- */

static void check_integers(struct cosim_case *k)
{
	for (int s = 0; s < k->n_stages; s++) {
		const struct case_stage *g = &k->stage[s];
		const struct map_stage *m = &k->map.stage[s];
		size_t channels = (size_t)g->blocks * g->out, i;

		if (m->blocks != g->blocks || m->out != g->out || m->in != g->in) {
			differ(k, "stage %d: golden has %d blocks of %d x %d, the mapper %d of %d x %d", s, g->blocks, g->out, g->in, m->blocks, m->out, m->in);
			continue;
		}
		for (i = 0; i < channels * g->in; i++)
			if (m->w[i] != g->w[i])
				differ(k, "stage %d, weight [%zu][%zu]: golden quantises it to %d, the mapper to %d", s, i / g->in, i % g->in, g->w[i], m->w[i]);
		for (i = 0; i < channels; i++) {
			if (m->scale[i] != g->scale[i])
				differ(k, "stage %d, channel %zu: golden's weight scale is %.9g, the mapper's %.9g", s, i, g->scale[i], m->scale[i]);
			if (m->M[i] != g->M[i] || m->s[i] != g->shift[i])
				differ(k, "stage %d, channel %zu: golden's requantiser is %u >> %d, the mapper's %u >> %d", s, i, g->M[i], g->shift[i], m->M[i], m->s[i]);
		}
	}
}

/* ---- golden's side ---- */

/* w [blocks][out][in] as one matrix with zeros outside the blocks */
static int8_t *expand(const struct case_stage *g)
{
	size_t in = (size_t)g->blocks * g->in;
	int8_t *w = MEM_NEW((size_t)g->blocks * g->out * in, int8_t);

	for (int o = 0; o < g->blocks * g->out; o++)
		memcpy(w + o * in + (size_t)(o / g->out) * g->in, g->w + (size_t)o * g->in, g->in);
	return w;
}

static bool is_dense(const struct cosim_case *k, const struct case_stage *g)
{
	return g->blocks > 1 && k->placement == MAP_LINEAR;
}

/* the partition: blocks by themselves, but stored dense (linear placement) one matrix */
static struct gl_matrix **matrices(const struct gl_readout *ro, const struct case_stage *g, bool dense)
{
	struct gl_matrix **mat = MEM_NEW(g->n_mat, struct gl_matrix *);
	int8_t *w = dense ? expand(g) : NULL;

	for (int i = 0; i < g->n_mat; i++)
		mat[i] = gl_prepare(ro, dense ? w : g->w + (size_t)i * g->out * g->in, g->mat_out, g->mat_in);
	free(w);
	return mat;
}

static void free_matrices(struct case_stage *g)
{
	for (int i = 0; g->mat && i < g->n_mat; i++)
		gl_free(g->mat[i]);
	free(g->mat);
	g->mat = NULL;
}

/* Lossless: the integer product needs no read-out. */
static void prepare_readout(struct cosim_case *k, struct case_stage *g)
{
	bool dense = is_dense(k, g);

	g->mat_out = dense ? g->blocks * g->out : g->out;
	g->mat_in = dense ? g->blocks * g->in : g->in;
	g->n_mat = dense ? 1 : g->blocks;
	g->lossless = gl_lossless(&k->ro, g->mat_in < k->ro.rows ? g->mat_in : k->ro.rows) &&
		      (g->mat_in < k->ro.rows || g->mat_in % k->ro.rows == 0 || gl_lossless(&k->ro, g->mat_in % k->ro.rows));
	if (!g->lossless)
		g->mat = matrices(&k->ro, g, dense);
}

static int factors(struct cosim_case *k, struct case_stage *g, const double *by_block, struct err *e)
{
	int channels = g->blocks * g->out;

	g->M = MEM_NEW(channels, uint32_t);
	g->shift = MEM_NEW(channels, int);
	for (int i = 0; i < channels; i++) {
		double f = (double)g->scale[i] * (by_block ? by_block[i / g->out] : 1) / k->k_out * gl_scale(&k->ro);

		if (!gc_factor(f, &g->M[i], &g->shift[i]))
			return err_set(e, ERR_INPUT, "layer '%s': channel %d needs the requantiser factor %g, legal 0..32767.75: scale the weights down, or raise the calibration number behind it", k->map.name, i, f);
	}
	return 0;
}

int case_from_model(struct cosim_case *k, const struct cfg *c, const struct gl_readout *ro, const struct gq_layer *q, const char *name, enum map_placement p, struct err *e)
{
	const struct model_linear *l = q->src;
	struct case_stage *R = &k->stage[0], *L = &k->stage[1];
	int b = l->b, br = l->b * l->r;

	k->ro = *ro;
	k->placement = p;
	k->k_out = q->k_out;
	if (map_quantise(c, l, name, l->w ? NULL : q->k, q->k_out, &k->map, e))
		return -1;
	if (l->w) {
		k->n_stages = 1;
		*R = (struct case_stage){ .blocks = 1, .out = l->out, .in = l->in, .w = q->w, .scale = q->sw };
		if (factors(k, R, NULL, e))
			return -1;
		prepare_readout(k, R);
	} else {
		k->n_stages = 2;
		*R = (struct case_stage){ .blocks = b, .out = br, .in = l->p, .w = q->R, .scale = q->sR };
		*L = (struct case_stage){ .blocks = b, .out = l->s, .in = br, .w = q->L, .scale = q->sL };
		R->M = MEM_NEW((size_t)b * br, uint32_t);
		R->shift = MEM_NEW((size_t)b * br, int);
		memcpy(R->M, q->M, (size_t)b * br * sizeof(*R->M));
		memcpy(R->shift, q->shift, (size_t)b * br * sizeof(*R->shift));
		if (factors(k, L, q->k, e))
			return -1;
		prepare_readout(k, R);
		prepare_readout(k, L);
	}
	check_integers(k);
	return 0;
}

/* max over tokens and outputs of |y| / s_x, divided by qmax(input bits), numerics.md section 7; y / s_x is the exact product times the row's scale */
static double calibrate(const struct cosim_case *k, const int8_t *w, const float *scale, int out, int in)
{
	int32_t *y = MEM_NEW(out, int32_t);
	double most = 0;

	for (int t = 0; t < k->tokens; t++) {
		gl_matmul(w, k->x + (size_t)t * in, out, in, y);
		for (int o = 0; o < out; o++)
			if (labs((long)y[o]) * (double)scale[o] > most)
				most = labs((long)y[o]) * (double)scale[o];
	}
	free(y);
	return most > 0 ? most / -gc_qlo(k->ro.input_bits) : 1;
}

/* the mapper's side of a matrix: its own quantiser, or the integers as they are */
static int map_matrix_of(struct cosim_case *k, const struct cfg *c, const int8_t *w, const float *floats, int out, int in, const char *name, struct err *e)
{
	struct model_linear l = { .out = out, .in = in, .w = floats };
	int32_t *wide;
	int rc;

	if (floats)
		return map_quantise(c, &l, name, NULL, k->k_out, &k->map, e);
	wide = MEM_NEW((size_t)out * in, int32_t);
	for (size_t i = 0; i < (size_t)out * in; i++)
		wide[i] = w[i];
	rc = map_take_integers(c, wide, out, in, name, k->k_out, &k->map, e);
	free(wide);
	return rc;
}

int case_from_matrix(struct cosim_case *k, const struct cfg *c, const struct gl_readout *ro, int8_t *w, float *scale, const float *floats, int out, int in,
		     const char *name, enum map_placement p, struct err *e)
{
	k->ro = *ro;
	k->placement = p;
	k->own_w = w;
	k->own_scale = scale;
	k->n_stages = 1;
	k->stage[0] = (struct case_stage){ .blocks = 1, .out = out, .in = in, .w = w, .scale = scale };
	k->k_out = calibrate(k, w, scale, out, in);
	if (map_matrix_of(k, c, w, floats, out, in, name, e) || factors(k, &k->stage[0], NULL, e))
		return -1;
	prepare_readout(k, &k->stage[0]);
	check_integers(k);
	return 0;
}

void case_release(struct cosim_case *k)
{
	for (int s = 0; s < 2; s++) {
		struct case_stage *g = &k->stage[s];

		free_matrices(g);
		free(g->M);
		free(g->shift);
		free(g->y);
		free(g->q);
	}
	for (int i = 0; i < k->n_parts; i++)
		case_release(&k->part[i]);
	free(k->part);
	map_layer_release(&k->map);
	free(k->own_w);
	free(k->own_scale);
	free(k->x);
	free(k->s_x);
	memset(k, 0, sizeof(*k));
}

/* ---- the layer level ---- */

int8_t *case_mid(const struct cosim_case *k, const int32_t *q)
{
	const struct case_stage *R = &k->stage[0];
	int b = R->blocks, br = R->out, r = br / b;
	int8_t *x = MEM_NEW((size_t)k->tokens * b * br, int8_t);

	for (int t = 0; t < k->tokens; t++)
		for (int block = 0; block < b; block++)
			for (int i = 0; i < br; i++)
				x[(size_t)t * b * br + (size_t)(i / r) * br + block * r + i % r] = (int8_t)q[(size_t)t * b * br + (size_t)block * br + i];
	return x;
}

/* x [blocks*in] -> y [blocks*out], golden's answer */
static void answer(const struct case_stage *g, const int8_t *x, int32_t *y)
{
	for (int i = 0; g->mat && i < g->n_mat; i++)
		gl_read(g->mat[i], x + (size_t)i * g->mat_in, y + (size_t)i * g->mat_out);
	for (int i = 0; !g->mat && i < g->blocks; i++)
		gl_matmul(g->w + (size_t)i * g->out * g->in, x + (size_t)i * g->in, g->out, g->in, y + (size_t)i * g->out);
}

/* one output of a device with faults */
static void add_cost(struct case_cost *c, int32_t fault_free, int32_t seen, bool same_q)
{
	int64_t d = (int64_t)seen - fault_free;

	d = d < 0 ? -d : d;
	c->changed += d || !same_q;
	c->error += (double)d;
	c->size += fault_free < 0 ? -(double)fault_free : fault_free;
	c->largest = d > c->largest ? d : c->largest;
}

/* x: [tokens][blocks*in]; q: golden's results, [tokens][blocks*out], new memory */
static int32_t *check_stage(struct cosim_case *k, int s, const int8_t *x)
{
	const struct case_stage *g = &k->stage[s];
	int channels = g->blocks * g->out, qlo = gc_qlo(k->ro.input_bits), qhi = gc_qhi(k->ro.input_code, k->ro.input_bits);
	int32_t *y = MEM_NEW(channels, int32_t), *q = MEM_NEW((size_t)k->tokens * channels, int32_t);

	for (int t = 0; t < k->tokens; t++) {
		answer(g, x + (size_t)t * g->blocks * g->in, y);
		for (int i = 0; i < channels; i++) {
			size_t at = (size_t)t * channels + i;

			q[at] = gc_requantise(y[i], g->M[i], g->shift[i], qlo, qhi);
			k->outputs_compared++;
			if (k->faulty)
				add_cost(&k->cost, y[i], g->y[at], g->q[at] == q[at]);
			else if (g->y[at] != y[i])
				differ(k, "token %d, stage %d, channel %d: golden's layer gives %d (%s), the device %d", k->token0 + t, s, i, y[i],
				       g->lossless ? "integer product" : "read-out partition", g->y[at]);
			else if (g->q[at] != q[at])
				differ(k, "token %d, stage %d, channel %d: golden's requantiser gives %d of %d, the device %d", k->token0 + t, s, i, q[at], y[i], g->q[at]);
		}
	}
	free(y);
	return q;
}

/* inputs of stage 0: [tokens][blocks*in], new memory */
static int8_t *padded_inputs(const struct cosim_case *k)
{
	const struct case_stage *g = &k->stage[0];
	size_t padded = (size_t)g->blocks * g->in;
	int8_t *x = MEM_NEW(k->tokens * padded, int8_t);

	for (int t = 0; t < k->tokens; t++)
		memcpy(x + t * padded, k->x + (size_t)t * k->map.in, k->map.in);
	return x;
}

static void choose_judge(struct cosim_case *k, const struct cli_tables *tables, const struct cli_tree *tree)
{
	bool canonical = k->n_stages == 1 && k->placement <= MAP_SPARSE && k->groups <= 1; /* columns, and so converters, stand where numerics.md section 8 says */

	for (int s = 0; s < k->n_stages && tree; s++) {
		struct case_stage *g = &k->stage[s];

		k->ro.conv.tree = &tree->ro;
		if (!g->mat)
			continue;
		free_matrices(g);
		g->mat = matrices(&k->ro, g, is_dense(k, g));
	}

	if (k->ro.conv.kind == RO_STOCHASTIC)
		k->machine_only = "stochastic converters draw in the order of their own conversions";
	else if (k->ro.noise)
		k->machine_only = "noise is drawn in the order of a converter's conversions";
	else if (tables && tables->golden && !(tables->same_tiles && (tables->same_lanes || canonical)))
		k->machine_only = "threshold tables differ from converter to converter";
	if (k->machine_only)
		for (int s = 0; s < k->n_stages; s++)
			k->stage[s].lossless = false;
}

void case_choose_judge(struct cosim_case *k, const struct cli_tables *tables, const struct cli_tree *tree)
{
	for (int i = 0; i < case_parts(k); i++)
		choose_judge(case_part(k, i), tables, tree);
	k->machine_only = case_part(k, 0)->machine_only;
}

static void add_histogram(const struct cosim_case *k, uint64_t *histogram)
{
	int qlo = gc_qlo(k->ro.input_bits), qhi = gc_qhi(k->ro.input_code, k->ro.input_bits);
	struct gl_readout ro = k->ro;
	int8_t *x = padded_inputs(k);

	ro.histogram = histogram;
	for (int s = 0; s < k->n_stages; s++) {
		struct case_stage g = k->stage[s];
		int channels = g.blocks * g.out;
		int32_t *y = MEM_NEW((size_t)k->tokens * channels, int32_t);

		g.mat = matrices(&ro, &g, is_dense(k, &g));
		for (int t = 0; t < k->tokens; t++)
			answer(&g, x + (size_t)t * g.blocks * g.in, y + (size_t)t * channels);
		for (size_t i = 0; i < (size_t)k->tokens * channels; i++)
			y[i] = gc_requantise(y[i], g.M[i % channels], g.shift[i % channels], qlo, qhi);
		free_matrices(&g);
		free(x);
		x = s + 1 < k->n_stages ? case_mid(k, y) : NULL;
		free(y);
	}
	free(x);
}

void case_histogram(struct cosim_case *k, uint64_t *histogram)
{
	for (int i = 0; i < case_parts(k); i++)
		add_histogram(case_part(k, i), histogram);
}

static void check_layer(struct cosim_case *k)
{
	int8_t *x, *mid;
	int32_t *q;

	x = padded_inputs(k);
	q = check_stage(k, 0, x);
	if (k->n_stages == 2) {
		mid = case_mid(k, q);
		free(q);
		q = check_stage(k, 1, mid);
		free(mid);
	}
	free(q);
	free(x);
}

void case_set_faulty(struct cosim_case *k, bool faulty)
{
	for (int i = 0; i < case_parts(k); i++)
		case_part(k, i)->faulty = faulty;
}

static void sum_cost(struct case_cost *to, const struct case_cost *c)
{
	to->changed += c->changed;
	to->error += c->error;
	to->size += c->size;
	to->largest = c->largest > to->largest ? c->largest : to->largest;
}

void case_check(struct cosim_case *k)
{
	for (int i = 0; i < case_parts(k) && !k->machine_only; i++)
		check_layer(case_part(k, i));
	if (k->n_parts) {
		k->outputs_compared = k->mismatches = 0;
		k->cost = (struct case_cost){ 0 };
	}
	if (k->machine_only)
		k->outputs_compared = k->total.beats;
	for (int i = 0; i < k->n_parts; i++) {
		k->outputs_compared += k->part[i].outputs_compared;
		k->mismatches += k->part[i].mismatches;
		sum_cost(&k->cost, &k->part[i].cost);
		if (!*k->first)
			memcpy(k->first, k->part[i].first, sizeof(k->first));
	}
}

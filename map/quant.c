/* Float layers -> integers, scales, requantisers: docs/numerics.md sections 2, 5, 6, 7.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/map.h"
#include "common/mem.h"
#include "map/number.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* one row of n weights; returns s_w. A scale that underflows to zero is that of an all-zero row. */
static float quantise_row(const struct cfg *c, const float *v, int n, int8_t *q)
{
	float lo = (float)num_qlo(c->weight_bits), hi = (float)num_qhi(c->weight_code, c->weight_bits), top = 0, scale;

	for (int i = 0; i < n; i++)
		if (fabsf(v[i]) > top)
			top = fabsf(v[i]);
	scale = top / (float)num_qmax(c->weight_bits);
	if (scale == 0) {
		memset(q, 0, (size_t)n);
		return 1;
	}
	for (int i = 0; i < n; i++)
		q[i] = (int8_t)fminf(fmaxf(rintf(v[i] / scale), lo), hi);
	return scale;
}

/* (M, s) of a real factor, section 6; -1: there is none */
static int factor(double f, uint16_t *M, uint8_t *s)
{
	if (f == 0) {
		*M = 0;
		*s = 1;
		return 0;
	}
	for (int shift = 47; shift >= 1; shift--) {
		double m = rint(ldexp(f, shift));

		if (m <= 65535) {
			*M = (uint16_t)m;
			*s = (uint8_t)shift;
			return 0;
		}
	}
	return -1;
}

static void stage_init(struct map_stage *st, int blocks, int out, int in)
{
	size_t channels = (size_t)blocks * (size_t)out;

	st->blocks = blocks;
	st->out = out;
	st->in = in;
	st->w = mem_calloc(channels, (size_t)in);
	st->scale = MEM_NEW(channels, float);
	st->M = MEM_NEW(channels, uint16_t);
	st->s = MEM_NEW(channels, uint8_t);
}

static int stage_quantise(const struct cfg *c, struct map_stage *st, const float *w, const char *name, const char *part, struct err *e)
{
	size_t channels = (size_t)st->blocks * (size_t)st->out, in = (size_t)st->in;

	for (size_t i = 0; i < channels * in; i++)
		if (!isfinite(w[i]))
			return err_set(e, ERR_INPUT, "layer '%s': weight %s[%zu][%zu] is %s: every weight must be finite; mend the checkpoint", name, part, i / in, i % in,
				       isnan(w[i]) ? "nan" : "infinite");
	for (size_t o = 0; o < channels; o++)
		st->scale[o] = quantise_row(c, w + o * in, st->in, st->w + o * in);
	return 0;
}

static int set_factor(struct map_stage *st, size_t channel, double f, const char *name, struct err *e)
{
	if (!(f >= 0) || factor(f, &st->M[channel], &st->s[channel]))
		return err_set(e, ERR_INPUT, "layer '%s': channel %zu needs the requantiser factor %g, legal 0..32767.75: scale the weights down, or raise the calibration number behind it", name, channel, f);
	return 0;
}

static int check_overflow(const struct cfg *c, const struct map_stage *st, const char *name, struct err *e)
{
	long groups = ((long)st->in + c->rows - 1) / c->rows;

	if (num_overflow(c, groups))
		return err_set(e, ERR_INPUT,
			       "layer '%s': %d inputs make %ld row groups of array.rows %d, legal 0..%ld before a 32-bit accumulator could overflow: lower readout.bits or readout.lsb, or raise array.rows",
			       name, st->in, groups, c->rows, num_most_row_groups(c));
	return 0;
}

static void begin(struct map_layer *out, const char *name, int rows, int cols, double k_out)
{
	memset(out, 0, sizeof(*out));
	snprintf(out->name, sizeof(out->name), "%s", name);
	out->out = rows;
	out->in = cols;
	out->b = 1;
	out->p = cols;
	out->sub = rows;
	out->n_stages = 1;
	out->k_out = k_out > 0 ? k_out : 1;
}

static int check_shape(const struct model_linear *l, const char *name, struct err *e)
{
	if (l->out < 1 || l->in < 1)
		return err_set(e, ERR_INPUT, "layer '%s': shape %d x %d, legal 1 or more on both sides; mend the checkpoint", name, l->out, l->in);
	if (l->w)
		return 0;
	if (l->b < 1 || l->r < 1 || l->p < 1 || l->s < 1 || (long long)l->b * l->p < l->in || (long long)l->b * l->s < l->out || (long long)l->b * l->b * l->r > 1 << 24)
		return err_set(e, ERR_INPUT, "layer '%s': Monarch blocks %d, rank %d, block input %d, block output %d do not cover %d x %d: b*p >= in and b*s >= out are needed", name,
			       l->b, l->r, l->p, l->s, l->out, l->in);
	return 0;
}

/* dense: factor s_w / k_out; here and below times what a stochastic conversion scales its counts by (section 4) */
static int finish_dense(const struct cfg *c, struct map_layer *l, struct err *e)
{
	for (int o = 0; o < l->out; o++)
		if (set_factor(&l->stage[0], (size_t)o, (double)l->stage[0].scale[o] / l->k_out * num_gain(c), l->name, e))
			return -1;
	return check_overflow(c, &l->stage[0], l->name, e);
}

/* Monarch: s_wR / k_l with l = i div r, then s_wL * k_l / k_out */
static int finish_monarch(const struct cfg *c, struct map_layer *l, struct err *e)
{
	struct map_stage *R = &l->stage[0], *L = &l->stage[1];

	for (int i = 0; i < R->blocks * R->out; i++)
		if (set_factor(R, (size_t)i, (double)R->scale[i] / l->k[i % R->out / l->r] * num_gain(c), l->name, e))
			return -1;
	for (int i = 0; i < L->blocks * L->out; i++)
		if (set_factor(L, (size_t)i, (double)L->scale[i] * l->k[i / L->out] / l->k_out * num_gain(c), l->name, e))
			return -1;
	return check_overflow(c, R, l->name, e) || check_overflow(c, L, l->name, e) ? -1 : 0;
}

static int quantise_monarch(const struct cfg *c, const struct model_linear *l, const double *k, struct map_layer *out, struct err *e)
{
	out->monarch = true;
	out->b = l->b;
	out->r = l->r;
	out->p = l->p;
	out->sub = l->s;
	out->n_stages = 2;
	out->k = MEM_NEW((size_t)l->b, double);
	for (int i = 0; i < l->b; i++) {
		out->k[i] = k ? k[i] : 1;
		if (!(out->k[i] > 0))
			return err_set(e, ERR_INPUT, "layer '%s': calibration number k[%d] is %g, legal is a number greater than 0; calibrate on other tokens", out->name, i, out->k[i]);
	}
	stage_init(&out->stage[0], l->b, l->b * l->r, l->p);
	stage_init(&out->stage[1], l->b, l->s, l->b * l->r);
	if (stage_quantise(c, &out->stage[0], l->R, out->name, "R", e) || stage_quantise(c, &out->stage[1], l->L, out->name, "L", e))
		return -1;
	return finish_monarch(c, out, e);
}

int map_quantise(const struct cfg *c, const struct model_linear *l, const char *name, const double *k, double k_out, struct map_layer *out, struct err *e)
{
	int status;

	begin(out, name, l->out, l->in, k_out);
	if (check_shape(l, name, e))
		return -1;
	if (l->w) {
		stage_init(&out->stage[0], 1, l->out, l->in);
		status = stage_quantise(c, &out->stage[0], l->w, name, "w", e) || finish_dense(c, out, e) ? -1 : 0;
	} else {
		status = quantise_monarch(c, l, k, out, e);
	}
	if (status)
		map_layer_release(out);
	return status;
}

int map_take_integers(const struct cfg *c, const int32_t *w, int rows, int cols, const char *name, double k_out, struct map_layer *out, struct err *e)
{
	struct map_stage *st = &out->stage[0];
	int lo, hi;

	begin(out, name, rows, cols, k_out);
	if (rows < 1 || cols < 1)
		return err_set(e, ERR_INPUT, "matrix '%s': shape %d x %d, legal 1 or more on both sides; leave no axis empty", name, rows, cols);
	num_weight_range(c, &lo, &hi);
	stage_init(st, 1, rows, cols);
	for (int o = 0; o < rows; o++) {
		st->scale[o] = 1;
		for (int i = 0; i < cols; i++) {
			int32_t v = w[(size_t)o * (size_t)cols + (size_t)i];

			if (v < lo || v > hi) {
				err_set(e, ERR_INPUT, "matrix '%s': value %ld in row %d, column %d is outside %d..%d of the weight code: raise numbers.weight_bits or scale the matrix", name,
					(long)v, o, i, lo, hi);
				map_layer_release(out);
				return -1;
			}
			st->w[(size_t)o * (size_t)cols + (size_t)i] = (int8_t)v;
		}
	}
	if (finish_dense(c, out, e)) {
		map_layer_release(out);
		return -1;
	}
	return 0;
}

void map_layer_release(struct map_layer *l)
{
	for (int i = 0; i < 2; i++) {
		free(l->stage[i].w);
		free(l->stage[i].scale);
		free(l->stage[i].M);
		free(l->stage[i].s);
	}
	free(l->k);
	memset(l, 0, sizeof(*l));
}

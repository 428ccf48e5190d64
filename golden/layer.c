/* What must come out of a layer: the integer oracle, and the canonical read-out of docs/numerics.md section 8, prepared.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer_parts.h"
#include "common/err.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

void gl_matmul(const int8_t *w, const int8_t *x, int out, int in, int32_t *y)
{
	int o, i;

	for (o = 0; o < out; o++, w += in)
		for (y[o] = 0, i = 0; i < in; i++)
			y[o] += (int32_t)w[i] * x[i];
}

double gl_scale(const struct gl_readout *ro)
{
	return ro->conv.kind == RO_STOCHASTIC ? (double)(1 << ro->bits) / ro->conv.samples : 1;
}

bool gl_lossless(const struct gl_readout *ro, int rows_active)
{
	struct gl_shape *s;
	bool lossless;

	if (gl_has_state(ro))
		return false;
	s = gl_shape_get(ro, rows_active);
	lossless = s->lossless;
	gl_shape_put(s);
	return lossless;
}

static void place_columns(struct gl_matrix *m)
{
	const struct gl_readout *ro = &m->ro;
	int K = m->shape[0]->K, cols = m->shape[0]->dif ? ro->cols / 2 : ro->cols;
	int wide = K <= cols ? cols / K : 1, groups = (m->out + wide - 1) / wide, per_array = (m->out + groups - 1) / groups, o, j;
	size_t column = 0;

	m->table = MEM_NEW((size_t)m->out * K, uint16_t);
	m->lane = MEM_NEW((size_t)m->out * K, uint16_t);
	for (o = 0; o < m->out; o++)
		for (j = 0; j < K; j++, column++) {
			/* K > cols: one output per array, its slices in parts of cols columns */
			m->lane[column] = (uint16_t)((o % per_array * K + j) % cols % ro->adcs);
			m->table[column] = ro->thresholds ? m->lane[column] : 0;
		}
}

static void make_state(struct gl_matrix *m)
{
	int i;

	m->state = MEM_NEW(1, struct gl_state);
	m->state->lfsr = MEM_NEW(m->ro.adcs, uint16_t);
	m->state->conversion = MEM_NEW(m->ro.adcs, uint64_t);
	for (i = 0; i < m->ro.adcs; i++)
		m->state->lfsr[i] = ro_lfsr_start(m->ro.seed, i);
}

static void check_codes(const struct gl_readout *ro, const int8_t *w, size_t n)
{
	/* the range of the code, not of the quantiser: tc has one more value below (section 1) */
	int lo = ro->weight_code == GC_TC ? -(1 << (ro->weight_bits - 1)) : gc_qlo(ro->weight_bits);
	int hi = gc_qhi(ro->weight_code, ro->weight_bits), l;
	typedef int8_t v16 __attribute__((vector_size(16)));
	v16 bad = { 0 }, v;
	size_t i;

	for (i = 0; i + 16 <= n; i += 16) {
		memcpy(&v, w + i, 16);
		bad |= (v < (int8_t)lo) | (v > (int8_t)hi);
	}
	for (l = 0; l < 16; l++)
		if (bad[l])
			i = 0;
	for (; i < n; i++)
		if (w[i] < lo || w[i] > hi)
			BUG("weight %d is outside its code, legal %d..%d", w[i], lo, hi);
}

/* No count changes its value and none is outside its range: the sum of all of them is the product. */
static bool is_product(const struct gl_matrix *m)
{
	const struct gl_shape *a = m->shape[0], *b = m->shape[1];

	return m->ro.product && !m->state && !m->ro.histogram && a->lossless && b->lossless && a->all_inside && b->all_inside;
}

struct gl_matrix *gl_prepare(const struct gl_readout *ro, const int8_t *w, int out, int in)
{
	struct gl_matrix *m = MEM_NEW(1, struct gl_matrix);
	int g;

	if (out < 1 || in < 1 || ro->rows < 1 || ro->rows > 64 * GL_WORDS)
		BUG("matrix of %d x %d on %d rows", out, in, ro->rows);
	check_codes(ro, w, (size_t)out * in);
	m->ro = *ro;
	m->ro.conv.bits = ro->bits;
	m->simd = (enum gl_simd)gl_simd();
	m->out = out;
	m->in = in;
	m->n_groups = (in + ro->rows - 1) / ro->rows;
	m->group = MEM_NEW(m->n_groups, struct gl_group);
	m->shape[0] = gl_shape_get(ro, in < ro->rows ? in : ro->rows);
	m->shape[1] = gl_shape_get(ro, in - (m->n_groups - 1) * ro->rows);
	for (g = 0; g < m->n_groups; g++) {
		struct gl_group *gr = &m->group[g];

		gr->first = g * ro->rows;
		gr->shape = m->shape[g == m->n_groups - 1];
		gr->words = (gr->shape->n + 63) / 64;
	}
	if (gl_has_state(ro))
		make_state(m);
	if (m->state || ro->thresholds)
		place_columns(m);
	if (is_product(m))
		gl_pairs_fill(m, w);
	else if (!gl_lanes_fill(m, w))
		gl_words_fill(m, w);
	return m;
}

void gl_free(struct gl_matrix *m)
{
	int g;

	if (!m)
		return;
	gl_shape_put(m->shape[0]);
	gl_shape_put(m->shape[1]);
	gl_lanes_free(m->lanes);
	for (g = 0; g < m->n_groups; g++)
		free(m->group[g].column);
	free(m->group);
	free(m->table);
	free(m->lane);
	free(m->pairs);
	if (m->state) {
		free(m->state->lfsr);
		free(m->state->conversion);
	}
	free(m->state);
	free(m);
}

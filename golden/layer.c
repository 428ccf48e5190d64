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

int gl_smax(const struct gl_readout *ro, int rows_active)
{
	return rows_active * ((1 << ro->cell_bits) - 1);
}

/* least count of a column */
static int smin(const struct gl_readout *ro, int rows_active)
{
	return ro->weight_code == GC_DIF ? -gl_smax(ro, rows_active) : 0;
}

static int resolution(const struct gl_readout *ro, int rows_active)
{
	return ro_resolution(&ro->window, ro->bits, ro->grid_bits, rows_active, ro->cell_bits, ro->full);
}

static bool has_state(const struct gl_readout *ro)
{
	return ro->conv.kind == RO_STOCHASTIC || ro->noise;
}

static const int32_t *thresholds_of(const struct gl_readout *ro, int table, int32_t *ideal)
{
	if (ro->thresholds)
		return ro->thresholds + ((size_t)table << ro->bits);
	ro_ideal_table(&ro->window, ro->bits, ro->grid_bits, ideal);
	return ideal;
}

/* value of every count smin..smax as converter `table` reads it at the resolution of an activation of that many rows, count smin first */
static void read_counts(const struct gl_readout *ro, int rows, int table, int32_t *value)
{
	int32_t ideal[1 << 12];
	int lowest = smin(ro, rows), highest = gl_smax(ro, rows), count;
	uint16_t *code = MEM_NEW(highest - lowest + 1, uint16_t);
	struct ro_conv conv = ro->conv;

	conv.bits = ro->bits;
	ro_lookup(&conv, thresholds_of(ro, table, ideal), resolution(ro, rows), ro->grid_bits, lowest, highest, code, NULL);
	for (count = 0; count <= highest - lowest; count++)
		value[count] = ro->window.low + code[count] * ro->window.lsb;
	free(code);
}

bool gl_lossless(const struct gl_readout *ro, int rows_active)
{
	int lowest = smin(ro, rows_active), highest = gl_smax(ro, rows_active), t, count;
	int32_t *value;
	bool same = true;

	if (has_state(ro))
		return false;
	value = MEM_NEW(highest - lowest + 1, int32_t);
	for (t = 0; t < (ro->thresholds ? ro->adcs : 1) && same; t++) {
		read_counts(ro, rows_active, t, value);
		for (count = lowest; count <= highest && same; count++)
			same = value[count - lowest] == count;
	}
	free(value);
	return same;
}

static void place_columns(struct gl_matrix *m, const struct gl_readout *ro)
{
	int cols = m->dif ? ro->cols / 2 : ro->cols;
	int wide = m->K <= cols ? cols / m->K : 1, groups = (m->out + wide - 1) / wide, per_array = (m->out + groups - 1) / groups, o, j;

	for (o = 0; o < m->out; o++)
		for (j = 0; j < m->K; j++) {
			int column = (o % per_array * m->K + j) % cols; /* K > cols: one output per array, its slices in parts of cols columns */

			m->lane[o * m->K + j] = (uint16_t)(column % ro->adcs);
			m->table[o * m->K + j] = ro->thresholds ? m->lane[o * m->K + j] : 0;
		}
}

static void make_values(struct gl_matrix *m, const struct gl_readout *ro)
{
	int full = m->group[0].n, last = m->group[m->n_groups - 1].n, t, g;
	size_t size_full = (size_t)(gl_smax(ro, full) - smin(ro, full)) + 1, size_last = (size_t)(gl_smax(ro, last) - smin(ro, last)) + 1;

	m->values = MEM_NEW((size_t)m->n_tables * (size_full + size_last), int32_t);
	m->value = MEM_NEW(2 * (size_t)m->n_tables, int32_t *);
	for (t = 0; t < m->n_tables; t++) {
		int32_t *v = m->values + (size_t)t * (size_full + size_last);

		read_counts(ro, full, t, v);
		read_counts(ro, last, t, v + size_full);
		m->value[t] = v - smin(ro, full);
		m->value[m->n_tables + t] = v + size_full - smin(ro, last);
	}
	for (g = 0; g < m->n_groups; g++)
		m->group[g].value = m->value + (m->group[g].n == full ? 0 : m->n_tables);
}

/* Steps of the LFSR are linear over bits, so those of several draws together are too: what becomes of a word is the sum of what becomes of its
 * bytes. */
static void make_jumps(struct gl_state *s, const struct gl_readout *ro)
{
	const int32_t T[1 << 12] = { 0 };
	struct ro_conv c = ro->conv;
	int d, i, byte;

	c.bits = ro->bits;
	for (d = 0; d < GL_JUMPS; d++)
		for (byte = 0; byte < 2; byte++)
			for (i = 0; i < 256; i++) {
				s->jump[d][byte][i] = (uint16_t)(i << (8 * byte));
				c.samples = d + 1;
				ro_convert(&c, T, ro->bits, 0, &s->jump[d][byte][i]);
			}
}

static void make_state(struct gl_matrix *m, const struct gl_readout *ro)
{
	size_t size = (size_t)1 << ro->bits;
	int32_t ideal[1 << 12];
	int t;

	m->T = MEM_NEW(m->n_tables * size, int32_t);
	for (t = 0; t < m->n_tables; t++)
		memcpy(m->T + t * size, thresholds_of(ro, t, ideal), size * sizeof(*m->T));
	m->state = MEM_NEW(1, struct gl_state);
	m->state->lfsr = MEM_NEW(ro->adcs, uint16_t);
	m->state->conversion = MEM_NEW(ro->adcs, uint64_t);
	for (t = 0; t < ro->adcs; t++)
		m->state->lfsr[t] = ro_lfsr_start(ro->seed, t);
	if (ro->conv.kind == RO_STOCHASTIC)
		make_jumps(m->state, ro);
	for (m->state->monotone = true, t = 0; t < m->n_tables; t++)
		m->state->monotone &= ro_monotone(m->T + t * size, ro->bits);
}

static void fill_cells(struct gl_matrix *m, const struct gl_readout *ro, const int8_t *w, const struct gl_group *g)
{
	uint64_t *cell = m->cells + g->cells;
	int o, j, b, i, odd;

	for (o = 0; o < m->out; o++)
		for (j = 0; j < m->K; j++)
			for (odd = 0; odd <= m->dif; odd++)
				for (b = 0; b < m->cell_bits; b++, cell += g->words)
					for (i = 0; i < g->n; i++) {
						int digit = gc_slice_cell(ro->weight_code, ro->weight_bits, ro->cell_bits, j,
									  w[(size_t)o * m->in + g->first + i]);

						digit = odd ? -digit : digit;
						cell[i / 64] |= (uint64_t)(digit > 0 ? digit >> b & 1 : 0) << (i % 64);
					}
}

static void check_codes(const struct gl_readout *ro, const int8_t *w, size_t n)
{
	/* the range of the code, not of the quantiser: tc has one more value below (section 1) */
	int lo = ro->weight_code == GC_TC ? -(1 << (ro->weight_bits - 1)) : gc_qlo(ro->weight_bits);
	int hi = gc_qhi(ro->weight_code, ro->weight_bits);
	size_t i;

	for (i = 0; i < n; i++)
		if (w[i] < lo || w[i] > hi)
			BUG("weight %d is outside its code, legal %d..%d", w[i], lo, hi);
}

struct gl_matrix *gl_prepare(const struct gl_readout *ro, const int8_t *w, int out, int in)
{
	struct gl_matrix *m = MEM_NEW(1, struct gl_matrix);
	size_t cells = 0;
	int g, i; /* g: groups, and planes */

	if (out < 1 || in < 1 || ro->rows < 1 || ro->rows > 64 * GL_WORDS)
		BUG("matrix of %d x %d on %d rows", out, in, ro->rows);
	check_codes(ro, w, (size_t)out * in);
	m->ro = *ro;
	m->ro.conv.bits = ro->bits;
	m->out = out;
	m->in = in;
	m->dif = ro->weight_code == GC_DIF;
	m->cell_bits = ro->cell_bits;
	m->K = gc_slices(ro->weight_code, ro->weight_bits, ro->cell_bits);
	m->planes = gc_planes(ro->input_code, ro->input_bits);
	for (i = 0; i < m->K; i++)
		m->slice_weight[i] = gc_slice_weight(ro->weight_code, ro->weight_bits, ro->cell_bits, i);
	for (i = 0; i < m->planes; i++)
		m->plane_weight[i] = gc_plane_weight(ro->input_code, ro->input_bits, i);
	for (i = -128; i < 128; i++)
		for (g = 0; g < m->planes; g++)
			m->planes_of[(uint8_t)i] |= (uint16_t)(gc_plane_bit(ro->input_code, ro->input_bits, g, i) << g);
	m->n_groups = (in + ro->rows - 1) / ro->rows;
	m->group = MEM_NEW(m->n_groups, struct gl_group);
	for (g = 0; g < m->n_groups; g++) {
		struct gl_group *gr = &m->group[g];

		gr->first = g * ro->rows;
		gr->n = in - gr->first < ro->rows ? in - gr->first : ro->rows;
		gr->words = (gr->n + 63) / 64;
		gr->bits = resolution(ro, gr->n);
		gr->cells = cells;
		cells += (size_t)out * m->K * (m->dif ? 2 : 1) * m->cell_bits * gr->words;
	}
	m->cells = MEM_NEW(cells, uint64_t);
	for (g = 0; g < m->n_groups; g++)
		fill_cells(m, ro, w, &m->group[g]);
	m->n_tables = ro->thresholds ? ro->adcs : 1;
	m->table = MEM_NEW((size_t)out * m->K, uint16_t);
	m->lane = MEM_NEW((size_t)out * m->K, uint16_t);
	place_columns(m, ro);
	if (has_state(ro))
		make_state(m, ro);
	else
		make_values(m, ro);
	return m;
}

void gl_free(struct gl_matrix *m)
{
	if (!m)
		return;
	free(m->group);
	free(m->cells);
	free(m->table);
	free(m->lane);
	free(m->T);
	free(m->values);
	free(m->value);
	if (m->state) {
		free(m->state->lfsr);
		free(m->state->conversion);
	}
	free(m->state);
	free(m);
}

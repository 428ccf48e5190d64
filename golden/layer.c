/* What must come out of a layer: the integer oracle, and the canonical read-out of docs/numerics.md section 8.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer.h"
#include "common/err.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_PLANES = 16, MAX_WORDS = 16 }; /* 8-bit codes have at most 14 planes; 1024 rows are 16 words */

struct group { /* inputs that are driven together */
	int first, n, words;
	size_t cells;            /* where its column planes begin */
	int32_t **value;         /* [n_tables] of this group's resolution: count -> value, section 4 */
};

struct gl_matrix {
	int out, in, K, planes, cell_bits;
	uint16_t planes_of[256]; /* input byte -> its bit of every plane */
	int32_t plane_weight[MAX_PLANES], slice_weight[MAX_PLANES];
	int n_groups;
	struct group *group;
	uint64_t *cells;         /* per group [out*K][cell_bits][words] */
	int n_tables;            /* adcs, or 1 with ideal tables */
	uint16_t *table;         /* [out*K] converter of the column */
	int32_t *values;         /* the memory behind group.value: full groups, then the last one when shorter */
	int32_t **value;         /* [2][n_tables] */
};

void gl_matmul(const int8_t *w, const int8_t *x, int out, int in, int32_t *y)
{
	int o, i;

	for (o = 0; o < out; o++, w += in)
		for (y[o] = 0, i = 0; i < in; i++)
			y[o] += (int32_t)w[i] * x[i];
}

static int smax(const struct gl_readout *ro, int rows_active)
{
	return rows_active * ((1 << ro->cell_bits) - 1);
}

/* value of every count 0..smax(rows) as converter `table` reads it at the resolution of an activation of that many rows */
static void read_counts(const struct gl_readout *ro, int rows, int table, int32_t *value)
{
	int bits = ro_resolution(&ro->window, ro->bits, ro->grid_bits, rows, ro->cell_bits, ro->full), count;
	int32_t ideal[1 << 12];
	const int32_t *T = ideal;

	if (ro->thresholds)
		T = ro->thresholds + ((size_t)table << ro->bits);
	else
		ro_ideal_table(&ro->window, ro->bits, ro->grid_bits, ideal);
	for (count = 0; count <= smax(ro, rows); count++)
		value[count] = ro->window.low + ro_sar(T, bits, ro->grid_bits, count) * ro->window.lsb;
}

bool gl_lossless(const struct gl_readout *ro, int rows_active)
{
	int32_t *value = MEM_NEW(smax(ro, rows_active) + 1, int32_t);
	int t, count;
	bool same = true;

	for (t = 0; t < (ro->thresholds ? ro->adcs : 1) && same; t++) {
		read_counts(ro, rows_active, t, value);
		for (count = 0; count <= smax(ro, rows_active) && same; count++)
			same = value[count] == count;
	}
	free(value);
	return same;
}

static void place_columns(struct gl_matrix *m, const struct gl_readout *ro)
{
	int wide = m->K <= ro->cols ? ro->cols / m->K : 1, groups = (m->out + wide - 1) / wide, per_array = (m->out + groups - 1) / groups, o, j;

	for (o = 0; o < m->out; o++)
		for (j = 0; j < m->K; j++) {
			int column = (o % per_array * m->K + j) % ro->cols; /* K > cols: one output per array, its slices in parts of cols columns */

			m->table[o * m->K + j] = (uint16_t)(ro->thresholds ? column % ro->adcs : 0);
		}
}

static void make_values(struct gl_matrix *m, const struct gl_readout *ro)
{
	int full = m->group[0].n, last = m->group[m->n_groups - 1].n, t, g;
	size_t size_full = (size_t)smax(ro, full) + 1, size_last = (size_t)smax(ro, last) + 1;

	m->values = MEM_NEW((size_t)m->n_tables * (size_full + size_last), int32_t);
	m->value = MEM_NEW(2 * (size_t)m->n_tables, int32_t *);
	for (t = 0; t < m->n_tables; t++) {
		m->value[t] = m->values + (size_t)t * (size_full + size_last);
		m->value[m->n_tables + t] = m->value[t] + size_full;
		read_counts(ro, full, t, m->value[t]);
		read_counts(ro, last, t, m->value[m->n_tables + t]);
	}
	for (g = 0; g < m->n_groups; g++)
		m->group[g].value = m->value + (m->group[g].n == full ? 0 : m->n_tables);
}

static void fill_cells(struct gl_matrix *m, const struct gl_readout *ro, const int8_t *w, const struct group *g)
{
	uint64_t *cell = m->cells + g->cells;
	int o, j, b, i;

	for (o = 0; o < m->out; o++)
		for (j = 0; j < m->K; j++)
			for (b = 0; b < m->cell_bits; b++, cell += g->words)
				for (i = 0; i < g->n; i++) {
					int digit = gc_slice_cell(ro->weight_code, ro->weight_bits, ro->cell_bits, j,
								  w[(size_t)o * m->in + g->first + i]);

					cell[i / 64] |= (uint64_t)(digit >> b & 1) << (i % 64);
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

	if (out < 1 || in < 1 || ro->rows < 1 || ro->rows > 64 * MAX_WORDS)
		BUG("matrix of %d x %d on %d rows", out, in, ro->rows);
	check_codes(ro, w, (size_t)out * in);
	m->out = out;
	m->in = in;
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
	m->group = MEM_NEW(m->n_groups, struct group);
	for (g = 0; g < m->n_groups; g++) {
		struct group *gr = &m->group[g];

		gr->first = g * ro->rows;
		gr->n = in - gr->first < ro->rows ? in - gr->first : ro->rows;
		gr->words = (gr->n + 63) / 64;
		gr->cells = cells;
		cells += (size_t)out * m->K * m->cell_bits * gr->words;
	}
	m->cells = MEM_NEW(cells, uint64_t);
	for (g = 0; g < m->n_groups; g++)
		fill_cells(m, ro, w, &m->group[g]);
	m->n_tables = ro->thresholds ? ro->adcs : 1;
	m->table = MEM_NEW((size_t)out * m->K, uint16_t);
	place_columns(m, ro);
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
	free(m->values);
	free(m->value);
	free(m);
}

/* the sum over planes and slices of one output of one group; used = words of the group, constant in the usual cases */
static inline __attribute__((always_inline)) int32_t read_output(const struct gl_matrix *m, const struct group *g, const uint64_t *cell,
								   const uint16_t *table, uint64_t plane[][MAX_WORDS], int cell_bits, int used)
{
	int32_t partial = 0;
	int j, p, b, w;

	for (j = 0; j < m->K; j++, cell += cell_bits * used) {
		const int32_t *value = g->value[table[j]];
		int32_t sum = 0;

		for (p = 0; p < m->planes; p++) {
			int count = 0;

			for (b = 0; b < cell_bits; b++)
				for (w = 0; w < used; w++)
					count += __builtin_popcountll(cell[b * used + w] & plane[p][w]) << b;
			sum += m->plane_weight[p] * value[count];
		}
		partial += m->slice_weight[j] * sum;
	}
	return partial;
}

static inline __attribute__((always_inline)) void read_shape(const struct gl_matrix *m, const struct group *g, uint64_t plane[][MAX_WORDS],
							       int cell_bits, int used, int32_t *y)
{
	const uint64_t *cell = m->cells + g->cells;
	int o;

	for (o = 0; o < m->out; o++, cell += m->K * cell_bits * used)
		y[o] += read_output(m, g, cell, m->table + (size_t)o * m->K, plane, cell_bits, used);
}

static inline __attribute__((always_inline)) void read_any(const struct gl_matrix *m, const struct group *g, uint64_t plane[][MAX_WORDS],
							     int32_t *y)
{
	if (m->cell_bits == 1 && g->words == 1)
		read_shape(m, g, plane, 1, 1, y);
	else if (m->cell_bits == 1 && g->words == 2)
		read_shape(m, g, plane, 1, 2, y);
	else if (m->cell_bits == 1 && g->words == 4)
		read_shape(m, g, plane, 1, 4, y);
	else
		read_shape(m, g, plane, m->cell_bits, g->words, y);
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static void read_popcnt(const struct gl_matrix *m, const struct group *g, uint64_t plane[][MAX_WORDS],
							   int32_t *y)
{
	read_any(m, g, plane, y);
}
#endif

static void read_group(const struct gl_matrix *m, const struct group *g, uint64_t plane[][MAX_WORDS], int32_t *y)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("popcnt")) {
		read_popcnt(m, g, plane, y);
		return;
	}
#endif
	read_any(m, g, plane, y);
}

void gl_read(const struct gl_matrix *m, const int8_t *x, int32_t *y)
{
	uint64_t plane[MAX_PLANES][MAX_WORDS];
	int g, i, p;

	memset(y, 0, (size_t)m->out * sizeof(*y));
	for (g = 0; g < m->n_groups; g++) {
		const struct group *gr = &m->group[g];

		for (p = 0; p < m->planes; p++)
			memset(plane[p], 0, (size_t)gr->words * sizeof(plane[p][0]));
		for (i = 0; i < gr->n; i++) {
			unsigned bits = m->planes_of[(uint8_t)x[gr->first + i]];

			for (p = 0; p < m->planes; p++)
				plane[p][i / 64] |= (uint64_t)(bits >> p & 1) << (i % 64);
		}
		read_group(m, gr, plane, y);
	}
}

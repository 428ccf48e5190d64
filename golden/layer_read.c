/* A prepared matrix through its converters: docs/numerics.md sections 3, 4, 5, 8, 11.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer_parts.h"
#include "golden/nonideal.h"
#include <string.h>

typedef uint64_t planes_t[GL_PLANES][GL_WORDS]; /* of one row group */

/* S of one column (dif: of one pair); cell_bits and used = words of the group are constants in the usual cases */
static inline __attribute__((always_inline)) int count_column(const uint64_t *cell, const uint64_t *plane, int cell_bits, int used, bool dif)
{
	int count = 0, b, w;

	for (b = 0; b < cell_bits; b++)
		for (w = 0; w < used; w++) {
			count += __builtin_popcountll(cell[b * used + w] & plane[w]) << b;
			if (dif)
				count -= __builtin_popcountll(cell[(cell_bits + b) * used + w] & plane[w]) << b;
		}
	return count;
}

/* the sum over planes and slices of one output of one group */
static inline __attribute__((always_inline)) int32_t read_output(const struct gl_matrix *m, const struct gl_group *g, const uint64_t *cell,
								   const uint16_t *table, planes_t plane, int cell_bits, int used, bool dif)
{
	int32_t partial = 0;
	int j, p;

	for (j = 0; j < m->K; j++, cell += (dif ? 2 : 1) * cell_bits * used) {
		const int32_t *value = g->value[table[j]];
		int32_t sum = 0;

		for (p = 0; p < m->planes; p++)
			sum += m->plane_weight[p] * value[count_column(cell, plane[p], cell_bits, used, dif)];
		partial += m->slice_weight[j] * sum;
	}
	return partial;
}

static inline __attribute__((always_inline)) void read_shape(const struct gl_matrix *m, const struct gl_group *g, planes_t plane, int cell_bits,
							       int used, bool dif, int32_t *y)
{
	const uint64_t *cell = m->cells + g->cells;
	int o;

	for (o = 0; o < m->out; o++, cell += m->K * (dif ? 2 : 1) * cell_bits * used)
		y[o] += read_output(m, g, cell, m->table + (size_t)o * m->K, plane, cell_bits, used, dif);
}

/* ---- conversion by conversion: row groups, planes, columns ascending ---- */

/* A stochastic conversion where the table is monotone: L >= T[u + 1] says u < reached, reached = #{k : L >= T[k]} <= 2^b - 1, and nothing is left
 * of a draw but that comparison. Draws are taken four at a time, because each by itself would wait for the one before. */
static int draw_monotone(const struct gl_state *s, const struct ro_conv *c, const int32_t *T, int bits, int32_t level, uint16_t *lfsr)
{
	const struct ro_conv binary = { .kind = RO_SAR, .bits = bits };
	unsigned reached = (unsigned)ro_convert(&binary, T, bits, level, NULL).code, last = (1u << bits) - 1, x = *lfsr, next = x;
	int i, d, code = 0;

	for (i = 0; i < c->samples; i += GL_JUMPS, x = next)
		for (d = 0; d < GL_JUMPS && d < c->samples - i; d++) {
			next = s->jump[d][0][x & 0xff] ^ s->jump[d][1][x >> 8];
			code += (next & last) < reached;
		}
	*lfsr = (uint16_t)x;
	return code;
}

static int32_t read_state(const struct gl_matrix *m, const struct gl_group *g, size_t column, int count)
{
	const struct gl_readout *ro = &m->ro;
	struct gl_state *s = m->state;
	int lane = m->lane[column], code;
	const int32_t *T = m->T + ((size_t)m->table[column] << ro->bits);
	int32_t level = count * (1 << ro->grid_bits);

	if (ro->noise)
		level += ro_noise(ro->noise, ro->noise_seed, ro->grid_bits, (uint32_t)lane, s->conversion[lane]);
	s->conversion[lane]++;
	if (ro->conv.kind == RO_STOCHASTIC && s->monotone)
		code = draw_monotone(s, &ro->conv, T, g->bits, level, &s->lfsr[lane]);
	else
		code = ro_convert(&ro->conv, T, g->bits, level, &s->lfsr[lane]).code;
	return ro->window.low + ro->window.lsb * code;
}

static inline __attribute__((always_inline)) void read_slow(const struct gl_matrix *m, const struct gl_group *g, planes_t plane, int32_t *y)
{
	int step = (m->dif ? 2 : 1) * m->cell_bits * g->words, p, o, j;
	uint64_t *bin = m->ro.histogram ? m->ro.histogram + gl_smax(&m->ro, m->ro.rows) : NULL; /* of count 0 */

	for (p = 0; p < m->planes; p++) {
		const uint64_t *cell = m->cells + g->cells;
		size_t column = 0;

		for (o = 0; o < m->out; o++)
			for (j = 0; j < m->K; j++, column++, cell += step) {
				int count = count_column(cell, plane[p], m->cell_bits, g->words, m->dif);
				int32_t value = m->state ? read_state(m, g, column, count) : g->value[m->table[column]][count];

				if (bin)
					bin[count]++;
				y[o] += m->slice_weight[j] * m->plane_weight[p] * value;
			}
	}
}

static inline __attribute__((always_inline)) void read_any(const struct gl_matrix *m, const struct gl_group *g, planes_t plane, int32_t *y)
{
	if (m->state || m->ro.histogram)
		read_slow(m, g, plane, y);
	else if (m->dif && m->cell_bits == 1 && g->words == 1)
		read_shape(m, g, plane, 1, 1, true, y);
	else if (m->dif)
		read_shape(m, g, plane, m->cell_bits, g->words, true, y);
	else if (m->cell_bits == 1 && g->words == 1)
		read_shape(m, g, plane, 1, 1, false, y);
	else if (m->cell_bits == 1 && g->words == 2)
		read_shape(m, g, plane, 1, 2, false, y);
	else if (m->cell_bits == 1 && g->words == 4)
		read_shape(m, g, plane, 1, 4, false, y);
	else
		read_shape(m, g, plane, m->cell_bits, g->words, false, y);
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static void read_popcnt(const struct gl_matrix *m, const struct gl_group *g, planes_t plane, int32_t *y)
{
	read_any(m, g, plane, y);
}
#endif

static void read_group(const struct gl_matrix *m, const struct gl_group *g, planes_t plane, int32_t *y)
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
	planes_t plane;
	int g, i, p;

	memset(y, 0, (size_t)m->out * sizeof(*y));
	for (g = 0; g < m->n_groups; g++) {
		const struct gl_group *gr = &m->group[g];

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

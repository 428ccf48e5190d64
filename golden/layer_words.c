/* A prepared matrix in words of 64 rows, for any number of rows and any machine: docs/numerics.md sections 3, 4, 5, 8.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer_parts.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

static void fill_group(const struct gl_matrix *m, struct gl_group *g, const int8_t *w)
{
	const struct gl_shape *s = g->shape;
	int o, j, b, i, odd, sides = s->dif ? 2 : 1;
	size_t of_output = (size_t)s->K * sides * s->cell_bits * g->words;
	uint64_t *cell = MEM_NEW(m->out * of_output, uint64_t);

	g->column = cell;
	for (o = 0; o < m->out; o++, cell += of_output)
		for (i = 0; i < s->n; i += 8) {
			uint64_t flags[2];

			gl_turn(&s->cells_of, w + (size_t)o * m->in + g->first + i, s->n - i < 8 ? s->n - i : 8, flags);
			for (j = 0; j < s->K; j++)
				for (odd = 0; odd < sides; odd++)
					for (b = 0; b < s->cell_bits; b++) {
						int f = j * s->cell_bits + b + 8 * odd;

						cell[(size_t)((j * sides + odd) * s->cell_bits + b) * g->words + i / 64] |=
							(uint64_t)gl_flag_byte(flags, f) << (i % 64);
					}
		}
}

void gl_words_fill(struct gl_matrix *m, const int8_t *w)
{
	int g;

	for (g = 0; g < m->n_groups; g++)
		fill_group(m, &m->group[g], w);
}

/* the sum over planes and slices of one output of one group */
static inline __attribute__((always_inline)) int32_t read_output(const struct gl_shape *s, const uint64_t *cell, const uint16_t *table, gl_planes plane,
								   int cell_bits, int used, bool dif, int *weight)
{
	int K = s->K, planes = s->planes, j, p;
	int32_t partial = 0;

	for (j = 0; j < K; j++, cell += (dif ? 2 : 1) * cell_bits * used) {
		int t = table ? table[j] : 0, sum_inside = 0;
		const int32_t *value = s->value_of[t];
		int first = s->inside[t].first, end = s->inside[t].last + 1 - first; /* a range that is empty has end <= 0 */
		int32_t sum = 0;

		for (p = 0; p < planes; p++) {
			int count = gl_count(cell, plane[p], cell_bits, used, dif);

			sum += s->plane_weight[p] * value[count];
			if (weight) /* no branch: nobody could foretell it */
				sum_inside += abs(s->plane_weight[p]) & -((count >= first) & (count - first < end));
		}
		partial += s->slice_weight[j] * sum;
		if (weight)
			*weight += abs(s->slice_weight[j]) * sum_inside;
	}
	return partial;
}

static inline __attribute__((always_inline)) void read_shape(const struct gl_matrix *m, const struct gl_group *g, gl_planes plane, int cell_bits,
							       int used, bool dif, int32_t *y, float *weight)
{
	const struct gl_shape *s = g->shape;
	const uint64_t *cell = g->column;
	int o;

	for (o = 0; o < m->out; o++, cell += s->K * (dif ? 2 : 1) * cell_bits * used) {
		const uint16_t *table = m->table ? m->table + (size_t)o * s->K : NULL;
		int in = 0;

		if (weight) {
			y[o] += read_output(s, cell, table, plane, cell_bits, used, dif, &in);
			weight[o] += (float)in;
		} else {
			y[o] += read_output(s, cell, table, plane, cell_bits, used, dif, NULL);
		}
	}
}

static inline __attribute__((always_inline)) void read_any(const struct gl_matrix *m, const struct gl_group *g, gl_planes plane, int32_t *y, float *weight)
{
	int cell_bits = g->shape->cell_bits;

	if (g->shape->dif && cell_bits == 1 && g->words == 1)
		read_shape(m, g, plane, 1, 1, true, y, weight);
	else if (g->shape->dif)
		read_shape(m, g, plane, cell_bits, g->words, true, y, weight);
	else if (cell_bits == 1 && g->words == 1)
		read_shape(m, g, plane, 1, 1, false, y, weight);
	else if (cell_bits == 1 && g->words == 2)
		read_shape(m, g, plane, 1, 2, false, y, weight);
	else if (cell_bits == 1 && g->words == 4)
		read_shape(m, g, plane, 1, 4, false, y, weight);
	else
		read_shape(m, g, plane, cell_bits, g->words, false, y, weight);
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static void read_popcnt(const struct gl_matrix *m, const struct gl_group *g, gl_planes plane, int32_t *y, float *weight)
{
	read_any(m, g, plane, y, weight);
}
#endif

void gl_words_read(const struct gl_matrix *m, const struct gl_group *g, const int8_t *x, int32_t *y, float *weight)
{
	const struct gl_shape *s = g->shape;
	gl_planes plane;
	int i, p;

	for (p = 0; p < s->planes; p++)
		memset(plane[p], 0, (size_t)g->words * sizeof(plane[p][0]));
	for (i = 0; i < s->n; i += 8) {
		uint64_t flags[2];

		gl_turn(&s->planes_of, x + g->first + i, s->n - i < 8 ? s->n - i : 8, flags);
		for (p = 0; p < s->planes; p++)
			plane[p][i / 64] |= (uint64_t)gl_flag_byte(flags, p) << (i % 64);
	}
	if (m->state || m->ro.histogram) {
		gl_state_read(m, g, plane, y, weight);
		return;
	}
#if defined(__x86_64__)
	if (__builtin_cpu_supports("popcnt")) {
		read_popcnt(m, g, plane, y, weight);
		return;
	}
#endif
	read_any(m, g, plane, y, weight);
}

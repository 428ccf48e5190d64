/* A prepared matrix conversion by conversion, where their order counts or each is counted: row groups, planes, columns ascending.
 * docs/numerics.md sections 3, 4, 5, 8, 11.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer_parts.h"
#include "golden/nonideal.h"
#include <stdlib.h>

/* A stochastic conversion where the table is monotone: L >= T[u + 1] says u < reached, reached = #{k : L >= T[k]} <= 2^b - 1, and nothing is left
 * of a draw but that comparison. Draws are taken four at a time, because each by itself would wait for the one before. */
static int draw_monotone(const struct gl_shape *s, const int32_t *T, int32_t level, uint16_t *lfsr)
{
	const struct ro_conv *c = &s->ro.conv, binary = { .kind = RO_SAR, .bits = s->bits };
	unsigned reached = (unsigned)ro_convert(&binary, T, s->bits, level, NULL).code, last = (1u << s->bits) - 1, x = *lfsr, next = x;
	int i, d, code = 0;

	for (i = 0; i < c->samples; i += GL_JUMPS, x = next)
		for (d = 0; d < GL_JUMPS && d < c->samples - i; d++) {
			next = s->jump[d][0][x & 0xff] ^ s->jump[d][1][x >> 8];
			code += (next & last) < reached;
		}
	*lfsr = (uint16_t)x;
	return code;
}

/* T[1] - lsb <= L < T[2^b - 1] + lsb; stochastic: wherever it draws (docs/train.md section 4) */
static bool level_inside(const struct gl_shape *s, const int32_t *T, int32_t level)
{
	int64_t lsb = (int64_t)s->ro.window.lsb << s->ro.grid_bits;

	return s->ro.conv.kind == RO_STOCHASTIC || (level >= T[1] - lsb && level < T[(1 << s->bits) - 1] + lsb);
}

static int32_t read_state(const struct gl_matrix *m, const struct gl_shape *s, size_t column, int count, bool *inside)
{
	const struct gl_readout *ro = &m->ro;
	struct gl_state *st = m->state;
	int lane = m->lane[column], code;
	const int32_t *T = s->T + ((size_t)m->table[column] << ro->bits);
	int32_t level = count * (1 << ro->grid_bits);

	if (ro->noise)
		level += ro_noise(ro->noise, ro->noise_seed, ro->grid_bits, (uint32_t)lane, st->conversion[lane]);
	st->conversion[lane]++;
	if (ro->conv.kind == RO_STOCHASTIC && s->monotone)
		code = draw_monotone(s, T, level, &st->lfsr[lane]);
	else
		code = ro_convert(&s->ro.conv, T, s->bits, level, &st->lfsr[lane]).code;
	*inside = level_inside(s, T, level);
	return ro->window.low + ro->window.lsb * code;
}

void gl_state_read(const struct gl_matrix *m, const struct gl_group *g, gl_planes plane, int32_t *y, float *weight)
{
	const struct gl_shape *s = g->shape;
	int step = (s->dif ? 2 : 1) * s->cell_bits * g->words, p, o, j;
	/* of count 0; Smax of full groups */
	uint64_t *bin = m->ro.histogram ? m->ro.histogram + m->ro.rows * ((1 << s->cell_bits) - 1) : NULL;

	for (p = 0; p < s->planes; p++) {
		const uint64_t *cell = g->column;
		size_t column = 0;

		for (o = 0; o < m->out; o++)
			for (j = 0; j < s->K; j++, column++, cell += step) {
				int count = gl_count(cell, plane[p], s->cell_bits, g->words, s->dif);
				int t = m->table ? m->table[column] : 0;
				bool inside = count >= s->inside[t].first && count <= s->inside[t].last;
				int32_t value = m->state ? read_state(m, s, column, count, &inside) : s->value_of[t][count];

				if (bin)
					bin[count]++;
				y[o] += s->slice_weight[j] * s->plane_weight[p] * value;
				if (weight && inside)
					weight[o] += (float)abs(s->slice_weight[j] * s->plane_weight[p]);
			}
	}
}

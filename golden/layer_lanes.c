/* A prepared matrix as bytes of wide registers: every lane counts, looks up and sums one column. Bits of 8 (or 4) rows of a column are one byte;
 * 16 outputs of one slice are side by side, so that whatever a register of 16 bytes can do (look-up by pshufb) serves one table, and sums over
 * slices need no crossing of lanes. docs/numerics.md sections 3, 4, 5, 8.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer_parts.h"
#include "common/mem.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_int limit = GL_AVX512;

void gl_simd_limit(enum gl_simd most)
{
	limit = most;
}

int gl_simd(void)
{
	int best = GL_PLAIN, most = limit;

#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		best = GL_AVX2;
	if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512bitalg") && __builtin_cpu_supports("avx512vbmi"))
		best = GL_AVX512;
#endif
	return best < most ? best : most;
}

#if defined(__x86_64__)
/* blocks of outputs whose first slice, and so all of them, goes to the same table */
static void place_outputs(const struct gl_matrix *m, struct gl_lanes *l)
{
	int K = m->shape[0]->K, n_tables = m->shape[0]->n_tables, t, o, j, *next = MEM_NEW(n_tables, int), first = 0;

	for (o = 0; o < m->out; o++)
		next[m->table ? m->table[(size_t)o * K] : 0]++;
	for (t = 0; t < n_tables; t++) {
		int n = next[t];

		next[t] = first;
		first += (n + 15) / 16 * 16;
	}
	l->blocks = first / 16;
	l->output = MEM_NEW(first, int);
	l->table = MEM_NEW((size_t)l->blocks * K, uint16_t);
	memset(l->output, -1, (size_t)first * sizeof(*l->output));
	for (o = 0; o < m->out; o++) {
		const uint16_t *table = m->table ? m->table + (size_t)o * K : NULL;
		int place = next[table ? table[0] : 0]++;

		l->output[place] = o;
		for (j = 0; table && j < K; j++)
			l->table[place / 16 * K + j] = table[j];
	}
	free(next);
}

static int units_of(const struct gl_lanes *l, const struct gl_shape *s)
{
	return (s->n + l->unit - 1) / l->unit;
}

/* bytes of a register's cells */
static size_t stride_of(const struct gl_lanes *l, const struct gl_shape *s)
{
	return (size_t)s->cell_bits * (s->dif ? 2 : 1) * units_of(l, s) * l->width;
}

static int registers_of(const struct gl_lanes *l, const struct gl_shape *s, int blocks)
{
	return (blocks * s->K * 16 + l->width - 1) / l->width;
}

static size_t group_size(const struct gl_lanes *l, const struct gl_shape *s)
{
	int last = l->blocks % GL_CHUNK, whole = l->blocks / GL_CHUNK;

	return ((size_t)whole * registers_of(l, s, GL_CHUNK) + registers_of(l, s, last)) * stride_of(l, s);
}

/* 8 rows of one bit of one column */
static inline __attribute__((always_inline)) void put_byte(int unit, unsigned byte, uint8_t *at)
{
	if (unit == 8) {
		at[0] = (uint8_t)byte;
		return;
	}
	at[0] = byte & 15;
	if (byte > 15) /* else there may be no further unit */
		at[32] = (uint8_t)(byte >> 4);
}

/* the same of all columns of an output; base [K]: where its columns begin */
static inline __attribute__((always_inline)) void put_output(const struct gl_shape *s, int unit, int row, int n, const uint64_t turned[2], uint8_t *const *base)
{
	int width = unit * 8, sides = s->dif ? 2 : 1, K = s->K, j, b, odd;
	size_t side = (size_t)(s->n + unit - 1) / unit * width, unit_at = (size_t)row / unit * width;

	if (!s->dif && s->cell_bits == 1) {
		uint64_t low = turned[0], high = turned[1];

		for (j = 0; j < K && j < 8; j++)
			put_byte(unit, low >> (j * 8) & 0xff, base[j] + unit_at);
		for (; j < K; j++)
			put_byte(unit, high >> ((j - 8) * 8) & 0xff, base[j] + unit_at);
		return;
	}
	for (j = 0; j < K; j++)
		for (b = 0; b < s->cell_bits; b++)
			for (odd = 0; odd < sides; odd++)
				put_byte(unit, gl_flag_byte(turned, j * s->cell_bits + b + 8 * odd) ^ (odd ? (1u << n) - 1 : 0),
					 base[j] + ((s->cell_bits - 1 - b) * sides + odd) * side + unit_at);
}

static inline __attribute__((always_inline)) void fill_group(struct gl_matrix *m, const struct gl_group *g, const int8_t *w, int unit)
{
	const struct gl_shape *s = g->shape;
	const struct gl_lanes *l = m->lanes;
	int n_rows = s->n, per_register = l->width / 16, first, place, i, j;
	uint8_t *chunk = l->cells + g->cells, *base[GL_SLICES];
	size_t stride = stride_of(l, s);

	for (first = 0; first < l->blocks; first += GL_CHUNK) {
		int blocks = l->blocks - first < GL_CHUNK ? l->blocks - first : GL_CHUNK;

		for (place = 0; place < blocks * 16; place++) {
			int o = l->output[first * 16 + place];

			for (j = 0; j < s->K; j++) {
				int sub = j * blocks + place / 16;

				base[j] = chunk + sub / per_register * stride + sub % per_register * 16 + place % 16;
			}
			for (i = 0; o >= 0 && i < n_rows; i += 8) {
				int n = n_rows - i < 8 ? n_rows - i : 8;
				uint64_t turned[2];

				gl_turn(&s->cells_of, w + (size_t)o * m->in + g->first + i, n, turned);
				put_output(s, unit, i, n, turned, base);
			}
		}
		chunk += registers_of(l, s, blocks) * stride;
	}
}

bool gl_lanes_fill(struct gl_matrix *m, const int8_t *w)
{
	struct gl_lanes *l;
	size_t size = 0;
	int g;

	if (m->simd == GL_PLAIN || m->state || m->ro.histogram || !m->shape[0]->bytes || !m->shape[1]->bytes)
		return false;
	l = MEM_NEW(1, struct gl_lanes);
	l->width = m->simd == GL_AVX512 ? 64 : 32;
	l->unit = m->simd == GL_AVX512 ? 8 : 4;
	place_outputs(m, l);
	if (l->blocks > 1 && l->blocks * 16 > 4 * m->out) { /* so many tables that most lanes were empty */
		gl_lanes_free(l);
		return false;
	}
	for (g = 0; g < m->n_groups; g++) {
		m->group[g].cells = size;
		size += group_size(l, m->group[g].shape);
	}
	l->cells = MEM_NEW(size, uint8_t);
	m->lanes = l;
	for (g = 0; g < m->n_groups; g++)
		if (l->unit == 8)
			fill_group(m, &m->group[g], w, 8);
		else
			fill_group(m, &m->group[g], w, 4);
	return true;
}

/* In bytes a count of 256 passes for 255. Where only the latter is inside (the top code ends at 255, as lsb * codes = rows has it) what was
 * credited to columns all of whose 256 cells meet a plane is taken back. */
static void take_back(const struct gl_job *job)
{
	const struct gl_shape *s = job->s;
	const struct gl_lanes *l = job->l;
	int first, place, j, p, u, planes = 0, per = l->width / 16;
	const uint8_t *chunk = job->cells;
	size_t stride = stride_of(l, s);

	for (p = 0; p < s->planes; p++) {
		for (u = 0; u < s->n / 8 && gl_flag_byte(job->plane[u], p) == 0xff; u++)
			;
		planes += u == s->n / 8 ? abs(s->plane_weight[p]) : 0;
	}
	for (first = 0; planes && first < l->blocks; first += GL_CHUNK) {
		int blocks = l->blocks - first < GL_CHUNK ? l->blocks - first : GL_CHUNK;

		for (place = 0; place < blocks * 16; place++)
			for (j = 0; j < s->K; j++) {
				int o = l->output[first * 16 + place], sub = j * blocks + place / 16;
				const uint8_t *cell = chunk + sub / per * stride + sub % per * 16 + place % 16;

				for (u = 0; u < job->units && cell[u * l->width] == (1 << l->unit) - 1; u++)
					;
				if (o >= 0 && u == job->units && s->inside[l->table[(first + place / 16) * s->K + j]].last == 255)
					job->weight[o] -= (float)(planes * abs(s->slice_weight[j]));
			}
		chunk += registers_of(l, s, blocks) * stride;
	}
}

void gl_lanes_read(const struct gl_matrix *m, const struct gl_group *g, const int8_t *x, int32_t *y, float *weight)
{
	const struct gl_shape *s = g->shape;
	struct gl_job job;
	int i, p;

	job.s = s;
	job.l = m->lanes;
	job.cells = m->lanes->cells + g->cells;
	job.units = units_of(m->lanes, s);
	job.y = y;
	job.weight = weight;
	for (i = 0; i < s->n; i += 8)
		gl_turn(&s->planes_of, x + g->first + i, s->n - i < 8 ? s->n - i : 8, job.plane[i / 8]);
	for (p = 0; p < GL_PLANES; p++) {
		int ones = 0;

		for (i = 0; s->dif && i < s->n; i += 8)
			ones += __builtin_popcount(gl_flag_byte(job.plane[i / 8], p));
		job.start[p] = s->dif ? (uint8_t)(s->highest - ones * ((1 << s->cell_bits) - 1)) : 0;
	}
	if (m->simd == GL_AVX512)
		gl_lanes_avx512(&job);
	else
		gl_lanes_avx2(&job);
	if (weight && s->highest > 255)
		take_back(&job);
}
#else
bool gl_lanes_fill(struct gl_matrix *m, const int8_t *w)
{
	(void)m, (void)w;
	return false;
}

void gl_lanes_read(const struct gl_matrix *m, const struct gl_group *g, const int8_t *x, int32_t *y, float *weight)
{
	(void)m, (void)g, (void)x, (void)y, (void)weight;
}
#endif

void gl_lanes_free(struct gl_lanes *l)
{
	if (!l)
		return;
	free(l->output);
	free(l->table);
	free(l->cells);
	free(l);
}

/* The integer product in place of a read-out that loses nothing: pairs of inputs, 8 outputs side by side.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer_parts.h"
#include "common/mem.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { SIDE = 8 };

void gl_pairs_fill(struct gl_matrix *m, const int8_t *w)
{
	int pairs = (m->in + 1) / 2, o, i;

	m->pairs = MEM_NEW((size_t)((m->out + SIDE - 1) / SIDE) * pairs * SIDE * 2, int16_t);
	for (o = 0; o < m->out; o++)
		for (i = 0; i < m->in; i++)
			m->pairs[(((size_t)(o / SIDE) * pairs + i / 2) * SIDE + o % SIDE) * 2 + i % 2] = w[(size_t)o * m->in + i];
}

#if defined(__x86_64__)
static inline int32_t pair_of(const struct gl_matrix *m, const int8_t *x, int i)
{
	return (int32_t)((uint16_t)x[i] | (uint32_t)(uint16_t)(i + 1 < m->in ? x[i + 1] : 0) << 16);
}
#endif

static void read_plain(const struct gl_matrix *m, const int8_t *x, int32_t *y)
{
	const int16_t *w = m->pairs;
	int o, i, l;

	for (o = 0; o < m->out; o += SIDE) {
		int32_t sum[SIDE] = { 0 };

		for (i = 0; i < m->in; i += 2, w += 2 * SIDE)
			for (l = 0; l < SIDE; l++)
				sum[l] += w[2 * l] * x[i] + w[2 * l + 1] * (i + 1 < m->in ? x[i + 1] : 0);
		memcpy(y + o, sum, (size_t)(m->out - o < SIDE ? m->out - o : SIDE) * sizeof(*y));
	}
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void read_avx2(const struct gl_matrix *m, const int8_t *x, int32_t *y)
{
	const __m256i *w = (const __m256i *)m->pairs;
	int pairs = (m->in + 1) / 2, o, i;

	for (o = 0; o < m->out; o += 2 * SIDE) { /* two blocks: two sums that do not wait for each other */
		const __m256i *next = w + (o + SIDE < m->out ? pairs : 0);
		__m256i a = _mm256_setzero_si256(), b = a;
		int32_t sum[2 * SIDE];

		for (i = 0; i < pairs; i++) {
			__m256i v = _mm256_set1_epi32(pair_of(m, x, 2 * i));

			a = _mm256_add_epi32(a, _mm256_madd_epi16(_mm256_loadu_si256(w + i), v));
			b = _mm256_add_epi32(b, _mm256_madd_epi16(_mm256_loadu_si256(next + i), v));
		}
		_mm256_storeu_si256((__m256i *)sum, a);
		_mm256_storeu_si256((__m256i *)(sum + SIDE), b);
		memcpy(y + o, sum, (size_t)(m->out - o < 2 * SIDE ? m->out - o : 2 * SIDE) * sizeof(*y));
		w = next + pairs;
	}
}
#endif

void gl_pairs_read(const struct gl_matrix *m, const int8_t *x, int32_t *y)
{
#if defined(__x86_64__)
	if (m->simd >= GL_AVX2) {
		read_avx2(m, x, y);
		return;
	}
#endif
	read_plain(m, x, y);
}

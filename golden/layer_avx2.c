/* Lanes of golden/layer_lanes.c with AVX2: 32 columns at a time, 4 rows of a column per look-up: for every 4 rows of a plane a table of 16 says
 * how many cells of a nibble they meet.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer_parts.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline)) TARGET

enum look { CLIP, NONE, LANES }; /* how codes are found: min; count = code; a table per block */

struct tables { /* of one register */
	enum look look;
	__m256i clip, from, width;  /* inside: from <= count <= from + width */
	__m256i part[16];           /* LANES: 16 counts of each block's own table */
};

typedef uint8_t meets_t[16];    /* how many of the 4 cells of a nibble meet 4 rows of a plane */

/* t: of the two blocks; counts from the least on are bytes */
INLINE void take_tables(const struct gl_shape *s, const int t[2], struct tables *to)
{
	__m128i v[2], u[2];
	int i, k;

	for (i = 0; i < 2; i++) {
		const struct gl_range *r = &s->inside[t[i]];
		bool none = r->last < r->first;
		int last = r->last - s->lowest > 255 ? 255 : r->last - s->lowest;

		v[i] = _mm_set1_epi8((char)(none ? 255 : r->first - s->lowest));
		u[i] = _mm_set1_epi8((char)(none ? 0 : last - (r->first - s->lowest)));
	}
	to->from = _mm256_set_m128i(v[1], v[0]);
	to->width = _mm256_set_m128i(u[1], u[0]);
	to->clip = _mm256_set1_epi8((char)s->clip);
	if (s->clip >= 0) {
		to->look = s->clip >= s->highest - s->lowest ? NONE : CLIP;
		return;
	}
	to->look = LANES;
	for (k = 0; k < s->blocks; k++)
		to->part[k] = _mm256_set_m128i(_mm_loadu_si128((const __m128i *)(s->code + t[1] * 256 + k * 16)),
					       _mm_loadu_si128((const __m128i *)(s->code + t[0] * 256 + k * 16)));
}

INLINE __m256i code_of(const struct tables *t, int blocks, __m256i count)
{
	__m256i code = _mm256_setzero_si256();
	int k;

	if (t->look == NONE)
		return count;
	if (t->look == CLIP)
		return _mm256_min_epu8(count, t->clip);
	for (k = 0; k < blocks; k++) { /* others than the 16 counts of this part get a top bit and so 0 */
		__m256i at = _mm256_adds_epu8(_mm256_sub_epi8(count, _mm256_set1_epi8((char)(16 * k))), _mm256_set1_epi8(0x70));

		code = _mm256_or_si256(code, _mm256_shuffle_epi8(t->part[k], at));
	}
	return code;
}

INLINE __m256i meets(const meets_t *table)
{
	return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
}

/* counts of two planes; units and simple (one bit per cell, no pairs) are constants in the usual cases */
INLINE void count_planes(const struct gl_shape *s, const uint8_t *cells, const meets_t *plane, const uint8_t *start, int units, bool simple, __m256i count[2])
{
	int sides = simple || !s->dif ? 1 : 2, bits = simple ? 1 : s->cell_bits, b, odd, u;
	__m256i c0 = _mm256_setzero_si256(), c1 = c0;

	for (b = 0; b < bits; b++) {
		c0 = _mm256_adds_epu8(c0, c0);
		c1 = _mm256_adds_epu8(c1, c1);
		for (odd = 0; odd < sides; odd++) {
			_Pragma("GCC unroll 4")
			for (u = 0; u < units; u++, cells += 32) {
				__m256i v = _mm256_loadu_si256((const __m256i *)cells);

				c0 = _mm256_adds_epu8(c0, _mm256_shuffle_epi8(meets(plane + u), v));
				c1 = _mm256_adds_epu8(c1, _mm256_shuffle_epi8(meets(plane + units + u), v));
			}
		}
	}
	count[0] = simple ? c0 : _mm256_adds_epu8(c0, _mm256_set1_epi8((char)start[0]));
	count[1] = simple ? c1 : _mm256_adds_epu8(c1, _mm256_set1_epi8((char)start[1]));
}

INLINE __m256i add_inside(__m256i to, const struct tables *t, __m256i count, uint32_t magnitude)
{
	__m256i above = _mm256_sub_epi8(count, t->from), yes = _mm256_cmpeq_epi8(_mm256_min_epu8(above, t->width), above);

	return _mm256_add_epi8(to, _mm256_and_si256(yes, _mm256_set1_epi32((int)magnitude)));
}

/* all planes of one register: sums in the order of unpacking, 16 of the low halves of blocks, then 16 of the high */
INLINE void read_register(const struct gl_job *job, const struct tables *t, const uint8_t *cells, const meets_t *plane, int units, bool simple,
			  int16_t *sum, uint8_t *in)
{
	const struct gl_shape *s = job->s;
	__m256i low = _mm256_setzero_si256(), high = low, inside = low, count[2];
	int p;

	for (p = 0; p < s->planes; p += 2) {
		__m256i weights = _mm256_set1_epi32((int)s->pair_weight[p / 2]);

		count_planes(s, cells, plane + p * units, job->start + p, units, simple, count);
		if (job->weight)
			inside = add_inside(add_inside(inside, t, count[0], s->plane_magnitude[p]), t, count[1], s->plane_magnitude[p + 1]);
		count[0] = code_of(t, s->blocks, count[0]);
		count[1] = code_of(t, s->blocks, count[1]);
		low = _mm256_add_epi16(low, _mm256_maddubs_epi16(_mm256_unpacklo_epi8(count[0], count[1]), weights));
		high = _mm256_add_epi16(high, _mm256_maddubs_epi16(_mm256_unpackhi_epi8(count[0], count[1]), weights));
	}
	_mm256_storeu_si256((__m256i *)sum, low);
	_mm256_storeu_si256((__m256i *)(sum + 16), high);
	if (job->weight)
		_mm256_storeu_si256((__m256i *)in, inside);
}

INLINE void read_units(const struct gl_job *job, const meets_t *plane, int units, bool simple)
{
	const struct gl_shape *s = job->s;
	size_t stride = (size_t)(simple ? 1 : s->cell_bits * (s->dif ? 2 : 1)) * units * 32;
	const uint8_t *cells = job->cells;
	struct gl_sums sums;
	struct tables t;
	int first, r, i, one[2] = { 0 };

	take_tables(s, one, &t);
	for (first = 0; first < job->l->blocks; first += GL_CHUNK) {
		int blocks = job->l->blocks - first < GL_CHUNK ? job->l->blocks - first : GL_CHUNK, subs = blocks * s->K;

		for (r = 0; r < subs; r += 2, cells += stride) {
			if (s->n_tables > 1) {
				int own[2];

				for (i = 0; i < 2; i++) { /* beyond the last: as the first, nobody reads it */
					int sub = r + i < subs ? r + i : r;

					own[i] = job->l->table[(first + sub % blocks) * s->K + sub / blocks];
				}
				take_tables(s, own, &t);
			}
			read_register(job, &t, cells, plane, units, simple, sums.sum + r * 16, sums.in + r * 16);
		}
		gl_lanes_finish(job, first, blocks, &sums);
	}
}

TARGET void gl_lanes_avx2(const struct gl_job *job)
{
	static const meets_t meeting[16] = { /* popcount(rows & cells) */
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, { 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 },
		{ 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1 }, { 0, 1, 1, 2, 0, 1, 1, 2, 0, 1, 1, 2, 0, 1, 1, 2 },
		{ 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1 }, { 0, 1, 0, 1, 1, 2, 1, 2, 0, 1, 0, 1, 1, 2, 1, 2 },
		{ 0, 0, 1, 1, 1, 1, 2, 2, 0, 0, 1, 1, 1, 1, 2, 2 }, { 0, 1, 1, 2, 1, 2, 2, 3, 0, 1, 1, 2, 1, 2, 2, 3 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1 }, { 0, 1, 0, 1, 0, 1, 0, 1, 1, 2, 1, 2, 1, 2, 1, 2 },
		{ 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 2, 2, 1, 1, 2, 2 }, { 0, 1, 1, 2, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3 },
		{ 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2 }, { 0, 1, 0, 1, 1, 2, 1, 2, 1, 2, 1, 2, 2, 3, 2, 3 },
		{ 0, 0, 1, 1, 1, 1, 2, 2, 1, 1, 2, 2, 2, 2, 3, 3 }, { 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4 },
	};
	const struct gl_shape *s = job->s;
	meets_t plane[GL_PLANES * GL_UNITS];
	int p, u;

	/* planes beyond the last have weight 0 */
	for (p = 0; p < (s->planes + 1) / 2 * 2; p++)
		for (u = 0; u < job->units; u++)
			_mm_storeu_si128((__m128i *)plane[p * job->units + u], _mm_loadu_si128(
						 (const __m128i *)meeting[gl_flag_byte(job->plane[u / 2], p) >> (u % 2 * 4) & 15]));
	if (s->dif || s->cell_bits > 1)
		read_units(job, plane, job->units, false);
	else if (job->units == 16)
		read_units(job, plane, 16, true);
	else
		read_units(job, plane, job->units, true);
}
#endif

/* Lanes of golden/layer_lanes.c with AVX-512: 64 columns at a time, 8 rows of a column per byte popcount.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer_parts.h"
#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512bitalg,avx512vbmi")))
#define INLINE static inline __attribute__((always_inline)) TARGET

enum look { CLIP, NONE, ONE, TWO, FOUR, LANES }; /* how codes are found: min; count = code; one table of <= 64 / 128 / 256 counts; a table per block */

struct tables { /* of one register */
	enum look look;
	__m512i whole[4];           /* ONE, TWO, FOUR: the one table */
	__m512i clip, from, width;  /* inside: from <= count <= from + width */
	__m512i part[16];           /* LANES: 16 counts of each block's own table */
};

INLINE __m512i of_blocks(const __m128i v[4])
{
	return _mm512_inserti32x4(_mm512_inserti32x4(_mm512_inserti32x4(_mm512_castsi128_si512(v[0]), v[1], 1), v[2], 2), v[3], 3);
}

/* t: of the four blocks; counts from the least on are bytes */
INLINE void take_tables(const struct gl_shape *s, const int t[4], struct tables *to)
{
	__m128i v[4], u[4];
	int i, k;

	for (i = 0; i < 4; i++) {
		const struct gl_range *r = &s->inside[t[i]];
		bool none = r->last < r->first;
		int last = r->last - s->lowest > 255 ? 255 : r->last - s->lowest;

		v[i] = _mm_set1_epi8((char)(none ? 255 : r->first - s->lowest));
		u[i] = _mm_set1_epi8((char)(none ? 0 : last - (r->first - s->lowest)));
	}
	to->from = of_blocks(v);
	to->width = of_blocks(u);
	for (k = 0; k < 4; k++)
		to->whole[k] = _mm512_loadu_si512(s->code + t[0] * 256 + 64 * k);
	to->clip = _mm512_set1_epi8((char)s->clip);
	if (s->clip >= 0) {
		to->look = s->clip >= s->highest - s->lowest ? NONE : CLIP;
	} else if (s->n_tables == 1 || (t[1] == t[0] && t[2] == t[0] && t[3] == t[0])) {
		to->look = s->blocks <= 4 ? ONE : s->blocks <= 8 ? TWO : FOUR;
	} else {
		to->look = LANES;
		for (k = 0; k < s->blocks; k++) {
			for (i = 0; i < 4; i++)
				v[i] = _mm_loadu_si128((const __m128i *)(s->code + t[i] * 256 + k * 16));
			to->part[k] = of_blocks(v);
		}
	}
}

INLINE __m512i code_of(const struct tables *t, int blocks, __m512i count)
{
	__m512i code;
	int k;

	switch (t->look) {
	case NONE:
		return count;
	case CLIP:
		return _mm512_min_epu8(count, t->clip);
	case ONE:
		return _mm512_permutexvar_epi8(count, t->whole[0]);
	case TWO:
		return _mm512_permutex2var_epi8(t->whole[0], count, t->whole[1]);
	case FOUR:
		return _mm512_mask_blend_epi8(_mm512_movepi8_mask(count), _mm512_permutex2var_epi8(t->whole[0], count, t->whole[1]),
					      _mm512_permutex2var_epi8(t->whole[2], count, t->whole[3]));
	case LANES:
		break;
	}
	code = _mm512_setzero_si512();
	for (k = 0; k < blocks; k++) { /* others than the 16 counts of this part get a top bit and so 0 */
		__m512i at = _mm512_adds_epu8(_mm512_sub_epi8(count, _mm512_set1_epi8((char)(16 * k))), _mm512_set1_epi8(0x70));

		code = _mm512_or_si512(code, _mm512_shuffle_epi8(t->part[k], at));
	}
	return code;
}

/* The usual case, one bit per cell and no pairs: `units` is a constant and the cells stay in registers. Counts of two planes. */
INLINE void count_simple(const __m512i *v, const uint32_t *plane, int units, __m512i count[2])
{
	int u;

	count[0] = count[1] = _mm512_setzero_si512();
	_Pragma("GCC unroll 8")
	for (u = 0; u < units; u++) {
		count[0] = _mm512_add_epi8(count[0], _mm512_popcnt_epi8(_mm512_and_si512(v[u], _mm512_set1_epi32((int)plane[u * GL_PLANES]))));
		count[1] = _mm512_add_epi8(count[1], _mm512_popcnt_epi8(_mm512_and_si512(v[u], _mm512_set1_epi32((int)plane[u * GL_PLANES + 1]))));
	}
}

INLINE void count_any(const struct gl_shape *s, const uint8_t *cells, const uint32_t *plane, const uint8_t *start, int units, __m512i count[2])
{
	int sides = s->dif ? 2 : 1, b, odd, u;
	__m512i c0 = _mm512_setzero_si512(), c1 = c0;

	for (b = 0; b < s->cell_bits; b++) {
		c0 = _mm512_adds_epu8(c0, c0);
		c1 = _mm512_adds_epu8(c1, c1);
		for (odd = 0; odd < sides; odd++) {
			_Pragma("GCC unroll 4")
			for (u = 0; u < units; u++, cells += 64) {
				__m512i v = _mm512_loadu_si512(cells);

				c0 = _mm512_adds_epu8(c0, _mm512_popcnt_epi8(_mm512_and_si512(v, _mm512_set1_epi32((int)plane[u * GL_PLANES]))));
				c1 = _mm512_adds_epu8(c1, _mm512_popcnt_epi8(_mm512_and_si512(v, _mm512_set1_epi32((int)plane[u * GL_PLANES + 1]))));
			}
		}
	}
	count[0] = _mm512_adds_epu8(c0, _mm512_set1_epi8((char)start[0]));
	count[1] = _mm512_adds_epu8(c1, _mm512_set1_epi8((char)start[1]));
}

INLINE __m512i unit_of(const uint8_t *cells, int u, int units)
{
	return u < units ? _mm512_loadu_si512(cells + 64 * u) : _mm512_setzero_si512();
}

INLINE __m512i add_inside(__m512i to, const struct tables *t, __m512i count, uint32_t magnitude)
{
	return _mm512_mask_add_epi8(to, _mm512_cmple_epu8_mask(_mm512_sub_epi8(count, t->from), t->width), to, _mm512_set1_epi32((int)magnitude));
}

/* all planes of one register: sums in the order of unpacking, 32 of the low halves of blocks, then 32 of the high */
INLINE void read_register(const struct gl_job *job, const struct tables *t, const uint8_t *cells, const uint32_t *plane, int units, bool simple,
			  int16_t *sum, uint8_t *in)
{
	const struct gl_shape *s = job->s;
	__m512i low = _mm512_setzero_si512(), high = low, inside = low, count[2];
	int kept = simple ? units : 0, p;
	const __m512i v[8] = { unit_of(cells, 0, kept), unit_of(cells, 1, kept), unit_of(cells, 2, kept), unit_of(cells, 3, kept),
			       unit_of(cells, 4, kept), unit_of(cells, 5, kept), unit_of(cells, 6, kept), unit_of(cells, 7, kept) };

	for (p = 0; p < s->planes; p += 2) {
		__m512i weights = _mm512_set1_epi32((int)s->pair_weight[p / 2]);

		if (simple)
			count_simple(v, plane + p, units, count);
		else
			count_any(s, cells, plane + p, job->start + p, units, count);
		if (job->weight)
			inside = add_inside(add_inside(inside, t, count[0], s->plane_magnitude[p]), t, count[1], s->plane_magnitude[p + 1]);
		count[0] = code_of(t, s->blocks, count[0]);
		count[1] = code_of(t, s->blocks, count[1]);
		low = _mm512_add_epi16(low, _mm512_maddubs_epi16(_mm512_unpacklo_epi8(count[0], count[1]), weights));
		high = _mm512_add_epi16(high, _mm512_maddubs_epi16(_mm512_unpackhi_epi8(count[0], count[1]), weights));
	}
	_mm512_storeu_si512(sum, low);
	_mm512_storeu_si512(sum + 32, high);
	if (job->weight)
		_mm512_storeu_si512(in, inside);
}

INLINE void read_units(const struct gl_job *job, const uint32_t *plane, int units, bool simple)
{
	const struct gl_shape *s = job->s;
	size_t stride = (size_t)(simple ? 1 : s->cell_bits * (s->dif ? 2 : 1)) * units * 64;
	const uint8_t *cells = job->cells;
	struct gl_sums sums;
	struct tables t;
	int first, r, i, one[4] = { 0 };

	take_tables(s, one, &t);
	for (first = 0; first < job->l->blocks; first += GL_CHUNK) {
		int blocks = job->l->blocks - first < GL_CHUNK ? job->l->blocks - first : GL_CHUNK, subs = blocks * s->K;

		for (r = 0; r < subs; r += 4, cells += stride) {
			if (s->n_tables > 1) {
				int own[4];

				for (i = 0; i < 4; i++) { /* beyond the last: as the first, nobody reads it */
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

/* byte p of a unit four times, 16 planes side by side; those beyond the last have weight 0 */
TARGET void gl_lanes_avx512(const struct gl_job *job)
{
	uint32_t plane[GL_UNITS / 2 * GL_PLANES];
	const __m512i four = _mm512_set_epi8(15, 15, 15, 15, 14, 14, 14, 14, 13, 13, 13, 13, 12, 12, 12, 12, 11, 11, 11, 11, 10, 10, 10, 10, 9, 9, 9, 9, 8, 8, 8, 8,
					     7, 7, 7, 7, 6, 6, 6, 6, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
	const struct gl_shape *s = job->s;
	int u;

	for (u = 0; u < job->units; u++)
		_mm512_storeu_si512(plane + u * GL_PLANES, _mm512_shuffle_epi8(
					    _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)job->plane[u])), four));
	switch (s->dif || s->cell_bits > 1 ? 0 : job->units) {
	case 1: read_units(job, plane, 1, true); break;
	case 2: read_units(job, plane, 2, true); break;
	case 3: read_units(job, plane, 3, true); break;
	case 4: read_units(job, plane, 4, true); break;
	case 5: read_units(job, plane, 5, true); break;
	case 6: read_units(job, plane, 6, true); break;
	case 7: read_units(job, plane, 7, true); break;
	case 8: read_units(job, plane, 8, true); break;
	default: read_units(job, plane, job->units, false);
	}
}
#endif

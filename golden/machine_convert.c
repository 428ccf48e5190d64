/* Counts and codes of all planes over the active columns of an ACT: docs/numerics.md sections 3 and 4. Three ways, one meaning: plain C, the same with
 * the popcnt instruction, and 8 columns side by side with AVX-512.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer.h"
#include "golden/machine_parts.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

static inline __attribute__((always_inline)) int count_column(const struct gm_convert *j, const uint64_t *cell, const uint64_t *plane, int cell_bits,
							       int used, int sides)
{
	int count = 0, b, w;

	for (w = 0; w < used; w++)
		for (b = 0; b < cell_bits; b++) {
			const uint64_t *unit = cell + (size_t)((w * cell_bits + b) * sides) * j->pitch;

			count += __builtin_popcountll(*unit & plane[w]) << b;
			if (sides == 2)
				count -= __builtin_popcountll(unit[j->pitch] & plane[w]) << b;
		}
	return count;
}

int gm_convert_count(const struct gm_convert *j, int column, int plane)
{
	return count_column(j, j->cells + column, j->plane + (size_t)plane * j->words, j->cell_bits, j->used, j->sides);
}

/* Column by column, because a column's cells then stay in registers; the sink gets it plane by plane afterwards.
 * Always inlined with constants, so that the usual shapes have no inner loops left. */
static inline __attribute__((always_inline)) void convert_shape(const struct gm_convert *j, int cell_bits, int used, int sides)
{
	int i, p;

	for (i = 0; i < j->n; i++) {
		const uint64_t *plane = j->plane;
		int32_t sum = 0;

		for (p = 0; p < j->planes; p++, plane += j->words) {
			int count = count_column(j, j->cells + i, plane, cell_bits, used, sides);
			int code = j->clip < 0 ? j->lut[i][count] : count < j->clip ? count : j->clip;

			if (j->code)
				j->code[(size_t)p * j->n + i] = (uint16_t)code;
			if (j->steps)
				j->steps[(size_t)p * j->n + i] = j->lut_steps[i][count];
			sum += j->weight[p] * code;
		}
		j->sum[i] = sum;
	}
}

static inline __attribute__((always_inline)) void convert_scalar(const struct gm_convert *j)
{
	if (j->sides == 2 || j->cell_bits == 2)
		convert_shape(j, j->cell_bits, j->used, j->sides);
	else if (j->used == 1)
		convert_shape(j, 1, 1, 1);
	else if (j->used == 4)
		convert_shape(j, 1, 4, 1);
	else
		convert_shape(j, 1, j->used, 1);
}

static void convert_plain(const struct gm_convert *j)
{
	convert_scalar(j);
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static void convert_popcnt(const struct gm_convert *j)
{
	convert_scalar(j);
}

#define WIDE __attribute__((target("avx512f,avx512vl,avx512bw,avx512vpopcntdq")))

/* columns i .. i + 7 (those of mask): cell[units] holds theirs */
WIDE static inline __attribute__((always_inline)) __m512i count_wide(const __m512i *cell, const uint64_t *plane, int cell_bits, int used, int sides)
{
	__m512i count = _mm512_setzero_si512();
	int w, b;

#pragma GCC unroll 4
	for (w = 0; w < used; w++) {
		__m512i driven = _mm512_set1_epi64((long long)plane[w]);

		for (b = 0; b < cell_bits; b++) {
			int u = (w * cell_bits + b) * sides;
			__m512i n = _mm512_popcnt_epi64(_mm512_and_si512(cell[u], driven));

			if (sides == 2)
				n = _mm512_sub_epi64(n, _mm512_popcnt_epi64(_mm512_and_si512(cell[u + 1], driven)));
			count = _mm512_add_epi64(count, b ? _mm512_slli_epi64(n, 1) : n);
		}
	}
	return count;
}

/* lut: of 8 columns, addresses of count 0; a look-up reads the entry and the one after it */
WIDE static inline __attribute__((always_inline)) __m256i look_up(__m512i lut, __m512i count)
{
	__m256i two = _mm512_i64gather_epi32(_mm512_add_epi64(lut, _mm512_add_epi64(count, count)), NULL, 1);

	return _mm256_and_si256(two, _mm256_set1_epi32(0xffff));
}

WIDE static inline __attribute__((always_inline)) void convert_wide_shape(const struct gm_convert *j, int cell_bits, int used, int sides, bool sums_only)
{
	int units = used * cell_bits * sides, i, p, u;

	for (i = 0; i < j->n; i += 8) {
		__mmask8 mask = (__mmask8)(j->n - i < 8 ? (1 << (j->n - i)) - 1 : 0xff);
		__m512i cell[16 * 2 * 2], lut = _mm512_setzero_si512(), steps = lut;
		const uint64_t *plane = j->plane;
		__m256i sum = _mm256_setzero_si256();

#pragma GCC unroll 4
		for (u = 0; u < units; u++)
			cell[u] = _mm512_maskz_loadu_epi64(mask, j->cells + (size_t)u * j->pitch + i);
		if (!sums_only && j->clip < 0) /* a column that is none looks up a count of 0 of the first one */
			lut = _mm512_mask_loadu_epi64(_mm512_set1_epi64((long long)(uintptr_t)j->lut[i]), mask, j->lut + i);
		if (!sums_only && j->steps)
			steps = _mm512_mask_loadu_epi64(_mm512_set1_epi64((long long)(uintptr_t)j->lut_steps[i]), mask, j->lut_steps + i);
		for (p = 0; p < j->planes; p++, plane += j->words) {
			__m512i count = count_wide(cell, plane, cell_bits, used, sides);
			__m256i code = !sums_only && j->clip < 0 ? look_up(lut, count) : _mm256_min_epi32(_mm512_cvtepi64_epi32(count), _mm256_set1_epi32(j->clip));

			if (!sums_only && j->code)
				_mm_mask_storeu_epi16(j->code + (size_t)p * j->n + i, mask, _mm256_cvtepi32_epi16(code));
			if (!sums_only && j->steps)
				_mm_mask_storeu_epi16(j->steps + (size_t)p * j->n + i, mask, _mm256_cvtepi32_epi16(look_up(steps, count)));
			sum = _mm256_add_epi32(sum, _mm256_mullo_epi32(code, _mm256_set1_epi32(j->weight[p])));
		}
		_mm256_mask_storeu_epi32(j->sum + i, mask, sum);
	}
}

/* sums_only: codes are clips and go nowhere */
WIDE static inline __attribute__((always_inline)) void convert_wide_any(const struct gm_convert *j, bool sums_only)
{
	if (j->sides == 2 || j->cell_bits == 2)
		convert_wide_shape(j, j->cell_bits, j->used, j->sides, sums_only);
	else if (j->used == 1)
		convert_wide_shape(j, 1, 1, 1, sums_only);
	else if (j->used == 2)
		convert_wide_shape(j, 1, 2, 1, sums_only);
	else if (j->used == 4)
		convert_wide_shape(j, 1, 4, 1, sums_only);
	else
		convert_wide_shape(j, 1, j->used, 1, sums_only);
}

WIDE static void convert_wide(const struct gm_convert *j)
{
	if (j->clip >= 0 && !j->code && !j->steps)
		convert_wide_any(j, true);
	else
		convert_wide_any(j, false);
}
#endif

void gm_convert(const struct gm_convert *j)
{
#if defined(__x86_64__)
	if (gl_simd() >= GL_AVX512 && __builtin_cpu_supports("avx512vpopcntdq")) {
		convert_wide(j);
		return;
	}
	if (gl_simd() >= GL_AVX2) {
		convert_popcnt(j);
		return;
	}
#endif
	convert_plain(j);
}

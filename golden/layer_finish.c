/* What the lanes of golden/layer_lanes.c summed, out to the outputs: slices by their weights. docs/numerics.md section 5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer_parts.h"
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdlib.h>

#define AVX2 __attribute__((target("avx2")))

/* 16 sums of one slice of a block; they are where the unpacking of bytes left them */
static inline AVX2 __m256i sums_of(const struct gl_sums *sums, int per, int sub)
{
	const int16_t *at = sums->sum + sub / per * per * 16 + sub % per * 8;

	return _mm256_set_m128i(_mm_loadu_si128((const __m128i *)(at + per * 8)), _mm_loadu_si128((const __m128i *)at));
}

/* one block: y[16], in the order of its places */
static inline AVX2 void finish_block(const struct gl_shape *s, int per, int blocks, int b, const struct gl_sums *sums, __m256i y[2])
{
	__m256i low = _mm256_setzero_si256(), high = low, lsb = _mm256_set1_epi32(s->ro.window.lsb), constant = _mm256_set1_epi32(s->constant);
	int j;

	for (j = 0; j < s->K; j += 2) {
		bool both = j + 1 < s->K;
		__m256i k = _mm256_set1_epi32((s->slice_weight[j] & 0xffff) | (both ? s->slice_weight[j + 1] * 65536 : 0));
		__m256i even = sums_of(sums, per, j * blocks + b), odd = both ? sums_of(sums, per, (j + 1) * blocks + b) : even;

		low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_unpacklo_epi16(even, odd), k));
		high = _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_unpackhi_epi16(even, odd), k));
	}
	low = _mm256_add_epi32(_mm256_mullo_epi32(low, lsb), constant);
	high = _mm256_add_epi32(_mm256_mullo_epi32(high, lsb), constant);
	y[0] = _mm256_permute2x128_si256(low, high, 0x20);
	y[1] = _mm256_permute2x128_si256(low, high, 0x31);
}

static inline AVX2 void finish_weights(const struct gl_job *job, const int *output, int blocks, int b, const struct gl_sums *sums)
{
	const struct gl_shape *s = job->s;
	__m256i sum[2] = { _mm256_setzero_si256(), _mm256_setzero_si256() };
	float weight[16];
	int i, j;

	for (j = 0; j < s->K; j++)
		for (i = 0; i < 2; i++) {
			__m128i in = _mm_loadl_epi64((const __m128i *)(sums->in + (j * blocks + b) * 16 + 8 * i));

			sum[i] = _mm256_add_epi32(sum[i], _mm256_madd_epi16(_mm256_cvtepu8_epi32(in), _mm256_set1_epi32(abs(s->slice_weight[j]))));
		}
	for (i = 0; i < 2; i++)
		_mm256_storeu_ps(weight + 8 * i, _mm256_cvtepi32_ps(sum[i]));
	for (i = 0; i < 16 && output[i] >= 0; i++)
		job->weight[output[i]] += weight[i];
}

AVX2 void gl_lanes_finish(const struct gl_job *job, int first, int blocks, const struct gl_sums *sums)
{
	int b, i, t;

	for (b = 0; b < blocks; b++) {
		const int *output = job->l->output + (first + b) * 16;
		__m256i y[2];
		int32_t each[16];

		finish_block(job->s, job->l->width / 16, blocks, b, sums, y);
		if (output[15] == output[0] + 15) { /* they ascend: all 16 are neighbours */
			__m256i *at = (__m256i *)(job->y + output[0]);

			for (t = 0; t < 2; t++)
				_mm256_storeu_si256(at + t, _mm256_add_epi32(_mm256_loadu_si256(at + t), y[t]));
		} else {
			for (t = 0; t < 2; t++)
				_mm256_storeu_si256((__m256i *)(each + 8 * t), y[t]);
			for (i = 0; i < 16 && output[i] >= 0; i++)
				job->y[output[i]] += each[i];
		}
		if (job->weight)
			finish_weights(job, output, blocks, b, sums);
	}
}
#endif

/* What must come out of a layer, straight from weights and inputs: knows no program and no placement. Two ways:
 * the integer oracle (plain matmul), and the read-out (docs/numerics.md section 8: the partition as plain numbers).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_LAYER_H
#define GOLDEN_LAYER_H
#include "golden/code.h"
#include "golden/readout.h"
#include <stddef.h>

/* How counts are read: numbers and one ideal or measured table set. */
struct gl_readout {
	int rows, cols, adcs, bits, cell_bits, grid_bits; /* cols: of the array; dif pairs two of them */
	int input_bits, weight_bits;
	enum gc_code input_code, weight_code;
	struct ro_window window;
	bool full;                  /* resolution = full */
	const int32_t *thresholds;  /* [adcs][1 << bits], or NULL: ideal tables of window */
	struct ro_conv conv;        /* order of asking; conv.bits = bits */
	uint16_t seed;              /* stochastic: LFSR of converter id = column mod adcs, running on from read to read of a matrix */
	int noise; uint64_t noise_seed; /* section 11, conversions counted per matrix in canonical order: row groups, planes, columns ascending */
	bool product;               /* where the tables show that every count keeps its value, gl_read takes the integer product: the same integers, sooner */
	uint64_t *histogram;        /* NULL, or [2 * Smax(rows) + 1]: bin S + Smax(rows), one more per conversion (every plane and column) */
};

/* y[out] = sum_i w[out][in] x[in], exact */
void gl_matmul(const int8_t *w, const int8_t *x, int out, int in, int32_t *y);

/* A matrix prepared for the read-out: bit-sliced column planes, row groups, converter of every column (canonical partition, section 8). */
struct gl_matrix;
struct gl_matrix *gl_prepare(const struct gl_readout *ro, const int8_t *w, int out, int in);
void gl_free(struct gl_matrix *m);
/* y[out] through the converters */
void gl_read(const struct gl_matrix *m, const int8_t *x, int32_t *y);
/* the same, and inside[out]: the share of the conversions of an output, weighted by |plane weight * slice weight|, whose level lay inside the range of their table:
 * T[1] - lsb <= L < T[2^b - 1] + lsb on the grid (docs/train.md section 4); 1 where every count is */
void gl_read_inside(const struct gl_matrix *m, const int8_t *x, int32_t *y, float *inside);
bool gl_lossless(const struct gl_readout *ro, int rows_active); /* section 4 */
/* what every real factor of a layer is multiplied with: 2^bits / samples of stochastic converters (section 4), else 1 */
double gl_scale(const struct gl_readout *ro);

/* Which instructions matrices are read with: the best the machine has. The limit is for tests and measurements, it holds for matrices prepared
 * from then on, in all threads; results are the same with all. */
enum gl_simd { GL_PLAIN, GL_AVX2, GL_AVX512 };
int gl_simd(void); /* one of these */
void gl_simd_limit(enum gl_simd most);

#endif

/* Integer codes, quantisers and the requantiser: docs/numerics.md sections 1, 2, 6. golden's own; map has its own.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_CODE_H
#define GOLDEN_CODE_H
#include <stdbool.h>
#include <stdint.h>

enum gc_code { GC_TC, GC_SM, GC_DIF }; /* ternary is GC_SM of 1 bit; inputs are GC_TC or GC_SM */

/* least and largest integer that a quantiser or requantiser gives (section 1) */
int gc_qlo(int bits);
int gc_qhi(enum gc_code c, int bits);

/* plane index 0..P-1 of an input code -> signed weight of the plane; P itself */
int gc_planes(enum gc_code c, int bits);
int32_t gc_plane_weight(enum gc_code c, int bits, int plane);
int gc_plane_bit(enum gc_code c, int bits, int plane, int x); /* 0 or 1 */

/* slices of a weight code */
int gc_slices(enum gc_code c, int bits, int cell_bits);
int32_t gc_slice_weight(enum gc_code c, int bits, int cell_bits, int slice);
int gc_slice_cell(enum gc_code c, int bits, int cell_bits, int slice, int w); /* 0 .. 2^cell_bits - 1; GC_DIF: even minus odd column of the pair, signed */

/* x[n] -> q[n]; returns the scale (section 2) */
float gc_quantise(enum gc_code c, int bits, const float *x, int n, int8_t *q);
/* the same for a row of weights in a file: magnitudes up to 2^(bits-1) - 1 (checkpoint/safetensors_write.h: model_row_fn) */
float gc_row(int bits, const float *w, int in, int8_t *q);
int gc_requantise(int32_t acc, uint32_t M, int s, int qlo, int qhi);
/* real factor -> (M, s); false when out of range */
bool gc_factor(double f, uint32_t *M, int *s);

#endif

/* Integer codes, quantisers and the requantiser: docs/numerics.md sections 1, 2, 6.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/code.h"
#include <math.h>

/* magnitude planes of sm; also the bit count of the digits of an sm or dif weight */
static int magnitude_bits(int bits)
{
	return bits > 1 ? bits - 1 : 1;
}

static int qmax(int bits)
{
	return bits > 1 ? (1 << (bits - 1)) - 1 : 1;
}

static int digits(int magnitude, int cell_bits)
{
	return (magnitude + cell_bits - 1) / cell_bits;
}

int gc_qlo(int bits)
{
	return -qmax(bits);
}

int gc_qhi(enum gc_code c, int bits)
{
	return c == GC_TC && bits == 1 ? 0 : qmax(bits);
}

int gc_planes(enum gc_code c, int bits)
{
	return c == GC_TC ? bits : 2 * magnitude_bits(bits);
}

int32_t gc_plane_weight(enum gc_code c, int bits, int plane)
{
	int m = magnitude_bits(bits);

	if (c == GC_TC)
		return plane == bits - 1 ? -(1 << plane) : 1 << plane;
	return plane < m ? 1 << plane : -(1 << (plane - m));
}

int gc_plane_bit(enum gc_code c, int bits, int plane, int x)
{
	int m = magnitude_bits(bits);

	if (c == GC_TC)
		return (int)((unsigned)x >> plane & 1);
	if (plane < m)
		return x > 0 ? x >> plane & 1 : 0;
	return x < 0 ? -x >> (plane - m) & 1 : 0;
}

int gc_slices(enum gc_code c, int bits, int cell_bits)
{
	if (c == GC_TC)
		return digits(bits - 1, cell_bits) + 1;
	return (c == GC_DIF ? 1 : 2) * digits(magnitude_bits(bits), cell_bits);
}

int32_t gc_slice_weight(enum gc_code c, int bits, int cell_bits, int slice)
{
	int n;

	if (c == GC_TC) {
		n = digits(bits - 1, cell_bits);
		return slice < n ? 1 << (slice * cell_bits) : -(1 << (bits - 1));
	}
	n = digits(magnitude_bits(bits), cell_bits);
	return slice < n ? 1 << (slice * cell_bits) : -(1 << ((slice - n) * cell_bits));
}

int gc_slice_cell(enum gc_code c, int bits, int cell_bits, int slice, int w)
{
	int n, m, mag;

	if (c == GC_TC) {
		unsigned u = (unsigned)w;

		n = digits(bits - 1, cell_bits);
		if (slice == n)
			return (int)(u >> (bits - 1) & 1);
		/* the last digit may be narrower: the sign bit must not leak into it */
		u &= (1u << (bits - 1)) - 1;
		return (int)(u >> (slice * cell_bits) & ((1u << cell_bits) - 1));
	}
	m = magnitude_bits(bits);
	if (c == GC_DIF) { /* the digit is in the pair's even column when w > 0, in its odd one when w < 0 */
		mag = (w < 0 ? -w : w) & ((1 << m) - 1);
		mag = mag >> (slice * cell_bits) & ((1 << cell_bits) - 1);
		return w < 0 ? -mag : mag;
	}
	n = digits(m, cell_bits);
	if (slice < n) {
		mag = w > 0 ? w : 0;
	} else {
		mag = w < 0 ? -w : 0;
		slice -= n;
	}
	mag &= (1 << m) - 1;
	return mag >> (slice * cell_bits) & ((1 << cell_bits) - 1);
}

float gc_quantise(enum gc_code c, int bits, const float *x, int n, int8_t *q)
{
	float lo = (float)gc_qlo(bits), hi = (float)gc_qhi(c, bits), max = 0, s;
	int i;

	for (i = 0; i < n; i++)
		if (fabsf(x[i]) > max) /* false for NaN */
			max = fabsf(x[i]);
	s = max / (float)qmax(bits);
	if (s == 0) /* all zero, or so small that the quotient underflowed */
		s = 1;
	for (i = 0; i < n; i++) {
		float v = rintf(x[i] / s);

		if (v > hi)
			v = hi;
		else if (v < lo)
			v = lo;
		else if (isnan(v)) /* NaN in the data, or infinity over infinity */
			v = 0;
		q[i] = (int8_t)v;
	}
	return s;
}

float gc_row(int bits, const float *w, int in, int8_t *q)
{
	return gc_quantise(GC_SM, bits, w, in, q);
}

int gc_requantise(int32_t acc, uint32_t M, int s, int qlo, int qhi)
{
	int64_t v = (int64_t)acc * M;

	/* |acc * M| < 2^48, so nothing overflows for any s of six bits; s = 0 adds one half, which floor takes away again */
	if (s > 0)
		v += (int64_t)1 << (s - 1);
	v = v >= 0 ? v >> s : ~(~v >> s); /* floor */
	return v < qlo ? qlo : v > qhi ? qhi : (int)v;
}

bool gc_factor(double f, uint32_t *M, int *s)
{
	int i;

	if (!(f >= 0) || f > 65536)
		return false;
	if (f == 0) {
		*M = 0;
		*s = 1;
		return true;
	}
	for (i = 47; i >= 1; i--) {
		double r = rint(ldexp(f, i)); /* binary64, ties to even; ldexp is exact */

		if (r <= 65535) {
			*M = (uint32_t)r;
			*s = i;
			return true;
		}
	}
	return false;
}

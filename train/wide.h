/* Loops that the compiler may vectorise, and an exponential that it can. Widths are chosen at run time: the same machine gives the same bits.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_WIDE_H
#define TRAIN_WIDE_H
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), optimize("O3", "no-math-errno", "no-trapping-math", "no-signed-zeros", "associative-math", "finite-math-only", "fp-contract=fast")))
#else
#define WIDE
#endif

/* e^x to about 2 ulp; e^-87 below -87, e^88 above 88, NaN of NaN. x = n ln 2 + r, |r| <= ln 2 / 2; the polynomial is Cephes' expf. */
static inline __attribute__((always_inline)) float wide_exp(float x)
{
	float c = x > 88.0f ? 88.0f : x, n, r, p, two_n;
	int32_t bits;

	c = c < -87.0f ? -87.0f : c;
	n = __builtin_rintf((c == c ? c : 0.0f) * 1.44269504f); /* what is no number has no exponent: r, and with it the result, stays none */
	r = c - n * 0.693359375f + n * 2.12194440e-4f;
	p = 1.9875691500e-4f;
	p = p * r + 1.3981999507e-3f;
	p = p * r + 8.3334519073e-3f;
	p = p * r + 4.1665795894e-2f;
	p = p * r + 1.6666665459e-1f;
	p = p * r + 5.0000001201e-1f;
	p = p * r * r + r + 1.0f;
	bits = ((int32_t)n + 127) << 23;
	memcpy(&two_n, &bits, sizeof(two_n));
	return p * two_n;
}

#endif

/* Seeded pseudo-random numbers. xoshiro256** 1.0 and splitmix64 by Blackman and Vigna (public domain algorithms).
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "common/err.h"
#include <math.h>

static uint64_t rotl(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

void prng_init(struct prng *p, uint64_t seed)
{
	for (int i = 0; i < 4; i++) {
		uint64_t z = seed += 0x9e3779b97f4a7c15u;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		p->s[i] = z ^ z >> 31;
	}
}

uint64_t prng_u64(struct prng *p)
{
	uint64_t *s = p->s;
	uint64_t result = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

int64_t prng_range(struct prng *p, int64_t lo, int64_t hi)
{
	uint64_t n = (uint64_t)hi - (uint64_t)lo + 1, x;

	if (lo > hi)
		BUG("empty range %lld..%lld", (long long)lo, (long long)hi);
	if (n == 0) /* all 2^64 values */
		return (int64_t)prng_u64(p);
	/* rejecting the first 2^64 mod n values leaves every residue equally often */
	do
		x = prng_u64(p);
	while (x < -n % n);
	return (int64_t)((uint64_t)lo + x % n);
}

double prng_unit(struct prng *p)
{
	return (double)(prng_u64(p) >> 11) * 0x1p-53;
}

/* ln(x), 0 < x < 1, from IEEE + - * / alone: libm's log may differ in the last bit between machines.
 * x = m * 2^k, 1/2 <= m < 1; ln m = 2 atanh(t), t = (m - 1)/(m + 1), |t| <= 1/3: 17 terms leave less than 1e-17. */
static double ln(double x)
{
	int k;
	double m = frexp(x, &k), t = (m - 1) / (m + 1), t2 = t * t, sum = 0;

	for (int i = 33; i >= 1; i -= 2)
		sum = sum * t2 + 1.0 / i;
	return 2 * t * sum + k * 0.69314718055994530942;
}

/* Marsaglia's polar method; the second value of the pair is dropped, so that the state is s alone */
double prng_normal(struct prng *p)
{
	double u, v, r;

	do {
		u = 2 * prng_unit(p) - 1;
		v = 2 * prng_unit(p) - 1;
		r = u * u + v * v;
	} while (r >= 1 || r == 0);
	return u * sqrt(-2 * ln(r) / r);
}

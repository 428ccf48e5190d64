/* Seeded pseudo-random numbers (splitmix64-seeded xoshiro256**): the same seed gives the same numbers on every machine.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_PRNG_H
#define COMMON_PRNG_H
#include <stdint.h>

struct prng { uint64_t s[4]; };

void prng_init(struct prng *p, uint64_t seed);
uint64_t prng_u64(struct prng *p);
int64_t prng_range(struct prng *p, int64_t lo, int64_t hi); /* uniform, both ends included */
double prng_unit(struct prng *p);                            /* [0, 1) */
double prng_normal(struct prng *p);                          /* mean 0, variance 1 */

#endif

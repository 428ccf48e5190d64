/* A made-up cost of a point for the tests of explore/: figures from a hash of the point's name, so that it does not matter who asks, or when.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_EXPLORE_FAKE_H
#define TESTS_UNIT_EXPLORE_FAKE_H
#include "common/prng.h"
#include "common/sha256.h"
#include "explore/explore.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* refuse: one point in so many is ERR_INPUT; 0: none */
struct fake { int refuse; };

static int fake_cost(const void *ctx, const struct explore_point *p, struct explore_result *out, struct err *e)
{
	const struct fake *f = ctx;
	struct prng r;
	struct buf key;
	uint8_t hash[32];
	uint64_t seed;

	buf_init(&key);
	explore_key(p, &key);
	sha256_bytes(key.data, key.len, hash);
	buf_release(&key);
	memcpy(&seed, hash, sizeof(seed));
	prng_init(&r, seed);
	if (f->refuse && !prng_range(&r, 0, f->refuse - 1))
		return err_set(e, ERR_INPUT, "no, \"%s\" is not to be had", p->value[EXPLORE_ROWS]);
	*out = (struct explore_result){ .bits_wanted = (int)prng_range(&r, 1, 9), .array_cells = prng_u64(&r) >> 2 };
	out->cost = (struct system_cost){ .arrays = prng_range(&r, 1, 1000), .images = prng_u64(&r) >> 1, .utilisation = prng_unit(&r), .cells = prng_u64(&r) >> 1, .cycles = prng_u64(&r) >> 1,
		.bits = 3, .latency_ns = prng_unit(&r) / 3, .energy_nj = prng_range(&r, 0, 3) ? exp(100 * prng_normal(&r)) : NAN, .area_um2 = NAN, .missing = (unsigned)prng_range(&r, 0, 63),
		.converter_nj = prng_unit(&r), .converter_um2 = 1 / prng_unit(&r), .lower_bound_arrays = 33 };
	snprintf(out->cost.candidate, sizeof(out->cost.candidate), "packed %d", (int)prng_range(&r, 0, 9));
	return 0;
}

#endif

/* Random layer sets for the tests of placements: groups of matrices that share inputs, one or two stages, awkward sizes, padded or not.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_PLACE_RANDOM_H
#define TESTS_PLACE_RANDOM_H
#include "common/prng.h"
#include "place/place.h"

enum { RANDOM_MOST = 256 };

struct random_set {
	struct place_geometry g;
	struct place_block b[RANDOM_MOST]; size_t n;
	int stages;
	long weights;            /* stored, times slices: what a checker has to look at */
};

static int random_of(struct prng *r, const int *from, int n)
{
	return from[prng_range(r, 0, n - 1)];
}

/* one stage of a matrix: blocks of one stored size, the last ones shorter or missing where padded; vectors: how many they read */
static void random_stage(struct prng *r, struct random_set *s, int phase, int blocks, int in_p, int out_p, bool padded, int input, int vectors)
{
	for (int k = 0; k < blocks; k++) {
		struct place_block b = { .in = in_p, .out = out_p, .in_p = in_p, .out_p = out_p, .stage = s->stages, .phase = phase, .input = 1000L * input + k % vectors, .real = true };

		if (padded && k >= blocks - 2) {
			b.in = (int)prng_range(r, 1, in_p);
			b.out = (int)prng_range(r, 1, out_p);
			b.real = k == 0 || prng_range(r, 0, 2) > 0;
		}
		if (!padded && k == blocks - 1 && prng_range(r, 0, 1))
			b.in = b.in_p = (int)prng_range(r, 1, in_p);
		s->b[s->n++] = b;
		s->weights += (long)in_p * out_p * s->g.slices;
	}
	s->stages++;
}

/* a group of 1..3 matrices that read the same vector, one or two stages */
static void random_group(struct prng *r, struct random_set *s, int group, long budget)
{
	static const int count[] = { 1, 1, 2, 3, 4, 7, 8, 33 }, side[] = { 1, 2, 3, 4, 7, 8, 16, 33 };
	int matrices = (int)prng_range(r, 1, 3), stages = (int)prng_range(r, 1, 2);

	for (int stage = 0; stage < stages; stage++) {
		int blocks = random_of(r, count, 8), in = random_of(r, side, 8), out = prng_range(r, 0, 1) ? in : random_of(r, side, 8);
		bool padded = prng_range(r, 0, 1), same = prng_range(r, 0, 3) > 0;
		int vectors = prng_range(r, 0, 2) ? blocks : (int)prng_range(r, 1, blocks), input = prng_range(r, 0, 3) ? 2 * group + stage : 0;

		for (int m = 0; m < matrices; m++) {
			if (s->n + 33 > RANDOM_MOST || s->weights + (long)blocks * in * out * s->g.slices > budget)
				return;
			random_stage(r, s, 2 * group + stage, blocks, in, out, padded, input + (stage == 0 ? 0 : 50 * m), vectors);
			if (!same)
				out = random_of(r, side, 8);
		}
	}
}

static void random_draw(struct prng *r, struct random_set *s, long budget)
{
	static const int side[] = { 8, 9, 15, 16, 31, 32, 33, 64, 100, 120, 200, 256 };
	int groups = (int)prng_range(r, 1, 4);

	s->n = 0;
	s->stages = 0;
	s->weights = 0;
	s->g = (struct place_geometry){ .rows = random_of(r, side, 12), .cols = random_of(r, side, 12), .slices = prng_range(r, 0, 1) ? 1 : (int)prng_range(r, 1, 14),
		.adcs = 1 << prng_range(r, 0, 5), .arrays = prng_range(r, 0, 1) ? 0 : prng_range(r, 1, 9) };
	if (s->g.adcs > s->g.cols)
		s->g.adcs = s->g.cols;
	for (int i = 0; i < groups; i++)
		random_group(r, s, i, budget);
	if (!s->n)
		random_stage(r, s, 0, 1, 3, 3, false, 0, 1);
}

#endif

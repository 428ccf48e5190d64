/* `make bench`: placement time per block as the workload grows, as ratios within one run: 1.0 means linear. The bound is one write of each piece and step.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "place/place.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RUNS = 5 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* layers of six Monarch matrices, both stages, 64 blocks each: heights of 16, 32, 43 and 64 inputs */
static struct place_block *blocks(int layers, size_t *n)
{
	static const int in[] = { 64, 32, 43, 16, 64, 43 }, out[] = { 64, 64, 32, 64, 43, 16 };
	struct place_block *b = MEM_NEW((size_t)layers * 12 * 64, struct place_block);

	*n = 0;
	for (int l = 0; l < layers; l++)
		for (int s = 0; s < 12; s++)
			for (int k = 0; k < 64; k++, ++*n)
				b[*n] = (struct place_block){ in[s % 6], out[s % 6], in[s % 6], out[s % 6], l * 12 + s, l * 2 + s / 6, (int64_t)*n, true };
	return b;
}

/* seconds per block, the least of some runs: other users of the machine only add */
static double per_block(enum place_kind kind, enum place_mode mode, int layers)
{
	double best = 1e9;
	size_t n;
	struct place_block *b = blocks(layers, &n);
	struct place_geometry g = { 256, 256, 1, 8, mode == PLACE_LATENCY && kind == PLACE_PACKED ? 4 * layers : 0 };

	for (int i = 0; i < RUNS; i++) {
		struct placement p;
		struct err e = { 0 };
		double t = now();

		if (place_make(&g, kind, mode, false, b, n, &p, &e)) {
			fprintf(stderr, "bench: %s\n", e.text);
			exit(3);
		}
		t = (now() - t) / (double)n;
		best = t < best ? t : best;
		place_release(&p);
	}
	free(b);
	return best;
}

int main(void)
{
	static const struct { enum place_kind kind; enum place_mode mode; const char *name; } what[] = {
		{ PLACE_SPARSE, PLACE_AREA, "sparse" }, { PLACE_DENSE, PLACE_AREA, "dense" }, { PLACE_STRIDED, PLACE_AREA, "dense-strided" },
		{ PLACE_PACKED, PLACE_AREA, "packed, area" }, { PLACE_PACKED, PLACE_CONVERSIONS, "packed, conversions" }, { PLACE_PACKED, PLACE_LATENCY, "packed, latency" },
	};

	printf("placement: time per block, 768 blocks a layer (linear growth: 1.0)\n%-20s %14s %10s %10s\n", "placement", "8 layers", "x4 layers", "x16 layers");
	for (size_t i = 0; i < sizeof(what) / sizeof(*what); i++) {
		double one = per_block(what[i].kind, what[i].mode, 8), four = per_block(what[i].kind, what[i].mode, 32), sixteen = per_block(what[i].kind, what[i].mode, 128);

		printf("%-20s %11.0f ns %10.2f %10.2f\n", what[i].name, one * 1e9, four / one, sixteen / one);
	}
	return 0;
}

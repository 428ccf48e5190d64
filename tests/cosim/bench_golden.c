/* Speed of golden's read-out: what plain C, AVX2 and AVX-512 take for one vector and for preparing one matrix, medians of runs that alternate
 * within one process. Ratios are to plain C.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "golden/layer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 11, MOST = 256 * 256, N_WAYS = 5 };

struct bench_case {
	const char *name;
	int out, in, rows;
	enum gc_code code; /* of weights; inputs are sm with sm, else tc */
	int weight_bits, cell_bits, adc_bits, lsb;
	bool bent, product;
	int adcs; /* 0: 8 */
};

static const struct bench_case cases[] = {
	{ "64x64 tc 4 bits", 64, 64, 64, GC_TC, 8, 1, 4, 1 },
	{ "64x64 tc 6 bits", 64, 64, 64, GC_TC, 8, 1, 6, 1 },
	{ "64x64 tc 7 bits", 64, 64, 64, GC_TC, 8, 1, 7, 1 },
	{ "64x64 tc 4 bits lsb 4", 64, 64, 64, GC_TC, 8, 1, 4, 4 },
	{ "172x64 tc 4 bits", 172, 64, 64, GC_TC, 8, 1, 4, 1 },
	{ "64x172 tc 4 bits", 64, 172, 64, GC_TC, 8, 1, 4, 1 },
	{ "64x64 sm 4 bits", 64, 64, 64, GC_SM, 8, 1, 4, 1 },
	{ "64x64 tc 4 bits bent", 64, 64, 64, GC_TC, 8, 1, 4, 4, true },
	{ "172x64 tc 4 bits bent", 172, 64, 64, GC_TC, 8, 1, 4, 4, true },
	{ "16x16 tc 4 bits", 16, 16, 64, GC_TC, 8, 1, 4, 1 },
	{ "8x8 tc 3 bits", 8, 8, 64, GC_TC, 8, 1, 3, 1 },
	{ "43x16 tc 4 bits", 43, 16, 64, GC_TC, 8, 1, 4, 1 },
	{ "16x43 tc 4 bits", 16, 43, 64, GC_TC, 8, 1, 4, 1 },
	{ "16x16 sm 4 bits", 16, 16, 64, GC_SM, 8, 1, 4, 1 },
	{ "16x16 tc 4 bits bent", 16, 16, 64, GC_TC, 8, 1, 4, 1, true },
	{ "43x16 tc 4 bits bent", 43, 16, 64, GC_TC, 8, 1, 4, 1, true },
	{ "16x43 tc 4 bits bent", 16, 43, 64, GC_TC, 8, 1, 4, 3, true },
	{ "16x16 64 converters", 16, 16, 64, GC_TC, 8, 1, 4, 1, true, false, 64 },
	{ "43x16 64 converters", 43, 16, 64, GC_TC, 8, 1, 4, 1, true, false, 64 },
	{ "64x64 64 converters", 64, 64, 64, GC_TC, 8, 1, 4, 4, true, false, 64 },
	{ "64x256 rows 256", 64, 256, 256, GC_TC, 8, 1, 6, 1 },
	{ "64x256 rows 256 bent", 64, 256, 256, GC_TC, 8, 1, 6, 4, true },
	{ "64x64 ternary", 64, 64, 64, GC_SM, 1, 1, 4, 1 },
	{ "64x64 ternary bent", 64, 64, 64, GC_SM, 1, 1, 4, 4, true },
	{ "64x64 dif 5 bits", 64, 64, 64, GC_DIF, 8, 1, 5, 2 },
	{ "64x64 cells of 2 bits", 64, 64, 64, GC_TC, 8, 2, 6, 3 },
	{ "64x64 product", 64, 64, 64, GC_TC, 8, 1, 7, 1, false, true },
	{ "16x16 product", 16, 16, 64, GC_TC, 8, 1, 7, 1, false, true },
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int up(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct times { double read[RUNS], inside[RUNS], prepare[RUNS]; };

static void measure(const struct bench_case *c, const struct gl_readout *ro, const int8_t *w, const int8_t *x, int repeat, struct times *t, int run)
{
	struct gl_matrix *m;
	int32_t y[256];
	float inside[256];
	double start = now();
	int i, n = repeat / 16 + 1;

	for (i = 0; i < n; i++)
		gl_free(gl_prepare(ro, w, c->out, c->in));
	t->prepare[run] = (now() - start) / n;
	m = gl_prepare(ro, w, c->out, c->in);
	start = now();
	for (i = 0; i < repeat; i++)
		gl_read(m, x, y);
	t->read[run] = (now() - start) / repeat;
	start = now();
	for (i = 0; i < repeat; i++)
		gl_read_inside(m, x, y, inside);
	t->inside[run] = (now() - start) / repeat;
	gl_free(m);
}

static double median(double *v)
{
	qsort(v, RUNS, sizeof(*v), up);
	return v[RUNS / 2];
}

static void draw(const struct bench_case *c, struct gl_readout *ro, int32_t *T, int8_t *w, int8_t *x)
{
	struct prng p;
	int i, most = c->weight_bits == 1 ? 1 : 127;

	prng_init(&p, 1);
	*ro = (struct gl_readout){ .rows = c->rows, .cols = 64, .adcs = c->adcs ? c->adcs : 8, .bits = c->adc_bits, .cell_bits = c->cell_bits, .grid_bits = 4, .input_bits = 8,
				   .weight_bits = c->weight_bits, .input_code = c->code == GC_SM ? GC_SM : GC_TC, .weight_code = c->code,
				   .window = { c->lsb, c->code == GC_DIF ? -32 : 0, false }, .product = c->product };
	for (i = 0; i < c->out * c->in; i++)
		w[i] = (int8_t)prng_range(&p, -most, most);
	for (i = 0; i < c->in; i++)
		x[i] = (int8_t)prng_range(&p, -127, 127);
	for (i = 0; c->bent && i < ro->adcs << c->adc_bits; i++)
		T[i] = (i % (1 << c->adc_bits) * c->lsb + ro->window.low) * 16 + (int32_t)prng_range(&p, -8, 8);
	ro->thresholds = c->bent ? T : NULL;
}

int main(void)
{
	static const char *name[] = { "plain", "avx2", "avx512" };
	static int8_t w[MOST], x[256];
	static int32_t T[64 << 8];
	static struct times t[3];
	size_t i;
	int way, run, best = gl_simd();

	printf("%-22s %-7s %10s %7s %10s %12s\n", "us", "", "read", "ratio", "inside", "prepare");
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct bench_case *c = &cases[i];
		int repeat = 4000000 / (c->out * c->in * 16) + 1;
		struct gl_readout ro;
		double plain = 0;

		draw(c, &ro, T, w, x);
		for (run = 0; run < RUNS; run++)
			for (way = 0; way <= best; way++) {
				gl_simd_limit((enum gl_simd)way);
				measure(c, &ro, w, x, repeat, &t[way], run);
			}
		for (way = 0; way <= best; way++) {
			double read = median(t[way].read);

			plain = way ? plain : read;
			printf("%-22s %-7s %10.3f %7.2f %10.3f %12.3f\n", way ? "" : c->name, name[way], read, plain / read, median(t[way].inside), median(t[way].prepare));
		}
	}
	return 0;
}

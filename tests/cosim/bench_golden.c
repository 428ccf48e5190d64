/* Speed of golden's read-out: what plain C, AVX2 and AVX-512 take for one vector and for preparing one matrix, medians of runs that alternate
 * within one process. Ratios are to plain C. Then the golden machine, beside what the processor can do at most, measured in the same run.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "golden/layer.h"
#include "golden/machine.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

/* ---- bounds: loops over words that stay in the first cache, nothing else ---- */

enum { BOUND_WORDS = 1024, BOUND_REPEAT = 4000 };
static uint64_t words[BOUND_WORDS];
static volatile uint64_t sink_of_bounds;

static uint64_t popcount_plain(void)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < BOUND_WORDS; i++)
		sum += (uint64_t)__builtin_popcountll(words[i] & words[0]);
	return sum;
}

static uint64_t product_plain(void)
{
	const int16_t *w = (const int16_t *)words;
	int32_t sum = 0;
	int i;

	for (i = 0; i < 4 * BOUND_WORDS; i++)
		sum += w[i] * w[i % 32];
	return (uint64_t)(uint32_t)sum;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512vpopcntdq"))) static uint64_t popcount_wide(void)
{
	__m512i sum[4], mask = _mm512_set1_epi64((long long)words[0]);
	int i, j;

	for (j = 0; j < 4; j++)
		sum[j] = _mm512_setzero_si512();
	for (i = 0; i < BOUND_WORDS; i += 32)
		for (j = 0; j < 4; j++)
			sum[j] = _mm512_add_epi64(sum[j], _mm512_popcnt_epi64(_mm512_and_si512(_mm512_loadu_si512(words + i + 8 * j), mask)));
	return (uint64_t)_mm512_reduce_add_epi64(_mm512_add_epi64(_mm512_add_epi64(sum[0], sum[1]), _mm512_add_epi64(sum[2], sum[3])));
}

__attribute__((target("avx512f,avx512bw"))) static uint64_t product_wide(void)
{
	__m512i sum[4], by = _mm512_loadu_si512(words);
	int i, j;

	for (j = 0; j < 4; j++)
		sum[j] = _mm512_setzero_si512();
	for (i = 0; i < BOUND_WORDS; i += 32)
		for (j = 0; j < 4; j++)
			sum[j] = _mm512_add_epi32(sum[j], _mm512_madd_epi16(_mm512_loadu_si512(words + i + 8 * j), by));
	return (uint64_t)_mm512_reduce_add_epi32(_mm512_add_epi32(_mm512_add_epi32(sum[0], sum[1]), _mm512_add_epi32(sum[2], sum[3])));
}
#endif

/* seconds per word */
static double bound(bool popcount)
{
	uint64_t (*loop)(void) = popcount ? popcount_plain : product_plain;
	double start = now();
	int i;

#if defined(__x86_64__)
	if (gl_simd() >= GL_AVX512 && __builtin_cpu_supports("avx512vpopcntdq"))
		loop = popcount ? popcount_wide : product_wide;
#endif
	for (i = 0; i < BOUND_REPEAT; i++)
		sink_of_bounds += loop();
	return (now() - start) * 1e-6 / BOUND_REPEAT / BOUND_WORDS;
}

/* ---- the golden machine: one tile, 8 converters, 8 planes, 8 slices; a LOAD, then TOKENS times XIN, ACT of all rows and columns, OUT ---- */

enum { TOKENS = 200, PLANES = 8, SLICES = 8 };

struct machine_bench { int size, bits; uint32_t code[8][8]; uint64_t *beats; size_t n_beats; };

static void machine_program(struct machine_bench *b)
{
	const uint32_t one_tile = 1u << 16 | 1u << 24, n = (uint32_t)b->size, span = 1u << 10 | n << 20;
	const uint32_t code[8][8] = {
		{ 5, 0, 0, 0, 0, n / SLICES << 16, 0, 0 },                                                    /* PARAM */
		{ 6 | one_tile, span, 0, 0, 0, 0, 0, 0 },                                                     /* LOAD */
		{ 2, 0, 0, 0, 0, (uint32_t)TOKENS << 16, 0, 0 },                                              /* LOOP */
		{ 7, 0, 0, n << 16, 1, n << 16, 0, 0 },                                                       /* XIN */
		{ 8 | one_tile, span, span, n << 16, 1, 0, (uint32_t)b->bits | (uint32_t)SLICES << 12, 0 },   /* ACT */
		{ 9 | 2 << 4 | one_tile, 0, 0, 0, 0, n / SLICES << 16, 0, 0 },                                /* OUT, to the stream */
		{ 3, 0, 0, 0, 0, 0, 0, 0 },                                                                   /* NEXT */
		{ 1, 0, 0, 0, 0, 0, 0, 0 },                                                                   /* END */
	};
	struct prng p;
	size_t i;

	memcpy(b->code, code, sizeof(code));
	b->n_beats = (size_t)(n / SLICES + n * (n / 64) + TOKENS * (n / 8));
	b->beats = malloc(b->n_beats * sizeof(*b->beats));
	prng_init(&p, 1);
	for (i = 0; i < b->n_beats; i++)
		b->beats[i] = i < n / SLICES ? 1 | 8 << 16 : prng_u64(&p);
}

/* seconds of one run */
static double machine_run(const struct machine_bench *b, struct gm *g, bool product, bool clocks, struct gm_counts *counts)
{
	const struct gm_regs regs = { .input_bits = 8, .weight_bits = 8, .precharge = 1, .evaluate = 1, .compare = 1, .clocks = clocks, .product = product,
				      .window = { { 1, 0, false }, { 1, 0, false }, { 1, 0, false }, { 1, 0, false } } };
	double start = now();
	struct err e = { 0 };
	size_t used;

	if (gm_run(g, &regs, &b->code[0][0], 8, b->beats, b->n_beats, NULL, counts, &used, &e)) {
		fprintf(stderr, "bench_golden: %s\n", e.text);
		exit(ERR_DIFF);
	}
	return (now() - start) * 1e-6;
}

static void machine_bench(int size, int bits)
{
	const struct gm_hw hw = { .rows = size, .cols = size, .tiles = 1, .adcs = 8, .adc_bits = bits, .cell_bits = 1, .grid_bits = 4, .sample_hold = true,
				  .prog_depth = 64, .act_depth = 1024, .acc_depth = 64, .ch_depth = 64 };
	struct machine_bench b = { .size = size, .bits = bits };
	double t[2][2][RUNS], word[RUNS], pair[RUNS], conversions = (double)TOKENS * PLANES * size, macs = (double)TOKENS * size * size / SLICES;
	struct gm *g = gm_new(&hw, NULL);
	struct gm_counts n;
	int run, product;

	machine_program(&b);
	machine_run(&b, g, true, true, &n); /* warms up */
	for (run = 0; run < RUNS; run++) {
		word[run] = bound(true);
		pair[run] = bound(false);
		for (product = 0; product < 2; product++) {
			t[product][0][run] = machine_run(&b, g, product, false, &n);
			t[product][1][run] = machine_run(&b, g, product, true, &n);
		}
	}
	for (product = 0; product < 2; product++) {
		double without = median(t[product][0]), with = median(t[product][1]);
		/* per conversion a word of 64 rows at least; four products of 16 bits per word */
		double most = product ? 4 / median(pair) : 1 / (median(word) * ((size + 63) / 64));

		printf("%4dx%-4d %-9s %10.0f M %s/s %10.0f M at most %6.2f of it %10.0f M clocks/s\n", size, size, product ? "product" : "codes",
		       (product ? macs : conversions) / without * 1e-6, product ? "MAC  " : "conv.", most * 1e-6, (product ? macs : conversions) / without / most,
		       (double)n.cycles / with * 1e-6);
	}
	gm_free(g);
	free(b.beats);
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
	printf("\ngolden machine, one tile, 8 converters, %d tokens after a LOAD; clocks/s: of the hardware, exact counts included\n", TOKENS);
	puts("at most: words of 64 rows that this processor can count, products of 16 bits that it can sum, from its first cache (cells and weights of a tile stay there)");
	machine_bench(64, 7);
	machine_bench(256, 9);
	return 0;
}

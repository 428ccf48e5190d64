/* packed for latency: everything in its place on random sets and awkward arrays; one image where one can hold it; phases on all arrays at once; equal layouts; images in order of use; time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place_check.h"
#include "place_blocks.h"
#include "place_random.h"
#include "cost/cost.h"
#include "workload/workload.h"
#include <time.h>

static void spread(const struct place_geometry *g, bool keep, const struct place_block *b, size_t n, struct placement *p)
{
	struct err e = { 0 };

	if (place_make(g, PLACE_PACKED, PLACE_LATENCY, keep, b, n, p, &e))
		fail_msg("%s", e.text);
}

/* n blocks of one phase, each with inputs of its own */
static struct place_block *uniform(size_t n, int in, int out)
{
	struct place_block *b = MEM_NEW(n, struct place_block);

	for (size_t i = 0; i < n; i++)
		b[i] = (struct place_block){ .in = in, .out = out, .in_p = in, .out_p = out, .input = (int64_t)i, .real = true };
	return b;
}

/* comparisons of one converter for a round of columns of so many rows: ceil(log2(rows + 1)) + 1 */
static long weight(int rows)
{
	long w = 1;

	while ((1L << (w - 1)) < rows + 1)
		w++;
	return w;
}

static long step_time(const struct place_geometry *g, const struct place_step *s)
{
	return ((s->col + s->n_cols - 1) / g->adcs - s->col / g->adcs + 1) * weight(s->n_rows);
}

/* time of the array that needs longest for a phase */
static long slowest(const struct place_geometry *g, const struct placement *p, int phase)
{
	long *time = MEM_NEW((size_t)g->arrays, long), most = 0;

	for (size_t i = 0; i < p->n_steps; i++) {
		long *t = &time[p->image[p->step[i].image].array];

		if (p->step[i].phase == phase)
			*t += step_time(g, &p->step[i]);
		most = *t > most ? *t : most;
	}
	free(time);
	return most;
}

/* all arrays' images hold the same rectangles */
static bool equal_layouts(const struct placement *p)
{
	size_t steps = p->n_steps / p->n_images;

	for (size_t i = steps; i < p->n_steps; i++) {
		const struct place_step *a = &p->step[i - steps], *b = &p->step[i];

		if (b->image != (int)(i / steps) || a->row != b->row || a->n_rows != b->n_rows || a->col != b->col || a->n_cols != b->n_cols)
			return false;
	}
	return true;
}

/* exactly full: every cell of every array is needed */
static void test_exact(void **state)
{
	static const struct { size_t n; int in, out; struct place_geometry g; } cases[] = {
		{ 64, 32, 32, { 256, 256, 8, 16, 8 } }, { 64, 32, 32, { 256, 256, 8, 32, 8 } }, { 64, 32, 256, { 256, 256, 1, 8, 8 } }, { 64, 32, 32, { 256, 256, 8, 8, 1 } },
		{ 21, 11, 13, { 33, 65, 5, 1, 7 } }, { 8, 8, 64, { 8, 64, 1, 4, 8 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct place_geometry *g = &cases[i].g;

		for (int keep = 0; keep < 2; keep++) {
			struct place_block *b = uniform(cases[i].n, cases[i].in, cases[i].out);
			long images = (long)cases[i].n * cases[i].in * cases[i].out * g->slices / (g->rows * g->cols);
			long work = (long)cases[i].n * cases[i].out * g->slices * weight(cases[i].in);
			struct placement p;

			spread(g, keep, b, cases[i].n, &p);
			check_placement(g, false, keep, b, cases[i].n, &p, "exact");
			assert_int_equal(p.n_images, images);
			if (images <= g->arrays) {
				assert_int_equal(p.arrays, images);
				assert_int_equal(slowest(g, &p, 0), work / (g->arrays * g->adcs));
				assert_true(equal_layouts(&p));
			}
			place_release(&p);
			free(b);
		}
	}
}

/* on a core slices win where they are no slower: every array computes a part of every block */
static void test_slices_on_a_core(void **state)
{
	struct place_geometry g = { 256, 256, 8, 32, 8 };
	struct place_block *b = uniform(32, 32, 32);
	struct placement p;

	(void)state;
	spread(&g, true, b, 32, &p);
	assert_int_equal(p.n_images, 8);
	assert_int_equal(p.n_steps, 8 * 32);
	assert_true(equal_layouts(&p));
	place_release(&p);
	spread(&g, false, b, 32, &p);
	assert_int_equal(p.n_steps, 32); /* as quick, and fewer activations */
	place_release(&p);
	free(b);
}

/* with room to spare no array has more than its share and what a round and a cut at either end add */
static void test_balance(void **state)
{
	struct prng r;

	(void)state;
	prng_init(&r, 7);
	for (int i = 0; i < 500; i++) {
		int in = (int)prng_range(&r, 1, 64), out = (int)prng_range(&r, 1, 200);
		size_t n = (size_t)prng_range(&r, 1, 40);
		struct place_geometry g = { 256, 256, 1, 1 << prng_range(&r, 0, 5), prng_range(&r, 1, 50) };
		struct place_block *b = uniform(n, in, out);
		struct placement p;
		long share;

		if (4 * (long)n * in * out > g.arrays * g.rows * g.cols)
			g.arrays = 1 + 4 * (long)n * in * out / (g.rows * g.cols);
		spread(&g, false, b, n, &p);
		check_placement(&g, false, false, b, n, &p, "balance");
		assert_int_equal(p.n_images, p.arrays);
		share = (long)n * ((out + g.adcs - 1) / g.adcs) / g.arrays; /* rounds */
		assert_true(slowest(&g, &p, 0) <= (share + 2) * weight(in));
		place_release(&p);
		free(b);
	}
}

/* an array's images hold what is used one after the other */
static void assert_in_order(const struct placement *p, const char *what)
{
	for (size_t i = 0; i < p->n_images; i++)
		for (size_t s = 0, last = 0; s < p->n_steps; s++) {
			const struct place_image *a = &p->image[i], *b = &p->image[p->step[s].image];

			if ((size_t)p->step[s].image == i)
				last = (size_t)p->step[s].phase > last ? (size_t)p->step[s].phase : last;
			else if (a->array == b->array && b->turn > a->turn && (size_t)p->step[s].phase < last)
				fail_msg("%s: phase %d in turn %d, phase %zu in turn %d", what, p->step[s].phase, b->turn, last, a->turn);
		}
}

static void test_random(void **state)
{
	static const int rows[] = { 1, 3, 7, 8, 33, 100 }, cols[] = { 1, 3, 7, 9, 50, 65 };
	static struct random_set s;
	struct prng r;

	(void)state;
	prng_init(&r, 43);
	for (int i = 0; i < 2500; i++) {
		int n = (int)prng_range(&r, 0, 8);
		bool keep = i % 2;
		struct placement p;
		char what[64];

		random_draw(&r, &s, 3000);
		s.g = (struct place_geometry){ .rows = random_of(&r, rows, 6), .cols = random_of(&r, cols, 6), .slices = (int)prng_range(&r, 1, 14), .arrays = prng_range(&r, 1, 9) };
		s.g.adcs = (int)prng_range(&r, 1, s.g.cols);
		for (int k = 0; k < n && s.n < RANDOM_MOST; k++) { /* taller and wider than most arrays */
			int in = (int)prng_range(&r, 1, 130), out = (int)prng_range(&r, 1, 30);

			s.b[s.n] = (struct place_block){ .in = in, .out = out, .in_p = in, .out_p = out, .stage = 1000 + k, .phase = s.b[s.n - 1].phase + (int)prng_range(&r, 0, 1),
				.input = prng_range(&r, 5000, 5002), .real = true };
			s.n++;
		}
		snprintf(what, sizeof(what), "set %d of seed 43", i);
		spread(&s.g, keep, s.b, s.n, &p);
		check_placement(&s.g, false, keep, s.b, s.n, &p, what);
		if (p.n_steps < 2000)
			assert_in_order(&p, what);
		if (i % 10 == 0)
			check_execution(&s.g, false, s.b, s.n, &p, what);
		place_release(&p);
	}
}

/* 32 x 32 blocks: nothing is wasted at any number of arrays, and a phase of 1024 columns is one round where there are as many converters */
static void test_bert(void **state)
{
	static const long arrays[] = { 1, 33, 80, 264, 300 };
	size_t n;
	struct place_block *b = blocks_of("bert-large", WL_PAPER, &n);

	(void)state;
	for (size_t i = 0; i < sizeof(arrays) / sizeof(*arrays); i++) {
		struct place_geometry g = { 256, 256, 1, 16, arrays[i] };
		long most = 0;
		struct placement p;

		spread(&g, false, b, n, &p);
		assert_int_equal(p.n_images, arrays[i] > 264 ? arrays[i] : 264);
		for (int phase = 0; phase <= b[n - 1].phase; phase++)
			most = slowest(&g, &p, phase) > most ? slowest(&g, &p, phase) : most;
		if (arrays[i] >= 264)
			assert_true(most <= 2 * weight(32));
		place_release(&p);
	}
	free(b);
}

/* as many arrays as wanted: one image each, and not many more than the bound */
static void test_arrays_wanted(void **state)
{
	(void)state;
	for (int i = 0; wl_names[i]; i++) {
		struct place_geometry g = { 256, 256, 1, 16, 0 };
		size_t n;
		struct place_block *b = blocks_of(wl_names[i], WL_FIT, &n);
		long bound = place_bound_arrays(&g, b, n);
		struct placement p;

		spread(&g, false, b, n, &p);
		assert_int_equal(p.n_images, p.arrays);
		assert_true(p.cells == place_cells(&g, b, n));
		if (p.arrays > bound + 1 + bound / 8)
			fail_msg("%s: %ld arrays, bound %ld", wl_names[i], p.arrays, bound);
		place_release(&p);
		free(b);
	}
}

/* near-linear: ten times the blocks on ten times the arrays, of processor time */
static double seconds(size_t n, long arrays)
{
	struct place_geometry g = { 256, 256, 1, 16, arrays };
	struct place_block *b = uniform(n, 32, 32);
	struct placement p;
	clock_t start;

	for (size_t i = 0; i < n; i++) {
		b[i].in = b[i].in_p = 20 + (int)(i % 13);
		b[i].phase = (int)(i / 64);
		b[i].input = (int64_t)i / 3;
	}
	start = clock();
	spread(&g, false, b, n, &p);
	assert_true(p.cells == place_cells(&g, b, n));
	place_release(&p);
	free(b);
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static void test_time(void **state)
{
	double small = seconds(20000, 300), large = seconds(200000, 3000);

	(void)state;
	print_message("20,000 blocks on 300 arrays %.2f s, 200,000 on 3000 %.2f s\n", small, large);
	assert_true(large < 30 * small + 0.5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact), cmocka_unit_test(test_slices_on_a_core), cmocka_unit_test(test_balance), cmocka_unit_test(test_random), cmocka_unit_test(test_bert),
		cmocka_unit_test(test_arrays_wanted), cmocka_unit_test(test_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

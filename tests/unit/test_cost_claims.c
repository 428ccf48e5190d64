/* cost: what is claimed for the placements at 256 x 256 arrays of one weight per cell, on the models of paper A.
 * Comparisons are reckoned a second time here, from the shapes alone: sum over outputs of blocks of the bits of their rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cost/cost.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "cost_tables.h"

static struct cfg config(const char *override)
{
	const char *list[] = { override };
	struct err e = { 0 };
	struct cfg c;

	if (cfg_load(&c, "configs/paper-a.xml", list, override ? 1 : 0, &e))
		fail_msg("%s", e.text);
	return c;
}

static struct workload shapes(const char *name, int factors)
{
	struct workload w;
	struct err e = { 0 };

	if (wl_shapes(&w, name, factors, false, &e))
		fail_msg("%s", e.text);
	return w;
}

static struct system_cost cost(const struct cfg *c, const struct cost_table *t, const struct workload *w, enum place_kind kind, enum place_mode mode, long arrays)
{
	struct cost_request r = { kind, mode, arrays, 0 };
	enum place_kind chosen;
	struct system_cost x;
	struct err e = { 0 };

	if (cost_place(c, t, w, &r, NULL, &chosen, &x, &e))
		fail_msg("%s", e.text);
	return x;
}

/* ---- arrays ---- */

static void test_arrays(void **state)
{
	static const struct { const char *name; long linear, sparse, dense; } expected[] = { { "bert-large", 4608, 2304, 480 }, { "gpt2-medium", 4608, 2304, 480 }, { "bart-large", 5376, 2688, 528 } };
	struct cfg c = config(NULL);

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct workload w = shapes(expected[i].name, WL_PAPER);
		struct system_cost packed = cost(&c, table, &w, PLACE_PACKED, PLACE_AREA, 0), dense = cost(&c, table, &w, PLACE_DENSE, PLACE_AREA, 0), strided = cost(&c, table, &w, PLACE_STRIDED, PLACE_AREA, 0);

		assert_int_equal(cost(&c, table, &w, PLACE_LINEAR, PLACE_AREA, 0).arrays, expected[i].linear);
		assert_int_equal(cost(&c, table, &w, PLACE_SPARSE, PLACE_AREA, 0).arrays, expected[i].sparse);
		assert_int_equal(dense.arrays, expected[i].dense);
		assert_int_equal(strided.arrays, expected[i].dense);
		assert_true((double)dense.arrays <= (1 - 0.87) * (double)expected[i].linear);
		assert_true((double)dense.arrays <= (1 - 0.73) * (double)expected[i].sparse);
		assert_true((double)packed.arrays <= (1 - 0.89) * (double)expected[i].linear);
		assert_true(packed.utilisation >= 0.97);
		print_message("%s: linear %ld, sparse %ld, dense %ld, packed %ld (%.2f %% fewer than linear), utilisation %.4f, least %ld\n", expected[i].name, expected[i].linear, expected[i].sparse,
			      dense.arrays, packed.arrays, 100 * (1 - (double)packed.arrays / (double)expected[i].linear), packed.utilisation, packed.lower_bound_arrays);
		wl_release(&w);
	}
}

/* ---- comparisons ---- */

static int log2_bits(int n)
{
	return n <= 2 ? 1 : 1 + log2_bits((n + 1) / 2);
}

static int exact_bits(int n)
{
	return log2_bits(n + 1);
}

static int ceil_div(int a, int b)
{
	return (a + b - 1) / b;
}

typedef int bits_of(int rows);

/* an output of a matrix of n inputs, in chunks of 256 */
static double linear_output(int n, bits_of *bits)
{
	return n / 256 * bits(256) + (n % 256 ? bits(n % 256) : 0);
}

/* out x in by two stages of b blocks, cut at p inputs; padded: b blocks of b x b in both */
static double monarch(int out, int in, int b, int p, bool padded, bits_of *bits)
{
	int n_r = ceil_div(in, p);
	double sum = 0;

	if (padded)
		return 2.0 * b * b * bits(b);
	for (int k = 0; k < n_r; k++)
		sum += b * bits(in - k * p < p ? in - k * p : p);
	return sum + (double)out * bits(n_r);
}

static const char *const models[3] = { "bert-large", "gpt2-medium", "bart-large" };
/* layers that the published models have: attention matrices of 1024 x 1024, pairs of 4096 x 1024 and 1024 x 4096 */
static const struct { int attention, feed; } layers[3] = { { 96, 24 }, { 96, 24 }, { 144, 24 } };

static double by_formula(int model, bool linear, bool padded, bool fit, bits_of *bits)
{
	static const struct { int out, in; } shape[3] = { { 1024, 1024 }, { 4096, 1024 }, { 1024, 4096 } };
	double sum = 0;

	for (int i = 0; i < 3; i++) {
		int out = shape[i].out, in = shape[i].in, n = i ? layers[model].feed : layers[model].attention;
		int b = fit ? 32 : i ? 64 : 32, p = fit ? in / 32 : b;

		sum += n * (linear ? out * linear_output(in, bits) : monarch(out, in, b, p, padded, bits));
	}
	return sum;
}

/* linear / packed and linear / sparse with its padding, in comparisons; asserts that the formula says the same */
static void ratios(int model, int factors, const char *override, bits_of *bits, double *packed, double *padded, double *energy)
{
	struct cfg c = config(override);
	struct workload w = shapes(models[model], factors);
	struct system_cost l = cost(&c, table, &w, PLACE_LINEAR, PLACE_AREA, 0), p = cost(&c, table, &w, PLACE_PACKED, PLACE_CONVERSIONS, 0), s = cost(&c, table, &w, PLACE_SPARSE, PLACE_AREA, 0);
	double times = 8.0 * w.context;

	assert_float_equal((double)l.comparisons, times * by_formula(model, true, false, factors == WL_FIT, bits), 0.5);
	assert_float_equal((double)p.comparisons, times * by_formula(model, false, false, factors == WL_FIT, bits), 0.5);
	if (factors == WL_PAPER)
		assert_float_equal((double)s.comparisons, times * by_formula(model, false, true, false, bits), 0.5);
	assert_int_equal(p.conversions, p.lower_bound_conversions);
	*packed = (double)l.comparisons / (double)p.comparisons;
	*padded = (double)l.comparisons / (double)s.comparisons;
	*energy = l.converter_nj / p.converter_nj;
	print_message("%s, %s, %s: linear takes %.4f x the comparisons of packed (%.4f x those of sparse, padded), %.4f x the converter energy\n", models[model],
		      factors == WL_FIT ? "fit factors" : "the paper's factors", bits == log2_bits ? "log2 bits" : "lossless bits", *packed, *padded, *energy);
	wl_release(&w);
}

static void test_comparisons(void **state)
{
	static const double lossless[3] = { 3.93, 3.93, 3.76 }, fit[3] = { 4.70, 4.70, 4.34 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		double packed, padded, energy;

		ratios(i, WL_PAPER, NULL, log2_bits, &packed, &padded, &energy);
		assert_true(packed >= 4.0);
		if (i == 2) /* of BART exactly */
			assert_float_equal(packed, 4.0, 1e-12);
		assert_true(padded > 2.7 && padded < 3.0);
		assert_true(energy >= 2.5);
		ratios(i, WL_PAPER, "readout.resolution=fit", exact_bits, &packed, &padded, &energy);
		assert_float_equal(packed, lossless[i], 0.005);
		assert_true(energy >= 2.5);
		ratios(i, WL_FIT, "readout.resolution=fit", exact_bits, &packed, &padded, &energy);
		assert_float_equal(packed, fit[i], 0.005);
		assert_true(packed >= 4.0);
		assert_true(energy >= 2.5);
	}
}

/* ---- at equal numbers of arrays and converters ---- */

static void not_worse(const struct cfg *c, const struct cost_table *t, const struct workload *w, long arrays)
{
	struct system_cost fast = cost(c, t, w, PLACE_PACKED, PLACE_LATENCY, arrays), few = cost(c, t, w, PLACE_PACKED, PLACE_CONVERSIONS, arrays), best = fast;

	best.cycles = best.conversions = best.comparisons = UINT64_MAX;
	best.converter_nj = best.energy_nj = INFINITY;
	for (int kind = PLACE_SPARSE; kind <= PLACE_STRIDED; kind++) {
		struct system_cost x = cost(c, t, w, (enum place_kind)kind, PLACE_AREA, arrays);

		best.cycles = x.cycles < best.cycles ? x.cycles : best.cycles;
		best.conversions = x.conversions < best.conversions ? x.conversions : best.conversions;
		best.comparisons = x.comparisons < best.comparisons ? x.comparisons : best.comparisons;
		best.converter_nj = fmin(best.converter_nj, x.converter_nj);
		best.energy_nj = x.energy_given ? fmin(best.energy_nj, x.energy_nj) : best.energy_nj;
	}
	assert_true(fast.cycles <= best.cycles);
	assert_true(few.conversions <= best.conversions);
	assert_true(few.comparisons <= best.comparisons);
	assert_true(few.converter_nj <= best.converter_nj);
	print_message("%s, %ld arrays, %d converters, %s: %.3g cycles (%s, %.3f x the least), better of sparse and dense %.3g; comparisons %.3g, theirs %.3g; energy %.4g, theirs %.4g nJ\n", w->name,
		      arrays, c->adcs, cost_table_name(t), (double)fast.cycles, fast.candidate, (double)fast.cycles / (double)fast.lower_bound_cycles, (double)best.cycles, (double)few.comparisons,
		      (double)best.comparisons, few.energy_nj, best.energy_nj);
	if (!isinf(best.energy_nj)) {
		assert_true(few.energy_given);
		assert_true(few.energy_nj <= best.energy_nj);
	}
}

static void test_equal(void **state)
{
	static const char *const adcs[] = { "readout.adcs=4", "readout.adcs=8", "readout.adcs=16", "readout.adcs=32" };
	static const long arrays[] = { 480, 537, 2304 };

	(void)state;
	for (int i = 0; i < 3; i += 2) {
		struct workload w = shapes(models[i], WL_PAPER);

		for (int a = 0; a < 4; a++) {
			struct cfg c = config(adcs[a]);

			for (int n = 0; n < 3; n++)
				not_worse(&c, table, &w, arrays[n]);
			for (int n = 0; n < 3; n++)
				not_worse(&c, paper, &w, arrays[n]);
		}
		wl_release(&w);
	}
}

/* ---- size ---- */

static void test_time(void **state)
{
	static const struct { const char *name; double limit; } size[] = { { "bert-large", 1 }, { "llama3-8b", 10 } };
	struct cfg c = config(NULL);

	(void)state;
	for (int i = 0; i < 2; i++)
		for (int mode = PLACE_AREA; mode <= PLACE_LATENCY; mode++) {
			struct workload w = shapes(size[i].name, WL_PAPER);
			clock_t start = clock(); /* of this process: others may be at work */
			struct system_cost x = cost(&c, table, &w, PLACE_PACKED, (enum place_mode)mode, 0);
			double took = (double)(clock() - start) / CLOCKS_PER_SEC;

			print_message("%s, packed %s: %.3f s; %ld arrays, %s\n", size[i].name, place_mode_name[mode], took, x.arrays, x.candidate);
			assert_true(took < size[i].limit);
			wl_release(&w);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_arrays), cmocka_unit_test(test_comparisons), cmocka_unit_test(test_equal), cmocka_unit_test(test_time) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* Codes, quantiser, requantiser factors, resolutions: the worked vectors of docs/numerics.md and brute force.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "map/map.h"
#include "map/number.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct cfg config(int bits, enum cfg_code code, int cell_bits)
{
	struct cfg c = { .rows = 64, .cols = 64, .tiles = 1, .cell_bits = cell_bits, .input_bits = bits, .weight_bits = bits, .input_code = code, .weight_code = code,
		.bits = 7, .adcs = 8, .lsb = 1, .grid_bits = 4 };

	return c;
}

static void expect_cells(const struct cfg *c, int w, int n, const int *want)
{
	assert_int_equal(num_slices(c), n);
	for (int j = 0; j < n; j++)
		assert_int_equal(num_cell(c, j, 0, w), want[j]);
}

/* section 1, worked */
static void t_map_cells_worked(void **state)
{
	struct cfg c;

	(void)state;
	c = config(4, CFG_TC, 1);
	expect_cells(&c, -5, 4, (const int[]){ 1, 1, 0, 1 });
	c = config(4, CFG_TC, 2);
	expect_cells(&c, -5, 3, (const int[]){ 3, 0, 1 });
	c = config(4, CFG_SM, 1);
	expect_cells(&c, -5, 6, (const int[]){ 0, 0, 0, 1, 0, 1 });
	c = config(1, CFG_TC, 1);
	expect_cells(&c, -1, 1, (const int[]){ 1 });
	c = config(1, CFG_SM, 2);
	expect_cells(&c, -1, 2, (const int[]){ 0, 1 });
	c = config(3, CFG_SM, 1);
	assert_int_equal(num_planes(&c), 4);
}

/* a pair of cells for each digit, positive first */
static void t_map_pairs_worked(void **state)
{
	static const int want[3][2] = { { 0, 1 }, { 0, 0 }, { 0, 1 } };
	struct cfg c = config(4, CFG_SM, 1);

	(void)state;
	c.weight_code = CFG_DIF;
	assert_int_equal(num_slices(&c), 3);
	assert_int_equal(num_column_cells(&c), 2);
	c.cols = 65;
	assert_int_equal(num_columns(&c), 32);
	for (int j = 0; j < 3; j++)
		for (int cell = 0; cell < 2; cell++) {
			assert_int_equal(num_cell(&c, j, cell, -5), want[j][cell]);
			assert_int_equal(num_cell(&c, j, 1 - cell, 5), want[j][cell]);
		}
	for (int bits = 1; bits <= 8; bits++) {
		for (int cell = 1; cell <= 2; cell++) {
			int lo, hi;

			c.weight_bits = bits;
			c.cell_bits = cell;
			num_weight_range(&c, &lo, &hi);
			assert_int_equal(lo, -hi);
			for (int w = lo; w <= hi; w++) {
				int sum = 0;

				for (int j = 0; j < num_slices(&c); j++) {
					int even = num_cell(&c, j, 0, w), odd = num_cell(&c, j, 1, w);

					assert_true(even >= 0 && odd >= 0 && even < 1 << cell && odd < 1 << cell && !(even && odd));
					sum += (even - odd) * (1 << (j * cell));
				}
				assert_int_equal(sum, w);
			}
		}
	}
}

static void t_map_ternary(void **state)
{
	struct cfg c = config(1, CFG_SM, 1);
	int lo, hi;

	(void)state;
	c.weight_code = CFG_TERNARY;
	assert_int_equal(num_slices(&c), 2);
	num_weight_range(&c, &lo, &hi);
	assert_int_equal(lo, -1);
	assert_int_equal(hi, 1);
	assert_int_equal(num_qhi(c.weight_code, 1), 1);
	for (int w = -1; w <= 1; w++) {
		assert_int_equal(num_cell(&c, 0, 0, w), w > 0);
		assert_int_equal(num_cell(&c, 1, 0, w), w < 0);
	}
}

/* section 4, the table of kinds; network.md sections 1, 2 */
static void t_map_kinds(void **state)
{
	static const struct { enum cfg_adc adc; int bits, f, samples, b, steps, decisions, servers; } want[] = {
		{ CFG_SAR, 7, 2, 3, 5, 5, 5, 1 }, { CFG_SAR, 12, 2, 3, 1, 1, 1, 1 }, { CFG_FLASH, 5, 2, 3, 5, 1, 31, 31 }, { CFG_FLASH, 8, 2, 3, 1, 1, 1, 255 },
		{ CFG_HYBRID, 5, 2, 3, 5, 4, 6, 3 }, { CFG_HYBRID, 7, 2, 3, 7, 6, 8, 3 }, { CFG_HYBRID, 7, 6, 3, 3, 1, 7, 63 }, { CFG_HYBRID, 7, 1, 3, 1, 1, 1, 1 },
		{ CFG_SENSE, 1, 2, 3, 1, 1, 1, 1 }, { CFG_STOCHASTIC, 7, 2, 33, 7, 33, 33, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		struct cfg c = config(8, CFG_TC, 1);

		c.adc = want[i].adc;
		c.bits = want[i].bits;
		c.flash_bits = want[i].f;
		c.samples = want[i].samples;
		c.compare = 7;
		c.tiles = 1 + want[i].servers + 3;
		c.network = CFG_BROADCAST;
		assert_int_equal(num_steps(&c, want[i].b), want[i].steps);
		assert_int_equal(num_decisions(&c, want[i].b), want[i].decisions);
		assert_int_equal(num_servers(&c), 0);
		assert_int_equal(num_usable_tiles(&c), c.tiles);
		assert_int_equal(num_compare_clocks(&c), 7);
		assert_true(num_gain(&c) == (want[i].adc == CFG_STOCHASTIC ? 128.0 / 33 : 1));
		c.reference = CFG_IMMERSED;
		c.reference_precharge = 3;
		c.share = 1;
		c.settle = 5;
		assert_int_equal(num_servers(&c), want[i].servers);
		assert_int_equal(num_usable_tiles(&c), 4);
		assert_int_equal(num_compare_clocks(&c), 9);
	}
}

/* the digits of every value of every code add up to it */
static void t_map_cells_all(void **state)
{
	(void)state;
	for (int code = CFG_TC; code <= CFG_SM; code++) {
		for (int bits = 1; bits <= 8; bits++) {
			for (int cell = 1; cell <= 2; cell++) {
				struct cfg c = config(bits, (enum cfg_code)code, cell);
				int K = num_slices(&c), lo, hi;

				num_weight_range(&c, &lo, &hi);
				for (int w = lo; w <= hi; w++) {
					int sum = 0;

					for (int j = 0; j < K; j++) {
						int v = num_cell(&c, j, 0, w), weight;

						if (code == CFG_TC)
							weight = j == K - 1 ? -(1 << (bits - 1)) : 1 << (j * cell);
						else
							weight = j < K / 2 ? 1 << (j * cell) : -(1 << ((j - K / 2) * cell));
						assert_true(v >= 0 && v < 1 << cell);
						sum += v * weight;
					}
					assert_int_equal(sum, w);
				}
			}
		}
	}
}

/* section 4: B_fit from the definition, thresholds counted one by one on the grid */
static void t_map_resolution(void **state)
{
	struct prng rng;

	(void)state;
	prng_init(&rng, 3);
	for (int n = 0; n < 3000; n++) {
		struct cfg c = config(8, CFG_TC, (int)prng_range(&rng, 1, 2));
		int rows = (int)prng_range(&rng, 1, 1024), want = 1;
		long k_max = 0, F;

		c.bits = (int)prng_range(&rng, 1, 12);
		c.lsb = (int)prng_range(&rng, 1, n % 2 ? 9 : 4095);
		c.low = (int)prng_range(&rng, n % 3 ? 0 : -4096, n % 3 ? 9 : 4095);
		c.rounding = prng_range(&rng, 0, 1) ? CFG_FLOOR : CFG_NEAREST;
		c.grid_bits = (int)prng_range(&rng, 1, 8);
		F = 1L << c.grid_bits;
		for (long k = 1; k < 1L << c.bits; k++) {
			long T = (c.low + k * c.lsb) * F - (c.rounding == CFG_NEAREST ? c.lsb * F / 2 : 0);

			k_max += T <= rows * ((1L << c.cell_bits) - 1) * F;
		}
		while ((1L << want) < k_max + 1)
			want++;
		assert_int_equal(num_resolution(&c, rows), want);
		c.resolution = CFG_FULL;
		assert_int_equal(num_resolution(&c, rows), c.bits);
	}
}

static void quantise(const struct cfg *c, const float *w, int out, int in, double k_out, struct map_layer *l)
{
	struct model_linear m = { .out = out, .in = in, .w = w };
	struct err e = { 0 };

	if (map_quantise(c, &m, "0.wq", NULL, k_out, l, &e))
		fail_msg("%s", e.text);
}

/* section 2: half to even, clamp of 1-bit codes, all-zero rows */
static void t_map_quantise_dense(void **state)
{
	static const float w[3][3] = { { 127, 0.5f, 1.5f }, { 0, 0, 0 }, { -2.5f, 127, -127 } };
	struct cfg c = config(8, CFG_TC, 1);
	struct map_layer l;

	(void)state;
	quantise(&c, &w[0][0], 3, 3, 0, &l);
	assert_memory_equal(l.stage[0].w, ((const int8_t[]){ 127, 0, 2, 0, 0, 0, -2, 127, -127 }), 9);
	assert_true(l.stage[0].scale[0] == 1 && l.stage[0].scale[1] == 1);
	assert_int_equal(l.stage[0].M[0], 32768);
	assert_int_equal(l.stage[0].s[0], 15);
	map_layer_release(&l);
	c = config(1, CFG_TC, 1);
	quantise(&c, &w[0][0], 3, 3, 1, &l);
	assert_memory_equal(l.stage[0].w, ((const int8_t[]){ 0, 0, 0, 0, 0, 0, 0, 0, -1 }), 9);
	map_layer_release(&l);
	c = config(1, CFG_SM, 1);
	quantise(&c, &w[0][0], 3, 3, 1, &l);
	assert_memory_equal(l.stage[0].w, ((const int8_t[]){ 1, 0, 0, 0, 0, 0, 0, 1, -1 }), 9);
	map_layer_release(&l);
}

/* M * 2^-s is the factor to within half a unit of M, and no larger s would do */
static void t_map_factors(void **state)
{
	struct cfg c = config(8, CFG_TC, 1);
	struct prng rng;
	int refused = 0, greatest = 0;

	(void)state;
	prng_init(&rng, 4);
	for (int n = 0; n < 900; n++) {
		double k = exp((prng_unit(&rng) - 0.5) * 40);
		float w = (float)exp((prng_unit(&rng) - 0.5) * 5);
		struct map_layer l;
		struct model_linear m = { .out = 1, .in = 1, .w = &w };
		struct err e = { 0 };
		double f = (double)(w / 127.0f) / k;

		if (map_quantise(&c, &m, "0.wq", NULL, k, &l, &e)) {
			assert_true(f >= 65535.5 / 2);
			refused++;
			continue;
		}
		assert_true(f < 65535.5 / 2);
		greatest += l.stage[0].s[0] == 1;
		assert_true(fabs(f * ldexp(1, l.stage[0].s[0]) - l.stage[0].M[0]) <= 0.5);
		assert_true(l.stage[0].s[0] == 47 || rint(f * ldexp(1, l.stage[0].s[0] + 1)) > 65535);
		map_layer_release(&l);
	}
	assert_true(refused > 100 && greatest > 5); /* shift 1: factors from 16384 on */
}

static void expect_bad(const struct cfg *c, const struct model_linear *m, const double *k, double k_out, const char *text)
{
	struct map_layer l;
	struct err e = { 0 };

	assert_int_equal(map_quantise(c, m, "3.w2", k, k_out, &l, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	if (!strstr(e.text, text) || !strstr(e.text, "3.w2"))
		fail_msg("'%s' is not in: %s", text, e.text);
}

static void t_map_quantise_bad(void **state)
{
	struct cfg c = config(8, CFG_TC, 1), d;
	float w[3] = { 1, NAN, 2 }, *wide = MEM_NEW(33 * 64, float);
	static const float R[4] = { 1, 2, 3, 4 };

	(void)state;
	expect_bad(&c, &(struct model_linear){ .out = 1, .in = 3, .w = w }, NULL, 0, "nan");
	w[1] = INFINITY;
	expect_bad(&c, &(struct model_linear){ .out = 1, .in = 3, .w = w }, NULL, 0, "w[0][1] is infinite");
	w[1] = 127;
	expect_bad(&c, &(struct model_linear){ .out = 1, .in = 3, .w = w }, NULL, 1.0 / 32768, "channel 0 needs the requantiser factor 32768");
	expect_bad(&c, &(struct model_linear){ .out = 0, .in = 3, .w = w }, NULL, 0, "shape 0 x 3");
	expect_bad(&c, &(struct model_linear){ .out = 2, .in = 3, .b = 2, .r = 1, .p = 1, .s = 1, .R = R, .L = R }, NULL, 0, "do not cover");
	expect_bad(&c, &(struct model_linear){ .out = 2, .in = 2, .b = 2, .r = 1, .p = 1, .s = 1, .R = R, .L = R }, (const double[]){ 1, 0 }, 0, "k[1] is 0");
	/* 4095*4 * 255 * 255 = 1.065e9 a row group: 2 fit, 33 do not */
	d = c;
	d.bits = 12;
	d.lsb = 4;
	expect_bad(&d, &(struct model_linear){ .out = 1, .in = 33 * 64, .w = wide }, NULL, 0, "33 row groups");
	free(wide);
}

/* section 5's bound at its edge: vmax 255, planes 255, slices 255 */
static void t_map_overflow(void **state)
{
	struct cfg c = config(8, CFG_TC, 1);
	long one = 255L * 255 * 255;

	(void)state;
	c.bits = 8;
	assert_false(num_overflow(&c, INT32_MAX / one));
	assert_true(num_overflow(&c, INT32_MAX / one + 1));
	c.low = -4096;
	assert_int_equal(num_most_row_groups(&c), INT32_MAX / (4096L * 255 * 255));
	c = config(8, CFG_SM, 2);
	/* m = 7 bits in 4 digits of 1, 4, 16, 64: 85 a polarity */
	assert_int_equal(num_most_row_groups(&c), INT32_MAX / (127L * 254 * 170));
	/* both polarities of dif in one column, and a window that begins below zero: vmax of -100 + 127*lsb and of low */
	c.weight_code = CFG_DIF;
	c.low = -100;
	assert_int_equal(num_most_row_groups(&c), INT32_MAX / (100L * 254 * 85));
	c.lsb = 2;
	assert_int_equal(num_most_row_groups(&c), INT32_MAX / (154L * 254 * 85));
}

/* section 4: a stochastic code stands for samples / 2^B of the count, so real factors grow by 2^B / samples */
static void t_map_stochastic_factors(void **state)
{
	static const float w[1] = { 127 };
	static const int32_t one[1] = { 1 };
	static const double k[1] = { 2 };
	struct model_linear m = { .out = 1, .in = 1, .b = 1, .r = 1, .p = 1, .s = 1, .R = w, .L = w };
	struct cfg c = config(8, CFG_TC, 1);
	struct map_layer l;
	struct err e = { 0 };

	(void)state;
	c.adc = CFG_STOCHASTIC;
	c.bits = 7;
	c.samples = 32;
	quantise(&c, w, 1, 1, 0, &l);
	assert_true(ldexp(l.stage[0].M[0], -l.stage[0].s[0]) == 4);
	assert_true(l.stage[0].scale[0] == 1);
	map_layer_release(&l);
	assert_int_equal(map_take_integers(&c, one, 1, 1, "m.npy", 16, &l, &e), 0);
	assert_true(ldexp(l.stage[0].M[0], -l.stage[0].s[0]) == 0.25);
	map_layer_release(&l);
	assert_int_equal(map_quantise(&c, &m, "0.wq", k, 8, &l, &e), 0);
	assert_true(ldexp(l.stage[0].M[0], -l.stage[0].s[0]) == 2);
	assert_true(ldexp(l.stage[1].M[0], -l.stage[1].s[0]) == 1);
	map_layer_release(&l);
}

static void t_map_take_integers(void **state)
{
	static const int32_t w[2][3] = { { -8, 7, 0 }, { 1, 8, 2 } };
	struct cfg c = config(4, CFG_TC, 1);
	struct map_layer l;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(map_take_integers(&c, w[0], 1, 3, "m.npy", 0, &l, &e), 0);
	assert_memory_equal(l.stage[0].w, ((const int8_t[]){ -8, 7, 0 }), 3);
	assert_true(l.stage[0].scale[0] == 1);
	map_layer_release(&l);
	assert_int_equal(map_take_integers(&c, w[0], 2, 3, "m.npy", 0, &l, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.text, "'m.npy': value 8 in row 1, column 1 is outside -8..7"));
	c = config(4, CFG_SM, 1);
	e = (struct err){ 0 };
	assert_int_equal(map_take_integers(&c, w[0], 1, 3, "m.npy", 0, &l, &e), -1);
	assert_non_null(strstr(e.text, "value -8 in row 0, column 0 is outside -7..7"));
}

/* section 7: s_wR / k_l with l = i div r, then s_wL * k_l / k_out */
static void t_map_monarch_factors(void **state)
{
	enum { b = 3, r = 2, p = 1, s = 1 };
	static const double k[b] = { 0.5, 2, 8 };
	float R[b * b * r * p], L[b * s * b * r];
	struct cfg c = config(8, CFG_TC, 1);
	struct model_linear m = { .out = 3, .in = 3, .b = b, .r = r, .p = p, .s = s, .R = R, .L = L };
	struct map_layer l;
	struct err e = { 0 };

	(void)state;
	for (int i = 0; i < b * b * r * p; i++)
		R[i] = 127;
	for (int i = 0; i < b * s * b * r; i++)
		L[i] = 127;
	assert_int_equal(map_quantise(&c, &m, "0.wq", k, 4, &l, &e), 0);
	for (int i = 0; i < b * b * r; i++)
		assert_true(ldexp(l.stage[0].M[i], -l.stage[0].s[i]) == 1 / k[i % (b * r) / r]);
	for (int i = 0; i < b * s; i++)
		assert_true(ldexp(l.stage[1].M[i], -l.stage[1].s[i]) == k[i] / 4);
	map_layer_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_map_cells_worked), cmocka_unit_test(t_map_cells_all), cmocka_unit_test(t_map_pairs_worked), cmocka_unit_test(t_map_ternary),
		cmocka_unit_test(t_map_kinds), cmocka_unit_test(t_map_resolution), cmocka_unit_test(t_map_quantise_dense),
		cmocka_unit_test(t_map_factors), cmocka_unit_test(t_map_quantise_bad), cmocka_unit_test(t_map_overflow), cmocka_unit_test(t_map_take_integers),
		cmocka_unit_test(t_map_monarch_factors), cmocka_unit_test(t_map_stochastic_factors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* golden/readout: the worked examples of docs/numerics.md section 4, the SAR against the counting definition, and its own order where that fails.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "golden/readout.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static int code_of(struct ro_window w, int bits, int grid_bits, int S)
{
	int32_t T[4096];

	ro_ideal_table(&w, bits, grid_bits, T);
	return ro_sar(T, bits, grid_bits, S);
}

static void test_worked(void **state)
{
	const struct ro_window clip = { 1, 0, false }, two = { 2, 0, false }, near = { 2, 0, true }, low = { 1, 4, false };
	int32_t T[32];
	int S;

	(void)state;
	for (S = 0; S <= 64; S++)
		assert_int_equal(code_of(clip, 7, 4, S), S);
	assert_int_equal(code_of(clip, 5, 4, 40), 31);
	assert_int_equal(code_of(two, 5, 4, 13), 6);
	ro_ideal_table(&near, 5, 4, T);
	assert_int_equal(T[7], 208);
	assert_int_equal(code_of(near, 5, 4, 13), 7);
	assert_int_equal(code_of(low, 3, 4, 2), 0);
	assert_int_equal(code_of(low, 3, 4, 9), 5);
	assert_int_equal(code_of(low, 3, 4, 20), 7);
}

static int up(const void *a, const void *b)
{
	return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b);
}

static void test_monotone(void **state) /* any sorted table: code = how many thresholds are reached */
{
	struct prng p;
	int32_t T[4096];
	int i, k, S, bits, F;

	(void)state;
	prng_init(&p, 11);
	for (i = 0; i < 60; i++) {
		bits = 1 + i % 12;
		F = 1 + (int)prng_range(&p, 0, 7);
		for (k = 0; k < 1 << bits; k++)
			T[k] = (int32_t)prng_range(&p, -50, (int64_t)200 << F);
		qsort(T + 1, (size_t)(1 << bits) - 1, sizeof(*T), up);
		for (S = 0; S <= 200; S += 3) {
			int reached = 0;

			for (k = 1; k < 1 << bits; k++)
				reached += S * (1 << F) >= T[k];
			assert_int_equal(ro_sar(T, bits, F, S), reached);
		}
	}
}

static void test_bent(void **state) /* T = 16, 8, 24 on one fractional bit: asks T[2] first, then T[1] or T[3] */
{
	const int32_t T[4] = { 0, 32, 16, 48 };

	(void)state;
	assert_int_equal(ro_sar(T, 2, 1, 7), 0);
	assert_int_equal(ro_sar(T, 2, 1, 8), 2);
	assert_int_equal(ro_sar(T, 2, 1, 16), 2); /* T[1] is reached too and never asked */
	assert_int_equal(ro_sar(T, 2, 1, 24), 3);
}

static void test_limits(void **state) /* held inside the threshold file's 24 bits, and still never or always reached */
{
	const struct ro_window high = { 4095, 4095, false }, deep = { 1, -4096, true };
	int32_t T[4096];
	int k;

	(void)state;
	ro_ideal_table(&high, 12, 8, T);
	for (k = 1; k < 4096; k++)
		assert_true(T[k] > 3072 * 256 && T[k] <= 8388607);
	assert_int_equal(ro_sar(T, 12, 8, 3072), 0);
	ro_ideal_table(&deep, 12, 8, T);
	assert_int_equal(T[1], -4095 * 256 - 128);
	assert_int_equal(ro_sar(T, 12, 8, 0), 4095);
}

static void test_resolution(void **state)
{
	static const int sizes[] = { 1, 3, 7, 8, 33, 64, 65, 100, 1024 };
	struct ro_window w = { 1, 0, false };
	size_t i;
	int lsb, low, near, S, cb;

	(void)state;
	assert_int_equal(ro_resolution(&w, 7, 4, 64, 1, false), 7);
	assert_int_equal(ro_resolution(&w, 7, 4, 63, 1, false), 6);
	assert_int_equal(ro_resolution(&w, 7, 4, 8, 1, false), 4);
	assert_int_equal(ro_resolution(&w, 7, 4, 1, 1, false), 1);
	assert_int_equal(ro_resolution(&w, 5, 4, 64, 1, false), 5);
	assert_int_equal(ro_resolution(&w, 12, 4, 1024, 2, false), 12);
	assert_int_equal(ro_resolution(&w, 7, 4, 3, 1, true), 7);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) /* with ideal tables the fitted resolution changes no code */
		for (lsb = 1; lsb <= 3; lsb++)
			for (low = -5; low <= 9; low += 7)
				for (near = 0; near <= 1; near++)
					for (cb = 1; cb <= 2; cb++) {
						int fit, smax = sizes[i] * ((1 << cb) - 1);

						w = (struct ro_window){ lsb, low, near };
						fit = ro_resolution(&w, 7, 3, sizes[i], cb, false);
						assert_in_range(fit, 1, 7);
						for (S = 0; S <= smax; S += 1 + smax / 50)
							assert_int_equal(code_of(w, fit, 3, S), code_of(w, 7, 3, S));
						assert_int_equal(code_of(w, fit, 3, smax), code_of(w, 7, 3, smax));
						if (fit > 1) /* one bit fewer could not say the largest code */
							assert_true(code_of(w, 7, 3, smax) >= 1 << (fit - 1));
					}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worked), cmocka_unit_test(test_monotone), cmocka_unit_test(test_bent),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_resolution),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

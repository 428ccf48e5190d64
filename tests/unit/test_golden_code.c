/* golden/code: every code word against its planes and slices, the worked examples of docs/numerics.md, the requantiser against 128-bit arithmetic.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "golden/code.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static const enum gc_code codes[3] = { GC_TC, GC_SM, GC_DIF };

static int lowest(enum gc_code c, int bits)
{
	if (c == GC_TC)
		return -(1 << (bits - 1));
	return bits == 1 ? -1 : -((1 << (bits - 1)) - 1);
}

static int highest(enum gc_code c, int bits)
{
	if (bits == 1)
		return c == GC_TC ? 0 : 1;
	return (1 << (bits - 1)) - 1;
}

static void test_every_word(void **state)
{
	int c, bits, cb, v, i;

	(void)state;
	for (c = 0; c < 3; c++)
		for (bits = 1; bits <= 8; bits++)
			for (v = lowest(codes[c], bits); v <= highest(codes[c], bits); v++) {
				int sum = 0;

				for (i = 0; c < 2 && i < gc_planes(codes[c], bits); i++) { /* dif is a code of weights */
					int bit = gc_plane_bit(codes[c], bits, i, v);

					assert_in_range(bit, 0, 1);
					sum += gc_plane_weight(codes[c], bits, i) * bit;
				}
				assert_int_equal(sum, c < 2 ? v : 0);
				for (cb = 1; cb <= 2; cb++) {
					for (sum = 0, i = 0; i < gc_slices(codes[c], bits, cb); i++) {
						int cell = gc_slice_cell(codes[c], bits, cb, i, v);

						assert_true(cell >= (c == 2 ? 1 - (1 << cb) : 0) && cell <= (1 << cb) - 1);
						sum += gc_slice_weight(codes[c], bits, cb, i) * cell;
					}
					assert_int_equal(sum, v);
				}
			}
}

static void test_sizes(void **state)
{
	(void)state;
	assert_int_equal(gc_planes(GC_TC, 8), 8);
	assert_int_equal(gc_planes(GC_SM, 8), 14);
	assert_int_equal(gc_planes(GC_SM, 1), 2);
	assert_int_equal(gc_slices(GC_TC, 8, 1), 8);
	assert_int_equal(gc_slices(GC_TC, 8, 2), 5);
	assert_int_equal(gc_slices(GC_TC, 7, 2), 4);
	assert_int_equal(gc_slices(GC_TC, 1, 1), 1);
	assert_int_equal(gc_slices(GC_SM, 8, 1), 14);
	assert_int_equal(gc_slices(GC_SM, 8, 2), 8);
	assert_int_equal(gc_slices(GC_SM, 1, 2), 2);
	assert_int_equal(gc_slices(GC_DIF, 8, 1), 7);
	assert_int_equal(gc_slices(GC_DIF, 8, 2), 4);
	assert_int_equal(gc_slices(GC_DIF, 1, 1), 1);
	assert_int_equal(gc_qhi(GC_DIF, 1), 1);
	assert_int_equal(gc_qlo(8), -127);
	assert_int_equal(gc_qlo(1), -1);
	assert_int_equal(gc_qhi(GC_TC, 8), 127);
	assert_int_equal(gc_qhi(GC_TC, 1), 0);
	assert_int_equal(gc_qhi(GC_SM, 1), 1);
}

static void check_cells(enum gc_code c, int bits, int cb, int w, const int *cell, const int *weight, int n)
{
	int i;

	assert_int_equal(gc_slices(c, bits, cb), n);
	for (i = 0; i < n; i++) {
		assert_int_equal(gc_slice_cell(c, bits, cb, i, w), cell[i]);
		assert_int_equal(gc_slice_weight(c, bits, cb, i), weight[i]);
	}
}

static void test_worked_slices(void **state) /* numerics.md section 1 */
{
	(void)state;
	check_cells(GC_TC, 4, 1, -5, (int[]){ 1, 1, 0, 1 }, (int[]){ 1, 2, 4, -8 }, 4);
	check_cells(GC_TC, 4, 2, -5, (int[]){ 3, 0, 1 }, (int[]){ 1, 4, -8 }, 3);
	check_cells(GC_DIF, 4, 1, -5, (int[]){ -1, 0, -1 }, (int[]){ 1, 2, 4 }, 3); /* pairs (0,1), (0,0), (0,1) */
	check_cells(GC_DIF, 4, 2, 6, (int[]){ 2, 1 }, (int[]){ 1, 4 }, 2);
	check_cells(GC_SM, 4, 1, -5, (int[]){ 0, 0, 0, 1, 0, 1 }, (int[]){ 1, 2, 4, -1, -2, -4 }, 6);
	assert_int_equal(gc_plane_bit(GC_SM, 3, 0, -3), 0);
	assert_int_equal(gc_plane_bit(GC_SM, 3, 1, -3), 0);
	assert_int_equal(gc_plane_bit(GC_SM, 3, 2, -3), 1);
	assert_int_equal(gc_plane_bit(GC_SM, 3, 3, -3), 1);
}

static void test_quantise(void **state) /* section 2 */
{
	int8_t q[7];
	float s;

	(void)state;
	s = gc_quantise(GC_TC, 3, (float[]){ 3, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -3 }, 7, q); /* scale 1: halves go to even */
	assert_true(s == 1);
	assert_memory_equal(q, ((int8_t[]){ 3, 0, 2, 2, 0, -2, -3 }), 7);
	s = gc_quantise(GC_TC, 8, (float[]){ 0, 0, -0.0f }, 3, q);
	assert_true(s == 1);
	assert_memory_equal(q, ((int8_t[]){ 0, 0, 0 }), 3);
	s = gc_quantise(GC_SM, 8, (float[]){ -2.54f, 1.0f }, 2, q);
	assert_true(s == 2.54f / 127.0f);
	assert_memory_equal(q, ((int8_t[]){ -127, 50 }), 2);
	s = gc_quantise(GC_TC, 1, (float[]){ -4, 4, -1, 3 }, 4, q); /* no +1 in that code */
	assert_true(s == 4);
	assert_memory_equal(q, ((int8_t[]){ -1, 0, 0, 0 }), 4);
	s = gc_quantise(GC_SM, 1, (float[]){ -4, 4, -1, 3 }, 4, q);
	assert_memory_equal(q, ((int8_t[]){ -1, 1, 0, 1 }), 4);
	s = gc_quantise(GC_TC, 8, (float[]){ NAN, 127, -1 }, 3, q); /* legal data in a checkpoint */
	assert_true(s == 1);
	assert_memory_equal(q, ((int8_t[]){ 0, 127, -1 }), 3);
	s = gc_quantise(GC_TC, 8, (float[]){ INFINITY, 1, -INFINITY }, 3, q);
	assert_memory_equal(q, ((int8_t[]){ 0, 0, 0 }), 3);
	s = gc_quantise(GC_TC, 8, (float[]){ 1e-45f, 0 }, 2, q); /* the scale underflows */
	assert_true(s == 1);
	assert_memory_equal(q, ((int8_t[]){ 0, 0 }), 2);
}

static int requantise_wide(int64_t acc, uint32_t M, int s, int lo, int hi)
{
	__int128 n = (__int128)acc * M + ((__int128)1 << (s - 1)), d = (__int128)1 << s, v = n / d;

	if (n % d < 0)
		v--;
	return v < lo ? lo : v > hi ? hi : (int)v;
}

static void test_requantise(void **state) /* section 6 */
{
	struct prng p;
	int i;

	(void)state;
	assert_int_equal(gc_requantise(5, 1, 1, -127, 127), 3);
	assert_int_equal(gc_requantise(-5, 1, 1, -127, 127), -2);
	assert_int_equal(gc_requantise(1000, 32768, 18, -127, 127), 125);
	assert_int_equal(gc_requantise(INT32_MIN, 65535, 1, -7, 7), -7);
	assert_int_equal(gc_requantise(INT32_MAX, 65535, 1, -7, 0), 0);
	prng_init(&p, 7);
	for (i = 0; i < 100000; i++) {
		int32_t acc = (int32_t)(prng_range(&p, INT32_MIN, INT32_MAX) >> prng_range(&p, 0, 31));
		uint32_t M = (uint32_t)prng_range(&p, 0, 65535);
		int s = (int)prng_range(&p, 1, 47);

		assert_int_equal(gc_requantise(acc, M, s, -127, 127), requantise_wide(acc, M, s, -127, 127));
		assert_int_equal(gc_requantise(acc, M, s, -1, 0), requantise_wide(acc, M, s, -1, 0));
	}
}

static void test_factor(void **state)
{
	struct prng p;
	uint32_t M;
	int s, i;

	(void)state;
	assert_true(gc_factor(0, &M, &s) && M == 0 && s == 1);
	assert_true(gc_factor(1, &M, &s) && M == 32768 && s == 15);
	assert_true(gc_factor(32767.5, &M, &s) && M == 65535 && s == 1);
	assert_false(gc_factor(65535.5 / 2, &M, &s));
	assert_true(gc_factor(nextafter(65535.5 / 2, 0), &M, &s) && M == 65535 && s == 1);
	assert_false(gc_factor(1e300, &M, &s));
	assert_false(gc_factor(-1e-3, &M, &s));
	assert_false(gc_factor(NAN, &M, &s));
	assert_true(gc_factor(1e-300, &M, &s) && M == 0 && s == 47);
	prng_init(&p, 3);
	for (i = 0; i < 20000; i++) {
		double f = exp2(-40 + 54 * prng_unit(&p)), r;

		assert_true(gc_factor(f, &M, &s));
		r = f * exp2(s);
		assert_in_range(s, 1, 47);
		assert_true(M <= 65535 && fabs((double)M - r) <= 0.5);
		assert_true(s == 47 || rint(2 * r) > 65535); /* no larger shift fits */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_word), cmocka_unit_test(test_sizes), cmocka_unit_test(test_worked_slices),
		cmocka_unit_test(test_quantise), cmocka_unit_test(test_requantise), cmocka_unit_test(test_factor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

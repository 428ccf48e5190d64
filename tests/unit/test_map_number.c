/* One weight per cell (docs/numerics.md sections 1, 4): columns and resolutions of `cell` and `log2`; what needs the bits of a weight stops.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/number.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include "tests/unit/aborts.h"

static const struct cfg paper = { .rows = 256, .cols = 256, .tiles = 1, .cell_bits = 1, .input_bits = 8, .input_code = CFG_TC, .weight_bits = 8, .weight_code = CFG_CELL,
	.adc = CFG_SAR, .bits = 9, .adcs = 8, .lsb = 1, .compare = 1, .resolution = CFG_LOG2 };

static void t_columns(void **state)
{
	struct cfg c = paper;

	(void)state;
	for (c.cell_bits = 1; c.cell_bits <= 2; c.cell_bits++)
		for (c.weight_bits = 1; c.weight_bits <= 8; c.weight_bits++)
			for (c.cols = 8; c.cols <= 1024; c.cols += 25) {
				assert_int_equal(num_slices(&c), 1);
				assert_int_equal(num_column_cells(&c), 1);
				assert_int_equal(num_columns(&c), c.cols);
			}
	c = paper;
	assert_int_equal(num_planes(&c), 8);
	c.input_code = CFG_SM;
	assert_int_equal(num_planes(&c), 14);
}

/* the paper's 8, 5 and 3 bits are those of 256, 32 and 8 rows; everywhere max(1, ceil(log2 rows)), held to the converter's bits */
static void t_log2(void **state)
{
	struct cfg c = paper;

	(void)state;
	assert_int_equal(num_resolution(&c, 256), 8);
	assert_int_equal(num_resolution(&c, 32), 5);
	assert_int_equal(num_resolution(&c, 8), 3);
	for (c.bits = 1; c.bits <= 12; c.bits++)
		for (int rows = 1; rows <= 1024; rows++) {
			int wanted = rows <= 2 ? 1 : (int)ceil(log2(rows) - 1e-9);

			assert_int_equal(num_resolution(&c, rows), wanted < c.bits ? wanted : c.bits);
		}
	c = paper;
	c.resolution = CFG_FIT; /* with the all-ones count: a bit more at every power of two */
	for (int rows = 1; rows <= 256; rows++)
		assert_int_equal(num_resolution(&c, rows), (int)ceil(log2(rows + 1) - 1e-9));
	c.resolution = CFG_FULL;
	assert_int_equal(num_resolution(&c, 1), 9);
}

static void cell(const void *c)
{
	num_cell(c, 0, 0, 1);
}

static void range(const void *c)
{
	int lo, hi;

	num_weight_range(c, &lo, &hi);
}

static void overflow(const void *c)
{
	num_overflow(c, 1);
}

/* a caller that did not ask cfg_executable is a fault of the program, not a wrong figure */
static void t_no_bits(void **state)
{
	static void (*const call[])(const void *) = { cell, range, overflow };
	struct cfg bits = paper;

	(void)state;
	bits.weight_code = CFG_TC;
	for (int i = 0; i < 3; i++) {
		assert_true(aborts(call[i], &paper));
		assert_false(aborts(call[i], &bits));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_columns), cmocka_unit_test(t_log2), cmocka_unit_test(t_no_bits) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

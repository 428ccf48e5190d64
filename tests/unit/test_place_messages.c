/* What place_make refuses, word for word.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "place/place.h"
#include <limits.h>

static const struct place_geometry G = { .rows = 8, .cols = 8, .slices = 1, .adcs = 1, .arrays = 0 };
static const struct place_block B = { 3, 3, 3, 3, 0, 0, 0, true };

static void assert_refused(const struct place_geometry *g, enum place_kind kind, bool columns, const struct place_block *b, size_t n, const char *text)
{
	struct placement p;
	struct err e = { 0 };

	assert_int_equal(place_make(g, kind, PLACE_AREA, columns, b, n, &p, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, text);
	assert_null(p.image);
	assert_null(p.step);
	assert_null(p.piece);
}

#define GEOMETRY(field, value, text) do { struct place_geometry g = G; g.field = value; assert_refused(&g, PLACE_SPARSE, false, &B, 1, text); } while (0)
#define BLOCK(field, value, text) do { struct place_block b[2] = { B, B }; b[1].field = value; assert_refused(&G, PLACE_SPARSE, false, b, 2, text); } while (0)

static void test_geometry(void **state)
{
	(void)state;
	GEOMETRY(rows, 0, "placement: array: rows 0 is out of range (legal: 1..32768): correct the configuration");
	GEOMETRY(rows, 32769, "placement: array: rows 32769 is out of range (legal: 1..32768): correct the configuration");
	GEOMETRY(cols, -1, "placement: array: cols -1 is out of range (legal: 1..32768): correct the configuration");
	GEOMETRY(slices, 65, "placement: array: columns of one output 65 is out of range (legal: 1..64): correct the configuration");
	GEOMETRY(adcs, 0, "placement: array: adcs 0 is out of range (legal: 1..32768): correct the configuration");
	GEOMETRY(arrays, -1, "placement: array: number of arrays -1 is out of range (legal: 0..2147483647): correct the configuration");
	GEOMETRY(arrays, 1L << 31, "placement: array: number of arrays 2147483648 is out of range (legal: 0..2147483647): correct the configuration");
}

static void test_blocks(void **state)
{
	(void)state;
	BLOCK(in, 0, "placement: block 1: inputs 0 is out of range (legal: 1..16777216): use a smaller model or other factors");
	BLOCK(out, 1 << 25, "placement: block 1: outputs 33554432 is out of range (legal: 1..16777216): use a smaller model or other factors");
	BLOCK(in_p, 2, "placement: block 1: stored inputs 2 is out of range (legal: 3..16777216): use a smaller model or other factors");
	BLOCK(out_p, 2, "placement: block 1: stored outputs 2 is out of range (legal: 3..16777216): use a smaller model or other factors");
	BLOCK(phase, -1, "placement: block 1: phase -1 is out of range (legal: 0..2147483647): give the blocks in order of use");
}

/* padding altogether: its own size means nothing, the stored one does */
static void test_padding(void **state)
{
	struct place_block b = { 0, 0, 0, 3, 0, 0, 0, false };
	struct placement p;
	struct err e = { 0 };

	(void)state;
	assert_refused(&G, PLACE_LINEAR, false, &b, 1, "placement: block 0: stored inputs 0 is out of range (legal: 1..16777216): use a smaller model or other factors");
	b.in_p = 3;
	assert_int_equal(place_make(&G, PLACE_LINEAR, PLACE_AREA, false, &b, 1, &p, &e), 0);
	assert_int_equal(p.n_images, 0);
	place_release(&p);
	assert_int_equal(place_make(&G, PLACE_SPARSE, PLACE_AREA, false, &b, 1, &p, &e), 0);
	assert_int_equal(p.padding, 9);
	assert_int_equal(p.cells, 0);
	place_release(&p);
}

static void test_too_much(void **state)
{
	static const struct place_geometry tiny = { .rows = 1, .cols = 1, .slices = 1, .adcs = 1, .arrays = 0 };
	static const struct place_block huge[] = { { 3, 3, 3, 3, 0, 0, 0, true }, { 1 << 24, 1 << 24, 1 << 24, 1 << 24, 0, 0, 0, true } };

	(void)state;
	for (int kind = PLACE_LINEAR; kind <= PLACE_STRIDED; kind++)
		assert_refused(&tiny, (enum place_kind)kind, false, huge, 2, "placement: more than 16777216 pieces (legal: 1..16777216): use larger arrays or a smaller model");
	assert_refused(&G, PLACE_LINEAR, false, &B, (size_t)INT_MAX + 1, "placement: 2147483648 blocks (legal: 1..2147483647): use a smaller model");
	assert_refused(&G, PLACE_PACKED, true, &B, 1, "placement 'packed': number of arrays 0, whose columns are to be kept together (legal: 1..2147483647): give a number of arrays");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_geometry), cmocka_unit_test(test_blocks), cmocka_unit_test(test_padding), cmocka_unit_test(test_too_much) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

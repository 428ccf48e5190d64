/* map/repair: bad columns to a repair map, docs/faults.md section 5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/repair.h"
#include "map/map.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct cfg config(int cols, int adcs, int spares, enum cfg_code weights)
{
	return (struct cfg){ .name = "test", .rows = 8, .cols = cols, .tiles = 3, .cell_bits = 1, .weight_bits = 4, .weight_code = weights, .bits = 4, .adcs = adcs, .spares = spares };
}

/* bad: pairs of tile, column, ends with -1; list: triples of tile, spare, position, ends with -1 */
static void expect(const struct cfg *c, const int *bad, const int *list)
{
	struct map_bad b[16];
	struct map_repair *r;
	struct err e = { 0 };
	uint32_t words[12], expected[12] = { 0 };
	size_t n = 0, n_out, i = 0;

	for (; *bad >= 0; bad += 2)
		b[n++] = (struct map_bad){ bad[0], bad[1] };
	assert_int_equal(map_repair(c, b, n, &r, &n_out, &e), 0);
	for (; *list >= 0; list += 3, i++) {
		assert_true(i < n_out && r[i].tile == list[0] && r[i].spare == list[1] && r[i].position == list[2]);
		expected[list[0] * c->spares + list[1]] = 0x80000000u + (unsigned)list[2];
	}
	assert_int_equal(n_out, i);
	map_repair_words(c, r, n_out, words);
	assert_memory_equal(words, expected, (size_t)(c->tiles * c->spares) * sizeof(*words));
	free(r);
}

#define LIST(...) (const int[]){ __VA_ARGS__ __VA_OPT__(,) -1 }

static void t_map_repair_positions(void **state)
{
	struct cfg c = config(33, 4, 2, CFG_TC);

	(void)state;
	expect(&c, LIST(), LIST());
	expect(&c, LIST(0, 5), LIST(0, 0, 1));
	expect(&c, LIST(0, 32), LIST(0, 0, 8));                                       /* the last position has one column */
	expect(&c, LIST(2, 31, 0, 9, 2, 0, 0, 8, 0, 11), LIST(0, 0, 2, 2, 0, 0, 2, 1, 7)); /* any order, columns of one position */
	expect(&c, LIST(1, 4, 1, 4), LIST(1, 0, 1));
	c = config(10, 4, 4, CFG_SM);
	expect(&c, LIST(0, 9, 0, 0, 0, 4), LIST(0, 0, 0, 0, 1, 1, 0, 2, 2));
	c = config(11, 1, 3, CFG_TC);
	expect(&c, LIST(1, 10, 1, 3), LIST(1, 0, 3, 1, 1, 10));
}

static void t_map_repair_pairs(void **state)
{
	struct cfg c = config(33, 4, 4, CFG_DIF);

	(void)state;
	expect(&c, LIST(0, 8, 0, 15, 0, 16), LIST(0, 0, 1, 0, 1, 2)); /* a position of pairs is eight columns */
	expect(&c, LIST(0, 32), LIST());                              /* the column without a partner is never converted */
	c = config(31, 4, 2, CFG_DIF);
	expect(&c, LIST(0, 29, 0, 30), LIST(0, 0, 3));
	expect(&c, LIST(0, 30), LIST());
	c = config(31, 4, 3, CFG_DIF);
	expect(&c, LIST(0, 0), LIST(0, 0, 0));
}

static void refuse(struct cfg c, const int *bad, const char *text)
{
	struct map_bad b[300];
	struct map_repair *r;
	struct err e = { 0 };
	size_t n = 0, n_out;

	for (; *bad >= 0; bad += 2)
		b[n++] = (struct map_bad){ bad[0], bad[1] };
	assert_int_equal(map_repair(&c, b, n, &r, &n_out, &e), -1);
	assert_true(e.code == ERR_INPUT && !r && !n_out);
	assert_string_equal(e.text, text);
}

static void t_map_repair_messages(void **state)
{
	int many[601];

	(void)state;
	refuse(config(33, 4, 2, CFG_TC), LIST(0, 0, 1, 0, 1, 9, 1, 32), "tile 1 has bad positions 0, 2, 8, 3 in all; array.spares \"2\" replaces 2: raise array.spares (0..4), or name fewer columns");
	refuse(config(33, 4, 0, CFG_TC), LIST(2, 4), "tile 2 has bad positions 1, 1 in all; array.spares \"0\" replaces 0: raise array.spares (0..4), or name fewer columns");
	refuse(config(33, 4, 3, CFG_DIF), LIST(0, 0, 0, 8), "tile 0 has bad positions 0, 1, 2 in all; array.spares \"3\" replaces 1 of pairs: raise array.spares (0..4), or name fewer columns");
	for (int i = 0; i < 300; i++) {
		many[2 * i] = 0;
		many[2 * i + 1] = i;
	}
	many[600] = -1;
	refuse(config(300, 1, 1, CFG_TC), many, "tile 0 has bad positions 0, 1, 2, 3, 4, 5, 6, 7, .., 300 in all; array.spares \"1\" replaces 1: "
		"raise array.spares (0..4), or name fewer columns");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_map_repair_positions), cmocka_unit_test(t_map_repair_pairs), cmocka_unit_test(t_map_repair_messages) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The least window of a tile's work, worked by hand from docs/numerics.md section 9 (a) to (d).
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "map/window.h"

/* n activations of 8 clocks of converters, 1 of them after the finish, handed over every `issue` clocks; the last not before `front` */
static struct window of(int n, uint64_t drain, uint64_t issue, uint64_t front)
{
	struct window w = { 0 };

	for (int i = 0; i < n; i++) {
		window_take(&w, 1000 + 8 * (uint64_t)i);
		window_add(&w, &(struct window_work){ .planes = 8, .tail = 1, .drain = drain, .issued = 30 + issue * (uint64_t)i }, i == n - 1 ? front : 0);
	}
	return w;
}

static void t_map_window_least(void **state)
{
	static const struct { int n; uint64_t drain, issue, front, least, in_order; } cases[] = {
		{ 1, 5, 4, 0, 7, 7 },           /* its planes, and nothing else counts */
		{ 1, 5, 4, 1300, 7, 7 },
		{ 2, 5, 4, 0, 15, 15 },
		{ 2, 5, 100, 0, 15, 107 },      /* (b): 100, then the last */
		{ 2, 50, 4, 0, 15, 15 },        /* (c): both drains are the last two */
		{ 3, 50, 4, 0, 64, 64 },        /* the first, 50, the last */
		{ 4, 50, 4, 0, 114, 114 },
		{ 7, 5, 20, 0, 55, 127 },       /* 7*8 - 1; 6*20 + 7 */
		{ 3, 5, 4, 1300, 23, 307 },     /* (d): 300 after the first take, then the last */
		{ 3, 5, 4, 900, 23, 23 },
		{ 2, 5, 4, 1300, 15, 307 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct window w = of(cases[i].n, cases[i].drain, cases[i].issue, cases[i].front);

		assert_int_equal(window_least(&w, false), cases[i].least);
		assert_int_equal(window_least(&w, true), cases[i].in_order);
	}
}

/* all but the last three are converted */
static void t_map_window_front(void **state)
{
	(void)state;
	for (int n = 1; n <= 7; n++) {
		struct window w = of(n, 5, 4, 0);

		assert_int_equal(window_front(&w), 1000 + (n > 3 ? 8 * (n - 3) : 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_map_window_least), cmocka_unit_test(t_map_window_front) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

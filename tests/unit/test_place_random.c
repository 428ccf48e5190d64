/* Placements of random layer sets, judged by the checker of place_check.h: geometry of 10,000 sets, numbers of fewer. And that the checker can fail.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place_check.h"
#include "place_random.h"
#include <stdio.h>

/* what is asked of place_make */
struct ask { enum place_kind kind; enum place_mode mode; bool columns; };

static const struct ask asks[] = {
	{ PLACE_LINEAR }, { PLACE_SPARSE }, { PLACE_DENSE }, { PLACE_STRIDED }, { PLACE_STRIDED, 0, true },
	{ PLACE_PACKED, PLACE_AREA }, { PLACE_PACKED, PLACE_CONVERSIONS }, { PLACE_PACKED, PLACE_LATENCY },
	{ PLACE_PACKED, PLACE_AREA, true }, { PLACE_PACKED, PLACE_CONVERSIONS, true }, { PLACE_PACKED, PLACE_LATENCY, true },
};

/* of a given number of arrays */
static bool needs_arrays(const struct ask *a)
{
	return a->kind == PLACE_PACKED && a->columns;
}

static bool stores_padding(enum place_kind kind)
{
	return kind == PLACE_SPARSE || kind == PLACE_DENSE || kind == PLACE_STRIDED;
}

static void place_set(const struct random_set *s, const struct ask *a, struct placement *p)
{
	struct err e = { 0 };

	if (place_make(&s->g, a->kind, a->mode, a->columns, s->b, s->n, p, &e))
		fail_msg("%s", e.text);
}

static void every_set(long sets, uint64_t seed, long budget, bool numbers)
{
	static struct random_set s;
	struct prng r;

	prng_init(&r, seed);
	for (long i = 0; i < sets; i++) {
		random_draw(&r, &s, budget);
		for (size_t k = 0; k < sizeof(asks) / sizeof(*asks); k++) {
			struct placement p;
			char what[128];

			if (needs_arrays(&asks[k]) && !s.g.arrays)
				continue;
			snprintf(what, sizeof(what), "set %ld of seed %llu, %s %s%s", i, (unsigned long long)seed, place_kind_name[asks[k].kind], place_mode_name[asks[k].mode],
				asks[k].columns ? ", columns kept" : "");
			place_set(&s, &asks[k], &p);
			check_placement(&s.g, stores_padding(asks[k].kind), asks[k].columns && asks[k].kind == PLACE_PACKED, s.b, s.n, &p, what);
			if (numbers)
				check_execution(&s.g, stores_padding(asks[k].kind), s.b, s.n, &p, what);
			place_release(&p);
		}
	}
}

static void test_geometry(void **state)
{
	(void)state;
	every_set(10000, 1, 4000, false);
}

static void test_numbers(void **state)
{
	(void)state;
	every_set(500, 2, 8000, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_geometry), cmocka_unit_test(test_numbers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

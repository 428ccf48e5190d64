/* The Pareto front against brute force on random sets, with ties, values that are not given, and converters that clip.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/prng.h"
#include "explore/explore.h"
#include <math.h>
#include <string.h>

enum { MOST = 70 };

static const struct cfg five_bits = { .bits = 5 };

/* few distinct values: many ties */
static double value(struct prng *r, int lacking)
{
	return lacking && !prng_range(r, 0, lacking) ? NAN : (double)prng_range(r, 1, 6);
}

static void draw(struct prng *r, struct explore_point *p, int lacking, int no_area)
{
	memset(p, 0, sizeof(*p));
	p->cfg = &five_bits;
	p->state = prng_range(r, 0, 9) ? EXPLORE_DONE : EXPLORE_SKIPPED;
	p->front = true; /* to be overwritten */
	p->result.bits_wanted = (int)prng_range(r, 3, 7);
	p->result.array_cells = (uint64_t)prng_range(r, 1, 4);
	p->result.cost.latency_ns = value(r, 0);
	p->result.cost.energy_nj = value(r, lacking);
	p->result.cost.area_um2 = value(r, no_area);
	p->result.cost.converter_um2 = value(r, lacking);
}

/* one quantity: -1 smaller, 0 equal, 1 larger, 2 p lacks what q has; what q lacks is equal */
static int one(double p, double q)
{
	return isnan(q) ? 0 : isnan(p) ? 2 : (p > q) - (p < q);
}

static bool beats(const struct explore_point *p, const struct explore_point *q, bool area)
{
	const struct system_cost *a = &p->result.cost, *b = &q->result.cost;
	int clip_p = p->result.bits_wanted > 5 ? p->result.bits_wanted - 5 : 0, clip_q = q->result.bits_wanted > 5 ? q->result.bits_wanted - 5 : 0;
	int c[5] = { one(a->latency_ns, b->latency_ns), one(a->energy_nj, b->energy_nj), one(clip_p, clip_q), 0, 0 };
	bool less = false;

	if (area) {
		c[3] = one(a->area_um2, b->area_um2);
	} else {
		c[3] = one((double)p->result.array_cells, (double)q->result.array_cells);
		c[4] = one(a->converter_um2, b->converter_um2);
	}
	for (int i = 0; i < 5; i++) {
		if (c[i] > 0)
			return false;
		less |= c[i] < 0;
	}
	return less;
}

static void equals_brute_force(void **state)
{
	struct explore_point point[MOST];
	struct prng r;

	(void)state;
	prng_init(&r, 5);
	for (int round = 0; round < 3000; round++) {
		struct explore_points p = { .point = point, .n = (size_t)prng_range(&r, 0, MOST) };
		int lacking = round % 3 ? 4 : 0, no_area = round % 2 ? 30 : 0;
		bool area = true;

		for (size_t i = 0; i < p.n; i++) {
			draw(&r, &point[i], lacking, no_area);
			area &= point[i].state != EXPLORE_DONE || !isnan(point[i].result.cost.area_um2);
		}
		explore_front(&p);
		assert_int_equal(explore_has_area(&p), area);
		for (size_t i = 0; i < p.n; i++) {
			bool front = point[i].state == EXPLORE_DONE;

			for (size_t k = 0; k < p.n && front; k++)
				front = point[k].state != EXPLORE_DONE || !beats(&point[k], &point[i], area);
			assert_int_equal(point[i].front, front);
		}
	}
}

/* by hand: B is beaten by A, C only has less energy, D clips and beats nobody, E equals A */
static void small_set(void **state)
{
	static const double v[5][3] = { { 2, 5, 1 }, { 3, 5, 1 }, { 9, 1, 9 }, { 1, 1, 1 }, { 2, 5, 1 } };
	static const bool front[5] = { true, false, true, true, true };
	struct explore_point point[5] = { 0 };
	struct explore_points p = { .point = point, .n = 5 };

	(void)state;
	for (int i = 0; i < 5; i++) {
		point[i].cfg = &five_bits;
		point[i].state = EXPLORE_DONE;
		point[i].result.bits_wanted = i == 3 ? 6 : 5;
		point[i].result.cost.latency_ns = v[i][0];
		point[i].result.cost.energy_nj = v[i][1];
		point[i].result.cost.area_um2 = v[i][2];
	}
	explore_front(&p);
	for (int i = 0; i < 5; i++)
		assert_int_equal(point[i].front, front[i]);
	assert_int_equal(explore_missing_bits(&point[3]), 1);
	assert_int_equal(explore_missing_bits(&point[0]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(equals_brute_force), cmocka_unit_test(small_set) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Threads: any number of them gives the same tables; what one point's failure means for the others.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/unit/explore_fake.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

static const char *const list[EXPLORE_AXES] = { "8,33,64", "8,64", "4,16", "3,7", "sar,sense", NULL, NULL };

static atomic_int calls, inside, most_inside;

/* late or early, by chance */
static int slow_cost(const void *ctx, const struct explore_point *p, struct explore_result *out, struct err *e)
{
	int n = atomic_fetch_add(&inside, 1) + 1, rc;

	if (n > atomic_load(&most_inside))
		atomic_store(&most_inside, n);
	nanosleep(&(struct timespec){ .tv_nsec = atomic_fetch_add(&calls, 1) % 5 * 300000 }, NULL);
	rc = fake_cost(ctx, p, out, e);
	atomic_fetch_sub(&inside, 1);
	return rc;
}

static void tables(int jobs, int (*cost)(const void *, const struct explore_point *, struct explore_result *, struct err *), struct buf *out)
{
	struct fake f = { .refuse = 7 };
	struct explore_model m = { cost, &f };
	struct explore_points p;
	struct err e = { 0 };
	json_t *fixed = json_object(), *j;
	char *text;

	assert_int_equal(explore_points_make(&p, "configs/edge64.xml", NULL, 0, list, &e), 0);
	assert_int_equal(explore_run(&p, &m, jobs, NULL, &e), 0);
	explore_front(&p);
	buf_init(out);
	explore_csv(&p, out);
	j = explore_json(&p, fixed);
	text = json_dumps(j, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
	buf_adds(out, text);
	free(text);
	json_decref(j);
	json_decref(fixed);
	explore_points_release(&p);
}

static void same_for_any_number_of_threads(void **state)
{
	static const int jobs[] = { 2, 3, 7, 33, 256 };
	struct buf one, other;

	(void)state;
	tables(1, fake_cost, &one);
	assert_non_null(strstr(one.data, ",skipped,"));
	assert_non_null(strstr(one.data, ",done,yes,"));
	assert_non_null(strstr(one.data, ",done,no,"));
	assert_non_null(strstr(one.data, "\"no, \"\"33\"\" is not to be had\"\n")); /* RFC 4180 */
	for (size_t i = 0; i < sizeof(jobs) / sizeof(*jobs); i++) {
		tables(jobs[i], slow_cost, &other);
		assert_string_equal(other.data, one.data);
		buf_release(&other);
	}
	assert_true(atomic_load(&most_inside) > 1);
	buf_release(&one);
}

static int no_tool(const void *ctx, const struct explore_point *p, struct explore_result *out, struct err *e)
{
	(void)ctx, (void)p, (void)out;
	return atomic_fetch_add(&calls, 1) < 3 ? 0 : err_set(e, ERR_ENV, "the machine is gone");
}

/* the run ends with that message, and nobody begins another point */
static void an_environment_error_ends_the_run(void **state)
{
	struct explore_model m = { no_tool, NULL };
	struct explore_points p;
	struct err e = { 0 };

	(void)state;
	atomic_store(&calls, 0);
	assert_int_equal(explore_points_make(&p, "configs/edge64.xml", NULL, 0, list, &e), 0);
	assert_int_equal(explore_run(&p, &m, 4, NULL, &e), -1);
	assert_int_equal(e.code, ERR_ENV);
	assert_string_equal(e.text, "the machine is gone");
	assert_in_range(atomic_load(&calls), 4, 7);
	explore_points_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(same_for_any_number_of_threads), cmocka_unit_test(an_environment_error_ends_the_run) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

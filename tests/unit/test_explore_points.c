/* The points of a sweep: their order, their configurations, what is skipped and why, and what is refused.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "explore/explore.h"
#include <stdio.h>
#include <string.h>

static const char config[] = "configs/edge64.xml";

static void order_and_configurations(void **state)
{
	const char *const list[EXPLORE_AXES] = { "33,8", NULL, "4,64", NULL, "sar,flash", "packed,linear", "latency,area" };
	const char *const overrides[] = { "array.cols=40" };
	struct explore_points p;
	struct err e = { 0 };
	struct buf key;
	size_t n = 0;

	(void)state;
	assert_int_equal(explore_points_make(&p, config, overrides, 1, list, &e), 0);
	assert_int_equal(p.n, 2 * 2 * 2 * 3);
	buf_init(&key);
	for (int rows = 0; rows < 2; rows++)
		for (int adcs = 0; adcs < 2; adcs++)
			for (int kind = 0; kind < 2; kind++)
				for (int place = 0; place < 3; place++) {
					const struct explore_point *q = &p.point[n++];
					char want[200];

					snprintf(want, sizeof(want), "rows=%d cols=40 adcs=%d bits=7 kind=%s placement=%s", rows ? 8 : 33, adcs ? 64 : 4, kind ? "flash" : "sar",
						place == 2 ? "linear" : place ? "packed optimise=area" : "packed optimise=latency");
					buf_clear(&key);
					explore_key(q, &key);
					assert_string_equal(key.data, want);
					assert_int_equal(q->placement, place == 2 ? PLACE_LINEAR : PLACE_PACKED);
					if (place < 2)
						assert_int_equal(q->mode, place ? PLACE_AREA : PLACE_LATENCY);
					if (adcs) { /* more converters than columns */
						assert_int_equal(q->state, EXPLORE_SKIPPED);
						assert_null(q->cfg);
						assert_non_null(strstr(q->reason, "readout.adcs \"64\" is more than array.cols \"40\""));
						continue;
					}
					assert_int_equal(q->state, EXPLORE_OPEN);
					assert_null(q->reason);
					assert_int_equal(q->cfg->rows, rows ? 8 : 33);
					assert_int_equal(q->cfg->cols, 40);
					assert_int_equal(q->cfg->adcs, 4);
					assert_int_equal(q->cfg->adc, kind ? CFG_FLASH : CFG_SAR);
				}
	buf_release(&key);
	explore_points_release(&p);
}

static void defaults(void **state)
{
	const char *const list[EXPLORE_AXES] = { NULL };
	struct explore_points p;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(explore_points_make(&p, config, NULL, 0, list, &e), 0);
	assert_int_equal(p.n, 4 + 3); /* every placement, packed in every mode */
	assert_string_equal(p.point[0].value[EXPLORE_PLACEMENT], "linear");
	assert_string_equal(p.point[0].value[EXPLORE_OPTIMISE], "");
	assert_string_equal(p.point[6].value[EXPLORE_OPTIMISE], "latency");
	assert_int_equal(p.point[6].cfg->rows, 64);
	explore_points_release(&p);
}

static void refused(void **state)
{
	static char long_list[60000];
	static const struct { int axis; const char *list, *text; } cases[] = {
		{ EXPLORE_ROWS, "64,7", "--rows \"7\" is not legal: each of the list is 8..1024; change --rows" },
		{ EXPLORE_ROWS, "64,1025", "--rows \"1025\" is not legal" },
		{ EXPLORE_ROWS, "", "--rows \"\" is not legal" },
		{ EXPLORE_ROWS, "64,", "--rows \"\" is not legal" },
		{ EXPLORE_COLS, "64;128", "--cols \"64;128\" is not legal" },
		{ EXPLORE_COLS, "0064", "--cols \"0064\" is not legal" },
		{ EXPLORE_COLS, "99999999999999999999999", "--cols \"99999999999999999999999\" is not legal" },
		{ EXPLORE_ADCS, "4,12", "--adcs \"12\" is not legal: each of the list is a power of two, 1..256; change --adcs" },
		{ EXPLORE_BITS, "13", "--bits \"13\" is not legal: each of the list is 1..12; change --bits" },
		{ EXPLORE_KIND, "sar,flesh", "--kind \"flesh\" is unknown: legal sar, flash, hybrid, sense, stochastic; did you mean \"flash\"" },
		{ EXPLORE_KIND, "xyzzyxyzzy", "--kind \"xyzzyxyzzy\" is unknown: legal sar, flash, hybrid, sense, stochastic; name one of them" },
		{ EXPLORE_PLACEMENT, "sparse,sparse", "--placement names \"sparse\" twice: legal is every value once; remove one" },
		{ EXPLORE_OPTIMISE, "speed", "--optimise \"speed\" is unknown: legal area, conversions, latency; name one of them" },
		{ EXPLORE_COLS, long_list, "the lists make 101700 combinations: legal 1..100000; shorten them" },
	};
	struct explore_points p;

	(void)state;
	for (int i = 8, at = 0; i <= 1024; i++)
		at += snprintf(long_list + at, sizeof(long_list) - (size_t)at, "%s%d", i > 8 ? "," : "", i);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *list[EXPLORE_AXES] = { NULL };
		struct err e = { 0 };

		list[cases[i].axis] = cases[i].list;
		if (cases[i].list == long_list) {
			list[EXPLORE_ROWS] = "33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52";
			list[EXPLORE_PLACEMENT] = "sparse,dense,packed,linear,dense-strided";
			list[EXPLORE_OPTIMISE] = "area";
		}
		assert_int_equal(explore_points_make(&p, config, NULL, 0, list, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		assert_non_null(strstr(e.text, cases[i].text));
		assert_null(strchr(e.text, '\n'));
		explore_points_release(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(order_and_configurations), cmocka_unit_test(defaults), cmocka_unit_test(refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

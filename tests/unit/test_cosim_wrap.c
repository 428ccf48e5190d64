/* The judge on counters of fewer than 64 bits, which wrap (docs/isa.md section 4).
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/judge.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* counters of 16 bits: equal ones are completed, the others are told as the registers hold them */
static void t_cosim_wrap(void **state)
{
	static const struct { uint64_t cycles, seen; bool asymmetric; uint64_t least, most, reported; const char *text; } cases[] = {
		{ 65536 * 3 + 5, 5, false, 0, 0, 65536 * 3 + 5, NULL },
		{ 65535, 65535, false, 0, 0, 65535, NULL },
		{ 65536 * 3 + 5, 6, false, 0, 0, 6, "layer '0.w2': cycles: expected 5 (predicted), seen 6 after a wrap" },
		{ 5, 6, false, 0, 0, 6, "layer '0.w2': cycles: expected 5 (predicted), seen 6" },
		{ 0, 3, true, 65536 * 2 - 4, 65536 * 2 + 3, 65536 * 2 + 3, NULL },
		{ 0, 65535, true, 65536 * 2 - 4, 65536 * 2 + 3, 65536 * 2 - 1, NULL },
		{ 0, 4, true, 65536 * 2 - 4, 65536 * 2 + 3, 4, "layer '0.w2': cycles: expected 131068..131075 (predicted), seen 4" },
		{ 0, 65531, true, 65536 * 2 - 4, 65536 * 2 + 3, 65531, "layer '0.w2': cycles: expected 131068..131075 (predicted), seen 65531" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct gm_hw narrow = { .tiles = 1, .counter_bits = 16, .asymmetric = cases[i].asymmetric };
		const struct cosim_job job = { .layer = "0.w2", .predicted_cycles = cases[i].cycles, .predicted_least = cases[i].least, .predicted_most = cases[i].most };
		struct cosim_result r = { .rtl_cycles = cases[i].seen };
		struct judge_window window = { 0 };
		struct judge j = { .hw = &narrow, .job = &job, .r = &r, .window = &window, .on = true };

		judge_end(&j);
		assert_string_equal(r.first, cases[i].text ? cases[i].text : "");
		assert_int_equal(r.rtl_cycles, cases[i].reported);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_cosim_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

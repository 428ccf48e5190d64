/* adc: count histograms: which code a count gives, and hostile files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/histogram.h"
#include "common/buf.h"
#define SCRATCH_NAME "h.json"
#include "tests/unit/scratch.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* numerics.md section 4, literally: #{k : S * 2^F >= T[k]} with F = 4 */
static int code(const struct histogram_window *w, int bits, int S)
{
	int c = 0;

	for (int k = 1; k < 1 << bits; k++)
		c += S * 16 >= (w->low + k * w->lsb) * 16 - (w->rounding == CFG_NEAREST ? w->lsb * 8 : 0);
	return c;
}

static void codes(void **state)
{
	uint64_t count[129], weight[256], want[256];
	const struct histogram h = { -64, 129, count };

	(void)state;
	for (int i = 0; i < 129; i++)
		count[i] = (uint64_t)(i + 1);
	for (int bits = 1; bits <= 8; bits++)
		for (int lsb = 1; lsb <= 7; lsb += 2 - lsb % 2)
			for (int low = -33; low <= 33; low += 11)
				for (int nearest = 0; nearest <= 1; nearest++) {
					struct histogram_window w = { lsb, low, nearest ? CFG_NEAREST : CFG_FLOOR };

					memset(want, 0, sizeof(want));
					for (int i = 0; i < 129; i++)
						want[code(&w, bits, i - 64)] += count[i];
					histogram_codes(&h, &w, bits, weight);
					assert_memory_equal(weight, want, sizeof(*want) << bits);
				}
}

static void quarter(void **state)
{
	uint64_t w[4096];
	double total = 0, mean = 0;

	(void)state;
	histogram_quarter(5, w);
	assert_true(fabs(histogram_entropy(w, 5) - 3.31) < 0.0051); /* FACTS-papers.md section 2.3 */
	histogram_quarter(12, w);
	for (int i = 0; i < 4096; i++) {
		total += (double)w[i];
		mean += (double)w[i] * i;
	}
	assert_true(fabs(total / exp2(40) - 1) < 1e-6);
	assert_true(fabs(mean / total - 4095 / 4.0) < 1e-3);
}

static void put(const char *text)
{
	struct err e = { 0 };

	assert_int_equal(file_write(path, text, strlen(text), &e), 0);
}

static void read_back(void **state)
{
	struct histogram h;
	struct err e = { 0 };

	(void)state;
	put("{\"config\": \"x\", \"first\": -2, \"counts\": [1, 0, 9007199254740000]}");
	assert_int_equal(histogram_read(path, &h, &e), 0);
	assert_true(h.first == -2 && h.n == 3 && h.count[0] == 1 && h.count[1] == 0 && h.count[2] == 9007199254740000);
	histogram_release(&h);
}

static void expect(const char *text, const char *message)
{
	struct histogram h;
	struct err e = { 0 };
	char want[600];

	put(text);
	assert_int_equal(histogram_read(path, &h, &e), -1);
	histogram_release(&h);
	snprintf(want, sizeof(want), "'%s'%s", path, message + strlen("'FILE'"));
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, want);
}

static void refused(void **state)
{
	struct buf long_list;

	(void)state;
	expect("{\"first\": 0}", "'FILE': no whole number \"first\" or no list \"counts\"; give a histogram as bitline golden --histogram writes it");
	expect("{\"first\": 0.5, \"counts\": [1]}", "'FILE': no whole number \"first\" or no list \"counts\"; give a histogram as bitline golden --histogram writes it");
	expect("[1]", "'FILE': no whole number \"first\" or no list \"counts\"; give a histogram as bitline golden --histogram writes it");
	expect("{\"first\": -3073, \"counts\": [1]}", "'FILE': 1 counts from -3073 on: legal are counts of -3072..3072; give a histogram as bitline golden --histogram writes it");
	expect("{\"first\": 3072, \"counts\": [1, 1]}", "'FILE': 2 counts from 3072 on: legal are counts of -3072..3072; give a histogram as bitline golden --histogram writes it");
	expect("{\"first\": 9223372036854775807, \"counts\": [1]}", "'FILE': 1 counts from 9223372036854775807 on: legal are counts of -3072..3072; give a histogram as bitline golden --histogram writes it");
	expect("{\"first\": 0, \"counts\": [1, -1]}", "'FILE': number 1 of \"counts\" is no whole number of 0 or more, or makes the sum exceed 2^53; mend it");
	expect("{\"first\": 0, \"counts\": [1, 2.0]}", "'FILE': number 1 of \"counts\" is no whole number of 0 or more, or makes the sum exceed 2^53; mend it");
	expect("{\"first\": 0, \"counts\": [1, 9007199254740992]}", "'FILE': number 1 of \"counts\" is no whole number of 0 or more, or makes the sum exceed 2^53; mend it");
	expect("{\"first\": 0, \"counts\": [0, 0]}", "'FILE': every number of \"counts\" is 0: nothing was counted; make the histogram of a longer text");
	expect("{\"first\": 0, \"counts\": []}", "'FILE': every number of \"counts\" is 0: nothing was counted; make the histogram of a longer text");
	expect("{", "'FILE', line 1: string or '}' expected near end of file; a histogram is JSON as bitline golden --histogram writes it");
	buf_init(&long_list);
	buf_adds(&long_list, "{\"first\": -3072, \"counts\": [1");
	for (int i = 0; i < 2 * HISTOGRAM_MAX + 1; i++)
		buf_adds(&long_list, ",1");
	buf_adds(&long_list, "]}");
	expect(long_list.data, "'FILE': 6146 counts from -3072 on: legal are counts of -3072..3072; give a histogram as bitline golden --histogram writes it");
	buf_release(&long_list);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(codes), cmocka_unit_test(quarter), cmocka_unit_test(read_back), cmocka_unit_test(refused) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* adc: threshold tables. Exact values against docs/numerics.md are in tests/cli/adc_tables.sh (a second rendering); here: ideal tables, what an error does and
 * does not do, statistics, monotone or not, and hostile threshold files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/tables.h"
#include "common/mem.h"
#include "common/sha256.h"
#define SCRATCH_NAME "t.hex"
#include "tests/unit/scratch.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct cfg small(void)
{
	return (struct cfg){ .name = "small", .rows = 64, .cols = 64, .tiles = 3, .adc = CFG_SAR, .bits = 3, .adcs = 2, .lsb = 1, .grid_bits = 4, .flash_bits = 2 };
}

static int32_t *built(const struct cfg *c)
{
	int32_t *T = MEM_NEW(at_count(c), int32_t);

	at_build(c, T);
	return T;
}

static const int32_t *one_table(const struct cfg *c, const int32_t *T, int id, int set)
{
	return T + ((size_t)(id * AT_SETS + set) << c->bits);
}

static void ideal(void **state) /* the worked values of numerics.md section 4 */
{
	struct cfg c = small();
	int32_t *T;
	size_t first = 99;

	(void)state;
	assert_int_equal(at_count(&c), 3 * 2 * 4 * 8);
	assert_true(at_ideal(&c));
	c.lsb = 2;
	c.rounding = CFG_NEAREST;
	T = built(&c);
	for (int id = 0; id < 6; id++)
		for (int set = 0; set < AT_SETS; set++)
			for (int k = 0; k < 8; k++)
				assert_int_equal(one_table(&c, T, id, set)[k], k ? 32 * k - 16 : 0);
	assert_int_equal(one_table(&c, T, 0, 0)[7], 208);
	assert_int_equal(at_not_monotone(&c, T, &first), 0);
	assert_int_equal(first, 99);
	free(T);
	c.rounding = CFG_FLOOR;
	c.low = -3;
	T = built(&c);
	for (int k = 1; k < 8; k++)
		assert_int_equal(T[k], (2 * k - 3) * 16);
	free(T);
	c.lsb = 4095;
	c.low = 4095;
	c.bits = 12;
	c.grid_bits = 8;
	T = built(&c);
	assert_int_equal(T[7], 8 * 4095 * 256);
	assert_int_equal(T[8], 8388607); /* held within 24 bits */
	assert_int_equal(T[4095], 8388607);
	free(T);
}

static void half_a_line(void **state) /* network.md section 1: c lines answer as c - 1/2 counts */
{
	struct cfg c = small();
	int32_t *T;

	(void)state;
	c.reference = CFG_IMMERSED;
	c.network = CFG_RING;
	c.lsb = 3;
	T = built(&c);
	for (int k = 1; k < 8; k++)
		assert_int_equal(T[k], 3 * k * 16 - 8);
	free(T);
	c.rounding = CFG_NEAREST;
	T = built(&c);
	for (int k = 1; k < 8; k++)
		assert_int_equal(T[k], (3 * k - 1) * 16 - 8);
	free(T);
	c.rows = 8; /* fewer rows than lines of a segment, and more: the scale stays one count for a line */
	T = built(&c);
	assert_int_equal(T[7], (21 - 1) * 16 - 8);
	free(T);
}

/* mean and standard deviation, in counts, of what an error adds to threshold k over all converters */
static void spread(const struct cfg *c, int k, double *mean, double *sd)
{
	struct cfg plain = *c;
	int32_t *T = built(c), *I;
	int n = c->tiles * c->adcs;
	double sum = 0, square = 0;

	plain.offset = plain.inl = plain.gain = plain.capacitor = 0;
	I = built(&plain);
	for (int id = 0; id < n; id++) {
		double d = (one_table(c, T, id, 0)[k] - one_table(&plain, I, id, 0)[k]) / exp2(c->grid_bits);

		sum += d;
		square += d * d;
	}
	*mean = sum / n;
	*sd = sqrt(square / n - *mean * *mean);
	free(T);
	free(I);
}

/* 2048 converters: the standard deviation is known to 1.6 %, the mean to 2.2 % of it */
static void check_spread(const struct cfg *c, int k, double want)
{
	double mean, sd;

	spread(c, k, &mean, &sd);
	assert_true(fabs(mean) < 0.09 * want + 1e-9);
	assert_true(fabs(sd - want) < 0.065 * want + 1e-9);
}

static void statistics(void **state)
{
	struct cfg c = small();

	(void)state;
	c.tiles = 64;
	c.adcs = 32;
	c.bits = 6;
	c.grid_bits = 8;
	c.offset = 700;
	assert_false(at_ideal(&c));
	check_spread(&c, 1, 0.7);
	check_spread(&c, 63, 0.7);
	c.offset = 0;
	c.gain = 20000;
	check_spread(&c, 50, 0.02 * 50);
	c.gain = 0;
	c.inl = 900;
	check_spread(&c, 32, 0.9);
	check_spread(&c, 16, 0.9 * 0.75);
	c.inl = 0;
	/* FACTS-papers.md section 2.3: sigma * sqrt(c (N - c) / N) of a unary array; a binary one: at mid-scale the top bit against all others and the dummy */
	c.capacitor = 20000;
	check_spread(&c, 32, 0.02 * sqrt(16));
	check_spread(&c, 8, 0.02 * sqrt(8.0 * 56 / 64));
	c.dac = CFG_BINARY_DAC;
	check_spread(&c, 32, 0.02 * sqrt((32 * 32.0 * 32 + 32 * 32.0 * 31) / (64 * 64)));
	/* lines: 2 segments of 32 lines and 32 dummies without mismatch: level sum of c lines, total of 32 lines */
	c.dac = CFG_UNARY;
	c.reference = CFG_IMMERSED;
	c.network = CFG_PAIR;
	c.cols = 1024;
	c.lsb = 1;
	c.bits = 5;
	check_spread(&c, 16, 0.02 * sqrt(16 * 0.75 * 0.75 + 16 * 0.25 * 0.25));
}

static void mismatch_is_drawn_for_each_server(void **state)
{
	struct cfg c = small();
	int32_t *T;

	(void)state;
	/* ring of 8, flash of 3 bits: threshold k of tile t comes from array t + k, whole: lanes agree, and tile t's k is tile t + 1's k - 1 a count higher */
	c.tiles = 8;
	c.adc = CFG_FLASH;
	c.reference = CFG_IMMERSED;
	c.network = CFG_RING;
	c.capacitor = 100000;
	c.grid_bits = 8;
	T = built(&c);
	for (int t = 0; t < 8; t++) {
		assert_memory_equal(one_table(&c, T, 2 * t, 0), one_table(&c, T, 2 * t + 1, 0), 8 * sizeof(*T));
		assert_memory_not_equal(one_table(&c, T, 2 * t, 0), one_table(&c, T, 2 * ((t + 1) % 8), 0), 8 * sizeof(*T));
	}
	free(T);
	/* broadcast: all clients have the same thresholds */
	c.network = CFG_BROADCAST;
	c.tiles = 10;
	T = built(&c);
	for (int id = 1; id < 6; id++)
		assert_memory_equal(T, one_table(&c, T, id, 0), 8 * sizeof(*T));
	free(T);
	/* hybrid: the flash step's thresholds are the servers' of whole arrays, the others of the lane's own segment */
	c.adc = CFG_HYBRID;
	T = built(&c);
	for (int k = 1; k < 8; k++)
		assert_int_equal(T[k] == one_table(&c, T, 1, 0)[k], k % 2 == 0);
	free(T);
}

static void one_comparator_or_many(void **state) /* offset: one for all codes, but each comparator of a flash step has its own */
{
	static const struct { enum cfg_adc adc; int different; } row[] = { { CFG_SAR, 1 }, { CFG_STOCHASTIC, 1 }, { CFG_FLASH, 7 }, { CFG_HYBRID, 4 } };
	struct cfg c = small();

	(void)state;
	c.offset = 50000;
	c.grid_bits = 8;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		int seen[8], n = 0;
		int32_t *T;
		size_t first = 0;

		c.adc = row[i].adc;
		T = built(&c);
		for (int k = 1; k < 8; k++) {
			int d = T[k] - k * 256, known = 0;

			for (int j = 0; j < n; j++)
				known |= seen[j] == d;
			if (!known)
				seen[n++] = d;
		}
		assert_int_equal(n, row[i].different);
		assert_int_equal(at_not_monotone(&c, T, &first) > 0, c.adc == CFG_FLASH || c.adc == CFG_HYBRID);
		if (c.adc == CFG_FLASH)
			assert_true(T[first] > T[first + 1]);
		free(T);
	}
}

static void print_and_read(void **state)
{
	struct cfg c = small();
	int32_t *T, *U;
	char hex[65], of_file[65];
	struct err e = { 0 };
	struct buf text;

	(void)state;
	c.offset = 5000;
	T = built(&c);
	T[1] = -8388608;
	T[2] = 8388607;
	T[3] = -1;
	U = MEM_NEW(at_count(&c), int32_t);
	buf_init(&text);
	at_print(T, at_count(&c), &text);
	assert_int_equal(text.len, 7 * at_count(&c));
	assert_memory_equal(text.data, "000000\n800000\n7fffff\nffffff\n", 28);
	assert_int_equal(file_write(path, text.data, text.len, &e), 0);
	assert_int_equal(at_read(&c, path, U, &e), 0);
	assert_memory_equal(T, U, at_count(&c) * sizeof(*T));
	at_digest(T, at_count(&c), hex);
	sha256_hex(text.data, text.len, of_file);
	assert_string_equal(hex, of_file);
	memcpy(text.data + 14, "7FFFFF", 6); /* capitals are read */
	assert_int_equal(file_write(path, text.data, text.len, &e), 0);
	assert_int_equal(at_read(&c, path, U, &e), 0);
	assert_int_equal(U[2], 8388607);
	buf_release(&text);
	free(T);
	free(U);
}

/* the first lines of a file of 1 x 1 x 4 x 2 entries, then as many good ones as make `lines` */
static void expect(const char *begin, int lines, const char *message)
{
	struct cfg c = small();
	struct err e = { 0 };
	struct buf text;
	int32_t T[8];
	char want[600];

	c.tiles = c.adcs = c.bits = 1;
	buf_init(&text);
	buf_adds(&text, begin);
	while (lines-- > 0)
		buf_adds(&text, "000000\n");
	assert_int_equal(file_write(path, text.data, text.len, &e), 0);
	buf_release(&text);
	assert_int_equal(at_read(&c, path, T, &e), message ? -1 : 0);
	if (!message)
		return;
	snprintf(want, sizeof(want), "'%s'%s", path, message + strlen("'FILE'"));
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, want);
}

static void refused(void **state)
{
	struct cfg c = small();
	struct err e = { 0 };
	int32_t T[3 * 2 * 4 * 8];
	char want[600];

	(void)state;
	expect("", 8, NULL);
	expect("", 7, "'FILE': ends after 7 lines, \"small\" has 8 entries (1 tiles x 1 converters x 4 sets x 2^1); give one line for each");
	expect("", 0, "'FILE': ends after 0 lines, \"small\" has 8 entries (1 tiles x 1 converters x 4 sets x 2^1); give one line for each");
	expect("", 9, "'FILE': goes on after 8 lines, \"small\" has 8 entries (1 tiles x 1 converters x 4 sets x 2^1); give one line for each");
	expect("000000\n00001\n", 6, "'FILE', line 2: '00001' is no threshold: legal are exactly six hexadecimal digits and a newline, 800000..7fffff (two's complement)");
	expect("000000\n0000010\n", 6, "'FILE', line 2: '0000010' is no threshold: legal are exactly six hexadecimal digits and a newline, 800000..7fffff (two's complement)");
	expect("000000\n00001g\n", 6, "'FILE', line 2: '00001g' is no threshold: legal are exactly six hexadecimal digits and a newline, 800000..7fffff (two's complement)");
	expect("000000\n000001\r\n", 6, "'FILE', line 2: '000001?' is no threshold: legal are exactly six hexadecimal digits and a newline, 800000..7fffff (two's complement)");
	expect("000000\n\n", 6, "'FILE', line 2: '' is no threshold: legal are exactly six hexadecimal digits and a newline, 800000..7fffff (two's complement)");
	expect("000000\n   -1\x01\n", 6, "'FILE', line 2: '   -1?' is no threshold: legal are exactly six hexadecimal digits and a newline, 800000..7fffff (two's complement)");
	expect("000000\n000001\n000000\n000001\n000000\n000001\n000000\n00000", 0,
	       "'FILE', line 8: '00000' is no threshold: legal are exactly six hexadecimal digits and a newline, 800000..7fffff (two's complement)");
	expect("000000\n000001\n000002\n", 5, "'FILE', line 3: '000002' is entry 0 of a table, which is unused: legal 000000; see that every table begins with it");
	assert_int_equal(at_read(&c, "/nowhere/t.hex", T, &e), -1);
	assert_string_equal(e.text, "'/nowhere/t.hex' cannot be opened: No such file or directory; name a file of thresholds");
	e = (struct err){ 0 };
	assert_int_equal(at_read(&c, dir, T, &e), -1);
	snprintf(want, sizeof(want), "'%s' cannot be read: Is a directory; name a file of thresholds", dir);
	assert_string_equal(e.text, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ideal), cmocka_unit_test(half_a_line), cmocka_unit_test(statistics), cmocka_unit_test(mismatch_is_drawn_for_each_server),
		cmocka_unit_test(one_comparator_or_many), cmocka_unit_test(print_and_read), cmocka_unit_test(refused),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

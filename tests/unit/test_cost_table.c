/* cost: the table of constants. The shipped tables are read, and every way of spoiling one gives its message.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/buf.h"
#include "cost/cost.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#define SCRATCH_NAME "table.json"
#include "tests/unit/scratch.h"

/* the default with `from` once replaced; asserts that it is there */
static void write_changed(const char *from, const char *to)
{
	struct err e = { 0 };
	struct buf b, out;
	const char *at;

	assert_int_equal(file_read("configs/cost/default.json", 1 << 20, &b, &e), 0);
	at = strstr(b.data, from);
	assert_non_null(at);
	buf_init(&out);
	buf_add(&out, b.data, (size_t)(at - b.data));
	buf_adds(&out, to);
	buf_adds(&out, at + strlen(from));
	assert_int_equal(file_write(path, out.data, out.len, &e), 0);
	buf_release(&b);
	buf_release(&out);
}

static void is(const struct err *e, const char *message)
{
	struct buf text;

	assert_int_equal(e->code, ERR_INPUT);
	buf_init(&text);
	buf_addf(&text, "'%s'%s", path, message + strlen("'PATH'"));
	assert_string_equal(e->text, text.data);
	buf_release(&text);
}

static void refuses(const char *from, const char *to, const char *message)
{
	struct err e = { 0 };

	write_changed(from, to);
	assert_null(cost_table_load(path, &e));
	is(&e, message);
}

static void test_shipped(void **state)
{
	struct err e = { 0 };
	struct cost_table *t = cost_table_load(NULL, &e), *same = cost_table_load("configs/cost/default.json", &e), *paper = cost_table_load("configs/cost/paper-a.json", &e);

	(void)state;
	assert_non_null(t);
	assert_non_null(same);
	assert_non_null(paper);
	assert_string_equal(cost_table_name(t), "default");
	assert_string_equal(cost_table_name(same), "default");
	assert_string_equal(cost_table_name(paper), "paper-a");
	cost_table_free(t);
	cost_table_free(same);
	cost_table_free(paper);
	cost_table_free(NULL);
}

/* the embedded table is the file's: same figures for a changed copy, others for a changed value */
static void test_replaced(void **state)
{
	struct cfg c = { .rows = 7, .cols = 33, .adcs = 2, .adc = CFG_SAR, .search = CFG_BINARY };
	struct err e = { 0 };
	struct cost_table *t = cost_table_load(NULL, &e), *other;

	(void)state;
	write_changed("\"value\": 1.206", "\"value\": 2.206");
	other = cost_table_load(path, &e);
	assert_non_null(other);
	assert_float_equal(cost_array_area(&c, other, 3), 10 * cost_array_area(&c, t, 3), 1e-6);
	assert_float_equal(cost_array_area(&c, t, 3), 2 * 99.6, 0.2); /* FACTS-papers.md section 1.8: 100 um2 at 3 bits */
	assert_float_equal(cost_array_area(&c, t, 8), 2 * 2085, 2);
	cost_table_free(other);
	write_changed("\"value\": null, \"unit\": \"um2\"", "\"value\": 0.5, \"unit\": \"um2\"");
	other = cost_table_load(path, &e);
	assert_non_null(other);
	assert_float_equal(cost_array_area(&c, other, 3), cost_array_area(&c, t, 3) + 0.5 * 7 * 33, 1e-6);
	cost_table_free(other);
	cost_table_free(t);
}

static void test_messages(void **state)
{
	struct err e = { 0 };

	(void)state;
	refuses("\"bit_fj\"", "\"bit_jf\"", "'PATH': entry 'bit_jf' is unknown; did you mean 'bit_fj'?");
	refuses("\"bit_fj\"", "\"quite other\"", "'PATH': entry 'quite other' is unknown; legal are those of configs/cost/default.json");
	refuses("\"value\": 10, \"unit\": \"fJ\"", "\"value\": -1, \"unit\": \"fJ\"", "'PATH': value of 'bit_fj' is -1, legal is 0..1e+12 fJ");
	refuses("\"value\": 64", "\"value\": 0", "'PATH': value of 'load_bits_per_clock' is 0, legal is 1..1e+06 bit");
	refuses("\"value\": 64", "\"value\": null", "'PATH': value of 'load_bits_per_clock' is null, legal is 1..1e+06 bit: the clocks need it; give a number");
	refuses("\"value\": 64", "\"value\": \"64\"", "'PATH': value of 'load_bits_per_clock' is no number, legal is 1..1e+06 bit or null; write a number without quotes");
	refuses("\"value\": 0, \"unit\": \"0 or 1\"", "\"value\": 0.5, \"unit\": \"0 or 1\"", "'PATH': value of 'any_column' is 0.5, legal is 0 or 1");
	refuses("\"value\": 64, ", "", "'PATH': 'load_bits_per_clock' has no value; write a number, or null when it is not known");
	refuses(", \"source\": \"the core's input stream: docs/isa.md section 3\"", "", "'PATH': 'load_bits_per_clock' has no source; say where the figure is from");
	refuses("\"the core's input stream: docs/isa.md section 3\"", "\"\"", "'PATH': 'load_bits_per_clock' has no source; say where the figure is from");
	refuses("\"unit\": \"bit\"", "\"unit\": \"byte\"", "'PATH': unit of 'load_bits_per_clock' is 'byte', legal is 'bit'; convert the value");
	refuses("\"value\": 64", "\"least\": 1, \"value\": 64", "'PATH': 'least' of 'load_bits_per_clock' is unknown: legal are value, unit, source");
	refuses("\"name\": \"default\"", "\"name\": \"default\", \"date\": 1", "'PATH': 'date' is unknown: legal are name, entries");
	refuses("\"name\": \"default\",", "", "'PATH': the table has no name; write \"name\": \"...\"");
	refuses("\"name\": \"default\",", "\"name\": \"x\", \"name\": \"y\",", "'PATH': line 2: duplicate object key near '\"name\"'; mend the JSON");
	refuses("\"value\": 64", "\"value\": 1e999", "'PATH': line 19: real number overflow near '1e999'; mend the JSON");
	refuses("{\n\t\"name\"", "{\n\t\"name\"  [", "'PATH': line 2: ':' expected near '['; mend the JSON");
	write_changed("\"add_ns\"", "\"between_ns\"");
	assert_null(cost_table_load(path, &e));
	assert_int_equal(file_write(path, "[]", 2, &e), 0);
	memset(&e, 0, sizeof(e));
	assert_null(cost_table_load(path, &e));
	is(&e, "'PATH': the file is no JSON object; write {\"name\": ..., \"entries\": ...} as configs/cost/default.json does");
	assert_int_equal(file_write(path, "{\"name\": \"x\", \"entries\": []}", 28, &e), 0);
	memset(&e, 0, sizeof(e));
	assert_null(cost_table_load(path, &e));
	is(&e, "'PATH': the table has no entries; write \"entries\": { ... } as configs/cost/default.json does");
	assert_int_equal(file_write(path, "{\"name\": \"x\", \"entries\": {}}", 28, &e), 0);
	memset(&e, 0, sizeof(e));
	assert_null(cost_table_load(path, &e));
	is(&e, "'PATH': entry 'converter_fF_per_bit' is missing; take it from configs/cost/default.json, or give null where that is legal");
	memset(&e, 0, sizeof(e));
	assert_null(cost_table_load("/nonexistent/table.json", &e));
	assert_string_equal(e.text, "cannot open '/nonexistent/table.json': No such file or directory; name a readable file");
}

/* every null alone is either taken or refused by name, never something else */
static void test_every_null(void **state)
{
	static const char *const value[] = { "100,", "0.001,", "0.9,", "1.206,", "0.0369,", "0.00653,", "0.64,", "64," };

	(void)state;
	for (size_t i = 0; i < sizeof(value) / sizeof(*value); i++) {
		struct err e = { 0 };
		struct buf from;
		struct cost_table *t;

		buf_init(&from);
		buf_addf(&from, "\"value\": %s", value[i]);
		write_changed(from.data, "\"value\": null,");
		t = cost_table_load(path, &e);
		assert_int_equal(t == NULL, !strcmp(value[i], "64,"));
		cost_table_free(t);
		buf_release(&from);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_shipped), cmocka_unit_test(test_replaced), cmocka_unit_test(test_messages), cmocka_unit_test(test_every_null) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

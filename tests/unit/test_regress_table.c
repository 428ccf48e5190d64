/* What is written of results: JSON, JUnit, the page; and plans as they are read back.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/unit/regress_scratch.h"
#include "regress/slurm.h"
#include "regress/table.h"
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

static struct regress_store store;
static struct regress_list list;
static struct regress_table table;

/* two configurations, two models, seeds 1..2: the third case differs, the last one crashed; cases 0 and 1 have one key */
static int begin(void **state)
{
	struct err e = { 0 };

	if (set_up(state) || regress_store_open(&store, at("out"), &e))
		return -1;
	read_list(&list, NULL, "config=a.xml,b.xml model=w.npy,shapes:x seed=1..2\n");
	for (size_t i = 0; i < list.n; i++) {
		json_t *j;

		snprintf(list.c[i].key, sizeof(list.c[i].key), "%064x", i == 1 ? 0 : (unsigned)i);
		memset(list.c[i].group, '0' + (int)(i / 4), 64);
		j = json_pack("{s:s, s:s, s:i, s:{s:f, s:i}}", "key", list.c[i].key, "verdict", i == 2 ? "different" : i == 7 ? "crashed" : "equal", "mismatches", i == 2, "timing", "seconds", 0.25, "attempts", 1);
		if (i == 2)
			json_object_set_new(j, "first_difference", json_string("layer <0.wq> & \"more\""));
		if (i == 7)
			json_object_set_new(j, "message", json_string("ended by signal 9 (Killed)\nlast words"));
		if (regress_store_put(&store, list.c[i].key, j, &e))
			return -1;
		json_decref(j);
	}
	return regress_table_make(&table, &list, &store, &e);
}

static int end(void **state)
{
	regress_table_release(&table);
	regress_list_release(&list);
	regress_store_close(&store);
	return tear_down(state);
}

/* the value of an XPath expression over text, as text */
static void xpath(const struct buf *text, const char *expression, const char *value)
{
	xmlDocPtr doc = xmlReadMemory(text->data, (int)text->len, "x", NULL, 0);
	xmlXPathContextPtr c = xmlXPathNewContext(doc);
	xmlXPathObjectPtr o;
	xmlChar *s;

	assert_non_null(doc);
	xmlXPathRegisterNs(c, (const xmlChar *)"h", (const xmlChar *)"http://www.w3.org/1999/xhtml");
	o = xmlXPathEvalExpression((const xmlChar *)expression, c);
	assert_non_null(o);
	s = xmlXPathCastToString(o);
	assert_string_equal((char *)s, value);
	xmlFree(s);
	xmlXPathFreeObject(o);
	xmlXPathFreeContext(c);
	xmlFreeDoc(doc);
}

static void json(void **state)
{
	json_t *j = regress_results_json(&table), *c, *timing = regress_timing_json(&table);
	struct buf b;

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(json_object_get(j, "totals"), "cases")), 8);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(j, "totals"), "equal")), 6);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(j, "totals"), "different")), 1);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(j, "totals"), "crashed")), 1);
	c = json_array_get(json_object_get(j, "cases"), 2);
	assert_string_equal(json_string_value(json_object_get(c, "config")), "a.xml");
	assert_string_equal(json_string_value(json_object_get(c, "model")), "shapes:x");
	assert_string_equal(json_string_value(json_object_get(json_object_get(c, "options"), "seed")), "1");
	assert_string_equal(json_string_value(json_object_get(c, "first_difference")), "layer <0.wq> & \"more\"");
	assert_null(json_object_get(c, "timing"));
	assert_int_equal(json_array_size(timing), 8);
	assert_true(json_number_value(json_object_get(json_array_get(timing, 3), "seconds")) == 0.25);
	buf_init(&b);
	regress_totals(&table, &b);
	assert_string_equal(b.data, "8 cases: 6 equal, 1 different, 1 crashed");
	buf_release(&b);
	json_decref(j);
	json_decref(timing);
}

static void junit(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	regress_junit(&table, &b);
	xpath(&b, "concat(/testsuites/@tests, ' ', /testsuites/@failures, ' ', /testsuites/@errors, ' ', /testsuites/@time)", "8 1 1 2.000");
	xpath(&b, "count(/testsuites/testsuite)", "2");
	xpath(&b, "string(/testsuites/testsuite[2]/@name)", "b.xml");
	xpath(&b, "count(/testsuites/testsuite[2]/testcase)", "4");
	xpath(&b, "string(//testcase[failure]/@name)", "shapes:x seed=1");
	xpath(&b, "string(//failure/@message)", "layer <0.wq> & \"more\"");
	xpath(&b, "string(//error/@type)", "crashed");
	xpath(&b, "string(//error/@message)", "ended by signal 9 (Killed)");
	xpath(&b, "contains(//error, 'last words') and contains(//error, 'repeat: bitline cosim --config')", "true");
	buf_release(&b);
}

static void page(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	regress_matrix(&table, &b);
	xpath(&b, "count(//h:section)", "2");
	xpath(&b, "string(//h:section[1]/@id)", "failing");
	xpath(&b, "count(//h:section[1]//h:h3)", "2");
	xpath(&b, "contains(//h:section[1], 'layer <0.wq> & \"more\"') and contains(//h:section[1], '--model shapes:x --seed 2')", "true");
	xpath(&b, "count(//h:section[2]//h:tr)", "3");

	xpath(&b, "normalize-space((//h:section[2]//h:tr)[2])", "a.xml2 equal1 equal, 1 different");
	xpath(&b, "normalize-space((//h:section[2]//h:tr)[3])", "b.xml2 equal1 equal, 1 crashed");
	buf_release(&b);
}

static void gone(void **state)
{
	struct regress_table t;
	struct err e = { 0 };
	char want[300];

	(void)state;
	regress_store_forget(&store, list.c[4].key);
	assert_int_equal(regress_table_make(&t, &list, &store, &e), -1);
	assert_int_equal(e.code, ERR_ENV);
	snprintf(want, sizeof(want), "'%s/out/results/%s.json' is gone, or no result; the same command makes it again", dir, list.c[4].key);
	assert_string_equal(e.text, want);
	regress_table_release(&t);
}

static void plans(void **state)
{
	size_t batch[] = { 0, 3, 8 };
	struct regress_plan p = { .dir = "over/there", .retries = 3, .timeout = 5, .list = list, .batch = batch, .n_batches = 2 }, back;
	static const char *const bad[] = { "", "{}", "{\"plan\": \"another\", \"dir\": \"\", \"retries\": 1, \"timeout\": 1, \"batches\": [0, 0], \"cases\": []}",
		"{\"plan\": \"bitline regress 1\", \"dir\": \"\", \"retries\": 1, \"timeout\": 1, \"batches\": [0, 1], \"cases\": []}",
		"{\"plan\": \"bitline regress 1\", \"dir\": \"\", \"retries\": 1, \"timeout\": 1, \"batches\": [0, 1], \"cases\": [{}]}" };
	struct err e = { 0 };
	struct buf text, again;

	(void)state;
	buf_init(&text);
	buf_init(&again);
	regress_plan_text(&p, &text);
	assert_int_equal(regress_plan_read(&back, put("plan.json", text.data), &e), 0);
	assert_int_equal(back.list.n, 8);
	assert_int_equal(back.n_batches, 2);
	assert_string_equal(back.list.c[7].key, list.c[7].key);
	regress_plan_text(&back, &again);
	assert_string_equal(text.data, again.data);
	regress_plan_release(&back);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		e = (struct err){ 0 };
		assert_int_equal(regress_plan_read(&back, put("plan.json", bad[i]), &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		assert_non_null(strstr(e.text, "plan.json' is no plan of 'bitline regress --executor slurm', which alone calls --worker"));
	}
	buf_release(&text);
	buf_release(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(json, begin, end),
		cmocka_unit_test_setup_teardown(junit, begin, end),
		cmocka_unit_test_setup_teardown(page, begin, end),
		cmocka_unit_test_setup_teardown(gone, begin, end),
		cmocka_unit_test_setup_teardown(plans, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The parts of a page: what comes in as text stays text, tables have the cells of their columns, figures have words, quantities read well. Read back with libxml2.
 * SPDX-License-Identifier: Apache-2.0 */
#include "report/bars.h"
#include "report/curve.h"
#include "report/page.h"
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const char evil[] = "</style><script>alert(\"1\")</script> & 'x' \xc3\xa9 \x01 \xff";
static const char shown[] = "</style><script>alert(\"1\")</script> & 'x' \xc3\xa9 ? ?";

static xmlXPathContext *context;

static void parse(struct buf *b)
{
	xmlDoc *doc;

	page_end(b);
	for (size_t i = 0; i < b->len; i++)
		assert_true((unsigned char)b->data[i] < 0x80);
	doc = xmlReadMemory(b->data, (int)b->len, "page", NULL, XML_PARSE_NONET);
	assert_non_null(doc);
	context = xmlXPathNewContext(doc);
	xmlXPathRegisterNs(context, BAD_CAST "h", BAD_CAST "http://www.w3.org/1999/xhtml");
	xmlXPathRegisterNs(context, BAD_CAST "s", BAD_CAST "http://www.w3.org/2000/svg");
}

static void forget(struct buf *b)
{
	xmlFreeDoc(context->doc);
	xmlXPathFreeContext(context);
	buf_release(b);
}

static double number(const char *path)
{
	xmlXPathObject *o = xmlXPathEvalExpression(BAD_CAST path, context);
	double v = xmlXPathCastToNumber(o);

	xmlXPathFreeObject(o);
	return v;
}

static void is(const char *path, const char *text)
{
	xmlXPathObject *o = xmlXPathEvalExpression(BAD_CAST path, context);
	xmlChar *s = xmlXPathCastToString(o);

	assert_string_equal((char *)s, text);
	xmlFree(s);
	xmlXPathFreeObject(o);
}

static void t_texts(void **state)
{
	const struct page_columns c = { 2, (const char *[]){ evil, "n" }, .numeric = 2 };
	struct buf b;

	(void)state;
	buf_init(&b);
	page_begin(&b, evil);
	page_verdict(&b, PAGE_BAD, evil, "one\ntwo");
	page_section(&b, "x", evil);
	page_text(&b, evil);
	page_soft(&b, evil);
	page_code(&b, evil);
	page_heading(&b, evil);
	page_absent(&b, evil, evil);
	page_details(&b, evil);
	page_table(&b, evil, &c);
	page_row(&b, &c, (const char *[]){ evil, "1" });
	page_cells(&b, &c, (const struct page_cell[]){ { evil, "#x", evil, CELL_GOOD }, { "2", .tone = CELL_BAD } });
	page_table_end(&b);
	page_details_end(&b);
	page_section_end(&b);
	parse(&b);
	assert_int_equal(number("count(//h:script)"), 0);
	is("//h:h1", shown);
	is("//h:title", shown);
	is("//h:h2", shown);
	is("//h:h3", shown);
	is("//h:pre", shown);
	is("//h:summary", shown);
	is("//h:caption", shown);
	is("//h:th[1]", shown);
	is("//h:tbody/h:tr[1]/h:td[1]", shown);
	is("//h:tbody/h:tr[2]/h:td[1]/h:a", shown);
	is("//h:td[@title]/@title", shown);
	is("//h:div[@class='verdict bad']/h:p[3]", "two");
	is("//h:tbody/h:tr[2]/h:td[2]/@class", "n bad");
	assert_int_equal(number("count(//h:th[@class='n'])"), 1);
	assert_int_equal(number("count(//h:td)"), 4);
	forget(&b);
}

static void t_figures(void **state)
{
	const struct bars_row row[] = { { evil, { 0, 100 }, NULL }, { "b", { NAN, 50 }, "no source" } };
	const struct curve_point point[] = { { 1, 1e6 }, { 2, 2 }, { 3, 1.5 } }, single = { 4, 3 };
	struct buf b;

	(void)state;
	buf_init(&b);
	page_begin(&b, "t");
	bars_figure(&(struct bars){ "bars", "what bars show", "below", "nJ", { "p", "q" }, row, 2 }, &b);
	curve_figure(&(struct curve){ "curve", "what the curve shows", NULL, "x", "y", point, 3, 1.4, "level" }, &b);
	curve_figure(&(struct curve){ "curve", "one point", NULL, "x", "y", &single, 1, 0, NULL }, &b);
	parse(&b);
	assert_int_equal(number("count(//h:figure/h:div[@tabindex='0' and @role='region' and @aria-label]/s:svg[@role='img' and string-length(@aria-label) > 8])"), 3);
	is("//h:figure[1]//s:svg/@aria-label", "what bars show");
	is("//h:figure[1]/h:figcaption", "below");
	assert_int_equal(number("count(//h:figcaption)"), 1);
	assert_int_equal(number("count(//h:figure[1]//s:text[. = 'no source'])"), 1);
	/* the widest bar is that of 100, the one of 50 half of it */
	assert_true(fabs(number("//h:figure[1]//s:rect[@class='c1'][2]/@width") - 2 * number("//h:figure[1]//s:rect[@class='c1'][3]/@width")) < 0.02);
	assert_int_equal(number("count(//h:figure[2]//s:rect[@class='c0'])"), 3);
	forget(&b);
}

static void t_quantity(void **state)
{
	static const struct { double v; const char *unit, *text; } as[] = {
		{ 0, "nJ", "0 nJ" }, { 999, "nJ", "999 nJ" }, { 1000, "nJ", "1 uJ" }, { 2.5e7, "nJ", "25 mJ" }, { 274660, "ns", "274.66 us" }, { 5856.93, "um2", "5856.9 um2" }, { 3e6, "um2", "3 mm2" },
		{ 11188848, "", "11188848" }, { 0.000125, "nJ", "0.000125 nJ" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(as) / sizeof(*as); i++) {
		struct buf b;

		buf_init(&b);
		bars_quantity(as[i].v, as[i].unit, &b);
		assert_string_equal(b.data, as[i].text);
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_texts), cmocka_unit_test(t_figures), cmocka_unit_test(t_quantity) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The SVG writer: numbers, hostile texts, and that everything is well-formed XML.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "report/svg.h"
#include <libxml/parser.h>
#include <string.h>

static void numbers(void **state)
{
	static const struct { double v; const char *text; } cases[] = {
		{ 0, "0" }, { -0.001, "0" }, { -0.004999, "0" }, { 0.005, "0.01" }, { -0.005, "-0.01" }, { 1, "1" }, { 0.1, "0.1" }, { 0.25, "0.25" }, { 33.999, "34" },
		{ -7.5, "-7.5" }, { 1e9, "1000000000" }, { 123456.789, "123456.79" }, { -0.99, "-0.99" }, { 2.05, "2.05" },
	};
	struct buf b;

	(void)state;
	buf_init(&b);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&b);
		svg_number(&b, cases[i].v);
		assert_string_equal(b.data, cases[i].text);
	}
	buf_release(&b);
}

static void texts(void **state)
{
	static const struct { const char *in, *out; } cases[] = {
		{ "a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c&#39;" }, { "line\nline", "line&#10;line" }, { "\x01\x1f\x7f", "???" }, { "\xc2\xb5m\xc2\xb2", "&#181;m&#178;" },
		{ "\xe2\x82\xac", "&#8364;" }, { "\xff", "?" }, { "\xc0\x80", "??" }, { "\xe0\x80\x80", "?" }, { "\xed\xa0\x80", "?" }, { "\xef\xbf\xbf", "?" }, { "\xc2", "?" }, { "\xe2\x82", "??" },
		{ "\xc2\x85", "?" }, { "", "" },
	};
	struct buf b;

	(void)state;
	buf_init(&b);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&b);
		svg_escape(&b, cases[i].in);
		assert_string_equal(b.data, cases[i].out);
	}
	buf_release(&b);
}

/* every byte, in every kind of element, survives a parser as well-formed text */
static void well_formed(void **state)
{
	struct buf b;

	(void)state;
	for (int c = 1; c < 256; c++) {
		char text[] = { 'a', (char)c, 'b', '\0' };
		xmlDoc *doc;
		xmlNode *title;
		xmlChar *content;

		buf_init(&b);
		svg_begin(&b, 10, 20.5, text);
		svg_open(&b, "fill=\"red\"", text);
		svg_rect(&b, 1, 2, 3, 4, "", NULL);
		svg_rect(&b, 1, 2, 3, 4, "fill=\"none\"", text);
		svg_line(&b, 0, 0, 1, 1, "stroke=\"#000\"");
		svg_text(&b, 0, 0, "", text);
		svg_close(&b);
		svg_end(&b);
		doc = xmlReadMemory(b.data, (int)b.len, "svg", NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
		assert_non_null(doc);
		assert_string_equal(xmlDocGetRootElement(doc)->ns->href, "http://www.w3.org/2000/svg");
		title = xmlFirstElementChild(xmlDocGetRootElement(doc));
		content = xmlNodeGetContent(title);
		assert_string_equal(content, (c >= 0x20 && c < 0x7f) || c == '\n' ? text : "a?b");
		xmlFree(content);
		xmlFreeDoc(doc);
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(numbers), cmocka_unit_test(texts), cmocka_unit_test(well_formed) };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	xmlCleanupParser();
	return failed;
}

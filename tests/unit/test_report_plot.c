/* The scatter plot: every point once and inside the field, the staircase against brute force, axes and quantities as people read them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/prng.h"
#include "report/axis.h"
#include "report/plot.h"
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 60, FIELD_L = 92, FIELD_R = 792, FIELD_T = 84, FIELD_B = 564 };

static struct plot_point point[MOST];
static char tips[MOST][40];

static struct plot plot_of(size_t n)
{
	return (struct plot){ .title = "a < b", .subtitle = "33 points", .x = { "latency", PLOT_NS }, .y = { "energy", PLOT_NJ }, .size = { "area", PLOT_UM2 },
		.series_title = "placement", .series = { "linear", "sparse", "dense", "dense-strided", "packed" }, .front = "on the front", .hollow = "large sums clip", .point = point, .n = n };
}

static xmlDoc *parsed(const struct plot *p)
{
	struct buf b;
	xmlDoc *doc;

	buf_init(&b);
	plot_svg(p, &b);
	doc = xmlReadMemory(b.data, (int)b.len, "plot", NULL, XML_PARSE_NONET);
	assert_non_null(doc);
	buf_release(&b);
	return doc;
}

/* XPath with the namespace as "s" */
static xmlXPathObject *find(xmlDoc *doc, const char *path)
{
	xmlXPathContext *c = xmlXPathNewContext(doc);
	xmlXPathObject *o;

	xmlXPathRegisterNs(c, (const xmlChar *)"s", (const xmlChar *)"http://www.w3.org/2000/svg");
	o = xmlXPathEvalExpression((const xmlChar *)path, c);
	assert_non_null(o);
	xmlXPathFreeContext(c);
	return o;
}

static int count(xmlDoc *doc, const char *path)
{
	xmlXPathObject *o = find(doc, path);
	int n = o->nodesetval ? o->nodesetval->nodeNr : 0;

	xmlXPathFreeObject(o);
	return n;
}

static void random_points(struct prng *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		snprintf(tips[i], sizeof(tips[i]), "point %zu.", i);
		point[i] = (struct plot_point){ .x = pow(10, 6 * prng_unit(r)), .y = pow(10, (double)prng_range(r, 0, 5)), .size = prng_range(r, 0, 3) ? 1 + 1e6 * prng_unit(r) : 0,
			.series = (int)prng_range(r, 0, 4), .marked = prng_range(r, 0, 1), .hollow = !prng_range(r, 0, 3), .tip = tips[i], .label = prng_range(r, 0, 9) ? NULL : "A" };
	}
}

/* the numbers of "M1 2V3H4.." that stand behind a letter */
static size_t numbers(const char *d, char letter, double v[MOST])
{
	size_t n = 0;

	for (; *d; d++)
		if (*d == letter)
			v[n++] = atof(d + 1);
	return n;
}

static size_t drops(size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		bool beaten = point[i].hollow;

		for (size_t j = 0; j < n && !beaten; j++)
			beaten = !point[j].hollow && point[j].x <= point[i].x && point[j].y <= point[i].y && (point[j].x < point[i].x || point[j].y < point[i].y || j < i);
		k += !beaten;
	}
	return k;
}

static void check_staircase(xmlDoc *doc, size_t n)
{
	xmlXPathObject *o = find(doc, "/s:svg/s:path/@d");
	double v[MOST], h[MOST + 1];
	char *d;
	size_t nv, nh;

	assert_int_equal(o->nodesetval->nodeNr, 1);
	d = (char *)xmlNodeGetContent(o->nodesetval->nodeTab[0]);
	nv = numbers(d, 'V', v);
	nh = numbers(d, 'H', h);
	assert_int_equal(nv, drops(n));
	assert_int_equal(nh, nv);
	for (size_t i = 1; i < nv; i++) {
		assert_true(v[i] >= v[i - 1]); /* down the page, to the right */
		assert_true(h[i] >= h[i - 1]);
	}
	xmlFree(d);
	xmlXPathFreeObject(o);
}

static void in_field(xmlDoc *doc)
{
	xmlXPathObject *o = find(doc, "//s:g[s:title]/s:circle");

	for (int i = 0; o->nodesetval && i < o->nodesetval->nodeNr; i++) {
		xmlChar *x = xmlGetProp(o->nodesetval->nodeTab[i], (const xmlChar *)"cx"), *y = xmlGetProp(o->nodesetval->nodeTab[i], (const xmlChar *)"cy");

		assert_true(atof((char *)x) > FIELD_L && atof((char *)x) < FIELD_R);
		assert_true(atof((char *)y) > FIELD_T && atof((char *)y) < FIELD_B);
		xmlFree(x);
		xmlFree(y);
	}
	xmlXPathFreeObject(o);
}

static void every_point_once(void **state)
{
	struct prng r;
	char path[120];

	(void)state;
	prng_init(&r, 7);
	for (int round = 0; round < 200; round++) {
		size_t n = (size_t)prng_range(&r, 1, MOST);
		struct plot p = plot_of(n);
		xmlDoc *doc;

		random_points(&r, n);
		doc = parsed(&p);
		assert_int_equal(count(doc, "//s:g[s:title][s:circle or s:polygon]"), n);
		for (size_t i = 0; i < n; i++) {
			snprintf(path, sizeof(path), "//s:g[s:title = 'point %zu.'][%s]", i, point[i].series ? "s:polygon" : "s:circle");
			assert_int_equal(count(doc, path), 1);
		}
		in_field(doc);
		check_staircase(doc, n);
		xmlFreeDoc(doc);
	}
}

static void texts_and_nothing(void **state)
{
	struct plot p = plot_of(0);
	const char *const notes[] = { "first & last" };
	xmlDoc *doc;

	(void)state;
	p.note = notes;
	p.n_notes = 1;
	doc = parsed(&p);
	assert_int_equal(count(doc, "//s:text[. = 'no point to draw']"), 1);
	assert_int_equal(count(doc, "//s:text[. = 'a < b']"), 1);
	assert_int_equal(count(doc, "//s:text[. = 'first & last']"), 1);
	xmlFreeDoc(doc);
	p.n = 1;
	point[0] = (struct plot_point){ .x = 33, .y = 2e6, .size = 5, .series = 4, .tip = "only", .label = "B" };
	doc = parsed(&p);
	assert_int_equal(count(doc, "//s:text[. = 'latency (ns)']"), 1);
	assert_int_equal(count(doc, "//s:text[. = 'energy (mJ)']"), 1);
	assert_int_equal(count(doc, "//s:text[. = 'packed']"), 1);
	assert_int_equal(count(doc, "//s:text[. = 'linear']"), 0); /* no such point */
	assert_int_equal(count(doc, "//s:text[. = 'large sums clip']"), 0);
	assert_int_equal(count(doc, "//s:text[. = 'B']"), 1);
	xmlFreeDoc(doc);
}

/* labels ascend, are in the field, at least two and not too many, whatever the range */
static void axes(void **state)
{
	struct prng r;
	struct axis a;

	(void)state;
	prng_init(&r, 3);
	for (int round = 0; round < 2000; round++) {
		double lo = pow(10, 12 * prng_unit(&r) - 2), hi = lo * pow(10, prng_range(&r, 0, 3) ? 6 * prng_unit(&r) * prng_unit(&r) : 0);

		axis_make(&a, lo, hi, (enum plot_unit)prng_range(&r, PLOT_NS, PLOT_COUNT));
		assert_true(a.lo < lo && a.hi > hi);
		assert_in_range(a.n_ticks, 2, 14);
		for (int i = 0; i < a.n_ticks; i++) {
			assert_true(axis_place(&a, a.at[i]) >= 0 && axis_place(&a, a.at[i]) <= 1);
			assert_true(!i || a.at[i] > a.at[i - 1]);
		}
		assert_true(fabs(axis_place(&a, sqrt(a.lo) * sqrt(a.hi)) - 0.5) < 1e-9);
	}
}

static void quantities(void **state)
{
	static const struct { double v; enum plot_unit unit; const char *text; } cases[] = {
		{ 1, PLOT_NS, "1.00 ns" }, { 999.6, PLOT_NS, "1000 ns" }, { 1000, PLOT_NS, "1.00 \xc2\xb5s" }, { 1.2345e7, PLOT_NS, "12.3 ms" }, { 2.5e11, PLOT_NS, "250 s" }, { 0.5, PLOT_NJ, "500 pJ" },
		{ 33, PLOT_UM2, "33.0 \xc2\xb5m\xc2\xb2" }, { 4.56e6, PLOT_UM2, "4.56 mm\xc2\xb2" }, { 7, PLOT_COUNT, "7" }, { 65536, PLOT_COUNT, "65.5 thousand" }, { 3.02e8, PLOT_COUNT, "302 million" },
	};
	static const struct { double v; const char *text; } labels[] = { { 0.05, "0.05" }, { 200, "200" }, { 9999, "9999" }, { 10000, "10 000" }, { 1234567, "1 234 567" }, { 250000, "250 000" } };
	struct axis a = { .lo = 1, .hi = 10, .scale = 1 };
	struct buf b;

	(void)state;
	buf_init(&b);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_clear(&b);
		plot_quantity(cases[i].v, cases[i].unit, &b);
		assert_string_equal(b.data, cases[i].text);
	}
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		buf_clear(&b);
		axis_label(&a, labels[i].v, &b);
		assert_string_equal(b.data, labels[i].text);
	}
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_point_once), cmocka_unit_test(texts_and_nothing), cmocka_unit_test(axes), cmocka_unit_test(quantities),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	xmlCleanupParser();
	return failed;
}

/* JUnit's XML, as CI servers read it: a test suite per configuration, a failure per case that differs, an error per case that had no verdict.
 * SPDX-License-Identifier: Apache-2.0 */
#include "regress/table.h"
#include <libxml/xmlwriter.h>
#include <string.h>

static const xmlChar *x(const char *s)
{
	return (const xmlChar *)s;
}

static void attribute(xmlTextWriterPtr w, const char *name, const char *value)
{
	struct buf ascii; /* names of files may be in any coding */

	buf_init(&ascii);
	for (; *value; value++)
		buf_add(&ascii, (unsigned char)*value >= 127 || (unsigned char)*value < 32 ? "?" : value, 1);
	xmlTextWriterWriteAttribute(w, x(name), x(ascii.data));
	buf_release(&ascii);
}

static double seconds(const struct regress_row *r)
{
	return json_number_value(json_object_get(json_object_get(r->result, "timing"), "seconds"));
}

static void counts(xmlTextWriterPtr w, const struct regress_table *t, const struct regress_labels *l, size_t suite)
{
	size_t n = 0, failures = 0, errors = 0;
	double time = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (l && l->of_row[i] != suite)
			continue;
		n++;
		failures += t->row[i].verdict == REGRESS_DIFFERENT;
		errors += t->row[i].verdict > REGRESS_DIFFERENT;
		time += seconds(&t->row[i]);
	}
	xmlTextWriterWriteFormatAttribute(w, x("tests"), "%zu", n);
	xmlTextWriterWriteFormatAttribute(w, x("failures"), "%zu", failures);
	xmlTextWriterWriteFormatAttribute(w, x("errors"), "%zu", errors);
	xmlTextWriterWriteFormatAttribute(w, x("time"), "%.3f", time);
}

static void test_case(xmlTextWriterPtr w, const struct regress_row *r)
{
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "%s%s%s", r->model, *r->rest ? " " : "", r->rest);
	xmlTextWriterStartElement(w, x("testcase"));
	attribute(w, "classname", r->config);
	attribute(w, "name", text.data);
	xmlTextWriterWriteFormatAttribute(w, x("time"), "%.3f", seconds(r));
	if (r->verdict != REGRESS_EQUAL) {
		const char *why = regress_row_why(r);

		xmlTextWriterStartElement(w, x(r->verdict == REGRESS_DIFFERENT ? "failure" : "error"));
		xmlTextWriterWriteAttribute(w, x("type"), x(regress_verdict_name[r->verdict]));
		buf_clear(&text);
		buf_add(&text, why, strcspn(why, "\n"));
		attribute(w, "message", text.data);
		buf_clear(&text);
		buf_addf(&text, "%s\nrepeat: ", why);
		regress_command(r->c, &text);
		for (char *p = text.data; *p; p++)
			if ((unsigned char)*p >= 127)
				*p = '?';
		xmlTextWriterWriteString(w, x(text.data));
		xmlTextWriterEndElement(w);
	}
	xmlTextWriterEndElement(w);
	buf_release(&text);
}

void regress_junit(const struct regress_table *t, struct buf *out)
{
	xmlBufferPtr xml = xmlBufferCreate();
	xmlTextWriterPtr w = xml ? xmlNewTextWriterMemory(xml, 0) : NULL;
	struct regress_labels suites;

	if (!w)
		BUG("libxml2 makes no writer");
	xmlTextWriterSetIndent(w, 1);
	xmlTextWriterStartDocument(w, NULL, "UTF-8", NULL);
	xmlTextWriterStartElement(w, x("testsuites"));
	attribute(w, "name", t->list);
	counts(w, t, NULL, 0);
	regress_labels_make(&suites, t, regress_row_config);
	for (size_t s = 0; s < suites.n; s++) {
		xmlTextWriterStartElement(w, x("testsuite"));
		attribute(w, "name", suites.name[s]);
		counts(w, t, &suites, s);
		for (size_t i = 0; i < t->n; i++)
			if (suites.of_row[i] == s)
				test_case(w, &t->row[i]);
		xmlTextWriterEndElement(w);
	}
	regress_labels_release(&suites);
	xmlTextWriterEndDocument(w);
	xmlFreeTextWriter(w);
	buf_adds(out, (const char *)xmlBufferContent(xml));
	xmlBufferFree(xml);
}

/* Where an attribute stands in the text of a configuration.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg_schema.h"
#include <string.h>

struct scan { const char *p, *end; int line; };

static void skip(struct scan *s, size_t n)
{
	for (; n > 0 && s->p < s->end; n--, s->p++)
		s->line += *s->p == '\n';
}

static bool at(const struct scan *s, const char *word)
{
	size_t n;

	if (s->p == s->end || *s->p != *word) /* nearly always */
		return false;
	n = strlen(word);
	return (size_t)(s->end - s->p) >= n && !memcmp(s->p, word, n);
}

static void skip_past(struct scan *s, const char *word)
{
	while (s->p < s->end && !at(s, word))
		skip(s, 1);
	skip(s, strlen(word));
}

static size_t run(const struct scan *s, const char *stop)
{
	size_t n = 0;

	while (s->p + n < s->end && s->p[n] && !strchr(stop, s->p[n]))
		n++;
	return n;
}

static bool is(const char *word, const char *p, size_t n)
{
	return strlen(word) == n && !memcmp(word, p, n);
}

/* s stands behind the element's name; returns the attribute's line, or 0 with s behind the tag */
static int in_tag(struct scan *s, const char *attr)
{
	while (s->p < s->end && *s->p != '>') {
		size_t n = run(s, " \t\r\n=/>\"'");

		if (n == 0) { /* white space, "/", or a value */
			char quote[2] = { *s->p };

			skip(s, 1);
			if (*quote == '"' || *quote == '\'')
				skip_past(s, quote);
			else if (*quote == '\0')
				return 0;
			continue;
		}
		if (attr && is(attr, s->p, n))
			return s->line;
		skip(s, n);
	}
	return 0;
}

int cfg_where(const char *xml, size_t len, const char *element, const char *attr)
{
	struct scan s = { xml, xml + len, 1 };

	while (s.p < s.end) {
		int line = s.line, found;
		size_t n;

		if (*s.p != '<') {
			skip(&s, 1);
			continue;
		}
		if (at(&s, "<!--")) {
			skip(&s, 4);
			skip_past(&s, "-->");
			continue;
		}
		if (at(&s, "<?")) {
			skip_past(&s, "?>");
			continue;
		}
		if (at(&s, "<![CDATA[")) {
			skip_past(&s, "]]>");
			continue;
		}
		skip(&s, 1);
		n = run(&s, " \t\r\n/>");
		if (is(element, s.p, n)) {
			if (!attr)
				return line;
			skip(&s, n);
			found = in_tag(&s, attr);
			if (found)
				return found;
			continue;
		}
		skip(&s, n);
		in_tag(&s, NULL);
	}
	return 0;
}

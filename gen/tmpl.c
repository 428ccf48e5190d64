/* Renaming by token, and regions by line.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/tmpl.h"
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

static size_t until(const char *p, size_t n, const char *stop)
{
	size_t len = strlen(stop);

	for (size_t i = 0; i + len <= n; i++)
		if (!memcmp(p + i, stop, len))
			return i + len;
	return n;
}

static size_t string_end(const char *p, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		if (p[i] == '\\')
			i++;
		else if (p[i] == '"' || p[i] == '\n')
			return i + 1;
	}
	return n;
}

static size_t word_end(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && word_char(p[i]))
		i++;
	return i;
}

/* whether the word began with was and begins with prefix now; else nothing is put */
static bool put_renamed(const char *p, size_t n, const char *was, const char *prefix, struct buf *out)
{
	size_t skip = strlen(was);

	if (n <= skip || memcmp(p, was, skip))
		return false;
	buf_adds(out, prefix);
	buf_add(out, p + skip, n - skip);
	return true;
}

static void put_word(const char *p, size_t n, const char *prefix, struct buf *out)
{
	if (!put_renamed(p, n, TMPL_PREFIX, prefix, out))
		buf_add(out, p, n);
}

void tmpl_rename_sv(const char *text, size_t len, const char *prefix, struct buf *out)
{
	size_t i = 0;

	while (i < len) {
		const char *p = text + i;
		size_t left = len - i, n = 1;

		if (left > 1 && p[0] == '/' && p[1] == '/') {
			n = until(p, left, "\n");
		} else if (left > 1 && p[0] == '/' && p[1] == '*') {
			n = 2 + until(p + 2, left - 2, "*/");
		} else if (p[0] == '"') {
			n = string_end(p, left);
		} else if (p[0] == '\\') { /* an escaped identifier ends at white space */
			while (n < left && !isspace((unsigned char)p[n]))
				n++;
		} else if (word_char(p[0])) {
			n = word_end(p, left);
			put_word(p, n, prefix, out);
			i += n;
			continue;
		}
		buf_add(out, p, n);
		i += n;
	}
}

void tmpl_rename_tcl(const char *text, size_t len, const char *prefix, struct buf *out)
{
	size_t i = 0;
	bool first = true; /* nothing but white space so far in this line */

	while (i < len) {
		const char *p = text + i;
		size_t n = 1;

		if (first && p[0] == '#') {
			n = until(p, len - i, "\n");
		} else if (word_char(p[0])) {
			n = word_end(p, len - i);
			put_word(p, n, prefix, out);
			i += n;
			first = false;
			continue;
		}
		buf_add(out, p, n);
		i += n;
		first = p[n - 1] == '\n' || (first && isspace((unsigned char)p[0]));
	}
}

void tmpl_rename_c(const char *text, size_t len, const char *prefix, const char *upper, struct buf *out)
{
	for (size_t i = 0, n; i < len; i += n) {
		const char *p = text + i;

		n = 1;
		if (word_char(p[0])) {
			n = word_end(p, len - i);
			if (put_renamed(p, n, TMPL_UPPER, upper, out))
				continue;
		}
		put_word(p, n, prefix, out);
	}
}

/* whether the line is `<comment> bitline:VERB NAME` */
static bool is_marker(const char *line, size_t n, const char *verb, const char *name)
{
	struct buf want;
	const char *found;
	bool hit;

	buf_init(&want);
	buf_addf(&want, "bitline:%s %s", verb, name);
	found = n >= want.len ? memmem(line, n, want.data, want.len) : NULL;
	hit = found && found + want.len == line + n;
	buf_release(&want);
	return hit;
}

int tmpl_region(const struct buf *in, const char *name, const char *body, struct buf *out)
{
	int begun = 0, ended = 0;

	for (size_t i = 0, n; i < in->len; i += n) {
		const char *line = in->data + i;
		size_t bare;

		n = until(line, in->len - i, "\n");
		bare = n - (line[n - 1] == '\n');
		if (is_marker(line, bare, "begin", name)) {
			begun++;
			buf_adds(out, body);
		} else if (is_marker(line, bare, "end", name)) {
			ended++;
		} else if (begun == ended) {
			buf_add(out, line, n);
		}
		if (ended > begun || begun > ended + 1)
			return -1;
	}
	return begun == 1 && ended == 1 ? 0 : -1;
}

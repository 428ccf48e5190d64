/* The threshold file of docs/macro.md: one line of six hexadecimal digits, 24 bits in two's complement, for every entry.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/tables.h"
#include "common/sha256.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LINE = 7 }; /* bytes of a line with its newline */

void at_print(const int32_t *T, size_t n, struct buf *out)
{
	static const char digits[] = "0123456789abcdef";
	char line[LINE];

	line[LINE - 1] = '\n';
	for (size_t i = 0; i < n; i++) {
		for (int d = 0; d < LINE - 1; d++)
			line[d] = digits[(uint32_t)T[i] >> (4 * (LINE - 2 - d)) & 15];
		buf_add(out, line, LINE);
	}
}

void at_digest(const int32_t *T, size_t n, char hex[65])
{
	struct buf text;

	buf_init(&text);
	at_print(T, n, &text);
	sha256_hex(text.data, text.len, hex);
	buf_release(&text);
}

/* what a person sees of the line: up to its end, unprintable bytes as ? */
static void show(const char *line, size_t n, char out[LINE + 1])
{
	size_t i;

	for (i = 0; i < n && line[i] != '\n'; i++)
		out[i] = isprint((unsigned char)line[i]) ? line[i] : '?';
	out[i] = '\0';
}

static bool parse(const char *line, int32_t *T)
{
	uint32_t x = 0;

	for (int d = 0; d < LINE - 1; d++) {
		if (!isxdigit((unsigned char)line[d]))
			return false;
		x = x << 4 | (uint32_t)(isdigit((unsigned char)line[d]) ? line[d] - '0' : tolower((unsigned char)line[d]) - 'a' + 10);
	}
	*T = (int32_t)(x & 0x7fffff) - (int32_t)(x & 0x800000);
	return line[LINE - 1] == '\n';
}

static int wrong_count(const struct cfg *c, const char *path, const char *what, size_t lines, struct err *e)
{
	return err_set(e, ERR_INPUT, "'%s': %s %zu lines, \"%s\" has %zu entries (%d tiles x %d converters x %d sets x 2^%d); give one line for each", path, what, lines,
		       c->name, at_count(c), c->tiles, c->adcs, AT_SETS, c->bits);
}

static int read_lines(const struct cfg *c, const char *path, FILE *f, int32_t *T, struct err *e)
{
	size_t n = at_count(c), mask = ((size_t)1 << c->bits) - 1;
	char line[LINE], seen[LINE + 1];

	for (size_t i = 0; i < n; i++) {
		size_t got = fread(line, 1, LINE, f);

		if (ferror(f))
			return err_set(e, ERR_INPUT, "'%s' cannot be read: %s; name a file of thresholds", path, strerror(errno));
		if (got == 0)
			return wrong_count(c, path, "ends after", i, e);
		show(line, got, seen);
		if (got < LINE || !parse(line, &T[i]))
			return err_set(e, ERR_INPUT, "'%s', line %zu: '%s' is no threshold: legal are exactly six hexadecimal digits and a newline, 800000..7fffff (two's complement)", path,
				       i + 1, seen);
		if ((i & mask) == 0 && T[i] != 0)
			return err_set(e, ERR_INPUT, "'%s', line %zu: '%s' is entry 0 of a table, which is unused: legal 000000; see that every table begins with it", path, i + 1, seen);
	}
	return getc(f) == EOF ? 0 : wrong_count(c, path, "goes on after", n, e);
}

int at_read(const struct cfg *c, const char *path, int32_t *T, struct err *e)
{
	FILE *f = fopen(path, "rb");
	int rc;

	if (!f)
		return err_set(e, ERR_INPUT, "'%s' cannot be opened: %s; name a file of thresholds", path, strerror(errno));
	rc = read_lines(c, path, f, T, e);
	fclose(f);
	return rc;
}

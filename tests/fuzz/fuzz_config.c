/* Configurations. Input: lines "-s key=value" (overrides, as many as MOST), then the XML.
 * The mutator knows the schema: it sets attributes and overrides to choices, edges of ranges and neighbours, so that the rules across fields are reached.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg_schema.h"
#include "tests/fuzz/fuzz.h"

enum { MOST = 4, LINE = 120 };

/* the resolved configuration is one, and the same */
static void again(const struct cfg *c)
{
	struct err e = { 0 };
	struct cfg twin;
	struct buf text, other;

	buf_init(&text);
	buf_init(&other);
	cfg_print(c, &text);
	fuzz_file((uint8_t *)text.data, text.len);
	if (cfg_load(&twin, FUZZ_PATH, NULL, 0, &e))
		fuzz_broken("a printed configuration cannot be read", &e);
	cfg_print(&twin, &other);
	if (text.len != other.len || memcmp(text.data, other.data, text.len))
		fuzz_broken("a configuration is another one after printing and reading", NULL);
	fuzz_file(NULL, 0);
	buf_release(&text);
	buf_release(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[MOST][LINE];
	const char *override[MOST];
	struct err e = { 0 };
	struct cfg c;
	size_t n = 0;

	while (n < MOST && size > 3 && !memcmp(data, "-s ", 3)) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t len = end ? (size_t)(end - data) - 3 : 0;

		if (!end || len >= LINE || memchr(data, 0, len + 3))
			break;
		memcpy(line[n], data + 3, len);
		line[n][len] = '\0';
		override[n] = line[n];
		n++;
		size -= (size_t)(end + 1 - data);
		data = end + 1;
	}
	fuzz_file(data, size);
	if (cfg_load(&c, FUZZ_PATH, override, n, &e)) {
		fuzz_refused(&e);
		return 0;
	}
	if (cfg_executable(&c, "fuzz", &e))
		fuzz_refused(&e);
	again(&c);
	return 0;
}

static void value_of(const struct cfg_field *f, uint32_t *r, char value[CFG_TEXT])
{
	int lo = 0, hi = 0, shift = (int)(fuzz_next(r) % 14);

	if (f->n_choices) {
		snprintf(value, CFG_TEXT, "%s", f->choice[fuzz_next(r) % (uint32_t)f->n_choices]);
	} else if (f->type == CFG_TYPE_BOOL) {
		snprintf(value, CFG_TEXT, "%s", fuzz_next(r) & 1 ? "true" : "false");
	} else if (f->type == CFG_TYPE_INT && sscanf(f->legal, "%d..%d", &lo, &hi) == 2 && fuzz_next(r) % 4) {
		snprintf(value, CFG_TEXT, "%d", fuzz_next(r) & 1 ? lo + (int)(fuzz_next(r) % 3) : hi - (int)(fuzz_next(r) % 3));
	} else if (f->type == CFG_TYPE_INT) {
		snprintf(value, CFG_TEXT, "%d", (1 << shift) - 1 + (int)(fuzz_next(r) % 3));
	} else {
		snprintf(value, CFG_TEXT, "%c%s", "a_9Z-"[fuzz_next(r) % 5], fuzz_next(r) & 1 ? "x1_" : "");
	}
}

/* `old` bytes at `at` become `text` */
static size_t splice(uint8_t *data, size_t size, size_t max, size_t at, size_t old, const char *text)
{
	size_t n = strlen(text);

	if (size - old + n > max)
		return size;
	memmove(data + at + n, data + at + old, size - at - old);
	memcpy(data + at, text, n);
	return size - old + n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	const struct cfg_schema *s = cfg_schema();
	uint32_t r = seed * 2654435761u | 1;
	const struct cfg_field *f;
	char value[CFG_TEXT], text[2 * CFG_TEXT + LINE];
	const uint8_t *at, *end;
	size_t from;

	fuzz_next(&r);
	if (fuzz_next(&r) % 4 == 0)
		return LLVMFuzzerMutate(data, size, max);
	f = &s->field[fuzz_next(&r) % s->n];
	value_of(f, &r, value);
	if (fuzz_next(&r) % 8 == 0) {
		snprintf(text, sizeof(text), "-s %s=%s\n", f->key, value);
		return splice(data, size, max, 0, 0, text);
	}
	snprintf(text, sizeof(text), "<%s", *f->group ? f->group : "bitline");
	at = memmem(data, size, text, strlen(text));
	if (!at) { /* a new group behind the last one */
		static const char close[] = "</bitline>";

		at = memmem(data, size, close, sizeof(close) - 1);
		snprintf(text, sizeof(text), "<%s %s=\"%s\"/>", f->group, f->name, value);
		return at && *f->group ? splice(data, size, max, (size_t)(at - data), 0, text) : LLVMFuzzerMutate(data, size, max);
	}
	from = (size_t)(at - data) + strlen(text);
	end = memchr(data + from, '>', size - from);
	snprintf(text, sizeof(text), " %s=\"", f->name);
	at = end ? memmem(data + from, (size_t)(end - data) - from, text, strlen(text)) : NULL;
	if (at) { /* the attribute has another value from now on */
		size_t start = (size_t)(at - data) + strlen(text);
		const uint8_t *quote = memchr(data + start, '"', size - start);

		return quote ? splice(data, size, max, start, (size_t)(quote - data) - start, value) : size;
	}
	snprintf(text, sizeof(text), " %s=\"%s\"", f->name, value);
	return splice(data, size, max, from, 0, text);
}

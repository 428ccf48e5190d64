/* SPDX-License-Identifier: Apache-2.0 */
#include "cosim/source.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/sha256.h"
#include "cosim/embed.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_RTL_BYTES = 16 << 20, MAX_LIST_BYTES = 1 << 20, MAX_FILES = 1000 };

static struct source_file *add(struct source_set *s, const char *name, bool rtl)
{
	struct source_file *f;

	s->file = mem_realloc(s->file, s->n + 1, sizeof(*s->file));
	f = &s->file[s->n++];
	f->name = mem_strdup(name);
	f->rtl = rtl;
	f->path = NULL;
	buf_init(&f->text);
	return f;
}

/* One line of sim.f: a relative path, or nothing. Options have no place in it: a list that names files only can be hashed. */
static int take_line(struct source_set *s, const char *rtl_dir, const char *list, int line, char *text, struct err *e)
{
	char *path, *slash, *end;
	struct source_file *f;
	int rc;

	if ((end = strstr(text, "//")) || (end = strchr(text, '#')))
		*end = 0;
	while (isspace((unsigned char)*text))
		text++;
	for (end = text + strlen(text); end > text && isspace((unsigned char)end[-1]); end--)
		end[-1] = 0;
	if (!*text)
		return 0;
	if (*text == '-' || *text == '+')
		return err_set(e, ERR_INPUT, "%s:%d: option '%s' in a file list: only file names are taken, one in a line", list, line, text);
	if (s->n >= MAX_FILES)
		return err_set(e, ERR_INPUT, "%s:%d: more than %d files: leave some out, or join some", list, line, MAX_FILES);
	slash = strrchr(text, '/');
	f = add(s, slash ? slash + 1 : text, true);
	path = *text == '/' ? mem_strdup(text) : file_join(rtl_dir, text);
	buf_release(&f->text);
	rc = file_read(path, MAX_RTL_BYTES, &f->text, e);
	f->path = path;
	return rc;
}

static int take_list(struct source_set *s, const char *rtl_dir, struct err *e)
{
	char *list = file_join(rtl_dir, "sim.f"), *p, *next;
	struct buf b;
	int line = 0, rc = file_read(list, MAX_LIST_BYTES, &b, e);

	if (rc) {
		free(list);
		return rc;
	}
	for (p = b.data; p && !rc; p = next) {
		next = strchr(p, '\n');
		if (next)
			*next++ = 0;
		rc = take_line(s, rtl_dir, list, ++line, p, e);
	}
	if (!rc && !s->n)
		rc = err_set(e, ERR_INPUT, "%s: names no file: write one in a line, or emit the directory again", list);
	buf_release(&b);
	free(list);
	return rc;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

/* cim_ at the start of an identifier becomes the configuration's prefix, as in the emitted RTL */
static void rename_prefix(struct buf *out, const char *text, size_t len, const char *prefix)
{
	for (size_t i = 0; i < len; ) {
		if (len - i > 4 && !memcmp(text + i, "cim_", 4) && (!i || !is_word(text[i - 1]))) {
			buf_adds(out, prefix);
			i += 4;
		} else {
			buf_add(out, text + i++, 1);
		}
	}
}

int source_gather(const char *rtl_dir, const char *prefix, const char *const *const modules[2], const char *const *others, struct source_set *s, struct err *e)
{
	memset(s, 0, sizeof(*s));
	if (rtl_dir && take_list(s, rtl_dir, e)) {
		source_release(s);
		return -1;
	}
	for (int i = 0; i < 2; i++) {
		for (const char *const *name = modules[i]; *name; name++) {
			struct embed_file m = embed_get(*name);

			rename_prefix(&add(s, strrchr(*name, '/') + 1, true)->text, m.data, m.len, prefix);
		}
	}
	for (; *others; others++) {
		struct embed_file m = embed_get(*others);

		buf_add(&add(s, *others, false)->text, m.data, m.len);
	}
	return 0;
}

void source_release(struct source_set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->file[i].name);
		free(s->file[i].path);
		buf_release(&s->file[i].text);
	}
	free(s->file);
	memset(s, 0, sizeof(*s));
}

void source_digest(const struct source_set *s, struct buf *b)
{
	char hex[65];

	for (size_t i = 0; i < s->n; i++) {
		sha256_hex(s->file[i].text.data, s->file[i].text.len, hex);
		buf_addf(b, "%s %s\n", hex, s->file[i].name);
	}
}

void source_path(const struct source_set *s, size_t i, struct buf *b)
{
	if (s->file[i].rtl)
		buf_addf(b, "src/%02zu/%s", i, s->file[i].name);
	else
		buf_addf(b, "src/%s", s->file[i].name);
}

int source_write(const struct source_set *s, const char *dir, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < s->n && !rc; i++) {
		struct buf rel;
		char *path, *slash;

		buf_init(&rel);
		source_path(s, i, &rel);
		path = file_join(dir, rel.data);
		slash = strrchr(path, '/');
		*slash = 0;
		rc = file_mkdirs(path, e);
		*slash = '/';
		if (!rc)
			rc = file_write(path, s->file[i].text.data, s->file[i].text.len, e);
		free(path);
		buf_release(&rel);
	}
	return rc;
}

void source_explain(const struct source_set *s, const char *text, size_t len, struct buf *out)
{
	const char *end = text + len;

	while (text < end) {
		size_t i = 0;

		for (; i < s->n; i++) {
			struct buf b;
			bool here;

			buf_init(&b);
			source_path(s, i, &b);
			here = s->file[i].path && (size_t)(end - text) >= b.len && !memcmp(text, b.data, b.len);
			if (here) {
				buf_adds(out, s->file[i].path);
				text += b.len;
			}
			buf_release(&b);
			if (here)
				break;
		}
		if (i == s->n)
			buf_add(out, text++, 1);
	}
}

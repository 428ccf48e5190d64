/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_load.h"
#include "common/file.h"
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int rl_fault(struct rl_file *f, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	f->rc = -1;
	return err_set(f->e, ERR_INPUT, "'%s': %s; make the file again as docs/report.md says", f->path, text);
}

int rl_open(struct rl_file *f, const char *dir, const char *name, struct err *e)
{
	json_error_t why;
	struct buf text;

	*f = (struct rl_file){ .path = file_join(dir, name), .e = e };
	if (!file_exists(f->path))
		return 0;
	f->rc = file_read(f->path, RL_MOST_BYTES, &text, e);
	if (!f->rc) {
		f->root = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &why);
		if (!f->root)
			rl_fault(f, "line %d: %.100s", why.line, why.text);
		else if (!json_is_object(f->root))
			rl_fault(f, "the file is no JSON object");
		else
			f->hash = rl_text_or_null(f, f->root, "config_sha256");
	}
	buf_release(&text);
	return f->rc ? f->rc : 1;
}

int rl_close(struct rl_file *f)
{
	json_decref(f->root);
	free(f->path);
	f->root = NULL;
	f->path = NULL;
	return f->rc;
}

static int64_t whole(struct rl_file *f, const json_t *v, const char *what, int64_t lo, int64_t hi)
{
	int64_t x = json_integer_value(v);

	if (f->rc)
		return lo;
	if (!json_is_integer(v))
		rl_fault(f, "%.60s is no whole number: legal %" PRId64 "..%" PRId64, what, lo, hi);
	else if (x < lo || x > hi)
		rl_fault(f, "%.60s is %" PRId64 ": legal %" PRId64 "..%" PRId64, what, x, lo, hi);
	return f->rc ? lo : x;
}

int64_t rl_int(struct rl_file *f, const json_t *object, const char *key, int64_t lo, int64_t hi)
{
	char what[64];

	snprintf(what, sizeof(what), "\"%s\"", key);
	return whole(f, json_object_get(object, key), what, lo, hi);
}

uint64_t rl_count(struct rl_file *f, const json_t *object, const char *key, uint64_t most)
{
	return (uint64_t)rl_int(f, object, key, 0, (int64_t)most);
}

double rl_real(struct rl_file *f, const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	if (f->rc || json_is_null(v))
		return NAN;
	if (!json_is_number(v) || !isfinite(json_number_value(v)) || fabs(json_number_value(v)) > 1e30) {
		rl_fault(f, "\"%s\" is no number: legal -1e30..1e30, or null", key);
		return NAN;
	}
	return json_number_value(v);
}

const char *rl_text(struct rl_file *f, const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	if (!f->rc && !s)
		rl_fault(f, "\"%s\" is no text", key);
	return s ? s : "";
}

const char *rl_text_or_null(struct rl_file *f, const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	return !v || json_is_null(v) ? NULL : rl_text(f, object, key);
}

bool rl_bool(struct rl_file *f, const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	if (!f->rc && !json_is_boolean(v))
		rl_fault(f, "\"%s\" is neither true nor false", key);
	return json_is_true(v);
}

const json_t *rl_object(struct rl_file *f, const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	if (f->rc || json_is_null(v))
		return NULL;
	if (!json_is_object(v)) {
		rl_fault(f, "\"%s\" is no object", key);
		return NULL;
	}
	return v;
}

const json_t *rl_list(struct rl_file *f, const json_t *object, const char *key, size_t most)
{
	const json_t *v = json_object_get(object, key);

	if (f->rc)
		return NULL;
	if (!json_is_array(v)) {
		rl_fault(f, "\"%s\" is no list", key);
		return NULL;
	}
	if (json_array_size(v) > most) {
		rl_fault(f, "\"%s\" has %zu entries: legal are up to %zu", key, json_array_size(v), most);
		return NULL;
	}
	return v;
}

int64_t rl_int_at(struct rl_file *f, const json_t *list, const char *key, size_t i, int64_t lo, int64_t hi)
{
	char what[64];

	snprintf(what, sizeof(what), "entry %zu of \"%s\"", i, key);
	return whole(f, json_array_get(list, i), what, lo, hi);
}

const json_t *rl_object_at(struct rl_file *f, const json_t *list, const char *key, size_t i)
{
	const json_t *v = json_array_get(list, i);

	if (!f->rc && !json_is_object(v))
		rl_fault(f, "entry %zu of \"%s\" is no object", i, key);
	return f->rc ? NULL : v;
}

const json_t *rl_row_at(struct rl_file *f, const json_t *list, const char *key, size_t i, size_t n)
{
	const json_t *v = json_array_get(list, i);

	if (!f->rc && (!json_is_array(v) || json_array_size(v) != n))
		rl_fault(f, "entry %zu of \"%s\" is no list of %zu", i, key, n);
	return f->rc ? NULL : v;
}

/* The journal: one JSON object per line, the request first, then what is finished, each line by one write. A line without its newline is what an interruption left; it is cut off.
 * Reals are written with 17 digits, so that a continued run has the very numbers of an uninterrupted one.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/mem.h"
#include "explore/explore.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_JOURNAL = 1 << 28 };

struct explore_journal { char *path; int fd; };

static int append(struct explore_journal *j, const json_t *line, struct err *e)
{
	char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(17));
	size_t n = strlen(text), done = 0;
	int reason = 0;

	text[n++] = '\n'; /* in the place of the NUL */
	while (done < n && !reason) {
		ssize_t k = write(j->fd, text + done, n - done);

		if (k > 0)
			done += (size_t)k;
		else if (errno != EINTR)
			reason = errno;
	}
	free(text);
	return reason ? err_set(e, ERR_ENV, "cannot write '%s': %s; make room and run again, what is finished is kept", j->path, strerror(reason)) : 0;
}

static json_t *point_line(const struct explore_point *p)
{
	json_t *j = json_object();
	struct buf key;

	buf_init(&key);
	explore_key(p, &key);
	json_object_set_new(j, "point", json_string(key.data));
	buf_release(&key);
	if (p->state == EXPLORE_SKIPPED) {
		json_object_set_new(j, "reason", json_string(p->reason));
		return j;
	}
	for (const struct explore_column *c = explore_columns; c->name; c++)
		json_object_set_new(j, c->name, explore_value(c, &p->result));
	return j;
}

int explore_journal_add(struct explore_journal *j, const struct explore_point *p, struct err *e)
{
	json_t *line = point_line(p);
	int rc = append(j, line, e);

	json_decref(line);
	return rc;
}

/* ---- reading */

static bool set_value(const struct explore_column *c, const json_t *v, struct explore_result *r)
{
	json_int_t n = json_integer_value(v);
	void *at = (char *)r + c->offset;

	switch (c->type) {
	case EXPLORE_LONG:
		*(long *)at = (long)n;
		return json_is_integer(v);
	case EXPLORE_U64:
		*(uint64_t *)at = (uint64_t)n;
		return json_is_integer(v);
	case EXPLORE_INT:
		*(int *)at = (int)n;
		return json_is_integer(v);
	case EXPLORE_UNSIGNED:
		*(unsigned *)at = (unsigned)n;
		return json_is_integer(v);
	case EXPLORE_REAL:
		*(double *)at = json_is_null(v) ? NAN : json_real_value(v);
		return json_is_real(v) || json_is_null(v);
	case EXPLORE_TEXT: /* the only one: candidate */
		snprintf(at, sizeof(r->cost.candidate), "%s", json_is_string(v) ? json_string_value(v) : "");
		return json_is_string(v);
	}
	BUG("column %s has type %d", c->name, (int)c->type);
}

static bool set_result(const json_t *line, struct explore_result *r)
{
	for (const struct explore_column *c = explore_columns; c->name; c++)
		if (!set_value(c, json_object_get(line, c->name), r))
			return false;
	return true;
}

struct index { char *key; struct explore_point *p; };

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct index *)a)->key, ((const struct index *)b)->key);
}

/* false: no finished point. One of other lists is well-formed too, and stays in the file for them */
static bool take_line(const json_t *line, struct index *keys, size_t n, struct explore_journal_found *found)
{
	struct index want = { (char *)json_string_value(json_object_get(line, "point")), NULL }, *at;
	const char *reason = json_string_value(json_object_get(line, "reason"));
	struct explore_result r = { .bits_wanted = 0 };

	if (!want.key || (!reason && !set_result(line, &r)))
		return false;
	at = n ? bsearch(&want, keys, n, sizeof(*keys), by_key) : NULL;
	if (!at || at->p->state != EXPLORE_OPEN)
		return true;
	at->p->state = reason ? EXPLORE_SKIPPED : EXPLORE_DONE;
	at->p->reason = reason ? mem_strdup(reason) : NULL;
	at->p->result = r;
	found->points++;
	return true;
}

/* the first key that differs, to say why a journal does not fit */
static int refuse(const struct explore_journal *j, const json_t *old, const json_t *fixed, struct err *e)
{
	const char *key;
	json_t *now;

	json_object_foreach((json_t *)fixed, key, now) {
		json_t *was = json_object_get(old, key);

		if (json_equal(was, now))
			continue;
		if (json_is_string(now) && json_is_string(was))
			return err_set(e, ERR_INPUT, "'%s' is of another exploration: %s '%.80s' there, '%.80s' here; name another --out, or remove it to begin again", j->path, key, json_string_value(was), json_string_value(now));
		return err_set(e, ERR_INPUT, "'%s' is of another exploration: %s %" JSON_INTEGER_FORMAT " there, %" JSON_INTEGER_FORMAT " here; name another --out, or remove it to begin again",
			j->path, key, json_integer_value(was), json_integer_value(now));
	}
	return 0;
}

static int not_ours(const struct explore_journal *j, struct err *e)
{
	return err_set(e, ERR_INPUT, "'%s' is no journal of bitline explore; name another --out, or remove it", j->path);
}

static int take_lines(struct explore_journal *j, const struct buf *file, size_t end, const json_t *fixed, struct index *keys, size_t n, struct explore_journal_found *found, struct err *e)
{
	size_t at = 0, number = 1;

	for (; at < end; number++) {
		size_t len = strcspn(file->data + at, "\n");
		json_t *line = json_loadb(file->data + at, len, 0, NULL);
		bool good = json_is_object(line);

		at += len + 1;
		if (number == 1 && !json_equal(json_object_get(line, "journal"), json_object_get(fixed, "journal")))
			not_ours(j, e);
		else if (number == 1)
			refuse(j, line, fixed, e);
		else if (!good || !take_line(line, keys, n, found))
			err_set(e, ERR_INPUT, "'%s':%zu: no finished point; remove this line, or the file to begin again", j->path, number);
		json_decref(line);
		if (e->code)
			return -1;
	}
	return 0;
}

/* a half-written first line is a beginning of ours, or the file is somebody else's */
static bool begins(const struct buf *file, const json_t *fixed)
{
	char *text = json_dumps(fixed, JSON_COMPACT | JSON_REAL_PRECISION(17));
	bool same = file->len <= strlen(text) && !memcmp(text, file->data, file->len);

	free(text);
	return same;
}

static int resume(struct explore_journal *j, const json_t *fixed, struct explore_points *p, struct explore_journal_found *found, struct err *e)
{
	struct index *keys = MEM_NEW(p->n, struct index);
	struct buf file;
	size_t end;
	int rc = file_read(j->path, MAX_JOURNAL, &file, e);

	for (size_t i = 0; i < p->n; i++) {
		struct buf key;

		buf_init(&key);
		explore_key(&p->point[i], &key);
		keys[i] = (struct index){ key.data, &p->point[i] };
	}
	qsort(keys, p->n, sizeof(*keys), by_key);
	for (end = file.len; end > 0 && file.data[end - 1] != '\n';)
		end--;
	found->cut = end < file.len;
	if (!rc && !end && !begins(&file, fixed))
		rc = not_ours(j, e);
	if (!rc)
		rc = take_lines(j, &file, end, fixed, keys, p->n, found, e);
	if (!rc && found->cut && ftruncate(j->fd, (off_t)end))
		rc = err_set(e, ERR_ENV, "cannot shorten '%s': %s; make it writable", j->path, strerror(errno));
	if (!rc && !end)
		rc = append(j, fixed, e);
	for (size_t i = 0; i < p->n; i++)
		free(keys[i].key);
	free(keys);
	buf_release(&file);
	return rc;
}

struct explore_journal *explore_journal_open(const char *dir, const json_t *fixed, struct explore_points *p, struct explore_journal_found *found, struct err *e)
{
	struct explore_journal *j;
	struct stat st;

	*found = (struct explore_journal_found){ 0 };
	if (file_mkdirs(dir, e))
		return NULL;
	j = MEM_NEW(1, struct explore_journal);
	j->path = file_join(dir, "explore.jsonl");
	j->fd = open(j->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666);
	if (j->fd < 0)
		err_set(e, ERR_ENV, "cannot create '%s': %s; name a place in a writable folder", j->path, strerror(errno));
	else if (fstat(j->fd, &st) || !S_ISREG(st.st_mode))
		not_ours(j, e);
	else if (flock(j->fd, LOCK_EX | LOCK_NB))
		err_set(e, ERR_ENV, "'%s' is in use by another exploration; wait for it, or name another --out", j->path);
	else
		resume(j, fixed, p, found, e);
	if (!e->code)
		return j;
	explore_journal_close(j);
	return NULL;
}

void explore_journal_close(struct explore_journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	free(j->path);
	free(j);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "regress/store.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/mem.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_RESULT = 64 << 20, MOST_ATTEMPTS = 1 << 30 };

static char *place(const struct regress_store *s, const char *folder, const char *name, const char *ending)
{
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "%s/%s/%s%s", s->dir, folder, name, ending);
	return b.data;
}

int regress_store_open(struct regress_store *s, const char *dir, struct err *e)
{
	static const char *const folders[] = { "results", "attempts", "devices" };
	char *claims;
	int rc = 0;

	*s = (struct regress_store){ .dir = mem_strdup(dir), .claims = -1, .attempts = -1 };
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders) && !rc; i++) {
		char *path = file_join(dir, folders[i]);

		rc = file_mkdirs(path, e);
		free(path);
	}
	claims = file_join(dir, "claims");
	if (!rc && (s->claims = open(claims, O_RDWR | O_CREAT | O_CLOEXEC, 0666)) < 0)
		rc = err_set(e, ERR_ENV, "cannot open '%s': %s; name an --out that can be written", claims, strerror(errno));
	free(claims);
	if (rc)
		regress_store_close(s);
	return rc;
}

void regress_store_close(struct regress_store *s)
{
	if (s->claims >= 0)
		close(s->claims);
	if (s->attempts >= 0)
		close(s->attempts);
	free(s->dir);
	*s = (struct regress_store){ .claims = -1, .attempts = -1 };
}

/* ---- results */

bool regress_store_has(const struct regress_store *s, const char *key)
{
	char *path = place(s, "results", key, ".json");
	bool has = file_exists(path);

	free(path);
	return has;
}

json_t *regress_store_get(const struct regress_store *s, const char *key)
{
	char *path = place(s, "results", key, ".json");
	struct err ignored = { 0 };
	json_t *j = NULL;
	struct buf text;

	if (file_exists(path)) {
		if (!file_read(path, MOST_RESULT, &text, &ignored))
			j = json_loadb(text.data, text.len, 0, NULL);
		buf_release(&text);
	}
	free(path);
	if (j && (!json_string_value(json_object_get(j, "key")) || strcmp(json_string_value(json_object_get(j, "key")), key))) {
		json_decref(j);
		j = NULL;
	}
	return j;
}

int regress_store_put(struct regress_store *s, const char *key, const json_t *result, struct err *e)
{
	char *path = place(s, "results", key, ".json"), *text = json_dumps(result, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	struct buf b;
	int rc;

	buf_init(&b);
	buf_addf(&b, "%s\n", text);
	rc = file_write(path, b.data, b.len, e);
	buf_release(&b);
	free(text);
	free(path);
	return rc;
}

void regress_store_forget(struct regress_store *s, const char *key)
{
	char *path = place(s, "results", key, ".json");

	unlink(path);
	free(path);
}

/* ---- claims: a byte of a file that nobody writes, at a place made of the first 15 digits */

static struct flock range_of(const char *what, short type)
{
	char digits[16] = { 0 };

	memcpy(digits, what, 15);
	return (struct flock){ .l_type = type, .l_whence = SEEK_SET, .l_start = (off_t)strtoll(digits, NULL, 16), .l_len = 1 };
}

int regress_claim(struct regress_store *s, const char *what, struct err *e)
{
	struct flock l = range_of(what, F_WRLCK);

	if (!fcntl(s->claims, F_OFD_SETLK, &l))
		return 1;
	if (errno == EAGAIN || errno == EACCES)
		return 0;
	return err_set(e, ERR_ENV, "cannot lock '%s/claims': %s; name an --out on a file system with locks", s->dir, strerror(errno));
}

void regress_give_back(struct regress_store *s, const char *what)
{
	struct flock l = range_of(what, F_UNLCK);

	fcntl(s->claims, F_OFD_SETLK, &l);
}

/* ---- devices */

bool regress_device_known(const struct regress_store *s, const char *group)
{
	char *path = place(s, "devices", group, "");
	bool known = file_exists(path);

	free(path);
	return known;
}

int regress_device_made(struct regress_store *s, const char *group, struct err *e)
{
	char *path = place(s, "devices", group, "");
	int rc = file_write(path, "", 0, e);

	free(path);
	return rc;
}

/* ---- attempts */

static int open_attempts(struct regress_store *s, struct err *e)
{
	char name[160], host[64] = "";
	char *path;

	gethostname(host, sizeof(host) - 1);
	snprintf(name, sizeof(name), "%s-%ld-%lld", host, (long)getpid(), (long long)time(NULL));
	path = place(s, "attempts", name, "");
	s->attempts = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (s->attempts < 0)
		err_set(e, ERR_ENV, "cannot create '%s': %s; name an --out that can be written", path, strerror(errno));
	free(path);
	return s->attempts < 0 ? -1 : 0;
}

int regress_attempt(struct regress_store *s, const char *key, const char *word, struct err *e)
{
	char line[96];
	int n = snprintf(line, sizeof(line), "%s %s\n", key, word);

	if (s->attempts < 0 && open_attempts(s, e))
		return -1;
	if (write(s->attempts, line, (size_t)n) != n)
		return err_set(e, ERR_ENV, "cannot write into '%s/attempts': %s; make room there", s->dir, strerror(errno));
	return 0;
}

static void count(json_t *lost, char *text)
{
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char key[65];
		int at = 0;

		if (sscanf(line, "%64s %n", key, &at) != 1 || !line[at])
			continue; /* a process died while it wrote it */
		json_object_set_new(lost, key, json_integer(json_integer_value(json_object_get(lost, key)) + (strcmp(line + at, "begin") ? -1 : 1)));
	}
}

json_t *regress_lost(const struct regress_store *s)
{
	json_t *lost = json_object();
	char *folder = file_join(s->dir, "attempts");
	DIR *d = opendir(folder);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		char *path = file_join(folder, entry->d_name);
		struct err ignored = { 0 };
		struct buf text;

		if (entry->d_name[0] != '.') {
			if (!file_read(path, MOST_ATTEMPTS, &text, &ignored))
				count(lost, text.data);
			buf_release(&text);
		}
		free(path);
	}
	if (d)
		closedir(d);
	free(folder);
	return lost;
}

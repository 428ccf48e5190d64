/* A set of files below a directory that may be anybody's. Everything is checked before the first byte is written; a new directory appears by one rename;
 * in a directory of ours the manifest is written last, so that an interrupted emission is mended by the next one.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/mem.h"
#include "gen/emit.h"
#include "gen/manifest.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folders of dir/path are folders, not links, and path is a regular file, or nothing is there yet.
 * NULL: so it is; else what is in the way (a new string). */
static char *in_the_way(const char *dir, const char *path)
{
	char *full = file_join(dir, path), *p = full + strlen(dir) + 1;
	struct stat st;

	while ((p = strchr(p, '/'))) {
		*p = '\0';
		if (lstat(full, &st))
			break; /* not there, so nothing is below it */
		if (!S_ISDIR(st.st_mode))
			return full;
		*p++ = '/';
	}
	if (!p && lstat(full, &st) == 0 && !S_ISREG(st.st_mode))
		return full;
	free(full);
	return NULL;
}

static int check_targets(const struct gen_set *s, const char *dir, struct err *e)
{
	for (size_t i = 0; i < s->n; i++) {
		char *what = in_the_way(dir, s->file[i].path);

		if (what) {
			err_set(e, ERR_INPUT, "'%s' is in the way: a plain file or folder must go there; remove it or name another directory", what);
			free(what);
			return -1;
		}
	}
	return 0;
}

/* the file, if it is there, and the folders that are empty without it; never through a link */
static void remove_below(const char *dir, const char *path)
{
	char *link = in_the_way(dir, path), *full = file_join(dir, path), *slash;

	if (!link)
		unlink(full);
	while (!link && (slash = strrchr(full, '/')) > full + strlen(dir)) {
		*slash = '\0';
		if (rmdir(full) && errno != ENOENT)
			break;
	}
	free(full);
	free(link);
}

static int write_files(const struct gen_set *s, size_t first, size_t n, const char *dir, struct err *e)
{
	for (size_t i = first; i < n; i++) {
		char *path = file_join(dir, s->file[i].path), *slash = strrchr(path, '/');
		int bad;

		*slash = '\0';
		bad = file_mkdirs(path, e);
		*slash = '/';
		bad = bad || file_write(path, s->file[i].text.data, s->file[i].text.len, e);
		free(path);
		if (bad)
			return -1;
	}
	return 0;
}

static void remove_files(const struct gen_set *s, const char *dir)
{
	for (size_t i = 0; i < s->n; i++)
		remove_below(dir, s->file[i].path);
}

/* an empty directory of the user's: it stays, what was begun in it goes */
static int write_empty(const struct gen_set *s, const char *dir, struct err *e)
{
	if (!write_files(s, 0, s->n, dir, e))
		return 0;
	remove_files(s, dir);
	return -1;
}

static int write_new(const struct gen_set *s, const char *dir, struct err *e)
{
	char *name = mem_strdup(dir), *slash;
	struct buf temporary;
	mode_t mask = umask(0);
	int bad = 0;

	umask(mask);
	for (size_t n = strlen(name); n > 1 && name[n - 1] == '/'; n--)
		name[n - 1] = '\0';
	slash = strrchr(name, '/');
	if (slash && slash != name) {
		*slash = '\0';
		bad = file_mkdirs(name, e);
		*slash = '/';
	}
	buf_init(&temporary);
	buf_addf(&temporary, "%s.XXXXXX", name);
	if (!bad && !mkdtemp(temporary.data))
		bad = err_set(e, ERR_ENV, "cannot make a folder beside '%s': %s; name a place in a writable folder", name, strerror(errno));
	if (!bad) {
		bad = write_files(s, 0, s->n, temporary.data, e);
		if (!bad && (chmod(temporary.data, 0777 & ~mask) || rename(temporary.data, name)))
			bad = err_set(e, ERR_ENV, "cannot make folder '%s': %s", name, strerror(errno));
		if (bad) {
			remove_files(s, temporary.data);
			rmdir(temporary.data);
		}
	}
	buf_release(&temporary);
	free(name);
	return bad;
}

static int write_over(const struct gen_set *s, const char *dir, struct err *e)
{
	struct manifest old;
	struct gen_set files = { s->file, s->n - 1 };
	int bad = manifest_read(&old, dir, e);

	if (!bad)
		bad = write_files(s, 0, files.n, dir, e);
	for (size_t i = 0; i < old.n && !bad; i++) {
		bool kept = !strcmp(old.path[i], EMIT_MANIFEST);

		for (size_t k = 0; k < files.n && !kept; k++)
			kept = !strcmp(files.file[k].path, old.path[i]);
		if (!kept)
			remove_below(dir, old.path[i]);
	}
	if (!bad)
		bad = write_files(s, files.n, s->n, dir, e);
	manifest_release(&old);
	return bad;
}

enum state { STATE_EMPTY, STATE_OURS, STATE_FOREIGN, STATE_UNREADABLE };

static enum state look(const char *dir)
{
	DIR *d = opendir(dir);
	enum state state = STATE_EMPTY;
	struct dirent *entry;

	if (!d)
		return STATE_UNREADABLE;
	while (state != STATE_OURS && (entry = readdir(d)))
		if (!strcmp(entry->d_name, EMIT_MANIFEST))
			state = STATE_OURS;
		else if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			state = STATE_FOREIGN;
	closedir(d);
	return state;
}

int gen_write(const struct gen_set *s, const char *dir, struct err *e)
{
	struct stat st;

	if (s->n == 0 || strcmp(s->file[s->n - 1].path, EMIT_MANIFEST))
		BUG("a set ends with its manifest");
	if (!*dir)
		return err_set(e, ERR_INPUT, "output directory \"\" has no name; write --out DIR");
	if (stat(dir, &st))
		return errno == ENOENT && lstat(dir, &st) ? write_new(s, dir, e) :
			err_set(e, ERR_INPUT, "cannot use output directory '%s': %s; name another", dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ERR_INPUT, "output directory '%s' is no directory; name another", dir);
	if (check_targets(s, dir, e))
		return -1;
	switch (look(dir)) {
	case STATE_EMPTY:
		return write_empty(s, dir, e);
	case STATE_OURS:
		return write_over(s, dir, e);
	case STATE_FOREIGN:
		return err_set(e, ERR_INPUT, "output directory '%s' holds other things and no " EMIT_MANIFEST "; name an empty or a new one", dir);
	default:
		return err_set(e, ERR_INPUT, "cannot read output directory '%s': %s; name another", dir, strerror(errno));
	}
}

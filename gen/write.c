/* A set of files below a directory that may be anybody's. Everything is checked before the first byte is written; a new directory appears by one rename;
 * in a directory that is there the manifest goes first, under another name that only we read, and comes last: an interrupted emission has none, so that nobody
 * takes it for a whole one, and the next one mends it. Several at once into one directory end as one of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/mem.h"
#include "gen/emit.h"
#include "gen/manifest.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEGUN EMIT_MANIFEST "~" /* the manifest of an emission that has begun and has not ended */

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

enum { TURNS = 8 }; /* that a file is tried */

static int write_files(const struct gen_set *s, size_t first, size_t n, const char *dir, struct err *e)
{
	for (size_t i = first; i < n; i++) {
		char *path = file_join(dir, s->file[i].path), *slash = strrchr(path, '/');
		int bad = -1;

		/* who clears away another emission may take the folder just before the file is put into it */
		for (int turn = 0; bad && turn < TURNS; turn++) {
			*e = (struct err){ 0 };
			*slash = '\0';
			bad = file_mkdirs(path, e);
			*slash = '/';
			bad = bad || file_write(path, s->file[i].text.data, s->file[i].text.len, e);
		}
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

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static void remove_tree(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void remove_named(const char *dir, const char *name)
{
	char *path = file_join(dir, name);

	unlink(path);
	free(path);
}

/* What was begun, for when memory runs out. */
static struct { const struct gen_set *s; const char *dir; bool temporary; } begun;

static void take_away(void)
{
	if (begun.temporary) {
		remove_tree(begun.dir);
		return;
	}
	remove_named(begun.dir, BEGUN);
	remove_files(begun.s, begun.dir);
}

static void begin(const struct gen_set *s, const char *dir, bool temporary)
{
	begun.s = s;
	begun.dir = dir;
	begun.temporary = temporary;
	mem_at_end(take_away);
}

/* an empty directory of the user's: it stays, what was begun in it goes */
static int write_empty(const struct gen_set *s, const char *dir, struct err *e)
{
	const struct buf *manifest = &s->file[s->n - 1].text;
	char *path = file_join(dir, BEGUN);
	int bad;

	begin(s, dir, false);
	bad = file_write(path, manifest->data, manifest->len, e) || write_files(s, 0, s->n, dir, e);
	if (bad)
		remove_files(s, dir);
	remove_named(dir, BEGUN);
	mem_at_end(NULL);
	free(path);
	return bad ? -1 : 0;
}

/* fd is locked, and still what the name says */
static bool is_ours(const char *name, int fd)
{
	struct stat here, there;

	return fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB) && !fstat(fd, &here) && !lstat(name, &there) && here.st_ino == there.st_ino && here.st_dev == there.st_dev &&
	       here.st_uid == geteuid();
}

/* A directory beside name that nobody else writes, locked by *lock: name.bitline~, which a killed one may have left and which then goes, or name.bitline~XXXXXX. */
static int make_temporary(const char *name, struct buf *temporary, int *lock)
{
	buf_addf(temporary, "%s.bitline~", name);
	for (int turn = 0; turn < 2; turn++) {
		bool made = !mkdir(temporary->data, 0700);

		*lock = open(temporary->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (is_ours(temporary->data, *lock)) {
			if (made)
				return 0;
			remove_tree(temporary->data);
		}
		if (*lock >= 0)
			close(*lock);
	}
	buf_adds(temporary, "XXXXXX");
	if (!mkdtemp(temporary->data))
		return -1;
	*lock = open(temporary->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return 0;
}

static int write_new(const struct gen_set *s, const char *dir, struct err *e)
{
	char *name = mem_strdup(dir), *slash;
	struct buf temporary;
	mode_t mask = umask(0);
	int bad = 0, lock = -1;
	bool late = false; /* somebody else was first */

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
	if (!bad && make_temporary(name, &temporary, &lock))
		bad = err_set(e, ERR_ENV, "cannot make a folder beside '%s': %s; name a place in a writable folder", name, strerror(errno));
	if (!bad) {
		begin(s, temporary.data, true);
		bad = write_files(s, 0, s->n, temporary.data, e);
		if (!bad && (chmod(temporary.data, 0777 & ~mask) || rename(temporary.data, name))) {
			struct stat st;
			int why = errno;

			late = (why == EEXIST || why == ENOTEMPTY) && !lstat(name, &st);
			bad = late ? -1 : err_set(e, ERR_ENV, "cannot make folder '%s': %s", name, strerror(why));
		}
		if (bad)
			remove_tree(temporary.data);
		mem_at_end(NULL);
	}
	if (lock >= 0)
		close(lock);
	buf_release(&temporary);
	free(name);
	return late ? gen_write(s, dir, e) : bad;
}

static bool is_written(const struct gen_set *s, const char *dir)
{
	bool same = true;

	for (size_t i = 0; i < s->n && same; i++) {
		char *path = file_join(dir, s->file[i].path);
		struct err ignored = { 0 };
		struct buf old;

		same = !file_read(path, s->file[i].text.len, &old, &ignored) && old.len == s->file[i].text.len && (!old.len || !memcmp(old.data, s->file[i].text.data, old.len));
		buf_release(&old);
		free(path);
	}
	return same;
}

/* What is there by the manifest, which has another name from now on. Somebody else may be doing the same, or be ready at any moment. */
static int withdraw(struct manifest *old, const char *dir, struct err *e)
{
	char *manifest = file_join(dir, EMIT_MANIFEST), *aside = file_join(dir, BEGUN);
	struct err first = { 0 };
	int bad = manifest_read(old, dir, EMIT_MANIFEST, &first);

	if (!bad && rename(manifest, aside) && errno != ENOENT)
		bad = err_set(&first, ERR_ENV, "cannot rename '%s': %s; name a directory that can be written", manifest, strerror(errno));
	if (bad && !file_exists(manifest)) {
		manifest_release(old);
		bad = manifest_read(old, dir, BEGUN, e);
		if (bad && file_exists(manifest)) {
			manifest_release(old);
			*e = (struct err){ 0 };
			bad = manifest_read(old, dir, EMIT_MANIFEST, e);
		}
	} else if (bad) {
		*e = first;
	}
	free(manifest);
	free(aside);
	return bad;
}

static int write_over(const struct gen_set *s, const char *dir, struct err *e)
{
	struct manifest old;
	struct gen_set files = { s->file, s->n - 1 };
	int bad;

	if (is_written(s, dir))
		return 0;
	bad = withdraw(&old, dir, e) || write_files(s, 0, files.n, dir, e);
	for (size_t i = 0; i < old.n && !bad; i++) {
		bool kept = !strcmp(old.path[i], EMIT_MANIFEST);

		for (size_t k = 0; k < files.n && !kept; k++)
			kept = !strcmp(files.file[k].path, old.path[i]);
		if (!kept)
			remove_below(dir, old.path[i]);
	}
	if (!bad)
		bad = write_files(s, files.n, s->n, dir, e);
	if (!bad)
		remove_named(dir, BEGUN);
	manifest_release(&old);
	return bad ? -1 : 0;
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
		if (!strcmp(entry->d_name, EMIT_MANIFEST) || !strcmp(entry->d_name, BEGUN))
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

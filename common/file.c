/* Files at the edge of the program.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* all of fd up to max + 1 bytes, so that "longer than max" shows in b->len */
static int read_fd(int fd, size_t max, struct buf *b)
{
	char chunk[65536];

	while (b->len <= max) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		buf_add(b, chunk, (size_t)n);
	}
	return 0;
}

int file_read(const char *path, size_t max, struct buf *b, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), bad, saved;

	buf_init(b);
	if (fd < 0)
		return err_set(e, ERR_INPUT, "cannot open '%s': %s; name a readable file", path, strerror(errno));
	bad = read_fd(fd, max, b);
	saved = errno;
	close(fd);
	if (bad)
		return err_set(e, ERR_INPUT, "cannot read '%s': %s; name a readable file", path, strerror(saved));
	if (b->len > max)
		return err_set(e, ERR_INPUT, "'%s' is longer than %zu bytes, the most that is read here; name a smaller file", path, max);
	return 0;
}

static bool same_bytes(const char *path, const void *data, size_t len)
{
	struct buf old;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool same;

	if (fd < 0)
		return false;
	buf_init(&old);
	same = !read_fd(fd, len, &old) && old.len == len && (len == 0 || !memcmp(old.data, data, len));
	buf_release(&old);
	close(fd);
	return same;
}

static int write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

/* a device or pipe has no half-written state, and must not be replaced by a file */
static int write_through(const char *path, const void *data, size_t len, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), bad, saved;

	if (fd < 0)
		return err_set(e, ERR_ENV, "cannot write '%s': %s; name a writable file", path, strerror(errno));
	bad = write_all(fd, data, len);
	saved = errno;
	if (close(fd) && !bad) {
		bad = -1;
		saved = errno;
	}
	return bad ? err_set(e, ERR_ENV, "cannot write '%s': %s", path, strerror(saved)) : 0;
}

/* What a killed writer has left under this name is taken over, as long as nobody holds its lock: so it never piles up, and goes with the next write. */
static int take_over(const char *name)
{
	int fd = open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat here, there;

	if (fd < 0)
		return -1;
	if (!flock(fd, LOCK_EX | LOCK_NB) && !fstat(fd, &here) && !lstat(name, &there) && here.st_ino == there.st_ino && here.st_dev == there.st_dev &&
	    S_ISREG(here.st_mode) && here.st_nlink == 1 && here.st_uid == geteuid() && !ftruncate(fd, 0))
		return fd;
	close(fd);
	return -1;
}

/* A file beside path that nobody else writes: path.bitline~, or when that is taken path.bitline~XXXXXX. Its name is in *name, which is the caller's. */
static int open_temporary(const char *path, char **name)
{
	static const char ending[] = ".bitline~";
	size_t n = strlen(path);
	int fd;

	*name = mem_calloc(n + sizeof(ending) + 6, 1);
	memcpy(*name, path, n);
	memcpy(*name + n, ending, sizeof(ending));
	fd = open(*name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	if (fd >= 0)
		close(fd); /* somebody took it over within the moment, or there are no locks: it is theirs, or the next one's */
	else if (errno == EEXIST && (fd = take_over(*name)) >= 0)
		return fd;
	memcpy(*name + n + sizeof(ending) - 1, "XXXXXX", 7);
	return mkostemp(*name, O_CLOEXEC);
}

static int write_renamed(const char *path, const void *data, size_t len, mode_t mode, struct err *e)
{
	char *temporary;
	int fd = open_temporary(path, &temporary), lock, bad, saved;

	if (fd < 0) {
		err_set(e, ERR_ENV, "cannot create a file beside '%s': %s; name a place in a writable folder", path, strerror(errno));
		free(temporary);
		return -1;
	}
	lock = fcntl(fd, F_DUPFD_CLOEXEC, 0); /* held until the name is the final one: nobody takes over what is being published */
	bad = write_all(fd, data, len) || fchmod(fd, mode);
	saved = errno;
	if (close(fd) && !bad) { /* some file systems say only here that the disk is full */
		bad = 1;
		saved = errno;
	}
	if (!bad && rename(temporary, path)) {
		bad = 1;
		saved = errno;
	}
	if (bad) {
		unlink(temporary);
		err_set(e, ERR_ENV, "cannot write '%s': %s", path, strerror(saved));
	}
	if (lock >= 0)
		close(lock);
	free(temporary);
	return bad ? -1 : 0;
}

int file_write(const char *path, const void *data, size_t len, struct err *e)
{
	struct stat st;
	mode_t mask = umask(0), mode = 0666 & ~mask; /* what open() would have given; mkstemp's 0600 is too narrow */
	char *real;
	int bad;

	umask(mask);
	if (stat(path, &st) == 0) {
		if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
			return write_through(path, data, len, e);
		if (S_ISDIR(st.st_mode))
			return err_set(e, ERR_ENV, "cannot write '%s': it is a directory; name a file", path);
		if (same_bytes(path, data, len))
			return 0;
		mode = st.st_mode & 0777;
	}
	real = realpath(path, NULL); /* a link stays a link; NULL for a new file */
	bad = write_renamed(real ? real : path, data, len, mode, e);
	free(real);
	return bad;
}

int file_mkdirs(const char *path, struct err *e)
{
	char *p = mem_strdup(path);
	struct stat st;
	int bad = 0;

	for (size_t i = 1; p[0] && !bad; i++) {
		char c = p[i];

		if (c != '/' && c != '\0')
			continue;
		p[i] = '\0';
		if (mkdir(p, 0777)) {
			int reason = errno;

			if (stat(p, &st) || !S_ISDIR(st.st_mode))
				bad = err_set(e, ERR_ENV, "cannot make folder '%s': %s; name a place in a writable folder", p, strerror(reason));
		}
		p[i] = c;
		if (c == '\0')
			break;
	}
	free(p);
	return bad;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

char *file_join(const char *dir, const char *name)
{
	size_t n = strlen(dir) + strlen(name) + 2;
	char *s = mem_calloc(n, 1);

	snprintf(s, n, "%s/%s", dir, name);
	return s;
}

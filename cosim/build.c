/* The cache of built devices. Written once per content: two builders of the same hardware race harmlessly, because each works in
 * a directory of its own and the finished directory is renamed into place.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/build.h"
#include "common/file.h"
#include "common/sha256.h"
#include "common/term.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STALE_SECONDS = 60 };

void build_words(struct tool_args *a, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, " ");

		if (n)
			tool_add(a, "%.*s", (int)n, words);
		words += n + (words[n] == ' ');
	}
}

static char *text_of(const char *fmt, const char *a, const char *b2)
{
	struct buf t;

	buf_init(&t);
	buf_addf(&t, fmt, a, b2);
	return t.data;
}

/* What the kind's tools say about themselves: another version is another device. */
static int ask_tools(struct build *b, struct err *e)
{
	int rc = 0;

	for (const char *const *t = b->kind->tools; *t && !rc; t++) {
		size_t n = strcspn(*t, " ");
		char program[64];

		snprintf(program, sizeof(program), "%.*s", (int)n, *t);
		rc = tool_ask(strcmp(program, "c++") ? program : b->cxx, *t + n + 1, NULL, &b->tools, e);
		buf_adds(&b->tools, "\n");
	}
	return rc;
}

static const char *setting(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value && *value ? value : otherwise;
}

/* Do the models count (docs/coverage.md)? Only Verilator's: the bench of SystemC runs the same RTL. */
static const char *coverage(const struct build *b)
{
	if (b->kind != &build_verilator || !setting("BITLINE_COVERAGE", NULL))
		return "";
	return setting("BITLINE_COVERAGE_TOGGLE", NULL) ? "--coverage-line --coverage-toggle" : "--coverage-line";
}

/* Tools, key, cache directory. */
static int prepare(struct build *b, struct err *e)
{
	const char *dir = setting("BITLINE_CACHE", "build/cache");
	struct buf key;

	b->cxx = setting("CXX", "g++");
	b->cxxflags = setting("BITLINE_CXXFLAGS", "");
	b->coverage = coverage(b);
	if (ask_tools(b, e))
		return -1;
	buf_init(&key);
	buf_addf(&key, "device %d\n%s\n%sprefix %s\ntrace %d\nprobes %d\n%s\n%s\n", b->ask->kind, b->kind->flags, b->tools.data, b->ask->prefix ? b->ask->prefix : "",
		 b->ask->trace, b->ask->probes, b->coverage, b->cxxflags);
	source_digest(&b->src, &key);
	sha256_hex(key.data, key.len, b->key);
	buf_release(&key);
	if (file_mkdirs(dir, e))
		return -1;
	b->cache = realpath(dir, NULL);
	return b->cache ? 0 : err_set(e, ERR_ENV, "cache directory '%s': %s", dir, strerror(errno));
}

/* Keeps the log where the message says it is; quotes its first error with the user's own file names. */
int build_failed(struct build *b, const char *tool, int status, struct err *e)
{
	char *kept = text_of("%s/%.16s.log", b->cache, b->key);
	struct buf log, line;
	struct err ignored = { 0 };

	buf_init(&line);
	if (status == 127)
		err_set(e, ERR_ENV, "'%s' is missing or does not run: 'make deps' installs it", tool);
	if (!file_read(b->log, 64 << 20, &log, &ignored)) {
		char *p = strstr(log.data, "%Error");

		if (!p)
			p = strstr(log.data, "error:");
		while (p && p > log.data && p[-1] != '\n')
			p--;
		if (p)
			source_explain(&b->src, p, strcspn(p, "\n"), &line);
	}
	buf_release(&log);
	rename(b->log, kept);
	if (status == 128 + SIGALRM)
		err_set(e, ERR_ENV, "'%s' had not ended after %d s and was stopped (log: '%s'): BITLINE_TOOL_LIMIT=N gives it N seconds", tool, tool_limit(), kept);
	if (status > 128 && status <= 128 + 64) /* as a shell counts: the tool, or one that it started */
		err_set(e, ERR_ENV, "'%s' was killed by signal %d (log: '%s'); run it again, with more free memory", tool, status - 128, kept);
	err_set(e, ERR_ENV, "'%s' failed with status %d%s%.400s (log: '%s')", tool, status, line.len ? ": " : "", line.data, kept);
	buf_release(&line);
	free(kept);
	return -1;
}

int build_check_input(const char *path, struct err *e)
{
	if (!strncmp(path, "src/", 4))
		return 0;
	return err_set(e, ERR_INPUT, "the rtl reads '%s', which sim.f does not name: name every file in sim.f, without `include", path);
}

void build_add_rtl(const struct build *b, struct tool_args *a)
{
	for (size_t i = 0; i < b->src.n; i++) {
		struct buf path;

		if (!b->src.file[i].rtl)
			continue;
		buf_init(&path);
		source_path(&b->src, i, &path);
		tool_add(a, "%s", path.data);
		buf_release(&path);
	}
}

/* waits as build_compile does: a terminal sees the seconds go by */
int build_run(struct build *b, struct tool_args *a, struct err *e)
{
	int pid = tool_start(a, b->dir, b->log, e), status = pid < 0 ? -1 : TOOL_RUNS;

	b->progress.total++;
	while (status == TOOL_RUNS) {
		status = tool_poll(pid, a->v[0], e);
		if (status == TOOL_RUNS)
			build_wait(b);
	}
	if (status > 0)
		status = build_failed(b, a->v[0], status, e);
	b->done++;
	tool_release(a);
	return status;
}

/* a moment, while tools run */
void build_wait(struct build *b)
{
	nanosleep(&(struct timespec){ .tv_nsec = 3000000 }, NULL);
	progress_at(&b->progress, b->done);
}

/* The directory, or a file, takes its name; when another builder was first, ours goes. */
int build_publish(const char *tmp, const char *final, struct err *e)
{
	if (!rename(tmp, final))
		return 0;
	if (errno != EEXIST && errno != ENOTEMPTY)
		return err_set(e, ERR_ENV, "cannot rename '%s' to '%s': %s", tmp, final, strerror(errno));
	tool_remove_tree(tmp);
	return 0;
}

int build_left(const struct build *b, const char *tool, const char *dir, const char *name, struct err *e)
{
	char *path = file_join(dir, name);
	struct stat st;
	int rc = 0;

	if (stat(path, &st) || !st.st_size)
		rc = err_set(e, ERR_ENV, "'%s' says that all is well and has left no '%s' in '%s': it is not the tool that it says it is; 'make deps' installs it", tool, name, b->cache);
	free(path);
	return rc;
}

void build_discard(const char *cache, const char *dir)
{
	char *away = text_of("%s/tmp-XXXXXX%s", cache, "");

	if (!mkdtemp(away) || rename(dir, away)) /* one rename: nobody finds half of it */
		tool_remove_tree(dir);
	tool_remove_tree(away);
	free(away);
}

/* Directories of builders that were killed: nobody holds their lock, and they are not just being made. */
static void remove_stale(const char *cache)
{
	DIR *d = opendir(cache);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		char *path;
		struct stat st;
		int fd;

		if (strncmp(entry->d_name, "tmp-", 4))
			continue;
		path = file_join(cache, entry->d_name);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 && !fstat(fd, &st) && time(NULL) - st.st_mtime > STALE_SECONDS && !flock(fd, LOCK_EX | LOCK_NB))
			tool_remove_tree(path);
		if (fd >= 0)
			close(fd);
		free(path);
	}
	if (d)
		closedir(d);
}

static int begin(struct build *b, struct err *e)
{
	remove_stale(b->cache);
	b->dir = text_of("%s/tmp-XXXXXX%s", b->cache, "");
	if (!mkdtemp(b->dir)) {
		err_set(e, ERR_ENV, "cannot make '%s': %s", b->dir, strerror(errno));
		free(b->dir);
		b->dir = NULL;
		return -1;
	}
	b->lock = open(b->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (b->lock >= 0)
		flock(b->lock, LOCK_EX); /* a file system without locks: then nothing is ever stale enough to hurt */
	b->log = file_join(b->dir, "build.log");
	return 0;
}

static int end(struct build *b, const char *final, int rc, struct err *e)
{
	if (!rc)
		rc = build_left(b, b->kind->name ? b->kind->name : b->cxx, b->dir, b->kind->object, e);
	if (!rc)
		rc = build_seal(b->dir, e);
	if (!rc)
		rc = build_publish(b->dir, final, e);
	if (rc)
		tool_remove_tree(b->dir);
	if (b->lock >= 0)
		close(b->lock);
	free(b->dir);
	free(b->log);
	b->dir = b->log = NULL;
	return rc;
}

/* What did not link, or not load, may hang on an object: none of them is taken again. */
static void discard_objects(struct build *b)
{
	for (int i = 0; i < b->n_objects; i++)
		build_discard(b->cache, b->object[i]);
}

static void release_objects(struct build *b)
{
	for (int i = 0; i < b->n_objects; i++)
		free(b->object[i]);
	free(b->object);
	b->object = NULL;
	b->n_objects = 0;
}

static int make(struct build *b, const char *final, struct err *e)
{
	static const char *const scratch[] = { "src", "obj" };
	int rc;

	if (begin(b, e))
		return -1;
	release_objects(b);
	progress_begin(&b->progress, "compiling the model", 0);
	rc = source_write(&b->src, b->dir, e);
	if (!rc)
		rc = b->kind->make(b, e);
	progress_end(&b->progress);
	for (size_t i = 0; i < sizeof(scratch) / sizeof(*scratch); i++) {
		char *path = file_join(b->dir, scratch[i]);

		tool_remove_tree(path);
		free(path);
	}
	return end(b, final, rc, e);
}

int build_open(const char *dir, const char *object, const char *symbol, struct device_lib *out, void (**function)(void), struct err *e)
{
	char *path = file_join(dir, object);
	int rc = 0;

	out->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!out->handle) {
		rc = err_set(e, ERR_ENV, "cannot load '%s': %s; set CXX to a compiler that works, BITLINE_CACHE to a folder that programs may run from", path, dlerror());
	} else if (!(*(void **)function = dlsym(out->handle, symbol))) {
		dlclose(out->handle);
		out->handle = NULL;
		rc = err_set(e, ERR_ENV, "'%s' has no %s; set CXX to a compiler that works", path, symbol);
	}
	free(path);
	return rc;
}

/* The entry, if it is whole and loads; one that is there and does not leaves the cache. */
static int take(struct build *b, struct device_lib *out, struct err *e)
{
	if (build_intact(out->dir, b->kind->object)) {
		if (!b->kind->load(out->dir, out, e))
			return 0;
	} else {
		err_set(e, ERR_ENV, "'%s' is gone, or not what was put there: does something else write into the cache? Name another BITLINE_CACHE", out->dir);
	}
	if (file_exists(out->dir))
		build_discard(b->cache, out->dir);
	return -1;
}

/* A device that was found and is no good is built anew. Another process may find the same one, and throw away what we have just published: hence the turns. */
static int find_or_make(struct build *b, struct device_lib *out, struct err *e)
{
	enum { TURNS = 3 };
	struct err why = { 0 };

	out->dir = text_of("%s/device-%s", b->cache, b->key);
	out->was_cached = !take(b, out, &why);
	term_detail("device %.16s is %s '%s'", b->key, out->was_cached ? "found in" : "not there yet, it is built into", out->dir);
	for (int turn = 0; turn < TURNS && !out->was_cached; turn++) {
		why = (struct err){ 0 };
		if (make(b, out->dir, e))
			return -1;
		if (!take(b, out, &why))
			return 0;
		discard_objects(b);
	}
	if (!out->was_cached)
		*e = why;
	return out->was_cached ? 0 : -1;
}

int build_object(struct build *b, struct device_lib *out, struct err *e)
{
	double t0 = progress_now();
	int rc;

	memset(out, 0, sizeof(*out));
	out->kind = b->ask->kind;
	buf_init(&b->tools);
	rc = prepare(b, e);
	if (!rc)
		rc = find_or_make(b, out, e);
	out->build_seconds = progress_now() - t0;
	out->verilate_seconds = b->verilate_seconds;
	if (!rc)
		term_detail("device ready after %.1f s", out->build_seconds);
	if (rc)
		device_close(out);
	free(b->cache);
	release_objects(b);
	buf_release(&b->tools);
	source_release(&b->src);
	return rc;
}

int device_build(const struct device_ask *ask, struct device_lib *out, struct err *e)
{
	static const struct build_kind *const kind[DEVICE_KINDS] = { &build_verilator, &build_systemc, &build_tlm, &build_icarus };
	static const char *const none[] = { NULL };
	struct build b = { .ask = ask, .kind = kind[ask->kind] };

	memset(out, 0, sizeof(*out));
	if (source_gather(ask->rtl_dir, ask->prefix, (const char *const *const []){ b.kind->modules, ask->probes ? b.kind->probes : none }, b.kind->others, &b.src, e))
		return -1;
	return build_object(&b, out, e);
}

void device_close(struct device_lib *d)
{
	if (d->handle)
		dlclose(d->handle);
	free(d->dir);
	memset(d, 0, sizeof(*d));
}

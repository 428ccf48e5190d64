/* Verilate, compile, cache, load. Written once per content: two builders of the same hardware race harmlessly, because each works in
 * a directory of its own and the finished directory is renamed into place.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/device.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/progress.h"
#include "common/sha256.h"
#include "cosim/source.h"
#include "cosim/tool.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -O3 --x-assign fast ..: the fastest set that was measured (TOOLCHAIN.md section 3). -Wno-fatal: the judge runs edited RTL too, lint is `make lint`'s. */
#define VERILATOR_FLAGS "--cc -O3 --x-assign fast --x-initial fast --noassert --no-timing -Wno-fatal --prefix Vdut --Mdir obj"
/* Messages of the model go to stderr, and the shim decides what $stop means: stdout belongs to --json. */
#define CXX_FLAGS "-O2 -fPIC -fvisibility=hidden -fno-gnu-unique -faligned-new -fcf-protection=none -pthread -w " \
	"-DVL_PRINTF(...)=std::fprintf(stderr,__VA_ARGS__) -DVL_USER_FATAL -DVL_USER_STOP -DVL_USER_FINISH -DVM_COVERAGE=0 -DVM_SC=0"

struct build {
	const char *cxx;
	char *cache;            /* absolute */
	char *include;          /* of Verilator */
	bool trace, probes;
	struct source_set src;
	char runtime_key[65], key[65];
	char *log;              /* of the running build */
};

static void add_words(struct tool_args *a, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, " ");

		if (n)
			tool_add(a, "%.*s", (int)n, words);
		words += n + (words[n] == ' ');
	}
}

static void add_cxx(const struct build *b, struct tool_args *a)
{
	tool_add(a, "%s", b->cxx);
	add_words(a, CXX_FLAGS);
	tool_add(a, "-DVM_TRACE=%d", b->trace);
	tool_add(a, "-DVM_TRACE_FST=%d", b->trace);
	tool_add(a, "-DVM_TRACE_VCD=0");
	tool_add(a, "-DSHIM_PROBES=%d", b->probes);
	tool_add(a, "-I%s", b->include);
	tool_add(a, "-I%s/vltstd", b->include);
}

/* Tools, cache directory, both keys. */
static int prepare(struct build *b, const char *prefix, struct err *e)
{
	struct buf key, text;
	const char *env = getenv("BITLINE_CACHE");
	char *real;
	int rc = -1;

	buf_init(&key);
	buf_init(&text);
	b->cxx = getenv("CXX") && *getenv("CXX") ? getenv("CXX") : "g++";
	if (tool_ask("verilator", "--getenv", "VERILATOR_ROOT", &text, e))
		goto out;
	b->include = file_join(text.data, "include");
	buf_addf(&key, "runtime\n%s\n%s\n", VERILATOR_FLAGS, CXX_FLAGS);
	if (tool_ask("verilator", "--version", NULL, &key, e) || tool_ask(b->cxx, "--version", NULL, &key, e))
		goto out;
	buf_addf(&key, "\ntrace %d\n", b->trace);
	sha256_hex(key.data, key.len, b->runtime_key);
	buf_addf(&key, "device\nprefix %s\nprobes %d\n", prefix, b->probes);
	source_digest(&b->src, &key);
	sha256_hex(key.data, key.len, b->key);

	if (file_mkdirs(env && *env ? env : "build/cache", e))
		goto out;
	real = realpath(env && *env ? env : "build/cache", NULL);
	if (!real) {
		err_set(e, ERR_ENV, "cache directory '%s': %s", env && *env ? env : "build/cache", strerror(errno));
		goto out;
	}
	b->cache = real;
	rc = 0;
out:
	buf_release(&key);
	buf_release(&text);
	return rc;
}

static char *text_of(const char *fmt, const char *a, const char *b2)
{
	struct buf t;

	buf_init(&t);
	buf_addf(&t, fmt, a, b2);
	return t.data;
}

/* Keeps the log where the message says it is, and quotes its first error with the user's own file names. */
static int tool_failed(struct build *b, const char *tool, int status, struct err *e)
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
	if (status > 128 && status <= 128 + 64) /* as a shell counts: the tool, or one that it started */
		err_set(e, ERR_ENV, "'%s' was killed by signal %d (log: '%s'); run it again, with more free memory", tool, status - 128, kept);
	err_set(e, ERR_ENV, "'%s' failed with status %d%s%.400s (log: '%s')", tool, status, line.len ? ": " : "", line.data, kept);
	buf_release(&line);
	free(kept);
	return -1;
}

static int run(struct build *b, struct tool_args *a, const char *dir, struct err *e)
{
	int status = tool_run(a, dir, b->log, e);

	if (status > 0)
		status = tool_failed(b, a->v[0], status, e);
	tool_release(a);
	return status;
}

/* A finished temporary directory takes its name; when another builder was first, ours goes. */
static int publish(const char *tmp, const char *final, struct err *e)
{
	if (!rename(tmp, final))
		return 0;
	if (errno != EEXIST && errno != ENOTEMPTY)
		return err_set(e, ERR_ENV, "cannot rename '%s' to '%s': %s", tmp, final, strerror(errno));
	tool_remove_tree(tmp);
	return 0;
}

static char *new_tmp(struct build *b, struct err *e)
{
	char *tmp = text_of("%s/tmp-XXXXXX%s", b->cache, "");

	if (!mkdtemp(tmp)) {
		err_set(e, ERR_ENV, "cannot make '%s': %s", tmp, strerror(errno));
		free(tmp);
		return NULL;
	}
	b->log = file_join(tmp, "build.log");
	return tmp;
}

static int end_tmp(struct build *b, char *tmp, const char *final, int rc, struct err *e)
{
	if (!rc)
		rc = publish(tmp, final, e);
	if (rc)
		tool_remove_tree(tmp);
	free(tmp);
	free(b->log);
	b->log = NULL;
	return rc;
}

/* The part of Verilator's run-time library that every model needs, compiled once per tool version and flags. */
static int build_runtime(struct build *b, const char *final, struct err *e)
{
	static const char *const part[] = { "verilated", "verilated_threads", "verilated_dpi", "verilated_fst_c" };
	char *tmp = new_tmp(b, e);
	int rc = 0;

	if (!tmp)
		return -1;
	for (int i = 0; i < 3 + b->trace && !rc; i++) {
		struct tool_args a = { 0 };

		add_cxx(b, &a);
		tool_add(&a, "-c");
		tool_add(&a, "%s/%s.cpp", b->include, part[i]);
		tool_add(&a, "-o");
		tool_add(&a, "%s.o", part[i]);
		rc = run(b, &a, tmp, e);
	}
	return end_tmp(b, tmp, final, rc, e);
}

/* An `include or $readmemh seen by Verilator is a file outside the key: refused, so that an edited file never meets an old binary. */
static int check_inputs(const char *dir, struct err *e)
{
	char *path = file_join(dir, "obj/Vdut__ver.d"), *p, *word;
	struct buf b;
	int rc = file_read(path, 1 << 20, &b, e);

	free(path);
	if (rc)
		return rc;
	p = strchr(b.data, ':');
	for (word = p ? strtok_r(p + 1, " \\\n", &p) : NULL; word && !rc; word = strtok_r(NULL, " \\\n", &p))
		if (strncmp(word, "src/", 4) && !strstr(word, "verilator"))
			rc = err_set(e, ERR_INPUT, "the rtl reads '%s', which sim.f does not name: name every file in sim.f, without `include", word);
	buf_release(&b);
	return rc;
}

/* obj/all.cpp includes the model's own files and the shim: the headers are parsed once. */
static int write_all(const char *dir, struct err *e)
{
	char *obj = file_join(dir, "obj"), *path = file_join(dir, "obj/all.cpp");
	struct dirent **names;
	struct buf b;
	int n = scandir(obj, &names, NULL, alphasort), rc;

	buf_init(&b);
	for (int i = 0; i < n; i++) {
		const char *dot = strrchr(names[i]->d_name, '.');

		if (dot && !strcmp(dot, ".cpp") && strcmp(names[i]->d_name, "all.cpp"))
			buf_addf(&b, "#include \"%s\"\n", names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	buf_adds(&b, "#include \"../src/shim.cpp\"\n");
	rc = file_write(path, b.data, b.len, e);
	buf_release(&b);
	free(path);
	free(obj);
	return rc;
}

static int verilate(struct build *b, const char *dir, const char *prefix, struct err *e)
{
	struct tool_args a = { 0 };

	tool_add(&a, "verilator");
	add_words(&a, VERILATOR_FLAGS);
	if (b->trace)
		tool_add(&a, "--trace-fst");
	tool_add(&a, "--top-module");
	tool_add(&a, "%stop", prefix);
	for (size_t i = 0; i < b->src.n; i++) {
		struct buf path;

		if (!b->src.file[i].rtl)
			continue;
		buf_init(&path);
		source_path(&b->src, i, &path);
		tool_add(&a, "%s", path.data);
		buf_release(&path);
	}
	return run(b, &a, dir, e);
}

static int link_device(struct build *b, const char *dir, const char *runtime, struct err *e)
{
	static const char visible[] = "{ global: shim_get_api; local: *; };\n"; /* libstdc++'s weak templates too stay inside */
	struct tool_args a = { 0 };
	char *map = file_join(dir, "obj/visible.map");
	int rc = file_write(map, visible, sizeof(visible) - 1, e);

	free(map);
	if (rc)
		return rc;
	add_cxx(b, &a);
	add_words(&a, "-shared -Wl,-Bsymbolic -Wl,--version-script=obj/visible.map -Isrc -Iobj obj/all.cpp");
	tool_add(&a, "%s/verilated.o", runtime);
	tool_add(&a, "%s/verilated_threads.o", runtime);
	tool_add(&a, "%s/verilated_dpi.o", runtime);
	if (b->trace)
		tool_add(&a, "%s/verilated_fst_c.o", runtime);
	add_words(&a, "-o device.so -latomic");
	if (b->trace)
		tool_add(&a, "-lz");
	return run(b, &a, dir, e);
}

static int build_device(struct build *b, const char *final, const char *runtime, const char *prefix, struct err *e)
{
	char *tmp = new_tmp(b, e), *obj, *src;
	int rc;

	if (!tmp)
		return -1;
	rc = source_write(&b->src, tmp, e);
	if (!rc)
		rc = verilate(b, tmp, prefix, e);
	if (!rc)
		rc = check_inputs(tmp, e);
	if (!rc)
		rc = write_all(tmp, e);
	if (!rc)
		rc = link_device(b, tmp, runtime, e);
	obj = file_join(tmp, "obj");
	src = file_join(tmp, "src");
	tool_remove_tree(obj); /* device.so and the log stay */
	tool_remove_tree(src);
	free(obj);
	free(src);
	return end_tmp(b, tmp, final, rc, e);
}

static int load(const char *path, struct device_lib *out, struct err *e)
{
	void (*get)(struct shim_api *);

	out->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!out->handle)
		return err_set(e, ERR_ENV, "cannot load '%s': %s; set CXX to a compiler that works, BITLINE_CACHE to a folder that programs may run from", path, dlerror());
	*(void **)&get = dlsym(out->handle, "shim_get_api");
	if (!get) {
		dlclose(out->handle);
		out->handle = NULL;
		return err_set(e, ERR_ENV, "'%s' has no shim_get_api; set CXX to a compiler that works", path);
	}
	get(&out->api);
	return 0;
}

/* A device that does not load leaves the cache; one that was found there is built anew, once. */
static int build_and_load(struct build *b, const char *prefix, struct device_lib *out, struct err *e)
{
	char *runtime = text_of("%s/runtime-%.16s", b->cache, b->runtime_key), *final = text_of("%s/device-%s", b->cache, b->key);
	char *so = file_join(final, "device.so");
	struct err why = { 0 };
	int rc = 0;

	out->was_cached = file_exists(so);
	if (out->was_cached && load(so, out, &why)) {
		tool_remove_tree(final);
		out->was_cached = false;
	}
	if (!out->was_cached) {
		if (!file_exists(runtime))
			rc = build_runtime(b, runtime, e);
		if (!rc)
			rc = build_device(b, final, runtime, prefix, e);
		if (!rc && load(so, out, e)) {
			tool_remove_tree(final);
			rc = -1;
		}
	}
	free(runtime);
	free(final);
	free(so);
	return rc;
}

int device_build(const char *rtl_dir, const char *prefix, bool trace, bool probes, struct device_lib *out, struct err *e)
{
	struct build b = { .trace = trace, .probes = probes };
	double t0 = progress_now();
	int rc;

	memset(out, 0, sizeof(*out));
	if (source_gather(rtl_dir, prefix, probes, &b.src, e))
		return -1;
	rc = prepare(&b, prefix, e);
	if (!rc)
		rc = build_and_load(&b, prefix, out, e);
	out->build_seconds = progress_now() - t0;
	free(b.cache);
	free(b.include);
	source_release(&b.src);
	return rc;
}

void device_close(struct device_lib *d)
{
	if (d->handle)
		dlclose(d->handle);
	memset(d, 0, sizeof(*d));
}

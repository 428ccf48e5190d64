/* Compiling translation units side by side, and the cache of their objects: an edit of one file compiles again what it changed.
 * An object's key is all that decides its bytes: compiler, options, source, the files it includes by "..." from the build's own directory.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/mem.h"
#include "common/sha256.h"
#include "common/term.h"
#include "cosim/build.h"
#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_SOURCE_BYTES = 256 << 20 };
#define HEADER "obj/common.h"

void build_unit_add(struct build_units *u, const char *extra, const char *fmt, ...)
{
	struct build_unit *one = MEM_PUSH(u->unit, u->n);
	va_list ap;

	*one = (struct build_unit){ .extra = extra };
	va_start(ap, fmt);
	if (vasprintf(&one->source, fmt, ap) < 0)
		BUG("vasprintf failed");
	va_end(ap);
}

void build_units_release(struct build_units *u)
{
	for (int i = 0; i < u->n; i++) {
		free(u->unit[i].source);
		free(u->unit[i].object);
	}
	free(u->unit);
	memset(u, 0, sizeof(*u));
}

/* --- keys ------------------------------------------------------------------------------------------------------------------------------ */

/* files that one unit includes, each once */
struct included { char **name; int n; };

static bool seen(struct included *x, const char *name)
{
	for (int i = 0; i < x->n; i++)
		if (!strcmp(x->name[i], name))
			return true;
	*MEM_PUSH(x->name, x->n) = mem_strdup(name);
	return false;
}

static int digest(const struct build *b, const char *name, struct included *x, struct buf *key, struct err *e);

/* where the compiler finds it: beside the file that includes it, in src, in obj; elsewhere it belongs to the tools */
static int digest_include(const struct build *b, const char *from, const char *name, struct included *x, struct buf *key, struct err *e)
{
	const char *slash = strrchr(from, '/');
	int rc = 0;

	for (int i = 0, found = 0; i < 3 && !found; i++) {
		struct buf rel;
		char *path;

		buf_init(&rel);
		if (i)
			buf_adds(&rel, i == 1 ? "src/" : "obj/");
		else if (slash)
			buf_add(&rel, from, slash + 1 - from);
		buf_adds(&rel, name);
		path = file_join(b->dir, rel.data);
		found = file_exists(path);
		free(path);
		if (found && !seen(x, rel.data))
			rc = digest(b, rel.data, x, key, e);
		buf_release(&rel);
	}
	return rc;
}

/* adds name and content, then those of its own includes */
static int digest(const struct build *b, const char *name, struct included *x, struct buf *key, struct err *e)
{
	char *path = *name == '/' ? mem_strdup(name) : file_join(b->dir, name), hex[65];
	struct buf text;
	int rc = file_read(path, MAX_SOURCE_BYTES, &text, e);

	free(path);
	if (rc)
		return rc;
	sha256_hex(text.data, text.len, hex);
	buf_addf(key, "%s %s\n", hex, name);
	for (char *p = text.data; *name != '/' && !rc && (p = strstr(p, "#include \"")); ) {
		char *quote = strchr(p += 10, '"');

		if (!quote)
			break;
		*quote = 0;
		rc = digest_include(b, name, p, x, key, e);
		p = quote + 1;
	}
	buf_release(&text);
	return rc;
}

/* Files of the tools define macros before they read the header; the header does not read itself. */
static bool reads_header(const struct build *b, const struct build_unit *u)
{
	return b->header && *u->source != '/' && strcmp(u->source, HEADER);
}

static void unit_command(const struct build *b, const struct tool_args *common, const struct build_unit *u, struct tool_args *a)
{
	tool_add(a, "%s", b->cxx);
	for (int i = 0; i < common->n; i++)
		tool_add(a, "%s", common->v[i]);
	if (u->extra)
		build_words(a, u->extra);
	if (reads_header(b, u))
		build_words(a, "-include " HEADER);
	tool_add(a, "-c");
	tool_add(a, "%s", u->source);
}

/* the object's place in the cache */
static int name_object(struct build *b, const struct tool_args *common, struct build_unit *u, struct err *e)
{
	struct included x = { 0 };
	struct tool_args a = { 0 };
	char hex[65], name[96];
	struct buf key;
	int rc;

	buf_init(&key);
	buf_addf(&key, "object\n%s", b->tools.data);
	unit_command(b, common, u, &a);
	for (int i = 0; i < a.n; i++)
		buf_addf(&key, "%s\n", a.v[i]);
	tool_release(&a);
	rc = digest(b, u->source, &x, &key, e);
	if (!rc && reads_header(b, u))
		rc = digest(b, HEADER, &x, &key, e);
	sha256_hex(key.data, key.len, hex);
	snprintf(name, sizeof(name), "objects/%s", hex);
	u->object = file_join(b->cache, name);
	*MEM_PUSH(b->object, b->n_objects) = mem_strdup(u->object);
	for (int i = 0; i < x.n; i++)
		free(x.name[i]);
	free(x.name);
	buf_release(&key);
	return rc;
}

/* --- side by side ---------------------------------------------------------------------------------------------------------------------- */

/* As many compilers as there are cores, over all builds of this process. */
static sem_t slots;

static void make_slots(void)
{
	cpu_set_t set;

	sem_init(&slots, 0, sched_getaffinity(0, sizeof(set), &set) ? 1 : (unsigned)CPU_COUNT(&set));
}

enum { WAITS = -3 };
/* one unit under way: status WAITS, TOOL_RUNS, or how it ended */
struct job { struct build_unit *unit; char *object, *log; int pid, status; };

static int start(struct build *b, const struct tool_args *common, struct job *j, struct err *e)
{
	struct tool_args a = { 0 };

	unit_command(b, common, j->unit, &a);
	tool_add(&a, "-o");
	tool_add(&a, "%s/" BUILD_UNIT, j->object);
	j->pid = tool_start(&a, b->dir, j->log, e);
	j->status = j->pid < 0 ? -1 : TOOL_RUNS;
	tool_release(&a);
	return j->status == -1 ? -1 : 0;
}

/* the finished object moves into the cache; what the compiler said, into the build's log */
static int finish(struct build *b, struct job *j, struct err *e)
{
	struct buf log;
	struct err ignored = { 0 };
	FILE *f;

	if (!file_read(j->log, MAX_SOURCE_BYTES, &log, &ignored) && log.len && (f = fopen(b->log, "a"))) {
		fwrite(log.data, 1, log.len, f);
		fclose(f);
	}
	buf_release(&log);
	unlink(j->log);
	if (j->status)
		return j->status > 0 ? build_failed(b, b->cxx, j->status, e) : -1;
	if (build_left(b, b->cxx, j->object, BUILD_UNIT, e) || build_seal(j->object, e))
		return -1;
	return build_publish(j->object, j->unit->object, e);
}

/* starts what may start, sees what has ended; returns how many run */
static int turn(struct build *b, const struct tool_args *common, struct job *job, int n, bool *stop, struct err *e)
{
	int running = 0;

	for (int i = 0; i < n; i++)
		running += job[i].status == TOOL_RUNS;
	for (int i = 0; i < n; i++) {
		struct job *j = &job[i];

		if (j->status == WAITS && !*stop && !sem_trywait(&slots)) {
			*stop = start(b, common, j, e) != 0;
			running += j->status == TOOL_RUNS;
			if (j->status != TOOL_RUNS)
				sem_post(&slots);
		} else if (j->status == TOOL_RUNS) {
			j->status = tool_poll(j->pid, b->cxx, e);
			if (j->status == TOOL_RUNS)
				continue;
			sem_post(&slots);
			running--;
			b->done++;
			*stop |= j->status != 0;
		}
	}
	return running;
}

static int run_jobs(struct build *b, const struct tool_args *common, struct job *job, int n, struct err *e)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	bool stop = false, waits = true;
	int rc = 0;

	pthread_once(&once, make_slots);
	while (turn(b, common, job, n, &stop, e) || (waits && !stop)) {
		build_wait(b);
		waits = false;
		for (int i = 0; i < n; i++)
			waits |= job[i].status == WAITS;
	}
	for (int i = 0; i < n; i++) /* in order: of several that failed, the first is told */
		if (job[i].status != WAITS && !rc)
			rc = finish(b, &job[i], e);
	return rc || stop ? -1 : 0;
}

/* a job for a unit that the cache does not have */
static int add_job(struct build *b, const struct tool_args *common, struct build_unit *u, struct job *job, int *n, struct err *e)
{
	struct job *j = &job[*n];
	char name[32];

	if (name_object(b, common, u, e))
		return -1;
	if (build_intact(u->object, BUILD_UNIT))
		return 0;
	if (file_exists(u->object))
		build_discard(b->cache, u->object);
	j->unit = u;
	j->status = WAITS;
	snprintf(name, sizeof(name), "unit%d", *n);
	j->object = file_join(b->dir, name);
	snprintf(name, sizeof(name), "unit%d.log", *n);
	j->log = file_join(b->dir, name);
	++*n;
	return file_mkdirs(j->object, e);
}

/* where gcc looks for a compiled HEADER: any file of this folder that fits the command is taken, else HEADER itself is read */
static int offer_header(const struct build *b, const struct build_units *header, struct err *e)
{
	char *dir = file_join(b->dir, HEADER ".gch"), name[16];
	int rc = file_mkdirs(dir, e);

	for (int i = 0; i < header->n && !rc; i++) {
		char *from = file_join(header->unit[i].object, BUILD_UNIT), *to;

		snprintf(name, sizeof(name), "%d", i);
		to = file_join(dir, name);
		if (!file_exists(from) || symlink(from, to)) /* then gcc reads the header as if it had not been compiled */
			term_detail("'%s' is not taken from the cache", HEADER);
		free(from);
		free(to);
	}
	free(dir);
	return rc;
}

/* one for each optimisation that the model's units are compiled with */
static int add_header(struct build *b, const struct tool_args *common, const struct build_units *u, struct build_units *header, struct job *job, int *n, struct err *e)
{
	static const char *const extra[] = { NULL, BUILD_ONCE_FLAGS };
	char *path = file_join(b->dir, HEADER);
	int rc = file_write(path, b->header, strlen(b->header), e);

	free(path);
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < u->n; k++)
			if (reads_header(b, &u->unit[k]) && !u->unit[k].extra == !extra[i]) {
				build_unit_add(header, extra[i], HEADER);
				break;
			}
	for (int i = 0; i < header->n && !rc; i++)
		rc = add_job(b, common, &header->unit[i], job, n, e);
	return rc ? rc : offer_header(b, header, e);
}

int build_compile(struct build *b, const struct tool_args *common, struct build_units *u, struct err *e)
{
	struct job *job = MEM_NEW(u->n + 2, struct job);
	char *objects = file_join(b->cache, "objects");
	int n = 0, rc = file_mkdirs(objects, e);
	struct build_units header = { 0 };

	b->header = u->header;
	if (b->header && !rc)
		rc = add_header(b, common, u, &header, job, &n, e);
	for (int i = 0; i < u->n && !rc; i++)
		rc = add_job(b, common, &u->unit[i], job, &n, e);
	b->progress.total += n;
	if (!rc)
		rc = run_jobs(b, common, job, n, e);
	for (int i = 0; i < n; i++) {
		free(job[i].object);
		free(job[i].log);
	}
	build_units_release(&header);
	free(job);
	free(objects);
	return rc;
}

int build_link(struct build *b, const struct tool_args *common, const struct build_units *u, const char *symbol, const char *words, struct err *e)
{
	struct tool_args a = { 0 };
	char *map = file_join(b->dir, "obj/visible.map"), text[128];
	int rc = file_write(map, text, snprintf(text, sizeof(text), "{ global: %s; local: *; };\n", symbol), e); /* libstdc++'s weak templates too stay inside */

	free(map);
	if (rc)
		return rc;
	tool_add(&a, "%s", b->cxx);
	for (int i = 0; i < common->n; i++)
		tool_add(&a, "%s", common->v[i]);
	build_words(&a, "-shared -Wl,-Bsymbolic -Wl,--version-script=obj/visible.map");
	for (int i = 0; i < u->n; i++)
		tool_add(&a, "%s/" BUILD_UNIT, u->unit[i].object);
	build_words(&a, words);
	rc = build_run(b, &a, e);
	for (int i = 0; i < u->n && rc; i++) /* a compiler that wrote nonsense: none of them is taken again */
		build_discard(b->cache, u->unit[i].object);
	return rc;
}

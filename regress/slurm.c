/* SPDX-License-Identifier: Apache-2.0 */
#include "regress/slurm.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/progress.h"
#include "common/sha256.h"
#include "common/shell.h"
#include "regress/child.h"
#include "regress/result.h"
#include "regress/stop.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_TASKS = 1000 /* Slurm's MaxArraySize is 1001 unless it was set */, TOOL_SECONDS = 60 };
static const double first_pause_s = 0.5, most_pause_s = 5;

struct slurm {
	struct regress_store *store;
	struct regress_case *const *todo;
	size_t n;
	const struct regress_slurm *how;
	char *dir;         /* of the store, absolute */
	char *program;
	char name[40];     /* of the jobs */
	json_t *before;    /* lost when we began */
	bool *has;         /* [n]: a result */
	size_t done;
	struct stop stop;
	struct progress bar;
	double unreachable; /* since when, 0: it answers */
	int stopped;
};

/* results that have come; the number that is missing */
static size_t missing(struct slurm *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (!s->has[i] && regress_store_has(s->store, s->todo[i]->key)) {
			s->has[i] = true;
			s->done++;
		}
	progress_at(&s->bar, s->done);
	return s->n - s->done;
}

/* how often a worker died over it since we began */
static int lost(const struct slurm *s, const json_t *now, const char *key)
{
	return (int)(json_integer_value(json_object_get(now, key)) - json_integer_value(json_object_get(s->before, key)));
}

/* ---- what Slurm is asked */

/* one line of what a tool said */
static void first_line(const struct child_end *end, char *to, size_t n)
{
	snprintf(to, n, "%.*s", (int)strcspn(end->err.data, "\n"), end->err.data);
}

/* The controller did not answer: 0 as long as there is patience. */
static int unreachable(struct slurm *s, const char *tool, const char *said, struct err *e)
{
	double now = progress_now();

	if (!s->unreachable)
		s->unreachable = now;
	if (now - s->unreachable <= (double)s->how->patience)
		return 0;
	return err_set(e, ERR_ENV, "%s has failed for %ld s, last with: %.300s; the same command goes on when Slurm answers (--patience S waits longer)", tool, s->how->patience, said);
}

/* Tasks of our jobs that wait or run; -1: it did not answer (or e is set) */
static long active_tasks(struct slurm *s, struct err *e)
{
	const char *const argv[] = { "squeue", "--noheader", "--array", "--name", s->name, "--format", "%T", NULL };
	struct child_end end;
	char said[400];
	long n = 0;

	if (child_run(argv, TOOL_SECONDS, &end, e))
		return -1;
	if (end.signal || end.status) {
		first_line(&end, said, sizeof(said));
		unreachable(s, "squeue", said, e);
		n = -1;
	} else {
		s->unreachable = 0;
		for (const char *p = end.out.data; (p = strchr(p, '\n')); p++)
			n++;
	}
	child_end_release(&end);
	return n;
}

/* until all results are there, or no task is left; 0, or -1 (also when somebody wants us to stop) */
static int wait_for_tasks(struct slurm *s, struct err *e)
{
	double pause = first_pause_s;
	int gone = 0;

	while (missing(s) && gone < 2) { /* twice: what a last task wrote may come late over a network */
		long tasks = active_tasks(s, e);

		if (e->code)
			return -1;
		gone = tasks ? 0 : gone + 1;
		for (double until = progress_now() + pause; progress_now() < until && !s->stopped;)
			s->stopped = stop_wait(&s->stop, until - progress_now() > 0 ? until - progress_now() : 0);
		if (s->stopped)
			return -1;
		pause = pause * 1.2 < most_pause_s ? pause * 1.2 : most_pause_s;
	}
	return 0;
}

/* ---- a round */

static int by_group(const void *a, const void *b)
{
	const struct regress_case *const *x = a, *const *y = b;
	int d = strcmp((*x)->group, (*y)->group);

	return d ? d : *x < *y ? -1 : *x > *y; /* cases lie in one table, in the order of the list */
}

struct batch { struct regress_case **c; size_t n, rank; };

static int by_rank(const void *a, const void *b)
{
	const struct batch *x = a, *y = b;

	return x->rank != y->rank ? (x->rank < y->rank ? -1 : 1) : x->c < y->c ? -1 : x->c > y->c;
}

/* Batches have one device each; the first one of every device comes first, so that tasks do not wait for each other's compiler. A case that a worker died over goes alone, last. */
static struct batch *divide(const struct slurm *s, struct regress_case **c, size_t n, const json_t *now, size_t *n_batches)
{
	struct batch *b = NULL;
	size_t m = 0, rank = 0;

	qsort(c, n, sizeof(*c), by_group);
	for (size_t i = 0; i < n; i++) {
		bool alone = lost(s, now, c[i]->key) > 0, same = i && !strcmp(c[i]->group, c[i - 1]->group);

		rank = same ? rank : 0;
		if (!alone && same && m && b[m - 1].rank < n && b[m - 1].n < (size_t)s->how->batch) {
			b[m - 1].n++;
			continue;
		}
		*MEM_PUSH(b, m) = (struct batch){ &c[i], 1, alone ? n : rank++ };
	}
	qsort(b, m, sizeof(*b), by_rank);
	*n_batches = m < MOST_TASKS ? m : MOST_TASKS;
	return b;
}

static int write_plan(const struct slurm *s, const struct batch *b, size_t n, char **script, struct err *e)
{
	struct regress_plan p = { .dir = s->dir, .retries = s->how->retries, .timeout = s->how->timeout, .batch = MEM_NEW(n + 1, size_t), .n_batches = n };
	char digest[65], *plan;
	struct buf text, name;
	int rc;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < b[i].n; k++)
			*MEM_PUSH(p.list.c, p.list.n) = *b[i].c[k]; /* words stay the owner's */
		p.batch[i + 1] = p.list.n;
	}
	buf_init(&text);
	buf_init(&name);
	regress_plan_text(&p, &text);
	sha256_hex(text.data, text.len, digest);
	buf_addf(&name, "%s/slurm/plan-%.16s.json", s->dir, digest);
	plan = mem_strdup(name.data);
	rc = file_write(plan, text.data, text.len, e);
	buf_clear(&text);
	buf_adds(&text, "#!/bin/sh\nexec ");
	shell_quote(&text, s->program);
	buf_adds(&text, " regress --worker ");
	shell_quote(&text, plan);
	buf_adds(&text, " --task \"$SLURM_ARRAY_TASK_ID\"\n");
	buf_clear(&name);
	buf_addf(&name, "%s/slurm/plan-%.16s.sh", s->dir, digest);
	rc = rc ? rc : file_write(name.data, text.data, text.len, e);
	*script = name.data;
	free(plan);
	buf_release(&text);
	free(p.list.c);
	free(p.batch);
	return rc;
}

/* our words come last: they win over the user's */
static char **sbatch_words(const struct slurm *s, size_t n, const char *script)
{
	char **argv = MEM_NEW(s->how->n_options + 8, char *);
	char limit[24] = "";
	size_t k = 0;
	struct buf b;

	argv[k++] = mem_strdup("sbatch");
	for (size_t i = 0; i < s->how->n_options; i++)
		argv[k++] = mem_strdup(s->how->option[i]);
	buf_init(&b);
	buf_addf(&b, "--job-name=%s", s->name);
	argv[k++] = b.data;
	if (s->how->jobs)
		snprintf(limit, sizeof(limit), "%%%d", s->how->jobs);
	buf_init(&b);
	buf_addf(&b, "--array=0-%zu%s", n - 1, limit);
	argv[k++] = b.data;
	buf_init(&b);
	buf_addf(&b, "--output=%s/slurm/%%A_%%a.log", s->dir);
	argv[k++] = b.data;
	argv[k++] = mem_strdup("--parsable");
	argv[k++] = mem_strdup(script);
	return argv;
}

/* Once. A submission that failed while squeue answers is refused for good, unless the job is there after all. */
static int submit(struct slurm *s, size_t n, const char *script, struct err *e)
{
	char **argv = sbatch_words(s, n, script), said[400];
	bool sent = false;

	for (double pause = 1; !sent && !e->code && !s->stopped; pause = pause < most_pause_s ? pause + 1 : most_pause_s) {
		struct child_end end;
		struct err later = { 0 };
		long tasks;

		if (child_run((const char *const *)argv, TOOL_SECONDS, &end, e)) {
			*e = (struct err){ 0 };
			err_set(e, ERR_ENV, "'sbatch' is missing: install Slurm's commands (Debian: slurm-client), or take --executor local");
			break;
		}
		first_line(&end, said, sizeof(said));
		sent = !end.signal && !end.status;
		child_end_release(&end);
		if (sent)
			break;
		tasks = active_tasks(s, &later);
		sent = tasks > 0;
		if (tasks == 0 && !later.code)
			err_set(e, ERR_ENV, "sbatch refuses: %.400s", said);
		else if (!sent)
			unreachable(s, "sbatch", said, e);
		if (!sent && !e->code)
			s->stopped = stop_wait(&s->stop, pause);
	}
	regress_argv_free(argv);
	return sent ? 0 : -1;
}

/* What nobody can run is said so; the rest is submitted. 1: nothing is missing */
static int round_of_tasks(struct slurm *s, struct err *e)
{
	struct regress_case **c = MEM_NEW(s->n, struct regress_case *);
	json_t *now = regress_lost(s->store);
	struct batch *b = NULL;
	char *script = NULL;
	size_t n = 0, n_batches;
	int rc = 0;

	for (size_t i = 0; i < s->n && !rc; i++) {
		int times = lost(s, now, s->todo[i]->key);

		if (s->has[i])
			continue;
		if (times > s->how->retries) {
			struct buf why;
			json_t *result;

			buf_init(&why);
			buf_addf(&why, "the worker ended %d times while it ran this case", times);
			result = regress_result_none(s->todo[i]->key, REGRESS_CRASHED, times, why.data);
			rc = regress_store_put(s->store, s->todo[i]->key, result, e);
			json_decref(result);
			buf_release(&why);
		} else {
			c[n++] = s->todo[i];
		}
	}
	if (!rc && n) {
		b = divide(s, c, n, now, &n_batches);
		rc = write_plan(s, b, n_batches, &script, e) || submit(s, n_batches, script, e) ? -1 : 0;
	} else if (!rc) {
		rc = 1;
	}
	json_decref(now);
	free(script);
	free(b);
	free(c);
	return rc;
}

/* the number of attempts that were begun and lost: with the results, what a round has moved */
static size_t moved(const struct slurm *s)
{
	json_t *now = regress_lost(s->store), *value;
	const char *key;
	size_t n = s->done;

	json_object_foreach(now, key, value)
		n += (size_t)json_integer_value(value);
	json_decref(now);
	return n;
}

static int rounds(struct slurm *s, struct err *e)
{
	int idle = 0, rc = wait_for_tasks(s, e); /* of an earlier run of the same command */

	while (!rc && missing(s)) {
		size_t before = moved(s);

		rc = round_of_tasks(s, e);
		if (rc == 0)
			rc = wait_for_tasks(s, e);
		idle = moved(s) == before ? idle + 1 : 0;
		if (!rc && idle > s->how->retries)
			rc = err_set(e, ERR_ENV, "%zu cases have no result and no task began one, %d times in a row; '%s/slurm' has what the tasks said", missing(s), idle, s->store->dir);
	}
	return s->stopped ? 0 : rc;
}

int regress_slurm(struct regress_store *store, struct regress_case *const *todo, size_t n, const struct regress_slurm *how, int *stopped, struct err *e)
{
	struct slurm s = { .store = store, .todo = todo, .n = n, .how = how, .has = MEM_NEW(n, bool) };
	char digest[65], *folder = file_join(store->dir, "slurm");
	int rc = file_mkdirs(folder, e);

	s.dir = realpath(store->dir, NULL);
	s.program = realpath("/proc/self/exe", NULL);
	if (!rc && (!s.dir || !s.program))
		rc = err_set(e, ERR_ENV, "cannot find '%s': %s", s.dir ? "bitline" : store->dir, strerror(errno));
	if (!rc) {
		sha256_hex(s.dir, strlen(s.dir), digest);
		snprintf(s.name, sizeof(s.name), "bitline-%.16s", digest);
		s.before = regress_lost(store);
		stop_begin(&s.stop);
		progress_begin(&s.bar, "cases", n);
		rc = rounds(&s, e);
		progress_end(&s.bar);
		stop_end(&s.stop);
		if (s.stopped && active_tasks(&s, &(struct err){ 0 }) > 0)
			fprintf(stderr, "bitline: the tasks go on; the same command waits for them, 'scancel --name=%s' ends them\n", s.name);
		*stopped = s.stopped;
	}
	json_decref(s.before);
	free(s.has);
	free(s.dir);
	free(s.program);
	free(folder);
	return rc < 0 ? -1 : 0;
}

/* bitline regress: a list of co-simulations, over all cores or as a job array; results by content, JUnit, JSON, one page.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/cli_json.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/mem.h"
#include "regress/local.h"
#include "regress/slurm.h"
#include "regress/stop.h"
#include "regress/table.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_BATCH = 20, DEFAULT_RETRIES = 2, DEFAULT_TIMEOUT = 3600, DEFAULT_PATIENCE = 600, MOST_TASK = 100000 };

struct run {
	const char *list_path, *out, *executor, *worker;
	struct opt_list slurm;
	long jobs, retries, timeout, batch, patience, task;
	bool json;

	struct regress_list list;
	struct regress_store store;
	struct regress_keys *keys;
	struct regress_case **todo; size_t n_todo;
	size_t n_once; /* distinct keys */
	int stopped;
};

static int by_key(const void *a, const void *b)
{
	const struct regress_case *const *x = a, *const *y = b;
	int d = strcmp((*x)->key, (*y)->key);

	return d ? d : *x < *y ? -1 : *x > *y;
}

static int by_place(const void *a, const void *b)
{
	const struct regress_case *const *x = a, *const *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Every key once, in the order of the list, without those that have a settled result. What crashed or failed before is tried again. */
static void choose(struct run *r)
{
	struct regress_case **all = MEM_NEW(r->list.n, struct regress_case *);

	for (size_t i = 0; i < r->list.n; i++)
		all[i] = &r->list.c[i];
	qsort(all, r->list.n, sizeof(*all), by_key);
	for (size_t i = 0; i < r->list.n; i++)
		if (!i || strcmp(all[i]->key, all[i - 1]->key))
			all[r->n_once++] = all[i];
	qsort(all, r->n_once, sizeof(*all), by_place);
	for (size_t i = 0; i < r->n_once; i++) {
		json_t *result = regress_store_get(&r->store, all[i]->key);

		if (!regress_settled(regress_result_verdict(result))) {
			regress_store_forget(&r->store, all[i]->key);
			all[r->n_todo++] = all[i];
		}
		json_decref(result);
	}
	r->todo = all;
}

static int run_cases(struct run *r, bool slurm, struct err *e)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct regress_how how = { .jobs = (int)(r->jobs ? r->jobs : cores > 0 ? cores : 1), .retries = (int)r->retries, .timeout = r->timeout, .wait = true };
	struct regress_slurm array = { .batch = (int)r->batch, .jobs = (int)r->jobs, .retries = (int)r->retries, .timeout = r->timeout, .patience = r->patience, .option = r->slurm.v, .n_options = r->slurm.n };

	if (!r->n_todo)
		return 0;
	return slurm ? regress_slurm(&r->store, r->todo, r->n_todo, &array, &r->stopped, e) : regress_local(&r->store, r->keys, r->todo, r->n_todo, &how, &r->stopped, e);
}

static int write_text(const struct run *r, const char *name, const struct buf *text, struct err *e)
{
	char *path = file_join(r->store.dir, name);
	int rc = file_write(path, text->data, text->len, e);

	free(path);
	return rc;
}

static int write_json(const struct run *r, const char *name, json_t *j, struct err *e)
{
	char *text = cli_json_text(j);
	int rc = write_text(r, name, &(struct buf){ .data = text, .len = strlen(text) }, e);

	free(text);
	return rc;
}

static int write_all(const struct run *r, const struct regress_table *t, struct err *e)
{
	struct buf text;
	int rc;

	buf_init(&text);
	regress_junit(t, &text);
	rc = write_text(r, "junit.xml", &text, e);
	buf_clear(&text);
	regress_matrix(t, &text);
	rc = rc || write_text(r, "matrix.html", &text, e) || write_json(r, "results.json", regress_results_json(t), e) || write_json(r, "timing.json", regress_timing_json(t), e) ? -1 : 0;
	buf_release(&text);
	return rc;
}

static void print(const struct run *r, const struct regress_table *t)
{
	struct buf b;

	if (r->json) {
		cli_print_json(regress_results_json(t));
		return;
	}
	for (size_t i = 0; i < t->n; i++) {
		const struct regress_row *row = &t->row[i];
		const char *why = regress_row_why(row);

		if (row->verdict != REGRESS_EQUAL)
			printf("%s: %s %s%s%s: %.*s\n", regress_verdict_name[row->verdict], row->config, row->model, *row->rest ? " " : "", row->rest, (int)strcspn(why, "\n"), why);
	}
	buf_init(&b);
	regress_totals(t, &b);
	printf("%s (%zu run, %zu known before); %s/matrix.html\n", b.data, r->n_todo, r->n_once - r->n_todo, r->store.dir);
	buf_release(&b);
}

static int status_of(const struct regress_table *t)
{
	if (t->total[REGRESS_EQUAL] + t->total[REGRESS_ERROR] < t->n)
		return ERR_DIFF;
	return t->total[REGRESS_ERROR] ? ERR_ENV : 0;
}

static int controller(struct run *r, int *status, struct err *e)
{
	bool slurm = !strcmp(r->executor, "slurm");
	struct regress_table t = { 0 };
	int rc = 0;

	if (!r->list_path)
		return err_set(e, ERR_INPUT, "no list of cases; write bitline regress LIST --out DIR");
	if (!r->out || !*r->out)
		return err_set(e, ERR_INPUT, "no directory for the results; write --out DIR");
	if (!slurm && strcmp(r->executor, "local"))
		return err_set(e, ERR_INPUT, "--executor '%s': legal local, slurm", r->executor);
	if (!slurm && r->slurm.n)
		return err_set(e, ERR_INPUT, "--slurm '%s' belongs to --executor slurm", r->slurm.v[0]);
	if (regress_list_read(&r->list, r->list_path, e) || !(r->keys = regress_keys_new(e)))
		return -1;
	for (size_t i = 0; i < r->list.n && !rc; i++)
		rc = regress_key(r->keys, &r->list.c[i], r->list.path, e);
	if (rc || regress_store_open(&r->store, r->out, e))
		return -1;
	choose(r);
	if (run_cases(r, slurm, e))
		return -1;
	if (r->stopped)
		return 0;
	rc = regress_table_make(&t, &r->list, &r->store, e) || write_all(r, &t, e) ? -1 : 0;
	if (!rc) {
		print(r, &t);
		rc = cli_flush(e);
		*status = status_of(&t);
	}
	regress_table_release(&t);
	return rc;
}

/* a task of a job array: one batch of a plan */
static int worker(struct run *r, struct err *e)
{
	const char *cpus = getenv("SLURM_CPUS_PER_TASK");
	struct regress_how how = { .jobs = cpus && atoi(cpus) > 0 ? atoi(cpus) : 1 };
	struct regress_plan p;
	int rc;

	if (regress_plan_read(&p, r->worker, e))
		return -1;
	how.retries = p.retries;
	how.timeout = p.timeout;
	if (r->task < 0 || (size_t)r->task >= p.n_batches) {
		rc = err_set(e, ERR_INPUT, "--task %ld: '%s' has batches 0..%zu", r->task, r->worker, p.n_batches - 1);
	} else {
		size_t first = p.batch[r->task], n = p.batch[r->task + 1] - first;

		r->todo = MEM_NEW(n, struct regress_case *);
		for (size_t i = 0; i < n; i++)
			r->todo[i] = &p.list.c[first + i];
		rc = !(r->keys = regress_keys_new(e)) || regress_store_open(&r->store, p.dir, e) || regress_local(&r->store, r->keys, r->todo, n, &how, &r->stopped, e) ? -1 : 0;
	}
	regress_plan_release(&p);
	return rc;
}

int cmd_regress(int argc, char **argv)
{
	struct run r = { .executor = "local", .retries = DEFAULT_RETRIES, .timeout = DEFAULT_TIMEOUT, .batch = DEFAULT_BATCH, .patience = DEFAULT_PATIENCE, .task = -1, .store = { .claims = -1, .attempts = -1 } };
	const struct opt opts[] = {
		{ "--out", OPT_TEXT, &r.out, "DIR", "results, junit.xml, results.json, timing.json, matrix.html; a case that has a result there is not run again" },
		{ "--jobs", OPT_INT, &r.jobs, "N", "cases at a time (the number of cores); with --executor slurm tasks at a time (no limit)", .lo = 1, .hi = 1024 },
		{ "--executor", OPT_TEXT, &r.executor, "NAME", "local (the default): processes of this machine; slurm: job arrays" },
		{ "--retries", OPT_INT, &r.retries, "R", "how often a case that crashed, failed or took too long is tried again (2)", .lo = 0, .hi = 100 },
		{ "--timeout", OPT_INT, &r.timeout, "S", "seconds that one attempt may take, building its device included; 0: no limit (3600)", .lo = 0, .hi = 31536000 },
		{ "--batch", OPT_INT, &r.batch, "N", "of --executor slurm: cases per task (20)", .lo = 1, .hi = 100000 },
		{ "--slurm", OPT_LIST, &r.slurm, "OPTION", "of --executor slurm: one more word for sbatch, as --slurm=--partition=long; may be repeated" },
		{ "--patience", OPT_INT, &r.patience, "S", "of --executor slurm: seconds that Slurm may be away (600)", .lo = 1, .hi = 31536000 },
		{ "--json", OPT_FLAG, &r.json, NULL, "print results.json" },
		{ "--worker", OPT_TEXT, &r.worker, "PLAN", "internal: what a task of the job array calls, with --task" },
		{ "--task", OPT_INT, &r.task, "K", "internal: number of the task", .lo = 0, .hi = MOST_TASK },
	};
	struct err e = { 0 };
	int status = 0;

	if (!opt_parse(argc, argv, "bitline regress LIST --out DIR [--executor slurm] [options]     (docs/regress.md: how a LIST is written)", opts, OPT_N(opts), &r.list_path, 1, &status))
		return status;
	if (r.worker)
		worker(&r, &e);
	else
		controller(&r, &status, &e);
	if (e.code)
		status = cli_fail(&e);
	regress_list_release(&r.list);
	regress_store_close(&r.store);
	regress_keys_free(r.keys);
	free(r.todo);
	opt_list_release(&r.slurm);
	if (r.stopped)
		stop_die(r.stopped);
	return status;
}

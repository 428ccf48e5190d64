/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_jobs.h"
#include "common/mem.h"
#include "common/progress.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct layer { struct case_cuts cuts; int tokens, unit; char name[64]; }; /* unit: its first */

/* what all processes see */
struct shared { atomic_int next; };

struct worker { pid_t pid; int fd; int unit; /* that it said it takes; -1: none under way */ };

/* a process says hello before a unit, and sends its answer after it: then sum and results follow */
struct message { int unit; bool answer; int rc; size_t words; struct err err; };

struct answer { bool here; struct message head; struct case_sum sum; int32_t *words; };

struct jobs {
	const struct cfg *cfg;
	struct jobs_source source;
	struct layer *layer;
	int n_units;
	struct cosim_case k;      /* the layer under way: the parent's, or (in a copy of this) a process's */
	int at;                   /* which; -1: none */
	bool chosen;              /* its judge has been chosen */
	const struct jobs_how *how;
	struct case_runner runner;
	struct case_bar bar;      /* of a single process */
	int status;               /* of the process that ended last */
	/* of several processes */
	struct shared *shared;
	struct worker *worker; int n_workers;
	struct answer *answer;    /* [n_units] */
	long memory;
};

/* ---- layers ---- */

static void drop(struct jobs *j)
{
	case_runner_forget(&j->runner);
	case_release(&j->k);
	j->at = -1;
	j->chosen = false;
}

/* the one layer that is in memory becomes this one */
static int load(struct jobs *j, int layer, struct err *e)
{
	if (j->at != layer) {
		drop(j);
		if (j->source.make(j->source.ctx, layer, &j->k, e)) {
			case_release(&j->k);
			return -1;
		}
		j->at = layer;
	}
	j->k.groups = j->layer[layer].cuts.n;
	if (j->how && !j->chosen) {
		case_choose_judge(&j->k, j->how->tables, j->how->tree);
		j->chosen = true;
	}
	return 0;
}

struct jobs *jobs_plan(const struct cfg *c, const struct jobs_source *source, uint64_t *histogram, struct err *e)
{
	struct jobs *j = MEM_NEW(1, struct jobs);
	int rc = 0;

	j->cfg = c;
	j->source = *source;
	j->at = -1;
	j->layer = MEM_NEW((size_t)source->n, struct layer);
	for (int i = 0; i < source->n && !rc; i++) {
		struct layer *l = &j->layer[i];

		rc = load(j, i, e) || case_cuts_make(c, &j->k, &l->cuts, e) ? -1 : 0;
		if (rc)
			break;
		l->tokens = j->k.tokens;
		l->unit = j->n_units;
		memcpy(l->name, j->k.map.name, sizeof(l->name));
		j->n_units += case_units(&l->cuts, l->tokens);
		if (histogram)
			case_histogram(&j->k, histogram);
	}
	if (!rc)
		return j;
	jobs_free(j);
	return NULL;
}

int jobs_units(const struct jobs *j)
{
	return j->n_units;
}

long jobs_memory(const struct jobs *j)
{
	return j->memory;
}

void jobs_free(struct jobs *j)
{
	if (!j)
		return;
	drop(j);
	for (int i = 0; i < j->source.n; i++)
		case_cuts_release(&j->layer[i].cuts);
	free(j->layer);
	free(j);
}

static int layer_of(const struct jobs *j, int unit)
{
	int i = j->source.n - 1;

	while (unit < j->layer[i].unit)
		i--;
	return i;
}

static struct case_unit unit_of(const struct jobs *j, int unit)
{
	const struct layer *l = &j->layer[layer_of(j, unit)];

	return case_unit_of(&l->cuts, l->tokens, unit - l->unit);
}

/* ---- a unit, in the process that has a device ---- */

static int run_unit(struct jobs *j, int unit, struct case_sum *sum, struct err *e)
{
	int layer = layer_of(j, unit);
	struct case_unit u = unit_of(j, unit);

	if (!j->runner.device) {
		j->runner = (struct case_runner){ .cfg = j->cfg, .tree = j->how->tree, .stall = j->how->stall, .seed = j->how->seed, .bar = j->worker ? NULL : &j->bar };
		j->runner.device = j->how->open(j->how->ctx, e);
		if (!j->runner.device)
			return -1;
	}
	j->bar.before = (uint64_t)unit * BAR_SHARE;
	return load(j, layer, e) || case_unit_run(&j->runner, &j->k, &j->layer[layer].cuts, &u, sum, e) ? -1 : 0;
}

/* ---- a process ---- */

static bool put(int fd, const void *data, size_t n)
{
	for (const char *p = data; n; ) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

static bool get(int fd, void *data, size_t n)
{
	for (char *p = data; n; ) {
		ssize_t k = read(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

static bool send_answer(struct jobs *j, int fd, struct message *m, const struct case_sum *sum)
{
	struct case_unit u = unit_of(j, m->unit);
	const struct case_cuts *cuts = &j->layer[layer_of(j, m->unit)].cuts;
	int32_t *words = NULL;
	bool sent;

	if (!m->rc) {
		m->words = case_unit_words(&j->k, cuts, &u);
		words = MEM_NEW(m->words, int32_t);
		case_unit_copy(&j->k, cuts, &u, words, false);
	}
	sent = put(fd, m, sizeof(*m)) && put(fd, sum, sizeof(*sum)) && put(fd, words, m->words * sizeof(*words));
	free(words);
	return sent;
}

_Noreturn static void work(struct jobs *j, int fd)
{
	bool going = true;

	while (going) {
		struct message m = { .unit = atomic_fetch_add(&j->shared->next, 1) };
		struct case_sum sum = { 0 };

		if (m.unit >= j->n_units || !put(fd, &m, sizeof(m)))
			break;
		m.rc = run_unit(j, m.unit, &sum, &m.err);
		m.answer = true;
		going = send_answer(j, fd, &m, &sum) && !m.rc;
	}
	cosim_close(j->runner.device);
	_exit(0);
}

static int start_worker(struct jobs *j, struct err *e)
{
	struct worker *w = &j->worker[j->n_workers];
	pid_t parent = getpid();
	int fd[2];

	fflush(NULL);
	if (pipe(fd) || (w->pid = fork()) < 0)
		return err_set(e, ERR_ENV, "--jobs %d: process %d does not start (%s): take fewer", j->how->processes, j->n_workers + 1, strerror(errno));
	if (!w->pid) {
		close(fd[0]);
		signal(SIGPIPE, SIG_IGN);
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody reads any more */
		if (getppid() != parent)
			_exit(0);
		work(j, fd[1]);
	}
	close(fd[1]);
	w->fd = fd[0];
	w->unit = -1;
	j->n_workers++;
	return 0;
}

/* ---- the parent of several ---- */

/* a unit that nobody will answer; told when its turn comes: an earlier layer may have more to say */
static void lose(struct jobs *j, int unit, int status)
{
	struct answer *a = &j->answer[unit];

	a->here = true;
	a->head.rc = err_set(&a->head.err, ERR_ENV, "layer '%s': the process that ran it ended (%s): each of --jobs %d needs memory for a device, take fewer", j->layer[layer_of(j, unit)].name,
			     WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "it failed", j->how->processes);
}

/* the pipe ends: after its last unit, or with its process */
static void end_worker(struct jobs *j, struct worker *w)
{
	struct rusage use = { 0 };

	close(w->fd);
	w->fd = -1;
	while (wait4(w->pid, &j->status, 0, &use) < 0 && errno == EINTR)
		;
	j->memory += use.ru_maxrss;
	w->pid = 0;
	if (w->unit >= 0)
		lose(j, w->unit, j->status);
	w->unit = -1;
}

/* one message, or the end */
static void hear(struct jobs *j, struct worker *w)
{
	struct message m;
	struct answer *a;

	if (!get(w->fd, &m, sizeof(m))) {
		end_worker(j, w);
		return;
	}
	w->unit = m.unit;
	if (!m.answer)
		return;
	a = &j->answer[m.unit];
	a->words = MEM_NEW(m.words, int32_t);
	if (!get(w->fd, &a->sum, sizeof(a->sum)) || !get(w->fd, a->words, m.words * sizeof(*a->words))) {
		end_worker(j, w);
		return;
	}
	a->head = m;
	a->here = true;
	w->unit = -1;
}

/* until the answer of a unit is here */
static void await(struct jobs *j, int unit, struct progress *bar)
{
	struct pollfd *at = MEM_NEW((size_t)j->n_workers, struct pollfd);

	while (!j->answer[unit].here) {
		int open = 0, here = 0;

		for (int i = 0; i < j->n_workers; i++) {
			at[i] = (struct pollfd){ j->worker[i].fd, POLLIN, 0 };
			open += j->worker[i].fd >= 0;
		}
		if (!open) /* who took it said nothing any more */
			lose(j, unit, j->status);
		if (!open || poll(at, (nfds_t)j->n_workers, -1) < 0) /* or a signal */
			continue;
		for (int i = 0; i < j->n_workers; i++)
			if (at[i].fd >= 0 && at[i].revents)
				hear(j, &j->worker[i]);
		for (int i = 0; i < j->n_units; i++)
			here += j->answer[i].here;
		progress_at(bar, (uint64_t)here);
	}
	free(at);
}

static int take_answer(struct jobs *j, int unit, struct progress *bar, struct err *e)
{
	struct answer *a = &j->answer[unit];
	struct case_unit u = unit_of(j, unit);

	await(j, unit, bar);
	if (a->head.rc) {
		*e = a->head.err;
		return -1;
	}
	case_unit_add(&j->k, &a->sum);
	case_unit_copy(&j->k, &j->layer[j->at].cuts, &u, a->words, true);
	free(a->words);
	a->words = NULL;
	return 0;
}

/* Processes that are still at work have nothing more to say: an error, or all answers are here and they are leaving. */
static void end_workers(struct jobs *j, bool kill_them)
{
	for (int i = 0; i < j->n_workers; i++) {
		struct worker *w = &j->worker[i];

		if (w->pid && kill_them)
			kill(w->pid, SIGKILL);
		if (w->pid)
			end_worker(j, w);
	}
	for (int i = 0; i < j->n_units; i++)
		free(j->answer[i].words);
	free(j->answer);
	free(j->worker);
	j->answer = NULL;
	j->worker = NULL;
	j->n_workers = 0;
	munmap(j->shared, sizeof(*j->shared));
}

/* ---- the layers in order ---- */

static int run_layers(struct jobs *j, struct progress *bar, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < j->source.n && !rc; i++) {
		const struct layer *l = &j->layer[i];

		rc = load(j, i, e);
		for (int u = l->unit; u < l->unit + case_units(&l->cuts, l->tokens) && !rc; u++) {
			struct case_sum sum;

			if (j->answer) {
				rc = take_answer(j, u, bar, e);
				continue;
			}
			rc = run_unit(j, u, &sum, e);
			if (!rc)
				case_unit_add(&j->k, &sum);
		}
		if (!rc)
			rc = j->how->done(j->how->ctx, &j->k, e);
	}
	return rc;
}

static int run_alone(struct jobs *j, struct err *e)
{
	int rc;

	j->bar.alone = j->n_units == 1 && j->layer[0].cuts.n == 1;
	if (!j->bar.alone) {
		progress_begin(&j->bar.line, "programs", (uint64_t)j->n_units);
		j->bar.line.scale = BAR_SHARE;
	}
	rc = run_layers(j, NULL, e);
	if (!j->bar.alone)
		progress_end(&j->bar.line);
	return rc;
}

static int run_processes(struct jobs *j, int n, struct err *e)
{
	struct progress bar;
	int rc = 0;

	j->shared = mmap(NULL, sizeof(*j->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (j->shared == MAP_FAILED)
		BUG("no page to share: %s", strerror(errno));
	j->worker = MEM_NEW((size_t)n, struct worker);
	j->answer = MEM_NEW((size_t)j->n_units, struct answer);
	for (int i = 0; i < n && !rc; i++)
		rc = start_worker(j, e);
	progress_begin(&bar, "programs", (uint64_t)j->n_units);
	if (!rc)
		rc = run_layers(j, &bar, e);
	progress_end(&bar);
	end_workers(j, rc != 0);
	return rc;
}

int jobs_run(struct jobs *j, const struct jobs_how *how, struct err *e)
{
	int n = how->processes < j->n_units ? how->processes : j->n_units, rc;

	j->how = how;
	if (j->at > 0) /* the last that was planned */
		drop(j);
	rc = n > 1 ? run_processes(j, n, e) : run_alone(j, e);
	drop(j);
	cosim_close(j->runner.device);
	j->runner.device = NULL;
	return rc;
}

int jobs_check(const struct cfg *c, long processes, struct err *e)
{
	bool noise = c->noise != 0;

	if (processes > 1 && (noise || c->adc == CFG_STOCHASTIC))
		return err_set(e, ERR_INPUT, "--jobs %ld with %s, drawn from program to program in one order: legal 1; leave --jobs out", processes, noise ? "nonideal.noise" : "stochastic converters");
	return 0;
}

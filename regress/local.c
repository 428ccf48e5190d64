/* SPDX-License-Identifier: Apache-2.0 */
#include "regress/local.h"
#include "common/mem.h"
#include "common/progress.h"
#include "regress/result.h"
#include "regress/stop.h"
#include <stdlib.h>
#include <string.h>

#define PROGRAM "/proc/self/exe" /* of the child, which is this program even when its file has been replaced */
static const double pause_s = 0.1; /* how often others are looked at */

struct slot { struct child child; struct regress_case *c; int attempt; bool builds; };

struct pool {
	struct regress_store *store;
	struct regress_keys *keys;
	const struct regress_how *how;
	struct regress_case *const *todo;
	bool *over;       /* [n]: has a result, or runs in a slot */
	size_t n, first;  /* all before first are over */
	size_t done;
	struct slot *slot;
	int busy;
};

enum pick { PICKED, NOTHING, OTHERS /* another process has what is left */, DEVICE /* ... is compiling it, or we are */ };

static bool builds_here(const struct pool *p, const char *group)
{
	for (int i = 0; i < p->how->jobs; i++)
		if (p->slot[i].c && p->slot[i].builds && !strcmp(p->slot[i].c->group, group))
			return true;
	return false;
}

/* 1: its device is there, or ours to make (*builds); 0: it is being made; -1 */
static int claim_device(struct pool *p, const char *group, bool *builds, struct err *e)
{
	int rc;

	*builds = false;
	if (regress_device_known(p->store, group))
		return 1;
	if (builds_here(p, group))
		return 0;
	rc = regress_claim(p->store, group, e);
	if (rc != 1)
		return rc;
	*builds = !regress_device_known(p->store, group); /* it may have been made this moment */
	if (!*builds)
		regress_give_back(p->store, group);
	return 1;
}

/* the next case for the slot */
static enum pick pick(struct pool *p, struct slot *s, struct err *e)
{
	enum pick why = NOTHING;
	const char *blocked = NULL;

	while (p->first < p->n && p->over[p->first])
		p->first++;
	for (size_t i = p->first; i < p->n; i++) {
		struct regress_case *c = p->todo[i];
		int rc;

		if (p->over[i] || (blocked && !strcmp(blocked, c->group)))
			continue;
		rc = claim_device(p, c->group, &s->builds, e);
		if (rc == 0) {
			blocked = c->group;
			why = DEVICE;
		}
		if (rc == 1)
			rc = regress_claim(p->store, c->key, e);
		else
			continue;
		if (rc == 1 && !regress_store_has(p->store, c->key)) {
			s->c = c;
			p->over[i] = true;
			return PICKED;
		}
		if (s->builds)
			regress_give_back(p->store, c->group);
		if (rc == 1) { /* done by somebody else */
			regress_give_back(p->store, c->key);
			p->over[i] = true;
			p->done++;
		} else if (why == NOTHING) {
			why = OTHERS;
		}
	}
	return why;
}

static int start(struct pool *p, struct slot *s, struct err *e)
{
	char **words = regress_argv(s->c);
	const char **argv;
	size_t n = 0;
	int rc;

	while (words[n])
		n++;
	argv = MEM_NEW(n + 3, const char *);
	argv[0] = PROGRAM;
	memcpy(argv + 1, words, n * sizeof(*argv));
	argv[n + 1] = "--json";
	s->attempt++;
	rc = regress_attempt(p->store, s->c->key, "begin", e) || child_start(&s->child, argv, (double)p->how->timeout, e) ? -1 : 0;
	free(argv);
	regress_argv_free(words);
	return rc;
}

/* What the key promised must still hold: an input that was edited meanwhile has no result. */
static bool is_what_was_planned(struct pool *p, const struct regress_case *c)
{
	struct regress_case now = *c;
	struct err ignored = { 0 };

	return !regress_key(p->keys, &now, "", &ignored) && !strcmp(now.key, c->key);
}

/* 1: it runs again */
static int finish(struct pool *p, struct slot *s, struct child_end *end, struct err *e)
{
	enum regress_verdict v;
	json_t *result = regress_result_new(s->c->key, end, s->attempt, &v);
	bool again = !regress_settled(v) && s->attempt <= p->how->retries;
	int rc;

	if (regress_settled(v) && !is_what_was_planned(p, s->c)) {
		json_decref(result);
		v = REGRESS_ERROR;
		result = regress_result_none(s->c->key, v, s->attempt, "an input, bitline or a tool is another one than when the case was planned; start again");
	}
	rc = regress_attempt(p->store, s->c->key, regress_verdict_name[v], e);
	if (!rc && !again)
		rc = regress_store_put(p->store, s->c->key, result, e);
	if (!rc && v <= REGRESS_DIFFERENT && s->builds)
		rc = regress_device_made(p->store, s->c->group, e);
	json_decref(result);
	if (rc || again)
		return rc ? -1 : 1;
	if (s->builds)
		regress_give_back(p->store, s->c->group);
	regress_give_back(p->store, s->c->key);
	memset(s, 0, sizeof(*s));
	p->busy--;
	p->done++;
	return 0;
}

static int look(struct pool *p, struct err *e)
{
	for (int i = 0; i < p->how->jobs; i++) {
		struct slot *s = &p->slot[i];
		struct child_end end;
		int rc;

		if (!s->c || !child_poll(&s->child, &end))
			continue;
		rc = finish(p, s, &end, e);
		child_end_release(&end);
		if (rc < 0 || (rc && start(p, s, e)))
			return -1;
	}
	return 0;
}

/* 1: there is nothing left to wait for */
static int fill(struct pool *p, struct err *e)
{
	enum pick why = NOTHING;

	for (int i = 0; i < p->how->jobs && !e->code; i++) {
		struct slot *s = &p->slot[i];

		if (s->c)
			continue;
		why = pick(p, s, e);
		if (e->code || why != PICKED)
			break;
		s->attempt = 0;
		p->busy++;
		if (start(p, s, e))
			return -1;
	}
	if (e->code)
		return -1;
	return !p->busy && (why == NOTHING || (why == OTHERS && !p->how->wait));
}

int regress_local(struct regress_store *store, struct regress_keys *k, struct regress_case *const *todo, size_t n, const struct regress_how *how, int *stopped, struct err *e)
{
	struct pool p = { .store = store, .keys = k, .how = how, .todo = todo, .over = MEM_NEW(n, bool), .n = n, .slot = MEM_NEW((size_t)how->jobs, struct slot) };
	struct progress bar;
	struct stop stop;
	int rc = 0;

	*stopped = 0;
	progress_begin(&bar, "cases", n);
	stop_begin(&stop);
	while (!rc && !*stopped) {
		rc = fill(&p, e);
		if (!rc)
			*stopped = stop_wait(&stop, pause_s);
		if (!rc && !*stopped)
			rc = look(&p, e);
		progress_at(&bar, p.done);
	}
	for (int i = 0; i < how->jobs; i++) {
		struct slot *s = &p.slot[i];
		struct child_end end;

		if (!s->c || !s->child.pid)
			continue;
		child_kill(&s->child);
		while (!child_poll(&s->child, &end))
			stop_wait(&stop, pause_s);
		child_end_release(&end);
		regress_give_back(store, s->c->key);
		regress_give_back(store, s->c->group);
	}
	stop_end(&stop);
	progress_end(&bar);
	free(p.over);
	free(p.slot);
	return rc < 0 ? -1 : 0;
}

/* Threads take the next open point until there is none. A point's figures are its own: nothing depends on who costs it, or when.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "common/progress.h"
#include "explore/explore.h"
#include <pthread.h>
#include <stdlib.h>

struct run {
	struct explore_points *p;
	const struct explore_model *m;
	struct explore_journal *j;
	pthread_mutex_t lock; /* over everything below, the journal and the states of points */
	size_t next, open, done;
	struct progress progress;
	struct err *e;        /* code set: nobody takes another point */
};

static struct explore_point *take(struct run *r)
{
	while (r->next < r->p->n && r->p->point[r->next].state != EXPLORE_OPEN)
		r->next++;
	return r->next < r->p->n && !r->e->code ? &r->p->point[r->next++] : NULL;
}

static void finish(struct run *r, struct explore_point *q, int failed, const struct err *why)
{
	if (failed && why->code != ERR_INPUT) {
		err_set(r->e, why->code, "%s", why->text);
		return;
	}
	q->state = failed ? EXPLORE_SKIPPED : EXPLORE_DONE;
	if (failed)
		q->reason = mem_strdup(why->text);
	if (r->j)
		explore_journal_add(r->j, q, r->e);
	progress_at(&r->progress, ++r->done);
}

static void *work(void *ctx)
{
	struct run *r = ctx;
	struct explore_point *q;

	pthread_mutex_lock(&r->lock);
	while ((q = take(r))) {
		struct err why = { 0 };
		int failed;

		pthread_mutex_unlock(&r->lock);
		failed = r->m->cost(r->m->ctx, q, &q->result, &why);
		pthread_mutex_lock(&r->lock);
		finish(r, q, failed, &why);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

int explore_run(struct explore_points *p, const struct explore_model *m, int jobs, struct explore_journal *j, struct err *e)
{
	struct run r = { .p = p, .m = m, .j = j, .lock = PTHREAD_MUTEX_INITIALIZER, .e = e };
	pthread_t *thread;
	int n = 0;

	for (size_t i = 0; i < p->n; i++)
		r.open += p->point[i].state == EXPLORE_OPEN;
	if ((size_t)jobs > r.open)
		jobs = (int)r.open;
	thread = MEM_NEW((size_t)jobs, pthread_t);
	progress_begin(&r.progress, "points", r.open);
	/* this thread works too: with none that can be started it does everything */
	while (n < jobs - 1 && !pthread_create(&thread[n], NULL, work, &r))
		n++;
	work(&r);
	while (n > 0)
		pthread_join(thread[--n], NULL);
	progress_end(&r.progress);
	free(thread);
	return e->code ? -1 : 0;
}

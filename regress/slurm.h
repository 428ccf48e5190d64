/* Runs cases as job arrays of Slurm: each task is a `bitline regress --worker PLAN --task K` that runs a batch. What is missing when all tasks have ended (a node or a
 * worker died, somebody cancelled) is submitted again. What Slurm is asked goes by the name of the job, made of the directory: a controller that was away, an answer of
 * sbatch that got lost, or a second `bitline regress` of the same directory find the tasks that are there.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REGRESS_SLURM_H
#define REGRESS_SLURM_H
#include "regress/list.h"
#include "regress/store.h"

struct regress_slurm {
	int batch;      /* cases per task */
	int jobs;       /* tasks at a time, 0: no limit */
	int retries;
	long timeout;   /* seconds of one attempt of a case, 0: none */
	long patience;  /* seconds that sbatch and squeue may fail in a row */
	const char *const *option; size_t n_options; /* more words for sbatch */
};

/* As regress_local, but for a case whose worker died over it more often than retries: that one gets the result "crashed". The folder slurm/ of the store has plans and logs. */
int regress_slurm(struct regress_store *s, struct regress_case *const *todo, size_t n, const struct regress_slurm *how, int *stopped, struct err *e);

/* A plan as a task reads it. */
struct regress_plan { char *dir; int retries; long timeout; struct regress_list list; size_t *batch; size_t n_batches; /* batch b: cases batch[b]..batch[b + 1] - 1 */ };
/* ERR_INPUT: not a plan of ours */
int regress_plan_read(struct regress_plan *p, const char *path, struct err *e);
void regress_plan_release(struct regress_plan *p);
/* the text of a plan, which has p->list's cases */
void regress_plan_text(const struct regress_plan *p, struct buf *out);

#endif

/* The layers of a run, in one process or in several (`bitline cosim --jobs N`). What is run, its figures and its files do not depend on N: layers are cut into units
 * (cosim_cut.h) by configuration, layer and placement alone, and the parent adds their sums and results to the layers in the order of a single process.
 * A process is a fork made after the device has been built; it opens a device of its own, takes the next unit that nobody has, and sends home what came out.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COSIM_JOBS_H
#define CLI_COSIM_JOBS_H
#include "cli/cosim_cut.h"

/* make: the n-th layer, every time the same, in the parent or in a process of its own; k is zeroed by nobody else */
struct jobs_source {
	int n;
	int (*make)(void *ctx, int layer, struct cosim_case *k, struct err *e);
	void *ctx;
};

struct jobs_how {
	const struct cli_tables *tables;
	const struct cli_tree *tree;  /* asymmetric search, kept by the caller; NULL: binary */
	double stall; uint64_t seed;
	int processes;                /* 1: in this one */
	struct cosim *(*open)(void *ctx, struct err *e); /* a device, in the process that will use it */
	/* layer after layer in order, run and placed; case_check and all that follows is the caller's */
	int (*done)(void *ctx, struct cosim_case *k, struct err *e);
	void *ctx;
};

struct jobs;
/* Every layer is made and must fit before the first one runs. histogram: NULL, or the counts of all layers over their inputs are added to it. */
struct jobs *jobs_plan(const struct cfg *c, const struct jobs_source *source, uint64_t *histogram, struct err *e);
int jobs_units(const struct jobs *j);
int jobs_run(struct jobs *j, const struct jobs_how *how, struct err *e);
/* largest resident memory of the processes that jobs_run made, added up, in KiB (pages that they share are counted for each) */
long jobs_memory(const struct jobs *j);
void jobs_free(struct jobs *j);

/* Draws of stochastic converters and of noise go on from program to program: only one process meets them in their order. ERR_INPUT for more. */
int jobs_check(const struct cfg *c, long processes, struct err *e);

#endif

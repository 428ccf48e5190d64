/* The parts of `bitline explore`.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_EXPLORE_TASKS_H
#define CLI_EXPLORE_TASKS_H
#include "cli/cli.h"
#include "explore/explore.h"

struct explore_options {
	const char *config, *model, *factors, *cost, *out, *occupancy;
	const char *list[EXPLORE_AXES];
	struct opt_list set;
	long tokens, arrays, jobs, first, count;
	bool json;
};

/* --model with --factors: shapes:NAME, or a checkpoint as it is */
int explore_load(struct workload *w, const char *model, const char *factors, struct err *e);

/* latency against energy (where no point has one: comparisons), what is known of a point as tips */
void explore_plot(const struct explore_points *p, const char *model, const char *subtitle, struct buf *out);

/* --occupancy: p has the one combination; places it and writes the picture */
int explore_occupancy(const struct explore_options *o, const struct explore_points *p, const struct cost_table *t, const struct workload *w, struct err *e);

#endif

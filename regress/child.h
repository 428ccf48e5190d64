/* A child process: its standard output and error in memory, its end, its limit of time. It dies with the process that started it, and all that it started with it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REGRESS_CHILD_H
#define REGRESS_CHILD_H
#include "common/buf.h"
#include "common/err.h"
#include <stdbool.h>
#include <sys/types.h>

struct child { pid_t pid; int out, err; double start, limit; bool late; };

struct child_end {
	int status;          /* of exit; 127: the program could not be started */
	int signal;          /* that ended it, 0: none */
	bool late;           /* it was stopped after its limit */
	double seconds;
	struct buf out, err; /* what it printed */
};

/* argv[0] is looked for in PATH. limit: seconds, 0: none */
int child_start(struct child *c, const char *const *argv, double limit, struct err *e);
/* 1: it has ended, end is filled and owns its buffers; 0: it runs (and is killed when its time is over) */
int child_poll(struct child *c, struct child_end *end);
/* it and its children, at once */
void child_kill(struct child *c);
/* start and wait; -1 and e set when it could not be started (also: no such program) */
int child_run(const char *const *argv, double limit, struct child_end *end, struct err *e);
void child_end_release(struct child_end *end);

#endif

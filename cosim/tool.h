/* Running a tool (Verilator, the C++ compiler): argument vector, working directory, everything it prints into a log file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_TOOL_H
#define COSIM_TOOL_H
#include "common/buf.h"
#include "common/err.h"

/* argv of a tool while it is put together; strings are copied */
struct tool_args { char **v; int n, cap; };

/* one more word, as printf makes it; never split at blanks */
void tool_add(struct tool_args *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void tool_release(struct tool_args *a);

/* Runs argv in dir (NULL: here), appends stdout and stderr to log. Returns the exit status, 127 when it could not be started, -1 and e set on a fault of the system. */
int tool_run(const struct tool_args *a, const char *dir, const char *log, struct err *e);
/* The same in two steps, for several at a time: the process, or -1 and e set; then its exit status, TOOL_RUNS while it runs, -1 and e set. */
enum { TOOL_RUNS = -2 };
int tool_start(const struct tool_args *a, const char *dir, const char *log, struct err *e);
int tool_poll(int pid, const char *name, struct err *e);
/* Seconds that a tool may take: $BITLINE_TOOL_LIMIT, else an hour. One that takes longer ends with status 128 + SIGALRM; one whose caller dies ends with it. */
int tool_limit(void);
/* What the tool prints on stdout for one option ("--version"), trimmed; a minute at most. ERR_ENV with "make deps" when it is missing. */
int tool_ask(const char *program, const char *option, const char *option2, struct buf *out, struct err *e);
/* rm -r of a directory that this program made; faults are ignored (it is a temporary) */
void tool_remove_tree(const char *dir);

#endif

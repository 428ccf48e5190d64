/* Waiting for a child's end, for some time, or for somebody who wants us to stop: SIGINT, SIGTERM, SIGHUP, unless they were ignored before (nohup).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REGRESS_STOP_H
#define REGRESS_STOP_H
#include <signal.h>

struct stop { sigset_t wanted, old; };

void stop_begin(struct stop *s);
/* Until a child ends or seconds are over. The signal that asks us to stop, 0: go on. */
int stop_wait(const struct stop *s, double seconds);
void stop_end(const struct stop *s);
/* the end that a shell expects of a program that was stopped by that signal */
_Noreturn void stop_die(int signal);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "regress/stop.h"
#include <stdlib.h>
#include <time.h>

void stop_begin(struct stop *s)
{
	static const int asks[] = { SIGINT, SIGTERM, SIGHUP };

	sigemptyset(&s->wanted);
	sigaddset(&s->wanted, SIGCHLD);
	signal(SIGCHLD, SIG_DFL); /* ignored, children would go without their status */
	for (int i = 0; i < 3; i++) {
		struct sigaction now;

		if (!sigaction(asks[i], NULL, &now) && now.sa_handler != SIG_IGN)
			sigaddset(&s->wanted, asks[i]);
	}
	sigprocmask(SIG_BLOCK, &s->wanted, &s->old);
}

int stop_wait(const struct stop *s, double seconds)
{
	struct timespec t = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };
	int got = sigtimedwait(&s->wanted, NULL, &t);

	return got == SIGINT || got == SIGTERM || got == SIGHUP ? got : 0;
}

void stop_end(const struct stop *s)
{
	sigprocmask(SIG_SETMASK, &s->old, NULL);
}

_Noreturn void stop_die(int number)
{
	signal(number, SIG_DFL);
	raise(number);
	exit(128 + number); /* blocked by whoever started us */
}

/* A progress line on standard error.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/progress.h"
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

double progress_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void progress_begin(struct progress *p, const char *what, uint64_t total)
{
	p->what = what;
	p->total = total;
	p->start = p->last = progress_now();
	p->shown = isatty(STDERR_FILENO) ? 0 : -1; /* -1: never show */
}

void progress_at(struct progress *p, uint64_t done)
{
	double now;

	if (p->shown < 0)
		return;
	now = progress_now();
	if (now - p->last < 0.1)
		return;
	p->last = now;
	p->shown = 1;
	fprintf(stderr, "\r%s: %" PRIu64 " of %" PRIu64 " (%.0f %%), %.0f s\033[K", p->what, done, p->total,
		p->total ? 100.0 * (double)done / (double)p->total : 100.0, now - p->start);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown > 0)
		fputs("\r\033[K", stderr);
	p->shown = -1;
}

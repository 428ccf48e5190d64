/* SPDX-License-Identifier: Apache-2.0 */
#include "common/progress.h"
#include "common/term.h"
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define FIRST_AFTER 0.5 /* seconds: what is done sooner needs no line */
#define BETWEEN 0.1
enum { NEVER = -1, HIDDEN, SHOWN, WIDTH = 80 /* where the terminal does not say */, WIDEST = 200 };

static bool on_screen;

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
	p->scale = 1;
	p->start = progress_now();
	p->last = p->start + FIRST_AFTER - BETWEEN;
	p->shown = isatty(STDERR_FILENO) && term_level() != TERM_QUIET ? HIDDEN : NEVER;
}

void progress_left(double s, char text[24])
{
	if (s < 120)
		snprintf(text, 24, "%.0f s left", s);
	else if (s < 7200)
		snprintf(text, 24, "%.0f min left", s / 60);
	else
		snprintf(text, 24, "%.1f h left", s / 3600 < 9999 ? s / 3600 : 9999.0);
}

/* things per second, then the time that the rest takes at this rate */
static void rate_and_left(double done, double all, double seconds, char *text, size_t room)
{
	double rate = done / seconds;
	const char *unit = rate >= 1e6 ? "M/s" : rate >= 1e4 ? "k/s" : "/s";
	double shown = rate >= 1e6 ? rate / 1e6 : rate >= 1e4 ? rate / 1e3 : rate;
	char left[24];

	progress_left(all > done ? (all - done) / rate : 0, left);
	if (rate < 0.1)
		snprintf(text, room, ", %.0f s each, %s", 1 / rate, left);
	else
		snprintf(text, room, shown < 10 ? ", %.2g%s%s, %s" : ", %.0f%s%s, %s", shown, *unit == '/' ? "" : " ", unit, left);
}

static void show(const struct progress *p, uint64_t steps, double now)
{
	double done = (double)steps / (double)p->scale, all = (double)p->total, seconds = now - p->start;
	char text[WIDEST + 1];
	struct winsize w;
	size_t n, width = WIDTH;

	if (!p->total)
		n = (size_t)snprintf(text, sizeof(text), "%s: %.0f s", p->what, seconds);
	else
		n = (size_t)snprintf(text, sizeof(text), "%s: %" PRIu64 " of %" PRIu64 " (%.0f %%)", p->what, steps / p->scale, p->total, 100 * done / all);
	if (p->total && !steps && n < sizeof(text))
		snprintf(text + n, sizeof(text) - n, ", %.0f s", seconds);
	else if (p->total && n < sizeof(text))
		rate_and_left(done, all, seconds, text + n, sizeof(text) - n);
	if (!ioctl(STDERR_FILENO, TIOCGWINSZ, &w) && w.ws_col)
		width = w.ws_col;
	if (strlen(text) >= width) /* a line that wraps could not be erased */
		text[width - 1] = '\0';
	fprintf(stderr, "\r%s\033[K", text);
	fflush(stderr);
	on_screen = true;
}

void progress_at(struct progress *p, uint64_t done)
{
	double now;

	if (p->shown == NEVER)
		return;
	now = progress_now();
	if (now - p->last < BETWEEN)
		return;
	p->last = now;
	p->shown = SHOWN;
	show(p, done, now);
}

void progress_hide(void)
{
	if (on_screen)
		fputs("\r\033[K", stderr);
	on_screen = false;
}

void progress_end(struct progress *p)
{
	if (p->shown == SHOWN)
		progress_hide();
	p->shown = NEVER;
}

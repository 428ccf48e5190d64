/* A progress line on standard error, with rate and time left: only on a terminal, at most ten times a second, from half a second on, erased when done; none with -q.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_PROGRESS_H
#define COMMON_PROGRESS_H
#include <stdint.h>

/* scale: steps of progress_at that make one of what is shown, for a thing whose parts are long themselves */
struct progress { const char *what; uint64_t total, scale; double start, last; int shown; };

/* total: of things, scale 1 until the caller says otherwise; 0: not known, the seconds are shown */
void progress_begin(struct progress *p, const char *what, uint64_t total);
void progress_at(struct progress *p, uint64_t done); /* in steps; less than before is shown as it is */
void progress_end(struct progress *p);
void progress_hide(void); /* the line that is shown now, before something else is printed; the next progress_at shows it again */
double progress_now(void); /* monotonic seconds */
/* "12 s left", "3 min left", "1.5 h left" */
void progress_left(double seconds, char text[24]);

#endif

/* A progress line on standard error: only on a terminal, at most ten times a second, erased when done.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_PROGRESS_H
#define COMMON_PROGRESS_H
#include <stdint.h>

struct progress { const char *what; uint64_t total; double start, last; int shown; };

void progress_begin(struct progress *p, const char *what, uint64_t total);
void progress_at(struct progress *p, uint64_t done);
void progress_end(struct progress *p);
double progress_now(void); /* monotonic seconds */

#endif

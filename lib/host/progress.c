/* A library shows no progress: in libbitline these stand in for those of common/progress.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/progress.h"

void progress_begin(struct progress *p, const char *what, uint64_t total)
{
	(void)p, (void)what, (void)total;
}

void progress_at(struct progress *p, uint64_t done)
{
	(void)p, (void)done;
}

void progress_end(struct progress *p)
{
	(void)p;
}

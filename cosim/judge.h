/* Lock-step comparison: every probe event against the golden machine's next event of that kind and tile. The first difference is put into words.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_JUDGE_H
#define COSIM_JUDGE_H
#include "cosim/expected.h"

struct judge_window { bool open; uint64_t first, last; }; /* take and finish of the current resident pass */

struct judge {
	const struct gm_hw *hw;
	const struct cosim_job *job;
	struct expected *x;          /* NULL: the device is the golden machine itself, or nothing is compared */
	struct cosim_result *r;
	struct judge_window *window; /* [tiles] */
	bool on;                     /* between start and the last event of a run */
	bool windows;                /* takes and finishes are seen */
	uint64_t (*clock)(void *ctx); void *clock_ctx; /* the device's, for the first difference; NULL: none */
};

/* probes that feed j (j may be empty until a run begins) */
void judge_probe(struct judge *j, struct shim_probe *p);
void judge_beat(struct judge *j, uint64_t data, bool last);
/* after the run: events that never came, counters, cycles; with x NULL the mapper's prediction alone */
void judge_end(struct judge *j);
/* counts a difference; the first is kept: "layer 'NAME': " and the text */
void judge_differ(struct judge *j, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif

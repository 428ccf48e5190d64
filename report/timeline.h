/* Who computes, who converts, who waits: a window clock by clock, and the share of tiles in each state over a whole program.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_TIMELINE_H
#define REPORT_TIMELINE_H
#include "common/buf.h"
#include <stddef.h>
#include <stdint.h>

/* in the order of the legend; the first group is the sequencer's, the second a tile's */
enum timeline_state { TL_CONTROL, TL_INPUT, TL_LOAD, TL_ACTIVATE, TL_OUTPUT, TL_END, TL_WAIT, TL_EVALUATE, TL_HOLD, TL_ASK, TL_SERVE, TL_CONVERT, TL_DRAIN, TL_STATES };
extern const char *const timeline_name[TL_STATES]; /* "control" .. "drain", as timeline.json has them */
enum timeline_lane { TL_ARRAY, TL_CONVERTER, TL_ADDER, TL_LANES };
extern const char *const timeline_lane_name[TL_LANES];
enum { TL_MOST_TILES = 64, TL_MOST_BINS = 400, TL_DRAWN_TILES = 8 };

struct timeline_span { enum timeline_state state; int64_t begin, end; };
struct timeline_spans { struct timeline_span *span; size_t n; };

struct timeline {
	const char *layer;
	int64_t clocks, watched, from, to;
	int tiles;
	struct timeline_spans sequencer, lane[TL_MOST_TILES][TL_LANES];
	uint64_t total[TL_MOST_TILES][TL_STATES];
	int64_t step;                                 /* clocks of a bin */
	int bins;
	uint64_t profile[TL_STATES][TL_MOST_BINS];    /* tile-clocks */
};

/* figures with their tables (report/page.h) */
void timeline_window(const struct timeline *t, struct buf *out);
void timeline_profile(const struct timeline *t, struct buf *out);

#endif

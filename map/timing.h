/* The tiles' side of docs/isa.md section 6: when each activation is transferred, taken, converted, drained.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_TIMING_H
#define MAP_TIMING_H
#include "map/map.h"

enum { TIMING_DRAINS = 16 /* one more than the largest lag */ };

struct timing_tile {
	uint64_t n;              /* activations handed over */
	uint64_t shadow_free;    /* first clock in which the shadow latch shows free */
	uint64_t last_take;      /* of the last activation */
	uint64_t last_finish;    /* f of the last plane converted */
	uint64_t drain[TIMING_DRAINS]; /* g of activation n at n mod TIMING_DRAINS: first clock in which pending shows - 1 */
	/* the window: from the first take after a LOAD to the last finish before the next; what the tile has to do in it, by resource */
	uint64_t work;           /* activations in it, 0: not open */
	uint64_t first_take;
	uint64_t conversion;     /* clocks its planes occupy the converters, taken to taken */
	uint64_t idle_tail;      /* of them, those after the finish of the last plane */
	uint64_t first_conversion, recent[3]; /* of its first activation, taken to finished; of its last three, newest first */
	uint64_t drained, last_drains; /* clocks of all drains; of the last two */
	uint64_t last_drain;
	uint64_t issued_first, issued_last; /* sequencer clocks without waits, up to the first and the last hand-over */
	uint64_t front;          /* clock before which the last hand-over could not be, because of other tiles */
};

struct timing {
	const struct cfg *cfg;
	struct timing_tile *tile;
	int planes;
	struct map_counts counts;
	uint64_t front;          /* clock before which the newest hand-over could not be: two activations may wait behind the one that converts */
	uint64_t least;          /* sum over windows: clocks that no window with this work can be shorter than */
};

void timing_init(struct timing *t, const struct cfg *c);
void timing_release(struct timing *t);
/* first clock in which the tile shows pending <= lag */
uint64_t timing_pending_at_most(const struct timing *t, int tile, int lag);
uint64_t timing_shadow_free(const struct timing *t, int tile);
/* i->tile, i->col_start are resolved; handed over to every tile of the set in clock h; issued: sequencer clocks so far */
void timing_activate(struct timing *t, const struct map_instr *i, uint64_t h, uint64_t issued);
/* a LOAD to the set ends the windows of its tiles */
void timing_load(struct timing *t, const struct map_instr *i);
/* ends all windows and hands the counts over (all but cycles) */
void timing_finish(struct timing *t, struct map_counts *out);

#endif

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
	/* the window: from the first take after a LOAD */
	bool open;
	uint64_t first_take;
	/* the segment: what this tile has to do from one round of LOADs to the next, by resource */
	uint64_t work;           /* activations in it */
	uint64_t conversion;     /* clocks its planes occupy the converters */
	uint64_t first_conversion, last_conversion; /* of its first and last activation */
	uint64_t drained, last_drains; /* clocks of all drains; of the last two */
	uint64_t last_drain;
	uint64_t issued_first, issued_last; /* sequencer clocks without waits, up to the first and the last hand-over */
};

struct timing {
	const struct cfg *cfg;
	struct timing_tile *tile;
	int planes;
	bool active;             /* an activation since the last LOAD */
	struct map_counts counts;
	uint64_t least;          /* sum over segments and tiles: clocks that no order of instructions could beat */
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

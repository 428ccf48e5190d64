/* The tiles' side of docs/isa.md section 6: when each activation is transferred, taken, converted, drained.
 * Local references: a tile runs by itself, and its recurrence is evaluated at the hand-over. Immersed ones: turns.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_TIMING_H
#define MAP_TIMING_H
#include "map/map.h"
#include "map/window.h"

enum { TIMING_DRAINS = 16 /* one more than the largest lag */ };

struct timing_tile {
	uint64_t n;              /* activations handed over */
	uint64_t shadow_free;    /* first clock in which the shadow latch shows free */
	uint64_t last_take;      /* of the last activation */
	uint64_t last_finish;    /* f of the last plane converted */
	uint64_t drain[TIMING_DRAINS]; /* g of activation n at n mod TIMING_DRAINS: first clock in which pending shows - 1 */
	double owed;             /* part of a clock that planes of mean length (asymmetric search) have left over */
	struct window window;
};

/* what all planes of an activation have in common */
struct timing_plane {
	uint64_t rounds;
	double compare;          /* clocks in which its converters compare; a whole number unless the search is asymmetric */
};

struct turns;

struct timing {
	const struct cfg *cfg;
	double steps;            /* of a round, asymmetric search; else 0 */
	struct timing_tile *tile;
	struct turns *turns;     /* NULL: local references */
	int planes, evaluate;    /* planes of an activation; E: clocks of precharge and evaluation */
	struct map_counts counts; /* so far; the sequencer adds its waits */
	uint64_t front;          /* clock before which the newest hand-over could not be: two activations may wait behind the one that converts */
	uint64_t least;          /* sum over windows: clocks that no window with this work can be shorter than */
};

/* steps: of every round where the search is asymmetric, else ignored */
void timing_init(struct timing *t, const struct cfg *c, double steps);
void timing_release(struct timing *t);
/* Questions about the tile as the sequencer has left it; the turns are taken as far as the answer needs.
 * A later hand-over must not be before a clock that was an answer. */
uint64_t timing_pending_at_most(struct timing *t, int tile, int lag); /* first clock in which the tile shows pending <= lag */
uint64_t timing_shadow_free(struct timing *t, int tile);
/* i->tile, i->col_start are resolved; handed over to every tile of the set in clock h; issued: sequencer clocks so far */
void timing_activate(struct timing *t, const struct map_instr *i, uint64_t h, uint64_t issued);
/* a LOAD to the set, whose tiles have nothing pending, ends the windows of its tiles */
void timing_load(struct timing *t, const struct map_instr *i);
/* with nothing pending: ends all windows and hands the counts over (all but cycles and wait_end) */
void timing_finish(struct timing *t, struct map_counts *out);

/* ---- for turns.c ---- */

/* a plane is taken by the tile: its clocks C, counted */
uint64_t timing_take(struct timing *t, struct timing_tile *s, const struct timing_plane *p);
/* g of the activation before the newest `back` of the first n; 0: there is none */
uint64_t timing_drained(const struct timing_tile *s, uint64_t n, uint64_t back);
/* activation number n of the tile, its last plane taken and finished (last_take, last_finish), drains `cols` columns */
void timing_drain(struct timing_tile *s, uint64_t n, int cols);

#endif

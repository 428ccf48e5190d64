/* Windows: a tile's clocks from the first take after a LOAD to the last finish before the next, and the least that its work needs of them.
 * The converter bound of docs/numerics.md section 9 is compare clocks / sum of these least windows: what converter_busy cannot exceed.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_WINDOW_H
#define MAP_WINDOW_H
#include <stdbool.h>
#include <stdint.h>

/* an activation's share of the resources, clocks */
struct window_work {
	uint64_t planes;         /* its planes in the converters, taken to taken */
	uint64_t tail;           /* of them, those after the finish of the last plane */
	uint64_t drain;
	uint64_t issued;         /* of the sequencer without waits, up to its hand-over */
};

/* what one window has to hold */
struct window {
	bool taken;
	uint64_t first_take;
	uint64_t work;           /* activations, 0: no window is open */
	uint64_t planes, tail;   /* of all; tail of the last */
	uint64_t first, recent[3]; /* planes of the first, taken to finished; of the last three, newest first */
	uint64_t drained, last_drains, last_drain; /* clocks of all drains; of the last two; of the last */
	uint64_t issued_first, issued_last;
	uint64_t front;          /* clock before which the last hand-over could not be, because of other tiles */
};

/* a first plane is taken in clock k; the others before the next first one need not be told */
void window_take(struct window *w, uint64_t k);
void window_add(struct window *w, const struct window_work *a, uint64_t front);
/* clock before which a later hand-over, to any tile, cannot be: all but three of this tile's activations are converted then */
uint64_t window_front(const struct window *w);
/* Clocks that no window with this work can be shorter than: the largest of
 * - the planes' time in the converters,
 * - the drains but for the last two (two accumulator banks), between the first and the last activation,
 * and, in_order (no other tile can hold back the first take):
 * - the sequencer's clocks without waits from the first to the last hand-over, then the last activation,
 * - what other tiles leave: one sequencer hands over in order, and a tile takes an activation only when all but three of its own are converted. */
uint64_t window_least(const struct window *w, bool in_order);

#endif

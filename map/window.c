/* docs/numerics.md section 9, converter bound.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/window.h"

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

void window_take(struct window *w, uint64_t k)
{
	if (!w->taken)
		w->first_take = k;
	w->taken = true;
}

void window_add(struct window *w, const struct window_work *a, uint64_t front)
{
	if (!w->work++) {
		w->issued_first = a->issued;
		w->first = a->planes - a->tail;
	}
	w->issued_last = a->issued;
	w->front = front;
	w->planes += a->planes;
	w->tail = a->tail;
	w->recent[2] = w->recent[1];
	w->recent[1] = w->recent[0];
	w->recent[0] = a->planes;
	w->drained += a->drain;
	w->last_drains = w->last_drain + a->drain;
	w->last_drain = a->drain;
}

uint64_t window_front(const struct window *w)
{
	return w->first_take + w->planes - w->recent[0] - w->recent[1] - w->recent[2];
}

uint64_t window_least(const struct window *w, bool in_order)
{
	uint64_t last = w->recent[0] - w->tail, least = w->planes - w->tail;

	if (w->work < 2)
		return least;
	least = later(least, w->first + (w->drained - w->last_drains) + last);
	if (!in_order)
		return least;
	least = later(least, w->issued_last - w->issued_first + last);
	return later(least, later(w->front + last, w->first_take) - w->first_take);
}

/* Filling arrays with units of equal kind, for dense and dense-strided. `group` consecutive units of a class make one diagonal.
 * The diagonals of a class are dealt to its arrays in turn, so that those of one stage stand in different arrays and work side by side: of D diagonals, q to an array,
 * diagonal d is number d div M of array d mod M, M = ceil(D / q); with fewer than M arrays at hand, batch after batch of that many.
 * An opening is one array image. Openings are numbered in the order of their first unit, so images come in the order of use. Private to place/.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACE_FILL_H
#define PLACE_FILL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fill_unit {
	size_t opening;          /* by fill_sort */
	int at;                  /* by fill_sort: how many units the opening has had before */
	bool alone;              /* in an opening that takes no other */
	int block, n_blocks, spread; uint64_t cut; /* what the unit is: the caller's */
	size_t class, number;    /* which of its class it is */
};

struct fill_class { uint64_t key; int capacity, group; size_t n; size_t *opening; };
struct fill_slot { uint64_t key; size_t class; bool taken; };

struct fill {
	struct fill_unit *unit; size_t n_units;
	size_t n_openings;       /* by fill_sort */
	struct fill_class *class; size_t n_classes;
	struct fill_slot *slot; size_t room; /* open addressing, room a power of two */
};

/* zeroed: empty. capacity: diagonals of this class that an opening takes; group: units of a diagonal; both the same for every unit of the class */
void fill_add(struct fill *f, uint64_t key, int capacity, int group, struct fill_unit u);
void fill_alone(struct fill *f, struct fill_unit u);
/* Deals the units to openings; arrays: how many there are at one time, 0: any number. The units are sorted by opening, in each in the order they were added;
 * returns [n_openings + 1], the first unit of every opening. */
size_t *fill_sort(struct fill *f, long arrays);
void fill_release(struct fill *f);

#endif

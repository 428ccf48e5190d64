/* Filling arrays class by class; time linear in the units. fill.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/fill.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

static struct fill_slot *find(struct fill_slot *slot, size_t room, uint64_t key)
{
	size_t i = (size_t)((key * 0x9e3779b97f4a7c15ull) >> 32) & (room - 1);

	while (slot[i].taken && slot[i].key != key)
		i = (i + 1) & (room - 1);
	return &slot[i];
}

/* at most half of the slots are taken, so that find ends, and soon */
static void make_room(struct fill *f)
{
	struct fill_slot *old = f->slot;
	size_t room = f->room;

	if (2 * (f->n_classes + 1) <= room)
		return;
	f->room = room ? 2 * room : 16;
	f->slot = MEM_NEW(f->room, struct fill_slot);
	for (size_t i = 0; i < room; i++)
		if (old[i].taken)
			*find(f->slot, f->room, old[i].key) = old[i];
	free(old);
}

static void add(struct fill *f, struct fill_unit u)
{
	*MEM_PUSH(f->unit, f->n_units) = u;
}

void fill_add(struct fill *f, uint64_t key, int capacity, int group, struct fill_unit u)
{
	struct fill_slot *s;

	make_room(f);
	s = find(f->slot, f->room, key);
	if (!s->taken) {
		*s = (struct fill_slot){ key, f->n_classes, true };
		*MEM_PUSH(f->class, f->n_classes) = (struct fill_class){ key, capacity, group, 0, NULL };
	}
	u.class = s->class;
	u.number = f->class[s->class].n++;
	add(f, u);
}

void fill_alone(struct fill *f, struct fill_unit u)
{
	u.alone = true;
	add(f, u);
}

static size_t ceil_div(size_t a, size_t b)
{
	return (a + b - 1) / b;
}

/* opening of the unit, counted within its class, and how many units that has had before */
static size_t deal(const struct fill_class *c, size_t number, size_t arrays, int *at)
{
	size_t group = (size_t)c->group, capacity = (size_t)c->capacity, diagonal = number / group, diagonals = ceil_div(c->n, group), side = ceil_div(diagonals, capacity), batch = 0;

	if (arrays && side > arrays) {
		batch = diagonal / (arrays * capacity);
		diagonal -= batch * arrays * capacity;
		diagonals -= batch * arrays * capacity;
		side = ceil_div(diagonals, capacity);
		side = side < arrays ? side : arrays;
	}
	*at = (int)(diagonal / side * group + number % group);
	return batch * arrays + diagonal % side;
}

static void assign(struct fill *f, size_t arrays)
{
	for (size_t i = 0; i < f->n_classes; i++)
		f->class[i].opening = MEM_NEW(ceil_div(ceil_div(f->class[i].n, (size_t)f->class[i].group), (size_t)f->class[i].capacity), size_t);
	for (size_t i = 0; i < f->n_units; i++) {
		struct fill_unit *u = &f->unit[i];
		size_t *known;

		if (u->alone) {
			u->opening = f->n_openings++;
			continue;
		}
		known = &f->class[u->class].opening[deal(&f->class[u->class], u->number, arrays, &u->at)];
		if (!*known)
			*known = ++f->n_openings; /* one more than its number */
		u->opening = *known - 1;
	}
}

size_t *fill_sort(struct fill *f, long arrays)
{
	size_t *first, *next;
	struct fill_unit *sorted = MEM_NEW(f->n_units, struct fill_unit);

	assign(f, (size_t)arrays);
	first = MEM_NEW(f->n_openings + 1, size_t);
	next = MEM_NEW(f->n_openings + 1, size_t);
	for (size_t i = 0; i < f->n_units; i++)
		first[f->unit[i].opening + 1]++;
	for (size_t o = 0; o < f->n_openings; o++)
		first[o + 1] += first[o];
	memcpy(next, first, (f->n_openings + 1) * sizeof(*next));
	for (size_t i = 0; i < f->n_units; i++)
		sorted[next[f->unit[i].opening]++] = f->unit[i];
	free(next);
	free(f->unit);
	f->unit = sorted;
	return first;
}

void fill_release(struct fill *f)
{
	for (size_t i = 0; i < f->n_classes; i++)
		free(f->class[i].opening);
	free(f->unit);
	free(f->class);
	free(f->slot);
	memset(f, 0, sizeof(*f));
}

/* Columns pooled by height, dealt to all arrays. spread_lay.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/spread_lay.h"
#include "place/pack_slabs.h"
#include "common/mem.h"
#include <stdlib.h>

struct place_at { size_t part; int64_t unit; }; /* the unit before which something begins or ends */

struct pool {
	const struct pack *k;
	const struct pack_part *part; size_t n;
	long array, arrays;
	int64_t grain;
	int64_t *count;          /* [rows + 1] units of a turn by height */
	struct place_at *read;   /* [rows + 1] next unit of a height */
	struct layout *to;
};

static void stack(struct pool *p, struct place_at from, struct place_at to, struct slabs *s)
{
	for (int h = 0; h <= p->k->g->rows; h++)
		p->count[h] = 0;
	for (size_t i = from.part; i < p->n && i <= to.part; i++)
		p->count[p->part[i].n_in] += (i < to.part ? p->part[i].units : to.unit) - (i == from.part ? from.unit : 0);
	pack_slabs(s, p->k->g->rows, p->count, p->k->g->rows + 1);
}

/* a turn from here to there fits into the arrays */
static bool fits(struct pool *p, struct place_at from, struct place_at to)
{
	struct slabs s;
	bool ok;

	stack(p, from, to, &s);
	ok = s.units <= p->arrays * p->k->width;
	pack_slabs_release(&s);
	return ok;
}

/* so many units on from a place */
static struct place_at advance(const struct pool *p, struct place_at at, int64_t units)
{
	while (at.part < p->n && units >= p->part[at.part].units - at.unit) {
		units -= p->part[at.part].units - at.unit;
		at = (struct place_at){ at.part + 1, 0 };
	}
	at.unit += at.part < p->n ? units : 0;
	return at;
}

/* units from a place on whose cells are no more than the arrays have */
static int64_t most_units(const struct pool *p, struct place_at at)
{
	int64_t cells = (int64_t)p->k->g->rows * p->k->width * p->arrays, units = 0;

	for (; at.part < p->n; at = (struct place_at){ at.part + 1, 0 }) {
		int64_t n = p->part[at.part].units - at.unit, h = p->part[at.part].n_in;

		if (n * h > cells)
			return units + cells / h;
		cells -= n * h;
		units += n;
	}
	return units;
}

static struct place_at turn_end(struct pool *p, struct place_at from)
{
	int64_t lo = 0, hi = most_units(p, from);

	if (fits(p, from, advance(p, from, hi)))
		return advance(p, from, hi);
	while (hi - lo > 1) {
		int64_t mid = lo + (hi - lo) / 2;

		if (fits(p, from, advance(p, from, mid)))
			lo = mid;
		else
			hi = mid;
	}
	return advance(p, from, lo);
}

/* the next units of a height, in order of use, at one place; all there are where they are fewer */
static void put_units(struct pool *p, struct place_at to, int height, int64_t units, long array, int turn, int row, int64_t unit)
{
	struct place_at *r = &p->read[height];

	while (units) {
		const struct pack_part *x;
		struct pack_part part;

		while (r->part < to.part && (p->part[r->part].n_in != height || r->unit == p->part[r->part].units))
			*r = (struct place_at){ r->part + 1, 0 };
		x = &p->part[r->part];
		part = *x;
		part.unit0 += r->unit;
		part.units = (r->part < to.part ? x->units : to.unit) - r->unit;
		part.units = part.units < units ? part.units : units;
		spread_put(p->to, (struct laid){ { part, row, (int)unit * p->k->unit }, array, turn });
		r->unit += part.units;
		unit += part.units;
		units -= part.units;
	}
}

/* where the n-th grain of the arrays' columns begins (unit), and how many units it has */
static int64_t grain_at(const struct pool *p, long arrays, int64_t i, int64_t *unit)
{
	*unit = i / arrays * p->grain;
	return p->k->width - *unit < p->grain ? p->k->width - *unit : p->grain;
}

static void put_turn(struct pool *p, struct place_at from, struct place_at to, int turn, bool last)
{
	struct slabs s;
	int64_t grain = 0, used = 0; /* the grain where a slab begins, its units that are used */
	int64_t round = pack_round(p->k);
	long arrays = p->arrays;
	bool aligned;            /* every slab begins where a round of the converters does */

	stack(p, from, to, &s);
	if (last && turn)
		arrays = (s.units + p->k->width - 1) / p->k->width;
	aligned = s.units + (int64_t)s.n * round <= arrays * p->k->width;
	for (int h = 0; h <= p->k->g->rows; h++)
		p->read[h] = from;
	for (size_t i = 0; i < s.n; i++) {
		int64_t g = grain, u = used;
		int row = 0;

		for (size_t j = 0; j < s.slab[i].n_items; j++) {
			int height = s.item[s.slab[i].item + j].height;

			g = grain;
			u = used;
			for (int64_t left = s.slab[i].units; left; ) {
				int64_t unit, size = grain_at(p, arrays, g, &unit), n = left < size - u ? left : size - u;

				put_units(p, to, height, n, p->array + g % arrays, turn, row, unit + u);
				left -= n;
				u += n;
				if (u == size) {
					g++;
					u = 0;
				}
			}
			row += height;
		}
		grain = g;
		used = aligned ? (u + round - 1) / round * round : u;
		if (used && used >= grain_at(p, arrays, g, &(int64_t){ 0 })) {
			grain++;
			used = 0;
		}
	}
	pack_slabs_release(&s);
}

bool spread_lay_pooled(struct layout *l, const struct pack *k, const struct pack_part *part, size_t n, long array, long arrays, int64_t grain, int most_turns)
{
	size_t heights = (size_t)k->g->rows + 1, before = l->n;
	struct pool p = { k, part, n, array, arrays, grain, MEM_NEW(heights, int64_t), MEM_NEW(heights, struct place_at), l };
	struct place_at at = { 0, 0 };
	int turn = 0;

	for (; at.part < n && turn < most_turns; turn++) {
		struct place_at end = turn_end(&p, at);

		if (turn + 1 == most_turns && end.part < n)
			break;
		put_turn(&p, at, end, turn, end.part == n);
		at = end;
	}
	if (at.part < n)
		l->n = before;
	free(p.count);
	free(p.read);
	return at.part == n;
}

/* A placement by name -> the placements of place/ that it stands for, and the best of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/draft.h"
#include "map/number.h"
#include <string.h>

enum { MOST_WISHES = 16, FEW_TOKENS = 8 };

struct wishes { struct plan_wish w[MOST_WISHES]; int n; };

static void add(struct wishes *to, enum place_kind kind, enum place_mode mode, int tiles)
{
	to->w[to->n++] = (struct plan_wish){ .kind = kind, .mode = mode, .tiles = tiles };
}

/* so many tiles hold the weights if nothing is lost at the edges */
static int fewest_tiles(const struct cfg *c, const struct map_layer *l)
{
	uint64_t cells = 0, array = (uint64_t)c->rows * (uint64_t)num_columns(c);

	for (int n = 0; n < map_parts(l); n++)
		for (int i = 0; i < l->n_stages; i++) {
			const struct map_stage *st = &map_part(l, n)->stage[i];

			cells += (uint64_t)st->blocks * (uint64_t)st->in * (uint64_t)st->out * (uint64_t)num_slices(c);
		}
	cells = (cells + array - 1) / array;
	return cells < (uint64_t)num_usable_tiles(c) ? (int)cells : num_usable_tiles(c);
}

/* docs/placement.md section 4: sparse, dense, dense-strided are candidates of every mode; of a dense layer dense is linear */
static void list_packed(const struct cfg *c, const struct map_layer *l, enum place_mode mode, struct wishes *to)
{
	int tiles = num_usable_tiles(c), fewest = fewest_tiles(c, l);

	add(to, PLACE_SPARSE, mode, 0);
	add(to, PLACE_DENSE, mode, 0);
	add(to, PLACE_STRIDED, mode, 0);
	for (int n = tiles; n >= 1; n /= 2)
		if (n > fewest || n == tiles)
			add(to, PLACE_PACKED, mode, n);
	if (fewest < tiles)
		add(to, PLACE_PACKED, mode, fewest);
	if (fewest + 1 < tiles)
		add(to, PLACE_PACKED, mode, fewest + 1);
}

static void list_wishes(const struct cfg *c, const struct map_layer *l, enum map_placement p, struct wishes *to)
{
	to->n = 0;
	switch (p) {
	case MAP_AUTO:
		add(to, l->monarch ? PLACE_SPARSE : PLACE_LINEAR, PLACE_AREA, 0);
		break;
	case MAP_LINEAR:
		add(to, PLACE_LINEAR, PLACE_AREA, 0);
		break;
	case MAP_SPARSE:
		add(to, PLACE_SPARSE, PLACE_AREA, 0);
		break;
	case MAP_DENSE:
		add(to, PLACE_DENSE, PLACE_AREA, 0);
		break;
	case MAP_STRIDED:
		add(to, PLACE_STRIDED, PLACE_AREA, 0);
		break;
	case MAP_PACKED_AREA:
		list_packed(c, l, PLACE_AREA, to);
		break;
	case MAP_PACKED_CONVERSIONS:
		list_packed(c, l, PLACE_CONVERSIONS, to);
		break;
	case MAP_PACKED_LATENCY:
		list_packed(c, l, PLACE_LATENCY, to);
		break;
	}
}

/* what a mode compares, first things first; per token */
static void measures(const struct draft *d, enum map_placement p, double m[3])
{
	double tokens = d->plan.tokens, cycles = (double)d->counts.cycles / tokens, comparisons = (double)d->counts.comparisons / tokens;

	m[2] = 0;
	switch (p) {
	case MAP_PACKED_AREA:
		m[0] = (double)d->plan.n_arrays;
		m[1] = cycles;
		break;
	case MAP_PACKED_CONVERSIONS:
		m[0] = comparisons;
		m[1] = (double)d->counts.activations / tokens;
		m[2] = cycles;
		break;
	default:
		m[0] = cycles;
		m[1] = comparisons;
	}
}

static bool better(const struct draft *a, const struct draft *b, enum map_placement p)
{
	double x[3], y[3];

	measures(a, p, x);
	measures(b, p, y);
	for (int i = 0; i < 3; i++)
		if (x[i] < y[i] || x[i] > y[i])
			return x[i] < y[i];
	return false;
}

/* most tokens of every candidate; the best of them, each measured on a few */
int draft_choose_batch(const struct cfg *c, const struct map_layer *l, enum map_placement p, struct err *e)
{
	struct wishes wishes;
	struct err first = { 0 };
	struct draft best = { 0 };
	int tokens = 0;

	list_wishes(c, l, p, &wishes);
	for (int i = 0; i < wishes.n; i++) {
		struct draft d;
		struct err why = { 0 };
		int most = draft_batch(c, l, &wishes.w[i], &why);

		if (wishes.n == 1)
			tokens = most;
		if (!most && !first.code)
			first = why;
		if (!most || wishes.n == 1 || draft_make(c, l, &wishes.w[i], most < FEW_TOKENS ? most : FEW_TOKENS, NULL, &d, &why))
			continue;
		if (tokens && !better(&d, &best, p)) {
			draft_release(&d);
			continue;
		}
		draft_release(&best);
		best = d;
		tokens = most;
	}
	draft_release(&best);
	if (!tokens)
		*e = first;
	return tokens;
}

int draft_choose(const struct cfg *c, const struct map_layer *l, enum map_placement p, int tokens, const struct map_steps *steps, struct draft *out, struct err *e)
{
	struct wishes wishes;
	struct err first = { 0 };
	bool found = false;

	memset(out, 0, sizeof(*out));
	list_wishes(c, l, p, &wishes);
	for (int i = 0; i < wishes.n; i++) {
		struct draft d;
		struct err why = { 0 };

		if (draft_make(c, l, &wishes.w[i], tokens, steps, &d, &why)) {
			if (!first.code)
				first = why;
			continue;
		}
		if (found && !better(&d, out, p)) {
			draft_release(&d);
			continue;
		}
		draft_release(out);
		*out = d;
		found = true;
	}
	if (!found)
		*e = first;
	return found ? 0 : -1;
}

/* Where the sums of a stage's outputs stand.
 *
 * Turns between which no sum goes on are units: words are given anew in each. In a unit the outputs of one tile set stand in their own order, side by side,
 * so that one OUT serves them all; tile sets that share no tile stand in the same words, so that equal activations on them can be one ACT.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/plan.h"
#include "common/mem.h"
#include <stdlib.h>

enum { MOST_TILES = 64 };

static void add_piece(struct plan_use *use, const struct plan_view *v, const struct place_piece *x, const struct plan_array *a)
{
	for (int o = x->out0; o < x->out0 + x->n_out; o++) {
		struct plan_use *u = &use[plan_channel(v, x->block, o)];

		if (!u->tiles || a->turn < u->first)
			u->first = a->turn;
		if (a->turn > u->last)
			u->last = a->turn;
		u->tiles |= (uint64_t)1 << a->tile;
		u->chunks += x->slice0 == 0;
	}
}

static void name_tiles(struct plan_use *u)
{
	int last = -1;

	for (int t = 0; t < MOST_TILES; t++) {
		if (!(u->tiles >> t & 1))
			continue;
		if (!u->n_tiles)
			u->tile = t;
		else if (u->n_tiles == 1)
			u->tile_stride = t - u->tile;
		else if (t - last != u->tile_stride)
			BUG("the parts of an output are on tiles that no tile set names");
		u->n_tiles++;
		last = t;
	}
	if (u->n_tiles < 2)
		u->tile_stride = 1;
}

/* unit of every turn */
static int *find_units(const struct plan_use *use, int n, int turns)
{
	int *unit = MEM_NEW((size_t)turns, int), *open = MEM_NEW((size_t)turns + 1, int), sums = 0;

	/* sums that go on from turn t - 1 to t */
	for (int i = 0; i < n; i++) {
		open[use[i].first + 1]++;
		open[use[i].last + 1]--;
	}
	for (int t = 0; t < turns; t++) {
		sums += open[t];
		if (t)
			unit[t] = unit[t - 1] + !sums;
	}
	free(open);
	return unit;
}

/* an output on its way to a word */
struct word_at { int unit, set, channel; };

static int by_unit(const void *x, const void *y)
{
	const struct word_at *a = x, *b = y;

	if (a->unit != b->unit)
		return a->unit < b->unit ? -1 : 1;
	if (a->set != b->set)
		return a->set < b->set ? -1 : 1;
	return a->channel < b->channel ? -1 : 1;
}

/* number of a tile set, in the order in which they are met */
static int number_set(uint64_t **set, size_t *n, uint64_t tiles)
{
	for (size_t i = 0; i < *n; i++)
		if ((*set)[i] == tiles)
			return (int)i;
	*set = mem_realloc(*set, *n + 1, sizeof(**set));
	(*set)[*n] = tiles;
	return (int)(*n)++;
}

/* words of the outputs at[0..n-1], all of one unit; returns how many */
static int fill_unit(struct plan_use *use, const struct word_at *at, int n)
{
	int next[MOST_TILES] = { 0 }, most = 0;

	for (int i = 0, end; i < n; i = end) {
		uint64_t tiles = use[at[i].channel].tiles;
		int base = 0;

		for (end = i; end < n && at[end].set == at[i].set; end++)
			;
		for (int t = 0; t < MOST_TILES; t++)
			if ((tiles >> t & 1) && next[t] > base)
				base = next[t];
		for (int k = i; k < end; k++)
			use[at[k].channel].word = base + k - i;
		base += end - i;
		for (int t = 0; t < MOST_TILES; t++)
			if (tiles >> t & 1)
				next[t] = base;
		if (base > most)
			most = base;
	}
	return most;
}

struct plan_use *plan_words(const struct plan *p, int stage, int *words)
{
	const struct plan_view *v = &p->stage[stage].view;
	int n = v->channels, turns = 0, *unit;
	struct plan_use *use = MEM_NEW((size_t)n, struct plan_use);
	struct word_at *at = MEM_NEW((size_t)n, struct word_at);
	uint64_t *set = NULL;
	size_t n_sets = 0;

	*words = 0;
	for (size_t i = 0; i < p->n_arrays; i++) {
		const struct plan_array *a = &p->array[i];
		const struct plan_image *m = &p->image[a->image];

		for (size_t s = m->step; s < m->step + m->n_steps; s++) {
			const struct plan_step *st = &p->step[s];

			for (int q = 0; st->stage == stage && q < st->at.n_pieces; q++)
				add_piece(use, v, &p->piece[st->at.piece + (size_t)q], a);
		}
		if (a->turn >= turns)
			turns = a->turn + 1;
	}
	unit = find_units(use, n, turns);
	for (int i = 0; i < n; i++) {
		name_tiles(&use[i]);
		at[i] = (struct word_at){ unit[use[i].first], number_set(&set, &n_sets, use[i].tiles), i };
	}
	qsort(at, (size_t)n, sizeof(*at), by_unit);
	for (int i = 0, end; i < n; i = end) {
		int used;

		for (end = i; end < n && at[end].unit == at[i].unit; end++)
			;
		used = fill_unit(use, at + i, end - i);
		if (used > *words)
			*words = used;
	}
	free(unit);
	free(at);
	free(set);
	return use;
}

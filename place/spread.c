/* packed for latency, and whatever keeps an output's columns on one array: docs/placement.md section 4. Ways of dealing are tried one after the other; one that needs the fewest
 * loads is taken, of these the one whose slowest arrays need the least time. A core in latency mode (keep_columns) loads once per program: there time counts first.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/spread_cut.h"
#include "place/spread_lay.h"
#include "common/mem.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SLICES = 1 << 20 }; /* parts of a deal in slices: more are crumbs, which no array gains by */

struct job {
	const struct pack *k;
	long arrays;
	bool keep, time_first;
	int *phase_of;           /* [groups] */
	size_t n_phases;
	int64_t *time;           /* [arrays] of one phase */
	struct layout best;      /* n 0: none yet */
	size_t best_loads;
	int64_t best_time;
};

static int64_t positions(const struct pack *k, const struct pack_spot *s)
{
	int64_t adcs = k->g->adcs;

	return (s->col + s->part.units * k->unit - 1) / adcs - s->col / adcs + 1;
}

/* order[] of n keys below `most`, stable; first[]: [most + 1] where each key's begin */
static size_t *sort_by(const size_t *key, size_t n, size_t most, size_t *first)
{
	size_t *order = MEM_NEW(n, size_t), sum = 0;

	memset(first, 0, (most + 1) * sizeof(*first));
	for (size_t i = 0; i < n; i++)
		first[key[i]]++;
	for (size_t i = 0; i <= most; i++) {
		size_t count = first[i];

		first[i] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		order[first[key[i]]++] = i;
	for (size_t i = most; i; i--)
		first[i] = first[i - 1];
	first[0] = 0;
	return order;
}

/* sum over the phases of their slowest array's time */
static int64_t time_of(struct job *j, const struct layout *l)
{
	size_t *key = MEM_NEW(l->n, size_t), *first = MEM_NEW(j->n_phases + 1, size_t), *order;
	int64_t sum = 0;

	for (size_t i = 0; i < l->n; i++)
		key[i] = (size_t)j->phase_of[l->at[i].spot.part.group];
	order = sort_by(key, l->n, j->n_phases, first);
	for (size_t p = 0; p < j->n_phases; p++) {
		int64_t most = 0;

		for (size_t i = first[p]; i < first[p + 1]; i++) {
			const struct laid *x = &l->at[order[i]];
			int64_t *t = &j->time[x->array];

			*t += positions(j->k, &x->spot) * spread_weight(x->spot.part.n_in);
			most = *t > most ? *t : most;
		}
		for (size_t i = first[p]; i < first[p + 1]; i++)
			j->time[l->at[order[i]].array] = 0;
		sum += most;
	}
	free(key);
	free(first);
	free(order);
	return sum;
}

/* images, where arrays have to be loaded again and again, else 0 */
static size_t loads_of(const struct layout *l)
{
	size_t images = 0;
	bool again = false;
	long array = -1;
	int turn = 0;

	for (size_t i = 0; i < l->n; i++) {
		images += i == 0 || l->at[i].array != array || l->at[i].turn != turn;
		array = l->at[i].array;
		turn = l->at[i].turn;
		again |= turn > 0;
	}
	return again ? images : 0;
}

/* array after array, each turn after turn */
static void sort_layout(struct job *j, struct layout *l)
{
	size_t *key, *first, *order, in_order = 1;
	struct layout sorted;

	while (in_order < l->n && l->at[in_order].array >= l->at[in_order - 1].array)
		in_order++;
	if (in_order >= l->n)
		return;
	key = MEM_NEW(l->n, size_t);
	first = MEM_NEW((size_t)j->arrays + 1, size_t);
	sorted.at = MEM_NEW(l->n, struct laid);
	for (size_t i = 0; i < l->n; i++)
		key[i] = (size_t)l->at[i].array;
	order = sort_by(key, l->n, (size_t)j->arrays, first);
	for (size_t i = 0; i < l->n; i++)
		sorted.at[i] = l->at[order[i]];
	free(key);
	free(first);
	free(order);
	free(l->at);
	l->at = sorted.at;
}

/* the layout is the job's from here on */
static int64_t judge(struct job *j, struct layout *l)
{
	size_t loads;
	int64_t time;

	sort_layout(j, l);
	loads = loads_of(l);
	time = time_of(j, l);
	if (!j->best.n || (j->time_first ? time < j->best_time || (time == j->best_time && loads < j->best_loads) : loads < j->best_loads || (loads == j->best_loads && time < j->best_time))) {
		free(j->best.at);
		j->best = *l;
		j->best_loads = loads;
		j->best_time = time;
	} else {
		free(l->at);
	}
	return time;
}

/* the row chunks of an array's parts */
static struct pack_part *cut_rows(const struct pack *k, const struct pack_part *part, size_t n, size_t *n_cut)
{
	int rows = k->g->rows;
	struct pack_part *cut;

	*n_cut = 0;
	for (size_t i = 0; i < n; i++)
		*n_cut += ((size_t)part[i].n_in + (size_t)rows - 1) / (size_t)rows;
	cut = MEM_NEW(*n_cut, struct pack_part);
	for (size_t i = 0, to = 0; i < n; i++)
		for (int at = 0; at < part[i].n_in; at += rows, to++) {
			cut[to] = part[i];
			cut[to].in0 += at;
			cut[to].n_in = part[i].n_in - at < rows ? part[i].n_in - at : rows;
		}
	return cut;
}

/* no array has more cells to hold than it has */
static bool cells_fit(const struct job *j, const struct spread *s)
{
	for (long a = 0; a < j->arrays; a++) {
		int64_t cells = 0;

		for (size_t i = s->first[a]; i < s->first[a + 1]; i++)
			cells += s->part[i].units * s->part[i].n_in;
		if (cells > (int64_t)j->k->g->rows * j->k->width)
			return false;
	}
	return true;
}

/* Every array's deal in images of its own; in one image each, or false, unless `reload`. */
static bool lay_deal(const struct job *j, const struct spread *s, bool reload, struct layout *l)
{
	const struct pack *k = j->k;

	for (long a = 0; a < j->arrays; a++) {
		size_t n;
		struct pack_part *part = cut_rows(k, &s->part[s->first[a]], s->first[a + 1] - s->first[a], &n);
		bool ok = n == 0 || spread_lay_whole(l, k, part, n, a) || (reload && spread_lay_pooled(l, k, part, n, a, 1, k->width, INT_MAX));

		free(part);
		if (!ok)
			return false;
	}
	return true;
}

/* Deals that fit as they are. true: none can be quicker. */
static bool try_deals(struct job *j)
{
	static const enum spread_way order[SPREAD_WAYS] = { SPREAD_BEST, SPREAD_SLICES, SPREAD_EVEN, SPREAD_RANGES };
	bool perfect = false;

	for (int i = 0; i < SPREAD_WAYS && !perfect; i++) {
		struct layout l = { 0 };
		struct spread s;

		bool fits;

		if ((order[i] == SPREAD_SLICES || order[i] == SPREAD_EVEN) && spread_slices(j->k, j->arrays, order[i] == SPREAD_EVEN) > MOST_SLICES)
			continue;
		spread_cut(&s, j->k, j->arrays, order[i], j->keep);
		fits = (j->time_first || cells_fit(j, &s)) && lay_deal(j, &s, j->time_first, &l);
		spread_release(&s);
		if (fits)
			perfect = judge(j, &l) == s.time && order[i] == SPREAD_BEST;
		else
			free(l.at);
	}
	return perfect;
}

/* Where no deal fits: range by range with reloads, where an output's columns would not stay together otherwise; else from one pool. */
static void try_pools(struct job *j, int most_turns)
{
	const struct pack *k = j->k;
	struct pack_part *part;
	bool tall = k->unit < k->g->slices;

	for (size_t i = 0; i < k->n_groups; i++)
		tall |= k->group[i].n_in > k->g->rows;
	if (j->keep && tall) {
		struct layout l = { 0 };
		struct spread s;

		if (j->best.n)
			return;
		spread_cut(&s, k, j->arrays, SPREAD_BEST, true);
		lay_deal(j, &s, true, &l);
		judge(j, &l);
		spread_release(&s);
		return;
	}
	part = MEM_NEW(k->n_groups, struct pack_part);
	for (size_t i = 0; i < k->n_groups; i++)
		part[i] = (struct pack_part){ i, k->group[i].in0, k->group[i].n_in, 0, k->group[i].units };
	for (int64_t grain = k->width; grain; ) {
		struct layout l = { 0 };
		int64_t round = pack_round(k), next = grain / 2 / round * round;

		if (!spread_lay_pooled(&l, k, part, k->n_groups, 0, j->arrays, grain, most_turns)) {
			free(l.at);
			break;
		}
		judge(j, &l);
		grain = next;
	}
	free(part);
}

static void number_phases(struct job *j)
{
	const struct pack *k = j->k;

	j->phase_of = MEM_NEW(k->n_groups, int);
	for (size_t i = 0; i < k->n_groups; i++) {
		j->n_phases += i == 0 || k->group[i].phase != k->group[i - 1].phase;
		j->phase_of[i] = (int)j->n_phases - 1;
	}
}

/* images of the layout; the arrays that hold none are left out where the caller gave no number */
static void emit(struct placement *out, const struct job *j)
{
	const struct pack *k = j->k;
	struct pack_spot *spot = MEM_NEW(j->best.n, struct pack_spot);
	const struct laid *at = j->best.at;
	long used = -1;

	for (size_t i = 0, end; i < j->best.n; i = end) {
		for (end = i; end < j->best.n && at[end].array == at[i].array && at[end].turn == at[i].turn; end++)
			spot[end - i] = at[end].spot;
		used += at[i].turn == 0;
		build_image(out, k->g->arrays ? at[i].array : used, at[i].turn);
		pack_emit(out, k, spot, end - i);
	}
	free(spot);
}

/* the best layout on so many arrays */
static void search(struct job *j, long arrays, int most_turns)
{
	j->arrays = arrays;
	j->time = MEM_NEW((size_t)arrays, int64_t);
	if (!try_deals(j))
		try_pools(j, most_turns);
	free(j->time);
}

int place_spread(const struct place_geometry *g, enum place_mode mode, bool keep_columns, const struct place_block *b, size_t n, struct placement *out, struct err *e)
{
	struct pack k;
	struct job j = { .k = &k, .keep = keep_columns, .time_first = keep_columns && mode == PLACE_LATENCY };

	if (pack_init(&k, g, !keep_columns, false, b, n, e))
		return -1;
	number_phases(&j);
	if (g->arrays && k.n_groups)
		search(&j, g->arrays, INT_MAX);
	for (long arrays = place_bound_arrays(g, b, n); !g->arrays && k.n_groups && !j.best.n; arrays += 1 + arrays / 64)
		search(&j, arrays, 1); /* as many as hold everything at once */
	emit(out, &j);
	free(j.best.at);
	free(j.phase_of);
	pack_release(&k);
	return 0;
}

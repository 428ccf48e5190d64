/* Ranges: the least time T with which N ranges do is found by bisection; then each array takes its even share, in full rounds, never beyond T. spread_cut.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/spread_cut.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

struct dealt { struct pack_part part; long array; };
struct deal { struct dealt *at; size_t n; };

/* groups of one phase */
struct phase { const struct pack *k; size_t group, end; long arrays; };

int64_t spread_weight(int rows)
{
	int bits = 0;

	for (int n = rows; n; n >>= 1)
		bits++;
	return bits + 1;
}

/* clocks of one round of a group: all its row chunks, where they stay on one array */
static int64_t weigh(const struct pack *k, size_t group)
{
	int in = k->group[group].n_in, rows = k->g->rows;

	return in / rows * spread_weight(rows) + (in % rows ? spread_weight(in % rows) : 0);
}

static int64_t rounds_of(const struct pack *k, int64_t units)
{
	return (units * k->unit + k->g->adcs - 1) / k->g->adcs;
}

/* units of an output: 1, or K where the units are single columns; no output is divided between arrays */
static int64_t output_of(const struct pack *k)
{
	return k->g->slices / k->unit;
}

/* units of the whole outputs that so many rounds convert */
static int64_t units_in(const struct pack *k, int64_t rounds)
{
	return rounds * k->g->adcs / k->g->slices * output_of(k);
}

static void put(struct deal *d, size_t group, const struct pack *k, int64_t unit0, int64_t units, long array)
{
	*MEM_PUSH(d->at, d->n) = (struct dealt){ { group, k->group[group].in0, k->group[group].n_in, unit0, units }, array };
}

static int64_t work_of(const struct phase *p)
{
	int64_t sum = 0;

	for (size_t i = p->group; i < p->end; i++)
		sum += rounds_of(p->k, p->k->group[i].units) * weigh(p->k, i);
	return sum;
}

/* Deals ranges of at most `limit` time; false: that takes more arrays than there are. even: as little more than an equal share as full rounds allow. to NULL: only the answer. */
static bool deal_ranges(const struct phase *p, int64_t limit, bool even, struct deal *to)
{
	const struct pack *k = p->k;
	int64_t left = even ? work_of(p) : 0, used = 0, share = even ? left / p->arrays : limit;
	long array = 0;

	for (size_t i = p->group; i < p->end; i++) {
		int64_t w = weigh(k, i), output_rounds = rounds_of(k, output_of(k));

		for (int64_t at = 0, rest = k->group[i].units; rest; ) {
			int64_t rounds = ((share < limit ? share : limit) - used) / w, units, time;

			if (!used && rounds < output_rounds)
				rounds = output_rounds;
			units = rounds > 0 ? units_in(k, rounds) : 0;
			units = units < rest ? units : rest;
			time = rounds_of(k, units) * w;
			if (used + time > limit)
				return false;
			if (!units) {
				if (++array == p->arrays)
					return false;
				left -= used;
				used = 0;
				share = even && array + 1 < p->arrays ? left / (p->arrays - array) : limit;
				continue;
			}
			if (to)
				put(to, i, k, at, units, array);
			at += units;
			rest -= units;
			used += time;
		}
	}
	return true;
}

static int64_t least_time(const struct phase *p)
{
	int64_t hi = work_of(p), lo = hi / p->arrays - 1; /* lo is too little */

	lo = lo < 0 ? 0 : lo;
	while (hi - lo > 1) {
		int64_t mid = lo + (hi - lo) / 2;

		if (deal_ranges(p, mid, false, NULL))
			hi = mid;
		else
			lo = mid;
	}
	return hi;
}

/* units of a group's slice */
static int64_t slice_of(const struct pack *k, size_t group, long arrays, bool even)
{
	int64_t outputs = k->group[group].units / output_of(k), units = (outputs + arrays - 1) / arrays * output_of(k), full = units_in(k, rounds_of(k, units));

	return even || full < units ? units : full;
}

int64_t spread_slices(const struct pack *k, long arrays, bool even)
{
	int64_t sum = 0;

	for (size_t i = 0; i < k->n_groups; i++) {
		int64_t slice = slice_of(k, i, arrays, even);

		sum += (k->group[i].units + slice - 1) / slice;
	}
	return sum;
}

/* Slices of each group to array after array; where a group has fewer slices than there are arrays the next group goes on behind it. to NULL: only the time. */
static int64_t deal_slices(const struct phase *p, bool even, int64_t *time, struct deal *to)
{
	const struct pack *k = p->k;
	int64_t most = 0;
	long array = 0;

	memset(time, 0, (size_t)p->arrays * sizeof(*time));
	for (size_t i = p->group; i < p->end; i++) {
		int64_t slice = slice_of(k, i, p->arrays, even), n = (k->group[i].units + slice - 1) / slice, w = weigh(k, i), outputs = k->group[i].units / output_of(k);

		for (int64_t j = 0; j < n; j++, array = array + 1 == p->arrays ? 0 : array + 1) {
			int64_t at = even ? outputs * j / n * output_of(k) : slice * j;
			int64_t end = even ? outputs * (j + 1) / n * output_of(k) : j + 1 < n ? at + slice : k->group[i].units;

			time[array] += rounds_of(k, end - at) * w;
			most = time[array] > most ? time[array] : most;
			if (to)
				put(to, i, k, at, end - at, array);
		}
	}
	return most;
}

/* what an array of a phase's deal has to do: in time, in cells */
struct load { int64_t time, cells; long index; };

static int most_first(const void *x, const void *y)
{
	const struct load *a = x, *b = y;

	if (a->time != b->time)
		return a->time > b->time ? -1 : 1;
	if (a->cells != b->cells)
		return a->cells > b->cells ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static int least_first(const void *x, const void *y)
{
	const struct load *a = x, *b = y;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->cells != b->cells)
		return a->cells < b->cells ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* arrays, least_first; and room to bring them in order again where few have changed */
struct queue { struct load *had, *other; char *changed; long n; };

/* the changed ones, sorted, and the others, still sorted, merged */
static void reorder(struct queue *q)
{
	struct load *same = q->other, *moved;
	long n_same = 0, n_moved = 0;

	for (long a = 0; a < q->n; a++)
		n_same += !q->changed[q->had[a].index];
	moved = same + n_same;
	n_same = 0;
	for (long a = 0; a < q->n; a++)
		if (q->changed[q->had[a].index])
			moved[n_moved++] = q->had[a];
		else
			same[n_same++] = q->had[a];
	qsort(moved, (size_t)n_moved, sizeof(*moved), least_first);
	for (long a = 0, i = 0, j = 0; a < q->n; a++)
		q->had[a] = j == n_moved || (i < n_same && least_first(&same[i], &moved[j]) < 0) ? same[i++] : moved[j++];
	memset(q->changed, 0, (size_t)q->n);
}

/* another group of matrices: only cells count from before */
static void forget_times(struct queue *q)
{
	for (long a = 0; a < q->n; a++) {
		q->changed[q->had[a].index] = q->had[a].time > 0;
		q->had[a].time = 0;
	}
	reorder(q);
}

/* The range with most to do goes to the array that has had least in this group of matrices (its other stage), and of these to the emptiest. */
static void match(const struct phase *p, struct dealt *d, size_t n, struct queue *q, struct load *add, long *array_of)
{
	const struct pack *k = p->k;
	long used = 0;

	for (size_t i = 0; i < n; i++)
		used = d[i].array >= used ? d[i].array + 1 : used;
	for (long a = 0; a < used; a++)
		add[a] = (struct load){ 0, 0, a };
	for (size_t i = 0; i < n; i++) {
		add[d[i].array].time += rounds_of(k, d[i].part.units) * weigh(k, d[i].part.group);
		add[d[i].array].cells += d[i].part.units * k->unit * d[i].part.n_in;
	}
	qsort(add, (size_t)used, sizeof(*add), most_first);
	for (long a = 0; a < used; a++) {
		array_of[add[a].index] = q->had[a].index;
		q->changed[q->had[a].index] = 1;
		q->had[a].time += add[a].time;
		q->had[a].cells += add[a].cells;
	}
	reorder(q);
	for (size_t i = 0; i < n; i++)
		d[i].array = array_of[d[i].array];
}

static void gather(struct spread *s, const struct deal *d, long arrays)
{
	s->n = d->n;
	s->part = MEM_NEW(d->n, struct pack_part);
	s->first = MEM_NEW((size_t)arrays + 2, size_t);
	for (size_t i = 0; i < d->n; i++)
		s->first[d->at[i].array + 2]++;
	for (long a = 0; a < arrays; a++)
		s->first[a + 2] += s->first[a + 1];
	for (size_t i = 0; i < d->n; i++)
		s->part[s->first[d->at[i].array + 1]++] = d->at[i].part;
}

static int64_t deal_phase(const struct phase *p, enum spread_way way, bool slices_first, int64_t *time, struct deal *d)
{
	int64_t ranges = way == SPREAD_RANGES || way == SPREAD_BEST ? least_time(p) : 0;
	int64_t slices = way == SPREAD_RANGES ? 0 : deal_slices(p, way == SPREAD_EVEN, time, NULL);

	if (way == SPREAD_BEST)
		way = slices < ranges || (slices == ranges && slices_first) ? SPREAD_SLICES : SPREAD_RANGES;
	if (way == SPREAD_RANGES) {
		size_t before = d->n;

		if (!deal_ranges(p, ranges, true, d)) {
			d->n = before;
			if (!deal_ranges(p, ranges, false, d))
				BUG("no ranges of time %lld", (long long)ranges);
		}
		return ranges;
	}
	return deal_slices(p, way == SPREAD_EVEN, time, d);
}

void spread_cut(struct spread *s, const struct pack *k, long arrays, enum spread_way way, bool slices_first)
{
	int64_t *time = MEM_NEW((size_t)arrays, int64_t);
	struct queue q = { MEM_NEW((size_t)arrays, struct load), MEM_NEW((size_t)arrays, struct load), MEM_NEW((size_t)arrays, char), arrays };
	struct load *add = MEM_NEW((size_t)arrays, struct load);
	long *array_of = MEM_NEW((size_t)arrays, long);
	struct deal d = { 0 };
	int pair = -1; /* the group of matrices whose stages are phases 2*pair and 2*pair + 1 */

	*s = (struct spread){ 0 };
	for (long a = 0; a < arrays; a++)
		q.had[a].index = a;
	for (size_t i = 0, end; i < k->n_groups; i = end) {
		int phase = k->group[i].phase;
		size_t before = d.n;
		struct phase p;

		for (end = i; end < k->n_groups && k->group[end].phase == phase; )
			end++;
		p = (struct phase){ k, i, end, arrays };
		s->time += deal_phase(&p, way, slices_first, time, &d);
		if (phase / 2 != pair)
			forget_times(&q);
		pair = phase / 2;
		match(&p, d.at + before, d.n - before, &q, add, array_of);
	}
	gather(s, &d, arrays);
	free(d.at);
	free(time);
	free(q.had);
	free(q.other);
	free(q.changed);
	free(add);
	free(array_of);
}

void spread_release(struct spread *s)
{
	free(s->part);
	free(s->first);
}

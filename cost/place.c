/* Places and costs; of packed, every candidate of docs/placement.md section 4, and the best by the mode's objective.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cost/energy.h"
#include "cost/system.h"
#include "common/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trial { enum place_kind kind; enum place_mode mode; bool trimmed; struct system_cost cost; };

struct search {
	const struct cfg *cfg;
	const struct cost_table *table;
	const struct workload *w;
	const struct cost_request *r;
	struct place_block *b; size_t n;
	struct place_block *real; size_t n_real; /* without padding: what packed may lay on diagonals like sparse and dense; NULL: not wanted */
	int *origin;             /* [n_real] index into b */
	struct trial best[3]; bool found; /* by each mode's objective */
	long widest;             /* arrays of the candidate that has most */
};

/* the blocks as they are without padding */
static void trim(struct search *s)
{
	s->real = MEM_NEW(s->n, struct place_block);
	s->origin = MEM_NEW(s->n, int);
	for (size_t i = 0; i < s->n; i++) {
		struct place_block b = s->b[i];

		if (!b.real)
			continue;
		b.in_p = b.in;
		b.out_p = b.out;
		s->origin[s->n_real] = (int)i;
		s->real[s->n_real++] = b;
	}
}

/* dense-strided is counted without its pieces */
static int cost_of_kind(const struct search *s, const struct trial *t, long arrays, struct system_cost *out, struct err *e)
{
	struct place_geometry g = cost_geometry(s->cfg, arrays);
	const struct place_block *b = t->trimmed ? s->real : s->b;
	size_t n = t->trimmed ? s->n_real : s->n;
	struct placement p;
	int rc;

	if (t->kind == PLACE_STRIDED)
		return strided_cost(s->cfg, s->table, s->w, b, n, arrays, s->r->tokens, out, e);
	if (place_make(&g, t->kind, t->mode, false, b, n, &p, e))
		return -1;
	rc = cost_system(s->cfg, s->table, s->w, b, n, &p, arrays, s->r->tokens, out, e);
	place_release(&p);
	return rc;
}

/* < 0: x is better. The mode's objective first, the others decide ties; in the same order a repeated candidate loses. An energy that is not given is the worst. */
static int compare(enum place_mode mode, const struct system_cost *x, const struct system_cost *y)
{
	enum figure { IMAGES, COMPARISONS, ENERGY, ACTIVATIONS, CYCLES, FIGURES };
	static const enum figure order[3][FIGURES] = {
		[PLACE_AREA] = { IMAGES, COMPARISONS, ENERGY, ACTIVATIONS, CYCLES },
		[PLACE_CONVERSIONS] = { COMPARISONS, ENERGY, ACTIVATIONS, CYCLES, IMAGES },
		[PLACE_LATENCY] = { CYCLES, IMAGES, COMPARISONS, ENERGY, ACTIVATIONS },
	};
	const double a[FIGURES] = { (double)x->images, (double)x->comparisons, isnan(x->energy_nj) ? INFINITY : x->energy_nj, (double)x->activations, (double)x->cycles };
	const double b[FIGURES] = { (double)y->images, (double)y->comparisons, isnan(y->energy_nj) ? INFINITY : y->energy_nj, (double)y->activations, (double)y->cycles };

	for (int i = 0; i < FIGURES; i++) {
		enum figure k = order[mode][i];

		if (a[k] < b[k] || a[k] > b[k])
			return a[k] < b[k] ? -1 : 1;
	}
	return 0;
}

/* a candidate that cannot be placed (too many pieces) is none; e keeps the first reason */
static void try(struct search *s, enum place_kind kind, enum place_mode mode, bool trimmed, long arrays, struct err *e)
{
	struct trial t = { .kind = kind, .mode = mode, .trimmed = trimmed };
	struct err why = { 0 };

	if (cost_of_kind(s, &t, arrays, &t.cost, &why)) {
		if (!e->code)
			*e = why;
		return;
	}
	if (t.cost.arrays > s->widest)
		s->widest = t.cost.arrays;
	snprintf(t.cost.candidate, sizeof(t.cost.candidate), "%s%s%s", place_kind_name[kind], trimmed ? " unpadded" : kind == PLACE_PACKED ? " " : "",
		 kind == PLACE_PACKED ? place_mode_name[mode] : "");
	for (int m = PLACE_AREA; m <= PLACE_LATENCY; m++)
		if (!s->found || compare((enum place_mode)m, &t.cost, &s->best[m].cost) < 0)
			s->best[m] = t;
	s->found = true;
}

/* Spreading needs a number of arrays: where none is given, as many as the candidate that wants most. */
static void search_packed(struct search *s, struct err *e)
{
	long N = s->r->arrays;

	trim(s);
	try(s, PLACE_PACKED, PLACE_AREA, false, N, e);
	try(s, PLACE_PACKED, PLACE_CONVERSIONS, false, N, e);
	try(s, PLACE_SPARSE, 0, true, N, e);
	try(s, PLACE_SPARSE, 0, false, N, e);
	try(s, PLACE_DENSE, 0, true, N, e);
	try(s, PLACE_DENSE, 0, false, N, e);
	try(s, PLACE_STRIDED, 0, false, N, e);
	try(s, PLACE_PACKED, PLACE_LATENCY, false, N ? N : s->widest, e);
}

/* the placement that won, for those who want to see it */
static int place_again(const struct search *s, const struct trial *t, struct placement *out, struct err *e)
{
	long N = s->r->arrays ? s->r->arrays : t->kind == PLACE_PACKED && t->mode == PLACE_LATENCY ? s->widest : 0;
	struct place_geometry g = cost_geometry(s->cfg, N);

	if (place_make(&g, t->kind, t->mode, false, t->trimmed ? s->real : s->b, t->trimmed ? s->n_real : s->n, out, e))
		return -1;
	for (size_t i = 0; t->trimmed && i < out->n_pieces; i++)
		out->piece[i].block = s->origin[out->piece[i].block];
	return 0;
}

/* all candidates of the request; -1: none can be placed */
static int search(struct search *s, struct err *e)
{
	struct err why = { 0 };

	if (system_check(s->r->arrays, s->r->tokens ? s->r->tokens : s->w->context, e))
		return -1;
	s->b = cost_blocks(s->w, s->r->kind == PLACE_LINEAR, &s->n);
	if (s->r->kind == PLACE_PACKED)
		search_packed(s, &why);
	else
		try(s, s->r->kind, s->r->mode, false, s->r->arrays, &why);
	if (!s->found)
		*e = why;
	return s->found ? 0 : -1;
}

static void release(struct search *s)
{
	free(s->b);
	free(s->real);
	free(s->origin);
}

int cost_place(const struct cfg *c, const struct cost_table *t, const struct workload *w, const struct cost_request *r, struct placement *out_p, enum place_kind *chosen, struct system_cost *out, struct err *e)
{
	struct search s = { .cfg = c, .table = t, .w = w, .r = r };
	int rc = search(&s, e);

	if (!rc) {
		*out = s.best[r->mode].cost;
		*chosen = s.best[r->mode].kind;
	}
	if (!rc && out_p)
		rc = place_again(&s, &s.best[r->mode], out_p, e);
	release(&s);
	return rc;
}

int cost_place_modes(const struct cfg *c, const struct cost_table *t, const struct workload *w, const struct cost_request *r, struct system_cost by_mode[3], struct err *e)
{
	struct search s = { .cfg = c, .table = t, .w = w, .r = r };
	int rc = search(&s, e);

	for (int m = PLACE_AREA; !rc && m <= PLACE_LATENCY; m++)
		by_mode[m] = s.best[m].cost;
	release(&s);
	return rc;
}

/* The resolution that a placement needs decides the area of its arrays, and with them their number, which may change the placement: until it fits. */
int cost_place_area(const struct cfg *c, const struct cost_table *t, const struct workload *w, const struct cost_request *r, double budget, struct placement *out_p, enum place_kind *chosen, struct system_cost *out, struct err *e)
{
	struct cost_request with = *r;
	double fits = 0;
	int bits = 0;

	with.arrays = 0;
	for (;;) {
		if (cost_place(c, t, w, &with, NULL, chosen, out, e))
			return -1;
		if (out->bits <= bits)
			break;
		bits = out->bits;
		fits = floor(budget / cost_array_area(c, t, bits));
		if (isnan(fits))
			return err_set(e, ERR_INPUT, "the cost table gives no area of this configuration's converters, so that arrays cannot be compared by area: take --regime own or equal");
		if (fits < 1)
			return err_set(e, ERR_INPUT, "an area of %g um2 holds no array, one with its converters of %d bits has %g um2: raise --area", budget, bits, cost_array_area(c, t, bits));
		with.arrays = fits < SYSTEM_MOST ? (long)fits : SYSTEM_MOST;
	}
	return out_p ? cost_place(c, t, w, &with, out_p, chosen, out, e) : 0;
}

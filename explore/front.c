/* The Pareto front. Dominance is transitive, also with values that are not given, so it is enough to compare with the front as it grows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "explore/explore.h"
#include <math.h>
#include <stdlib.h>

int explore_missing_bits(const struct explore_point *p)
{
	return p->result.bits_wanted > p->cfg->bits ? p->result.bits_wanted - p->cfg->bits : 0;
}

bool explore_has_area(const struct explore_points *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->point[i].state == EXPLORE_DONE && isnan(p->point[i].result.cost.area_um2))
			return false;
	return true;
}

void explore_objectives(const struct explore_point *p, bool has_area, double v[EXPLORE_OBJECTIVES])
{
	const struct system_cost *c = &p->result.cost;

	v[EXPLORE_LATENCY] = c->latency_ns;
	v[EXPLORE_ENERGY] = c->energy_nj;
	v[EXPLORE_AREA] = has_area ? c->area_um2 : NAN;
	v[EXPLORE_MISSING_BITS] = explore_missing_bits(p);
	v[EXPLORE_ARRAY_CELLS] = has_area ? NAN : (double)p->result.array_cells;
	v[EXPLORE_CONVERTER_AREA] = has_area ? NAN : c->converter_um2;
}

static bool dominates(const double a[EXPLORE_OBJECTIVES], const double b[EXPLORE_OBJECTIVES])
{
	bool less = false;

	for (int i = 0; i < EXPLORE_OBJECTIVES; i++) {
		if (isnan(b[i]))
			continue;
		if (!(a[i] <= b[i])) /* larger, or not given */
			return false;
		less |= a[i] < b[i];
	}
	return less;
}

struct member { struct explore_point *p; double v[EXPLORE_OBJECTIVES]; };

void explore_front(struct explore_points *p)
{
	struct member *front = MEM_NEW(p->n, struct member);
	bool has_area = explore_has_area(p);
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++) {
		struct member q = { .p = &p->point[i] };
		size_t kept = 0;

		q.p->front = q.p->state == EXPLORE_DONE;
		if (!q.p->front)
			continue;
		explore_objectives(q.p, has_area, q.v);
		for (size_t k = 0; k < n && q.p->front; k++)
			q.p->front = !dominates(front[k].v, q.v);
		if (!q.p->front)
			continue;
		for (size_t k = 0; k < n; k++) {
			front[k].p->front = !dominates(q.v, front[k].v);
			if (front[k].p->front)
				front[kept++] = front[k];
		}
		front[kept++] = q;
		n = kept;
	}
	free(front);
}

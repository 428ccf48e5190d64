/* Address patterns of docs/isa.md section 2, from lists of addresses.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/plan.h"

static int step(int from, int to)
{
	return (to - from) & 0xffff;
}

size_t plan_pattern_fit(const int *a, size_t n, struct plan_pattern *p)
{
	size_t inner = 1, fits;
	int by = n > 1 ? step(a[0], a[1]) : 1, outer;

	while (inner < n && step(a[inner - 1], a[inner]) == by)
		inner++;
	outer = inner < n ? step(a[0], a[inner]) : 0;
	for (fits = inner; fits < n; fits++)
		if (step(a[fits - inner], a[fits]) != outer)
			break;
	*p = (struct plan_pattern){ a[0] & 0xffff, (int)inner, by, outer };
	return fits;
}

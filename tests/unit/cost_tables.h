/* The two shipped tables of constants, for tests; set_up and tear_down of their group.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cost/cost.h"

static struct cost_table *table, *paper;

static int set_up(void **state)
{
	struct err e = { 0 };

	(void)state;
	table = cost_table_load(NULL, &e);
	paper = cost_table_load("configs/cost/paper-a.json", &e);
	return table && paper ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	cost_table_free(table);
	cost_table_free(paper);
	return 0;
}

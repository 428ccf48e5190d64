/* Random threshold tables and search trees.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SWEEP_CONVERTER_H
#define SWEEP_CONVERTER_H
#include "cli/cli_tables.h"
#include "cli/cli_tree.h"
#include "common/prng.h"

/* Often none. Else the ideal tables of the window, bent and shaken (not monotone at times, so that thermometers have bubbles), the same on every tile or not;
 * or those of random nonideal.* fields, which are set in c */
int draw_tables(struct cli_tables *t, struct prng *p, struct cfg *c, struct err *e);
/* any search tree, balanced or a chain */
void draw_tree(struct cli_tree *t, struct prng *p, int bits);

#endif

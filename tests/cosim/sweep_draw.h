/* One run of the sweep, drawn: run-time registers, layer, inputs, tables, tree, noise, stalls.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SWEEP_DRAW_H
#define SWEEP_DRAW_H
#include "cli/cosim_case.h"
#include "common/prng.h"

struct draw {
	struct cfg c;              /* of the elaboration, with this run's registers */
	struct gl_readout ro;
	struct cosim_case k;
	struct gq_layer q; struct model_linear l; /* golden's side of a Monarch layer */
	struct cli_tables tables;
	struct cli_tree tree;
	bool has_tree, monarch;
	double stall;
	bool shuffled;             /* every ACT with a set and a resolution of its own: draw_shuffled */
	struct ro_window window[GM_SETS];
};

enum { DRAW_GRID = 64 }; /* combinations of the grid */

/* base: the elaboration. -1: ERR_INPUT when the checker refuses what was drawn (accumulators that could overflow). Release in any case. */
int draw_random(struct draw *d, struct prng *p, const struct cfg *base, struct err *e);
/* the same of a configuration as it is: layer, inputs, tree, tables where c asks for bent ones, stalls */
int draw_given(struct draw *d, struct prng *p, const struct cfg *c, struct err *e);
/* grid: one of DRAW_GRID combinations of codes and widths */
int draw_grid(struct draw *d, struct prng *p, const struct cfg *base, int combination, bool monarch, struct err *e);
/* Runs the program of the first batch with the set and, where the search may have any, the resolution of every ACT drawn anew. The golden machine and the
 * prediction judge it: no layer means such a program. Differences are in d->k.total. */
int draw_shuffled(struct draw *d, struct prng *p, struct cosim *device, struct err *e);
void draw_release(struct draw *d);
/* what was drawn, for people: one line */
void draw_describe(const struct draw *d);

#endif

/* Programs in the making: a plan, how its tokens follow each other, the instructions, the exact prediction; and the choice between them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_DRAFT_H
#define MAP_DRAFT_H
#include "map/emit.h"

struct draft {
	struct plan plan;
	struct emit_how how;
	uint32_t *code; size_t n_instr;
	struct map_counts counts;
};

/* The best program for a placement: the fewest clocks of all orders that fit the program memory. -1 with e set: none fits */
int draft_make(const struct cfg *c, const struct map_layer *l, const struct plan_wish *w, int tokens, const struct map_steps *steps, struct draft *out, struct err *e);
/* most tokens that one program of it takes; 0 with e set */
int draft_batch(const struct cfg *c, const struct map_layer *l, const struct plan_wish *w, struct err *e);
/* the same for a placement by name; packed: the best of its candidates by its objective */
int draft_choose(const struct cfg *c, const struct map_layer *l, enum map_placement p, int tokens, const struct map_steps *steps, struct draft *out, struct err *e);
int draft_choose_batch(const struct cfg *c, const struct map_layer *l, enum map_placement p, struct err *e);
/* compile.c: the draft becomes the program, and is empty */
void draft_program(const struct cfg *c, struct draft *d, struct map_program *out);
void draft_release(struct draft *d);

#endif

/* Instruction lists, and hardware loops over what repeats by constant steps.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_CODE_H
#define MAP_CODE_H
#include "map/map.h"

struct code { struct map_instr *i; size_t n; }; /* zeroed: empty */

void code_put(struct code *to, struct map_instr i);
void code_idx(struct code *to, int r, int from, int step);  /* r = from + step */
void code_step(struct code *to, int r, int step);           /* r += step */
/* LOOP and NEXT are left out for one repetition */
void code_loop(struct code *to, int n);
void code_next(struct code *to, int n);

/* Registers that carry what a repetition adds (ACT: x; OUT: channel, and mid where its results go to the buffer; 0: nothing to carry),
 * and the register that the one of x begins from. */
struct code_level { int x, channel, mid, x_from; };
/* sets them to their begin */
void code_level(struct code *to, const struct code_level *l);
/* All parts one after the other, with loops over those that repeat; frees them. The level's registers must stand at their begin. */
void code_parts(struct code *to, struct code *parts, size_t n, const struct code_level *l);

#endif

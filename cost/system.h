/* What cost_system and the count without pieces (strided.c) share. Private to cost/.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COST_SYSTEM_H
#define COST_SYSTEM_H
#include "cost/tally.h"

enum { SYSTEM_MOST = 1000000 }; /* arrays, tokens */

/* 0, or -1 and ERR_INPUT */
int system_check(long arrays, long tokens, struct err *e);
/* one more than the last phase, made even: both stages of the last group */
int system_phases(const struct place_block *b, size_t n);
/* images, cells and utilisation */
void system_images(const struct cfg *c, uint64_t images, uint64_t cells, struct system_cost *out);

/* cost_system of dense-strided without its pieces, of which there may be hundreds of millions: all pieces of a diagonal are alike */
int strided_cost(const struct cfg *c, const struct cost_table *t, const struct workload *w, const struct place_block *b, size_t n, long arrays, long tokens, struct system_cost *out, struct err *e);

#endif

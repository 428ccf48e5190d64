/* Runs: what sparse, dense and dense-strided treat alike. Private to place/.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACE_RUN_H
#define PLACE_RUN_H
#include "place/place.h"

/* one past the last block of the run that begins with `first`: consecutive blocks of one stage and of equal stored size */
size_t run_end(const struct place_block *b, size_t n, size_t first);
/* block i is the only one of its stage: a dense matrix */
bool run_whole_stage(const struct place_block *b, size_t n, size_t i);

#endif

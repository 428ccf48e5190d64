/* Bad columns -> the repair map: docs/faults.md section 5.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_REPAIR_H
#define MAP_REPAIR_H
#include "common/cfg.h"
#include <stdint.h>

struct map_bad { int tile, column; };               /* column: 0..cols - 1, single columns as LOAD fills them */
struct map_repair { int tile, spare, position; };   /* position: of pairs where weights are dif */

/* Positions that hold a bad column take the spares of their tile in order; bad: in any order, columns may be named again. *out: by tile, then spare; new memory.
 * ERR_INPUT: a tile has more bad positions than spares. */
int map_repair(const struct cfg *c, const struct map_bad *bad, size_t n, struct map_repair **out, size_t *n_out, struct err *e);
/* the words of REPAIR (isa.md section 4), [tiles * spares] */
void map_repair_words(const struct cfg *c, const struct map_repair *r, size_t n, uint32_t *words);

#endif

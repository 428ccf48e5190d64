/* The integer codes of docs/numerics.md as the mapper sees them: planes, slices, cells, resolutions, and the overflow rule.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_NUMBER_H
#define MAP_NUMBER_H
#include "common/cfg.h"
#include <stdbool.h>

/* section 1 */
int num_planes(const struct cfg *c);                    /* P */
int num_slices(const struct cfg *c);                    /* K, 1..14 */
int num_cell(const struct cfg *c, int slice, int w);    /* unsigned digit of weight w in slice 0..K-1 */
void num_weight_range(const struct cfg *c, int *lo, int *hi); /* every value the weight code can hold */

/* section 1, last paragraph: what a quantiser may emit */
int num_qmax(int bits);
int num_qlo(int bits);
int num_qhi(enum cfg_code code, int bits);

/* section 4: comparisons of an activation that drives `rows` rows */
int num_resolution(const struct cfg *c, int rows);

/* section 5: true when an output summed over `row_groups` row groups could leave 32 bits */
bool num_overflow(const struct cfg *c, long row_groups);
/* most row groups that cannot */
long num_most_row_groups(const struct cfg *c);

#endif

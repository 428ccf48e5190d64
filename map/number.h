/* The integer codes of docs/numerics.md as the mapper sees them: planes, slices, cells, resolutions, and the overflow rule.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_NUMBER_H
#define MAP_NUMBER_H
#include "common/cfg.h"
#include <stdbool.h>

/* section 1 */
int num_planes(const struct cfg *c);                    /* P */
int num_slices(const struct cfg *c);                    /* K, 1..14; cell: 1 */
int num_column_cells(const struct cfg *c);              /* cells of a row that make one column of ACT: 1; dif: 2, positive then negative */
int num_columns(const struct cfg *c);                   /* columns of an array as ACT counts them */
int num_cell(const struct cfg *c, int slice, int cell, int w); /* unsigned digit of weight w in slice 0..K-1, cell 0..num_column_cells - 1; not of cell */
void num_weight_range(const struct cfg *c, int *lo, int *hi); /* every value the weight code can hold; not of cell */

/* section 1, last paragraph: what a quantiser may emit */
int num_qmax(int bits);
int num_qlo(int bits);
int num_qhi(enum cfg_code code, int bits);

/* section 4: resolution of an activation that drives `rows` rows; never more than readout.bits */
int num_resolution(const struct cfg *c, int rows);
/* section 4: of one conversion of `bits` bits; asymmetric search: those of the balanced tree, bits */
int num_steps(const struct cfg *c, int bits);           /* n_c: compare cycles */
int num_decisions(const struct cfg *c, int bits);       /* comparator answers */
int num_flash_bits(const struct cfg *c, int bits);      /* e of hybrid: bits that its flash step finds */
int num_compare_clocks(const struct cfg *c);            /* P_c, section 9 */
/* isa.md section 6, R: positions of the converters that hold one of n columns col, col + stride, .. */
int num_rounds(const struct cfg *c, int col, int stride, int n);
double num_gain(const struct cfg *c);                   /* what turns code*lsb into counts: 1, stochastic 2^B / samples */

/* network.md sections 1, 2 */
int num_servers(const struct cfg *c);                   /* reference arrays of one turn; 0: local reference */
int num_usable_tiles(const struct cfg *c);              /* tiles 0 .. that compute; the others of a broadcast network only serve */

/* section 5: true when an output summed over `row_groups` row groups could leave 32 bits; not of cell */
bool num_overflow(const struct cfg *c, long row_groups);
/* most row groups that cannot */
long num_most_row_groups(const struct cfg *c);

#endif

/* Energy and area of what a tally counted: docs/cost.md section 3. Private to cost/.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COST_ENERGY_H
#define COST_ENERGY_H
#include "cost/tally.h"

/* one conversion of `bits` bits, fJ; area of one converter, um2. NAN: not given */
double energy_conversion(const struct cfg *c, const struct cost_table *t, int bits);
double energy_converter_area(const struct cfg *c, const struct cost_table *t, int bits);
/* counts, bits, loads and arrays of `out` are set */
void energy_fill(const struct tally *y, long tokens, struct system_cost *out);

#endif

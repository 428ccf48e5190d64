/* Converters as docs/numerics.md sections 3 and 4 define them: a threshold table and an order of asking.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_READOUT_H
#define GOLDEN_READOUT_H
#include <stdbool.h>
#include <stdint.h>

struct ro_window {  /* one threshold set */
	int lsb, low;   /* counts */
	bool nearest;
};

/* T[k], k = 0 .. 2^bits - 1, T[0] = 0 unused, on the grid */
void ro_ideal_table(const struct ro_window *w, int bits, int grid_bits, int32_t *T);
/* the SAR's answer for a count, in its own order of asking (section 4) */
int ro_sar(const int32_t *T, int bits, int grid_bits, int count);
/* resolution an activation uses: B_fit, or bits when full (section 4) */
int ro_resolution(const struct ro_window *w, int bits, int grid_bits, int rows_active, int cell_bits, bool full);

#endif

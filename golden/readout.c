/* Converters: docs/numerics.md sections 3 and 4.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/readout.h"

/* Tables are words of 24 bits, two's complement (docs/macro.md). A threshold beyond them is held at the limit, which changes no answer:
 * S * 2^F <= 1024 rows * 3 * 2^8 = 786432, and S >= 0. */
enum { T_MIN = -8388608, T_MAX = 8388607 };

void ro_ideal_table(const struct ro_window *w, int bits, int grid_bits, int32_t *T)
{
	int k, n = 1 << bits;

	T[0] = 0;
	for (k = 1; k < n; k++) {
		int64_t t = ((int64_t)w->low + (int64_t)k * w->lsb) * (1 << grid_bits);

		if (w->nearest) /* half an lsb below; grid_bits >= 1 keeps it whole */
			t -= (int64_t)w->lsb * (1 << grid_bits) / 2;
		T[k] = t < T_MIN ? T_MIN : t > T_MAX ? T_MAX : (int32_t)t;
	}
}

int ro_sar(const int32_t *T, int bits, int grid_bits, int count)
{
	int32_t level = count << grid_bits;
	int k, code = 0;

	for (k = bits - 1; k >= 0; k--)
		if (level >= T[code + (1 << k)])
			code += 1 << k;
	return code;
}

int ro_resolution(const struct ro_window *w, int bits, int grid_bits, int rows_active, int cell_bits, bool full)
{
	int64_t smax = (int64_t)rows_active * ((1 << cell_bits) - 1);
	int32_t T[1 << 12];
	int k, reached = 0, fit = 1;

	if (full)
		return bits;
	ro_ideal_table(w, bits, grid_bits, T);
	for (k = 1; k < 1 << bits; k++)
		if (T[k] <= smax << grid_bits)
			reached++;
	while ((1 << fit) < reached + 1)
		fit++;
	return fit;
}

/* docs/numerics.md sections 1, 4, 5 in plain integer arithmetic; servers: docs/network.md sections 1, 2.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/number.h"
#include <stdint.h>
#include <stdlib.h>

/* bits of one polarity of an sm code */
static int magnitude_bits(int bits)
{
	return bits > 1 ? bits - 1 : 1;
}

static int ceil_div(int a, int b)
{
	return (a + b - 1) / b;
}

int num_planes(const struct cfg *c)
{
	return c->input_code == CFG_TC ? c->input_bits : 2 * magnitude_bits(c->input_bits);
}

/* a weight of `cell` has none, and what compiles has asked cfg_executable */
static void has_bits(const struct cfg *c)
{
	if (c->weight_code == CFG_CELL)
		BUG("weight code cell has no bits");
}

/* digits of one polarity of an sm, ternary or dif code */
static int digits(const struct cfg *c)
{
	return ceil_div(magnitude_bits(c->weight_bits), c->cell_bits);
}

int num_slices(const struct cfg *c)
{
	if (c->weight_code == CFG_CELL)
		return 1;
	if (c->weight_code == CFG_TC)
		return ceil_div(c->weight_bits - 1, c->cell_bits) + 1;
	return c->weight_code == CFG_DIF ? digits(c) : 2 * digits(c);
}

int num_column_cells(const struct cfg *c)
{
	return c->weight_code == CFG_DIF ? 2 : 1;
}

int num_columns(const struct cfg *c)
{
	return c->cols / num_column_cells(c);
}

int num_cell(const struct cfg *c, int slice, int cell, int w)
{
	unsigned digit = (1u << c->cell_bits) - 1, value;
	int K = num_slices(c), n = digits(c);
	bool negative = c->weight_code == CFG_DIF ? cell == 1 : slice >= n;

	has_bits(c);
	if (c->weight_code == CFG_TC) {
		if (slice == K - 1)
			return w < 0;
		value = (unsigned)w & ((1u << (c->weight_bits - 1)) - 1);
		return (int)(value >> (slice * c->cell_bits) & digit);
	}
	if (negative)
		w = -w;
	value = w > 0 ? (unsigned)w : 0;
	return (int)(value >> (slice % n * c->cell_bits) & digit);
}

void num_weight_range(const struct cfg *c, int *lo, int *hi)
{
	has_bits(c);
	if (c->weight_code == CFG_TC) {
		*lo = -(1 << (c->weight_bits - 1));
		*hi = (1 << (c->weight_bits - 1)) - 1;
	} else {
		*hi = (1 << magnitude_bits(c->weight_bits)) - 1;
		*lo = -*hi;
	}
}

int num_qmax(int bits)
{
	return bits > 1 ? (1 << (bits - 1)) - 1 : 1;
}

int num_qlo(int bits)
{
	return -num_qmax(bits);
}

int num_qhi(enum cfg_code code, int bits)
{
	return code == CFG_TC && bits == 1 ? 0 : num_qmax(bits);
}

int num_resolution(const struct cfg *c, int rows)
{
	long top = (1L << c->bits) - 1, above, k;
	int bits = 1;

	if (c->resolution == CFG_FULL)
		return c->bits;
	if (c->resolution == CFG_LOG2) {
		while (bits < c->bits && 1L << bits < rows)
			bits++;
		return bits;
	}
	/* k_max: the largest k with low + k*lsb <= Smax (floor), with half an lsb less to reach (nearest); both sides doubled */
	above = 2 * ((long)rows * ((1 << c->cell_bits) - 1) - c->low);
	if (c->rounding == CFG_NEAREST)
		above += c->lsb;
	k = above < 0 ? 0 : above / (2L * c->lsb);
	if (k > top)
		k = top;
	while ((1L << bits) < k + 1)
		bits++;
	return bits;
}

int num_steps(const struct cfg *c, int bits)
{
	switch (c->adc) {
	case CFG_FLASH:
	case CFG_SENSE:
		return 1;
	case CFG_HYBRID:
		return 1 + bits - num_flash_bits(c, bits);
	case CFG_STOCHASTIC:
		return c->samples;
	default:
		return bits;
	}
}

int num_decisions(const struct cfg *c, int bits)
{
	if (c->adc == CFG_FLASH)
		return (1 << bits) - 1;
	if (c->adc == CFG_HYBRID)
		return (1 << num_flash_bits(c, bits)) - 1 + bits - num_flash_bits(c, bits);
	return num_steps(c, bits);
}

int num_flash_bits(const struct cfg *c, int bits)
{
	return c->flash_bits < bits ? c->flash_bits : bits;
}

int num_rounds(const struct cfg *c, int col, int stride, int n)
{
	return stride >= c->adcs ? n : (col + (n - 1) * stride) / c->adcs - col / c->adcs + 1;
}

int num_compare_clocks(const struct cfg *c)
{
	return c->reference == CFG_IMMERSED ? c->reference_precharge + c->share + c->settle : c->compare;
}

double num_gain(const struct cfg *c)
{
	return c->adc == CFG_STOCHASTIC ? (double)(1 << c->bits) / c->samples : 1;
}

int num_servers(const struct cfg *c)
{
	if (c->reference != CFG_IMMERSED)
		return 0;
	return c->adc == CFG_FLASH ? (1 << c->bits) - 1 : c->adc == CFG_HYBRID ? (1 << c->flash_bits) - 1 : 1;
}

int num_usable_tiles(const struct cfg *c)
{
	return c->reference == CFG_IMMERSED && c->network == CFG_BROADCAST ? c->tiles - num_servers(c) : c->tiles;
}

/* largest magnitude that one row group can add to an output */
static int64_t largest_partial(const struct cfg *c)
{
	int64_t last = c->low + ((1L << c->bits) - 1) * (int64_t)c->lsb, vmax = llabs(last) > abs(c->low) ? llabs(last) : abs(c->low);
	int64_t planes = c->input_code == CFG_TC ? (1 << c->input_bits) - 1 : 2 * ((1 << magnitude_bits(c->input_bits)) - 1);
	int64_t slices = 0;
	int K = num_slices(c);

	has_bits(c);
	if (c->weight_code == CFG_TC) {
		for (int j = 0; j < K - 1; j++)
			slices += 1 << (j * c->cell_bits);
		slices += 1 << (c->weight_bits - 1);
	} else {
		for (int j = 0; j < K; j++)
			slices += 1 << (j % digits(c) * c->cell_bits);
	}
	return vmax * planes * slices;
}

long num_most_row_groups(const struct cfg *c)
{
	int64_t one = largest_partial(c);

	return one ? INT32_MAX / one : INT32_MAX;
}

bool num_overflow(const struct cfg *c, long row_groups)
{
	return row_groups > num_most_row_groups(c);
}

/* Energy and area by the table's constants. A constant that is not given makes the figures NAN that need it, and is named. energy.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cost/energy.h"
#include <math.h>

const char *const cost_missing_name[COST_N_MISSING] = {
	"energy of a conversion", "energy of an array's activation", "energy of moving a bit", "energy of writing a cell", "area of a cell", "area of a converter",
};

/* what the source of the converter's formulas has: plain search, reference of its own */
static bool plain_sar(const struct cfg *c)
{
	return c->adc == CFG_SAR && c->search == CFG_BINARY && c->reference == CFG_LOCAL;
}

double energy_conversion(const struct cfg *c, const struct cost_table *t, int bits)
{
	const double *v = t->value;

	if (!plain_sar(c))
		return NAN;
	return (v[COST_CONVERTER_FF_BIT] * bits + v[COST_CONVERTER_FF_LEVEL] * pow(4, bits)) * v[COST_CONVERTER_SUPPLY] * v[COST_CONVERTER_SUPPLY];
}

double energy_converter_area(const struct cfg *c, const struct cost_table *t, int bits)
{
	const double *v = t->value;

	if (!plain_sar(c))
		return NAN;
	return pow(10, v[COST_CONVERTER_AREA_EXPONENT] - v[COST_CONVERTER_AREA_SLOPE] * bits) * pow(2, bits);
}

static double cells_area(const struct cfg *c, const struct cost_table *t)
{
	return (double)c->rows * cfg_physical_cols(c) * t->value[COST_CELL_UM2];
}

double cost_array_area(const struct cfg *c, const struct cost_table *t, int bits)
{
	double cells = cells_area(c, t);

	return c->adcs * energy_converter_area(c, t, bits) + (isnan(cells) ? 0 : cells);
}

/* x where it is a number; else NAN, and what lacks is noted */
static double given(double x, unsigned lack, struct system_cost *out)
{
	if (isnan(x))
		out->missing |= lack;
	return x;
}

static double converters(const struct tally *y, double times)
{
	double fj = 0;

	for (int b = 1; b < TALLY_BITS; b++)
		if (y->conversions[b])
			fj += times * (double)y->conversions[b] * energy_conversion(y->cfg, y->table, b);
	return fj * 1e-6;
}

void energy_fill(const struct tally *y, long tokens, struct system_cost *out)
{
	const struct cfg *c = y->cfg;
	const double *v = y->table->value;
	double T = (double)tokens, array = (double)c->rows * y->columns, fixed = v[COST_MVM_FIXED];
	double written = (double)out->loads * c->rows * cfg_physical_cols(c), area;

	out->converter_nj = given(converters(y, T * y->planes), COST_NO_CONVERTER_ENERGY, out);
	out->array_nj = given(T * v[COST_MVM_NJ] * (fixed * (double)y->steps + (1 - fixed) * y->cells / array), COST_NO_ARRAY_ENERGY, out);
	out->movement_nj = given((double)out->bits_moved * v[COST_BIT_FJ] * 1e-6, COST_NO_MOVEMENT_ENERGY, out);
	out->load_nj = written > 0 ? given(written * v[COST_WRITE_NJ], COST_NO_WRITE_ENERGY, out) : 0;
	out->energy_nj = out->converter_nj + out->array_nj + out->movement_nj + out->load_nj;
	out->energy_given = !isnan(out->energy_nj);

	out->converter_um2 = given((double)out->arrays * c->adcs * energy_converter_area(c, y->table, out->bits), COST_NO_CONVERTER_AREA, out);
	area = given((double)out->arrays * cells_area(c, y->table), COST_NO_CELL_AREA, out);
	out->area_um2 = area + out->converter_um2;
	out->area_given = !isnan(out->area_um2);
	out->converter_step_ns = plain_sar(c) ? v[COST_CONVERTER_NS_ROW] * c->rows + v[COST_CONVERTER_NS] : NAN;
}

/* Energy of one conversion by published models, each with its formula; where a model does not cover a case it says so.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/cost.h"
#include <math.h>

/* the sources' converters: their own reference, plain search */
static bool plain_sar(const struct cost_case *c)
{
	return c->kind == CFG_SAR && c->search == CFG_BINARY && c->reference == CFG_LOCAL;
}

static struct cost_energy zigzag(const struct cost_case *c, double vdd)
{
	struct cost_energy x = { "zigzag-imc", plain_sar(c), 0, "(100*B + 0.001*4^B) fF * Vdd^2", "ZigZag-IMC, class Adc, get_adc_cost (KULeuven-MICAS/zigzag): a fit at 28 nm" };

	if (x.given)
		x.fJ = (100 * c->bits + 0.001 * pow(4, c->bits)) * vdd * vdd;
	else
		x.formula = "not given: the source has one kind of converter, with a reference of its own; taken for a plain search only";
	return x;
}

static struct cost_energy neurosim(const struct cost_case *c)
{
	struct cost_energy x = { "neurosim", plain_sar(c), 0, "(0.538*B + 4.375) uW * (B + 1) ns, without the source's term for the column current", "NeuroSim V1.4, SarADC, 22 nm LP" };

	if (x.given)
		x.fJ = (0.538 * c->bits + 4.375) * (c->bits + 1);
	else
		x.formula = "not given: the source is a plain search with a reference of its own";
	return x;
}

/* The plug-in takes the best of published converters of any kind. Its figures at other widths are not known here, and its formula rises again below 4 bits. */
static struct cost_energy accelergy(const struct cost_case *c)
{
	static const double pJ[13] = { [4] = 0.92, [5] = 0.94, [6] = 1.07, [8] = 1.71, [10] = 13.95 };
	bool known_kind = c->kind == CFG_SAR || c->kind == CFG_FLASH || c->kind == CFG_HYBRID;
	struct cost_energy x = { "accelergy", false, 0, "value of the plug-in at B bits", "Accelergy ADC plug-in (ff0fb48): best published converter of any kind, 32 nm, 1 GS/s" };

	if (!known_kind || c->reference == CFG_IMMERSED || c->search == CFG_ASYMMETRIC) {
		x.formula = "not given: the source has no such converter";
	} else if (c->bits < 4) {
		x.formula = "not given below 4 bits: the source refuses them, and its formula rises there";
	} else if (pJ[c->bits] == 0) {
		x.formula = "not given: figures are at hand for 4, 5, 6, 8 and 10 bits only";
	} else {
		x.given = true;
		x.fJ = pJ[c->bits] * 1000;
	}
	return x;
}

static struct cost_energy symbolic(const struct cost_case *c)
{
	struct cost_energy x = { "symbolic", false, 0, "comparisons * E_comparator + cycles * E_reference",
				 "no source for the symbols: energy of a decision, of a step of the local reference and capacitance of a line are the technology's" };

	if (c->reference == CFG_IMMERSED)
		x.formula = c->kind == CFG_FLASH  ? "comparisons * E_comparator + lines * C_line * Vdd^2; the lines serve all lanes and clients at once"
			  : c->kind == CFG_HYBRID ? "comparisons * E_comparator + lines * C_line * Vdd^2; the flash step's lines serve all lanes and clients at once"
						  : "comparisons * E_comparator + lines * C_line * Vdd^2";
	return x;
}

void cost_energy(const struct cost_case *c, double vdd, struct cost_energy out[COST_MODELS])
{
	out[0] = zigzag(c, vdd);
	out[1] = neurosim(c);
	out[2] = accelergy(c);
	out[3] = symbolic(c);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/numbers.h"
#include "golden/nonideal.h"

static enum gc_code code(enum cfg_code c)
{
	switch (c) {
	case CFG_TC: return GC_TC;
	case CFG_DIF: return GC_DIF;
	default: return GC_SM; /* ternary: of one bit */
	}
}

static enum ro_kind kind_of(enum cfg_adc k)
{
	static const enum ro_kind kind[] = { [CFG_SAR] = RO_SAR, [CFG_FLASH] = RO_FLASH, [CFG_HYBRID] = RO_HYBRID, [CFG_SENSE] = RO_SENSE, [CFG_STOCHASTIC] = RO_STOCHASTIC };

	return kind[k];
}

void numbers_readout(const struct cfg *c, struct gl_readout *ro)
{
	*ro = (struct gl_readout){
		.rows = c->rows, .cols = c->cols, .adcs = c->adcs, .bits = c->bits, .cell_bits = c->cell_bits, .grid_bits = c->grid_bits,
		.input_bits = c->input_bits, .weight_bits = c->weight_bits,
		.input_code = code(c->input_code), .weight_code = code(c->weight_code),
		.window = { c->lsb, c->low, c->rounding == CFG_NEAREST }, .full = c->resolution == CFG_FULL,
		.conv = { kind_of(c->adc), c->bits, c->flash_bits, c->bubble == CFG_ONES, c->samples, NULL },
		.seed = (uint16_t)c->seed, .noise = c->noise, .noise_seed = (uint64_t)c->error_seed,
	};
}

struct gm_hw numbers_hw(const struct cfg *c)
{
	return (struct gm_hw){
		.rows = c->rows, .cols = c->cols, .spares = c->spares, .tiles = c->tiles, .adcs = c->adcs, .adc_bits = c->bits, .cell_bits = c->cell_bits, .grid_bits = c->grid_bits,
		.sample_hold = c->sample_hold, .kind = kind_of(c->adc), .flash_bits = c->flash_bits, .ones = c->bubble == CFG_ONES, .asymmetric = c->search == CFG_ASYMMETRIC,
		.immersed = c->reference == CFG_IMMERSED, .network = c->network == CFG_PAIR ? GM_PAIR : c->network == CFG_RING ? GM_RING : GM_BROADCAST,
		.noise = c->noise, .noise_seed = (uint64_t)c->error_seed,
		.prog_depth = c->program_depth, .act_depth = c->activation_depth, .acc_depth = c->accumulator_depth, .ch_depth = c->channel_depth,
		.counter_bits = c->counter_bits,
	};
}

struct gm_regs numbers_regs(const struct cfg *c, const struct ro_tree *tree)
{
	struct gl_readout ro;
	struct gm_regs r;

	numbers_readout(c, &ro);
	r = (struct gm_regs){ .input_bits = ro.input_bits, .weight_bits = ro.weight_bits, .input_code = ro.input_code, .weight_code = ro.weight_code,
		.precharge = c->precharge, .evaluate = c->evaluate, .compare = c->compare,
		.reference_precharge = c->reference_precharge, .share = c->share, .settle = c->settle,
		.samples = c->samples, .seed = (uint16_t)c->seed, .tree = tree,
		.clocks = c->search == CFG_ASYMMETRIC || c->reference == CFG_IMMERSED };
	for (int s = 0; s < GM_SETS; s++)
		r.window[s] = ro.window;
	return r;
}

struct gm_regs numbers_reset_regs(const struct cfg *c)
{
	struct gm_regs r = numbers_regs(c, NULL);

	r.input_bits = r.weight_bits = 8;
	r.input_code = r.weight_code = GC_TC;
	for (int s = 0; s < GM_SETS; s++)
		r.window[s] = (struct ro_window){ .lsb = 1 };
	return r;
}

void numbers_tables(const struct cfg *c, int32_t *T)
{
	const struct ro_errors x = { c->offset, c->inl, c->gain, c->capacitor, c->dac == CFG_BINARY_DAC, (uint64_t)c->error_seed };
	struct gm_hw hw = numbers_hw(c);
	struct gm_regs regs = numbers_regs(c, NULL);

	ro_tables(&hw, regs.window, &x, T);
}

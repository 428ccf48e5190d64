/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_hw.h"
#include "cli/cli_readout.h"

struct gm_hw cosim_hw(const struct cfg *c)
{
	return (struct gm_hw){
		.rows = c->rows, .cols = c->cols, .tiles = c->tiles, .adcs = c->adcs, .adc_bits = c->bits, .cell_bits = c->cell_bits, .grid_bits = c->grid_bits,
		.sample_hold = c->sample_hold, .kind = cli_kind(c->adc), .flash_bits = c->flash_bits, .ones = c->bubble == CFG_ONES, .asymmetric = c->search == CFG_ASYMMETRIC,
		.immersed = c->reference == CFG_IMMERSED, .network = c->network == CFG_PAIR ? GM_PAIR : c->network == CFG_RING ? GM_RING : GM_BROADCAST,
		.noise = c->noise, .noise_seed = (uint64_t)c->error_seed,
		.prog_depth = c->program_depth, .act_depth = c->activation_depth, .acc_depth = c->accumulator_depth, .ch_depth = c->channel_depth,
		.counter_bits = c->counter_bits,
	};
}

/* the compiler names set 0 only; the others hold the same window. Only these two need golden's clocks: the mapper predicts all others exactly */
struct gm_regs cosim_regs(const struct cfg *c, const struct ro_tree *tree)
{
	struct gl_readout ro;
	struct gm_regs r;

	cli_readout(c, &ro);
	r = (struct gm_regs){ .input_bits = ro.input_bits, .weight_bits = ro.weight_bits, .input_code = ro.input_code, .weight_code = ro.weight_code,
		.precharge = c->precharge, .evaluate = c->evaluate, .compare = c->compare,
		.reference_precharge = c->reference_precharge, .share = c->share, .settle = c->settle,
		.samples = c->samples, .seed = (uint16_t)c->seed, .tree = tree,
		.clocks = c->search == CFG_ASYMMETRIC || c->reference == CFG_IMMERSED };
	for (int s = 0; s < GM_SETS; s++)
		r.window[s] = ro.window;
	return r;
}

/* isa.md section 4: numbers and windows from the map, the others from the configuration */
struct gm_regs cosim_reset_regs(const struct cfg *c)
{
	struct gm_regs r = cosim_regs(c, NULL);

	r.input_bits = r.weight_bits = 8;
	r.input_code = r.weight_code = GC_TC;
	for (int s = 0; s < GM_SETS; s++)
		r.window[s] = (struct ro_window){ .lsb = 1 };
	return r;
}

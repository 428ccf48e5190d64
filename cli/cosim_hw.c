/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_hw.h"

struct gm_hw cosim_hw(const struct cfg *c)
{
	return (struct gm_hw){
		.rows = c->rows, .cols = c->cols, .tiles = c->tiles, .adcs = c->adcs, .adc_bits = c->bits, .cell_bits = c->cell_bits, .grid_bits = c->grid_bits,
		.prog_depth = c->program_depth, .act_depth = c->activation_depth, .acc_depth = c->accumulator_depth, .ch_depth = c->channel_depth,
	};
}

/* the compiler names set 0 only; the others hold the same window */
struct gm_regs cosim_regs(const struct cfg *c)
{
	struct gm_regs r = {
		.input_bits = c->input_bits, .weight_bits = c->weight_bits,
		.input_code = c->input_code == CFG_SM ? GC_SM : GC_TC, .weight_code = c->weight_code == CFG_SM ? GC_SM : GC_TC,
	};

	for (int s = 0; s < GM_SETS; s++)
		r.window[s] = (struct ro_window){ .lsb = c->lsb, .low = c->low, .nearest = c->rounding == CFG_NEAREST };
	return r;
}

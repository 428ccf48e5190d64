/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_hw.h"
#include "cli/cli_readout.h"

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
	struct gl_readout ro;
	struct gm_regs r;

	cli_readout(c, &ro);
	r = (struct gm_regs){ .input_bits = ro.input_bits, .weight_bits = ro.weight_bits, .input_code = ro.input_code, .weight_code = ro.weight_code };
	for (int s = 0; s < GM_SETS; s++)
		r.window[s] = ro.window;
	return r;
}

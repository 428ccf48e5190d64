/* SPDX-License-Identifier: Apache-2.0 */
#include "cosim/settings.h"
#include "common/err.h"
#include "cim_regs.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void settings_identity(const struct gm_hw *hw, const char *hash, uint32_t word[8], struct cim_identity *id)
{
	*id = (struct cim_identity){
		.geom0 = (uint32_t)hw->rows << CIM_GEOM0_ROWS_SHIFT | (uint32_t)hw->cols << CIM_GEOM0_COLS_SHIFT,
		.geom1 = (uint32_t)hw->tiles << CIM_GEOM1_TILES_SHIFT | (uint32_t)hw->adc_bits << CIM_GEOM1_ADC_BITS_SHIFT |
			 (uint32_t)hw->cell_bits << CIM_GEOM1_CELL_BITS_SHIFT | (uint32_t)hw->sample_hold << CIM_GEOM1_SAMPLE_HOLD_SHIFT |
			 (uint32_t)hw->spares << CIM_GEOM1_SPARES_SHIFT,
		.geom2 = (uint32_t)hw->adcs << CIM_GEOM2_ADCS_SHIFT | (uint32_t)hw->counter_bits << CIM_GEOM2_COUNTER_BITS_SHIFT,
		.depth0 = (uint32_t)hw->prog_depth, .depth1 = (uint32_t)hw->act_depth, .depth2 = (uint32_t)hw->acc_depth, .depth3 = (uint32_t)hw->ch_depth,
		/* enumerators of kind and network are those of the register */
		.readout = (uint32_t)hw->kind << CIM_READOUT_KIND_SHIFT | (uint32_t)hw->ones << CIM_READOUT_BUBBLE_SHIFT | (uint32_t)hw->asymmetric << CIM_READOUT_SEARCH_SHIFT |
			   (uint32_t)hw->immersed << CIM_READOUT_REFERENCE_SHIFT | (uint32_t)hw->network << CIM_READOUT_NETWORK_SHIFT |
			   (hw->kind == RO_HYBRID ? (uint32_t)hw->flash_bits : 0) << CIM_READOUT_FLASH_BITS_SHIFT,
		.hash = hash ? word : NULL,
	};
	for (int i = 0; hash && i < 8; i++) {
		char part[9];

		memcpy(part, hash + 8 * i, 8);
		part[8] = 0;
		word[i] = (uint32_t)strtoul(part, NULL, 16);
	}
}

uint64_t settings_counter_mask(const struct gm_hw *hw)
{
	if (hw->counter_bits < 16 || hw->counter_bits > 64)
		BUG("counters of %d bits, outside isa.md section 4", hw->counter_bits);
	return UINT64_MAX >> (64 - hw->counter_bits);
}

void settings_name(uint32_t offset, char name[16])
{
	static const struct { uint32_t offset; const char *name; } known[] = {
		{ CIM_ID_OFFSET, "ID" }, { CIM_VERSION_OFFSET, "VERSION" }, { CIM_GEOM0_OFFSET, "GEOM0" }, { CIM_GEOM1_OFFSET, "GEOM1" }, { CIM_GEOM2_OFFSET, "GEOM2" },
		{ CIM_READOUT_OFFSET, "READOUT" }, { CIM_DEPTH0_OFFSET, "DEPTH0" }, { CIM_DEPTH1_OFFSET, "DEPTH1" }, { CIM_DEPTH2_OFFSET, "DEPTH2" }, { CIM_DEPTH3_OFFSET, "DEPTH3" },
	};

	*name = 0;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].offset == offset)
			snprintf(name, 16, "%s", known[i].name);
	for (uint32_t i = 0; i < CIM_HASH_COUNT; i++)
		if (offset == CIM_HASH_OFFSET(i))
			snprintf(name, 16, "HASH%u", (unsigned)i);
}

void settings_of(const struct gm_hw *hw, const struct gm_regs *g, uint32_t *tree, struct cim_settings *s)
{
	/* codes in the register are in the order of enum gc_code */
	*s = (struct cim_settings){
		.numbers = (uint32_t)g->input_bits << CIM_NUMBERS_INPUT_BITS_SHIFT | (uint32_t)g->input_code << CIM_NUMBERS_INPUT_CODE_SHIFT |
			   (uint32_t)g->weight_bits << CIM_NUMBERS_WEIGHT_BITS_SHIFT | (uint32_t)g->weight_code << CIM_NUMBERS_WEIGHT_CODE_SHIFT,
		.timing = (uint32_t)g->precharge << CIM_TIMING_PRECHARGE_SHIFT | (uint32_t)g->evaluate << CIM_TIMING_EVALUATE_SHIFT |
			  (uint32_t)g->compare << CIM_TIMING_COMPARE_SHIFT,
		.reference = (uint32_t)g->reference_precharge << CIM_REFERENCE_PRECHARGE_SHIFT | (uint32_t)g->share << CIM_REFERENCE_SHARE_SHIFT |
			     (uint32_t)g->settle << CIM_REFERENCE_SETTLE_SHIFT,
		.samples = (uint32_t)g->samples,
		.seed = g->seed,
	};
	for (int i = 0; i < GM_SETS; i++) {
		s->lsb[i] = (uint32_t)g->window[i].lsb << CIM_LSB_COUNTS_SHIFT | (uint32_t)g->window[i].nearest << CIM_LSB_NEAREST_SHIFT;
		s->low[i] = (uint32_t)g->window[i].low;
	}
	if (!hw->asymmetric || !g->tree)
		return;
	s->tree = tree;
	s->n_tree = (size_t)1 << hw->adc_bits;
	tree[0] = (uint32_t)g->tree->root << CIM_TREE_LEFT_SHIFT;
	for (size_t k = 1; k < s->n_tree; k++)
		tree[k] = (uint32_t)g->tree->left[k] << CIM_TREE_LEFT_SHIFT | (uint32_t)g->tree->right[k] << CIM_TREE_RIGHT_SHIFT;
}

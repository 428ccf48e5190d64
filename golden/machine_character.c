/* Characterisation of one converter: docs/isa.md section 7.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/machine_parts.h"
#include "golden/nonideal.h"
#include <string.h>

enum { FULL = 0xffffff, LEVELS = 1 << 24 };

struct sample { /* what every lane of the tile holds */
	struct gm *g;
	int tile;
	int32_t level;
};

/* the level of a lane, with the noise of one conversion more */
static int32_t lane_level(const struct sample *s, int lane)
{
	const struct gm_hw *hw = &s->g->hw;
	int id = s->tile * hw->adcs + lane;

	return s->level + (hw->noise ? ro_noise(hw->noise, hw->noise_seed, hw->grid_bits, (uint32_t)id, s->g->conversion[id]) : 0);
}

/* the comparator that gives the answer to threshold k in mode 1 */
static int comparator_of(const struct gm_hw *hw, int bits, int k)
{
	int low = hw->kind == RO_HYBRID && bits > hw->flash_bits ? bits - hw->flash_bits : 0;

	if (hw->kind == RO_FLASH)
		return k;
	return hw->kind == RO_HYBRID && k % (1 << low) == 0 ? k >> low : 1;
}

static bool says_yes(const struct sample *s, const struct gm_character *x, int k, int32_t T)
{
	const struct ro_stuck *stuck = gm_stuck_of(s->g, s->tile * s->g->hw.adcs + x->lane);
	int m = comparator_of(&s->g->hw, x->bits, k);

	if (stuck && stuck->at[m / 64] >> m % 64 & 1)
		return stuck->yes[m / 64] >> m % 64 & 1;
	return lane_level(s, x->lane) >= T;
}

/* every lane has drawn */
static void count_drawn(const struct sample *s)
{
	int lane;

	for (lane = 0; lane < s->g->hw.adcs; lane++)
		s->g->conversion[s->tile * s->g->hw.adcs + lane]++;
}

/* a conversion of every lane; the code of one, and the steps of the deepest */
static struct ro_answer convert(const struct sample *s, const struct gm_character *x)
{
	struct gm *g = s->g;
	struct ro_conv conv = g->tables.conv;
	struct ro_answer mine = { 0 }, a;
	int lane, deepest = 0;

	for (lane = 0; lane < g->hw.adcs; lane++) {
		int id = s->tile * g->hw.adcs + lane;

		conv.stuck = gm_stuck_of(g, id);
		a = ro_convert(&conv, gm_tables_at(&g->tables, id, x->set), x->bits, lane_level(s, lane), &g->lfsr[id]);
		deepest = a.steps > deepest ? a.steps : deepest;
		if (lane == x->lane)
			mine = a;
	}
	count_drawn(s);
	mine.steps = deepest;
	return mine;
}

static void count(uint32_t *bin)
{
	*bin += *bin < FULL;
}

/* The clocks are the controller's own, because section 7 gives none: one to start, one per bin cleared; a conversion and three to ask, read and write its bin;
 * a reference two, and two more where the answer is counted. */
uint64_t gm_characterise(struct gm *g, const struct gm_regs *regs, const struct gm_character *x, uint32_t *histogram)
{
	int P_c = g->hw.immersed ? regs->reference_precharge + regs->share + regs->settle : regs->compare, i, n, k;
	uint64_t clocks = 1 + ((uint64_t)1 << g->hw.adc_bits);
	struct sample s = { g, x->tile, x->level };
	const int32_t *T;

	gm_tables_set(&g->tables, &g->hw, regs);
	T = gm_tables_at(&g->tables, x->tile * g->hw.adcs + x->lane, x->set);
	memset(histogram, 0, sizeof(*histogram) << g->hw.adc_bits);
	for (i = 0; i < x->count; i++) {
		for (n = 0; n < x->repeats && !x->references; n++) {
			struct ro_answer a = convert(&s, x);

			count(&histogram[a.code]);
			clocks += 3 + 1 + (uint64_t)a.steps * (uint64_t)P_c;
		}
		for (n = 0; n < x->repeats && x->references; n++)
			for (k = 1; k < 1 << x->bits; k++) {
				bool yes = says_yes(&s, x, k, T[k]);

				count_drawn(&s);
				if (yes)
					count(&histogram[k]);
				clocks += yes ? 4 : 2;
			}
		s.level = (int32_t)(((uint32_t)s.level + (uint32_t)x->step + LEVELS / 2) % LEVELS) - LEVELS / 2;
	}
	return clocks;
}

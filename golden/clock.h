/* The machine's clocks: docs/isa.md section 6, docs/network.md section 4. Knows lengths and waits, no data;
 * the golden machine tells it what it executes, in program order, and how many compare cycles the data took.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_CLOCK_H
#define GOLDEN_CLOCK_H
#include "golden/machine_parts.h"

struct gm_work { /* one activation of one tile */
	int planes, rounds;
	int compares[GM_PLANES]; /* compare cycles of each plane: sum over its rounds */
	int after_flash;         /* hybrid: compare cycles after the flash step of a round */
	int bits, set;
	struct gm_span col;
};

struct gm_clock *gm_clock_new(const struct gm_hw *hw, const struct gm_regs *regs);
/* the same numbers, every clock stepped through: what immersed references need, and what tests hold the other way against */
struct gm_clock *gm_clock_stepped(const struct gm_hw *hw, const struct gm_regs *regs);
void gm_clock_free(struct gm_clock *c);
/* LOOP, NEXT, IDX: clocks = 0; PARAM, XIN: one per beat or element */
void gm_clock_plain(struct gm_clock *c, long clocks);
void gm_clock_load(struct gm_clock *c, const struct gm_span *tile, long beats);
/* one work per tile of the set */
void gm_clock_act(struct gm_clock *c, const struct gm_span *tile, int rows, const struct gm_work *work);
void gm_clock_out(struct gm_clock *c, const struct gm_span *tile, int lag, int count);
/* END, and the stop after an error; the counts that are clocks */
void gm_clock_end(struct gm_clock *c, struct gm_counts *counts);

#endif

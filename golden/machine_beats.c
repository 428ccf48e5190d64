/* How many input beats a program takes: the sequencer alone, docs/isa.md section 2, with nothing carried out.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/machine_parts.h"
#include <string.h>

struct turn { /* a loop, when its body begins */
	size_t beats;
	uint16_t r[GM_REGS];
};

static size_t add(size_t a, size_t b)
{
	return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

/* At a NEXT that goes back: when the body left the index registers as they were, every further turn takes what this one took; so one is left. */
static size_t skip(struct gm_sequence *s, const struct turn *t, size_t beats)
{
	size_t more = (size_t)s->loop[s->depth - 1].left - 1, one = beats - t->beats;

	if (more == 0 || memcmp(s->r, t->r, sizeof(s->r)))
		return beats;
	s->loop[s->depth - 1].left = 1;
	return one && more > (SIZE_MAX - beats) / one ? SIZE_MAX : beats + more * one;
}

size_t gm_beats(const struct gm_hw *hw, const struct gm_regs *regs, const uint32_t *code, size_t n_instr)
{
	struct gm_sequence s = { .code = code, .n_instr = n_instr };
	struct err e = { 0 };
	struct gm_refusal refusal = { &e, 0 };
	struct turn turn[GM_LOOPS] = { 0 };
	struct gm_insn in;
	size_t beats = 0;

	while (!gm_fetch(&s, &in, hw, regs, &refusal) && in.op != GM_END && beats < SIZE_MAX) {
		if (in.op == GM_NEXT && s.depth > 0)
			beats = skip(&s, &turn[s.depth - 1], beats);
		if (gm_advance(&s, &in, &refusal))
			break;
		beats = add(beats, gm_takes(&in, hw));
		if (s.depth > 0 && (in.op == GM_LOOP || in.op == GM_NEXT) && s.pc == s.loop[s.depth - 1].start) {
			turn[s.depth - 1].beats = beats;
			memcpy(turn[s.depth - 1].r, s.r, sizeof(s.r));
		}
	}
	return beats;
}

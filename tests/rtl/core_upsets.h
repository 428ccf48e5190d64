// One flipped bit of a register that must notice it (docs/faults.md section 2), idle and at work: a stop with code 8, an interrupt, and a machine that works as
// ever. Part of core_bench.cpp where the model has the input flip_i (tests/mutate/rtl_model.py: register bits that a number inverts for a clock; flips.h).
// SPDX-License-Identifier: Apache-2.0
#ifndef CORE_UPSETS_H
#define CORE_UPSETS_H

static const struct { const char *name; int bit; } flips[] = {
#include "flips.h"
};
static int flips_count() { return sizeof flips / sizeof *flips; }
static bool is_clock(int k) { return strstr(flips[k].name, "waited_q") != nullptr; }
static void flip(int k) { dev->m.flip_i = k + 1; dev->clock(); dev->m.flip_i = 0; dev->m.eval(); }
static void stopped_with(int code, const char *what, int bit)
{
	for (int i = 0; i < 3; i++) dev->clock();
	uint32_t st = dev->read(STATUS);
	CHECK((st & 0xf5) == (uint32_t)(4 | code << 4), "%s bit %d: STATUS %x, expected code %d", what, bit, st, code);
	CHECK(dev->m.irq_o, "%s bit %d: no interrupt", what, bit);
	dev->write(STATUS, 6);
	dev->fault.clear();                  // TVALID may fall when the output FIFO is emptied
	for (int i = 0; i < 20; i++) dev->clock();
}
static void t_upsets()
{
	delete dev;
	Dev::plusarg = "+flips";             // core_macro_rules.sv: a machine that is upset breaks them
	dev = new Dev;
	Model m(hw, thresholds);
	Regs rg;
	std::vector<uint64_t> b;
	params(b, 2); fill(b, 3 * bpr()); inputs(b, 3, rg);
	const std::vector<Ins> whole{param(0, 2), load_(0, hw.usable(), 3), xin(0, 3), act(3, 2, 2), out(2, 2 | 4), end_()};
	both(m, rg, whole, b);
	for (int k = 0; k < flips_count(); k++) {
		if (is_clock(k)) continue;
		for (int busy = 0; busy < 3; busy++) {
			load({loop_(60000), act(3, 2, 2), next_(), end_()});
			dev->write(CTRL, busy ? 3 : 2);
			for (int i = dev->rng.range(1, 90); i > 0; i--) dev->clock();
			flip(k);
			stopped_with(8, flips[k].name, flips[k].bit);
			if (!why.empty()) return;
		}
		if (k % 4 == 0) both(m, rg, whole, b);
	}
	// the watchdog's clocks, one bit at a time and through every carry
	std::vector<int> clock;
	for (int k = 0; k < flips_count(); k++) if (is_clock(k)) clock.push_back(k);
	for (int j = 0; j < 16; j++) for (int carry = 0; carry < 2; carry++) {
		dev->write(WATCHDOG, 1 << j);
		load({xin(0, 1), end_()});
		dev->write(CTRL, 3);
		for (int i = 0; i < 12; i++) dev->clock();
		if (carry) for (int i = 0; i < j; i++) flip(clock[8 + i]);
		else if (j < 15) {
			flip(clock[j + 9]); flip(clock[j + 9]);      // it would be too much: a stop at once
			stopped_with(7, "watchdog, a later bit", j);
			dev->write(CTRL, 3);
			for (int i = 0; i < 12; i++) dev->clock();
			flip(clock[j + 8]);
		} else flip(clock[j + 8]);
		if (carry) {
			for (int i = 0; i < 150; i++) dev->clock();
			CHECK(dev->read(STATUS) & 1, "watchdog, limit 2^%d: too early", j);
			for (int i = 0; i < 110; i++) dev->clock();
		}
		stopped_with(7, "watchdog", j);
		if (!why.empty()) return;
	}
	dev->write(WATCHDOG, 65535);
	both(m, rg, whole, b);
	Dev::plusarg = "";
}
#endif

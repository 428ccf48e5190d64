// Characterisation (docs/isa.md section 7) through the registers: part of core_bench.cpp, which has both() and CHECK.
// SPDX-License-Identifier: Apache-2.0
#ifndef CORE_CHAR_H
#define CORE_CHAR_H

static void characterise(Model &m, int mode, int tile, int lane, int set, int bits, int level, int step, int count, int repeats)
{
	dev->write(CHAR_LEVEL, level & 0xffffff); dev->write(CHAR_STEP, step); dev->write(CHAR_COUNT, count);
	CHECK(dev->write(CHAR_CTRL, 1 | mode << 1 | bits << 4 | set << 8 | tile << 10 | lane << 16 | (repeats - 1) << 24) == 0, "CHAR_CTRL refused");
	CHECK(dev->read(CHAR_CTRL) & 1, "not busy");
	for (uint32_t a : {(uint32_t)NUMBERS, (uint32_t)SEED, (uint32_t)CHAR_STEP, (uint32_t)CHAR_CTRL, (uint32_t)PROG}) CHECK(dev->write(a, 0x01010101) == 2, "busy write of 0x%x", a);
	CHECK(dev->write(CTRL, 1) == 0 && !(dev->read(STATUS) & 1), "a program started");
	uint64_t end = dev->clocks + 4000 + (uint64_t)count * repeats * (8 << hw.adc_bits) * (m.rg.cmp + m.rg.rpre + m.rg.share + m.rg.settle);
	uint64_t begin = dev->clocks;        // the writes above took 22 of its clocks, give or take those of a read
	while (dev->read(CHAR_CTRL) & 1 && dev->clocks < end);
	long took = (long)(dev->clocks - begin), expected = 1 + (1L << hw.adc_bits);  // to start, and one per bin cleared
	CHECK(!(dev->read(CHAR_CTRL) & 1), "still busy");
	std::vector<uint32_t> bins(1 << hw.adc_bits, 0);
	for (int i = 0; i < count * repeats; i++) {
		int at = level + i / repeats * step, steps = 0;
		for (int l = 0; l < hw.adcs; l++) {          // every lane converts
			auto yes = [&](int k) { return m.above(tile, l, at, set, k); };
			if (mode == 0) {
				Conversion v = convert(hw, m.rg, bits, m.tile[tile].lfsr[l], yes);
				steps = std::max(steps, v.steps);
				if (l == lane) bins[v.code]++;
			} else if (l == lane) for (int k = 1; k < 1 << bits; k++) { bins[k] += yes(k); expected += yes(k) ? 4 : 2; }
		}
		if (mode == 0) expected += 4 + (long)steps * (hw.immersed ? m.rg.rpre + m.rg.share + m.rg.settle : m.rg.cmp);
	}
	CHECK(took >= expected - 25 && took <= expected - 19, "mode %d tile %d lane %d: %ld clocks, expected %ld", mode, tile, lane, took, expected);
	for (int k = 0; k < 1 << hw.adc_bits; k++) {
		uint32_t v = dev->read(HISTOGRAM + 4 * k);
		CHECK(v == bins[k], "mode %d tile %d lane %d set %d bits %d: bin %d is %u, expected %u", mode, tile, lane, set, bits, k, v, bins[k]);
	}
}
static void t_characterisation()
{
	Model m(hw, thresholds); Regs rg;
	rg.seed = 0x1234; rg.samples = std::min(5, (1 << hw.adc_bits) - 1);
	rg.lsb[1] = 3; rg.low[1] = -2; rg.nearest[1] = 1; rg.lsb[3] = 2; rg.low[3] = 4;
	both(m, rg, {end_()}, {});
	uint64_t c0[7], c1[7];
	for (int i = 0; i < 7; i++) c0[i] = dev->read64(ACTIVATIONS + 8 * i);
	int b = hw.adc_bits, low = hw.asymmetric ? b : std::max(1, b - 1), last = hw.tiles - 1;
	for (int mode = 0; mode < 2; mode++) {
		characterise(m, mode, 0, 0, 0, b, -40, 7, (60 << b) / 7, 1);
		characterise(m, mode, last, hw.adcs - 1, 1, low, -300, 23, 40, 3);
		characterise(m, mode, last / 2, hw.adcs / 2, 3, low, 5, 1, 50, 2);
	}
	for (int t = 0; t < hw.tiles; t++) for (int l = 0; l < hw.adcs; l++) for (int mode = 0; mode < 2; mode++)  // those that only serve too
		characterise(m, mode, t, l, l % 4, b, -9, 16 + t, std::max(24, (1 << b) + 2), 1);
	for (int v : {85, 170, 255}) {                       // all bits of a converter's clock
		rg.cmp = rg.rpre = v; rg.share = 256 - v; rg.settle = v ^ 15;
		set_regs(rg);
		m.rg = rg;
		for (int t = 0; t < hw.tiles; t++) characterise(m, 0, t, 0, 0, b, 3, 5, 2, 1);
	}
	for (int i = 0; i < 7; i++) { c1[i] = dev->read64(ACTIVATIONS + 8 * i); CHECK(c0[i] == c1[i], "counter %d counted", i); }
	// what does not exist is not characterised
	for (uint32_t v : {1u | 1u << 4 | (uint32_t)hw.tiles << 10, 1u | 1u << 4 | (uint32_t)hw.adcs << 16, 1u, 1u | (uint32_t)(b + 1) << 4}) {
		dev->write(CHAR_CTRL, v);
		CHECK(!(dev->read(CHAR_CTRL) & 1), "started with %x", v);
	}
	// programs run as ever afterwards
	std::vector<uint64_t> beats;
	params(beats, 4); fill(beats, hw.rows * bpr()); inputs(beats, 16, rg);
	both(m, rg, {param(0, 4), load_(0, hw.usable(), hw.rows), xin(0, 16), act(8, 4, 4), out(4, 2), end_()}, beats);
}
#endif

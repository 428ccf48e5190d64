// The repair map (docs/faults.md section 5) through the registers: part of core_bench.cpp, which has both() and CHECK.
// SPDX-License-Identifier: Apache-2.0
#ifndef CORE_REPAIR_H
#define CORE_REPAIR_H

// the position that conversions of tile t look for where the map says nothing is written: the cells of it count as none
static void hide(Model &m, int t, int p)
{
	for (int i = 0; i < hw.rows * hw.cols; i++) if (i % hw.cols / hw.adcs == p) m.tile[t].cell[i] = 0;
}
static void t_repair()                  // a map that is written behind the weights: its spare positions hold nothing yet
{
	int last = (hw.cols - 1) / hw.adcs;
	Model m(hw, thresholds); Regs rg; std::vector<uint64_t> b, x;
	if (!SPARES) return;
	params(b, 16); fill(b, hw.rows * bpr()); inputs(b, hw.rows, rg); inputs(x, hw.rows, rg);
	std::vector<Ins> run{xin(0, hw.rows), act(hw.rows, hw.cols, 4), out(std::min(hw.cols, 16), 2), end_()}, loads{param(0, 16), load_(0, hw.usable(), hw.rows)};
	run[1].tile_count = run[2].tile_count = hw.usable();
	loads.insert(loads.end(), run.begin(), run.end());
	both(m, rg, loads, b);
	std::vector<Tile> whole = m.tile;
	for (int t = 0; t < hw.tiles; t++) {
		int p = t % 2 ? 0 : last, s = t % SPARES;
		CHECK(dev->write(REPAIR + 4 * (t * SPARES + s), 0x80000000u | p) == 0, "REPAIR of tile %d refused", t);
		hide(m, t, p);
	}
	dev->write(CTRL, 4);                 // a stop leaves the map alone
	both(m, rg, run, x);
	dev->write(REPAIR, 0);               // another entry of tile 0 has it, or none
	if (SPARES > 1) dev->write(REPAIR + 4, 0x80000000u | last);
	else m.tile[0].cell = whole[0].cell;
	both(m, rg, run, x);
	dev->reset();                        // no entry is valid
	for (int t = 0; t < hw.tiles; t++) m.tile[t].cell = whole[t].cell;
	both(m, rg, run, x);
	for (int t = 0; t < hw.tiles; t++) dev->write(REPAIR + 4 * (t * SPARES), 0x80000000u | (last + 1)); // a position that is none
	both(m, rg, run, x);
	// the lowest entry wins: spare 1 holds the copy, spare 0 nothing
	for (int k = 0; k < hw.tiles * SPARES; k++) dev->write(REPAIR + 4 * k, 0);
	if (SPARES > 1) {
		dev->write(REPAIR + 4, 0x80000000u | last);
		b.clear(); params(b, 16); fill(b, hw.rows * bpr()); inputs(b, hw.rows, rg);
		both(m, rg, loads, b);
		dev->write(REPAIR, 0x80000000u | last);
		hide(m, 0, last);
		both(m, rg, run, x);
	}
	// copies: whatever the map says while LOAD writes, nothing changes
	for (int n = 0; n < 12; n++) {
		rg.wsm = n % 3; rg.wb = rg.wsm == 1 ? 2 : 3;
		for (int k = 0; k < hw.tiles * SPARES; k++) dev->write(REPAIR + 4 * k, (uint32_t)(dev->rng.percent(75) ? 1u << 31 : 0) | dev->rng.below(last + 2));
		b.clear(); params(b, 16); fill(b, hw.rows * bpr()); inputs(b, hw.rows, rg);
		int cols = rg.wsm == 2 ? hw.cols / 2 : hw.cols;
		for (Ins &i : loads) if (i.op == ACT) i.col_count = cols; else if (i.op == OUT) i.count = std::min(cols, 16);
		both(m, rg, loads, b);
	}
	for (int k = 0; k < hw.tiles * SPARES; k++) dev->write(REPAIR + 4 * k, 0);
}
// every entry with every position: its copy is the position's; an entry that is not valid, or names a position that is none, does nothing
static void t_repair_entries()
{
	int last = (hw.cols - 1) / hw.adcs;
	Model m(hw, thresholds); Regs rg; std::vector<uint64_t> b, x;
	if (!SPARES) return;
	rg.ib = 3;
	inputs(x, hw.rows, rg);
	auto map = [&](int t, int s, bool valid, int p) { dev->write(REPAIR + 4 * (t * SPARES + s), (uint32_t)valid << 31 | p); };
	for (int n = 0; n < 2 * SPARES * (last + 1) && why.empty(); n++) {
		int s0 = n / 2 % SPARES, p0 = n / 2 / SPARES;
		rg.wsm = n % 2 ? 2 : 0; rg.wb = 3;
		int cols = rg.wsm == 2 ? hw.cols / 2 : hw.cols;
		std::vector<Ins> run{xin(0, hw.rows), act(hw.rows, cols, 4), out(std::min(cols, 16), 2), end_()}, all{param(0, 16), load_(0, hw.usable(), hw.rows)};
		run[1].tile_count = run[2].tile_count = hw.usable();
		all.insert(all.end(), run.begin(), run.end());
		for (int before = n % 2; before < 2; before++) {  // valid behind LOAD: the spare position holds nothing; before it: a copy
			for (int t = 0; t < hw.tiles; t++) for (int s = 0; s < SPARES; s++) map(t, s, before && s == s0, (p0 + t + s0 - s + 2 * (last + 1)) % (last + 1));
			b.clear(); params(b, 16); fill(b, hw.rows * bpr()); inputs(b, hw.rows, rg);
			both(m, rg, all, b);
			for (int t = 0; t < hw.tiles && !before; t++) { map(t, s0, true, (p0 + t) % (last + 1)); hide(m, t, (p0 + t) % (last + 1)); }
			if (!before) both(m, rg, run, x);
		}
		for (int t = 0; t < hw.tiles; t++) for (int s = 0; s < SPARES; s++) map(t, s, false, (p0 + t + s + 1) % (last + 1));
		both(m, rg, run, x);
		for (int t = 0; t < hw.tiles; t++) for (int s = 0; s < SPARES; s++) map(t, s, true, (p0 + t + s) % (last + 1) | 1 << (3 + n % 7));
		if (1 << (3 + n % 7) > last) both(m, rg, run, x);
	}
	for (int k = 0; k < hw.tiles * SPARES; k++) dev->write(REPAIR + 4 * k, 0);
}
#endif

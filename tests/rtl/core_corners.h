// Tests that surviving mutants asked for (docs/mutation.md): long clocks, every address that is no register, strobes of the bits that start something,
// stops, program memory written byte by byte, every bit of a count and of a counter. Part of core_bench.cpp, which has both() and CHECK.
// SPDX-License-Identifier: Apache-2.0
#ifndef CORE_CORNERS_H
#define CORE_CORNERS_H

enum { WATCHDOG = 0xcc };

// every bit of every register that keeps what is written: alone 0, alone 1, and with the others
static void t_register_bits()
{
	std::vector<std::pair<uint32_t, uint32_t>> all{{CTRL, 2}, {NUMBERS, 0x3f1f}, {TIMING, 0xffffff}, {REFERENCE, 0xffffff}, {SAMPLES, 0xfff}, {SEED, 0xffff}, {WATCHDOG, 0xffff},
		{CHAR_CTRL, 0xfffffff2}, {CHAR_LEVEL, 0xffffff}, {CHAR_STEP, 0xffff}, {CHAR_COUNT, 0xffff}};
	for (int s = 0; s < 4; s++) { all.push_back({LSB + 8 * s, 0x1ffff}); all.push_back({LSB + 4 + 8 * s, 0xffff}); }
	std::vector<uint32_t> patterns{0, ~0u, 0x55555555, 0xaaaaaaaa};
	for (int i = 0; i < 32; i++) { patterns.push_back(1u << i); patterns.push_back(~(1u << i)); }
	for (uint32_t v : patterns) {
		for (size_t k = 0; k < all.size(); k++) {         // neighbours hold the complement; no bit of it starts anything
			uint32_t w = k % 2 ? ~v : v;
			CHECK(dev->write(all[k].first, w & all[k].second) == 0, "write of 0x%x refused", all[k].first);
		}
		for (size_t k = 0; k < all.size(); k++) {
			uint32_t w = (k % 2 ? ~v : v) & all[k].second, r = dev->read(all[k].first);
			CHECK(r == w, "register 0x%x is %x, expected %x", all[k].first, r, w);
		}
	}
	CHECK(dev->read(STATUS) == 0, "something started: STATUS %x", dev->read(STATUS));
}

// a reset in any clock of a program: every register is as in the beginning, nothing comes out, and a program runs as ever
static void t_reset_at_work()
{
	Model m(hw, thresholds);
	Regs rg;
	std::vector<uint64_t> b;
	params(b, 2); fill(b, 3 * bpr()); inputs(b, 3, rg);
	Ins o = out(2, 3);
	o.lag = 1;
	const std::vector<Ins> whole{param(0, 2), load_(0, hw.usable(), 3), xin(0, 3), act(3, 2, 2), out(2, 2 | 4), end_()},
		work{param(0, 2), load_(0, hw.usable(), 3), loop_(3), xin(0, 3), idx(1, 1, 5), act(3, 2, 2), act(3, 2, 2), o, next_(), out(2, 2 | 4), end_()};
	std::vector<uint64_t> more = b;
	for (int i = 0; i < 8; i++) inputs(more, 3, rg);
	for (int n = 0; n < 72; n++) {
		int k = n < 40 ? n : 40 + 7 * (n - 40);
		rg.seed = dev->rng.below(65536);
		set_regs(rg);
		load(work);
		dev->in.assign(more.begin(), more.end());
		dev->out_closed = k % 3 == 2;
		dev->write(CTRL, 3);
		for (int i = k; i > 0; i--) dev->clock();
		dev->m.rst_ni = 0;
		dev->m.s_axis_tvalid_i = dev->m.m_axis_tready_i = 0;
		dev->m.eval();                       // at once: no edge is needed
		CHECK(!dev->m.m_axis_tvalid_o && !dev->m.s_axi_bvalid_o && !dev->m.s_axi_rvalid_o && !dev->m.irq_o, "an output is high in a reset after %d clocks", k);
		dev->out_closed = false;
		dev->reset();
		for (int i = k % 5; i > 0; i--) dev->clock();
		CHECK(dev->out.empty(), "%zu beats behind a reset after %d clocks", dev->out.size(), k);
		if (n % 8 == 0) t_reset_values();
		both(m, rg, whole, b);
		if (!why.empty()) { why += " (reset after " + std::to_string(k) + " clocks)"; return; }
	}
}

// an abort in every clock around the end of a program: it ends or it is stopped, never both
static void t_abort_at_the_end()
{
	Model m(hw, thresholds);
	Regs rg;
	std::vector<uint64_t> b;
	int done = 0, stopped = 0;
	params(b, 2); fill(b, 3 * bpr()); inputs(b, 3, rg);
	const std::vector<Ins> whole{param(0, 2), load_(0, hw.usable(), 3), xin(0, 3), act(3, 2, 2), out(2, 2 | 4), end_()};
	both(m, rg, whole, b);
	for (int work = 0; work < 3; work++) for (int wait = 0; wait < 24; wait++) {
		dev->write(STATUS, 6);
		if (work == 2) load({idx(1, 0, 1), idx(1, 0, 1), mk(0)}); // the end is an error
		else if (work) load({idx(1, 0, 1), idx(1, 0, 1), end_()});
		else load({end_()});
		dev->write(CTRL, 3);
		for (int i = 0; i < wait; i++) dev->clock();
		dev->write(CTRL, 4 | 2);
		for (int i = 0; i < 12; i++) dev->clock();
		uint32_t st = dev->read(STATUS) & 0xf7;
		CHECK(st == 0x94 || st == (work == 2 ? 0x14u : 2u), "STATUS %x after an abort %d clocks behind the start", st, wait);
		CHECK(dev->m.irq_o, "no interrupt");
		st == 0x94 ? stopped++ : done++;
	}
	CHECK(done && stopped, "%d ends, %d stops", done, stopped);
	dev->write(STATUS, 6);
	both(m, rg, whole, b);
}

// seeds that leave nothing for a converter's register, which then begins with 1, and those one bit from it
static void t_seeds()
{
	if (hw.kind != STOCHASTIC) return;
	Model m(hw, thresholds);
	Regs rg;
	std::vector<uint64_t> b;
	rg.ib = 3; rg.samples = (1 << hw.adc_bits) - 1;
	params(b, 16); fill(b, hw.rows * bpr()); inputs(b, hw.rows, rg);
	both(m, rg, {param(0, 16), load_(0, hw.usable(), hw.rows), xin(0, hw.rows), end_()}, b);
	Ins a = act(hw.rows, hw.cols, hw.adc_bits), o = out(std::min(hw.cols, 16), 2);
	a.tile_count = hw.usable();
	for (int id = 0; id < hw.usable() * hw.adcs; id++) for (int bit = -1; bit < 16; bit++) {
		rg.seed = ((bit < 0 ? 0 : 1 << bit) - 0x9E37 * (id + 1)) & 0xffff;
		o.tile = id / hw.adcs;
		both(m, rg, {a, o, end_()}, {});
		if (!why.empty()) { why += " (converter " + std::to_string(id) + ", seed " + std::to_string(rg.seed) + ")"; return; }
	}
}

// search trees that are chains: every threshold is asked, from below, from above, from both ends in turns
static void t_chains()
{
	if (!hw.asymmetric) return;
	Model m(hw, thresholds);
	Regs rg;
	std::vector<uint64_t> b;
	int top = (1 << hw.adc_bits) - 1;
	rg.ib = 3;
	params(b, 16); fill(b, hw.rows * bpr()); inputs(b, hw.rows, rg);
	both(m, rg, {param(0, 16), load_(0, hw.usable(), hw.rows), xin(0, hw.rows), end_()}, b);
	for (int shape = 0; shape < 3; shape++) for (int low : {-999, 999, -top / 2, 0}) {
		rg.left.assign(top + 1, 0); rg.right = rg.left;
		rg.root = shape == 1 ? top : 1;
		for (int lo = 1, hi = top, k = rg.root; lo < hi;) {  // k is one end of lo..hi, what is left goes on from its own end
			bool up = k == lo;
			up ? lo++ : hi--;
			int next = shape == 2 ? (up ? hi : lo) : shape == 1 ? hi : lo;
			(up ? rg.right : rg.left)[k] = next;
			k = next;
		}
		for (int s = 0; s < 4; s++) rg.low[s] = low;
		Ins a = act(hw.rows, hw.cols, hw.adc_bits);
		a.tile_count = hw.usable();
		both(m, rg, {a, out(std::min(hw.cols, 16), 2), end_()}, {});
		if (!why.empty()) { why += " (shape " + std::to_string(shape) + ", low " + std::to_string(low) + ")"; return; }
	}
	CHECK(m.comp_clocks > 0, "no comparisons");
}

// durations that need all eight bits of every timing register
static void t_long_clocks()
{
	Model m(hw, thresholds);
	Regs first;
	std::vector<uint64_t> b;
	first.ib = 2;
	params(b, 2); fill(b, 3 * bpr()); inputs(b, 3, first);
	both(m, first, {param(0, 2), load_(0, hw.usable(), 3), xin(0, 3), end_()}, b);
	for (int v : {21, 42, 91, 164, 255}) {
		for (int which = 0; which < 6; which++) {
			Regs rg = first;
			int *field[6] = {&rg.pre, &rg.eva, &rg.cmp, &rg.rpre, &rg.share, &rg.settle};
			*field[which] = v;
			both(m, rg, {act(3, 2, 2), out(2, 2), end_()}, {});
			if (!why.empty()) { why += " (register " + std::to_string(which) + " is " + std::to_string(v) + ")"; return; }
		}
	}
}

// thresholds far apart: every bit of the step and of the window's low end
static void t_wide_windows()
{
	if (hw.kind == STOCHASTIC || hw.kind == SENSE) return;
	Model m(hw, thresholds);
	Regs rg;
	std::vector<uint64_t> b;
	int top = (1 << hw.adc_bits) - 1;
	rg.ib = 3;
	params(b, 2); fill(b, 3 * bpr()); inputs(b, 3, rg);
	both(m, rg, {param(0, 2), load_(0, hw.usable(), 3), xin(0, 3), end_()}, b);
	for (int lsb : {1, 2, 5, 21, 85, 341, 1365, 5461, 10922, 21845, 43690, 65535}) {
		for (int s = 0; s < 4; s++) {
			int k = (s * top + 1) / 3;
			rg.lsb[s] = lsb;
			rg.low[s] = std::max(-32768, -k * lsb) + (s & 1);
			rg.nearest[s] = s >> 1;
		}
		std::vector<Ins> p;
		for (int s = 0; s < 4; s++) { Ins a = act(3, 4, hw.adc_bits); a.set = s; a.acc_base = 0; p.push_back(a); p.push_back(out(2, 2)); }
		p.push_back(end_());
		both(m, rg, p, {});
		if (!why.empty()) { why += " (step " + std::to_string(lsb) + ")"; return; }
	}
}

// products of up to 48 bits: sums near the ends of 32 bits, multipliers at their corners, every shift
static void t_products()
{
	if (hw.kind == STOCHASTIC || hw.kind == SENSE) return; // thresholds that no register moves
	Model m(hw, thresholds);
	const int mul[] = {65535, 1, 32768, 40000, 32767, 65534}, n = std::min({hw.ch, 6, m.columns()}), shifts = 47;
	Regs rg;
	std::vector<uint64_t> b;
	fill(b, hw.rows * bpr()); inputs(b, hw.rows, rg);
	both(m, rg, {load_(0, hw.usable(), hw.rows), xin(0, hw.rows), end_()}, b);
	for (int s = 0; s < 4; s++) rg.lsb[s] = 65535 >> s, rg.low[s] = s & 1 ? 32767 : -32768;
	for (int set = 0; set < 2; set++) for (int times : {1, 30, 1000}) for (int from = 1; from <= shifts; from += n) {
		std::vector<Ins> p;
		b.clear();
		Ins a = act(1, n, 1);
		a.set = set;
		a.slice0 = std::max(0, m.slices() - 2);        // the largest power of two of a weight
		p.push_back(a);
		a.flags = 1;
		if (from == 1) p.insert(p.end(), {loop_(times), a, next_()});
		else p.clear();                                // the sums of the program before
		for (int k = 0; k < 6; k++) {                  // every multiplier meets every shift
			for (int c = 0; c < n; c++) b.push_back(beat_param(mul[(c + k) % 6], std::min(from + c, shifts)));
			p.push_back(param(0, n)); p.push_back(out(n, 2));
		}
		p.push_back(end_());
		both(m, rg, p, b);
		if (!why.empty()) { why += " (set " + std::to_string(set) + ", " + std::to_string(times) + " times, shifts from " + std::to_string(from) + ")"; return; }
	}
}

// every bit of every operand that names tiles, rows or columns turned over, also where an index register adds it: what the model refuses is refused with its number
static void t_operands()
{
	struct Field { int Ins::*at; int bits; };
	const Field fields[] = {{&Ins::tile, 8}, {&Ins::tile_stride, 8}, {&Ins::tile_count, 8}, {&Ins::row_start, 10}, {&Ins::row_stride, 10}, {&Ins::row_count, 11},
				{&Ins::col_start, 10}, {&Ins::col_stride, 10}, {&Ins::col_count, 11}};
	int Ins::*const indexed[] = {&Ins::r_tile, &Ins::r_row, &Ins::r_col};
	Model m(hw, thresholds);
	int refused = 0, code;
	auto ask = [&](const Ins &i, int value) { // value: of r1
		auto at = [&](int start, int r) { return (start + (r ? value : 0)) & 0xffff; };
		code = m.check(i, at(i.tile, i.r_tile), at(i.row_start, i.r_row), at(i.col_start, i.r_col), 0);
		if (!code) return true;
		both(m, regs8(), {idx(1, 0, value), i, end_()}, {});
		refused++;
		return why.empty() && m.error == code && m.error_pc == 1;
	};
	for (Ins base : {load_(0, 1, 1), act(1, 1, 1), out(1, 2)}) {
		for (int several = 0; several < 2; several++) {
			if (several) base.tile_count = std::min(2, hw.usable()), base.row_count = base.col_count = 2;
			for (const Field &f : fields) {
				for (int bit = 0; bit < f.bits; bit++) {
					Ins i = base;
					i.*f.at ^= 1 << bit;
					CHECK(ask(i, 0), "op %d, bit %d of field %d, several %d: %d, not %d at %d", i.op, bit, (int)(&f - fields), several, m.error, code, m.error_pc);
				}
			}
			for (int Ins::*r : indexed) {
				for (int bit = 0; bit < 16; bit++) {
					Ins i = base;
					i.*r = 1;
					CHECK(ask(i, 1 << bit), "op %d, bit %d of an index, several %d: %d, not %d at %d", i.op, bit, several, m.error, code, m.error_pc);
				}
			}
		}
	}
	CHECK(refused > 100, "%d refused", refused);
	if (!why.empty()) return;
	// every run of tiles, also of those that only serve and have computed nothing: what is not named adds nothing
	std::vector<uint64_t> b;
	Ins every = act(hw.rows, 1, hw.adc_bits);
	every.tile_count = hw.usable();
	params(b, 1); fill(b, hw.rows * bpr()); inputs(b, hw.rows, regs8());
	both(m, regs8(), {param(0, 1), load_(0, hw.usable(), hw.rows), xin(0, hw.rows), every, end_()}, b);
	for (int first = 0; first < hw.tiles; first++) {
		std::vector<Ins> p;
		for (int n = 1; first + n <= hw.tiles; n++) { Ins o = out(1, 2); o.tile = first; o.tile_count = n; p.push_back(o); }
		p.push_back(end_());
		both(m, regs8(), p, {});
	}
}
// one address bit at a time, and every page
static void t_no_register()
{
	unsigned r;
	for (int bit = 8; bit < 16; bit++) for (uint32_t low : {0u, 0x40u, 0x48u, 0xfcu}) {
		dev->read(1u << bit | low, &r);
		CHECK(r == 2, "read of 0x%x answers %u", 1u << bit | low, r);
		r = dev->write(1u << bit | low, 3);
		CHECK(r == 2, "write of 0x%x answers %u", 1u << bit | low, r);
	}
	for (uint32_t page = 1; page < 0x40; page++) {
		bool prog = page <= 0x20 && (page - 1) * 0x10000u < 32u * hw.prog;
		dev->read(page << 16, &r);
		CHECK(r == (page == 0x23 ? 0u : 2u), "read of page 0x%x answers %u", page, r);
		if (page == 0x22 || page == 0x24) continue;         // the tree and the repair map: there in some builds
		r = dev->write(page << 16, 0);
		CHECK(r == (prog || page == 0x23 ? 0u : 2u), "write of page 0x%x answers %u", page, r);
	}
	CHECK(dev->read(STATUS) == 0, "something started: STATUS %x", dev->read(STATUS));
}

// what starts or clears needs the strobe of its byte and its bit
static void t_strobed_actions()
{
	load({xin(0, 1), end_()});
	dev->write(CTRL, 1, 14); CHECK(dev->read(STATUS) == 0, "started without the strobe");
	dev->write(CTRL, 0, 15); CHECK(dev->read(STATUS) == 0, "started without the bit");
	dev->write(CHAR_CTRL, 0x11, 14); CHECK(!(dev->read(CHAR_CTRL) & 1), "characterisation started without the strobe");
	dev->write(CTRL, 1); CHECK(dev->read(STATUS) & 1, "does not start");
	dev->write(CTRL, 4, 14); CHECK(dev->read(STATUS) & 1, "aborted without the strobe");
	dev->write(CTRL, 4, 1); for (int i = 0; i < 4; i++) dev->clock();
	CHECK((dev->read(STATUS) & 0xf7) == 0x94, "abort: STATUS %x", dev->read(STATUS));
	dev->write(STATUS, 6, 14); CHECK((dev->read(STATUS) & 6) == 4, "cleared without the strobe");
	dev->write(STATUS, 4, 1); CHECK((dev->read(STATUS) & 0xf7) == 0, "not cleared: STATUS %x", dev->read(STATUS));
	load({end_()});
	dev->write(CTRL, 1); for (int i = 0; i < 9; i++) dev->clock();
	CHECK((dev->read(STATUS) & 0xf7) == 2, "STATUS %x", dev->read(STATUS));
	dev->write(STATUS, 2, 14); CHECK((dev->read(STATUS) & 6) == 2, "done cleared without the strobe");
	dev->write(STATUS, 2, 1); CHECK((dev->read(STATUS) & 0xf7) == 0, "done not cleared: STATUS %x", dev->read(STATUS));
}

// docs/faults.md section 1: a partner that never comes, an abort, an abort while idle, and a machine that works as ever afterwards
static void t_stops()
{
	Model m(hw, thresholds);
	Regs rg;
	std::vector<uint64_t> b;
	params(b, 2); fill(b, 3 * bpr()); inputs(b, 3, rg);
	const std::vector<Ins> whole{param(0, 2), load_(0, hw.usable(), 3), xin(0, 3), act(3, 2, 2), out(2, 2 | 4), end_()};
	auto begin = [&](std::vector<Ins> p) { load(p); dev->out.clear(); dev->write(CTRL, 3); };
	auto stopped = [&](int code, int pc) {
		uint32_t st = dev->read(STATUS);
		// the sequencer's pc: of the instruction that waits, or already of the next
		CHECK((st & 0xf7) == (uint32_t)(4 | code << 4) && ((int)(st >> 16) == pc || (int)(st >> 16) == pc + 1), "STATUS %x, expected code %d at %d", st, code, pc);
		CHECK(dev->m.irq_o, "no interrupt");
		dev->write(STATUS, 4); dev->clock();
		CHECK(!dev->m.irq_o && (dev->read(STATUS) & 0xf7) == 0, "not cleared: %x", dev->read(STATUS));
	};
	CHECK(dev->read(WATCHDOG) == 65535, "WATCHDOG is %x at reset", dev->read(WATCHDOG));
	for (int units : {1, 2, 3}) {
		dev->write(WATCHDOG, units);
		begin({idx(1, 0, 5), xin(0, 1), end_()});
		uint64_t t0 = dev->clocks;
		while (!dev->m.irq_o && dev->clocks < t0 + 2000) dev->clock();
		CHECK(dev->clocks - t0 >= 256u * units - 8 && dev->clocks - t0 <= 256u * units + 16, "WATCHDOG %d: stopped after %llu clocks", units, (unsigned long long)(dev->clocks - t0));
		stopped(7, 1);
		both(m, rg, whole, b);
	}
	// steps in time: never a stop, however long the program
	dev->write(WATCHDOG, 1);
	begin({xin(0, 64), end_()});
	for (int k = 0; k < 8; k++) { for (int i = 0; i < 200; i++) dev->clock(); dev->in.push_back(0); }
	CHECK((wait_idle(400) & 0xf6) == 2, "a slow partner: STATUS %x", dev->read(STATUS));
	dev->write(STATUS, 2);
	// never
	dev->write(WATCHDOG, 0);
	begin({xin(0, 1), end_()});
	for (int i = 0; i < 1500; i++) dev->clock();
	CHECK(dev->read(STATUS) & 1, "stopped with WATCHDOG 0");
	dev->write(CTRL, 4 | 2);
	for (int i = 0; i < 4; i++) dev->clock();
	stopped(9, 0);
	dev->write(WATCHDOG, 65535);
	// abort in the middle of an activation, and of everything else
	for (int wait : {3, 9, 20, 33, 60}) {
		both(m, rg, {param(0, 2), load_(0, hw.usable(), 3), xin(0, 3), end_()}, b);
		begin({act(3, 2, 2), act(3, 2, 2), idx(1, 0, 1), out(2, 2), xin(0, 1), end_()});
		for (int i = 0; i < wait; i++) dev->clock();
		dev->write(CTRL, 4 | 2);
		for (int i = 0; i < 4; i++) dev->clock();
		CHECK((dev->read(STATUS) & 0xf5) == 0x94, "STATUS %x after %d clocks", dev->read(STATUS), wait);
		dev->write(STATUS, 4);
		for (int i = 0; i < 20; i++) dev->clock();
		both(m, rg, whole, b);
	}
	// while idle: beats that wait at the input are gone, no error
	dev->in.assign(2, 0x55);
	for (int i = 0; i < 6; i++) dev->clock();
	CHECK((dev->read(STATUS) & 0x107) == 0x102 || (dev->read(STATUS) & 0x107) == 0x100, "no beat waits: %x", dev->read(STATUS));
	dev->write(CTRL, 4);
	for (int i = 0; i < 4; i++) dev->clock();
	CHECK((dev->read(STATUS) & 0x105) == 0, "abort while idle: %x", dev->read(STATUS));
	dev->in.clear();
	both(m, rg, whole, b);
	// an abort wins over a start
	dev->write(STATUS, 6);
	load({xin(0, 1), end_()});
	dev->write(CTRL, 5);
	for (int i = 0; i < 4; i++) dev->clock();
	CHECK(!(dev->read(STATUS) & 1), "started by an abort");
}

// the whole program memory, byte after byte in any order, behind garbage
static void load_bytes(const std::vector<Ins> &prog)
{
	std::vector<Write> w; std::vector<Read> none;
	for (int i = 0; i < 8 * hw.prog; i++) w.push_back({(uint32_t)(PROG + 4 * i), (uint32_t)dev->rng.next(), 15, 9});
	for (size_t i = 0; i < prog.size(); i++) {
		uint32_t words[8];
		prog[i].words(words);
		for (int b = 0; b < 32; b++) {
			uint32_t mask = 0xffu << b % 4 * 8;
			w.push_back({(uint32_t)(PROG + 32 * i + b / 4 * 4), (words[b / 4] & mask) | ((uint32_t)dev->rng.next() & ~mask), 1u << b % 4, 9});
		}
	}
	for (size_t i = w.size() - 1; i > 8 * (size_t)hw.prog; i--) std::swap(w[i], w[8 * hw.prog + dev->rng.below((int)(i + 1 - 8 * hw.prog))]);
	dev->transact(w, none);
}
// every instruction that the memory has: index registers through all their bits, loops that begin anywhere, addresses and channels of OUT say what came of it
static void t_program_memory()
{
	Model m(hw, thresholds);
	Regs rg;
	std::vector<uint64_t> b;
	int n = pow2up(hw.ch);
	params(b, n); fill(b, hw.rows * bpr()); inputs(b, hw.rows, rg);
	both(m, rg, {param(0, n), load_(0, hw.usable(), hw.rows), xin(0, hw.rows), act(hw.rows, std::min(hw.cols, 16), 4), end_()}, b);
	loader = load_bytes;
	for (int k = 0; k < 4; k++) {
		std::vector<Ins> p;
		int depth = 0, since = 0;
		while ((int)p.size() < hw.prog - 1) {
			int room = hw.prog - 1 - (int)p.size() - depth, c = dev->rng.below(10);
			if (room == 0 || (depth && since > 2 && c < 3)) { p.push_back(next_()); depth--; since = 0; }
			else if (room >= 2 && depth < 4 && c < 5) { p.push_back(loop_(2)); depth++; since = 0; }
			else if (c < 8) { p.push_back(idx(dev->rng.below(16), dev->rng.below(16), dev->rng.below(65536))); since++; }
			else {
				Ins o = out(1, 3);
				o.base = dev->rng.below(65536); o.ch = dev->rng.below(65536); o.acc_base = dev->rng.below(65536);
				o.r_base = dev->rng.below(16); o.r_ch = dev->rng.below(16); o.r_acc = dev->rng.below(16);
				p.push_back(o); since++;
			}
		}
		p.push_back(end_());
		both(m, rg, p, {});
	}
	loader = load;
}
// four loops in each other, all over the program memory: every bit of every place where a loop begins
static void t_deep_loops()
{
	Model m(hw, thresholds);
	Regs rg;
	std::vector<uint64_t> b;
	params(b, 1);
	for (int base = 0; base + 16 <= hw.prog; base += base + 23 <= hw.prog ? 7 : 1) {
		std::vector<Ins> p{param(0, 1)};
		while ((int)p.size() <= base) p.push_back(idx(1, 1, 1));
		for (int k = 0; k < 4; k++) p.push_back(loop_(2));
		p.push_back(idx(2, 2, 1));
		for (int k = 0; k < 4; k++) { p.push_back(next_()); p.push_back(idx(3, 3, 1 << k)); }
		Ins o = out(1, 3);
		o.r_base = 3; o.r_ch = 2;
		p.push_back(o);
		p.push_back(end_());
		both(m, rg, p, b);
	}
}
// every bit of a count and of an address pattern
static void t_counts()
{
	Model m(hw, thresholds);
	Regs rg;
	std::vector<uint64_t> b;
	int n = pow2up(hw.ch);
	params(b, n); fill(b, hw.rows * bpr()); inputs(b, hw.rows, rg);
	both(m, rg, {param(0, n), load_(0, hw.usable(), hw.rows), xin(0, hw.rows), act(hw.rows, std::min(hw.cols, 16), 4), end_()}, b);
	for (int count : {0x5555, 0xaaaa}) {
		Ins o = out(count, 1), a = act(hw.rows, std::min(hw.cols, 16), 4);
		o.base = 0x8765; o.inner = count >> 2; o.inner_stride = 0xb3a5; o.outer_stride = 0x5c4b; o.ch = 0xa5a5;
		a.inner = 3; a.inner_stride = 5; a.outer_stride = 7;
		both(m, rg, {o, a, out(std::min(hw.cols, 16), 2), end_()}, {});
		std::vector<uint64_t> x;
		Ins i = xin(9, count);
		i.inner = 5; i.inner_stride = 3; i.outer_stride = 1;
		inputs(x, count, rg);
		both(m, rg, {i, a, out(std::min(hw.cols, 16), 2), end_()}, x);
	}
}
// counters that run over: as wide as they are (isa.md section 4)
static void t_counters_wrap()
{
	if (COUNTER_BITS > 16) return;
	Model m(hw, thresholds);
	Regs rg;
	std::vector<uint64_t> b;
	rg.ib = 2;
	params(b, 2); fill(b, 3 * bpr()); inputs(b, 3, rg);
	both(m, rg, {param(0, 2), load_(0, hw.usable(), 3), xin(0, 3), end_()}, b);
	both(m, rg, {loop_(45000), act(1, hw.cols, 1), next_(), end_()}, {});      // activations, conversions, comparisons, clocks of each; waits of ACT
	CHECK(m.planes > 65536 && m.conv > 65536 && m.comp_clocks > 65536 && m.waits[1] > 65536, "too little");
	rg.ism = 1; rg.ib = 8; rg.pre = rg.eva = 9; rg.cmp = 255;
	b.clear();
	fill(b, 8 * bpr());
	both(m, rg, {loop_(8), act(1, hw.cols, hw.adc_bits), load_(0, hw.usable(), 1), next_(), loop_(6), act(1, hw.cols, hw.adc_bits), out(1, 2), next_(), end_()}, b);
	CHECK(m.waits[0] > 65536 && m.waits[2] > 65536, "too little");
	std::vector<Ins> four(4, act(1, hw.cols, hw.adc_bits));
	four.push_back(end_());
	both(m, rg, four, {});
	CHECK(m.waits[3] > 32768, "too little");
	load({xin(0, 1), end_()});
	dev->write(CTRL, 1);
	uint64_t s0 = dev->read64(STALLS), c0 = dev->clocks;
	for (int k = 0; k < 70; k++) {
		for (int i = 0; i < 997; i++) dev->clock();
		uint64_t s = dev->read64(STALLS);
		CHECK(s == counted(s0 + dev->clocks - c0), "STALLS is %llu after %llu clocks", (unsigned long long)s, (unsigned long long)(dev->clocks - c0));
	}
	dev->in.push_back(0);
	wait_idle(100);
}
#endif

// Self-checking bench of cim_core: programs through the AXI ports, results, counters and clocks against core_model.h.
// Usage: bench [+cim_thresholds=FILE] [test name]. Geometry is read from the registers, so one source serves every build.
// SPDX-License-Identifier: Apache-2.0
#include "core_program.h"
#include <cstring>
#ifndef SPARES
#define SPARES 0
#endif
#ifndef COUNTER_BITS
#define COUNTER_BITS 64
#endif

static int failures;
static std::string why;
static std::vector<Element> probed;
static uint64_t counted(uint64_t n) { return n & (~0ull >> (64 - COUNTER_BITS)); } // what a counter shows of n
static std::vector<int> thresholds;     // of the file that the macro reads; empty: ideal ones

// cosim/probe_core.sv
extern "C" void bl_probe_out(int address, int channel, int acc, int q, int flags) { probed.push_back({flags & 1 ? address : -1, channel, acc, q, flags}); }

#define CHECK(cond, ...) do { if (!(cond) && why.empty()) { char b_[256]; snprintf(b_, sizeof b_, __VA_ARGS__); why = std::string(#cond) + ": " + b_; } } while (0)

enum { CTRL = 0x40, STATUS = 0x48, NUMBERS = 0x50, TIMING = 0x54, LSB = 0x60, CYCLES = 0x80, STALLS = 0x88, ACTIVATIONS = 0x90, CONVERSIONS = 0x98, COMPARISONS = 0xa0, COMPARE_CLOCKS = 0xa8, COMPUTE_CLOCKS = 0xb0, CONVERT_CLOCKS = 0xb8, SERVE_CLOCKS = 0xc0,
       READOUT = 0x4c, REFERENCE = 0x58, SAMPLES = 0x5c, SEED = 0xc8, CHAR_CTRL = 0xd0, CHAR_LEVEL = 0xd4, CHAR_STEP = 0xd8, CHAR_COUNT = 0xdc, WAIT_LOAD = 0xe0, WAIT_END = 0xf8, PROG = 0x10000, TREE = 0x220000, HISTOGRAM = 0x230000, REPAIR = 0x240000 };

static Hw geometry()
{
	uint32_t a = dev->read(0x28), b = dev->read(0x2c), c = dev->read(0x30), r = dev->read(READOUT);
	return {(int)(a & 0xffff), (int)(a >> 16), (int)(b & 0xff), (int)(c & 0xffff), (int)(b >> 8 & 0xff), (int)(b >> 16 & 3), (int)(b >> 18 & 1),
		(int)dev->read(0x34), (int)dev->read(0x38), (int)dev->read(0x3c), (int)dev->read(0x44),
		(int)(r & 7), (int)(r >> 3 & 1), (int)(r >> 4 & 1), (int)(r >> 5 & 1), (int)(r >> 6 & 3), (int)(r >> 8 & 15)};
}
static void set_regs(const Regs &r)
{
	CHECK(dev->write(NUMBERS, r.ib | r.ism << 4 | r.wb << 8 | r.wsm << 12) == 0, "NUMBERS refused");
	dev->write(TIMING, r.pre | r.eva << 8 | r.cmp << 16);
	dev->write(REFERENCE, r.rpre | r.share << 8 | r.settle << 16);
	dev->write(SAMPLES, r.samples);
	dev->write(SEED, r.seed);
	if (r.root) {
		std::vector<Write> w{{TREE, (uint32_t)r.root, 15, 9}}; std::vector<Read> none;
		for (int k = 1; k < 1 << hw.adc_bits; k++) w.push_back({(uint32_t)(TREE + 4 * k), (uint32_t)(r.left[k] | r.right[k] << 16), 15, 9});
		dev->transact(w, none);
		for (auto &x : w) CHECK(x.resp == 0, "TREE write at 0x%x answers %u", x.addr, x.resp);
	}
	for (int s = 0; s < 4; s++) {
		dev->write(LSB + 8 * s, r.lsb[s] | r.nearest[s] << 16);
		dev->write(LSB + 4 + 8 * s, r.low[s] & 0xffff);
	}
}
static void load(const std::vector<Ins> &prog)
{
	std::vector<Write> w; std::vector<Read> none;
	for (size_t i = 0; i < prog.size(); i++) {
		uint32_t words[8];
		prog[i].words(words);
		for (int j = 0; j < 8; j++) w.push_back({(uint32_t)(PROG + 32 * i + 4 * j), words[j], 15, 9});
	}
	dev->transact(w, none);
	for (auto &x : w) CHECK(x.resp == 0, "PROG write at 0x%x answers %u", x.addr, x.resp);
}
static uint32_t wait_idle(long limit)
{
	uint64_t end = dev->clocks + limit;
	uint32_t st;
	while ((st = dev->read(STATUS)) & 1 && dev->clocks < end) for (int i = 0; i < 16; i++) dev->clock();
	CHECK(!(st & 1), "still busy after %ld clocks", limit);
	return st;
}
static void (*loader)(const std::vector<Ins> &) = load;
// Runs a program on both; compares everything. Exact clocks when both streams run freely.
static void both(Model &m, const Regs &rg, const std::vector<Ins> &prog, const std::vector<uint64_t> &beats)
{
	bool gaps = dev->in_gap || dev->out_gap;
	m.rg = rg;
	m.run(prog, beats);
	set_regs(rg);
	loader(prog);
	dev->out.clear(); probed.clear();
	dev->in.assign(beats.begin(), beats.begin() + m.used);
	for (int i = 0; i < 4; i++) dev->clock();    // fills the input FIFO
	dev->write(CTRL, 1);
	uint32_t st = wait_idle(m.cycles * 8 + 4000);
	for (int i = 0; i < 200; i++) dev->clock();
	CHECK((st & 6) == (m.error ? 4u : 2u) && (int)(st >> 4 & 15) == m.error, "status 0x%x, expected error %d", st, m.error);
	if (m.error) CHECK((int)(st >> 16) == m.error_pc, "pc %u, expected %d", st >> 16, m.error_pc);
	CHECK(dev->in.empty(), "%zu beats not taken", dev->in.size());
	CHECK(dev->out.size() == m.out.size(), "%zu beats out, expected %zu", dev->out.size(), m.out.size());
	for (size_t i = 0; i < m.out.size() && i < dev->out.size(); i++)
		CHECK(dev->out[i].first == m.out[i] && dev->out[i].second == m.out_last[i], "beat %zu is %012llx last %d, expected %012llx last %d", i,
		      (unsigned long long)dev->out[i].first, dev->out[i].second, (unsigned long long)m.out[i], (int)m.out_last[i]);
	CHECK(probed.size() == m.elements.size(), "%zu elements probed, expected %zu", probed.size(), m.elements.size());
	for (size_t i = 0; i < probed.size() && i < m.elements.size(); i++) {
		const Element &p = probed[i], &x = m.elements[i];
		CHECK(p.address == x.address && p.channel == x.channel && p.acc == x.acc && p.q == x.q && p.flags == x.flags, "element %zu: address %d channel %d acc %d q %d flags %d, expected %d %d %d %d %d", i,
		      p.address, p.channel, p.acc, p.q, p.flags, x.address, x.channel, x.acc, x.q, x.flags);
	}
	uint64_t cyc = dev->read64(CYCLES), stalls = dev->read64(STALLS);
	if (!gaps) CHECK(cyc == counted(m.cycles) && stalls == 0, "%llu clocks (%llu stalled), expected %ld", (unsigned long long)cyc, (unsigned long long)stalls, m.cycles);
	else if (!hw.immersed) CHECK((long)(cyc - stalls) <= m.cycles && (long)cyc >= m.cycles, "%llu clocks, %llu stalled, unstalled %ld", (unsigned long long)cyc, (unsigned long long)stalls, m.cycles);
	for (int i = 0; i < 4 && !gaps; i++) {
		uint64_t w = dev->read64(WAIT_LOAD + 8 * i);
		CHECK(w == counted(m.waits[i]), "WAIT %d is %llu, expected %llu", i, (unsigned long long)w, (unsigned long long)m.waits[i]);
	}
	uint64_t e[7] = {m.planes, m.conv, m.comp, m.comp_clocks, m.compute, m.converting, m.serving}, c[7];
	for (int i = 0; i < 7; i++) c[i] = dev->read64(ACTIVATIONS + 8 * i);
	for (int i = 0; i < 7; i++) if (!gaps || i < 6 || hw.network != BROADCAST) CHECK(   // who joins whom depends on the moment
		c[i] == counted(e[i]), "counter %d is %llu, expected %llu", i, (unsigned long long)c[i], (unsigned long long)e[i]);
	CHECK(dev->fault.empty(), "%s", dev->fault.c_str());
}

// ---- registers and bus ----
static void t_reset_values()
{
	CHECK(dev->read(0) == 0x434D4931 && dev->read(4) == 0x00010001, "ID %08x VERSION %08x", dev->read(0), dev->read(4));
	for (int i = 0; i < 8; i++) CHECK(dev->read(8 + 4 * i) == 0x01020304u + 0x04040404u * i, "HASH%d %08x", i, dev->read(8 + 4 * i));
	CHECK(dev->read(CTRL) == 0 && dev->read(STATUS) == 0, "CTRL or STATUS");
	CHECK(dev->read(NUMBERS) == 0x808, "NUMBERS %x", dev->read(NUMBERS));
	CHECK(dev->read(TIMING) == 0x030201, "TIMING %x", dev->read(TIMING));
	for (int s = 0; s < 4; s++) CHECK(dev->read(LSB + 8 * s) == 1 && dev->read(LSB + 4 + 8 * s) == 0, "window %d", s);
	for (int a = WAIT_LOAD; a <= WAIT_END + 4; a += 4) CHECK(dev->read(a) == 0, "counter 0x%x", a);
	for (int a = CYCLES; a <= SERVE_CLOCKS + 4; a += 4) CHECK(dev->read(a) == 0, "counter 0x%x", a);
	CHECK(hw.rows == ROWS && hw.cols == COLS && hw.tiles == TILES && hw.adcs == ADCS && hw.cell_bits == CELL_BITS && hw.sample_hold == SAMPLE_HOLD && dev->read(0x2c) >> 19 == SPARES, "geometry");
	CHECK(dev->read(0x30) == (COUNTER_BITS << 16 | ADCS), "GEOM2 %x", dev->read(0x30));
	CHECK(dev->read(READOUT) == READOUT_VALUE, "READOUT %x", dev->read(READOUT));
	CHECK(dev->read(REFERENCE) == 0x040302 && dev->read(SAMPLES) == 1 && dev->read(SEED) == 0xace1, "REFERENCE %x SAMPLES %x SEED %x", dev->read(REFERENCE), dev->read(SAMPLES), dev->read(SEED));
	CHECK(dev->read(CHAR_CTRL) == 0 && dev->read(CHAR_LEVEL) == 0 && dev->read(CHAR_STEP) == 1 && dev->read(CHAR_COUNT) == 1, "CHAR");
}
static void t_strobes_and_masks()
{
	dev->write(NUMBERS, 0xffffffff, 1); CHECK(dev->read(NUMBERS) == 0x81f, "%x", dev->read(NUMBERS));
	dev->write(NUMBERS, 0xffffffff, 2); CHECK(dev->read(NUMBERS) == 0x3f1f, "%x", dev->read(NUMBERS));
	dev->write(TIMING, 0x11223344, 4); CHECK(dev->read(TIMING) == 0x220201, "%x", dev->read(TIMING));
	dev->write(LSB + 16, 0xffffffff, 4); CHECK(dev->read(LSB + 16) == 0x10001, "%x", dev->read(LSB + 16));
	dev->write(LSB + 16, 0xffffffff, 2); CHECK(dev->read(LSB + 16) == 0x1ff01, "%x", dev->read(LSB + 16));
	dev->write(LSB + 28, 0x8001fffe, 15); CHECK(dev->read(LSB + 28) == 0xfffe, "%x", dev->read(LSB + 28));
	dev->write(REFERENCE, 0xffffffff, 2); CHECK(dev->read(REFERENCE) == 0x04ff02, "%x", dev->read(REFERENCE));
	dev->write(SAMPLES, 0xffffffff, 2); CHECK(dev->read(SAMPLES) == 0xf01, "%x", dev->read(SAMPLES));
	dev->write(SEED, 0x12345678, 13); CHECK(dev->read(SEED) == 0xac78, "%x", dev->read(SEED));
	dev->write(CHAR_LEVEL, 0x12fedcba, 15); CHECK(dev->read(CHAR_LEVEL) == 0xfedcba, "%x", dev->read(CHAR_LEVEL));
	dev->write(CHAR_STEP, 0x12345678, 15); CHECK(dev->read(CHAR_STEP) == 0x5678, "%x", dev->read(CHAR_STEP));
	dev->write(CHAR_COUNT, 0x12345678, 2); CHECK(dev->read(CHAR_COUNT) == 0x5601, "%x", dev->read(CHAR_COUNT));
	dev->write(CHAR_CTRL, 0xfffffffe, 15); CHECK(dev->read(CHAR_CTRL) == 0xfffffff2, "%x", dev->read(CHAR_CTRL));
	CHECK(dev->write(READOUT, 0) == 0 && dev->read(READOUT) == READOUT_VALUE, "write to READOUT");
	CHECK(dev->write(WAIT_END + 4, 1) == 0 && dev->read(WAIT_END + 4) == 0, "write to WAIT_END");
	CHECK(dev->write(0, 1) == 0 && dev->read(0) == 0x434D4931, "write to ID");
	dev->write(CTRL, 2, 15); CHECK(dev->read(CTRL) == 2, "interrupt enable");
	dev->write(CTRL, 0, 14); CHECK(dev->read(CTRL) == 2, "strobe of CTRL");
}
static void t_slverr()
{
	unsigned r;
	for (uint32_t a : {0x100u, 0x104u, 0xfffcu, (uint32_t)(PROG + 32 * hw.prog), (uint32_t)(HISTOGRAM + (4 << hw.adc_bits)), (uint32_t)(TREE + (4 << hw.adc_bits)), (uint32_t)(REPAIR + 4 * hw.tiles * SPARES), 0x250000u, 0x3ffffcu}) {
		dev->read(a, &r); CHECK(r == 2, "read of 0x%x answers %u", a, r);
		r = dev->write(a, 5); CHECK(r == 2, "write of 0x%x answers %u", a, r);
	}
	dev->read(PROG, &r); CHECK(r == 2, "read of PROG answers %u", r);
	dev->read(TREE, &r); CHECK(r == 2, "read of TREE answers %u", r);
	dev->read(HISTOGRAM + (4 << hw.adc_bits) - 4, &r); CHECK(r == 0, "read of the last bin answers %u", r);
	r = dev->write(HISTOGRAM, 5); CHECK(r == 0, "write of HISTOGRAM answers %u", r);
	// the binary search by hand: what the tree is at reset
	for (int k = 0; k < 1 << hw.adc_bits; k++) {
		int half = (k & -k) / 2, root = 1 << (hw.adc_bits - 1);
		r = dev->write(TREE + 4 * k, k ? (k - half) * (half > 0) | (k + half) * (half > 0) << 16 : root);
		CHECK(r == (hw.asymmetric ? 0u : 2u), "write of TREE %d answers %u", k, r);
		if (k == 1) { r = dev->write(TREE + 4, 1, 14); CHECK(r == 2, "half a node answers %u", r); }
	}
	dev->read(REPAIR, &r); CHECK(r == 2, "read of REPAIR answers %u", r);
	for (int k = 0; k < hw.tiles * SPARES; k++) {
		r = dev->write(REPAIR + 4 * k, 0x80000000, 7); CHECK(r == 2, "part of REPAIR %d answers %u", k, r);
		r = dev->write(REPAIR + 4 * k, 0); CHECK(r == 0, "write of REPAIR %d answers %u", k, r);
	}
	CHECK(dev->write(PROG + 32 * hw.prog - 4, 5) == 0, "last word of PROG");
	// locked while busy: an XIN without beats holds the core
	load({xin(0, 1), end_()});
	uint32_t before[3] = {dev->read(NUMBERS), dev->read(TIMING), dev->read(LSB + 12)};
	dev->write(CTRL, 1);
	CHECK(dev->read(STATUS) & 1, "not busy");
	for (uint32_t a : {(uint32_t)NUMBERS, (uint32_t)TIMING, (uint32_t)LSB, (uint32_t)LSB + 12, (uint32_t)PROG + 32, (uint32_t)REFERENCE, (uint32_t)SAMPLES, (uint32_t)SEED, (uint32_t)CHAR_CTRL, (uint32_t)CHAR_LEVEL, (uint32_t)CHAR_STEP, (uint32_t)CHAR_COUNT, (uint32_t)TREE, (uint32_t)REPAIR}) CHECK(dev->write(a, 0x01010101) == 2, "busy write of 0x%x", a);
	CHECK(before[0] == dev->read(NUMBERS) && before[1] == dev->read(TIMING) && before[2] == dev->read(LSB + 12), "a locked register changed");
	CHECK(dev->write(CTRL, 1) == 0 && dev->write(STATUS, 0) == 0 && dev->write(WAIT_LOAD, 5) == 0, "CTRL, STATUS and counters are open while busy");
	uint64_t s0 = dev->read64(STALLS), s1;
	dev->in.push_back(0);
	wait_idle(100);
	s1 = dev->read64(STALLS);
	CHECK(s1 > s0 && dev->read64(CYCLES) - s1 == 5, "clocks %llu stalls %llu", (unsigned long long)dev->read64(CYCLES), (unsigned long long)s1);
	CHECK((dev->read(STATUS) & 7) == 2, "status %x", dev->read(STATUS));
}
static void t_handshake_orders()
{
	uint32_t shadow[8];
	for (int i = 0; i < 8; i++) shadow[i] = dev->read(LSB + 4 * i);
	for (int gap : {0, 30, 70}) {
		dev->axi_gap = gap;
		std::vector<Write> w, no_writes; std::vector<Read> no_reads, r;
		for (int i = 0; i < 400; i++) {
			int k = dev->rng.below(8); uint32_t v = (uint32_t)dev->rng.next(); bool bad = dev->rng.percent(10);
			w.push_back({bad ? 0x100u : (uint32_t)(LSB + 4 * k), v, 15, 9});
			if (!bad) shadow[k] = v & (k & 1 ? 0xffff : 0x1ffff);
		}
		uint64_t c0 = dev->clocks;
		dev->transact(w, no_reads);
		if (gap == 0) CHECK(dev->clocks - c0 <= 2 * 400 + 4, "%llu clocks for 400 writes", (unsigned long long)(dev->clocks - c0));
		for (auto &x : w) CHECK(x.resp == (x.addr == 0x100 ? 2u : 0u), "resp %u", x.resp);
		for (int i = 0; i < 100; i++) r.push_back({(uint32_t)(i % 9 == 8 ? 0x104 : LSB + 4 * (i % 9)), 0, 9});
		dev->transact(no_writes, r);
		for (int i = 0; i < 100; i++) CHECK(i % 9 == 8 ? r[i].resp == 2 : r[i].resp == 0 && r[i].data == shadow[i % 9], "read %d gives %x", i, r[i].data);
	}
	// AW long before W, W long before AW
	dev->axi_gap = 0;
	for (int first = 0; first < 2; first++) {
		dev->m.s_axi_awaddr_i = LSB; dev->m.s_axi_wdata_i = 77 + first; dev->m.s_axi_wstrb_i = 15;
		(first ? dev->m.s_axi_wvalid_i : dev->m.s_axi_awvalid_i) = 1; dev->clock();
		dev->m.s_axi_awvalid_i = dev->m.s_axi_wvalid_i = 0;
		for (int i = 0; i < 9; i++) { dev->clock(); CHECK(!dev->m.s_axi_bvalid_o, "answered half a write"); }
		(first ? dev->m.s_axi_awvalid_i : dev->m.s_axi_wvalid_i) = 1; dev->clock();
		dev->m.s_axi_awvalid_i = dev->m.s_axi_wvalid_i = 0;
		for (int i = 0; i < 9; i++) dev->clock();
		CHECK(dev->m.s_axi_bvalid_o, "no answer");
		dev->m.s_axi_bready_i = 1; dev->clock(); dev->m.s_axi_bready_i = 0;
		CHECK(!dev->m.s_axi_bvalid_o && dev->read(LSB) == 77u + first, "value %u", dev->read(LSB));
	}
}
static void t_interrupt()
{
	load({end_()});
	dev->write(CTRL, 1); for (int i = 0; i < 9; i++) dev->clock();
	CHECK(!dev->m.irq_o, "interrupt without enable");
	dev->write(CTRL, 2); dev->clock(); CHECK(dev->m.irq_o, "no interrupt when enabled");
	dev->write(STATUS, 4); dev->clock(); CHECK(dev->m.irq_o, "cleared by the wrong bit");
	dev->write(STATUS, 2); dev->clock(); CHECK(!dev->m.irq_o && dev->read(STATUS) == 0, "not cleared");
	load({mk(0)});
	dev->write(CTRL, 3); for (int i = 0; i < 9; i++) dev->clock();
	CHECK(dev->m.irq_o && dev->read(STATUS) == 0x14, "status %x", dev->read(STATUS));
	dev->write(STATUS, 4); dev->clock(); CHECK(!dev->m.irq_o && dev->read(STATUS) == 0, "error not cleared: %x", dev->read(STATUS));
}

// ---- programs ----
static Regs regs8() { return Regs(); }
static void t_worked_example()          // isa.md section 6: 73 clocks
{
	if (hw.rows != 8 || hw.adcs != 8 || hw.adc_bits < 4 || hw.kind != SAR || hw.asymmetric || hw.immersed) return;
	Model m(hw, thresholds); std::vector<uint64_t> b;
	params(b, 1); fill(b, 8 * bpr()); inputs(b, 8, regs8());
	both(m, regs8(), {param(0, 1), load_(0, 1, 8), xin(0, 8), end_()}, b);
	both(m, regs8(), {act(8, 8, 4), out(1, 2), end_()}, {});
	CHECK(m.waits[2] == 53 && m.waits[3] == 0 && dev->read64(WAIT_LOAD + 16) == 53, "OUT waited %llu clocks", (unsigned long long)m.waits[2]);
	CHECK(m.cycles == 73 && dev->read64(CYCLES) == 73, "model %ld, core %llu", m.cycles, (unsigned long long)dev->read64(CYCLES));
}
static void t_matmul()                  // integer product, written out by hand, all tiles with the same weights
{
	Model m(hw, thresholds); Regs rg; rg.ib = 4; rg.wb = 4;
	int k = m.hw.rows < 15 ? m.hw.rows : 7;   // counts up to 7 * 3 <= 31
	m.rg = rg;
	int s = m.slices(), n = std::min(hw.cols / s, 3), bits = std::min(hw.adc_bits, 5);
	std::vector<uint64_t> b; std::vector<int> w(k * n), x(k);
	for (auto &v : w) v = dev->rng.range(-8, 7);
	for (auto &v : x) v = dev->rng.range(-8, 7);
	for (int c = 0; c < n; c++) b.push_back(beat_param(1, 1));
	for (int r = 0; r < k; r++) {
		std::vector<uint64_t> row(bpr(), 0);
		for (int o = 0; o < n; o++) for (int j = 0; j < s; j++) { int c = (o * s + j) * hw.cell_bits; row[c / 64] |= (uint64_t)m.digit(w[r * n + o], j) << c % 64; }
		b.insert(b.end(), row.begin(), row.end());
	}
	for (int r = 0; r < k; r += 8) { uint64_t v = 0; for (int i = 0; i < 8 && r + i < k; i++) v |= (uint64_t)(uint8_t)x[r + i] << 8 * i; b.push_back(v); }
	Ins a = act(k, n * s, bits); a.nslice = s;
	if (hw.asymmetric) bits = hw.adc_bits;
	if (k * ((1 << hw.cell_bits) - 1) >= 1 << bits || hw.kind == STOCHASTIC || !thresholds.empty()) { CHECK(hw.kind != SAR || !thresholds.empty(), "not lossless"); return; }
	both(m, rg, {param(0, n), load_(0, hw.usable(), k), xin(0, k), a, out(n, 2 | 4), end_()}, b);
	for (int o = 0; o < n && o < (int)dev->out.size(); o++) {
		int y = 0;
		for (int r = 0; r < k; r++) y += w[r * n + o] * x[r];
		CHECK((int32_t)dev->out[o].first == y, "output %d is %d, expected %d", o, (int32_t)dev->out[o].first, y);
	}
}
static void t_loops_and_index()
{
	Model m(hw, thresholds); Regs rg; std::vector<uint64_t> b;
	params(b, 2); fill(b, 8 * bpr()); for (int i = 0; i < 64; i++) inputs(b, 1, rg);
	Ins x = xin(3, 1); x.r_base = 1;
	Ins a = act(3, 3, 2); a.r_base = 4; a.r_row = 2; a.r_col = 3; a.r_acc = 2;
	Ins o = out(1, 3); o.r_acc = 2; o.r_ch = 5; o.base = 100; o.r_base = 1;
	both(m, rg, {param(0, 2), load_(0, 1, 8), xin(0, 1), idx(0, 0, 9), loop_(3), idx(1, 0, 65534), loop_(2), idx(1, 1, 1), idx(5, 0, 0), loop_(3), x, loop_(2), idx(2, 2, 1), idx(2, 2, 65535), a, o, next_(),
	             next_(), idx(5, 5, 1), next_(), idx(4, 4, 1), idx(3, 3, 1), next_(), loop_(1), idx(7, 7, 1), next_(), end_()},
	     [&] { std::vector<uint64_t> v(b); fill(v, 64); return v; }());
	// index registers start at zero again
	Ins p = param(0, 1); p.r_ch = 7;
	both(m, rg, {param(0, 1), p, out(1, 2), end_()}, {beat_param(3, 2), beat_param(5, 1)});
}
static void t_index_fields()            // every register in every field that adds one: r[k] = -3k, then as the next program finds them, zero
{
	Model m(hw, thresholds); Regs rg;
	for (int first = 0; first < 30; first++) {
		std::vector<Ins> p; std::vector<uint64_t> b;
		bool written = first < 15;
		auto use = [&](int &field, int &r, int k) { r = 1 + (first + k) % 15; field += written ? 3 * r : 0; };
		Ins c = param(2, 4), l = load_(hw.usable() - 1, 1, hw.rows - 1), x = xin(3, 16), a = act(4, 4, 2), o = out(4, 3);
		l.row_start = 1; a.row_start = 2; a.col_start = 1; a.acc_base = o.acc_base = 5; a.tile = o.tile = hw.usable() - 1; a.base = 3; o.base = 30; o.ch = 2;
		for (int k = 1; k < 16 && written; k++) p.push_back(idx(k, k - 1, 65533));
		use(c.ch, c.r_ch, 0); use(l.row_start, l.r_row, 1); use(l.tile, l.r_tile, 2); use(x.base, x.r_base, 3);
		use(a.base, a.r_base, 4); use(a.row_start, a.r_row, 5); use(a.col_start, a.r_col, 6); use(a.acc_base, a.r_acc, 7); use(a.tile, a.r_tile, 8);
		use(o.base, o.r_base, 9); use(o.acc_base, o.r_acc, 10); use(o.tile, o.r_tile, 11); use(o.ch, o.r_ch, 12);
		params(b, 4); fill(b, (hw.rows - 1) * bpr()); inputs(b, 16, rg);
		p.insert(p.end(), {c, l, x, a, o, end_()});
		both(m, rg, p, b);
		CHECK(m.error == 0 && m.out.size() == 4, "model says %d", m.error);
	}
}
static void t_errors()
{
	struct Case { Ins i; int code; };
	std::vector<Case> cases;
	auto add = [&](Ins i, int code, void (*f)(Ins &)) { f(i); cases.push_back({i, code}); };
	for (int op : {0, 10, 11, 12, 13, 14, 15}) cases.push_back({mk(op), 1});
	cases.push_back({next_(), 2}); cases.push_back({loop_(0), 2});
	Ins L = load_(0, 1, 2), A = act(2, 2, 1), O = out(2, 3);
	for (Ins i : {L, A, O}) {
		add(i, 3, [](Ins &j) { j.tile_count = 0; });
		add(i, 3, [](Ins &j) { j.tile = hw.tiles; });
		add(i, 3, [](Ins &j) { j.tile_count = hw.tiles + 1; });
		add(i, 3, [](Ins &j) { j.tile_stride = hw.tiles; j.tile_count = 2; });
		add(i, 3, [](Ins &j) { j.r_tile = 1; });
		add(i, 3, [](Ins &j) { j.tile_stride = 255; j.tile_count = 255; });
	}
	for (Ins i : {L, A}) {
		add(i, 4, [](Ins &j) { j.row_count = 0; });
		add(i, 4, [](Ins &j) { j.row_start = hw.rows - 1; });
		add(i, 4, [](Ins &j) { j.row_stride = hw.rows - 1; j.row_start = 1; });
		add(i, 4, [](Ins &j) { j.row_stride = 0; });
		add(i, 4, [](Ins &j) { j.row_count = 2047; j.row_stride = 1023; });
		add(i, 4, [](Ins &j) { j.r_row = 1; });
	}
	add(A, 4, [](Ins &j) { j.col_count = 0; });
	add(A, 4, [](Ins &j) { j.col_start = hw.cols - 1; });
	add(A, 4, [](Ins &j) { j.col_count = hw.cols + 1; });
	add(A, 4, [](Ins &j) { j.r_col = 1; });
	add(A, 4, [](Ins &j) { j.inner = 0; });
	add(A, 5, [](Ins &j) { j.bits = 0; });
	add(A, 5, [](Ins &j) { j.bits = hw.adc_bits + 1; });
	add(A, 5, [](Ins &j) { j.nslice = 0; });
	add(A, 3, [](Ins &j) { j.tile_count = 0; j.row_count = 0; j.bits = 0; });
	add(param(0, 1), 4, [](Ins &j) { j.count = 0; });
	add(xin(0, 1), 4, [](Ins &j) { j.count = 0; });
	add(xin(0, 1), 4, [](Ins &j) { j.inner = 0; });
	add(O, 4, [](Ins &j) { j.count = 0; });
	add(O, 4, [](Ins &j) { j.inner = 0; });
	if (hw.usable() < hw.tiles) for (Ins i : {L, A}) {   // a tile that only serves; OUT of it is legal
		add(i, 3, [](Ins &j) { j.tile = hw.usable(); });
		add(i, 3, [](Ins &j) { j.tile_count = hw.usable() + 1; });
	}
	Model m(hw, thresholds); std::vector<uint64_t> b;
	params(b, 8); fill(b, hw.rows * bpr()); inputs(b, 16, regs8());
	both(m, regs8(), {param(0, 8), load_(0, hw.usable(), hw.rows), xin(0, 16), act(8, 8, 1), end_()}, b);
	for (size_t k = 0; k < cases.size(); k++) {
		// r1 puts whatever is indexed outside; the illegal instruction changes nothing that the next program would see
		both(m, regs8(), {idx(1, 0, 65535 - 1100), cases[k].i, out(1, 2), end_()}, {});
		CHECK(m.error == cases[k].code && m.error_pc == 1, "case %zu: model says %d", k, m.error);
		both(m, regs8(), {act(8, 8, 1), out(8, 2), end_()}, {});
		if (!why.empty()) { why += " (case " + std::to_string(k) + ")"; return; }
	}
	// legal although it looks odd: OUT to the stream only ignores the pattern, one element needs no stride
	O.flags = 2; O.inner = 0;
	A.row_count = A.col_count = 1; A.row_stride = A.col_stride = A.tile_stride = 0; A.row_start = hw.rows - 1; A.col_start = hw.cols - 1; A.tile = hw.usable() - 1;
	both(m, regs8(), {O, A, loop_(1), loop_(1), loop_(1), loop_(1), next_(), next_(), next_(), next_(), end_()}, {});
	both(m, regs8(), {loop_(1), loop_(1), loop_(1), loop_(1), loop_(1), end_()}, {});
	CHECK(m.error == 2 && m.error_pc == 4, "fifth level");
	for (int pc = 1; pc < hw.prog; pc *= 2) {            // every bit of where it stopped
		std::vector<Ins> p(pc, idx(0, 0, 0));
		p.push_back(mk(0));
		both(m, regs8(), p, {});
		CHECK(m.error == 1 && m.error_pc == pc, "at %d", pc);
	}
	// an error behind a running activation: stops when the tiles are idle
	both(m, regs8(), {act(8, 8, 1), mk(0)}, {});
	// off the end of the program memory
	std::vector<Ins> all(hw.prog, idx(0, 0, 0));
	both(m, regs8(), all, {});
	CHECK(m.error == 6 && m.error_pc == (hw.prog & 0xffff), "end of memory");
}
static void t_pairs()                   // dif: ACT counts pairs, LOAD columns
{
	Model m(hw, thresholds); Regs rg; rg.wsm = 2; rg.wb = 3; rg.ib = 4;
	for (int s = 0; s < 4; s++) rg.low[s] = hw.kind == STOCHASTIC ? 0 : -2;
	std::vector<uint64_t> b;
	params(b, 8); fill(b, hw.rows * bpr()); inputs(b, hw.rows, rg);
	int n = hw.cols / 2;
	Ins a = act(hw.rows, n, 4), o = out(std::min(n, 8), 2);
	both(m, rg, {param(0, 8), load_(0, hw.usable(), hw.rows), xin(0, hw.rows), a, o, end_()}, b);
	a.col_start = 1;
	for (int code : {4, 0}) {
		both(m, rg, {a, end_()}, {});
		CHECK(m.error == code, "model says %d", m.error);
		rg.wsm = 1; rg.wb = 2;
	}
}
#include "core_repair.h"
static void t_durations()
{
	Model m(hw, thresholds); Regs rg; std::vector<uint64_t> b;
	params(b, 40); fill(b, 8 * bpr()); inputs(b, 16, rg);
	both(m, rg, {param(0, 40), load_(0, hw.usable(), 8), xin(0, 16), act(8, 8, 1), out(8, 0), end_()}, b);
	auto time = [&](std::vector<Ins> p, std::vector<uint64_t> v) { p.push_back(end_()); both(m, rg, p, v); return (long)dev->read64(CYCLES) - 2; };
	std::vector<uint64_t> v; fill(v, 64 * bpr()); params(v, 0);
	std::vector<uint64_t> pv; params(pv, 40);
	CHECK(time({}, {}) == 0, "END");
	CHECK(time({idx(1, 0, 5)}, {}) == 2, "IDX");
	CHECK(time({loop_(3), next_()}, {}) == 2 + 3 * 2, "LOOP");
	for (int n : {1, 3, 33}) CHECK(time({param(0, n)}, pv) == 2 + n, "PARAM %d", n);
	for (int n : {1, 7, 8, 9, 33}) { std::vector<uint64_t> xv; inputs(xv, n, rg); CHECK(time({xin(0, n)}, xv) == 2 + n, "XIN %d", n); }
	for (int n : {1, 3, 7}) CHECK(time({load_(0, 1, n)}, v) == 2 + n * bpr(), "LOAD %d", n);
	for (int n : {1, 3, 33}) CHECK(time({out(n, 3)}, {}) == 2 + n + 4, "OUT %d: %llu", n, (unsigned long long)dev->read64(CYCLES));
}
static void t_output_stalls()           // the host takes nothing: exactly the FIFO's eight beats wait, none is lost
{
	Model m(hw, thresholds); std::vector<uint64_t> b;
	int n = pow2up(hw.ch);                       // channel and accumulator addresses wrap
	params(b, n); fill(b, 8 * bpr()); inputs(b, 16, regs8());
	both(m, regs8(), {param(0, n), load_(0, hw.usable(), 8), xin(0, 16), act(8, 8, 1), end_()}, b);
	m.run({out(33, 2 | 4), end_()}, {});
	load({out(33, 2 | 4), end_()});
	dev->out.clear(); dev->out_closed = true;
	dev->write(CTRL, 1);
	for (int i = 0; i < 300; i++) dev->clock();
	uint64_t s = dev->read64(STALLS);
	CHECK(dev->read(STATUS) & 1 && s > 250 && dev->m.m_axis_tvalid_o, "stalls %llu", (unsigned long long)s);
	dev->out_closed = false;
	wait_idle(400);
	for (int i = 0; i < 20; i++) dev->clock();
	CHECK(dev->out.size() == 33, "%zu beats", dev->out.size());
	for (size_t i = 0; i < dev->out.size() && i < m.out.size(); i++) CHECK(dev->out[i].first == m.out[i] && dev->out[i].second == (i == 32), "beat %zu", i);
	CHECK((long)(dev->read64(CYCLES) - dev->read64(STALLS)) == m.cycles, "clocks");
}

#include "core_char.h"

// ---- random programs ----
static void random_program(Rng &g, Regs &rg, std::vector<Ins> &p, std::vector<uint64_t> &b, const Model &m0)
{
	Model m = m0;
	rg.ib = g.range(1, 8); rg.ism = g.below(2); rg.wb = g.range(1, 8); rg.wsm = g.below(3);
	rg.pre = g.range(1, 4); rg.eva = g.range(1, 4); rg.cmp = g.range(1, 3);
	rg.rpre = g.range(1, 3); rg.share = g.range(1, 3); rg.settle = g.range(1, 2); rg.seed = g.below(65536); rg.samples = g.range(1, (1 << hw.adc_bits) - 1);
	if (hw.asymmetric) {
		rg.left.assign(1 << hw.adc_bits, 0); rg.right = rg.left;
		rg.root = grow(rg, 1, (1 << hw.adc_bits) - 1, [&](int lo, int hi) { return g.range(lo, hi); });
	}
	for (int s = 0; s < 4; s++) { rg.lsb[s] = g.percent(50) ? 1 : g.range(1, 3); rg.low[s] = g.percent(60) ? 0 : g.range(-3, 5); rg.nearest[s] = g.below(2); }
	m.rg = rg;
	int n_ch = std::min(hw.ch, 9), acc_words = std::min(hw.acc, 16);
	p.push_back(param(0, n_ch)); params(b, n_ch);
	p.push_back(load_(0, hw.usable(), hw.rows)); fill(b, hw.rows * bpr());
	p.push_back(xin(0, pow2up(hw.act))); inputs(b, pow2up(hw.act), rg);
	auto set = [&](Ins &i) {
		i.tile = g.below(hw.usable());
		i.tile_stride = g.range(1, 3);
		i.tile_count = 1 + g.below((hw.usable() - 1 - i.tile) / i.tile_stride + 1);
	};
	auto pattern = [&](Ins &i) { i.base = g.below(65536); i.inner = g.range(1, 9); i.inner_stride = g.below(65536); i.outer_stride = g.below(65536); };
	auto line = [&](int size, int &start, int &stride, int &count) {
		start = g.below(size); stride = g.percent(50) ? 1 : g.range(1, 5);
		count = 1 + g.below((size - 1 - start) / stride + 1);
	};
	std::vector<std::pair<Ins, int>> regions;   // activations that wrote whole regions
	int n = g.range(4, 16);
	for (int k = 0; k < n; k++) {
		Ins i;
		switch (g.below(6)) {
		case 0: { int c = g.range(1, 40); i = xin(0, c); pattern(i); inputs(b, c, rg); break; }
		case 1: { i = load_(0, 1, 1); set(i); line(hw.rows, i.row_start, i.row_stride, i.row_count); fill(b, i.row_count * bpr()); break; }
		case 2: if (!regions.empty()) {
			auto &r = regions[g.below((int)regions.size())];
			i = out(r.second, g.below(8)); i.tile = r.first.tile; i.tile_stride = r.first.tile_stride; i.tile_count = r.first.tile_count; i.acc_base = r.first.acc_base; i.ch = g.below(n_ch); pattern(i);
			if (i.ch + i.count > n_ch) i.count = n_ch - i.ch;
			// the requantised value is an input code of the present width only
			break;
		} // fall through
		default: {
			i = act(1, 1, hw.asymmetric ? hw.adc_bits : g.range(1, hw.adc_bits)); set(i); pattern(i);
			line(hw.rows, i.row_start, i.row_stride, i.row_count);
			line(m.columns(), i.col_start, i.col_stride, i.col_count);
			i.set = g.below(4); i.nslice = g.range(1, m.slices()); i.slice0 = g.below(m.slices() - i.nslice + 1);
			if (i.nslice > i.col_count) i.nslice = i.col_count;
			i.col_count -= i.col_count % i.nslice;
			i.col_count = std::min(i.col_count, i.nslice * acc_words);
			int outs = i.col_count / i.nslice;
			i.acc_base = g.below(acc_words - outs + 1);
			if (!regions.empty() && g.percent(30)) {     // accumulate onto a known region
				auto &r = regions.back();
				if (outs <= r.second) { i.flags = 1; i.tile = r.first.tile; i.tile_stride = r.first.tile_stride; i.tile_count = r.first.tile_count; i.acc_base = r.first.acc_base; break; }
			}
			regions.push_back({i, outs});
		} }
		p.push_back(i);
	}
	for (auto &r : regions) { Ins i = out(std::min(r.second, n_ch), 2); i.tile = r.first.tile; i.tile_stride = r.first.tile_stride; i.tile_count = r.first.tile_count; i.acc_base = r.first.acc_base; p.push_back(i); }
	p.push_back(end_());
}
static void random_runs(int n, uint64_t seed, int in_gap, int out_gap)
{
	for (int k = 0; k < n && why.empty(); k++) {
		Model m(hw, thresholds);
		dev->rng.s = seed + 7919 * k;
		Rng g; g.s = seed * 31 + 104729 * k + 1; for (int i = 0; i < 5; i++) g.next();
		Regs rg; std::vector<Ins> p; std::vector<uint64_t> b;
		random_program(g, rg, p, b, m);
		dev->in_gap = in_gap; dev->out_gap = out_gap; dev->axi_gap = in_gap ? 20 : 0;
		dev->probe_paths = k % 4 == 3;
		both(m, rg, p, b);
		if (!why.empty()) why += " (random program seed " + std::to_string(seed) + ", number " + std::to_string(k) + ")";
	}
}
static int runs() { const char *f = getenv("RUNS_FACTOR"); return RUNS * (f ? atoi(f) : 1); }
static void t_random() { random_runs(runs(), 11, 0, 0); }
static void t_random_stalled() { random_runs(runs() / 2, 12, 60, 0); random_runs(runs() / 2, 13, 0, 70); random_runs(runs() / 2, 14, 40, 40); }
static void t_lag()                     // results of the last activation while the next one runs
{
	Model m(hw, thresholds); Regs rg; std::vector<uint64_t> b;
	params(b, 4); fill(b, hw.rows * bpr()); inputs(b, pow2up(hw.act), rg);
	std::vector<Ins> p{param(0, 4), load_(0, hw.usable(), hw.rows), xin(0, pow2up(hw.act))};
	for (int k = 0; k < 9; k++) {
		Ins a = act(hw.rows, 4, 2), o = out(4, 2); a.tile_count = o.tile_count = hw.usable(); a.base = 5 * k;
		a.acc_base = k % 3 * 4; p.push_back(a);
		if (k >= 2) { o.lag = 2; o.acc_base = (k - 2) % 3 * 4; p.push_back(o); }
	}
	p.push_back(end_());
	if (hw.acc >= 12) both(m, rg, p, b);
	b.clear(); params(b, 4); fill(b, hw.rows * bpr()); inputs(b, pow2up(hw.act), rg);
	for (int lag = 0; lag < 8 && hw.acc >= 16; lag++) for (int one = 0; one < 2; one++) {  // of all tiles, of one at a time
		p = {param(0, 4), load_(0, hw.usable(), hw.rows), xin(0, pow2up(hw.act))};
		for (int k = 0; k < 8 + lag; k++) {
			Ins a = act(hw.rows, 2, 2), o = out(2, 2);
			a.tile_count = o.tile_count = hw.usable(); a.base = 5 * k;
			a.acc_base = k % 8 * 2; p.push_back(a);
			if (one) { o.tile = k % hw.usable(); o.tile_count = 1; }
			if (k >= lag) { o.lag = lag; o.acc_base = (k - lag) % 8 * 2; p.push_back(o); }
		}
		p.push_back(end_());
		both(m, rg, p, b);
	}
	// nobody waits for a tile that the instruction does not name
	for (int t = 0; t < hw.usable(); t++) for (int u = 0; u < hw.usable(); u++) {
		Ins a = act(hw.rows, 2, 2), o = out(2, 2);
		a.tile = t; o.tile = u;
		both(m, rg, {a, o, end_()}, {});
	}
}

#include "core_corners.h"
#ifdef FLIPS
#include "core_upsets.h"
#endif

int main(int argc, char **argv)
{
	struct { const char *name; void (*fn)(); } tests[] = {
		{"reset_values", t_reset_values}, {"strobes_and_masks", t_strobes_and_masks}, {"register_bits", t_register_bits}, {"slverr", t_slverr}, {"handshake_orders", t_handshake_orders}, {"interrupt", t_interrupt},
		{"durations", t_durations}, {"loops_and_index", t_loops_and_index}, {"index_fields", t_index_fields}, {"errors", t_errors}, {"pairs", t_pairs}, {"repair", t_repair}, {"repair_entries", t_repair_entries}, {"output_stalls", t_output_stalls}, {"lag", t_lag}, {"characterisation", t_characterisation},
		{"worked_example", t_worked_example}, {"matmul", t_matmul}, {"random", t_random}, {"random_stalled", t_random_stalled},
		{"no_register", t_no_register}, {"operands", t_operands}, {"strobed_actions", t_strobed_actions}, {"stops", t_stops}, {"abort_at_the_end", t_abort_at_the_end}, {"reset_at_work", t_reset_at_work}, {"seeds", t_seeds}, {"chains", t_chains}, {"program_memory", t_program_memory}, {"deep_loops", t_deep_loops}, {"wide_windows", t_wide_windows}, {"products", t_products},
		{"long_clocks", t_long_clocks}, {"counts", t_counts}, {"counters_wrap", t_counters_wrap},
#ifdef FLIPS
		{"upsets", t_upsets},
#endif
	};
	if (argc > 1 && argv[1][0] == '+') {
		Dev::plusarg = argv[1];
		FILE *f = fopen(strchr(argv[1], '=') + 1, "r");
		for (int v; f && fscanf(f, "%x", (unsigned *)&v) == 1;) thresholds.push_back(v << 8 >> 8);
		if (thresholds.empty()) { printf("FAIL core: no thresholds in '%s'\n", argv[1]); return 1; }
		argc--, argv++;
	}
	for (auto &t : tests) {
		if (argc > 1 && strcmp(argv[1], t.name)) continue;
#ifdef FLIPS
		printf("at %s\n", t.name);             // tests/mutate/rtl_run.py: which test notices
		fflush(stdout);
#endif
		dev = new Dev; why.clear();
		hw = geometry();
		t.fn();
		CHECK(dev->fault.empty(), "%s", dev->fault.c_str());
		printf("%s core_%s %dx%d tiles %d%s%s\n", why.empty() ? "ok" : "FAIL", t.name, hw.rows, hw.cols, hw.tiles, why.empty() ? "" : ": ", why.c_str());
		fflush(stdout);
		failures += !why.empty();
		delete dev;
	}
	return failures != 0;
}

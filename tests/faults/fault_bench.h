// What the benches of this directory share: a core whose registers can be flipped, a bus master that gives up, programs with their right results, and
// what software does after a stop: abort, take what waits at the output, clear, run again.
// SPDX-License-Identifier: Apache-2.0
#ifndef FAULT_BENCH_H
#define FAULT_BENCH_H
#include "core_program.h"
#include "Vdut___024root.h"
#include <cstring>

enum { CTRL = 0x40, STATUS = 0x48, READOUT = 0x4c, NUMBERS = 0x50, TIMING = 0x54, REFERENCE = 0x58, SAMPLES = 0x5c, LSB = 0x60, CYCLES = 0x80, SEED = 0xc8, WATCHDOG = 0xcc,
       CHAR_CTRL = 0xd0, CHAR_LEVEL = 0xd4, CHAR_STEP = 0xd8, CHAR_COUNT = 0xdc, WAIT_LOAD = 0xe0, PROG = 0x10000, TREE = 0x220000, HISTOGRAM = 0x230000, REPAIR = 0x240000 };
enum { BUSY = 1, DONE = 2, ERROR = 4, IN_WAITING = 0x100, OUT_WAITING = 0x200 };

struct Register { const char *path, *module, *name; int memory, width, depth; uint8_t *at; size_t bytes; };  // registers.py table

// ---- the bus: one access at a time; -1 when no answer comes ----
static bool bus_lost, refused;           // no answer; a write answered SLVERR
static void (*each_clock)();            // before every clock, streams already driven
static void tick() { if (each_clock) each_clock(); dev->clock(); }
static void ticks(int n) { while (n-- > 0) tick(); }
static int bus_write(uint32_t addr, uint32_t data, unsigned strb = 15)
{
	if (bus_lost) return -1;
	Vdut &m = dev->m;
	int order = dev->rng.below(3), patience = 200;
	bool aw = false, w = false;
	m.s_axi_awaddr_i = addr; m.s_axi_wdata_i = data; m.s_axi_wstrb_i = strb;
	for (int t = 0; patience-- > 0; t++) {
		if (!aw && (order != 1 || t > 0)) m.s_axi_awvalid_i = 1;
		if (!w && (order != 2 || t > 0)) m.s_axi_wvalid_i = 1;
		m.s_axi_bready_i = !dev->rng.percent(dev->axi_gap);
		bool haw = m.s_axi_awvalid_i && m.s_axi_awready_o, hw_ = m.s_axi_wvalid_i && m.s_axi_wready_o, hb = m.s_axi_bvalid_o && m.s_axi_bready_i;
		int resp = m.s_axi_bresp_o;
		bool early = hb && !(aw && w);          // an answer to nothing
		tick();
		if (haw) { aw = true; m.s_axi_awvalid_i = 0; }
		if (hw_) { w = true; m.s_axi_wvalid_i = 0; }
		if (early) break;
		if (hb) { m.s_axi_bready_i = 0; refused = refused || resp; return resp; }
	}
	bus_lost = true;
	m.s_axi_awvalid_i = m.s_axi_wvalid_i = m.s_axi_bready_i = 0;
	return -1;
}
static uint32_t bus_read(uint32_t addr, int *resp = nullptr)
{
	if (resp) *resp = -1;
	if (bus_lost) return 0;
	Vdut &m = dev->m;
	bool ar = false;
	m.s_axi_araddr_i = addr;
	m.s_axi_arvalid_i = 1;
	for (int patience = 200; patience-- > 0;) {
		m.s_axi_rready_i = !dev->rng.percent(dev->axi_gap);
		bool har = m.s_axi_arvalid_i && m.s_axi_arready_o, hr = m.s_axi_rvalid_o && m.s_axi_rready_i, early = hr && !ar;
		uint32_t data = m.s_axi_rdata_o; int rresp = m.s_axi_rresp_o;
		tick();
		if (har) { ar = true; m.s_axi_arvalid_i = 0; }
		if (early) break;
		if (hr) { m.s_axi_rready_i = 0; if (resp) *resp = rresp; return data; }
	}
	bus_lost = true;
	m.s_axi_arvalid_i = m.s_axi_rready_i = 0;
	return 0;
}
static uint64_t bus_read64(uint32_t addr) { uint64_t low = bus_read(addr); return low | (uint64_t)bus_read(addr + 4) << 32; }

static int spares;                       // positions of a tile that replace others
static Hw geometry()
{
	uint32_t a = bus_read(0x28), b = bus_read(0x2c), c = bus_read(0x30), r = bus_read(READOUT);
	spares = (int)(b >> 19 & 7);
	return {(int)(a & 0xffff), (int)(a >> 16), (int)(b & 0xff), (int)(c & 0xffff), (int)(b >> 8 & 0xff), (int)(b >> 16 & 3), (int)(b >> 18 & 1),
		(int)bus_read(0x34), (int)bus_read(0x38), (int)bus_read(0x3c), (int)bus_read(0x44),
		(int)(r & 7), (int)(r >> 3 & 1), (int)(r >> 4 & 1), (int)(r >> 5 & 1), (int)(r >> 6 & 3), (int)(r >> 8 & 15)};
}

// ---- programs ----
struct Program {
	Regs rg; std::vector<Ins> ins; std::vector<uint64_t> beats;
	std::vector<std::pair<uint64_t, bool>> out;      // right results
	long cycles = 0;                                 // of a run with free streams
	int watchdog = 0;                                // above its longest wait
	int in_gap = 0, out_gap = 0;
};
// Weights, inputs, a loop that feeds every round by itself, activations that accumulate, results to both sides. No round without a beat: a loop
// that a fault makes longer starves.
static Program make_program(uint64_t seed)
{
	Program p;
	dev->rng.s = seed * 0x9e3779b97f4a7c15ull | 1;
	for (int i = 0; i < 4; i++) dev->rng.next();
	Rng &g = dev->rng;
	Regs &rg = p.rg;
	rg.ib = g.range(2, 6); rg.ism = g.below(2); rg.wb = g.range(2, 8); rg.wsm = g.below(2);
	rg.pre = g.range(1, 2); rg.eva = g.range(1, 2); rg.cmp = g.range(1, 2);
	rg.rpre = g.range(1, 2); rg.share = g.range(1, 2); rg.settle = 1;
	rg.seed = g.below(65536); rg.samples = g.range(1, std::min(7, (1 << hw.adc_bits) - 1));
	for (int s = 0; s < 4; s++) { rg.lsb[s] = g.range(1, 2); rg.low[s] = g.range(-1, 2); }
	Model m(hw, {});
	m.rg = rg;
	int n = std::min(m.slices(), hw.cols), outs = std::max(1, std::min(hw.cols / n, 4)), channels = 8;
	if (hw.asymmetric) n = 1;
	p.ins = {param(0, channels), load_(0, hw.usable(), hw.rows), xin(0, 16)};
	params(p.beats, channels); fill(p.beats, hw.rows * bpr()); inputs(p.beats, 16, rg);
	Ins a = act(hw.rows, outs * n, hw.adc_bits), o = out(outs, 3), x = xin(32, 8);
	a.nslice = n; a.inner_stride = 1; a.tile_count = hw.usable();
	o.tile_count = hw.usable(); o.base = 64;
	p.ins.push_back(a);
	p.ins.push_back(loop_(g.range(2, 3)));
	x.r_base = 1; p.ins.push_back(x);
	Ins b = a; b.tile = g.below(hw.usable()); b.tile_count = 1; b.flags = 1; b.base = 32; b.r_base = 1; b.set = g.below(4);
	p.ins.push_back(b);
	p.ins.push_back(idx(1, 1, 3));
	p.ins.push_back(o);
	p.ins.push_back(next_());
	Ins c = a; c.tile_count = 1; c.base = 64; c.row_count = outs; c.acc_base = 8; // reads what the OUT before it wrote
	p.ins.push_back(c);
	o.flags = 6; o.lag = g.below(2); p.ins.push_back(o);
	o.lag = 0; o.tile_count = 1; o.acc_base = 8; p.ins.push_back(o);
	p.ins.push_back(end_());
	for (const Ins &i : p.ins) if (i.op == LOOP) for (int k = 0; k < i.count; k++) inputs(p.beats, 8, rg);
	m.run(p.ins, p.beats);
	if (m.error || m.used != p.beats.size()) { printf("FAIL fault_program %llu: the model says error %d, %zu of %zu beats\n", (unsigned long long)seed, m.error, m.used, p.beats.size()); exit(1); }
	for (size_t i = 0; i < m.out.size(); i++) p.out.push_back({m.out[i], m.out_last[i]});
	p.cycles = m.cycles;
	p.watchdog = (int)(m.cycles / 256) + 2;
	const int gaps[3] = {0, 20, 50};
	p.in_gap = gaps[g.below(3)]; p.out_gap = gaps[g.below(3)];
	return p;
}
static void set_registers(const Program &p)
{
	const Regs &r = p.rg;
	bus_write(NUMBERS, r.ib | r.ism << 4 | r.wb << 8 | r.wsm << 12);
	bus_write(TIMING, r.pre | r.eva << 8 | r.cmp << 16);
	bus_write(REFERENCE, r.rpre | r.share << 8 | r.settle << 16);
	bus_write(SAMPLES, r.samples);
	bus_write(SEED, r.seed);
	bus_write(WATCHDOG, p.watchdog);
	if (hw.asymmetric) {                     // the binary search, as after reset
		bus_write(TREE, 1 << (hw.adc_bits - 1));
		for (int k = 1; k < 1 << hw.adc_bits; k++) { int half = (k & -k) / 2; bus_write(TREE + 4 * k, half ? (k - half) | (k + half) << 16 : 0); }
	}
	for (int t = 0; t < hw.tiles; t++) for (int s = 0; s < spares; s++) bus_write(REPAIR + 4 * (t * spares + s), s == 0 ? 0x80000000u : 0); // the first position is bad
	for (int s = 0; s < 4; s++) {
		bus_write(LSB + 8 * s, r.lsb[s] | r.nearest[s] << 16);
		bus_write(LSB + 4 + 8 * s, r.low[s] & 0xffff);
	}
}
static void put_words(const std::vector<uint32_t> &words) { for (size_t i = 0; i < words.size(); i++) bus_write(PROG + 4 * i, words[i]); }
static std::vector<uint32_t> words_of(const std::vector<Ins> &ins)
{
	std::vector<uint32_t> all(8 * ins.size());
	for (size_t i = 0; i < ins.size(); i++) ins[i].words(&all[8 * i]);
	return all;
}
static void offer(const Program &p)
{
	dev->in.assign(p.beats.begin(), p.beats.end());
	dev->in_gap = p.in_gap; dev->out_gap = p.out_gap;
	dev->out.clear();
}
// STATUS once busy has gone, or after `bound` clocks
static uint32_t wait_idle(uint64_t bound, int between = 6)
{
	uint64_t end = dev->clocks + bound;
	uint32_t status;
	while (((status = bus_read(STATUS)) & BUSY) && dev->clocks < end && !bus_lost) ticks(between);
	return status;
}
static void drain()                      // the host takes what there is
{
	dev->out_gap = 0; dev->out_closed = false;
	for (int quiet = 0, most = 4000; quiet < 12 && most > 0; most--) { quiet = dev->m.m_axis_tvalid_o ? 0 : quiet + 1; tick(); }
}
// What software does after any trouble. False: a beat is still there, or the flags do not clear.
static bool settle()
{
	dev->in.resize(dev->m.s_axis_tvalid_i ? 1 : 0);  // a beat that is offered has to be taken
	dev->in_gap = 0;
	for (int k = 0; k < 4; k++) {
		bus_write(CTRL, 6);
		ticks(4);
		drain();
		bus_write(STATUS, DONE | ERROR);
		if (!(bus_read(STATUS) & ~0u) && dev->in.empty()) break;
	}
	return !bus_lost && bus_read(STATUS) == 0 && dev->in.empty() && !dev->m.m_axis_tvalid_o;
}
// a whole run: empty when all is right
static std::string right_run(const Program &p)
{
	char text[160];
	set_registers(p);
	put_words(words_of(p.ins));
	offer(p);
	bus_write(CTRL, 3);
	uint32_t status = wait_idle(p.cycles * 8 + 20000);
	drain();
	if (bus_lost) return "the bus does not answer";
	if ((status & 0xf7) != DONE) { snprintf(text, sizeof text, "STATUS %x", status); return text; }
	if (!dev->in.empty()) return "beats were not taken";
	if (dev->out.size() != p.out.size()) { snprintf(text, sizeof text, "%zu beats, expected %zu", dev->out.size(), p.out.size()); return text; }
	for (size_t i = 0; i < p.out.size(); i++) if (dev->out[i] != p.out[i]) { snprintf(text, sizeof text, "beat %zu is %llx, expected %llx", i, (unsigned long long)dev->out[i].first, (unsigned long long)p.out[i].first); return text; }
	bus_write(STATUS, DONE);
	return "";
}
static void restart() { dev->reset(); dev->fault.clear(); dev->out_closed = false; dev->in_gap = dev->out_gap = dev->axi_gap = 0; bus_lost = false; }
#endif

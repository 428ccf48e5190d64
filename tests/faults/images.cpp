// Random instruction images: legal programs with mutations, and noise. Each must end as the golden machine says (done, or its error code and pc), by the
// watchdog when the stream has too few beats, or be stopped by software when it is merely long; never hang, never call itself upset.
// Usage: images N SEED [FIRST]
// SPDX-License-Identifier: Apache-2.0
#define _Noreturn __attribute__((noreturn))
extern "C" {
#include "golden/machine.h"
}
#undef LOAD
#include "fault_bench.h"

static const int loop_limit = 4, count_limit = 80; // beyond them a program may last for ever: those are only watched

static std::vector<uint32_t> shadow;     // what PROG holds
static void put_image(const std::vector<uint32_t> &image)
{
	for (size_t i = 0; i < image.size(); i++) if (shadow[i] != image[i]) { bus_write(PROG + 4 * (int)i, image[i]); shadow[i] = image[i]; }
}
static void mutate(Rng &g, std::vector<uint32_t> &w, size_t n)
{
	for (int k = g.range(1, 5); k > 0; k--) {
		size_t i = 8 * g.below((int)n), at = i + g.below(8);
		switch (g.below(8)) {
		case 0: w[at] = (uint32_t)g.next(); break;
		case 1: w[at] ^= 1u << g.below(32); break;
		case 2: w[i] = (w[i] & ~15u) | g.below(16); break;              // another op
		case 3: for (int j = 0; j < 8; j++) w[i + j] = w[8 * g.below((int)n) + j]; break;
		case 4: w[at] = 0; break;
		case 5: w[i + 7] = (uint32_t)g.next() & 0xffffff; break;        // index registers
		case 6: w[at] ^= 1u << (g.below(4) * 8 + g.below(3)); break;
		default: { size_t o = 8 * g.below((int)n); for (int j = 0; j < 8; j++) std::swap(w[i + j], w[o + j]); break; }
		}
	}
}
static bool bounded(const std::vector<uint32_t> &w)
{
	for (size_t i = 0; i < w.size(); i += 8) {
		int op = w[i] & 15, count = w[i + 5] >> 16;
		if ((op == LOOP && count > loop_limit) || (op == OUT && count > count_limit)) return false;
	}
	return true;
}
static void tame(std::vector<uint32_t> &w)
{
	for (size_t i = 0; i < w.size(); i += 8) {
		int op = w[i] & 15, count = w[i + 5] >> 16, most = op == LOOP ? loop_limit : op == OUT ? count_limit : 65535;
		if (count > most) w[i + 5] = (w[i + 5] & 0xffff) | (uint32_t)(count % most + 1) << 16;
	}
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1000, first = argc > 3 ? atol(argv[3]) : 0;
	uint64_t seed = argc > 2 ? strtoull(argv[2], nullptr, 0) : 1;
	dev = new Dev;
	hw = geometry();
	gm_hw gh = {};
	gh.rows = hw.rows; gh.cols = hw.cols; gh.tiles = hw.tiles; gh.adcs = hw.adcs; gh.adc_bits = hw.adc_bits; gh.cell_bits = hw.cell_bits; gh.grid_bits = 4;
	gh.sample_hold = hw.sample_hold; gh.kind = (ro_kind)hw.kind; gh.flash_bits = hw.flash_bits; gh.ones = hw.bubble_ones; gh.asymmetric = hw.asymmetric; gh.immersed = hw.immersed;
	gh.network = (gm_network)hw.network; gh.prog_depth = hw.prog; gh.act_depth = hw.act; gh.acc_depth = hw.acc; gh.ch_depth = hw.ch; gh.counter_bits = 64;
	gm *golden = gm_new(&gh, nullptr);
	std::vector<Program> bases;
	for (int k = 0; k < 6; k++) { bases.push_back(make_program(seed * 100 + k)); bases.back().rg.wsm = bases.back().rg.wsm ? 1 : 0; }
	const Program &p = bases[0];
	gm_regs gr = {};
	gr.input_bits = p.rg.ib; gr.input_code = p.rg.ism ? GC_SM : GC_TC; gr.weight_bits = p.rg.wb; gr.weight_code = p.rg.wsm ? GC_SM : GC_TC;
	for (int s = 0; s < 4; s++) gr.window[s] = {p.rg.lsb[s], p.rg.low[s], (bool)p.rg.nearest[s]};
	gr.precharge = p.rg.pre; gr.evaluate = p.rg.eva; gr.compare = p.rg.cmp; gr.reference_precharge = p.rg.rpre; gr.share = p.rg.share; gr.settle = p.rg.settle;
	gr.samples = p.rg.samples; gr.seed = (uint16_t)p.rg.seed;
	const int limit = std::max(4, p.watchdog + 2);
	shadow.assign(8 * hw.prog, 0);
	std::vector<uint32_t> image(8 * hw.prog, 0);
	long ended[11] = {0}, starved = 0, meaningless = 0, long_ones = 0, bad = 0;
	bool begun = false;
	for (long i = first; i < first + n; i++) {
		Rng g; g.s = (seed * 6364136223846793005ull + (uint64_t)i * 1442695040888963407ull) | 1;
		for (int k = 0; k < 6; k++) g.next();
		if (!begun || i % 1000 == 0) {   // every channel has a shift that means something; whole programs run in between
			begun = true;
			std::string r = right_run(p);
			if (!r.empty()) { printf("BAD before image %ld: a whole run: %s\n", i, r.c_str()); bad++; restart(); }
			put_words(shadow);
			std::vector<uint32_t> all = words_of({param(0, hw.ch), end_()});
			std::vector<uint64_t> channels;
			dev->rng.s = seed + 5; params(channels, hw.ch);
			put_image(all);
			dev->in.assign(channels.begin(), channels.end());
			bus_write(CTRL, 3);
			wait_idle(10000);
			err e = {}; size_t used; gm_counts c = {};
			if (gm_run(golden, &gr, all.data(), 2, channels.data(), channels.size(), nullptr, &c, &used, &e)) { printf("FAIL images: golden: %s\n", e.text); return 1; }
			bus_write(WATCHDOG, limit);
		}
		bool noise = g.percent(20);
		std::vector<uint32_t> w = words_of(bases[g.below((int)bases.size())].ins);
		size_t instructions = w.size() / 8;
		if (noise) for (size_t k = 0; k < w.size(); k++) { w[k] = (uint32_t)g.next(); if (k % 8 == 0 && g.percent(70)) w[k] = (w[k] & ~15u) | g.range(1, 9); }
		else mutate(g, w, instructions);
		std::fill(image.begin(), image.end(), 0);
		if (g.percent(2)) for (int k = 0; k < hw.prog; k++) idx(g.below(16), g.below(16), g.below(9)).words(&image[8 * k]); // no END: off the end of the memory
		else std::copy(w.begin(), w.end(), image.begin());
		if (!g.percent(3)) tame(image);
		put_image(image);
		std::vector<uint64_t> beats;
		dev->rng.s = g.next() | 1;
		params(beats, g.below(60));
		// the golden machine first: how it ends
		int code = -1; long pc = -1;     // -1: as the hardware likes
		if (bounded(image)) {
			err e = {}; gm_counts c = {}; size_t used;
			int rc = gm_run(golden, &gr, image.data(), (size_t)hw.prog, beats.data(), beats.size(), nullptr, &c, &used, &e);
			if (rc == 0) code = 0;
			else if (c.stop) code = c.stop, pc = c.stop_pc;
			else if (strstr(e.text, "takes beats")) code = 7;
		}
		const int gaps[3] = {0, 30, 60};
		dev->in_gap = gaps[g.below(3)]; dev->out_gap = gaps[g.below(3)];
		dev->in.assign(beats.begin(), beats.end()); dev->out.clear();
		bus_write(CTRL, 3);
		uint32_t st = wait_idle(150000 + 256 * (uint64_t)limit, 20);
		int got = st & BUSY ? 10 : st & ERROR ? st >> 4 & 15 : st & DONE ? 0 : -2;
		bool ok = got == -2 || got == 8 || got == 9 ? false : got == 10 ? code < 0 : code < 0 || (got == code && (pc < 0 || (long)(st >> 16) == (pc & 0xffff)));
		if (got >= 0) ended[got]++;
		if (code == 7) starved++;
		if (code < 0) { if (bounded(image)) meaningless++; else long_ones++; }
		ticks(3);
		if (got != 10 && !dev->m.irq_o) ok = false;
		if (got == 10) {                 // software has no patience left
			bus_write(CTRL, 6);
			ticks(3);
			if ((bus_read(STATUS) & 0xff) != (ERROR | 9 << 4)) ok = false;
		}
		dev->in_gap = dev->out_gap = 0;
		if (!settle()) ok = false;
		if (!dev->fault.empty() || bus_lost) ok = false;
		if (!ok) {
			printf("BAD image %ld: STATUS %x, golden code %d pc %ld %s; %s\n", i, st, code, pc, dev->fault.c_str(), bus_lost ? "bus lost" : "");
			if (++bad > 10) break;
			restart(); begun = false;
			std::fill(shadow.begin(), shadow.end(), 0xdeadbeef);
		}
	}
	printf("  done %ld; errors 1..7:", ended[0]);
	for (int k = 1; k <= 7; k++) printf(" %ld", ended[k]);
	printf("; stopped by software %ld; golden: %ld starve, %ld without meaning, %ld too long for it\n", ended[10], starved, meaningless, long_ones);
	bool all = n < 2000;
	if (!all) for (int k = 0; k <= 7; k++) if (!ended[k]) { printf("BAD no image ended with code %d\n", k); bad++; }
	printf("%s images %ld of seed %llu from %ld\n", bad ? "FAIL" : "ok", n, (unsigned long long)seed, first);
	gm_free(golden);
	delete dev;
	return bad != 0;
}

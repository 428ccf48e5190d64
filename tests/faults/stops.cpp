// Stops (docs/faults.md section 1), seen from the ports: hung partners and the exact clock of the watchdog, an abort in every clock of a program, reset in
// every clock, writes while busy. After each the next run must be right, with no reset but where the reset is the matter.
// Usage: stops [TEST [STEP]]     STEP: an abort in every STEP-th clock only
// SPDX-License-Identifier: Apache-2.0
#include "fault_bench.h"
#include <set>

static std::vector<Register> table(Vdut___024root *root)
{
	return {
#include "registers.inc"
	};
}
static std::vector<Register> regs;
static int step = 1;
static std::string why;
#define CHECK(cond, ...) do { if (!(cond) && why.empty()) { char b_[256]; snprintf(b_, sizeof b_, __VA_ARGS__); why = std::string(#cond) + ": " + b_; } } while (0)

static const Register &find(const std::string &end)
{
	for (const Register &r : regs) {
		std::string p = r.path;
		if (p.size() >= end.size() && p.compare(p.size() - end.size(), end.size(), end) == 0) return r;
	}
	printf("FAIL stops: no register '%s'\n", end.c_str());
	exit(1);
}
static uint32_t peek(const std::string &end) { const Register &r = find(end); uint32_t v = 0; memcpy(&v, r.at, r.bytes < 4 ? r.bytes : 4); return v; }
static void poke(const std::string &end, uint32_t v) { const Register &r = find(end); memcpy(r.at, &v, r.bytes < 4 ? r.bytes : 4); dev->m.eval(); }

// ---- TVALID: once up it stays until TREADY, whatever happens but reset ----
static bool was_valid, resetting; static size_t was_out;
static void watch()
{
	if (!resetting && was_valid && !dev->m.m_axis_tvalid_o && dev->out.size() == was_out) CHECK(!"TVALID fell without a handshake", "clock %llu", (unsigned long long)dev->clocks);
	was_valid = dev->m.m_axis_tvalid_o; was_out = dev->out.size();
}

static Program prog;
static std::vector<uint32_t> run_time_registers()
{
	std::vector<uint32_t> v;
	for (int a : std::initializer_list<int>{CTRL, NUMBERS, TIMING, REFERENCE, SAMPLES, LSB, LSB + 4, LSB + 8, LSB + 12, LSB + 16, LSB + 20, LSB + 24, LSB + 28, SEED, WATCHDOG, CHAR_CTRL, CHAR_LEVEL, CHAR_STEP, CHAR_COUNT}) v.push_back(bus_read(a));
	return v;
}
static std::vector<uint64_t> counters()
{
	std::vector<uint64_t> v;
	for (uint32_t a = CYCLES; a <= 0xc0; a += 8) v.push_back(bus_read64(a));
	for (uint32_t a = WAIT_LOAD; a <= 0xf8; a += 8) v.push_back(bus_read64(a));
	return v;
}
static void next_run_is_right(const char *after)
{
	CHECK(settle(), "%s: STATUS %x afterwards", after, bus_read(STATUS));
	std::string r = right_run(prog);
	CHECK(r.empty(), "the run after %s: %s", after, r.c_str());
}

// ---- watchdog ----
// While an instruction works, pc is already that of the next one. A program with too few beats (or a host that takes none) stands still after `last`, the clock of its last step (isa.md section 6: clock 0 is the first busy one).
static void starve(const char *name, const std::vector<Ins> &ins, int beats, bool closed, int last, int limit)
{
	dev->in.clear(); dev->out.clear(); dev->in_gap = dev->out_gap = 0; dev->out_closed = closed;
	CHECK(bus_write(WATCHDOG, limit) == 0 && bus_read(WATCHDOG) == (uint32_t)limit, "WATCHDOG");
	put_words(words_of(ins));
	for (int i = 0; i < beats; i++) dev->in.push_back(beat_param(1, 1));
	ticks(6);
	bus_write(CTRL, 3);
	if (!limit) {
		ticks(3 * 256 + 50);
		CHECK((bus_read(STATUS) & 0xff) == BUSY && !dev->m.irq_o, "%s: WATCHDOG 0, STATUS %x", name, bus_read(STATUS));
	} else {
		int t = 0;
		while (!dev->m.irq_o && t < limit * 256 + 100) tick(), t++;
		uint32_t st = bus_read(STATUS);
		CHECK(dev->m.irq_o && (st & 0xff) == (ERROR | 7 << 4) && (int)(st >> 16) == (int)ins.size() - 1, "%s, limit %d: STATUS %x", name, limit, st);
		uint64_t cycles = bus_read64(CYCLES);
		CHECK((int)cycles == last + 1 + 256 * limit + 1, "%s, limit %d: stopped after %llu clocks, expected %d", name, limit, (unsigned long long)cycles, last + 2 + 256 * limit);
		CHECK(bus_read64(CYCLES) == cycles, "%s: CYCLES goes on", name);
		CHECK(!(st & IN_WAITING) && !!(st & OUT_WAITING) == closed, "%s: STATUS %x", name, st);
	}
	if (closed) {                                // eight beats wait, none is lost; without a stop the others follow
		dev->out_closed = false;
		ticks(20);
		CHECK(dev->out.size() == (limit ? 8 : 20), "%s: %zu beats", name, dev->out.size());
		for (size_t i = 0; i < dev->out.size(); i++) CHECK(dev->out[i].second == (i == 19), "%s: TLAST of beat %zu", name, i);
	}
	next_run_is_right(name);
}
static void t_watchdog()
{
	right_run(prog);
	for (int limit : {1, 3, 0}) {
		starve("PARAM without a beat", {param(0, 5), end_()}, 0, false, -1, limit);
		starve("PARAM with 3 of 5 beats", {param(0, 5), end_()}, 3, false, 1 + 3, limit);
		starve("LOAD without a beat", {load_(0, 1, 4), end_()}, 0, false, -1, limit);
		starve("LOAD with 2 rows of 4", {load_(0, 1, 4), end_()}, 2 * bpr(), false, 1 + 2 * bpr(), limit);
		starve("XIN without a beat", {idx(1, 0, 5), xin(0, 32), end_()}, 0, false, 1, limit);
		starve("XIN with 2 beats of 4", {xin(0, 32), end_()}, 2, false, 1 + 16, limit);
		starve("OUT to a closed host", {out(20, 6), end_()}, 0, true, 1 + 8, limit);
	}
}
static void t_watchdog_default()        // 65535 * 256 clocks: the counter is put near the end by hand
{
	CHECK(bus_read(WATCHDOG) == 65535, "WATCHDOG after reset is %u", bus_read(WATCHDOG));
	put_words(words_of({xin(0, 8), end_()}));
	bus_write(CTRL, 3);
	ticks(10);
	CHECK(peek("u_guard.waited_q") >= 10 && peek("u_guard.waited_q") < 30, "counts %u", peek("u_guard.waited_q"));
	poke("u_guard.waited_q", 65535u * 256 - 100);
	for (int i = 0; i < 100; i++) { tick(); CHECK(peek("u_sequencer.state_q") != 1, "stopped %d clocks early", 100 - i); }
	ticks(4);
	CHECK((bus_read(STATUS) & 0xff) == (ERROR | 7 << 4) && dev->m.irq_o, "STATUS %x", bus_read(STATUS));
	next_run_is_right("65535 * 256 clocks");
}
static void t_characterisation()
{
	for (int mode = 0; mode < 2; mode++) for (int how = 0; how < 3; how++) {
		if (mode == 1 && how == 0) continue; // every answer of a comparator is a step: mode 1 cannot hang without an upset
		right_run(prog);
		bus_write(WATCHDOG, 1);
		bus_write(CHAR_STEP, 1); bus_write(CHAR_COUNT, 60000);
		bus_write(CTRL, 2);
		std::vector<uint32_t> before = run_time_registers();
		bus_write(CHAR_CTRL, 1 | mode << 1 | hw.adc_bits << 4);
		ticks(1000);
		CHECK(bus_read(CHAR_CTRL) & 1 && bus_read(STATUS) == 0, "mode %d does not go on: STATUS %x", mode, bus_read(STATUS));
		int code = 9;
		if (how == 1) bus_write(CTRL, 6);
		else if (how == 2) {                 // a state that is none: the machine notices, in the clock in which it goes back to rest
			poke("u_char.state_q", 0);
			code = 8;
		} else {                             // a lost conversion: the clocks of a round stop
			for (int i = 0; i < 100 && !peek("u_round.compare_q"); i++) tick();
			poke("u_round.compare_q", 0); poke("u_round.clock_q", 0);
			code = 7;
			ticks(300);
		}
		ticks(3);
		uint32_t st = bus_read(STATUS);
		CHECK((int)(st & 0xff) == (ERROR | code << 4) && dev->m.irq_o && !(bus_read(CHAR_CTRL) & 1), "mode %d: STATUS %x CHAR_CTRL %x, expected code %d", mode, st, bus_read(CHAR_CTRL), code);
		std::vector<uint32_t> after = run_time_registers();
		CHECK((int)after[15] == (mode << 1 | hw.adc_bits << 4), "CHAR_CTRL %x", after[15]);
		before[15] = after[15];
		CHECK(before == after, "mode %d: a register changed", mode);
		next_run_is_right("a stopped characterisation");
	}
}

// ---- abort ----
static void begin()
{
	set_registers(prog);
	put_words(words_of(prog.ins));
	offer(prog);
	ticks(3);
}
static void t_abort_every_clock()
{
	std::set<uint32_t> states;
	int done = 0, busy_clocks = 0;
	for (int t = 0; why.empty() && done < 3; t += step) { // t: clocks between the start and the abort
		restart(); was_valid = false;
		dev->rng.s = 1234567 + (uint64_t)t;
		begin();
		dev->out_gap = t % 3 == 2 ? 0 : 85;          // so that beats wait at the output
		std::vector<uint32_t> before = run_time_registers();
		before[0] = 2;                               // interrupt enable is in the same write
		bus_write(CTRL, 3);
		ticks(t);
		// AW and W in one clock: the register is written in the next one, the cause; the clock after it the machine is in reset
		Vdut &m = dev->m;
		m.s_axi_awaddr_i = CTRL; m.s_axi_wdata_i = 6; m.s_axi_wstrb_i = 15; m.s_axi_awvalid_i = m.s_axi_wvalid_i = 1; m.s_axi_bready_i = 1;
		tick();
		m.s_axi_awvalid_i = m.s_axi_wvalid_i = 0;
		uint32_t state = peek("u_sequencer.state_q"), pc = peek("u_sequencer.pc_q");
		bool busy = state != 1;
		states.insert(state);
		uint32_t flags = peek("u_csr.done_q");
		tick();
		CHECK(peek("u_sequencer.state_q") == 1 && peek("u_sequencer.pc_q") == 0, "t %d: state %x in the clock after the abort", t, peek("u_sequencer.state_q"));
		CHECK(peek("u_in_fifo.count_q") == 0, "t %d: beats in the input FIFO", t);
		for (int k = 0; k < hw.tiles; k++) CHECK(peek("g_tile[" + std::to_string(k) + "].u_tile.pending_q") == 0, "t %d: tile %d has work", t, k);
		bool error = peek("u_csr.error_q");
		CHECK(error == busy, "t %d: error %d, busy %d", t, error, busy);
		dev->in.resize(m.s_axis_tvalid_i ? 1 : 0);
		tick();
		CHECK(m.irq_o == (busy || flags), "t %d: interrupt %d", t, m.irq_o);
		m.s_axi_bready_i = 0;
		uint32_t st = bus_read(STATUS);
		if (busy) {
			busy_clocks++;
			CHECK((st & 0xff) == (ERROR | 9 << 4) && st >> 16 == pc, "t %d: STATUS %x, pc was %u", t, st, pc);
		} else CHECK((st & 0xff) == (flags ? DONE : 0), "t %d: idle, STATUS %x", t, st);
		std::vector<uint64_t> c0 = counters(), c1 = counters();
		CHECK(c0 == c1 && (!busy || c0[0] > 0), "t %d: counters move", t);
		CHECK(run_time_registers() == before, "t %d: a run-time register changed", t);
		drain();
		CHECK(dev->out.size() <= prog.out.size(), "t %d: %zu beats", t, dev->out.size());
		for (size_t i = 0; i < dev->out.size() && i < prog.out.size(); i++) CHECK(dev->out[i] == prog.out[i], "t %d: beat %zu is not that of the whole run", t, i);
		next_run_is_right("an abort");
		if (!busy && t > 4) done++;
		if (!why.empty()) why += " (abort " + std::to_string(t) + " clocks after the start)";
	}
	for (uint32_t s : {1u, 2u, 4u, 8u, 16u, 7u, 11u, 13u, 14u, 19u}) CHECK(states.count(s), "no abort met state %x", s);
	printf("  aborts in %d busy clocks, %zu states\n", busy_clocks, states.size());
}
static void t_abort_idle()
{
	right_run(prog);
	dev->in = {1, 2};
	ticks(8);
	CHECK(dev->in.empty() && bus_read(STATUS) == IN_WAITING, "STATUS %x", bus_read(STATUS));
	CHECK(bus_write(CTRL, 6) == 0, "abort refused");
	ticks(2);
	CHECK(bus_read(STATUS) == 0 && !dev->m.irq_o && peek("u_in_fifo.count_q") == 0, "STATUS %x", bus_read(STATUS));
	std::string r = right_run(prog);
	CHECK(r.empty(), "%s", r.c_str());
	// with start: abort wins
	put_words(words_of({end_()}));
	bus_write(CTRL, 7);
	ticks(6);
	CHECK(bus_read(STATUS) == 0 && bus_read(CTRL) == 2, "abort and start: STATUS %x", bus_read(STATUS));
	// strobes: without byte 0 nothing happens
	put_words(words_of({xin(0, 8), end_()}));
	bus_write(CTRL, 3);
	bus_write(CTRL, 6, 14);
	ticks(6);
	CHECK((bus_read(STATUS) & 0xff) == BUSY, "no strobe: STATUS %x", bus_read(STATUS));
	// abort and start while busy: aborted, not started again
	bus_write(CTRL, 7);
	ticks(6);
	CHECK((bus_read(STATUS) & 0xff) == (ERROR | 9 << 4), "abort and start while busy: STATUS %x", bus_read(STATUS));
	// clearing the error bit clears code and pc
	bus_write(STATUS, ERROR);
	CHECK(bus_read(STATUS) == 0, "STATUS %x", bus_read(STATUS));
	next_run_is_right("aborts");
}

// ---- an upset wins over the watchdog, an abort over both; each leaves the bus alone ----
static void t_order_of_codes()
{
	for (int k = 0; k < 3; k++) {
		right_run(prog);
		bus_write(WATCHDOG, 1);
		put_words(words_of({xin(0, 8), end_()}));
		bus_write(CTRL, 3);
		while (peek("u_guard.waited_q") < 255) tick();
		Vdut &m = dev->m;
		if (k == 2) { m.s_axi_awaddr_i = CTRL; m.s_axi_wdata_i = 6; m.s_axi_wstrb_i = 15; m.s_axi_awvalid_i = m.s_axi_wvalid_i = m.s_axi_bready_i = 1; }
		tick();                              // now waited_q is 256: expired
		m.s_axi_awvalid_i = m.s_axi_wvalid_i = 0;
		CHECK(peek("u_guard.waited_q") == 256 && peek("u_csr.error_q") == 0, "waited %u", peek("u_guard.waited_q"));
		if (k >= 1) poke("u_sequencer.state_q", 3);
		tick();
		CHECK(peek("u_csr.error_q") == 1, "no stop in case %d", k);
		ticks(2);
		m.s_axi_bready_i = 0;
		CHECK((bus_read(STATUS) & 0xff) == (uint32_t)(ERROR | (7 + k) << 4), "case %d: STATUS %x", k, bus_read(STATUS));
		next_run_is_right("a stop of several causes");
	}
}

// ---- reset in every clock ----
static void scramble()                   // any state: reset alone must bring the core back
{
	for (const Register &r : regs) {
		if (r.memory) continue;
		memset(r.at, 0, r.bytes * r.depth);
		for (int w = 0; w < r.depth; w++) for (int b = 0; b < r.width; b++) r.at[w * r.bytes + b / 8] |= (int)(dev->rng.next() >> 40 & 1) << b % 8;
	}
	dev->m.eval();
}
static void t_reset_every_clock()
{
	std::vector<uint32_t> fresh;
	resetting = true;
	scramble();
	restart(); was_valid = false;
	resetting = false;
	fresh = run_time_registers();
	long clocks = 0;
	for (int t = 0; why.empty() && t < clocks + 12; t++) {
		restart(); was_valid = false;
		dev->rng.s = 99991 + (uint64_t)t;
		begin();
		bus_write(CTRL, 3);
		if (!clocks) {                       // how long a run lasts, once
			while (bus_read(STATUS) & BUSY) ticks(4);
			clocks = (long)bus_read64(CYCLES);
			continue;
		}
		// a read is under way when the reset comes
		for (int k = 0; k < t; k++) { dev->m.s_axi_araddr_i = STATUS; dev->m.s_axi_arvalid_i = 1; dev->m.s_axi_rready_i = k & 1; tick(); }
		resetting = true;
		if (t % 3 == 2) scramble();
		dev->m.rst_ni = 0;
		dev->m.eval();
		CHECK(!dev->m.m_axis_tvalid_o && !dev->m.irq_o && !dev->m.s_axi_bvalid_o && !dev->m.s_axi_rvalid_o, "t %d: an output is up in reset", t);
		dev->reset();
		resetting = false; was_valid = false;
		dev->m.s_axi_arvalid_i = dev->m.s_axi_rready_i = 0;
		CHECK(bus_read(STATUS) == 0 && run_time_registers() == fresh && counters()[0] == 0, "t %d: not as after the first reset", t);
		std::string r = right_run(prog);
		CHECK(r.empty(), "the run after a reset %d clocks after the start: %s", t, r.c_str());
	}
	printf("  resets in %ld clocks\n", clocks + 11);
}

// ---- writes while busy ----
static void t_writes_while_busy()
{
	int refused_ones = 0;
	for (int t = 0; why.empty() && t < 40; t++) {
		restart(); was_valid = false;
		dev->rng.s = 555 + (uint64_t)t;
		Program p = prog;
		begin();
		std::vector<uint32_t> before = run_time_registers();
		before[0] = 2;
		dev->in_gap = 80;                    // a long run
		bus_write(CTRL, 3);
		ticks(5 * t);
		std::vector<int> closed{NUMBERS, TIMING, REFERENCE, SAMPLES, SEED, WATCHDOG, CHAR_CTRL, CHAR_LEVEL, CHAR_STEP, CHAR_COUNT, PROG, PROG + 4, PROG + 32 * hw.prog - 4, TREE, TREE + 4, REPAIR};
		for (int s = 0; s < 8; s++) closed.push_back(LSB + 4 * s);
		for (size_t i = 0; i < prog.ins.size(); i++) closed.push_back(PROG + 32 * (int)i + 4 * (t % 8));
		for (int a : closed) {
			if (!(bus_read(STATUS) & BUSY)) break;
			int resp = bus_write(a, (uint32_t)dev->rng.next());
			if (!(bus_read(STATUS) & BUSY)) break;      // it may have ended in between
			CHECK(resp == 2, "write to 0x%x answers %d", a, resp);
			refused_ones++;
		}
		for (int a = 0; a <= 0x3c; a += 4) CHECK(bus_write(a, 0xffffffff) == 0, "read-only 0x%x refuses", a);
		for (int a : std::initializer_list<int>{CTRL + 4, READOUT, CYCLES, CYCLES + 4, 0xc0, 0xc4, WAIT_LOAD, 0xfc}) CHECK(bus_write(a, 0xffffffff) == 0, "read-only 0x%x refuses", a);
		CHECK(bus_write(CTRL, 3) == 0, "CTRL refuses");
		dev->in_gap = 0;
		uint32_t st = wait_idle(p.cycles * 20 + 10000);
		drain();
		CHECK((st & 0xff) == DONE && dev->out == p.out, "STATUS %x, %zu beats of %zu", st, dev->out.size(), p.out.size());
		CHECK(run_time_registers() == before, "a locked register changed");
		if (!why.empty()) why += " (round " + std::to_string(t) + ")";
	}
	CHECK(refused_ones > 300, "only %d writes met a busy core", refused_ones);
}

int main(int argc, char **argv)
{
	struct { const char *name; void (*fn)(); } tests[] = {
		{"watchdog", t_watchdog}, {"watchdog_default", t_watchdog_default}, {"characterisation", t_characterisation}, {"abort_every_clock", t_abort_every_clock},
		{"abort_idle", t_abort_idle}, {"order_of_codes", t_order_of_codes}, {"reset_every_clock", t_reset_every_clock}, {"writes_while_busy", t_writes_while_busy},
	};
	int failures = 0;
	if (argc > 2 && (step = atoi(argv[2])) < 1) { fprintf(stderr, "stops: step '%s' is not a number of clocks from 1\n", argv[2]); return 2; }
	dev = new Dev;
	hw = geometry();
	regs = table(dev->m.rootp);
	each_clock = watch;
	prog = make_program(3);
	for (auto &t : tests) {
		if (argc > 1 && strcmp(argv[1], t.name)) continue;
		why.clear();
		restart(); was_valid = false;
		t.fn();
		CHECK(dev->fault.empty(), "%s", dev->fault.c_str());
		printf("%s stops_%s %dx%d tiles %d%s%s\n", why.empty() ? "ok" : "FAIL", t.name, hw.rows, hw.cols, hw.tiles, why.empty() ? "" : ": ", why.c_str());
		fflush(stdout);
		failures += !why.empty();
	}
	delete dev;
	return failures != 0;
}

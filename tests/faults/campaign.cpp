// Fault campaign (docs/faults.md section 6): again and again a program or a characterisation runs, one bit of one register flips in one clock, and what
// comes of it is compared with the run without a fault. Afterwards software recovers and a whole run must be right, without a reset.
// Usage: campaign N SEED [FIRST [CLASS]]     prints counts by class, one line for every outcome that the document does not allow; exit 1 on any
// SPDX-License-Identifier: Apache-2.0
#include "fault_bench.h"

static std::vector<Register> table(Vdut___024root *root)
{
	return {
#include "registers.inc"
	};
}

// ---- classes of registers: what docs/faults.md sections 2 and 3 say about them ----
// What is allowed beside masked, late and detected. LOST: STATUS shows neither busy nor done nor error. LONGER: it still takes steps when the bench's own
// patience ends (and ends with an abort)
enum { SILENT = 1, LOST = 2, BUS = 4, LONGER = 8 };
struct Class { const char *name; int allowed; };
static const Class classes[] = {
	{"state registers", 0}, {"FIFO pointers and counts", 0}, {"guard", 0},
	{"status and interrupt flags", SILENT | LOST}, {"AXI4-Lite slave", SILENT | LOST | BUS}, {"run-time registers", SILENT | LONGER},
	{"pc, loops, index registers", SILENT | LONGER}, {"commands and counters", SILENT | LONGER}, {"flags of tiles and pipes", SILENT}, {"turns of the link", 0},
	{"performance counters", SILENT}, {"data under way", SILENT}, {"memories and cells", SILENT},
};
enum { C_STATE, C_FIFO, C_GUARD, C_FLAGS, C_AXI, C_REGS, C_PC, C_COUNT, C_TILE, C_LINK, C_PERF, C_DATA, C_MEM, N_CLASSES };
static bool in(const char *name, std::initializer_list<const char *> list) { for (const char *s : list) if (!strcmp(name, s)) return true; return false; }
static int class_of(const Register &r)
{
	const char *m = r.module, *n = r.name;
	if (r.memory || in(n, {"cells"})) return C_MEM;
	if (in(m, {"cim_sequencer", "cim_plane_seq", "cim_char"}) && !strcmp(n, "state_q")) return C_STATE;
	if (!strcmp(m, "cim_fifo")) return C_FIFO;
	if (!strcmp(m, "cim_guard")) return C_GUARD;
	if (!strcmp(m, "cim_axil")) return C_AXI;
	if (!strncmp(m, "cim_link", 8)) return C_LINK;
	if (!strcmp(m, "cim_counters")) return C_PERF;
	if (!strcmp(m, "cim_csr")) return in(n, {"irq_en_q", "irq_q", "done_q", "error_q", "error_code_q", "error_pc_q", "bin_ready_q", "char_start_o"}) ? C_FLAGS : C_REGS;
	if (!strcmp(m, "cim_repair") || !strcmp(m, "cim_adc_tree")) return strcmp(n, "at_q") ? C_REGS : C_DATA;
	if (in(m, {"cim_loop_stack", "cim_index_regs"}) || (!strcmp(m, "cim_sequencer") && !strcmp(n, "pc_q"))) return C_PC;
	if (!strcmp(m, "cim_sequencer") || in(m, {"cim_agen", "cim_col_mux", "cim_char"})) return C_COUNT;
	if (in(n, {"clocks_q", "plane_q", "clock_q", "used_q", "pending_q", "shadow_cmd_q", "line_cmd_q", "bank0_cmd_q", "bank1_cmd_q", "row_q", "col_q", "left_q", "member_q", "slice_q", "addr_q", "weigh_addr_q", "weigh_slice_q", "write_addr_q", "add_position_q", "add_bit_q", "conv_bit_q"})) return C_COUNT;
	if (!strcmp(m, "cim_tile") || (r.width * r.depth <= 4 && in(m, {"cim_adc_round", "cim_drain", "cim_out_pipe", "cim_requant", "cim_row_feed", "cim_load_row", "cim_tile_sum", "cim_acc_mem", "cim_shift_add"}))) return C_TILE;
	return C_DATA;
}

// ---- one run ----
enum Outcome { MASKED, LATE, DETECTED, SILENT_, NONE, LONGER_, HANG, BUSLOST, N_OUTCOMES };
static const char *outcome_names[] = {"masked", "late", "detected", "silent", "no verdict", "longer", "hang", "bus lost"};
struct Result { std::vector<std::pair<uint64_t, bool>> out; std::vector<uint32_t> bins; uint32_t status = 0; bool irq = false, idle = false, lost = false, refused = false, stepping = false; std::vector<uint32_t> regs; std::vector<uint64_t> counters; uint64_t begin = 0, end = 0; };
struct Work { Program p; int kind = 0; uint32_t ctrl = 0, level = 0, step = 1, count = 1; uint64_t seed = 0; Result right; };  // kind 0: a program; 1: a characterisation

static std::vector<Register> regs;
static uint64_t flip_at; static const Register *flip_reg; static int flip_word, flip_bit; static uint64_t born;
static const Register *waited, *limit;
static bool fell; static bool was_valid; static size_t was_out;
static void flip()
{
	uint64_t now = dev->clocks - born;
	if (was_valid && !dev->m.m_axis_tvalid_o && dev->out.size() == was_out) fell = true;
	was_valid = dev->m.m_axis_tvalid_o; was_out = dev->out.size();
	if (now != flip_at || !flip_reg) return;
	flip_reg->at[flip_word * flip_reg->bytes + flip_bit / 8] ^= 1 << flip_bit % 8;
	dev->m.eval();
}
static void blank()                      // what no reset reaches, so that an injection depends on nothing before it
{
	for (const Register &r : regs) memset(r.at, 0, r.bytes * r.depth);
	restart();
	born = dev->clocks;
	fell = was_valid = false; was_out = 0;
}
static uint32_t value(const Register *r) { uint32_t v = 0; memcpy(&v, r->at, r->bytes); return v; }
static void run(const Work &w, Result &r)
{
	refused = false;
	dev->rng.s = w.seed;
	dev->axi_gap = 20;
	set_registers(w.p);
	put_words(words_of(w.p.ins));
	offer(w.p);
	if (w.kind) {
		dev->in.clear();
		bus_write(WATCHDOG, 4);          // a bin takes a few clocks
		bus_write(CHAR_LEVEL, w.level); bus_write(CHAR_STEP, w.step); bus_write(CHAR_COUNT, w.count);
		bus_write(CTRL, 2);
	}
	ticks(12);
	r.begin = dev->clocks - born;
	uint64_t bound = (uint64_t)w.p.watchdog * 256 + 400000;
	if (!w.kind) {
		bus_write(CTRL, 3);
		r.status = wait_idle(bound);
		r.idle = !(r.status & BUSY);
	} else {
		bus_write(CHAR_CTRL, w.ctrl);
		uint64_t end = dev->clocks + bound;
		uint32_t v;
		while (((v = bus_read(CHAR_CTRL)) & 1) && dev->clocks < end && !bus_lost) ticks(6);
		r.idle = !(v & 1);
		r.status = bus_read(STATUS);
	}
	r.end = dev->clocks - born;
	r.stepping = value(waited) >> 8 < value(limit);  // else the watchdog is overdue
	r.refused = refused;
	dev->out_gap = 0;
	for (int k = 0; k < 40; k++) tick();
	drain();
	r.status = bus_read(STATUS) & ~(uint32_t)(IN_WAITING | OUT_WAITING);
	r.irq = dev->m.irq_o;
	r.out = dev->out;
	for (int a : std::initializer_list<int>{NUMBERS, TIMING, REFERENCE, SAMPLES, LSB, LSB + 4, LSB + 8, LSB + 12, LSB + 16, LSB + 20, LSB + 24, LSB + 28, SEED, WATCHDOG, CHAR_LEVEL, CHAR_STEP, CHAR_COUNT, CTRL}) r.regs.push_back(bus_read(a));
	for (uint32_t a = CYCLES; a <= 0xc0; a += 8) r.counters.push_back(bus_read64(a));
	for (uint32_t a = WAIT_LOAD; a <= 0xf8; a += 8) r.counters.push_back(bus_read64(a));
	if (w.kind) for (int k = 0; k < 1 << hw.adc_bits; k++) r.bins.push_back(bus_read(HISTOGRAM + 4 * k));
	r.lost = bus_lost;
}
static Outcome judge(const Work &w, const Result &r)
{
	if (r.lost) return BUSLOST;
	if (!r.idle) return r.stepping ? LONGER_ : HANG;
	if (r.refused) return DETECTED;          // a stop while idle refuses a write: SLVERR, and software begins again
	if (r.status & ERROR) return r.irq ? DETECTED : SILENT_;
	if (!w.kind && !(r.status & DONE)) return NONE;
	if (r.out != w.right.out || r.bins != w.right.bins || r.regs != w.right.regs || r.status != w.right.status || r.irq != w.right.irq) return SILENT_;
	return r.counters == w.right.counters ? MASKED : LATE;
}
static Work make_work(uint64_t seed, int kind)
{
	Work w;
	w.p = make_program(seed);
	w.kind = kind;
	w.seed = seed * 0x2545f4914f6cdd1dull + 77;
	Rng g; g.s = w.seed; g.next();
	int mode = g.below(2);
	w.ctrl = 1 | mode << 1 | hw.adc_bits << 4 | g.below(hw.tiles) << 10 | g.below(hw.adcs) << 16 | g.below(2) << 24;
	w.level = -20 & 0xffffff; w.step = g.range(7, 23); w.count = g.range(4, 12);
	flip_reg = nullptr;
	for (int again = 0; again < 4; again++) {         // a ramp that ends below the first threshold says nothing: a longer one
		w.right = Result();
		blank();
		run(w, w.right);
		if (!kind || w.right.bins != std::vector<uint32_t>(w.right.bins.size(), 0)) break;
		w.count *= 2;
	}
	bool good = !w.right.lost && w.right.idle && (kind ? w.right.status == 0 && w.right.bins != std::vector<uint32_t>(w.right.bins.size(), 0) : w.right.status == DONE && w.right.irq && w.right.out == w.p.out);
	if (!good) { printf("FAIL campaign: the run of seed %llu without a fault is wrong: status %x, %zu beats of %zu\n", (unsigned long long)seed, w.right.status, w.right.out.size(), w.p.out.size()); exit(1); }
	return w;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 100, first = argc > 3 ? atol(argv[3]) : 0;
	uint64_t seed = argc > 2 ? strtoull(argv[2], nullptr, 0) : 1;
	int only = argc > 4 ? atoi(argv[4]) : -1;         // flips in this class alone
	bool show = getenv("CAMPAIGN_SHOW") != nullptr;   // every injection with its outcome
	dev = new Dev;
	each_clock = flip;
	hw = geometry();
	regs = table(dev->m.rootp);
	for (const Register &r : regs) {
		if (!strcmp(r.path, "u_core.u_guard.waited_q")) waited = &r;
		if (!strcmp(r.path, "u_core.u_csr.watchdog_q")) limit = &r;
	}
	if (!waited || !limit) { printf("FAIL campaign: no register of the watchdog among %zu\n", regs.size()); return 1; }
	std::vector<std::vector<int>> of_class(N_CLASSES);
	for (size_t i = 0; i < regs.size(); i++) of_class[class_of(regs[i])].push_back((int)i);
	if (only >= N_CLASSES || (only >= 0 && of_class[only].empty())) { printf("FAIL campaign: this core has no register of class %d of 0..%d\n", only, N_CLASSES - 1); return 1; }
	std::vector<Work> works;
	for (int k = 0; k < 12; k++) works.push_back(make_work(seed * 1000 + k, k >= 10));
	long count[N_CLASSES][N_OUTCOMES] = {{0}}, codes[16] = {0}, bad = 0, injected = 0;
	for (long i = first; i < first + n; i++) {
		Rng g; g.s = (seed * 6364136223846793005ull + i * 1442695040888963407ull) | 1;
		for (int k = 0; k < 6; k++) g.next();
		// half of them anywhere, by bits; half spread over the classes, so that the small ones are met
		const Register *r;
		int c;
		if (only >= 0) {
			c = only;
			r = &regs[of_class[c][g.below((int)of_class[c].size())]];
		} else if (g.percent(50)) {
			long bits = 0;
			for (const Register &x : regs) if (!x.memory) bits += (long)x.width * x.depth;
			long at = (long)(g.next() >> 20) % bits;
			r = &regs[0];
			for (const Register &x : regs) if (!x.memory) { r = &x; at -= (long)x.width * x.depth; if (at < 0) break; }
			c = class_of(*r);
		} else {
			do c = g.below(N_CLASSES); while (of_class[c].empty());
			r = &regs[of_class[c][g.below((int)of_class[c].size())]];
		}
		const Work &w = works[g.below(100) < 85 ? g.below(10) : 10 + g.below(2)];
		// a flip before the start is as good as one in the set-up; most of them while it runs
		uint64_t from = g.percent(10) ? 0 : w.right.begin, to = w.right.end + 6;
		uint64_t at = from + (g.next() >> 20) % (to - from);
		flip_word = r->memory ? g.below(std::min(r->depth, 16)) : g.below(r->depth); // the words that programs use are the lowest
		flip_bit = g.below(r->width);
		blank();
		flip_at = at; flip_reg = r;
		Result got;
		run(w, got);
		Outcome o = judge(w, got);
		count[c][o]++; injected++;
		if (o == DETECTED) codes[got.status >> 4 & 15]++;
		int allowed = classes[c].allowed;
		bool ok = o == MASKED || o == LATE || o == DETECTED || (o == SILENT_ && allowed & SILENT) || (o == NONE && allowed & LOST) || (o == BUSLOST && allowed & BUS) || (o == LONGER_ && allowed & LONGER);
		if (fell && c != C_FIFO && c != C_GUARD) ok = false;
		std::string why = fell && !ok ? " TVALID fell" : "";
		flip_reg = nullptr;
		if (o == BUSLOST) restart();
		std::string after;
		dev->axi_gap = 0;
		if (!settle()) { char t[64]; snprintf(t, sizeof t, "does not settle: STATUS %x", bus_read(STATUS)); after = t; }
		else after = right_run(w.p);
		if (bus_lost && c == C_AXI) after.clear();   // found later: the same class
		if (!after.empty()) ok = false;
		if (show || !ok) printf("%s injection %ld: %s bit %d word %d clock %llu (%s %llu..%llu): %s status %x irq %d%s%s%s\n", ok ? "  " : "BAD", i, r->path, flip_bit, flip_word, (unsigned long long)at,
		       w.kind ? "characterisation" : "program", (unsigned long long)w.right.begin, (unsigned long long)w.right.end, outcome_names[o], got.status, got.irq, why.c_str(), after.empty() ? "" : "; afterwards ", after.c_str());
		bad += !ok;
		fflush(stdout);
	}
	for (int c = 0; c < N_CLASSES; c++) {
		long sum = 0;
		for (int o = 0; o < N_OUTCOMES; o++) sum += count[c][o];
		if (!sum) continue;
		printf("class %s;%ld", classes[c].name, sum);
		for (int o = 0; o < N_OUTCOMES; o++) printf(";%ld", count[c][o]);
		printf("\n");
	}
	printf("codes");
	for (int k = 1; k <= 9; k++) printf(";%ld", codes[k]);
	printf("\ntotal %ld bad %ld\n", injected, bad);
	delete dev;
	return bad != 0;
}

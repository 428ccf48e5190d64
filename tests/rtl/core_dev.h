// Verilated cim_core behind its AXI ports: independent drivers for every channel, with random gaps, and protocol checks on every clock.
// SPDX-License-Identifier: Apache-2.0
#ifndef CORE_DEV_H
#define CORE_DEV_H
#include "Vdut.h"
#include "../../cosim/cover.h"
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

struct Rng {                     // xorshift64*, seeded by the test
	uint64_t s = 88172645463325252ull;
	uint64_t next() { s ^= s >> 12; s ^= s << 25; s ^= s >> 27; return s * 2685821657736338717ull; }
	int below(int n) { return (int)((next() >> 33) % (uint64_t)n); }
	int range(int lo, int hi) { return lo + below(hi - lo + 1); }
	bool percent(int p) { return below(100) < p; }
};

struct Write { uint32_t addr, data; unsigned strb; unsigned resp; };
struct Read { uint32_t addr, data; unsigned resp; };

struct Dev {
	VerilatedContext ctx;
	Vdut m{&ctx};
	Rng rng;
	uint64_t clocks = 0;
	std::deque<uint64_t> in;                         // beats still to send
	std::vector<std::pair<uint64_t, bool>> out;      // beats received, with TLAST
	int in_gap = 0, out_gap = 0, axi_gap = 0;        // percent of clocks a side is idle
	bool out_closed = false;                         // the host takes nothing
	bool probe_paths = false;                        // every clock: no output may follow an input within the clock
	std::string fault;                               // first protocol violation

	static inline const char *plusarg = "";          // the macro asks for them
	~Dev() { cover_add(&ctx); }
	Dev() { const char *argv[] = {"bench", plusarg}; ctx.commandArgs(2, argv); reset(); }
	void reset()
	{
		m.clk_i = 0; m.rst_ni = 0;
		m.s_axi_awvalid_i = m.s_axi_wvalid_i = m.s_axi_bready_i = m.s_axi_arvalid_i = m.s_axi_rready_i = 0;
		m.s_axis_tvalid_i = m.s_axis_tlast_i = m.m_axis_tready_i = 0;
		m.eval();
		for (int i = 0; i < 3; i++) edge();
		m.rst_ni = 1;
		edge();
		in.clear(); out.clear();
	}
	void edge() { m.clk_i = 1; m.eval(); m.clk_i = 0; m.eval(); clocks++; }
	void violation(const char *what) { if (fault.empty()) fault = std::string(what) + " at clock " + std::to_string(clocks); }

	struct Outs { uint64_t v[4]; bool operator==(const Outs &o) const { return v[0] == o.v[0] && v[1] == o.v[1] && v[2] == o.v[2] && v[3] == o.v[3]; } };
	Outs outs()
	{
		return {{m.m_axis_tdata_o, m.s_axi_rdata_o,
			 (uint64_t)(m.s_axi_awready_o | m.s_axi_wready_o << 1 | m.s_axi_bvalid_o << 2 | m.s_axi_bresp_o << 3 | m.s_axi_arready_o << 5 | m.s_axi_rvalid_o << 6 | m.s_axi_rresp_o << 7),
			 (uint64_t)(m.s_axis_tready_o | m.m_axis_tvalid_o << 1 | m.m_axis_tlast_o << 2 | m.irq_o << 3)}};
	}
	void flip()
	{
		m.s_axi_awvalid_i ^= 1; m.s_axi_wvalid_i ^= 1; m.s_axi_bready_i ^= 1; m.s_axi_arvalid_i ^= 1; m.s_axi_rready_i ^= 1;
		m.s_axis_tvalid_i ^= 1; m.m_axis_tready_i ^= 1; m.s_axi_awaddr_i ^= 0x3fffff; m.s_axi_araddr_i ^= 0x3fffff;
		m.s_axi_wdata_i = ~m.s_axi_wdata_i; m.s_axi_wstrb_i ^= 15; m.s_axis_tdata_i = ~m.s_axis_tdata_i;
	}
	void clock()                                     // streams run on every clock; AXI-Lite inputs are set by the caller
	{
		if (!m.s_axis_tvalid_i && !in.empty() && !rng.percent(in_gap)) {
			m.s_axis_tvalid_i = 1;
			m.s_axis_tdata_i = in.front();
		}
		m.m_axis_tready_i = !out_closed && !rng.percent(out_gap);
		if (probe_paths) {
			Outs before = outs();
			flip(); m.eval();
			if (!(outs() == before)) violation("an output follows an input within the clock");
			flip(); m.eval();
		}
		bool sin = m.s_axis_tvalid_i && m.s_axis_tready_o, sout = m.m_axis_tvalid_o && m.m_axis_tready_i;
		bool hold_m = m.m_axis_tvalid_o && !m.m_axis_tready_i, hold_b = m.s_axi_bvalid_o && !m.s_axi_bready_i, hold_r = m.s_axi_rvalid_o && !m.s_axi_rready_i;
		Outs before = outs();
		if (sout) out.push_back({m.m_axis_tdata_o, m.m_axis_tlast_o != 0});
		edge();
		if (hold_m && (!m.m_axis_tvalid_o || m.m_axis_tdata_o != before.v[0])) violation("TDATA moved before TREADY");
		if (hold_b && !m.s_axi_bvalid_o) violation("BVALID fell before BREADY");
		if (hold_r && (!m.s_axi_rvalid_o || m.s_axi_rdata_o != before.v[1])) violation("RDATA moved before RREADY");
		if (sin) { in.pop_front(); m.s_axis_tvalid_i = 0; }
	}
	// Runs lists of writes and reads, each channel by itself: AW may run ahead of W or behind it, responses are taken late.
	void transact(std::vector<Write> &w, std::vector<Read> &r)
	{
		size_t aw = 0, wd = 0, b = 0, ar = 0, rd = 0;
		uint64_t limit = clocks + 2000 + 400 * (w.size() + r.size());
		while (b < w.size() || rd < r.size()) {
			if (!m.s_axi_awvalid_i && aw < w.size() && !rng.percent(axi_gap)) { m.s_axi_awvalid_i = 1; m.s_axi_awaddr_i = w[aw].addr; }
			if (!m.s_axi_wvalid_i && wd < w.size() && !rng.percent(axi_gap)) { m.s_axi_wvalid_i = 1; m.s_axi_wdata_i = w[wd].data; m.s_axi_wstrb_i = w[wd].strb; }
			if (!m.s_axi_arvalid_i && ar < r.size() && !rng.percent(axi_gap)) { m.s_axi_arvalid_i = 1; m.s_axi_araddr_i = r[ar].addr; }
			m.s_axi_bready_i = !rng.percent(axi_gap);
			m.s_axi_rready_i = !rng.percent(axi_gap);
			bool haw = m.s_axi_awvalid_i && m.s_axi_awready_o, hw = m.s_axi_wvalid_i && m.s_axi_wready_o, har = m.s_axi_arvalid_i && m.s_axi_arready_o;
			bool hb = m.s_axi_bvalid_o && m.s_axi_bready_i, hr = m.s_axi_rvalid_o && m.s_axi_rready_i;
			if (hb && (b >= aw || b >= wd)) violation("B before its AW and W");
			if (hb && b < w.size()) w[b++].resp = m.s_axi_bresp_o;
			if (hr && rd < r.size()) { r[rd].data = m.s_axi_rdata_o; r[rd++].resp = m.s_axi_rresp_o; }
			clock();
			if (haw) { aw++; m.s_axi_awvalid_i = 0; }
			if (hw) { wd++; m.s_axi_wvalid_i = 0; }
			if (har) { ar++; m.s_axi_arvalid_i = 0; }
			if (clocks > limit) { violation("AXI4-Lite does not answer"); break; }
		}
		m.s_axi_bready_i = m.s_axi_rready_i = 0;
	}
	unsigned write(uint32_t addr, uint32_t data, unsigned strb = 15)
	{
		std::vector<Write> w{{addr, data, strb, 9}}; std::vector<Read> r;
		transact(w, r);
		return w[0].resp;
	}
	uint32_t read(uint32_t addr, unsigned *resp = nullptr)
	{
		std::vector<Write> w; std::vector<Read> r{{addr, 0, 9}};
		transact(w, r);
		if (resp) *resp = r[0].resp;
		return r[0].data;
	}
	uint64_t read64(uint32_t addr) { uint64_t lo = read(addr); return lo | (uint64_t)read(addr + 4) << 32; }
};
#endif

// The model of `verilator --sc` with the face of one of `verilator --cc`: what shim.cpp wants. Its ports are bound to wires (sc_wire.h), so no port costs the
// kernel anything, and the process that Verilator 5.006 registers on them (SC_METHOD(eval), sensitive to every input) is never triggered, and disabled for the
// initialisation phase. Who has the clock calls eval() himself.
// SPDX-License-Identifier: Apache-2.0
#ifndef COSIM_SC_TOP_H
#define COSIM_SC_TOP_H
#include "Vdut.h"
#include "cosim/systemc/sc_wire.h"
#include <string>

// Verilator makes eval() private: the process is meant to be the only caller. An explicit instantiation may name it all the same.
template <void (Vdut::*eval)()> struct sc_reach { friend void sc_eval(Vdut &v) { (v.*eval)(); } };
void sc_eval(Vdut &v);
template struct sc_reach<&Vdut::eval_step>;

#define SC_TOP_PORTS(bit, word, two_words) \
	bit(clk_i) bit(rst_ni) word(s_axi_awaddr_i) bit(s_axi_awvalid_i) bit(s_axi_awready_o) word(s_axi_wdata_i) word(s_axi_wstrb_i) bit(s_axi_wvalid_i) bit(s_axi_wready_o) \
	word(s_axi_bresp_o) bit(s_axi_bvalid_o) bit(s_axi_bready_i) word(s_axi_araddr_i) bit(s_axi_arvalid_i) bit(s_axi_arready_o) word(s_axi_rdata_o) word(s_axi_rresp_o) \
	bit(s_axi_rvalid_o) bit(s_axi_rready_i) two_words(s_axis_tdata_i) bit(s_axis_tvalid_i) bit(s_axis_tready_o) bit(s_axis_tlast_i) two_words(m_axis_tdata_o) \
	bit(m_axis_tvalid_o) bit(m_axis_tready_i) bit(m_axis_tlast_o) bit(irq_o)

class sc_top {
	struct current { explicit current(VerilatedContext *c) { Verilated::threadContextp(c); } } context_; // the model takes its thread's
	Vdut model_;

public:
#define SC_TOP_BIT(name) sc_wire<bool> name;
#define SC_TOP_WORD(name) sc_wire<uint32_t> name;
#define SC_TOP_TWO_WORDS(name) sc_wire<uint64_t> name;
	SC_TOP_PORTS(SC_TOP_BIT, SC_TOP_WORD, SC_TOP_TWO_WORDS)

#define SC_TOP_BIND(name) model_.name(name);
	sc_top(VerilatedContext *context, const char *name) : context_(context), model_(name)
	{
		std::string process = std::string(model_.name()) + ".eval";

		SC_TOP_PORTS(SC_TOP_BIND, SC_TOP_BIND, SC_TOP_BIND)
		sc_core::sc_process_handle(sc_core::sc_find_object(process.c_str())).disable();
	}
	void eval() { sc_eval(model_); }
	void final() { model_.final(); }
#if VM_TRACE
	void trace(VerilatedFstC *f, int levels) { model_.trace(f, levels, 0); }
#endif
};
#endif

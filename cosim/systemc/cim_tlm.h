// cim_tlm: the core as a loosely timed TLM-2.0 target, for a virtual platform of your own. Behind it: the register model and the golden machine, as C functions.
//   regs  32 bit, any number of words: OK, GENERIC_ERROR where AXI says SLVERR, ADDRESS_ERROR beyond the map or off a word address, BURST_ERROR for other lengths,
//         byte enables become strobes. Program memory is there for DMI writes while the core is idle. Debug: reads all, writes program memory
//   in    64 bit: the input stream; b_transport returns when all beats are taken (docs/platform.md: in which order to begin)
//   out   64 bit: the result stream, one transaction per program, TLAST in cim_stream (payload.h)
//   irq   rises a clock after the program has ended, which is to the clock when it ends in the RTL with streams that never wait
// SPDX-License-Identifier: Apache-2.0
#ifndef COSIM_SC_CIM_TLM_H
#define COSIM_SC_CIM_TLM_H
#include "cosim/systemc/payload.h"
#include "cosim/systemc/sc_api.h"
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <vector>

class cim_tlm : public sc_core::sc_module {
public:
	tlm_utils::simple_target_socket<cim_tlm, 32> regs;
	tlm_utils::simple_target_socket<cim_tlm, 64> in;
	tlm_utils::simple_initiator_socket<cim_tlm, 64> out;
	sc_core::sc_out<bool> irq;

	// clocks of one access that nobody delays, as cim_axil answers it
	enum { ACCESS_CLOCKS = 3 };

	SC_HAS_PROCESS(cim_tlm);
	cim_tlm(sc_core::sc_module_name name, const sc_model_ops &ops, const sc_core::sc_time &period);
	void reset();
	bool busy() const { return started_; }

private:
	enum { CTRL = 0x040, ABORT = 1 << 2, STATUS = 0x048, IN_WAITING = 1 << 8 }; // docs/isa.md section 4
	sc_model_ops ops_;
	sc_core::sc_time period_;
	// the running program: started, beats wanted; executed: ends at done_at_
	bool started_ = false, executed_ = false, dmi_ = false;
	sc_core::sc_time start_at_, done_at_;
	const uint64_t *result_ = nullptr;
	const bool *last_ = nullptr;
	size_t n_results_ = 0, needs_ = 0;
	// input: beats that were taken before they were needed, and the transaction that waits
	std::vector<uint64_t> early_;
	const uint64_t *offer_ = nullptr;
	size_t offered_ = 0, taken_ = 0;
	sc_core::sc_time arrived_;
	sc_core::sc_mutex in_turn_;
	sc_core::sc_event try_, taken_event_, ended_;
	sc_core::sc_event_queue update_irq_;
	cim_stream results_;

	void access(tlm::tlm_generic_payload &t, sc_core::sc_time &delay);
	bool direct(tlm::tlm_generic_payload &t, tlm::tlm_dmi &d);
	unsigned debug(tlm::tlm_generic_payload &t);
	void stream(tlm::tlm_generic_payload &t, sc_core::sc_time &delay);
	void abort();
	void started_by(const sc_core::sc_time &when);
	void take(size_t n);
	void execute();
	void end();
	void drive_irq() { irq.write(ops_.irq(ops_.model)); }
};
#endif

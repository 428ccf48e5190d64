// cim_rtl: the emitted RTL (`verilator --sc`, behind the functions of shim.h: sc_top.h) with the sockets of cim_tlm. AXI4-Lite and both streams are driven pin by pin.
// One process runs all clocks. It may be `quantum` clocks ahead of SystemC's time; it stops at once, and gives way, when a register access has ended, when
// a stream has come to the end of a block, and in the clock in which the interrupt changes, which it passes on at exactly that time.
// SPDX-License-Identifier: Apache-2.0
#ifndef COSIM_SC_CIM_RTL_H
#define COSIM_SC_CIM_RTL_H
#include "cosim/shim.h"
#include "cosim/systemc/payload.h"
#include <functional>
#include <random>
#include <string>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

class cim_rtl : public sc_core::sc_module {
public:
	tlm_utils::simple_target_socket<cim_rtl, 32> regs;
	tlm_utils::simple_target_socket<cim_rtl, 64> in;
	tlm_utils::simple_initiator_socket<cim_rtl, 64> out;
	sc_core::sc_out<bool> irq;

	// what nobody asked for: a breach of the stream protocol; a look at the clock now and then
	std::function<void(const std::string &text)> breach;
	std::function<void(uint64_t clocks)> progress;

	SC_HAS_PROCESS(cim_rtl);
	// The device is the caller's, and outlives the simulation. It begins with a reset.
	cim_rtl(sc_core::sc_module_name name, const shim_api &api, shim *device, const sc_core::sc_time &period, unsigned quantum);
	void reset();                                // blocks until it is done
	void stall(double chance, uint64_t seed);    // leaves bus and streams idle at random
	uint64_t clocks() const { return clocks_; }
	bool busy_line() const { return pins_->irq; }
	const char *fault() const { return api_.fault(device_); }
	sc_core::sc_event stopped;                   // a fault: nothing answers any more

private:
	enum { BLOCK = 1024, ANSWER_CLOCKS = 1000, RESET_CLOCKS = 4, LEAVE_CLOCKS = 2, REPORT_CLOCKS = 1 << 14 };
	struct block { uint64_t beat[BLOCK]; bool last[BLOCK]; size_t n = 0; };

	shim_api api_;
	shim *device_;
	shim_pins *pins_;
	uint64_t period_, quantum_, clocks_ = 0, reported_ = 0; // period in units of the kernel's resolution
	bool leave_ = false, irq_ = false, stale_ = false; // stale: the offered beat is of a stream that was stopped
	unsigned reset_left_ = RESET_CLOCKS + LEAVE_CLOCKS;
	double stall_ = 0;
	std::mt19937_64 random_;
	// the register access that is under way
	struct { tlm::tlm_generic_payload *t = nullptr; unsigned word = 0, waited = 0; uint64_t not_before = 0; bool aw = false, w = false, ar = false; } access_;
	sc_core::sc_mutex access_turn_, in_turn_;
	sc_core::sc_event access_done_, in_done_, reset_done_, results_;
	// streams: what is still to be sent, what was received and is being passed on
	const unsigned char *in_next_ = nullptr, *in_end_ = nullptr;
	uint64_t in_from_ = 0;
	block blocks_[2], *fill_ = &blocks_[0], *drain_ = &blocks_[1];
	uint64_t held_data_ = 0;
	bool held_ = false, held_last_ = false;
	cim_stream last_;

	void run();
	void deliver();
	void access(tlm::tlm_generic_payload &t, sc_core::sc_time &delay);
	void stream(tlm::tlm_generic_payload &t, sc_core::sc_time &delay);
	void clock();
	void drive_access();
	void sample_access();
	void end_word(bool ok);
	void take_result();
	void fail();
	bool idle() { return stall_ > 0 && static_cast<double>(random_() >> 11) * 0x1p-53 < stall_; }
	sc_core::sc_time ahead() const { return sc_core::sc_time::from_value(clocks_ * period_ - sc_core::sc_time_stamp().value()); }
};
#endif

// Lock-step: every register access goes to the RTL and to cim_tlm, the RTL answers, and what the two say is compared: answers, values, result beats one by one,
// clocks from a start to its interrupt. Not compared: status and counters while a program runs, and what depends on the host's stalls when there are any.
// SPDX-License-Identifier: Apache-2.0
#ifndef COSIM_SC_SCOREBOARD_H
#define COSIM_SC_SCOREBOARD_H
#include "cosim/systemc/payload.h"
#include <deque>
#include <functional>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <vector>

class scoreboard : public sc_core::sc_module {
public:
	enum side { RTL, TLM };
	tlm_utils::simple_target_socket<scoreboard, 32> host;
	tlm_utils::simple_initiator_socket<scoreboard, 32> rtl, tlm;
	std::function<void(const char *text)> differ;

	scoreboard(sc_core::sc_module_name name, const sc_core::sc_time &period);
	void begin(bool stalls);                      // a new job
	void beat(side s, uint64_t data, bool last);  // as they come, from either
	void interrupt(side s);                       // the line of one is high
	void end(size_t rtl_sent, size_t tlm_sent);   // streams are stopped: nothing may be left over

private:
	struct one { uint64_t data; bool last; };
	sc_core::sc_time period_, start_[2];
	uint64_t clocks_[2] = {};
	bool raised_[2] = {}, busy_ = false, stalls_ = false;
	std::deque<one> waits_[2];
	size_t beats_ = 0;
	std::vector<unsigned char> copy_;

	void access(tlm::tlm_generic_payload &t, sc_core::sc_time &delay);
	void compare(const tlm::tlm_generic_payload &t, const tlm::tlm_generic_payload &expected);
	bool comparable(uint32_t offset) const;
	void say(const char *fmt, ...) __attribute__((format(printf, 2, 3)));
};
#endif

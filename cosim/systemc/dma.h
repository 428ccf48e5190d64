// Memory of the bench, and the two kinds of DMA engine between it and a core's streams. The memory's bytes are the arrays of the C program: an engine asks
// for the direct pointer and then works without the memory, so weights and activations are never copied on their way to the core.
// SPDX-License-Identifier: Apache-2.0
#ifndef COSIM_SC_DMA_H
#define COSIM_SC_DMA_H
#include "cosim/systemc/payload.h"
#include <cstring>
#include <functional>
#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

// Two windows: what is sent (read only), what is received.
class memory : public sc_core::sc_module {
public:
	enum window { SEND, RECEIVE, WINDOWS };
	static uint64_t base(window w) { return static_cast<uint64_t>(w + 1) << 40; }
	tlm_utils::multi_passthrough_target_socket<memory, 64> port;

	explicit memory(sc_core::sc_module_name name) : sc_module(name), port("port")
	{
		port.register_b_transport(this, &memory::access);
		port.register_get_direct_mem_ptr(this, &memory::direct);
	}
	// another array in a window: old pointers are no longer good
	void place(window w, void *data, size_t bytes)
	{
		data_[w] = static_cast<unsigned char *>(data);
		bytes_[w] = bytes;
		for (unsigned i = 0; i < port.size(); i++)
			port[static_cast<int>(i)]->invalidate_direct_mem_ptr(base(w), base(w) + (UINT64_C(1) << 40) - 1);
	}

private:
	unsigned char *data_[WINDOWS] = {};
	size_t bytes_[WINDOWS] = {};

	// the window of n bytes at an address; WINDOWS: none
	window find(uint64_t address, uint64_t n) const
	{
		for (int w = 0; w < WINDOWS; w++)
			if (address >= base(window(w)) && address - base(window(w)) <= bytes_[w] && n <= bytes_[w] - (address - base(window(w))))
				return window(w);
		return WINDOWS;
	}
	void access(int, tlm::tlm_generic_payload &t, sc_core::sc_time &)
	{
		window w = find(t.get_address(), t.get_data_length());
		unsigned char *at;

		if (w == WINDOWS || (t.is_write() && w == SEND)) {
			t.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
			return;
		}
		at = data_[w] + (t.get_address() - base(w));
		if (t.is_read())
			memcpy(t.get_data_ptr(), at, t.get_data_length());
		else if (t.is_write())
			memcpy(at, t.get_data_ptr(), t.get_data_length());
		t.set_dmi_allowed(true);
		t.set_response_status(tlm::TLM_OK_RESPONSE);
	}
	bool direct(int, tlm::tlm_generic_payload &t, tlm::tlm_dmi &d)
	{
		window w = find(t.get_address(), 1);

		d.init();
		if (w == WINDOWS || (t.is_write() && w == SEND))
			return false;
		d.set_start_address(base(w));
		d.set_end_address(base(w) + bytes_[w] - 1);
		d.set_dmi_ptr(data_[w]);
		if (w == SEND)
			d.allow_read();
		else
			d.allow_read_write();
		return true;
	}
};

// What both engines know of the memory: a pointer to an array, or none.
class dma : public sc_core::sc_module {
public:
	tlm_utils::simple_initiator_socket<dma, 64> mem;

protected:
	explicit dma(sc_core::sc_module_name name) : sc_module(name), mem("mem") { mem.register_invalidate_direct_mem_ptr(this, &dma::forget); }
	unsigned char *pointer(memory::window w, tlm::tlm_command command)
	{
		tlm::tlm_generic_payload t;

		cim::fill(t, command, memory::base(w), nullptr, 0);
		if (!granted_)
			granted_ = mem->get_direct_mem_ptr(t, dmi_);
		return granted_ ? dmi_.get_dmi_ptr() : nullptr;
	}

private:
	tlm::tlm_dmi dmi_;
	bool granted_ = false;

	void forget(sc_dt::uint64, sc_dt::uint64) { granted_ = false; }
};

// memory to a core, one transaction for a whole array
class dma_send : public dma {
public:
	tlm_utils::simple_initiator_socket<dma_send, 64> out;

	SC_HAS_PROCESS(dma_send);
	explicit dma_send(sc_core::sc_module_name name) : dma(name), out("out") { SC_THREAD(run); }
	void begin(size_t beats)
	{
		beats_ = beats;
		sent_ = 0;
		busy_ = beats > 0;
		begin_.notify();
	}
	size_t stop()
	{
		stream_.cancelled = true;
		stream_.cancel.notify();
		while (busy_)
			wait(end_);
		stream_.cancelled = false;
		return sent_;
	}

private:
	size_t beats_ = 0, sent_ = 0;
	bool busy_ = false;
	sc_core::sc_event begin_, end_;
	cim_stream stream_;

	void run()
	{
		for (;;) {
			tlm::tlm_generic_payload t;
			sc_core::sc_time delay = sc_core::SC_ZERO_TIME;

			while (!busy_)
				wait(begin_);
			cim::fill(t, tlm::TLM_WRITE_COMMAND, 0, pointer(memory::SEND, tlm::TLM_READ_COMMAND), 8 * beats_);
			t.set_extension(&stream_);
			out->b_transport(t, delay);
			t.clear_extension(&stream_);
			sent_ = stream_.taken;
			busy_ = false;
			end_.notify();
		}
	}
};

// a core to memory; beats that find no room are counted and dropped. Before begin and after stop the core waits.
class dma_receive : public dma {
public:
	tlm_utils::simple_target_socket<dma_receive, 64> in;
	std::function<void(uint64_t data, bool last)> beat;

	explicit dma_receive(sc_core::sc_module_name name) : dma(name), in("in") { in.register_b_transport(this, &dma_receive::take); }
	void begin(size_t room)
	{
		room_ = room;
		received_ = 0;
		active_ = true;
		begin_.notify();
	}
	size_t stop()
	{
		active_ = false;
		return received_;
	}

private:
	size_t room_ = 0, received_ = 0;
	bool active_ = false;
	sc_core::sc_event begin_;

	void take(tlm::tlm_generic_payload &t, sc_core::sc_time &)
	{
		tlm::tlm_response_status status = cim::check_beats(t);
		cim_stream *x = t.get_extension<cim_stream>();
		size_t n = t.get_data_length() / 8;

		t.set_response_status(status);
		if (status != tlm::TLM_OK_RESPONSE)
			return;
		while (!active_)
			wait(begin_);
		if (received_ < room_)
			memcpy(pointer(memory::RECEIVE, tlm::TLM_WRITE_COMMAND) + 8 * received_, t.get_data_ptr(), 8 * (n < room_ - received_ ? n : room_ - received_));
		received_ += n;
		for (size_t i = 0; i < n && beat; i++) {
			uint64_t data;

			memcpy(&data, t.get_data_ptr() + 8 * i, 8);
			beat(data, x && x->last && x->last[i]);
		}
	}
};
#endif

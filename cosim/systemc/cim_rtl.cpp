// SPDX-License-Identifier: Apache-2.0
#include "cosim/systemc/cim_rtl.h"
#include <cstring>

using sc_core::SC_ZERO_TIME;
using sc_core::sc_time;

cim_rtl::cim_rtl(sc_core::sc_module_name name, const shim_api &api, shim *device, const sc_time &period, unsigned quantum)
	: sc_module(name), regs("regs"), in("in"), out("out"), irq("irq"), api_(api), device_(device), pins_(api.pins(device)), period_(period.value()), quantum_(quantum ? quantum : 1)
{
	regs.register_b_transport(this, &cim_rtl::access);
	in.register_b_transport(this, &cim_rtl::stream);
	SC_THREAD(run);
	SC_THREAD(deliver);
}

void cim_rtl::reset()
{
	reset_left_ = RESET_CLOCKS + LEAVE_CLOCKS;
	if (!fault())
		wait(reset_done_);
}

void cim_rtl::stall(double chance, uint64_t seed)
{
	stall_ = chance;
	random_.seed(seed);
}

void cim_rtl::run()
{
	for (;;) {
		uint64_t limit = sc_core::sc_time_stamp().value() / period_ + quantum_;

		while (clocks_ < limit && !leave_)
			clock();
		leave_ = false;
		if (fault()) {
			fail();
			wait(); // for ever
		}
		if (fill_->n)
			results_.notify();
		if (progress && clocks_ - reported_ >= REPORT_CLOCKS)
			progress(reported_ = clocks_);
		if (static_cast<bool>(pins_->irq) != irq_) {
			irq_ = pins_->irq;
			wait(ahead());
			irq.write(irq_);
			wait(SC_ZERO_TIME); // the line changes,
			wait(SC_ZERO_TIME); // and who waited for it has asked for the next thing before the next clock
		} else if (clocks_ < limit) {
			wait(SC_ZERO_TIME); // who waited goes first
		} else {
			wait(ahead());
		}
	}
}

// One clock with everything that the host does on its three interfaces. An offered beat stays until it is taken, as AXI wants it.
void cim_rtl::clock()
{
	shim_pins *p = pins_;

	if (reset_left_) {
		*p = shim_pins();
		p->rst_n = --reset_left_ < LEAVE_CLOCKS;
		held_ = stale_ = false;
		api_.clock(device_);
		clocks_++;
		if (!reset_left_) {
			reset_done_.notify();
			leave_ = true;
		}
		return;
	}
	if (access_.t)
		drive_access();
	if (in_next_ != in_end_ && !p->s_tvalid && clocks_ >= in_from_ && !idle()) {
		p->s_tvalid = 1;
		memcpy(&p->s_tdata, in_next_, 8);
		p->s_tlast = in_next_ + 8 == in_end_;
	}
	p->m_tready = fill_->n < BLOCK && !idle();
	api_.clock(device_);
	clocks_++;
	if (p->s_tvalid && p->s_tready) {
		p->s_tvalid = 0;
		in_next_ += stale_ ? 0 : 8;
		stale_ = false;
		if (in_next_ && in_next_ == in_end_) {
			in_done_.notify();
			leave_ = true;
		}
	}
	if (p->m_tvalid || held_)
		take_result();
	if (access_.t)
		sample_access();
	if (static_cast<bool>(p->irq) != irq_)
		leave_ = true;
}

void cim_rtl::take_result()
{
	shim_pins *p = pins_;

	if (held_ && (!p->m_tvalid || p->m_tdata != held_data_ || p->m_tlast != held_last_) && breach)
		breach("result stream: TVALID, TDATA or TLAST changed before TREADY");
	held_ = p->m_tvalid && !p->m_tready;
	held_data_ = p->m_tdata;
	held_last_ = p->m_tlast;
	if (!p->m_tvalid || !p->m_tready)
		return;
	fill_->beat[fill_->n] = p->m_tdata;
	fill_->last[fill_->n++] = p->m_tlast;
	if (fill_->n == BLOCK)
		leave_ = true; // else the core would wait for a host that had no time to take them
}

// --- registers ---------------------------------------------------------------------------------------------------------------------------

void cim_rtl::access(tlm::tlm_generic_payload &t, sc_time &delay)
{
	tlm::tlm_response_status status = cim::check_access(t);

	t.set_response_status(status);
	if (status != tlm::TLM_OK_RESPONSE)
		return;
	access_turn_.lock();
	t.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
	if (!fault()) {
		access_ = {};
		access_.t = &t;
		access_.not_before = ((sc_core::sc_time_stamp() + delay).value() + period_ - 1) / period_;
		wait(access_done_);
		delay = ahead();
	}
	access_turn_.unlock();
}

// With stalls, address and data of a write arrive in any order, and the response waits.
void cim_rtl::drive_access()
{
	shim_pins *p = pins_;
	uint32_t offset = static_cast<uint32_t>(access_.t->get_address()) + 4 * access_.word;

	if (clocks_ < access_.not_before)
		return;
	if (access_.t->is_read()) {
		p->araddr = offset;
		p->arvalid = !access_.ar && (p->arvalid || !idle());
		p->rready = !idle();
	} else {
		p->awaddr = offset;
		p->wdata = cim::word(*access_.t, access_.word);
		p->wstrb = static_cast<uint8_t>(cim::strobes(*access_.t, access_.word));
		p->awvalid = !access_.aw && (p->awvalid || !idle());
		p->wvalid = !access_.w && (p->wvalid || !idle());
		p->bready = !idle();
	}
}

void cim_rtl::sample_access()
{
	shim_pins *p = pins_;

	if (clocks_ <= access_.not_before)
		return;
	access_.aw |= p->awvalid && p->awready;
	access_.w |= p->wvalid && p->wready;
	access_.ar |= p->arvalid && p->arready;
	if (p->rvalid && p->rready) {
		cim::answer(*access_.t, access_.word, p->rdata);
		end_word(access_.ar && !p->rresp);
	} else if (p->bvalid && p->bready) {
		end_word(access_.aw && access_.w && !p->bresp);
	} else if (++access_.waited == ANSWER_CLOCKS) {
		end_word(false);
	}
}

void cim_rtl::end_word(bool ok)
{
	shim_pins *p = pins_;

	p->awvalid = p->wvalid = p->bready = p->arvalid = p->rready = 0;
	access_.aw = access_.w = access_.ar = false;
	access_.waited = 0;
	if (ok && ++access_.word < access_.t->get_data_length() / 4)
		return;
	access_.t->set_response_status(ok ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE);
	access_.t = nullptr;
	access_done_.notify();
	leave_ = true;
}

// a device with a fault is not clocked further
void cim_rtl::fail()
{
	access_.t = nullptr;
	access_done_.notify();
	in_done_.notify();
	reset_done_.notify();
	stopped.notify();
}

// --- streams -----------------------------------------------------------------------------------------------------------------------------

void cim_rtl::stream(tlm::tlm_generic_payload &t, sc_time &delay)
{
	tlm::tlm_response_status status = cim::check_beats(t);
	cim_stream *x = t.get_extension<cim_stream>();
	const unsigned char *begin = t.get_data_ptr();

	t.set_response_status(status);
	if (status != tlm::TLM_OK_RESPONSE)
		return;
	in_turn_.lock();
	in_from_ = ((sc_core::sc_time_stamp() + delay).value() + period_ - 1) / period_;
	in_next_ = begin;
	in_end_ = begin + t.get_data_length();
	while (in_next_ != in_end_ && !(x && x->cancelled) && !fault())
		if (x)
			wait(in_done_ | x->cancel);
		else
			wait(in_done_);
	stale_ = pins_->s_tvalid; // stays until it is taken, or until a reset
	if (x)
		x->taken = static_cast<size_t>(in_next_ - begin) / 8;
	if (fault())
		t.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
	in_next_ = in_end_ = nullptr;
	delay = ahead();
	in_turn_.unlock();
}

// Passes result beats on. While the receiver blocks, the other block fills, and then the core waits.
void cim_rtl::deliver()
{
	for (;;) {
		tlm::tlm_generic_payload t;
		sc_time delay, before;

		while (!fill_->n)
			wait(results_);
		std::swap(fill_, drain_);
		cim::fill(t, tlm::TLM_WRITE_COMMAND, 0, drain_->beat, 8 * drain_->n);
		last_.last = drain_->last;
		t.set_extension(&last_);
		delay = before = ahead();
		out->b_transport(t, delay);
		t.clear_extension(&last_);
		drain_->n = 0;
		if (delay > before)
			wait(delay - before);
	}
}

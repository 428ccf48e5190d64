// SPDX-License-Identifier: Apache-2.0
#include "cosim/systemc/cim_tlm.h"
#include <algorithm>
#include <cstring>

using sc_core::sc_time;
using sc_core::sc_time_stamp;

cim_tlm::cim_tlm(sc_core::sc_module_name name, const sc_model_ops &ops, const sc_time &period)
	: sc_module(name), regs("regs"), in("in"), out("out"), irq("irq"), ops_(ops), period_(period), update_irq_("update_irq")
{
	regs.register_b_transport(this, &cim_tlm::access);
	regs.register_get_direct_mem_ptr(this, &cim_tlm::direct);
	regs.register_transport_dbg(this, &cim_tlm::debug);
	in.register_b_transport(this, &cim_tlm::stream);
	SC_METHOD(execute); // not a thread: the golden machine wants the big stack
	sensitive << try_;
	dont_initialize();
	SC_THREAD(end);
	SC_METHOD(drive_irq);
	sensitive << update_irq_;
}

void cim_tlm::reset()
{
	ops_.reset(ops_.model);
	abort();
	update_irq_.notify(sc_core::SC_ZERO_TIME);
}

void cim_tlm::access(tlm::tlm_generic_payload &t, sc_time &delay)
{
	tlm::tlm_response_status status = cim::check_access(t);

	for (unsigned i = 0; status == tlm::TLM_OK_RESPONSE && i < t.get_data_length() / 4; i++) {
		uint32_t offset = static_cast<uint32_t>(t.get_address()) + 4 * i, value = 0;
		uint64_t elapsed;
		int rc;

		if (executed_ && sc_time_stamp() + delay >= done_at_) { // the initiator runs ahead of the end of the program: let it come first
			wait(delay);
			delay = sc_core::SC_ZERO_TIME;
			wait(delay);
		}
		delay += ACCESS_CLOCKS * period_;
		elapsed = started_ && sc_time_stamp() + delay > start_at_ ? (sc_time_stamp() + delay - start_at_).value() / period_.value() : 0;
		if (t.is_read()) {
			rc = ops_.read(ops_.model, offset, elapsed, &value);
			if (offset == STATUS && (offered_ > taken_ || !early_.empty()))
				value |= IN_WAITING; // results go out at once: nothing ever waits at the output
			cim::answer(t, i, value);
		} else {
			rc = ops_.write(ops_.model, offset, cim::word(t, i), cim::strobes(t, i));
			update_irq_.notify(delay);
			if (!rc && offset == CTRL && (cim::word(t, i) & ABORT) && (cim::strobes(t, i) & 1))
				abort();
			if (!rc && !started_ && ops_.started(ops_.model)) {
				started_by(sc_time_stamp() + delay);
				wait(delay); // an initiator that ran on would not see the program end in time
				delay = sc_core::SC_ZERO_TIME;
			}
		}
		if (rc)
			status = tlm::TLM_GENERIC_ERROR_RESPONSE;
	}
	t.set_dmi_allowed(!started_ && t.is_write() && t.get_address() >= cim::PROGRAM);
	t.set_response_status(status);
}

// The model is idle already; what was taken for a program and what it has made is lost. The interrupt follows a clock after the error, as in the RTL.
void cim_tlm::abort()
{
	started_ = executed_ = false;
	early_.clear();
	ended_.cancel();
}

void cim_tlm::started_by(const sc_time &when)
{
	started_ = true;
	start_at_ = when;
	needs_ = ops_.needs(ops_.model);
	if (dmi_)
		regs->invalidate_direct_mem_ptr(0, ~static_cast<sc_dt::uint64>(0));
	dmi_ = false;
	try_.notify();
}

bool cim_tlm::direct(tlm::tlm_generic_payload &t, tlm::tlm_dmi &d)
{
	size_t bytes;
	uint32_t *program = ops_.program(ops_.model, &bytes);

	d.init();
	d.set_start_address(t.get_address());
	d.set_end_address(t.get_address());
	if (started_ || !t.is_write() || t.get_address() < cim::PROGRAM || t.get_address() >= cim::PROGRAM + bytes)
		return false;
	d.set_start_address(cim::PROGRAM);
	d.set_end_address(cim::PROGRAM + bytes - 1);
	d.set_dmi_ptr(reinterpret_cast<unsigned char *>(program));
	d.allow_write();
	d.set_write_latency(ACCESS_CLOCKS * period_);
	return dmi_ = true;
}

unsigned cim_tlm::debug(tlm::tlm_generic_payload &t)
{
	size_t bytes;
	unsigned char *program = reinterpret_cast<unsigned char *>(ops_.program(ops_.model, &bytes));
	uint64_t a = t.get_address();
	unsigned n = t.get_data_length(), i;

	if (t.is_write()) {
		if (started_ || a < cim::PROGRAM || a + n > cim::PROGRAM + bytes)
			return 0;
		memcpy(program + (a - cim::PROGRAM), t.get_data_ptr(), n);
		return n;
	}
	if (a % 4)
		return 0;
	for (i = 0; i + 4 <= n && t.is_read(); i += 4) {
		uint32_t value;

		if (a + i >= cim::MAP_BYTES || ops_.read(ops_.model, static_cast<uint32_t>(a) + i, 0, &value))
			break;
		memcpy(t.get_data_ptr() + i, &value, 4);
	}
	return i;
}

// Returns when the beats are taken. What a program does not take waits for the next one.
void cim_tlm::stream(tlm::tlm_generic_payload &t, sc_time &delay)
{
	tlm::tlm_response_status status = cim::check_beats(t);
	cim_stream *x = t.get_extension<cim_stream>();

	t.set_response_status(status);
	if (status != tlm::TLM_OK_RESPONSE)
		return;
	in_turn_.lock();
	offer_ = reinterpret_cast<const uint64_t *>(t.get_data_ptr());
	offered_ = t.get_data_length() / 8;
	taken_ = 0;
	arrived_ = sc_time_stamp() + delay;
	try_.notify();
	while (taken_ < offered_ && !(x && x->cancelled))
		if (x)
			wait(taken_event_ | x->cancel);
		else
			wait(taken_event_);
	if (x)
		x->taken = taken_;
	if (executed_ && done_at_ > sc_time_stamp()) // taken while the program runs
		delay = std::max(delay, done_at_ - sc_time_stamp());
	offered_ = taken_ = 0;
	in_turn_.unlock();
}

void cim_tlm::take(size_t n)
{
	taken_ += n;
	if (taken_ == offered_)
		taken_event_.notify();
}

// As soon as a started program's beats are all there it runs, at once; its clocks pass afterwards.
void cim_tlm::execute()
{
	size_t rest = offered_ - taken_, used;
	uint64_t cycles;

	if (!started_ || executed_)
		return;
	if (early_.size() + rest < needs_) {
		early_.insert(early_.end(), offer_ + taken_, offer_ + offered_);
		take(rest);
		return;
	}
	if (early_.empty()) {
		ops_.run(ops_.model, offer_ + taken_, rest, &result_, &last_, &n_results_, &cycles, &used);
		take(used);
	} else {
		size_t before = early_.size(), more = std::max(needs_, before) - before;

		early_.insert(early_.end(), offer_ + taken_, offer_ + taken_ + more);
		ops_.run(ops_.model, early_.data(), early_.size(), &result_, &last_, &n_results_, &cycles, &used);
		early_.erase(early_.begin(), early_.begin() + static_cast<std::ptrdiff_t>(used));
		take(more);
	}
	executed_ = true;
	done_at_ = (needs_ ? std::max(start_at_, arrived_) : start_at_) + static_cast<double>(cycles) * period_;
	ended_.notify(done_at_ > sc_time_stamp() ? done_at_ - sc_time_stamp() : sc_core::SC_ZERO_TIME);
}

void cim_tlm::end()
{
	for (;;) {
		wait(ended_);
		if (n_results_) {
			tlm::tlm_generic_payload t;
			sc_time delay = sc_core::SC_ZERO_TIME;

			cim::fill(t, tlm::TLM_WRITE_COMMAND, 0, const_cast<uint64_t *>(result_), 8 * n_results_);
			results_.last = last_;
			t.set_extension(&results_);
			out->b_transport(t, delay); // a receiver that blocks, or takes its time, holds the program up
			t.clear_extension(&results_);
			if (delay != sc_core::SC_ZERO_TIME)
				wait(delay);
		}
		if (!executed_)
			continue; // reset meanwhile
		ops_.finish(ops_.model);
		started_ = executed_ = false;
		update_irq_.notify(period_);
		try_.notify();
	}
}

// SPDX-License-Identifier: Apache-2.0
#include "cosim/systemc/scoreboard.h"
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstring>

// docs/isa.md section 4
enum { CTRL = 0x040, STATUS = 0x048, COUNTERS = 0x080, STALLS_END = 0x090, SERVE = 0x0c0, COUNTERS_END = 0x0c8, CHAR_CTRL = 0x0d0, WAITS = 0x0e0, WAITS_END = 0x100, HISTOGRAM = 0x230000 };
enum { WAITING = 3 << 8 }; // STATUS
enum { IN_FIFO = 2 }; // beats that the core's input FIFO takes before a program wants them

scoreboard::scoreboard(sc_core::sc_module_name name, const sc_core::sc_time &period) : sc_module(name), host("host"), rtl("rtl"), tlm("tlm"), period_(period)
{
	host.register_b_transport(this, &scoreboard::access);
}

void scoreboard::say(const char *fmt, ...)
{
	char text[192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (differ)
		differ(text);
}

void scoreboard::begin(bool stalls)
{
	stalls_ = stalls;
	busy_ = raised_[RTL] = raised_[TLM] = false;
	waits_[RTL].clear();
	waits_[TLM].clear();
	beats_ = 0;
}

bool scoreboard::comparable(uint32_t offset) const
{
	bool counter = (offset >= COUNTERS && offset < COUNTERS_END) || (offset >= WAITS && offset < WAITS_END);

	if (busy_)
		return !counter && offset != STATUS && offset != CHAR_CTRL && offset < HISTOGRAM;
	return !stalls_ || !(offset < STALLS_END || offset >= SERVE) || !counter;
}

void scoreboard::access(tlm::tlm_generic_payload &t, sc_core::sc_time &delay)
{
	tlm::tlm_generic_payload u;

	copy_.assign(t.get_data_ptr(), t.get_data_ptr() + t.get_data_length());
	cim::fill(u, t.get_command(), t.get_address(), copy_.data(), copy_.size());
	u.set_streaming_width(t.get_streaming_width());
	u.set_byte_enable_ptr(t.get_byte_enable_ptr());
	u.set_byte_enable_length(t.get_byte_enable_length());
	rtl->b_transport(t, delay);
	start_[RTL] = busy_ ? start_[RTL] : sc_core::sc_time_stamp() + delay;
	tlm->b_transport(u, delay);
	start_[TLM] = busy_ ? start_[TLM] : sc_core::sc_time_stamp() + delay;
	compare(t, u);
}

void scoreboard::compare(const tlm::tlm_generic_payload &t, const tlm::tlm_generic_payload &expected)
{
	uint32_t offset = static_cast<uint32_t>(t.get_address());
	bool ok = t.is_response_ok();

	if (ok != expected.is_response_ok()) {
		if (!busy_) // a write may meet one that has just ended and one that ends in the next clock
			say("%s of register 0x%05" PRIx32 ": expected %s (tlm), seen %s (rtl)", t.is_read() ? "read" : "write", offset, expected.get_response_string().c_str(),
			    t.get_response_string().c_str());
		return;
	}
	if (!ok)
		return;
	if (t.is_write()) {
		if ((offset == CTRL || offset == CHAR_CTRL) && t.get_data_length() == 4 && !busy_ && (cim::word(t, 0) & 1) && (cim::strobes(t, 0) & 1)) {
			busy_ = true;
			raised_[RTL] = raised_[TLM] = false;
		}
		return;
	}
	for (unsigned i = 0; i < t.get_data_length() / 4; i++) {
		uint32_t at = offset + 4 * i, seen = cim::word(t, i), wanted = cim::word(expected, i);

		if ((at == STATUS || at == CHAR_CTRL) && !((seen | wanted) & 1))
			busy_ = false;
		if (at == STATUS) { // when a FIFO holds a beat is a matter of clocks
			seen &= ~static_cast<uint32_t>(WAITING);
			wanted &= ~static_cast<uint32_t>(WAITING);
		}
		if (comparable(at) && seen != wanted)
			say("register 0x%05" PRIx32 ": expected 0x%08" PRIx32 " (tlm), seen 0x%08" PRIx32 " (rtl)", at, wanted, seen);
	}
}

void scoreboard::interrupt(side s)
{
	raised_[s] = true;
	clocks_[s] = (sc_core::sc_time_stamp() - start_[s]).value() / period_.value();
	if (!raised_[RTL] || !raised_[TLM] || !busy_)
		return;
	busy_ = false;
	if (clocks_[RTL] != clocks_[TLM] && !stalls_)
		say("interrupt: expected %" PRIu64 " clocks after the start (tlm), seen %" PRIu64 " (rtl)", clocks_[TLM], clocks_[RTL]);
}

void scoreboard::beat(side s, uint64_t data, bool last)
{
	one *r, *x;

	waits_[s].push_back({ data, last });
	if (waits_[RTL].empty() || waits_[TLM].empty())
		return;
	r = &waits_[RTL].front();
	x = &waits_[TLM].front();
	if (r->data != x->data || r->last != x->last)
		say("result beat %zu: expected 0x%016" PRIx64 " TLAST %d (tlm), seen 0x%016" PRIx64 " TLAST %d (rtl)", beats_, x->data, x->last, r->data, r->last);
	beats_++;
	waits_[RTL].pop_front();
	waits_[TLM].pop_front();
}

void scoreboard::end(size_t rtl_sent, size_t tlm_sent)
{
	if (waits_[RTL].size() != waits_[TLM].size())
		say("result beats: expected %zu (tlm), seen %zu (rtl)", beats_ + waits_[TLM].size(), beats_ + waits_[RTL].size());
	if (rtl_sent < tlm_sent || rtl_sent > tlm_sent + IN_FIFO)
		say("input beats: expected %zu to be taken (tlm), seen %zu (rtl)", tlm_sent, rtl_sent);
	waits_[RTL].clear();
	waits_[TLM].clear();
}

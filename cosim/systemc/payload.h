// What both parts want of a generic payload: register accesses on a 32-bit bus, beats on a 64-bit stream; and the extension of stream transactions.
// SPDX-License-Identifier: Apache-2.0
#ifndef COSIM_SC_PAYLOAD_H
#define COSIM_SC_PAYLOAD_H
#include <cstdint>
#include <systemc>
#include <tlm>

// Ignorable: a part works without it.
struct cim_stream : tlm::tlm_extension<cim_stream> {
	const bool *last = nullptr;    // out: TLAST of every beat
	bool cancelled = false;        // in: the initiator set it and notified cancel; the target returns with what it has taken so far
	sc_core::sc_event cancel;
	size_t taken = 0;              // in: beats that the target took, when b_transport returns

	tlm::tlm_extension_base *clone() const override
	{
		cim_stream *c = new cim_stream;

		c->copy_from(*this);
		return c;
	}
	void copy_from(const tlm::tlm_extension_base &from) override
	{
		const cim_stream &f = static_cast<const cim_stream &>(from);

		last = f.last;
		cancelled = f.cancelled;
		taken = f.taken;
	}
};

namespace cim {
enum : uint64_t { MAP_BYTES = 1u << 22, PROGRAM = 0x10000 };

// whole words at word addresses, within the 22 bits of the register map
inline tlm::tlm_response_status check_access(const tlm::tlm_generic_payload &t)
{
	unsigned n = t.get_data_length();

	if (t.get_command() == tlm::TLM_IGNORE_COMMAND)
		return tlm::TLM_COMMAND_ERROR_RESPONSE;
	if (t.get_address() % 4 || t.get_address() >= MAP_BYTES || n > MAP_BYTES - t.get_address())
		return tlm::TLM_ADDRESS_ERROR_RESPONSE;
	if (!n || n % 4 || t.get_streaming_width() < n)
		return tlm::TLM_BURST_ERROR_RESPONSE;
	if (t.get_byte_enable_ptr() && (!t.get_byte_enable_length() || t.get_byte_enable_length() % 4))
		return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
	return tlm::TLM_OK_RESPONSE;
}

// byte enables of word i as AXI has them
inline unsigned strobes(const tlm::tlm_generic_payload &t, unsigned i)
{
	const unsigned char *e = t.get_byte_enable_ptr();
	unsigned s = 0;

	if (!e)
		return 15;
	for (unsigned k = 0; k < 4; k++)
		if (e[(4 * i + k) % t.get_byte_enable_length()])
			s |= 1u << k;
	return s;
}

inline uint32_t word(const tlm::tlm_generic_payload &t, unsigned i)
{
	uint32_t v;

	memcpy(&v, t.get_data_ptr() + 4 * i, 4);
	return v;
}

// of a read: bytes that are not enabled keep what the initiator has there
inline void answer(tlm::tlm_generic_payload &t, unsigned i, uint32_t value)
{
	unsigned s = strobes(t, i);

	for (unsigned k = 0; k < 4; k++)
		if (s >> k & 1)
			t.get_data_ptr()[4 * i + k] = static_cast<unsigned char>(value >> 8 * k);
}

// a write of whole beats; the address says nothing
inline tlm::tlm_response_status check_beats(const tlm::tlm_generic_payload &t)
{
	unsigned n = t.get_data_length();

	if (!t.is_write())
		return tlm::TLM_COMMAND_ERROR_RESPONSE;
	if (!n || n % 8 || t.get_streaming_width() < n)
		return tlm::TLM_BURST_ERROR_RESPONSE;
	return t.get_byte_enable_ptr() ? tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE;
}

inline void fill(tlm::tlm_generic_payload &t, tlm::tlm_command command, uint64_t address, void *data, size_t bytes)
{
	t.set_command(command);
	t.set_address(address);
	t.set_data_ptr(static_cast<unsigned char *>(data));
	t.set_data_length(static_cast<unsigned>(bytes));
	t.set_streaming_width(static_cast<unsigned>(bytes));
	t.set_byte_enable_ptr(nullptr);
	t.set_byte_enable_length(0);
	t.set_dmi_allowed(false);
	t.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}
}
#endif

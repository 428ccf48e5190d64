// A virtual platform of its own around cim_tlm, as a user would write one; the core is a small model that makes what happens easy to predict:
// program word 0: beats it takes, 1: clocks it runs, 2: what it adds to every beat. usage: systemc_platform QUANTUM; prints `ok ...` and `FAIL ...` lines and,
// after "run", what must not depend on the quantum. SPDX-License-Identifier: Apache-2.0
#include "cosim/systemc/cim_tlm.h"
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <tlm_utils/tlm_quantumkeeper.h>

using sc_core::SC_ZERO_TIME;
using sc_core::sc_time;

static void check(bool good, const char *what) { printf("%s - %s\n", good ? "ok" : "FAIL", what); }

// --- the core --------------------------------------------------------------------------------------------------------------------------------

static struct fake {
	uint32_t reg = 0, program[16] = {}, status = 0;
	bool started = false, enable = false;
	std::vector<uint64_t> out;
	bool last[64] = {};
} fake;

static void fake_reset(void *) { fake.status = 0; }

static int fake_read(void *, uint32_t offset, uint64_t elapsed, uint32_t *value)
{
	*value = offset == 0x48 ? fake.status : offset == 0x80 ? static_cast<uint32_t>(elapsed) : fake.reg;
	return offset == 0x54 ? -1 : 0;
}

static int fake_write(void *, uint32_t offset, uint32_t value, unsigned strobes)
{
	if (offset == 0x54)
		return -1;
	if (offset == 0x48)
		fake.status &= ~value;
	if (offset == 0x50)
		for (int i = 0; i < 4; i++)
			if (strobes >> i & 1)
				fake.reg = (fake.reg & ~(UINT32_C(255) << 8 * i)) | (value & UINT32_C(255) << 8 * i);
	if (offset >= 0x10000 && offset < 0x10040)
		fake.program[(offset - 0x10000) / 4] = value;
	if (offset == 0x40) {
		fake.enable = value & 2;
		if (value & 1) {
			fake.started = true;
			fake.status = 1;
		}
	}
	return 0;
}

static uint32_t *fake_program(void *, size_t *bytes)
{
	*bytes = sizeof(fake.program);
	return fake.program;
}

static bool fake_started(const void *) { return fake.started; }
static size_t fake_needs(const void *) { return fake.program[0]; }

static void fake_run(void *, const uint64_t *beats, size_t, const uint64_t **beat, const bool **last, size_t *n, uint64_t *cycles, size_t *used)
{
	fake.out.assign(beats, beats + fake.program[0]);
	for (size_t i = 0; i < fake.out.size(); i++) {
		fake.out[i] += fake.program[2];
		fake.last[i] = i + 1 == fake.out.size();
	}
	fake.started = false;
	*beat = fake.out.data();
	*last = fake.last;
	*n = *used = fake.out.size();
	*cycles = fake.program[1];
}

static void fake_finish(void *) { fake.status = 2; }
static bool fake_irq(const void *) { return fake.enable && (fake.status & 2); }

// --- the platform ----------------------------------------------------------------------------------------------------------------------------

struct platform : sc_core::sc_module {
	tlm_utils::simple_initiator_socket<platform, 32> regs;
	tlm_utils::simple_initiator_socket<platform, 64> send;
	tlm_utils::simple_target_socket<platform, 64> receive;
	sc_core::sc_signal<bool> irq;
	sc_time period;
	tlm_utils::tlm_quantumkeeper keeper;
	std::vector<uint64_t> got, beats;
	size_t lasts = 0, block = 0;
	bool invalidated = false, sent = true;
	sc_core::sc_event go, end;

	SC_HAS_PROCESS(platform);
	platform(sc_core::sc_module_name name, const sc_time &p) : sc_module(name), regs("regs"), send("send"), receive("receive"), period(p)
	{
		regs.register_invalidate_direct_mem_ptr(this, &platform::invalidate);
		receive.register_b_transport(this, &platform::take);
		SC_THREAD(feed);
		SC_THREAD(test);
	}
	void invalidate(sc_dt::uint64, sc_dt::uint64) { invalidated = true; }
	void take(tlm::tlm_generic_payload &t, sc_time &)
	{
		cim_stream *x = t.get_extension<cim_stream>();

		for (unsigned i = 0; i < t.get_data_length() / 8; i++) {
			uint64_t v;

			memcpy(&v, t.get_data_ptr() + 8 * i, 8);
			got.push_back(v);
			lasts += x->last[i];
		}
		t.set_response_status(tlm::TLM_OK_RESPONSE);
	}
	// beats in transactions of `block` beats
	void feed()
	{
		for (;;) {
			wait(go);
			for (size_t i = 0; i < beats.size(); i += block) {
				tlm::tlm_generic_payload t;
				sc_time delay = SC_ZERO_TIME;

				cim::fill(t, tlm::TLM_WRITE_COMMAND, 0, &beats[i], 8 * std::min(block, beats.size() - i));
				send->b_transport(t, delay);
			}
			sent = true;
			end.notify();
		}
	}
	void offer(size_t n, size_t in_blocks_of)
	{
		beats.clear();
		for (size_t i = 0; i < n; i++)
			beats.push_back(100 * i);
		block = in_blocks_of;
		sent = false;
		go.notify();
	}
	tlm::tlm_response_status access(tlm::tlm_command c, uint64_t address, void *data, unsigned length, unsigned width = 0, unsigned char *enable = nullptr, unsigned n_enable = 0)
	{
		tlm::tlm_generic_payload t;
		sc_time delay = keeper.get_local_time();

		cim::fill(t, c, address, data, length);
		t.set_streaming_width(width ? width : length);
		t.set_byte_enable_ptr(enable);
		t.set_byte_enable_length(n_enable);
		regs->b_transport(t, delay);
		keeper.set(delay);
		if (keeper.need_sync())
			keeper.sync();
		return t.get_response_status();
	}
	void write(uint64_t address, uint32_t value) { check_quietly(access(tlm::TLM_WRITE_COMMAND, address, &value, 4)); }
	uint32_t read(uint64_t address)
	{
		uint32_t value = 0;

		check_quietly(access(tlm::TLM_READ_COMMAND, address, &value, 4));
		return value;
	}
	void check_quietly(tlm::tlm_response_status s)
	{
		if (s != tlm::TLM_OK_RESPONSE)
			check(false, "an access that must succeed");
	}
	uint64_t clocks() { return (sc_core::sc_time_stamp() + keeper.get_local_time()).value() / period.value(); }

	void responses()
	{
		uint32_t w[2] = { 0x11223344, 0 };
		unsigned char first[4] = { 255, 0, 0, 0 };

		check(access(tlm::TLM_WRITE_COMMAND, 0x50, w, 4) == tlm::TLM_OK_RESPONSE && read(0x50) == 0x11223344, "a word is written and read");
		check(access(tlm::TLM_READ_COMMAND, 0x54, w, 4) == tlm::TLM_GENERIC_ERROR_RESPONSE, "SLVERR of a read");
		check(access(tlm::TLM_WRITE_COMMAND, 0x54, w, 4) == tlm::TLM_GENERIC_ERROR_RESPONSE, "SLVERR of a write");
		check(access(tlm::TLM_READ_COMMAND, 1 << 22, w, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE, "beyond the map");
		check(access(tlm::TLM_READ_COMMAND, (1 << 22) - 4, w, 8) == tlm::TLM_ADDRESS_ERROR_RESPONSE, "across the end of the map");
		check(access(tlm::TLM_READ_COMMAND, 0x52, w, 4) == tlm::TLM_ADDRESS_ERROR_RESPONSE, "off a word address");
		check(access(tlm::TLM_READ_COMMAND, 0x50, w, 3) == tlm::TLM_BURST_ERROR_RESPONSE, "three bytes");
		check(access(tlm::TLM_READ_COMMAND, 0x50, w, 0) == tlm::TLM_BURST_ERROR_RESPONSE, "no byte");
		check(access(tlm::TLM_WRITE_COMMAND, 0x50, w, 8, 4) == tlm::TLM_BURST_ERROR_RESPONSE, "a streaming burst");
		check(access(tlm::TLM_IGNORE_COMMAND, 0x50, w, 4) == tlm::TLM_COMMAND_ERROR_RESPONSE, "no command");
		check(access(tlm::TLM_WRITE_COMMAND, 0x50, w, 4, 0, first, 3) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE, "byte enables of three bytes");
		w[0] = 0xaabbccdd;
		check(access(tlm::TLM_WRITE_COMMAND, 0x50, w, 4, 0, first, 4) == tlm::TLM_OK_RESPONSE && read(0x50) == 0x112233dd, "byte enables become strobes");
		w[0] = 0;
		check(access(tlm::TLM_READ_COMMAND, 0x50, w, 4, 0, first, 4) == tlm::TLM_OK_RESPONSE && w[0] == 0xdd, "byte enables of a read");
	}

	tlm::tlm_response_status stream(tlm::tlm_command c, unsigned length, unsigned char *enable)
	{
		tlm::tlm_generic_payload t;
		sc_time delay = SC_ZERO_TIME;
		uint64_t data[2] = {};

		cim::fill(t, c, 0, data, length);
		t.set_byte_enable_ptr(enable);
		t.set_byte_enable_length(enable ? 8 : 0);
		send->b_transport(t, delay);
		return t.get_response_status();
	}

	unsigned debug(tlm::tlm_command c, uint64_t address, uint32_t *value)
	{
		tlm::tlm_generic_payload t;

		cim::fill(t, c, address, value, 4);
		return regs->transport_dbg(t);
	}

	bool direct(tlm::tlm_command c, uint64_t address, tlm::tlm_dmi &d)
	{
		tlm::tlm_generic_payload t;

		cim::fill(t, c, address, nullptr, 4);
		return regs->get_direct_mem_ptr(t, d);
	}

	void others()
	{
		unsigned char enable[8] = {};
		uint32_t v = 7;
		tlm::tlm_dmi d;

		check(stream(tlm::TLM_WRITE_COMMAND, 12, nullptr) == tlm::TLM_BURST_ERROR_RESPONSE, "stream: a beat and a half");
		check(stream(tlm::TLM_READ_COMMAND, 8, nullptr) == tlm::TLM_COMMAND_ERROR_RESPONSE, "stream: a read");
		check(stream(tlm::TLM_WRITE_COMMAND, 8, enable) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE, "stream: byte enables");
		check(debug(tlm::TLM_READ_COMMAND, 0x50, &v) == 4 && v == fake.reg, "debug: a register is read");
		v = 1;
		check(debug(tlm::TLM_WRITE_COMMAND, 0x40, &v) == 0 && !fake.started, "debug: no register is written");
		v = 99;
		check(debug(tlm::TLM_WRITE_COMMAND, 0x10004, &v) == 4 && fake.program[1] == 99, "debug: program memory is written");
		check(!direct(tlm::TLM_READ_COMMAND, 0x10000, d), "DMI: program memory cannot be read");
		check(!direct(tlm::TLM_WRITE_COMMAND, 0x50, d), "DMI: no registers");
		check(direct(tlm::TLM_WRITE_COMMAND, 0x10008, d) && d.get_start_address() == 0x10000 && d.get_end_address() == 0x1003f && d.is_write_allowed() && !d.is_read_allowed() &&
		      d.get_write_latency() == cim_tlm::ACCESS_CLOCKS * period, "DMI: program memory while idle");
		reinterpret_cast<uint32_t *>(d.get_dmi_ptr())[2] = 5;
		check(fake.program[2] == 5, "DMI: the pointer is the program memory");
	}

	// one program; clocks from the end of the write that starts it to the interrupt
	uint64_t program(uint32_t n, uint32_t cycles, uint32_t add)
	{
		uint32_t words[3] = { n, cycles, add };
		uint64_t t0;

		access(tlm::TLM_WRITE_COMMAND, 0x10000, words, 12);
		write(0x40, 3);
		t0 = clocks();
		keeper.sync();
		if (!irq.read())
			wait(irq.posedge_event());
		t0 = clocks() - t0;
		write(0x48, 2);
		keeper.sync();
		wait(2 * period);
		return t0;
	}

	bool results(size_t n, uint64_t first, uint64_t add)
	{
		bool good = got.size() == n && lasts == (n ? 1 : 0);

		for (size_t i = 0; i < n && good; i++)
			good = got[i] == 100 * (first + i) + add;
		got.clear();
		lasts = 0;
		return good;
	}

	void programs()
	{
		tlm::tlm_dmi d;
		uint64_t t;

		invalidated = false;
		offer(5, 5);
		t = program(5, 1234, 3);
		check(invalidated, "DMI: invalidated by the start");
		check(t == 1234 + 1, "the interrupt rises a clock after the end, to the clock");
		check(sent && results(5, 0, 3) && !irq.read(), "beats in one transaction, TLAST once, the line falls");
		offer(7, 3);
		check(program(7, 50, 4) == 51 && sent && results(7, 0, 4), "beats in three transactions");
		offer(6, 6);
		check(program(4, 20, 5) == 21 && !sent && results(4, 0, 5), "a program takes what it needs");
		check(program(2, 20, 6) == 21 && sent && results(2, 4, 6), "the next one takes the rest");
		check(program(0, 1, 0) == 2 && results(0, 0, 0), "a program without streams");
		write(0x10000, 0);
		write(0x10004, 500);
		check(direct(tlm::TLM_WRITE_COMMAND, 0x10000, d), "DMI: again after a program");
		write(0x40, 1);
		check(!direct(tlm::TLM_WRITE_COMMAND, 0x10000, d), "DMI: not while a program runs");
		t = clocks();
		while (read(0x48) & 1)
			;
		printf("run polled %" PRIu64 " clocks, cycles %" PRIu32 "\n", clocks() - t, read(0x80));
		write(0x10004, 700);
		write(0x40, 3);
		keeper.inc(100 * period);
		printf("run elapsed %" PRIu32 "\n", read(0x80));
		keeper.sync();
		wait(irq.posedge_event());
		printf("run at %" PRIu64 "\n", clocks());
	}

	void test()
	{
		keeper.reset();
		responses();
		others();
		programs();
		sc_core::sc_stop();
	}
};

int sc_main(int argc, char **argv)
{
	sc_time period(10, sc_core::SC_NS);
	sc_model_ops ops = { nullptr, fake_reset, fake_read, fake_write, fake_program, fake_started, fake_needs, fake_run, fake_finish, fake_irq };

	tlm::tlm_global_quantum::instance().set((argc > 1 ? atoi(argv[1]) : 1000) * period);
	sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);

	cim_tlm core("core", ops, period);
	platform p("platform", period);

	p.regs.bind(core.regs);
	p.send.bind(core.in);
	core.out.bind(p.receive);
	core.irq.bind(p.irq);
	sc_core::sc_start();
	return 0;
}

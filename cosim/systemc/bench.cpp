// The bench of sc_api.h. The initiator is a thread that runs a C function of the caller, typically the driver: its register accesses block in b_transport, and it
// may be a quantum ahead of the others. One elaboration per process; every call starts the kernel and pauses it again.
//   initiator -- [scoreboard] -- regs: cim_rtl, cim_tlm      memory -- dma_send -- in, out -- dma_receive -- memory: one pair per part      irq -- initiator
// SPDX-License-Identifier: Apache-2.0
#include "cosim/systemc/cim_rtl.h"
#include "cosim/systemc/cim_tlm.h"
#include "cosim/systemc/dma.h"
#include "cosim/systemc/sc_api.h"
#include "cosim/systemc/scoreboard.h"
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <tlm_utils/tlm_quantumkeeper.h>

// of the Verilated core (shim.cpp); not there in the object without one
extern "C" void shim_get_api(shim_api *api) __attribute__((weak));

using sc_core::SC_ZERO_TIME;
using sc_core::sc_time;

enum { STACK_BYTES = 8 << 20 }; // the caller's C code runs on it

static std::string refusal;

// a core and its engines
template <typename Core> struct part {
	std::unique_ptr<Core> core;
	dma_send send;
	dma_receive receive;
	sc_core::sc_signal<bool> irq;

	part(const char *send_name, const char *receive_name, memory &m, Core *c) : core(c), send(send_name), receive(receive_name)
	{
		send.mem.bind(m.port);
		receive.mem.bind(m.port);
		send.out.bind(core->in);
		core->out.bind(receive.in);
		core->irq.bind(irq);
	}
};

struct sc_bench : sc_core::sc_module {
	tlm_utils::simple_initiator_socket<sc_bench, 32> regs;
	sc_time period;
	memory mem;
	shim_api api = {};
	shim *device = nullptr;
	std::unique_ptr<part<cim_rtl>> rtl;
	std::unique_ptr<part<cim_tlm>> tlm;
	std::unique_ptr<scoreboard> score;
	tlm_utils::tlm_quantumkeeper keeper;
	tlm::tlm_dmi dmi;
	bool direct = false;
	sc_run run = {};
	std::string fault;
	// the call that runs
	void (*fn)(void *arg, const cim_bus *bus) = nullptr;
	void *arg = nullptr;
	sc_core::sc_event go;
	cim_bus bus;

	SC_HAS_PROCESS(sc_bench);
	sc_bench(sc_core::sc_module_name name, const sc_setup &s);
	void initiate();
	void reset_parts();
	void raised_rtl() { if (rtl->irq.read()) score->interrupt(scoreboard::RTL); }
	void raised_tlm() { if (tlm->irq.read()) score->interrupt(scoreboard::TLM); }
	void forget(sc_dt::uint64, sc_dt::uint64) { direct = false; }
	int access(tlm::tlm_command c, uint32_t offset, void *data, size_t bytes);
	bool wait_for(sc_core::sc_signal<bool> &line, const sc_time &deadline);
	void differ(const char *text) { if (run.differ) run.differ(run.ctx, text); }
	void beat(scoreboard::side s, uint64_t data, bool last);
};

// --- what the C function sees ----------------------------------------------------------------------------------------------------------------

int sc_bench::access(tlm::tlm_command c, uint32_t offset, void *data, size_t bytes)
{
	tlm::tlm_generic_payload t;
	sc_time delay = keeper.get_local_time();

	cim::fill(t, c, offset, data, bytes);
	regs->b_transport(t, delay);
	keeper.set(delay);
	if (!rtl && keeper.need_sync()) // cim_rtl keeps the quantum itself: were time to pass here, it would run clocks that nobody asked for
		keeper.sync();
	return t.is_response_ok() ? 0 : -1;
}

static sc_bench *of(void *ctx) { return static_cast<sc_bench *>(ctx); }
static int bus_read(void *ctx, uint32_t offset, uint32_t *value) { return of(ctx)->access(tlm::TLM_READ_COMMAND, offset, value, 4); }
static int bus_write(void *ctx, uint32_t offset, uint32_t value) { return of(ctx)->access(tlm::TLM_WRITE_COMMAND, offset, &value, 4); }

static int bus_write_block(void *ctx, uint32_t offset, const uint32_t *words, size_t n)
{
	sc_bench *b = of(ctx);
	uint32_t *data = const_cast<uint32_t *>(words); // a write only reads it
	tlm::tlm_generic_payload t;

	cim::fill(t, tlm::TLM_WRITE_COMMAND, offset, data, 4 * n);
	if (!b->direct)
		b->direct = b->regs->get_direct_mem_ptr(t, b->dmi);
	if (!b->direct || !b->dmi.is_write_allowed() || offset < b->dmi.get_start_address() || offset + 4 * n - 1 > b->dmi.get_end_address())
		return n ? b->access(tlm::TLM_WRITE_COMMAND, offset, data, 4 * n) : 0;
	memcpy(b->dmi.get_dmi_ptr() + (offset - b->dmi.get_start_address()), words, 4 * n);
	b->keeper.inc(static_cast<double>(n) * b->dmi.get_write_latency());
	if (b->keeper.need_sync())
		b->keeper.sync();
	return 0;
}

static void bus_send(void *ctx, const uint64_t *beats, size_t n)
{
	sc_bench *b = of(ctx);

	b->mem.place(memory::SEND, const_cast<uint64_t *>(beats), 8 * n); // that window cannot be written
	if (b->rtl)
		b->rtl->send.begin(n);
	if (b->tlm)
		b->tlm->send.begin(n);
}

static void bus_receive(void *ctx, uint64_t *beats, size_t n)
{
	sc_bench *b = of(ctx);

	b->mem.place(memory::RECEIVE, beats, 8 * n);
	if (b->rtl)
		b->rtl->receive.begin(n);
	if (b->tlm)
		b->tlm->receive.begin(b->rtl ? 0 : n); // in lock-step the RTL's beats are the answer
}

static void bus_stop(void *ctx, size_t *sent, size_t *received)
{
	sc_bench *b = of(ctx);
	size_t tlm_sent = 0;

	if (!b->rtl)
		b->keeper.sync();
	if (b->tlm) {
		*sent = tlm_sent = b->tlm->send.stop();
		*received = b->tlm->receive.stop();
	}
	if (b->rtl) {
		*sent = b->rtl->send.stop();
		*received = b->rtl->receive.stop();
	}
	if (b->score)
		b->score->end(*sent, tlm_sent);
}

bool sc_bench::wait_for(sc_core::sc_signal<bool> &line, const sc_time &deadline)
{
	while (!line.read() && sc_core::sc_time_stamp() < deadline && !(rtl && rtl->core->fault()))
		if (rtl)
			wait(deadline - sc_core::sc_time_stamp(), line.posedge_event() | rtl->core->stopped);
		else
			wait(deadline - sc_core::sc_time_stamp(), line.posedge_event());
	return line.read();
}

static int bus_wait(void *ctx)
{
	sc_bench *b = of(ctx);
	sc_time deadline;
	bool there = true;

	b->keeper.sync();
	deadline = sc_core::sc_time_stamp() + static_cast<double>(b->run.limit) * b->period;
	if (b->rtl)
		there &= b->wait_for(b->rtl->irq, deadline);
	if (b->tlm && there) {
		there &= b->wait_for(b->tlm->irq, deadline);
		if (!there && b->rtl)
			b->differ("interrupt: expected none (tlm), seen (rtl)");
		there |= b->rtl != nullptr;
	}
	return there ? 0 : -1;
}

// --- the bench -------------------------------------------------------------------------------------------------------------------------------

sc_bench::sc_bench(sc_core::sc_module_name name, const sc_setup &s)
	: sc_module(name), regs("regs"), period(static_cast<double>(s.period_ps), sc_core::SC_PS), mem("memory"),
	  bus{ this, bus_read, bus_write, bus_write_block, bus_send, bus_receive, bus_stop, bus_wait }
{
	unsigned quantum = s.quantum ? s.quantum : 1000;

	regs.register_invalidate_direct_mem_ptr(this, &sc_bench::forget);
	if (s.rtl) {
		static const char *const none[] = { nullptr };

		shim_get_api(&api);
		device = api.make(s.plusargs ? s.plusargs : none, s.probe, s.trace);
		rtl.reset(new part<cim_rtl>("send_rtl", "receive_rtl", mem, new cim_rtl("rtl", api, device, period, quantum)));
		rtl->receive.beat = [this](uint64_t data, bool last) { beat(scoreboard::RTL, data, last); };
		rtl->core->breach = [this](const std::string &text) { differ(text.c_str()); };
		rtl->core->progress = [this](uint64_t clocks) { if (run.progress) run.progress(run.progress_ctx, clocks); };
	}
	if (s.tlm) {
		tlm.reset(new part<cim_tlm>("send_tlm", "receive_tlm", mem, new cim_tlm("tlm", *s.model, period)));
		tlm->receive.beat = [this](uint64_t data, bool last) { beat(scoreboard::TLM, data, last); };
	}
	if (rtl && tlm) {
		score.reset(new scoreboard("scoreboard", period));
		score->differ = [this](const char *text) { differ(text); };
		regs.bind(score->host);
		score->rtl.bind(rtl->core->regs);
		score->tlm.bind(tlm->core->regs);
		SC_METHOD(raised_rtl);
		sensitive << rtl->irq;
		dont_initialize();
		SC_METHOD(raised_tlm);
		sensitive << tlm->irq;
		dont_initialize();
	} else if (rtl) {
		regs.bind(rtl->core->regs);
	} else {
		regs.bind(tlm->core->regs);
	}
	tlm::tlm_global_quantum::instance().set(static_cast<double>(quantum) * period);
	SC_THREAD(initiate);
	set_stack_size(STACK_BYTES);
}

void sc_bench::beat(scoreboard::side s, uint64_t data, bool last)
{
	if (score)
		score->beat(s, data, last);
	if (run.beat && (s == scoreboard::RTL || !rtl))
		run.beat(run.ctx, data, last);
}

void sc_bench::initiate()
{
	for (;;) {
		while (!fn)
			wait(go);
		keeper.reset();
		fn(arg, &bus);
		keeper.sync();
		fn = nullptr;
		sc_core::sc_pause();
	}
}

void sc_bench::reset_parts()
{
	if (rtl)
		rtl->core->reset();
	if (tlm)
		tlm->core->reset();
	wait(2 * period); // the lines follow
}

// stdout belongs to the program, and an error is what fault() says
static void report(const sc_core::sc_report &r, const sc_core::sc_actions &actions)
{
	if (actions & sc_core::SC_THROW)
		throw r;
	if (r.get_severity() >= sc_core::SC_WARNING)
		fprintf(stderr, "SystemC: %s: %s\n", r.get_msg_type(), r.get_msg());
}

static sc_bench *make(const sc_setup *s)
{
	refusal.clear();
	if (sc_core::sc_get_status() != sc_core::SC_ELABORATION)
		refusal = "SystemC has one simulation per process, and it has begun";
	else if (s->rtl && !shim_get_api)
		refusal = "this object has no RTL in it";
	if (!refusal.empty())
		return nullptr;
	try {
		sc_core::sc_report_handler::set_handler(report);
		std::unique_ptr<sc_bench> b(new sc_bench("bench", *s));
		sc_core::sc_start(SC_ZERO_TIME);
		return b.release();
	} catch (const std::exception &x) {
		refusal = x.what();
	}
	return nullptr;
}

static const char *fault(sc_bench *b)
{
	const char *text = b && b->rtl ? b->rtl->core->fault() : nullptr;
	const std::string &own = b ? b->fault : refusal;

	return text ? text : own.empty() ? nullptr : own.c_str();
}

static void call(sc_bench *b, void (*fn)(void *arg, const cim_bus *bus), void *arg)
{
	if (!b->fault.empty())
		return;
	b->fn = fn;
	b->arg = arg;
	b->go.notify(SC_ZERO_TIME);
	try {
		sc_core::sc_start();
		if (b->fn)
			b->fault = "the SystemC kernel stopped before the driver returned: nothing is left that could happen";
	} catch (const std::exception &x) {
		b->fault = x.what();
	}
}

static void begin(sc_bench *b, const sc_run *r)
{
	b->run = *r;
	if (b->rtl)
		b->rtl->core->stall(r->stall, r->seed);
	if (b->score)
		b->score->begin(r->stall > 0);
}

static void settle(sc_bench *b, int clocks)
{
	b->keeper.inc(clocks * b->period);
	b->keeper.sync();
}

static void reset_parts(void *arg, const cim_bus *)
{
	of(arg)->reset_parts();
}

static void reset(sc_bench *b) { call(b, reset_parts, b); }
static bool irq(sc_bench *b) { return b->rtl ? b->rtl->irq.read() : b->tlm->irq.read(); }

static uint64_t clocks(sc_bench *b)
{
	return b->rtl ? b->rtl->core->clocks() : (sc_core::sc_time_stamp() + b->keeper.get_local_time()).value() / b->period.value();
}

// Modules stay as long as the process, as the kernel wants it; the device closes its waveform.
static void release(sc_bench *b)
{
	if (b->device)
		b->api.free(b->device);
	b->device = nullptr;
}

extern "C" __attribute__((visibility("default"))) void sc_get_api(sc_api *api)
{
	*api = { make, release, call, begin, settle, reset, irq, clocks, fault };
}

extern "C" __attribute__((visibility("default"))) int sc_main(int, char **) { return 1; }

// A Verilated cim_top behind the functions of shim.h. Compiled together with the model (prefix Vdut), of `verilator --cc` or `verilator --sc`.
// SPDX-License-Identifier: Apache-2.0
#include "Vdut.h"
#include "cover.h"
#include "shim.h"
#include "verilated.h"
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>
#if VM_TRACE
#include "verilated_fst_c.h"
#endif
#if VM_SC
#include "systemc/sc_top.h"
using shim_top = sc_top;
#else
using shim_top = Vdut;
#endif

enum { PATH_CLOCKS = 64 }; // from one search for paths from inputs to outputs to the next: two more evaluations

struct shim {
	std::unique_ptr<VerilatedContext> context;
	std::unique_ptr<shim_top> top;
#if VM_TRACE
	std::unique_ptr<VerilatedFstC> trace;
	std::string trace_file; // until the first clock that it has: SystemC wants to be elaborated before the first evaluation
	uint64_t trace_from = 0, trace_to = UINT64_MAX; // clocks
#endif
	shim_pins pins = {};
	shim_probe probe = {};
	uint64_t cycles = 0;
	std::string fault;
	bool failed = false; // there is a fault
};

// The device that is being evaluated by this thread: DPI calls carry no context of their own.
static thread_local shim *running;

// $stop and $fatal end the evaluation, whatever loop they came from; the driver hears of it through fault().
void vl_stop(const char *file, int line, const char *) { throw std::runtime_error(std::string(file) + ":" + std::to_string(line) + ": $stop or $fatal"); }
void vl_fatal(const char *file, int line, const char *, const char *text) { throw std::runtime_error(std::string(file) + ":" + std::to_string(line) + ": " + text); }
void vl_finish(const char *file, int line, const char *) { throw std::runtime_error(std::string(file) + ":" + std::to_string(line) + ": $finish"); }

#if VM_TRACE
static void open_trace(shim *s)
{
	s->trace.reset(new VerilatedFstC);
	s->top->trace(s->trace.get(), 99);
	s->trace->open(s->trace_file.c_str());
	s->trace_file.clear();
}

// "+name=N" among them, else as it was
static void take_plusarg(const char *const *plusargs, const std::string &name, uint64_t *value)
{
	for (; *plusargs; plusargs++)
		if (!strncmp(*plusargs, name.c_str(), name.size()))
			*value = std::stoull(*plusargs + name.size());
}
#endif

static void eval(shim *s)
{
	try {
#if VM_TRACE
		if (!s->trace_file.empty() && s->cycles >= s->trace_from)
			open_trace(s);
#endif
		s->top->eval();
	} catch (const std::exception &x) {
		s->fault = x.what();
		s->failed = true;
	}
#if VM_TRACE
	if (s->trace && s->cycles <= s->trace_to)
		s->trace->dump(s->context->time());
#endif
	s->context->timeInc(5);
}

static shim *shim_make(const char *const *plusargs, const shim_probe *probe, const char *trace_file)
{
	shim *s = new shim;

	s->context.reset(new VerilatedContext);
	s->context->threads(1); // else every context keeps a pool of idle workers
	s->context->fatalOnError(true);
	std::vector<const char *> argv = { "device" };
	for (const char *const *p = plusargs; *p; p++)
		argv.push_back(*p);
	s->context->commandArgs(static_cast<int>(argv.size()), argv.data());
	if (probe)
		s->probe = *probe;
	s->context->traceEverOn(VM_TRACE && trace_file);
	s->top.reset(new shim_top(s->context.get(), "top"));
#if VM_TRACE
	if (trace_file)
		s->trace_file = trace_file;
	take_plusarg(plusargs, "+bl_trace_from=", &s->trace_from);
	take_plusarg(plusargs, "+bl_trace_to=", &s->trace_to);
#endif
	return s;
}

static void shim_free(shim *s)
{
	running = s;
	Verilated::threadContextp(s->context.get()); // scopes leave the thread's context, which may be another device's by now
	s->top->final();
	cover_add(s->context.get());
#if VM_TRACE
	if (s->trace)
		s->trace->close();
#endif
	delete s;
}

static void set_fault(shim *s, const std::string &text)
{
	if (s->failed)
		return;
	s->fault = text;
	s->failed = true;
}

static shim_pins *shim_get_pins(shim *s) { return &s->pins; }
static uint64_t shim_cycles(shim *s) { return s->cycles; }
static const char *shim_fault(shim *s) { return s->failed ? s->fault.c_str() : nullptr; }

static void apply(shim *s, const shim_pins *p)
{
	shim_top *t = s->top.get();

	t->rst_ni = p->rst_n;
	t->s_axi_awaddr_i = p->awaddr;
	t->s_axi_awvalid_i = p->awvalid;
	t->s_axi_wdata_i = p->wdata;
	t->s_axi_wstrb_i = p->wstrb;
	t->s_axi_wvalid_i = p->wvalid;
	t->s_axi_bready_i = p->bready;
	t->s_axi_araddr_i = p->araddr;
	t->s_axi_arvalid_i = p->arvalid;
	t->s_axi_rready_i = p->rready;
	t->s_axis_tdata_i = p->s_tdata;
	t->s_axis_tvalid_i = p->s_tvalid;
	t->s_axis_tlast_i = p->s_tlast;
	t->m_axis_tready_i = p->m_tready;
}

static void read_outputs(shim *s, shim_pins *p)
{
	shim_top *t = s->top.get();

	p->awready = t->s_axi_awready_o;
	p->wready = t->s_axi_wready_o;
	p->bvalid = t->s_axi_bvalid_o;
	p->bresp = t->s_axi_bresp_o;
	p->arready = t->s_axi_arready_o;
	p->rvalid = t->s_axi_rvalid_o;
	p->rresp = t->s_axi_rresp_o;
	p->rdata = t->s_axi_rdata_o;
	p->s_tready = t->s_axis_tready_o;
	p->m_tdata = t->m_axis_tdata_o;
	p->m_tvalid = t->m_axis_tvalid_o;
	p->m_tlast = t->m_axis_tlast_o;
	p->irq = t->irq_o;
}

// Every input but clock and reset turned round and back while the clock is low: no output may follow within the clock, so no READY hangs on a VALID.
static void probe_paths(shim *s)
{
	const shim_pins *p = &s->pins;
	shim_pins turned = *p, before = {}, after = {};

	turned.awaddr ^= 0x3fffff; turned.awvalid ^= 1; turned.wdata = ~p->wdata; turned.wstrb ^= 15; turned.wvalid ^= 1; turned.bready ^= 1;
	turned.araddr ^= 0x3fffff; turned.arvalid ^= 1; turned.rready ^= 1;
	turned.s_tdata = ~p->s_tdata; turned.s_tvalid ^= 1; turned.s_tlast ^= 1; turned.m_tready ^= 1;
	read_outputs(s, &before);
	apply(s, &turned);
	s->top->eval();
	read_outputs(s, &after);
	apply(s, p);
	s->top->eval();
	if (memcmp(&before, &after, sizeof(before)))
		set_fault(s, "AXI: an output follows an input within the clock, in clock " + std::to_string(s->cycles));
}

// Something passes at the coming edge, as shim_api.run has it; the outputs straight from the model.
static bool passes(const shim *s)
{
	const shim_top *t = s->top.get();
	const shim_pins *p = &s->pins;

	return t->irq_o | (t->m_axis_tvalid_o & p->m_tready) | (p->s_tvalid & t->s_axis_tready_o) | (p->awvalid & t->s_axi_awready_o) |
		(p->wvalid & t->s_axi_wready_o) | (t->s_axi_bvalid_o & p->bready) | (p->arvalid & t->s_axi_arready_o) | (t->s_axi_rvalid_o & p->rready);
}

// A device with a fault answers nothing: no handshake that stood in its last clock may be taken twice.
static void fall_silent(shim *s)
{
	shim_pins *p = &s->pins;

	p->awready = p->wready = p->bvalid = p->arready = p->rvalid = p->s_tready = p->m_tvalid = p->irq = 0;
}

static uint64_t shim_run(shim *s, uint64_t n)
{
	uint64_t done = 0;

	running = s;
	apply(s, &s->pins);
	for (bool last = false; !last && done < n && !s->failed; done++) {
		s->top->clk_i = 0;
		eval(s);
		if (s->cycles % PATH_CLOCKS == 0)
			probe_paths(s);
		last = passes(s) || done + 1 == n || s->failed;
		if (last)
			read_outputs(s, &s->pins);
		s->top->clk_i = 1;
		eval(s);
		s->cycles++;
	}
	if (s->failed)
		fall_silent(s);
	return done;
}

static void shim_clock(shim *s) { shim_run(s, 1); }

#include "svdpi.h"
// characters of a packed vector: the first one highest, zeros before it
static std::string text_of(const svBitVecVal *v, int n)
{
	std::string text;

	for (int i = n - 1; i >= 0; i--)
		if (char c = static_cast<char>(v[i / 4] >> i % 4 * 8))
			text += c;
	return text;
}

// A rule of AXI was broken in the clock before this one (protocol.sv).
extern "C" void bl_breach(const svBitVecVal *channel, const svBitVecVal *rule)
{
	set_fault(running, "AXI: " + text_of(channel, 8) + ": " + text_of(rule, 56) + ", in clock " + std::to_string(running->cycles - 1));
}

#if SHIM_PROBES
// Prototypes: head comments of probe_tile.sv and probe_core.sv. A vector is little-endian words, so codes are 16-bit lanes in order.
extern "C" void bl_probe_codes(int tile, int plane, int position, int lanes, const svBitVecVal *mask, const svBitVecVal *codes)
{
	if (running->probe.codes)
		running->probe.codes(running->probe.ctx, tile, plane, position, lanes, mask, reinterpret_cast<const uint16_t *>(codes));
}

extern "C" void bl_probe_partial(int tile, int address, int partial, int accumulator)
{
	if (running->probe.partial)
		running->probe.partial(running->probe.ctx, tile, address, partial, accumulator);
}

extern "C" void bl_probe_out(int address, int channel, int acc, int q, int flags)
{
	if (running->probe.out)
		running->probe.out(running->probe.ctx, address, channel, acc, q, flags);
}

extern "C" void bl_probe_take(int tile)
{
	if (running->probe.take)
		running->probe.take(running->probe.ctx, tile, running->cycles);
}

extern "C" void bl_probe_finish(int tile)
{
	if (running->probe.finish)
		running->probe.finish(running->probe.ctx, tile, running->cycles);
}

extern "C" void bl_probe_load(int tile)
{
	if (running->probe.load)
		running->probe.load(running->probe.ctx, tile, running->cycles);
}
#endif

extern "C" __attribute__((visibility("default"))) void shim_get_api(shim_api *api)
{
	api->make = shim_make;
	api->free = shim_free;
	api->pins = shim_get_pins;
	api->clock = shim_clock;
	api->run = shim_run;
	api->cycles = shim_cycles;
	api->fault = shim_fault;
}

/* Whatever the host does on its three interfaces happens in advance(), a clock at a time when the host draws lots, else as far as nothing passes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/pins.h"
#include "common/mem.h"
#include "common/prng.h"
#include "cosim/device.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	ANSWER_CLOCKS = 1000,    /* a register access that takes longer has failed */
	RESET_CLOCKS = 4, LEAVE_CLOCKS = 2,
	REPORT_CLOCKS = 1 << 14, /* between two looks at what is not a pin */
	SLOW_CLOCKS = 1 << 8,    /* the same, of an engine that makes some thousand a second */
};

struct pins {
	struct engine engine;
	struct shim_api api;
	struct shim *shim;
	struct shim_pins *p;
	const struct engine_run *run;
	double stall;
	struct prng random;
	/* streams */
	const uint64_t *beat; size_t n_beats, next_beat;
	uint64_t *result; size_t n_results, n_seen;
	bool receives, stale; /* stale: the offered beat is of a stream that was stopped */
	uint64_t held_data; bool held, held_last; /* a result beat that was offered and not taken */
};

static const struct engine_run quiet = { .limit = 0 };

/* With stalls a host that could act waits a clock. */
static inline bool idle(struct pins *d)
{
	return d->stall > 0 && prng_unit(&d->random) < d->stall;
}

static void take_result(struct pins *d)
{
	struct shim_pins *p = d->p;

	if (d->held && (!p->m_tvalid || p->m_tdata != d->held_data || p->m_tlast != d->held_last) && d->run->differ && !d->api.fault(d->shim)) {
		char text[96];

		snprintf(text, sizeof(text), "result stream: TVALID, TDATA or TLAST changed before TREADY (beat %zu)", d->n_seen);
		d->run->differ(d->run->ctx, text);
	}
	d->held = p->m_tvalid && !p->m_tready;
	if (d->held) {
		d->held_data = p->m_tdata;
		d->held_last = p->m_tlast;
	}
	if (!p->m_tvalid || !p->m_tready)
		return;
	if (d->run->beat)
		d->run->beat(d->run->ctx, p->m_tdata, p->m_tlast);
	if (d->n_seen < d->n_results)
		d->result[d->n_seen] = p->m_tdata;
	d->n_seen++;
}

/* At most n clocks with the streams at work, as far as the host need not act; returns how many. An offered beat stays until it is taken, as AXI wants it.
 * A device that has stopped lets them all pass. */
static uint64_t advance(struct pins *d, uint64_t n)
{
	struct shim_pins *p = d->p;
	uint64_t made = 1;

	if (d->next_beat < d->n_beats && !p->s_tvalid && !idle(d)) {
		p->s_tvalid = 1;
		p->s_tdata = d->beat[d->next_beat];
		p->s_tlast = d->next_beat + 1 == d->n_beats;
	}
	p->m_tready = d->receives && !idle(d);
	if (d->api.run && !(d->stall > 0)) {
		made = d->api.run(d->shim, n);
		if (!made)
			return n;
	} else {
		d->api.clock(d->shim);
	}
	if (p->s_tvalid && p->s_tready) {
		p->s_tvalid = 0;
		d->next_beat += !d->stale;
		d->stale = false;
	}
	if (d->receives && (p->m_tvalid || d->held))
		take_result(d);
	return made;
}

/* With stalls, address and data of a write arrive in any order, and the response waits. */
static int bus_write(void *ctx, uint32_t offset, uint32_t value)
{
	struct pins *d = ctx;
	struct shim_pins *p = d->p;
	bool aw = false, w = false;

	p->awaddr = offset;
	p->wdata = value;
	p->wstrb = 15;
	for (uint64_t i = 0, made; i < ANSWER_CLOCKS; i += made) {
		p->awvalid = !aw && (p->awvalid || !idle(d));
		p->wvalid = !w && (p->wvalid || !idle(d));
		p->bready = !idle(d);
		made = advance(d, ANSWER_CLOCKS - i);
		if (p->awvalid && p->awready) {
			aw = true;
			p->awvalid = 0;
		}
		if (p->wvalid && p->wready) {
			w = true;
			p->wvalid = 0;
		}
		if (p->bvalid && p->bready) {
			p->bready = 0;
			return aw && w && !p->bresp ? 0 : -1;
		}
	}
	p->awvalid = p->wvalid = p->bready = 0;
	return -1;
}

static int bus_read(void *ctx, uint32_t offset, uint32_t *value)
{
	struct pins *d = ctx;
	struct shim_pins *p = d->p;
	bool ar = false;

	p->araddr = offset;
	for (uint64_t i = 0, made; i < ANSWER_CLOCKS; i += made) {
		p->arvalid = !ar && (p->arvalid || !idle(d));
		p->rready = !idle(d);
		made = advance(d, ANSWER_CLOCKS - i);
		if (p->arvalid && p->arready) {
			ar = true;
			p->arvalid = 0;
		}
		if (p->rvalid && p->rready) {
			p->rready = 0;
			*value = p->rdata;
			return ar && !p->rresp ? 0 : -1;
		}
	}
	p->arvalid = p->rready = 0;
	return -1;
}

static int bus_write_block(void *ctx, uint32_t offset, const uint32_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bus_write(ctx, offset + 4 * (uint32_t)i, words[i]))
			return -1;
	return 0;
}

static void bus_send(void *ctx, const uint64_t *beats, size_t n)
{
	struct pins *d = ctx;

	d->beat = beats;
	d->n_beats = n;
	d->next_beat = 0;
}

static void bus_receive(void *ctx, uint64_t *beats, size_t n)
{
	struct pins *d = ctx;

	d->result = beats;
	d->n_results = n;
	d->n_seen = 0;
	d->receives = true;
	d->held = false;
}

static void bus_stop(void *ctx, size_t *sent, size_t *received)
{
	struct pins *d = ctx;

	*sent = d->next_beat;
	*received = d->n_seen;
	d->n_beats = d->next_beat = d->n_results = d->n_seen = 0;
	d->receives = false;
	d->stale = d->p->s_tvalid; /* stays until it is taken, or until a reset */
}

static int bus_wait(void *ctx)
{
	struct pins *d = ctx;

	for (uint64_t n = 0, look = 0, until; !d->p->irq; n += advance(d, until - n)) {
		if (n >= d->run->limit)
			return -1;
		if (n >= look) {
			if (d->run->progress)
				d->run->progress(d->run->progress_ctx, n);
			if (d->api.fault(d->shim))
				return -1;
			look = n + (d->engine.kind == ENGINE_ICARUS ? SLOW_CLOCKS : REPORT_CLOCKS);
		}
		until = look < d->run->limit ? look : d->run->limit;
	}
	return 0;
}

static void pins_call(struct engine *g, void (*fn)(void *arg, const struct cim_bus *bus), void *arg)
{
	const struct cim_bus bus = { g->self, bus_read, bus_write, bus_write_block, bus_send, bus_receive, bus_stop, bus_wait };

	fn(arg, &bus);
}

static void pins_begin(struct engine *g, const struct engine_run *r)
{
	struct pins *d = g->self;

	d->run = r;
	d->stall = r->stall;
	prng_init(&d->random, r->seed);
}

static void pins_settle(struct engine *g, int clocks)
{
	for (uint64_t n = (uint64_t)clocks, i = 0; i < n; i += advance(g->self, n - i))
		;
}

static void pins_reset(struct engine *g)
{
	struct pins *d = g->self;
	size_t sent, received;

	bus_stop(d, &sent, &received);
	*d->p = (struct shim_pins){ .rst_n = 0 };
	d->stale = false;
	pins_settle(g, RESET_CLOCKS);
	d->p->rst_n = 1;
	pins_settle(g, LEAVE_CLOCKS);
}

static bool pins_irq(struct engine *g)
{
	return ((struct pins *)g->self)->p->irq;
}

static uint64_t pins_clocks(struct engine *g)
{
	struct pins *d = g->self;

	return d->api.cycles(d->shim);
}

static const char *pins_fault(struct engine *g)
{
	struct pins *d = g->self;

	return d->api.fault(d->shim);
}

static void pins_free(struct engine *g)
{
	struct pins *d = g->self;

	d->api.free(d->shim);
	free(d);
}

struct engine *pins_engine(enum engine_kind kind, const struct shim_api *api, struct shim *shim)
{
	struct pins *d = MEM_NEW(1, struct pins);

	d->engine = (struct engine){ kind, d, pins_call, pins_begin, pins_settle, pins_reset, pins_irq, pins_clocks, pins_fault, pins_free };
	d->api = *api;
	d->shim = shim;
	d->p = api->pins(shim);
	d->run = &quiet;
	return &d->engine;
}

struct engine *engine_pins(const struct device_lib *lib, const struct engine_setup *s, struct err *e)
{
	(void)e; /* a compiled model always starts */
	return pins_engine(ENGINE_VERILATOR, &lib->api, lib->api.make(s->plusargs, s->probe, s->trace));
}

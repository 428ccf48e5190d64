/* Engines systemc, tlm and lockstep: the bench behind sc_api, with the register model as the core of cim_tlm.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "cosim/device.h"
#include "cosim/regmodel.h"
#include "cosim/systemc/sc_api.h"
#include <stdlib.h>

struct systemc {
	struct engine engine;
	struct sc_api api;
	struct sc_bench *bench;
	struct regmodel *model; /* NULL: no cim_tlm in it */
};

/* --- the model as ops ------------------------------------------------------------------------------------------------------------------------ */

static void ops_reset(void *m) { regmodel_reset(m); }
static int ops_read(void *m, uint32_t offset, uint64_t elapsed, uint32_t *value) { return regmodel_read(m, offset, elapsed, value); }
static int ops_write(void *m, uint32_t offset, uint32_t value, unsigned strobes) { return regmodel_write(m, offset, value, strobes); }
static uint32_t *ops_program(void *m, size_t *bytes) { return regmodel_program(m, bytes); }
static bool ops_started(const void *m) { return regmodel_started(m); }
static size_t ops_needs(const void *m) { return regmodel_needs(m); }
static void ops_finish(void *m) { regmodel_finish(m); }
static bool ops_irq(const void *m) { return regmodel_irq(m); }

static void ops_run(void *m, const uint64_t *beats, size_t n, const uint64_t **beat, const bool **last, size_t *n_out, uint64_t *cycles, size_t *used)
{
	struct regmodel_result r;

	regmodel_run(m, beats, n, &r);
	*beat = r.beat;
	*last = r.last;
	*n_out = r.n;
	*cycles = r.cycles;
	*used = r.used;
}

/* what cim_tlm is made of */
static struct sc_model_ops model_ops(struct regmodel *m)
{
	return (struct sc_model_ops){ .model = m, .reset = ops_reset, .read = ops_read, .write = ops_write, .program = ops_program, .started = ops_started,
				      .needs = ops_needs, .run = ops_run, .finish = ops_finish, .irq = ops_irq };
}

/* --- the engine ------------------------------------------------------------------------------------------------------------------------------ */

static void call(struct engine *g, void (*fn)(void *arg, const struct cim_bus *bus), void *arg)
{
	struct systemc *s = g->self;

	s->api.call(s->bench, fn, arg);
}

static void begin(struct engine *g, const struct engine_run *r)
{
	struct systemc *s = g->self;
	struct sc_run run = { .stall = r->stall, .seed = r->seed, .limit = r->limit, .beat = r->beat, .differ = r->differ, .progress = r->progress,
			      .ctx = r->ctx, .progress_ctx = r->progress_ctx };

	s->api.begin(s->bench, &run);
}

static void settle(struct engine *g, int clocks)
{
	struct systemc *s = g->self;

	s->api.settle(s->bench, clocks);
}

static void reset(struct engine *g)
{
	struct systemc *s = g->self;

	s->api.reset(s->bench);
}

static bool irq(struct engine *g)
{
	struct systemc *s = g->self;

	return s->api.irq(s->bench);
}

static uint64_t clocks(struct engine *g)
{
	struct systemc *s = g->self;

	return s->api.clocks(s->bench);
}

static const char *fault(struct engine *g)
{
	struct systemc *s = g->self;

	return s->api.fault(s->bench);
}

static void release(struct engine *g)
{
	struct systemc *s = g->self;

	if (s->bench)
		s->api.free(s->bench);
	if (s->model)
		regmodel_free(s->model);
	free(s);
}

struct engine *engine_systemc(enum engine_kind kind, const struct device_lib *lib, const struct engine_setup *setup, struct err *e)
{
	struct systemc *s = MEM_NEW(1, struct systemc);
	struct sc_model_ops ops;
	struct sc_setup sc = { .rtl = kind != ENGINE_TLM, .tlm = kind != ENGINE_SYSTEMC, .plusargs = setup->plusargs, .probe = setup->probe, .trace = setup->trace,
			       .period_ps = setup->period_ps };

	s->engine = (struct engine){ .kind = kind, .self = s, .call = call, .begin = begin, .settle = settle, .reset = reset, .irq = irq, .clocks = clocks,
				     .fault = fault, .free = release };
	s->api = lib->sc;
	if (sc.tlm) {
		s->model = regmodel_new(setup, !setup->emulate);
		ops = model_ops(s->model);
		sc.model = &ops;
	}
	s->bench = s->api.make(&sc);
	if (!s->bench) {
		err_set(e, ERR_ENV, "the SystemC engine does not start: %s; run each device in a process of its own", s->api.fault(NULL));
		release(&s->engine);
		return NULL;
	}
	return &s->engine;
}

/* One device, whatever simulates it, and its golden twin over many runs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/cosim.h"
#include "common/buf.h"
#include "common/mem.h"
#include "common/progress.h"
#include "cosim/judge.h"
#include "cosim/plusfile.h"
#include "cosim/settings.h"
#include "cosim/thresholds.h"
#include "cim_regs.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PLUSARGS = 6,                /* most words for the simulator */
	MARGIN_CLOCKS = 10000,       /* of the watchdog, beside 4 x the prediction */
	DRAIN_CLOCKS = 64,           /* after done: result beats that are still in the FIFO, and beats that should not be */
	STALLED_DRAIN_CLOCKS = 2048, /* the same eight beats, taken by a slow host */
};

struct cosim {
	const struct device_lib *lib;
	struct cosim_setup setup;
	const struct engine_traits *traits;
	struct judge judge;
	struct engine *engine;
	struct engine_run run;            /* the engine's way with the current job */
	struct gm *machine;
	char *threshold_file, *fault_file;
	uint32_t *tree;                   /* room for the words of TREE */
	int devices;                      /* made so far */
	bool fresh;                       /* the identity registers are not checked yet */
	bool spoilt;                      /* a run differed: its leftovers must not colour the next */
	bool has_tree;                    /* TREE does not hold what it held at reset */
	bool has_drawn;                   /* a characterisation has: its conversions drew noise that the golden machine knows nothing of */
};

/* the golden machine is new and so is the device */
static void begin_anew(struct cosim *c)
{
	gm_free(c->machine);
	c->machine = NULL;
	memset(c->judge.window, 0, c->setup.hw.tiles * sizeof(*c->judge.window));
	c->fresh = true;
	c->spoilt = c->has_tree = c->has_drawn = false;
}

static const int32_t *golden_thresholds(const struct cosim *c)
{
	return c->setup.expected_thresholds ? c->setup.expected_thresholds : c->setup.thresholds;
}

static uint64_t clock_of(void *cosim)
{
	const struct cosim *c = cosim;

	return c->engine->clocks(c->engine);
}

static int device_make(struct cosim *c, const char *trace, struct err *e)
{
	const char *plus[PLUSARGS + 1];
	struct shim_probe probe;
	struct engine_setup s = {
		.plusargs = plus, .probe = c->setup.compare && !c->setup.blind ? &probe : NULL, .trace = trace, .hw = &c->setup.hw, .thresholds = golden_thresholds(c), .faults = c->setup.faults, .hash = c->setup.hash,
		.reset = &c->setup.reset, .emulate = c->setup.emulate, .period_ps = c->setup.period_ps, .watchdog = c->setup.watchdog,
	};
	struct buf text[PLUSARGS];
	int n = 0;

	for (int i = 0; i < PLUSARGS; i++)
		buf_init(&text[i]);
	if (c->threshold_file)
		buf_addf(&text[n++], "+cim_thresholds=%s", c->threshold_file);
	if (c->fault_file)
		buf_addf(&text[n++], "+cim_faults=%s", c->fault_file);
	if (c->setup.hw.noise) {
		buf_addf(&text[n++], "+cim_noise=%d", c->setup.hw.noise);
		buf_addf(&text[n++], "+cim_noise_seed=%" PRIu64, c->setup.hw.noise_seed);
	}
	if (trace && c->setup.trace_to) {
		buf_addf(&text[n++], "+bl_trace_from=%" PRIu64, c->setup.trace_from);
		buf_addf(&text[n++], "+bl_trace_to=%" PRIu64, c->setup.trace_to);
	}
	for (int i = 0; i < n; i++)
		plus[i] = text[i].data;
	plus[n] = NULL;
	judge_probe(&c->judge, &probe);
	c->engine = engine_new(c->setup.engine, c->lib, &s, e);
	for (int i = 0; i < PLUSARGS; i++)
		buf_release(&text[i]);
	c->devices++;
	begin_anew(c);
	return c->engine ? 0 : -1;
}

struct cosim *cosim_open(const struct device_lib *lib, const struct cosim_setup *setup, struct err *e)
{
	struct cosim *c = MEM_NEW(1, struct cosim);
	bool broken = setup->faults && setup->faults->n;

	c->lib = lib;
	c->setup = *setup;
	c->traits = &engine_traits[setup->engine];
	c->judge.hw = &c->setup.hw;
	c->judge.windows = c->traits->window && !setup->blind;
	c->judge.clock = clock_of;
	c->judge.clock_ctx = c;
	c->judge.window = MEM_NEW(setup->hw.tiles, struct judge_window);
	c->tree = MEM_NEW((size_t)1 << setup->hw.adc_bits, uint32_t);
	if (setup->thresholds)
		c->threshold_file = thresholds_write(&setup->hw, setup->thresholds, e);
	if (broken)
		c->fault_file = plusfile_faults(setup->faults, e);
	if ((!setup->thresholds || c->threshold_file) && (!broken || c->fault_file) && !device_make(c, setup->trace, e))
		return c;
	cosim_close(c);
	return NULL;
}

int cosim_devices(const struct cosim *c)
{
	return c->devices;
}

void cosim_close(struct cosim *c)
{
	if (!c)
		return;
	if (c->engine)
		c->engine->free(c->engine);
	if (c->threshold_file)
		unlink(c->threshold_file);
	if (c->fault_file)
		unlink(c->fault_file);
	free(c->threshold_file);
	free(c->fault_file);
	gm_free(c->machine);
	free(c->judge.window);
	free(c->tree);
	free(c);
}

static void reset(struct cosim *c)
{
	c->engine->reset(c->engine);
	begin_anew(c);
}

/* What only a reset brings back: the first tree; noise as before a characterisation. */
static bool needs_reset(const struct cosim *c, const struct gm_regs *regs)
{
	return c->has_drawn || (c->has_tree && !regs->tree);
}

/* The device as the next run must find it. */
static int make_ready(struct cosim *c, const struct gm_regs *regs, struct err *e)
{
	if (c->spoilt && !c->traits->once) {
		c->engine->free(c->engine);
		return device_make(c, NULL, e);
	}
	if (c->spoilt || needs_reset(c, regs))
		reset(c);
	return 0;
}

/* why a register access or a run went unanswered: what the device said when it stopped, or "no answer" */
static const char *reason(const struct cosim *c)
{
	const char *fault = c->engine->fault(c->engine);

	return fault ? fault : "no answer, or an error response";
}

static void on_beat(void *ctx, uint64_t data, bool last)
{
	struct judge *j = ctx;

	if (j->x)
		judge_beat(j, data, last);
	j->r->n_seen++;
}

static void on_differ(void *ctx, const char *text)
{
	judge_differ(ctx, "%s", text);
}

/* ---- one job, inside the engine ---- */

struct exchange {
	struct cosim *c;
	const struct cosim_job *job;
	struct cim_program program;
	struct cim_counters counters;
};

/* what an error of the driver means, in words */
static void explain(struct exchange *x, const struct cim_result *r)
{
	struct cosim *c = x->c;
	struct judge *j = &c->judge;
	const char *fault = c->engine->fault(c->engine);
	char name[16];

	if (fault && r->error != CIM_OK && r->error != CIM_ERROR_READ && r->error != CIM_ERROR_WRITE && r->error != CIM_ERROR_TIMEOUT) {
		judge_differ(j, "the device stopped: %s", fault); /* why it answered what it did; the others say it themselves */
		return;
	}
	switch (r->error) {
	case CIM_OK:
		break;
	case CIM_ERROR_READ:
		settings_name(r->where, name);
		if (*name)
			judge_differ(j, "register %s (0x%03" PRIx32 "): a read failed (%s)", name, r->where, reason(c));
		else
			judge_differ(j, "register 0x%05" PRIx32 ": a read failed (%s)", r->where, reason(c));
		break;
	case CIM_ERROR_WRITE:
		if (r->where == CIM_PROG_OFFSET(0u, 0u))
			judge_differ(j, "program memory: a write of %zu instructions was not accepted (%s)", x->job->n_instr, reason(c));
		else
			judge_differ(j, "register 0x%05" PRIx32 ": a write of 0x%08" PRIx32 " was not accepted (%s)", r->where, r->expected, reason(c));
		break;
	case CIM_ERROR_IDENTITY:
		settings_name(r->where, name);
		judge_differ(j, "register %s (0x%03" PRIx32 "): expected 0x%08" PRIx32 ", seen 0x%08" PRIx32, name, r->where, r->expected, r->seen);
		break;
	case CIM_ERROR_TIMEOUT:
		if (c->engine->fault(c->engine))
			judge_differ(j, "the device stopped: %s", c->engine->fault(c->engine));
		else
			judge_differ(j, "no interrupt within %" PRIu64 " clocks (predicted %" PRIu64 "): %" PRIu64 " of %zu input beats taken, %" PRIu64 " of %zu result beats seen",
				     c->run.limit, x->job->predicted_cycles, x->counters.sent, x->job->n_beats, x->counters.received, x->job->n_outputs);
		break;
	case CIM_ERROR_PROGRAM:
		judge_differ(j, "the device reports error %u at pc %u (isa.md section 4)", (unsigned)((r->seen & CIM_STATUS_CODE_MASK) >> CIM_STATUS_CODE_SHIFT),
			     (unsigned)((r->seen & CIM_STATUS_PC_MASK) >> CIM_STATUS_PC_SHIFT));
		break;
	case CIM_ERROR_STATUS:
		judge_differ(j, "STATUS: expected done and not busy, seen 0x%08" PRIx32, r->seen);
		break;
	case CIM_ERROR_SENT:
		judge_differ(j, "%" PRIu64 " of %zu input beats were taken", x->counters.sent, x->job->n_beats);
		break;
	case CIM_ERROR_RECEIVED:
		judge_differ(j, "%" PRIu64 " result beats instead of %zu", x->counters.received, x->job->n_outputs);
		break;
	}
}

static void probe(void *arg, const struct cim_bus *bus)
{
	struct exchange *x = arg;
	uint32_t hash[8];
	struct cim_identity id;
	struct cim_result r;

	settings_identity(&x->c->setup.hw, x->c->setup.hash, hash, &id);
	r = cim_probe(bus, &id);
	explain(x, &r);
}

static void drive(void *arg, const struct cim_bus *bus)
{
	struct exchange *x = arg;
	struct cosim *c = x->c;
	struct cim_settings s;
	struct cim_result first, last;

	settings_of(&c->setup.hw, &x->job->regs, c->tree, &s);
	s.repair = c->setup.repair;
	s.n_repair = (size_t)c->setup.hw.tiles * (size_t)c->setup.hw.spares;
	first = cim_configure(bus, &s);
	if (first.error == CIM_OK && !c->judge.r->mismatches)
		first = cim_begin(bus, &x->program);
	c->engine->settle(c->engine, x->job->stall > 0 ? STALLED_DRAIN_CLOCKS : DRAIN_CLOCKS);
	last = cim_finish(bus, &x->program, &x->counters);
	explain(x, &first);
	explain(x, &last);
	if (c->engine->irq(c->engine))
		judge_differ(&c->judge, "the interrupt stays after done was cleared");
}

/* Every beat may wait 1 / (1 - stall) clocks on the average; three times that is a hang. */
static uint64_t watchdog(const struct cosim_job *job)
{
	uint64_t beats = job->n_beats + job->n_outputs, limit = 4 * job->predicted_most + MARGIN_CLOCKS;

	if (job->stall > 0)
		limit += (uint64_t)(3.0 * beats / (1 - job->stall));
	return limit;
}

static void take_counters(struct cosim_result *r, const struct cim_counters *n, uint64_t mask)
{
	r->stalls = n->stalls;
	r->rtl_cycles = (n->cycles - n->stalls) & mask;
	r->activations = n->activations;
	r->conversions = n->conversions;
	r->comparisons = n->comparisons;
	r->compare_clocks = n->compare_clocks;
	r->compute_clocks = n->compute_clocks;
	r->convert_clocks = n->convert_clocks;
	r->serve_clocks = n->serve_clocks;
	r->wait_load = n->wait_load;
	r->wait_act = n->wait_act;
	r->wait_out = n->wait_out;
	r->wait_end = n->wait_end;
}

/* registers, program, start, streams, interrupt, counters of one job, into r */
static void run_job(struct cosim *c, const struct cosim_job *job, struct cosim_result *r)
{
	uint64_t *beats = MEM_NEW(job->n_outputs, uint64_t), start;
	struct exchange x = { .c = c, .job = job, .program = { job->code, 8 * job->n_instr, job->stream, job->n_beats, beats, job->n_outputs } };
	double t0 = progress_now();

	c->run = (struct engine_run){ .limit = watchdog(job), .differ = on_differ, .ctx = &c->judge, .seed = job->seed };
	c->engine->begin(c->engine, &c->run);
	if (c->fresh) {
		c->engine->call(c->engine, probe, &x);
		c->fresh = false;
	}
	start = c->engine->clocks(c->engine); /* without the identity, which is of the device and not of the job */
	c->run.stall = job->stall;
	c->run.beat = on_beat;
	c->run.progress = job->progress;
	c->run.progress_ctx = job->progress_ctx;
	c->engine->begin(c->engine, &c->run);
	c->engine->call(c->engine, drive, &x);
	if (!r->mismatches && c->engine->fault(c->engine)) /* in the last clocks, when nothing was asked any more */
		judge_differ(&c->judge, "the device stopped: %s", c->engine->fault(c->engine));
	take_counters(r, &x.counters, settings_counter_mask(&c->setup.hw));
	for (size_t i = 0; i < job->n_outputs; i++) {
		r->acc[i] = (int32_t)beats[i];
		r->q[i] = (int16_t)(beats[i] >> 32);
	}
	free(beats);
	r->clocks = c->engine->clocks(c->engine) - start;
	r->seconds = progress_now() - t0;
}

static void make_machine(struct cosim *c)
{
	const struct gm_hw *hw = &c->setup.hw;

	c->machine = gm_new(hw, golden_thresholds(c));
	if (c->setup.faults)
		gm_break(c->machine, c->setup.faults);
	for (int i = 0; c->setup.repair && i < hw->tiles * hw->spares; i++)
		gm_repair(c->machine, i / hw->spares, i % hw->spares, c->setup.repair[i]);
}

int cosim_run(struct cosim *c, const struct cosim_job *job, struct cosim_result *r, struct err *e)
{
	struct judge *j = &c->judge;
	struct expected x;

	memset(r, 0, sizeof(*r));
	if (make_ready(c, &job->regs, e))
		return -1;
	c->has_tree |= job->regs.tree != NULL;
	r->acc = MEM_NEW(job->n_outputs, int32_t);
	r->q = MEM_NEW(job->n_outputs, int16_t);
	j->job = job;
	j->r = r;
	j->x = NULL;
	if (!c->setup.compare || c->traits->golden) {
		run_job(c, job, r);
		if (c->setup.compare)
			judge_end(j);
		c->spoilt = r->mismatches > 0;
		return 0;
	}
	if (!c->machine) /* it keeps its state from run to run as the device does */
		make_machine(c);
	if (expected_start(&x, &c->setup.hw, c->machine, job, c->traits->events && !c->setup.blind, e)) {
		cosim_result_release(r);
		return -1;
	}
	j->x = &x;
	j->on = true;
	run_job(c, job, r);
	expected_join(&x);
	judge_end(j);
	j->x = NULL;
	expected_release(&x);
	c->spoilt = r->mismatches > 0;
	if (x.rc) { /* the mapper made a program that isa.md forbids: a difference, but none of the hardware's */
		cosim_result_release(r);
		return err_set(e, ERR_DIFF, "layer '%s': %s", job->layer, x.err.text);
	}
	return 0;
}

/* ---- characterisation, isa.md section 7 ---- */

struct questions {
	struct cosim *c;
	const struct gm_regs *regs;
	const struct cosim_character *x;
	uint32_t *histogram;
	struct cim_result answer;
};

/* more than any: every level asks every threshold, each in a compare cycle of the longest kind; a poll takes a clock at least */
static uint32_t most_polls(const struct gm_hw *hw, const struct gm_regs *g, const struct cosim_character *x)
{
	uint64_t cycle = (uint64_t)(g->compare + g->reference_precharge + g->share + g->settle);
	uint64_t clocks = (uint64_t)x->count * (uint64_t)x->repeats * (((cycle + 4) << hw->adc_bits) + 64) + 1000;

	return clocks > UINT32_MAX ? UINT32_MAX : (uint32_t)clocks;
}

static void ask(void *arg, const struct cim_bus *bus)
{
	struct questions *q = arg;
	const struct gm_hw *hw = &q->c->setup.hw;
	const struct cosim_character *x = q->x;
	const struct cim_character how = { x->references, x->bits, x->set, x->tile, x->lane, x->repeats, x->step, x->count, x->level };
	struct cim_settings s;

	settings_of(hw, q->regs, q->c->tree, &s);
	q->answer = cim_configure(bus, &s);
	if (q->answer.error == CIM_OK)
		q->answer = cim_characterise(bus, &how, most_polls(hw, q->regs, x), q->histogram, (size_t)1 << hw->adc_bits);
}

int cosim_characterise(struct cosim *c, const struct gm_regs *regs, const struct cosim_character *x, uint32_t *histogram, struct err *e)
{
	struct questions q = { c, regs, x, histogram, { CIM_OK, 0, 0, 0 } };

	reset(c);
	c->has_drawn = true;
	c->run = (struct engine_run){ .limit = MARGIN_CLOCKS };
	c->engine->begin(c->engine, &c->run);
	c->engine->call(c->engine, ask, &q);
	if (q.answer.error == CIM_ERROR_WRITE)
		return err_set(e, ERR_DIFF, "characterisation: a write of 0x%08" PRIx32 " to register 0x%05" PRIx32 " was not accepted (%s)", q.answer.expected, q.answer.where, reason(c));
	if (q.answer.error == CIM_ERROR_READ)
		return err_set(e, ERR_DIFF, "characterisation: a read of register 0x%05" PRIx32 " failed (%s)", q.answer.where, reason(c));
	if (q.answer.error == CIM_ERROR_TIMEOUT)
		return err_set(e, ERR_DIFF, "characterisation of tile %d, converter %d does not end", x->tile, x->lane);
	return 0;
}

void cosim_result_release(struct cosim_result *r)
{
	free(r->acc);
	free(r->q);
	r->acc = NULL;
	r->q = NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cosim/driver.h"
#include "common/progress.h"
#include <inttypes.h>
#include <stdio.h>

enum {
	ANSWER_CLOCKS = 1000,  /* a register access that takes longer has failed */
	MARGIN_CLOCKS = 10000, /* of the watchdog, beside 4 x the prediction */
	DRAIN_CLOCKS = 64,     /* after done: result beats that are still in the FIFO, and beats that should not be */
	STALLED_DRAIN_CLOCKS = 2048, /* the same eight beats, taken by a slow host */
	REPORT_CLOCKS = 1 << 14,
};

static void take_result(struct driver *d)
{
	struct shim_pins *p = d->pins;
	struct cosim_result *r = d->result;

	if (d->held && (!p->m_tvalid || p->m_tdata != d->held_data || p->m_tlast != d->held_last))
		judge_differ(d->judge, "result stream: TVALID, TDATA or TLAST changed before TREADY (beat %zu)", r->n_seen);
	d->held = p->m_tvalid && !p->m_tready;
	if (d->held) {
		d->held_data = p->m_tdata;
		d->held_last = p->m_tlast;
	}
	if (!p->m_tvalid || !p->m_tready)
		return;
	if (d->judge->x)
		judge_beat(d->judge, p->m_tdata, p->m_tlast);
	if (r->n_seen < d->n_outputs) {
		r->acc[r->n_seen] = (int32_t)p->m_tdata;
		r->q[r->n_seen] = (int16_t)(p->m_tdata >> 32);
	}
	r->n_seen++;
}

/* One clock with the streams at work. An offered beat stays until it is taken, as AXI wants it. */
static void step(struct driver *d)
{
	struct shim_pins *p = d->pins;

	if (d->next_beat < d->n_beats && !p->s_tvalid && !(d->stall > 0 && prng_unit(&d->random) < d->stall)) {
		p->s_tvalid = 1;
		p->s_tdata = d->beat[d->next_beat];
		p->s_tlast = d->next_beat + 1 == d->n_beats;
	}
	p->m_tready = d->result && !(d->stall > 0 && prng_unit(&d->random) < d->stall);
	d->lib->api.clock(d->shim);
	if (p->s_tvalid && p->s_tready) {
		p->s_tvalid = 0;
		d->next_beat++;
	}
	if (d->result && (p->m_tvalid || d->held))
		take_result(d);
}

/* With stalls, address and data of a write arrive in any order, and the response waits. */
static bool idle(struct driver *d)
{
	return d->stall > 0 && prng_unit(&d->random) < d->stall;
}

bool driver_write(struct driver *d, uint32_t offset, uint32_t value)
{
	struct shim_pins *p = d->pins;
	bool aw = false, w = false;

	p->awaddr = offset;
	p->wdata = value;
	p->wstrb = 15;
	for (int i = 0; i < ANSWER_CLOCKS; i++) {
		p->awvalid = !aw && (p->awvalid || !idle(d));
		p->wvalid = !w && (p->wvalid || !idle(d));
		p->bready = !idle(d);
		step(d);
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
			return aw && w && !p->bresp;
		}
	}
	p->awvalid = p->wvalid = p->bready = 0;
	return false;
}

bool driver_read(struct driver *d, uint32_t offset, uint32_t *value)
{
	struct shim_pins *p = d->pins;
	bool ar = false;

	p->araddr = offset;
	for (int i = 0; i < ANSWER_CLOCKS; i++) {
		p->arvalid = !ar && (p->arvalid || !idle(d));
		p->rready = !idle(d);
		step(d);
		if (p->arvalid && p->arready) {
			ar = true;
			p->arvalid = 0;
		}
		if (p->rvalid && p->rready) {
			p->rready = 0;
			*value = p->rdata;
			return ar && !p->rresp;
		}
	}
	p->arvalid = p->rready = 0;
	return false;
}

void driver_reset(struct driver *d)
{
	*d->pins = (struct shim_pins){ .rst_n = 0 };
	for (int i = 0; i < 4; i++)
		step(d);
	d->pins->rst_n = 1;
	for (int i = 0; i < 2; i++)
		step(d);
}

const char *driver_reason(const struct driver *d)
{
	const char *fault = d->lib->api.fault(d->shim);

	return fault ? fault : "no answer, or an error response";
}

void driver_registers(const struct gm_regs *g, struct driver_register r[DRIVER_REGISTERS])
{
	int n = 0;

	/* codes in the register are in the order of enum gc_code */
	r[n++] = (struct driver_register){ REG_NUMBERS, (uint32_t)(g->input_bits | g->input_code << 4 | g->weight_bits << 8 | g->weight_code << 12) };
	r[n++] = (struct driver_register){ REG_TIMING, (uint32_t)(g->precharge | g->evaluate << 8 | g->compare << 16) };
	r[n++] = (struct driver_register){ REG_REFERENCE, (uint32_t)(g->reference_precharge | g->share << 8 | g->settle << 16) };
	r[n++] = (struct driver_register){ REG_SAMPLES, (uint32_t)g->samples };
	r[n++] = (struct driver_register){ REG_SEED, g->seed };
	for (int s = 0; s < GM_SETS; s++) {
		r[n++] = (struct driver_register){ REG_LSB + 8 * (uint32_t)s, (uint32_t)(g->window[s].lsb | g->window[s].nearest << 16) };
		r[n++] = (struct driver_register){ REG_LOW + 8 * (uint32_t)s, (uint32_t)g->window[s].low };
	}
}

static void set(struct driver *d, struct judge *j, uint32_t offset, uint32_t value)
{
	if (!driver_write(d, offset, value))
		judge_differ(j, "register 0x%05" PRIx32 ": a write of 0x%08" PRIx32 " was not accepted (%s)", offset, value, driver_reason(d));
}

static uint64_t get(struct driver *d, struct judge *j, uint32_t offset)
{
	uint32_t v = 0;

	if (!driver_read(d, offset, &v))
		judge_differ(j, "register 0x%05" PRIx32 ": a read failed (%s)", offset, driver_reason(d));
	return v;
}

static uint64_t get64(struct driver *d, struct judge *j, uint32_t offset)
{
	uint64_t low = get(d, j, offset);

	return low | get(d, j, offset + 4) << 32;
}

/* NULL: what stands there since reset */
static void program_tree(struct driver *d, const struct gm_regs *g, int bits, struct judge *j)
{
	if (!g->tree)
		return;
	set(d, j, REG_TREE, g->tree->root);
	for (int k = 1; k < 1 << bits; k++)
		set(d, j, REG_TREE + 4 * (uint32_t)k, g->tree->left[k] | (uint32_t)g->tree->right[k] << 16);
}

static void program(struct driver *d, const struct cosim_job *job, struct judge *j)
{
	const struct gm_regs *g = &job->regs;
	struct driver_register r[DRIVER_REGISTERS];

	driver_registers(g, r);
	for (int i = 0; i < DRIVER_REGISTERS; i++)
		set(d, j, r[i].offset, r[i].value);
	if (j->hw->asymmetric)
		program_tree(d, g, j->hw->adc_bits, j);
	for (size_t i = 0; i < 8 * job->n_instr && !j->r->mismatches; i++)
		set(d, j, REG_PROG + 4 * i, job->code[i]);
}

/* Every beat may wait 1 / (1 - stall) clocks on the average; three times that is a hang. */
static uint64_t watchdog(const struct cosim_job *job)
{
	uint64_t beats = job->n_beats + job->n_outputs, limit = 4 * job->predicted_most + MARGIN_CLOCKS;

	if (job->stall > 0)
		limit += (uint64_t)(3.0 * beats / (1 - job->stall));
	return limit;
}

static void wait_for_irq(struct driver *d, const struct cosim_job *job, struct judge *j)
{
	uint64_t limit = watchdog(job), n;

	for (n = 0; n < limit && !d->pins->irq; n++) {
		step(d);
		if (job->progress && !(n % REPORT_CLOCKS))
			job->progress(job->progress_ctx, n);
	}
	if (!d->pins->irq) {
		const char *fault = d->lib->api.fault(d->shim);

		if (fault)
			judge_differ(j, "the rtl stopped: %s", fault);
		else
			judge_differ(j, "no interrupt within %" PRIu64 " clocks (predicted %" PRIu64 "): %zu of %zu input beats taken, %zu of %zu result beats seen",
				     limit, job->predicted_cycles, d->next_beat, d->n_beats, j->r->n_seen, job->n_outputs);
	}
}

void driver_run(struct driver *d, const struct cosim_job *job, struct judge *j, struct cosim_result *r)
{
	uint64_t start = d->lib->api.cycles(d->shim), status;
	double t0 = progress_now();

	prng_init(&d->random, job->seed);
	d->stall = job->stall;
	d->judge = j;
	d->result = r;
	d->n_outputs = job->n_outputs;
	d->beat = job->stream;
	d->n_beats = job->n_beats;
	d->next_beat = 0;
	d->held = false;
	program(d, job, j);
	if (!r->mismatches) {
		set(d, j, REG_CTRL, 3); /* start, interrupt enable */
		wait_for_irq(d, job, j);
	}
	for (int i = 0; i < (job->stall > 0 ? STALLED_DRAIN_CLOCKS : DRAIN_CLOCKS); i++)
		step(d);
	status = get(d, j, REG_STATUS);
	if (status & STATUS_ERROR)
		judge_differ(j, "the rtl reports error %" PRIu64 " at pc %" PRIu64 " (isa.md section 4)", status >> 4 & 15, status >> 16);
	else if ((status & 7) != STATUS_DONE)
		judge_differ(j, "STATUS: expected done and not busy, seen 0x%08" PRIx64, status);
	r->stalls = get64(d, j, REG_STALLS);
	r->rtl_cycles = get64(d, j, REG_CYCLES) - r->stalls;
	r->activations = get64(d, j, REG_ACTIVATIONS);
	r->conversions = get64(d, j, REG_CONVERSIONS);
	r->comparisons = get64(d, j, REG_COMPARISONS);
	r->compare_clocks = get64(d, j, REG_COMPARE_CLOCKS);
	r->compute_clocks = get64(d, j, REG_COMPUTE_CLOCKS);
	r->convert_clocks = get64(d, j, REG_CONVERT_CLOCKS);
	r->serve_clocks = get64(d, j, REG_SERVE_CLOCKS);
	r->wait_load = get64(d, j, REG_WAIT_LOAD);
	r->wait_act = get64(d, j, REG_WAIT_ACT);
	r->wait_out = get64(d, j, REG_WAIT_OUT);
	r->wait_end = get64(d, j, REG_WAIT_END);
	set(d, j, REG_CTRL, 0);
	set(d, j, REG_STATUS, STATUS_DONE | STATUS_ERROR);
	if (d->next_beat != d->n_beats)
		judge_differ(j, "%zu of %zu input beats were taken", d->next_beat, d->n_beats);
	if (d->pins->irq)
		judge_differ(j, "the interrupt stays after done was cleared");
	d->result = NULL;
	d->pins->s_tvalid = 0;
	r->clocks = d->lib->api.cycles(d->shim) - start;
	r->seconds = progress_now() - t0;
}

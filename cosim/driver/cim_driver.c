/* The driver of cim_driver.h: register accesses in the order that docs/isa.md section 4 wants, and nothing else.
 * Offsets and fields come from the emitted register header; no library function is called and nothing is allocated.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cim_driver.h"
#include "cim_regs.h"

/* the first error stays */
static void note(struct cim_result *r, enum cim_error error, uint32_t where, uint32_t expected, uint32_t seen)
{
	if (r->error != CIM_OK)
		return;
	r->error = error;
	r->where = where;
	r->expected = expected;
	r->seen = seen;
}

static struct cim_result fine(void)
{
	struct cim_result r;

	r.error = CIM_OK;
	r.where = r.expected = r.seen = 0;
	return r;
}

static void put(const struct cim_bus *bus, struct cim_result *r, uint32_t offset, uint32_t value)
{
	if (bus->write(bus->ctx, offset, value))
		note(r, CIM_ERROR_WRITE, offset, value, 0);
}

/* 0 when the read failed */
static uint32_t get(const struct cim_bus *bus, struct cim_result *r, uint32_t offset)
{
	uint32_t value;

	if (!bus->read(bus->ctx, offset, &value))
		return value;
	note(r, CIM_ERROR_READ, offset, 0, 0);
	return 0;
}

/* a counter of two words, low one first */
static uint64_t get64(const struct cim_bus *bus, struct cim_result *r, uint32_t offset)
{
	uint64_t low = get(bus, r, offset);

	return low | (uint64_t)get(bus, r, offset + 4) << 32;
}

static void same(const struct cim_bus *bus, struct cim_result *r, uint32_t offset, uint32_t expected)
{
	uint32_t seen = get(bus, r, offset);

	if (seen != expected)
		note(r, CIM_ERROR_IDENTITY, offset, expected, seen);
}

struct cim_result cim_probe(const struct cim_bus *bus, const struct cim_identity *id)
{
	struct cim_result r = fine();

	same(bus, &r, CIM_ID_OFFSET, CIM_ID_VALUE);
	same(bus, &r, CIM_VERSION_OFFSET, CIM_VERSION_VALUE);
	same(bus, &r, CIM_GEOM0_OFFSET, id->geom0);
	same(bus, &r, CIM_GEOM1_OFFSET, id->geom1);
	same(bus, &r, CIM_GEOM2_OFFSET, id->geom2);
	same(bus, &r, CIM_READOUT_OFFSET, id->readout);
	same(bus, &r, CIM_DEPTH0_OFFSET, id->depth0);
	same(bus, &r, CIM_DEPTH1_OFFSET, id->depth1);
	same(bus, &r, CIM_DEPTH2_OFFSET, id->depth2);
	same(bus, &r, CIM_DEPTH3_OFFSET, id->depth3);
	for (uint32_t i = 0; id->hash && i < CIM_HASH_COUNT; i++)
		same(bus, &r, CIM_HASH_OFFSET(i), id->hash[i]);
	return r;
}

struct cim_result cim_configure(const struct cim_bus *bus, const struct cim_settings *s)
{
	struct cim_result r = fine();

	put(bus, &r, CIM_NUMBERS_OFFSET, s->numbers);
	put(bus, &r, CIM_TIMING_OFFSET, s->timing);
	put(bus, &r, CIM_REFERENCE_OFFSET, s->reference);
	put(bus, &r, CIM_SAMPLES_OFFSET, s->samples);
	put(bus, &r, CIM_SEED_OFFSET, s->seed);
	for (uint32_t i = 0; i < CIM_LSB_COUNT; i++) {
		put(bus, &r, CIM_LSB_OFFSET(i), s->lsb[i]);
		put(bus, &r, CIM_LOW_OFFSET(i), s->low[i]);
	}
	for (uint32_t k = 0; s->tree && k < s->n_tree; k++)
		put(bus, &r, CIM_TREE_OFFSET(k), s->tree[k]);
	for (uint32_t k = 0; s->repair && k < s->n_repair; k++)
		put(bus, &r, CIM_REPAIR_OFFSET(k), s->repair[k]);
	return r;
}

struct cim_result cim_begin(const struct cim_bus *bus, const struct cim_program *p)
{
	struct cim_result r = fine();

	if (bus->write_block(bus->ctx, CIM_PROG_OFFSET(0u, 0u), p->words, p->n_words)) {
		note(&r, CIM_ERROR_WRITE, CIM_PROG_OFFSET(0u, 0u), 0, 0);
		return r;
	}
	bus->receive(bus->ctx, p->results, p->n_results);
	bus->send(bus->ctx, p->beats, p->n_beats);
	put(bus, &r, CIM_CTRL_OFFSET, CIM_CTRL_START_MASK | CIM_CTRL_IRQ_ENABLE_MASK);
	if (r.error == CIM_OK && bus->wait(bus->ctx))
		note(&r, CIM_ERROR_TIMEOUT, 0, 0, 0);
	return r;
}

struct cim_result cim_finish(const struct cim_bus *bus, const struct cim_program *p, struct cim_counters *c)
{
	struct cim_result r = fine();
	uint32_t status = get(bus, &r, CIM_STATUS_OFFSET);
	size_t sent = 0, received = 0;

	if (status & CIM_STATUS_ERROR_MASK)
		note(&r, CIM_ERROR_PROGRAM, CIM_STATUS_OFFSET, CIM_STATUS_DONE_MASK, status);
	else if ((status & (CIM_STATUS_BUSY_MASK | CIM_STATUS_DONE_MASK)) != CIM_STATUS_DONE_MASK)
		note(&r, CIM_ERROR_STATUS, CIM_STATUS_OFFSET, CIM_STATUS_DONE_MASK, status);
	c->stalls = get64(bus, &r, CIM_STALLS_OFFSET(0u));
	c->cycles = get64(bus, &r, CIM_CYCLES_OFFSET(0u));
	c->activations = get64(bus, &r, CIM_ACTIVATIONS_OFFSET(0u));
	c->conversions = get64(bus, &r, CIM_CONVERSIONS_OFFSET(0u));
	c->comparisons = get64(bus, &r, CIM_COMPARISONS_OFFSET(0u));
	c->compare_clocks = get64(bus, &r, CIM_COMPARE_CLOCKS_OFFSET(0u));
	c->compute_clocks = get64(bus, &r, CIM_COMPUTE_CLOCKS_OFFSET(0u));
	c->convert_clocks = get64(bus, &r, CIM_CONVERT_CLOCKS_OFFSET(0u));
	c->serve_clocks = get64(bus, &r, CIM_SERVE_CLOCKS_OFFSET(0u));
	c->wait_load = get64(bus, &r, CIM_WAIT_LOAD_OFFSET(0u));
	c->wait_act = get64(bus, &r, CIM_WAIT_ACT_OFFSET(0u));
	c->wait_out = get64(bus, &r, CIM_WAIT_OUT_OFFSET(0u));
	c->wait_end = get64(bus, &r, CIM_WAIT_END_OFFSET(0u));
	put(bus, &r, CIM_CTRL_OFFSET, status & CIM_STATUS_BUSY_MASK ? CIM_CTRL_ABORT_MASK : 0);
	put(bus, &r, CIM_STATUS_OFFSET, CIM_STATUS_DONE_MASK | CIM_STATUS_ERROR_MASK);
	bus->stop(bus->ctx, &sent, &received);
	c->sent = sent;
	c->received = received;
	if (sent != p->n_beats)
		note(&r, CIM_ERROR_SENT, 0, (uint32_t)p->n_beats, (uint32_t)sent);
	if (received != p->n_results)
		note(&r, CIM_ERROR_RECEIVED, 0, (uint32_t)p->n_results, (uint32_t)received);
	return r;
}

struct cim_result cim_abort(const struct cim_bus *bus)
{
	struct cim_result r = fine();
	uint32_t status;

	put(bus, &r, CIM_CTRL_OFFSET, CIM_CTRL_ABORT_MASK);
	status = get(bus, &r, CIM_STATUS_OFFSET);
	if (status & CIM_STATUS_BUSY_MASK)
		note(&r, CIM_ERROR_STATUS, CIM_STATUS_OFFSET, 0, status);
	put(bus, &r, CIM_STATUS_OFFSET, CIM_STATUS_DONE_MASK | CIM_STATUS_ERROR_MASK);
	r.seen = r.error == CIM_OK ? status : r.seen;
	return r;
}

struct cim_result cim_characterise(const struct cim_bus *bus, const struct cim_character *x, uint32_t polls, uint32_t *histogram, size_t n_bins)
{
	struct cim_result r = fine();
	uint32_t busy = 1;

	put(bus, &r, CIM_CHAR_LEVEL_OFFSET, (uint32_t)x->level & CIM_CHAR_LEVEL_LEVEL_MASK);
	put(bus, &r, CIM_CHAR_STEP_OFFSET, (uint32_t)x->step);
	put(bus, &r, CIM_CHAR_COUNT_OFFSET, (uint32_t)x->count);
	if (r.error != CIM_OK)
		return r;
	put(bus, &r, CIM_CHAR_CTRL_OFFSET,
	    CIM_CHAR_CTRL_START_MASK | (uint32_t)x->references << CIM_CHAR_CTRL_MODE_SHIFT | (uint32_t)x->bits << CIM_CHAR_CTRL_BITS_SHIFT |
	    (uint32_t)x->set << CIM_CHAR_CTRL_SET_SHIFT | (uint32_t)x->tile << CIM_CHAR_CTRL_TILE_SHIFT | (uint32_t)x->lane << CIM_CHAR_CTRL_LANE_SHIFT |
	    (uint32_t)(x->repeats - 1) << CIM_CHAR_CTRL_REPEATS_SHIFT);
	for (uint32_t i = 0; i < polls && busy && r.error == CIM_OK; i++)
		busy = get(bus, &r, CIM_CHAR_CTRL_OFFSET) & CIM_CHAR_CTRL_START_MASK;
	if (r.error == CIM_OK && busy)
		note(&r, CIM_ERROR_TIMEOUT, CIM_CHAR_CTRL_OFFSET, 0, busy);
	for (uint32_t k = 0; k < n_bins && r.error == CIM_OK; k++)
		histogram[k] = get(bus, &r, CIM_HISTOGRAM_OFFSET(k));
	return r;
}

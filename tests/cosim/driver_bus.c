/* The emitted driver against a core that is nothing but registers: what it writes, what it makes of the answers. Compiled by driver.sh once for each prefix,
 * with the names of the default one renamed; prints what went wrong.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cim_driver.h"
#include "cim_regs.h"
#include <stdio.h>
#include <string.h>

enum { WORDS = 1 << 20, BEATS = 5, RESULTS = 3, NOTHING = 1 };

static struct core {
	uint32_t word[WORDS]; /* by offset / 4 */
	uint32_t refuse_read, refuse_write; /* offsets; NOTHING: none */
	uint32_t status;      /* once it has run */
	int deaf, busy;       /* no interrupt; polls until a characterisation ends */
	size_t sent, n_results;
	uint64_t *results;
} core;
static int failures;

static void expect(int ok, const char *what)
{
	if (!ok) {
		puts(what);
		failures++;
	}
}

static int bus_read(void *ctx, uint32_t offset, uint32_t *value)
{
	struct core *c = ctx;

	if (offset == c->refuse_read)
		return -1;
	*value = c->word[offset / 4];
	if (offset == CIM_CHAR_CTRL_OFFSET)
		*value = c->busy-- > 0;
	return 0;
}

static int bus_write(void *ctx, uint32_t offset, uint32_t value)
{
	struct core *c = ctx;

	if (offset == c->refuse_write)
		return -1;
	if (offset == CIM_STATUS_OFFSET)
		c->word[offset / 4] &= ~value;
	else
		c->word[offset / 4] = value;
	if (offset == CIM_CTRL_OFFSET && value & CIM_CTRL_START_MASK)
		c->word[CIM_STATUS_OFFSET / 4] = c->status;
	return 0;
}

static int bus_write_block(void *ctx, uint32_t offset, const uint32_t *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bus_write(ctx, offset + 4 * (uint32_t)i, words[i]))
			return -1;
	return 0;
}

static void bus_send(void *ctx, const uint64_t *beats, size_t n) { ((struct core *)ctx)->sent = beats[0] ? n : n - 1; }
static void bus_receive(void *ctx, uint64_t *beats, size_t n)
{
	struct core *c = ctx;

	c->results = beats;
	for (size_t i = 0; i < n; i++)
		beats[i] = 100 + i;
}

static void bus_stop(void *ctx, size_t *sent, size_t *received)
{
	struct core *c = ctx;

	*sent = c->sent;
	*received = c->n_results;
}

static int bus_wait(void *ctx) { return ((struct core *)ctx)->deaf ? -1 : 0; }

static const struct cim_bus bus = { &core, bus_read, bus_write, bus_write_block, bus_send, bus_receive, bus_stop, bus_wait };

static void fresh(void)
{
	memset(&core, 0, sizeof(core));
	core.refuse_read = core.refuse_write = NOTHING;
	core.status = CIM_STATUS_DONE_MASK;
	core.n_results = RESULTS;
}

static int is(struct cim_result r, enum cim_error error, uint32_t where, uint32_t expected, uint32_t seen)
{
	return r.error == error && r.where == where && r.expected == expected && r.seen == seen;
}

static void identity(void)
{
	static const uint32_t hash[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct cim_identity id = { 33, 7, 4, 16, 64, 65, 66, 9, NULL };

	fresh();
	core.word[CIM_ID_OFFSET / 4] = CIM_ID_VALUE;
	core.word[CIM_VERSION_OFFSET / 4] = CIM_VERSION_VALUE;
	core.word[CIM_GEOM0_OFFSET / 4] = 33;
	core.word[CIM_GEOM1_OFFSET / 4] = 7;
	core.word[CIM_GEOM2_OFFSET / 4] = 4;
	core.word[CIM_DEPTH0_OFFSET / 4] = 16;
	core.word[CIM_DEPTH1_OFFSET / 4] = 64;
	core.word[CIM_DEPTH2_OFFSET / 4] = 65;
	core.word[CIM_DEPTH3_OFFSET / 4] = 66;
	core.word[CIM_READOUT_OFFSET / 4] = 9;
	expect(is(cim_probe(&bus, &id), CIM_OK, 0, 0, 0), "identity: the right core is refused");
	id.hash = hash;
	expect(is(cim_probe(&bus, &id), CIM_ERROR_IDENTITY, CIM_HASH_OFFSET(0u), 1, 0), "identity: another configuration is not noticed");
	id.depth1 = 128;
	expect(is(cim_probe(&bus, &id), CIM_ERROR_IDENTITY, CIM_DEPTH1_OFFSET, 128, 64), "identity: not the first difference");
	core.refuse_read = CIM_GEOM2_OFFSET;
	expect(is(cim_probe(&bus, &id), CIM_ERROR_READ, CIM_GEOM2_OFFSET, 0, 0), "identity: an unanswered read is not noticed");
}

static void settings(void)
{
	static const uint32_t tree[4] = { 2, 3, 4, 5 }, repair[2] = { 6, 7 };
	const struct cim_settings s = { 11, 12, 13, 14, 15, { 1, 2, 3, 4 }, { 5, 6, 7, 8 }, tree, 4, repair, 2 };

	fresh();
	expect(is(cim_configure(&bus, &s), CIM_OK, 0, 0, 0), "settings: refused");
	expect(core.word[CIM_NUMBERS_OFFSET / 4] == 11 && core.word[CIM_TIMING_OFFSET / 4] == 12 && core.word[CIM_REFERENCE_OFFSET / 4] == 13 &&
	       core.word[CIM_SAMPLES_OFFSET / 4] == 14 && core.word[CIM_SEED_OFFSET / 4] == 15 && core.word[CIM_LSB_OFFSET(3u) / 4] == 4 && core.word[CIM_LOW_OFFSET(2u) / 4] == 7 &&
	       core.word[CIM_TREE_OFFSET(3u) / 4] == 5 && core.word[CIM_REPAIR_OFFSET(1u) / 4] == 7, "settings: a register holds another value");
	core.refuse_write = CIM_LOW_OFFSET(1u);
	expect(is(cim_configure(&bus, &s), CIM_ERROR_WRITE, CIM_LOW_OFFSET(1u), 6, 0), "settings: a refused write is not noticed");
}

static void programs(void)
{
	static const uint32_t code[16] = { 1, [9] = 99 };
	static const uint64_t beat[BEATS] = { 1, 2, 3, 4, 5 }, none[BEATS];
	uint64_t result[RESULTS];
	struct cim_program p = { code, 16, beat, BEATS, result, RESULTS };
	struct cim_counters n;

	fresh();
	core.word[CIM_CYCLES_OFFSET(0u) / 4] = 33;
	core.word[CIM_CYCLES_OFFSET(1u) / 4] = 1;
	core.word[CIM_WAIT_END_OFFSET(0u) / 4] = 65;
	expect(is(cim_begin(&bus, &p), CIM_OK, 0, 0, 0) && is(cim_finish(&bus, &p, &n), CIM_OK, 0, 0, 0), "program: refused");
	expect(core.word[CIM_PROG_OFFSET(1u, 1u) / 4] == 99 && result[2] == 102, "program: words or results at another place");
	expect(n.cycles == (1ull << 32) + 33 && n.wait_end == 65 && n.sent == BEATS && n.received == RESULTS, "program: other counters");
	expect(!core.word[CIM_CTRL_OFFSET / 4] && !core.word[CIM_STATUS_OFFSET / 4], "program: done or the interrupt is left");
	core.status = 7 << CIM_STATUS_PC_SHIFT | 2 << CIM_STATUS_CODE_SHIFT | CIM_STATUS_ERROR_MASK;
	cim_begin(&bus, &p);
	expect(is(cim_finish(&bus, &p, &n), CIM_ERROR_PROGRAM, CIM_STATUS_OFFSET, CIM_STATUS_DONE_MASK, core.status), "program: its error is not noticed");
	core.status = CIM_STATUS_BUSY_MASK | CIM_STATUS_DONE_MASK;
	cim_begin(&bus, &p);
	expect(is(cim_finish(&bus, &p, &n), CIM_ERROR_STATUS, CIM_STATUS_OFFSET, CIM_STATUS_DONE_MASK, core.status), "program: busy is not noticed");
	expect(core.word[CIM_CTRL_OFFSET / 4] == CIM_CTRL_ABORT_MASK, "program: a core that is still busy is not stopped");
	fresh();
	core.deaf = 1;
	expect(cim_begin(&bus, &p).error == CIM_ERROR_TIMEOUT, "program: a missing interrupt is not noticed");
	fresh();
	core.refuse_write = CIM_PROG_OFFSET(1u, 0u);
	expect(is(cim_begin(&bus, &p), CIM_ERROR_WRITE, CIM_PROG_OFFSET(0u, 0u), 0, 0), "program: a refused program is not noticed");
	expect(!core.results && !core.word[CIM_STATUS_OFFSET / 4], "program: started in spite of it");
	fresh();
	core.n_results = RESULTS + 1;
	cim_begin(&bus, &p);
	expect(is(cim_finish(&bus, &p, &n), CIM_ERROR_RECEIVED, 0, RESULTS, RESULTS + 1), "program: a result too many is not noticed");
	p.beats = none;
	cim_begin(&bus, &p);
	expect(is(cim_finish(&bus, &p, &n), CIM_ERROR_SENT, 0, BEATS, BEATS - 1), "program: a beat that stayed is not noticed");
}

static void stops(void)
{
	const uint32_t stopped = 9u << CIM_STATUS_CODE_SHIFT | CIM_STATUS_ERROR_MASK | CIM_STATUS_OUT_WAITING_MASK;

	fresh();
	core.word[CIM_STATUS_OFFSET / 4] = stopped;
	expect(is(cim_abort(&bus), CIM_OK, 0, 0, stopped), "abort: refused, or another STATUS");
	expect(core.word[CIM_CTRL_OFFSET / 4] == CIM_CTRL_ABORT_MASK && !(core.word[CIM_STATUS_OFFSET / 4] & CIM_STATUS_ERROR_MASK), "abort: not written, or the error is left");
	core.word[CIM_STATUS_OFFSET / 4] = CIM_STATUS_BUSY_MASK;
	expect(is(cim_abort(&bus), CIM_ERROR_STATUS, CIM_STATUS_OFFSET, 0, CIM_STATUS_BUSY_MASK), "abort: a core that stays busy is not noticed");
	core.refuse_write = CIM_CTRL_OFFSET;
	expect(is(cim_abort(&bus), CIM_ERROR_WRITE, CIM_CTRL_OFFSET, CIM_CTRL_ABORT_MASK, 0), "abort: a refused write is not noticed");
}

static void characterisation(void)
{
	const struct cim_character x = { 1, 7, 3, 2, 4, 256, 6, 5, -1 };
	uint32_t bins[3];

	fresh();
	core.word[CIM_HISTOGRAM_OFFSET(2u) / 4] = 77;
	core.busy = 2;
	expect(is(cim_characterise(&bus, &x, 3, bins, 3), CIM_OK, 0, 0, 0) && bins[2] == 77, "characterisation: refused");
	expect(core.word[CIM_CHAR_CTRL_OFFSET / 4] == (CIM_CHAR_CTRL_START_MASK | 1u << CIM_CHAR_CTRL_MODE_SHIFT | 7u << CIM_CHAR_CTRL_BITS_SHIFT | 3u << CIM_CHAR_CTRL_SET_SHIFT |
							  2u << CIM_CHAR_CTRL_TILE_SHIFT | 4u << CIM_CHAR_CTRL_LANE_SHIFT | 255u << CIM_CHAR_CTRL_REPEATS_SHIFT) &&
	       core.word[CIM_CHAR_LEVEL_OFFSET / 4] == 0xffffff && core.word[CIM_CHAR_STEP_OFFSET / 4] == 6 && core.word[CIM_CHAR_COUNT_OFFSET / 4] == 5,
	       "characterisation: a register holds another value");
	core.busy = 3;
	expect(cim_characterise(&bus, &x, 3, bins, 3).error == CIM_ERROR_TIMEOUT, "characterisation: one that does not end is not noticed");
}

int main(void)
{
	identity();
	settings();
	programs();
	stops();
	characterisation();
	return failures != 0;
}

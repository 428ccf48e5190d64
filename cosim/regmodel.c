/* The register map with the golden machine behind it: docs/isa.md sections 4 and 7.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/regmodel.h"
#include "common/mem.h"
#include "cosim/settings.h"
#include "cosim/thresholds.h"
#include "golden/faults.h"
#include "cim_regs.h"
#include <stdlib.h>
#include <string.h>

enum { REGISTERS = 64, WORD_BYTES = 4, INSN_WORDS = 8 };
enum state { IDLE, STARTED, RAN };

struct regmodel {
	struct gm_hw hw;
	struct gm_regs reset;
	bool product;
	unsigned watchdog;            /* reset value of WATCHDOG: what runs here at once never stops between two steps */
	int32_t *thresholds;          /* NULL: ideal ones */
	struct gf_faults faults;
	uint32_t hash[8];
	struct gm *machine;
	uint32_t *program;            /* [prog_depth][8] */
	uint32_t reg[REGISTERS];      /* what RW registers hold; CTRL: interrupt enable */
	struct ro_tree tree;
	uint32_t *histogram;          /* [1 << adc_bits] */
	/* STATUS */
	bool done, error;
	unsigned code;
	uint32_t pc;
	/* program and characterisation: at most one is not IDLE */
	enum state run, character;
	size_t needs;
	struct gm_counts counts;      /* of the last program that is over */
	struct gm_counts next;        /* of one that ran and is not over yet */
	unsigned next_code;
	/* result beats */
	uint64_t *beat;
	bool *last;
	size_t n, room;
};

/* ---- what each register is ---- */

/* bits that a write sets: RW registers; 0: read-only */
static uint32_t writable(uint32_t offset)
{
	switch (offset) {
	case CIM_CTRL_OFFSET: return CIM_CTRL_IRQ_ENABLE_MASK;
	case CIM_NUMBERS_OFFSET:
		return CIM_NUMBERS_INPUT_BITS_MASK | CIM_NUMBERS_INPUT_CODE_MASK | CIM_NUMBERS_WEIGHT_BITS_MASK | CIM_NUMBERS_WEIGHT_CODE_MASK;
	case CIM_TIMING_OFFSET: return CIM_TIMING_PRECHARGE_MASK | CIM_TIMING_EVALUATE_MASK | CIM_TIMING_COMPARE_MASK;
	case CIM_REFERENCE_OFFSET: return CIM_REFERENCE_PRECHARGE_MASK | CIM_REFERENCE_SHARE_MASK | CIM_REFERENCE_SETTLE_MASK;
	case CIM_SAMPLES_OFFSET: return CIM_SAMPLES_DRAWS_MASK;
	case CIM_SEED_OFFSET: return CIM_SEED_SEED_MASK;
	case CIM_WATCHDOG_OFFSET: return CIM_WATCHDOG_LIMIT_MASK;
	case CIM_CHAR_CTRL_OFFSET:
		return CIM_CHAR_CTRL_MODE_MASK | CIM_CHAR_CTRL_BITS_MASK | CIM_CHAR_CTRL_SET_MASK | CIM_CHAR_CTRL_TILE_MASK | CIM_CHAR_CTRL_LANE_MASK |
		       CIM_CHAR_CTRL_REPEATS_MASK;
	case CIM_CHAR_LEVEL_OFFSET: return CIM_CHAR_LEVEL_LEVEL_MASK;
	case CIM_CHAR_STEP_OFFSET: return CIM_CHAR_STEP_STEP_MASK;
	case CIM_CHAR_COUNT_OFFSET: return CIM_CHAR_COUNT_LEVELS_MASK;
	}
	if (offset >= CIM_LSB_OFFSET(0u) && offset <= CIM_LOW_OFFSET(CIM_LOW_COUNT - 1u))
		return offset % 8 ? CIM_LOW_COUNTS_MASK : CIM_LSB_COUNTS_MASK | CIM_LSB_NEAREST_MASK;
	return 0;
}

static uint32_t *reg(struct regmodel *m, uint32_t offset)
{
	return &m->reg[offset / WORD_BYTES];
}

/* one field of a register, by its name in the header */
#define GET(m, r, field) (((m)->reg[CIM_##r##_OFFSET / WORD_BYTES] & CIM_##r##_##field##_MASK) >> CIM_##r##_##field##_SHIFT)
#define PUT(r, field, value) ((uint32_t)(value) << CIM_##r##_##field##_SHIFT & CIM_##r##_##field##_MASK)

static bool busy(const struct regmodel *m)
{
	return m->run != IDLE || m->character != IDLE;
}

static int32_t sign(uint32_t value, int bits)
{
	return (int32_t)(value << (32 - bits)) >> (32 - bits);
}

static int within(int value, int least, int most)
{
	return value < least ? least : value > most ? most : value;
}

/* The registers as the golden machine takes them. What has no meaning (section 4) becomes the nearest that has one, so that no write can break the model. */
static struct gm_regs machine_regs(const struct regmodel *m)
{
	uint32_t weight = GET(m, NUMBERS, WEIGHT_CODE);
	struct gm_regs r = {
		.input_bits = within((int)GET(m, NUMBERS, INPUT_BITS), 1, 8), .weight_bits = within((int)GET(m, NUMBERS, WEIGHT_BITS), 1, 8),
		.input_code = GET(m, NUMBERS, INPUT_CODE) ? GC_SM : GC_TC,
		.weight_code = weight == 0 ? GC_TC : weight == 2 && !m->hw.immersed ? GC_DIF : GC_SM,
		.precharge = within((int)GET(m, TIMING, PRECHARGE), 1, 255), .evaluate = within((int)GET(m, TIMING, EVALUATE), 1, 255),
		.compare = within((int)GET(m, TIMING, COMPARE), 1, 255),
		.reference_precharge = within((int)GET(m, REFERENCE, PRECHARGE), 1, 255), .share = within((int)GET(m, REFERENCE, SHARE), 1, 255),
		.settle = within((int)GET(m, REFERENCE, SETTLE), 1, 255),
		.samples = within((int)GET(m, SAMPLES, DRAWS), 1, (1 << m->hw.adc_bits) - 1), .seed = (uint16_t)GET(m, SEED, SEED),
		.tree = m->hw.asymmetric ? &m->tree : NULL, .clocks = true, .product = m->product,
	};

	for (uint32_t s = 0; s < GM_SETS; s++) {
		uint32_t lsb = m->reg[CIM_LSB_OFFSET(s) / WORD_BYTES], low = m->reg[CIM_LOW_OFFSET(s) / WORD_BYTES];

		r.window[s] = (struct ro_window){ (int)(lsb & CIM_LSB_COUNTS_MASK), sign(low, 16), lsb & CIM_LSB_NEAREST_MASK };
	}
	return r;
}

/* ---- made, reset ---- */

void regmodel_reset(struct regmodel *m)
{
	const struct gm_regs *r = &m->reset;

	gm_free(m->machine);
	m->machine = gm_new(&m->hw, m->thresholds);
	gm_break(m->machine, &m->faults);
	memset(m->reg, 0, sizeof(m->reg));
	*reg(m, CIM_NUMBERS_OFFSET) = PUT(NUMBERS, INPUT_BITS, 8) | PUT(NUMBERS, WEIGHT_BITS, 8);
	*reg(m, CIM_TIMING_OFFSET) = PUT(TIMING, PRECHARGE, r->precharge) | PUT(TIMING, EVALUATE, r->evaluate) | PUT(TIMING, COMPARE, r->compare);
	*reg(m, CIM_REFERENCE_OFFSET) = PUT(REFERENCE, PRECHARGE, r->reference_precharge) | PUT(REFERENCE, SHARE, r->share) | PUT(REFERENCE, SETTLE, r->settle);
	*reg(m, CIM_SAMPLES_OFFSET) = PUT(SAMPLES, DRAWS, r->samples);
	*reg(m, CIM_SEED_OFFSET) = PUT(SEED, SEED, r->seed);
	*reg(m, CIM_WATCHDOG_OFFSET) = PUT(WATCHDOG, LIMIT, m->watchdog);
	for (uint32_t s = 0; s < GM_SETS; s++)
		*reg(m, CIM_LSB_OFFSET(s)) = 1;
	*reg(m, CIM_CHAR_STEP_OFFSET) = *reg(m, CIM_CHAR_COUNT_OFFSET) = 1;
	if (m->hw.asymmetric)
		gm_tree_reset(&m->hw, &m->tree);
	memset(m->histogram, 0, sizeof(*m->histogram) << m->hw.adc_bits);
	memset(&m->counts, 0, sizeof(m->counts));
	m->done = m->error = false;
	m->code = m->pc = 0;
	m->run = m->character = IDLE;
}

struct regmodel *regmodel_new(const struct engine_setup *s, bool product)
{
	struct regmodel *m = MEM_NEW(1, struct regmodel);
	struct cim_identity id;

	m->hw = *s->hw;
	m->reset = *s->reset;
	m->product = product;
	m->watchdog = s->watchdog;
	if (s->thresholds) {
		m->thresholds = MEM_NEW(thresholds_count(s->hw), int32_t);
		memcpy(m->thresholds, s->thresholds, thresholds_count(s->hw) * sizeof(*m->thresholds));
	}
	if (s->faults && s->faults->n) {
		m->faults = (struct gf_faults){ MEM_NEW(s->faults->n, struct gf_fault), s->faults->n };
		memcpy(m->faults.fault, s->faults->fault, s->faults->n * sizeof(*s->faults->fault));
	}
	settings_identity(s->hw, s->hash, m->hash, &id);
	m->program = MEM_NEW((size_t)m->hw.prog_depth * INSN_WORDS, uint32_t);
	m->histogram = MEM_NEW((size_t)1 << m->hw.adc_bits, uint32_t);
	regmodel_reset(m);
	return m;
}

void regmodel_free(struct regmodel *m)
{
	if (!m)
		return;
	gm_free(m->machine);
	gf_release(&m->faults);
	free(m->thresholds);
	free(m->program);
	free(m->histogram);
	free(m->beat);
	free(m->last);
	free(m);
}

/* ---- reads ---- */

static bool counter(const struct regmodel *m, uint32_t offset, uint64_t elapsed, uint64_t *value)
{
	const struct gm_counts *c = &m->counts;
	const struct { uint32_t offset; uint64_t value; } all[] = {
		{ CIM_CYCLES_OFFSET(0), m->run == IDLE ? c->cycles : elapsed }, { CIM_STALLS_OFFSET(0), 0 },
		{ CIM_ACTIVATIONS_OFFSET(0), c->activations }, { CIM_CONVERSIONS_OFFSET(0), c->conversions }, { CIM_COMPARISONS_OFFSET(0), c->comparisons },
		{ CIM_COMPARE_CLOCKS_OFFSET(0), c->compare_clocks }, { CIM_COMPUTE_CLOCKS_OFFSET(0), c->compute_clocks },
		{ CIM_CONVERT_CLOCKS_OFFSET(0), c->convert_clocks }, { CIM_SERVE_CLOCKS_OFFSET(0), c->serve_clocks },
		{ CIM_WAIT_LOAD_OFFSET(0), c->wait_load }, { CIM_WAIT_ACT_OFFSET(0), c->wait_act }, { CIM_WAIT_OUT_OFFSET(0), c->wait_out },
		{ CIM_WAIT_END_OFFSET(0), c->wait_end },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].offset == (offset & ~7u)) {
			*value = all[i].value & settings_counter_mask(&m->hw);
			return true;
		}
	return false;
}

static uint32_t status(const struct regmodel *m)
{
	return PUT(STATUS, BUSY, m->run != IDLE) | PUT(STATUS, DONE, m->done) | PUT(STATUS, ERROR, m->error) | PUT(STATUS, CODE, m->code) | PUT(STATUS, PC, m->pc);
}

static uint32_t identity(const struct regmodel *m, uint32_t offset)
{
	struct cim_identity id;
	uint32_t word[8];

	settings_identity(&m->hw, NULL, word, &id);
	switch (offset) {
	case CIM_ID_OFFSET: return CIM_ID_VALUE;
	case CIM_VERSION_OFFSET: return CIM_VERSION_VALUE;
	case CIM_GEOM0_OFFSET: return id.geom0;
	case CIM_GEOM1_OFFSET: return id.geom1;
	case CIM_GEOM2_OFFSET: return id.geom2;
	case CIM_DEPTH0_OFFSET: return id.depth0;
	case CIM_DEPTH1_OFFSET: return id.depth1;
	case CIM_DEPTH2_OFFSET: return id.depth2;
	case CIM_DEPTH3_OFFSET: return id.depth3;
	case CIM_READOUT_OFFSET: return id.readout;
	}
	return m->hash[(offset - CIM_HASH_OFFSET(0)) / WORD_BYTES]; /* what is left */
}

static bool is_register(uint32_t offset)
{
	return offset < REGISTERS * WORD_BYTES;
}

/* HISTOGRAM and TREE: entry of the window that begins at start, or -1 */
static long entry(const struct regmodel *m, uint32_t offset, uint32_t start)
{
	return offset >= start && (offset - start) / WORD_BYTES < 1u << m->hw.adc_bits ? (long)((offset - start) / WORD_BYTES) : -1;
}

int regmodel_read(struct regmodel *m, uint32_t offset, uint64_t elapsed, uint32_t *value)
{
	long bin = entry(m, offset &= ~3u, CIM_HISTOGRAM_OFFSET(0));
	uint64_t count;

	if (bin >= 0) {
		*value = m->histogram[bin];
		return 0;
	}
	if (!is_register(offset))
		return -1;
	if (counter(m, offset, elapsed, &count))
		*value = (uint32_t)(offset % 8 ? count >> 32 : count);
	else if (offset == CIM_STATUS_OFFSET)
		*value = status(m);
	else if (offset == CIM_CHAR_CTRL_OFFSET)
		*value = *reg(m, offset) | PUT(CHAR_CTRL, START, m->character != IDLE);
	else
		*value = writable(offset) ? *reg(m, offset) : identity(m, offset);
	return 0;
}

/* ---- writes ---- */

static uint32_t merge(uint32_t old, uint32_t value, unsigned strobes)
{
	uint32_t mask = 0;

	for (int i = 0; i < WORD_BYTES; i++)
		mask |= strobes >> i & 1 ? 0xffu << (8 * i) : 0;
	return (old & ~mask) | (value & mask);
}

static void start(struct regmodel *m)
{
	const struct gm_regs r = machine_regs(m);

	m->done = m->error = false;
	m->code = m->pc = 0;
	memset(&m->counts, 0, sizeof(m->counts));
	m->needs = gm_beats(&m->hw, &r, m->program, (size_t)m->hw.prog_depth);
	m->run = STARTED;
}

static void write_status(struct regmodel *m, uint32_t value)
{
	if (value & CIM_STATUS_DONE_MASK)
		m->done = false;
	if (value & CIM_STATUS_ERROR_MASK) {
		m->error = false;
		m->code = m->pc = 0;
	}
}

static void start_character(struct regmodel *m)
{
	uint32_t bits = GET(m, CHAR_CTRL, BITS);

	if (bits >= 1 && (int)bits <= m->hw.adc_bits && (int)GET(m, CHAR_CTRL, TILE) < m->hw.tiles && (int)GET(m, CHAR_CTRL, LANE) < m->hw.adcs)
		m->character = STARTED;
}

/* What runs ends where it stands: faults.md section 1. The model knows no time inside a program, so there is no pc and no counter to tell. */
static void write_abort(struct regmodel *m)
{
	if (busy(m)) {
		m->error = true;
		m->code = CIM_ERROR_ABORTED;
		m->pc = 0;
	}
	m->run = m->character = IDLE;
}

static int write_register(struct regmodel *m, uint32_t offset, uint32_t value, unsigned strobes)
{
	uint32_t mask = writable(offset);

	if (offset == CIM_STATUS_OFFSET) {
		write_status(m, merge(0, value, strobes));
		return 0;
	}
	if (!mask)
		return 0;
	if (busy(m) && offset != CIM_CTRL_OFFSET)
		return -1;
	*reg(m, offset) = merge(*reg(m, offset), value, strobes) & mask;
	if (offset == CIM_CTRL_OFFSET && merge(0, value, strobes) & CIM_CTRL_ABORT_MASK)
		write_abort(m);
	else if (offset == CIM_CTRL_OFFSET && merge(0, value, strobes) & CIM_CTRL_START_MASK && !busy(m))
		start(m);
	if (offset == CIM_CHAR_CTRL_OFFSET && merge(0, value, strobes) & CIM_CHAR_CTRL_START_MASK)
		start_character(m);
	return 0;
}

static void write_tree(struct regmodel *m, long k, uint32_t value)
{
	uint16_t mask = (uint16_t)((1u << m->hw.adc_bits) - 1), left = (uint16_t)((value & CIM_TREE_LEFT_MASK) >> CIM_TREE_LEFT_SHIFT);

	if (k == 0) {
		m->tree.root = left & mask;
		return;
	}
	m->tree.left[k] = left & mask;
	m->tree.right[k] = (uint16_t)((value & CIM_TREE_RIGHT_MASK) >> CIM_TREE_RIGHT_SHIFT) & mask;
}

int regmodel_write(struct regmodel *m, uint32_t offset, uint32_t value, unsigned strobes)
{
	size_t word;
	long k;

	offset &= ~3u;
	if (is_register(offset))
		return write_register(m, offset, value, strobes);
	if (entry(m, offset, CIM_HISTOGRAM_OFFSET(0)) >= 0)
		return 0;
	if (busy(m))
		return -1;
	k = m->hw.asymmetric && (strobes & 15) == 15 ? entry(m, offset, CIM_TREE_OFFSET(0)) : -1;
	if (k >= 0) {
		write_tree(m, k, value);
		return 0;
	}
	if (offset >= CIM_REPAIR_OFFSET(0)) {
		k = (long)((offset - CIM_REPAIR_OFFSET(0)) / WORD_BYTES);
		if (k >= m->hw.tiles * m->hw.spares || (strobes & 15) != 15)
			return -1;
		gm_repair(m->machine, (int)k / m->hw.spares, (int)k % m->hw.spares, value & (CIM_REPAIR_VALID_MASK | CIM_REPAIR_POSITION_MASK));
		return 0;
	}
	word = (offset - CIM_PROG_OFFSET(0, 0)) / WORD_BYTES;
	if (offset < CIM_PROG_OFFSET(0, 0) || word >= (size_t)m->hw.prog_depth * INSN_WORDS)
		return -1;
	m->program[word] = merge(m->program[word], value, strobes);
	return 0;
}

uint32_t *regmodel_program(struct regmodel *m, size_t *bytes)
{
	*bytes = (size_t)m->hw.prog_depth * INSN_WORDS * sizeof(*m->program);
	return m->program;
}

/* ---- running ---- */

bool regmodel_started(const struct regmodel *m)
{
	return m->run == STARTED || m->character == STARTED;
}

size_t regmodel_needs(const struct regmodel *m)
{
	return m->run == STARTED ? m->needs : 0;
}

static int on_out(void *ctx, const struct gm_out *o)
{
	struct regmodel *m = ctx;

	if (!o->to_stream)
		return 0;
	if (m->n == m->room) {
		m->room = m->room ? 2 * m->room : 256;
		m->beat = mem_realloc(m->beat, m->room, sizeof(*m->beat));
		m->last = mem_realloc(m->last, m->room, sizeof(*m->last));
	}
	m->beat[m->n] = (uint64_t)(uint16_t)o->q << 32 | (uint32_t)o->acc;
	m->last[m->n++] = o->last;
	return 0;
}

static uint64_t characterise(struct regmodel *m, const struct gm_regs *r)
{
	const struct gm_character x = {
		.references = GET(m, CHAR_CTRL, MODE), .bits = (int)GET(m, CHAR_CTRL, BITS), .set = (int)GET(m, CHAR_CTRL, SET), .tile = (int)GET(m, CHAR_CTRL, TILE),
		.lane = (int)GET(m, CHAR_CTRL, LANE), .repeats = (int)GET(m, CHAR_CTRL, REPEATS) + 1, .level = sign(GET(m, CHAR_LEVEL, LEVEL), 24),
		.step = (int)GET(m, CHAR_STEP, STEP), .count = (int)GET(m, CHAR_COUNT, LEVELS),
	};

	return gm_characterise(m->machine, r, &x, m->histogram);
}

void regmodel_run(struct regmodel *m, const uint64_t *beats, size_t n, struct regmodel_result *r)
{
	const struct gm_regs regs = machine_regs(m);
	const struct gm_sink sink = { .ctx = m, .out = on_out };
	struct err e = { 0 };

	if (!regmodel_started(m) || n < regmodel_needs(m))
		BUG("register model run with nothing started or %zu of %zu beats", n, regmodel_needs(m));
	memset(r, 0, sizeof(*r));
	m->n = 0;
	if (m->character == STARTED) {
		r->cycles = characterise(m, &regs);
		m->character = RAN;
		return;
	}
	/* what isa.md gives no code to (slices beyond the weight's and the like) stops here as wrong bits or nslice would */
	m->next_code = gm_run(m->machine, &regs, m->program, (size_t)m->hw.prog_depth, beats, n, &sink, &m->next, &r->used, &e) ? CIM_ERROR_BITS : 0;
	if (m->next.stop)
		m->next_code = (unsigned)m->next.stop;
	r->beat = m->beat;
	r->last = m->last;
	r->n = m->n;
	r->cycles = m->next.cycles;
	m->run = RAN;
}

void regmodel_finish(struct regmodel *m)
{
	if (m->run == RAN) {
		m->counts = m->next;
		m->done = !m->next_code;
		m->error = m->next_code;
		m->code = m->next_code;
		m->pc = m->next_code ? (uint32_t)m->next.stop_pc & 0xffff : 0;
		m->run = IDLE;
	}
	if (m->character == RAN)
		m->character = IDLE;
}

bool regmodel_irq(const struct regmodel *m)
{
	return (m->done || m->error) && GET(m, CTRL, IRQ_ENABLE);
}

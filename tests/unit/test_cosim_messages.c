/* cosim: every way in which a device can differ, in full words. The judge is fed with hand-made events, the driver with a device that answers as the case wants.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "cosim/judge.h"
#include "cosim/settings.h"
#include "cosim/thresholds.h"
#include "cim_regs.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct gm_hw hw = { .rows = 33, .cols = 7, .tiles = 3, .adcs = 4, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4,
	.prog_depth = 16, .act_depth = 64, .acc_depth = 64, .ch_depth = 64, .counter_bits = 64 };
static const uint32_t code[3 * 8] = { [2 * 8 + 6] = 7 | 2 << 12 }; /* pc 2: an ACT of 2 slices from slice 0 */

/* ---- the judge: one expected event of each kind, tile 1 ---- */

struct bench {
	struct cosim_job job;
	struct cosim_result r;
	struct expected x;
	struct judge j;
	struct judge_window window[3];
	struct shim_probe probe;
};

static void bench_init(struct bench *b, bool events)
{
	struct exp_round *round;
	size_t bytes = sizeof(*round) + 4 * exp_mask_words(&hw) + 2 * hw.adcs;

	memset(b, 0, sizeof(*b));
	b->job = (struct cosim_job){ .layer = "0.w2", .code = code, .n_instr = 3, .regs = { .input_bits = 3, .weight_bits = 2, .input_code = GC_TC, .weight_code = GC_TC } };
	b->x.hw = &hw;
	b->x.codes = aligned_alloc(64, 3 * sizeof(struct log));
	b->x.partials = aligned_alloc(64, 3 * sizeof(struct log));
	for (int t = 0; t < 3; t++) {
		log_init(&b->x.codes[t], &b->x.pool, bytes);
		log_init(&b->x.partials[t], &b->x.pool, sizeof(struct exp_partial));
	}
	log_init(&b->x.outs, &b->x.pool, sizeof(struct exp_out));
	log_init(&b->x.beats, &b->x.pool, sizeof(struct exp_beat));
	if (events) {
		round = log_slot(&b->x.codes[1]);
		memset(round, 0, bytes);
		*round = (struct exp_round){ .pc = 2, .position = 1, .first = 2, .n = 2, .plane = 2, .bits = 4 };
		round->words[0] = 3;
		((uint16_t *)(round->words + 1))[0] = 5;
		((uint16_t *)(round->words + 1))[1] = 9;
		log_push(&b->x.codes[1]);
		*(struct exp_partial *)log_slot(&b->x.partials[1]) = (struct exp_partial){ .address = 7, .partial = -33, .accumulator = 65, .pc = 2 };
		log_push(&b->x.partials[1]);
		*(struct exp_out *)log_slot(&b->x.outs) = (struct exp_out){ .address = 3, .channel = 6, .acc = 1000, .q = 125, .flags = 3, .pc = 2 };
		log_push(&b->x.outs);
		*(struct exp_beat *)log_slot(&b->x.beats) = (struct exp_beat){ 0x7d000003e8, 2, true };
		log_push(&b->x.beats);
	}
	atomic_store(&b->x.pool.done, true);
	b->j = (struct judge){ &hw, &b->job, &b->x, &b->r, b->window, true, true };
	judge_probe(&b->j, &b->probe);
}

static void bench_release(struct bench *b)
{
	expected_release(&b->x);
}

/* text NULL: no difference */
static void expect(struct bench *b, const char *text)
{
	assert_string_equal(b->r.first, text ? text : "");
	assert_int_equal(b->r.mismatches, text ? 1 : 0);
	bench_release(b);
}

static void t_cosim_messages_codes(void **state)
{
	static const struct { bool events; int plane, position; uint32_t mask; uint16_t code[4]; const char *text; } cases[] = {
		{ true, 2, 1, 3, { 5, 9 }, NULL },
		{ true, 2, 1, 3, { 5, 8 }, "layer '0.w2': tile 1, column 5, input bit 2 (plane 2, sign), weight bit 1 (slice 1, sign), pc 2: expected code 9, seen 8" },
		{ true, 2, 1, 3, { 4, 9 }, "layer '0.w2': tile 1, column 4, input bit 2 (plane 2, sign), weight bit 0 (slice 0), pc 2: expected code 5, seen 4" },
		{ true, 2, 1, 7, { 5, 9 }, "layer '0.w2': tile 1, input bit 2 (plane 2, sign), position 1, pc 2: expected converters 0x00000003 of lanes 0.. to take part, seen 0x00000007" },
		{ true, 1, 1, 3, { 5, 9 }, "layer '0.w2': tile 1, pc 2: expected a conversion of input bit 2 (plane 2, sign) at position 1, seen plane 1 at position 1" },
		{ false, 1, 1, 3, { 5, 9 }, "layer '0.w2': tile 1: a conversion at position 1 (columns 4..), input bit 1 (plane 1), after the last expected one" },
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bench_init(&b, cases[i].events);
		b.probe.codes(b.probe.ctx, 1, cases[i].plane, cases[i].position, 4, &cases[i].mask, cases[i].code);
		expect(&b, cases[i].text);
	}
}

/* weights in pairs of columns: every slice is a digit, none a sign */
static void t_cosim_messages_pairs(void **state)
{
	static const struct { enum gc_code code; int bits; const char *text; } cases[] = {
		{ GC_DIF, 4, "weight bit 1 (slice 1)" }, { GC_SM, 2, "weight bit 0 (slice 1, negative)" }, { GC_SM, 1, "weight bit 0 (slice 1, negative)" }, { GC_TC, 2, "weight bit 1 (slice 1, sign)" },
	};
	const uint32_t mask = 3;
	const uint16_t codes[4] = { 5, 8 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[160];
		struct bench b;

		bench_init(&b, true);
		b.job.regs.weight_code = cases[i].code;
		b.job.regs.weight_bits = cases[i].bits;
		b.probe.codes(b.probe.ctx, 1, 2, 1, 4, &mask, codes);
		snprintf(text, sizeof(text), "layer '0.w2': tile 1, column 5, input bit 2 (plane 2, sign), %s, pc 2: expected code 9, seen 8", cases[i].text);
		expect(&b, text);
	}
}

static void t_cosim_messages_partials(void **state)
{
	static const struct { bool events; int address; int32_t partial, accumulator; const char *text; } cases[] = {
		{ true, 7, -33, 65, NULL },
		{ true, 6, -33, 65, "layer '0.w2': tile 1, pc 2: expected a partial sum for accumulator 7, seen one for 6" },
		{ true, 7, -32, 66, "layer '0.w2': tile 1, accumulator 7, pc 2: expected partial sum -33, seen -32" },
		{ true, 7, -33, 66, "layer '0.w2': tile 1, accumulator 7, pc 2: expected accumulator value 65, seen 66 (partial sum -33 is right)" },
		{ false, 7, -33, 65, "layer '0.w2': tile 1: a partial sum for accumulator 7 after the last expected one" },
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bench_init(&b, cases[i].events);
		b.probe.partial(b.probe.ctx, 1, cases[i].address, cases[i].partial, cases[i].accumulator);
		expect(&b, cases[i].text);
	}
}

static void t_cosim_messages_outputs(void **state)
{
	static const struct { bool events; int address, channel, acc, q, flags; const char *text; } cases[] = {
		{ true, 3, 6, 1000, 125, 3, NULL },
		{ true, 3, 7, 1000, 125, 3, "layer '0.w2': pc 2: expected an output of channel 6, seen one of 7" },
		{ true, 3, 6, 1001, 125, 3, "layer '0.w2': output channel 6, pc 2: expected sum over tiles 1000, seen 1001" },
		{ true, 3, 6, 1000, -1, 3, "layer '0.w2': output channel 6, pc 2: expected requantised value 125 of 1000, seen -1" },
		{ true, 3, 6, 1000, 125, 2, "layer '0.w2': output channel 6, pc 2: expected flags 3 (1 buffer, 2 stream), seen 2" },
		{ true, 33, 6, 1000, 125, 3, "layer '0.w2': output channel 6, pc 2: expected buffer address 3, seen 33" },
		{ false, 3, 6, 1000, 125, 3, "layer '0.w2': an output of channel 6 after the last expected one" },
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bench_init(&b, cases[i].events);
		b.probe.out(b.probe.ctx, cases[i].address, cases[i].channel, cases[i].acc, cases[i].q, cases[i].flags);
		expect(&b, cases[i].text);
	}
}

static void t_cosim_messages_beats(void **state)
{
	static const struct { bool events; uint64_t data; bool last; const char *text; } cases[] = {
		{ true, 0x7d000003e8, true, NULL },
		{ true, 0x7d000003e9, true, "layer '0.w2': result beat 0, pc 2: expected 0x0000007d000003e8, seen 0x0000007d000003e9" },
		{ true, 0x7d000003e8, false, "layer '0.w2': result beat 0, pc 2: expected TLAST 1, seen 0" },
		{ false, 0x7d000003e8, true, "layer '0.w2': result beat 0 (0x0000007d000003e8) after the last expected one" },
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		bench_init(&b, cases[i].events);
		judge_beat(&b.j, cases[i].data, cases[i].last);
		expect(&b, cases[i].text);
	}
}

/* what never came, kind by kind, each found first when the kinds before it came */
static void t_cosim_messages_missing(void **state)
{
	static const char *const texts[] = {
		"layer '0.w2': tile 1: 1 expected conversions never came", "layer '0.w2': tile 1: 1 expected partial sums never came",
		"layer '0.w2': 1 expected outputs never came", "layer '0.w2': 1 expected result beats never came", "",
	};
	const uint32_t mask = 3;
	const uint16_t codes[4] = { 5, 9 };

	(void)state;
	for (int came = 0; came <= 4; came++) {
		struct bench b;

		bench_init(&b, true);
		if (came > 0)
			b.probe.codes(b.probe.ctx, 1, 2, 1, 4, &mask, codes);
		if (came > 1)
			b.probe.partial(b.probe.ctx, 1, 7, -33, 65);
		if (came > 2)
			b.probe.out(b.probe.ctx, 3, 6, 1000, 125, 3);
		if (came > 3)
			judge_beat(&b.j, 0x7d000003e8, true);
		judge_end(&b.j);
		assert_string_equal(b.r.first, texts[came]);
		assert_int_equal(b.r.mismatches, 4 - came);
		bench_release(&b);
	}
}

/* one count off by one; the search is binary, or asymmetric (golden's clocks decide, the prediction gives bounds), or stalled in a broadcast */
static void t_cosim_messages_counters(void **state)
{
	enum { NONE, ACT, CONV, COMP, P_ACT, P_CONV, P_COMP, P_COMPARE, P_COMPUTE, P_CONVERT, P_SERVE, STALLS, P_CYCLES, P_WINDOW, G_COMPUTE, G_COMPARE, G_CONVERT, G_SERVE, G_CYCLES, P_LOAD, P_ACTW, P_OUT, P_END, G_LOAD, G_ACTW, G_OUT, G_END, LEAST, MOST };
	enum { BINARY, ASYMMETRIC, ASYMMETRIC_IMMERSED, BROADCAST_STALLED };
	static const struct { int which, how; const char *text; } cases[] = {
		{ NONE, BINARY, NULL }, { NONE, ASYMMETRIC, NULL },
		{ ACT, BINARY, "layer '0.w2': activations: expected 7 (golden machine), seen 8" },
		{ CONV, BINARY, "layer '0.w2': conversions: expected 33 (golden machine), seen 34" },
		{ COMP, BINARY, "layer '0.w2': comparisons: expected 65 (golden machine), seen 66" },
		{ P_ACT, BINARY, "layer '0.w2': activations: expected 8 (predicted), seen 7" },
		{ P_CONV, BINARY, "layer '0.w2': conversions: expected 34 (predicted), seen 33" },
		{ P_COMP, BINARY, "layer '0.w2': comparisons: expected 66 (predicted), seen 65" },
		{ P_COMPARE, BINARY, "layer '0.w2': compare clocks: expected 101 (predicted), seen 100" },
		{ P_COMPUTE, BINARY, "layer '0.w2': compute clocks: expected 401 (predicted), seen 400" },
		{ P_CONVERT, BINARY, "layer '0.w2': convert clocks: expected 501 (predicted), seen 500" },
		{ P_SERVE, BINARY, "layer '0.w2': serve clocks: expected 601 (predicted), seen 600" },
		{ STALLS, BINARY, "layer '0.w2': stalled clocks: expected 0 (the host never starves a stream), seen 1" },
		{ P_CYCLES, BINARY, "layer '0.w2': cycles: expected 201 (predicted), seen 200" },
		{ P_WINDOW, BINARY, "layer '0.w2': converter window: expected 301 (predicted), seen 300" },
		{ G_COMPUTE, ASYMMETRIC, "layer '0.w2': compute clocks: expected 401 (golden machine), seen 400" },
		{ G_COMPARE, ASYMMETRIC, "layer '0.w2': compare clocks: expected 101 (golden machine), seen 100" },
		{ G_CONVERT, ASYMMETRIC, "layer '0.w2': convert clocks: expected 501 (golden machine), seen 500" },
		{ G_SERVE, ASYMMETRIC, "layer '0.w2': serve clocks: expected 601 (golden machine), seen 600" },
		{ G_CYCLES, ASYMMETRIC, "layer '0.w2': cycles: expected 201 (golden machine), seen 200" },
		{ P_LOAD, BINARY, "layer '0.w2': clocks LOAD waited: expected 11 (predicted), seen 10" },
		{ P_ACTW, BINARY, "layer '0.w2': clocks ACT waited: expected 21 (predicted), seen 20" },
		{ P_OUT, BINARY, "layer '0.w2': clocks OUT waited: expected 31 (predicted), seen 30" },
		{ P_END, BINARY, "layer '0.w2': clocks END waited: expected 41 (predicted), seen 40" },
		{ G_LOAD, ASYMMETRIC, "layer '0.w2': clocks LOAD waited: expected 11 (golden machine), seen 10" },
		{ G_ACTW, ASYMMETRIC, "layer '0.w2': clocks ACT waited: expected 21 (golden machine), seen 20" },
		{ G_OUT, ASYMMETRIC, "layer '0.w2': clocks OUT waited: expected 31 (golden machine), seen 30" },
		{ G_END, ASYMMETRIC_IMMERSED, "layer '0.w2': clocks END waited: expected 41 (golden machine), seen 40" },
		{ P_LOAD, ASYMMETRIC, NULL }, { P_END, ASYMMETRIC, NULL }, { P_OUT, BROADCAST_STALLED, NULL }, { G_ACTW, BROADCAST_STALLED, NULL },
		{ P_CYCLES, ASYMMETRIC, NULL }, { P_COMP, ASYMMETRIC, NULL }, { P_COMPARE, ASYMMETRIC, NULL }, { P_WINDOW, ASYMMETRIC, NULL },
		{ LEAST, ASYMMETRIC, "layer '0.w2': cycles: expected 201..210 (predicted), seen 200" },
		{ MOST, ASYMMETRIC, "layer '0.w2': cycles: expected 190..199 (predicted), seen 200" },
		{ LEAST, ASYMMETRIC_IMMERSED, NULL },
		{ G_CYCLES, ASYMMETRIC_IMMERSED, "layer '0.w2': cycles: expected 201 (golden machine), seen 200" },
		{ P_SERVE, BROADCAST_STALLED, NULL }, { P_CYCLES, BROADCAST_STALLED, NULL }, { G_SERVE, BROADCAST_STALLED, NULL },
		{ G_CONVERT, BROADCAST_STALLED, "layer '0.w2': convert clocks: expected 501 (golden machine), seen 500" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int w = cases[i].which, how = cases[i].how;
		struct gm_hw other = hw;
		struct bench b;

		bench_init(&b, false);
		other.asymmetric = how == ASYMMETRIC || how == ASYMMETRIC_IMMERSED;
		other.immersed = how == ASYMMETRIC_IMMERSED || how == BROADCAST_STALLED;
		other.network = GM_BROADCAST;
		b.j.hw = &other;
		b.job.regs.clocks = how != BINARY;
		b.job.stall = how == BROADCAST_STALLED ? 0.5 : 0;
		b.x.counts = (struct gm_counts){ 7, 33, 65, .cycles = 200 + (w == G_CYCLES), .compare_clocks = 100 + (w == G_COMPARE), .compute_clocks = 400 + (w == G_COMPUTE),
			.convert_clocks = 500 + (w == G_CONVERT), .serve_clocks = 600 + (w == G_SERVE),
			.wait_load = 10 + (w == G_LOAD), .wait_act = 20 + (w == G_ACTW), .wait_out = 30 + (w == G_OUT), .wait_end = 40 + (w == G_END) };
		b.r = (struct cosim_result){ .activations = 7 + (w == ACT), .conversions = 33 + (w == CONV), .comparisons = 65 + (w == COMP), .compare_clocks = 100, .compute_clocks = 400,
			.convert_clocks = 500, .serve_clocks = 600, .rtl_cycles = 200, .window = 300, .stalls = w == STALLS,
			.wait_load = 10, .wait_act = 20, .wait_out = 30, .wait_end = 40 };
		b.job.predicted_activations = 7 + (w == P_ACT);
		b.job.predicted_conversions = 33 + (w == P_CONV);
		b.job.predicted_comparisons = 65 + (w == P_COMP);
		b.job.predicted_compare_clocks = 100 + (w == P_COMPARE);
		b.job.predicted_compute_clocks = 400 + (w == P_COMPUTE);
		b.job.predicted_convert_clocks = 500 + (w == P_CONVERT);
		b.job.predicted_serve_clocks = 600 + (w == P_SERVE);
		b.job.predicted_wait_load = 10 + (w == P_LOAD);
		b.job.predicted_wait_act = 20 + (w == P_ACTW);
		b.job.predicted_wait_out = 30 + (w == P_OUT);
		b.job.predicted_wait_end = 40 + (w == P_END);
		b.job.predicted_cycles = 200 + (w == P_CYCLES);
		b.job.predicted_least = w == LEAST ? 201 : 190;
		b.job.predicted_most = w == MOST ? 199 : 210;
		b.job.predicted_window = 300 + (w == P_WINDOW);
		judge_end(&b.j);
		if (cases[i].text)
			assert_string_equal(b.r.first, cases[i].text);
		else
			assert_int_equal(b.r.mismatches, 0);
		bench_release(&b);
	}
}

/* adc's tables against golden's: 3 tiles, 4 lanes, 4 sets, 16 entries */
static void t_cosim_messages_thresholds(void **state)
{
	size_t n = thresholds_count(&hw), at = ((2 * 4 + 1) * 4 + 3) * 16 + 7;
	int32_t *own = MEM_NEW(n, int32_t), *theirs = MEM_NEW(n, int32_t);
	char digest[65], other[65], wanted[256];
	struct err e = { 0 };

	(void)state;
	assert_int_equal(n, 3 * 4 * 4 * 16);
	for (size_t i = 0; i < n; i++)
		own[i] = theirs[i] = (int32_t)i * 33 - 7000;
	theirs[16] = 1; /* entry 0 of a table is nothing */
	thresholds_digest(&hw, own, digest);
	assert_int_equal(thresholds_agree(&hw, theirs, digest, own, &e), 0);
	theirs[at] = -65;
	thresholds_digest(&hw, theirs, other);
	assert_string_not_equal(digest, other);
	assert_int_equal(thresholds_agree(&hw, theirs, other, own, &e), -1);
	assert_int_equal(e.code, ERR_DIFF);
	snprintf(wanted, sizeof(wanted), "thresholds: adc makes -65, golden 13823 for tile 2, converter 1, set 3, threshold 7 (SHA-256 %.16s.. and %.16s..)", other, digest);
	assert_string_equal(e.text, wanted);
	e = (struct err){ 0 };
	assert_int_equal(thresholds_agree(&hw, own, other, own, &e), -1);
	snprintf(wanted, sizeof(wanted), "thresholds: equal tables with SHA-256 %s (adc) and %s (golden)", other, digest);
	assert_string_equal(e.text, wanted);
	free(own);
	free(theirs);
}

/* ---- the driver on pins: a device of registers only ---- */

struct shim {
	struct shim_pins pins;
	uint64_t cycles;
	uint32_t aw, w, status;
	bool has_aw, has_w, b, r;
	/* what the case wants */
	uint32_t refuse_write, refuse_read; /* offsets; 1: none */
	uint32_t status_after;
	bool no_irq, irq_stays, no_beats, unstable, chatty, char_forever, stranger;
	const struct gm_hw *hw; /* what the identity registers say; NULL: hw */
	int resets; /* clocks in reset */
	const char *fault_at_start, *fault;
};

static struct shim *fake;

static struct shim *fake_make(const char *const *plusargs, const struct shim_probe *probe, const char *trace)
{
	(void)plusargs;
	(void)probe;
	(void)trace;
	return fake;
}

static void fake_free(struct shim *s) { (void)s; }
static struct shim_pins *fake_pins(struct shim *s) { return &s->pins; }
static uint64_t fake_cycles(struct shim *s) { return s->cycles; }
static const char *fake_fault(struct shim *s) { return s->fault; }

static void fake_write(struct shim *s)
{
	if (s->aw == CIM_CTRL_OFFSET && s->w & 1) {
		s->status = s->status_after;
		s->pins.irq = !s->no_irq;
		s->fault = s->fault_at_start;
	}
	if (s->aw == CIM_STATUS_OFFSET && !s->irq_stays)
		s->pins.irq = 0;
}

static uint32_t fake_word(const struct shim *s, uint32_t offset)
{
	struct cim_identity id;
	uint32_t none[8];

	settings_identity(s->hw ? s->hw : &hw, NULL, none, &id);
	switch (offset) {
	case CIM_STATUS_OFFSET: return s->status;
	case CIM_CHAR_CTRL_OFFSET: return s->char_forever;
	case CIM_ID_OFFSET: return s->stranger ? 0 : CIM_ID_VALUE;
	case CIM_VERSION_OFFSET: return CIM_VERSION_VALUE;
	case CIM_GEOM0_OFFSET: return id.geom0;
	case CIM_GEOM1_OFFSET: return id.geom1;
	case CIM_GEOM2_OFFSET: return id.geom2;
	case CIM_DEPTH0_OFFSET: return id.depth0;
	case CIM_DEPTH1_OFFSET: return id.depth1;
	case CIM_DEPTH2_OFFSET: return id.depth2;
	case CIM_DEPTH3_OFFSET: return id.depth3;
	case CIM_READOUT_OFFSET: return id.readout;
	default: return offset >= CIM_HISTOGRAM_OFFSET(0) ? offset - CIM_HISTOGRAM_OFFSET(0) : 0;
	}
}

static void fake_clock(struct shim *s)
{
	struct shim_pins *p = &s->pins;

	s->cycles++;
	s->resets += !p->rst_n;
	p->awready = p->wready = p->arready = 1;
	p->s_tready = !s->no_beats;
	p->m_tvalid = (s->unstable && s->cycles % 2) || s->chatty;
	s->chatty &= !(p->m_tvalid && p->m_tready);
	p->bvalid = s->b;
	p->bresp = s->aw == s->refuse_write ? 2 : 0;
	if (s->b && p->bready)
		s->b = false;
	p->rvalid = s->r;
	if (s->r && p->rready)
		s->r = false;
	if (p->awvalid) {
		s->aw = p->awaddr;
		s->has_aw = true;
	}
	if (p->wvalid) {
		s->w = p->wdata;
		s->has_w = true;
	}
	if (s->has_aw && s->has_w) {
		s->has_aw = s->has_w = false;
		s->b = true;
		fake_write(s);
	}
	if (p->arvalid) {
		p->rdata = fake_word(s, p->araddr);
		p->rresp = p->araddr == s->refuse_read ? 2 : 0;
		s->r = true;
	}
}

static const struct device_lib fake_lib = { .api = { fake_make, fake_free, fake_pins, fake_clock, fake_cycles, fake_fault } };

static void t_cosim_messages_driver(void **state)
{
	static const uint64_t stream[3];
	static const struct ro_tree tree = { .root = 1, .left = { 0 }, .right = { [1] = 2, [2] = 3, [3] = 4, [14] = 15 } };
	static const struct { struct shim device; double stall; const char *text; const struct ro_tree *tree; } cases[] = {
		{ { .status_after = 2, .refuse_write = 1, .refuse_read = 1 }, 0, "" },
		{ { .status_after = 2, .refuse_write = CIM_REFERENCE_OFFSET, .refuse_read = 1 }, 0, "layer '0.w2': register 0x00058: a write of 0x00060504 was not accepted (no answer, or an error response)" },
		{ { .status_after = 2, .refuse_write = CIM_SAMPLES_OFFSET, .refuse_read = 1 }, 0, "layer '0.w2': register 0x0005c: a write of 0x00000007 was not accepted (no answer, or an error response)" },
		{ { .status_after = 2, .refuse_write = CIM_SEED_OFFSET, .refuse_read = 1 }, 0, "layer '0.w2': register 0x000c8: a write of 0x00000021 was not accepted (no answer, or an error response)" },
		{ { .status_after = 2, .refuse_write = CIM_TREE_OFFSET(1), .refuse_read = 1 }, 0, "", NULL },
		{ { .status_after = 2, .refuse_write = CIM_TREE_OFFSET(0), .refuse_read = 1 }, 0, "layer '0.w2': register 0x220000: a write of 0x00000001 was not accepted (no answer, or an error response)", &tree },
		{ { .status_after = 2, .refuse_write = CIM_TREE_OFFSET(14), .refuse_read = 1 }, 0, "layer '0.w2': register 0x220038: a write of 0x000f0000 was not accepted (no answer, or an error response)", &tree },
		{ { .status_after = 2, .refuse_write = 1, .refuse_read = CIM_SERVE_CLOCKS_OFFSET(1) }, 0, "layer '0.w2': register 0x000c4: a read failed (no answer, or an error response)" },
		{ { .status_after = 2, .refuse_write = 1, .refuse_read = CIM_WAIT_END_OFFSET(1) }, 0, "layer '0.w2': register 0x000fc: a read failed (no answer, or an error response)" },
		{ { .status_after = 2, .refuse_write = CIM_TIMING_OFFSET, .refuse_read = 1 }, 0, "layer '0.w2': register 0x00054: a write of 0x00030201 was not accepted (no answer, or an error response)" },
		{ { .status_after = 2, .refuse_write = 1, .refuse_read = CIM_CYCLES_OFFSET(0) }, 0, "layer '0.w2': register 0x00080: a read failed (no answer, or an error response)" },
		{ { .status_after = 2, .refuse_write = 1, .refuse_read = 1, .no_irq = true, .fault_at_start = "rtl/cim_top.sv:7: $finish" }, 0, "layer '0.w2': the device stopped: rtl/cim_top.sv:7: $finish" },
		{ { .status_after = 7 << 16 | 2 << 4 | 6, .refuse_write = 1, .refuse_read = 1 }, 0, "layer '0.w2': the device reports error 2 at pc 7 (isa.md section 4)" },
		{ { .status_after = 3, .refuse_write = 1, .refuse_read = 1 }, 0, "layer '0.w2': STATUS: expected done and not busy, seen 0x00000003" },
		{ { .status_after = 2, .refuse_write = 1, .refuse_read = 1, .no_beats = true }, 0, "layer '0.w2': 0 of 3 input beats were taken" },
		{ { .status_after = 2, .refuse_write = 1, .refuse_read = 1, .irq_stays = true }, 0, "layer '0.w2': the interrupt stays after done was cleared" },
		{ { .status_after = 2, .refuse_write = CIM_PROG_OFFSET(2, 7), .refuse_read = 1 }, 0, "layer '0.w2': program memory: a write of 3 instructions was not accepted (no answer, or an error response)" },
		{ { .status_after = 2, .refuse_write = 1, .refuse_read = 1, .no_irq = true }, 0, "layer '0.w2': no interrupt within 10132 clocks (predicted 0): 3 of 3 input beats taken, 0 of 0 result beats seen" },
		{ { .status_after = 2, .refuse_write = 1, .refuse_read = 1, .chatty = true }, 0, "layer '0.w2': 1 result beats instead of 0" },
		{ { .status_after = 2, .refuse_write = 1, .refuse_read = 1, .unstable = true }, 0.5, "layer '0.w2': result stream: TVALID, TDATA or TLAST changed before TREADY (beat 0)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct shim device = cases[i].device;
		struct cosim_job job = { .layer = "0.w2", .code = code, .n_instr = 3, .predicted_most = 33,
			.regs = { .precharge = 1, .evaluate = 2, .compare = 3, .reference_precharge = 4, .share = 5, .settle = 6, .samples = 7, .seed = 33, .tree = cases[i].tree },
			.stream = stream, .n_beats = 3, .stall = cases[i].stall, .seed = 12 };
		struct cosim_result r = { 0 };
		struct cosim_setup setup = { .hw = hw };
		struct err e = { 0 };
		struct cosim *c;

		device.hw = &setup.hw;
		setup.hw.asymmetric = true;
		fake = &device;
		c = cosim_open(&fake_lib, &setup, &e);
		assert_non_null(c);
		assert_int_equal(cosim_run(c, &job, &r, &e), 0);
		assert_string_equal(r.first, cases[i].text);
		cosim_result_release(&r);
		cosim_close(c);
	}
}

/* a device that is another one: the first identity register says so */
static void t_cosim_messages_identity(void **state)
{
	struct shim device = { .status_after = 2, .refuse_write = 1, .refuse_read = 1, .stranger = true };
	struct cosim_setup setup = { .hw = hw };
	struct cosim_job job = { .layer = "0.w2", .code = code, .n_instr = 3 };
	struct cosim_result r;
	struct err e = { 0 };
	struct cosim *c;

	(void)state;
	fake = &device;
	c = cosim_open(&fake_lib, &setup, &e);
	assert_non_null(c);
	assert_int_equal(cosim_run(c, &job, &r, &e), 0);
	assert_string_equal(r.first, "layer '0.w2': register ID (0x000): expected 0x434d4931, seen 0x00000000");
	cosim_result_release(&r);
	cosim_close(c);
}

static void t_cosim_messages_characterisation(void **state)
{
	static const struct { struct shim device; const char *text; } cases[] = {
		{ { .refuse_write = 1, .refuse_read = 1 }, "" },
		{ { .refuse_write = CIM_CHAR_LEVEL_OFFSET, .refuse_read = 1 }, "characterisation: a write of 0x00fffff9 to register 0x000d4 was not accepted (no answer, or an error response)" },
		{ { .refuse_write = CIM_CHAR_CTRL_OFFSET, .refuse_read = 1 }, "characterisation: a write of 0x20030b73 to register 0x000d0 was not accepted (no answer, or an error response)" },
		{ { .refuse_write = 1, .refuse_read = CIM_HISTOGRAM_OFFSET(1) }, "characterisation: a read of register 0x230004 failed (no answer, or an error response)" },
		{ { .refuse_write = 1, .refuse_read = 1, .char_forever = true }, "characterisation of tile 2, converter 3 does not end" },
	};
	const struct cosim_character x = { .references = true, .bits = 7, .set = 3, .tile = 2, .lane = 3, .repeats = 33, .step = 1, .count = 7, .level = -7 };
	const struct gm_regs regs = { .compare = 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct shim device = cases[i].device;
		struct cosim_setup setup = { .hw = hw };
		uint32_t histogram[16];
		struct err e = { 0 };
		struct cosim *c;
		int rc;

		fake = &device;
		c = cosim_open(&fake_lib, &setup, &e);
		assert_non_null(c);
		rc = cosim_characterise(c, &regs, &x, histogram, &e);
		assert_string_equal(e.text, cases[i].text);
		assert_int_equal(rc, i == 0 ? 0 : -1);
		assert_int_equal(e.code, i == 0 ? ERR_NONE : ERR_DIFF);
		for (uint32_t k = 0; k < 16 && i == 0; k++)
			assert_int_equal(histogram[k], 4 * k);
		cosim_close(c);
	}
}

/* what only a reset brings back: the first search tree */
static void t_cosim_messages_reset(void **state)
{
	static const struct ro_tree tree = { .root = 1 };
	static const struct { bool immersed; const struct ro_tree *tree[3]; int resets; } cases[] = {
		{ false, { NULL, NULL, NULL }, 1 }, { false, { &tree, &tree, &tree }, 1 }, { false, { NULL, &tree, &tree }, 1 }, { false, { &tree, NULL, NULL }, 2 },
		{ false, { &tree, NULL, &tree }, 2 }, { true, { NULL, NULL, NULL }, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct shim device = { .status_after = 2, .refuse_write = 1, .refuse_read = 1 };
		struct cosim_setup setup = { .hw = hw };
		struct err e = { 0 };
		struct cosim *c;

		device.hw = &setup.hw;
		setup.hw.asymmetric = true;
		setup.hw.immersed = cases[i].immersed;
		fake = &device;
		c = cosim_open(&fake_lib, &setup, &e);
		assert_non_null(c);
		for (int run = 0; run < 3; run++) {
			struct cosim_job job = { .layer = "0.w2", .code = code, .n_instr = 3, .regs.tree = cases[i].tree[run] };
			struct cosim_result r;

			assert_int_equal(cosim_run(c, &job, &r, &e), 0);
			assert_string_equal(r.first, "");
			cosim_result_release(&r);
		}
		assert_int_equal(device.resets % cases[i].resets, 0);
		assert_int_equal(device.resets / cases[i].resets, 4); /* clocks of one */
		cosim_close(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_cosim_messages_codes),
		cmocka_unit_test(t_cosim_messages_pairs),
		cmocka_unit_test(t_cosim_messages_partials),
		cmocka_unit_test(t_cosim_messages_outputs),
		cmocka_unit_test(t_cosim_messages_beats),
		cmocka_unit_test(t_cosim_messages_missing),
		cmocka_unit_test(t_cosim_messages_counters),
		cmocka_unit_test(t_cosim_messages_thresholds),
		cmocka_unit_test(t_cosim_messages_driver),
		cmocka_unit_test(t_cosim_messages_identity),
		cmocka_unit_test(t_cosim_messages_characterisation),
		cmocka_unit_test(t_cosim_messages_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

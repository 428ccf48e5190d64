/* The judge must notice: a golden machine plays the RTL, every kind of event is altered once, in the first and in the last of its kind, and each alteration
 * has to be counted. Without an alteration nothing may be.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/judge.h"
#include "cosim/settings.h"
#include "test_golden_machine.h"

static const struct gm_hw hw = { .rows = 8, .cols = 10, .tiles = 2, .adcs = 4, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .sample_hold = true, .kind = RO_STOCHASTIC,
	.prog_depth = 32, .act_depth = 64, .acc_depth = 32, .ch_depth = 32, .counter_bits = 64 };
static const struct gm_regs regs = { .input_bits = 4, .weight_bits = 2, .input_code = GC_TC, .weight_code = GC_TC, .window = { { 1, 0, false }, { 1, 0, false }, { 1, 0, false }, { 1, 0, false } },
	.precharge = 1, .evaluate = 1, .compare = 1, .reference_precharge = 1, .share = 1, .settle = 1, .samples = 7, .seed = 0x1234, .clocks = true };

/* what the machine said, as the probes say it */
struct round { int tile, plane, position; uint32_t mask; uint16_t code[4]; };
static struct { struct round round[512]; int rounds; struct gm_partial partial[256]; int partials; struct gm_out out[64]; int outs; } said;

static int take_codes(void *ctx, const struct gm_codes *g)
{
	(void)ctx;
	for (int i = 0; i < g->n; ) {
		struct round *r = &said.round[said.rounds++];

		*r = (struct round){ g->tile, g->plane, g->column[i] / hw.adcs, 0, { 0 } };
		for (; i < g->n && g->column[i] / hw.adcs == r->position; i++) {
			r->mask |= 1u << g->column[i] % hw.adcs;
			r->code[g->column[i] % hw.adcs] = g->code[i];
		}
	}
	return 0;
}

static int take_partial(void *ctx, const struct gm_partial *g)
{
	(void)ctx;
	said.partial[said.partials++] = *g;
	return 0;
}

static int take_out(void *ctx, const struct gm_out *g)
{
	(void)ctx;
	said.out[said.outs++] = *g;
	return 0;
}

/* load, two activations on both tiles, one output each to the buffer and the stream */
static void program(struct asm_prog *p)
{
	put(p, W0(5, 0, 0, 0, 0), HALVES(0, 0), 0, 0, 0, HALVES(0, 5), 0, 0);                                           /* PARAM 5 */
	put(p, W0(6, 0, 0, 1, 2), SPAN(0, 1, 8), 0, 0, 0, 0, 0, 0);                                                     /* LOAD */
	put(p, W0(7, 0, 0, 0, 0), 0, 0, HALVES(0, 8), HALVES(1, 0), HALVES(0, 8), 0, 0);                                /* XIN 8 */
	put(p, W0(8, 0, 0, 1, 2), SPAN(0, 1, 8), SPAN(0, 1, 10), HALVES(0, 8), HALVES(1, 0), HALVES(0, 8), W6(4, 0, 0, 2, 0), 0);
	put(p, W0(8, 1, 0, 1, 2), SPAN(0, 1, 5), SPAN(0, 1, 10), HALVES(0, 8), HALVES(1, 0), HALVES(0, 8), W6(4, 0, 0, 2, 0), 0);
	put(p, W0(9, 7, 0, 1, 2), HALVES(0, 0), 0, HALVES(20, 5), HALVES(1, 0), HALVES(0, 5), W6(0, 0, 0, 0, 0), 0);    /* OUT 5: buffer, stream, TLAST */
	put_end(p);
}

static struct asm_prog prog;
static uint64_t stream[14];
static struct gm_counts counts;

static int prepare(void **state)
{
	const struct gm_sink sink = { NULL, take_codes, take_partial, take_out };
	struct gm *g = gm_new(&hw, NULL);
	struct err e = { 0 };
	size_t used;

	(void)state;
	program(&prog);
	for (int i = 0; i < 5; i++)
		stream[i] = (uint64_t)(i + 1) << 16 | (1000 + 77 * i);
	for (int i = 5; i < 13; i++)
		stream[i] = 0x2a5u * (uint64_t)i;
	stream[13] = 0x0706050403020107;
	if (gm_run(g, &regs, &prog.w[0][0], prog.n, stream, 14, &sink, &counts, &used, &e))
		fail_msg("%s", e.text);
	gm_free(g);
	assert_int_equal(said.outs, 5);
	assert_true(said.rounds > 20 && said.partials == 2 * 2 * 5);
	return 0;
}

/* alterations: 0 none; what of which event; the numbers in `register` are counters of the result */
enum what { NOTHING, CODE, MASK, PLANE, POSITION, NO_ROUND, MORE_ROUNDS, ADDRESS, PARTIAL, ACCUMULATOR, NO_PARTIAL, MORE_PARTIALS, CHANNEL, ACC, Q, FLAGS, OUT_ADDRESS, NO_OUT, MORE_OUTS,
	DATA_LOW, DATA_HIGH, LAST, NO_BEAT, MORE_BEATS, WINDOW, SEED, WEIGHT, COUNTER };

static const char *const names[] = { "activations", "conversions", "comparisons", "compare clocks", "compute clocks", "convert clocks", "serve clocks", "cycles", "waits of LOAD", "waits of ACT",
	"waits of OUT", "waits of END", "stalls" };

static void set_counters(struct cosim_result *r)
{
	r->activations = counts.activations;
	r->conversions = counts.conversions;
	r->comparisons = counts.comparisons;
	r->compare_clocks = counts.compare_clocks;
	r->compute_clocks = counts.compute_clocks;
	r->convert_clocks = counts.convert_clocks;
	r->serve_clocks = counts.serve_clocks;
	r->rtl_cycles = counts.cycles;
	r->wait_load = counts.wait_load;
	r->wait_act = counts.wait_act;
	r->wait_out = counts.wait_out;
	r->wait_end = counts.wait_end;
}

static uint64_t *counter(struct cosim_result *r, int k)
{
	uint64_t *const at[] = { &r->activations, &r->conversions, &r->comparisons, &r->compare_clocks, &r->compute_clocks, &r->convert_clocks, &r->serve_clocks, &r->rtl_cycles, &r->wait_load,
		&r->wait_act, &r->wait_out, &r->wait_end, &r->stalls };

	return at[k];
}

static void play(const struct shim_probe *p, struct judge *j, enum what what, int k)
{
	for (int i = 0; i < said.rounds; i++) {
		struct round r = said.round[i];
		bool it = i == k;

		if (it && what == NO_ROUND)
			continue;
		r.code[3 * (r.mask >> 3 & 1)] ^= it && what == CODE;
		r.mask ^= (it && what == MASK) << 1;
		r.plane ^= it && what == PLANE;
		r.position ^= it && what == POSITION;
		p->codes(p->ctx, r.tile, r.plane, r.position, hw.adcs, &r.mask, r.code);
	}
	if (what == MORE_ROUNDS)
		p->codes(p->ctx, said.round[k].tile, 0, 0, hw.adcs, &said.round[k].mask, said.round[k].code);
	for (int i = 0; i < said.partials; i++) {
		struct gm_partial x = said.partial[i];
		bool it = i == k;

		if (it && what == NO_PARTIAL)
			continue;
		p->partial(p->ctx, x.tile, x.address ^ (it && what == ADDRESS), x.partial ^ (it && what == PARTIAL), x.accumulator ^ ((it && what == ACCUMULATOR) << 30));
	}
	if (what == MORE_PARTIALS)
		p->partial(p->ctx, 1, 0, 0, 0);
	for (int i = 0; i < said.outs; i++) {
		struct gm_out x = said.out[i];
		bool it = i == k;

		if (it && what == NO_OUT)
			continue;
		p->out(p->ctx, x.address ^ (it && what == OUT_ADDRESS) << 3, x.channel ^ (it && what == CHANNEL), x.acc ^ (it && what == ACC), x.q ^ (it && what == Q), 3 ^ (it && what == FLAGS) << 1);
	}
	if (what == MORE_OUTS)
		p->out(p->ctx, 20, 0, 0, 0, 3);
	for (int i = 0; i < said.outs; i++) {
		uint64_t data = (uint64_t)(uint16_t)said.out[i].q << 32 | (uint32_t)said.out[i].acc;
		bool it = i == k;

		if (it && what == NO_BEAT)
			continue;
		judge_beat(j, data ^ (it && what == DATA_LOW) ^ (uint64_t)(it && what == DATA_HIGH) << 47, said.out[i].last ^ (it && what == LAST));
	}
	if (what == MORE_BEATS)
		judge_beat(j, 0, false);
	p->take(p->ctx, 0, 100);
	p->take(p->ctx, 0, 120);
	p->finish(p->ctx, 0, 130);
	p->finish(p->ctx, 0, 150 + (what == WINDOW));
	p->load(p->ctx, 0, 151);
}

/* how many differences the judge counts */
static uint64_t judged(enum what what, int k)
{
	struct cosim_job job = { .layer = "played", .regs = regs, .code = &prog.w[0][0], .n_instr = prog.n, .stream = stream, .n_beats = 14, .n_outputs = 5 };
	struct judge_window window[2] = { { 0 } };
	struct cosim_result r = { 0 };
	struct judge j = { .hw = &hw, .job = &job, .r = &r, .window = window, .on = true, .windows = true };
	uint64_t other[14];
	struct expected x;
	struct err e = { 0 };
	struct shim_probe p;

	job.predicted_cycles = job.predicted_least = job.predicted_most = counts.cycles;
	job.predicted_activations = counts.activations;
	job.predicted_conversions = counts.conversions;
	job.predicted_comparisons = counts.comparisons;
	job.predicted_compare_clocks = counts.compare_clocks;
	job.predicted_compute_clocks = counts.compute_clocks;
	job.predicted_convert_clocks = counts.convert_clocks;
	job.predicted_serve_clocks = counts.serve_clocks;
	job.predicted_wait_load = counts.wait_load;
	job.predicted_wait_act = counts.wait_act;
	job.predicted_wait_out = counts.wait_out;
	job.predicted_wait_end = counts.wait_end;
	job.predicted_window = 50;
	if (what == SEED)
		job.regs.seed ^= 1 << k;
	memcpy(other, stream, sizeof(other));
	other[5] ^= what == WEIGHT;
	job.stream = other;
	struct gm *g = gm_new(&hw, NULL);

	assert_int_equal(expected_start(&x, &hw, g, &job, true, &e), 0);
	j.x = &x;
	judge_probe(&j, &p);
	set_counters(&r);
	if (what == COUNTER)
		*counter(&r, k) ^= 1;
	play(&p, &j, what, k);
	expected_join(&x);
	judge_end(&j);
	assert_int_equal(r.mismatches == 0, !r.first[0]);
	if (what == NOTHING) {
		assert_true(r.codes == counts.conversions && r.partials == (uint64_t)said.partials && r.outs == 5 && r.beats == 5);
		assert_int_equal(r.window, 50);
	}
	expected_release(&x);
	gm_free(g);
	return r.mismatches;
}

static void t_equal(void **state)
{
	(void)state;
	assert_int_equal(judged(NOTHING, -1), 0);
}

static void t_every_kind(void **state)
{
	const int last_round = said.rounds - 1, last_partial = said.partials - 1;
	const struct { enum what what; int last; const char *name; } kind[] = {
		{ CODE, last_round, "code" }, { MASK, last_round, "lanes" }, { PLANE, last_round, "plane" }, { POSITION, last_round, "position" }, { NO_ROUND, last_round, "a round less" },
		{ MORE_ROUNDS, last_round, "a round more" }, { ADDRESS, last_partial, "address of a partial sum" }, { PARTIAL, last_partial, "partial sum" }, { ACCUMULATOR, last_partial, "accumulator" },
		{ NO_PARTIAL, last_partial, "a partial sum less" }, { MORE_PARTIALS, 0, "a partial sum more" }, { CHANNEL, 4, "channel" }, { ACC, 4, "sum" }, { Q, 4, "requantised value" }, { FLAGS, 4, "flags" },
		{ OUT_ADDRESS, 4, "buffer address" }, { NO_OUT, 4, "an output less" }, { MORE_OUTS, 0, "an output more" }, { DATA_LOW, 4, "beat" }, { DATA_HIGH, 4, "beat's top bit" }, { LAST, 4, "TLAST" },
		{ NO_BEAT, 4, "a beat less" }, { MORE_BEATS, 0, "a beat more" }, { WINDOW, 0, "window" }, { WEIGHT, 0, "another weight" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kind) / sizeof(*kind); i++)
		for (int k = 0; k <= kind[i].last; k += kind[i].last ? kind[i].last : 1)
			if (!judged(kind[i].what, k))
				fail_msg("nobody noticed: %s, event %d", kind[i].name, k);
}

static void t_every_counter(void **state)
{
	(void)state;
	for (int k = 0; k < (int)(sizeof(names) / sizeof(*names)); k++)
		if (!judged(COUNTER, k))
			fail_msg("nobody noticed: %s", names[k]);
}

/* the same thresholds, another seed of the draws on one side */
static void t_seed(void **state)
{
	(void)state;
	for (int k = 0; k < 16; k += 5)
		if (!judged(SEED, k))
			fail_msg("nobody noticed: bit %d of the seed", k);
}

/* The draws themselves, worked out here from the cells and inputs: converter id starts where numerics.md section 4 says, whatever both machines agree on. */
static void t_draws(void **state)
{
	const struct ro_conv conv = { .kind = RO_STOCHASTIC, .bits = hw.adc_bits, .samples = regs.samples };
	uint16_t lfsr[2][4];
	int32_t T[16];
	int seen_of[2] = { 0, 0 };

	(void)state;
	ro_ideal_table(&regs.window[0], hw.adc_bits, hw.grid_bits, T);
	for (int id = 0; id < 8; id++)
		lfsr[id / 4][id % 4] = ro_lfsr_start(regs.seed, id);
	for (int i = 0; i < said.rounds; i++) {
		const struct round *r = &said.round[i];
		int rows = seen_of[r->tile]++ < 4 * 3 ? 8 : 5; /* of the first activation, of the second */

		for (int lane = 0; lane < hw.adcs; lane++) {
			int level = 0;

			if (!(r->mask >> lane & 1))
				continue;
			for (int row = 0; row < rows; row++)
				level += (int)(stream[13] >> (8 * row + r->plane) & 1) * (int)(stream[5 + row] >> (r->position * hw.adcs + lane) & 1);
			assert_int_equal(r->code[lane], ro_convert(&conv, T, hw.adc_bits, level << hw.grid_bits, &lfsr[r->tile][lane]).code);
		}
	}
}

/* what the device is told: every field at the place that docs/isa.md section 4 gives it */
static void t_settings(void **state)
{
	struct ro_tree tree = { .root = 8, .left = { 0, 2, 3 }, .right = { 0, 5, 6 } };
	const struct gm_regs g = { .input_bits = 5, .input_code = GC_SM, .weight_bits = 7, .weight_code = GC_DIF, .window = { { 3, -4, true }, { 9, 10, false }, { 11, 12, true }, { 13, 14, false } },
		.precharge = 21, .evaluate = 22, .compare = 23, .reference_precharge = 24, .share = 25, .settle = 26, .samples = 27, .seed = 0xbeef, .tree = &tree };
	struct gm_hw search = hw;
	struct cim_settings s;
	uint32_t words[16];

	(void)state;
	search.asymmetric = true;
	settings_of(&search, &g, words, &s);
	assert_int_equal(s.numbers, 5 | 1 << 4 | 7 << 8 | 2 << 12);
	assert_int_equal(s.timing, 21 | 22 << 8 | 23 << 16);
	assert_int_equal(s.reference, 24 | 25 << 8 | 26 << 16);
	assert_int_equal(s.samples, 27);
	assert_int_equal(s.seed, 0xbeef);
	assert_int_equal(s.lsb[0], 3 | 1 << 16);
	assert_int_equal(s.lsb[1], 9);
	assert_int_equal((int32_t)s.low[0], -4);
	assert_int_equal(s.low[3], 14);
	assert_int_equal(s.n_tree, 16);
	assert_int_equal(s.tree[0], 8);
	assert_int_equal(s.tree[2], 3 | 6 << 16);
	settings_of(&hw, &g, words, &s);
	assert_int_equal(s.n_tree, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_equal), cmocka_unit_test(t_every_kind), cmocka_unit_test(t_every_counter), cmocka_unit_test(t_seed), cmocka_unit_test(t_draws), cmocka_unit_test(t_settings) };

	return cmocka_run_group_tests_name("judge", tests, prepare, NULL);
}

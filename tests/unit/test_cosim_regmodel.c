/* cosim/regmodel against docs/isa.md sections 4 and 7: every rule of the register map, programs against the golden machine run directly.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/regmodel.h"
#include "common/mem.h"
#include "cim_regs.h"
#include "test_golden_machine.h"

static const struct gm_hw tiny = { .rows = 8, .cols = 8, .tiles = 2, .adcs = 4, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .sample_hold = true,
	.prog_depth = 16, .act_depth = 64, .acc_depth = 32, .ch_depth = 32, .counter_bits = 64 };
static const struct gm_regs reset = { .precharge = 2, .evaluate = 3, .compare = 1, .reference_precharge = 4, .share = 5, .settle = 6, .samples = 7, .seed = 0x1234 };
static const char hash[] = "00112233445566778899aabbccddeeff0123456789abcdef0f1e2d3c4b5a6978";

static struct regmodel *make(const struct gm_hw *hw, const int32_t *thresholds, bool product)
{
	const struct engine_setup s = { .hw = hw, .thresholds = thresholds, .hash = hash, .reset = &reset, .watchdog = 0x4321 };

	return regmodel_new(&s, product);
}

static uint32_t get(struct regmodel *m, uint32_t offset)
{
	uint32_t v = 0xdeadbeef;

	assert_int_equal(regmodel_read(m, offset, 99, &v), 0);
	return v;
}

static void set(struct regmodel *m, uint32_t offset, uint32_t value)
{
	assert_int_equal(regmodel_write(m, offset, value, 15), 0);
}

static void refused(struct regmodel *m, uint32_t offset, uint32_t value)
{
	assert_int_equal(regmodel_write(m, offset, value, 15), -1);
}

static void unreadable(struct regmodel *m, uint32_t offset)
{
	uint32_t v = 1;

	assert_int_equal(regmodel_read(m, offset, 0, &v), -1);
}

static void put_program(struct regmodel *m, const struct asm_prog *p)
{
	size_t i, j;

	for (i = 0; i < p->n; i++)
		for (j = 0; j < 8; j++)
			set(m, CIM_PROG_OFFSET((uint32_t)i, (uint32_t)j), p->w[i][j]);
}

/* the worked example of section 6 behind a LOAD of all cells and a channel of factor 1/2: accumulator 0 holds sum of x * (sum of cells' weights) */
static void worked(struct asm_prog *p, int set, int act_flags)
{
	p->n = 0;
	put(p, W0(5, 0, 0, 0, 0), HALVES(0, 0), 0, 0, 0, HALVES(0, 1), 0, 0);                                         /* PARAM */
	put(p, W0(6, 0, 0, 1, 1), SPAN(0, 1, 8), 0, 0, 0, 0, 0, 0);                                                   /* LOAD */
	put(p, W0(7, 0, 0, 0, 0), 0, 0, HALVES(0, 8), HALVES(1, 0), HALVES(0, 8), 0, 0);                              /* XIN */
	put(p, W0(8, act_flags, 0, 1, 1), SPAN(0, 1, 8), SPAN(0, 1, 8), HALVES(0, 8), HALVES(1, 0), 0, W6(4, set, 0, 8, 0), 0); /* ACT */
	put(p, W0(9, 6, 0, 1, 1), HALVES(0, 0), 0, 0, 0, HALVES(0, 1), W6(0, 0, 0, 0, 0), 0);                         /* OUT, to the stream, TLAST */
	put_end(p);
}

/* channel 0: M = 1, s = 1; rows of one in the lowest column; x = 1..8 */
static const uint64_t beats[] = { 1 | 1 << 16, 1, 1, 1, 1, 1, 1, 1, 1, 0x0807060504030201 };
enum { BEATS = sizeof(beats) / sizeof(*beats) };

static void t_identity(void **state)
{
	struct regmodel *m = make(&tiny, NULL, true);
	struct gm_hw hw = tiny;
	uint32_t o;

	(void)state;
	assert_int_equal(get(m, 0x000), 0x434D4931);
	assert_int_equal(get(m, 0x004), 0x00010001);
	assert_int_equal(get(m, 0x008), 0x00112233);
	assert_int_equal(get(m, 0x024), 0x4b5a6978);
	assert_int_equal(get(m, 0x028), 8 | 8 << 16);
	assert_int_equal(get(m, 0x02C), 2 | 4 << 8 | 1 << 16 | 1 << 18);
	assert_int_equal(get(m, 0x030), 4 | 64 << 16);
	assert_int_equal(get(m, 0x034), 16);
	assert_int_equal(get(m, 0x038), 64);
	assert_int_equal(get(m, 0x03C), 32);
	assert_int_equal(get(m, 0x044), 32);
	assert_int_equal(get(m, 0x04C), 0);
	/* a write to a read-only register answers OKAY and changes nothing */
	for (o = 0x000; o <= 0x0fc; o += 4) {
		bool rw = o == 0x040 || o == 0x048 || (o >= 0x050 && o < 0x080) || (o >= 0x0c8 && o < 0x0e0);

		if (rw)
			continue;
		uint32_t before = get(m, o);

		set(m, o, ~before);
		assert_int_equal(get(m, o), before);
	}
	regmodel_free(m);
	hw.kind = RO_HYBRID;
	hw.flash_bits = 2;
	hw.ones = true;
	m = make(&hw, NULL, true);
	assert_int_equal(get(m, 0x04C), 2 | 1 << 3 | 2 << 8);
	regmodel_free(m);
}

static void t_reset(void **state) /* section 4, last paragraph */
{
	struct regmodel *m = make(&tiny, NULL, true);
	int turn, s;

	(void)state;
	for (turn = 0; turn < 2; turn++) {
		assert_int_equal(get(m, 0x040), 0);
		assert_int_equal(get(m, 0x048), 0);
		assert_int_equal(get(m, 0x050), 8 | 8 << 8);
		assert_int_equal(get(m, 0x054), 2 | 3 << 8 | 1 << 16);
		assert_int_equal(get(m, 0x058), 4 | 5 << 8 | 6 << 16);
		assert_int_equal(get(m, 0x05C), 7);
		for (s = 0; s < 4; s++) {
			assert_int_equal(get(m, 0x060 + 8 * (uint32_t)s), 1);
			assert_int_equal(get(m, 0x064 + 8 * (uint32_t)s), 0);
		}
		assert_int_equal(get(m, 0x0C8), 0x1234);
		assert_int_equal(get(m, 0x0D0), 0);
		assert_int_equal(get(m, 0x0D4), 0);
		assert_int_equal(get(m, 0x0D8), 1);
		assert_int_equal(get(m, 0x0DC), 1);
		/* every bit that exists can be set; the others read 0 */
		static const struct { uint32_t offset, mask; } rw[] = { { 0x040, 2 }, { 0x050, 0x3f1f }, { 0x054, 0xffffff }, { 0x058, 0xffffff }, { 0x05C, 0xfff }, { 0x060, 0x1ffff },
			{ 0x064, 0xffff }, { 0x078, 0x1ffff }, { 0x07C, 0xffff }, { 0x0C8, 0xffff }, { 0x0D0, 0xfffffff2 }, { 0x0D4, 0xffffff }, { 0x0D8, 0xffff }, { 0x0DC, 0xffff } };

		for (size_t i = 0; i < sizeof(rw) / sizeof(*rw); i++) {
			set(m, rw[i].offset + i % 4, rw[i].offset == 0x040 || rw[i].offset == 0x0D0 ? 0xfffffffe : 0xffffffff); /* address bits 1:0 are ignored */
			assert_int_equal(get(m, rw[i].offset), rw[i].mask);
			assert_int_equal(regmodel_write(m, rw[i].offset, 0, 2), 0); /* strobe 1 */
			assert_int_equal(get(m, rw[i].offset), rw[i].mask & ~0xff00u);
			assert_int_equal(regmodel_write(m, rw[i].offset, 0, 0), 0);
			assert_int_equal(get(m, rw[i].offset), rw[i].mask & ~0xff00u);
		}
		assert_false(regmodel_started(m));
		regmodel_reset(m);
	}
	regmodel_free(m);
}

static void t_slverr(void **state)
{
	struct regmodel *m = make(&tiny, NULL, true);
	static const uint32_t nowhere[] = { 0x100, 0x104, 0xfffc, 0x210000, 0x21fffc, 0x240000, 0x3ffffc };

	(void)state;
	for (size_t i = 0; i < sizeof(nowhere) / sizeof(*nowhere); i++) {
		unreadable(m, nowhere[i]);
		refused(m, nowhere[i], 0);
	}
	unreadable(m, 0x10000);             /* PROG is write only */
	set(m, 0x10000 + 32 * 15 + 28, 5);  /* its last word */
	refused(m, 0x10000 + 32 * 16, 5);
	unreadable(m, 0x220000);            /* TREE without asymmetric search */
	refused(m, 0x220004, 0);
	assert_int_equal(get(m, 0x230000 + 4 * 15), 0);
	unreadable(m, 0x230000 + 4 * 16);   /* HISTOGRAM beyond 2^ADC_BITS - 1 */
	set(m, 0x230000, 3);                /* read-only */
	assert_int_equal(get(m, 0x230000), 0);
	refused(m, 0x230000 + 4 * 16, 0);
	regmodel_free(m);
}

static void t_strobes_of_program(void **state)
{
	struct regmodel *m = make(&tiny, NULL, true);
	size_t bytes;
	uint32_t *p = regmodel_program(m, &bytes);

	(void)state;
	assert_int_equal(bytes, 16 * 32);
	set(m, 0x10000 + 32 + 4, 0x11223344);
	assert_int_equal(p[9], 0x11223344);
	assert_int_equal(regmodel_write(m, 0x10000 + 32 + 4, 0xaabbccdd, 5), 0);
	assert_int_equal(p[9], 0x11bb33dd);
	regmodel_free(m);
}

/* what the golden machine says of the program of m's memory, fresh */
static struct gm_counts direct(const struct asm_prog *p, uint64_t *acc)
{
	struct gm_regs r = reset;
	struct gm *g = gm_new(&tiny, NULL);
	struct gm_counts n;
	struct err e;
	size_t used;

	r.input_bits = r.weight_bits = 8;
	r.clocks = true;
	for (int s = 0; s < GM_SETS; s++)
		r.window[s].lsb = 1;
	assert_int_equal(run(g, &r, p, beats, BEATS, &n, &used, &e), 0);
	assert_int_equal(used, BEATS);
	*acc = (uint64_t)(uint16_t)seen.out[0].q << 32 | (uint32_t)seen.out[0].acc;
	gm_free(g);
	return n;
}

/* bits that a counter has not read 0, in both words; GEOM2 says how many it has */
static void t_counter_bits(void **state)
{
	static const struct { int bits; uint32_t low, high; } cases[] = { { 16, 0x89ab, 0 }, { 24, 0x6789ab, 0 }, { 32, 0x456789ab, 0 }, { 40, 0x456789ab, 0x23 }, { 64, 0x456789ab, 0xef0123 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct gm_hw hw = tiny;
		struct regmodel *m;
		struct asm_prog p;
		uint32_t v;

		hw.counter_bits = cases[i].bits;
		m = make(&hw, NULL, true);
		assert_int_equal(get(m, 0x030), 4 | cases[i].bits << 16);
		worked(&p, 0, 0);
		put_program(m, &p);
		set(m, 0x040, 1);
		assert_int_equal(regmodel_read(m, 0x080, 0xef0123456789abull, &v), 0);
		assert_int_equal(v, cases[i].low);
		assert_int_equal(regmodel_read(m, 0x084, 0xef0123456789abull, &v), 0);
		assert_int_equal(v, cases[i].high);
		regmodel_free(m);
	}
}

static void t_program(void **state)
{
	struct regmodel *m = make(&tiny, NULL, true);
	struct regmodel_result r;
	struct gm_counts n;
	struct asm_prog p;
	uint64_t beat;
	int turn;

	(void)state;
	worked(&p, 0, 0);
	n = direct(&p, &beat);
	assert_int_equal((int32_t)beat, 36); /* 1 + .. + 8 */
	assert_int_equal(beat >> 32, 18);
	put_program(m, &p);
	for (turn = 0; turn < 8; turn++) { /* codes first, then products: nothing differs */
		assert_false(regmodel_started(m));
		set(m, 0x040, turn % 2 ? 3 : 1);
		assert_true(regmodel_started(m));
		assert_int_equal(regmodel_needs(m), BEATS);
		assert_int_equal(get(m, 0x048), 1);
		assert_int_equal(get(m, 0x040), turn % 2 ? 2 : 0);
		set(m, 0x040, turn % 2 ? 3 : 1); /* ignored */
		/* closed while busy: RW and WO; open: read-only, CTRL, STATUS */
		refused(m, 0x050, 0);
		refused(m, 0x07C, 0);
		refused(m, 0x0C8, 0);
		refused(m, 0x0D0, 0x11);
		refused(m, 0x10000, 0);
		set(m, 0x048, 6);
		set(m, 0x000, 0);
		set(m, 0x230000, 0);
		assert_int_equal(get(m, 0x080), 99);
		assert_int_equal(get(m, 0x098), 0);
		regmodel_run(m, beats, BEATS, &r);
		assert_false(regmodel_started(m));
		assert_true(r.n == 1 && r.beat[0] == beat && r.last[0] && r.used == BEATS && r.cycles == n.cycles);
		assert_int_equal(get(m, 0x048), 1);
		assert_int_equal(get(m, 0x080), 99);
		assert_false(regmodel_irq(m));
		regmodel_finish(m);
		assert_int_equal(get(m, 0x048), 2);
		assert_int_equal(regmodel_irq(m), turn % 2);
		assert_int_equal(get(m, 0x080), n.cycles);
		assert_int_equal(get(m, 0x084), 0);
		assert_int_equal(get(m, 0x088), 0);
		assert_int_equal(get(m, 0x090), n.activations);
		assert_int_equal(get(m, 0x098), n.conversions);
		assert_int_equal(get(m, 0x0A0), n.comparisons);
		assert_int_equal(get(m, 0x0A8), n.compare_clocks);
		assert_int_equal(get(m, 0x0B0), n.compute_clocks);
		assert_int_equal(get(m, 0x0B8), n.convert_clocks);
		assert_int_equal(get(m, 0x0C0), 0);
		assert_int_equal(get(m, 0x0E0), n.wait_load);
		assert_int_equal(get(m, 0x0E8), n.wait_act);
		assert_int_equal(get(m, 0x0F0), n.wait_out);
		assert_int_equal(get(m, 0x0F8), n.wait_end);
		set(m, 0x048, 4); /* not the done bit */
		assert_int_equal(get(m, 0x048), 2);
		assert_int_equal(regmodel_write(m, 0x048, 2, 14), 0); /* not its byte */
		assert_int_equal(get(m, 0x048), 2);
		if (turn == 0) /* later turns: start clears */
			set(m, 0x048, 2);
		assert_int_equal(get(m, 0x048), turn ? 2 : 0);
	}
	assert_int_equal(regmodel_write(m, 0x040, 1, 14), 0); /* start is in byte 0 */
	assert_false(regmodel_started(m));
	regmodel_free(m);
}

static void t_errors(void **state) /* the clocks of a stop are END's */
{
	static const struct { int code, at; uint32_t w0, w1, w2, w3, w5, w6; uint64_t cycles; } all[] = {
		{ 1, 0, 0, 0, 0, 0, 0, 0, 2 },
		{ 1, 0, 15, 0, 0, 0, 0, 0, 2 },
		{ 2, 0, 3, 0, 0, 0, 0, 0, 2 },
		{ 2, 0, 2, 0, 0, 0, 0, 0, 2 },
		{ 3, 0, W0(6, 0, 2, 1, 1), SPAN(0, 1, 8), 0, 0, 0, 0, 2 },
		{ 4, 0, W0(6, 0, 0, 1, 1), SPAN(1, 1, 8), 0, 0, 0, 0, 2 },
		{ 4, 0, W0(7, 0, 0, 0, 0), 0, 0, 0, HALVES(0, 8), 0, 2 },
		{ 5, 0, W0(8, 0, 0, 1, 1), SPAN(0, 1, 8), SPAN(0, 1, 8), HALVES(0, 8), 0, W6(5, 0, 0, 8, 0), 2 },
		{ 5, 0, W0(8, 0, 0, 1, 1), SPAN(0, 1, 8), SPAN(0, 1, 8), HALVES(0, 8), 0, W6(4, 0, 0, 0, 0), 2 },
		{ 5, 0, W0(8, 0, 0, 1, 1), SPAN(0, 1, 8), SPAN(0, 1, 8), HALVES(0, 8), 0, W6(4, 0, 4, 8, 0), 2 }, /* slices beyond the weight's: no code of its own */
		{ 6, 16, 4, 0, 0, 0, 0, 0, 16 * 2 + 2 },
	};
	struct regmodel *m = make(&tiny, NULL, true);
	struct regmodel_result r;

	(void)state;
	set(m, 0x040, 2);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		struct asm_prog p = { .n = 0 };

		do
			put(&p, all[i].w0, all[i].w1, all[i].w2, all[i].w3, 0, all[i].w5, all[i].w6, 0);
		while (p.n < 16 && all[i].code == 6);
		put_program(m, &p);
		set(m, 0x040, 3);
		assert_int_equal(regmodel_needs(m), 0);
		regmodel_run(m, NULL, 0, &r);
		regmodel_finish(m);
		assert_true(r.n == 0 && r.used == 0);
		assert_int_equal(r.cycles, all[i].cycles);
		assert_int_equal(get(m, 0x048), 4 | all[i].code << 4 | all[i].at << 16);
		assert_true(regmodel_irq(m));
		set(m, 0x048, 4); /* takes code and pc along */
		assert_int_equal(get(m, 0x048), 0);
		assert_false(regmodel_irq(m));
	}
	regmodel_free(m);
}

static void t_stops(void **state) /* faults.md section 1, as far as a model without time has it */
{
	struct regmodel *m = make(&tiny, NULL, true);

	(void)state;
	assert_int_equal(get(m, 0x0cc), 0x4321);
	set(m, 0x0cc, 0xffff0007);
	assert_int_equal(get(m, 0x0cc), 7);
	set(m, 0x040, 6); /* idle: no error */
	assert_int_equal(get(m, 0x048), 0);
	assert_int_equal(get(m, 0x040), 2);
	set(m, 0x040, 7); /* abort wins over start */
	assert_int_equal(get(m, 0x048), 0);
	assert_false(regmodel_started(m));
	set(m, 0x040, 3);
	assert_int_equal(get(m, 0x048), 1);
	assert_int_equal(regmodel_write(m, 0x0cc, 1, 15), -1); /* busy */
	assert_int_equal(regmodel_write(m, 0x040, 4, 14), 0); /* abort is in byte 0 */
	assert_int_equal(get(m, 0x048), 1);
	set(m, 0x040, 6);
	assert_int_equal(get(m, 0x048), 9 << 4 | 4);
	assert_true(regmodel_irq(m));
	assert_false(regmodel_started(m));
	set(m, 0x048, 4);
	assert_int_equal(get(m, 0x048), 0);
	assert_false(regmodel_irq(m));
	set(m, 0x0d4, 0);
	set(m, 0x0d0, 1 | 4 << 4); /* a characterisation too */
	assert_int_equal(get(m, 0x048) & 4, 0);
	set(m, 0x040, 4);
	assert_int_equal(get(m, 0x048), 9 << 4 | 4);
	assert_int_equal(get(m, 0x0d0) & 1, 0);
	regmodel_reset(m);
	assert_int_equal(get(m, 0x0cc), 0x4321);
	assert_int_equal(get(m, 0x048), 0);
	regmodel_free(m);
}

static void t_late_error(void **state) /* beats, results and clocks up to it; tiles drain first */
{
	struct regmodel *m = make(&tiny, NULL, false);
	struct regmodel_result r;
	struct gm_counts n;
	struct asm_prog p;
	uint64_t beat;

	(void)state;
	worked(&p, 0, 0);
	n = direct(&p, &beat);
	p.w[5][0] = 0; /* an illegal op where END was */
	put_program(m, &p);
	set(m, 0x040, 1);
	assert_int_equal(regmodel_needs(m), BEATS);
	regmodel_run(m, beats, BEATS, &r);
	regmodel_finish(m);
	assert_true(r.n == 1 && r.beat[0] == beat && r.used == BEATS && r.cycles == n.cycles);
	assert_int_equal(get(m, 0x048), 4 | 1 << 4 | 5 << 16);
	assert_int_equal(get(m, 0x098), n.conversions);
	set(m, 0x040, 1); /* start clears error, code, pc */
	assert_int_equal(get(m, 0x048), 1);
	regmodel_reset(m);
	assert_int_equal(get(m, 0x048), 0);
	regmodel_free(m);
}

static void t_windows(void **state) /* other ideal tables between programs: cells, channels and accumulators stay */
{
	struct regmodel *m = make(&tiny, NULL, true);
	struct regmodel_result r;
	struct asm_prog p;
	int lsb;

	(void)state;
	worked(&p, 0, 0);
	put_program(m, &p);
	set(m, 0x040, 1);
	regmodel_run(m, beats, BEATS, &r);
	regmodel_finish(m);
	memmove(p.w[0], p.w[2], 4 * sizeof(p.w[0])); /* XIN, ACT, OUT, END */
	p.n = 4;
	for (lsb = 1; lsb < 5; lsb++) {
		int expected = 0;

		for (int plane = 0; plane < 4; plane++) { /* counts of 1..8 are 4, 4, 4, 1; others 0: value = low + lsb * code */
			int count = plane < 3 ? 4 : 1, code = (count + 4) / lsb;

			expected += (1 << plane) * (lsb * code - 4);
		}
		for (int plane = 4; plane < 8; plane++)
			expected += (plane == 7 ? -128 : 1 << plane) * (lsb * (4 / lsb) - 4);
		for (int slice = 1; slice < 8; slice++) /* empty columns: every plane counts 0; the planes' weights sum to -1 */
			expected += (slice == 7 ? -128 : 1 << slice) * -(lsb * (4 / lsb) - 4);
		set(m, 0x070, (uint32_t)lsb); /* set 2 */
		set(m, 0x074, 0xfffc);        /* low -4 */
		p.w[1][6] = W6(4, 2, 0, 8, 0);
		put_program(m, &p);
		set(m, 0x040, 1);
		assert_int_equal(regmodel_needs(m), 1);
		regmodel_run(m, beats + BEATS - 1, 1, &r);
		regmodel_finish(m);
		assert_int_equal((int32_t)r.beat[0], expected);
	}
	regmodel_free(m);
}

static void t_tree(void **state)
{
	struct gm_hw hw = tiny;
	struct regmodel *m;
	struct regmodel_result r;
	struct asm_prog p;
	uint64_t before;

	(void)state;
	hw.asymmetric = true;
	m = make(&hw, NULL, true);
	worked(&p, 0, 0);
	put_program(m, &p);
	set(m, 0x040, 1);
	regmodel_run(m, beats, BEATS, &r);
	before = r.cycles;
	regmodel_finish(m);
	assert_int_equal((int32_t)r.beat[0], 36);
	unreadable(m, 0x220000);
	refused(m, 0x220000 + 4 * 16, 0);
	assert_int_equal(regmodel_write(m, 0x220000, 1, 7), -1); /* all four strobes */
	set(m, 0x220000, 1);                                     /* a chain: 1 2 3 .. */
	for (uint32_t k = 1; k < 16; k++)
		set(m, 0x220000 + 4 * k, k < 15 ? (k + 1) << 16 : 0);
	set(m, 0x040, 1);
	refused(m, 0x220000, 1);
	regmodel_run(m, beats, BEATS, &r);
	regmodel_finish(m);
	assert_int_equal((int32_t)r.beat[0], 36);
	assert_true(r.cycles < before); /* counts of 0 and 4 are few */
	regmodel_reset(m);
	put_program(m, &p);
	set(m, 0x040, 1);
	regmodel_run(m, beats, BEATS, &r);
	regmodel_finish(m);
	assert_int_equal(r.cycles, before); /* the binary search again */
	regmodel_free(m);
}

static void t_character(void **state)
{
	struct regmodel *m = make(&tiny, NULL, true);
	struct regmodel_result r;
	uint32_t k, start = 1 | 4 << 4 | 1 << 10 | 2 << 16 | 2u << 24; /* codes, 4 bits, set 0, tile 1, lane 2, 3 repeats */

	(void)state;
	set(m, 0x0D4, 0xfffff0); /* -16: count -1 */
	set(m, 0x0D8, 8);
	set(m, 0x0DC, 40);       /* -1, -1/2, 0, .. 18 1/2 */
	/* ignored: bits, tile, lane outside their ranges */
	set(m, 0x0D0, 1 | 0 << 4);
	set(m, 0x0D0, 1 | 5 << 4);
	set(m, 0x0D0, 1 | 4 << 4 | 2 << 10);
	set(m, 0x0D0, 1 | 4 << 4 | 4 << 16);
	assert_false(regmodel_started(m));
	set(m, 0x0D0, start);
	assert_true(regmodel_started(m));
	assert_int_equal(regmodel_needs(m), 0);
	assert_int_equal(get(m, 0x0D0), start);
	assert_int_equal(get(m, 0x048), 0);
	refused(m, 0x0D0, start);
	refused(m, 0x050, 0);
	set(m, 0x040, 1); /* a start of a program is ignored */
	assert_int_equal(get(m, 0x048), 0);
	regmodel_run(m, NULL, 0, &r);
	assert_int_equal(get(m, 0x0D0), start);
	assert_int_equal(r.cycles, 1 + 16 + 40 * 3 * (3 + 1 + 4));
	assert_int_equal(r.n, 0);
	regmodel_finish(m);
	assert_int_equal(get(m, 0x0D0), start - 1);
	assert_int_equal(get(m, 0x048), 0);
	assert_int_equal(get(m, 0x098), 0); /* counters do not count it */
	for (k = 0; k < 16; k++) /* two levels per code; 0 has four, 15 has 15 .. 18 1/2 */
		assert_int_equal(get(m, 0x230000 + 4 * k), 3 * (k == 0 ? 4 : k == 15 ? 8 : 2));
	set(m, 0x0D0, start | 2); /* references: T[k] = 16k: levels from k on */
	regmodel_run(m, NULL, 0, &r);
	regmodel_finish(m);
	assert_int_equal(get(m, 0x230000), 0);
	for (k = 1; k < 16; k++)
		assert_int_equal(get(m, 0x230000 + 4 * k), 3 * (38 - 2 * k));
	assert_int_equal(r.cycles, 1 + 16 + 3 * (15 * 40 * 2 + 2 * (15 * 38 - 2 * 120)));
	regmodel_free(m);
}

static void t_meaningless(void **state) /* whatever the registers hold, nothing breaks */
{
	struct gm_hw kinds[3] = { tiny, tiny, tiny };
	struct regmodel_result r;
	struct asm_prog p;

	(void)state;
	kinds[1].kind = RO_STOCHASTIC;
	kinds[2].immersed = true;
	kinds[2].sample_hold = false;
	worked(&p, 0, 0);
	p.w[3][6] = W6(4, 0, 0, 1, 0); /* one slice: every weight code has one */
	for (int i = 0; i < 3; i++) {
		struct regmodel *m = make(&kinds[i], NULL, true);

		put_program(m, &p);
		for (uint32_t v = 0; v < 2; v++) {
			for (uint32_t o = 0x050; o < 0x080; o += 4)
				set(m, o, v ? 0xffffffff : 0);
			set(m, 0x040, 1);
			regmodel_run(m, beats, BEATS, &r);
			regmodel_finish(m);
			assert_int_equal(get(m, 0x048), 2);
		}
		regmodel_free(m);
	}
}

static void t_thresholds(void **state) /* tables of their own: copied, whatever the windows say */
{
	size_t n = (size_t)tiny.tiles * tiny.adcs * GM_SETS << tiny.adc_bits;
	int32_t *T = MEM_NEW(n, int32_t);
	struct regmodel *m;
	struct regmodel_result r;
	struct asm_prog p;

	(void)state;
	for (size_t i = 0; i < n; i++)
		T[i] = (int32_t)(i % 16) * 32; /* two counts per code */
	m = make(&tiny, T, true);
	free(T);
	worked(&p, 0, 0);
	put_program(m, &p);
	for (int turn = 0; turn < 8; turn++) {
		set(m, 0x040, 1);
		regmodel_run(m, beats, BEATS, &r);
		regmodel_finish(m);
		assert_int_equal((int32_t)r.beat[0], 2 * 1 + 2 * 2 + 2 * 4); /* codes 2, 2, 2, 0 */
	}
	regmodel_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_identity), cmocka_unit_test(t_reset), cmocka_unit_test(t_slverr), cmocka_unit_test(t_strobes_of_program),
		cmocka_unit_test(t_counter_bits), cmocka_unit_test(t_program), cmocka_unit_test(t_errors), cmocka_unit_test(t_stops), cmocka_unit_test(t_late_error), cmocka_unit_test(t_windows),
		cmocka_unit_test(t_tree), cmocka_unit_test(t_character), cmocka_unit_test(t_meaningless), cmocka_unit_test(t_thresholds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

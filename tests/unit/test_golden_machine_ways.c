/* golden/machine: one program, many ways: with and without events, integer products, every instruction set; how many beats it takes.
 * All must agree to the bit.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "common/prng.h"
#include "golden/layer.h"
#include "golden/machine_parts.h"
#include "test_golden_machine.h"

enum { CASES = 300, MOST_BEATS = 40000 };

static int pick(struct prng *p, int lo, int hi)
{
	return (int)prng_range(p, lo, hi);
}

/* start, stride and count within size */
static uint32_t draw_span(struct prng *p, int size, int multiple, int *count)
{
	int stride = pick(p, 0, 2) ? 1 : pick(p, 1, 3), n, start;

	n = pick(p, 1, (size - 1) / stride + 1) / multiple * multiple;
	if (!n)
		n = multiple;
	if ((n - 1) * stride >= size)
		stride = 1;
	start = pick(p, 0, size - 1 - (n - 1) * stride);
	*count = n;
	return SPAN(start, stride, n);
}

struct setup {
	struct gm_hw hw;
	struct gm_regs regs;
	int32_t *T; /* NULL: ideal */
	struct asm_prog prog;
	uint64_t *beats;
};

static void draw_hw(struct prng *p, struct setup *s)
{
	struct gm_hw *hw = &s->hw;

	*hw = (struct gm_hw){ .rows = pick(p, 8, 150), .cols = pick(p, 32, 150), .tiles = pick(p, 1, 3), .adcs = 1 << pick(p, 0, 5), .adc_bits = pick(p, 5, 10),
			      .cell_bits = pick(p, 1, 2), .grid_bits = 4, .sample_hold = pick(p, 0, 1), .prog_depth = 64, .act_depth = 1024, .acc_depth = 64, .ch_depth = 64 };
	hw->asymmetric = hw->adc_bits <= 8 && !pick(p, 0, 5);
	if (!hw->asymmetric && !pick(p, 0, 5)) {
		hw->kind = RO_HYBRID;
		hw->flash_bits = pick(p, 1, 4);
	}
	s->regs = (struct gm_regs){ .input_bits = pick(p, 1, 8), .weight_bits = pick(p, 1, 8), .input_code = (enum gc_code)pick(p, GC_TC, GC_SM),
				    .weight_code = (enum gc_code)pick(p, GC_TC, GC_DIF), .precharge = 1, .evaluate = 1, .compare = 1, .clocks = pick(p, 0, 1) };
	for (int i = 0; i < GM_SETS; i++)
		s->regs.window[i] = (struct ro_window){ pick(p, 0, 3) ? 1 : 2, s->regs.weight_code == GC_DIF ? -pick(p, 0, 1 << (hw->adc_bits - 1)) : 0, pick(p, 0, 1) };
	s->T = NULL;
	if (!pick(p, 0, 2)) { /* tables of their own: most as ideal, some bent, some beyond the counts that occur */
		size_t n = (size_t)hw->tiles * hw->adcs * GM_SETS, size = (size_t)1 << hw->adc_bits;

		s->T = MEM_NEW(n * size, int32_t);
		for (size_t i = 0; i < n; i++) {
			int from = pick(p, 0, 1) ? 1 << 20 : pick(p, 1, 20) + s->regs.window[i % GM_SETS].low;

			ro_ideal_table(&s->regs.window[i % GM_SETS], hw->adc_bits, hw->grid_bits, s->T + i * size);
			for (size_t k = 1; k < size; k++)
				s->T[i * size + k] += s->T[i * size + k] > from * 16 ? 40 : 0;
		}
	}
}

static void put_load(struct prng *p, struct setup *s)
{
	int tiles, rows, tile = pick(p, 0, s->hw.tiles - 1);
	uint32_t row = draw_span(p, s->hw.rows, 1, &rows);

	tiles = pick(p, 1, s->hw.tiles - tile);
	put(&s->prog, W0(6, 0, tile, 1, tiles), row, 0, 0, 0, 0, 0, 0);
}

static void put_act(struct prng *p, struct setup *s)
{
	int K = gc_slices(s->regs.weight_code, s->regs.weight_bits, s->hw.cell_bits), cols = s->regs.weight_code == GC_DIF ? s->hw.cols / 2 : s->hw.cols;
	int slice0 = pick(p, 0, 2) ? 0 : pick(p, 0, K - 1), nslice = pick(p, 1, K - slice0), rows, n, tile = pick(p, 0, s->hw.tiles - 1);
	uint32_t row = draw_span(p, s->hw.rows, 1, &rows), col = draw_span(p, cols, nslice, &n);
	int inner = pick(p, 1, 40);

	put(&s->prog, W0(8, pick(p, 0, 1), tile, 1, pick(p, 1, s->hw.tiles - tile)), row, col, HALVES(pick(p, 0, 2000), inner), HALVES(pick(p, 0, 70), pick(p, 0, 900)),
	    pick(p, 0, 63), W6(s->hw.asymmetric || pick(p, 0, 2) ? s->hw.adc_bits : pick(p, 1, s->hw.adc_bits), pick(p, 0, 3), slice0, nslice, 0), W7(1, 0, 0, 0, 0, 0));
}

static void draw_program(struct prng *p, struct setup *s)
{
	int i, loads, n_acts = pick(p, 1, 3);
	uint32_t act[3][8];
	bool same = pick(p, 0, 1); /* ACTs of one shape before and after other weights */

	s->prog.n = 0;
	put(&s->prog, W0(5, 0, 0, 0, 0), HALVES(0, 0), 0, 0, 0, HALVES(0, 64), 0, 0);
	put(&s->prog, W0(7, 0, 0, 0, 0), 0, 0, HALVES(0, 1024), HALVES(1, 0), HALVES(0, 1024), 0, 0);
	for (loads = 0; loads < 2; loads++) {
		for (i = pick(p, 1, 3); i > 0; i--)
			put_load(p, s);
		put(&s->prog, 2, 0, 0, 0, 0, HALVES(0, pick(p, 1, 9)), 0, 0);
		for (i = 0; i < n_acts; i++)
			if (loads && same) {
				memcpy(s->prog.w[s->prog.n++], act[i], sizeof(act[i]));
			} else {
				put_act(p, s);
				memcpy(act[i], s->prog.w[s->prog.n - 1], sizeof(act[i]));
			}
		put(&s->prog, W0(9, pick(p, 1, 3), 0, 1, s->hw.tiles), 0, 0, HALVES(pick(p, 0, 999), 5), HALVES(3, 77), HALVES(0, pick(p, 1, 20)), 0, W7(1, 0, 0, 0, 0, 0));
		if (pick(p, 0, 2)) /* r1 += something: other inputs every turn */
			put(&s->prog, 4, 0, 0, 0, 0, pick(p, 1, 50), 0, 1 | 1 << 4);
		put(&s->prog, 3, 0, 0, 0, 0, 0, 0, 0);
	}
	put_end(&s->prog);
}

/* a digest of what a run says but codes */
struct digest { uint64_t h; };

static void mix(struct digest *d, uint64_t v)
{
	d->h = (d->h ^ v) * 0x9E3779B97F4A7C15u;
	d->h ^= d->h >> 29;
}

static int no_codes(void *ctx, const struct gm_codes *e)
{
	(void)ctx;
	(void)e;
	return 0;
}

static int mix_partial(void *ctx, const struct gm_partial *e)
{
	mix(ctx, (uint64_t)e->tile << 32 | (uint32_t)e->address);
	mix(ctx, (uint64_t)(uint32_t)e->partial << 32 | (uint32_t)e->accumulator);
	return 0;
}

static int mix_out(void *ctx, const struct gm_out *e)
{
	mix(ctx, (uint64_t)(uint32_t)e->acc << 32 | (uint32_t)e->q);
	mix(ctx, (uint64_t)e->address << 20 | (uint64_t)e->to_buffer << 1 | (uint64_t)e->last);
	return 0;
}

struct way { enum gl_simd simd; bool codes, product; };

static uint64_t go(const struct setup *s, const struct way *way, struct gm_counts *n, uint64_t *products)
{
	struct digest d = { 1 };
	const struct gm_sink sink = { &d, way->codes ? no_codes : NULL, mix_partial, mix_out };
	struct gm *g = gm_new(&s->hw, s->T);
	struct gm_regs regs = s->regs;
	struct err e = { 0 };
	size_t used;

	gl_simd_limit(way->simd);
	regs.product = way->product;
	if (gm_run(g, &regs, &s->prog.w[0][0], s->prog.n, s->beats, MOST_BEATS, &sink, n, &used, &e))
		fail_msg("%s", e.text);
	assert_int_equal(gm_beats(&s->hw, &regs, &s->prog.w[0][0], s->prog.n), used);
	*products = g->products;
	gm_free(g);
	gl_simd_limit(GL_AVX512);
	return d.h;
}

static void t_ways(void **state)
{
	static const struct way ways[] = { { GL_PLAIN, true, false }, { GL_PLAIN, false, true }, { GL_AVX2, true, true }, { GL_AVX2, false, true },
					   { GL_AVX512, true, false }, { GL_AVX512, false, false }, { GL_AVX512, false, true } };
	uint64_t products = 0, activations = 0;
	struct prng p;

	(void)state;
	prng_init(&p, 66);
	for (int i = 0; i < CASES; i++) {
		struct gm_counts first, n;
		struct setup s;
		uint64_t digest, taken;

		draw_hw(&p, &s);
		draw_program(&p, &s);
		s.beats = MEM_NEW(MOST_BEATS, uint64_t);
		for (int j = 0; j < MOST_BEATS; j++)
			s.beats[j] = i % 2 ? prng_u64(&p) : prng_u64(&p) & prng_u64(&p) & prng_u64(&p); /* full cells, and few */
		digest = go(&s, &ways[0], &first, &taken);
		assert_int_equal(taken, 0);
		for (size_t w = 1; w < sizeof(ways) / sizeof(*ways); w++) {
			if (go(&s, &ways[w], &n, &taken) != digest)
				fail_msg("case %d, way %zu", i, w);
			assert_memory_equal(&n, &first, sizeof(n));
			assert_true(taken == 0 || (ways[w].product && !ways[w].codes && !s.hw.asymmetric));
			products += taken;
			activations += ways[w].product && !ways[w].codes;
		}
		free(s.beats);
		free(s.T);
	}
	assert_true(products > activations / 2); /* the case is not empty */
}

/* ---- beats ---- */

static const struct gm_hw small = { .rows = 8, .cols = 8, .tiles = 2, .adcs = 4, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4,
	.prog_depth = 32, .act_depth = 64, .acc_depth = 32, .ch_depth = 32 };
static const struct gm_regs plain = { .input_bits = 8, .weight_bits = 8, .precharge = 1, .evaluate = 1, .compare = 1,
	.window = { { 1, 0, false }, { 1, 0, false }, { 1, 0, false }, { 1, 0, false } } };

static void put_random(struct prng *p, struct asm_prog *q)
{
	switch (pick(p, 0, 9)) {
	case 0: case 1: put(q, 2, 0, 0, 0, 0, HALVES(0, pick(p, 0, 12) ? pick(p, 1, 4) : 0), 0, 0); break;
	case 2: case 3: case 4: put(q, 3, 0, 0, 0, 0, 0, 0, 0); break;
	case 5: put(q, 4, 0, 0, 0, 0, pick(p, 0, 2), 0, (uint32_t)pick(p, 0, 2) | (uint32_t)pick(p, 0, 2) << 4); break;
	case 6: put(q, W0(6, 0, 0, 1, 1), SPAN(0, 1, pick(p, 1, 6)), 0, 0, 0, 0, 0, W7(0, pick(p, 0, 2), 0, 0, 0, 0)); break;
	case 7: put(q, W0(7, 0, 0, 0, 0), 0, 0, HALVES(0, 1), HALVES(1, 0), HALVES(0, pick(p, 1, 40)), 0, 0); break;
	case 8: put(q, W0(5, 0, 0, 0, 0), 0, 0, 0, 0, HALVES(0, pick(p, 1, 5)), 0, 0); break;
	default: put(q, (uint32_t)prng_u64(p) & 0xffffff0f, (uint32_t)prng_u64(p), (uint32_t)prng_u64(p), (uint32_t)prng_u64(p), (uint32_t)prng_u64(p), (uint32_t)prng_u64(p) & 0x7ffff,
		     (uint32_t)prng_u64(p), (uint32_t)prng_u64(p)); break;
	}
}

static void t_beats(void **state) /* programs of any words against the run, which may stop on an error */
{
	static uint64_t beats[200000];
	int ended = 0, stopped = 0;
	struct prng p;

	(void)state;
	prng_init(&p, 5);
	for (int i = 0; i < 20000; i++) {
		struct gm *g = gm_new(&small, NULL);
		struct asm_prog q = { .n = 0 };
		struct err e = { 0 };
		struct gm_counts n;
		size_t used;
		int rc;

		while (q.n < (size_t)pick(&p, 3, 24))
			put_random(&p, &q);
		put_end(&q);
		rc = gm_run(g, &plain, &q.w[0][0], q.n, beats, sizeof(beats) / sizeof(*beats), NULL, &n, &used, &e);
		if (rc && !n.stop) /* refused without a code */
			assert_true(n.stop_pc < 32);
		assert_int_equal(gm_beats(&small, &plain, &q.w[0][0], q.n), used);
		ended += !rc;
		stopped += n.stop != 0;
		gm_free(g);
	}
	assert_true(ended > 1000 && stopped > 1000);
}

static void t_many_beats(void **state) /* without going through every turn; beyond any number */
{
	struct asm_prog q = { .n = 0 };
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		put(&q, 2, 0, 0, 0, 0, HALVES(0, 1000), 0, 0);
	put(&q, W0(5, 0, 0, 0, 0), 0, 0, 0, 0, HALVES(0, 7), 0, 0);
	for (i = 0; i < 3; i++)
		put(&q, 3, 0, 0, 0, 0, 0, 0, 0);
	put_end(&q);
	assert_true(gm_beats(&small, &plain, &q.w[0][0], q.n) == 7000000000u);
	q.n = 0;
	for (i = 0; i < 4; i++)
		put(&q, 2, 0, 0, 0, 0, HALVES(0, 65535), 0, 0);
	put(&q, W0(5, 0, 0, 0, 0), 0, 0, 0, 0, HALVES(0, 65535), 0, 0);
	for (i = 0; i < 4; i++)
		put(&q, 3, 0, 0, 0, 0, 0, 0, 0);
	assert_true(gm_beats(&small, &plain, &q.w[0][0], q.n) == SIZE_MAX);
	assert_true(gm_beats(&small, &plain, NULL, 0) == 0);
}

static void t_ideal(void **state) /* no tables: those of the windows of each run; cells stay */
{
	const struct gm_hw *hw = &small;
	struct gm *g = gm_new(hw, NULL);
	struct gm_regs r = plain;
	struct asm_prog load = { .n = 0 }, use = { .n = 0 };
	uint64_t rows[8], x[1] = { 0x0101010101010101 };
	struct err e;
	size_t used;
	int lsb;

	(void)state;
	for (int i = 0; i < 8; i++)
		rows[i] = 1;
	put(&load, W0(6, 0, 0, 1, 1), SPAN(0, 1, 8), 0, 0, 0, 0, 0, 0);
	put_end(&load);
	put(&use, W0(7, 0, 0, 0, 0), 0, 0, HALVES(0, 8), HALVES(1, 0), HALVES(0, 8), 0, 0);
	put(&use, W0(8, 0, 0, 1, 1), SPAN(0, 1, 8), SPAN(0, 1, 1), HALVES(0, 8), HALVES(1, 0), 0, W6(4, 1, 0, 1, 0), 0);
	put_end(&use);
	assert_int_equal(run(g, &r, &load, rows, 8, NULL, &used, &e), 0);
	for (lsb = 1; lsb < 6; lsb++) { /* plane 0 counts 8: code 8 / lsb */
		r.window[1].lsb = lsb;
		assert_int_equal(run(g, &r, &use, x, 1, NULL, &used, &e), 0);
		assert_int_equal(seen.code[0], 8 / lsb);
		assert_int_equal(seen.partial[0].partial, 8 / lsb * lsb);
	}
	gm_free(g);
}

/* tables begin in memory that holds anything; equal ones are kept once */
static void t_tables(void **state)
{
	struct gm_hw hw = { .rows = 3, .cols = 2, .tiles = 1, .adcs = 2, .adc_bits = 2, .cell_bits = 1, .kind = RO_SAR };
	struct gm_regs regs = { .input_bits = 1, .weight_bits = 1 };
	int32_t T[2][GM_SETS][4] = { { { 0, 1, 2, 3 }, { 0, 1, 1, 2 }, { 0, 1, 2, 3 }, { 0, 1, 2, 3 } }, { { 0, 1, 1, 2 }, { 0, 1, 2, 3 }, { 0, 1, 2, 3 }, { 0, 1, 2, 3 } } };
	struct gm_tables t;

	(void)state;
	memset(&t, 0xaa, sizeof(t));
	gm_tables_init(&t, &hw, &T[0][0][0]);
	gm_tables_set(&t, &hw, &regs);
	assert_int_equal(t.n_tables, 2);
	for (int lane = 0; lane < 2; lane++)
		for (int set = 0; set < GM_SETS; set++)
			for (int k = 1; k < 4; k++)
				assert_int_equal(gm_tables_at(&t, lane, set)[k], T[lane][set][k]);
	assert_int_equal(gm_tables_lut(&t, 0, 1, 2)->code[2], 3);
	assert_int_equal(gm_tables_lut(&t, 0, 0, 2)->code[2], 2);
	gm_tables_release(&t);
	memset(&t, 0xaa, sizeof(t));
	gm_tables_init(&t, &hw, NULL);
	regs.window[0] = regs.window[1] = regs.window[2] = regs.window[3] = (struct ro_window){ 1, 0, false };
	gm_tables_set(&t, &hw, &regs);
	assert_true(gm_tables_uniform(&t) && t.n_tables == GM_SETS && gm_tables_at(&t, 1, 3)[3] == 3);
	gm_tables_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_ways), cmocka_unit_test(t_beats), cmocka_unit_test(t_many_beats), cmocka_unit_test(t_ideal), cmocka_unit_test(t_tables) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

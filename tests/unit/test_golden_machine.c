/* golden/machine: hand-assembled programs and what docs/isa.md says comes of them; programs that it forbids.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer.h"
#include "tests/unit/test_golden_machine.h"
#include "tests/unit/aborts.h"

enum { INDEX_REGS = 16 };

static void put_loop(struct asm_prog *p, int count) { put(p, 2, 0, 0, 0, 0, HALVES(0, count), 0, 0); }
static void put_next(struct asm_prog *p) { put(p, 3, 0, 0, 0, 0, 0, 0, 0); }
static void put_idx(struct asm_prog *p, int to, int from, int value) { put(p, 4, 0, 0, 0, 0, HALVES(value, 0), 0, W7(to, from, 0, 0, 0, 0)); }

static const struct gm_hw small = { .rows = 8, .cols = 8, .tiles = 2, .adcs = 8, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4,
				    .prog_depth = 64, .act_depth = 16, .acc_depth = 8, .ch_depth = 4 };
static const struct gm_regs plain = { .input_bits = 4, .weight_bits = 4, .input_code = GC_TC, .weight_code = GC_TC,
				      .window = { { 1, 0, false }, { 1, 0, false }, { 1, 0, false }, { 1, 0, false } } };

/* every converter, every set: T[k] = k counts */
static struct gm *new_clip(const struct gm_hw *hw)
{
	size_t n = (size_t)hw->tiles * hw->adcs * GM_SETS, size = (size_t)1 << hw->adc_bits, i;
	int32_t *T = calloc(n * size, sizeof(*T));
	struct gm *g;

	for (i = 0; i < n * size; i++)
		T[i] = (int32_t)(i % size) * (1 << hw->grid_bits);
	g = gm_new(hw, T);
	free(T);
	return g;
}

/* ---- programs by hand ---- */

/* three rows, two weights of four slices each: w = (-5, 3, 7) and (1, -8, 0); x = (2, -3, 7) */
static void test_by_hand(void **state)
{
	static const int codes[4][8] = { /* numerics.md section 1: planes of x are (0,1,1), (1,0,1), (0,1,1), (0,1,0) */
		{ 2, 2, 1, 0, 0, 0, 0, 1 }, { 2, 2, 1, 1, 1, 0, 0, 0 }, { 2, 2, 1, 0, 0, 0, 0, 1 }, { 1, 1, 0, 0, 0, 0, 0, 1 } };
	/* slices lowest first: -5 = 1,1,0,1; 3 = 1,1,0,0; 7 = 1,1,1,0; 1 = 1,0,0,0; -8 = 0,0,0,1 */
	const uint64_t beats[] = { 0x8003, (uint64_t)3 << 16 | 1, 0x1b, 0x83, 0x07, 0x07fd02 };
	struct gm *g = new_clip(&small);
	struct asm_prog p = { .n = 0 };
	struct gm_counts c;
	struct err e;
	size_t used;
	int i;

	(void)state;
	put(&p, 5, 2, 0, 0, 0, HALVES(0, 2), 0, 0);                                     /* PARAM channels 2, 3 */
	put(&p, W0(6, 0, 1, 0, 1), SPAN(0, 3, 3), 0, 0, 0, 0, 0, 0);                    /* LOAD rows 0, 3, 6 of tile 1 */
	put(&p, 7, 0, 0, HALVES(5, 3), HALVES(1, 0), HALVES(0, 3), 0, 0);               /* XIN to 5.. */
	put(&p, W0(8, 0, 1, 0, 1), SPAN(0, 3, 3), SPAN(0, 1, 8), HALVES(5, 3), HALVES(1, 0), 6, W6(4, 0, 0, 4, 0), 0);
	put(&p, W0(9, 6, 1, 0, 1), 2, 0, 0, 0, HALVES(6, 2), 0, 0);                     /* OUT to the stream, last */
	put_end(&p);
	assert_int_equal(run(g, &plain, &p, beats, 6, &c, &used, &e), 0);
	assert_int_equal(used, 6);
	assert_int_equal(seen.n_codes, 32);
	for (i = 0; i < 32; i++) {
		assert_int_equal(seen.tile[i], 1);
		assert_int_equal(seen.plane[i], i / 8);
		assert_int_equal(seen.column[i], i % 8);
		assert_int_equal(seen.code[i], codes[i / 8][i % 8]);
		assert_int_equal(seen.bits[i], 4);
	}
	assert_int_equal(seen.n_partials, 2);
	assert_int_equal(seen.partial[0].address, 6);
	assert_int_equal(seen.partial[0].partial, 2 * -5 + -3 * 3 + 7 * 7);
	assert_int_equal(seen.partial[1].address, 7);
	assert_int_equal(seen.partial[1].accumulator, 2 * 1 + -3 * -8);
	assert_int_equal(seen.partial[1].pc, 3);
	assert_int_equal(seen.n_outs, 2);
	assert_int_equal(seen.out[0].acc, 30);
	assert_int_equal(seen.out[0].channel, 2);
	assert_int_equal(seen.out[0].q, 7); /* M = 32771, s = 0: far above */
	assert_int_equal(seen.out[1].q, 3); /* floor((26 * 1 + 4) / 8) */
	assert_true(!seen.out[0].last && seen.out[1].last && seen.out[1].to_stream && !seen.out[1].to_buffer);
	assert_true(c.activations == 4 && c.conversions == 32 && c.comparisons == 128);
	gm_free(g);
}

/* numerics.md section 5: one bit converters clip counts of 2 to 1, y = -1 where the product is 2 */
static void test_lossy_worked(void **state)
{
	const struct gm_hw hw = { .rows = 3, .cols = 2, .tiles = 1, .adcs = 1, .adc_bits = 1, .cell_bits = 1, .grid_bits = 1,
				  .prog_depth = 8, .act_depth = 3, .acc_depth = 1, .ch_depth = 1 };
	const struct gm_regs regs = { .input_bits = 3, .weight_bits = 2, .window = { { 1, 0, false } } };
	const uint64_t beats[] = { 1, 1, 1, 0x01fe03 };
	struct gm *g = new_clip(&hw);
	struct asm_prog p = { .n = 0 };
	struct err e;

	(void)state;
	put(&p, W0(6, 0, 0, 0, 1), SPAN(0, 1, 3), 0, 0, 0, 0, 0, 0);
	put(&p, 7, 0, 0, HALVES(0, 3), HALVES(1, 0), HALVES(0, 3), 0, 0);
	put(&p, W0(8, 0, 0, 0, 1), SPAN(0, 1, 3), SPAN(0, 1, 2), HALVES(0, 3), HALVES(1, 0), 0, W6(1, 0, 0, 2, 0), 0);
	put_end(&p);
	assert_int_equal(run(g, &regs, &p, beats, 4, NULL, NULL, &e), 0);
	assert_int_equal(seen.n_partials, 1);
	assert_int_equal(seen.partial[0].partial, -1);
	gm_free(g);
}

/* four loops inside each other, index registers, accumulation, the state that stays and the registers that do not */
static void test_loops(void **state)
{
	const uint64_t beats[] = { 0x0f, 0x03, 0x0201 };
	struct gm *g = new_clip(&small);
	struct asm_prog p = { .n = 0 };
	struct gm_regs regs = plain;
	struct err e;
	int i;

	(void)state;
	regs.weight_bits = 1; /* one slice of weight -1 */
	put(&p, W0(6, 0, 0, 1, 2), SPAN(0, 1, 2), 0, 0, 0, 0, 0, 0);        /* LOAD into both tiles: row 0 = 1111, row 1 = 1100 */
	put(&p, 7, 0, 0, HALVES(0, 2), HALVES(1, 0), HALVES(0, 2), 0, 0);   /* XIN x = (1, 2) */
	put_idx(&p, 6, 0, 65535);
	put_idx(&p, 0, 6, 5);                                               /* destination 0: nothing */
	put_idx(&p, 6, 6, 3);                                               /* r6 = 2 */
	put_loop(&p, 2);
	put_loop(&p, 1);
	put_loop(&p, 3);
	put_loop(&p, 2);
	put(&p, W0(8, 1, 0, 1, 2), SPAN(0, 1, 2), SPAN(0, 1, 2), HALVES(0, 2), HALVES(1, 0), 0, W6(3, 1, 0, 1, 0), W7(0, 0, 6, 6, 0, 0));
	put_next(&p);
	put_next(&p);
	put_next(&p);
	put_next(&p);
	put(&p, W0(9, 2, 0, 1, 2), 0, 0, 0, 0, HALVES(0, 2), 0, W7(0, 0, 0, 6, 0, 0)); /* OUT sums the two tiles */
	put_end(&p);
	for (i = 1; i <= 2; i++) { /* the accumulators go on in the second run; r6 starts at 0 again, or the address would differ */
		assert_int_equal(run(g, &regs, &p, beats, 3, NULL, NULL, &e), 0);
		assert_int_equal(seen.n_partials, 12 * 2 * 2);
		assert_int_equal(seen.partial[0].address, 2);
		assert_int_equal(seen.column[0], 2);
		assert_int_equal(seen.partial[0].partial, -1); /* columns 2, 3: row 0 only, x = 1 */
		assert_int_equal(seen.out[0].acc, i * 12 * 2 * -1);
		assert_int_equal(seen.out[1].acc, i * 12 * 2 * -1);
	}
	gm_free(g);
}

/* register of field n when the first is `first`; -1: r0 everywhere. r[k] = -3k, so what it adds to is 3k more */
static int reg_of(int first, int n) { return first < 0 ? 0 : 1 + (first + n) % 15; }

static void put_fields(struct asm_prog *p, int first)
{
	int r[13], k;

	p->n = 0;
	for (k = 1; k < INDEX_REGS && first >= 0; k++)
		put_idx(p, k, k - 1, 65533);
	for (k = 0; k < 13; k++)
		r[k] = reg_of(first, k);
#define AT(n, value) ((value) + 3 * r[n])
	put(p, 5, AT(0, 1), 0, 0, 0, HALVES(0, 2), 0, W7(0, 0, 0, 0, 0, r[0]));
	put(p, W0(6, 0, AT(1, 1), 1, 1), SPAN(AT(2, 1), 1, 7), 0, 0, 0, 0, 0, W7(0, r[2], 0, 0, r[1], 0));
	put(p, 7, 0, 0, HALVES(AT(3, 3), 4), HALVES(1, 0), HALVES(0, 4), 0, W7(r[3], 0, 0, 0, 0, 0));
	put(p, W0(8, 0, AT(4, 1), 1, 1), SPAN(AT(5, 2), 1, 4), SPAN(AT(6, 1), 1, 4), HALVES(AT(7, 3), 4), HALVES(1, 0), AT(8, 5), W6(4, 0, 0, 2, 0),
	    W7(r[7], r[5], r[6], r[8], r[4], 0));
	put(p, W0(9, 3, AT(9, 1), 1, 1), AT(10, 1), 0, HALVES(AT(11, 9), 2), HALVES(1, 0), HALVES(AT(12, 5), 2), 0, W7(r[11], 0, 0, r[12], r[9], r[10]));
#undef AT
	put_end(p);
}

/* every index register in every field that adds one: the program does what it does without registers */
static void test_index_fields(void **state)
{
	const uint64_t beats[] = { 1u << 16 | 7, 2u << 16 | 5, 0x53, 0xa7, 0x1e, 0xf0, 0x6b, 0x95, 0x3c, 0x07fd0503 };
	static struct seen without;
	struct asm_prog p;
	struct err e;
	int first;

	(void)state;
	for (first = -1; first < 15; first++) {
		struct gm *g = new_clip(&small);

		put_fields(&p, first);
		assert_int_equal(run(g, &plain, &p, beats, 10, NULL, NULL, &e), 0);
		gm_free(g);
		assert_true(seen.n_codes == 4 * 4 && seen.n_partials == 2 && seen.n_outs == 2);
		assert_true(seen.column[0] == 1 && seen.tile[0] == 1 && seen.partial[0].address == 5 && seen.out[0].channel == 1 && seen.out[0].address == 9);
		if (first < 0)
			without = seen;
		assert_memory_equal(seen.code, without.code, sizeof(seen.code));
		assert_int_equal(seen.partial[1].accumulator, without.partial[1].accumulator);
		assert_int_equal(seen.out[1].q, without.out[1].q);
		assert_int_not_equal(seen.out[0].acc, 0);
	}
}

/* OUT back into the buffer through a two-dimensional pattern, addresses that wrap at 65536 and at the depth, ACT reading them */
static void test_pattern(void **state)
{
	const uint64_t beats[] = { (uint64_t)15 << 16 | 32768, (uint64_t)15 << 16 | 32768, (uint64_t)15 << 16 | 32768, (uint64_t)15 << 16 | 32768,
				   0x9, 0x6, 0x0503 };
	static const int address[4] = { 14, 1, 15, 2 }; /* (65534 + (e div 2)*1 + (e mod 2)*3) mod 65536 mod 16 */
	struct gm *g = new_clip(&small);
	struct asm_prog p = { .n = 0 };
	struct gm_regs regs = plain;
	struct err e;
	int i;

	(void)state;
	regs.weight_code = GC_SM;
	regs.weight_bits = 1; /* slices +1, -1 */
	put(&p, 5, 0, 0, 0, 0, HALVES(0, 4), 0, 0);                          /* factor 1 on all channels */
	put(&p, W0(6, 0, 0, 0, 1), SPAN(0, 1, 2), 0, 0, 0, 0, 0, 0);         /* row 0: columns 0, 3; row 1: columns 1, 2 */
	put(&p, 7, 0, 0, HALVES(65535, 2), HALVES(2, 7), HALVES(0, 2), 0, 0); /* x0 = 3 at 65535, x1 = 5 at 1 */
	put(&p, W0(8, 0, 0, 0, 1), SPAN(0, 1, 2), SPAN(0, 1, 4), HALVES(65535, 9), HALVES(2, 0), 65535, W6(2, 0, 0, 2, 0), 0);
	put(&p, W0(9, 1, 0, 0, 1), 65534, 0, HALVES(65534, 2), HALVES(3, 1), HALVES(65535, 4), 0, 0);
	put(&p, W0(8, 0, 0, 0, 1), SPAN(0, 1, 2), SPAN(0, 1, 2), HALVES(65534, 2), HALVES(3, 1), 3, W6(2, 0, 0, 2, 0), 0);
	put_end(&p);
	assert_int_equal(run(g, &regs, &p, beats, 7, NULL, NULL, &e), 0);
	assert_int_equal(seen.n_partials, 3);
	assert_int_equal(seen.partial[0].address, 7); /* 65535 mod 8, then 0 */
	assert_int_equal(seen.partial[0].partial, -2);
	assert_int_equal(seen.partial[1].address, 0);
	assert_int_equal(seen.partial[1].partial, 2);
	assert_int_equal(seen.n_outs, 4);
	for (i = 0; i < 4; i++) {
		assert_int_equal(seen.out[i].address, address[i]);
		assert_int_equal(seen.out[i].channel, (65534 + i) % 4);
		assert_int_equal(seen.out[i].q, i == 0 ? -2 : i == 1 ? 2 : 0);
		assert_true(seen.out[i].to_buffer && !seen.out[i].to_stream && !seen.out[i].last);
	}
	assert_int_equal(seen.partial[2].partial, -2 - 2); /* x = (-2, 2) from 14 and 1: column 0 sees -2, column 1 (negative) sees 2 */
	gm_free(g);
}

static void test_stop(void **state)
{
	const uint64_t beats[1] = { 0 };
	struct gm *g = new_clip(&small);
	struct asm_prog p = { .n = 0 };
	struct err e;

	(void)state;
	put(&p, W0(9, 2, 0, 0, 1), 0, 0, 0, 0, HALVES(0, 5), 0, 0);
	put(&p, W0(15, 0, 0, 0, 0), 0, 0, 0, 0, 0, 0, 0);
	seen.stop_after = 3;
	assert_int_equal(run(g, &plain, &p, beats, 0, NULL, NULL, &e), 1);
	assert_int_equal(seen.n_outs, 3);
	assert_int_equal(e.code, ERR_NONE);
	seen.stop_after = 0;
	gm_free(g);
}

/* ---- errors: isa.md section 2 and 4 ---- */

struct bad { const char *text; uint32_t w[8]; };

static void test_errors(void **state)
{
#define ACT0 W0(8, 0, 0, 0, 1)
#define ROWS SPAN(0, 1, 8)
#define PAT HALVES(0, 8)
	static const struct bad bad[] = {
		{ "code 1 (illegal op): op is 0", { 0 } },
		{ "code 1 (illegal op): op is 10", { 10 } },
		{ "code 1 (illegal op): op is 15", { 15 } },
		{ "code 2 (loop): NEXT", { 3 } },
		{ "code 2 (loop): LOOP count", { 2 } },
		{ "code 3 (tile set): the last tile is 2, legal 0..1", { W0(6, 0, 2, 0, 1), ROWS } },
		{ "code 3 (tile set): the last tile is 3", { W0(8, 0, 0, 3, 2), ROWS, ROWS, PAT, 0, 0, W6(4, 0, 0, 1, 0) } },
		{ "code 3 (tile set): tile_count", { W0(9, 2, 0, 0, 0), 0, 0, 0, 0, HALVES(0, 1) } },
		{ "code 3 (tile set): tile_stride", { W0(9, 2, 0, 0, 2), 0, 0, 0, 0, HALVES(0, 1) } },
		{ "zero count): the last row is 8, legal 0..7", { W0(6, 0, 0, 0, 1), SPAN(1, 1, 8) } },
		{ "zero count): the last row is 9", { W0(6, 0, 0, 0, 1), SPAN(0, 3, 4) } },
		{ "zero count): row_count", { W0(6, 0, 0, 0, 1), SPAN(0, 1, 0) } },
		{ "zero count): row_stride", { W0(6, 0, 0, 0, 1), SPAN(0, 0, 2) } },
		{ "zero count): row_count", { ACT0, SPAN(0, 1, 0), ROWS, PAT, 0, 0, W6(4, 0, 0, 1, 0) } },
		{ "zero count): col_count", { ACT0, ROWS, SPAN(0, 1, 0), PAT, 0, 0, W6(4, 0, 0, 1, 0) } },
		{ "zero count): the last col is 1023", { ACT0, ROWS, SPAN(1023, 0, 1), PAT, 0, 0, W6(4, 0, 0, 1, 0) } },
		{ "zero count): inner", { ACT0, ROWS, ROWS, 0, 0, 0, W6(4, 0, 0, 1, 0) } },
		{ "zero count): inner", { 7, 0, 0, 0, 0, HALVES(0, 1) } },
		{ "zero count): inner", { W0(9, 1, 0, 0, 1), 0, 0, 0, 0, HALVES(0, 1) } },
		{ "zero count): count", { 7, 0, 0, PAT } },
		{ "zero count): count", { 5 } },
		{ "zero count): count", { W0(9, 2, 0, 0, 1) } },
		{ "code 5 (bits or nslice): bits is 0, legal 1..4", { ACT0, ROWS, ROWS, PAT, 0, 0, W6(0, 0, 0, 1, 0) } },
		{ "code 5 (bits or nslice): bits is 5", { ACT0, ROWS, ROWS, PAT, 0, 0, W6(5, 0, 0, 1, 0) } },
		{ "code 5 (bits or nslice): nslice", { ACT0, ROWS, ROWS, PAT, 0, 0, W6(4, 0, 0, 0, 0) } },
		{ "slices 0..3", { ACT0, ROWS, ROWS, PAT, 0, 0, W6(4, 0, 3, 2, 0) } },
		{ "not a multiple", { ACT0, ROWS, ROWS, PAT, 0, 0, W6(4, 0, 0, 3, 0) } },
		{ "takes beats 0..1, but the stream has 1", { 5, 0, 0, 0, 0, HALVES(0, 2) } },
		{ "takes beats 0..7, but the stream has 1", { W0(6, 0, 0, 0, 1), ROWS } },
		{ "takes beats 0..1, but the stream has 1", { 7, 0, 0, PAT, 0, HALVES(0, 9) } },
		/* index registers count: r1 = 65535 here */
		{ "the last tile is 65535", { W0(6, 0, 0, 0, 1), ROWS, 0, 0, 0, 0, 0, W7(0, 0, 0, 0, 1, 0) } },
		{ "the last row is 65542", { W0(6, 0, 0, 0, 1), ROWS, 0, 0, 0, 0, 0, W7(0, 1, 0, 0, 0, 0) } },
	};
	const uint64_t beat = 0;
	struct gm *g = new_clip(&small);
	struct asm_prog p;
	struct err e;
	size_t i, used;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		p.n = 0;
		put_idx(&p, 1, 0, 65535);
		memcpy(p.w[p.n++], bad[i].w, sizeof(bad[i].w));
		put_end(&p);
		assert_int_equal(run(g, &plain, &p, &beat, 1, NULL, &used, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		if (!strstr(e.text, bad[i].text) || !strstr(e.text, "instruction 1:"))
			fail_msg("'%s' is not in '%s'", bad[i].text, e.text);
		assert_int_equal(seen.n_codes + seen.n_partials + seen.n_outs, 0); /* nothing of it is carried out */
		assert_int_equal(used, 0);
	}
	p.n = 0;
	for (i = 0; i < 5; i++)
		put_loop(&p, 2);
	assert_int_equal(run(g, &plain, &p, &beat, 1, NULL, NULL, &e), -1);
	assert_non_null(strstr(e.text, "instruction 4: error code 2 (loop)"));
	for (p.n = 0; p.n < 64; )
		put_idx(&p, 1, 1, 1);
	assert_int_equal(run(g, &plain, &p, &beat, 1, NULL, NULL, &e), -1);
	assert_non_null(strstr(e.text, "instruction 64: error code 6"));
	p.n = 3; /* the rest of the program memory was never written */
	assert_int_equal(run(g, &plain, &p, &beat, 1, NULL, NULL, &e), -1);
	assert_non_null(strstr(e.text, "instruction 3: error code 1"));
	gm_free(g);
}

/* rows that an activation does not drive are driven with 0, even when the one before drove them */
static void test_undriven(void **state)
{
	const uint64_t beats[] = { 1, 1, 0x0101 };
	struct gm *g = new_clip(&small);
	struct asm_prog p = { .n = 0 };
	struct err e;

	(void)state;
	put(&p, W0(6, 0, 0, 0, 1), SPAN(0, 1, 2), 0, 0, 0, 0, 0, 0);
	put(&p, 7, 0, 0, HALVES(0, 2), HALVES(1, 0), HALVES(0, 2), 0, 0);
	put(&p, W0(8, 0, 0, 0, 1), SPAN(0, 1, 2), SPAN(0, 0, 1), HALVES(0, 2), HALVES(1, 0), 0, W6(4, 0, 0, 1, 0), 0);
	put(&p, W0(8, 0, 0, 0, 1), SPAN(1, 0, 1), SPAN(0, 0, 1), HALVES(0, 2), HALVES(1, 0), 0, W6(4, 0, 0, 1, 0), 0);
	put_end(&p);
	assert_int_equal(run(g, &plain, &p, beats, 3, NULL, NULL, &e), 0);
	assert_int_equal(seen.partial[0].partial, 2);
	assert_int_equal(seen.partial[1].partial, 1);
	gm_free(g);
}

/* pairs of dif: one row, cells 3 and 1 of two bits, signed window; plane weights 1 and -2 of x = -1 (both bits) and x = 1 */
static void test_dif_by_hand(void **state)
{
	const struct gm_hw hw = { .rows = 2, .cols = 5, .tiles = 1, .adcs = 2, .adc_bits = 3, .cell_bits = 2, .grid_bits = 1, .kind = RO_FLASH,
				  .prog_depth = 8, .act_depth = 4, .acc_depth = 2, .ch_depth = 1 };
	const struct gm_regs regs = { .input_bits = 2, .weight_bits = 3, .weight_code = GC_DIF, .window = { { 1, -4, false } } };
	/* cells: row 0: 3 1 | 0 2 | 3, row 1: 0 3 | 1 0 | 3 */
	const uint64_t beats[] = { 3 | 1 << 2 | 0 << 4 | 2 << 6 | 3 << 8, 0 | 3 << 2 | 1 << 4 | 0 << 6 | 3 << 8, 0x01ff };
	/* x = (-1, 1): plane 0 drives both rows, plane 1 row 0. Pair 0: 2 - 3 = -1, 2; pair 1: -2 + 1 = -1, -2. Codes S + 4 */
	static const int codes[4] = { 3, 3, 6, 2 };
	struct asm_prog p = { .n = 0 };
	struct err e;
	struct gm_counts c;
	struct gm *g;
	int32_t T[2 * GM_SETS * 8];
	int i;

	(void)state;
	for (i = 0; i < 2 * GM_SETS * 8; i++)
		T[i] = (i % 8 - 4) * 2;
	g = gm_new(&hw, T);
	put(&p, W0(6, 0, 0, 0, 1), SPAN(0, 1, 2), 0, 0, 0, 0, 0, 0);
	put(&p, 7, 0, 0, HALVES(0, 2), HALVES(1, 0), HALVES(0, 2), 0, 0);
	put(&p, W0(8, 0, 0, 0, 1), SPAN(0, 1, 2), SPAN(0, 1, 2), HALVES(0, 2), HALVES(1, 0), 0, W6(3, 0, 0, 1, 0), 0);
	put_end(&p);
	assert_int_equal(run(g, &regs, &p, beats, 3, &c, NULL, &e), 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(seen.code[i], codes[i]);
	assert_int_equal(seen.partial[0].partial, -1 - 2 * 2);
	assert_int_equal(seen.partial[1].partial, -1 - 2 * -2);
	assert_true(c.conversions == 4 && c.comparisons == 4 * 7);
	p.w[2][2] = SPAN(0, 1, 3); /* there are two pairs */
	assert_int_equal(run(g, &regs, &p, beats, 3, NULL, NULL, &e), -1);
	assert_non_null(strstr(e.text, "the last col is 2, legal 0..1"));
	gm_free(g);
}

/* steps, and with them look-up tables, follow the tree that the registers hold */
static void test_trees(void **state)
{
	static const struct ro_tree left = { .root = 3, .left = { 0, 0, 1, 2 } }, right = { .root = 1, .right = { 0, 2, 3 } };
	struct gm_hw hw = small;
	struct gm_regs regs = plain;
	const struct ro_tree *trees[] = { &left, &right, NULL, &left };
	static const int comparisons[] = { 3 + 3, 1 + 2, 2 + 2, 3 + 3 }; /* of S = 0, 1 */
	const uint64_t beats[] = { 0xe, 0xc, 0x8, 0x010101 };
	struct gm_counts c;
	struct err e;
	struct gm *g;
	struct asm_prog p = { .n = 0 };
	int i, j;

	(void)state;
	hw.asymmetric = true;
	hw.adc_bits = 2;
	g = new_clip(&hw);
	regs.input_bits = 1;
	regs.weight_bits = 1;
	put(&p, W0(6, 0, 0, 0, 1), SPAN(0, 1, 3), 0, 0, 0, 0, 0, 0);
	put(&p, 7, 0, 0, HALVES(0, 3), HALVES(1, 0), HALVES(0, 3), 0, 0);
	put(&p, W0(8, 0, 0, 0, 1), SPAN(0, 1, 3), SPAN(0, 1, 2), HALVES(0, 3), HALVES(1, 0), 0, W6(2, 0, 0, 1, 0), 0);
	put_end(&p);
	for (i = 0; i < 4; i++) {
		regs.tree = trees[i];
		assert_int_equal(run(g, &regs, &p, beats, 4, &c, NULL, &e), 0);
		for (j = 0; j < 2; j++)
			assert_int_equal(seen.code[j], j);
		assert_int_equal(c.comparisons, comparisons[i]);
	}
	gm_free(g);
}

/* a row's cells in test_words */
static int cell_at(int row)
{
	return row * 7 % 11 < 6;
}

/* rows anywhere among 1024, one word of a plane or many, in every way of counting: all inputs are 1, so plane 0 counts the cells.
 * A window above every count gives code 0. */
static void test_words(void **state)
{
	static const int spans[][3] = { { 0, 1, 64 }, { 0, 1, 256 }, { 960, 1, 64 }, { 1000, 1, 24 }, { 640, 1, 256 }, { 63, 1, 2 }, { 1, 3, 341 }, { 0, 1, 1024 } };
	enum { SPANS = sizeof(spans) / sizeof(*spans) };
	const struct gm_hw hw = { .rows = 1024, .cols = 2, .tiles = 1, .adcs = 1, .adc_bits = 12, .cell_bits = 1, .grid_bits = 4,
				  .prog_depth = 64, .act_depth = 1024, .acc_depth = 8, .ch_depth = 4 };
	static uint64_t beats[1024 + 128];
	struct asm_prog p = { .n = 0 };
	struct gm_regs regs = plain;
	struct err e;

	(void)state;
	for (int i = 0; i < 1024 + 128; i++)
		beats[i] = i >= 1024 ? 0x0101010101010101 : cell_at(i) ? 3 : 0;
	put(&p, W0(6, 0, 0, 0, 1), SPAN(0, 1, 1024), 0, 0, 0, 0, 0, 0);
	put(&p, 7, 0, 0, HALVES(0, 1024), HALVES(1, 0), HALVES(0, 1024), 0, 0);
	for (int i = 0; i < SPANS; i++)
		put(&p, W0(8, 0, 0, 0, 1), SPAN(spans[i][0], spans[i][1], spans[i][2]), SPAN(0, 1, 2), HALVES(0, 1024), HALVES(1, 0), 0, W6(12, 0, 0, 1, 0), 0);
	put_end(&p);
	for (enum gl_simd simd = GL_PLAIN; simd <= GL_AVX512; simd++)
		for (int low = 0; low <= 2000; low += 2000) {
			struct gm *g = gm_new(&hw, NULL);

			gl_simd_limit(simd);
			regs.window[0].low = low;
			assert_int_equal(run(g, &regs, &p, beats, 1024 + 128, NULL, NULL, &e), 0);
			assert_int_equal(seen.n_codes, 8 * SPANS);
			for (int i = 0; i < 8 * SPANS; i++) {
				int count = 0;

				for (int k = 0; k < spans[i / 8][2]; k++)
					count += cell_at(spans[i / 8][0] + k * spans[i / 8][1]);
				assert_int_equal(seen.code[i], seen.plane[i] || low ? 0 : count);
			}
			gm_free(g);
		}
}

static void make_machine(const void *hw)
{
	gm_free(gm_new(hw, NULL));
}

/* parameters that isa.md section 1 does not have are no machine: the least and the greatest are one, those beyond are not */
static void test_parameters(void **state)
{
	struct gm_hw hw = small;
	const struct { int *of, least, most; } range[] = {
		{ &hw.rows, 1, 1024 }, { &hw.tiles, 1, 64 }, { &hw.adcs, 1, 8 }, { &hw.adc_bits, 1, 12 }, { &hw.cell_bits, 1, 2 }, { &hw.grid_bits, 0, 8 }, { &hw.spares, 0, 4 },
		{ &hw.prog_depth, 1, 65536 }, { &hw.act_depth, 1, 65536 }, { &hw.acc_depth, 1, 65536 }, { &hw.ch_depth, 1, 65536 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(range) / sizeof(*range); i++) {
		int kept = *range[i].of;

		for (int beyond = 0; beyond < 2; beyond++) {
			*range[i].of = range[i].least - beyond;
			assert_int_equal(aborts(make_machine, &hw), beyond);
			*range[i].of = range[i].most + beyond;
			assert_int_equal(aborts(make_machine, &hw), beyond);
		}
		*range[i].of = kept;
	}
	for (hw.cols = 1023, hw.adcs = 1; hw.cols < 1026; hw.cols++)
		assert_int_equal(aborts(make_machine, &hw), hw.cols > 1024);
	hw.cols = 0;
	assert_true(aborts(make_machine, &hw));
}

/* the controller's own clocks (golden/machine_character.c): one to start, one per bin, 4 + steps * P_c per conversion; 2 or 4 per reference */
static void test_characterise_clocks(void **state)
{
	struct gm_character x = { .bits = 4, .lane = 3, .repeats = 2, .step = 16, .count = 5 };
	struct gm_hw hw = small;
	struct gm_regs regs = plain;
	struct gm *g = new_clip(&hw);
	uint32_t bin[16];

	(void)state;
	regs.compare = 3;
	assert_int_equal(gm_characterise(g, &regs, &x, bin), 1 + 16 + 10 * (4 + 4 * 3));
	x.bits = 2;
	assert_int_equal(gm_characterise(g, &regs, &x, bin), 1 + 16 + 10 * (4 + 2 * 3));
	x.references = true; /* of three references levels 0 to 4 reach 0, 1, 2, 3, 3 */
	assert_int_equal(gm_characterise(g, &regs, &x, bin), 1 + 16 + 2 * (9 * 4 + 6 * 2));
	gm_free(g);
	hw.immersed = true;
	regs.reference_precharge = 2;
	regs.share = 4;
	regs.settle = 1;
	x.references = false;
	g = new_clip(&hw);
	assert_int_equal(gm_characterise(g, &regs, &x, bin), 1 + 16 + 10 * (4 + 2 * (2 + 4 + 1)));
	gm_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand), cmocka_unit_test(test_lossy_worked), cmocka_unit_test(test_loops), cmocka_unit_test(test_index_fields), cmocka_unit_test(test_pattern),
		cmocka_unit_test(test_stop), cmocka_unit_test(test_errors), cmocka_unit_test(test_undriven),
		cmocka_unit_test(test_dif_by_hand), cmocka_unit_test(test_trees), cmocka_unit_test(test_characterise_clocks), cmocka_unit_test(test_words), cmocka_unit_test(test_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

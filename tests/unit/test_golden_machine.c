/* golden/machine: hand-assembled programs (bit positions written here from docs/isa.md section 2, not taken from the machine) against a naive
 * interpretation of docs/numerics.md written in this file: one row, one bit at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "golden/machine.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ---- an assembler of eight words ---- */

struct asm_prog { uint32_t w[64][8]; size_t n; };

#define W0(op, flags, tile, stride, count) ((uint32_t)(op) | (uint32_t)(flags) << 4 | (uint32_t)(tile) << 8 | (uint32_t)(stride) << 16 | (uint32_t)(count) << 24)
#define SPAN(start, stride, count) ((uint32_t)(start) | (uint32_t)(stride) << 10 | (uint32_t)(count) << 20)
#define HALVES(low, high) ((uint32_t)(low) | (uint32_t)(high) << 16)
#define W6(bits, set, slice0, nslice, lag) ((uint32_t)(bits) | (uint32_t)(set) << 4 | (uint32_t)(slice0) << 8 | (uint32_t)(nslice) << 12 | (uint32_t)(lag) << 16)
#define W7(base, row, col, acc, tile, ch) ((uint32_t)(base) | (uint32_t)(row) << 4 | (uint32_t)(col) << 8 | (uint32_t)(acc) << 12 | (uint32_t)(tile) << 16 | (uint32_t)(ch) << 20)

static void put(struct asm_prog *p, uint32_t w0, uint32_t w1, uint32_t w2, uint32_t w3, uint32_t w4, uint32_t w5, uint32_t w6, uint32_t w7)
{
	const uint32_t w[8] = { w0, w1, w2, w3, w4, w5, w6, w7 };

	memcpy(p->w[p->n++], w, sizeof(w));
}

static void put_end(struct asm_prog *p) { put(p, 1, 0, 0, 0, 0, 0, 0, 0); }
static void put_loop(struct asm_prog *p, int count) { put(p, 2, 0, 0, 0, 0, HALVES(0, count), 0, 0); }
static void put_next(struct asm_prog *p) { put(p, 3, 0, 0, 0, 0, 0, 0, 0); }
static void put_idx(struct asm_prog *p, int to, int from, int value) { put(p, 4, 0, 0, 0, 0, HALVES(value, 0), 0, W7(to, from, 0, 0, 0, 0)); }

/* ---- what the machine said ---- */

struct seen {
	int tile[4096], plane[4096], column[4096], code[4096], bits[4096], n_codes;
	struct gm_partial partial[1024];
	int n_partials;
	struct gm_out out[1024];
	int n_outs;
	int stop_after; /* outs; 0 never */
};

static int on_codes(void *ctx, const struct gm_codes *e)
{
	struct seen *s = ctx;
	int i;

	for (i = 0; i < e->n; i++) {
		assert_true(s->n_codes < 4096);
		s->tile[s->n_codes] = e->tile;
		s->plane[s->n_codes] = e->plane;
		s->bits[s->n_codes] = e->bits;
		s->column[s->n_codes] = e->column[i];
		s->code[s->n_codes++] = e->code[i];
	}
	return 0;
}

static int on_partial(void *ctx, const struct gm_partial *e)
{
	struct seen *s = ctx;

	assert_true(s->n_partials < 1024);
	s->partial[s->n_partials++] = *e;
	return 0;
}

static int on_out(void *ctx, const struct gm_out *e)
{
	struct seen *s = ctx;

	assert_true(s->n_outs < 1024);
	s->out[s->n_outs++] = *e;
	return s->stop_after && s->n_outs == s->stop_after;
}

static struct seen seen;

static int run(struct gm *g, const struct gm_regs *regs, const struct asm_prog *p, const uint64_t *beats, size_t n_beats,
	       struct gm_counts *counts, size_t *used, struct err *e)
{
	const struct gm_sink sink = { &seen, on_codes, on_partial, on_out };
	int stop = seen.stop_after;

	memset(&seen, 0, sizeof(seen));
	seen.stop_after = stop;
	memset(e, 0, sizeof(*e));
	return gm_run(g, regs, &p->w[0][0], p->n, beats, n_beats, &sink, counts, used, e);
}

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

/* ---- any shape, any table: one activation against a naive reading ---- */

struct shape {
	struct gm_hw hw;
	struct gm_regs regs;
	int row0, rstride, rcount, col0, cstride, ccount, slice0, nslice, bits, set, tile;
	int8_t *w;       /* [rows][cols] cells */
	int8_t x[1024];
	int32_t *T;
};

static void draw_shape(struct shape *s, struct prng *p, int rows, int cols)
{
	int K, i;
	size_t n;

	memset(s, 0, sizeof(*s));
	s->hw = (struct gm_hw){ .rows = rows, .cols = cols, .tiles = (int)prng_range(p, 1, 3), .adc_bits = (int)prng_range(p, 1, 8),
				.cell_bits = (int)prng_range(p, 1, 2), .grid_bits = (int)prng_range(p, 1, 6), .prog_depth = 8,
				.act_depth = 1024, .acc_depth = 1024, .ch_depth = 3 };
	do {
		s->hw.adcs = 1 << prng_range(p, 0, 6);
	} while (s->hw.adcs > cols);
	s->regs.input_bits = (int)prng_range(p, 1, 8);
	s->regs.weight_bits = (int)prng_range(p, 1, 8);
	s->regs.input_code = prng_range(p, 0, 1) ? GC_SM : GC_TC;
	s->regs.weight_code = prng_range(p, 0, 1) ? GC_SM : GC_TC;
	for (i = 0; i < GM_SETS; i++)
		s->regs.window[i] = (struct ro_window){ (int)prng_range(p, 1, 3), (int)prng_range(p, -3, 3), false };
	s->tile = (int)prng_range(p, 0, s->hw.tiles - 1);
	s->row0 = (int)prng_range(p, 0, rows - 1);
	s->rstride = (int)prng_range(p, 1, 5);
	s->rcount = (int)prng_range(p, 1, (rows - 1 - s->row0) / s->rstride + 1);
	K = gc_slices(s->regs.weight_code, s->regs.weight_bits, s->hw.cell_bits);
	s->cstride = (int)prng_range(p, 1, 2);
	s->col0 = (int)prng_range(p, 0, cols / 4);
	i = (cols - 1 - s->col0) / s->cstride + 1; /* columns there are */
	s->nslice = (int)prng_range(p, 1, K < i ? K : i);
	s->slice0 = (int)prng_range(p, 0, K - s->nslice);
	s->ccount = s->nslice * (int)prng_range(p, 1, i / s->nslice);
	s->bits = (int)prng_range(p, 1, s->hw.adc_bits);
	s->set = (int)prng_range(p, 0, 3);
	s->w = calloc((size_t)rows * cols, 1);
	for (i = 0; i < rows * cols; i++)
		s->w[i] = (int8_t)prng_range(p, 0, (1 << s->hw.cell_bits) - 1);
	for (i = 0; i < rows; i++)
		s->x[i] = (int8_t)prng_range(p, -128, 127);
	n = ((size_t)s->hw.tiles * s->hw.adcs * GM_SETS) << s->hw.adc_bits;
	s->T = calloc(n, sizeof(*s->T));
	while (n--) /* not monotone at all */
		s->T[n] = (int32_t)prng_range(p, -5, (int64_t)(rows * 3) << s->hw.grid_bits);
}

static int naive_code(const struct shape *s, int plane, int column)
{
	const int32_t *T = s->T + (((size_t)(s->tile * s->hw.adcs + column % s->hw.adcs) * GM_SETS + s->set) << s->hw.adc_bits);
	int B = s->regs.input_bits, m = B > 1 ? B - 1 : 1, S = 0, code = 0, i, k;

	for (i = 0; i < s->rcount; i++) {
		int x = s->x[i], bit, row = s->row0 + i * s->rstride;

		if (s->regs.input_code == GC_TC)
			bit = (x & 0xff) >> plane & 1;
		else if (plane < m)
			bit = x > 0 ? x >> plane & 1 : 0;
		else
			bit = x < 0 ? -x >> (plane - m) & 1 : 0;
		if (bit)
			S += s->w[row * s->hw.cols + column];
	}
	for (k = s->bits - 1; k >= 0; k--) {
		int trial = code + (1 << k);

		if (S * (1 << s->hw.grid_bits) >= T[trial])
			code = trial;
	}
	return code;
}

static int naive_plane_weight(const struct shape *s, int plane)
{
	int B = s->regs.input_bits, m = B > 1 ? B - 1 : 1;

	if (s->regs.input_code == GC_TC)
		return plane == B - 1 ? -(1 << plane) : 1 << plane;
	return plane < m ? 1 << plane : -(1 << (plane - m));
}

static int naive_slice_weight(const struct shape *s, int slice)
{
	int B = s->regs.weight_bits, c = s->hw.cell_bits, n;

	if (s->regs.weight_code == GC_TC) {
		n = (B - 1 + c - 1) / c;
		return slice == n ? -(1 << (B - 1)) : 1 << (slice * c);
	}
	n = ((B > 1 ? B - 1 : 1) + c - 1) / c;
	return slice < n ? 1 << (slice * c) : -(1 << ((slice - n) * c));
}

static void check_shape(struct shape *s)
{
	int planes = s->regs.input_code == GC_TC ? s->regs.input_bits : 2 * (s->regs.input_bits > 1 ? s->regs.input_bits - 1 : 1);
	int bpr = (s->hw.cols * s->hw.cell_bits + 63) / 64, p, i, at = 0, n_beats = s->hw.rows * bpr + (s->rcount + 7) / 8;
	const struct ro_window *win = &s->regs.window[s->set];
	uint64_t *beats = calloc((size_t)n_beats, 8);
	struct gm *g = gm_new(&s->hw, s->T);
	struct asm_prog prog = { .n = 0 };
	struct gm_counts c;
	struct err e;
	size_t used;

	for (i = 0; i < s->hw.rows * s->hw.cols; i++) {
		int bit = i % s->hw.cols * s->hw.cell_bits;

		beats[i / s->hw.cols * bpr + bit / 64] |= (uint64_t)s->w[i] << (bit % 64);
	}
	for (i = 0; i < s->rcount; i++)
		beats[s->hw.rows * bpr + i / 8] |= (uint64_t)(uint8_t)s->x[i] << (i % 8 * 8);
	put(&prog, W0(6, 0, s->tile, 0, 1), SPAN(0, 1, s->hw.rows), 0, 0, 0, 0, 0, 0);
	put(&prog, 7, 0, 0, HALVES(0, 65535), HALVES(1, 0), HALVES(0, s->rcount), 0, 0);
	put(&prog, W0(8, 0, s->tile, 0, 1), SPAN(s->row0, s->rstride, s->rcount), SPAN(s->col0, s->cstride, s->ccount), HALVES(0, 65535),
	    HALVES(1, 0), 0, W6(s->bits, s->set, s->slice0, s->nslice, 0), 0);
	put(&prog, W0(8, 1, s->tile, 0, 1), SPAN(s->row0, s->rstride, s->rcount), SPAN(s->col0, s->cstride, s->nslice), HALVES(0, 65535),
	    HALVES(1, 0), 0, W6(s->bits, s->set, s->slice0, s->nslice, 0), 0);
	put_end(&prog);
	assert_int_equal(run(g, &s->regs, &prog, beats, (size_t)n_beats, &c, &used, &e), 0);
	assert_int_equal(used, n_beats);
	assert_int_equal(seen.n_codes, planes * (s->ccount + s->nslice));
	assert_true(c.activations == 2 * (uint64_t)planes && c.conversions == (uint64_t)seen.n_codes &&
		    c.comparisons == (uint64_t)seen.n_codes * (uint64_t)s->bits);
	for (p = 0; p < planes; p++)
		for (i = 0; i < s->ccount; i++, at++) {
			assert_int_equal(seen.plane[at], p);
			assert_int_equal(seen.column[at], s->col0 + i * s->cstride);
			assert_int_equal(seen.code[at], naive_code(s, p, seen.column[at]));
		}
	assert_int_equal(seen.n_partials, s->ccount / s->nslice + 1);
	for (i = 0; i < s->ccount / s->nslice; i++) {
		int64_t y = 0;
		int j;

		for (j = 0; j < s->nslice; j++)
			for (p = 0; p < planes; p++)
				y += (int64_t)naive_slice_weight(s, s->slice0 + j) * naive_plane_weight(s, p) *
				     (win->low + win->lsb * naive_code(s, p, s->col0 + (i * s->nslice + j) * s->cstride));
		assert_int_equal(seen.partial[i].address, i);
		assert_int_equal(seen.partial[i].partial, y);
		assert_int_equal(seen.partial[i].accumulator, y);
	}
	assert_int_equal(seen.partial[i].partial, seen.partial[0].partial);
	assert_int_equal(seen.partial[i].accumulator, 2 * seen.partial[0].partial);
	gm_free(g);
	free(beats);
	free(s->w);
	free(s->T);
}

static void test_shapes(void **state)
{
	static const int sizes[] = { 1, 3, 7, 8, 33, 64, 65, 100, 130 };
	static struct shape s;
	struct prng p;
	int i;

	(void)state;
	prng_init(&p, 2);
	for (i = 0; i < 300; i++) {
		draw_shape(&s, &p, sizes[i % 9], sizes[i / 9 % 9]);
		check_shape(&s);
	}
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand), cmocka_unit_test(test_lossy_worked), cmocka_unit_test(test_loops), cmocka_unit_test(test_pattern),
		cmocka_unit_test(test_stop), cmocka_unit_test(test_errors), cmocka_unit_test(test_shapes), cmocka_unit_test(test_undriven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* golden/clock and golden/network: cases worked out by hand from docs/isa.md section 6 and docs/network.md sections 3 and 4, the clock-by-clock
 * model against the page's recurrence on random programs, the grant rule by itself.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "golden/clock.h"
#include "golden/network.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "tests/unit/aborts.h"

static const struct gm_regs ones = { .precharge = 1, .evaluate = 1, .compare = 1, .reference_precharge = 1, .share = 1, .settle = 1 };

static struct gm_hw local(int tiles, bool sample_hold)
{
	return (struct gm_hw){ .rows = 64, .cols = 64, .tiles = tiles, .adcs = 8, .adc_bits = 4, .cell_bits = 1, .sample_hold = sample_hold };
}

static struct gm_work work(int planes, int rounds, int steps, int cols)
{
	struct gm_work w = { .planes = planes, .rounds = rounds, .bits = 4, .col = { 0, 1, cols } };
	int p;

	for (p = 0; p < planes; p++)
		w.compares[p] = rounds * steps;
	return w;
}

static const struct gm_span tile0 = { 0, 1, 1 };

static void expect(struct gm_clock *c, uint64_t cycles, uint64_t compute, uint64_t convert, uint64_t compare, uint64_t serve)
{
	struct gm_counts n = { 0 };

	gm_clock_end(c, &n);
	assert_int_equal(n.cycles, cycles);
	assert_int_equal(n.compute_clocks, compute);
	assert_int_equal(n.convert_clocks, convert);
	assert_int_equal(n.compare_clocks, compare);
	assert_int_equal(n.serve_clocks, serve);
	gm_clock_free(c);
}

/* ---- by hand, local references ---- */

static void t_worked_example(void **state) /* isa.md section 6: 73 clocks */
{
	const struct gm_hw hw = local(1, true), without = local(1, false);
	struct gm_work w = work(8, 1, 4, 8);
	struct gm_clock *c = gm_clock_new(&hw, &ones);

	(void)state;
	gm_clock_act(c, &tile0, 8, &w);
	gm_clock_out(c, &tile0, 0, 1);
	expect(c, 73, 16, 40, 32, 0);
	/* without sample-and-hold v_p = f + 1: k_p = 14 + 8p, f_7 = 75, g = 87, END begins 92 */
	c = gm_clock_new(&without, &ones);
	gm_clock_act(c, &tile0, 8, &w);
	gm_clock_out(c, &tile0, 0, 1);
	expect(c, 94, 16, 40, 32, 0);
}

static void t_waits(void **state)
{
	const struct gm_hw hw = local(1, true);
	struct gm_work w = work(8, 1, 4, 8);
	struct gm_clock *c = gm_clock_new(&hw, &ones);
	struct gm_counts n = { 0 };
	int i;

	(void)state;
	/* h = 10, 21; the second is transferred in k_last(0) = 49, so the third works from 50 instead of 24, h = 58; transferred 89, f = 134, drained 146 */
	for (i = 0; i < 3; i++)
		gm_clock_act(c, &tile0, 8, &w);
	gm_clock_load(c, &tile0, 3); /* 59: from 146 instead of 61 */
	gm_clock_act(c, &tile0, 8, &w); /* 149: h = 159, f = 203, drained 215 */
	gm_clock_out(c, &tile0, 1, 1); /* 160: nothing to wait for */
	gm_clock_out(c, &tile0, 0, 1); /* 167: from 215 instead of 169 */
	gm_clock_act(c, &tile0, 8, &w); /* 220: h = 230, drained 286 */
	gm_clock_end(c, &n); /* 231: in 286 instead of 232 */
	assert_int_equal(n.wait_act, 50 - 24);
	assert_int_equal(n.wait_load, 146 - 61);
	assert_int_equal(n.wait_out, 215 - 169);
	assert_int_equal(n.wait_end, 286 - 232);
	assert_int_equal(n.cycles, 287);
	gm_clock_free(c);
}

/* ACT of 8 rows and 8 columns on tiles 0, stride, .., perhaps OUT of one output of tile 0 with lag 0, END; everything is 0 */
static struct gm_counts program(struct gm_hw hw, struct gm_regs regs, int planes, int tiles, int stride, bool out, bool clocks)
{
	const uint32_t act[8] = { 8 | (uint32_t)stride << 16 | (uint32_t)tiles << 24, 0 | 1u << 10 | 8u << 20, 0 | 1u << 10 | 8u << 20, 8u << 16, 1, 0,
				  (uint32_t)hw.adc_bits | 1u << 12 };
	const uint32_t last[2][8] = { { 9 | 2u << 4 | 1u << 24, 0, 0, 0, 0, 1u << 16 }, { 1 } };
	uint32_t code[3][8];
	struct gm_counts n;
	struct err e = { 0 };
	struct gm *g;
	int32_t *T;

	memcpy(code, act, sizeof(act));
	memcpy(code + 1, last + (out ? 0 : 1), out ? sizeof(last) : sizeof(last[1]));
	hw.prog_depth = hw.act_depth = hw.acc_depth = hw.ch_depth = 16;
	T = calloc((size_t)hw.tiles * hw.adcs * GM_SETS << hw.adc_bits, sizeof(*T));
	g = gm_new(&hw, T);
	regs.input_bits = planes;
	regs.weight_bits = 8;
	regs.window[0].lsb = 1;
	regs.clocks = clocks;
	assert_int_equal(gm_run(g, &regs, &code[0][0], out ? 3 : 2, NULL, 0, NULL, &n, NULL, &e), 0);
	gm_free(g);
	free(T);
	return n;
}

static void t_flash(void **state) /* C = 2 < E + 1: k_p = 14 + 3p, f_7 = 37, g = 49 */
{
	const struct gm_hw hw = local(1, true);
	struct gm_work w = work(8, 1, 1, 8);
	struct gm_clock *c = gm_clock_new(&hw, &ones);

	(void)state;
	gm_clock_act(c, &tile0, 8, &w);
	gm_clock_out(c, &tile0, 0, 1);
	expect(c, 56, 16, 16, 8, 0);
}

static void t_tree(void **state) /* rounds as deep as their lanes: 3 compares, then 1. f_0 = 18, k_1 = 18, f_1 = 20, g = 32 */
{
	const struct gm_hw hw = local(1, true);
	struct gm_work w = { .planes = 2, .rounds = 1, .compares = { 3, 1 }, .col = { 0, 1, 8 } };
	struct gm_clock *c = gm_clock_new(&hw, &ones);

	(void)state;
	gm_clock_act(c, &tile0, 8, &w);
	expect(c, 33, 4, 6, 4, 0);
}

static void t_banks(void **state) /* k_0(n) >= g(n-2): drains of 42 clocks hold up conversions of 2; g = 53, 95, 137, 179, 221 */
{
	const struct gm_hw hw = local(1, true);
	struct gm_work w = work(1, 1, 1, 40);
	struct gm_clock *c = gm_clock_new(&hw, &ones);
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		gm_clock_act(c, &tile0, 1, &w);
	expect(c, 222, 10, 10, 5, 0);
}

/* Two banks may wait, of other numbers of columns: drains of 42 and 10 clocks in turns; f = 9, 11, 55, 65, 107; g = 53, 63, 105, 115, 157 */
static void t_banks_mixed(void **state)
{
	const struct gm_hw hw = local(1, true);
	const struct gm_work w[2] = { work(1, 1, 1, 40), work(1, 1, 1, 8) };
	int i, way;

	(void)state;
	for (way = 0; way < 2; way++) {
		struct gm_clock *c = way ? gm_clock_stepped(&hw, &ones) : gm_clock_new(&hw, &ones);

		for (i = 0; i < 5; i++)
			gm_clock_act(c, &tile0, 1, &w[i % 2]);
		expect(c, 158, 10, 10, 5, 0);
	}
}

static void make_clock(const void *regs)
{
	const struct gm_hw hw = local(1, true);

	gm_clock_free(gm_clock_new(&hw, regs));
}

static void t_no_timing(void **state) /* every wait is a clock at least */
{
	struct gm_regs regs = ones;
	int *const of[] = { &regs.precharge, &regs.evaluate, &regs.compare };

	(void)state;
	assert_false(aborts(make_clock, &regs));
	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++) {
		*of[i] = 0;
		assert_true(aborts(make_clock, &regs));
		*of[i] = 1;
	}
}

static void t_sequencer(void **state) /* durations without any tile at work; lag; LOAD waits for the tiles of its set */
{
	const struct gm_hw hw = local(2, true);
	const struct gm_span tile1 = { 1, 1, 1 };
	struct gm_work w = work(1, 1, 1, 8); /* h 3, x 4, v 5, k 7, f 9, d 11, g 21 */
	struct gm_clock *c = gm_clock_new(&hw, &ones);

	(void)state;
	gm_clock_plain(c, 0);             /* 0..1 */
	gm_clock_plain(c, 7);             /* ..10 */
	gm_clock_load(c, &tile0, 33);     /* ..45 */
	gm_clock_out(c, &tile0, 0, 3);    /* ..54 */
	expect(c, 55 + 2, 0, 0, 0, 0);
	c = gm_clock_new(&hw, &ones);
	gm_clock_act(c, &tile0, 1, &w);
	gm_clock_out(c, &tile0, 1, 1);    /* 4..10: one may be pending */
	gm_clock_load(c, &tile1, 1);      /* 11..13 */
	gm_clock_load(c, &tile0, 1);      /* 14, 15, work in 21, ends 22 */
	expect(c, 22 + 2, 2, 2, 1, 0);
}

/* ---- by hand, immersed references: REFERENCE 1 + 1 + 1, so P_c = 3 ---- */

static struct gm_hw network(enum gm_network n, enum ro_kind kind, int bits, int flash_bits, int tiles)
{
	struct gm_hw hw = local(tiles, false);

	hw.kind = kind;
	hw.adc_bits = bits;
	hw.flash_bits = flash_bits;
	hw.immersed = true;
	hw.network = n;
	return hw;
}

static void t_pair(void **state) /* period of a turn 2 + 7 + 2 = 11: k = 15, 26, 37, 48; the later tile's f = 55, g = 67 */
{
	const struct gm_hw hw = network(GM_PAIR, RO_SAR, 2, 0, 2);
	const struct gm_span both = { 0, 1, 2 };
	struct gm_work w[2] = { work(2, 1, 2, 8), work(2, 1, 2, 8) };
	struct gm_clock *c = gm_clock_new(&hw, &ones);

	(void)state;
	gm_clock_act(c, &both, 8, w);
	expect(c, 68, 8, 28, 24, 28);
}

static void t_pair_load(void **state) /* LOAD of one tile waits for the other: h 3, g 5, k 8, f 12, d 14, g 24; works in 24 */
{
	const struct gm_hw hw = network(GM_PAIR, RO_SENSE, 1, 0, 2);
	const struct gm_span tile1 = { 1, 1, 1 };
	struct gm_work w = work(1, 1, 1, 8);
	struct gm_clock *c = gm_clock_new(&hw, &ones);

	(void)state;
	gm_clock_act(c, &tile0, 1, &w);
	gm_clock_load(c, &tile1, 1);
	expect(c, 25 + 2, 2, 4, 3, 4);
}

static void t_ring_release(void **state)
{
	/* tile 0 takes in 15, C = 10, flash strobe in 15 + 10 - 2*3 = 19: arrays 2 and 3 are free in 20. Tile 2 needs 2..5: granted 20, k 23, f 33, g 45.
	 * Served: 4 clocks by three, 6 by one, twice. */
	const struct gm_hw hw = network(GM_RING, RO_HYBRID, 4, 2, 6);
	const struct gm_span both = { 0, 2, 2 };
	struct gm_work w[2] = { work(1, 1, 3, 8), work(1, 1, 3, 8) };
	struct gm_clock *c = gm_clock_new(&hw, &ones);

	(void)state;
	w[0].after_flash = w[1].after_flash = 2;
	gm_clock_act(c, &both, 8, w);
	expect(c, 46, 4, 20, 18, 36);
}

static void t_broadcast(void **state)
{
	const struct gm_hw hw = network(GM_BROADCAST, RO_FLASH, 2, 0, 5);
	const struct gm_span both = { 0, 1, 2 }, tile1 = { 1, 1, 1 };
	struct gm_work w[2] = { work(1, 1, 1, 8), work(1, 1, 1, 8) };
	struct gm_clock *c = gm_clock_new(&hw, &ones);

	(void)state;
	gm_clock_act(c, &both, 8, w); /* together: granted 12, k 15, f 19, d 21, g 31; three servers for four clocks, once */
	expect(c, 32, 4, 8, 6, 12);
	c = gm_clock_new(&hw, &ones);
	w[1].col.start = 8;           /* not the same columns: tile 1 is granted in 20, k 23, f 27, d 29, g 39 */
	gm_clock_act(c, &both, 8, w);
	expect(c, 40, 4, 8, 6, 24);
	c = gm_clock_new(&hw, &ones); /* asking later is no joining: 5 and 9; unit busy 6..12; granted 13, k 16, f 20, d 22, g 32 */
	gm_clock_act(c, &tile0, 1, w);
	gm_clock_act(c, &tile1, 1, w);
	expect(c, 33, 4, 8, 6, 24);
}

/* ---- the same through the machine: what it tells the clocks of its instructions ---- */

static void t_programs(void **state)
{
	const struct gm_hw plain = local(1, true), pair = network(GM_PAIR, RO_SAR, 2, 0, 2), ring = network(GM_RING, RO_HYBRID, 4, 2, 6),
			   broadcast = network(GM_BROADCAST, RO_FLASH, 2, 0, 5);
	struct gm_counts n = program(plain, ones, 8, 1, 1, true, false);

	(void)state;
	assert_true(n.cycles == 0 && n.compute_clocks == 0 && n.convert_clocks == 0 && n.compare_clocks == 0); /* not asked for */
	n = program(plain, ones, 8, 1, 1, true, true);
	assert_true(n.cycles == 73 && n.compute_clocks == 16 && n.convert_clocks == 40 && n.compare_clocks == 32 && n.serve_clocks == 0);
	assert_true(n.activations == 8 && n.conversions == 64 && n.comparisons == 256);
	assert_true(n.wait_load == 0 && n.wait_act == 0 && n.wait_out == 53 && n.wait_end == 0); /* the worked example */
	n = program(pair, ones, 2, 2, 1, false, true);
	assert_true(n.cycles == 68 && n.compute_clocks == 8 && n.convert_clocks == 28 && n.compare_clocks == 24 && n.serve_clocks == 28);
	n = program(ring, ones, 1, 2, 2, false, true);
	assert_true(n.cycles == 46 && n.compute_clocks == 4 && n.convert_clocks == 20 && n.compare_clocks == 18 && n.serve_clocks == 36);
	assert_int_equal(n.comparisons, 16 * (3 + 2));
	n = program(broadcast, ones, 1, 2, 1, false, true);
	assert_true(n.cycles == 32 && n.compute_clocks == 4 && n.convert_clocks == 8 && n.compare_clocks == 6 && n.serve_clocks == 12);
}

/* ---- the grant rule ---- */

static uint64_t look(const struct gm_hw *hw, unsigned asks, uint64_t busy, int *first)
{
	struct gn_ask ask[64] = { { 0 } };
	int t;

	for (t = 0; t < hw->tiles; t++)
		ask[t] = (struct gn_ask){ asks >> t & 1, 3, 1, 2, 1, 8 };
	return gn_grant(hw, ask, busy, first);
}

static void t_grant(void **state)
{
	const struct gm_hw ring = network(GM_RING, RO_SAR, 4, 0, 4), hybrid = network(GM_BROADCAST, RO_HYBRID, 4, 2, 8), pair = network(GM_PAIR, RO_SAR, 4, 0, 6);
	struct gn_ask ask[8] = { { 0 } };
	int firsts[6], first = 0, i, k;

	(void)state;
	assert_int_equal(look(&ring, 0, 0, &first), 0);
	assert_int_equal(first, 0);
	assert_int_equal(look(&ring, 0x5, 0, &first), 0x5); /* 0 with 1, 2 with 3 */
	assert_int_equal(first, 1);
	first = 0;
	assert_int_equal(look(&ring, 0xf, 0, &first), 0x5); /* 1 waits for array 1, but only a first asker reserves */
	assert_int_equal(first, 1);
	assert_int_equal(look(&ring, 0xe, 0x3, &first), 0); /* 1 waits for 1, 2 for what 1 reserves, 3 for array 0 */
	assert_int_equal(first, 1);                         /* the first asker keeps its place */
	assert_int_equal(look(&ring, 0xe, 0, &first), 0xa);
	assert_int_equal(first, 2);
	first = 3;
	assert_int_equal(look(&ring, 0x9, 0, &first), 0x8); /* 3 with 0 */
	assert_int_equal(first, 0);
	/* pairs look by themselves */
	gn_first(&pair, firsts);
	assert_int_equal(look(&pair, 0x3f, 0, firsts), 0x15);
	assert_int_equal(look(&pair, 0x2f, 0x3, firsts), 0x28);
	assert_true(firsts[0] == 1 && firsts[2] == 2 && firsts[4] == 4);
	/* hybrid, 3 servers 5..7, computing 0..4: 0, 1, 2 search with different ones, 3 = 0 and 4 = 1 (mod 3) wait */
	first = 0;
	assert_int_equal(look(&hybrid, 0x1f, 0, &first), 0x07);
	assert_int_equal(first, 1);
	assert_int_equal(look(&hybrid, 0x18, 0xe0, &first), 0);
	assert_int_equal(first, 3);
	assert_int_equal(look(&hybrid, 0x1b, 0, &first), 0x18); /* 3 and 4 first; 0 = 3 and 1 = 4 (mod 3) */
	for (k = 0; k < 5; k++) { /* each part of the key counts */
		for (i = 0; i < 2; i++)
			ask[i] = (struct gn_ask){ true, 3, 1, 2, 1, 8 };
		*(k == 0 ? &ask[1].bits : k == 1 ? &ask[1].set : k == 2 ? &ask[1].col_start : k == 3 ? &ask[1].col_stride : &ask[1].col_count) += 1;
		first = 0;
		assert_int_equal(gn_grant(&hybrid, ask, 0, &first), 1);
	}
}

static void t_servers(void **state)
{
	const struct gm_hw pair = network(GM_PAIR, RO_SAR, 4, 0, 6), ring = network(GM_RING, RO_FLASH, 2, 0, 5), bc = network(GM_BROADCAST, RO_HYBRID, 4, 2, 8);
	const struct gm_hw none = local(3, true);

	(void)state;
	assert_int_equal(gn_servers(&none), 0);
	assert_int_equal(gn_first_reference(&none), 3);
	assert_true(gn_server(&pair, 4, 1) == 5 && gn_server(&pair, 5, 1) == 4 && gn_search_server(&pair, 3) == 2);
	assert_int_equal(gn_servers(&ring), 3);
	assert_true(gn_server(&ring, 3, 1) == 4 && gn_server(&ring, 3, 3) == 1 && gn_server_set(&ring, 3) == 0x13);
	assert_true(gn_first_reference(&bc) == 5 && gn_first_reference(&ring) == 5);
	assert_true(gn_server(&bc, 4, 1) == 5 && gn_server(&bc, 0, 3) == 7 && gn_search_server(&bc, 4) == 6 && gn_server_set(&bc, 2) == 0xe0);
}

/* ---- random programs against the recurrence of isa.md section 6, written as it stands there ---- */

enum { MOST_ACTS = 40 };

struct past { long k_last, f, g, x; bool any; };

struct recurrence { struct past a[4][MOST_ACTS]; int n[4]; };

static long most(long a, long b)
{
	return a > b ? a : b;
}

/* one more activation of tile t, handed over in clock h */
static void predict(struct recurrence *r, int t, long h, const struct gm_work *w, int E, int P_c, bool sample_hold)
{
	int n = r->n[t]++, p;
	struct past *a = &r->a[t][n];
	long f = n ? r->a[t][n - 1].f : -1, v, k = 0;

	a->x = most(h + 1, n ? r->a[t][n - 1].k_last : 0);
	v = a->x + 1;
	for (p = 0; p < w->planes; p++) {
		if (!sample_hold)
			v = most(v, f + 1);
		k = most(v + E, f);
		if (p == 0 && n >= 2)
			k = most(k, r->a[t][n - 2].g);
		f = k + w->rounds + (long)w->compares[p] * P_c;
		v = k + 1;
	}
	a->k_last = k;
	a->f = f;
	a->g = most(f + 2, n ? r->a[t][n - 1].g : 0) + w->col.count + 2;
}

/* first clock >= t in which at most lag of the tile's activations are pending */
static long settled(const struct recurrence *r, int tile, int lag, long t)
{
	int n = r->n[tile] - 1 - lag;

	return n < 0 ? t : most(t, r->a[tile][n].g);
}

static void t_recurrence(void **state)
{
	static struct recurrence r;
	struct prng p;
	int i, s, j, k;

	(void)state;
	prng_init(&p, 31);
	for (i = 0; i < 300; i++) {
		struct gm_hw hw = local((int)prng_range(&p, 1, 4), prng_range(&p, 0, 1));
		struct gm_regs regs = { .precharge = (int)prng_range(&p, 1, 4), .evaluate = (int)prng_range(&p, 1, 9), .compare = (int)prng_range(&p, 1, 3) };
		struct gm_clock *c = gm_clock_new(&hw, &regs);
		struct gm_counts n = { 0 };
		uint64_t compute = 0, convert = 0, compare = 0;
		long t = 0, end;

		memset(&r, 0, sizeof(r));
		for (s = 0; s < MOST_ACTS; s++) {
			struct gm_span set = { (int)prng_range(&p, 0, hw.tiles - 1), 1, 1 };
			int what = (int)prng_range(&p, 0, 9), lag = (int)prng_range(&p, 0, 3), count = (int)prng_range(&p, 1, 33);

			set.count = (int)prng_range(&p, 1, hw.tiles - set.start);
			t += 2;
			if (what == 0) {
				gm_clock_plain(c, count);
				t += count;
			} else if (what <= 2) {
				for (j = 0; j < set.count; j++)
					t = settled(&r, set.start + j, what == 1 ? 0 : lag, t);
				if (what == 1)
					gm_clock_load(c, &set, count);
				else
					gm_clock_out(c, &set, lag, count);
				t += what == 1 ? count : count + 4;
			} else {
				struct gm_work w[4];

				for (j = 0; j < set.count; j++) {
					w[j] = work((int)prng_range(&p, 1, 9), 1 + (int)prng_range(&p, 0, 4), 1, (int)prng_range(&p, 1, 64));
					for (k = 0; k < w[j].planes; k++) {
						w[j].compares[k] = w[j].rounds * (int)prng_range(&p, 1, 7);
						compare += (uint64_t)w[j].compares[k] * (unsigned)regs.compare;
						convert += (uint64_t)w[j].compares[k] * (unsigned)regs.compare + (unsigned)w[j].rounds;
						compute += (unsigned)(regs.precharge + regs.evaluate);
					}
					k = r.n[set.start + j];
					if (k)
						t = most(t, r.a[set.start + j][k - 1].x + 1);
				}
				for (j = 0; j < set.count; j++)
					predict(&r, set.start + j, t + count, &w[j], regs.precharge + regs.evaluate, regs.compare, hw.sample_hold);
				gm_clock_act(c, &set, count, w);
				t += count + 1;
			}
		}
		for (end = t + 1, j = 0; j < hw.tiles; j++)
			end = settled(&r, j, 0, end);
		gm_clock_end(c, &n);
		assert_int_equal(n.cycles, end + 1);
		assert_true(n.compute_clocks == compute && n.convert_clocks == convert && n.compare_clocks == compare && n.serve_clocks == 0);
		gm_clock_free(c);
	}
}

/* network.md section 6: sums over tiles for any program, and the period of a pair that always has work */
static void t_sums(void **state)
{
	static const struct { enum gm_network n; enum ro_kind kind; int bits, f, tiles; } nets[] = {
		{ GM_PAIR, RO_SAR, 4, 0, 6 }, { GM_RING, RO_SAR, 4, 0, 5 }, { GM_RING, RO_HYBRID, 5, 2, 7 }, { GM_RING, RO_FLASH, 2, 0, 4 },
		{ GM_BROADCAST, RO_FLASH, 3, 0, 12 }, { GM_BROADCAST, RO_HYBRID, 5, 2, 8 }, { GM_PAIR, RO_STOCHASTIC, 4, 0, 2 },
	};
	const struct gm_regs regs = { .precharge = 2, .evaluate = 3, .reference_precharge = 1, .share = 2, .settle = 1 };
	struct prng p;
	int i, s, j, q;

	(void)state;
	prng_init(&p, 33);
	for (i = 0; i < 70; i++) {
		struct gm_hw hw = network(nets[i % 7].n, nets[i % 7].kind, nets[i % 7].bits, nets[i % 7].f, nets[i % 7].tiles);
		struct gm_clock *c = gm_clock_new(&hw, &regs);
		int computing = gn_first_reference(&hw);
		uint64_t compute = 0, convert = 0, compare = 0, serve = 0;
		struct gm_counts n = { 0 };

		for (s = 0; s < 30; s++) {
			struct gm_span set = { (int)prng_range(&p, 0, computing - 1), 1, 1 };
			struct gm_work w[64];

			set.count = (int)prng_range(&p, 1, computing - set.start);
			for (j = 0; j < set.count; j++) {
				int steps = hw.kind == RO_FLASH ? 1 : 4;

				w[j] = work((int)prng_range(&p, 1, 8), (int)prng_range(&p, 1, 4), steps, 8 * (int)prng_range(&p, 1, 8));
				w[j].after_flash = hw.kind == RO_HYBRID ? 3 : 0;
				for (q = 0; q < w[j].planes; q++) {
					uint64_t C = (uint64_t)w[j].rounds * (unsigned)(steps * 4 + 1);

					compute += 5;
					convert += C;
					compare += (uint64_t)w[j].rounds * (unsigned)(steps * 4);
					serve += C * (unsigned)gn_servers(&hw) -
						 (hw.network == GM_RING && hw.kind == RO_HYBRID ? 2u * 3 * 4 : 0); /* two servers go 12 clocks earlier */
				}
			}
			gm_clock_act(c, &set, (int)prng_range(&p, 1, 20), w);
		}
		gm_clock_end(c, &n);
		assert_true(n.compute_clocks == compute && n.convert_clocks == convert && n.compare_clocks == compare);
		if (hw.network == GM_BROADCAST)
			assert_in_range(n.serve_clocks, 1, serve); /* those in step count once */
		else
			assert_int_equal(n.serve_clocks, serve);
		gm_clock_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_worked_example), cmocka_unit_test(t_waits), cmocka_unit_test(t_programs), cmocka_unit_test(t_flash), cmocka_unit_test(t_tree),
		cmocka_unit_test(t_banks), cmocka_unit_test(t_banks_mixed), cmocka_unit_test(t_no_timing), cmocka_unit_test(t_sequencer), cmocka_unit_test(t_pair), cmocka_unit_test(t_pair_load),
		cmocka_unit_test(t_ring_release), cmocka_unit_test(t_broadcast), cmocka_unit_test(t_grant), cmocka_unit_test(t_servers),
		cmocka_unit_test(t_recurrence), cmocka_unit_test(t_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

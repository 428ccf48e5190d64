/* Who watches the golden clock (gm_watch) is told the same program as who does not: same counts, and what is told adds up to them. Random programs, local and immersed references.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "golden/clock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { TILES = 6, PROGRAMS = 1500, STOP = 100 };

struct seen {
	int tiles, next;             /* tile that is due */
	long clock, stop;            /* stop: nothing is wanted from this clock on; 0: everything is */
	uint64_t evaluate, convert, serve, takes, finishes, drains;
	long last_finish[TILES];
	uint64_t wait_load, wait_act, wait_out, wait_end;
	long end;                    /* of the instruction before */
};

static int on_tile(void *ctx, long clock, int tile, unsigned does)
{
	struct seen *s = ctx;

	assert_int_equal(clock, s->clock);
	assert_int_equal(tile, s->next);
	s->next = (tile + 1) % s->tiles;
	s->clock += s->next == 0;
	/* bit lines do one thing at a time, and nobody computes, converts or waits while it serves */
	assert_true(__builtin_popcount(does & (GM_EVALUATES | GM_HOLDS | GM_ASKS | GM_TAKES)) <= 1);
	assert_false((does & GM_SERVES) && (does & (GM_EVALUATES | GM_HOLDS | GM_CONVERTS | GM_TAKES)));
	assert_false((does & GM_FINISHES) && !(does & GM_CONVERTS));
	s->evaluate += !!(does & GM_EVALUATES);
	s->convert += !!(does & GM_CONVERTS);
	s->serve += !!(does & GM_SERVES);
	s->takes += !!(does & GM_TAKES);
	s->finishes += !!(does & GM_FINISHES);
	s->drains += !!(does & GM_DRAINS);
	return s->stop && s->next == 0 && s->clock >= s->stop;
}

static void on_step(void *ctx, enum gm_kind kind, long begin, long work, long end, int tile, int stride, int count)
{
	struct seen *s = ctx;
	uint64_t wait = (uint64_t)(work - begin - (kind == GM_IS_END ? 1 : 2));

	(void)tile;
	(void)stride;
	assert_int_equal(begin, s->end);
	assert_true(begin < work && work <= end);
	assert_true((count > 0) == (kind == GM_IS_LOAD || kind == GM_IS_ACT || kind == GM_IS_OUT));
	s->end = end;
	*(kind == GM_IS_LOAD ? &s->wait_load : kind == GM_IS_ACT ? &s->wait_act : kind == GM_IS_OUT ? &s->wait_out : &s->wait_end) += wait;
}

static int pick(struct prng *p, int lo, int hi)
{
	return (int)prng_range(p, lo, hi);
}

struct totals { uint64_t planes, drains; };

static void instruction(struct prng *p, struct gm_clock *c[2], int tiles, struct totals *t)
{
	const struct gm_span one = { pick(p, 0, tiles - 1), 1, 1 };
	int op = pick(p, 0, 8), a = pick(p, 1, 20);
	struct gm_work w = { .planes = pick(p, 1, 8), .rounds = pick(p, 1, 3), .bits = 3, .col = { 0, 1, pick(p, 1, 8) } };

	for (int i = 0; i < w.planes; i++)
		w.compares[i] = w.rounds * 3;
	for (int i = 0; i < 2; i++)
		switch (op) {
		case 0: gm_clock_plain(c[i], a - 1); break;
		case 1: gm_clock_load(c[i], &one, a); break;
		case 2: gm_clock_out(c[i], &one, a % 4, a); break;
		default: gm_clock_act(c[i], &one, a, &w); break;
		}
	if (op > 2) {
		t->planes += (uint64_t)w.planes;
		t->drains += (uint64_t)w.col.count + 2;
	}
}

static void t_watch(void **state)
{
	struct prng p;

	(void)state;
	prng_init(&p, 11);
	for (int i = 0; i < PROGRAMS; i++) {
		bool immersed = i % 2;
		struct gm_hw hw = { .rows = 8, .cols = 8, .tiles = immersed ? 2 * pick(&p, 1, TILES / 2) : pick(&p, 1, TILES), .adcs = 1, .adc_bits = 3, .cell_bits = 1, .immersed = immersed,
			.network = pick(&p, 0, 1) ? GM_PAIR : GM_RING, .sample_hold = !immersed && pick(&p, 0, 1) };
		struct gm_regs regs = { .precharge = pick(&p, 1, 3), .evaluate = pick(&p, 1, 6), .compare = pick(&p, 1, 3), .reference_precharge = 1, .share = 1, .settle = pick(&p, 1, 2) };
		struct seen s = { .tiles = hw.tiles, .stop = i % 5 ? 0 : STOP };
		const struct gm_watch watch = { &s, on_tile, on_step };
		struct gm_clock *c[2];
		struct gm_counts n[2];
		struct totals t = { 0 };

		memset(n, 0, sizeof(n));
		c[0] = gm_clock_new(&hw, &regs);
		regs.watch = &watch;
		c[1] = gm_clock_new(&hw, &regs);
		for (int k = pick(&p, 1, 16); k > 0; k--)
			instruction(&p, c, hw.tiles, &t);
		for (int k = 0; k < 2; k++) {
			gm_clock_end(c[k], &n[k]);
			gm_clock_free(c[k]);
		}
		assert_memory_equal(&n[0], &n[1], sizeof(n[0]));
		assert_int_equal(s.end, n[0].cycles);
		assert_int_equal(s.wait_load, n[0].wait_load);
		assert_int_equal(s.wait_act, n[0].wait_act);
		assert_int_equal(s.wait_out, n[0].wait_out);
		assert_int_equal(s.wait_end, n[0].wait_end);
		if (s.stop && (uint64_t)s.stop < n[0].cycles) {
			assert_int_equal(s.clock, s.stop);
			continue;
		}
		assert_int_equal(s.clock, n[0].cycles);
		assert_int_equal(s.evaluate, n[0].compute_clocks);
		assert_int_equal(s.convert, n[0].convert_clocks);
		assert_int_equal(s.serve, n[0].serve_clocks);
		assert_int_equal(s.takes, t.planes);
		assert_int_equal(s.finishes, t.planes);
		assert_int_equal(s.drains, t.drains);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_watch) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The prediction against the worked example of docs/isa.md section 6 and against a machine that is stepped clock by clock.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "map/map.h"
#include <stdlib.h>
#include <string.h>

enum { MOST = 64, MOST_TILES = 3, NEVER = -1 };

static struct cfg config(void)
{
	struct cfg c = { .name = "test", .rows = 64, .cols = 64, .tiles = 1, .cell_bits = 1, .sample_hold = true, .input_bits = 8, .weight_bits = 8,
		.bits = 7, .adcs = 8, .lsb = 1, .grid_bits = 4, .precharge = 1, .evaluate = 1, .compare = 1 };

	return c;
}

/* ---- a program as instructions ---- */

struct program { struct map_instr i[MOST]; size_t n; uint32_t code[8 * MOST]; };

static void add(struct program *p, struct map_instr i)
{
	assert_true(p->n < MOST);
	p->i[p->n] = i;
	map_encode(&i, p->code + 8 * p->n++);
}

static struct map_instr act(int tile, int tiles, int rows, int col, int stride, int cols, int bits)
{
	return (struct map_instr){ .op = MAP_ACT, .tile = tile, .tile_stride = 1, .tile_count = tiles, .row_stride = 1, .row_count = rows, .col_start = col, .col_stride = stride,
		.col_count = cols, .inner = 1, .bits = bits, .nslice = 1 };
}

static struct map_instr out(int tile, int tiles, int count, int lag)
{
	return (struct map_instr){ .op = MAP_OUT, .flags = 2, .tile = tile, .tile_stride = 1, .tile_count = tiles, .count = count, .lag = lag };
}

static struct map_instr load(int tile, int tiles, int rows)
{
	return (struct map_instr){ .op = MAP_LOAD, .tile = tile, .tile_stride = 1, .tile_count = tiles, .row_stride = 1, .row_count = rows };
}

static struct map_counts predict(const struct cfg *c, const struct program *p)
{
	struct map_counts n;
	struct err e = { 0 };

	if (map_predict(c, p->code, p->n, &n, &e))
		fail_msg("%s", e.text);
	return n;
}

static void t_map_predict_worked(void **state)
{
	struct cfg c = config();
	struct program p = { .n = 0 };
	struct map_counts n;

	(void)state;
	add(&p, act(0, 1, 8, 0, 1, 8, 4));
	add(&p, out(0, 1, 1, 0));
	add(&p, (struct map_instr){ .op = MAP_END });
	n = predict(&c, &p);
	assert_int_equal(n.cycles, 73);
	assert_int_equal(n.activations, 8);
	assert_int_equal(n.conversions, 64);
	assert_int_equal(n.comparisons, 256);
	assert_int_equal(n.compare_clocks, 32);
	assert_int_equal(n.window_clocks, 40); /* take 14, finish 54 */
	assert_true(n.bound == 0.8);
}

/* ---- the machine, one clock at a time: only flags that show in this clock decide ---- */

struct job { int cols, clocks; }; /* columns, clocks of one plane's conversion */

struct tile {
	struct job shadow, active, convert;
	bool shadow_full, active_full;
	int plane;           /* of active: next to be taken */
	long evaluate_end;   /* first clock in which it may be taken; NEVER: evaluation has not begun */
	long convert_end;    /* last clock of the conversion at work or done; NEVER: none yet */
	bool last_plane;     /* of the conversion */
	struct job drain[4]; /* queue, oldest first */
	long drain_from[4];  /* earliest begin */
	int drains;
	long drain_end;      /* first clock in which pending shows less; NEVER: none at work */
	long taken, drained; /* activations whose first plane was taken; drained */
	int pending;
};

struct core { const struct cfg *c; struct tile tile[MOST_TILES]; int planes; };

static void tile_clock(struct core *m, struct tile *t, long now)
{
	long E = m->c->precharge + m->c->evaluate;
	bool converting = t->convert_end != NEVER && now < t->convert_end; /* the take may fall on the last clock of the plane before */
	bool held = t->convert_end != NEVER && now <= t->convert_end;      /* without sample-and-hold: bit lines still in use */

	/* evaluation begins */
	if (t->active_full && t->evaluate_end == NEVER && (m->c->sample_hold || !held))
		t->evaluate_end = now + E;
	/* take: the first plane only when the bank of the activation before last is drained */
	if (t->active_full && t->evaluate_end != NEVER && now >= t->evaluate_end && !converting && (t->plane || t->taken - t->drained < 2)) {
		t->taken += t->plane == 0;
		t->convert = t->active;
		t->convert_end = now + t->convert.clocks;
		t->evaluate_end = NEVER;
		t->last_plane = ++t->plane == m->planes;
		if (t->last_plane) {
			t->active_full = false;
			t->drain[t->drains] = t->convert;
			t->drain_from[t->drains++] = t->convert_end + 2;
		}
	}
	/* transfer, in the clock of the last take at the earliest: evaluation from the next clock */
	if (t->shadow_full && !t->active_full) {
		t->active = t->shadow;
		t->shadow_full = false;
		t->active_full = true;
		t->plane = 0;
	}
}

/* what shows in this clock */
static void tile_begin(struct tile *t, long now)
{
	if (t->drain_end == now) {
		t->pending--;
		t->drained++;
		t->drain_end = NEVER;
	}
	if (t->drain_end == NEVER && t->drains && now >= t->drain_from[0]) {
		t->drain_end = now + t->drain[0].cols + 2;
		memmove(&t->drain[0], &t->drain[1], sizeof(t->drain[0]) * 3);
		memmove(&t->drain_from[0], &t->drain_from[1], sizeof(t->drain_from[0]) * 3);
		t->drains--;
	}
}

static int conversion_clocks(const struct cfg *c, const struct map_instr *i)
{
	bool used[1024] = { 0 };
	int rounds = 0;

	for (int n = 0; n < i->col_count; n++)
		used[(i->col_start + n * i->col_stride) / c->adcs] = true;
	for (int n = 0; n < 1024; n++)
		rounds += used[n];
	return rounds * (i->bits * c->compare + 1);
}

static bool may_work(const struct core *m, const struct map_instr *i)
{
	for (int n = 0; n < i->tile_count; n++) {
		const struct tile *t = &m->tile[i->tile + n * i->tile_stride];

		if (i->op == MAP_ACT ? t->shadow_full : t->pending > (i->op == MAP_OUT ? i->lag : 0))
			return false;
	}
	return true;
}

static bool idle(const struct core *m)
{
	for (int n = 0; n < m->c->tiles; n++)
		if (m->tile[n].pending)
			return false;
	return true;
}

static long work_clocks(const struct cfg *c, const struct map_instr *i)
{
	switch (i->op) {
	case MAP_LOAD:
		return (long)i->row_count * ((c->cols * c->cell_bits + 63) / 64);
	case MAP_ACT:
		return i->row_count + 1;
	case MAP_OUT:
		return i->count + 4;
	case MAP_PARAM:
	case MAP_XIN:
		return i->count;
	default:
		return 0;
	}
}

/* straight programs only */
static long step_all(const struct cfg *c, const struct program *p)
{
	struct core m = { .c = c, .planes = c->input_code == CFG_TC ? c->input_bits : 2 * (c->input_bits - 1) };
	long begin = 0, end = NEVER; /* of the instruction; clock after its work, once it works */
	size_t pc = 0;

	for (int n = 0; n < MOST_TILES; n++)
		m.tile[n].evaluate_end = m.tile[n].convert_end = m.tile[n].drain_end = NEVER;
	for (long now = 0; now < 1000000; now++) {
		const struct map_instr *i;
		bool hand_over;

		for (int n = 0; n < c->tiles; n++)
			tile_begin(&m.tile[n], now);
		if (end == now) {
			pc++;
			begin = now;
			end = NEVER;
		}
		i = &p->i[pc];
		if (i->op == MAP_END) {
			if (now >= begin + 1 && idle(&m))
				return now + 1;
		} else if (end == NEVER && now >= begin + 2 && may_work(&m, i)) {
			end = now + work_clocks(c, i);
		} else if (end == NEVER && now == begin + 1 && !work_clocks(c, i)) {
			end = begin + 2;
		}
		hand_over = i->op == MAP_ACT && end == now + 1;
		for (int n = 0; n < c->tiles; n++)
			tile_clock(&m, &m.tile[n], now);
		for (int n = 0; hand_over && n < i->tile_count; n++) {
			struct tile *t = &m.tile[i->tile + n * i->tile_stride];

			t->shadow = (struct job){ i->col_count, conversion_clocks(c, i) };
			t->shadow_full = true;
			t->pending++;
		}
	}
	fail_msg("no END in a million clocks");
	return 0;
}

static struct map_instr draw(struct prng *rng, const struct cfg *c)
{
	int tile = (int)prng_range(rng, 0, c->tiles - 1), tiles = (int)prng_range(rng, 1, c->tiles - tile), kind = (int)prng_range(rng, 0, 9);
	int stride = (int)prng_range(rng, 1, 9), cols = (int)prng_range(rng, 1, 7);

	if (kind == 0)
		return load(tile, tiles, (int)prng_range(rng, 1, 9));
	if (kind == 1)
		return (struct map_instr){ .op = MAP_IDX, .r_base = 1, .imm = 3 };
	if (kind == 2)
		return (struct map_instr){ .op = MAP_XIN, .count = (int)prng_range(rng, 1, 33), .inner = 1 };
	if (kind < 5)
		return out(tile, tiles, (int)prng_range(rng, 1, 9), (int)prng_range(rng, 0, 4));
	if (kind == 5)
		return act(tile, tiles, 33, 0, 1, 64, 7);
	return act(tile, tiles, (int)prng_range(rng, 1, 33), (int)prng_range(rng, 0, 9), stride, cols, (int)prng_range(rng, 1, 7));
}

static void t_map_predict_stepped(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 600; seed++) {
		struct program p = { .n = 0 };
		struct cfg c = config();
		struct prng rng;
		long want;

		prng_init(&rng, seed);
		c.tiles = (int)prng_range(&rng, 1, MOST_TILES);
		c.sample_hold = prng_range(&rng, 0, 1);
		c.input_code = prng_range(&rng, 0, 1) ? CFG_TC : CFG_SM;
		c.input_bits = (int)prng_range(&rng, c.input_code == CFG_SM ? 2 : 1, 4);
		c.precharge = (int)prng_range(&rng, 1, seed % 5 ? 3 : 40);
		c.evaluate = (int)prng_range(&rng, 1, 3);
		c.compare = (int)prng_range(&rng, 1, 3);
		c.adcs = 1 << prng_range(&rng, 0, 4);
		for (int n = (int)prng_range(&rng, 1, 33); n; n--)
			add(&p, draw(&rng, &c));
		add(&p, (struct map_instr){ .op = MAP_END });
		want = step_all(&c, &p);
		if ((long)predict(&c, &p).cycles != want)
			fail_msg("seed %u: predicted %ld, stepped %ld", seed, (long)predict(&c, &p).cycles, want);
	}
}

/* a loop takes what its body written out takes, and 2 clocks for LOOP and for each NEXT */
static void t_map_predict_loop(void **state)
{
	struct cfg c = config();
	struct program looped = { .n = 0 }, straight = { .n = 0 };

	(void)state;
	add(&looped, (struct map_instr){ .op = MAP_LOOP, .count = 3 });
	add(&looped, (struct map_instr){ .op = MAP_LOOP, .count = 7 });
	add(&looped, (struct map_instr){ .op = MAP_IDX, .r_base = 1, .r_row = 1, .imm = 1 });
	add(&looped, (struct map_instr){ .op = MAP_NEXT });
	add(&looped, (struct map_instr){ .op = MAP_NEXT });
	add(&looped, (struct map_instr){ .op = MAP_END });
	add(&straight, (struct map_instr){ .op = MAP_END });
	assert_int_equal(predict(&c, &looped).cycles, predict(&c, &straight).cycles + 2 + 3 * (2 + 7 * 4 + 2));
}

/* windows end at LOADs, and a tile's own only */
static void t_map_predict_windows(void **state)
{
	struct cfg c = config();
	struct program p = { .n = 0 };

	(void)state;
	c.tiles = 3;
	for (int n = 0; n < 2; n++) {
		add(&p, load(0, 3, 1));
		add(&p, act(0, 3, 8, 0, 1, 8, 4));
	}
	add(&p, (struct map_instr){ .op = MAP_END });
	assert_int_equal(predict(&c, &p).window_clocks, 2 * 3 * 40);
}

static void expect_bad(struct map_instr i, const char *code)
{
	struct cfg c = config();
	struct program p = { .n = 0 };
	struct map_counts n;
	struct err e = { 0 };

	add(&p, i);
	add(&p, (struct map_instr){ .op = MAP_END });
	assert_int_equal(map_predict(&c, p.code, p.n, &n, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	if (!strstr(e.text, code) || !strstr(e.text, "instruction 0"))
		fail_msg("'%s' is not in: %s", code, e.text);
}

static void t_map_predict_bad(void **state)
{
	struct cfg c = config();
	struct map_instr i;
	struct map_counts n;
	struct err e = { 0 };

	(void)state;
	expect_bad((struct map_instr){ .op = 0 }, "code 1");
	expect_bad((struct map_instr){ .op = 10 }, "code 1");
	expect_bad((struct map_instr){ .op = MAP_NEXT }, "code 2");
	expect_bad((struct map_instr){ .op = MAP_LOOP }, "code 2");
	expect_bad(load(1, 1, 1), "code 3");
	expect_bad(out(0, 2, 1, 0), "code 3");
	expect_bad(load(0, 0, 1), "code 3");
	expect_bad(load(0, 1, 65), "code 4");
	expect_bad(load(0, 1, 0), "code 4");
	expect_bad(out(0, 1, 0, 0), "code 4");
	expect_bad(act(0, 1, 8, 60, 1, 5, 4), "code 4");
	expect_bad(act(0, 1, 8, 0, 1, 8, 0), "code 5");
	expect_bad(act(0, 1, 8, 0, 1, 8, 8), "code 5");
	i = act(0, 1, 8, 0, 1, 8, 4);
	i.inner = 0;
	expect_bad(i, "code 4");
	i.inner = 1;
	i.nslice = 0;
	expect_bad(i, "code 5");
	expect_bad((struct map_instr){ .op = MAP_PARAM }, "code 4");
	assert_int_equal(map_predict(&c, NULL, 0, &n, &e), -1);
	assert_non_null(strstr(e.text, "code 6"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_map_predict_worked), cmocka_unit_test(t_map_predict_stepped), cmocka_unit_test(t_map_predict_loop),
		cmocka_unit_test(t_map_predict_windows), cmocka_unit_test(t_map_predict_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

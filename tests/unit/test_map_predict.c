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

static struct map_counts predict_steps(const struct cfg *c, const struct program *p, const struct map_steps *steps)
{
	struct map_counts n;
	struct err e = { 0 };

	if (map_predict(c, p->code, p->n, steps, &n, &e))
		fail_msg("%s", e.text);
	return n;
}

static struct map_counts predict(const struct cfg *c, const struct program *p)
{
	return predict_steps(c, p, NULL);
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
	assert_true(n.wait_load == 0 && n.wait_act == 0 && n.wait_out == 53 && n.wait_end == 0);
}

/* the waits of test_golden_clock.c, worked out by hand there; sums of many runs */
static void t_map_predict_waits(void **state)
{
	struct cfg c = config();
	struct program p = { .n = 0 };
	struct map_counts n, sum = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++)
		add(&p, act(0, 1, 8, 0, 1, 8, 4));
	add(&p, load(0, 1, 3));
	add(&p, act(0, 1, 8, 0, 1, 8, 4));
	add(&p, out(0, 1, 1, 1));
	add(&p, out(0, 1, 1, 0));
	add(&p, act(0, 1, 8, 0, 1, 8, 4));
	add(&p, (struct map_instr){ .op = MAP_END });
	n = predict(&c, &p);
	assert_int_equal(n.wait_act, 26);
	assert_int_equal(n.wait_load, 85);
	assert_int_equal(n.wait_out, 46);
	assert_int_equal(n.wait_end, 54);
	assert_int_equal(n.cycles, 287);
	sum.bound = 0.5;
	map_counts_add(&sum, &n, 1);
	map_counts_add(&sum, &n, 32);
	assert_true(sum.bound == 0.5);
	sum.bound = n.bound;
	for (size_t i = 0; i < offsetof(struct map_counts, bound) / sizeof(uint64_t); i++)
		assert_int_equal(((const uint64_t *)&sum)[i], 33 * ((const uint64_t *)&n)[i]);
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

/* numerics.md section 4, the table; steps: of every round of an asymmetric search */
static int steps_of(const struct cfg *c, int bits, int steps)
{
	int e = c->flash_bits < bits ? c->flash_bits : bits;

	if (c->search == CFG_ASYMMETRIC)
		return steps;
	return c->adc == CFG_SAR ? bits : c->adc == CFG_HYBRID ? 1 + bits - e : c->adc == CFG_STOCHASTIC ? c->samples : 1;
}

static uint64_t decisions_of(const struct cfg *c, int bits, int steps)
{
	int e = c->flash_bits < bits ? c->flash_bits : bits;

	if (c->adc == CFG_FLASH)
		return (1u << bits) - 1;
	return c->adc == CFG_HYBRID ? (1u << e) - 1 + (unsigned)(bits - e) : (unsigned)steps_of(c, bits, steps);
}

static int conversion_clocks(const struct cfg *c, const struct map_instr *i, int steps)
{
	bool used[1024] = { 0 };
	int rounds = 0;

	for (int n = 0; n < i->col_count; n++)
		used[(i->col_start + n * i->col_stride) / c->adcs] = true;
	for (int n = 0; n < 1024; n++)
		rounds += used[n];
	return rounds * (steps_of(c, i->bits, steps) * c->compare + 1);
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

static void count_wait(struct map_counts *n, enum map_op op)
{
	*(op == MAP_LOAD ? &n->wait_load : op == MAP_ACT ? &n->wait_act : op == MAP_OUT ? &n->wait_out : &n->wait_end) += 1;
}

/* straight programs only; cycles and waits */
static struct map_counts step_all(const struct cfg *c, const struct program *p, int steps)
{
	struct core m = { .c = c, .planes = c->input_code == CFG_TC ? c->input_bits : 2 * (c->input_bits - 1) };
	struct map_counts count = { 0 };
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
			if (now >= begin + 1 && idle(&m)) {
				count.cycles = (uint64_t)now + 1;
				return count;
			}
			if (now >= begin + 1)
				count_wait(&count, i->op);
		} else if (end == NEVER && now >= begin + 2) {
			if (may_work(&m, i))
				end = now + work_clocks(c, i);
			else
				count_wait(&count, i->op);
		} else if (end == NEVER && now == begin + 1 && !work_clocks(c, i)) {
			end = begin + 2;
		}
		hand_over = i->op == MAP_ACT && end == now + 1;
		for (int n = 0; n < c->tiles; n++)
			tile_clock(&m, &m.tile[n], now);
		for (int n = 0; hand_over && n < i->tile_count; n++) {
			struct tile *t = &m.tile[i->tile + n * i->tile_stride];

			t->shadow = (struct job){ i->col_count, conversion_clocks(c, i, steps) };
			t->shadow_full = true;
			t->pending++;
		}
	}
	fail_msg("no END in a million clocks");
	return count;
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

static void draw_core(struct prng *rng, struct cfg *c, unsigned seed)
{
	c->tiles = (int)prng_range(rng, 1, MOST_TILES);
	c->sample_hold = prng_range(rng, 0, 1);
	c->input_code = prng_range(rng, 0, 1) ? CFG_TC : CFG_SM;
	c->input_bits = (int)prng_range(rng, c->input_code == CFG_SM ? 2 : 1, 4);
	c->precharge = (int)prng_range(rng, 1, seed % 5 ? 3 : 40);
	c->evaluate = (int)prng_range(rng, 1, 3);
	c->compare = (int)prng_range(rng, 1, 3);
	c->adcs = 1 << prng_range(rng, 0, 4);
	c->adc = (enum cfg_adc)prng_range(rng, CFG_SAR, CFG_STOCHASTIC);
	c->flash_bits = (int)prng_range(rng, 1, 6);
	c->samples = (int)prng_range(rng, 1, 99);
	c->weight_code = prng_range(rng, 0, 1) ? CFG_TC : CFG_TERNARY;
}

static void t_map_predict_stepped(void **state)
{
	int seen[5] = { 0 };

	(void)state;
	for (unsigned seed = 1; seed <= 1000; seed++) {
		struct program p = { .n = 0 };
		struct cfg c = config();
		struct map_counts n;
		struct prng rng;
		uint64_t conversions = 0, comparisons = 0, planes;
		struct map_counts want;

		prng_init(&rng, seed);
		draw_core(&rng, &c, seed);
		planes = (uint64_t)(c.input_code == CFG_TC ? c.input_bits : 2 * (c.input_bits - 1));
		for (int i = (int)prng_range(&rng, 1, 33); i; i--)
			add(&p, draw(&rng, &c));
		add(&p, (struct map_instr){ .op = MAP_END });
		for (size_t i = 0; i < p.n; i++) {
			uint64_t columns = p.i[i].op == MAP_ACT ? planes * (uint64_t)p.i[i].tile_count * (uint64_t)p.i[i].col_count : 0;

			conversions += columns;
			comparisons += columns * decisions_of(&c, p.i[i].bits, 0);
		}
		want = step_all(&c, &p, 0);
		n = predict(&c, &p);
		if (n.cycles != want.cycles)
			fail_msg("seed %u: predicted %ld, stepped %ld", seed, (long)n.cycles, (long)want.cycles);
		if (n.wait_load != want.wait_load || n.wait_act != want.wait_act || n.wait_out != want.wait_out || n.wait_end != want.wait_end)
			fail_msg("seed %u: waits are not those that were stepped", seed);
		assert_int_equal(n.cycles_least, n.cycles);
		assert_int_equal(n.cycles_most, n.cycles);
		assert_int_equal(n.conversions, conversions);
		assert_int_equal(n.comparisons, comparisons);
		assert_int_equal(n.compute_clocks, n.activations * (uint64_t)(c.precharge + c.evaluate));
		assert_int_equal(n.serve_clocks, 0);
		assert_true((double)n.compare_clocks <= n.bound * (double)n.window_clocks * (1 + 1e-12));
		seen[c.adc]++;
	}
	for (int adc = CFG_SAR; adc <= CFG_STOCHASTIC; adc++)
		assert_true(seen[adc] > 99);
}

/* asymmetric search: the least and the most are exact for searches of one length; the mean keeps its fraction */
static void t_map_predict_asymmetric(void **state)
{
	const struct map_steps three = { 3, 9, 3 }, fraction = { 3, 9, 4.3 };

	(void)state;
	for (unsigned seed = 1; seed <= 100; seed++) {
		struct program p = { .n = 0 };
		struct cfg c = config();
		struct map_counts n;
		struct prng rng;

		prng_init(&rng, 5000 + seed);
		draw_core(&rng, &c, seed);
		c.adc = CFG_SAR;
		c.search = CFG_ASYMMETRIC;
		for (int i = (int)prng_range(&rng, 1, 33); i; i--)
			add(&p, draw(&rng, &c));
		add(&p, act(0, 1, 3, 0, 1, 33, 7));
		add(&p, (struct map_instr){ .op = MAP_END });
		n = predict_steps(&c, &p, &three);
		assert_int_equal(n.cycles, step_all(&c, &p, 3).cycles);
		assert_int_equal(n.wait_act, step_all(&c, &p, 3).wait_act);
		assert_int_equal(n.cycles_least, n.cycles);
		assert_int_equal(n.cycles_most, step_all(&c, &p, 9).cycles);
		assert_int_equal(n.comparisons, 3 * n.conversions);
		n = predict_steps(&c, &p, &fraction);
		assert_true(n.cycles_least < n.cycles && n.cycles < n.cycles_most);
		assert_true(n.comparisons >= 4.3 * (double)n.conversions - 0.5 && n.comparisons <= 4.3 * (double)n.conversions + 0.5);
		/* rounds times compare cycles of 4.3 steps; what a tile has left over is less than one clock */
		assert_true(((double)n.convert_clocks - (double)n.compare_clocks) * 4.3 * c.compare - (double)n.compare_clocks < MOST_TILES);
		assert_true(((double)n.convert_clocks - (double)n.compare_clocks) * 4.3 * c.compare - (double)n.compare_clocks > -1e-6);
		n = predict(&c, &p); /* nothing known of the tree: any, and as long as the binary search in the mean */
		assert_int_equal(n.cycles_least, step_all(&c, &p, 1).cycles);
		assert_int_equal(n.cycles, step_all(&c, &p, 7).cycles);
		assert_int_equal(n.cycles_most, step_all(&c, &p, 127).cycles);
	}
}

/* columns of dif are pairs: there are half as many, and rounds are counted in pairs */
static void t_map_predict_dif(void **state)
{
	struct cfg c = config();
	struct program p = { .n = 0 };
	struct map_counts n;
	struct err e = { 0 };

	(void)state;
	c.weight_code = CFG_DIF;
	add(&p, act(0, 1, 8, 0, 1, 32, 4));
	add(&p, (struct map_instr){ .op = MAP_END });
	n = predict(&c, &p);
	assert_int_equal(n.conversions, 8 * 32);
	assert_int_equal(n.compare_clocks, 8 * 4 * 4);
	p.n = 0;
	add(&p, act(0, 1, 8, 1, 1, 32, 4));
	assert_int_equal(map_predict(&c, p.code, p.n, NULL, &n, &e), -1);
	assert_string_equal(e.text, "instruction 0: row or column outside the array, or a zero count (error code 4 of docs/isa.md section 4)");
}

/* every index register, added to what the prediction reads: the last legal row, column and tile, and one more */
static void t_map_predict_index(void **state)
{
	static const char *const text[] = { "row or column outside the array, or a zero count (error code 4 of docs/isa.md section 4)",
		"row or column outside the array, or a zero count (error code 4 of docs/isa.md section 4)", "tile set outside the core (error code 3 of docs/isa.md section 4)" };
	static const int last[] = { 60, 60, 2 };
	struct cfg c = config();

	(void)state;
	c.tiles = 3;
	for (int r = 1; r < 16; r++)
		for (int field = 0; field < 3; field++)
			for (int more = 0; more < 2; more++) {
				struct program p = { .n = 0 };
				struct map_instr a = act(0, 1, 4, 0, 1, 4, 4);
				struct map_counts n;
				struct err e = { 0 };

				a.r_row = field == 0 ? r : 0;
				a.r_col = field == 1 ? r : 0;
				a.r_tile = field == 2 ? r : 0;
				add(&p, (struct map_instr){ .op = MAP_IDX, .r_base = r == 15 ? 1 : r + 1, .imm = last[field] + more });
				add(&p, (struct map_instr){ .op = MAP_IDX, .r_base = r, .r_row = r == 15 ? 1 : r + 1 });
				add(&p, a);
				add(&p, (struct map_instr){ .op = MAP_END });
				assert_int_equal(map_predict(&c, p.code, p.n, NULL, &n, &e), -more);
				assert_true(!more || strstr(e.text, text[field]));
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
	assert_int_equal(map_predict(&c, p.code, p.n, NULL, &n, &e), -1);
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
	assert_int_equal(map_predict(&c, NULL, 0, NULL, &n, &e), -1);
	assert_non_null(strstr(e.text, "code 6"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_map_predict_worked), cmocka_unit_test(t_map_predict_waits), cmocka_unit_test(t_map_predict_stepped), cmocka_unit_test(t_map_predict_asymmetric), cmocka_unit_test(t_map_predict_dif), cmocka_unit_test(t_map_predict_loop), cmocka_unit_test(t_map_predict_index),
		cmocka_unit_test(t_map_predict_windows), cmocka_unit_test(t_map_predict_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

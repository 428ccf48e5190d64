/* Immersed references: the prediction against a core that is stepped clock by clock from docs/isa.md section 6 and docs/network.md sections 2 to 4,
 * and against the period of section 6.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/prng.h"
#include "map/map.h"
#include <stdlib.h>
#include <string.h>

enum { MOST = 48, MOST_TILES = 9, MOST_SEEDS = 1200, NEVER = -1 };

/* ---- programs ---- */

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

static struct map_counts predict(const struct cfg *c, const struct program *p, const struct map_steps *steps)
{
	struct map_counts n;
	struct err e = { 0 };

	if (map_predict(c, p->code, p->n, steps, &n, &e))
		fail_msg("%s", e.text);
	return n;
}

/* ---- the machine: registers, and what they make of one clock ---- */

enum turn { NONE, EVALUATE, CONVERT };

struct tile {
	struct map_instr shadow, active, converting;
	bool shadow_full, active_full;
	enum turn turn;
	int plane, evaluated;    /* of active: next to be taken, clocks evaluated */
	int round, clock;        /* of the conversion; clock 0 samples */
	bool last_plane;
	int drain_cols[4];
	long drain_from[4];
	int drains;
	long drain_end;          /* first clock in which pending shows less; NEVER: none at work */
	long taken, drained;
	int pending;
	long first_take, finish; /* window */
};

struct core {
	const struct cfg *c;
	int steps, planes, n;    /* steps: of every round, 0: by kind; n: servers */
	struct tile tile[MOST_TILES];
	bool held[MOST_TILES];   /* computes, converts or serves a turn */
	int servant[MOST_TILES]; /* how many turns hold it as their server */
	int p[MOST_TILES];       /* of every pair (pair i: 2i), or of all tiles (0) */
	struct map_counts count;
};

static int n_servers(const struct cfg *c)
{
	return c->adc == CFG_FLASH ? (1 << c->bits) - 1 : c->adc == CFG_HYBRID ? (1 << c->flash_bits) - 1 : 1;
}

static int server_of(const struct core *m, int t, int k)
{
	if (m->c->network == CFG_PAIR)
		return t % 2 ? t - 1 : t + 1;
	return m->c->network == CFG_RING ? (t + k) % m->c->tiles : m->c->tiles - m->n + k - 1;
}

static int steps_of(const struct core *m, int bits)
{
	if (m->steps)
		return m->steps;
	switch (m->c->adc) {
	case CFG_SAR: return bits;
	case CFG_HYBRID: return 1 + (bits > m->c->flash_bits ? bits - m->c->flash_bits : 0);
	case CFG_STOCHASTIC: return m->c->samples;
	default: return 1;
	}
}

static int cycle(const struct cfg *c)
{
	return c->reference_precharge + c->share + c->settle;
}

static int rounds_of(const struct cfg *c, const struct map_instr *i)
{
	bool used[1024] = { 0 };
	int rounds = 0;

	for (int n = 0; n < i->col_count; n++)
		used[(i->col_start + n * i->col_stride) / c->adcs] = true;
	for (int n = 0; n < 1024; n++)
		rounds += used[n];
	return rounds;
}

/* the link over n tiles from low on, from what is registered; held arrays are held from the next clock on */
static void look(struct core *m, int low, int n)
{
	bool busy[MOST_TILES], granted[MOST_TILES] = { false };
	int first = NEVER, leader = NEVER, together[MOST_TILES] = { 0 };

	memcpy(busy, m->held, sizeof(busy));
	for (int i = 0; i < n; i++) {
		int t = low + (m->p[low] + i) % n;
		struct tile *s = &m->tile[t];
		bool ok = !busy[t];

		if (!s->active_full || s->turn != NONE || (!s->plane && s->taken - s->drained >= 2))
			continue;
		if (first == NEVER)
			first = t;
		if (m->c->network == CFG_BROADCAST && leader != NEVER) {
			const struct map_instr *a = &m->tile[leader].active, *b = &s->active;

			ok = a->bits == b->bits && a->set == b->set && a->col_start == b->col_start && a->col_stride == b->col_stride && a->col_count == b->col_count;
			ok = ok && (m->c->adc != CFG_HYBRID || !together[t % m->n]);
		} else {
			for (int k = 1; k <= m->n; k++)
				ok = ok && !busy[server_of(m, t, k)];
		}
		if (ok || t == first) {
			busy[t] = true;
			for (int k = 1; k <= m->n; k++)
				busy[server_of(m, t, k)] = true;
		}
		granted[t] = ok;
		if (ok && leader == NEVER)
			leader = t;
		if (ok)
			together[t % m->n]++;
	}
	for (int t = 0; t < m->c->tiles; t++) {
		if (!granted[t])
			continue;
		m->tile[t].turn = EVALUATE;
		m->tile[t].evaluated = -1; /* from the next clock on */
		m->held[t] = true;
		for (int k = 1; k <= m->n; k++) {
			m->servant[server_of(m, t, k)]++;
			m->held[server_of(m, t, k)] = true;
		}
	}
	if (first != NEVER)
		m->p[low] = (first - low + granted[first]) % n;
}

static void grants(struct core *m)
{
	int n = m->c->network == CFG_PAIR ? 2 : m->c->tiles;

	for (int low = 0; low < m->c->tiles; low += n)
		look(m, low, n);
}

static void give_back(struct core *m, int server)
{
	m->held[server] = --m->servant[server] > 0;
}

/* one clock of a tile's conversion; serving: arrays that serve it */
static void convert(struct core *m, int t, long now, bool *serving)
{
	struct tile *s = &m->tile[t];
	const struct map_instr *i = &s->converting;
	int steps = steps_of(m, i->bits), rounds = rounds_of(m->c, i);
	bool early = m->c->adc == CFG_HYBRID && m->c->network == CFG_RING, last_round = s->round == rounds - 1, after_flash = last_round && s->clock > cycle(m->c);

	m->count.convert_clocks++;
	m->count.compare_clocks += s->clock > 0;
	for (int k = 1; k <= m->n; k++)
		if (k == 1 || !early || !after_flash)
			serving[server_of(m, t, k)] = true;
	if (early && last_round && s->clock == cycle(m->c))
		for (int k = 2; k <= m->n; k++)
			give_back(m, server_of(m, t, k));
	if (s->clock++ < steps * cycle(m->c))
		return;
	s->clock = 0;
	if (++s->round < rounds)
		return;
	for (int k = 1; k <= m->n; k++)
		if (k == 1 || !early)
			give_back(m, server_of(m, t, k));
	m->held[t] = false;
	s->turn = NONE;
	s->finish = now;
	if (s->last_plane) {
		s->drain_cols[s->drains] = i->col_count;
		s->drain_from[s->drains++] = now + 2;
	}
}

static void take(struct core *m, struct tile *s, long now)
{
	s->turn = CONVERT;
	s->round = s->clock = -1; /* from the next clock on */
	s->taken += s->plane == 0;
	s->converting = s->active;
	s->last_plane = ++s->plane == m->planes;
	s->active_full = !s->last_plane;
	if (s->first_take == NEVER)
		s->first_take = now;
}

static void tile_clock(struct core *m, int t, long now, bool *serving, bool *working)
{
	struct tile *s = &m->tile[t];

	if (s->turn == CONVERT) {
		if (s->clock < 0)
			s->round = s->clock = 0;
		working[t] = true;
		convert(m, t, now, serving);
	} else if (s->turn == EVALUATE) {
		if (s->evaluated < 0) {
			s->evaluated = 0; /* the clock of the grant */
		} else if (s->evaluated < m->c->precharge + m->c->evaluate) {
			s->evaluated++;
			working[t] = true;
			m->count.compute_clocks++;
		} else {
			take(m, s, now);
		}
	}
	if (s->shadow_full && !s->active_full) {
		s->active = s->shadow;
		s->shadow_full = false;
		s->active_full = true;
		s->plane = 0;
	}
}

static void drain_clock(struct tile *s, long now)
{
	if (s->drain_end == now) {
		s->pending--;
		s->drained++;
		s->drain_end = NEVER;
	}
	if (s->drain_end == NEVER && s->drains && now >= s->drain_from[0]) {
		s->drain_end = now + s->drain_cols[0] + 2;
		memmove(&s->drain_cols[0], &s->drain_cols[1], 3 * sizeof(s->drain_cols[0]));
		memmove(&s->drain_from[0], &s->drain_from[1], 3 * sizeof(s->drain_from[0]));
		s->drains--;
	}
}

static void core_clock(struct core *m, long now)
{
	bool serving[MOST_TILES] = { false }, working[MOST_TILES] = { false };

	grants(m);
	for (int t = 0; t < m->c->tiles; t++)
		tile_clock(m, t, now, serving, working);
	for (int t = 0; t < m->c->tiles; t++) {
		assert_false(serving[t] && working[t]);
		m->count.serve_clocks += serving[t];
	}
}

static bool none_above(const struct core *m, int tile, int stride, int count, int pending)
{
	for (int n = 0; n < count; n++)
		if (m->tile[tile + n * stride].pending > pending)
			return false;
	return true;
}

static bool may_work(const struct core *m, const struct map_instr *i)
{
	if (i->op == MAP_LOAD)
		return none_above(m, 0, 1, m->c->tiles, 0);
	if (i->op == MAP_OUT)
		return none_above(m, i->tile, i->tile_stride, i->tile_count, i->lag);
	for (int n = 0; i->op == MAP_ACT && n < i->tile_count; n++)
		if (m->tile[i->tile + n * i->tile_stride].shadow_full)
			return false;
	return true;
}

static long work_clocks(const struct cfg *c, const struct map_instr *i)
{
	switch (i->op) {
	case MAP_LOAD: return (long)i->row_count * ((c->cols * c->cell_bits + 63) / 64);
	case MAP_ACT: return i->row_count + 1;
	case MAP_OUT: return i->count + 4;
	default: return i->count;
	}
}

static void close_windows(struct core *m, int tile, int count)
{
	for (int t = tile; t < tile + count; t++) {
		if (m->tile[t].first_take != NEVER)
			m->count.window_clocks += (uint64_t)(m->tile[t].finish - m->tile[t].first_take);
		m->tile[t].first_take = NEVER;
	}
}

/* straight programs of LOAD, ACT, OUT, XIN with tile stride 1 */
static struct map_counts step_all(const struct cfg *c, const struct program *p, int steps)
{
	struct core m = { .c = c, .steps = steps, .planes = c->input_bits, .n = n_servers(c) };
	long begin = 0, end = NEVER; /* of the instruction; clock after its work, once it works */
	size_t pc = 0;

	for (int t = 0; t < MOST_TILES; t++)
		m.tile[t].drain_end = m.tile[t].first_take = NEVER;
	for (long now = 0; now < 3000000; now++) {
		const struct map_instr *i;
		bool hand_over;

		for (int t = 0; t < c->tiles; t++)
			drain_clock(&m.tile[t], now);
		if (end == now) {
			pc++;
			begin = now;
			end = NEVER;
		}
		i = &p->i[pc];
		if (i->op == MAP_END && now >= begin + 1 && none_above(&m, 0, 1, c->tiles, 0)) {
			close_windows(&m, 0, c->tiles);
			m.count.cycles = (uint64_t)now + 1;
			return m.count;
		}
		if (i->op == MAP_END && now >= begin + 1)
			m.count.wait_end++;
		if ((i->op == MAP_LOAD || i->op == MAP_ACT || i->op == MAP_OUT) && end == NEVER && now >= begin + 2 && !may_work(&m, i))
			*(i->op == MAP_LOAD ? &m.count.wait_load : i->op == MAP_ACT ? &m.count.wait_act : &m.count.wait_out) += 1;
		if (i->op != MAP_END && end == NEVER && now >= begin + 2 && may_work(&m, i)) {
			end = now + work_clocks(c, i);
			if (i->op == MAP_LOAD)
				close_windows(&m, i->tile, i->tile_count);
		}
		hand_over = i->op == MAP_ACT && end == now + 1;
		core_clock(&m, now);
		for (int n = 0; hand_over && n < i->tile_count; n++) {
			struct tile *s = &m.tile[i->tile + n];

			s->shadow = *i;
			s->shadow_full = true;
			s->pending++;
		}
	}
	fail_msg("no END in three million clocks");
	return m.count;
}

/* ---- random cores and programs ---- */

static int range(struct prng *rng, int lo, int hi)
{
	return (int)prng_range(rng, lo, hi);
}

static struct cfg draw_core(struct prng *rng)
{
	struct cfg c = { .name = "test", .rows = 64, .cols = 64, .cell_bits = 1, .weight_bits = 8, .lsb = 1, .grid_bits = 4, .reference = CFG_IMMERSED, .compare = 1 };
	static const enum cfg_adc single[] = { CFG_SAR, CFG_SENSE, CFG_STOCHASTIC, CFG_HYBRID, CFG_FLASH };
	int n;

	c.network = (enum cfg_network)range(rng, CFG_PAIR, CFG_BROADCAST);
	c.adc = c.network == CFG_BROADCAST ? single[range(rng, 3, 4)] : single[range(rng, 0, 4)];
	c.flash_bits = range(rng, 1, c.network == CFG_PAIR ? 1 : 2);
	c.bits = range(rng, 1, 6);
	if (c.adc == CFG_FLASH)
		c.bits = c.network == CFG_PAIR ? 1 : range(rng, 1, 3);
	else if (c.adc == CFG_SENSE)
		c.bits = 1;
	else if (c.adc == CFG_HYBRID)
		c.bits = c.flash_bits + range(rng, 1, 3);
	c.samples = range(rng, 1, (1 << c.bits) - 1);
	n = n_servers(&c);
	c.tiles = c.network == CFG_PAIR ? 2 * range(rng, 1, 4) : range(rng, n + 1, MOST_TILES);
	c.input_bits = range(rng, 1, 4);
	c.precharge = range(rng, 1, 3);
	c.evaluate = range(rng, 1, 9);
	c.reference_precharge = range(rng, 1, 3);
	c.share = range(rng, 1, 2);
	c.settle = range(rng, 1, 3);
	c.adcs = 1 << range(rng, 0, 6);
	return c;
}

/* favourite: columns and bits that most activations of a program have, so that they may go together */
static struct map_instr draw(struct prng *rng, const struct cfg *c, const struct map_instr *favourite)
{
	int usable = c->network == CFG_BROADCAST ? c->tiles - n_servers(c) : c->tiles, kind = range(rng, 0, 19);
	int tile = range(rng, 0, usable - 1), tiles = range(rng, 1, usable - tile);
	struct map_instr i;

	if (kind == 0)
		return (struct map_instr){ .op = MAP_LOAD, .tile = tile, .tile_stride = 1, .tile_count = tiles, .row_stride = 1, .row_count = range(rng, 1, 9) };
	if (kind == 1)
		return (struct map_instr){ .op = MAP_XIN, .count = range(rng, 1, 99), .inner = 1 };
	if (kind < 5)
		return (struct map_instr){ .op = MAP_OUT, .flags = 2, .tile = tile, .tile_stride = 1, .tile_count = tiles, .count = range(rng, 1, 9), .lag = range(rng, 0, 4) };
	if (kind < 8)
		return act(tile, tiles, range(rng, 1, 33), range(rng, 0, 9), range(rng, 1, 9), range(rng, 1, 7), range(rng, 1, c->bits));
	i = *favourite;
	i.tile = tile;
	i.tile_count = tiles;
	i.row_count = range(rng, 1, kind < 14 ? 3 : 33);
	return i;
}

static void draw_program(struct prng *rng, const struct cfg *c, struct program *p)
{
	struct map_instr favourite = act(0, 1, 1, range(rng, 0, 9), 1, range(rng, 1, 33), range(rng, 1, c->bits));

	p->n = 0;
	for (int n = range(rng, 1, MOST - 1); n; n--)
		add(p, draw(rng, c, &favourite));
	add(p, (struct map_instr){ .op = MAP_END });
}

static void compare(unsigned seed, const struct map_counts *got, const struct map_counts *want)
{
	if (got->cycles != want->cycles)
		fail_msg("seed %u: predicted %lu clocks, stepped %lu", seed, (unsigned long)got->cycles, (unsigned long)want->cycles);
	if (got->wait_load != want->wait_load || got->wait_act != want->wait_act || got->wait_out != want->wait_out || got->wait_end != want->wait_end)
		fail_msg("seed %u: waits are not those that were stepped", seed);
	assert_int_equal(got->compute_clocks, want->compute_clocks);
	assert_int_equal(got->convert_clocks, want->convert_clocks);
	assert_int_equal(got->compare_clocks, want->compare_clocks);
	assert_int_equal(got->window_clocks, want->window_clocks);
	if (got->serve_clocks != want->serve_clocks)
		fail_msg("seed %u: predicted %lu clocks of service, stepped %lu", seed, (unsigned long)got->serve_clocks, (unsigned long)want->serve_clocks);
	if ((double)want->compare_clocks > got->bound * (double)want->window_clocks * (1 + 1e-12))
		fail_msg("seed %u: %lu compare clocks in windows of %lu, bound %g", seed, (unsigned long)want->compare_clocks, (unsigned long)want->window_clocks, got->bound);
}

static void t_map_turns_stepped(void **state)
{
	int seen[3][5] = { { 0 } };

	(void)state;
	for (unsigned seed = 1; seed <= MOST_SEEDS; seed++) {
		struct program p;
		struct prng rng;
		struct cfg c;
		struct map_counts want, got;

		prng_init(&rng, seed);
		c = draw_core(&rng);
		draw_program(&rng, &c, &p);
		want = step_all(&c, &p, 0);
		got = predict(&c, &p, NULL);
		compare(seed, &got, &want);
		assert_int_equal(got.cycles_least, got.cycles);
		assert_int_equal(got.cycles_most, got.cycles);
		seen[c.network][c.adc]++;
	}
	for (int network = CFG_PAIR; network <= CFG_BROADCAST; network++)
		for (int adc = CFG_SAR; adc <= CFG_STOCHASTIC; adc++)
			assert_true(seen[network][adc] > 33 || (network == CFG_BROADCAST && adc != CFG_FLASH && adc != CFG_HYBRID));
}

/* asymmetric search: least and most are those of searches that all have as many steps */
static void t_map_turns_asymmetric(void **state)
{
	const struct map_steps steps = { 3, 9, 4 };

	(void)state;
	for (unsigned seed = 1; seed <= 60; seed++) {
		struct program p;
		struct prng rng;
		struct cfg c;
		struct map_counts got, want;

		prng_init(&rng, 7000 + seed);
		c = draw_core(&rng);
		c.adc = CFG_SAR;
		c.bits = 4;
		c.network = seed % 2 ? CFG_PAIR : CFG_RING;
		c.tiles = 2 * range(&rng, 1, 4);
		c.search = CFG_ASYMMETRIC;
		draw_program(&rng, &c, &p);
		got = predict(&c, &p, &steps);
		assert_int_equal(got.cycles_least, step_all(&c, &p, 3).cycles);
		assert_int_equal(got.cycles_most, step_all(&c, &p, 9).cycles);
		want = step_all(&c, &p, 4);
		compare(seed, &got, &want);
		assert_int_equal(got.comparisons, 4 * got.conversions);
	}
}

/* section 6: with work for both arrays of a pair all the time, a plane of each takes 2 * (E + C + 2) */
static void t_map_turns_period(void **state)
{
	struct cfg c = { .name = "test", .rows = 64, .cols = 64, .tiles = 2, .cell_bits = 1, .weight_bits = 8, .lsb = 1, .grid_bits = 4, .reference = CFG_IMMERSED,
		.network = CFG_PAIR, .adc = CFG_SAR, .bits = 5, .adcs = 2, .input_bits = 8, .precharge = 1, .evaluate = 2, .reference_precharge = 1, .share = 1, .settle = 1 };
	const uint64_t E = 3, C = 4 * (5 * 3 + 1);
	uint64_t before = 0;

	(void)state;
	for (int acts = 3; acts < 7; acts++) {
		struct program p = { .n = 0 };
		struct map_counts n;

		for (int i = 0; i < acts; i++)
			add(&p, act(0, 2, 7, 0, 1, 7, 5));
		add(&p, (struct map_instr){ .op = MAP_END });
		n = predict(&c, &p, NULL);
		if (before)
			assert_int_equal(n.cycles - before, 8 * 2 * (E + C + 2));
		before = n.cycles;
		assert_int_equal(n.serve_clocks, (uint64_t)acts * 2 * 8 * C);
	}
}

/* tiles that only serve take no ACT and no LOAD */
static void t_map_turns_reference_tile_bad(void **state)
{
	struct cfg c = { .name = "test", .rows = 64, .cols = 64, .tiles = 9, .cell_bits = 1, .weight_bits = 8, .lsb = 1, .grid_bits = 4, .reference = CFG_IMMERSED,
		.network = CFG_BROADCAST, .adc = CFG_HYBRID, .flash_bits = 2, .bits = 5, .adcs = 2, .input_bits = 8, .precharge = 1, .evaluate = 2, .reference_precharge = 1, .share = 1, .settle = 1 };
	struct map_counts n;
	struct err e = { 0 };
	struct program p = { .n = 0 };

	(void)state;
	add(&p, act(5, 1, 7, 0, 1, 7, 5));
	add(&p, act(5, 2, 7, 0, 1, 7, 5));
	assert_int_equal(map_predict(&c, p.code, p.n, NULL, &n, &e), -1);
	assert_string_equal(e.text, "instruction 1: tile set outside the core (error code 3 of docs/isa.md section 4)");
	p.n = 0;
	e.code = ERR_NONE;
	add(&p, (struct map_instr){ .op = MAP_LOAD, .tile = 6, .tile_stride = 1, .tile_count = 1, .row_stride = 1, .row_count = 3 });
	assert_int_equal(map_predict(&c, p.code, p.n, NULL, &n, &e), -1);
	assert_non_null(strstr(e.text, "error code 3"));
}

/* numerics.md section 9 (c) in a pair: planes of 2*3 + 1 clocks, drains of 40 + 2, of which the last two count for nothing */
static void t_map_turns_drains(void **state)
{
	struct cfg c = { .name = "test", .rows = 64, .cols = 64, .tiles = 2, .adcs = 64, .bits = 2, .cell_bits = 1, .weight_bits = 8, .input_bits = 1, .lsb = 1, .grid_bits = 4, .reference = CFG_IMMERSED,
		.network = CFG_PAIR, .compare = 1, .precharge = 1, .evaluate = 1, .reference_precharge = 1, .share = 1, .settle = 1, .program_depth = 64, .activation_depth = 64,
		.accumulator_depth = 64, .channel_depth = 64 };
	struct program p = { .n = 0 };

	(void)state;
	for (int n = 0; n < 5; n++)
		add(&p, act(0, 1, 1, 0, 1, 40, 2));
	add(&p, (struct map_instr){ .op = MAP_END });
	assert_true(predict(&c, &p, NULL).bound == 5 * 6.0 / (7 + 3 * 42 + 7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_map_turns_stepped), cmocka_unit_test(t_map_turns_asymmetric), cmocka_unit_test(t_map_turns_period), cmocka_unit_test(t_map_turns_drains), cmocka_unit_test(t_map_turns_reference_tile_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every placement by itself, and every order of tokens, executed: what the compiler chooses from must be right, not only what it chooses.
 * And the choice: the resident orders against the bottleneck that they leave, packed against its candidates.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "map/draft.h"
#include "map/number.h"
#include "map/roll.h"
#include "tests/unit/map_cases.h"
#include <stdlib.h>
#include <string.h>

static struct cfg draw_core(struct prng *rng)
{
	static const int side[] = { 8, 33, 37, 64, 100, 256 };
	struct cfg c = config(side[prng_range(rng, 0, 5)], side[prng_range(rng, 0, 5)], (int)prng_range(rng, 1, 9), (int)prng_range(rng, 1, 2));

	c.program_depth = 65536;
	draw_numbers(&c, rng);
	return c;
}

static void draw_layer(const struct cfg *c, unsigned seed, struct prng *rng, struct map_layer *l)
{
	static const int awkward[] = { 1, 3, 7, 33 };
	int x = awkward[prng_range(rng, 0, 3)], y = awkward[prng_range(rng, 0, 3)];

	if (seed % 3 == 0)
		dense_layer(c, x * (int)prng_range(rng, 1, 2), y * (int)prng_range(rng, 1, 2), rng, l);
	else
		monarch_layer(c, (int)prng_range(rng, 1, 7), (int)prng_range(rng, 1, 3), x > 7 ? 11 : x, y > 7 ? 13 : y, rng, l);
}

/* the plan with this order, rolled or not, is executed; takes the plan. Instructions before rolling */
static size_t check_order(const struct cfg *c, const struct map_layer *l, struct plan *p, struct emit_how how, bool rolled, const int8_t *x, const struct want *want, struct prng *rng)
{
	struct code plain = { 0 }, code;
	struct draft d = { .plan = *p, .how = how };
	struct map_program prog;
	struct err e = { 0 };
	uint64_t acts = 0;
	size_t length;
	int passes;

	for (int s = 0; s < p->n_stages; s++)
		for (size_t n = 0; n < p->stage[s].n_acts; n++)
			acts += (uint64_t)p->stage[s].act[n].tile_count;
	emit_program(p, &how, &plain);
	for (size_t i = 0; i < plain.n; i++)
		assert_true((plain.i[i].op != MAP_ACT && plain.i[i].op != MAP_OUT) || plain.i[i].tile_stride); /* also of one tile */
	length = plain.n;
	code = plain;
	if (rolled) {
		roll_code(&plain, &code);
		free(plain.i);
	}
	d.n_instr = code.n;
	d.code = mem_calloc(code.n, 8 * sizeof(*d.code));
	for (size_t i = 0; i < code.n; i++)
		map_encode(&code.i[i], d.code + 8 * i);
	free(code.i);
	if (map_predict(c, d.code, d.n_instr, NULL, &d.counts, &e))
		fail_msg("%s", e.text);
	assert_int_equal(d.counts.activations, acts * (uint64_t)p->tokens * (uint64_t)num_planes(c)); /* those of the plan, once per token */
	passes = (int)(p->resident ? 1 : p->stage[0].n_passes + p->stage[1].n_passes);
	draft_program(c, &d, &prog);
	assert_int_equal(prog.passes, passes);
	check_program(c, l, &prog, x, want, rng);
	map_program_release(&prog);
	return length;
}

enum { N_ORDERS = 11, N_PASSES = 3 };
static const struct emit_how orders[N_ORDERS] = {
	{ .order = EMIT_PASSES }, { .order = EMIT_COMPACT }, { .order = EMIT_SHORT }, { .order = EMIT_SINGLE }, { .order = EMIT_PAIR }, { .order = EMIT_AHEAD, .depth = 1, .ring = true },
	{ .order = EMIT_AHEAD, .depth = 1 },
	{ .order = EMIT_AHEAD, .depth = 1, .spread = true }, { .order = EMIT_AHEAD, .depth = 2, .spread = true }, { .order = EMIT_AHEAD, .depth = 2 }, { .order = EMIT_AHEAD, .depth = 3 },
};

static void t_map_orders_random(void **state)
{
	int resident[5] = { 0 }, turns[5] = { 0 }, merged = 0, shared = 0, shorter = 0, longer = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 900; seed++) {
		struct prng rng;
		struct cfg c;
		struct map_layer l;
		struct plan p;
		struct plan_wish w = { .kind = (enum place_kind)(seed % 5), .mode = (enum place_mode)(seed / 5 % 3), .fine = seed & 1 };
		struct err e = { 0 };
		struct want want = { 0 };
		size_t length[N_ORDERS];
		int tokens, status;
		int8_t *x;

		prng_init(&rng, 77 + seed);
		c = draw_core(&rng);
		draw_layer(&c, seed, &rng, &l);
		tokens = (int)prng_range(&rng, 1, 5);
		w.tiles = (int)prng_range(&rng, 1, num_usable_tiles(&c));
		x = mem_calloc((size_t)tokens, (size_t)l.in);
		for (int i = 0; i < tokens * l.in; i++)
			x[i] = (int8_t)draw_x(&c, &rng, (int)prng_range(&rng, 1, 4));
		layer_product(&c, &l, tokens, x, &want);
		for (int i = 0; i < N_ORDERS; i++) {
			w.resident = i >= N_PASSES;
			if (w.resident && l.n_stages < 2)
				break;
			status = plan_make(&c, &l, &w, tokens, &p, &e);
			if (status < 0)
				fail_msg("seed %u: %s", seed, e.text);
			if (status || (w.resident && resident_words(&p, &orders[i]) > c.accumulator_depth)) {
				if (!status)
					plan_release(&p);
				continue;
			}
			if (p.resident) {
				resident[w.kind]++;
				shared += p.shared;
			}
			for (size_t a = 0; a < p.n_arrays; a++)
				turns[w.kind] += p.array[a].turn == 1;
			for (size_t a = 0; a < p.stage[0].n_acts; a++)
				merged += p.stage[0].act[a].tile_count > 1;
			length[i] = check_order(&c, &l, &p, orders[i], (seed / 2 + (unsigned)i) & 1, x, &want, &rng);
			if (orders[i].order == EMIT_COMPACT) { /* of two tokens and one OUT a loop is the longer */
				shorter += length[i] < length[i - 1];
				longer += length[i] > length[i - 1];
			}
		}
		want_release(&want);
		map_layer_release(&l);
		free(x);
	}
	for (int k = 0; k < 5; k++)
		if (resident[k] < 40 || turns[k] < 40)
			fail_msg("placement %d: %d resident programs, %d arrays in the second turn", k, resident[k], turns[k]);
	assert_true(merged > 40 && shared > 40 && shorter > 40 && shorter > longer);
}

/* clocks that a token takes at least once the pipeline is full: of the busiest tile's converters, or of the sequencer */
static uint64_t bottleneck(const struct cfg *c, const struct plan *p)
{
	uint64_t tile[64] = { 0 }, sequencer = 0, most = 0;

	for (int i = 0; i < p->n_stages; i++) {
		const struct plan_stage *s = &p->stage[i];

		for (size_t n = 0; n < s->n_acts; n++) {
			const struct plan_act *a = &s->act[n];
			uint64_t rounds = 0;

			for (int position = 0; position <= (c->cols - 1) / c->adcs; position++) {
				bool active = false;

				for (int k = 0; k < a->n_cols; k++)
					active |= (a->col + k * a->col_stride) / c->adcs == position;
				rounds += active;
			}
			for (int t = 0; t < a->tile_count; t++)
				tile[a->tile + t * a->tile_stride] += (uint64_t)num_planes(c) * rounds * (uint64_t)(num_steps(c, a->bits) * c->compare + 1);
			sequencer += 3 + (uint64_t)a->n_rows;
		}
		for (size_t n = 0; n < s->n_outs; n++)
			sequencer += 6 + (uint64_t)s->out[n].count;
	}
	for (int t = 0; t < c->tiles; t++)
		most = tile[t] > most ? tile[t] : most;
	return most > sequencer ? most : sequencer;
}

/* 33 tokens take at most 1.25 of the bottleneck each, XIN apart, more than 17 do: what two bottlenecks of like size cost each other */
static void t_map_orders_rate(void **state)
{
	struct prng rng;

	(void)state;
	prng_init(&rng, 8);
	for (int n = 0; n < 40; n++) {
		struct cfg c = config(n & 1 ? 64 : 256, n & 1 ? 64 : 256, n % 4 < 2 ? 4 : 16, 1);
		struct plan_wish w = { .kind = (enum place_kind)(1 + n / 4 % 4), .mode = PLACE_LATENCY, .tiles = c.tiles };
		struct map_layer l;
		struct draft few, many;
		struct err e = { 0 };
		double rate, least;

		c.accumulator_depth = 4096;
		c.activation_depth = 65536;
		c.adcs = n / 16 % 2 ? 8 : 32;
		monarch_layer(&c, 4, n % 3 ? 1 : 4, 16, n % 3 ? 43 : 16, &rng, &l);
		if (draft_make(&c, &l, &w, 17, NULL, &few, &e) || draft_make(&c, &l, &w, 33, NULL, &many, &e))
			fail_msg("%s", e.text);
		if (many.plan.resident && few.plan.resident) {
			rate = (double)(many.counts.cycles - few.counts.cycles) / 16 - many.plan.x_len;
			least = (double)bottleneck(&c, &many.plan);
			if (rate > 1.25 * least)
				fail_msg("case %d: %g clocks a token, of them needed %g", n, rate, least);
		}
		draft_release(&few);
		draft_release(&many);
		map_layer_release(&l);
	}
}

/* Memory that just holds the words of every token is as good as more: the same program, in which no words take turns. */
static void t_map_orders_words(void **state)
{
	struct prng rng;
	int ahead = 0;

	(void)state;
	prng_init(&rng, 9);
	for (int n = 0; n < 40; n++) {
		struct cfg c = config(64, 64, 8, 1);
		struct plan_wish w = { .kind = (enum place_kind)(1 + n % 4), .mode = PLACE_LATENCY, .tiles = c.tiles };
		struct map_layer l;
		struct draft much, just;
		struct err e = { 0 };
		int tokens = 2 + n / 4 % 3;

		c.accumulator_depth = 4096;
		monarch_layer(&c, 3, 1 + n % 3, 7, 11, &rng, &l);
		if (draft_make(&c, &l, &w, tokens, NULL, &much, &e))
			fail_msg("%s", e.text);
		if (much.how.order == EMIT_AHEAD) {
			c.accumulator_depth = (int)resident_words(&much.plan, &much.how);
			if (draft_make(&c, &l, &w, tokens, NULL, &just, &e))
				fail_msg("%s", e.text);
			assert_false(just.how.ring);
			assert_int_equal(just.n_instr, much.n_instr);
			assert_memory_equal(just.code, much.code, much.n_instr * 8 * sizeof(*much.code));
			draft_release(&just);
			ahead += much.how.depth == 1;
		}
		draft_release(&much);
		map_layer_release(&l);
	}
	assert_true(ahead > 4);
}

/* what a mode compares, first things first */
static bool no_worse(const uint64_t *x, const uint64_t *y, int n)
{
	for (int i = 0; i < n; i++)
		if (x[i] != y[i])
			return x[i] < y[i];
	return true;
}

/* packed is at no time worse than what it chose from, in its own objective */
static void t_map_orders_packed(void **state)
{
	struct prng rng;

	(void)state;
	for (unsigned seed = 1; seed <= 120; seed++) {
		struct cfg c;
		struct map_layer l;
		struct map_program p[3], q;
		struct err e = { 0 };

		prng_init(&rng, 500 + seed);
		c = draw_core(&rng);
		draw_layer(&c, seed, &rng, &l);
		for (int m = 0; m < 3; m++)
			if (map_compile(&c, &l, (enum map_placement)(MAP_PACKED_AREA + m), 3, NULL, &p[m], &e))
				fail_msg("seed %u: %s", seed, e.text);
		for (int k = MAP_SPARSE; k <= MAP_STRIDED; k++) {
			if (map_compile(&c, &l, (enum map_placement)k, 3, NULL, &q, &e))
				fail_msg("seed %u: %s", seed, e.text);
			assert_true(no_worse((uint64_t[]){ p[0].n_arrays, p[0].counts.cycles }, (uint64_t[]){ q.n_arrays, q.counts.cycles }, 2));
			assert_true(no_worse((uint64_t[]){ p[1].counts.comparisons, p[1].counts.activations, p[1].counts.cycles },
					     (uint64_t[]){ q.counts.comparisons, q.counts.activations, q.counts.cycles }, 3));
			assert_true(no_worse((uint64_t[]){ p[2].counts.cycles, p[2].counts.comparisons }, (uint64_t[]){ q.counts.cycles, q.counts.comparisons }, 2));
			map_program_release(&q);
		}
		for (int m = 0; m < 3; m++)
			map_program_release(&p[m]);
		map_layer_release(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_map_orders_random), cmocka_unit_test(t_map_orders_rate), cmocka_unit_test(t_map_orders_words),
					    cmocka_unit_test(t_map_orders_packed) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

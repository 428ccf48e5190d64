/* Compiled programs compute integer matrix products: a plain interpreter of docs/isa.md (own field extraction, ideal converters, results as late as
 * the pending rules allow) executes them and every beat is compared with nested loops over the weights.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "map/map.h"
#include "tests/unit/map_cases.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* returns true when the program could be made shorter for a smaller program memory, and was executed then, too */
static bool check_layer(const struct cfg *c, const struct map_layer *l, enum map_placement placement, int tokens, int kind, struct prng *rng)
{
	struct cfg tight = *c;
	struct err e = { 0 };
	struct map_program p;
	struct want want = { 0 };
	int8_t *x = mem_calloc((size_t)tokens, (size_t)l->in);
	bool shorter;

	for (int i = 0; i < tokens * l->in; i++)
		x[i] = (int8_t)draw_x(c, rng, kind);
	layer_product(c, l, tokens, x, &want);
	if (map_compile(c, l, placement, tokens, NULL, &p, &e))
		fail_msg("%s", e.text);
	assert_true(map_batch(c, l, placement, &e) >= tokens);
	check_program(c, l, &p, x, &want, rng);
	tight.program_depth = (int)p.n_instr - 1;
	map_program_release(&p);
	shorter = !map_compile(&tight, l, placement, tokens, NULL, &p, &e);
	if (shorter) {
		assert_true(p.n_instr <= (size_t)tight.program_depth);
		check_program(&tight, l, &p, x, &want, rng);
		map_program_release(&p);
	}
	want_release(&want);
	free(x);
	return shorter;
}

static const int size[][2] = { { 8, 8 }, { 33, 65 }, { 64, 64 }, { 100, 37 }, { 256, 256 } };
static const int tile_count[] = { 1, 3, 4, 9 };
static const int token_count[] = { 1, 2, 5 };

static struct cfg draw_config(struct prng *rng)
{
	const int *rc = size[prng_range(rng, 0, 4)];
	struct cfg c = config(rc[0], rc[1], tile_count[prng_range(rng, 0, 3)], (int)prng_range(rng, 1, 2));

	draw_numbers(&c, rng);
	return c;
}

static bool check_dense(struct cfg c, int out, int in, int tokens, enum map_placement placement, struct prng *rng)
{
	struct map_layer l;

	bool shorter;

	dense_layer(&c, out, in, rng, &l);
	shorter = check_layer(&c, &l, placement, tokens, (int)prng_range(rng, 0, 3), rng);
	map_layer_release(&l);
	return shorter;
}

static void t_map_dense_random(void **state)
{
	struct prng rng;
	int shorter = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 280; seed++) {
		struct cfg c;
		bool large = seed % 10 == 0;

		prng_init(&rng, seed);
		c = draw_config(&rng);
		shorter += check_dense(c, (int)prng_range(&rng, 1, large ? 172 : 40), (int)prng_range(&rng, 1, large ? 64 : 40), token_count[seed % 3],
				       (enum map_placement)(MAP_LINEAR + seed % 7), &rng);
	}
	assert_true(shorter > 9);
}

static void t_map_dense_sizes(void **state)
{
	static const int shape[][2] = { { 1, 1 }, { 1, 33 }, { 33, 1 }, { 7, 3 }, { 64, 64 }, { 172, 64 }, { 64, 172 } };
	struct prng rng;

	(void)state;
	prng_init(&rng, 99);
	for (int i = 0; i < 5; i++) {
		for (int j = 0; j < 7; j++) {
			struct cfg c = config(size[i][0], size[i][1], tile_count[j % 3], 1 + j % 2);

			c.input_bits = c.weight_bits = i == 0 ? 4 : 8;
			c.weight_code = j & 1 ? CFG_SM : CFG_TC;
			check_dense(c, shape[j][0], shape[j][1], j == 6 ? 1 : 3, MAP_AUTO, &rng);
		}
	}
}

static void t_map_monarch_random(void **state)
{
	struct prng rng;

	(void)state;
	for (unsigned seed = 1; seed <= 400; seed++) {
		struct map_layer l;
		struct cfg c;
		int b, r, p;

		prng_init(&rng, 1000 + seed);
		c = draw_config(&rng);
		b = (int)prng_range(&rng, 1, 4);
		r = seed % 5 == 0 ? 3 : 1 << prng_range(&rng, 0, 2);
		p = (int)prng_range(&rng, 1, seed % 7 ? 17 : 43);
		monarch_layer(&c, b, r, p, (int)prng_range(&rng, 1, 17), &rng, &l);
		check_layer(&c, &l, (enum map_placement)(MAP_AUTO + seed % 8), token_count[seed / 8 % 3], 2, &rng);
		map_layer_release(&l);
	}
}

/* as many tokens as fit, and one more is refused by name */
static void t_map_batch_limit(void **state)
{
	struct cfg c = config(8, 8, 1, 1);
	struct map_layer l;
	struct map_program p;
	struct err e = { 0 };
	struct prng rng;
	int most;

	(void)state;
	prng_init(&rng, 5);
	c.input_bits = c.weight_bits = 4;
	c.activation_depth = 96;
	dense_layer(&c, 7, 9, &rng, &l);
	most = map_batch(&c, &l, MAP_AUTO, &e);
	assert_int_equal(most, 96 / 9);
	check_layer(&c, &l, MAP_AUTO, most, 2, &rng);
	assert_int_equal(map_compile(&c, &l, MAP_AUTO, most + 1, NULL, &p, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.text, "1..10"));
	c.accumulator_depth = 13;
	assert_int_equal(map_batch(&c, &l, MAP_AUTO, &e), 96 / 9 < 13 / 2 ? 96 / 9 : 13 / 2);
	map_layer_release(&l);
}

static void expect_refusal(const struct cfg *c, const struct map_layer *l, enum map_placement p, const char *field_name)
{
	struct err e = { 0 };

	assert_int_equal(map_batch(c, l, p, &e), 0);
	assert_int_equal(e.code, ERR_INPUT);
	if (!strstr(e.text, field_name))
		fail_msg("'%s' is not in: %s", field_name, e.text);
}

static void t_map_depths_bad(void **state)
{
	struct cfg c = config(8, 8, 2, 1), d;
	struct map_layer l;
	struct prng rng;

	(void)state;
	prng_init(&rng, 6);
	c.input_bits = c.weight_bits = 2;
	dense_layer(&c, 33, 40, &rng, &l);
	d = c;
	d.activation_depth = 39;
	expect_refusal(&d, &l, MAP_AUTO, "scheduler.activation_depth");
	d = c;
	d.accumulator_depth = 3;
	expect_refusal(&d, &l, MAP_AUTO, "scheduler.accumulator_depth");
	d = c;
	d.channel_depth = 32;
	expect_refusal(&d, &l, MAP_AUTO, "scheduler.channel_depth");
	d = c;
	d.program_depth = 16;
	expect_refusal(&d, &l, MAP_AUTO, "scheduler.program_depth");
	map_layer_release(&l);
}

/* the dense form of a Monarch stage sums over more row groups than its blocks do */
static void t_map_overflow_linear_bad(void **state)
{
	struct cfg c = config(8, 64, 1, 1);
	struct map_layer l;
	struct prng rng;
	struct err e = { 0 };

	(void)state;
	prng_init(&rng, 7);
	c.bits = 12;
	c.lsb = 4;
	monarch_layer(&c, 4, 1, 8, 8, &rng, &l);
	assert_true(map_batch(&c, &l, MAP_SPARSE, &e) > 0);
	expect_refusal(&c, &l, MAP_LINEAR, "overflow");
	map_layer_release(&l);
}

/* the layers of the models at hand fit the program memory of 256 that edge64 and std256 have */
static void t_map_program_size(void **state)
{
	static const int dense[][2] = { { 64, 64 }, { 32, 64 }, { 172, 64 }, { 64, 172 } }, monarch[][3] = { { 4, 16, 16 }, { 2, 16, 8 }, { 4, 16, 43 }, { 4, 43, 16 } };
	struct prng rng;

	(void)state;
	prng_init(&rng, 9);
	for (int n = 0; n < 16; n++) {
		struct cfg c = n & 1 ? config(64, 64, 4, 1) : config(256, 256, 2, 1);
		struct map_layer l;
		struct err e = { 0 };
		const int *m = monarch[n / 2 % 4];

		c.program_depth = 256;
		c.activation_depth = 16384;
		if (n < 8)
			dense_layer(&c, dense[n / 2 % 4][0], dense[n / 2 % 4][1], &rng, &l);
		else
			monarch_layer(&c, 4, m[0], m[1], m[2], &rng, &l);
		if (map_batch(&c, &l, MAP_AUTO, &e) < 16)
			fail_msg("case %d: %s", n, e.text);
		map_layer_release(&l);
	}
}

/* converters are busy at least 0.97 of the bound, whatever is scarce: conversions, sequencer, drain */
static void t_map_busy(void **state)
{
	static const int shape[][2] = { { 64, 64 }, { 172, 64 }, { 64, 172 } };
	struct prng rng;

	(void)state;
	prng_init(&rng, 8);
	for (int n = 0; n < 36; n++) {
		struct cfg c = config(n & 1 ? 64 : 256, n & 1 ? 64 : 256, 4, 1);
		struct map_layer l;
		struct map_program p;
		struct err e = { 0 };
		uint64_t busy;

		c.accumulator_depth = 4096;
		c.activation_depth = 65536;
		c.adcs = 4 << n / 6;
		if (c.adcs > c.cols)
			c.adcs = c.cols;
		c.input_bits = n / 2 % 2 ? 8 : 1;
		dense_layer(&c, shape[n % 3][0], shape[n % 3][1], &rng, &l);
		if (map_compile(&c, &l, MAP_AUTO, 33, NULL, &p, &e))
			fail_msg("%s", e.text);
		busy = p.counts.compare_clocks;
		if ((double)busy / (double)p.counts.window_clocks < 0.97 * p.counts.bound)
			fail_msg("case %d: busy %g of bound %g", n, (double)busy / (double)p.counts.window_clocks, p.counts.bound);
		map_program_release(&p);
		map_layer_release(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_map_dense_random), cmocka_unit_test(t_map_dense_sizes), cmocka_unit_test(t_map_monarch_random),
		cmocka_unit_test(t_map_batch_limit), cmocka_unit_test(t_map_depths_bad), cmocka_unit_test(t_map_overflow_linear_bad), cmocka_unit_test(t_map_program_size), cmocka_unit_test(t_map_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Joint layers: one program computes what its parts compute by themselves. A plain interpreter of docs/isa.md executes it, every beat is compared with the
 * integer product of the part that the beat belongs to, by nested loops.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "map/draft.h"
#include "map/map.h"
#include "tests/unit/aborts.h"
#include "tests/unit/map_cases.h"
#include <stdlib.h>
#include <string.h>

struct joint { struct map_layer part[MAP_MOST_PARTS], layer; int n; };

static void join(struct joint *j)
{
	const struct map_layer *part[MAP_MOST_PARTS];
	struct err e = { 0 };

	for (int i = 0; i < j->n; i++)
		part[i] = &j->part[i];
	if (map_join(part, j->n, &j->layer, &e))
		fail_msg("%s", e.text);
}

static void joint_release(struct joint *j)
{
	for (int i = 0; i < j->n; i++)
		map_layer_release(&j->part[i]);
	map_layer_release(&j->layer);
}

/* every part by itself, its channels behind those of the parts before it */
static void joint_product(const struct cfg *c, const struct joint *j, int tokens, const int8_t *x, struct want *want)
{
	int first[2] = { 0 };

	for (int s = 0; s < j->layer.n_stages; s++) {
		want->acc[s] = MEM_NEW((size_t)(tokens * stage_channels(&j->layer, s)), int64_t);
		want->q[s] = MEM_NEW((size_t)(tokens * stage_channels(&j->layer, s)), int);
	}
	for (int i = 0; i < j->n; i++) {
		struct want own = { 0 };

		layer_product(c, &j->part[i], tokens, x, &own);
		for (int s = 0; s < j->layer.n_stages; s++) {
			int n = stage_channels(&j->part[i], s), all = stage_channels(&j->layer, s);

			for (int t = 0; t < tokens; t++)
				for (int ch = 0; ch < n; ch++) {
					int channel = first[s] + ch;

					want->acc[s][t * all + channel] = own.acc[s][t * n + ch];
					want->q[s][t * all + channel] = own.q[s][t * n + ch];
					assert_int_equal(map_part_of(&j->layer, s, &channel), i);
					assert_int_equal(channel, ch);
				}
			first[s] += n;
		}
		want_release(&own);
	}
}

static int8_t *draw_inputs(const struct cfg *c, const struct map_layer *l, int tokens, struct prng *rng)
{
	int8_t *x = mem_calloc((size_t)tokens, (size_t)l->in);

	for (int i = 0; i < tokens * l->in; i++)
		x[i] = (int8_t)draw_x(c, rng, 2);
	return x;
}

static void check_joint(const struct cfg *c, const struct joint *j, enum map_placement placement, int tokens, struct prng *rng)
{
	int8_t *x = draw_inputs(c, &j->layer, tokens, rng);
	struct err e = { 0 };
	struct map_program p;
	struct want want = { 0 };

	joint_product(c, j, tokens, x, &want);
	if (map_compile(c, &j->layer, placement, tokens, NULL, &p, &e))
		fail_msg("%s", e.text);
	assert_true(map_batch(c, &j->layer, placement, &e) >= tokens);
	check_program(c, &j->layer, &p, x, &want, rng);
	map_program_release(&p);
	want_release(&want);
	free(x);
}

/* a plan of any kind, resident or in passes, as a program; whether it was resident */
static bool check_plan(const struct cfg *c, const struct joint *j, const struct plan_wish *w, int tokens, struct prng *rng)
{
	static const struct emit_how passes = { .order = EMIT_PASSES }, pair = { .order = EMIT_PAIR };
	int8_t *x = draw_inputs(c, &j->layer, tokens, rng);
	struct want want = { 0 };
	struct err e = { 0 };
	struct plan plan;
	struct draft d = { 0 };
	struct map_program p;
	struct code code = { 0 };
	int status = plan_make(c, &j->layer, w, tokens, &plan, &e);
	const struct emit_how *how = w->resident ? &pair : &passes;

	if (status < 0)
		fail_msg("%s", e.text);
	if (status || (w->resident && resident_words(&plan, how) > c->accumulator_depth)) {
		plan_release(&plan);
		free(x);
		return false;
	}
	emit_program(&plan, how, &code);
	d = (struct draft){ .plan = plan, .how = *how, .code = MEM_NEW(8 * code.n, uint32_t), .n_instr = code.n };
	for (size_t i = 0; i < code.n; i++)
		map_encode(&code.i[i], d.code + 8 * i);
	free(code.i);
	if (map_predict(c, d.code, d.n_instr, NULL, &d.counts, &e))
		fail_msg("%s", e.text);
	draft_program(c, &d, &p);
	joint_product(c, j, tokens, x, &want);
	check_program(c, &j->layer, &p, x, &want, rng);
	map_program_release(&p);
	want_release(&want);
	free(x);
	return w->resident;
}

static const int size[][2] = { { 8, 8 }, { 33, 65 }, { 64, 64 }, { 100, 37 }, { 256, 256 } };
static const int tile_count[] = { 1, 3, 4, 9 };

static struct cfg draw_config(struct prng *rng)
{
	const int *rc = size[prng_range(rng, 0, 4)];
	struct cfg c = config(rc[0], rc[1], tile_count[prng_range(rng, 0, 3)], (int)prng_range(rng, 1, 2));

	draw_numbers(&c, rng);
	return c;
}

static void dense_parts(const struct cfg *c, struct prng *rng, struct joint *j)
{
	int in = (int)prng_range(rng, 1, 70);

	j->n = (int)prng_range(rng, 1, 3);
	for (int i = 0; i < j->n; i++)
		dense_layer(c, (int)prng_range(rng, 1, 33), in, rng, &j->part[i]);
	join(j);
}

static void monarch_parts(const struct cfg *c, struct prng *rng, struct joint *j)
{
	int b = (int)prng_range(rng, 1, 4), p = (int)prng_range(rng, 1, 33);
	bool equal = prng_range(rng, 0, 1);
	int r = (int)prng_range(rng, 1, 3), s = (int)prng_range(rng, 1, 17);

	j->n = (int)prng_range(rng, 1, MAP_MOST_PARTS);
	for (int i = 0; i < j->n; i++)
		monarch_layer(c, b, equal ? r : (int)prng_range(rng, 1, 3), p, equal ? s : (int)prng_range(rng, 1, 17), rng, &j->part[i]);
	join(j);
}

static void t_map_join_random(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 360; seed++) {
		struct prng rng;
		struct joint j;
		struct cfg c;

		prng_init(&rng, seed);
		c = draw_config(&rng);
		seed % 3 ? monarch_parts(&c, &rng, &j) : dense_parts(&c, &rng, &j);
		check_joint(&c, &j, (enum map_placement)(MAP_AUTO + seed / 3 % 8), 1 + (int)(seed % 4), &rng);
		joint_release(&j);
	}
}

/* whatever the choice would have been */
static void t_map_join_plans(void **state)
{
	int resident[5] = { 0 };

	(void)state;
	for (unsigned seed = 1; seed <= 900; seed++) {
		struct plan_wish w = { .kind = (enum place_kind)(seed % 5), .mode = (enum place_mode)(seed / 5 % 3), .fine = seed & 1 };
		struct prng rng;
		struct joint j;
		struct cfg c;

		prng_init(&rng, 7000 + seed);
		c = draw_config(&rng);
		w.tiles = (int)prng_range(&rng, 1, c.tiles - (c.reference == CFG_IMMERSED && c.network == CFG_BROADCAST ? (1 << c.flash_bits) - 1 : 0));
		seed % 4 ? monarch_parts(&c, &rng, &j) : dense_parts(&c, &rng, &j);
		w.resident = j.layer.n_stages == 2 && seed / 5 % 2;
		resident[w.kind] += check_plan(&c, &j, &w, 1 + (int)(seed % 4), &rng);
		joint_release(&j);
	}
	for (int k = 0; k < 5; k++)
		if (resident[k] < 8)
			fail_msg("placement %d: %d resident programs", k, resident[k]);
}

/* Q, K, V of equal blocks that fit side by side: one activation of stage R drives the rows of all three, and takes as long as they do together, not three times */
static void t_map_join_shares(void **state)
{
	static const int b = 4, r = 4, p = 16, s = 16;
	struct cfg c = config(64, 256, 8, 1);
	struct map_program one, all;
	uint64_t activations = 0, cycles = 0;
	struct err e = { 0 };
	struct joint j = { .n = 3 };
	struct prng rng;

	(void)state;
	prng_init(&rng, 17);
	for (int i = 0; i < j.n; i++) {
		monarch_layer(&c, b, r, p, s, &rng, &j.part[i]);
		assert_int_equal(map_compile(&c, &j.part[i], MAP_PACKED_LATENCY, 8, NULL, &one, &e), 0);
		activations += one.counts.activations;
		cycles += one.counts.cycles;
		map_program_release(&one);
	}
	join(&j);
	assert_string_equal(j.layer.name, "test+test+test");
	assert_int_equal(map_compile(&c, &j.layer, MAP_PACKED_LATENCY, 8, NULL, &all, &e), 0);
	print_message("three layers by themselves: %llu clocks, %llu activations; joint: %llu, %llu\n", (unsigned long long)cycles, (unsigned long long)activations,
		      (unsigned long long)all.counts.cycles, (unsigned long long)all.counts.activations);
	assert_true(all.counts.cycles < cycles);
	assert_true(all.counts.activations < activations);
	map_program_release(&all);
	joint_release(&j);
}

static void refuse(const struct map_layer *a, const struct map_layer *b, const char *text)
{
	struct map_layer out;
	struct err e = { 0 };

	assert_int_equal(map_join((const struct map_layer *const[]){ a, b }, 2, &out, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, text);
}

static void t_map_join_refused(void **state)
{
	struct cfg c = config(64, 64, 1, 1);
	struct map_layer dense, other, two, four;
	struct prng rng;

	(void)state;
	prng_init(&rng, 3);
	dense_layer(&c, 5, 7, &rng, &dense);
	dense_layer(&c, 5, 8, &rng, &other);
	monarch_layer(&c, 2, 1, 4, 4, &rng, &two);
	monarch_layer(&c, 4, 1, 2, 4, &rng, &four);
	refuse(&dense, &two, "layers 'test' and 'test': one is dense, one is Monarch, legal is one form for all that are joined: run them by themselves");
	refuse(&dense, &other, "layers 'test' and 'test' have 7 and 8 inputs, legal is one vector for all that are joined: run them by themselves");
	refuse(&two, &four, "layers 'test' and 'test' cut their inputs in 2 blocks of 4 and 4 of 2, legal is one cut for all that are joined: run them by themselves");
	map_layer_release(&dense);
	map_layer_release(&other);
	map_layer_release(&two);
	map_layer_release(&four);
}

static void join_equal(const void *n)
{
	struct map_layer l = { .in = 1 }, joint;
	const struct map_layer *part[MAP_MOST_PARTS + 1];
	struct err e = { 0 };

	for (int k = 0; k <= MAP_MOST_PARTS; k++)
		part[k] = &l;
	map_join(part, *(const int *)n, &joint, &e);
}

static void t_map_join_guard(void **state)
{
	(void)state;
	assert_true(aborts(join_equal, &(int){ 0 }));
	assert_true(aborts(join_equal, &(int){ MAP_MOST_PARTS + 1 }));
	assert_false(aborts(join_equal, &(int){ MAP_MOST_PARTS }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_map_join_random), cmocka_unit_test(t_map_join_plans), cmocka_unit_test(t_map_join_shares), cmocka_unit_test(t_map_join_refused), cmocka_unit_test(t_map_join_guard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Placement by counting: every slice of every weight stands in exactly one cell, pieces of an array do not overlap, tiles are used once a pass,
 * and the converted columns are those of the weights.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "map/number.h"
#include "map/plan.h"
#include <stdlib.h>
#include <string.h>

static struct cfg draw_config(struct prng *rng)
{
	static const int side[] = { 8, 33, 37, 64, 65, 100, 256 };
	struct cfg c = { .name = "test", .rows = side[prng_range(rng, 0, 6)], .cols = side[prng_range(rng, 0, 6)], .tiles = (int)prng_range(rng, 1, 7),
		.cell_bits = (int)prng_range(rng, 1, 2), .input_bits = 4, .weight_bits = (int)prng_range(rng, 1, 8), .weight_code = (enum cfg_code)prng_range(rng, CFG_TC, CFG_DIF),
		.bits = 8, .adcs = 8, .lsb = 1, .precharge = 1, .evaluate = 1, .compare = 1,
		.program_depth = 65536, .activation_depth = 65536, .accumulator_depth = 65536, .channel_depth = 65536 };

	if (prng_range(rng, 0, 2) == 0 && c.weight_code != CFG_DIF) {
		c.reference = CFG_IMMERSED;
		c.network = CFG_BROADCAST;
		c.adc = CFG_HYBRID;
		c.flash_bits = 2;
		c.tiles += 3;
	}
	return c;
}

/* a layer of `blocks` matrices; only shapes matter */
static void shape_layer(struct map_layer *l, struct map_stage *st, int blocks, int out, int in)
{
	memset(l, 0, sizeof(*l));
	l->monarch = blocks > 1;
	l->n_stages = 1;
	l->in = blocks * in;
	l->out = blocks * out;
	*st = (struct map_stage){ .blocks = blocks, .out = out, .in = in };
	l->stage[0] = *st;
}

static void check_array(const struct cfg *c, const struct plan_stage *s, const struct plan_array *a, uint8_t *count, int K)
{
	uint8_t *cell = mem_calloc((size_t)c->rows, (size_t)c->cols);

	assert_true(a->n_pieces >= 1);
	for (size_t n = a->piece; n < a->piece + a->n_pieces; n++) {
		const struct plan_piece *p = &s->piece[n];

		assert_true(p->row + p->n_in <= c->rows && p->col + p->n_out * p->n_slice <= (c->weight_code == CFG_DIF ? c->cols / 2 : c->cols));
		for (int i = 0; i < p->n_in; i++) {
			for (int o = 0; o < p->n_out; o++) {
				for (int j = 0; j < p->n_slice; j++) {
					size_t weight = ((size_t)p->block * (size_t)s->view.out + (size_t)(p->out0 + o)) * (size_t)s->view.in + (size_t)(p->in0 + i);

					assert_int_equal(cell[(p->row + i) * c->cols + p->col + o * p->n_slice + j]++, 0);
					assert_int_equal(count[weight * (size_t)K + (size_t)(p->slice0 + j)]++, 0);
				}
			}
		}
	}
	free(cell);
}

static void check_pass(const struct cfg *c, const struct plan_stage *s, const struct plan_pass *p)
{
	bool used[64] = { 0 };

	assert_true(p->n_arrays >= 1 && p->n_acts >= 1);
	for (size_t n = p->array; n < p->array + p->n_arrays; n++) {
		int t = s->array[n].tile;

		assert_true(t >= 0 && t < c->tiles - (c->reference == CFG_IMMERSED ? 3 : 0)); /* the last three of the broadcast only serve */
		assert_false(used[t]);
		used[t] = true;
	}
	for (size_t n = p->act; n < p->act + p->n_acts; n++)
		for (int t = 0; t < s->act[n].tile_count; t++)
			assert_true(used[s->act[n].tile + t * s->act[n].tile_stride]);
}

static void check_stage(const struct cfg *c, const struct plan_stage *s, int blocks, int out, int in)
{
	int K = num_slices(c), channels = 0;
	size_t weights = (size_t)s->view.blocks * (size_t)s->view.out * (size_t)s->view.in * (size_t)K;
	uint8_t *count = mem_calloc(weights, 1);
	long converted = 0, chunks = (s->view.in + c->rows - 1) / c->rows, activations = 0;

	for (size_t n = 0; n < s->n_arrays; n++)
		check_array(c, s, &s->array[n], count, K);
	assert_null(memchr(count, 0, weights));
	free(count);
	for (size_t n = 0; n < s->n_passes; n++)
		check_pass(c, s, &s->pass[n]);
	for (size_t n = 0; n < s->n_acts; n++) {
		converted += (long)s->act[n].tile_count * s->act[n].n_cols;
		activations += s->act[n].tile_count;
	}
	/* every slice of every output is converted once per row chunk, and nothing else is */
	assert_int_equal(converted, (long)s->view.blocks * s->view.out * K * chunks);
	assert_true(activations >= (long)s->n_arrays);
	for (size_t n = 0; n < s->n_outs; n++)
		channels += s->out[n].count;
	assert_int_equal(channels, blocks * out);
	if (!s->view.expanded)
		assert_int_equal(s->view.in, in);
}

static void t_map_place_random(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 400; seed++) {
		struct prng rng;
		struct cfg c;
		struct map_layer l;
		struct map_stage st;
		struct plan p;
		struct err e = { 0 };
		int blocks, out, in;

		prng_init(&rng, seed);
		c = draw_config(&rng);
		blocks = (int)prng_range(&rng, 1, 7);
		out = (int)prng_range(&rng, 1, seed % 3 ? 9 : 33);
		in = (int)prng_range(&rng, 1, seed % 3 ? 9 : 70);
		shape_layer(&l, &st, blocks, out, in);
		if (plan_make(&c, &l, seed & 1 ? MAP_SPARSE : MAP_LINEAR, 2, &p, &e))
			fail_msg("seed %u: %s", seed, e.text);
		check_stage(&c, &p.stage[0], blocks, out, in);
		plan_release(&p);
	}
}

/* whole blocks on the diagonal: each activation drives its block's rows only, and pays for its rows only */
static void t_map_place_diagonal(void **state)
{
	struct cfg c = { .rows = 64, .cols = 64, .tiles = 1, .cell_bits = 1, .input_bits = 8, .weight_bits = 2, .bits = 7, .adcs = 8, .lsb = 1,
		.activation_depth = 1024, .accumulator_depth = 1024, .channel_depth = 1024 };
	struct map_layer l;
	struct map_stage st;
	struct plan p;
	struct err e = { 0 };

	(void)state;
	/* K = 2: 7 outputs take 14 columns, 4 blocks fit a 64-column array; 33-row blocks: one */
	shape_layer(&l, &st, 5, 7, 15);
	assert_int_equal(plan_make(&c, &l, MAP_SPARSE, 1, &p, &e), 0);
	assert_int_equal(p.stage[0].n_arrays, 2);
	assert_int_equal(p.stage[0].n_acts, 5);
	assert_int_equal(p.stage[0].act[3].row, 45);
	assert_int_equal(p.stage[0].act[3].col, 42);
	assert_int_equal(p.stage[0].act[3].n_cols, 14);
	assert_int_equal(p.stage[0].act[3].bits, 4);
	plan_release(&p);
	shape_layer(&l, &st, 5, 7, 33);
	assert_int_equal(plan_make(&c, &l, MAP_SPARSE, 1, &p, &e), 0);
	assert_int_equal(p.stage[0].n_arrays, 5);
	assert_int_equal(p.stage[0].act[0].bits, 6);
	plan_release(&p);
}

/* arrays that read the same rows share one ACT */
static void t_map_place_broadcast(void **state)
{
	struct cfg c = { .rows = 64, .cols = 64, .tiles = 8, .cell_bits = 1, .input_bits = 8, .weight_bits = 8, .bits = 7, .adcs = 8, .lsb = 1,
		.activation_depth = 1024, .accumulator_depth = 1024, .channel_depth = 1024 };
	struct map_layer l;
	struct map_stage st;
	struct plan p;
	struct err e = { 0 };

	(void)state;
	/* 100 inputs: 2 row chunks; 27 outputs: groups of 7, 7, 7, 6 (as equal as can be), all in one pass */
	shape_layer(&l, &st, 1, 27, 100);
	assert_int_equal(plan_make(&c, &l, MAP_LINEAR, 1, &p, &e), 0);
	assert_int_equal(p.stage[0].n_passes, 1);
	assert_int_equal(p.stage[0].n_arrays, 8);
	assert_int_equal(p.stage[0].n_acts, 4);
	assert_int_equal(p.stage[0].act[0].tile_count, 3);
	assert_int_equal(p.stage[0].act[0].tile_stride, 2);
	assert_int_equal(p.stage[0].act[1].tile_count, 1);
	assert_int_equal(p.stage[0].act[1].tile, 6);
	assert_int_equal(p.stage[0].act[0].n_cols, 56);
	assert_int_equal(p.stage[0].act[1].n_cols, 48);
	assert_int_equal(p.stage[0].act[3].n_rows, 36);
	plan_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_map_place_random), cmocka_unit_test(t_map_place_diagonal), cmocka_unit_test(t_map_place_broadcast) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

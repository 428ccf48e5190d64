/* Plans by counting: every slice of every weight stands in exactly one cell, pieces of an array do not overlap, tiles are used once a pass,
 * the converted columns are those of the weights, every output leaves once, and words and tile sets are those of its activations.
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

static void check_array(const struct cfg *c, const struct plan *p, const struct plan_array *a, uint8_t *count[2], int K)
{
	uint8_t *cell = mem_calloc((size_t)c->rows, (size_t)c->cols);
	const struct plan_image *m = &p->image[a->image];

	assert_true(m->n_steps >= 1);
	for (size_t s = m->step; s < m->step + m->n_steps; s++) {
		const struct plan_view *v = &p->stage[p->step[s].stage].view;

		assert_true(p->step[s].at.n_pieces >= 1);
		for (int q = 0; q < p->step[s].at.n_pieces; q++) {
			const struct place_piece *x = &p->piece[p->step[s].at.piece + (size_t)q];

			for (int i = 0; i < x->n_in; i++) {
				for (int o = 0; o < x->n_out * x->n_slice; o++) {
					size_t weight = (size_t)plan_channel(v, x->block, x->out0 + o / x->n_slice) * (size_t)v->block[x->block].in + (size_t)(x->in0 + i);
					int row = x->row + i * x->row_stride, col = x->col + o * x->col_stride;

					assert_true(row < c->rows && col < (c->weight_code == CFG_DIF ? c->cols / 2 : c->cols));
					assert_int_equal(cell[row * c->cols + col]++, 0);
					assert_int_equal(count[p->step[s].stage][weight * (size_t)K + (size_t)(x->slice0 + o % x->n_slice)]++, 0);
				}
			}
		}
	}
	free(cell);
}

/* a stage's pass: its arrays (resident: of both stages) on tiles of their own, its activations on such tiles */
static void check_pass(const struct cfg *c, const struct plan *p, const struct plan_stage *s, const struct plan_pass *pass)
{
	bool used[64] = { 0 };

	assert_true(pass->n_arrays >= 1 && pass->n_acts >= 1);
	for (size_t n = pass->array; n < pass->array + pass->n_arrays; n++) {
		int t = p->array[n].tile;

		assert_true(t >= 0 && t < c->tiles - (c->reference == CFG_IMMERSED ? 3 : 0)); /* the last three of the broadcast only serve */
		assert_false(used[t]);
		used[t] = true;
	}
	for (size_t n = pass->act; n < pass->act + pass->n_acts; n++) {
		for (int t = 0; t < s->act[n].tile_count; t++)
			assert_true(used[s->act[n].tile + t * s->act[n].tile_stride]);
		/* a stride has ten bits; that of one row would have eleven where 1024 blocks share the rows */
		assert_true(s->act[n].n_rows > 1 || s->act[n].row_stride == 1);
		assert_true(s->act[n].n_cols > 1 || s->act[n].col_stride == 1);
	}
}

/* [channels]: tiles that hold a part of each sum */
static uint64_t *tiles_of_sums(const struct plan *p, int stage)
{
	uint64_t *tiles = MEM_NEW((size_t)p->stage[stage].view.channels, uint64_t);

	for (size_t n = 0; n < p->n_arrays; n++) {
		const struct plan_image *m = &p->image[p->array[n].image];

		for (size_t k = m->step; k < m->step + m->n_steps; k++)
			for (int q = 0; p->step[k].stage == stage && q < p->step[k].at.n_pieces; q++) {
				const struct place_piece *x = &p->piece[p->step[k].at.piece + (size_t)q];

				for (int o = x->out0; o < x->out0 + x->n_out; o++)
					tiles[plan_channel(&p->stage[stage].view, x->block, o)] |= (uint64_t)1 << p->array[n].tile;
			}
	}
	return tiles;
}

/* in the order of PARAM, each output once, from the tiles that hold its sum and no others */
static void check_outs(const struct plan *p, int stage)
{
	const struct plan_stage *s = &p->stage[stage];
	uint64_t *tiles = tiles_of_sums(p, stage);
	int at = 0;

	for (size_t n = 0; n < s->n_outs; n++) {
		uint64_t named = 0;

		for (int t = 0; t < s->out[n].n_tiles; t++)
			named |= (uint64_t)1 << (s->out[n].tile + t * s->out[n].tile_stride);
		assert_int_equal(s->out[n].channel, at);
		assert_true(s->out[n].acc >= 0 && s->out[n].acc + s->out[n].count <= s->words);
		for (int i = 0; i < s->out[n].count; i++) {
			assert_int_equal(tiles[s->raw[at]], named);
			tiles[s->raw[at++]] = 0;
		}
	}
	assert_int_equal(at, s->view.channels);
	free(tiles);
}

/* every slice of every output is converted once per row chunk of its own, and nothing else is */
static void check_conversions(const struct plan *p, int stage)
{
	const struct plan_stage *s = &p->stage[stage];
	long converted = 0, want = 0;

	for (size_t n = 0; n < s->n_acts; n++)
		converted += (long)s->act[n].tile_count * s->act[n].n_cols;
	for (size_t n = 0; n < p->n_steps; n++)
		for (int q = 0; p->step[n].stage == stage && q < p->step[n].at.n_pieces; q++)
			want += (long)p->piece[p->step[n].at.piece + (size_t)q].n_out * p->piece[p->step[n].at.piece + (size_t)q].n_slice;
	assert_int_equal(converted, want);
}

static void check_plan(const struct cfg *c, const struct plan *p)
{
	int K = num_slices(c);
	uint8_t *count[2] = { NULL, NULL };
	size_t weights[2] = { 0 };

	for (int i = 0; i < p->n_stages; i++) {
		const struct plan_view *v = &p->stage[i].view;

		weights[i] = (size_t)v->channels * (size_t)v->block[0].in * (size_t)K;
		count[i] = mem_calloc(weights[i], 1);
	}
	for (size_t n = 0; n < p->n_arrays; n++)
		check_array(c, p, &p->array[n], count, K);
	for (int i = 0; i < p->n_stages; i++) {
		const struct plan_stage *s = &p->stage[i];

		assert_null(memchr(count[i], 0, weights[i]));
		free(count[i]);
		for (size_t n = 0; n < s->n_passes; n++)
			check_pass(c, p, s, &s->pass[n]);
		check_outs(p, i);
		check_conversions(p, i);
	}
}

static void t_map_place_random(void **state)
{
	int resident = 0, unfit = 0, turns = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 1400; seed++) {
		struct prng rng;
		struct cfg c;
		struct map_layer l;
		struct map_stage st;
		struct plan p;
		struct plan_wish w = { .kind = (enum place_kind)(seed % 5), .mode = (enum place_mode)(seed / 5 % 3), .fine = seed & 1 };
		struct err e = { 0 };
		int blocks, out, in, status;

		prng_init(&rng, seed);
		c = draw_config(&rng);
		blocks = (int)prng_range(&rng, 1, 7);
		out = (int)prng_range(&rng, 1, seed % 3 ? 9 : 33);
		in = (int)prng_range(&rng, 1, seed % 3 ? 9 : 70);
		w.tiles = (int)prng_range(&rng, 1, num_usable_tiles(&c));
		shape_layer(&l, &st, blocks, out, in);
		if (seed % 4 == 0) { /* two stages, slice rank 1: R [b, b, in], L [b, out, b] */
			l.n_stages = 2;
			l.stage[0].out = blocks;
			l.stage[1] = (struct map_stage){ .blocks = blocks, .out = out, .in = blocks };
			w.resident = prng_range(&rng, 0, 1);
		}
		status = plan_make(&c, &l, &w, 2, &p, &e);
		if (status < 0)
			fail_msg("seed %u: %s", seed, e.text);
		if (status) {
			unfit++;
			continue;
		}
		resident += p.resident;
		turns += p.array[p.n_arrays - 1].turn > 0;
		check_plan(&c, &p);
		plan_release(&p);
	}
	/* all of these were met */
	assert_true(resident > 30 && unfit > 30 && turns > 100);
}

static struct cfg core(int rows, int cols, int tiles, int weight_bits, int adc_bits)
{
	return (struct cfg){ .rows = rows, .cols = cols, .tiles = tiles, .cell_bits = 1, .input_bits = 8, .weight_bits = weight_bits, .bits = adc_bits, .adcs = 8, .lsb = 1,
		.activation_depth = 1024, .accumulator_depth = 1024, .channel_depth = 1024 };
}

static int make_plan(const struct cfg *c, const struct map_layer *l, enum place_kind kind, int tiles, struct plan *p)
{
	struct err e = { 0 };
	struct plan_wish w = { .kind = kind, .mode = PLACE_LATENCY, .tiles = tiles, .fine = true };

	return plan_make(c, l, &w, 1, p, &e);
}

/* whole blocks on the diagonal are one activation, at the resolution of a block's rows, whose results stand side by side */
static void t_map_place_diagonal(void **state)
{
	struct cfg c = core(64, 64, 1, 2, 7);
	struct map_layer l;
	struct map_stage st;
	struct plan p;

	(void)state;
	/* K = 2: 7 outputs take 14 columns, 4 blocks fit a 64-column array; 33-row blocks: one */
	shape_layer(&l, &st, 5, 7, 15);
	assert_int_equal(make_plan(&c, &l, PLACE_SPARSE, 0, &p), 0);
	assert_int_equal(p.n_arrays, 2);
	assert_int_equal(p.stage[0].n_acts, 2);
	assert_int_equal(p.stage[0].act[0].n_rows, 60);
	assert_int_equal(p.stage[0].act[0].n_cols, 56);
	assert_int_equal(p.stage[0].act[0].bits, 4);
	assert_int_equal(p.stage[0].act[1].n_rows, 15);
	assert_int_equal(p.stage[0].n_outs, 2);
	assert_int_equal(p.stage[0].out[0].count, 28);
	plan_release(&p);
	shape_layer(&l, &st, 5, 7, 33);
	assert_int_equal(make_plan(&c, &l, PLACE_SPARSE, 0, &p), 0);
	assert_int_equal(p.n_arrays, 5);
	assert_int_equal(p.stage[0].act[0].bits, 6);
	plan_release(&p);
}

/* arrays that read the same rows share one ACT */
static void t_map_place_broadcast(void **state)
{
	struct cfg c = core(64, 64, 8, 8, 7);
	struct map_layer l;
	struct map_stage st;
	struct plan p;

	(void)state;
	/* 100 inputs: 2 row chunks; 27 outputs: groups of 7, 7, 7, 6 (as equal as can be), all in one pass */
	shape_layer(&l, &st, 1, 27, 100);
	assert_int_equal(make_plan(&c, &l, PLACE_LINEAR, 0, &p), 0);
	assert_int_equal(p.stage[0].n_passes, 1);
	assert_int_equal(p.n_arrays, 8);
	assert_int_equal(p.stage[0].n_acts, 4);
	assert_int_equal(p.stage[0].act[0].tile_count, 3);
	assert_int_equal(p.stage[0].act[0].tile_stride, 2);
	assert_int_equal(p.stage[0].act[2].tile_count, 1);
	assert_int_equal(p.stage[0].act[2].tile, 6);
	assert_int_equal(p.stage[0].act[0].n_cols, 56);
	assert_int_equal(p.stage[0].act[2].n_cols, 48);
	assert_int_equal(p.stage[0].act[1].n_rows, 36);
	plan_release(&p);
}

/* 3 row groups of each of 2 column groups on 4 tiles: linear leaves one idle in both turns, packed none */
static void t_map_place_balance(void **state)
{
	struct cfg c = core(64, 64, 4, 8, 7);
	struct map_layer l;
	struct map_stage st;
	struct plan p;
	uint64_t used = 0;

	(void)state;
	shape_layer(&l, &st, 1, 16, 172);
	assert_int_equal(make_plan(&c, &l, PLACE_LINEAR, 0, &p), 0);
	assert_int_equal(p.n_arrays, 6);
	assert_int_equal(p.stage[0].n_passes, 2);
	assert_int_equal(p.stage[0].out[0].n_tiles, 3);
	plan_release(&p);
	assert_int_equal(make_plan(&c, &l, PLACE_PACKED, 4, &p), 0);
	for (size_t i = 0; i < p.n_arrays; i++)
		used |= 1u << p.array[i].tile;
	assert_int_equal(used, 15);
	assert_int_equal(p.stage[0].out[0].n_tiles, 1);
	plan_release(&p);
}

/* 4 row groups of each of 2 column groups on 8 tiles: each group on 4 tiles of its own, the second from tile 4 on, and OUT names them */
static void t_map_place_side_by_side(void **state)
{
	struct cfg c = core(64, 64, 8, 8, 7);
	struct map_layer l;
	struct map_stage st;
	struct plan p;

	(void)state;
	shape_layer(&l, &st, 1, 14, 256);
	assert_int_equal(make_plan(&c, &l, PLACE_LINEAR, 0, &p), 0);
	assert_int_equal(p.n_arrays, 8);
	assert_int_equal(p.stage[0].n_passes, 1);
	assert_int_equal(p.stage[0].n_outs, 2);
	for (int i = 0; i < 2; i++)
		assert_true(p.stage[0].out[i].tile == 4 * i && p.stage[0].out[i].n_tiles == 4);
	check_plan(&c, &p);
	plan_release(&p);
}

/* what a kind holds of both stages at once: dense and strided cut the diagonals of both, packed fills with both; the others give each stage arrays of its own */
static void t_map_place_together(void **state)
{
	static const int arrays[] = { [PLACE_LINEAR] = 2, [PLACE_SPARSE] = 2, [PLACE_DENSE] = 1, [PLACE_STRIDED] = 1, [PLACE_PACKED] = 1 };
	static const int of_one_block[] = { [PLACE_LINEAR] = 2, [PLACE_SPARSE] = 2, [PLACE_DENSE] = 2, [PLACE_STRIDED] = 2, [PLACE_PACKED] = 1 };
	struct cfg c = core(64, 64, 8, 2, 7);
	struct map_layer l;
	struct map_stage st;
	struct plan p;

	(void)state;
	for (int blocks = 1; blocks <= 3; blocks++) {
		shape_layer(&l, &st, blocks, 3, 3); /* blocks of both stages are of one size: dense joins their diagonals */
		l.monarch = true;
		l.n_stages = 2;
		l.stage[1] = l.stage[0];
		for (enum place_kind kind = PLACE_LINEAR; kind <= PLACE_PACKED; kind++) {
			struct plan_wish w = { .kind = kind, .mode = PLACE_AREA, .tiles = 1, .resident = true, .fine = true };
			struct err e = { 0 };

			assert_int_equal(plan_make(&c, &l, &w, 1, &p, &e), 0);
			assert_int_equal(p.n_arrays, blocks > 1 ? arrays[kind] : of_one_block[kind]);
			check_plan(&c, &p);
			plan_release(&p);
		}
	}
}

/* Sums over more images than tiles: 70 inputs in 9 row groups go round 7 tiles, and OUT names all 7. Where the images of an output are some of many
 * (strided diagonals), it still names its tiles: on three tiles side by side any do. */
static void t_map_place_wide(void **state)
{
	struct cfg c = core(8, 8, 7, 8, 4);
	struct map_layer l;
	struct map_stage st;
	struct plan p;

	(void)state;
	shape_layer(&l, &st, 1, 5, 70);
	assert_int_equal(make_plan(&c, &l, PLACE_LINEAR, 0, &p), 0);
	assert_int_equal(p.n_arrays, 45);
	assert_int_equal(p.stage[0].n_passes, 10);
	assert_int_equal(p.stage[0].out[0].n_tiles, 7);
	check_plan(&c, &p);
	plan_release(&p);
	shape_layer(&l, &st, 3, 5, 70);
	assert_int_equal(make_plan(&c, &l, PLACE_STRIDED, 0, &p), 0);
	assert_int_equal(p.n_arrays, (35 * 5 * 4 + 2) / 3);
	check_plan(&c, &p);
	plan_release(&p);
	/* round five tiles the parts of an output would be on some that no tile set names */
	c.rows = 64;
	c.cols = 16;
	c.tiles = 5;
	c.weight_bits = 7;
	shape_layer(&l, &st, 2, 3, 114);
	assert_int_equal(make_plan(&c, &l, PLACE_STRIDED, 0, &p), 0);
	assert_true(p.n_arrays > 3);
	for (size_t n = 0; n < p.n_arrays; n++)
		assert_true(p.array[n].tile < 3);
	check_plan(&c, &p);
	plan_release(&p);
}

/* the greatest depth can still be asked for */
static void t_map_place_too_small(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(plan_too_small("0.wq", "accumulator_depth", 65536, 64, &e), -1);
	assert_non_null(strstr(e.text, "raise it to 65536"));
	e = (struct err){ 0 };
	assert_int_equal(plan_too_small("0.wq", "accumulator_depth", 65537, 64, &e), -1);
	assert_non_null(strstr(e.text, "65536 at most"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_map_place_random), cmocka_unit_test(t_map_place_diagonal), cmocka_unit_test(t_map_place_broadcast), cmocka_unit_test(t_map_place_balance), cmocka_unit_test(t_map_place_side_by_side),
		cmocka_unit_test(t_map_place_together), cmocka_unit_test(t_map_place_too_small), cmocka_unit_test(t_map_place_wide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

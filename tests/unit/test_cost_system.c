/* cost: counts, clocks and energies of placements against a second reckoning that marks every column, follows every array clock by clock of its sums, and knows no formula twice.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "common/prng.h"
#include "cost/system.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cost_tables.h"

static struct cfg config(int rows, int cols, int adcs)
{
	return (struct cfg){
		.rows = rows, .cols = cols, .tiles = 1, .cell_bits = 1, .sample_hold = true, .input_bits = 3, .weight_bits = 8, .input_code = CFG_TC, .weight_code = CFG_CELL,
		.adc = CFG_SAR, .search = CFG_BINARY, .bits = 9, .adcs = adcs, .lsb = 1, .resolution = CFG_LOG2, .precharge = 1, .evaluate = 1, .compare = 1, .clk_period_ps = 1000,
	};
}

/* ---- one array by hand ---- */

/* 7 x 33 array, 2 converters: a block of 3 inputs x 7 outputs in stage R on columns 1..7, one of 7 x 3 in stage L on columns 0..2 of another array. 3 planes.
 * R: positions 0..3 of the pairs, 4 rounds, log2 3 -> 2 bits, C = 4 * 3 = 12; L: 2 rounds, 3 bits, C = 2 * 4 = 8. */
static void test_by_hand(void **state)
{
	struct cfg c = config(7, 33, 2);
	struct place_block b[] = { { .in = 3, .out = 7, .in_p = 3, .out_p = 7, .real = true }, { .in = 7, .out = 3, .in_p = 7, .out_p = 3, .stage = 1, .phase = 1, .input = 1, .real = true } };
	struct place_image image[] = { { 0, 0 }, { 1, 0 } };
	struct place_piece piece[] = { { 0, 0, 3, 0, 7, 0, 1, 2, 1, 1, 1 }, { 1, 0, 7, 0, 3, 0, 1, 0, 1, 0, 1 } };
	struct place_step step[] = { { 0, 2, 1, 3, 1, 1, 7, 3, 0, 0, 1 }, { 1, 0, 1, 7, 0, 1, 3, 7, 1, 1, 1 } };
	struct placement p = { .arrays = 2, .image = image, .n_images = 2, .piece = piece, .n_pieces = 2, .step = step, .n_steps = 2, .cells = 42 };
	struct workload w = { .context = 5 };
	struct system_cost x;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(cost_system(&c, table, &w, b, 2, &p, 0, 0, &x, &e), 0);
	assert_int_equal(x.arrays, 2);
	assert_int_equal(x.images, 2);
	assert_int_equal(x.steps, 2);
	assert_int_equal(x.activations, 5 * 3 * 2);
	assert_int_equal(x.conversions, 5 * 3 * 10);
	assert_int_equal(x.comparisons, 5 * 3 * (7 * 2 + 3 * 3));
	assert_int_equal(x.bits_moved, 5 * ((3 + 7) * 3 + (7 + 3) * 32));
	assert_int_equal(x.bits, 3);
	assert_int_equal(x.loads, 0);
	/* first token 36 + 24, then the slower stage for each: 4 * 36; 10 clocks between the stages, 50 after the group */
	assert_int_equal(x.cycles, 36 + 24 + 4 * 36 + 10 + 50);
	assert_float_equal(x.latency_ns, 264, 1e-9);
	assert_float_equal(x.utilisation, 42 / (2 * 7 * 33.0), 1e-12);
	/* 105 conversions of 2 bits, 45 of 3, at (100 B + 0.001 * 4^B) * 0.81 fJ */
	assert_float_equal(x.converter_nj, (105 * 200.016 + 45 * 300.064) * 0.81e-6, 1e-9);
	assert_float_equal(x.array_nj, 5 * 10 * (3 * 7 + 7 * 3) / (7 * 33.0), 1e-6);
	assert_float_equal(x.movement_nj, 1750 * 10e-6, 1e-9);
	assert_float_equal(x.energy_nj, x.converter_nj + x.array_nj + x.movement_nj, 1e-9);
	assert_true(x.energy_given);
	assert_false(x.area_given);
	assert_true(isnan(x.area_um2));
	assert_int_equal(x.missing, COST_NO_CELL_AREA);
	assert_float_equal(x.converter_um2, 2 * 2 * 99.6, 0.4);
	assert_float_equal(x.converter_step_ns, 0.00653 * 7 + 0.64, 1e-9);
	assert_int_equal(x.lower_bound_arrays, 1);
	assert_int_equal(x.lower_bound_conversions, 5 * 3 * 10);
	assert_int_equal(x.lower_bound_cycles, (5 * 3 * (7 * 3 + 3 * 4) + 3) / 4);

	/* both on one array in two images: loaded twice, stage after stage */
	image[1] = (struct place_image){ 0, 1 };
	p.arrays = 1;
	assert_int_equal(cost_system(&c, table, &w, b, 2, &p, 1, 5, &x, &e), 0);
	assert_int_equal(x.loads, 2);
	assert_int_equal(x.load_cycles, 2 * 4); /* 231 bits, 64 a clock */
	assert_int_equal(x.cycles, 5 * (36 + 24) + 10 + 50 + 8);
	assert_int_equal(x.bits_moved, 1750 + 2 * 231);
	assert_true(isnan(x.energy_nj) && isnan(x.load_nj) && !x.energy_given);
	assert_int_equal(x.missing, COST_NO_CELL_AREA | COST_NO_WRITE_ENERGY);
	/* both in one image of it: one after the other for every token */
	step[1].image = 0;
	p.n_images = 1;
	assert_int_equal(cost_system(&c, table, &w, b, 2, &p, 1, 5, &x, &e), 0);
	assert_int_equal(x.cycles, 36 + 24 + 4 * (36 + 24) + 10 + 50);

	c.sample_hold = false; /* E + 1 = 3 clocks more per plane */
	assert_int_equal(cost_system(&c, table, &w, b, 2, &p, 1, 1, &x, &e), 0);
	assert_int_equal(x.cycles, 3 * (3 + 12) + 3 * (3 + 8) + 10 + 50);
	c.sample_hold = true;
	/* 100 ns an MVM: 34 clocks a plane, which hides the conversion. One energy whatever the size; any converter takes any column: 4 and 2 rounds as before */
	assert_int_equal(cost_system(&c, paper, &w, b, 2, &p, 1, 1, &x, &e), 0);
	assert_int_equal(x.cycles, 3 * 35 * 2 + 10 + 50);
	assert_float_equal(x.array_nj, 2 * 10, 1e-9);
	c.adc = CFG_FLASH;
	assert_int_equal(cost_system(&c, table, &w, b, 2, &p, 1, 1, &x, &e), 0);
	assert_int_equal(x.comparisons, 3 * (7 * 3 + 3 * 7));
	assert_int_equal(x.missing, COST_NO_CELL_AREA | COST_NO_CONVERTER_AREA | COST_NO_CONVERTER_ENERGY);
	assert_true(isnan(x.converter_nj) && isnan(x.converter_step_ns));
}

/* ---- a second reckoning ---- */

struct oracle { uint64_t conversions, comparisons, cycles, loads, bits; };

static int log2_up(int n)
{
	return n <= 2 ? 1 : 1 + log2_up((n + 1) / 2);
}

static uint64_t step_clocks(const struct cfg *c, bool any, const struct place_step *s)
{
	bool *position = MEM_NEW((size_t)c->cols, bool);
	int rounds = 0, B = log2_up(s->most_rows);

	for (int v = 0; v < s->n_cols; v++)
		position[any ? v / c->adcs : (s->col + v * s->col_stride) / c->adcs] = true;
	for (int i = 0; i < c->cols; i++)
		rounds += position[i];
	free(position);
	return (uint64_t)(3 * (rounds * (B + 1) > 3 ? rounds * (B + 1) : 3));
}

/* A group takes, per token, its two stages; arrays that change their image within the group run all tokens of an image at a time. Default table. */
static void reckon(const struct cfg *c, bool any, const struct placement *p, const struct place_block *b, size_t n, int groups, int tokens, struct oracle *o)
{
	uint64_t *t = MEM_NEW((size_t)p->arrays * 2, uint64_t);
	int *image = MEM_NEW((size_t)p->arrays, int), *last = MEM_NEW((size_t)p->arrays, int), *first = MEM_NEW((size_t)p->arrays, int);

	memset(o, 0, sizeof(*o));
	for (long a = 0; a < p->arrays; a++)
		last[a] = first[a] = -1;
	for (int g = 0; g < groups; g++) {
		uint64_t most[2] = { 0 }, both = 0;
		bool several = false, has[2] = { false };

		memset(t, 0, (size_t)p->arrays * 2 * sizeof(*t));
		for (long a = 0; a < p->arrays; a++)
			image[a] = -1;
		for (int s = 0; s < 2; s++)
			for (size_t i = 0; i < p->n_images; i++) { /* images in order: as they are loaded */
				long a = p->image[i].array;
				bool used = false;

				for (size_t k = 0; k < p->n_steps; k++)
					if (p->step[k].image == (int)i && p->step[k].phase == 2 * g + s) {
						t[2 * a + s] += step_clocks(c, any, &p->step[k]);
						used = has[s] = true;
					}
				if (!used)
					continue;
				several |= image[a] >= 0 && image[a] != (int)i;
				image[a] = (int)i;
				if (first[a] < 0)
					first[a] = (int)i;
				o->loads += last[a] >= 0 && last[a] != (int)i;
				last[a] = (int)i;
			}
		for (long a = 0; a < p->arrays; a++) {
			most[0] = t[2 * a] > most[0] ? t[2 * a] : most[0];
			most[1] = t[2 * a + 1] > most[1] ? t[2 * a + 1] : most[1];
			both = t[2 * a] + t[2 * a + 1] > both ? t[2 * a] + t[2 * a + 1] : both;
		}
		o->cycles += several ? (uint64_t)tokens * (most[0] + most[1]) : most[0] + most[1] + (uint64_t)(tokens - 1) * both;
		o->cycles += 50 + (has[0] && has[1] ? 10 : 0);
		for (int s = 0; s < 2; s++) { /* additions: inputs cut how often, at most, for one output */
			int chunks = 0;

			for (size_t i = 0; i < n; i++)
				for (int v = 0; b[i].phase == 2 * g + s && v < b[i].out_p; v++) {
					int m = 0;

					for (size_t k = 0; k < p->n_pieces; k++)
						m += p->piece[k].block == (int)i && p->piece[k].slice0 == 0 && v >= p->piece[k].out0 && v < p->piece[k].out0 + p->piece[k].n_out;
					chunks = m > chunks ? m : chunks;
				}
			o->cycles += chunks > 1 ? 10 * (uint64_t)log2_up(chunks) : 0;
		}
	}
	for (long a = 0; a < p->arrays; a++)
		o->loads += last[a] != first[a];
	o->cycles += o->loads * (uint64_t)((c->rows * c->cols + 63) / 64);
	for (size_t k = 0; k < p->n_steps; k++) {
		uint64_t n_k = (uint64_t)(tokens * 3) * (uint64_t)p->step[k].n_cols;

		o->conversions += n_k;
		o->comparisons += n_k * (uint64_t)log2_up(p->step[k].most_rows);
		o->bits += (uint64_t)tokens * (uint64_t)p->step[k].n_rows * 3;
	}
	for (size_t k = 0; k < p->n_pieces; k++)
		o->bits += (uint64_t)tokens * 32 * (uint64_t)p->piece[k].n_out;
	o->bits += o->loads * (uint64_t)(c->rows * c->cols);
	free(t);
	free(image);
	free(last);
	free(first);
}

static void random_workload(struct prng *r, struct workload *w)
{
	static const int size[] = { 1, 3, 7, 20, 33, 40 };
	struct err e = { 0 };
	int groups = (int)prng_range(r, 1, 3);

	memset(w, 0, sizeof(*w));
	for (int g = 0; g < groups; g++) {
		int in = size[prng_range(r, 0, 5)], m = (int)prng_range(r, 1, 3);

		for (int i = 0; i < m; i++)
			assert_int_equal(wl_add(w, "m", size[prng_range(r, 0, 5)], in, g, g, prng_range(r, 0, 4) == 0, prng_range(r, 0, 1) ? WL_FIT : WL_PAPER, &e), 0);
	}
}

static void same(const struct system_cost *x, const struct oracle *o)
{
	assert_int_equal(x->conversions, o->conversions);
	assert_int_equal(x->comparisons, o->comparisons);
	assert_int_equal(x->loads, o->loads);
	assert_int_equal(x->bits_moved, o->bits);
	assert_int_equal(x->cycles, o->cycles);
}

static void same_cost(const struct system_cost *x, const struct system_cost *y)
{
	assert_int_equal(x->arrays, y->arrays);
	assert_int_equal(x->images, y->images);
	assert_int_equal(x->steps, y->steps);
	assert_int_equal(x->cells, y->cells);
	assert_int_equal(x->padding, y->padding);
	assert_int_equal(x->cycles, y->cycles);
	assert_int_equal(x->loads, y->loads);
	assert_int_equal(x->activations, y->activations);
	assert_int_equal(x->conversions, y->conversions);
	assert_int_equal(x->comparisons, y->comparisons);
	assert_int_equal(x->bits_moved, y->bits_moved);
	assert_int_equal(x->bits, y->bits);
	assert_float_equal(x->array_nj, y->array_nj, 1e-9 * x->array_nj);
	assert_int_equal(x->lower_bound_cycles, y->lower_bound_cycles);
}

static void test_random(void **state)
{
	struct prng r;

	(void)state;
	prng_init(&r, 4);
	for (int trial = 0; trial < 400; trial++) {
		struct cfg c = config((int)prng_range(&r, 1, 33), (int)prng_range(&r, 1, 33), 1);
		bool any = prng_range(&r, 0, 3) == 0;
		long arrays = prng_range(&r, 0, 1) ? prng_range(&r, 1, 9) : 0, tokens = prng_range(&r, 1, 3);
		struct workload w;

		while (prng_range(&r, 0, 1) && 2 * c.adcs <= c.cols)
			c.adcs *= 2;
		random_workload(&r, &w);
		for (int kind = PLACE_LINEAR; kind <= PLACE_PACKED; kind++)
			for (int mode = PLACE_AREA; mode <= (kind == PLACE_PACKED ? PLACE_LATENCY : PLACE_AREA); mode++) {
				struct place_geometry g = cost_geometry(&c, kind == PLACE_PACKED && mode == PLACE_LATENCY && !arrays ? 5 : arrays);
				struct placement p;
				struct oracle o;
				struct system_cost x, y;
				struct err e = { 0 };
				size_t n;
				struct place_block *b = cost_blocks(&w, kind == PLACE_LINEAR, &n);

				assert_int_equal(place_make(&g, (enum place_kind)kind, (enum place_mode)mode, false, b, n, &p, &e), 0);
				reckon(&c, false, &p, b, n, w.n_groups, (int)tokens, &o);
				assert_int_equal(cost_system(&c, table, &w, b, n, &p, g.arrays, tokens, &x, &e), 0);
				same(&x, &o);
				assert_true(x.cycles >= x.lower_bound_cycles);
				assert_true(x.conversions >= x.lower_bound_conversions);
				assert_true(x.images >= (uint64_t)x.lower_bound_arrays);
				if (kind == PLACE_STRIDED) {
					const struct cost_table *t = any ? paper : table;

					assert_int_equal(cost_system(&c, t, &w, b, n, &p, g.arrays, tokens, &x, &e), 0);
					assert_int_equal(strided_cost(&c, t, &w, b, n, g.arrays, tokens, &y, &e), 0);
					same_cost(&y, &x);
				}
				place_release(&p);
				free(b);
			}
		wl_release(&w);
	}
}

/* ---- blocks ---- */

static void test_blocks(void **state)
{
	struct workload w = { 0 };
	struct err e = { 0 };
	struct place_block *b;
	size_t n;

	(void)state;
	/* paper, 12 x 7 and 10 x 7: b = 4 for both, R blocks of inputs 0..3, 4..6; two more of each are padding. The third is dense, the fourth another group */
	assert_int_equal(wl_add(&w, "q", 12, 7, 0, 0, false, WL_PAPER, &e), 0);
	assert_int_equal(wl_add(&w, "k", 10, 7, 0, 0, false, WL_PAPER, &e), 0);
	assert_int_equal(wl_add(&w, "d", 9, 7, 0, 0, true, WL_PAPER, &e), 0);
	assert_int_equal(wl_add(&w, "o", 7, 9, 0, 1, false, 3, &e), 0);
	b = cost_blocks(&w, false, &n);
	assert_int_equal(n, 4 + 4 + 1 + 4 + 4 + 3 + 3);
	for (int k = 0; k < 4; k++) {
		assert_int_equal(b[k].real, k < 2);
		assert_int_equal(b[k].in_p, 4);
		assert_int_equal(b[k].phase, 0);
		assert_int_equal(b[k].stage, 0);
		assert_int_equal(b[4 + k].stage, 1);
		assert_int_equal(b[4 + k].input, b[k].input); /* cut alike: they share */
		assert_int_equal(b[9 + k].phase, 1);
	}
	assert_int_equal(b[1].in, 3);
	assert_int_equal(b[1].out, 4);
	assert_int_equal(b[8].in, 7);
	assert_int_equal(b[8].out, 9);
	for (size_t i = 8; i < n; i++) /* all others have inputs of their own */
		for (size_t j = 0; j < n; j++)
			assert_true(i == j || b[i].input != b[j].input);
	for (size_t i = 1; i < n; i++)
		assert_true(b[i].phase >= b[i - 1].phase && b[i].stage >= b[i - 1].stage);
	assert_int_equal(b[n - 1].phase, 3);
	free(b);
	b = cost_blocks(&w, true, &n);
	assert_int_equal(n, 4);
	assert_int_equal(b[1].in, 7);
	assert_int_equal(b[1].out, 10);
	assert_int_equal(b[1].input, b[0].input);
	assert_int_equal(b[3].phase, 2);
	free(b);
	wl_release(&w);
}

static void test_messages(void **state)
{
	struct cfg c = config(7, 33, 2);
	struct workload w = { .context = 5 };
	struct cost_request q = { PLACE_LINEAR, PLACE_AREA, -1, 0 };
	enum place_kind chosen;
	struct system_cost x;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(cost_place(&c, table, &w, &q, NULL, &chosen, &x, &e), -1);
	assert_string_equal(e.text, "-1 arrays: legal is 1..1000000, or 0 for as many as wanted");
	q = (struct cost_request){ PLACE_LINEAR, PLACE_AREA, 0, 1000001 };
	e = (struct err){ 0 };
	assert_int_equal(cost_place(&c, table, &w, &q, NULL, &chosen, &x, &e), -1);
	assert_string_equal(e.text, "1000001 tokens: legal is 1..1000000");
	q.tokens = 1;
	e = (struct err){ 0 };
	assert_int_equal(wl_add(&w, "m", 33, 7, 0, 0, false, WL_PAPER, &e), 0);
	assert_int_equal(cost_place_area(&c, table, &w, &q, 100, NULL, &chosen, &x, &e), -1);
	assert_string_equal(e.text, "an area of 100 um2 holds no array, one with its converters of 3 bits has 199.26 um2: raise --area");
	c.adc = CFG_FLASH;
	e = (struct err){ 0 };
	assert_int_equal(cost_place_area(&c, table, &w, &q, 100, NULL, &chosen, &x, &e), -1);
	assert_string_equal(e.text, "the cost table gives no area of this configuration's converters, so that arrays cannot be compared by area: take --regime own or equal");
	wl_release(&w);
}

/* as many arrays as the area holds, not one more */
static void test_area(void **state)
{
	struct cfg c = config(7, 33, 2);
	struct workload w = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(wl_add(&w, "m", 33, 40, 0, 0, false, WL_PAPER, &e), 0);
	for (int kind = PLACE_LINEAR; kind <= PLACE_PACKED; kind++) {
		struct cost_request q = { (enum place_kind)kind, PLACE_LATENCY, 0, 2 };
		double budget = 3.5 * cost_array_area(&c, table, 3);
		enum place_kind chosen;
		struct system_cost x;

		assert_int_equal(cost_place_area(&c, table, &w, &q, budget, NULL, &chosen, &x, &e), 0);
		assert_true((double)x.arrays * cost_array_area(&c, table, x.bits) <= budget);
		assert_true(x.images <= (uint64_t)x.arrays || (double)(x.arrays + 1) * cost_array_area(&c, table, x.bits) > budget);
	}
	wl_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand), cmocka_unit_test(test_random), cmocka_unit_test(test_blocks), cmocka_unit_test(test_messages), cmocka_unit_test(test_area),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

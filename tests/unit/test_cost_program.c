/* cost: what is counted from a core's program against the mapper's own prediction of the same program, and its bits against the layer's sizes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "common/prng.h"
#include "cost/cost.h"
#include "map/map.h"
#include "map/number.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static const char *const override[] = { "array.rows=33", "array.cols=40", "array.tiles=3", "readout.adcs=4", "readout.bits=6" };

static void test_layers(void **state)
{
	static const int size[] = { 1, 3, 7, 33, 70 };
	struct err e = { 0 };
	struct cost_table *t = cost_table_load(NULL, &e);
	struct prng r;
	struct cfg c;
	int n = 0;

	(void)state;
	prng_init(&r, 8);
	assert_non_null(t);
	assert_int_equal(cfg_load(&c, "configs/edge64.xml", override, 5, &e), 0);
	for (int o = 0; o < 5; o++)
		for (int i = 0; i < 5; i++)
			for (int tokens = 1; tokens <= 3; tokens += 2) {
				int out = size[o], in = size[i];
				int32_t *w = MEM_NEW((size_t)(out * in), int32_t);
				struct map_layer l;
				struct map_program p;
				struct system_cost x;
				uint64_t inputs, row_chunks = (uint64_t)((in + c.rows - 1) / c.rows);

				for (int k = 0; k < out * in; k++)
					w[k] = (int32_t)prng_range(&r, -127, 127);
				assert_int_equal(map_take_integers(&c, w, out, in, "m", 1, &l, &e), 0);
				assert_int_equal(map_compile(&c, &l, MAP_LINEAR, tokens, NULL, &p, &e), 0);
				cost_program(&c, t, p.code, p.n_instr, 2, &x);
				assert_int_equal(x.activations, p.counts.activations);
				assert_int_equal(x.conversions, p.counts.conversions);
				assert_int_equal(x.comparisons, p.counts.comparisons);
				assert_int_equal(x.conversions, (uint64_t)(tokens * num_planes(&c) * out * num_slices(&c)) * row_chunks);
				/* every column group of an activation takes the inputs of its row chunk; every output leaves once per row chunk */
				inputs = (uint64_t)(tokens * in * c.input_bits) * (uint64_t)((out + c.cols / num_slices(&c) - 1) / (c.cols / num_slices(&c)));
				assert_int_equal(x.bits_moved, inputs + (uint64_t)(tokens * out * 32) * row_chunks + 2 * 33 * 40);
				assert_float_equal(x.movement_nj, (double)x.bits_moved * 10e-6, 1e-9);
				/* cells in use: all of the layer's, once per token */
				assert_float_equal(x.array_nj, tokens * 10.0 * out * in * num_slices(&c) / (33 * 40), 1e-6);
				assert_true(isnan(x.load_nj) && x.missing & COST_NO_WRITE_ENERGY);
				cost_program(&c, t, p.code, p.n_instr, 0, &x);
				assert_true(x.energy_given && x.load_nj == 0);
				map_program_release(&p);
				map_layer_release(&l);
				free(w);
				n++;
			}
	assert_int_equal(n, 50);
	cost_table_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_layers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

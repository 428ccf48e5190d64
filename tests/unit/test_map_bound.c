/* The sequencer's bound: a case worked by hand, and no program of any placement below it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/mem.h"
#include "map/map.h"
#include <stdlib.h>
#include <string.h>

static struct cfg config(int rows, int cols, int tiles)
{
	return (struct cfg){ .rows = rows, .cols = cols, .tiles = tiles, .cell_bits = 1, .sample_hold = true, .input_bits = 4, .weight_bits = 3, .bits = 6, .adcs = 2, .lsb = 1, .grid_bits = 4,
		.precharge = 1, .evaluate = 1, .compare = 1, .program_depth = 4096, .activation_depth = 4096, .accumulator_depth = 1024, .channel_depth = 1024 };
}

static struct map_layer dense(const struct cfg *c, int out, int in)
{
	int32_t *w = MEM_NEW((size_t)out * (size_t)in, int32_t);
	struct map_layer l;
	struct err e = { 0 };

	for (int i = 0; i < out * in; i++)
		w[i] = i % 7 - 3;
	assert_int_equal(map_take_integers(c, w, out, in, "x", 1, &l, &e), 0);
	free(w);
	return l;
}

static void test_by_hand(void **state)
{
	struct cfg c = config(16, 70, 2);
	struct map_layer l = dense(&c, 5, 33);

	(void)state;
	/* 5 channels, 5*3*33 cells in rows of 70 columns: 8 rows of two beats; per token 33 inputs, 33 driven rows, 5 results */
	assert_int_equal(map_sequencer_bound(&c, &l, 3, 2), 2 * (5 + 8 * 2) + 3 * (33 + 33 + 5));
	l.stage[1] = (struct map_stage){ .blocks = 1, .out = 1, .in = 1 }; /* a layer of one stage has no other, whatever stands there */
	assert_int_equal(map_sequencer_bound(&c, &l, 3, 2), 2 * (5 + 8 * 2) + 3 * (33 + 33 + 5));
	memset(&l.stage[1], 0, sizeof(l.stage[1]));
	map_layer_release(&l);
}

static void test_below_programs(void **state)
{
	static const int size[][2] = { { 1, 1 }, { 3, 7 }, { 7, 33 }, { 33, 40 } };

	(void)state;
	for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++)
		for (int tiles = 1; tiles <= 7; tiles += 3)
			for (int p = MAP_LINEAR; p <= MAP_PACKED_LATENCY; p++) {
				struct cfg c = config(16, 33, tiles);
				struct map_layer l = dense(&c, size[i][0], size[i][1]);
				struct map_program m;
				struct err e = { 0 };

				if (map_compile(&c, &l, (enum map_placement)p, 3, NULL, &m, &e))
					fail_msg("%s", e.text);
				assert_true(m.counts.cycles > map_sequencer_bound(&c, &l, 3, 1));
				map_program_release(&m);
				map_layer_release(&l);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_by_hand), cmocka_unit_test(test_below_programs) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* cosim/regmodel: REPAIR of docs/isa.md section 4, and faults behind the registers (docs/faults.md sections 4 and 5).
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/regmodel.h"
#include "golden/faults.h"
#include "cim_regs.h"
#include "test_golden_machine.h"

static const struct gm_hw hw = { .rows = 8, .cols = 8, .tiles = 2, .adcs = 4, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .sample_hold = true, .spares = 2,
	.prog_depth = 16, .act_depth = 64, .acc_depth = 32, .ch_depth = 32, .counter_bits = 64 };
static const struct gm_regs reset = { .precharge = 2, .evaluate = 3, .compare = 1, .reference_precharge = 4, .share = 5, .settle = 6, .samples = 7 };
static const char hash[] = "00112233445566778899aabbccddeeff0123456789abcdef0f1e2d3c4b5a6978";
/* channel 0: M = 1, s = 1; rows of one in the lowest column; x = 1..8 */
static const uint64_t beats[] = { 1 | 1 << 16, 1, 1, 1, 1, 1, 1, 1, 1, 0x0807060504030201 };

static void set(struct regmodel *m, uint32_t offset, uint32_t value)
{
	assert_int_equal(regmodel_write(m, offset, value, 15), 0);
}

static int refused(struct regmodel *m, uint32_t offset, uint32_t value, unsigned strobes)
{
	return regmodel_write(m, offset, value, strobes) == -1;
}

/* PARAM, LOAD, XIN, ACT, OUT: sum of x times the weights of column 0, which is in position 0; REPAIR is closed meanwhile */
static int32_t result_of(struct regmodel *m)
{
	struct asm_prog p = { .n = 0 };
	struct regmodel_result r;

	put(&p, W0(5, 0, 0, 0, 0), HALVES(0, 0), 0, 0, 0, HALVES(0, 1), 0, 0);
	put(&p, W0(6, 0, 0, 1, 1), SPAN(0, 1, 8), 0, 0, 0, 0, 0, 0);
	put(&p, W0(7, 0, 0, 0, 0), 0, 0, HALVES(0, 8), HALVES(1, 0), HALVES(0, 8), 0, 0);
	put(&p, W0(8, 0, 0, 1, 1), SPAN(0, 1, 8), SPAN(0, 1, 8), HALVES(0, 8), HALVES(1, 0), 0, W6(4, 0, 0, 8, 0), 0);
	put(&p, W0(9, 6, 0, 1, 1), HALVES(0, 0), 0, 0, 0, HALVES(0, 1), W6(0, 0, 0, 0, 0), 0);
	put_end(&p);
	for (uint32_t i = 0; i < p.n; i++)
		for (uint32_t j = 0; j < 8; j++)
			set(m, CIM_PROG_OFFSET(i, j), p.w[i][j]);
	set(m, 0x040, 1);
	assert_true(refused(m, 0x240000, 0x80000000u, 15));
	regmodel_run(m, beats, sizeof(beats) / sizeof(*beats), &r);
	regmodel_finish(m);
	assert_int_equal(r.n, 1);
	return (int32_t)r.beat[0];
}

static void t_cosim_repair(void **state)
{
	struct gf_fault stuck = { GF_CELL, 0, 0, 0, 0, 0 }; /* x = 1 of row 0 is lost */
	const struct gf_faults faults = { &stuck, 1 };
	const struct engine_setup s = { .hw = &hw, .hash = hash, .reset = &reset, .faults = &faults };
	uint32_t v;

	(void)state;
	for (int product = 0; product < 2; product++) {
		struct regmodel *m = regmodel_new(&s, product);

		assert_int_equal(regmodel_read(m, 0x02C, 0, &v), 0);
		assert_int_equal(v >> 19, 2);
		assert_int_equal(result_of(m), 35);
		set(m, 0x240004, 0x80000000u);
		assert_int_equal(result_of(m), 36);
		set(m, 0x240004, 0x80000001u); /* the other position */
		assert_int_equal(result_of(m), 35);
		set(m, 0x240000, 0x80000000u);
		assert_int_equal(result_of(m), 36);
		set(m, 0x240000, 0);
		set(m, 0x240008, 0x80000000u); /* the other tile */
		assert_int_equal(result_of(m), 35);
		set(m, 0x240000, 0x80000000u);
		regmodel_reset(m);
		assert_int_equal(result_of(m), 35);
		assert_int_equal(regmodel_read(m, 0x240000, 0, &v), -1);
		assert_true(refused(m, 0x240000, 0x80000000u, 7));
		set(m, 0x240000 + 4 * 3, 0);
		assert_true(refused(m, 0x240000 + 4 * 4, 0, 15)); /* two tiles */
		regmodel_free(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_cosim_repair) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

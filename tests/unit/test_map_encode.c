/* Instruction words: bit positions of docs/isa.md section 2, round trip, assembler text.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/buf.h"
#include "common/prng.h"
#include "map/map.h"
#include <string.h>
#include "tests/unit/aborts.h"

/* the table, once more: word, low bit, width, member; op-dependent fields come first */
struct place { int word, low, width; size_t member; };
#define PLACE(word, high, low, member) { word, low, (high) - (low) + 1, offsetof(struct map_instr, member) }
static const struct place common[] = {
	PLACE(0, 7, 4, flags), PLACE(0, 15, 8, tile), PLACE(0, 23, 16, tile_stride), PLACE(0, 31, 24, tile_count),
	PLACE(2, 9, 0, col_start), PLACE(2, 19, 10, col_stride), PLACE(2, 30, 20, col_count), PLACE(3, 15, 0, base), PLACE(3, 31, 16, inner),
	PLACE(4, 15, 0, inner_stride), PLACE(4, 31, 16, outer_stride), PLACE(5, 31, 16, count), PLACE(6, 3, 0, bits), PLACE(6, 5, 4, set), PLACE(6, 11, 8, slice0),
	PLACE(6, 15, 12, nslice), PLACE(6, 19, 16, lag), PLACE(7, 3, 0, r_base), PLACE(7, 7, 4, r_row), PLACE(7, 11, 8, r_col), PLACE(7, 15, 12, r_acc), PLACE(7, 19, 16, r_tile),
	PLACE(7, 23, 20, r_ch),
};
static const struct place rows[] = { PLACE(1, 9, 0, row_start), PLACE(1, 19, 10, row_stride), PLACE(1, 30, 20, row_count) };
static const struct place channel[] = { PLACE(1, 15, 0, channel) };
static const struct place immediate[] = { PLACE(5, 15, 0, imm) };
static const struct place accumulator[] = { PLACE(5, 15, 0, acc_base) };

static void set(const struct place *p, size_t n, struct map_instr *i, uint32_t w[8], struct prng *rng)
{
	for (size_t k = 0; k < n; k++) {
		uint32_t v = (uint32_t)prng_range(rng, 0, (1ll << p[k].width) - 1);

		if (prng_range(rng, 0, 3) == 0)
			v = (1u << p[k].width) - 1;
		*(int *)((char *)i + p[k].member) = (int)v;
		w[p[k].word] |= v << p[k].low;
	}
}

static void t_map_encode_fields(void **state)
{
	struct prng rng;

	(void)state;
	prng_init(&rng, 1);
	for (int n = 0; n < 2000; n++) {
		struct map_instr i, back;
		uint32_t want[8] = { 0 }, got[8];
		bool ch;

		memset(&i, 0, sizeof(i));
		i.op = (enum map_op)(1 + n % 9);
		ch = i.op == MAP_PARAM || i.op == MAP_OUT;
		want[0] = i.op;
		set(common, sizeof(common) / sizeof(*common), &i, want, &rng);
		set(ch ? channel : rows, ch ? 1 : 3, &i, want, &rng);
		set(i.op == MAP_IDX ? immediate : accumulator, 1, &i, want, &rng);
		map_encode(&i, got);
		assert_memory_equal(want, got, sizeof(got));
		map_decode(got, &back);
		assert_memory_equal(&i, &back, sizeof(i));
	}
}

static void expect_text(struct map_instr i, const char *text)
{
	struct buf b;
	uint32_t w[8];

	buf_init(&b);
	map_encode(&i, w);
	map_print(w, &b);
	assert_string_equal(b.data, text);
	buf_release(&b);
}

static void t_map_print(void **state)
{
	(void)state;
	expect_text((struct map_instr){ .op = MAP_END }, "END\n");
	expect_text((struct map_instr){ .op = MAP_LOOP, .count = 7 }, "LOOP 7\n");
	expect_text((struct map_instr){ .op = MAP_IDX, .r_base = 15, .r_row = 8, .imm = 33 }, "IDX r15 = r8 + 33\n");
	expect_text((struct map_instr){ .op = MAP_LOAD, .tile = 1, .tile_stride = 1, .tile_count = 3, .row_stride = 1, .row_count = 33 }, "LOAD tiles=1:1*3 rows=0:1*33\n");
	expect_text((struct map_instr){ .op = MAP_OUT, .flags = 6, .tile_stride = 1, .tile_count = 1, .count = 8, .acc_base = 3, .r_acc = 3, .channel = 7, .r_ch = 5, .lag = 2 },
		    "OUT count=8 tiles=0:1*1 acc=3+r3 channel=7+r5 lag=2 stream last\n");
	expect_text((struct map_instr){ .op = MAP_ACT, .flags = 1, .tile_stride = 1, .tile_count = 2, .row_stride = 1, .row_count = 33, .col_stride = 1, .col_count = 56, .base = 7,
		.r_base = 1, .inner = 33, .inner_stride = 1, .bits = 6, .nslice = 8 },
		    "ACT tiles=0:1*2 rows=0:1*33 cols=0:1*56 at=7+r1 inner=33:1 outer=0 acc=0 slices=0*8 bits=6 set=0 add\n");
	expect_text((struct map_instr){ .op = 11 }, "ILLEGAL 11\n");
}

static void encode(const void *i)
{
	uint32_t w[8];

	map_encode(i, w);
}

static void check_widths(const struct place *p, size_t n, enum map_op op)
{
	for (size_t k = 0; k < n; k++) {
		struct map_instr i = { .op = op };
		int *value = (int *)((char *)&i + p[k].member);

		*value = (1 << p[k].width) - 1;
		assert_false(aborts(encode, &i));
		*value = 1 << p[k].width;
		assert_true(aborts(encode, &i));
		*value = -1;
		assert_true(aborts(encode, &i));
	}
}

/* what a field does not hold goes nowhere else; a step of an index register is modulo 2^16 */
static void t_map_encode_widths(void **state)
{
	(void)state;
	check_widths(common, sizeof(common) / sizeof(*common), MAP_ACT);
	check_widths(rows, sizeof(rows) / sizeof(*rows), MAP_ACT);
	check_widths(accumulator, 1, MAP_ACT);
	check_widths(channel, 1, MAP_OUT);
	assert_false(aborts(encode, &(struct map_instr){ .op = MAP_IDX, .imm = -1 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_map_encode_fields), cmocka_unit_test(t_map_encode_widths), cmocka_unit_test(t_map_print) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

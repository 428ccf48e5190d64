/* Rolled programs do the same: both are run on the index registers and loops alone, and the instructions that are met, with all fields resolved, are
 * compared one by one. Random lists of repetitions with constant steps, nested and disturbed; and lists whose length after rolling is known.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "map/roll.h"
#include <stdlib.h>
#include <string.h>

/* the instructions that are met, resolved; docs/isa.md section 2 */
static struct code resolve(const struct code *program)
{
	struct code met = { 0 };
	unsigned r[16] = { 0 };
	size_t pc = 0, body[4];
	int left[4], depth = 0;

	while (pc < program->n) {
		struct map_instr i = program->i[pc++];
		int *field[6] = { &i.base, &i.row_start, &i.col_start, &i.acc_base, &i.tile, &i.channel };
		int *reg[6] = { &i.r_base, &i.r_row, &i.r_col, &i.r_acc, &i.r_tile, &i.r_ch };

		switch (i.op) {
		case MAP_LOOP:
			assert_true(depth < 4 && i.count > 0 && i.count < 65536);
			body[depth] = pc;
			left[depth++] = i.count;
			break;
		case MAP_NEXT:
			assert_true(depth > 0);
			if (--left[depth - 1])
				pc = body[depth - 1];
			else
				depth--;
			break;
		case MAP_IDX:
			assert_true(i.r_base > 0 && i.r_base < 16 && i.r_row < 16);
			r[i.r_base] = (r[i.r_row] + (unsigned)i.imm) & 0xffff;
			break;
		default:
			for (int f = 0; f < 6; f++) {
				*field[f] = (int)(((unsigned)*field[f] + r[*reg[f]]) & 0xffff);
				*reg[f] = 0;
			}
			code_put(&met, i);
		}
	}
	assert_int_equal(depth, 0);
	return met;
}

static size_t check(const struct code *plain)
{
	struct code rolled, a = resolve(plain), b;
	size_t n;

	roll_code(plain, &rolled);
	b = resolve(&rolled);
	assert_true(rolled.n <= plain->n);
	assert_int_equal(a.n, b.n);
	for (size_t i = 0; i < a.n; i++)
		assert_memory_equal(&a.i[i], &b.i[i], sizeof(a.i[i]));
	n = rolled.n;
	free(a.i);
	free(b.i);
	free(rolled.i);
	return n;
}

static struct map_instr draw_instr(struct prng *rng)
{
	struct map_instr i = { .op = prng_range(rng, 0, 2) ? MAP_ACT : MAP_OUT, .tile = (int)prng_range(rng, 0, 3), .tile_stride = 1, .tile_count = 1, .count = (int)prng_range(rng, 1, 2),
		.base = (int)prng_range(rng, 0, 65535), .r_base = (int)prng_range(rng, 0, 2), .acc_base = (int)prng_range(rng, 0, 99), .r_acc = (int)prng_range(rng, 0, 1), .inner = 1 };

	if (i.op == MAP_ACT) {
		i.row_count = (int)prng_range(rng, 1, 2);
		i.row_start = (int)prng_range(rng, 0, 9);
		i.col_count = 7;
	} else {
		i.channel = (int)prng_range(rng, 0, 9);
	}
	return i;
}

/* a unit of instructions, each with its own steps, or of such repetitions, `count` times */
static void put_repeated(struct code *to, struct prng *rng, int levels)
{
	struct code unit = { 0 };
	size_t n;
	int count = (int)prng_range(rng, 1, 9), (*by)[6], parts = (int)prng_range(rng, 1, 3);

	for (int i = 0; i < parts; i++) {
		if (levels > 1 && prng_range(rng, 0, 2))
			put_repeated(&unit, rng, levels - 1);
		else
			code_put(&unit, draw_instr(rng));
	}
	n = unit.n;
	by = mem_calloc(n, sizeof(*by));
	for (size_t i = 0; i < n; i++)
		for (int f = 0; f < 6; f++)
			by[i][f] = prng_range(rng, 0, 2) ? 0 : (int)prng_range(rng, -2, 3);
	if (prng_range(rng, 0, 4)) /* the same for all */
		for (size_t i = 1; i < n; i++)
			memcpy(by[i], by[0], sizeof(by[i]));
	for (int k = 0; k < count; k++) {
		for (size_t i = 0; i < n; i++) {
			struct map_instr x = unit.i[i];

			x.base = (x.base + k * by[i][0]) & 0xffff;
			x.acc_base = (x.acc_base + k * by[i][3]) & 0xffff;
			x.tile = (x.tile + k * by[i][4]) & 0xff;
			if (x.op == MAP_ACT) {
				x.row_start = (x.row_start + k * by[i][1]) & 0x3ff;
				x.col_start = (x.col_start + k * by[i][2]) & 0x3ff;
			} else {
				x.channel = (x.channel + k * by[i][5]) & 0xffff;
			}
			code_put(to, x);
		}
		if (prng_range(rng, 0, 49) == 0) /* something between */
			code_put(to, draw_instr(rng));
	}
	free(unit.i);
	free(by);
}

static void t_map_roll_random(void **state)
{
	size_t plain = 0, rolled = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 600; seed++) {
		struct code c = { 0 };
		struct prng rng;
		int loops;

		prng_init(&rng, seed);
		loops = (int)prng_range(&rng, 0, 4);
		code_idx(&c, 1, 0, (int)prng_range(&rng, 0, 65535));
		code_idx(&c, 2, 1, 7);
		for (int i = 0; i < loops; i++)
			code_put(&c, (struct map_instr){ .op = MAP_LOOP, .count = (int)prng_range(&rng, 1, 3) });
		for (int i = (int)prng_range(&rng, 0, 3); i >= 0; i--)
			put_repeated(&c, &rng, (int)prng_range(&rng, 1, 3));
		code_step(&c, 1, 33);
		for (int i = 0; i < loops; i++)
			code_put(&c, (struct map_instr){ .op = MAP_NEXT });
		plain += c.n;
		rolled += check(&c);
		free(c.i);
	}
	/* not by leaving everything as it is */
	if (rolled * 3 >= plain * 2)
		fail_msg("%zu of %zu", rolled, plain);
}

/* 33 ACTs with base and accumulator advancing alike, from the same register or not */
static void t_map_roll_registers(void **state)
{
	(void)state;
	for (int r_acc = 0; r_acc < 2; r_acc++) {
		struct code c = { 0 };

		for (int k = 0; k < 33; k++)
			code_put(&c, (struct map_instr){ .op = MAP_ACT, .base = 7 + 3 * k, .acc_base = 3 * k, .r_acc = r_acc, .row_start = 33 - k, .tile_count = 1, .inner = 1 });
		/* LOOP, ACT, NEXT; a begin and a step for each of 3 or -1, of r0 or r1 */
		assert_int_equal(check(&c), 3 + 2 * (2 + r_acc));
		free(c.i);
	}
}

/* 7 x 3 x 33 ACTs of 2 tiles: three loops, as long as there are levels for them */
static void t_map_roll_nested(void **state)
{
	(void)state;
	for (int outside = 0; outside <= 4; outside++) {
		struct code c = { 0 };
		size_t n;

		for (int i = 0; i < outside; i++)
			code_put(&c, (struct map_instr){ .op = MAP_LOOP, .count = 2 });
		for (int k = 0; k < 7 * 3 * 33 * 2; k++)
			code_put(&c, (struct map_instr){ .op = MAP_ACT, .tile = k % 2, .tile_count = 1, .inner = 1, .row_start = k / 2 % 33, .base = 100 * (k / 66 % 3) + k / 2 % 33, .acc_base = 11 * (k / 198) });
		for (int i = 0; i < outside; i++)
			code_put(&c, (struct map_instr){ .op = MAP_NEXT });
		n = check(&c) - 2 * (size_t)outside;
		if (outside <= 1)
			assert_true(n <= 24);
		else if (outside == 2)
			assert_true(n <= 7 * 14);
		else if (outside == 3)
			assert_true(n <= 21 * 10);
		else
			assert_int_equal(n, 7 * 3 * 33 * 2);
		free(c.i);
	}
}

/* eight that come twice, and nothing is steady in them: LOOP, eight, NEXT */
static void t_map_roll_twice(void **state)
{
	struct code c = { 0 };

	(void)state;
	for (int k = 0; k < 16; k++)
		code_put(&c, (struct map_instr){ .op = MAP_ACT, .tile_count = 1, .inner = 1, .bits = 1 + k % 8 });
	assert_int_equal(check(&c), 10);
	free(c.i);
}

/* a loop that saves nothing is none: LOOP, x, NEXT for three; LOOP, x, y, NEXT for twice two; a register's begin and step beside them for five */
static void t_map_roll_nothing_saved(void **state)
{
	static const struct { int n, kinds, by; } cases[] = { { 3, 1, 0 }, { 4, 2, 0 }, { 5, 1, 3 } };

	(void)state;
	for (size_t at = 0; at < sizeof(cases) / sizeof(*cases); at++) {
		struct code c = { 0 }, rolled;

		for (int k = 0; k < cases[at].n; k++)
			code_put(&c, (struct map_instr){ .op = MAP_ACT, .tile_count = 1, .inner = 1, .bits = 1 + k % cases[at].kinds, .base = cases[at].by * k });
		roll_code(&c, &rolled);
		assert_int_equal(rolled.n, c.n);
		for (size_t i = 0; i < c.n; i++)
			assert_int_equal(rolled.i[i].op, MAP_ACT);
		free(c.i);
		free(rolled.i);
	}
}

/* What becomes just a quarter of its length is one of those that come first: q a..g five times (LOOP, eight, NEXT of forty). The p q before it, five times
 * with the first q of it, are four then: LOOP, p, q, NEXT, p. */
static void t_map_roll_quarter(void **state)
{
	struct code c = { 0 };

	(void)state;
	for (int k = 0; k < 9 + 40; k++)
		code_put(&c, (struct map_instr){ .op = MAP_ACT, .tile_count = 1, .inner = 1, .bits = k < 9 ? (k & 1 ? 2 : 1) : 2 + (k - 9) % 8 });
	assert_int_equal(check(&c), 4 + 1 + 10);
	free(c.i);
}

/* seven parts, each an ACT and an OUT some steps on, are a loop of both and of what their registers add; one that is alone stays as it is */
static void t_map_code_parts(void **state)
{
	static const struct code_level level = { .x = 1, .channel = 5, .mid = 4 };

	(void)state;
	for (int n = 1; n <= 7; n += 6) {
		struct code to = { 0 }, parts[7] = { { 0 } };

		for (int k = 0; k < n; k++) {
			code_put(&parts[k], (struct map_instr){ .op = MAP_ACT, .base = 7 + 33 * k, .r_base = 1, .tile_count = 1, .inner = 1 });
			code_put(&parts[k], (struct map_instr){ .op = MAP_OUT, .flags = 1, .channel = 3 * k, .r_ch = 5, .base = 100 + 3 * k, .r_base = 4, .tile_count = 1, .inner = 1, .count = 3 });
		}
		code_parts(&to, parts, (size_t)n, &level);
		assert_int_equal(to.n, n == 1 ? 2 : 7);
		assert_int_equal(to.i[0].op, n == 1 ? MAP_ACT : MAP_LOOP);
		if (n > 1) {
			struct code met;

			for (int r = 0; r < 3; r++)
				assert_int_equal(to.i[3 + r].op, MAP_IDX);
			met = resolve(&to);
			assert_int_equal(met.n, 2 * n);
			for (int k = 0; k < n; k++)
				assert_true(met.i[2 * k].base == 7 + 33 * k && met.i[2 * k + 1].channel == 3 * k && met.i[2 * k + 1].base == 100 + 3 * k);
			free(met.i);
		}
		free(to.i);
	}
}

/* a LOOP counts to 65535 */
static void t_map_code_count(void **state)
{
	static const struct code_level level = { .x = 1, .channel = 5, .mid = 4 };
	enum { N = 65537 };
	struct code to = { 0 }, *parts = MEM_NEW(N, struct code), met;

	(void)state;
	for (int k = 0; k < N; k++)
		code_put(&parts[k], (struct map_instr){ .op = MAP_OUT, .flags = 2, .r_ch = 5, .tile_count = 1, .count = 1 });
	code_parts(&to, parts, N, &level);
	assert_int_equal(to.i[0].op, MAP_LOOP);
	assert_int_equal(to.i[0].count, 65535);
	met = resolve(&to);
	assert_int_equal(met.n, N);
	free(met.i);
	free(to.i);
	free(parts);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_map_roll_random), cmocka_unit_test(t_map_roll_registers), cmocka_unit_test(t_map_roll_nested),
		cmocka_unit_test(t_map_roll_twice), cmocka_unit_test(t_map_roll_nothing_saved), cmocka_unit_test(t_map_roll_quarter), cmocka_unit_test(t_map_code_parts), cmocka_unit_test(t_map_code_count) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* golden/clock: tiles worked out ahead against tiles stepped through clock by clock, on random programs with local references.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "golden/clock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { TILES = 5, PROGRAMS = 4000 };

static int pick(struct prng *p, int lo, int hi)
{
	return (int)prng_range(p, lo, hi);
}

static struct gm_span draw_tiles(struct prng *p, int tiles)
{
	struct gm_span s;

	s.start = pick(p, 0, tiles - 1);
	s.stride = pick(p, 1, 3);
	s.count = pick(p, 1, 1 + (tiles - 1 - s.start) / s.stride);
	return s;
}

/* lengths of planes: all equal, or each its own (asymmetric search) */
static struct gm_work draw_work(struct prng *p, bool equal, int longest)
{
	struct gm_work w = { .planes = pick(p, 1, 14), .rounds = pick(p, 1, 6), .bits = 4, .col = { 0, 1, pick(p, 1, pick(p, 0, 1) ? 8 : 64) } };
	int same = pick(p, 1, longest), i;

	for (i = 0; i < w.planes; i++)
		w.compares[i] = equal ? w.rounds * same : pick(p, w.rounds, w.rounds * longest);
	return w;
}

static void instruction(struct prng *p, struct gm_clock *c[2], int tiles, bool equal, int longest)
{
	const struct gm_span set = draw_tiles(p, tiles);
	int op = pick(p, 0, 9), a = pick(p, 1, pick(p, 0, 1) ? 8 : 60), b = pick(p, 0, 15), i;
	struct gm_work w[TILES];

	for (i = 0; i < set.count; i++)
		w[i] = draw_work(p, equal, longest);
	for (i = 0; i < 2; i++)
		switch (op) {
		case 0: gm_clock_plain(c[i], a - 1); break;
		case 1: gm_clock_load(c[i], &set, a); break;
		case 2: gm_clock_out(c[i], &set, b % 5, a); break;
		case 3: gm_clock_out(c[i], &set, b, a); break;
		default: gm_clock_act(c[i], &set, a, w); break;
		}
}

static void t_ahead(void **state)
{
	struct prng p;
	int i, j;

	(void)state;
	prng_init(&p, 6);
	for (i = 0; i < PROGRAMS; i++) {
		const struct gm_hw hw = { .rows = 64, .cols = 64, .tiles = pick(&p, 1, TILES), .adcs = 8, .adc_bits = 4, .cell_bits = 1, .sample_hold = pick(&p, 0, 1) };
		const struct gm_regs regs = { .precharge = pick(&p, 1, 4), .evaluate = pick(&p, 1, pick(&p, 0, 1) ? 3 : 40), .compare = pick(&p, 1, 3) };
		struct gm_clock *c[2] = { gm_clock_new(&hw, &regs), gm_clock_stepped(&hw, &regs) };
		bool equal = pick(&p, 0, 1);
		int longest = pick(&p, 1, 12);
		struct gm_counts n[2];

		memset(n, 0, sizeof(n));
		for (j = pick(&p, 1, 24); j > 0; j--)
			instruction(&p, c, hw.tiles, equal, longest);
		for (j = 0; j < 2; j++) {
			gm_clock_end(c[j], &n[j]);
			gm_clock_free(c[j]);
		}
		assert_true(n[0].cycles > 0);
		assert_memory_equal(&n[0], &n[1], sizeof(n[0]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_ahead) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

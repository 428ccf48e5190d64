/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_converter.h"
#include "lib/numbers.h"
#include "common/mem.h"
#include "cosim/thresholds.h"
#include <stdlib.h>
#include <string.h>

static int pick(struct prng *p, int lo, int hi)
{
	return (int)prng_range(p, lo, hi);
}

static void swap(int32_t *a, int32_t *b)
{
	int32_t t = *a;

	*a = *b;
	*b = t;
}

/* of every converter, before they are shaken */
static void ideal(const struct gm_hw *hw, const struct ro_window *window, int32_t *T)
{
	size_t table = (size_t)1 << hw->adc_bits;

	for (int converter = 0; converter < hw->tiles * hw->adcs; converter++)
		for (int set = 0; set < GM_SETS; set++)
			ro_ideal_table(&window[set], hw->adc_bits, hw->grid_bits, T + ((size_t)converter * GM_SETS + set) * table);
}

static void shaken(struct cli_tables *t, struct prng *p, const struct cfg *c, bool alike)
{
	struct gm_hw hw = numbers_hw(c);
	struct gm_regs regs = numbers_regs(c, NULL);
	size_t n = thresholds_count(&hw), tile = n / c->tiles, table = (size_t)1 << c->bits;
	int32_t *T = MEM_NEW(n, int32_t);
	int width = pick(p, 1, 40), swaps = pick(p, 0, 8);

	ideal(&hw, regs.window, T);
	for (size_t i = 0; i < n; i++)
		T[i] = i % table == 0 ? 0 : alike && i >= tile ? T[i - tile] : T[i] + pick(p, -width, width);
	for (int i = 0; i < swaps && !alike && table > 2; i++) { /* far out of order */
		size_t base = (size_t)pick(p, 0, (int)(n / table) - 1) * table;

		swap(&T[base + pick(p, 1, (int)table - 1)], &T[base + pick(p, 1, (int)table - 1)]);
	}
	cli_tables_take(t, c, T);
}

int draw_tables(struct cli_tables *t, struct prng *p, struct cfg *c, struct err *e)
{
	int how = pick(p, 0, 11);

	if (c->kind == CFG_DIGITAL)
		return 0;
	if (how < 2) {
		shaken(t, p, c, how == 0);
		return 0;
	}
	if (how == 2) {
		c->offset = pick(p, 0, 3000);
		c->inl = pick(p, 0, 2000);
		c->gain = pick(p, 0, 100000);
		c->capacitor = pick(p, 0, 200000);
		c->dac = pick(p, 0, 1) ? CFG_BINARY_DAC : CFG_UNARY;
	}
	/* immersed references without tables: the macro's own, which answer every whole count alike */
	return how == 2 || (c->reference == CFG_IMMERSED && how < 7) ? cli_tables_make(t, c, NULL, e) : 0;
}

/* nodes lo..hi; returns the root, 0 for none. how 0: smallest first, 1: largest first, 2: any */
static int grow(struct ro_tree *t, struct prng *p, int how, int lo, int hi, int depth, struct map_steps *s)
{
	int k;

	if (lo > hi) {
		s->least = depth < s->least ? depth : s->least;
		s->most = depth > s->most ? depth : s->most;
		return 0;
	}
	k = how == 0 ? lo : how == 1 ? hi : pick(p, lo, hi);
	t->left[k] = (uint16_t)grow(t, p, how, lo, k - 1, depth + 1, s);
	t->right[k] = (uint16_t)grow(t, p, how, k + 1, hi, depth + 1, s);
	return k;
}

void draw_tree(struct cli_tree *t, struct prng *p, int bits)
{
	memset(t, 0, sizeof(*t));
	t->steps = (struct map_steps){ .least = 1 << bits, .most = 0 };
	t->ro.root = (uint16_t)grow(&t->ro, p, pick(p, 0, 5), 1, (1 << bits) - 1, 0, &t->steps);
	t->steps.mean = (t->steps.least + t->steps.most) / 2.0;
}

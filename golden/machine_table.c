/* Threshold tables of the golden machine. A conversion without state is a look-up: the table count -> code is made by asking the kind's
 * own questions for every count (docs/numerics.md section 4), so that it is exact for tables that are not monotone too.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/machine_parts.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

/* a table of n entries, and whose it is */
struct ranked { const int32_t *T; size_t n, of; };

static int by_content(const void *x, const void *y)
{
	const struct ranked *a = x, *b = y;

	return memcmp(a->T, b->T, a->n * sizeof(*a->T));
}

void gm_tables_init(struct gm_tables *t, const struct gm_hw *hw, const int32_t *thresholds)
{
	size_t n = (size_t)hw->tiles * hw->adcs * GM_SETS, size = (size_t)1 << hw->adc_bits;
	struct ranked *table;
	size_t i;

	memset(t, 0, sizeof(*t));
	t->adc_bits = hw->adc_bits;
	t->grid_bits = hw->grid_bits;
	t->smax = hw->rows * ((1 << hw->cell_bits) - 1);
	t->of = MEM_NEW(n, int);
	if (!thresholds) {
		t->ideal = true;
		t->n_tables = GM_SETS;
		t->T = MEM_NEW(GM_SETS * size, int32_t);
		for (i = 0; i < n; i++)
			t->of[i] = (int)(i % GM_SETS);
		t->lut = MEM_NEW((size_t)GM_SETS * hw->adc_bits, struct gm_lut);
		return;
	}
	table = MEM_NEW(n, struct ranked);
	for (i = 0; i < n; i++)
		table[i] = (struct ranked){ thresholds + i * size, size, i };
	qsort(table, n, sizeof(*table), by_content);
	for (i = 0; i < n; i++) {
		if (!i || by_content(&table[i - 1], &table[i]))
			t->n_tables++;
		t->of[table[i].of] = t->n_tables - 1;
	}
	t->T = MEM_NEW((size_t)t->n_tables * size, int32_t);
	for (i = 0; i < n; i++)
		memcpy(t->T + (size_t)t->of[i] * size, thresholds + i * size, size * sizeof(*thresholds));
	free(table);
	t->lut = MEM_NEW((size_t)t->n_tables * hw->adc_bits, struct gm_lut);
}

static void forget(struct gm_tables *t)
{
	int i;

	for (i = 0; i < t->n_tables * t->adc_bits; i++) {
		if (t->lut[i].code)
			free(t->lut[i].code - t->smax);
		if (t->lut[i].steps)
			free(t->lut[i].steps - t->smax);
		t->lut[i] = (struct gm_lut){ NULL, NULL, -1 };
	}
	t->version++;
}

void gm_tables_release(struct gm_tables *t)
{
	forget(t);
	free(t->lut);
	free(t->of);
	free(t->T);
}

void gm_tree_reset(const struct gm_hw *hw, struct ro_tree *t)
{
	int k, half, bits = hw->adc_bits;

	memset(t, 0, sizeof(*t));
	t->root = (uint16_t)(1 << (bits - 1));
	for (k = 1; k < 1 << bits; k++) {
		half = (k & -k) / 2;
		t->left[k] = (uint16_t)(half ? k - half : 0);
		t->right[k] = (uint16_t)(half ? k + half : 0);
	}
}

static bool windows_equal(const struct ro_window *a, const struct ro_window *b)
{
	int s;

	for (s = 0; s < GM_SETS; s++)
		if (a[s].lsb != b[s].lsb || a[s].low != b[s].low || a[s].nearest != b[s].nearest)
			return false;
	return true;
}

void gm_tables_set(struct gm_tables *t, const struct gm_hw *hw, const struct gm_regs *regs)
{
	struct ro_tree tree;
	int s;

	if (t->ideal && !(t->version && windows_equal(t->window, regs->window))) {
		forget(t);
		memcpy(t->window, regs->window, sizeof(t->window));
		for (s = 0; s < GM_SETS; s++)
			ro_ideal_table(&t->window[s], t->adc_bits, t->grid_bits, t->T + ((size_t)s << t->adc_bits));
	}
	t->conv = (struct ro_conv){ .kind = hw->kind, .bits = hw->adc_bits, .flash_bits = hw->flash_bits, .ones = hw->ones, .samples = regs->samples };
	if (!hw->asymmetric)
		return;
	if (regs->tree)
		tree = *regs->tree;
	else
		gm_tree_reset(hw, &tree);
	if (memcmp(&tree, &t->tree, sizeof(tree)))
		forget(t);
	t->tree = tree;
	t->conv.tree = &t->tree;
}

const int32_t *gm_tables_at(const struct gm_tables *t, int converter, int set)
{
	return t->T + ((size_t)t->of[converter * GM_SETS + set] << t->adc_bits);
}

bool gm_tables_uniform(const struct gm_tables *t)
{
	return t->ideal || t->n_tables == 1;
}

static void make_lut(const struct gm_tables *t, struct gm_lut *l, const int32_t *T, int bits)
{
	size_t n = 2 * (size_t)t->smax + 2;
	uint16_t *code = MEM_NEW(n, uint16_t), *steps = t->conv.tree ? MEM_NEW(n, uint16_t) : NULL;
	int i;

	ro_lookup(&t->conv, T, bits, t->grid_bits, -t->smax, t->smax, code, steps);
	l->code = code + t->smax;
	l->steps = steps ? steps + t->smax : NULL;
	l->clip = l->code[t->smax];
	for (i = 0; i <= t->smax; i++)
		if (l->code[i] != (i < l->clip ? i : l->clip)) {
			l->clip = -1;
			break;
		}
}

const struct gm_lut *gm_tables_lut(struct gm_tables *t, int converter, int set, int bits)
{
	struct gm_lut *l = &t->lut[(size_t)t->of[converter * GM_SETS + set] * t->adc_bits + bits - 1];

	if (!l->code)
		make_lut(t, l, gm_tables_at(t, converter, set), bits);
	return l;
}

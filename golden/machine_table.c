/* Threshold tables of the golden machine. A conversion is a look-up: the table count -> code is made by asking the SAR's questions for
 * every count (docs/numerics.md section 4), so that it is exact for tables that are not monotone too.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/machine_parts.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

static uint64_t hash_table(const int32_t *T, size_t n)
{
	uint64_t h = 1469598103934665603u;
	size_t k;

	for (k = 0; k < n; k++)
		h = (h ^ (uint32_t)T[k]) * 1099511628211u;
	return h ^ h >> 29;
}

void gm_tables_init(struct gm_tables *t, const struct gm_hw *hw, const int32_t *thresholds)
{
	size_t n = (size_t)hw->tiles * hw->adcs * GM_SETS, size = (size_t)1 << hw->adc_bits;
	size_t slots = 16, cap = 0, i;
	int *slot;

	memset(t, 0, sizeof(*t));
	t->adc_bits = hw->adc_bits;
	t->grid_bits = hw->grid_bits;
	t->smax = hw->rows * ((1 << hw->cell_bits) - 1);
	t->of = MEM_NEW(n, int);
	while (slots < 2 * n)
		slots *= 2;
	slot = MEM_NEW(slots, int); /* table + 1, 0 empty */
	for (i = 0; i < n; i++) {
		const int32_t *T = thresholds + i * size;
		size_t h = hash_table(T + 1, size - 1) & (slots - 1);

		while (slot[h] && memcmp(t->T + (size_t)(slot[h] - 1) * size + 1, T + 1, (size - 1) * sizeof(*T)))
			h = (h + 1) & (slots - 1);
		if (!slot[h]) {
			if ((size_t)t->n_tables == cap) {
				cap = cap ? 2 * cap : 4;
				t->T = mem_realloc(t->T, cap, size * sizeof(*T));
			}
			memcpy(t->T + (size_t)t->n_tables * size, T, size * sizeof(*T));
			slot[h] = ++t->n_tables;
		}
		t->of[i] = slot[h] - 1;
	}
	free(slot);
	t->code = MEM_NEW((size_t)t->n_tables * hw->adc_bits, uint16_t *);
}

void gm_tables_release(struct gm_tables *t)
{
	int i;

	for (i = 0; i < t->n_tables * t->adc_bits; i++)
		free(t->code[i]);
	free(t->code);
	free(t->of);
	free(t->T);
}

const uint16_t *gm_tables_codes(struct gm_tables *t, int converter, int set, int bits)
{
	int table = t->of[converter * GM_SETS + set], count;
	uint16_t **code = &t->code[(size_t)table * t->adc_bits + bits - 1];

	if (!*code) {
		const int32_t *T = t->T + ((size_t)table << t->adc_bits);

		*code = MEM_NEW((size_t)t->smax + 1, uint16_t);
		for (count = 0; count <= t->smax; count++)
			(*code)[count] = (uint16_t)ro_sar(T, bits, t->grid_bits, count);
	}
	return *code;
}

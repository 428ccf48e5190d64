/* Fault files and bad-column files, and the repair map of what they name. Input: machine and kind of file (1 byte), file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/faults.h"
#include "map/repair.h"
#include "tests/fuzz/fuzz.h"

static const struct gm_hw machine[] = {
	{ .rows = 8, .cols = 8, .tiles = 2, .adcs = 4, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .kind = RO_SAR, .spares = 2 },
	{ .rows = 12, .cols = 9, .tiles = 3, .adcs = 1, .adc_bits = 3, .cell_bits = 2, .grid_bits = 4, .kind = RO_FLASH, .spares = 3 },
	{ .rows = 8, .cols = 8, .tiles = 1, .adcs = 2, .adc_bits = 4, .cell_bits = 1, .grid_bits = 4, .kind = RO_HYBRID, .flash_bits = 2 },
	{ .rows = 1024, .cols = 1024, .tiles = 64, .adcs = 256, .adc_bits = 8, .cell_bits = 1, .grid_bits = 4, .kind = RO_SAR, .spares = 4 },
};

static void repair(const struct gm_hw *hw, bool dif, const struct gf_columns *c)
{
	struct cfg cfg = { .name = "fuzz", .rows = hw->rows, .cols = hw->cols, .tiles = hw->tiles, .adcs = hw->adcs, .spares = hw->spares, .weight_code = dif ? CFG_DIF : CFG_TC };
	struct map_bad *bad = malloc((c->n + 1) * sizeof(*bad));
	struct map_repair *r;
	struct err e = { 0 };
	uint32_t *words;
	size_t n;

	for (size_t i = 0; i < c->n; i++)
		bad[i] = (struct map_bad){ c->column[i].tile, c->column[i].column };
	if (map_repair(&cfg, bad, c->n, &r, &n, &e)) {
		fuzz_refused(&e);
	} else {
		words = calloc((size_t)hw->tiles * (size_t)hw->spares + 1, sizeof(*words));
		map_repair_words(&cfg, r, n, words);
		free(words);
		free(r);
	}
	free(bad);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct gm_hw *hw;
	struct gf_columns columns;
	struct gf_faults faults;
	struct err e = { 0 };

	if (size < 1)
		return 0;
	hw = &machine[data[0] & 3];
	fuzz_file(data + 1, size - 1);
	if (data[0] & 4) {
		if (gf_read(hw, FUZZ_PATH, &faults, &e)) {
			fuzz_refused(&e);
			return 0;
		}
		for (size_t i = 0; i < faults.n; i++) {
			const struct gf_fault *f = &faults.fault[i];
			bool cell = f->kind == GF_CELL;

			if (f->tile < 0 || f->tile >= hw->tiles || f->at < 0 || f->at >= (cell ? hw->rows : hw->adcs) || f->index < 0 || f->index > (cell ? gm_columns(hw) - 1 : gm_refs(hw)))
				fuzz_broken("a fault beyond the machine", NULL);
		}
		gf_columns_of(hw, &faults, &columns);
		gf_release(&faults);
	} else if (gf_read_columns(hw, FUZZ_PATH, &columns, &e)) {
		fuzz_refused(&e);
		return 0;
	}
	for (size_t i = 0; i < columns.n; i++)
		if (columns.column[i].tile < 0 || columns.column[i].tile >= hw->tiles || columns.column[i].column < 0 || columns.column[i].column >= hw->cols)
			fuzz_broken("a column beyond the machine", NULL);
	repair(hw, data[0] & 8, &columns);
	gf_columns_release(&columns);
	return 0;
}

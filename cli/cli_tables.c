/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_tables.h"
#include "adc/tables.h"
#include "lib/numbers.h"
#include "common/mem.h"
#include "cosim/thresholds.h"
#include <stdlib.h>
#include <string.h>

static void look(struct cli_tables *t, const struct gm_hw *hw)
{
	size_t table = (size_t)1 << hw->adc_bits, bytes = table * sizeof(int32_t);

	t->first = MEM_NEW((size_t)hw->adcs * table, int32_t);
	t->same_lanes = t->same_tiles = true;
	for (int i = 0; i < hw->tiles * hw->adcs; i++) {
		const int32_t *T = t->golden + (size_t)i * GM_SETS * table;
		int lane = i % hw->adcs;

		if (i < hw->adcs)
			memcpy(t->first + (size_t)lane * table, T, bytes);
		t->same_tiles &= !memcmp(T, t->first + (size_t)lane * table, bytes);
		t->same_lanes &= !memcmp(T, t->golden + (size_t)(i - lane) * GM_SETS * table, bytes);
	}
}

void cli_tables_take(struct cli_tables *t, const struct cfg *c, int32_t *T)
{
	struct gm_hw hw = numbers_hw(c);
	size_t n = at_count(c);

	t->hardware = T;
	t->golden = MEM_NEW(n, int32_t);
	memcpy(t->golden, T, n * sizeof(*T));
	look(t, &hw);
	at_digest(T, n, t->digest);
}

/* a file: both sides take it as it is */
static int read_tables(struct cli_tables *t, const struct cfg *c, const char *file, struct err *e)
{
	int32_t *T;

	if (c->kind == CFG_DIGITAL)
		return err_set(e, ERR_INPUT, "--thresholds '%s' with array.kind \"digital\": a digital array has no thresholds to replace; set array.kind=analog", file);
	T = MEM_NEW(at_count(c), int32_t);
	if (at_read(c, file, T, e)) {
		free(T);
		return -1;
	}
	cli_tables_take(t, c, T);
	return 0;
}

int cli_tables_make(struct cli_tables *t, const struct cfg *c, const char *file, struct err *e)
{
	struct gm_hw hw = numbers_hw(c);
	size_t n = at_count(c);

	memset(t, 0, sizeof(*t));
	if (file)
		return read_tables(t, c, file, e);
	if (at_ideal(c) && c->reference == CFG_LOCAL)
		return 0;
	t->hardware = MEM_NEW(n, int32_t);
	t->golden = MEM_NEW(n, int32_t);
	at_build(c, t->hardware);
	numbers_tables(c, t->golden);
	look(t, &hw);
	at_digest(t->hardware, n, t->digest);
	return thresholds_agree(&hw, t->hardware, t->digest, t->golden, e);
}

void cli_tables_release(struct cli_tables *t)
{
	free(t->hardware);
	free(t->golden);
	free(t->first);
	memset(t, 0, sizeof(*t));
}

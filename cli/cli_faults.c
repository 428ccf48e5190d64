/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_faults.h"
#include "lib/numbers.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

static int make_map(struct cli_faults *f, const struct cfg *c, const struct gf_columns *columns, struct err *e)
{
	struct map_bad *bad = MEM_NEW(columns->n, struct map_bad);
	int rc;

	for (size_t i = 0; i < columns->n; i++)
		bad[i] = (struct map_bad){ columns->column[i].tile, columns->column[i].column };
	rc = map_repair(c, bad, columns->n, &f->repair, &f->n_repair, e);
	free(bad);
	if (rc)
		return rc;
	f->words = MEM_NEW((size_t)c->tiles * (size_t)c->spares, uint32_t);
	map_repair_words(c, f->repair, f->n_repair, f->words);
	return 0;
}

int cli_faults_load(struct cli_faults *f, const struct cfg *c, const char *faults, const char *bad, struct err *e)
{
	struct gm_hw hw = numbers_hw(c);
	bool by_itself = bad && !strcmp(bad, "auto");
	struct gf_columns columns = { NULL, 0 };
	int rc = 0;

	if (faults && c->kind == CFG_DIGITAL)
		return err_set(e, ERR_INPUT, "--faults '%s' with array.kind \"digital\": only the behavioural view has faults; set array.kind=analog", faults);
	if (by_itself && !faults)
		return err_set(e, ERR_INPUT, "--bad auto takes the columns of a fault file's cells: add --faults FILE, or name a bad-column file");
	if (faults && gf_read(&hw, faults, &f->faults, e))
		return -1;
	if (by_itself)
		gf_columns_of(&hw, &f->faults, &columns);
	else if (bad)
		rc = gf_read_columns(&hw, bad, &columns, e);
	if (!rc && bad)
		rc = make_map(f, c, &columns, e);
	gf_columns_release(&columns);
	return rc;
}

void cli_faults_release(struct cli_faults *f)
{
	gf_release(&f->faults);
	free(f->repair);
	free(f->words);
	memset(f, 0, sizeof(*f));
}

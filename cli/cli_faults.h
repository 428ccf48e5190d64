/* --faults and --bad: what is broken, and the repair map for it (docs/faults.md sections 4 and 5).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CLI_FAULTS_H
#define CLI_CLI_FAULTS_H
#include "common/cfg.h"
#include "golden/faults.h"
#include "map/repair.h"

struct cli_faults {
	struct gf_faults faults;
	struct map_repair *repair;
	size_t n_repair;
	uint32_t *words;       /* of REPAIR, [tiles * spares]; NULL: no map was asked for */
};

/* faults, bad: files, or NULL; bad "auto": the columns of the fault file's cells */
int cli_faults_load(struct cli_faults *f, const struct cfg *c, const char *faults, const char *bad, struct err *e);
void cli_faults_release(struct cli_faults *f);

#endif

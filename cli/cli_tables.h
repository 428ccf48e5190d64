/* Threshold tables of a run, made twice: by adc/ for the macro, by golden for itself; or read once from a file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TABLES_H
#define CLI_TABLES_H
#include "common/cfg.h"
#include "golden/machine.h"

/* Index of both as gm_new and docs/macro.md. NULL: ideal tables, which both sides make for themselves from the window. */
struct cli_tables {
	int32_t *hardware, *golden;
	char digest[65];            /* SHA-256 of the file that the macro reads, and of golden's own in that form; empty without tables */
	bool same_lanes, same_tiles; /* set 0: all converters of a tile alike; all tiles alike */
	int32_t *first;             /* tile 0, set 0: [adcs][1 << bits], what golden's layer takes; golden's own */
};

/* file (docs/macro.md) NULL: from the configuration. Immersed references always have tables: their thresholds lie between counts (docs/network.md).
 * ERR_DIFF names the first entry in which adc/ and golden differ. Release in any case. */
int cli_tables_make(struct cli_tables *t, const struct cfg *c, const char *file, struct err *e);
/* T [at_count], taken over, for both sides */
void cli_tables_take(struct cli_tables *t, const struct cfg *c, int32_t *T);
void cli_tables_release(struct cli_tables *t);

#endif

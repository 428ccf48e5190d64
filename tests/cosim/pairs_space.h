/* The space of configurations, cut into bins: every value of an enumeration, parts of every range (least, most, powers of two, awkward numbers).
 * Keys, choices and rules come from the schema and the checker (common/cfg_schema.h); only the cutting is told here.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PAIRS_SPACE_H
#define PAIRS_SPACE_H
#include "common/cfg.h"
#include "common/prng.h"
#include <stdbool.h>

enum { SPACE_AXES = 64, SPACE_BINS = 192 };

int space_axes(void);
int space_bins(void);                  /* of all axes, axis after axis */
int space_axis(int bin);
void space_name(int bin, char text[96]); /* "array.rows 1024" */
/* the bin of every axis that has a meaning in c, else -1 */
void space_of(const struct cfg *c, int bin[SPACE_AXES]);
/* Draws every axis anew (run_only: those that need no new elaboration), with the n wanted bins, and mends what the checker refuses.
 * small: nothing that takes long to build. false: no legal configuration was found. */
bool space_draw(struct cfg *c, struct prng *p, const int *want, int n, bool run_only, bool small);

#endif

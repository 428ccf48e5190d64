/* What ngspice measured of a deck (spice/deck.h) against a table of thresholds, all in counts.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SPICE_COMPARE_H
#define SPICE_COMPARE_H
#include "common/buf.h"
#include "common/cfg.h"
#include <stdint.h>

struct spice_report {
	int codes, counts;     /* compared: references of codes 1..codes, columns of counts 0..counts - 1 */
	double reference;      /* largest difference of a reference level from T, without the comparator's offset */
	double column;         /* largest difference of a column level from its count */
	int off;               /* levels that are further off than the tolerance */
	int decisions;         /* counts * codes */
	int different;         /* decisions that are not count * 2^grid_bits >= T */
	int far;               /* of these, with count and T more than both tolerances apart */
};

/* T[2^bits] of the converter, grid values; dir: where ngspice ran. Appends a table for gnuplot: block 0 `code expected measured`, block 1 `count expected measured`.
 * ERR_ENV: the files are missing, cut short or hold no numbers, as when ngspice stopped early. */
int spice_compare(const struct cfg *c, int tile, int lane, const int32_t *T, const char *dir, struct spice_report *r, struct buf *table, struct err *e);
/* How far the circuit's parasitics and the grid may move a level; why: docs/spice.md */
double spice_tolerance(double level);
/* no level and no decision is further off than that */
bool spice_agrees(const struct spice_report *r);

#endif

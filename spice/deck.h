/* ngspice deck of one converter of an immersed pair: the serving array's lines make every code's reference, one after the other, while the
 * client's columns hold every count at once. What it measures it writes to SPICE_LEVELS and SPICE_DECISIONS in the directory it runs in.
 * What is modelled and what is not: docs/spice.md.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SPICE_DECK_H
#define SPICE_DECK_H
#include "common/buf.h"
#include "common/cfg.h"

#define SPICE_LEVELS "levels.txt"       /* a line per code 0, 1, ..: time, reference, column of count 0, 1, .. rows; s, V; code 0 and what follows the last code mean nothing */
#define SPICE_DECISIONS "decisions.txt" /* the same lines: time, comparator of count 0, 1, .. rows; above 0.5 when the column is above */
#define SPICE_SUPPLY 1.0                /* volts */

/* ERR_INPUT: see spice/lines.h */
int spice_deck(const struct cfg *c, int tile, int lane, struct buf *out, struct err *e);
/* of the code's line, s */
double spice_decision_time(int code);

#endif

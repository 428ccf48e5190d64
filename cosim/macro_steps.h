/* Steps of the core on the macro's pins, as rules 1..7 of docs/macro.md allow them: rows, planes, conversions. Nothing but pins and expectations.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_MACRO_STEPS_H
#define COSIM_MACRO_STEPS_H
#include "cosim/macro_vectors.h"

enum { MOST = (1 << 23) - 1 }; /* the highest forced level; the lowest is -MOST - 1 */

void ms_quiet(struct mv *v);                                        /* all inputs 0, but the window and bits_i */
void ms_reset(struct mv *v);
void ms_window(struct mv *v, int lsb, int low, bool nearest);
void ms_own_window(struct mv *v);                                   /* the configuration's, all bits, set 0 */
bool ms_window_is_free(const struct mv *v);                         /* thresholds follow the window pins */
int ms_last_code(const struct mv *v);

void ms_write_row(struct mv *v, int row);                           /* what wdata_i has */
void ms_read_row(struct mv *v, int rule, int row, int clocks);      /* clocks of re_i, then the data */
void ms_read_all(struct mv *v, int rule);
void ms_load(struct mv *v);                                         /* random cells */

void ms_evaluate(struct mv *v);                                     /* precharge, evaluate, capture of plane_i */
void ms_take(struct mv *v);                                         /* hold_i */
void ms_plane(struct mv *v);                                        /* both */
int ms_positions(const struct mv *v);                               /* of columns, or of pairs while pair_i is set */
void ms_enable(struct mv *v, int position);                         /* the lanes that have a column there */
void ms_sample(struct mv *v, int position);
void ms_force(struct mv *v, int64_t level);                         /* every lane samples it */
void ms_force_lanes(struct mv *v, int64_t level);                   /* the lanes of lane_en_i */

void ms_all_refs(struct mv *v, int code);
void ms_compare(struct mv *v, int rule, int ask);                   /* one compare cycle */
void ms_both_sides(struct mv *v, int rule, bool *seen);             /* seen NULL: nobody asks */
void ms_probe(struct mv *v, int rule);
void ms_all_positions(struct mv *v, int rule, bool backwards);

void mv_columns(struct mv *v);                                      /* the part of mv_all in macro_columns.c */

#endif

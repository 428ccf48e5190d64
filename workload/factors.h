/* How a matrix is cut into the two stages of a Monarch product: docs/placement.md section 1. Private to workload/.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKLOAD_FACTORS_H
#define WORKLOAD_FACTORS_H
#include "workload/workload.h"

int factors_ceil_div(int a, int b);
/* m->out, m->in are set, the rest is filled in */
void factors_dense(struct wl_matrix *m);
void factors_paper(struct wl_matrix *m);
void factors_blocks(struct wl_matrix *m, int b);             /* r = 1 */
void factors_own(struct wl_matrix *m, int b, int r, int p);  /* of a checkpoint */
int factors_fit(int out, int in);                            /* b of WL_FIT */

#endif

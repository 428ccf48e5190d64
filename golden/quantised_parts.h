/* What golden/quantised.c and golden/calibrate.c share, and nobody else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_QUANTISED_PARTS_H
#define GOLDEN_QUANTISED_PARTS_H
#include "golden/quantised.h"

enum { GQ_WHERE = 64 };

int gq_layers(const struct gq *g); /* the head is the last one */
void gq_where(const struct gq *g, int i, char where[GQ_WHERE]); /* "layer '0.wq'" */
/* stage R requantisers of a Monarch layer out of its present k_l (numerics.md section 7) */
int gq_requantisers(const struct gl_readout *ro, struct gq_layer *q, const char *where, struct err *e);

#endif

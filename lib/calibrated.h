/* A model's layers in golden's integers, with the factors that its file does not say.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LIB_CALIBRATED_H
#define LIB_CALIBRATED_H
#include "golden/quantised.h"

enum { CALIBRATED_TOKENS = 512 };
/* The head too when asked for. Layers whose factors the file does not say are calibrated on CALIBRATED_TOKENS tokens of the model's own text drawn from the
 * seed: the same seed gives the same layers in every command. own (may be NULL) receives that text. NULL with e set on failure. */
struct gq *calibrated_new(const struct model *m, const struct gl_readout *ro, bool head, unsigned long seed, struct text *own, struct err *e);

#endif

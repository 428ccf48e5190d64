/* A saved state of training: a safetensors file with theta, both moments, k, the step and the identity of the run (docs/train.md section 6).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_STATE_H
#define TRAIN_STATE_H
#include "common/err.h"
#include "train/params.h"

struct state { long step; float *m, *v; }; /* moments [p->n] */

int state_save(const char *path, const char *identity, const struct params *p, const struct state *s, struct err *e);
/* false in *found and no error: the file is not there. ERR_INPUT: damaged, or of another run (what differs is said) */
int state_load(const char *path, const char *identity, struct params *p, struct state *s, bool *found, struct err *e);

#endif

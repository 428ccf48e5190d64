/* What the readers of this folder share behind model_load; not for other folders.
 * Every reader gets the whole file, fills a zeroed model, and leaves what it allocated in m->memory and m->layers, also when it fails.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECKPOINT_READER_H
#define CHECKPOINT_READER_H
#include "checkpoint/model.h"
#include "checkpoint/safetensors.h"
#include "common/buf.h"

enum { LLAMA2C_MAGIC = 0x616b3432 };

int llama2c_v0(struct model *m, const struct buf *b, const char *path, struct err *e);
int llama2c_v2(struct model *m, const struct buf *b, const char *path, struct err *e);
int st_model(struct model *m, const struct st_file *f, const char *path, struct err *e);
/* Header numbers against each other; before anything is allocated for them. */
int model_check(const struct model *m, const char *path, struct err *e);
void model_shape(const struct model *m, int id, int *out, int *in); /* of a linear layer */

#endif

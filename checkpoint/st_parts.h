/* What checkpoint/st_model.c and checkpoint/st_linear.c share, and nobody else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECKPOINT_ST_PARTS_H
#define CHECKPOINT_ST_PARTS_H
#include "checkpoint/reader.h"

enum { ST_TOP = 1 << 24 /* largest dimension */, ST_NAME = 64 };

struct st_reader {
	struct model *m;
	const struct st_file *f;
	const char *path;
	struct err *e;
	float **at;   /* [f->n] converted tensors, inside m->memory */
	bool *used;   /* [f->n] */
};

/* NULL and no error when it is not there; with an error when it has not n_dims dimensions of 1..ST_TOP */
const struct st_tensor *st_tensor_of(struct st_reader *r, const char *name, int n_dims);
/* its numbers; the tensor has found its place */
float *st_use(struct st_reader *r, const struct st_tensor *t);
/* [rows] (rows, cols = n, 0) or [rows,cols], exactly; NULL with an error */
const float *st_take(struct st_reader *r, const char *name, int rows, int cols);
void st_linear_name(char name[ST_NAME], int layer, int id, const char *suffix);

/* st_linear.c: one linear layer with all its tensors */
int st_linear(struct st_reader *r, int layer, int id);

#endif

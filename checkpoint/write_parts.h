/* What checkpoint/safetensors_write.c and checkpoint/integers_write.c share, and nobody else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECKPOINT_WRITE_PARTS_H
#define CHECKPOINT_WRITE_PARTS_H
#include "checkpoint/safetensors_write.h"
#include "common/buf.h"
#include <stdint.h>

enum { WR_NAME = 48 };

struct wr_tensor {
	char name[WR_NAME];
	int n_dims;
	int shape[3];
	const float *whole;             /* NULL: integers, or rows that come from the layers */
	const float *(*row)(const struct model *m, int layer);
	int8_t *integers;               /* type I8; owned */
	float *own;                     /* what whole points to where it was made for the file; owned */
};

struct wr_list {
	const struct model *m;
	int bits;                       /* 0: float32 */
	model_row_fn row;               /* of integers */
	struct wr_tensor *t;
	size_t n;
};

/* bits 0: floats; no tensor yet */
void wr_init(struct wr_list *l, const struct model *m, int bits);
/* b, c: 0 from the first dimension on that is not there */
struct wr_tensor *wr_add(struct wr_list *l, const char *name, int a, int b, int c, const float *whole);
/* integers_write.c: NAME and NAME.scale */
void wr_add_integers(struct wr_list *l, const char *name, int a, int b, int c, const float *w);
/* fills the list with the model's tensors and writes the file */
int wr_write(struct wr_list *l, const char *path, struct err *e);
void wr_release(struct wr_list *l);

#endif

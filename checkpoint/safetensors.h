/* safetensors, read strictly: header length, JSON without duplicate keys, contiguous offsets, checked shape products, exact file size.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECKPOINT_SAFETENSORS_H
#define CHECKPOINT_SAFETENSORS_H
#include "common/buf.h"
#include "common/err.h"
#include <stdint.h>

struct st_tensor {
	char *name;
	char dtype[8];     /* "F32" "F16" "BF16" "I8" "U8" "I16" "I32" "I64" "F64" "BOOL" */
	int n_dims;        /* 0..8 */
	int64_t shape[8];
	const uint8_t *data; /* unaligned, use memcpy */
	size_t bytes;
};

struct st_file {
	struct buf bytes;
	struct st_tensor *tensors; /* in file order */
	size_t n;
	char **meta_key, **meta_value; /* __metadata__ */
	size_t n_meta;
};

/* a failure leaves f empty: no release is due */
int st_parse(struct st_file *f, const char *path, struct err *e);
int st_parse_bytes(struct st_file *f, struct buf *bytes /* taken over */, const char *name, struct err *e); /* release f after a failure, too */
const struct st_tensor *st_find(const struct st_file *f, const char *name); /* NULL: not there */
/* any numeric dtype to float32, count = product of shape; new memory. file: its name in a message */
float *st_floats(const struct st_tensor *t, const char *file, size_t *count, struct err *e);
void st_release(struct st_file *f);

#endif

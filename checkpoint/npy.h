/* .npy arrays (version 1 and 2, little-endian, C order).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECKPOINT_NPY_H
#define CHECKPOINT_NPY_H
#include "common/err.h"
#include <stdbool.h>
#include <stdint.h>

struct npy {
	bool is_float;     /* the file's dtype was floating */
	int n_dims;        /* 1..2; a 1-D file reads as one row */
	int64_t rows, cols;
	double *data;      /* [rows][cols] */
};

/* i1 u1 i2 u2 i4 u4 i8 f2 f4 f8; Fortran order, other types, truncation, trailing bytes: ERR_INPUT */
int npy_read(struct npy *a, const char *path, struct err *e);
void npy_release(struct npy *a);
int npy_write_i32(const char *path, const int32_t *data, int64_t rows, int64_t cols, struct err *e);

#endif

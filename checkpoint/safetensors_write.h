/* safetensors files as this folder's strict reader wants them: tensors sorted by name, contiguous, float32 or integers; the header padded with blanks to a multiple of 8.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECKPOINT_SAFETENSORS_WRITE_H
#define CHECKPOINT_SAFETENSORS_WRITE_H
#include "checkpoint/model.h"
#include "common/err.h"
#include <stdint.h>

/* The model with the names and the __metadata__ of checkpoint/st_model.c: what model_load then gives has the same numbers to the bit. The head is written when it is not the embedding.
 * The file appears whole or not at all. ERR_INPUT: more tensors or bytes than the reader takes; ERR_ENV: it cannot be written. */
int model_write(const struct model *m, const char *path, struct err *e);
/* w[in] -> q[in] of `bits` bits; returns the scale. Quantisers live where numbers are made (golden/code.h: gc_quantise), not with the files */
typedef float (*model_row_fn)(int bits, const float *w, int in, int8_t *q);
/* The same with the linear layers of the blocks as integers: tensors I8 and, per output row, F32 NAME.scale (docs/train.md section 5), k and k_out where the model has them.
 * bits 2..8: rows are quantised to +/-(2^(bits-1) - 1) as docs/numerics.md section 2 does.
 * ERR_INPUT: a weight that is not finite. */
int model_write_integers(const struct model *m, int bits, model_row_fn row, const char *path, struct err *e);

#endif

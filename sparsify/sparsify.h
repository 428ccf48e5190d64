/* Dense to sparse: the best Monarch or block-diagonal matrix (Frobenius) for each linear layer, in the convention of docs/numerics.md section 7.
 * out[po*b + l] reads W[po*b + l][k*p + i] from input i of block k. For fixed (l, k) these are the s x p numbers that only L[l][.][k*r + j] and
 * R[k][l*r + j][.] can reach, and no two pairs (l, k) share a factor: b*b independent slices. So the best rank-r matrix of every slice (SVD) is the best of all:
 * L[l][po][k*r + j] = sqrt(s_j) u_j[po], R[k][l*r + j][i] = sqrt(s_j) v_j[i].
 * Padding is no weight: a slice ends at the last real output and input, and what lies beyond is zero in R and L.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SPARSIFY_SPARSIFY_H
#define SPARSIFY_SPARSIFY_H
#include "checkpoint/model.h"
#include "common/err.h"
#include <stdbool.h>
#include <stdint.h>

enum { SP_PAPER = 0, SP_FIT = -1 }; /* factors (docs/placement.md section 1); > 0: that number of blocks, padded as SP_FIT */
enum sp_kind { SP_MONARCH, SP_BLOCK_DIAGONAL };

/* as in struct model_linear: blocks, slice rank, inputs of a block, outputs of a block */
struct sp_shape { int b, r, p, s; };

/* name: of the layer, for messages. ERR_INPUT with the legal range when blocks or rank do not fit out x in. */
int sp_shape_make(struct sp_shape *f, const char *name, int out, int in, enum sp_kind kind, int factors, int rank, struct err *e);
/* weights that are no padding */
uint64_t sp_parameters(const struct sp_shape *f, int out, int in);

/* Best factors of w [out][in] (finite) into zeroed R [b][b*r][p] and L [b][s][b*r]; the same bytes for any number of threads (1..).
 * Returns the squared Frobenius distance of w and the product of the stored float32 factors. */
double sp_monarch(const float *w, int out, int in, const struct sp_shape *f, int threads, float *R, float *L);
/* Copies block q, outputs q*s.. and inputs q*p.., for q < b into zeroed to [out][in]; returns the squared distance. r is not used. */
double sp_block_diagonal(const float *w, int out, int in, const struct sp_shape *f, float *to);
uint64_t sp_block_diagonal_parameters(const struct sp_shape *f, int out, int in); /* weights inside the blocks */

/* product of a layer's factors: w [out][in] */
void sp_dense(const struct model_linear *f, float *w);
/* The paper's convention M = P L P R P (arXiv 2510.11192, section III-A) has M[po*b + l][i*b + k] = sum_j L[l][po][k*r + j] R[k][l*r + j][i] with factors of the same shapes:
 * it fixes (row offset, column offset) where ours, P L P R, fixes (row offset, column block). So M is our matrix of these very factors behind a permutation of the
 * inputs, our input k*p + i being input i*b + k of M: source[k*p + i] = i*b + k. A checkpoint has no place for that permutation, and without it
 * a slice of M has rank up to min(s, p): a layer is imported as the dense matrix, exact, which may be projected again. */
void sp_plprp_inputs(int b, int p, int *source /* [b*p] */);
void sp_plprp_dense(const struct model_linear *f, float *w /* [out][in] */);

/* ---- whole models */

struct sp_options {
	enum sp_kind kind;
	int factors, rank;
	bool plprp;      /* factors that the model has are P L P R P: expand them */
	int threads;     /* 1.. */
};

enum sp_form {
	SP_IS_DENSE,     /* untouched */
	SP_IS_FACTORS,   /* had factors, untouched */
	SP_IS_EXPANDED,  /* had P L P R P factors, now dense */
	SP_IS_MONARCH,   /* projected */
	SP_IS_BLOCKS,    /* projected; stored dense with zeros */
};

struct sp_layer {
	int layer, id;               /* 3, MODEL_W2 */
	int out, in;
	enum sp_form form;
	struct sp_shape shape;       /* 0 for SP_IS_DENSE, SP_IS_EXPANDED */
	double norm2, error2;        /* squared Frobenius norm before, squared distance; 0 when untouched */
	uint64_t before, after;      /* weights that are no padding */
};

struct sp_result {
	struct model model;          /* norms, embeddings and untouched layers are the source's own memory */
	struct sp_layer *layer;      /* [n], n = layers of the model * MODEL_N_LINEAR */
	int n;
	float **own;                 /* [2 * n] new weights */
};

/* chosen [n_layers * MODEL_N_LINEAR]. from must outlive the result. ERR_INPUT names the layer, row and column of a weight that is not finite. */
int sp_model(struct sp_result *to, const struct model *from, const bool *chosen, const struct sp_options *o, struct err *e);
void sp_result_release(struct sp_result *to);
/* relative Frobenius error; of an all-zero matrix 0 */
double sp_relative(double error2, double norm2);

#endif

/* What is to be placed: the linear layers of a model as shapes, their factors, and which of them read the same vector. docs/placement.md section 1.
 * Shapes: the published configurations of the named models (table in workload/shapes.c); or any checkpoint.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKLOAD_WORKLOAD_H
#define WORKLOAD_WORKLOAD_H
#include "checkpoint/model.h"
#include "common/err.h"
#include <stdbool.h>
#include <stddef.h>

enum { WL_PAPER = 0, WL_FIT = -1 }; /* factors; > 0: that number of blocks, as WL_FIT */

/* A stage of factors: `blocks` stored blocks of in_p x out_p; the first n of them exist with in[k] x out[k] real weights (0 < in[k] <= in_p, 0 < out[k] <= out_p); the others are padding altogether. */
struct wl_stage { int blocks, in_p, out_p, n; int *in, *out; };

struct wl_matrix {
	char name[48];           /* "3.attn.q", of a checkpoint "3.wq" */
	int out, in;
	int layer, group;        /* groups are numbered through the model in order of execution; matrices of a group read the same vector */
	int n_stages;            /* 1: dense only (head; a checkpoint's dense layer without --factors); 2: Monarch R, L */
	int b, r;                /* of factors */
	struct wl_stage stage[2];/* factors: R, L. n_stages 1: stage[0] is one block in x out */
};

struct workload {
	char name[48];
	int context;             /* tokens that run together: the papers' 512, 1024, 1024 for BERT-large, BART-large, GPT-2-medium; other shapes: 128; a checkpoint: its seq_len */
	int n_groups;
	struct wl_matrix *matrix; size_t n;
};

/* name of SHAPES ("bert-large"); ERR_INPUT lists the names (and the nearest). factors: WL_PAPER, WL_FIT or blocks (1..: ERR_INPUT where larger than a matrix's smaller side). head: with_head adds embedding-side layers (dense, one stage). */
int wl_shapes(struct workload *w, const char *name, int factors, bool with_head, struct err *e);
/* every linear layer of a checkpoint in the form it has */
int wl_model(struct workload *w, const struct model *m, const char *name, struct err *e);
/* one matrix, for layers by themselves: factors as above; dense: n_stages 1 */
int wl_add(struct workload *w, const char *name, int out, int in, int layer, int group, bool dense, int factors, struct err *e);
void wl_release(struct workload *w);
extern const char *const wl_names[]; /* NULL at the end */

#endif

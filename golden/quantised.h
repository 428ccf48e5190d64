/* A whole model through a read-out: golden's own integers of every linear layer of the blocks (and the head on request), for perplexity and
 * for the activations that co-simulation feeds to RTL. Weights, activations, Monarch stages: docs/numerics.md sections 2, 6, 7.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_QUANTISED_H
#define GOLDEN_QUANTISED_H
#include "checkpoint/model.h"
#include "golden/layer.h"
#include "golden/text.h"

/* One layer in integers. Dense: w, sw. Monarch: per block k R[k] [b*r][p] and L[l] [s][b*r]; sR [b*b*r], sL [b*s] (index l*s + po), k [b] (k_l). */
struct gq_layer {
	const struct model_linear *src;
	int8_t *w; float *sw;
	int8_t *R, *L; float *sR, *sL;
	double *k;                 /* calibrated k_l, 1 before calibration */
	double k_out;              /* calibrated output factor, 1 before */
	uint32_t *M; int *shift;   /* stage R requantiser [b*b*r] */
	struct gl_matrix **mat;    /* dense: 1; Monarch: R blocks then L blocks */
};

struct gq {
	const struct model *m;
	struct gl_readout ro;
	struct gq_layer *layer;    /* [n_layers][MODEL_N_LINEAR], then the head when `head` */
	bool head;                 /* the head goes through the read-out, too */
	struct model_linear head_of; /* what layer[n_layers * MODEL_N_LINEAR].src points to */
	/* capture: called with the quantised input of every linear layer, when set */
	void (*capture)(void *ctx, int layer, int id, const int8_t *x, float s_x);
	void *capture_ctx;
};

/* k and k_out are those of the model where it has them, else 1. NULL with e set: a weight that is not finite, a requantiser factor out of range, an accumulator that could overflow */
struct gq *gq_new(const struct model *m, const struct gl_readout *ro, bool head, struct err *e);
void gq_free(struct gq *g);
/* numerics.md section 5: no accumulator of a matrix with `in` inputs can overflow, else ERR_INPUT; where: what the message begins with */
int gq_check_accumulator(const struct gl_readout *ro, int in, const char *where, struct err *e);
/* k_l and k_out of every layer from a float run over the given token sequences (numerics.md section 7) */
int gq_calibrate(struct gq *g, const struct text *t, struct err *e);
/* The calibration text that is used when the user gives none: sampled from the model itself, temperature 1, seed, n tokens (one sequence). */
void gq_self_text(const struct model *m, unsigned long seed, int n, struct text *t);
/* tf_linear_fn: quantise x, read out, dequantise. layer n_layers, id 0: the head */
void gq_linear(void *gq, int layer, int id, const float *x, float *y);
/* What an accumulator of a layer's last stage stands for. channel: output o of a dense layer, l*s + po of a Monarch one */
float gq_dequantise(const struct gq *g, const struct gq_layer *q, int channel, int32_t acc, float s_x);

/* What the read-out made of one vector, for a gradient that goes straight through (docs/train.md section 4). Any pointer may be NULL. */
struct gq_trace {
	float *x;        /* [in] the quantised input times its scale */
	float *mid;      /* Monarch: [b*b*r], index (l*b + k)*r + j: inputs of the L blocks, quantised, times s_x k_l */
	float *pass_mid; /* [b*b*r] as mid: 0 where the requantiser clamped, else gl_read_inside's share of that channel of stage R */
	float *pass_out; /* [out] gl_read_inside's share of the last stage; of a stage R or L alike 1 where nothing can saturate */
};
void gq_linear_traced(struct gq *g, int layer, int id, const float *x, float *y, const struct gq_trace *t);

#endif

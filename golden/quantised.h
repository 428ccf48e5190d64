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
	struct gq_layer *layer;    /* [n_layers][MODEL_N_LINEAR] */
	/* capture: called with the quantised input of every linear layer, when set */
	void (*capture)(void *ctx, int layer, int id, const int8_t *x, float s_x);
	void *capture_ctx;
};

/* NULL with e set: a weight that is not finite, a requantiser factor out of range, an accumulator that could overflow */
struct gq *gq_new(const struct model *m, const struct gl_readout *ro, struct err *e);
void gq_free(struct gq *g);
/* k_l and k_out of every layer from a float run over the given token sequences (numerics.md section 7) */
int gq_calibrate(struct gq *g, const struct text *t, struct err *e);
/* The calibration text that is used when the user gives none: sampled from the model itself, temperature 1, seed, n tokens (one sequence). */
void gq_self_text(const struct model *m, unsigned long seed, int n, struct text *t);
/* tf_linear_fn: quantise x, read out, dequantise */
void gq_linear(void *gq, int layer, int id, const float *x, float *y);

#endif

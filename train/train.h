/* The training loop: docs/train.md. Reproducible from the seed on the same number of threads; killed at any moment, it goes on from the last saved state.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_TRAIN_H
#define TRAIN_TRAIN_H
#include "common/err.h"
#include "golden/layer.h"
#include "golden/text.h"
#include "train/params.h"

struct train_options {
	long steps, warmup, batch;      /* batch: sequences of a step */
	double rate, last;              /* peak learning rate; its share at the end */
	double decay, beta2, clip;      /* weight decay; of AdamW; largest gradient norm */
	double divergence;              /* share of KL with the teacher in the loss, the rest is cross-entropy with the text; 0 without a teacher */
	bool keep_zeros;                /* zeros that dense layers start with stay zero */
	uint64_t seed;                  /* of the order of the sequences */
	int threads;
	long save_every, test_every;    /* steps; 0: never (the last step is always saved and tested) */
	const struct gl_readout *readout; /* linear layers forward through this read-out; NULL: floats */
	bool head;                      /* the head through it as well */
	long calibrate_every;           /* with a read-out: k and k_out anew from the float run of the first training sequences; 0: only where the model has none */
	/* threshold tables of draw n = 0, 1, .. of a distribution, one for every sequence of every step; NULL: those of readout. tables stay valid until the next call */
	int (*redraw)(void *ctx, long n, const int32_t **tables, struct err *e);
	void *redraw_ctx;
	const char *state;              /* file of the saved state; NULL: none */
	const char *identity;           /* what must be equal for a state to be resumed: the options as text, hashes of the files */
	bool resume;                    /* from state; when it is not there, from the beginning */
};

struct train_progress {
	long step, steps;
	double loss, divergence, rate, norm;  /* nats per token, mean since the last report: what is minimised; its KL alone (NaN without a teacher); gradient norm */
	double test;                          /* nats per token over the test text through the same read-out; NaN: not at this step */
	double tokens_per_second, seconds, seconds_left, cpu_seconds;
};

/* p: start and result. teacher NULL: none. test NULL: none. report (may be NULL) about once a second, every test_every steps and at the end; nonzero stops after saving. */
int train_run(struct params *p, const struct model *teacher, const struct text *text, const struct text *test, const struct train_options *o,
	      int (*report)(void *ctx, const struct train_progress *g), void *ctx, struct err *e);
/* mean negative log-likelihood per token of whole sequences through the read-out (NULL: floats), in nats; n: predictions */
double train_test(const struct params *p, const struct text *t, const struct gl_readout *readout, bool head, int threads, long *n, struct err *e);

#endif

/* Sequences through the network, many at a time; inside of train/train.c and train/test.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_BATCH_H
#define TRAIN_BATCH_H
#include "train/net.h"

/* Threads and what belongs to each. Integers with their converters (gq): one for all; where converters have state one per thread, and sequence i of several goes to
 * thread i mod threads; where every sequence has converters of its own one per sequence. */
struct crew {
	int threads, longest;
	bool state;               /* of converters: gq of each thread is its own */
	struct net **net, **said; /* [threads]; said: the teacher's, NULL without */
	float **dlogits;          /* [threads][longest][vocab] */
	struct gq **gq;           /* [n_gq]; NULL in floats */
	int n_gq;                 /* 1, threads, or sequences of a batch */
	bool own;                 /* the last of these */
	struct params hat;        /* the weights as the integers stand for them; only with backward */
	bool has_hat;
};

/* backward: for crew_batch; else for crew_losses. ro NULL: floats */
void crew_init(struct crew *c, const struct params *p, const struct model *teacher, const struct gl_readout *ro, int longest, int threads, bool backward);
void crew_release(struct crew *c);
/* integers of the present weights. draw: a number that converters with state begin with, 0: as the configuration says */
int crew_read(struct crew *c, const struct params *p, const struct gl_readout *ro, bool head, uint64_t draw, struct err *e);
/* the same for n sequences, each with threshold tables of its own: tables(ctx, i, ..) gives those of sequence i, valid until the next call */
int crew_read_each(struct crew *c, const struct params *p, const struct gl_readout *ro, bool head, uint64_t draw, int n,
		   int (*tables)(void *ctx, int i, const int32_t **T, struct err *e), void *ctx, struct err *e);

struct sequence { const int *tokens; int predictions; double loss, divergence; float *grad; }; /* tokens[predictions + 1]; sums in nats; grad [p->n] is overwritten */

/* loss and gradient of every sequence, prediction by prediction with this weight; share: of the divergence in the loss */
void crew_batch(struct crew *c, const struct params *p, const struct model *teacher, struct sequence *s, int n, double share, double weight);
/* cross-entropy of every sequence; no gradient */
void crew_losses(struct crew *c, const struct params *p, struct sequence *s, int n);

#endif

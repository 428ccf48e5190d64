/* One token sequence of a llama-family model forward and backward: docs/train.md sections 2 and 4.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_NET_H
#define TRAIN_NET_H
#include "golden/quantised.h"
#include "train/params.h"

/* How linear layers are multiplied. gq: their integers and read-out, made from the present weights (gq_new); one per thread where converters have state.
 * hat: the same weights as the integers stand for them, laid out like the model (net_hat). */
struct net_via { struct gq *gq; const struct params *hat; };

struct net; /* activations of a sequence: belongs to one thread */

/* for models of m's shape, sequences of up to `longest` tokens. backward false: less memory, no net_backward */
struct net *net_new(const struct model *m, int longest, bool backward);
void net_free(struct net *n);
/* logits [T][vocab], valid until the next call. m: any model of the shape. via NULL: floats. tokens stay
 * the caller's and are read again by net_backward */
const float *net_forward(struct net *n, const struct model *m, const struct net_via *via, const int *tokens, int T);
/* after net_forward of p->model with the same via: dlogits [T][vocab] (changed) -> added to grad [p->n] */
void net_backward(struct net *n, const struct params *p, const struct net_via *via, float *dlogits, float *grad);
/* to: a copy of p (params_copy), taken anew from p, whose linear layers become integer * scale of gq. The head stays in floats: it may be the embedding; net_backward
 * makes its weights when it went through the read-out */
void net_hat(struct params *to, const struct params *p, const struct gq *gq);

#endif

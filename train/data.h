/* Token sequences to train on: text, stories of the grammar, or what a teacher says; and the order in which they come.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_DATA_H
#define TRAIN_DATA_H
#include "golden/text.h"
#include <stdint.h>

/* n sequences of exactly `length` tokens sampled from m at `temperature`, each begun with BOS; where the model ends a story another begins in the same sequence (BOS).
 * Sequence i depends on (seed, i) alone: the same for any number of threads. progress: shown as "sampling". */
void data_sample(struct text *t, const struct model *m, int n, int length, double temperature, uint64_t seed, int threads);
/* sequence of the pool of n for draw d = 0, 1, ..: every epoch goes once through all of them in an order of its own, a function of (seed, epoch) */
struct data_order { uint64_t seed; int n; long epoch; int *perm; };
void data_order_init(struct data_order *o, int n, uint64_t seed);
void data_order_release(struct data_order *o);
int data_order_at(struct data_order *o, long d);

#endif

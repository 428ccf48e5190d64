/* A seeded story grammar: writes stories, reckons their probability, and its own entropy exactly. docs/train.md section 8.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_GRAMMAR_H
#define TRAIN_GRAMMAR_H
#include "common/buf.h"
#include "common/err.h"
#include <stdint.h>

struct grammar;

extern const char grammar_builtin[];  /* train/stories.grammar, embedded */
extern const size_t grammar_builtin_len;

/* name: of the text, for messages */
struct grammar *grammar_read(const char *text, size_t len, const char *name, struct err *e);
void grammar_free(struct grammar *g);
/* one story, a function of (seed, n): appended to out, no newline at its end */
void grammar_write(const struct grammar *g, uint64_t seed, uint64_t n, struct buf *out);
/* ln of the probability of the story text[len], -INFINITY when the grammar cannot write it; derivations: how many ways it could (capped at 1000), must be 1 */
double grammar_log_probability(const struct grammar *g, const char *text, size_t len, int *derivations);
/* entropy of a story in nats; its mean length in characters */
double grammar_entropy(const struct grammar *g, double *mean_length);

#endif

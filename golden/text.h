/* Text in: sequences of a file, tokens, perplexity.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_TEXT_H
#define GOLDEN_TEXT_H
#include "checkpoint/tokenizer.h"
#include "golden/transformer.h"

struct text {
	int n;         /* sequences: separated by a blank line, stripped, each begun with BOS */
	int **tokens;
	int *len;
};

int text_load(struct text *t, const char *path, const struct tokenizer *tok, struct err *e); /* empty file: ERR_INPUT */
void text_release(struct text *t);
/* exp(mean negative log-likelihood) over all predicted tokens; n_predicted out. Sequences longer than seq_len are cut there. */
double text_perplexity(struct tf *tf, const struct text *t, long *n_predicted);
/* greedy (temperature 0) or sampled continuation from BOS; tokens[n] out; stops early at BOS/EOS; returns how many */
int text_sample(struct tf *tf, int n, double temperature, unsigned long seed, int *tokens);

#endif

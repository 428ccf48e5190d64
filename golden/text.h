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
/* Next token of logits[n]: greedy at temperature 0, else drawn from softmax(logits / temperature) by a uniform number in [0, 1) */
int text_next(const float *logits, int n, double temperature, double unit);
/* Continues a prompt (tokens[n_prompt], BOS first) by up to n tokens, stops at BOS or EOS and where the context is full. token (may be NULL) hears every new
 * token at once, with the number of the position it stands at; nonzero stops. Returns how many new ones stand behind the prompt in tokens[n_prompt + n]. */
int text_continue(struct tf *tf, int *tokens, int n_prompt, int n, double temperature, unsigned long seed, int (*token)(void *ctx, int position, int token), void *ctx);
/* greedy (temperature 0) or sampled continuation from BOS; tokens[n] out; stops early at BOS/EOS; returns how many */
int text_sample(struct tf *tf, int n, double temperature, unsigned long seed, int *tokens);

#endif

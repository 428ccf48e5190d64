/* What golden and cosim share when a model writes: the prompt in, tokens to standard output as they come, and what is said of them afterwards.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SPEECH_H
#define CLI_SPEECH_H
#include "checkpoint/model.h"
#include "checkpoint/tokenizer.h"
#include "common/buf.h"
#include <jansson.h>

struct speech {
	struct tokenizer tok;
	bool has_tok;
	int *tokens;        /* [n_prompt + n]: prompt, BOS first, then the new ones */
	int n_prompt, n;    /* n: most new ones */
	int n_new;
	int context, asked; /* the model's seq_len; what the user asked for */
	bool print;         /* to standard output as it comes */
	struct buf text;    /* everything so far as bytes, prompt first */
};

/* tokenizer NULL: found beside the model. prompt NULL: BOS alone. ERR_INPUT: no tokenizer, a prompt that it cannot write or that is longer than the context.
 * Release in any case. */
int speech_begin(struct speech *s, const struct model *m, const char *model, const char *tokenizer, const char *prompt, long n, struct err *e);
void speech_release(struct speech *s);
/* the prompt is heard, to standard output when print */
void speech_echo(struct speech *s, bool print);
/* text_continue's hearer: a new token behind all others; always 0 */
int speech_token(void *speech, int position, int token);
/* Why it ended, when the model has run `positions` tokens: "count", "end" (BOS or EOS was drawn) or "context" */
const char *speech_stopped(const struct speech *s, int positions);
/* the same for people, empty or ", ..." */
const char *speech_stopped_text(const struct speech *s, int positions);
/* text, prompt_tokens, tokens, token_ids, stopped; text that is no UTF-8 has U+FFFD in its place */
void speech_json(const struct speech *s, int positions, json_t *j);
/* logits that cannot be compared or drawn from. ERR_INPUT */
int speech_check_logits(const float *logits, int n, const char *model, int position, struct err *e);

#endif

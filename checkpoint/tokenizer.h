/* llama2.c tokenizer files (tok512.bin): scores, BPE merges, byte fall-back.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECKPOINT_TOKENIZER_H
#define CHECKPOINT_TOKENIZER_H
#include "common/buf.h"
#include "common/err.h"

enum { TOK_BOS = 1, TOK_EOS = 2 };

struct tokenizer {
	int vocab, max_len;
	char **piece;  /* [vocab] */
	float *score;  /* [vocab] */
	int *sorted;   /* indices by piece, for lookup */
};

/* vocab must be the model's */
int tok_load(struct tokenizer *t, const char *path, int vocab, struct err *e);
void tok_release(struct tokenizer *t);
/* As llama2.c: BOS, dummy prefix space when text is not empty, UTF-8 with byte fall-back, best-scoring merges. tokens: new memory. */
int tok_encode(const struct tokenizer *t, const char *text, int **tokens, int *n, struct err *e);
/* llama2.c decode: strips the space after BOS, turns <0xNN> into the byte */
void tok_decode(const struct tokenizer *t, int previous, int token, struct buf *out);

#endif

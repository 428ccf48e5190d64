/* Tokenizer files, and a text through them. Input: vocabulary (1 byte, of the model), length of the text (1 byte), text, file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/tokenizer.h"
#include "tests/fuzz/fuzz.h"

/* tokens are of the vocabulary, and no more than the text has bytes beside BOS and the space (BOS itself may merge, as it does in run.c) */
static void encode(const struct tokenizer *t, const char *text)
{
	struct err e = { 0 };
	struct buf out;
	int *token, n;

	if (tok_encode(t, text, &token, &n, &e)) {
		fuzz_refused(&e);
		return;
	}
	if (n < 1 || (size_t)n > strlen(text) + 2)
		fuzz_broken("a text has the wrong number of tokens", NULL);
	buf_init(&out);
	for (int i = 1; i < n; i++) {
		if (token[i] < 0 || token[i] >= t->vocab)
			fuzz_broken("a token is not of the vocabulary", NULL);
		tok_decode(t, token[i - 1], token[i], &out);
	}
	buf_release(&out);
	free(token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct tokenizer t;
	struct buf out;
	char *text;
	size_t n;

	if (size < 2 || size - 2 < data[1])
		return 0;
	n = data[1];
	text = malloc(n + 1);
	memcpy(text, data + 2, n);
	text[n] = '\0';
	fuzz_file(data + 2 + n, size - 2 - n);
	if (tok_load(&t, FUZZ_PATH, data[0], &e)) {
		fuzz_refused(&e);
		free(text);
		return 0;
	}
	encode(&t, text);
	buf_init(&out);
	for (int i = 0; i < t.vocab; i++)
		tok_decode(&t, i ? i - 1 : TOK_BOS, i, &out);
	buf_release(&out);
	tok_release(&t);
	free(text);
	return 0;
}

/* Text in: sequences of a file, tokens, perplexity, sampling.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/text.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/prng.h"
#include "common/progress.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)64 << 20)

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* strips s[0..n-1], ends it with a NUL (s[n] is writable), adds its tokens as one sequence unless nothing is left */
static int add_sequence(struct text *t, char *s, size_t n, const struct tokenizer *tok, struct err *e)
{
	while (n > 0 && is_space(s[n - 1]))
		n--;
	for (; n > 0 && is_space(*s); s++)
		n--;
	if (n == 0)
		return 0;
	s[n] = '\0';
	t->tokens = mem_realloc(t->tokens, (size_t)t->n + 1, sizeof(*t->tokens));
	t->len = mem_realloc(t->len, (size_t)t->n + 1, sizeof(*t->len));
	if (tok_encode(tok, s, &t->tokens[t->n], &t->len[t->n], e))
		return -1;
	t->n++;
	return 0;
}

/* a line of blanks alone ends a sequence */
static int add_sequences(struct text *t, struct buf *b, const struct tokenizer *tok, struct progress *bar, struct err *e)
{
	size_t start = 0, line = 0, end;

	for (; line < b->len; line = end + 1) {
		bool blank = true;

		progress_at(bar, line);
		for (end = line; end < b->len && b->data[end] != '\n'; end++)
			blank = blank && is_space(b->data[end]);
		if (!blank)
			continue;
		if (add_sequence(t, b->data + start, line - start, tok, e))
			return -1;
		start = end < b->len ? end + 1 : b->len;
	}
	return add_sequence(t, b->data + start, b->len - start, tok, e);
}

static int split(struct text *t, struct buf *b, const char *path, const struct tokenizer *tok, struct err *e)
{
	struct progress bar;
	int rc;

	if (memchr(b->data, 0, b->len))
		return err_set(e, ERR_INPUT, "'%s': has a NUL byte, legal are bytes 1..255; name a text file", path);
	progress_begin(&bar, "bytes of text", b->len);
	rc = add_sequences(t, b, tok, &bar, e);
	progress_end(&bar);
	if (rc)
		return -1;
	if (t->n == 0)
		return err_set(e, ERR_INPUT, "'%s': no text, legal is one sequence or more; name a text file", path);
	return 0;
}

int text_load(struct text *t, const char *path, const struct tokenizer *tok, struct err *e)
{
	struct buf b;
	int bad;

	memset(t, 0, sizeof(*t));
	bad = file_read(path, FILE_MAX, &b, e) || split(t, &b, path, tok, e) ? -1 : 0;
	buf_release(&b);
	if (bad)
		text_release(t);
	return bad;
}

void text_release(struct text *t)
{
	for (int i = 0; i < t->n; i++)
		free(t->tokens[i]);
	free(t->tokens);
	free(t->len);
	memset(t, 0, sizeof(*t));
}

static float maximum(const float *v, int n)
{
	float max = v[0];

	for (int i = 1; i < n; i++)
		if (v[i] > max)
			max = v[i];
	return max;
}

/* -ln softmax(logits)[token] */
static double negative_log_likelihood(const float *logits, int n, int token)
{
	double max = maximum(logits, n), sum = 0;

	for (int i = 0; i < n; i++)
		sum += exp(logits[i] - max);
	return log(sum) - (logits[token] - max);
}

double text_perplexity(struct tf *tf, const struct text *t, long *n_predicted)
{
	double sum = 0;
	long n = 0;

	for (int i = 0; i < t->n; i++) {
		int len = t->len[i] < tf->m->seq_len ? t->len[i] : tf->m->seq_len;

		tf_reset(tf);
		for (int k = 0; k + 1 < len; k++, n++) {
			const float *logits = tf_step(tf, t->tokens[i][k]);

			sum += negative_log_likelihood(logits, tf->m->vocab, t->tokens[i][k + 1]);
		}
	}
	*n_predicted = n;
	return exp(sum / (double)n);
}

static int greedy(const float *logits, int n)
{
	int best = 0;

	for (int i = 1; i < n; i++)
		if (logits[i] > logits[best])
			best = i;
	return best;
}

/* softmax(logits / temperature), and a uniform number into its cumulative sums */
static int sample(const float *logits, int n, double temperature, double unit)
{
	double max = maximum(logits, n), sum = 0;

	for (int i = 0; i < n; i++)
		sum += exp((logits[i] - max) / temperature);
	unit *= sum;
	for (int i = 0; i < n; i++) {
		unit -= exp((logits[i] - max) / temperature);
		if (unit < 0)
			return i;
	}
	return greedy(logits, n); /* rounding, or no number in the logits */
}

int text_next(const float *logits, int n, double temperature, double unit)
{
	return temperature > 0 ? sample(logits, n, temperature, unit) : greedy(logits, n);
}

int text_continue(struct tf *tf, int *tokens, int n_prompt, int n, double temperature, unsigned long seed, int (*token)(void *ctx, int position, int token), void *ctx)
{
	struct prng p;
	int k, next;

	prng_init(&p, seed);
	tf_reset(tf);
	for (k = 0; k < n_prompt - 1; k++)
		tf_step(tf, tokens[k]);
	for (k = 0; k < n && tf->pos < tf->m->seq_len; k++) {
		const float *logits = tf_step(tf, tokens[n_prompt + k - 1]);

		next = text_next(logits, tf->m->vocab, temperature, prng_unit(&p));
		if (next == TOK_BOS || next == TOK_EOS)
			break;
		tokens[n_prompt + k] = next;
		if (token && token(ctx, n_prompt + k, next))
			return k + 1;
	}
	return k;
}

int text_sample(struct tf *tf, int n, double temperature, unsigned long seed, int *tokens)
{
	int *all = MEM_NEW((size_t)n + 1, int), k;

	all[0] = TOK_BOS;
	k = text_continue(tf, all, 1, n, temperature, seed, NULL, NULL);
	memcpy(tokens, all + 1, (size_t)k * sizeof(*tokens));
	free(all);
	return k;
}

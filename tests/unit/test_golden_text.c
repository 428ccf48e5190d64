/* Sequences of a file and their perplexity; drawing tokens and going on from a prompt. Oracles: tok_encode of every sequence, shares of a softmax reckoned
 * here from the other end, and loops over tf_step written out.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/prng.h"
#include "golden/text.h"
#include "tests/unit/toy_model.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRATCH_NAME "file"
#include "tests/unit/scratch.h"

enum { VOCAB = 33, SEQ = 11, BYTES = 3 + 'b' + 1 }; /* BYTES: a vocabulary of single bytes up to 'b' */

static const struct toy_shape shape = { .dim = 8, .hidden = 7, .n_heads = 2, .n_kv_heads = 2, .vocab = VOCAB, .n_layers = 1, .blocks = 2, .rank = 1 };

static void next_is_the_share_of_a_uniform_number(void **state)
{
	enum { N = 7, STEPS = 20000 };
	static const float logits[N] = { 0.5f, -3, 2, 2.5f, -100, 2.5f, 1 };
	const double temperatures[] = { 0.3, 1, 2.5 };

	(void)state;
	for (int k = 0; k < 3; k++) {
		double t = temperatures[k], share[N], sum = 0;
		int count[N] = { 0 }, last = 0;

		for (int i = N - 1; i >= 0; i--)
			sum += share[i] = exp(logits[i] / t);
		for (int s = 0; s < STEPS; s++) {
			int got = text_next(logits, N, t, (s + 0.5) / STEPS);

			assert_in_range(got, last, N - 1); /* tokens in their order */
			last = got;
			count[got]++;
		}
		for (int i = 0; i < N; i++)
			assert_true(fabs(count[i] - share[i] / sum * STEPS) <= 1.01);
	}
	assert_int_equal(text_next(logits, N, 0, 0.99), 3); /* the first of equal ones, whatever the number */
	assert_int_equal(text_next(logits, 1, 1, 0.99), 0);
}

static void write_file(const char *data, size_t n)
{
	struct err e = { 0 };

	assert_int_equal(file_write(path, data, n, &e), 0);
}

static void load_bytes(struct tokenizer *tok)
{
	struct err e = { 0 };
	struct buf b;

	buf_init(&b);
	buf_add(&b, &(int32_t){ 6 }, 4);
	for (int i = 0; i < BYTES; i++) {
		static const char *const first[] = { "<unk>", "<s>", "</s>" };
		char piece[8];
		int32_t n;

		snprintf(piece, sizeof(piece), i < 3 ? first[i] : i == 3 + ' ' ? " " : "<0x%02X>", i - 3);
		n = (int32_t)strlen(piece);
		buf_add(&b, &(float){ 0 }, 4);
		buf_add(&b, &n, 4);
		buf_adds(&b, piece);
	}
	write_file(b.data, b.len);
	buf_release(&b);
	assert_int_equal(tok_load(tok, path, BYTES, &e), 0);
}

static void a_file_has_sequences(void **state)
{
	static const char file[] = "\n  ab a\nb \n \t\r\n\n\nb\n", *const sequences[] = { "ab a\nb", "b" };
	struct tokenizer tok;
	struct err e = { 0 };
	struct text t;

	(void)state;
	load_bytes(&tok);
	for (int last = 0; last < 2; last++) { /* with and without an end of line behind the last */
		write_file(file, sizeof(file) - 1 - (size_t)last);
		assert_int_equal(text_load(&t, path, &tok, &e), 0);
		assert_int_equal(t.n, 2);
		for (int i = 0; i < 2; i++) {
			int *tokens, n;

			assert_int_equal(tok_encode(&tok, sequences[i], &tokens, &n, &e), 0);
			assert_int_equal(t.len[i], n);
			assert_int_equal(n, 2 + (int)strlen(sequences[i])); /* BOS, the space in front, bytes */
			assert_memory_equal(t.tokens[i], tokens, (size_t)n * sizeof(int));
			free(tokens);
		}
		text_release(&t);
	}
	tok_release(&tok);
}

static void a_file_without_a_text_is_refused(void **state)
{
	static const struct { const char *data; size_t n; const char *says; } files[] = {
		{ "", 0, "no text" }, { "\n \n\t", 4, "no text" }, { "a\0b", 3, "NUL" }, { "ab\n\nb\n\nac\n", 10, "which is 99" },
	};
	struct tokenizer tok;
	struct text t;

	(void)state;
	load_bytes(&tok);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct err e = { 0 };

		write_file(files[i].data, files[i].n);
		assert_int_equal(text_load(&t, path, &tok, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		assert_non_null(strstr(e.text, files[i].says));
		assert_int_equal(t.n, 0); /* nothing is left of what was read before */
		assert_null(t.tokens);
		assert_null(t.len);
	}
	tok_release(&tok);
}

static void perplexity_is_that_of_every_step(void **state)
{
	int a[] = { TOK_BOS, 5, 31, 7 }, b[SEQ + 3] = { TOK_BOS, 9, 9, 2, 30, 1, 17, 4, 22, 8, 3, 6, 12, 32 }, c[] = { TOK_BOS };
	int *tokens[] = { a, b, c }, len[] = { 4, SEQ + 3, 1 };
	struct text text = { 3, tokens, len };
	double sum = 0, got;
	long n = 0, predicted;
	struct toy_model t;
	struct tf tf;

	(void)state;
	toy_make(&t, &shape, 5);
	t.m.seq_len = SEQ;
	tf_init(&tf, &t.m, NULL, NULL);
	for (int i = 0; i < 3; i++) {
		tf_reset(&tf);
		for (int k = 0; k + 1 < len[i] && k + 1 < SEQ; k++, n++) {
			const float *logits = tf_step(&tf, tokens[i][k]);
			double all = 0;

			for (int v = 0; v < VOCAB; v++)
				all += exp(logits[v] - (double)logits[tokens[i][k + 1]]);
			sum += log(all);
		}
	}
	got = text_perplexity(&tf, &text, &predicted);
	assert_int_equal(predicted, n);
	assert_true(fabs(got / exp(sum / (double)n) - 1) < 1e-9);
	tf_release(&tf);
	toy_free(&t);
}

struct heard { int n, position[SEQ + 1], token[SEQ + 1], stop_after; };

static int hear(void *ctx, int position, int token)
{
	struct heard *h = ctx;

	h->position[h->n] = position;
	h->token[h->n++] = token;
	return h->n == h->stop_after;
}

/* what text_continue should give: tf_step by tf_step */
static int by_hand(struct tf *tf, int *tokens, int n_prompt, int n, double temperature, unsigned long seed)
{
	struct prng p;
	int k = 0;

	prng_init(&p, seed);
	tf_reset(tf);
	for (int pos = 0; pos < SEQ && k < n; pos++) {
		const float *logits = tf_step(tf, tokens[pos]);
		int next;

		if (pos + 1 < n_prompt)
			continue;
		next = text_next(logits, VOCAB, temperature, temperature > 0 ? prng_unit(&p) : 0);
		if (next == TOK_BOS || next == TOK_EOS)
			return k;
		tokens[n_prompt + k++] = next;
	}
	return k;
}

static void a_prompt_goes_on(void **state)
{
	static const int prompts[] = { 1, 2, 3, 7, SEQ };
	int ended = 0, full = 0, asked = 0;
	struct toy_model t;
	struct tf tf;

	(void)state;
	toy_make(&t, &shape, 3);
	t.m.seq_len = SEQ;
	tf_init(&tf, &t.m, NULL, NULL);
	for (unsigned long seed = 0; seed < 300; seed++) {
		int a[2 * SEQ + 4] = { TOK_BOS, 5, 31, 7, 5, 3, 32, 4, 4, 9, 30 }, b[2 * SEQ + 4], n_prompt = prompts[seed % 5], most = (int)(seed % 13), n;
		double temperature = seed % 3 == 0 ? 0 : 1.5;
		struct heard h = { 0 };

		memcpy(b, a, sizeof(b));
		n = text_continue(&tf, a, n_prompt, most, temperature, seed, hear, &h);
		ended += n < most && tf.pos == n_prompt + n; /* one more was drawn, and not kept */
		full += n < most && tf.pos == SEQ && n == SEQ - n_prompt + 1;
		asked += n == most;
		assert_int_equal(by_hand(&tf, b, n_prompt, most, temperature, seed), n);
		assert_memory_equal(a, b, (size_t)(n_prompt + n) * sizeof(int));
		assert_int_equal(h.n, n);
		for (int i = 0; i < n; i++) {
			assert_int_equal(h.position[i], n_prompt + i);
			assert_int_equal(h.token[i], a[n_prompt + i]);
		}
	}
	assert_true(ended > 5 && full > 5 && asked > 5);
	tf_release(&tf);
	toy_free(&t);
}

static void the_hearer_may_stop(void **state)
{
	struct toy_model t;
	struct tf tf;

	(void)state;
	toy_make(&t, &shape, 4);
	t.m.seq_len = SEQ;
	tf_init(&tf, &t.m, NULL, NULL);
	for (int stop = 1; stop <= 3; stop++) {
		struct heard h = { .stop_after = stop };
		int a[SEQ + 1] = { TOK_BOS, 9 };

		assert_int_equal(text_continue(&tf, a, 2, SEQ - 2, 0, 1, hear, &h), stop);
		assert_int_equal(h.n, stop);
		assert_int_equal(tf.pos, 1 + stop);
	}
	tf_release(&tf);
	toy_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_has_sequences),
		cmocka_unit_test(a_file_without_a_text_is_refused),
		cmocka_unit_test(perplexity_is_that_of_every_step),
		cmocka_unit_test(next_is_the_share_of_a_uniform_number),
		cmocka_unit_test(a_prompt_goes_on),
		cmocka_unit_test(the_hearer_may_stop),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

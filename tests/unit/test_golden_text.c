/* Drawing tokens and going on from a prompt. Oracles: shares of a softmax reckoned here from the other end, and a loop over tf_step written out.
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
#include <stdlib.h>
#include <string.h>

enum { VOCAB = 33, SEQ = 11 };

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
		cmocka_unit_test(next_is_the_share_of_a_uniform_number),
		cmocka_unit_test(a_prompt_goes_on),
		cmocka_unit_test(the_hearer_may_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

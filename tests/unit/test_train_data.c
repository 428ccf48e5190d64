/* The order of sequences; what a teacher says: its own probabilities, any number of threads, on past the end of a story.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/mem.h"
#include "train/data.h"
#include "train/params.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void every_epoch_has_all(void **state)
{
	static const int sizes[] = { 1, 3, 7, 33 };

	(void)state;
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		struct data_order a, b;
		int n = sizes[k], seen[33][3] = { { 0 } }, first[33], moved = 0;

		data_order_init(&a, n, 5);
		data_order_init(&b, n, 5);
		for (int d = 0; d < 3 * n; d++) {
			int at = data_order_at(&a, d);

			assert_in_range(at, 0, n - 1);
			seen[at][d / n]++;
			if (d < n)
				first[d] = at;
			else
				moved += at != first[d % n];
		}
		for (int i = 0; i < n; i++)
			for (int epoch = 0; epoch < 3; epoch++)
				assert_int_equal(seen[i][epoch], 1);
		if (n > 3)
			assert_true(moved > 0);
		/* a function of seed and draw: backwards as forwards */
		for (int d = 3 * n - 1; d >= 0; d--) {
			int at = data_order_at(&b, d);

			assert_int_equal(at, data_order_at(&a, d));
			if (d < n)
				assert_int_equal(at, first[d]);
		}
		data_order_release(&a);
		data_order_release(&b);
	}
}

static void teacher(struct params *p, int blocks)
{
	const struct params_shape s = { .dim = 12, .hidden = 21, .n_layers = 2, .n_heads = 3, .n_kv_heads = 1, .vocab = 7, .seq_len = 40, .blocks = blocks, .rank = blocks ? 1 : 0 };
	struct err e = { 0 };

	assert_int_equal(params_fresh(p, &s, 3, &e), 0);
	for (size_t i = 0; i < 7 * 12; i++) /* logits that say something */
		p->theta[i] *= 10;
}

/* greedy: every token is the largest logit of golden's own floats */
static void says_what_it_thinks(void **state)
{
	(void)state;
	for (int blocks = 0; blocks <= 3; blocks += 3) {
		struct params p;
		struct text t;
		struct tf tf;

		teacher(&p, blocks);
		data_sample(&t, &p.model, 1, 33, 0, 1, 1);
		tf_init(&tf, &p.model, NULL, NULL);
		for (int i = 0; i + 1 < t.len[0]; i++) {
			const float *logits = tf_step(&tf, t.tokens[0][i]);
			int said = t.tokens[0][i + 1], best = 0;

			for (int v = 1; v < p.model.vocab; v++)
				best = logits[v] > logits[best] ? v : best;
			if (best == TOK_EOS)
				best = TOK_BOS;
			assert_true(said == best || fabsf(logits[said] - logits[best]) < 1e-4f);
		}
		tf_release(&tf);
		text_release(&t);
		params_release(&p);
	}
}

/* the first token of 4000 sequences against softmax(logits / temperature) after BOS: within 5 standard deviations */
static void says_it_as_often(void **state)
{
	const double temperature = 1.5;
	enum { N = 4000 };
	double p_of[7], sum = 0;
	int count[7] = { 0 };
	struct params p;
	struct text t;
	struct tf tf;
	const float *logits;

	(void)state;
	teacher(&p, 0);
	data_sample(&t, &p.model, N, 2, temperature, 9, 2);
	tf_init(&tf, &p.model, NULL, NULL);
	logits = tf_step(&tf, TOK_BOS);
	for (int v = 0; v < 7; v++)
		sum += p_of[v] = exp(logits[v] / temperature);
	for (int v = 0; v < 7; v++)
		p_of[v] /= sum;
	p_of[TOK_BOS] += p_of[TOK_EOS]; /* an end is the next beginning */
	p_of[TOK_EOS] = 0;
	for (int i = 0; i < N; i++)
		count[t.tokens[i][1]]++;
	for (int v = 0; v < 7; v++)
		assert_true(fabs(count[v] - N * p_of[v]) <= 5 * sqrt(N * p_of[v] * (1 - p_of[v])));
	tf_release(&tf);
	text_release(&t);
	params_release(&p);
}

static void same_for_any_threads(void **state)
{
	struct params p;
	struct text a, b, c;
	int ends = 0, different = 0;

	(void)state;
	teacher(&p, 3);
	data_sample(&a, &p.model, 7, 33, 1, 4, 1);
	data_sample(&b, &p.model, 7, 33, 1, 4, 3);
	data_sample(&c, &p.model, 7, 33, 1, 5, 1);
	assert_int_equal(a.n, 7);
	for (int i = 0; i < 7; i++) {
		assert_int_equal(a.len[i], 33);
		assert_int_equal(a.tokens[i][0], TOK_BOS);
		assert_memory_equal(a.tokens[i], b.tokens[i], 33 * sizeof(int));
		different += memcmp(a.tokens[i], c.tokens[i], 33 * sizeof(int)) != 0;
		different += i > 0 && memcmp(a.tokens[i], a.tokens[0], 33 * sizeof(int)) != 0;
		for (int k = 1; k + 1 < 33; k++)
			ends += a.tokens[i][k] == TOK_BOS;
	}
	assert_int_equal(different, 7 + 6);
	assert_true(ends > 0); /* and the sequence went on behind it */
	text_release(&a);
	text_release(&b);
	text_release(&c);
	params_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_epoch_has_all),
		cmocka_unit_test(says_what_it_thinks),
		cmocka_unit_test(says_it_as_often),
		cmocka_unit_test(same_for_any_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

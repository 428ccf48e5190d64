/* Parameters as one array: order, copies, fresh models, what decays; what is refused.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/mem.h"
#include "train/params.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct params_shape shape = { .dim = 12, .hidden = 33, .n_layers = 3, .n_heads = 3, .n_kv_heads = 3, .vocab = 17, .seq_len = 9, .blocks = 5, .rank = 1 };

static void fresh(struct params *p, const struct params_shape *s)
{
	struct err e = { 0 };

	if (params_fresh(p, s, 7, &e))
		fail_msg("%s", e.text);
}

static double deviation(const float *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)v[i] * v[i];
	return sqrt(sum / (double)n);
}

/* the header's order, walked here by hand */
static void order_of_the_header(void **state)
{
	struct params p;
	const struct model *m = &p.model;
	size_t at = 0;

	(void)state;
	fresh(&p, &shape);
	assert_true(m->head == m->embedding);
	assert_int_equal(params_at(&p, m->embedding), 0);
	at = 17 * 12;
	assert_int_equal(params_at(&p, m->norm), at);
	for (int i = 0; i < 3; i++)
		assert_int_equal(params_at(&p, m->layers[i].attention_norm), at += 12);
	for (int i = 0; i < 3; i++)
		assert_int_equal(params_at(&p, m->layers[i].ffn_norm), at += 12);
	at += 12;
	for (int i = 0; i < 3 * MODEL_N_LINEAR; i++) {
		const struct model_linear *l = &m->layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR];

		assert_int_equal(params_at(&p, l->R), at);
		at += (size_t)(25 * l->p);
		assert_int_equal(params_at(&p, l->L), at);
		at += (size_t)(5 * l->s * 5);
	}
	assert_int_equal(p.n, at);
	assert_int_equal(p.n_k, 3 * MODEL_N_LINEAR * 6);
	assert_false(p.has_k);
	params_release(&p);
}

static void deviations(void **state)
{
	const struct params_shape s = { .dim = 64, .hidden = 172, .n_layers = 2, .n_heads = 8, .n_kv_heads = 4, .vocab = 512, .seq_len = 64 };
	struct params p;
	const struct model_linear *l;

	(void)state;
	fresh(&p, &s);
	assert_true(fabs(deviation(p.model.embedding, 512 * 64) - 0.05) < 0.002);
	l = &p.model.layers[1].linear[MODEL_W2];
	assert_true(fabs(deviation(l->w, 64 * 172) * sqrt(172) * 2 - 1) < 0.05);
	l = &p.model.layers[1].linear[MODEL_W1];
	assert_true(fabs(deviation(l->w, 64 * 172) * 8 - 1) < 0.05);
	for (int i = 0; i < 64; i++)
		assert_true(p.model.norm[i] == 1 && p.model.layers[1].ffn_norm[i] == 1 && p.model.layers[0].attention_norm[i] == 1);
	params_release(&p);
}

/* 64 x 64 in 4 blocks has rank 4, 32 x 64 2, 172 x 64 4; never below 1 */
static void ranks(void **state)
{
	struct params_shape s = { .dim = 64, .hidden = 172, .n_layers = 1, .n_heads = 8, .n_kv_heads = 4, .vocab = 5, .seq_len = 4, .blocks = 4 };
	struct params p;

	(void)state;
	assert_int_equal(params_rank(64, 64, 4), 4);
	assert_int_equal(params_rank(32, 64, 4), 2);
	assert_int_equal(params_rank(172, 64, 4), 4);
	assert_int_equal(params_rank(64, 172, 4), 4);
	assert_int_equal(params_rank(32, 64, 8), 1);
	assert_int_equal(params_rank(7, 3, 3), 1);
	assert_int_equal(params_rank(5, 5, 1), 5);
	fresh(&p, &s);
	assert_int_equal(p.model.layers[0].linear[MODEL_WK].r, 2);
	assert_int_equal(p.model.layers[0].linear[MODEL_W2].r, 4);
	params_release(&p);
}

/* 12 inputs in 5 blocks of 3, 12 outputs in 5 blocks of 3: what lies beyond is zero, nothing else is */
static void padding_is_zero(void **state)
{
	struct params p;
	const struct model_linear *l;
	int zeros = 0;

	(void)state;
	fresh(&p, &shape);
	l = &p.model.layers[0].linear[MODEL_WQ];
	for (int i = 0; i < 5 * 5 * 3; i++)
		zeros += l->R[i] == 0;
	assert_int_equal(zeros, 3 * 5); /* inputs 12, 13, 14 */
	for (int block = 0; block < 5; block++)
		for (int po = 0; po < 3; po++)
			for (int c = 0; c < 5; c++)
				assert_int_equal(l->L[(block * 3 + po) * 5 + c] == 0, po * 5 + block >= 12);
	params_release(&p);
}

static void copies(void **state)
{
	struct params p, q, again;
	float head[17 * 12];
	struct model m;

	(void)state;
	fresh(&p, &shape);
	params_copy(&q, &p.model);
	assert_int_equal(q.n, p.n);
	assert_memory_equal(q.theta, p.theta, p.n * sizeof(float));
	assert_true(q.model.head == q.model.embedding && q.model.embedding == q.theta);
	params_release(&q);

	/* a head of its own, and k */
	m = p.model;
	for (int i = 0; i < 17 * 12; i++)
		head[i] = (float)i;
	m.head = head;
	for (size_t i = 0; i < p.n_k; i++)
		p.k[i] = (float)(i + 1);
	params_use_k(&p, true);
	params_copy(&q, &m);
	assert_int_equal(q.n, p.n + 17 * 12);
	assert_int_equal(params_at(&q, q.model.head), 17 * 12);
	assert_memory_equal(q.model.head, head, sizeof(head));
	assert_true(q.has_k);
	assert_memory_equal(q.k, p.k, p.n_k * sizeof(float));
	assert_true(q.model.layers[0].linear[1].k == q.k + 6 && *q.model.layers[0].linear[1].k_out == 12);
	params_copy(&again, &q.model);
	assert_memory_equal(again.theta, q.theta, q.n * sizeof(float));
	params_release(&again);
	params_release(&q);

	/* one layer without: none counts */
	p.model.layers[2].linear[3].k_out = NULL;
	params_copy(&q, &p.model);
	assert_false(q.has_k);
	assert_null(q.model.layers[0].linear[0].k_out);
	params_release(&q);
	params_release(&p);
}

static void marks(void **state)
{
	struct params_shape s = shape;
	struct params p;
	uint8_t mark[8000];
	size_t n = 0;

	(void)state;
	s.blocks = s.rank = 0;
	fresh(&p, &s);
	assert_true(p.n < sizeof(mark));
	params_decayed(&p, mark);
	for (size_t i = 0; i < p.n; i++)
		n += !mark[i];
	assert_int_equal(n, 7 * 12);
	assert_true(mark[0] && !mark[params_at(&p, p.model.norm)] && !mark[params_at(&p, p.model.layers[2].ffn_norm) + 11] && mark[params_at(&p, p.model.layers[0].linear[0].w)]);
	p.theta[3] = 0; /* of the embedding: not a linear layer */
	p.theta[params_at(&p, p.model.layers[1].linear[MODEL_W2].w) + 5] = 0;
	params_zeros(&p, mark);
	for (size_t i = n = 0; i < p.n; i++)
		n += mark[i];
	assert_int_equal(n, 1);
	assert_true(mark[params_at(&p, p.model.layers[1].linear[MODEL_W2].w) + 5]);
	params_release(&p);
}

static void refuses(const struct params_shape *s, const char *text)
{
	struct params p;
	struct err e = { 0 };

	assert_int_equal(params_fresh(&p, s, 1, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, text);
}

static void shapes_that_cannot_be(void **state)
{
	struct params_shape s = shape;

	(void)state;
	s.hidden = 0;
	refuses(&s, "a fresh model with hidden 0, legal 1..1048576; give --hidden");
	s = shape;
	s.n_heads = 5;
	refuses(&s, "a fresh model with 5 heads in a dim of 12: legal is a number of heads that divides dim into even parts (rotary pairs); change --heads or --dim");
	s.n_heads = 4;
	refuses(&s, "a fresh model with 4 heads in a dim of 12: legal is a number of heads that divides dim into even parts (rotary pairs); change --heads or --dim");
	s = shape;
	s.n_kv_heads = 2;
	refuses(&s, "a fresh model with 2 key and value heads, legal are divisors of the 3 heads; change --kv-heads");
	s = shape;
	s.n_kv_heads = 1;
	s.blocks = 6;
	refuses(&s, "layer '0.wk': 6 blocks of 4 x 12 weights, legal 1..4; lower --blocks");
	s = shape;
	s.n_kv_heads = 3;
	s.blocks = 3;
	s.rank = 5;
	refuses(&s, "layer '0.wq': rank 5 of slices of 4 x 4 weights (3 blocks), legal 1..4; lower --rank or --blocks");
	s = shape;
	s.vocab = s.hidden = 1 << 20;
	s.dim = 1 << 19;
	s.n_heads = s.n_kv_heads = 1;
	refuses(&s, "a fresh model of these sizes has more than 268435456 numbers, the most that is trained here; lower --dim, --hidden, --layers or --vocab");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_of_the_header),
		cmocka_unit_test(deviations),
		cmocka_unit_test(ranks),
		cmocka_unit_test(padding_is_zero),
		cmocka_unit_test(copies),
		cmocka_unit_test(marks),
		cmocka_unit_test(shapes_that_cannot_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

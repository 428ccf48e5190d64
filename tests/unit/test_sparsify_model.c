/* Whole models: projected, mixed, imported; written and read back bit for bit; what is refused.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checkpoint/safetensors.h"
#include "checkpoint/safetensors_write.h"
#include "common/mem.h"
#include "common/prng.h"
#include "sparsify/sparsify.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SCRATCH_NAME "s.safetensors"
#include "tests/unit/scratch.h"

enum { DIM = 12, HIDDEN = 33, LAYERS = 2, HEADS = 2, KV = 1, VOCAB = 7, N = LAYERS * MODEL_N_LINEAR };

static float *random_floats(struct prng *g, size_t n, float **pool)
{
	float *v = *pool;

	for (size_t i = 0; i < n; i++)
		v[i] = (float)prng_normal(g);
	*pool += n;
	return v;
}

/* 1.wk is Monarch: 2 blocks, rank 2; the head is the model's own when `head` */
static void make(struct model *m, bool head)
{
	float *pool = MEM_NEW(1 << 14, float);
	struct prng g;

	prng_init(&g, 1);
	*m = (struct model){ .dim = DIM, .hidden = HIDDEN, .n_layers = LAYERS, .n_heads = HEADS, .n_kv_heads = KV, .vocab = VOCAB, .seq_len = 9, .norm_eps = 1.1e-5f, .rope_theta = 123456.7f, .memory = pool };
	m->layers = MEM_NEW(LAYERS, struct model_layer);
	m->embedding = m->head = random_floats(&g, VOCAB * DIM, &pool);
	if (head)
		m->head = random_floats(&g, VOCAB * DIM, &pool);
	m->norm = random_floats(&g, DIM, &pool);
	for (int i = 0; i < LAYERS; i++) {
		m->layers[i].attention_norm = random_floats(&g, DIM, &pool);
		m->layers[i].ffn_norm = random_floats(&g, DIM, &pool);
		for (int id = 0; id < MODEL_N_LINEAR; id++) {
			struct model_linear *x = &m->layers[i].linear[id];

			x->out = id == MODEL_WK || id == MODEL_WV ? DIM / HEADS * KV : id == MODEL_W1 || id == MODEL_W3 ? HIDDEN : DIM;
			x->in = id == MODEL_W2 ? HIDDEN : DIM;
			if (i == 1 && id == MODEL_WK) {
				x->b = x->r = 2;
				x->p = 6;
				x->s = 3;
				x->R = random_floats(&g, 2 * 4 * 6, &pool);
				x->L = random_floats(&g, 2 * 3 * 4, &pool);
			} else {
				x->w = random_floats(&g, (size_t)(x->out * x->in), &pool);
			}
		}
	}
	assert_true(pool - (float *)m->memory <= 1 << 14);
}

static void same(const float *a, const float *b, int n)
{
	if (!a || !b)
		assert_true(a == b);
	else
		assert_memory_equal(a, b, (size_t)n * sizeof(float));
}

static void same_model(const struct model *a, const struct model *b)
{
	assert_int_equal(a->dim, b->dim);
	assert_int_equal(a->hidden, b->hidden);
	assert_int_equal(a->n_layers, b->n_layers);
	assert_int_equal(a->n_heads, b->n_heads);
	assert_int_equal(a->n_kv_heads, b->n_kv_heads);
	assert_int_equal(a->vocab, b->vocab);
	assert_int_equal(a->seq_len, b->seq_len);
	assert_true(a->norm_eps == b->norm_eps && a->rope_theta == b->rope_theta);
	assert_int_equal(a->head == a->embedding, b->head == b->embedding);
	same(a->embedding, b->embedding, a->vocab * a->dim);
	same(a->head, b->head, a->vocab * a->dim);
	same(a->norm, b->norm, a->dim);
	for (int i = 0; i < a->n_layers; i++) {
		same(a->layers[i].attention_norm, b->layers[i].attention_norm, a->dim);
		same(a->layers[i].ffn_norm, b->layers[i].ffn_norm, a->dim);
		for (int id = 0; id < MODEL_N_LINEAR; id++) {
			const struct model_linear *x = &a->layers[i].linear[id], *y = &b->layers[i].linear[id];

			assert_true(x->out == y->out && x->in == y->in && x->b == y->b && x->r == y->r && x->p == y->p && x->s == y->s);
			same(x->w, y->w, x->out * x->in);
			same(x->R, y->R, x->b * x->b * x->r * x->p);
			same(x->L, y->L, x->b * x->s * x->b * x->r);
		}
	}
}

static void there_and_back(const struct model *m)
{
	struct err e = { 0 };
	struct model back;

	if (model_write(m, path, &e) || model_load(&back, path, &e))
		fail_msg("%s", e.text);
	same_model(m, &back);
	model_release(&back);
}

static void written_and_read(void **state)
{
	struct model m;

	(void)state;
	for (int head = 0; head < 2; head++) {
		make(&m, head);
		memcpy(m.memory, "\x01\x00\x80\x7f\x01\x00\xa0\xff\x00\x00\x00\x80\x01\x00\x00\x00", 16); /* signalling NaN, NaN with payload, -0, a denormal: bits, not values */
		there_and_back(&m);
		model_release(&m);
	}
}

static void the_container(void **state)
{
	struct err e = { 0 };
	struct st_file f;
	struct model m;
	uint64_t n;

	(void)state;
	make(&m, true);
	for (m.seq_len = 1; m.seq_len < 100000000; m.seq_len *= 10) { /* headers of every length modulo 8 */
		assert_int_equal(model_write(&m, path, &e), 0);
		assert_int_equal(st_parse(&f, path, &e), 0); /* order, holes, ends: the reader is strict */
		memcpy(&n, f.bytes.data, 8);
		assert_int_equal(n % 8, 0);
		assert_int_equal(f.n, 5 + N + 1);
		for (size_t i = 1; i < f.n; i++)
			assert_true(strcmp(f.tensors[i - 1].name, f.tensors[i].name) < 0);
		for (size_t i = 0; i < f.n; i++)
			assert_string_equal(f.tensors[i].dtype, "F32");
		assert_int_equal(f.n_meta, 9);
		st_release(&f);
	}
	model_release(&m);
}

static void choose(bool *chosen, const char *list) /* "0110..": the layers in order */
{
	for (int i = 0; i < N; i++)
		chosen[i] = list[i] == '1';
}

static void projected(void **state)
{
	const struct sp_options o = { .kind = SP_MONARCH, .factors = 3, .rank = 2, .threads = 2 }, whole = { .kind = SP_BLOCK_DIAGONAL, .factors = 3, .threads = 1 };
	struct err e = { 0 };
	bool chosen[N];
	struct sp_result r;
	struct model m;

	(void)state;
	make(&m, true);
	choose(chosen, "10000111111111");
	assert_int_equal(sp_model(&r, &m, chosen, &o, &e), 0);
	there_and_back(&r.model); /* mixed: dense, factors that were there, factors that are new */
	for (int i = 0; i < N; i++) {
		const struct sp_layer *y = &r.layer[i];
		const struct model_linear *x = &r.model.layers[y->layer].linear[y->id], *old = &m.layers[y->layer].linear[y->id];

		assert_int_equal(y->form, i == 8 ? SP_IS_FACTORS : chosen[i] ? SP_IS_MONARCH : SP_IS_DENSE);
		if (y->form == SP_IS_MONARCH) {
			float *w = MEM_NEW((size_t)(x->out * x->in), float);
			double sum = 0, all = 0;

			assert_true(x->b == 3 && x->r == 2 && !x->w);
			sp_dense(x, w);
			for (int n = 0; n < x->out * x->in; n++) {
				sum += ((double)old->w[n] - w[n]) * ((double)old->w[n] - w[n]);
				all += (double)old->w[n] * old->w[n];
			}
			assert_true(fabs(sum - y->error2) < 1e-6 * all && fabs(all - y->norm2) < 1e-9 * all);
			assert_true(y->before == (uint64_t)(x->out * x->in) && y->after == (uint64_t)(2 * 3 * (x->in + x->out)));
			free(w);
		} else {
			assert_true(x->w == old->w && x->R == old->R && x->L == old->L && y->error2 == 0 && y->norm2 == 0 && y->before == y->after);
		}
	}
	sp_result_release(&r);
	choose(chosen, "11111111111111");
	assert_int_equal(sp_model(&r, &m, chosen, &whole, &e), 0);
	assert_int_equal(r.layer[MODEL_W1].form, SP_IS_BLOCKS);
	assert_int_equal(r.layer[MODEL_W1].after, HIDDEN * DIM / 3);
	assert_int_equal(r.layer[8].form, SP_IS_FACTORS);
	there_and_back(&r.model);
	sp_result_release(&r);
	model_release(&m);
}

static void imported(void **state)
{
	struct sp_options o = { .kind = SP_MONARCH, .factors = 2, .rank = 3, .plprp = true, .threads = 1 };
	struct err e = { 0 };
	bool chosen[N];
	struct sp_result r;
	struct model m;
	float w[6 * 12];

	(void)state;
	make(&m, false);
	sp_plprp_dense(&m.layers[1].linear[MODEL_WK], w);
	choose(chosen, "00000000000000");
	assert_int_equal(sp_model(&r, &m, chosen, &o, &e), 0);
	assert_int_equal(r.layer[8].form, SP_IS_EXPANDED);
	assert_int_equal(r.layer[8].before, 2 * (2 * 12 + 2 * 6));
	assert_int_equal(r.layer[8].after, 6 * 12);
	assert_memory_equal(r.model.layers[1].linear[MODEL_WK].w, w, sizeof(w));
	there_and_back(&r.model);
	sp_result_release(&r);
	choose(chosen, "00000000100000");
	assert_int_equal(sp_model(&r, &m, chosen, &o, &e), 0); /* rank 3 of slices of 3 x 6: exact */
	assert_int_equal(r.layer[8].form, SP_IS_MONARCH);
	assert_true(sp_relative(r.layer[8].error2, r.layer[8].norm2) < 1e-6);
	there_and_back(&r.model);
	sp_result_release(&r);
	model_release(&m);
}

static void refuse(struct model *m, const struct sp_options *o, const char *words)
{
	struct err e = { 0 };
	bool chosen[N];
	struct sp_result r;

	choose(chosen, "11111111111111");
	assert_int_equal(sp_model(&r, m, chosen, o, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, words);
}

static void refused(void **state)
{
	const struct sp_options fit = { .kind = SP_MONARCH, .factors = SP_FIT, .rank = 1, .threads = 1 }, many = { .kind = SP_MONARCH, .factors = 3, .rank = 3, .threads = 1 };
	struct model m;
	float *w;

	(void)state;
	make(&m, false);
	refuse(&m, &many, "layer '0.wk': rank 3 of slices of 2 x 4 weights (3 blocks), legal 1..2; lower --rank or --blocks");
	w = (float *)m.layers[1].linear[MODEL_W2].w;
	w[4 * HIDDEN + 32] = (float)NAN;
	refuse(&m, &fit, "layer '1.w2': weight nan in row 4, column 32, legal are finite numbers; mend the checkpoint, or leave the layer out with --layers");
	w[5] = -(float)INFINITY;
	refuse(&m, &fit, "layer '1.w2': weight -inf in row 0, column 5, legal are finite numbers; mend the checkpoint, or leave the layer out with --layers");
	model_release(&m);
}

/* what the reader would refuse is not written; and a place where nothing can be */
static void not_written(void **state)
{
	struct err e = { 0 }, e2 = { 0 }, e3 = { 0 };
	struct model m, big;
	char text[200];

	(void)state;
	make(&m, false);
	big = m;
	big.vocab = 1 << 24;
	big.dim = 1 << 10;
	assert_int_equal(model_write(&big, path, &e), -1);
	snprintf(text, sizeof(text), "'%s' would have ", path);
	assert_ptr_equal(strstr(e.text, text), e.text);
	assert_non_null(strstr(e.text, " bytes, legal 1..4294967296; the model is too large for one file"));
	assert_int_equal(e.code, ERR_INPUT);
	big = m;
	big.n_layers = 600;
	big.layers = MEM_NEW(600, struct model_layer);
	for (int i = 0; i < 600; i++)
		big.layers[i] = m.layers[0];
	assert_int_equal(model_write(&big, path, &e2), -1);
	snprintf(text, sizeof(text), "'%s' would need 4204 tensors, legal 1..4096; the model has too many layers for one file", path);
	assert_string_equal(e2.text, text);
	free(big.layers);
	unlink(path);
	assert_int_equal(model_write(&m, "/proc/bitline/x", &e3), -1);
	assert_int_equal(e3.code, ERR_ENV);
	assert_false(file_exists(path));
	model_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_and_read), cmocka_unit_test(the_container), cmocka_unit_test(projected), cmocka_unit_test(imported), cmocka_unit_test(refused), cmocka_unit_test(not_written),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

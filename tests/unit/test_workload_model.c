/* The workload of a checkpoint: dense layers and Monarch layers of any rank and leftover as they are.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "workload/workload.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { LAYERS = 2 };
static const float weight;

static struct model model(struct model_layer *layers, int dim, int kv, int hidden)
{
	const int size[MODEL_N_LINEAR][2] = { [MODEL_WQ] = { dim, dim }, [MODEL_WK] = { kv, dim }, [MODEL_WV] = { kv, dim }, [MODEL_WO] = { dim, dim },
		[MODEL_W1] = { hidden, dim }, [MODEL_W2] = { dim, hidden }, [MODEL_W3] = { hidden, dim } };

	for (int l = 0; l < LAYERS; l++)
		for (int i = 0; i < MODEL_N_LINEAR; i++)
			layers[l].linear[i] = (struct model_linear){ .out = size[i][0], .in = size[i][1], .w = &weight };
	return (struct model){ .dim = dim, .hidden = hidden, .n_layers = LAYERS, .seq_len = 77, .layers = layers };
}

static void make_monarch(struct model_linear *x, int b, int r)
{
	x->w = NULL;
	x->b = b;
	x->r = r;
	x->p = (x->in + b - 1) / b;
	x->s = (x->out + b - 1) / b;
	x->R = x->L = &weight;
}

static void t_dense_and_order(void **state)
{
	static const char *const names[] = { "wq", "wk", "wv", "wo", "w1", "w3", "w2" };
	static const int group[] = { 0, 0, 0, 1, 2, 2, 3 };
	struct model_layer layers[LAYERS] = { 0 };
	struct model m = model(layers, 12, 6, 33);
	struct workload w;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(wl_model(&w, &m, "tiny.bin", &e), 0);
	assert_string_equal(w.name, "tiny.bin");
	assert_int_equal(w.context, 77);
	assert_int_equal(w.n, 7 * LAYERS);
	assert_int_equal(w.n_groups, 4 * LAYERS);
	for (size_t i = 0; i < w.n; i++) {
		const struct wl_matrix *x = &w.matrix[i];
		char name[32];

		snprintf(name, sizeof(name), "%zu.%s", i / 7, names[i % 7]);
		assert_string_equal(x->name, name);
		assert_int_equal(x->layer, i / 7);
		assert_int_equal(x->group, 4 * (int)(i / 7) + group[i % 7]);
		assert_int_equal(x->n_stages, 1);
		assert_int_equal(x->stage[0].n, 1);
		assert_int_equal(x->stage[0].in[0], x->in);
		assert_int_equal(x->stage[0].out[0], x->out);
	}
	assert_int_equal(w.matrix[6].out, 12);
	assert_int_equal(w.matrix[6].in, 33);
	wl_release(&w);
}

/* numerics.md section 7, one weight at a time: R[k][i][c] reads input k*p + c and makes y[k][i], which block i div r of L reads; L[l][po] makes output po*b + l */
static void check_monarch(const struct wl_matrix *m, const struct model_linear *x)
{
	const struct wl_stage *R = &m->stage[0], *L = &m->stage[1];
	int blocks = 0, reading = 0;

	assert_int_equal(m->n_stages, 2);
	assert_int_equal(m->b, x->b);
	assert_int_equal(m->r, x->r);
	for (int k = 0; k < x->b; k++) {
		int n = 0;

		for (int c = 0; c < x->p; c++)
			n += k * x->p + c < x->in;
		if (n) {
			assert_true(blocks < R->n);
			assert_int_equal(R->in[blocks], n);
			assert_int_equal(R->out[blocks++], x->b * x->r);
		}
	}
	assert_int_equal(R->n, blocks);
	for (int l = 0; l < x->b; l++) {
		int n = 0, inputs = 0;

		for (int po = 0; po < x->s; po++)
			n += po * x->b + l < x->out;
		for (int k = 0; k < blocks; k++)
			for (int i = 0; i < x->b * x->r; i++)
				inputs += i / x->r == l;
		if (n) {
			assert_true(reading < L->n);
			assert_int_equal(L->in[reading], inputs);
			assert_int_equal(L->out[reading++], n);
		}
	}
	assert_int_equal(L->n, reading);
	/* what is stored holds what is real, and no block of nothing */
	assert_int_equal(R->blocks, R->n);
	assert_int_equal(L->blocks, L->n);
	assert_int_equal(R->in_p, x->p);
	assert_int_equal(R->out_p, x->b * x->r);
	assert_int_equal(L->in_p, R->n * x->r);
	assert_int_equal(L->out_p, x->s);
}

static void t_monarch(void **state)
{
	struct prng p;
	int leftover = 0, missing = 0;

	(void)state;
	prng_init(&p, 1);
	for (int round = 0; round < 300; round++) {
		struct model_layer layers[LAYERS] = { 0 };
		struct model m = model(layers, (int)prng_range(&p, 1, 40), (int)prng_range(&p, 1, 40), (int)prng_range(&p, 1, 70));
		struct workload w;
		struct err e = { 0 };

		for (int l = 0; l < LAYERS; l++)
			for (int i = 0; i < MODEL_N_LINEAR; i++)
				if (prng_range(&p, 0, 3))
					make_monarch(&layers[l].linear[i], (int)prng_range(&p, 1, 9), (int)prng_range(&p, 1, 4));
		assert_int_equal(wl_model(&w, &m, "m", &e), 0);
		for (size_t i = 0; i < w.n; i++) {
			int layer, id;
			const struct model_linear *x;

			assert_int_equal(model_find(&m, w.matrix[i].name, &layer, &id, &e), 0);
			x = &layers[layer].linear[id];
			assert_int_equal(w.matrix[i].out, x->out);
			assert_int_equal(w.matrix[i].in, x->in);
			if (x->w) {
				assert_int_equal(w.matrix[i].n_stages, 1);
				continue;
			}
			check_monarch(&w.matrix[i], x);
			leftover += x->in % x->p != 0;
			missing += w.matrix[i].stage[0].n < x->b;
		}
		wl_release(&w);
	}
	assert_true(leftover > 100 && missing > 100); /* the awkward ones were among them */
}

/* a checkpoint with the factors of `--factors b` is the same workload */
static void t_same_as_factors(void **state)
{
	struct model_layer layers[LAYERS] = { 0 };
	struct model m = model(layers, 33, 7, 100);
	struct workload own, made = { 0 };
	struct err e = { 0 };

	(void)state;
	make_monarch(&layers[0].linear[MODEL_WQ], 7, 1);
	assert_int_equal(wl_model(&own, &m, "m", &e), 0);
	assert_int_equal(wl_add(&made, "x", 33, 33, 0, 0, false, 7, &e), 0);
	for (int s = 0; s < 2; s++) {
		const struct wl_stage *a = &own.matrix[0].stage[s], *b = &made.matrix[0].stage[s];

		assert_int_equal(a->blocks, b->blocks);
		assert_int_equal(a->n, b->n);
		assert_int_equal(a->in_p, b->in_p);
		assert_int_equal(a->out_p, b->out_p);
		assert_memory_equal(a->in, b->in, (size_t)a->n * sizeof(int));
		assert_memory_equal(a->out, b->out, (size_t)a->n * sizeof(int));
	}
	wl_release(&own);
	wl_release(&made);
}

static void t_refused(void **state)
{
	struct model_layer layers[LAYERS] = { 0 };
	struct model m = model(layers, 12, 6, 33);
	struct workload w;
	struct err e = { 0 };

	(void)state;
	layers[1].linear[MODEL_W2].out = 1 << 25;
	assert_int_equal(wl_model(&w, &m, "huge", &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, "matrix '1.w2' is 33554432 x 33, legal is 1..16777216 outputs and inputs; cut it");
	assert_int_equal(w.n, 0);
	wl_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_dense_and_order), cmocka_unit_test(t_monarch), cmocka_unit_test(t_same_as_factors), cmocka_unit_test(t_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Token sequences that a teacher says, and the order of sequences.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/data.h"
#include "common/mem.h"
#include "common/prng.h"
#include "common/progress.h"
#include <cblas.h>
#include <stdlib.h>
#include <string.h>

/* generator of item i of a seed: neighbouring seeds and items do not share a stream */
static void start(struct prng *g, uint64_t seed, uint64_t item)
{
	prng_init(g, seed);
	prng_init(g, prng_u64(g) + item);
}

/* ---- sampling */

struct teller {
	const struct model *m;
	struct model_linear head;
	float *mid, *z, *padded; /* of the largest Monarch layer */
};

static void multiply(const float *w, int out, int in, const float *x, float *y)
{
	cblas_sgemv(CblasRowMajor, CblasNoTrans, out, in, 1, w, in, x, 1, 0, y, 1);
}

/* numerics.md section 7 */
static void monarch(const struct teller *t, const struct model_linear *l, const float *x, float *y)
{
	size_t b = (size_t)l->b, r = (size_t)l->r, p = (size_t)l->p, s = (size_t)l->s, br = b * r;

	memcpy(t->padded, x, (size_t)l->in * sizeof(float));
	memset(t->padded + l->in, 0, (b * p - (size_t)l->in) * sizeof(float));
	for (size_t k = 0; k < b; k++) {
		multiply(l->R + k * br * p, (int)br, (int)p, t->padded + k * p, t->z);
		for (size_t to = 0; to < b; to++)
			memcpy(t->mid + to * br + k * r, t->z + to * r, r * sizeof(float));
	}
	for (size_t block = 0; block < b; block++) {
		multiply(l->L + block * s * br, (int)s, (int)br, t->mid + block * br, t->z);
		for (size_t po = 0; po < s && po * b + block < (size_t)l->out; po++)
			y[po * b + block] = t->z[po];
	}
}

static void linear(void *ctx, int layer, int id, const float *x, float *y)
{
	const struct teller *t = ctx;
	const struct model_linear *l = layer == t->m->n_layers ? &t->head : &t->m->layers[layer].linear[id];

	if (l->w)
		multiply(l->w, l->out, l->in, x, y);
	else
		monarch(t, l, x, y);
}

static void teller_init(struct teller *t, const struct model *m)
{
	size_t mid = 0, z = 0, padded = 0;

	for (int i = 0; i < m->n_layers * MODEL_N_LINEAR; i++) {
		const struct model_linear *l = &m->layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR];
		size_t b = (size_t)l->b, br = b * (size_t)l->r, s = (size_t)l->s;

		mid = b * br > mid ? b * br : mid;
		z = br > z ? br : z;
		z = s > z ? s : z;
		padded = b * (size_t)l->p > padded ? b * (size_t)l->p : padded;
	}
	*t = (struct teller){ .m = m, .head = model_head(m), .mid = MEM_NEW(mid, float), .z = MEM_NEW(z, float), .padded = MEM_NEW(padded, float) };
}

static void teller_release(struct teller *t)
{
	free(t->mid);
	free(t->z);
	free(t->padded);
}

static void tell(struct tf *tf, struct prng *g, double temperature, int length, int *tokens)
{
	tf_reset(tf);
	tokens[0] = TOK_BOS;
	for (int i = 1; i < length; i++) {
		int next = text_next(tf_step(tf, tokens[i - 1]), tf->m->vocab, temperature, prng_unit(g));

		tokens[i] = next == TOK_EOS ? TOK_BOS : next; /* the next story begins as every story does */
	}
}

void data_sample(struct text *t, const struct model *m, int n, int length, double temperature, uint64_t seed, int threads)
{
	struct progress bar;
	uint64_t done = 0;

	*t = (struct text){ .n = n, .tokens = MEM_NEW(n, int *), .len = MEM_NEW(n, int) };
	progress_begin(&bar, "sampling", (uint64_t)n * (uint64_t)length);
	openblas_set_num_threads(1);
#pragma omp parallel num_threads(threads)
	{
		struct teller teller;
		struct prng g;
		struct tf tf;

		teller_init(&teller, m);
		tf_init(&tf, m, linear, &teller);
		tf.head = true;
#pragma omp for schedule(dynamic)
		for (int i = 0; i < n; i++) {
			t->tokens[i] = MEM_NEW(length, int);
			t->len[i] = length;
			start(&g, seed, (uint64_t)i);
			tell(&tf, &g, temperature, length, t->tokens[i]);
#pragma omp critical
			progress_at(&bar, done += (uint64_t)length);
		}
		tf_release(&tf);
		teller_release(&teller);
	}
	progress_end(&bar);
}

/* ---- order */

void data_order_init(struct data_order *o, int n, uint64_t seed)
{
	*o = (struct data_order){ .seed = seed, .n = n, .epoch = -1, .perm = MEM_NEW(n, int) };
}

void data_order_release(struct data_order *o)
{
	free(o->perm);
	memset(o, 0, sizeof(*o));
}

int data_order_at(struct data_order *o, long d)
{
	struct prng g;

	if (d / o->n != o->epoch) {
		o->epoch = d / o->n;
		start(&g, o->seed, (uint64_t)o->epoch);
		for (int i = 0; i < o->n; i++)
			o->perm[i] = i;
		for (int i = o->n - 1; i > 0; i--) {
			int j = (int)prng_range(&g, 0, i), held = o->perm[i];

			o->perm[i] = o->perm[j];
			o->perm[j] = held;
		}
	}
	return o->perm[d % o->n];
}

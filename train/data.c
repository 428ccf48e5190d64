/* Token sequences that a teacher says, and the order of sequences.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/data.h"
#include "common/mem.h"
#include "common/prng.h"
#include "common/progress.h"
#include "train/linear.h"
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
	struct linear_trace trace; /* x, mid: of the largest Monarch layer */
	float *scratch;
};

static void linear(void *ctx, int layer, int id, const float *x, float *y)
{
	struct teller *t = ctx;
	const struct model_linear *l = layer == t->m->n_layers ? &t->head : &t->m->layers[layer].linear[id];

	if (l->w)
		cblas_sgemv(CblasRowMajor, CblasNoTrans, l->out, l->in, 1, l->w, l->in, x, 1, 0, y, 1);
	else
		linear_forward(l, x, 1, y, &t->trace, t->scratch);
}

static void teller_init(struct teller *t, const struct model *m)
{
	size_t width = 0, mid = 0, scratch = 0;

	for (int i = 0; i < m->n_layers * MODEL_N_LINEAR; i++) {
		const struct model_linear *l = &m->layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR];
		size_t w = (size_t)linear_width(l), n = (size_t)linear_mid(l), s = linear_scratch(l, 1);

		width = w > width ? w : width;
		mid = n > mid ? n : mid;
		scratch = s > scratch ? s : scratch;
	}
	*t = (struct teller){ .m = m, .head = model_head(m), .trace = { .x = MEM_NEW(width, float), .mid = MEM_NEW(mid, float) }, .scratch = MEM_NEW(scratch, float) };
}

static void teller_release(struct teller *t)
{
	free(t->trace.x);
	free(t->trace.mid);
	free(t->scratch);
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

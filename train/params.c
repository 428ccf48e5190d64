/* Every parameter of a model in one array; fresh models.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/params.h"
#include "common/mem.h"
#include "common/prng.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* the largest side and the most numbers of a fresh model: 1 GiB of float32 */
#define SIDE_MAX (1 << 20)
#define NUMBERS_MAX ((uint64_t)1 << 28)
#define EMBEDDING_DEVIATION 0.05 /* docs/train.md section 3 */

static size_t size_R(const struct model_linear *l)
{
	return (size_t)l->b * (size_t)l->b * (size_t)l->r * (size_t)l->p;
}

static size_t size_L(const struct model_linear *l)
{
	return (size_t)l->b * (size_t)l->s * (size_t)l->b * (size_t)l->r;
}

static size_t size_w(const struct model_linear *l)
{
	return (size_t)l->out * (size_t)l->in;
}

/* One walk over every array of numbers, in the order of the header: at NULL counts; else the model's pointers are led into it, and what they pointed to
 * before is copied there. Returns the length. */
static size_t place(float *at, size_t n, const float **p, size_t len)
{
	if (at) {
		if (*p)
			memcpy(at + n, *p, len * sizeof(float));
		*p = at + n;
	}
	return n + len;
}

static size_t lay_theta(struct model *m, bool tied, float *at)
{
	size_t dim = (size_t)m->dim, n = place(at, 0, &m->embedding, (size_t)m->vocab * dim);

	if (!tied)
		n = place(at, n, &m->head, (size_t)m->vocab * dim);
	else if (at)
		m->head = m->embedding;
	n = place(at, n, &m->norm, dim);
	for (int i = 0; i < m->n_layers; i++)
		n = place(at, n, &m->layers[i].attention_norm, dim);
	for (int i = 0; i < m->n_layers; i++)
		n = place(at, n, &m->layers[i].ffn_norm, dim);
	for (int i = 0; i < m->n_layers * MODEL_N_LINEAR; i++) {
		struct model_linear *l = &m->layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR];

		if (l->b == 0) {
			n = place(at, n, &l->w, size_w(l));
		} else {
			n = place(at, n, &l->R, size_R(l));
			n = place(at, n, &l->L, size_L(l));
		}
	}
	return n;
}

static size_t count_k(const struct model *m)
{
	size_t n = 0;

	for (int i = 0; i < m->n_layers * MODEL_N_LINEAR; i++)
		n += (size_t)m->layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR].b + 1;
	return n;
}

/* copies what the layers have to k, 1 where they have none; says whether all have all */
static bool copy_k(const struct model *m, float *k)
{
	bool all = true;
	size_t n = 0;

	for (int i = 0; i < m->n_layers * MODEL_N_LINEAR; i++) {
		const struct model_linear *l = &m->layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR];

		all &= l->k_out && (l->b == 0 || l->k);
		for (int j = 0; j < l->b; j++)
			k[n++] = l->k ? l->k[j] : 1;
		k[n++] = l->k_out ? *l->k_out : 1;
	}
	return all;
}

void params_use_k(struct params *p, bool has)
{
	const float *k = p->k;

	p->has_k = has;
	for (int i = 0; i < p->model.n_layers * MODEL_N_LINEAR; i++) {
		struct model_linear *l = &p->model.layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR];

		l->k = has && l->b > 0 ? k : NULL;
		l->k_out = has ? k + l->b : NULL;
		k += l->b + 1;
	}
}

/* m's layers are p's own; its pointers lead to numbers that are copied, or are NULL */
static void take(struct params *p, const struct model *m, bool tied)
{
	p->model = *m;
	p->model.memory = NULL;
	p->n = lay_theta(&p->model, tied, NULL);
	p->theta = MEM_NEW(p->n, float);
	p->n_k = count_k(m);
	p->k = MEM_NEW(p->n_k, float);
	p->has_k = copy_k(m, p->k);
	lay_theta(&p->model, tied, p->theta);
	params_use_k(p, p->has_k);
}

void params_copy(struct params *p, const struct model *m)
{
	struct model own = *m;

	own.layers = MEM_NEW((size_t)m->n_layers, struct model_layer);
	memcpy(own.layers, m->layers, (size_t)m->n_layers * sizeof(*m->layers));
	take(p, &own, m->head == m->embedding);
}

void params_release(struct params *p)
{
	free(p->theta);
	free(p->k);
	free(p->model.layers);
	memset(p, 0, sizeof(*p));
}

int params_rank(int out, int in, int blocks)
{
	int least = out < in ? out : in, square = blocks * blocks, rank = (int)lround((double)least / square);

	return rank < 1 ? 1 : rank;
}

/* ---- fresh */

static int check_side(const char *name, int v, struct err *e)
{
	if (v >= 1 && v <= SIDE_MAX)
		return 0;
	return err_set(e, ERR_INPUT, "a fresh model with %s %d, legal 1..%d; give --%s", name, v, SIDE_MAX, name);
}

static int check(const struct params_shape *s, struct err *e)
{
	if (check_side("dim", s->dim, e) || check_side("hidden", s->hidden, e) || check_side("layers", s->n_layers, e) || check_side("heads", s->n_heads, e) ||
	    check_side("kv-heads", s->n_kv_heads, e) || check_side("vocab", s->vocab, e) || check_side("context", s->seq_len, e))
		return -1;
	if (s->dim % s->n_heads != 0 || s->dim / s->n_heads % 2 != 0)
		return err_set(e, ERR_INPUT, "a fresh model with %d heads in a dim of %d: legal is a number of heads that divides dim into even parts (rotary pairs); change --heads or --dim", s->n_heads, s->dim);
	if (s->n_heads % s->n_kv_heads != 0)
		return err_set(e, ERR_INPUT, "a fresh model with %d key and value heads, legal are divisors of the %d heads; change --kv-heads", s->n_kv_heads, s->n_heads);
	return 0;
}

static int shape_linear(struct model_linear *l, const struct params_shape *s, int layer, int id, struct err *e)
{
	int most, kv = s->dim / s->n_heads * s->n_kv_heads;

	l->out = id == MODEL_WK || id == MODEL_WV ? kv : id == MODEL_W1 || id == MODEL_W3 ? s->hidden : s->dim;
	l->in = id == MODEL_W2 ? s->hidden : s->dim;
	if (s->blocks == 0)
		return 0;
	most = l->out < l->in ? l->out : l->in;
	if (s->blocks < 1 || s->blocks > most)
		return err_set(e, ERR_INPUT, "layer '%d.%s': %d blocks of %d x %d weights, legal 1..%d; lower --blocks", layer, model_linear_name[id], s->blocks, l->out, l->in, most);
	l->b = s->blocks;
	l->p = (l->in + l->b - 1) / l->b;
	l->s = (l->out + l->b - 1) / l->b;
	l->r = s->rank ? s->rank : params_rank(l->out, l->in, l->b);
	most = l->p < l->s ? l->p : l->s;
	if (l->r < 1 || l->r > most)
		return err_set(e, ERR_INPUT, "layer '%d.%s': rank %d of slices of %d x %d weights (%d blocks), legal 1..%d; lower --rank or --blocks", layer, model_linear_name[id], l->r, l->s, l->p, l->b, most);
	return 0;
}

static void draw(struct prng *g, double deviation, const float *to, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((float *)to)[i] = (float)(deviation * prng_normal(g)); /* to leads into theta */
}

static void ones(const float *to, int n)
{
	for (int i = 0; i < n; i++)
		((float *)to)[i] = 1;
}

/* what no input or output of the layer reaches: input k*p + i >= in of R, output po*b + l >= out of L */
static void clear_padding(const struct model_linear *l)
{
	float *R = (float *)l->R, *L = (float *)l->L;

	for (int k = 0; k < l->b; k++)
		for (int i = 0; i < l->p; i++)
			for (int c = 0; c < l->b * l->r && k * l->p + i >= l->in; c++)
				R[((size_t)k * (size_t)(l->b * l->r) + (size_t)c) * (size_t)l->p + (size_t)i] = 0;
	for (int block = 0; block < l->b; block++)
		for (int po = 0; po < l->s; po++)
			for (int c = 0; c < l->b * l->r && po * l->b + block >= l->out; c++)
				L[((size_t)block * (size_t)l->s + (size_t)po) * (size_t)(l->b * l->r) + (size_t)c] = 0;
}

static void draw_linear(struct prng *g, const struct model_linear *l, int id, int n_layers)
{
	double less = id == MODEL_WO || id == MODEL_W2 ? 1 / sqrt(2.0 * n_layers) : 1; /* what is added to the residual stream */

	if (l->w) {
		draw(g, less / sqrt(l->in), l->w, size_w(l));
		return;
	}
	draw(g, 1 / sqrt(l->p), l->R, size_R(l));
	draw(g, less / sqrt((double)l->b * l->r), l->L, size_L(l));
	clear_padding(l);
}

int params_fresh(struct params *p, const struct params_shape *s, uint64_t seed, struct err *e)
{
	struct model m = { .dim = s->dim, .hidden = s->hidden, .n_layers = s->n_layers, .n_heads = s->n_heads, .n_kv_heads = s->n_kv_heads, .vocab = s->vocab, .seq_len = s->seq_len,
			   .norm_eps = 1e-5f, .rope_theta = 10000 };
	uint64_t each = (uint64_t)s->dim * (2 + 2 * (uint64_t)s->dim + 3 * (uint64_t)s->hidden); /* less than a layer has, dense */
	struct prng g;

	memset(p, 0, sizeof(*p));
	if (check(s, e))
		return -1;
	if ((uint64_t)s->vocab * (uint64_t)s->dim > NUMBERS_MAX || each > NUMBERS_MAX || each * (uint64_t)s->n_layers > NUMBERS_MAX)
		return err_set(e, ERR_INPUT, "a fresh model of these sizes has more than %llu numbers, the most that is trained here; lower --dim, --hidden, --layers or --vocab", (unsigned long long)NUMBERS_MAX);
	m.layers = MEM_NEW((size_t)s->n_layers, struct model_layer);
	for (int i = 0; i < s->n_layers * MODEL_N_LINEAR; i++)
		if (shape_linear(&m.layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR], s, i / MODEL_N_LINEAR, i % MODEL_N_LINEAR, e)) {
			free(m.layers);
			return -1;
		}
	take(p, &m, true);
	prng_init(&g, seed);
	draw(&g, EMBEDDING_DEVIATION, p->model.embedding, (size_t)m.vocab * (size_t)m.dim);
	ones(p->model.norm, m.dim);
	for (int i = 0; i < m.n_layers; i++) {
		ones(p->model.layers[i].attention_norm, m.dim);
		ones(p->model.layers[i].ffn_norm, m.dim);
	}
	for (int i = 0; i < m.n_layers * MODEL_N_LINEAR; i++)
		draw_linear(&g, &p->model.layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR], i % MODEL_N_LINEAR, m.n_layers);
	return 0;
}

/* ---- which parameters are what */

void params_decayed(const struct params *p, uint8_t *decayed)
{
	const struct model *m = &p->model;
	size_t first = params_at(p, m->norm), norms = (1 + 2 * (size_t)m->n_layers) * (size_t)m->dim;

	memset(decayed, 1, p->n);
	memset(decayed + first, 0, norms);
}

void params_zeros(const struct params *p, uint8_t *zero)
{
	memset(zero, 0, p->n);
	for (int i = 0; i < p->model.n_layers * MODEL_N_LINEAR; i++) {
		const struct model_linear *l = &p->model.layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR];

		for (size_t j = 0; l->w && j < size_w(l); j++)
			zero[params_at(p, l->w) + j] = l->w[j] == 0;
	}
}

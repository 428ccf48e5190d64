/* The host part of a llama-family model in float32. Formulas of llama2.c (run.c), for one token at position pos:
 *   x = embedding[token]
 *   each layer:  h = rmsnorm(x, attention_norm); q, k, v = wq h, wk h, wv h; q and k rotated; k and v kept
 *                a(head) = sum over t <= pos of softmax_t(q . k_t / sqrt(head size)) v_t; x += wo a
 *                h = rmsnorm(x, ffn_norm); x += w2 (silu(w1 h) * w3 h), silu(u) = u / (1 + exp(-u))
 *   logits = head rmsnorm(x, norm)
 * rmsnorm(x, g)_i = g_i x_i / sqrt(mean(x^2) + eps). Rotation of the pair (i, i+1), i even inside a head of size s: by pos * theta^(-i/s).
 * Query head h reads key and value head h div (n_heads / n_kv_heads).
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/transformer.h"
#include "common/err.h"
#include "common/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* a token's state */
struct state {
	float *x, *h, *a, *q;    /* [dim] */
	float *h1, *h3;          /* [hidden] */
	float *score;            /* [seq_len] */
	float *turn;             /* [head size]: cos, sin of each pair at pos */
	float *logits;           /* [vocab] */
	float *key, *value;      /* [n_layers][seq_len][kv] */
};

static int head_size(const struct model *m)
{
	return m->dim / m->n_heads;
}

static size_t kv_size(const struct model *m)
{
	return (size_t)head_size(m) * (size_t)m->n_kv_heads;
}

struct memory { float *at; size_t n; };

static float *cut(struct memory *m, size_t n)
{
	float *part = m->at;

	m->n += n;
	if (m->at)
		m->at += n;
	return part;
}

/* memory is cut into its parts; how many numbers it holds. NULL: that alone is asked */
static size_t parts(const struct model *m, float *memory, struct state *s)
{
	size_t dim = (size_t)m->dim, cache = (size_t)m->n_layers * (size_t)m->seq_len * kv_size(m);
	struct memory rest = { .at = memory };

	s->x = cut(&rest, dim);
	s->h = cut(&rest, dim);
	s->a = cut(&rest, dim);
	s->q = cut(&rest, dim);
	s->h1 = cut(&rest, (size_t)m->hidden);
	s->h3 = cut(&rest, (size_t)m->hidden);
	s->score = cut(&rest, (size_t)m->seq_len);
	s->turn = cut(&rest, (size_t)head_size(m));
	s->logits = cut(&rest, (size_t)m->vocab);
	s->key = cut(&rest, cache);
	s->value = cut(&rest, cache);
	return rest.n;
}

void tf_init(struct tf *t, const struct model *m, tf_linear_fn linear, void *ctx)
{
	struct state s;

	t->m = m;
	t->linear = linear;
	t->ctx = ctx;
	t->head = false;
	t->pos = 0;
	t->memory = MEM_NEW(parts(m, NULL, &s), float);
}

void tf_release(struct tf *t)
{
	free(t->memory);
	memset(t, 0, sizeof(*t));
}

void tf_reset(struct tf *t)
{
	t->pos = 0; /* keys and values are written before they are read */
}

static float dot(const float *a, const float *b, int n)
{
	float sum = 0;

	for (int i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static void multiply(const float *w, const float *x, int out, int in, float *y)
{
	for (int o = 0; o < out; o++)
		y[o] = dot(w + (size_t)o * (size_t)in, x, in);
}

/* numerics.md section 7 */
static void monarch(const struct model_linear *l, const float *x, float *out)
{
	size_t b = (size_t)l->b, r = (size_t)l->r, p = (size_t)l->p, s = (size_t)l->s;
	float *padded = MEM_NEW(b * p + b * b * r + b * r, float), *y = padded + b * p, *z = y + b * b * r;

	memcpy(padded, x, (size_t)l->in * sizeof(float));
	for (size_t k = 0; k < b; k++)
		multiply(l->R + k * b * r * p, padded + k * p, (int)(b * r), (int)p, y + k * b * r);
	for (size_t block = 0; block < b; block++) {
		for (size_t k = 0; k < b; k++)
			memcpy(z + k * r, y + k * b * r + block * r, r * sizeof(float));
		for (size_t po = 0; po < s && po * b + block < (size_t)l->out; po++)
			out[po * b + block] = dot(l->L + (block * s + po) * b * r, z, (int)(b * r));
	}
	free(padded);
}

void tf_linear_float(const struct model_linear *l, const float *x, float *y)
{
	if (l->w)
		multiply(l->w, x, l->out, l->in, y);
	else
		monarch(l, x, y);
}

static void linear(struct tf *t, int layer, int id, const float *x, float *y)
{
	if (t->linear)
		t->linear(t->ctx, layer, id, x, y);
	else
		tf_linear_float(&t->m->layers[layer].linear[id], x, y);
}

static void rmsnorm(const struct model *m, const float *x, const float *gain, float *y)
{
	float scale = 1.0f / sqrtf(dot(x, x, m->dim) / (float)m->dim + m->norm_eps);

	for (int i = 0; i < m->dim; i++)
		y[i] = gain[i] * (scale * x[i]);
}

static void make_turn(const struct model *m, int pos, float *turn)
{
	int s = head_size(m);

	for (int i = 0; i < s; i += 2) {
		float angle = (float)pos * (1.0f / powf(m->rope_theta, (float)i / (float)s));

		turn[i] = cosf(angle);
		turn[i + 1] = sinf(angle);
	}
}

static void rotate(const float *turn, int size, float *v, size_t n)
{
	for (size_t i = 0; i < n; i += 2) {
		const float *c = turn + i % (size_t)size;
		float v0 = v[i], v1 = v[i + 1];

		v[i] = v0 * c[0] - v1 * c[1];
		v[i + 1] = v0 * c[1] + v1 * c[0];
	}
}

static void softmax(float *v, int n)
{
	float max = v[0], sum = 0;

	for (int i = 1; i < n; i++)
		if (v[i] > max)
			max = v[i];
	for (int i = 0; i < n; i++) {
		v[i] = expf(v[i] - max);
		sum += v[i];
	}
	for (int i = 0; i < n; i++)
		v[i] /= sum;
}

/* s->q against the kept keys and values of one layer -> s->a */
static void attend(const struct model *m, const struct state *s, const float *key, const float *value, int pos)
{
	int size = head_size(m), share = m->n_heads / m->n_kv_heads;
	size_t kv = kv_size(m);

	for (int head = 0; head < m->n_heads; head++) {
		const float *q = s->q + head * size;
		float *a = s->a + head * size;
		size_t at = (size_t)(head / share * size);

		for (int t = 0; t <= pos; t++)
			s->score[t] = dot(q, key + (size_t)t * kv + at, size) / sqrtf((float)size);
		softmax(s->score, pos + 1);
		memset(a, 0, (size_t)size * sizeof(float));
		for (int t = 0; t <= pos; t++)
			for (int i = 0; i < size; i++)
				a[i] += s->score[t] * value[(size_t)t * kv + at + (size_t)i];
	}
}

static void add(float *x, const float *y, int n)
{
	for (int i = 0; i < n; i++)
		x[i] += y[i];
}

static void attention(struct tf *t, const struct state *s, int l)
{
	const struct model *m = t->m;
	size_t kv = kv_size(m), base = (size_t)l * (size_t)m->seq_len * kv, now = base + (size_t)t->pos * kv;

	rmsnorm(m, s->x, m->layers[l].attention_norm, s->h);
	linear(t, l, MODEL_WQ, s->h, s->q);
	linear(t, l, MODEL_WK, s->h, s->key + now);
	linear(t, l, MODEL_WV, s->h, s->value + now);
	rotate(s->turn, head_size(m), s->q, (size_t)m->dim);
	rotate(s->turn, head_size(m), s->key + now, kv);
	attend(m, s, s->key + base, s->value + base, t->pos);
	linear(t, l, MODEL_WO, s->a, s->h);
	add(s->x, s->h, m->dim);
}

static void feed_forward(struct tf *t, const struct state *s, int l)
{
	const struct model *m = t->m;

	rmsnorm(m, s->x, m->layers[l].ffn_norm, s->h);
	linear(t, l, MODEL_W1, s->h, s->h1);
	linear(t, l, MODEL_W3, s->h, s->h3);
	for (int i = 0; i < m->hidden; i++)
		s->h1[i] = s->h1[i] * (1.0f / (1.0f + expf(-s->h1[i]))) * s->h3[i];
	linear(t, l, MODEL_W2, s->h1, s->h);
	add(s->x, s->h, m->dim);
}

const float *tf_step(struct tf *t, int token)
{
	const struct model *m = t->m;
	struct state s;

	if (t->pos >= m->seq_len)
		BUG("position %d of a context of %d", t->pos, m->seq_len);
	if (token < 0 || token >= m->vocab)
		BUG("token %d of a vocabulary of %d", token, m->vocab);
	parts(m, t->memory, &s);
	memcpy(s.x, m->embedding + (size_t)token * (size_t)m->dim, (size_t)m->dim * sizeof(float));
	make_turn(m, t->pos, s.turn);
	for (int l = 0; l < m->n_layers; l++) {
		attention(t, &s, l);
		feed_forward(t, &s, l);
	}
	rmsnorm(m, s.x, m->norm, s.h);
	if (t->head && t->linear)
		t->linear(t->ctx, m->n_layers, 0, s.h, s.logits);
	else
		multiply(m->head, s.h, m->vocab, m->dim, s.logits);
	t->pos++;
	return s.logits;
}

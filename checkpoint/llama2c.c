/* llama2.c model files, version 0 (float32, no magic) and version 2 (Q8_0). Formats: karpathy/llama2.c export.py, run.c, runq.c; FACTS.md section 5.
 * All sizes are computed with checked multiplication and compared with the file before anything is allocated.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/le.h"
#include "checkpoint/reader.h"
#include "common/mem.h"
#include <limits.h>
#include <stdint.h>

enum { V0_HEADER = 28, V2_HEADER = 256, V2_SHARED = 36, V2_GROUP = 37, V2_USED = 41 };

/* floats: of the model in memory; file: bytes of the file; bad: some product left 64 bits */
struct sizes {
	uint64_t floats, file;
	bool bad;
};

static uint64_t mul(struct sizes *z, uint64_t a, uint64_t b)
{
	uint64_t r;

	z->bad |= __builtin_mul_overflow(a, b, &r);
	return z->bad ? 0 : r;
}

static void add(struct sizes *z, uint64_t floats, uint64_t bytes)
{
	z->bad |= __builtin_add_overflow(z->floats, floats, &z->floats);
	z->bad |= __builtin_add_overflow(z->file, bytes, &z->file);
}

static int check_size(const struct sizes *z, const struct buf *b, const char *path, struct err *e)
{
	if (z->bad)
		return err_set(e, ERR_INPUT, "'%s': the header's numbers make a model of more than 2^64 bytes; is this a llama2.c model?", path);
	if (z->file != b->len)
		return err_set(e, ERR_INPUT, "'%s': the file has %zu bytes, its header asks for exactly %llu; %s", path, b->len,
			       (unsigned long long)z->file, z->file > b->len ? "fetch the whole file" : "remove what follows the model");
	return 0;
}

/* seven i32: dim, hidden, n_layers, n_heads, n_kv_heads, vocab, seq_len */
static void read_header(struct model *m, const uint8_t *p)
{
	m->dim = (int32_t)le_u32(p);
	m->hidden = (int32_t)le_u32(p + 4);
	m->n_layers = (int32_t)le_u32(p + 8);
	m->n_heads = (int32_t)le_u32(p + 12);
	m->n_kv_heads = (int32_t)le_u32(p + 16);
	m->vocab = (int32_t)le_u32(p + 20);
	m->seq_len = (int32_t)le_u32(p + 24);
}

/* bytes -> consecutive pieces of the model's one float array */
struct cursor {
	const uint8_t *p;
	float *to;
	int group; /* of Q8_0 */
};

static const float *take_floats(struct cursor *c, size_t n)
{
	float *start = c->to;

	for (size_t i = 0; i < n; i++, c->p += 4)
		*c->to++ = le_f32(c->p);
	return start;
}

/* n int8, then n / group float32 scales; groups run over the flattened tensor and may cross rows */
static const float *take_q8(struct cursor *c, size_t n)
{
	float *start = c->to;
	const uint8_t *scale = c->p + n;

	for (size_t i = 0; i < n; i++)
		*c->to++ = (float)(int8_t)c->p[i] * le_f32(scale + 4 * (i / (size_t)c->group));
	c->p = scale + 4 * (n / (size_t)c->group);
	return start;
}

typedef const float *(*take_fn)(struct cursor *c, size_t n);

/* one kind of linear layer, all layers of the model one behind the other */
static void take_linear(struct model *m, int id, struct cursor *c, take_fn take)
{
	for (int l = 0; l < m->n_layers; l++) {
		struct model_linear *w = &m->layers[l].linear[id];

		model_shape(m, id, &w->out, &w->in);
		w->w = take(c, (size_t)w->out * (size_t)w->in);
	}
}

static void take_norms(struct model *m, bool ffn, struct cursor *c)
{
	for (int l = 0; l < m->n_layers; l++) {
		const float *norm = take_floats(c, (size_t)m->dim);

		if (ffn)
			m->layers[l].ffn_norm = norm;
		else
			m->layers[l].attention_norm = norm;
	}
}

static void allocate(struct model *m, const struct sizes *z, struct cursor *c)
{
	m->memory = c->to = MEM_NEW(z->floats, float);
	m->layers = MEM_NEW((size_t)m->n_layers, struct model_layer);
}

/* Order: embedding, attention norms, wq wk wv wo, ffn norms, w1 w2 w3, final norm, two unused rotary tables [seq_len][head/2], [head]. */
int llama2c_v0(struct model *m, const struct buf *b, const char *path, struct err *e)
{
	struct sizes z = { 0 };
	struct cursor c = { .p = (const uint8_t *)b->data + V0_HEADER };
	uint64_t table;
	bool tied;
	int out, in;

	if (b->len < V0_HEADER)
		return err_set(e, ERR_INPUT, "'%s': %zu bytes are too short for a model, the smallest header has %d; name a llama2.c or safetensors file",
			       path, b->len, V0_HEADER);
	read_header(m, (const uint8_t *)b->data);
	tied = m->vocab > 0; /* a negative vocab says: head of its own */
	if (m->vocab < 0 && m->vocab != INT_MIN)
		m->vocab = -m->vocab;
	if (model_check(m, path, e))
		return -1;
	add(&z, mul(&z, (uint64_t)m->vocab, (uint64_t)m->dim) * (tied ? 1 : 2), 0);
	add(&z, mul(&z, 2 * (uint64_t)m->n_layers + 1, (uint64_t)m->dim), 0);
	for (int id = 0; id < MODEL_N_LINEAR; id++) {
		model_shape(m, id, &out, &in);
		add(&z, mul(&z, mul(&z, (uint64_t)out, (uint64_t)in), (uint64_t)m->n_layers), 0);
	}
	table = mul(&z, (uint64_t)m->seq_len, (uint64_t)(m->dim / m->n_heads / 2)) * 2;
	add(&z, 0, mul(&z, z.floats, 4));
	add(&z, 0, mul(&z, table, 4));
	add(&z, 0, V0_HEADER);
	if (check_size(&z, b, path, e))
		return -1;

	allocate(m, &z, &c);
	m->embedding = take_floats(&c, (size_t)m->vocab * (size_t)m->dim);
	take_norms(m, false, &c);
	for (int id = MODEL_WQ; id <= MODEL_WO; id++)
		take_linear(m, id, &c, take_floats);
	take_norms(m, true, &c);
	for (int id = MODEL_W1; id <= MODEL_W3; id++)
		take_linear(m, id, &c, take_floats);
	m->norm = take_floats(&c, (size_t)m->dim);
	c.p += 4 * table;
	m->head = tied ? m->embedding : take_floats(&c, (size_t)m->vocab * (size_t)m->dim);
	return 0;
}

/* one Q8_0 tensor of n elements, `times` of them */
static int add_q8(struct sizes *z, uint64_t n, uint64_t times, int group, const char *what, const char *path, struct err *e)
{
	if (n % (uint64_t)group != 0)
		return err_set(e, ERR_INPUT, "'%s': group size is %d, but %s has %llu elements, legal are divisors of every tensor's count; export with a smaller group",
			       path, group, what, (unsigned long long)n);
	add(z, mul(z, n, times), mul(z, n, times));
	add(z, 0, mul(z, mul(z, n / (uint64_t)group, 4), times));
	return 0;
}

/* Order: 256-byte header; float32 attention norms, ffn norms, final norm; then Q8_0 embedding, wq wk wv wo w1 w2 w3 (each layer by layer), [head]. */
int llama2c_v2(struct model *m, const struct buf *b, const char *path, struct err *e)
{
	const uint8_t *h = (const uint8_t *)b->data;
	struct sizes z = { .file = V2_HEADER };
	struct cursor c = { .p = h + V2_HEADER };
	uint64_t norms, table;
	int out, in;

	if (b->len < V2_HEADER)
		return err_set(e, ERR_INPUT, "'%s': the file has %zu bytes, a llama2.c version 2 header has %d; fetch the whole file", path, b->len,
			       V2_HEADER);
	if (le_u32(h + 4) != 2)
		return err_set(e, ERR_INPUT, "'%s': llama2.c version %d, legal with this magic is 2; export with --version 0 or 2", path,
			       (int32_t)le_u32(h + 4));
	read_header(m, h + 8);
	c.group = (int32_t)le_u32(h + V2_GROUP);
	if (h[V2_SHARED] > 1)
		return err_set(e, ERR_INPUT, "'%s': the shared-classifier byte is %d, legal 0..1; fetch the file again", path, h[V2_SHARED]);
	if (c.group < 1)
		return err_set(e, ERR_INPUT, "'%s': group size is %d, legal 1..2147483647; fetch the file again", path, c.group);
	for (int i = V2_USED; i < V2_HEADER; i++)
		if (h[i] != 0)
			return err_set(e, ERR_INPUT, "'%s': header byte %d is %d, legal 0 (padding); fetch the file again", path, i, h[i]);
	if (model_check(m, path, e))
		return -1;
	norms = mul(&z, 2 * (uint64_t)m->n_layers + 1, (uint64_t)m->dim);
	add(&z, norms, mul(&z, norms, 4));
	table = mul(&z, (uint64_t)m->vocab, (uint64_t)m->dim);
	if (add_q8(&z, table, h[V2_SHARED] ? 1 : 2, c.group, "the embedding", path, e))
		return -1;
	for (int id = 0; id < MODEL_N_LINEAR; id++) {
		model_shape(m, id, &out, &in);
		if (add_q8(&z, mul(&z, (uint64_t)out, (uint64_t)in), (uint64_t)m->n_layers, c.group, model_linear_name[id], path, e))
			return -1;
	}
	if (check_size(&z, b, path, e))
		return -1;

	allocate(m, &z, &c);
	take_norms(m, false, &c);
	take_norms(m, true, &c);
	m->norm = take_floats(&c, (size_t)m->dim);
	m->embedding = take_q8(&c, table);
	for (int id = 0; id < MODEL_N_LINEAR; id++)
		take_linear(m, id, &c, take_q8);
	m->head = h[V2_SHARED] ? m->embedding : take_q8(&c, table);
	return 0;
}

/* A model as a safetensors file. Format: huggingface/safetensors README; FACTS.md section 5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/write_parts.h"
#include "common/file.h"
#include "common/mem.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* limits of checkpoint/safetensors.c */
#define FILE_MAX ((uint64_t)4 << 30)
enum { TENSORS_MAX = 4096, HEADER_OF_TENSOR = 256 /* more than an entry takes */ };

static const float *attention_norm(const struct model *m, int layer)
{
	return m->layers[layer].attention_norm;
}

static const float *ffn_norm(const struct model *m, int layer)
{
	return m->layers[layer].ffn_norm;
}

struct wr_tensor *wr_add(struct wr_list *l, const char *name, int a, int b, int c, const float *whole)
{
	struct wr_tensor *t = &l->t[l->n++];

	*t = (struct wr_tensor){ .n_dims = c ? 3 : b ? 2 : 1, .shape = { a, b, c }, .whole = whole };
	snprintf(t->name, sizeof(t->name), "%s", name);
	return t;
}

/* part: "", ".R" or ".L"; the last dimension is the row */
static void add_weights(struct wr_list *l, const char *layer, const char *part, int a, int b, int c, const float *w)
{
	char name[WR_NAME];

	snprintf(name, sizeof(name), "%s%s", layer, part);
	if (l->bits)
		wr_add_integers(l, name, a, b, c, w);
	else
		wr_add(l, name, a, b, c, w);
}

static void add_linear(struct wr_list *l, int layer, int id)
{
	const struct model_linear *x = &l->m->layers[layer].linear[id];
	char name[WR_NAME / 2], factor[WR_NAME];

	snprintf(name, sizeof(name), "layers.%d.%s", layer, model_linear_name[id]);
	if (x->w) {
		add_weights(l, name, "", x->out, x->in, 0, x->w);
	} else {
		add_weights(l, name, ".L", x->b, x->s, x->b * x->r, x->L);
		add_weights(l, name, ".R", x->b, x->b * x->r, x->p, x->R);
	}
	if (x->k) {
		snprintf(factor, sizeof(factor), "%s.k", name);
		wr_add(l, factor, x->b, 0, 0, x->k);
	}
	if (x->k_out) {
		snprintf(factor, sizeof(factor), "%s.k_out", name);
		wr_add(l, factor, 1, 0, 0, x->k_out);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct wr_tensor *)a)->name, ((const struct wr_tensor *)b)->name);
}

static void collect(struct wr_list *l)
{
	const struct model *m = l->m;

	wr_add(l, "tok_embeddings", m->vocab, m->dim, 0, m->embedding);
	wr_add(l, "norm", m->dim, 0, 0, m->norm);
	wr_add(l, "attention_norm", m->n_layers, m->dim, 0, NULL)->row = attention_norm;
	wr_add(l, "ffn_norm", m->n_layers, m->dim, 0, NULL)->row = ffn_norm;
	if (m->head != m->embedding)
		wr_add(l, "output", m->vocab, m->dim, 0, m->head);
	for (int layer = 0; layer < m->n_layers; layer++)
		for (int id = 0; id < MODEL_N_LINEAR; id++)
			add_linear(l, layer, id);
	qsort(l->t, l->n, sizeof(*l->t), by_name);
}

/* of a tensor that is in memory: no overflow. The embedding of a model that is only described may be larger than memory, but stays below 2^64 */
static uint64_t bytes_of(const struct wr_tensor *t)
{
	uint64_t n = t->integers ? 1 : sizeof(float);

	for (int i = 0; i < t->n_dims; i++)
		n *= (uint64_t)t->shape[i];
	return n;
}

/* the model's numbers */
static void put_metadata(struct buf *b, const struct wr_list *l)
{
	const struct model *m = l->m;

	buf_addf(b, "{\"__metadata__\":{\"dim\":\"%d\",\"hidden\":\"%d\",\"n_heads\":\"%d\",\"n_kv_heads\":\"%d\",\"n_layers\":\"%d\",\"norm_eps\":\"%.9g\",\"rope_theta\":\"%.9g\",\"seq_len\":\"%d\",\"vocab\":\"%d\"",
		 m->dim, m->hidden, m->n_heads, m->n_kv_heads, m->n_layers, m->norm_eps, m->rope_theta, m->seq_len, m->vocab);
	buf_adds(b, "}");
}

static void put_header(struct buf *b, const struct wr_list *l)
{
	uint64_t at = 0, n;

	buf_add(b, "\0\0\0\0\0\0\0\0", 8);
	put_metadata(b, l);
	for (size_t i = 0; i < l->n; i++) {
		const struct wr_tensor *t = &l->t[i];

		buf_addf(b, ",\"%s\":{\"dtype\":\"%s\",\"shape\":[", t->name, t->integers ? "I8" : "F32");
		for (int d = 0; d < t->n_dims; d++)
			buf_addf(b, "%s%d", d ? "," : "", t->shape[d]);
		buf_addf(b, "],\"data_offsets\":[%llu,%llu]}", (unsigned long long)at, (unsigned long long)(at + bytes_of(t)));
		at += bytes_of(t);
	}
	buf_adds(b, "}");
	while (b->len % 8 != 0)
		buf_adds(b, " ");
	n = b->len - 8;
	for (int i = 0; i < 8; i++)
		b->data[i] = (char)(n >> 8 * i);
}

/* little-endian, bits as they are (NaN too) */
static void put_floats(struct buf *b, const float *v, size_t n)
{
	uint8_t chunk[4096];
	uint32_t u;

	for (size_t i = 0; i < n;) {
		size_t k = 0;

		for (; k < sizeof(chunk) && i < n; k += 4, i++) {
			memcpy(&u, v + i, 4);
			for (int j = 0; j < 4; j++)
				chunk[k + (size_t)j] = (uint8_t)(u >> 8 * j);
		}
		buf_add(b, chunk, k);
	}
}

static void put_tensor(struct buf *b, const struct wr_list *l, const struct wr_tensor *t)
{
	if (t->integers) {
		buf_add(b, t->integers, (size_t)bytes_of(t));
		return;
	}
	if (t->whole) {
		put_floats(b, t->whole, (size_t)bytes_of(t) / sizeof(float));
		return;
	}
	for (int layer = 0; layer < l->m->n_layers; layer++)
		put_floats(b, t->row(l->m, layer), (size_t)l->m->dim);
}

static int check_limits(const struct wr_list *l, const char *path, struct err *e)
{
	uint64_t bytes = 8 + HEADER_OF_TENSOR * (uint64_t)(l->n + 2);

	if (l->n > TENSORS_MAX)
		return err_set(e, ERR_INPUT, "'%s' would need %zu tensors, legal 1..%d; the model has too many layers for one file", path, l->n, TENSORS_MAX);
	for (size_t i = 0; i < l->n; i++)
		bytes += bytes_of(&l->t[i]);
	if (bytes > FILE_MAX)
		return err_set(e, ERR_INPUT, "'%s' would have %llu bytes, legal 1..%llu; the model is too large for one file", path, (unsigned long long)bytes, (unsigned long long)FILE_MAX);
	return 0;
}

void wr_init(struct wr_list *l, const struct model *m, int bits)
{
	/* per layer: two factors, each with a scale, k, k_out */
	*l = (struct wr_list){ .m = m, .bits = bits, .t = MEM_NEW(5 + 6 * MODEL_N_LINEAR * (size_t)m->n_layers, struct wr_tensor) };
}

int wr_write(struct wr_list *l, const char *path, struct err *e)
{
	struct buf b;
	int bad;

	collect(l);
	bad = check_limits(l, path, e);
	if (!bad) {
		buf_init(&b);
		put_header(&b, l);
		for (size_t i = 0; i < l->n; i++)
			put_tensor(&b, l, &l->t[i]);
		bad = file_write(path, b.data, b.len, e);
		buf_release(&b);
	}
	return bad;
}

void wr_release(struct wr_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->t[i].integers);
		free(l->t[i].own);
	}
	free(l->t);
}

int model_write(const struct model *m, const char *path, struct err *e)
{
	struct wr_list l;
	int bad;

	wr_init(&l, m, 0);
	bad = wr_write(&l, path, e);
	wr_release(&l);
	return bad;
}

/* A model out of a safetensors file with the names of shared/models/SOURCES.md:
 * tok_embeddings [vocab,dim], norm [dim], attention_norm [layers,dim], ffn_norm [layers,dim], optional output [vocab,dim] (untied head), and for each
 * linear layer either layers.N.wq [out,in], or layers.N.wq.R [b,b*r,p] with layers.N.wq.L [b,s,b*r], p = ceil(in/b), s = ceil(out/b);
 * or p = b where that is more (the paper's square, docs/placement.md section 1: the last blocks lie beyond the input and are zero).
 * Weights may be integers with a scale per row, and a layer may bring its calibrated factors: checkpoint/st_linear.c.
 *
 * What shapes do not say comes from __metadata__ (decimal text): n_heads, n_kv_heads, hidden, seq_len, norm_eps, rope_theta; and where it is silent:
 * - hidden and n_kv_heads: from layers.0.w1 and layers.0.wk; a Monarch output is then taken as uncut (out = s*b);
 * - n_heads, seq_len: only for dim 64, the stories260K family: head size 8, context 512. Any other dim is refused with the key to add.
 * - norm_eps 1e-5, rope_theta 10000.
 * Metadata dim, n_layers and vocab, when there, must agree with the shapes. Every tensor of the file must be one of the above.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/st_parts.h"
#include "common/mem.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAMILY_DIM = 64, FAMILY_HEAD = 8, FAMILY_SEQ = 512 };

static const char *meta(const struct st_reader *r, const char *key)
{
	for (size_t i = 0; i < r->f->n_meta; i++)
		if (!strcmp(r->f->meta_key[i], key))
			return r->f->meta_value[i];
	return NULL;
}

/* *v keeps its value when the key is not there */
static int meta_int(const struct st_reader *r, const char *key, int *v)
{
	const char *s = meta(r, key);
	char *end;
	long n;

	if (!s)
		return 0;
	n = strtol(s, &end, 10);
	if (!isdigit((unsigned char)s[0]) || *end || n < 1 || n > ST_TOP)
		return err_set(r->e, ERR_INPUT, "'%s': __metadata__ %s is '%.40s', legal 1..%d; correct it", r->path, key, s, ST_TOP);
	*v = (int)n;
	return 0;
}

static int meta_float(const struct st_reader *r, const char *key, float *v)
{
	const char *s = meta(r, key);
	char *end;
	float x;

	if (!s)
		return 0;
	x = strtof(s, &end);
	if (end == s || *end || !isfinite(x) || !(x > 0))
		return err_set(r->e, ERR_INPUT, "'%s': __metadata__ %s is '%.40s', legal is a finite number above 0; correct it", r->path, key, s);
	*v = x;
	return 0;
}

/* metadata that only repeats what a shape says */
static int meta_same(const struct st_reader *r, const char *key, int v)
{
	int said = v;

	if (meta_int(r, key, &said))
		return -1;
	if (said != v)
		return err_set(r->e, ERR_INPUT, "'%s': __metadata__ %s is %d, legal is %d as the shapes say; correct it", r->path, key, said, v);
	return 0;
}

const struct st_tensor *st_tensor_of(struct st_reader *r, const char *name, int n_dims)
{
	const struct st_tensor *t = st_find(r->f, name);

	if (!t)
		return NULL;
	if (t->n_dims != n_dims) {
		err_set(r->e, ERR_INPUT, "'%s': tensor '%s' has %d dimensions, legal %d; write the file anew", r->path, name, t->n_dims, n_dims);
		return NULL;
	}
	for (int i = 0; i < n_dims; i++)
		if (t->shape[i] < 1 || t->shape[i] > ST_TOP) {
			err_set(r->e, ERR_INPUT, "'%s': tensor '%s' has dimension %lld, legal 1..%d; write the file anew", r->path, name,
				(long long)t->shape[i], ST_TOP);
			return NULL;
		}
	return t;
}

static const struct st_tensor *need(struct st_reader *r, const char *name, int n_dims)
{
	const struct st_tensor *t = st_tensor_of(r, name, n_dims);

	if (!t)
		err_set(r->e, ERR_INPUT, "'%s': tensor '%s' is missing; add it, or name another checkpoint", r->path, name);
	return t;
}

float *st_use(struct st_reader *r, const struct st_tensor *t)
{
	size_t i = (size_t)(t - r->f->tensors);

	r->used[i] = true;
	return r->at[i];
}

const float *st_take(struct st_reader *r, const char *name, int rows, int cols)
{
	const struct st_tensor *t = need(r, name, cols ? 2 : 1);

	if (!t)
		return NULL;
	if (t->shape[0] != rows || (cols && t->shape[1] != cols)) {
		err_set(r->e, ERR_INPUT, "'%s': tensor '%s' has shape %lld x %lld, legal %d x %d; write the file anew", r->path, name,
			(long long)t->shape[0], cols ? (long long)t->shape[1] : 1LL, rows, cols ? cols : 1);
		return NULL;
	}
	return st_use(r, t);
}

void st_linear_name(char name[ST_NAME], int layer, int id, const char *suffix)
{
	snprintf(name, ST_NAME, "layers.%d.%s%s", layer, model_linear_name[id], suffix);
}

/* outputs of a layer as far as its shape says: dense out, Monarch s*b; 0 and an error when it is neither */
static int64_t outputs(struct st_reader *r, int id)
{
	const struct st_tensor *t;
	char name[ST_NAME];

	st_linear_name(name, 0, id, ".L");
	t = st_tensor_of(r, name, 3);
	if (t)
		return t->shape[0] * t->shape[1];
	st_linear_name(name, 0, id, "");
	t = need(r, name, 2);
	return t ? t->shape[0] : 0;
}

static int ask_for(struct st_reader *r, const char *key)
{
	return err_set(r->e, ERR_INPUT, "'%s': %s is not known for dim %d; add \"%s\" to __metadata__", r->path, key, r->m->dim, key);
}

static int read_numbers(struct st_reader *r)
{
	struct model *m = r->m;
	const struct st_tensor *t = need(r, "tok_embeddings", 2);
	int64_t hidden, kv;

	if (!t)
		return -1;
	m->vocab = (int)t->shape[0];
	m->dim = (int)t->shape[1];
	t = need(r, "attention_norm", 2);
	if (!t)
		return -1;
	m->n_layers = (int)t->shape[0];
	if (m->dim == FAMILY_DIM) {
		m->n_heads = FAMILY_DIM / FAMILY_HEAD;
		m->seq_len = FAMILY_SEQ;
	}
	if (meta_same(r, "vocab", m->vocab) || meta_same(r, "dim", m->dim) || meta_same(r, "n_layers", m->n_layers) ||
	    meta_int(r, "n_heads", &m->n_heads) || meta_int(r, "seq_len", &m->seq_len) || meta_float(r, "norm_eps", &m->norm_eps) ||
	    meta_float(r, "rope_theta", &m->rope_theta))
		return -1;
	if (!m->n_heads)
		return ask_for(r, "n_heads");
	if (!m->seq_len)
		return ask_for(r, "seq_len");
	hidden = outputs(r, MODEL_W1);
	kv = outputs(r, MODEL_WK);
	if (r->e->code)
		return -1;
	if (hidden <= ST_TOP)
		m->hidden = (int)hidden;
	if (m->n_heads <= m->dim && kv % (m->dim / m->n_heads) == 0 && kv <= m->dim)
		m->n_kv_heads = (int)(kv / (m->dim / m->n_heads));
	if (meta_int(r, "hidden", &m->hidden) || meta_int(r, "n_kv_heads", &m->n_kv_heads))
		return -1;
	if (!m->hidden)
		return ask_for(r, "hidden");
	if (!m->n_kv_heads)
		return ask_for(r, "n_kv_heads");
	return model_check(m, r->path, r->e);
}

/* every tensor as float32 into one array */
static int convert(struct st_reader *r)
{
	const struct st_file *f = r->f;
	size_t floats = 0, n;
	float *to, *part;

	for (size_t i = 0; i < f->n; i++)
		floats += f->tensors[i].bytes; /* an element has at least one byte: enough, and no overflow */
	r->m->memory = to = MEM_NEW(floats, float);
	r->at = MEM_NEW(f->n, float *);
	r->used = MEM_NEW(f->n, bool);
	for (size_t i = 0; i < f->n; i++) {
		part = st_floats(&f->tensors[i], r->path, &n, r->e);
		if (!part)
			return -1;
		memcpy(to, part, n * sizeof(float));
		free(part);
		r->at[i] = to;
		to += n;
	}
	return 0;
}

static int read_all(struct st_reader *r)
{
	struct model *m = r->m;
	const float *attention, *ffn;

	if (read_numbers(r) || convert(r))
		return -1;
	m->layers = MEM_NEW((size_t)m->n_layers, struct model_layer);
	m->embedding = m->head = st_take(r, "tok_embeddings", m->vocab, m->dim);
	m->norm = st_take(r, "norm", m->dim, 0);
	attention = st_take(r, "attention_norm", m->n_layers, m->dim);
	ffn = st_take(r, "ffn_norm", m->n_layers, m->dim);
	if (st_find(r->f, "output"))
		m->head = st_take(r, "output", m->vocab, m->dim);
	if (r->e->code)
		return -1;
	for (int l = 0; l < m->n_layers; l++) {
		m->layers[l].attention_norm = attention + (size_t)l * (size_t)m->dim;
		m->layers[l].ffn_norm = ffn + (size_t)l * (size_t)m->dim;
		for (int id = 0; id < MODEL_N_LINEAR; id++)
			if (st_linear(r, l, id))
				return -1;
	}
	for (size_t i = 0; i < r->f->n; i++)
		if (!r->used[i])
			return err_set(r->e, ERR_INPUT, "'%s': tensor '%.100s' has no place in a model of %d layers; remove or rename it", r->path,
				       r->f->tensors[i].name, m->n_layers);
	return 0;
}

int st_model(struct model *m, const struct st_file *f, const char *path, struct err *e)
{
	struct st_reader r = { .m = m, .f = f, .path = path, .e = e };
	int bad = read_all(&r);

	free(r.at);
	free(r.used);
	return bad;
}

/* A llama-family model in memory: which reader, which numbers fit together.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/model.h"
#include "checkpoint/le.h"
#include "checkpoint/reader.h"
#include "common/file.h"
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)4 << 30)
/* floats of keys and values of a full context: 2 GiB, so that a header cannot ask for what no machine has */
#define CACHE_MAX ((uint64_t)1 << 29)

const char *const model_linear_name[MODEL_N_LINEAR] = { "wq", "wk", "wv", "wo", "w1", "w2", "w3" };

static int positive(const char *path, const char *name, int v, struct err *e)
{
	if (v >= 1)
		return 0;
	return err_set(e, ERR_INPUT, "'%s': %s is %d, legal 1..2147483647; is this a llama2.c or safetensors model?", path, name, v);
}

int model_check(const struct model *m, const char *path, struct err *e)
{
	uint64_t row, cache;

	if (positive(path, "dim", m->dim, e) || positive(path, "hidden", m->hidden, e) || positive(path, "n_layers", m->n_layers, e) ||
	    positive(path, "n_heads", m->n_heads, e) || positive(path, "n_kv_heads", m->n_kv_heads, e) || positive(path, "vocab", m->vocab, e) ||
	    positive(path, "seq_len", m->seq_len, e))
		return -1;
	if (m->dim % m->n_heads != 0)
		return err_set(e, ERR_INPUT, "'%s': n_heads is %d, legal are divisors of dim %d; correct the header", path, m->n_heads, m->dim);
	if (m->dim / m->n_heads % 2 != 0)
		return err_set(e, ERR_INPUT, "'%s': head size dim / n_heads is %d, legal is an even number (rotary pairs); correct the header", path,
			       m->dim / m->n_heads);
	if (m->n_heads % m->n_kv_heads != 0)
		return err_set(e, ERR_INPUT, "'%s': n_kv_heads is %d, legal are divisors of n_heads %d; correct the header", path, m->n_kv_heads,
			       m->n_heads);
	row = (uint64_t)(m->dim / m->n_heads) * (uint64_t)m->n_kv_heads * 2;
	if (__builtin_mul_overflow(row, (uint64_t)m->n_layers, &cache) || __builtin_mul_overflow(cache, (uint64_t)m->seq_len, &cache) ||
	    cache > CACHE_MAX)
		return err_set(e, ERR_INPUT, "'%s': seq_len is %d, but keys and values of %d layers would exceed %llu numbers; lower seq_len in the header",
			       path, m->seq_len, m->n_layers, (unsigned long long)CACHE_MAX);
	return 0;
}

void model_shape(const struct model *m, int id, int *out, int *in)
{
	int kv = m->dim / m->n_heads * m->n_kv_heads;

	*out = id == MODEL_WK || id == MODEL_WV ? kv : id == MODEL_W1 || id == MODEL_W3 ? m->hidden : m->dim;
	*in = id == MODEL_W2 ? m->hidden : m->dim;
}

/* A safetensors header is `{` and then a quote, a blank or `}` at byte 8; a llama2.c v0 file has n_layers there, a small number, so byte 9 is 0. */
static bool is_safetensors(const struct buf *b)
{
	return b->len >= 10 && b->data[8] == '{' && b->data[9] != '\0';
}

int model_load(struct model *m, const char *path, struct err *e)
{
	struct buf b;
	int bad;

	memset(m, 0, sizeof(*m));
	m->norm_eps = 1e-5f;
	m->rope_theta = 10000;
	if (file_read(path, FILE_MAX, &b, e)) {
		bad = -1;
	} else if (b.len >= 4 && le_u32((const uint8_t *)b.data) == LLAMA2C_MAGIC) {
		bad = llama2c_v2(m, &b, path, e);
	} else if (is_safetensors(&b)) {
		struct st_file f;

		bad = st_parse_bytes(&f, &b, path, e) || st_model(m, &f, path, e) ? -1 : 0;
		st_release(&f);
	} else {
		bad = llama2c_v0(m, &b, path, e);
	}
	buf_release(&b);
	if (bad)
		model_release(m);
	return bad;
}

void model_release(struct model *m)
{
	free(m->memory);
	free(m->layers);
	memset(m, 0, sizeof(*m));
}

struct model_linear model_head(const struct model *m)
{
	return (struct model_linear){ .out = m->vocab, .in = m->dim, .w = m->head };
}

int model_find(const struct model *m, const char *name, int *layer, int *id, struct err *e)
{
	char *end;
	unsigned long n;

	if (isdigit((unsigned char)name[0]) && (name[0] != '0' || name[1] == '.')) {
		n = strtoul(name, &end, 10);
		for (int i = 0; *end == '.' && n < (unsigned long)m->n_layers && i < MODEL_N_LINEAR; i++)
			if (!strcmp(end + 1, model_linear_name[i])) {
				*layer = (int)n;
				*id = i;
				return 0;
			}
	}
	return err_set(e, ERR_INPUT, "layer '%s' is not in the model; legal is N.NAME with N 0..%d and NAME one of wq wk wv wo w1 w2 w3", name,
		       m->n_layers - 1);
}

/* safetensors: the container, every tensor as numbers, and the model with its factors, scales and metadata. What is a model is written and read again.
 * The mutator often mends the header length, which random bytes almost never get right.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_model.h"
#include "checkpoint/reader.h"
#include "checkpoint/safetensors_write.h"

static void floats(const struct st_file *f)
{
	for (size_t i = 0; i < f->n; i++) {
		struct err e = { 0 };
		size_t n;
		float *v = st_floats(&f->tensors[i], FUZZ_PATH, &n, &e);

		if (v)
			fuzz_use(v, n);
		else
			fuzz_refused(&e);
		free(v);
	}
}

/* the written file is a model with the same numbers */
static void again(const struct model *m)
{
	struct err e = { 0 };
	struct model twin;
	struct buf file;

	if (model_write(m, FUZZ_PATH, &e))
		fuzz_broken("a model that was read cannot be written", &e);
	buf_init(&file);
	buf_add(&file, fuzz_written()->data, fuzz_written()->len);
	fuzz_file((uint8_t *)file.data, file.len);
	if (model_load(&twin, FUZZ_PATH, &e))
		fuzz_broken("a model that was written cannot be read", &e);
	if (twin.dim != m->dim || twin.hidden != m->hidden || twin.n_layers != m->n_layers || twin.vocab != m->vocab || twin.n_kv_heads != m->n_kv_heads ||
	    memcmp(twin.embedding, m->embedding, (size_t)m->vocab * (size_t)m->dim * sizeof(float)))
		fuzz_broken("a model is another one after writing and reading", NULL);
	model_release(&twin);
	fuzz_file(NULL, 0);
	buf_release(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct st_file f;
	struct model m;

	fuzz_file(data, size);
	if (st_parse(&f, FUZZ_PATH, &e)) {
		fuzz_refused(&e);
		return 0;
	}
	floats(&f);
	memset(&m, 0, sizeof(m));
	m.norm_eps = 1e-5f;
	m.rope_theta = 10000;
	if (st_model(&m, &f, FUZZ_PATH, &e)) {
		fuzz_refused(&e);
	} else {
		fuzz_use_model(&m);
		again(&m);
	}
	model_release(&m);
	st_release(&f);
	return 0;
}

/* length of the JSON text from byte 8 on, by its braces; 0: it does not end */
static size_t header(const uint8_t *p, size_t size)
{
	bool text = false;
	int depth = 0;

	for (size_t i = 8; i < size; i++) {
		if (text && p[i] == '\\')
			i++;
		else if (p[i] == '"')
			text = !text;
		else if (!text && p[i] == '{')
			depth++;
		else if (!text && p[i] == '}' && --depth <= 0)
			return i + 1 - 8;
	}
	return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	uint32_t r = seed | 1;
	size_t n;

	/* header and data apart: an insertion into the text would move every tensor */
	size = LLVMFuzzerMutate(data, size, max);
	n = fuzz_next(&r) % 8 ? header(data, size) : 0;
	if (n)
		for (int i = 0; i < 8; i++, n >>= 8)
			data[i] = (uint8_t)n;
	return size;
}

/* A model's file with integers and calibrated factors inside (docs/train.md section 5): written, read, and in golden's integers the same as before;
 * calibration leaves alone what a model brings.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/safetensors.h"
#include "checkpoint/safetensors_write.h"
#include "golden/quantised.h"
#include "tests/unit/toy_model.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#define SCRATCH_NAME "m.safetensors"
#include "tests/unit/scratch.h"

static const struct toy_shape shapes[] = { /* blocks 7 of 66 and 33; 8 of 172; one block */
	{ 66, 33, 33, 11, 40, 2, 7, 1 }, { 66, 172, 11, 11, 24, 1, 8, 2 }, { 2, 1, 1, 1, 3, 1, 1, 3 },
};

static struct gl_readout readout(int bits, enum gc_code c)
{
	struct gl_readout ro = { .rows = 64, .cols = 64, .adcs = 8, .bits = 7, .cell_bits = 1, .grid_bits = 4, .input_bits = 8, .weight_bits = bits,
				 .input_code = c, .weight_code = c, .window = { 1, 0, false } };

	if (c == GC_DIF) {
		ro.input_code = GC_SM;
		ro.bits = 8;
		ro.window.low = -64;
	}
	return ro;
}

/* factors for every layer */
static void give_factors(struct toy_model *t)
{
	struct prng p;
	int i, id, j;

	prng_init(&p, 2);
	for (i = 0; i < t->m.n_layers; i++)
		for (id = 0; id < MODEL_N_LINEAR; id++) {
			struct model_linear *l = &t->m.layers[i].linear[id];
			float *k = toy_draw(t->own, &t->n_own, &p, l->b + 1, 1);

			for (j = 0; j <= l->b; j++)
				k[j] = (float)(0.01 + prng_unit(&p));
			l->k = l->w ? NULL : k;
			l->k_out = k + l->b;
		}
}

static void same_floats(const float *a, const float *b, size_t n)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_memory_equal(a, b, n * sizeof(*a));
}

/* integers the same, scales up to one rounding, and the floats of the file are their products */
static void same_rows(const int8_t *q, const float *s, const int8_t *q2, const float *s2, const float *w2, size_t rows, int in)
{
	size_t i;

	assert_memory_equal(q, q2, rows * (size_t)in);
	for (i = 0; i < rows; i++)
		assert_true(s2[i] >= nextafterf(s[i], 0) && s2[i] <= nextafterf(s[i], INFINITY));
	for (i = 0; i < rows * (size_t)in; i++)
		assert_true(w2[i] == (float)q[i] * s[i / (size_t)in]);
}

static void same_integers(const struct gq *a, const struct gq *b)
{
	int i;

	for (i = 0; i < a->m->n_layers * MODEL_N_LINEAR; i++) {
		const struct gq_layer *x = &a->layer[i], *y = &b->layer[i];
		const struct model_linear *l = x->src;
		size_t br = (size_t)l->b * l->r;

		if (l->w) {
			same_rows(x->w, x->sw, y->w, y->sw, y->src->w, (size_t)l->out, l->in);
		} else {
			same_rows(x->R, x->sR, y->R, y->sR, y->src->R, l->b * br, l->p);
			same_rows(x->L, x->sL, y->L, y->sL, y->src->L, (size_t)l->b * l->s, (int)br);
			assert_memory_equal(x->k, y->k, (size_t)l->b * sizeof(*x->k));
		}
		assert_true(x->k_out == y->k_out);
		same_floats(l->k, y->src->k, (size_t)l->b);
		same_floats(l->k_out, y->src->k_out, 1);
	}
}

static void there_and_back(const struct toy_model *t, int bits, enum gc_code c)
{
	struct gl_readout ro = readout(bits, c);
	struct err e = { 0 };
	struct gq *a, *b;
	struct model m;

	assert_int_equal(model_write_integers(&t->m, bits, gc_row, path, &e), 0);
	if (model_load(&m, path, &e))
		fail_msg("%s", e.text);
	same_floats(t->m.embedding, m.embedding, (size_t)m.vocab * (size_t)m.dim);
	same_floats(t->m.norm, m.norm, (size_t)m.dim);
	assert_true(m.head == m.embedding && m.hidden == t->m.hidden && m.n_kv_heads == t->m.n_kv_heads);
	a = gq_new(&t->m, &ro, true, &e);
	b = gq_new(&m, &ro, true, &e);
	assert_non_null(a);
	assert_non_null(b);
	same_integers(a, b);
	gq_free(a);
	gq_free(b);
	model_release(&m);
}

static void integers_written_and_read(void **state)
{
	static const enum gc_code codes[] = { GC_TC, GC_SM, GC_DIF };
	int i, bits, given;

	(void)state;
	for (i = 0; i < 3; i++)
		for (given = 0; given < 2; given++) {
			struct toy_model t;

			toy_make(&t, &shapes[i], 40 + (uint64_t)i);
			if (given)
				give_factors(&t);
			/* a row of zeros, one whose quotient underflows, a denormal one, and the largest */
			memset((void *)(uintptr_t)t.m.layers[0].linear[MODEL_W1].w, 0, (size_t)shapes[i].dim * sizeof(float));
			*(float *)(uintptr_t)&t.m.layers[0].linear[MODEL_W1].w[0] = given ? 1e-45f : 0;
			*(float *)(uintptr_t)t.m.layers[0].linear[MODEL_WO].L = 1e30f;
			for (bits = 2; bits <= 8; bits++)
				there_and_back(&t, bits, codes[(i + bits) % 3]);
			toy_free(&t);
		}
}

/* model_write, too, keeps the factors, to the bit */
static void floats_written_and_read(void **state)
{
	struct err e = { 0 };
	struct toy_model t;
	struct model m;
	int i, id;

	(void)state;
	toy_make(&t, &shapes[0], 50);
	give_factors(&t);
	t.m.layers[0].linear[MODEL_W2].k_out = NULL;
	t.m.layers[0].linear[MODEL_W3].k = NULL;
	assert_int_equal(model_write(&t.m, path, &e), 0);
	assert_int_equal(model_load(&m, path, &e), 0);
	for (i = 0; i < 2; i++)
		for (id = 0; id < MODEL_N_LINEAR; id++) {
			const struct model_linear *x = &t.m.layers[i].linear[id], *y = &m.layers[i].linear[id];

			same_floats(x->k, y->k, (size_t)x->b);
			same_floats(x->k_out, y->k_out, 1);
			same_floats(x->w, y->w, (size_t)x->out * (size_t)x->in);
		}
	model_release(&m);
	toy_free(&t);
}

static void the_container(void **state)
{
	struct err e = { 0 };
	struct toy_model t;
	struct buf first, second;
	struct st_file f;
	size_t i, n_i8 = 0, byte;

	(void)state;
	toy_make(&t, &shapes[0], 51);
	give_factors(&t);
	assert_int_equal(model_write_integers(&t.m, 4, gc_row, path, &e), 0);
	assert_int_equal(st_parse(&f, path, &e), 0);
	/* 4 tensors beside the layers; layer 0: six of R, L, both scales, k, k_out, and w1; layer 1: seven of w, scale, k_out */
	assert_int_equal(f.n, 4 + 6 * 6 + 3 + 7 * 3);
	for (i = 0; i < f.n; i++) {
		assert_true(i == 0 || strcmp(f.tensors[i - 1].name, f.tensors[i].name) < 0);
		if (strcmp(f.tensors[i].dtype, "I8"))
			continue;
		n_i8++;
		for (byte = 0; byte < f.tensors[i].bytes; byte++)
			assert_true(abs((int8_t)f.tensors[i].data[byte]) <= 7);
	}
	assert_int_equal(n_i8, 6 * 2 + 1 + 7);
	st_release(&f);
	assert_int_equal(file_read(path, 1 << 24, &first, &e), 0);
	assert_int_equal(model_write_integers(&t.m, 4, gc_row, path, &e), 0);
	assert_int_equal(file_read(path, 1 << 24, &second, &e), 0);
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
	buf_release(&first);
	buf_release(&second);
	*(float *)(uintptr_t)&t.m.layers[1].linear[MODEL_W3].w[5] = NAN;
	e.code = ERR_NONE;
	assert_int_equal(model_write_integers(&t.m, 8, gc_row, "x", &e), -1);
	assert_string_equal(e.text, "'x': number 5 of '1.w3' is nan: only finite weights become integers; mend the checkpoint");
	*(float *)(uintptr_t)&t.m.layers[0].linear[MODEL_W2].L[7] = -INFINITY;
	e.code = ERR_NONE;
	assert_int_equal(model_write_integers(&t.m, 8, gc_row, "x", &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, "'x': number 7 of '0.w2.L' is infinite: only finite weights become integers; mend the checkpoint");
	assert_false(file_exists("x"));
	toy_free(&t);
}

/* what the model brings stays, what it does not bring is found as if nothing had been brought */
static void calibration_keeps(void **state)
{
	struct gl_readout ro = readout(8, GC_TC);
	struct err e = { 0 };
	struct toy_model t;
	struct gq *all, *some;
	struct text text;
	int i, j, kept = 0;

	(void)state;
	toy_make(&t, &shapes[0], 60);
	gq_self_text(&t.m, 1, 20, &text);
	all = gq_new(&t.m, &ro, true, &e);
	assert_int_equal(gq_calibrate(all, &text, &e), 0);
	give_factors(&t);
	for (i = 0; i < 2 * MODEL_N_LINEAR; i++) { /* neither, k alone, k_out alone, both */
		struct model_linear *l = &t.m.layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR];

		l->k = i & 1 ? l->k : NULL;
		l->k_out = i & 2 ? l->k_out : NULL;
	}
	some = gq_new(&t.m, &ro, true, &e);
	assert_int_equal(gq_calibrate(some, &text, &e), 0);
	for (i = 0; i <= 2 * MODEL_N_LINEAR; i++) {
		const struct gq_layer *x = &some->layer[i], *y = &all->layer[i];
		const struct model_linear *l = x->src;

		assert_true(x->k_out == (l->k_out ? *l->k_out : y->k_out));
		for (j = 0; j < l->b; j++)
			assert_true(x->k[j] == (l->k ? l->k[j] : y->k[j]));
		for (j = 0; j < l->b * l->b * l->r; j++) { /* requantisers go with the factors */
			double f = x->sR[j] / x->k[j % (l->b * l->r) / l->r];

			assert_true(fabs(x->M[j] / exp2(x->shift[j]) / f - 1) < 1 / 32768.0);
		}
		kept += l->k && !l->k_out;
	}
	assert_true(kept > 0);
	gq_free(some);
	gq_free(all);
	text_release(&text);
	toy_free(&t);
}

/* ---- the project's student ---- */

#define SHARED "../shared/models/"

static double perplexity(struct gq *g, const struct model *m, const struct text *text)
{
	struct tf tf;
	double p;
	long n;

	tf_init(&tf, m, gq_linear, g);
	p = text_perplexity(&tf, text, &n);
	assert_int_equal(n, 874);
	tf_release(&tf);
	return p;
}

static void the_student(void **state)
{
	struct gl_readout ro = readout(8, GC_TC);
	struct err e = { 0 };
	float own[1024], *k = own;
	struct tokenizer tok;
	struct text text, self;
	struct model m, back;
	struct gq *g;
	double p;
	int i, j;

	(void)state;
	if (!file_exists(SHARED "students/monarch_b4.safetensors")) {
		printf("skipped: no %sstudents\n", SHARED);
		skip();
	}
	assert_int_equal(model_load(&m, SHARED "students/monarch_b4.safetensors", &e), 0);
	assert_int_equal(tok_load(&tok, SHARED "stories260K/tok512.bin", m.vocab, &e), 0);
	assert_int_equal(text_load(&text, SHARED "eval/stories-1-3.txt", &tok, &e), 0);
	gq_self_text(&m, 1, 512, &self);
	g = gq_new(&m, &ro, false, &e);
	assert_int_equal(gq_calibrate(g, &self, &e), 0);
	for (i = 0; i < m.n_layers * MODEL_N_LINEAR; i++) { /* what calibration found goes into the file */
		struct model_linear *l = &m.layers[i / MODEL_N_LINEAR].linear[i % MODEL_N_LINEAR];

		l->k = l->w ? NULL : k;
		for (j = 0; j < l->b; j++)
			*k++ = (float)g->layer[i].k[j];
		*k = (float)g->layer[i].k_out;
		l->k_out = k++;
	}
	gq_free(g);
	g = gq_new(&m, &ro, false, &e); /* with the factors as the file has them: in float32 */
	p = perplexity(g, &m, &text);
	gq_free(g);
	assert_int_equal(model_write_integers(&m, 8, gc_row, path, &e), 0);
	assert_int_equal(model_load(&back, path, &e), 0);
	g = gq_new(&back, &ro, false, &e);
	assert_true(fabs(perplexity(g, &back, &text) / p - 1) < 1e-4);
	gq_free(g);
	text_release(&self);
	text_release(&text);
	tok_release(&tok);
	model_release(&back);
	model_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_written_and_read), cmocka_unit_test(floats_written_and_read), cmocka_unit_test(the_container),
		cmocka_unit_test(calibration_keeps), cmocka_unit_test(the_student),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

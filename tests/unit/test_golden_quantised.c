/* golden/quantised: layers of a small made-up model (dense, and Monarch with padding on both sides) against the formulas of docs/numerics.md sections 2,
 * 6, 7 written out here; calibration against a search in this file; and the figures of the real checkpoints when ../shared/models is there.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/mem.h"
#include "common/prng.h"
#include "golden/quantised.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ---- a model: dim 8, hidden 13, one layer; wq and w2 are Monarch with b = 3 ---- */

enum { DIM = 8, HIDDEN = 13, VOCAB = 24, CONTEXT = 16 };

struct toy {
	struct model m;
	struct model_layer layer;
	float *own[32];
	int n_own;
};

static float *draw(struct toy *t, struct prng *p, int n, double scale)
{
	float *v = MEM_NEW(n, float);
	int i;

	for (i = 0; i < n; i++)
		v[i] = (float)(prng_normal(p) * scale);
	t->own[t->n_own++] = v;
	return v;
}

static void dense(struct toy *t, struct prng *p, int id, int out, int in)
{
	t->layer.linear[id] = (struct model_linear){ .out = out, .in = in, .w = draw(t, p, out * in, 0.4) };
}

static void factors(struct toy *t, struct prng *p, int id, int out, int in, int b, int r)
{
	struct model_linear *l = &t->layer.linear[id];

	*l = (struct model_linear){ .out = out, .in = in, .b = b, .r = r, .p = (in + b - 1) / b, .s = (out + b - 1) / b };
	l->R = draw(t, p, b * b * r * l->p, 0.5);
	l->L = draw(t, p, b * l->s * b * r, 0.5);
}

static void toy_init(struct toy *t, uint64_t seed)
{
	struct prng p;
	float *norm;
	int i;

	memset(t, 0, sizeof(*t));
	prng_init(&p, seed);
	norm = draw(t, &p, HIDDEN, 0);
	for (i = 0; i < HIDDEN; i++)
		norm[i] = 1;
	t->m = (struct model){ .dim = DIM, .hidden = HIDDEN, .n_layers = 1, .n_heads = 2, .n_kv_heads = 1, .vocab = VOCAB, .seq_len = CONTEXT,
			       .layers = &t->layer, .norm = norm, .norm_eps = 1e-5f, .rope_theta = 10000 };
	t->m.embedding = t->m.head = draw(t, &p, VOCAB * DIM, 1);
	t->layer.attention_norm = t->layer.ffn_norm = norm;
	factors(t, &p, MODEL_WQ, DIM, DIM, 3, 2);
	dense(t, &p, MODEL_WK, DIM / 2, DIM);
	dense(t, &p, MODEL_WV, DIM / 2, DIM);
	dense(t, &p, MODEL_WO, DIM, DIM);
	dense(t, &p, MODEL_W1, HIDDEN, DIM);
	dense(t, &p, MODEL_W3, HIDDEN, DIM);
	factors(t, &p, MODEL_W2, DIM, HIDDEN, 3, 1);
}

static void toy_release(struct toy *t)
{
	while (t->n_own)
		free(t->own[--t->n_own]);
}

static struct gl_readout lossless_readout(int bits, enum gc_code c)
{
	return (struct gl_readout){ .rows = 5, .cols = 16, .adcs = 4, .bits = 3, .cell_bits = 1, .grid_bits = 4, .input_bits = bits, .weight_bits = bits,
				    .input_code = c, .weight_code = c, .window = { 1, 0, false } };
}

/* ---- the formulas ---- */

static int top(int bits)
{
	return bits > 1 ? (1 << (bits - 1)) - 1 : 1;
}

static float scale_of(const float *v, int n, int bits)
{
	float max = 0;

	while (n--)
		max = fabsf(v[n]) > max ? fabsf(v[n]) : max;
	return max > 0 ? max / (float)top(bits) : 1;
}

static int code_of(float v, float s, int bits, enum gc_code c)
{
	float q = rintf(v / s), hi = (float)(c == GC_TC && bits == 1 ? 0 : top(bits));

	return (int)(q > hi ? hi : q < -top(bits) ? -top(bits) : q);
}

static int requantise(double f, long acc, int bits, enum gc_code c)
{
	int s = 47, hi = c == GC_TC && bits == 1 ? 0 : top(bits);
	double q;

	if (f > 0)
		while (rint(f * exp2(s)) > 65535)
			s--;
	/* all exact in binary64: 32 bits times 16 bits, then a power of two */
	q = floor((double)acc * rint(f * exp2(s)) / exp2(s) + 0.5);
	return (int)(q > hi ? hi : q < -top(bits) ? -top(bits) : q);
}

static void expect_dense(const struct gl_readout *ro, const struct model_linear *l, const float *x, float *y)
{
	float sx = scale_of(x, l->in, ro->input_bits);
	int o, i;

	for (o = 0; o < l->out; o++) {
		float sw = scale_of(l->w + o * l->in, l->in, ro->weight_bits);
		long acc = 0;

		for (i = 0; i < l->in; i++)
			acc += code_of(l->w[o * l->in + i], sw, ro->weight_bits, ro->weight_code) * code_of(x[i], sx, ro->input_bits, ro->input_code);
		y[o] = (float)((double)acc * sw * sx);
	}
}

static void expect_monarch(const struct gl_readout *ro, const struct model_linear *l, const double *k_l, const float *x, float *y)
{
	float sx = scale_of(x, l->in, ro->input_bits);
	int b = l->b, r = l->r, br = b * r, k, i, c, o, mid[64];

	for (k = 0; k < b; k++)
		for (i = 0; i < br; i++) {
			const float *row = l->R + (k * br + i) * l->p;
			float s = scale_of(row, l->p, ro->weight_bits);
			long acc = 0;

			for (c = 0; c < l->p && k * l->p + c < l->in; c++)
				acc += code_of(row[c], s, ro->weight_bits, ro->weight_code) * code_of(x[k * l->p + c], sx, ro->input_bits, ro->input_code);
			mid[k * br + i] = requantise(s / k_l[i / r], acc, ro->input_bits, ro->input_code);
		}
	for (o = 0; o < l->out; o++) {
		int block = o % b, po = o / b;
		const float *row = l->L + (block * l->s + po) * br;
		float s = scale_of(row, br, ro->weight_bits);
		long acc = 0;

		for (c = 0; c < br; c++) /* concat_k y[k][block*r : (block+1)*r] */
			acc += code_of(row[c], s, ro->weight_bits, ro->weight_code) * mid[c / r * br + block * r + c % r];
		y[o] = (float)((double)acc * s * sx * k_l[block]);
	}
}

static void test_layers(void **state)
{
	static const int widths[] = { 1, 3, 4, 8 };
	struct err e = { 0 };
	struct prng p;
	struct toy t;
	int i, id, k, o;

	(void)state;
	prng_init(&p, 4);
	for (i = 0; i < 12; i++) {
		struct gl_readout ro = lossless_readout(widths[i % 4], i / 4 ? GC_SM : GC_TC);
		struct text text;
		struct gq *g;

		if (i >= 8) { /* pairs: counts -5..5 */
			ro.weight_code = GC_DIF;
			ro.window.low = -5;
			ro.bits = 4;
			ro.conv.kind = RO_FLASH;
		}
		toy_init(&t, 10 + (uint64_t)i);
		g = gq_new(&t.m, &ro, false, &e);
		assert_non_null(g);
		gq_self_text(&t.m, 3, 20, &text);
		for (k = 0; k < 6; k++) {
			if (k == 3)
				assert_int_equal(gq_calibrate(g, &text, &e), 0);
			for (id = 0; id < MODEL_N_LINEAR; id++) {
				const struct model_linear *l = &t.layer.linear[id];
				float x[HIDDEN], y[HIDDEN], expected[HIDDEN];

				for (o = 0; o < l->in; o++)
					x[o] = k % 3 == 2 ? 0 : (float)prng_normal(&p);
				gq_linear(g, 0, id, x, y);
				if (l->w)
					expect_dense(&ro, l, x, expected);
				else
					expect_monarch(&ro, l, g->layer[id].k, x, expected);
				for (o = 0; o < l->out; o++)
					assert_true(y[o] == expected[o]);
			}
		}
		text_release(&text);
		gq_free(g);
		toy_release(&t);
	}
}

/* section 4: a stochastic value stands for 2^B / n times as much, in every real factor */
static void test_stochastic(void **state)
{
	struct gl_readout ro = lossless_readout(8, GC_TC);
	const struct model_linear *l;
	struct err e = { 0 };
	struct toy t;
	struct gq *g;
	double sum[DIM] = { 0 }, exact[DIM], largest = 0;
	float x[DIM] = { 3, -2, 0.5f, 1, -1, 2, 0.25f, -3 }, y[HIDDEN], expected[HIDDEN];
	int32_t acc[DIM];
	int8_t xq[DIM];
	int i, o, c;

	(void)state;
	ro.full = true;
	ro.bits = 4;
	ro.conv = (struct ro_conv){ .kind = RO_STOCHASTIC, .samples = 5 };
	ro.seed = 77;
	toy_init(&t, 21);
	g = gq_new(&t.m, &ro, false, &e);
	assert_non_null(g);
	l = &t.layer.linear[MODEL_WO];
	for (i = 0; i < 3; i++) { /* the same draws: the matrix made again, read once more often */
		struct gl_matrix *m = gl_prepare(&ro, g->layer[MODEL_WO].w, DIM, DIM);
		float s_x = gc_quantise(GC_TC, 8, x, DIM, xq);

		for (c = 0; c <= i; c++)
			gl_read(m, xq, acc);
		gq_linear(g, 0, MODEL_WO, x, y);
		for (o = 0; o < DIM; o++)
			assert_true(y[o] == (float)((double)acc[o] * g->layer[MODEL_WO].sw[o] * s_x * (16 / 5.0)));
		gl_free(m);
	}
	/* Means are the lossless result: a read takes 8 * 8 * 8 * 2 conversions of 5 draws, a quarter of them in each converter, 1280 draws of 4 steps,
	 * and after 13107 reads every converter has gone through whole periods of its register (65535). */
	for (i = 0; i < 13107; i++) {
		gq_linear(g, 0, MODEL_WO, x, y);
		for (o = 0; o < DIM; o++)
			sum[o] += y[o] / 13107;
	}
	expect_dense(&ro, l, x, expected);
	for (o = 0; o < DIM; o++) {
		exact[o] = expected[o];
		largest = fmax(largest, fabs(exact[o]));
	}
	for (o = 0; o < DIM; o++)
		assert_true(fabs(sum[o] - exact[o]) < 1e-3 * largest);
	for (c = 0; c < 3 * 3 * 2; c++) { /* requantisers of stage R, k_l = 1 */
		double f = g->layer[MODEL_WQ].sR[c] * 16.0 / 5;

		assert_true(fabs(g->layer[MODEL_WQ].M[c] / exp2(g->layer[MODEL_WQ].shift[c]) / f - 1) < 1 / 32768.0);
	}
	gq_free(g);
	toy_release(&t);
}

/* ---- calibration ---- */

struct log { /* every input of the two Monarch layers and every output of all, in a float run */
	struct toy *t;
	float x[MODEL_N_LINEAR][64][HIDDEN];
	double most_out[MODEL_N_LINEAR];
	int n[MODEL_N_LINEAR];
};

static void log_linear(void *ctx, int layer, int id, const float *x, float *y)
{
	struct log *g = ctx;
	const struct model_linear *l = &g->t->layer.linear[id];
	int o;

	assert_int_equal(layer, 0);
	tf_linear_float(l, x, y);
	memcpy(g->x[id][g->n[id]++], x, (size_t)l->in * sizeof(*x));
	for (o = 0; o < l->out; o++)
		g->most_out[id] = fmax(g->most_out[id], fabs(y[o]) / scale_of(x, l->in, 8));
}

static double mid_of(const struct model_linear *l, const float *x, int row)
{
	int block = row / (l->b * l->r), c;
	double y = 0;

	for (c = 0; c < l->p && block * l->p + c < l->in; c++)
		y += (double)l->R[row * l->p + c] * x[block * l->p + c];
	return y;
}

/* squared error of everything that block reads, when its factor is k */
static double error_of(const struct log *g, int id, int block, double k)
{
	const struct model_linear *l = &g->t->layer.linear[id];
	double sum = 0;
	int i, row;

	for (i = 0; i < g->n[id]; i++)
		for (row = 0; row < l->b * l->b * l->r; row++) {
			double step = scale_of(g->x[id][i], l->in, 8) * k, y = mid_of(l, g->x[id][i], row);

			if (row % (l->b * l->r) / l->r == block)
				sum += pow(fabs(y) - fmin(127, floor(fabs(y) / step + 0.5)) * step, 2);
		}
	return sum;
}

static void check_block(const struct log *g, int id, int block, double k)
{
	const struct model_linear *l = &g->t->layer.linear[id];
	double most = 0, best;
	int i, row, c;

	for (i = 0; i < g->n[id]; i++)
		for (row = 0; row < l->b * l->b * l->r; row++)
			if (row % (l->b * l->r) / l->r == block)
				most = fmax(most, fabs(mid_of(l, g->x[id][i], row)) / scale_of(g->x[id][i], l->in, 8));
	most /= 127;
	for (c = 0; c < 24 && fabs(k / (most * pow(0.95, c)) - 1) > 1e-7; c++)
		;
	assert_true(c < 24); /* it is one of the candidates, rounded to float32 */
	for (best = most * pow(0.95, c), c = 0; c < 24; c++) /* and none is better */
		assert_true(error_of(g, id, block, best) <= error_of(g, id, block, most * pow(0.95, c)) * (1 + 1e-9));
}

static void test_calibration(void **state)
{
	static struct log log;
	struct gl_readout ro = lossless_readout(8, GC_TC);
	struct err e = { 0 };
	struct text text;
	struct toy t;
	struct tf tf;
	struct gq *g;
	int i, j, id;

	(void)state;
	toy_init(&t, 77);
	gq_self_text(&t.m, 5, 33, &text);
	g = gq_new(&t.m, &ro, false, &e);
	assert_int_equal(gq_calibrate(g, &text, &e), 0);
	memset(&log, 0, sizeof(log));
	log.t = &t;
	tf_init(&tf, &t.m, log_linear, &log);
	for (i = 0; i < text.n; i++)
		for (tf_reset(&tf), j = 0; j < text.len[i]; j++)
			tf_step(&tf, text.tokens[i][j]);
	tf_release(&tf);
	assert_int_equal(log.n[0], 33);
	for (id = 0; id < MODEL_N_LINEAR; id++) {
		assert_true(g->layer[id].k_out == (float)(log.most_out[id] / 127)); /* as a file holds it */
		for (i = 0; i < t.layer.linear[id].b; i++)
			check_block(&log, id, i, g->layer[id].k[i]);
	}
	gq_free(g);
	memset((void *)(uintptr_t)t.layer.linear[MODEL_WQ].R, 0, 3 * 6 * 3 * sizeof(float)); /* nothing ever comes: 1 */
	g = gq_new(&t.m, &ro, false, &e);
	assert_int_equal(gq_calibrate(g, &text, &e), 0);
	for (i = 0; i < 3; i++)
		assert_true(g->layer[MODEL_WQ].k[i] == 1);
	assert_true(g->layer[MODEL_WQ].k_out == 1);
	gq_free(g);
	text_release(&text);
	toy_release(&t);
}

/* all tokens in a row; how many */
static int flat(const struct text *t, int *tokens)
{
	int i, n = 0;

	for (i = 0; i < t->n; n += t->len[i++])
		memcpy(tokens + n, t->tokens[i], (size_t)t->len[i] * sizeof(int));
	return n;
}

static void test_self_text(void **state)
{
	int fa[64], fb[64], fc[64];
	struct text a, b, c;
	struct toy t;
	int i;

	(void)state;
	toy_init(&t, 6);
	gq_self_text(&t.m, 1, 50, &a);
	gq_self_text(&t.m, 1, 50, &b);
	gq_self_text(&t.m, 2, 50, &c);
	assert_true(a.n >= 4); /* the context holds 16 */
	for (i = 0; i < a.n; i++)
		assert_true(a.len[i] <= CONTEXT && a.tokens[i][0] == TOK_BOS);
	assert_int_equal(flat(&a, fa), 50);
	assert_int_equal(flat(&b, fb), 50);
	assert_int_equal(flat(&c, fc), 50);
	assert_memory_equal(fa, fb, sizeof(int) * 50);
	assert_memory_not_equal(fa, fc, sizeof(int) * 50);
	text_release(&a);
	text_release(&b);
	text_release(&c);
	toy_release(&t);
}

/* ---- the hook ---- */

struct caught { int layer, id, n; int8_t x[HIDDEN]; float s_x; };

static void on_capture(void *ctx, int layer, int id, const int8_t *x, float s_x)
{
	struct caught *c = ctx;

	c->layer = layer;
	c->id = id;
	c->s_x = s_x;
	memcpy(c->x, x, HIDDEN);
	c->n++;
}

static void test_capture(void **state)
{
	const float x[HIDDEN] = { 127, -1, 0.5f, 1.5f, 0, 0, 0, 0, 0, 0, 0, 0, -64 };
	struct gl_readout ro = lossless_readout(8, GC_SM);
	struct caught c = { .n = 0 };
	struct err e = { 0 };
	struct toy t;
	struct gq *g;
	float y[DIM];

	(void)state;
	toy_init(&t, 1);
	g = gq_new(&t.m, &ro, false, &e);
	g->capture = on_capture;
	g->capture_ctx = &c;
	gq_linear(g, 0, MODEL_W2, x, y);
	assert_true(c.n == 1 && c.layer == 0 && c.id == MODEL_W2 && c.s_x == 1);
	assert_memory_equal(c.x, ((int8_t[]){ 127, -1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, -64 }), HIDDEN);
	gq_free(g);
	toy_release(&t);
}

static const float *wq_R(const struct toy *t) { return &t->layer.linear[MODEL_WQ].R[3 * 3 + 2]; }     /* p = 3 */
static const float *wq_L(const struct toy *t) { return &t->layer.linear[MODEL_WQ].L[8 * 6 + 5]; }     /* b*r = 6 */
static const float *wk_w(const struct toy *t) { return &t->layer.linear[MODEL_WK].w[0]; }
static const float *w3_w(const struct toy *t) { return &t->layer.linear[MODEL_W3].w[12 * DIM + 7]; } /* the last */

static void test_refused(void **state)
{
	static const struct { const float *(*at)(const struct toy *); float value; const char *text; } wrong[] = {
		{ wq_R, NAN, "layer '0.wq': weight R[3][2] is nan: every weight must be finite; mend the checkpoint" },
		{ wq_L, -INFINITY, "layer '0.wq': weight L[8][5] is infinite: every weight must be finite; mend the checkpoint" },
		{ wk_w, INFINITY, "layer '0.wk': weight w[0][0] is infinite: every weight must be finite; mend the checkpoint" },
		{ w3_w, NAN, "layer '0.w3': weight w[12][7] is nan: every weight must be finite; mend the checkpoint" },
	};
	struct gl_readout ro = lossless_readout(8, GC_TC);
	struct err e = { 0 };
	struct toy t;
	struct gq *g;
	int i;

	(void)state;
	toy_init(&t, 1);
	ro.bits = 12;
	ro.window.lsb = 4095;
	assert_null(gq_new(&t.m, &ro, false, &e));
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.text, "layer '0.wq': an accumulator"));
	memset(&e, 0, sizeof(e));
	ro = lossless_readout(8, GC_SM); /* 8190 * 254 * 254 * 6 groups of wq.L is too much; pairs have half the weights, and then it is not */
	ro.rows = 1;
	ro.bits = 12;
	ro.window.lsb = 2;
	assert_null(gq_new(&t.m, &ro, false, &e));
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.text, "an accumulator could reach 3170316240,"));
	memset(&e, 0, sizeof(e));
	ro.weight_code = GC_DIF;
	g = gq_new(&t.m, &ro, false, &e);
	assert_non_null(g);
	gq_free(g);
	ro = lossless_readout(8, GC_TC);
	*(float *)(uintptr_t)&t.layer.linear[MODEL_W2].R[7] = 1e30f;
	assert_null(gq_new(&t.m, &ro, false, &e));
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.text, "layer '0.w2': stage R channel 1 "));
	*(float *)(uintptr_t)&t.layer.linear[MODEL_W2].R[7] = 0;
	/* in the order in which the layers come */
	for (i = 3; i >= 0; i--) {
		*(float *)(uintptr_t)wrong[i].at(&t) = wrong[i].value;
		memset(&e, 0, sizeof(e));
		assert_null(gq_new(&t.m, &ro, false, &e));
		assert_int_equal(e.code, ERR_INPUT);
		assert_string_equal(e.text, wrong[i].text);
	}
	toy_release(&t);
}

/* ---- real checkpoints ---- */

#define SHARED "../shared/models/"

static double perplexity(const char *model, int rows, int bits, enum gc_code c)
{
	struct gl_readout ro = { .rows = rows, .cols = 64, .adcs = 8, .bits = bits, .cell_bits = 1, .grid_bits = 4, .input_bits = 8, .weight_bits = 8,
				 .input_code = c, .weight_code = c, .window = { 1, 0, false } };
	struct err e = { 0 };
	struct tokenizer tok;
	struct text text, self;
	struct gq *g = NULL;
	struct model m;
	struct tf tf;
	double p;
	long n;

	assert_int_equal(model_load(&m, model, &e), 0);
	assert_int_equal(tok_load(&tok, SHARED "stories260K/tok512.bin", m.vocab, &e), 0);
	assert_int_equal(text_load(&text, SHARED "eval/stories-1-3.txt", &tok, &e), 0);
	if (bits) {
		gq_self_text(&m, 1, 512, &self);
		g = gq_new(&m, &ro, false, &e);
		assert_non_null(g);
		assert_int_equal(gq_calibrate(g, &self, &e), 0);
		text_release(&self);
	}
	tf_init(&tf, &m, bits ? gq_linear : NULL, g);
	p = text_perplexity(&tf, &text, &n);
	assert_int_equal(n, 874);
	tf_release(&tf);
	gq_free(g);
	text_release(&text);
	tok_release(&tok);
	model_release(&m);
	return p;
}

static void test_real(void **state) /* FACTS.md section 4 */
{
	const char *dense_model = SHARED "stories260K/stories260K.bin", *student = SHARED "students/monarch_b4.safetensors";
	double f, p;

	(void)state;
	if (!file_exists(dense_model) || !file_exists(student)) {
		printf("skipped: no %sstories260K and students\n", SHARED);
		skip();
	}
	f = perplexity(dense_model, 64, 0, GC_TC);
	assert_true(fabs(f - 3.865) < 0.0005);
	p = perplexity(dense_model, 64, 7, GC_TC);
	assert_true(fabs(p / f - 1) < 0.002);
	assert_true(perplexity(dense_model, 64, 7, GC_SM) == p); /* lossless is lossless, whatever the code */
	p = perplexity(dense_model, 64, 5, GC_TC);
	assert_true(p / f - 1 > 0.001 && p / f - 1 < 0.004);
	p = perplexity(dense_model, 64, 3, GC_SM);
	assert_true(p / f - 1 > 0 && p / f - 1 < 0.004);
	f = perplexity(student, 64, 0, GC_TC);
	p = perplexity(student, 64, 7, GC_TC);
	assert_true(fabs(p / f - 1) < 0.002);
	assert_true(perplexity(student, 64, 5, GC_TC) == p); /* five clipped bits cost nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layers), cmocka_unit_test(test_stochastic), cmocka_unit_test(test_calibration), cmocka_unit_test(test_self_text), cmocka_unit_test(test_capture),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_real),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a read-out leaves for a gradient (docs/train.md section 4), the head through a read-out, and integers made by several threads.
 * The trace is judged by numbers recomputed here from weights, scales, requantisers and the formulas of docs/numerics.md section 7.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/quantised.h"
#include "tests/unit/toy_model.h"
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

enum { WIDE = 8192 };

static const struct toy_shape shapes[] = { /* blocks 7 of 66 and 33; 8 of 172; one block; three of 2 */
	{ 66, 33, 33, 11, 40, 2, 7, 1 }, { 66, 172, 11, 11, 24, 1, 8, 2 }, { 2, 1, 1, 1, 3, 1, 1, 3 }, { 2, 7, 1, 1, 33, 2, 3, 1 },
};

static struct gl_readout readout(int bits, enum gc_code c)
{
	struct gl_readout ro = { .rows = 64, .cols = 64, .adcs = 8, .bits = 7, .cell_bits = 1, .grid_bits = 4, .input_bits = bits, .weight_bits = bits,
				 .input_code = c, .weight_code = c, .window = { 1, 0, false } };

	if (c == GC_DIF) {
		ro.input_code = GC_TC;
		ro.bits = 8;
		ro.window.low = -64;
	}
	return ro;
}

static int clamp(double v, const struct gl_readout *ro)
{
	int lo = gc_qlo(ro->input_bits), hi = gc_qhi(ro->input_code, ro->input_bits);

	return (int)(v < lo ? lo : v > hi ? hi : v);
}

struct seen { float x[256], mid[WIDE], pass_mid[WIDE], pass_out[256], y[256]; };

static struct gq_trace into(struct seen *s)
{
	return (struct gq_trace){ s->x, s->mid, s->pass_mid, s->pass_out };
}

/* mid[l][k][j] with whether the requantiser clamped; from the integers alone */
static void expect_mid(const struct gl_readout *ro, const struct gq_layer *q, const int8_t *xq, int *mid, bool *clamped)
{
	const struct model_linear *m = q->src;
	int b = m->b, r = m->r, k, l, j, i;

	for (k = 0; k < b; k++)
		for (l = 0; l < b; l++)
			for (j = 0; j < r; j++) {
				int c = k * b * r + l * r + j, at = (l * b + k) * r + j;
				long acc = 0;
				double v;

				for (i = 0; i < m->p && k * m->p + i < m->in; i++)
					acc += q->R[c * m->p + i] * xq[k * m->p + i];
				v = floor((double)acc * q->M[c] / exp2(q->shift[c]) + 0.5);
				mid[at] = clamp(v, ro);
				clamped[at] = v != mid[at];
			}
}

static void check_dense(const struct gq_layer *q, const struct seen *s)
{
	int o, i;

	for (o = 0; o < q->src->out; o++) {
		double sum = 0, size = 0;

		for (i = 0; i < q->src->in; i++) {
			double term = (double)q->w[o * q->src->in + i] * q->sw[o] * s->x[i];

			sum += term;
			size += fabs(term);
		}
		assert_true(fabs(sum - s->y[o]) <= 1e-6 * size);
		assert_true(s->pass_out[o] == 1);
	}
}

/* how many were clamped */
static int check_monarch(const struct gl_readout *ro, const struct gq_layer *q, const int8_t *xq, float s_x, const struct seen *s)
{
	static int mid[WIDE];
	static bool clamped[WIDE];
	const struct model_linear *m = q->src;
	int br = m->b * m->r, o, i, n = 0;

	expect_mid(ro, q, xq, mid, clamped);
	for (i = 0; i < m->b * br; i++) {
		double step = s_x * q->k[i / br];

		assert_true(fabs(s->mid[i] - mid[i] * step) <= 1e-7 * fabs(mid[i] * step));
		assert_true(s->pass_mid[i] == (clamped[i] ? 0 : 1));
		n += clamped[i];
	}
	for (o = 0; o < m->out; o++) { /* y = L' mid' */
		int row = o % m->b * m->s + o / m->b;
		double sum = 0, size = 0;

		for (i = 0; i < br; i++) {
			double term = (double)q->L[row * br + i] * q->sL[row] * s->mid[o % m->b * br + i];

			sum += term;
			size += fabs(term);
		}
		assert_true(fabs(sum - s->y[o]) <= 1e-6 * size);
		assert_true(s->pass_out[o] == 1);
	}
	return n;
}

static void some_input(struct prng *p, float *x, int n)
{
	while (n--)
		x[n] = (float)prng_normal(p);
}

/* every pointer alone may be NULL, and none changes the result */
static void check_null(struct gq *g, int layer, int id, const float *x, const struct seen *s)
{
	const struct model_linear *l = g->layer[layer * MODEL_N_LINEAR + id].src;
	size_t mid = (size_t)l->b * l->b * l->r * sizeof(float);
	static struct seen t;
	float y[256];
	int which;

	for (which = 0; which < 16; which++) {
		struct gq_trace to = { which & 1 ? t.x : NULL, which & 2 ? t.mid : NULL, which & 4 ? t.pass_mid : NULL, which & 8 ? t.pass_out : NULL };

		memset(&t, 0x5a, sizeof(t));
		gq_linear_traced(g, layer, id, x, y, &to);
		assert_memory_equal(y, s->y, (size_t)l->out * sizeof(*y));
		if (which & 1)
			assert_memory_equal(t.x, s->x, (size_t)l->in * sizeof(*y));
		if (which & 2 && !l->w)
			assert_memory_equal(t.mid, s->mid, mid);
		if (which & 4 && !l->w)
			assert_memory_equal(t.pass_mid, s->pass_mid, mid);
		if (which & 8)
			assert_memory_equal(t.pass_out, s->pass_out, (size_t)l->out * sizeof(*y));
	}
	gq_linear(g, layer, id, x, y);
	assert_memory_equal(y, s->y, (size_t)l->out * sizeof(*y));
}

static void test_lossless(void **state)
{
	static const struct { int bits; enum gc_code c; } codes[] = { { 8, GC_TC }, { 8, GC_SM }, { 4, GC_DIF }, { 1, GC_TC }, { 2, GC_SM } };
	static struct seen s;
	int i, c, layer, id, j, clamped = 0, kept = 0;

	(void)state;
	for (i = 0; i < 4; i++)
		for (c = 0; c < 5; c++) {
			struct gl_readout ro = readout(codes[c].bits, codes[c].c);
			struct gq_trace to = into(&s);
			struct err e = { 0 };
			struct toy_model t;
			struct prng p;
			struct gq *g;

			toy_make(&t, &shapes[i], 5 + (uint64_t)i);
			prng_init(&p, 9);
			for (layer = 0; layer < t.m.n_layers; layer++) /* factors of the model's own: some clamp, some do not */
				for (id = 0; id < MODEL_N_LINEAR; id++) {
					struct model_linear *l = &t.m.layers[layer].linear[id];
					float *k = toy_draw(t.own, &t.n_own, &p, l->b + 1, 1);

					for (j = 0; j <= l->b; j++)
						k[j] = (float)(prng_unit(&p) * 3 / (1 << (codes[c].bits - 1)) + 0.01);
					l->k = l->w ? NULL : k;
					l->k_out = k + l->b;
				}
			g = gq_new(&t.m, &ro, false, &e);
			assert_non_null(g);
			for (layer = 0; layer < t.m.n_layers; layer++)
				for (id = 0; id < MODEL_N_LINEAR; id++) {
					const struct gq_layer *q = &g->layer[layer * MODEL_N_LINEAR + id];
					float x[256], s_x;
					int8_t xq[256];

					assert_true(q->k_out == *q->src->k_out);
					for (j = 0; j < q->src->b; j++)
						assert_true(q->k[j] == q->src->k[j]);
					some_input(&p, x, q->src->in);
					s_x = gc_quantise(ro.input_code, ro.input_bits, x, q->src->in, xq);
					gq_linear_traced(g, layer, id, x, s.y, &to);
					for (j = 0; j < q->src->in; j++)
						assert_true(s.x[j] == (float)xq[j] * s_x);
					if (q->w) {
						check_dense(q, &s);
					} else {
						j = check_monarch(&ro, q, xq, s_x, &s);
						clamped += j;
						kept += q->src->b * q->src->b * q->src->r - j;
					}
					check_null(g, layer, id, x, &s);
				}
			gq_free(g);
			toy_free(&t);
		}
	assert_true(clamped > 100 && kept > 100); /* both have been seen */
}

/* two clipped bits of a converter: the passes are the shares of golden/layer.h, mid's brought into the order of the L blocks */
static void test_shares(void **state)
{
	struct gl_readout ro = readout(8, GC_TC);
	static struct seen s;
	struct gq_trace to = into(&s);
	struct err e = { 0 };
	struct toy_model t;
	struct prng p;
	struct gq *g;
	int id, k, l, j, i, below = 0;

	(void)state;
	ro.bits = 2;
	toy_make(&t, &shapes[0], 3);
	prng_init(&p, 2);
	g = gq_new(&t.m, &ro, false, &e);
	assert_non_null(g);
	for (id = 0; id < MODEL_N_LINEAR; id++) {
		const struct gq_layer *q = &g->layer[id];
		int b = q->src->b, r = q->src->r, qlo = gc_qlo(8), qhi = gc_qhi(GC_TC, 8), v;
		float x[256], inside[256];
		int8_t xq[512] = { 0 }, mid[WIDE];
		int32_t acc[256];

		some_input(&p, x, q->src->in);
		gc_quantise(GC_TC, 8, x, q->src->in, xq);
		gq_linear_traced(g, 0, id, x, s.y, &to);
		if (q->w) {
			gl_read_inside(q->mat[0], xq, acc, inside);
			assert_memory_equal(inside, s.pass_out, (size_t)q->src->out * sizeof(*inside));
			continue;
		}
		for (k = 0; k < b; k++) {
			gl_read_inside(q->mat[k], xq + k * q->src->p, acc, inside);
			for (l = 0; l < b; l++)
				for (j = 0; j < r; j++) {
					i = l * r + j;
					v = gc_requantise(acc[i], q->M[k * b * r + i], q->shift[k * b * r + i], -1000, 1000);
					mid[(l * b + k) * r + j] = (int8_t)(v < qlo ? qlo : v > qhi ? qhi : v);
					assert_true(s.pass_mid[(l * b + k) * r + j] == (v < qlo || v > qhi ? 0 : inside[i]));
					below += inside[i] < 1;
				}
		}
		for (l = 0; l < b; l++) {
			gl_read_inside(q->mat[b + l], mid + l * b * r, acc, inside);
			for (i = 0; i < q->src->s && i * b + l < q->src->out; i++)
				assert_true(s.pass_out[i * b + l] == inside[i]);
		}
	}
	assert_true(below > 0);
	gq_free(g);
	toy_free(&t);
}

/* ---- the head ---- */

struct heard { struct gq *g; const struct model *m; float x[128]; float out[WIDE]; int n, beyond; double most; };

static void hear(void *ctx, int layer, int id, const float *x, float *y)
{
	struct heard *h = ctx;
	int8_t xq[256];
	double s_x;
	int o;

	if (layer < h->m->n_layers) {
		h->beyond += id < 0 || id >= MODEL_N_LINEAR;
		tf_linear_float(&h->m->layers[layer].linear[id], x, y);
		return;
	}
	h->beyond += layer != h->m->n_layers || id != 0;
	h->n++;
	memcpy(h->x, x, (size_t)h->m->dim * sizeof(*x));
	s_x = gc_quantise(h->g->ro.input_code, h->g->ro.input_bits, x, h->m->dim, xq);
	tf_linear_float(&h->g->head_of, x, y); /* what calibration looks at */
	for (o = 0; o < h->m->vocab; o++)
		h->most = fmax(h->most, fabs(y[o]) / s_x);
	gq_linear(h->g, layer, id, x, y);
	memcpy(h->out, y, (size_t)h->m->vocab * sizeof(*y));
}

static void test_head(void **state)
{
	const struct toy_shape shape = { 66, 33, 33, 11, 40, 2, 7, 1 };
	struct gl_readout ro = readout(8, GC_TC);
	static struct heard h;
	struct err e = { 0 };
	struct toy_model t;
	struct text text;
	struct tf tf;
	const float *logits;
	int i, j, o;

	(void)state;
	toy_make(&t, &shape, 8);
	gq_self_text(&t.m, 1, 20, &text);
	h.m = &t.m;
	h.g = gq_new(&t.m, &ro, true, &e);
	assert_non_null(h.g);
	assert_true(h.g->head && h.g->layer[2 * MODEL_N_LINEAR].src->w == t.m.head && h.g->layer[2 * MODEL_N_LINEAR].src->out == 40);
	assert_int_equal(gq_calibrate(h.g, &text, &e), 0);
	tf_init(&tf, &t.m, hear, &h);
	assert_false(tf.head); /* as before, unless asked for */
	tf_step(&tf, 1);
	assert_int_equal(h.n, 0);
	tf.head = true;
	for (i = 0; i < text.n; i++)
		for (tf_reset(&tf), j = 0; j < text.len[i]; j++) {
			logits = tf_step(&tf, text.tokens[i][j]);
			assert_memory_equal(logits, h.out, 40 * sizeof(*logits));
		}
	assert_int_equal(h.n, 20);
	assert_int_equal(h.beyond, 0);
	assert_true(h.g->layer[2 * MODEL_N_LINEAR].k_out == (float)(h.most / 127));
	for (o = 0; o < 40; o++) { /* the integers of the last token, by hand */
		const float *w = t.m.head + o * 66;
		float max_w = 0, max_x = 0;
		long acc = 0;

		for (i = 0; i < 66; i++) {
			max_w = fabsf(w[i]) > max_w ? fabsf(w[i]) : max_w;
			max_x = fabsf(h.x[i]) > max_x ? fabsf(h.x[i]) : max_x;
		}
		for (i = 0; i < 66; i++)
			acc += lrintf(w[i] / (max_w / 127)) * lrintf(h.x[i] / (max_x / 127));
		assert_true(h.out[o] == (float)((double)acc * (max_w / 127) * (max_x / 127)));
	}
	tf.linear = NULL; /* floats: the model's own head */
	tf_reset(&tf);
	logits = tf_step(&tf, 1);
	assert_true(isfinite(logits[0]));
	tf_release(&tf);
	gq_free(h.g);
	*(float *)(uintptr_t)&t.m.head[39 * 66 + 65] = NAN;
	assert_null(gq_new(&t.m, &ro, true, &e));
	assert_string_equal(e.text, "layer 'head': weight w[39][65] is nan: every weight must be finite; mend the checkpoint");
	text_release(&text);
	toy_free(&t);
}

/* a layer too wide for the stack */
static void test_wide(void **state)
{
	const struct toy_shape shape = { 2, 7, 1, 1, WIDE, 1, 3, 1 };
	struct gl_readout ro = readout(8, GC_SM);
	const float x[2] = { -127, 3 };
	static float y[WIDE], pass[WIDE];
	struct gq_trace to = { .pass_out = pass };
	struct err e = { 0 };
	struct toy_model t;
	struct gq *g;
	int o;

	(void)state;
	toy_make(&t, &shape, 1);
	g = gq_new(&t.m, &ro, true, &e);
	assert_non_null(g);
	gq_linear_traced(g, 1, 0, x, y, &to);
	for (o = 0; o < WIDE; o++) {
		const float *w = t.m.head + 2 * o;
		float s = fmaxf(fabsf(w[0]), fabsf(w[1])) / 127;

		assert_true(y[o] == (float)((double)(lrintf(w[0] / s) * -127 + lrintf(w[1] / s) * 3) * s) && pass[o] == 1);
	}
	gq_free(g);
	toy_free(&t);
}

/* ---- threads ---- */

struct job { struct gq *g; float x[256], y[64][256]; };

static void *work(void *ctx)
{
	struct job *j = ctx;
	int i;

	for (i = 0; i < 64; i++)
		gq_linear(j->g, i % 2, i / 2 % MODEL_N_LINEAR, j->x, j->y[i]);
	return NULL;
}

static void test_threads(void **state)
{
	static struct job job[4];
	struct gl_readout ro = readout(8, GC_TC);
	struct err e = { 0 };
	struct toy_model t;
	pthread_t thread[4];
	struct prng p;
	int i, j;

	(void)state;
	toy_make(&t, &shapes[0], 30);
	prng_init(&p, 30);
	some_input(&p, job[0].x, 256);
	job[0].g = gq_new(&t.m, &ro, false, &e);
	for (i = 1; i < 4; i++)
		job[i] = job[0];
	work(&job[0]);
	for (i = 1; i < 4; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, work, &job[i]), 0);
	for (i = 1; i < 4; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		for (j = 0; j < 64; j++)
			assert_memory_equal(job[i].y[j], job[0].y[j], sizeof(job[0].y[j]));
	}
	gq_free(job[0].g);
	toy_free(&t);
}

/* a model large enough that several threads make it: the same integers, and of several bad layers the first one is named */
static void test_made_by_threads(void **state)
{
	const struct toy_shape shape = { 66, 33, 33, 11, WIDE, 2, 7, 1 };
	struct gl_readout ro = readout(8, GC_TC);
	struct err e = { 0 };
	struct toy_model t;
	struct gq *g;
	int8_t q[66];
	int i, row;

	(void)state;
	toy_make(&t, &shape, 31);
	g = gq_new(&t.m, &ro, true, &e);
	assert_non_null(g);
	for (i = 0; i <= 2 * MODEL_N_LINEAR; i++) {
		const struct gq_layer *x = &g->layer[i];
		const struct model_linear *l = x->src;

		for (row = 0; row < (l->w ? l->out : l->b * l->b * l->r); row++) {
			int in = l->w ? l->in : l->p;
			float s = gc_quantise(GC_TC, 8, (l->w ? l->w : l->R) + row * in, in, q);

			assert_true(s == (l->w ? x->sw : x->sR)[row]);
			assert_memory_equal(q, (l->w ? x->w : x->R) + row * in, (size_t)in);
		}
	}
	gq_free(g);
	*(float *)(uintptr_t)&t.m.layers[1].linear[MODEL_WK].w[67] = INFINITY;
	*(float *)(uintptr_t)&t.m.layers[1].linear[MODEL_WV].w[0] = NAN;
	*(float *)(uintptr_t)&t.m.layers[1].linear[MODEL_W3].w[3] = NAN;
	for (i = 0; i < 20; i++) {
		memset(&e, 0, sizeof(e));
		assert_null(gq_new(&t.m, &ro, true, &e));
		assert_int_equal(e.code, ERR_INPUT);
		assert_string_equal(e.text, "layer '1.wk': weight w[1][1] is infinite: every weight must be finite; mend the checkpoint");
	}
	toy_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lossless), cmocka_unit_test(test_shares), cmocka_unit_test(test_head), cmocka_unit_test(test_wide),
		cmocka_unit_test(test_threads), cmocka_unit_test(test_made_by_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The float transformer and text. Oracles: a dense matrix expanded from the Monarch rule one entry at a time, a forward pass in double of its own,
 * and the published perplexity of stories260K (shared/models/SOURCES.md).
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/file.h"
#include "common/mem.h"
#include "common/prng.h"
#include "golden/text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DIM = 16, HIDDEN = 7, LAYERS = 2, HEADS = 4, KV_HEADS = 2, VOCAB = 33, SEQ = 9, HEAD = DIM / HEADS, KV = HEAD * KV_HEADS };

static float *numbers(struct prng *p, int n)
{
	float *v = MEM_NEW((size_t)n, float);

	for (int i = 0; i < n; i++)
		v[i] = (float)prng_normal(p) * 0.5f;
	return v;
}

static void make_linear(struct model_linear *l, struct prng *p, int out, int in)
{
	*l = (struct model_linear){ .out = out, .in = in, .w = numbers(p, out * in) };
}

static void make_model(struct model *m, struct model_layer *layers, uint64_t seed)
{
	static const int shape[MODEL_N_LINEAR][2] = { { DIM, DIM }, { KV, DIM }, { KV, DIM }, { DIM, DIM }, { HIDDEN, DIM }, { DIM, HIDDEN }, { HIDDEN, DIM } };
	struct prng p;

	prng_init(&p, seed);
	*m = (struct model){ .dim = DIM, .hidden = HIDDEN, .n_layers = LAYERS, .n_heads = HEADS, .n_kv_heads = KV_HEADS, .vocab = VOCAB,
			     .seq_len = SEQ, .norm_eps = 1e-5f, .rope_theta = 10000, .layers = layers };
	m->embedding = numbers(&p, VOCAB * DIM);
	m->norm = numbers(&p, DIM);
	m->head = numbers(&p, VOCAB * DIM);
	for (int l = 0; l < LAYERS; l++) {
		layers[l].attention_norm = numbers(&p, DIM);
		layers[l].ffn_norm = numbers(&p, DIM);
		for (int i = 0; i < MODEL_N_LINEAR; i++)
			make_linear(&layers[l].linear[i], &p, shape[i][0], shape[i][1]);
	}
}

static void drop_model(struct model *m)
{
	free((void *)m->embedding);
	free((void *)m->norm);
	free((void *)m->head);
	for (int l = 0; l < LAYERS; l++) {
		free((void *)m->layers[l].attention_norm);
		free((void *)m->layers[l].ffn_norm);
		for (int i = 0; i < MODEL_N_LINEAR; i++)
			free((void *)m->layers[l].linear[i].w);
	}
}

static void times(const struct model_linear *l, const double *x, double *y)
{
	for (int o = 0; o < l->out; o++) {
		y[o] = 0;
		for (int i = 0; i < l->in; i++)
			y[o] += (double)l->w[o * l->in + i] * x[i];
	}
}

static void norm(const double *x, const float *g, double *y)
{
	double sum = 0;

	for (int i = 0; i < DIM; i++)
		sum += x[i] * x[i];
	for (int i = 0; i < DIM; i++)
		y[i] = g[i] * x[i] / sqrt(sum / DIM + 1e-5);
}

static void turn(double *v, int n, int pos)
{
	for (int i = 0; i < n; i += 2) {
		double angle = pos * pow(10000, -(double)(i % HEAD) / HEAD), a = v[i], b = v[i + 1];

		v[i] = a * cos(angle) - b * sin(angle);
		v[i + 1] = a * sin(angle) + b * cos(angle);
	}
}

/* the whole sequence at once, layer by layer, in double; logits of the last token */
static void forward(const struct model *m, const int *token, int n, double *logits)
{
	double x[SEQ][DIM], q[SEQ][DIM], k[SEQ][KV], v[SEQ][KV], h[DIM], a[DIM], g[HIDDEN], u[HIDDEN];

	for (int t = 0; t < n; t++)
		for (int i = 0; i < DIM; i++)
			x[t][i] = m->embedding[token[t] * DIM + i];
	for (int l = 0; l < LAYERS; l++) {
		const struct model_layer *y = &m->layers[l];

		for (int t = 0; t < n; t++) {
			norm(x[t], y->attention_norm, h);
			times(&y->linear[MODEL_WQ], h, q[t]);
			times(&y->linear[MODEL_WK], h, k[t]);
			times(&y->linear[MODEL_WV], h, v[t]);
			turn(q[t], DIM, t);
			turn(k[t], KV, t);
		}
		for (int t = 0; t < n; t++) {
			for (int head = 0; head < HEADS; head++) {
				double e[SEQ], sum = 0;
				int from = head / (HEADS / KV_HEADS) * HEAD;

				for (int s = 0; s <= t; s++) {
					double d = 0;

					for (int i = 0; i < HEAD; i++)
						d += q[t][head * HEAD + i] * k[s][from + i];
					sum += e[s] = exp(d / sqrt(HEAD));
				}
				for (int i = 0; i < HEAD; i++) {
					a[head * HEAD + i] = 0;
					for (int s = 0; s <= t; s++)
						a[head * HEAD + i] += e[s] / sum * v[s][from + i];
				}
			}
			times(&y->linear[MODEL_WO], a, h);
			for (int i = 0; i < DIM; i++)
				x[t][i] += h[i];
			norm(x[t], y->ffn_norm, h);
			times(&y->linear[MODEL_W1], h, g);
			times(&y->linear[MODEL_W3], h, u);
			for (int i = 0; i < HIDDEN; i++)
				g[i] = g[i] / (1 + exp(-g[i])) * u[i];
			times(&y->linear[MODEL_W2], g, h);
			for (int i = 0; i < DIM; i++)
				x[t][i] += h[i];
		}
	}
	norm(x[n - 1], m->norm, h);
	for (int o = 0; o < VOCAB; o++) {
		logits[o] = 0;
		for (int i = 0; i < DIM; i++)
			logits[o] += (double)m->head[o * DIM + i] * h[i];
	}
}

static void steps_as_in_double(void **state)
{
	struct model_layer layers[LAYERS];
	struct model m;
	struct tf tf;
	int token[SEQ];

	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		make_model(&m, layers, seed);
		tf_init(&tf, &m, NULL, NULL);
		for (int round = 0; round < 2; round++) {
			tf_reset(&tf);
			for (int t = 0; t < SEQ; t++) {
				const float *logits;
				double want[VOCAB];

				token[t] = (t * 7 + 3 * round + (int)seed) % VOCAB;
				logits = tf_step(&tf, token[t]);
				forward(&m, token, t + 1, want);
				for (int i = 0; i < VOCAB; i++)
					assert_true(fabs(logits[i] - want[i]) < 1e-4 * (1 + fabs(want[i])));
			}
		}
		tf_release(&tf);
		drop_model(&m);
	}
}

/* the second of two scores is hundreds above the first, or below: e^score has no float, the share has */
static void scores_far_apart(void **state)
{
	struct model_layer layers[LAYERS];
	struct model m;
	struct tf tf;

	(void)state;
	for (uint64_t seed = 1; seed <= 8; seed++) {
		double want[VOCAB];
		const float *logits;

		make_model(&m, layers, seed);
		tf_init(&tf, &m, NULL, NULL);
		for (int i = 0; i < DIM * DIM; i++)
			((float *)layers[0].linear[MODEL_WQ].w)[i] *= 50;
		tf_step(&tf, 5);
		logits = tf_step(&tf, 7);
		forward(&m, (int[]){ 5, 7 }, 2, want);
		for (int i = 0; i < VOCAB; i++)
			assert_true(fabs(logits[i] - want[i]) < 1e-3 * (1 + fabs(want[i])));
		tf_release(&tf);
		drop_model(&m);
	}
}

/* entry (o, i) of the dense matrix: numerics.md section 7, o = po*b + l, i = k*p + c: sum_j L[l][po][k*r + j] R[k][l*r + j][c] */
static void monarch_is_its_matrix(void **state)
{
	static const struct { int out, in, b, r; } cases[] = { { 7, 33, 3, 1 }, { 33, 7, 4, 3 }, { 1, 1, 1, 1 }, { 3, 3, 7, 2 }, { 12, 8, 4, 2 } };
	struct prng rng;

	(void)state;
	prng_init(&rng, 1);
	for (size_t n = 0; n < sizeof(cases) / sizeof(*cases); n++) {
		int b = cases[n].b, r = cases[n].r, p = (cases[n].in + b - 1) / b, s = (cases[n].out + b - 1) / b;
		float *R = numbers(&rng, b * b * r * p), *L = numbers(&rng, b * s * b * r), *x = numbers(&rng, cases[n].in);
		struct model_linear l = { .out = cases[n].out, .in = cases[n].in, .b = b, .r = r, .p = p, .s = s, .R = R, .L = L };
		float *y = MEM_NEW((size_t)l.out, float);

		tf_linear_float(&l, x, y);
		for (int o = 0; o < l.out; o++) {
			double want = 0;

			for (int i = 0; i < l.in; i++)
				for (int j = 0; j < r; j++)
					want += (double)L[((o % b) * s + o / b) * b * r + i / p * r + j] *
						R[(i / p * b * r + (o % b) * r + j) * p + i % p] * x[i];
			assert_true(fabs(y[o] - want) < 1e-4 * (1 + fabs(want)));
		}
		free(R);
		free(L);
		free(x);
		free(y);
	}
}

struct seen { int calls[LAYERS][MODEL_N_LINEAR]; const struct model *m; };

static void count(void *ctx, int layer, int id, const float *x, float *y)
{
	struct seen *s = ctx;

	s->calls[layer][id]++;
	tf_linear_float(&s->m->layers[layer].linear[id], x, y);
}

static void hook_carries_every_layer(void **state)
{
	struct model_layer layers[LAYERS];
	struct model m;
	struct seen s = { .m = &m };
	struct tf plain, hooked;

	(void)state;
	make_model(&m, layers, 5);
	tf_init(&plain, &m, NULL, NULL);
	tf_init(&hooked, &m, count, &s);
	for (int t = 0; t < 3; t++)
		assert_memory_equal(tf_step(&plain, t), tf_step(&hooked, t), VOCAB * sizeof(float));
	for (int l = 0; l < LAYERS; l++)
		for (int id = 0; id < MODEL_N_LINEAR; id++)
			assert_int_equal(s.calls[l][id], 3);
	tf_release(&plain);
	tf_release(&hooked);
	drop_model(&m);
}

/* embedding zero: every vector is zero, every logit too, and the perplexity of equal logits is the vocabulary */
static void zero_vector_is_no_nan(void **state)
{
	struct model_layer layers[LAYERS];
	int token[4] = { 1, 2, 3, 4 }, *tokens = token, len = 4;
	struct text text = { 1, &tokens, &len };
	struct model m;
	struct tf tf;
	long n;

	(void)state;
	make_model(&m, layers, 6);
	memset((void *)m.embedding, 0, VOCAB * DIM * sizeof(float));
	tf_init(&tf, &m, NULL, NULL);
	for (int t = 0; t < 2; t++) {
		const float *logits = tf_step(&tf, t);

		for (int i = 0; i < VOCAB; i++)
			assert_true(logits[i] == 0);
	}
	assert_true(fabs(text_perplexity(&tf, &text, &n) - VOCAB) < 1e-9);
	assert_int_equal(n, 3);
	tf_release(&tf);
	drop_model(&m);
}

/* sequences longer than the context are cut there; the likelihood is that of the double forward pass */
static void perplexity_of_long_text(void **state)
{
	struct model_layer layers[LAYERS];
	int token[2 * SEQ], *tokens = token, len = 2 * SEQ;
	struct text text = { 1, &tokens, &len };
	struct model m;
	struct tf tf;
	double sum = 0, got;
	long n;

	(void)state;
	make_model(&m, layers, 7);
	for (int i = 0; i < len; i++)
		token[i] = i * 5 % VOCAB;
	for (int t = 0; t + 1 < SEQ; t++) {
		double logits[VOCAB], all = 0;

		forward(&m, token, t + 1, logits);
		for (int i = 0; i < VOCAB; i++)
			all += exp(logits[i]);
		sum += log(all) - logits[token[t + 1]];
	}
	tf_init(&tf, &m, NULL, NULL);
	got = text_perplexity(&tf, &text, &n);
	assert_int_equal(n, SEQ - 1);
	assert_true(fabs(got / exp(sum / (SEQ - 1)) - 1) < 1e-4);
	tf_release(&tf);
	drop_model(&m);
}

static void sampling(void **state)
{
	struct model_layer layers[LAYERS];
	int a[SEQ + 3], b[SEQ + 3], n, differ = 0;
	struct model m;
	struct tf tf;

	(void)state;
	make_model(&m, layers, 8);
	tf_init(&tf, &m, NULL, NULL);
	for (unsigned long seed = 1; seed < 20; seed++) {
		n = text_sample(&tf, SEQ + 3, 1, seed, a);
		assert_in_range(n, 0, SEQ); /* never beyond the context */
		assert_int_equal(text_sample(&tf, SEQ + 3, 1, seed, b), n);
		assert_memory_equal(a, b, (size_t)n * sizeof(int));
		for (int i = 0; i < n; i++)
			assert_true(a[i] >= 0 && a[i] < VOCAB && a[i] != TOK_BOS && a[i] != TOK_EOS);
		differ += n != text_sample(&tf, SEQ + 3, 1, seed + 1, b) || memcmp(a, b, (size_t)n * sizeof(int));
	}
	assert_true(differ > 10);
	assert_int_equal(text_sample(&tf, 0, 1, 1, a), 0);
	/* cold sampling is greedy */
	n = text_sample(&tf, SEQ, 0, 1, a);
	assert_int_equal(text_sample(&tf, SEQ, 1e-6, 2, b), n);
	assert_memory_equal(a, b, (size_t)n * sizeof(int));
	/* no number in the logits: an answer all the same */
	((float *)m.norm)[0] = NAN;
	n = text_sample(&tf, 3, 1, 1, a);
	assert_in_range(n, 0, 3);
	tf_release(&tf);
	drop_model(&m);
}

#define MODELS "../shared/models/"
static void need_models(void)
{
	if (file_exists(MODELS "SOURCES.md"))
		return;
	print_message("skipped: '" MODELS "' is not there\n");
	skip();
}

static double perplexity(const char *file, char **said)
{
	struct err e = { 0 };
	struct tokenizer tok;
	struct model m;
	struct text text;
	struct tf tf;
	struct buf b;
	int token[200], n_said, previous = TOK_BOS;
	double result;
	long n;

	if (model_load(&m, file, &e) || tok_load(&tok, MODELS "stories260K/tok512.bin", m.vocab, &e) ||
	    text_load(&text, MODELS "eval/stories-1-3.txt", &tok, &e))
		fail_msg("%s", e.text);
	assert_int_equal(text.n, 3);
	tf_init(&tf, &m, NULL, NULL);
	result = text_perplexity(&tf, &text, &n);
	assert_int_equal(n, 874);
	n_said = text_sample(&tf, 200, 0, 1, token);
	buf_init(&b);
	for (int i = 0; i < n_said; i++) {
		tok_decode(&tok, previous, token[i], &b);
		previous = token[i];
	}
	*said = b.data;
	tf_release(&tf);
	text_release(&text);
	tok_release(&tok);
	model_release(&m);
	return result;
}

static void stories260k(void **state)
{
	static const char begin[] = "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball.";
	char *said;

	(void)state;
	need_models();
	assert_true(fabs(perplexity(MODELS "stories260K/stories260K.bin", &said) - 3.8650) < 0.00005);
	assert_memory_equal(said, begin, strlen(begin));
	free(said);
	/* 8-bit weights cost little; a misread scale or group costs a lot */
	assert_true(fabs(perplexity(MODELS "stories260K/stories260K_q80.bin", &said) - 3.865) < 0.02);
	assert_memory_equal(said, begin, strlen(begin));
	free(said);
}

static void monarch_student(void **state)
{
	char *said;

	(void)state;
	need_models();
	assert_true(fabs(perplexity(MODELS "students/monarch_b4.safetensors", &said) - 5.8) < 0.05);
	assert_memory_equal(said, "Once upon a time", 16);
	free(said);
}

/* sequences end at blank lines, are stripped, begin with BOS */
static void text_is_split(void **state)
{
	static const struct { const char *bytes; int n, first_lines; } cases[] = {
		{ "a", 1, 0 }, { "a\nb\n", 1, 1 }, { "\n\n  a \n \t\r\n\n\nb\r\n\r\nc\n\n", 3, 0 }, { "", 0, 0 }, { " \n\n\t", 0, 0 },
	};
	char dir[] = "/tmp/bitline-test-XXXXXX", *path;
	struct tokenizer tok;
	struct text t;
	struct err io = { 0 };

	(void)state;
	need_models();
	assert_non_null(mkdtemp(dir));
	path = file_join(dir, "t.txt");
	assert_int_equal(tok_load(&tok, MODELS "stories260K/tok512.bin", 512, &io), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = { 0 };

		assert_int_equal(file_write(path, cases[i].bytes, strlen(cases[i].bytes), &io), 0);
		assert_int_equal(text_load(&t, path, &tok, &e), cases[i].n ? 0 : -1);
		assert_int_equal(e.code, cases[i].n ? ERR_NONE : ERR_INPUT);
		assert_int_equal(t.n, cases[i].n);
		for (int k = 0; k < t.n; k++) {
			char letter[2] = { (char)('a' + k), 0 };
			struct buf b;

			assert_int_equal(t.tokens[k][0], TOK_BOS);
			buf_init(&b);
			for (int j = 1; j < t.len[k]; j++)
				tok_decode(&tok, t.tokens[k][j - 1], t.tokens[k][j], &b);
			assert_string_equal(b.data, cases[i].first_lines ? "a\nb" : letter);
			buf_release(&b);
		}
		text_release(&t);
	}
	io = (struct err){ 0 };
	assert_int_equal(file_write(path, "a\0b", 3, &io), 0);
	assert_int_equal(text_load(&t, path, &tok, &io), -1);
	assert_non_null(strstr(io.text, "NUL byte"));
	tok_release(&tok);
	unlink(path);
	rmdir(dir);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_as_in_double), cmocka_unit_test(scores_far_apart), cmocka_unit_test(monarch_is_its_matrix), cmocka_unit_test(hook_carries_every_layer),
		cmocka_unit_test(zero_vector_is_no_nan), cmocka_unit_test(perplexity_of_long_text), cmocka_unit_test(sampling),
		cmocka_unit_test(stories260k), cmocka_unit_test(monarch_student), cmocka_unit_test(text_is_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

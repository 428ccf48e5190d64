/* The named shapes: every layer class with its count, parameter sums against the published sizes of whole models, the paper's arrays, groups, names.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workload/workload.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct workload shapes(const char *name, int factors, bool head)
{
	struct workload w;
	struct err e = { 0 };

	wl_shapes(&w, name, factors, head, &e);
	assert_string_equal(e.text, "");
	assert_string_equal(w.name, name);
	return w;
}

/* the table of shapes, typed line by line; classes of equal size added; q, k, v of c_attn counted as three. head: with_head only */
static const struct { const char *model; int out, in, count; bool head; } classes[] = {
	{ "stories260k", 64, 64, 10 }, { "stories260k", 32, 64, 10 }, { "stories260k", 172, 64, 10 }, { "stories260k", 64, 172, 5 }, { "stories260k", 512, 64, 1, true },
	{ "bit1m", 128, 128, 16 }, { "bit1m", 64, 128, 16 }, { "bit1m", 256, 128, 16 }, { "bit1m", 128, 256, 8 }, { "bit1m", 512, 128, 1, true },
	{ "bit3m", 256, 256, 40 }, { "bit3m", 128, 256, 16 }, { "bit3m", 512, 256, 1, true },
	{ "stories15m", 288, 288, 24 }, { "stories15m", 768, 288, 12 }, { "stories15m", 288, 768, 6 }, { "stories15m", 32000, 288, 1, true },
	{ "gpt2-small", 768, 768, 48 }, { "gpt2-small", 3072, 768, 12 }, { "gpt2-small", 768, 3072, 12 }, { "gpt2-small", 50257, 768, 1, true },
	{ "gpt2-medium", 1024, 1024, 96 }, { "gpt2-medium", 4096, 1024, 24 }, { "gpt2-medium", 1024, 4096, 24 }, { "gpt2-medium", 50257, 1024, 1, true },
	{ "bert-large", 1024, 1024, 96 }, { "bert-large", 4096, 1024, 24 }, { "bert-large", 1024, 4096, 24 }, { "bert-large", 1024, 1024, 2, true }, { "bert-large", 30522, 1024, 1, true },
	{ "bart-large", 1024, 1024, 144 }, { "bart-large", 4096, 1024, 24 }, { "bart-large", 1024, 4096, 24 }, { "bart-large", 50265, 1024, 1, true },
	{ "llama2-7b", 4096, 4096, 128 }, { "llama2-7b", 11008, 4096, 64 }, { "llama2-7b", 4096, 11008, 32 }, { "llama2-7b", 32000, 4096, 1, true },
	{ "llama3-8b", 4096, 4096, 64 }, { "llama3-8b", 1024, 4096, 64 }, { "llama3-8b", 14336, 4096, 64 }, { "llama3-8b", 4096, 14336, 32 }, { "llama3-8b", 128256, 4096, 1, true },
	{ "qwen2.5-0.5b", 896, 896, 48 }, { "qwen2.5-0.5b", 128, 896, 48 }, { "qwen2.5-0.5b", 4864, 896, 48 }, { "qwen2.5-0.5b", 896, 4864, 24 }, { "qwen2.5-0.5b", 151936, 896, 1, true },
	{ "tinyllama-1.1b", 2048, 2048, 44 }, { "tinyllama-1.1b", 256, 2048, 44 }, { "tinyllama-1.1b", 5632, 2048, 44 }, { "tinyllama-1.1b", 2048, 5632, 22 }, { "tinyllama-1.1b", 32000, 2048, 1, true },
};

static void t_classes(void **state)
{
	int n_names = 0;

	(void)state;
	for (int i = 0; wl_names[i]; i++, n_names++)
		for (int head = 0; head < 2; head++) {
			struct workload w = shapes(wl_names[i], WL_FIT, head);
			size_t seen = 0;

			for (size_t c = 0; c < sizeof(classes) / sizeof(*classes); c++) {
				int n = 0;

				if (strcmp(classes[c].model, wl_names[i]) || (classes[c].head && !head))
					continue;
				for (size_t k = 0; k < w.n; k++)
					n += w.matrix[k].out == classes[c].out && w.matrix[k].in == classes[c].in && (w.matrix[k].n_stages == 1) == classes[c].head;
				if (n != classes[c].count)
					fail_msg("%s: %d x %d %d times, not %d", w.name, classes[c].out, classes[c].in, n, classes[c].count);
				seen += (size_t)n;
			}
			assert_int_equal(seen, w.n);
			assert_true(w.n > 30);
			wl_release(&w);
		}
	assert_int_equal(n_names, 12);
}

/* Whole models as published, in parameters: linear layers of the blocks, and what lies beside them (embeddings, positions, norms, biases, an untied or absent head). */
static void t_published_sizes(void **state)
{
	static const struct { const char *name; int64_t beside, published; } models[] = {
		/* tokens and norms, 2 per layer and a last one */
		{ "stories260k", 512 * 64 + 11 * 64, 260032 },
		{ "stories15m", 32000 * 288 + 13 * 288, 15191712 },
		/* tokens and positions; per layer two norms of weight and bias, biases 3 d, d, 4 d, d; last norm */
		{ "gpt2-small", (50257 + 1024) * 768 + 12 * (4 + 9) * 768 + 2 * 768, 124439808 },
		{ "gpt2-medium", (50257 + 1024) * 1024 + 24 * (4 + 9) * 1024 + 2 * 1024, 354823168 },
		/* tokens, positions, types, their norm; per layer as above; pooler */
		{ "bert-large", (30522 + 512 + 2 + 2) * 1024 + 24 * (4 + 9) * 1024 + 1024 * 1024 + 1024, 335141888 },
		/* tokens, positions (2 more than 1024) and their norm in each half; encoder 2 norms, decoder 3 and 4 biases more */
		{ "bart-large", 50265 * 1024 + 2 * (1026 + 2) * 1024 + 12 * (4 + 9) * 1024 + 12 * (6 + 9 + 4) * 1024, 406291456 },
		{ "llama2-7b", 2LL * 32000 * 4096 + 65 * 4096, 6738415616 },
		{ "llama3-8b", 2LL * 128256 * 4096 + 65 * 4096, 8030261248 },
		{ "qwen2.5-0.5b", 151936 * 896 + 49 * 896 + 24 * (896 + 128 + 128), 494032768 },
		{ "tinyllama-1.1b", 2 * 32000 * 2048 + 45 * 2048, 1100048384 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++) {
		struct workload w = shapes(models[i].name, WL_FIT, false);
		int64_t sum = models[i].beside;

		for (size_t k = 0; k < w.n; k++)
			sum += (int64_t)w.matrix[k].out * w.matrix[k].in;
		if (sum != models[i].published)
			fail_msg("%s: %lld parameters, published %lld", w.name, (long long)sum, (long long)models[i].published);
		wl_release(&w);
	}
}

static int64_t stored_cells(const struct workload *w)
{
	int64_t sum = 0;

	for (size_t k = 0; k < w->n; k++)
		for (int s = 0; s < w->matrix[k].n_stages; s++)
			sum += (int64_t)w->matrix[k].stage[s].blocks * w->matrix[k].stage[s].in_p * w->matrix[k].stage[s].out_p;
	return sum;
}

static int64_t real_cells(const struct workload *w)
{
	int64_t sum = 0;

	for (size_t k = 0; k < w->n; k++)
		for (int s = 0; s < w->matrix[k].n_stages; s++)
			for (int i = 0; i < w->matrix[k].stage[s].n; i++)
				sum += (int64_t)w->matrix[k].stage[s].in[i] * w->matrix[k].stage[s].out[i];
	return sum;
}

/* one weight per cell, 256 x 256: 4608 arrays dense, 480 arrays of padded factors (FACTS of paper A: 86.8 % fewer), and what of them is real */
static void t_paper_cells(void **state)
{
	static const char *const models[] = { "bert-large", "gpt2-medium" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct workload w = shapes(models[i], WL_PAPER, false);
		int64_t dense = 0;

		for (size_t k = 0; k < w.n; k++)
			dense += (int64_t)w.matrix[k].out * w.matrix[k].in;
		assert_int_equal(dense, 4608LL * 65536);
		assert_int_equal(stored_cells(&w), 480LL * 65536);
		assert_int_equal(real_cells(&w), 96LL * 65536 + 24 * (131072 + 327680));
		wl_release(&w);
	}
}

static void t_context(void **state)
{
	(void)state;
	for (int i = 0; wl_names[i]; i++) {
		struct workload w = shapes(wl_names[i], WL_PAPER, false);

		assert_int_equal(w.context, !strcmp(w.name, "bert-large") ? 512 : !strcmp(w.name, "bart-large") || !strcmp(w.name, "gpt2-medium") ? 1024 : 128);
		wl_release(&w);
	}
}

/* names of the matrices with their groups: "q+k+v o ..." of the first layers */
static void check_order(const struct workload *w, size_t first, size_t n, const char *wanted)
{
	char got[1024];
	size_t at = 0;

	for (size_t i = first; i < first + n; i++) {
		bool same = i > first && w->matrix[i].group == w->matrix[i - 1].group;

		assert_true(i < w->n);
		at += (size_t)snprintf(got + at, sizeof(got) - at, "%s%s", i == first ? "" : same ? "+" : " ", w->matrix[i].name);
	}
	assert_string_equal(got, wanted);
}

static void t_order(void **state)
{
	struct workload w = shapes("llama3-8b", WL_PAPER, true);

	(void)state;
	check_order(&w, 7, 7, "1.attn.q+1.attn.k+1.attn.v 1.attn.o 1.mlp.gate+1.mlp.up 1.mlp.down");
	assert_int_equal(w.matrix[13].layer, 1);
	check_order(&w, w.n - 2, 2, "31.mlp.down lm_head");
	assert_int_equal(w.n_groups, 32 * 4 + 1);
	wl_release(&w);

	w = shapes("gpt2-small", WL_PAPER, false);
	check_order(&w, 0, 6, "0.attn.c_attn.q+0.attn.c_attn.k+0.attn.c_attn.v 0.attn.c_proj 0.mlp.c_fc 0.mlp.c_proj");
	assert_int_equal(w.n_groups, 12 * 4);
	wl_release(&w);

	w = shapes("bert-large", WL_PAPER, true);
	check_order(&w, 23 * 6, 9, "23.attn.q+23.attn.k+23.attn.v 23.attn.out 23.intermediate 23.output pooler mlm.transform mlm.decoder");
	assert_int_equal(w.n_groups, 24 * 4 + 3);
	wl_release(&w);

	w = shapes("bart-large", WL_PAPER, true);
	check_order(&w, 0, 6, "enc.0.self.q+enc.0.self.k+enc.0.self.v enc.0.self.o enc.0.fc1 enc.0.fc2");
	check_order(&w, 72, 10, "dec.0.self.q+dec.0.self.k+dec.0.self.v dec.0.self.o dec.0.cross.q dec.0.cross.k+dec.0.cross.v dec.0.cross.o dec.0.fc1 dec.0.fc2");
	assert_int_equal(w.matrix[71].layer, 11);
	assert_int_equal(w.matrix[72].layer, 12);
	check_order(&w, w.n - 2, 2, "dec.11.fc2 lm_head");
	assert_int_equal(w.n_groups, 12 * 4 + 12 * 7 + 1);
	wl_release(&w);
}

/* groups are numbered without holes, and what shares a vector has its length */
static void t_groups(void **state)
{
	(void)state;
	for (int i = 0; wl_names[i]; i++) {
		struct workload w = shapes(wl_names[i], WL_FIT, true);

		assert_int_equal(w.matrix[0].group, 0);
		for (size_t k = 1; k < w.n; k++) {
			int step = w.matrix[k].group - w.matrix[k - 1].group;

			assert_true(step == 1 || (step == 0 && w.matrix[k].in == w.matrix[k - 1].in && w.matrix[k].layer == w.matrix[k - 1].layer));
			assert_true(w.matrix[k].layer >= w.matrix[k - 1].layer);
		}
		assert_int_equal(w.n_groups, w.matrix[w.n - 1].group + 1);
		wl_release(&w);
	}
}

static void refused(const char *name, int factors, const char *text)
{
	struct workload w;
	struct err e = { 0 };

	assert_int_equal(wl_shapes(&w, name, factors, true, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, text);
	assert_int_equal(w.n, 0);
	assert_null(w.matrix);
	wl_release(&w);
}

#define LEGAL "legal stories260k, bit1m, bit3m, stories15m, gpt2-small, gpt2-medium, bert-large, bart-large, llama2-7b, llama3-8b, qwen2.5-0.5b, tinyllama-1.1b"

static void t_refused(void **state)
{
	char *endless = malloc(100001), text[512];

	(void)state;
	refused("bert-larg", WL_PAPER, "no shapes \"bert-larg\": legal stories260k, bit1m, bit3m, stories15m, gpt2-small, gpt2-medium, bert-large, bart-large, llama2-7b, llama3-8b, "
		"qwen2.5-0.5b, tinyllama-1.1b; did you mean \"bert-large\"");
	refused("llama2-13b", WL_FIT, "no shapes \"llama2-13b\": " LEGAL "; did you mean \"llama2-7b\"");
	refused("", WL_PAPER, "no shapes \"\": " LEGAL);
	refused("../../etc/passwd", WL_PAPER, "no shapes \"../../etc/passwd\": " LEGAL);
	refused("%s%n\n", WL_PAPER, "no shapes \"%s%n?\": " LEGAL);
	memset(endless, 'x', 100000);
	endless[100000] = '\0';
	snprintf(text, sizeof(text), "no shapes \"%.60s\": %s", endless, LEGAL);
	refused(endless, WL_PAPER, text);
	free(endless);
	refused("stories260k", 33, "factors \"33\" of shapes:stories260k, whose smallest matrix is 32 x 64: legal paper, fit, or 1..32 blocks; change --factors");
	refused("bert-large", 2147483647, "factors \"2147483647\" of shapes:bert-large, whose smallest matrix is 1024 x 1024: legal paper, fit, or 1..1024 blocks; change --factors");
	refused("bert-large", -2, "factors \"-2\" of shapes:bert-large, whose smallest matrix is 1024 x 1024: legal paper, fit, or 1..1024 blocks; change --factors");
}

static void t_number_of_blocks(void **state)
{
	struct workload w = shapes("stories260k", 32, true);

	(void)state;
	for (size_t k = 0; k + 1 < w.n; k++) {
		assert_int_equal(w.matrix[k].b, 32);
		assert_int_equal(w.matrix[k].n_stages, 2);
	}
	assert_int_equal(w.matrix[w.n - 1].n_stages, 1); /* the head stays dense */
	wl_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_classes), cmocka_unit_test(t_published_sizes), cmocka_unit_test(t_paper_cells), cmocka_unit_test(t_context), cmocka_unit_test(t_order),
		cmocka_unit_test(t_groups), cmocka_unit_test(t_refused), cmocka_unit_test(t_number_of_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

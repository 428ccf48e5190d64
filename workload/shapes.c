/* Linear layers of published models as shapes. Figures: the models' published configurations, as in the project's table of shapes
 * (Qwen2.5-0.5B, TinyLlama-1.1B and BART-large checked against configuration files; for all, sums of parameters against the published sizes: tests/unit/test_workload_shapes.c).
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/buf.h"
#include "common/cfg_near.h"
#include "workload/workload.h"
#include <stdio.h>
#include <string.h>

enum family {
	LLAMA, /* q k v, o, gate up, down */
	GPT2,  /* c_attn, which is q k v, then c_proj, c_fc, c_proj */
	BERT,
	BART,  /* as many decoder layers as encoder layers */
};

enum { STORIES260K, BIT1M, BIT3M, STORIES15M, GPT2_SMALL, GPT2_MEDIUM, BERT_LARGE, BART_LARGE, LLAMA2_7B, LLAMA3_8B, QWEN_05B, TINYLLAMA_11B, N_SHAPES };

const char *const wl_names[] = {
	[STORIES260K] = "stories260k", [BIT1M] = "bit1m", [BIT3M] = "bit3m", [STORIES15M] = "stories15m", [GPT2_SMALL] = "gpt2-small", [GPT2_MEDIUM] = "gpt2-medium",
	[BERT_LARGE] = "bert-large", [BART_LARGE] = "bart-large", [LLAMA2_7B] = "llama2-7b", [LLAMA3_8B] = "llama3-8b", [QWEN_05B] = "qwen2.5-0.5b",
	[TINYLLAMA_11B] = "tinyllama-1.1b", [N_SHAPES] = NULL,
};

/* kv: outputs of k and v; context: tokens that the papers run */
static const struct shape { enum family family; int layers, dim, kv, hidden, vocab, context; } shapes[N_SHAPES] = {
	[STORIES260K] =   { LLAMA, 5, 64, 32, 172, 512, 128 },
	[BIT1M] =         { LLAMA, 8, 128, 64, 256, 512, 128 },
	[BIT3M] =         { LLAMA, 8, 256, 128, 256, 512, 128 },
	[STORIES15M] =    { LLAMA, 6, 288, 288, 768, 32000, 128 },
	[GPT2_SMALL] =    { GPT2, 12, 768, 768, 3072, 50257, 128 },
	[GPT2_MEDIUM] =   { GPT2, 24, 1024, 1024, 4096, 50257, 1024 },
	[BERT_LARGE] =    { BERT, 24, 1024, 1024, 4096, 30522, 512 },
	[BART_LARGE] =    { BART, 12, 1024, 1024, 4096, 50265, 1024 },
	[LLAMA2_7B] =     { LLAMA, 32, 4096, 4096, 11008, 32000, 128 },
	[LLAMA3_8B] =     { LLAMA, 32, 4096, 1024, 14336, 128256, 128 },
	[QWEN_05B] =      { LLAMA, 24, 896, 128, 4864, 151936, 128 },
	[TINYLLAMA_11B] = { LLAMA, 22, 2048, 256, 5632, 32000, 128 },
};

struct maker { struct workload *w; const struct shape *s; const char *half; int layer, number, factors; struct err *e; bool failed; };

/* half: "enc.", "dec." or nothing; number counts inside the half. The first matrix of a group begins it. */
static void add(struct maker *m, const char *what, int out, int in, bool begins)
{
	char name[sizeof(m->w->matrix->name)];

	snprintf(name, sizeof(name), "%s%d.%s", m->half, m->number, what);
	if (!m->failed)
		m->failed = wl_add(m->w, name, out, in, m->layer, m->w->n_groups - !begins, false, m->factors, m->e);
}

static void add_qkv(struct maker *m, const char *q, const char *k, const char *v)
{
	add(m, q, m->s->dim, m->s->dim, true);
	add(m, k, m->s->kv, m->s->dim, false);
	add(m, v, m->s->kv, m->s->dim, false);
}

static void add_feed(struct maker *m, const char *up, const char *down)
{
	add(m, up, m->s->hidden, m->s->dim, true);
	add(m, down, m->s->dim, m->s->hidden, true);
}

static void add_bart(struct maker *m, bool decoder)
{
	int dim = m->s->dim;

	add_qkv(m, "self.q", "self.k", "self.v");
	add(m, "self.o", dim, dim, true);
	if (decoder) { /* q reads the decoder's state, k and v what the encoder made of the text */
		add(m, "cross.q", dim, dim, true);
		add(m, "cross.k", dim, dim, true);
		add(m, "cross.v", dim, dim, false);
		add(m, "cross.o", dim, dim, true);
	}
	add_feed(m, "fc1", "fc2");
}

static void add_layer(struct maker *m)
{
	const struct shape *s = m->s;

	switch (s->family) {
	case LLAMA:
		add_qkv(m, "attn.q", "attn.k", "attn.v");
		add(m, "attn.o", s->dim, s->dim, true);
		add(m, "mlp.gate", s->hidden, s->dim, true);
		add(m, "mlp.up", s->hidden, s->dim, false);
		add(m, "mlp.down", s->dim, s->hidden, true);
		break;
	case GPT2: /* one matrix [3 dim x dim] in the checkpoint; three, as the papers count */
		add_qkv(m, "attn.c_attn.q", "attn.c_attn.k", "attn.c_attn.v");
		add(m, "attn.c_proj", s->dim, s->dim, true);
		add_feed(m, "mlp.c_fc", "mlp.c_proj");
		break;
	case BERT:
		add_qkv(m, "attn.q", "attn.k", "attn.v");
		add(m, "attn.out", s->dim, s->dim, true);
		add_feed(m, "intermediate", "output");
		break;
	case BART:
		add_bart(m, *m->half == 'd');
		break;
	}
}

static void add_dense(struct maker *m, const char *name, int out)
{
	if (!m->failed)
		m->failed = wl_add(m->w, name, out, m->s->dim, m->layer, m->w->n_groups, true, m->factors, m->e);
}

/* each reads what another makes, or other tokens: a group of its own */
static void add_head(struct maker *m)
{
	if (m->s->family != BERT) {
		add_dense(m, "lm_head", m->s->vocab);
		return;
	}
	add_dense(m, "pooler", m->s->dim);
	add_dense(m, "mlm.transform", m->s->dim);
	add_dense(m, "mlm.decoder", m->s->vocab);
}

static int find(const char *name, struct err *e)
{
	const char *near = cfg_near(name, wl_names, N_SHAPES);
	struct buf legal;

	for (int i = 0; i < N_SHAPES; i++)
		if (!strcmp(name, wl_names[i]))
			return i;
	buf_init(&legal);
	for (int i = 0; i < N_SHAPES; i++)
		buf_addf(&legal, "%s%s", i ? ", " : "", wl_names[i]);
	err_set(e, ERR_INPUT, "no shapes \"%.60s\": legal %s%s%s%s", name, legal.data, near ? "; did you mean \"" : "", near ? near : "", near ? "\"" : "");
	buf_release(&legal);
	return -1;
}

int wl_shapes(struct workload *w, const char *name, int factors, bool with_head, struct err *e)
{
	int which = find(name, e), halves;
	struct maker m = { .w = w, .half = "", .factors = factors, .e = e };
	const struct shape *s;

	memset(w, 0, sizeof(*w));
	if (which < 0)
		return -1;
	m.s = s = &shapes[which];
	/* k and v are the smallest matrices of every layer: one message for all, before any is made */
	if (factors < WL_FIT || factors > s->kv)
		return err_set(e, ERR_INPUT, "factors \"%d\" of shapes:%s, whose smallest matrix is %d x %d: legal paper, fit, or 1..%d blocks; change --factors", factors, name, s->kv, s->dim, s->kv);
	snprintf(w->name, sizeof(w->name), "%s", name);
	w->context = s->context;
	halves = s->family == BART ? 2 : 1;
	for (int half = 0; half < halves; half++)
		for (m.number = 0; m.number < s->layers; m.number++, m.layer++) {
			if (halves == 2)
				m.half = half ? "dec." : "enc.";
			add_layer(&m);
		}
	if (with_head)
		add_head(&m);
	if (m.failed) {
		wl_release(w);
		return -1;
	}
	return 0;
}

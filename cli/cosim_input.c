/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_input.h"
#include "cli/cli_readout.h"
#include "common/mem.h"
#include "common/progress.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_place(const void *x, const void *y)
{
	const struct cli_layers *a = x, *b = y;

	return a->index[0] != b->index[0] ? (a->index[0] < b->index[0] ? -1 : 1) : strcmp(a->name, b->name);
}

static int pick_layers(struct model_input *in, const char *layers, struct err *e)
{
	if (cli_layers(&in->model, layers, &in->run, &in->n_run, e))
		return -1;
	if (!in->n_run)
		return err_set(e, ERR_INPUT, "--layers '%s': names no layer; legal: 'all' or a list like 0.wq,0.w2", layers);
	qsort(in->run, (size_t)in->n_run, sizeof(*in->run), by_place);
	in->want = MEM_NEW(in->model.n_layers * MODEL_N_LINEAR, bool);
	for (int i = 0; i < in->n_run; i++)
		for (int n = 0; n < in->run[i].n; n++)
			in->want[in->run[i].index[n]] = true;
	return 0;
}

static void on_capture(void *ctx, int layer, int id, const int8_t *x, float s_x)
{
	struct model_input *in = ctx;
	int i = layer * MODEL_N_LINEAR + id, n = in->gq->layer[i].src->in;

	if (!in->want[i])
		return;
	memcpy(in->x[i] + (size_t)in->seen * n, x, n);
	in->s_x[i][in->seen] = s_x;
}

/* the first `tokens` tokens of the text through the golden read-out */
static int capture(struct model_input *in, const struct text *t, int tokens, const char *text, struct err *e)
{
	int n = in->model.n_layers * MODEL_N_LINEAR, have = 0, i, j;
	struct progress bar;
	struct tf tf;

	for (i = 0; i < t->n; i++)
		have += t->len[i] < in->model.seq_len ? t->len[i] : in->model.seq_len;
	if (tokens > have && text)
		return err_set(e, ERR_INPUT, "--tokens %d: '%s' has %d tokens; legal 1..%d", tokens, text, have, have);
	if (tokens > have)
		return err_set(e, ERR_INPUT, "--tokens %d: the model's own text ended after %d; ask for fewer, or give --text", tokens, have);
	in->tokens = tokens;
	in->x = MEM_NEW(n, int8_t *);
	in->s_x = MEM_NEW(n, float *);
	for (i = 0; i < n; i++) {
		if (!in->want[i])
			continue;
		in->x[i] = MEM_NEW((size_t)tokens * in->gq->layer[i].src->in, int8_t);
		in->s_x[i] = MEM_NEW(tokens, float);
	}
	in->gq->capture = on_capture;
	in->gq->capture_ctx = in;
	progress_begin(&bar, "golden run", tokens);
	tf_init(&tf, &in->model, gq_linear, in->gq);
	for (i = 0; i < t->n && in->seen < tokens; i++) {
		tf_reset(&tf);
		for (j = 0; j < t->len[i] && j < in->model.seq_len && in->seen < tokens; j++) {
			tf_step(&tf, t->tokens[i][j]);
			progress_at(&bar, ++in->seen);
		}
	}
	tf_release(&tf);
	progress_end(&bar);
	return 0;
}

int model_input_load(struct model_input *in, const struct gl_readout *ro, const char *model, const char *layers, const char *text, const char *tokenizer,
		     int tokens, uint64_t seed, struct err *e)
{
	struct text own = { 0 }, given = { 0 };
	int rc;

	memset(in, 0, sizeof(*in));
	if (model_load(&in->model, model, e))
		return -1;
	rc = pick_layers(in, layers, e);
	if (!rc && text) {
		rc = tok_load(&in->tok, tokenizer, in->model.vocab, e);
		in->has_tok = !rc;
		if (!rc)
			rc = text_load(&given, text, &in->tok, e);
	}
	if (!rc) {
		in->gq = calibrated_new(&in->model, ro, false, (unsigned long)seed, text ? NULL : &own, e);
		rc = !in->gq || capture(in, text ? &given : &own, tokens, text, e) ? -1 : 0;
	}
	text_release(&own);
	text_release(&given);
	if (rc)
		model_input_release(in);
	return rc;
}

void model_input_release(struct model_input *in)
{
	int n = in->model.n_layers * MODEL_N_LINEAR;

	for (int i = 0; in->x && i < n; i++) {
		free(in->x[i]);
		free(in->s_x[i]);
	}
	free(in->x);
	free(in->s_x);
	free(in->want);
	free(in->run);
	gq_free(in->gq);
	if (in->has_tok)
		tok_release(&in->tok);
	model_release(&in->model);
	memset(in, 0, sizeof(*in));
}

static int case_of(const struct model_input *in, const struct cfg *c, int index, enum map_placement p, struct cosim_case *k, struct err *e)
{
	const struct gq_layer *q = &in->gq->layer[index];
	size_t bytes = (size_t)in->tokens * q->src->in;
	char name[64];

	snprintf(name, sizeof(name), "%d.%s", index / MODEL_N_LINEAR, model_linear_name[index % MODEL_N_LINEAR]);
	k->tokens = in->tokens;
	k->x = MEM_NEW(bytes, int8_t);
	memcpy(k->x, in->x[index], bytes);
	k->s_x = MEM_NEW(in->tokens, float);
	memcpy(k->s_x, in->s_x[index], in->tokens * sizeof(float));
	return case_from_model(k, c, &in->gq->ro, q, name, p, e);
}

int model_input_case(const struct model_input *in, const struct cfg *c, const struct cli_layers *which, enum map_placement p, struct cosim_case *k, struct err *e)
{
	memset(k, 0, sizeof(*k));
	if (which->n == 1)
		return case_of(in, c, which->index[0], p, k, e);
	k->part = MEM_NEW((size_t)which->n, struct cosim_case);
	for (k->n_parts = 0; k->n_parts < which->n; k->n_parts++)
		if (case_of(in, c, which->index[k->n_parts], p, &k->part[k->n_parts], e)) {
			k->n_parts++;
			return -1;
		}
	return case_join(k, e);
}

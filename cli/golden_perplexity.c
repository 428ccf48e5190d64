/* bitline golden --text: perplexity of a whole model over a text, in floats and with every linear layer of the blocks through the read-out of a configuration.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_json.h"
#include "cli/golden_run.h"
#include "common/file.h"
#include "common/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t steps_of(const struct golden_run *r)
{
	uint64_t n = 0;
	int i;

	for (i = 0; i < r->text.n; i++)
		n += (uint64_t)(r->text.len[i] < r->model.seq_len ? r->text.len[i] : r->model.seq_len) - 1;
	return n;
}

/* --whole: the end of a sequence is predicted as well, as the BOS of the next one */
static int end_sequences(struct golden_run *r, struct err *e)
{
	struct text *t = &r->text;
	struct buf b;

	buf_init(&b);
	for (int i = 0; i < t->n && !e->code; i++) {
		for (int k = 1; k < t->len[i]; k++)
			tok_decode(&r->tok, t->tokens[i][k - 1], t->tokens[i][k], &b);
		t->tokens[i] = mem_realloc(t->tokens[i], (size_t)t->len[i] + 1, sizeof(int));
		t->tokens[i][t->len[i]++] = TOK_BOS;
		if (t->len[i] > r->model.seq_len)
			err_set(e, ERR_INPUT, "'%s': sequence %d has %d tokens with the one that ends it, legal up to the model's context of %d; shorten it, or leave --whole out", r->o.text, i + 1, t->len[i], r->model.seq_len);
	}
	r->characters = (long)b.len;
	buf_release(&b);
	return e->code ? -1 : 0;
}

int golden_perplexity_load(struct golden_run *r, struct err *e)
{
	char *path = cli_tokenizer(r->o.tokenizer, r->o.model, e);
	int rc;

	if (!path)
		return -1;
	rc = tok_load(&r->tok, path, r->model.vocab, e);
	free(path);
	if (rc)
		return -1;
	r->has_tok = true;
	if (text_load(&r->text, r->o.text, &r->tok, e) || (r->o.whole && end_sequences(r, e)))
		return -1;
	if (steps_of(r) == 0)
		return err_set(e, ERR_INPUT, "'%s': no token to predict, a sequence needs two tokens and the model's context is %d; give a longer text",
			       r->o.text, r->model.seq_len);
	return 0;
}

static void linear(void *ctx, int layer, int id, const float *x, float *y)
{
	struct golden_run *r = ctx;

	if (!r->in_floats)
		gq_linear(r->gq, layer, id, x, y);
	else
		tf_linear_float(&r->model.layers[layer].linear[id], x, y);
	if (layer == r->model.n_layers - 1 && id == MODEL_W2) /* the last one of a token */
		progress_at(&r->bar, ++r->steps);
}

static int measure(struct golden_run *r, double *p, struct err *e)
{
	const char *what = r->in_floats ? "float" : "read-out";
	struct tf tf;

	r->steps = 0;
	progress_begin(&r->bar, what, steps_of(r));
	tf_init(&tf, &r->model, linear, r);
	tf.head = r->o.head && !r->in_floats;
	*p = text_perplexity(&tf, &r->text, &r->predicted);
	tf_release(&tf);
	progress_end(&r->bar);
	if (!isfinite(*p))
		return err_set(e, ERR_INPUT, "'%s': %s perplexity is %s, legal is a finite number; mend the checkpoint, some of its numbers are not finite or far too large",
			       r->o.model, what, isnan(*p) ? "nan" : "infinite");
	return 0;
}

int golden_perplexity(struct golden_run *r, struct err *e)
{
	r->in_floats = true;
	if (measure(r, &r->float_perplexity, e))
		return -1;
	r->perplexity = r->float_perplexity;
	if (!r->gq)
		return 0;
	golden_clear_histogram(r);
	r->in_floats = false;
	return measure(r, &r->perplexity, e) || golden_take_histogram(r, e) ? -1 : 0;
}

static double per_character(const struct golden_run *r, double perplexity)
{
	return log(perplexity) * (double)r->predicted / (double)r->characters;
}

static json_t *figures(const struct golden_run *r)
{
	bool monarch = r->gq && golden_has_monarch(&r->model);
	json_t *j = json_object();

	json_object_set_new(j, "tokens", json_integer(r->predicted));
	json_object_set_new(j, "sequences", json_integer(r->text.n));
	json_object_set_new(j, "perplexity", json_real(r->perplexity));
	json_object_set_new(j, "float_perplexity", json_real(r->float_perplexity));
	if (r->o.whole) {
		json_object_set_new(j, "characters", json_integer(r->characters));
		json_object_set_new(j, "nats_per_character", json_real(per_character(r, r->perplexity)));
		json_object_set_new(j, "float_nats_per_character", json_real(per_character(r, r->float_perplexity)));
	}
	golden_json_config(r, j);
	json_object_set_new(j, "bits", r->gq ? json_integer(r->cfg.bits) : json_null());
	json_object_set_new(j, "calibration_seed", monarch ? json_integer(r->o.seed) : json_null());
	json_object_set_new(j, "calibration_tokens", monarch ? json_integer(CALIBRATED_TOKENS) : json_null());
	return j;
}

int golden_perplexity_write(const struct golden_run *r, struct err *e)
{
	char name[32], *path, *text = cli_json_text(figures(r));
	int rc;

	snprintf(name, sizeof(name), "perplexity.%d.json", r->cfg.bits);
	path = file_join(r->o.out, name);
	rc = file_write(path, text, strlen(text), e);
	free(path);
	free(text);
	return rc;
}

static const char *code_name(enum cfg_code c)
{
	static const char *const name[] = { [CFG_TC] = "tc", [CFG_SM] = "sm", [CFG_DIF] = "dif", [CFG_TERNARY] = "ternary" };

	return name[c];
}

void golden_perplexity_print(const struct golden_run *r)
{
	if (r->o.json) {
		cli_print_json(figures(r));
		return;
	}
	printf("%ld tokens in %d sequences\n", r->predicted, r->text.n);
	printf("perplexity %.4f in floats\n", r->float_perplexity);
	if (r->gq)
		printf("perplexity %.4f (%+.3f %%) through %s: weights %d bits %s, inputs %d bits %s, %d rows, %d converter bits, %s\n", r->perplexity,
		       (r->perplexity / r->float_perplexity - 1) * 100, r->cfg.name,
		       r->cfg.weight_bits, code_name(r->cfg.weight_code), r->cfg.input_bits, code_name(r->cfg.input_code), r->cfg.rows, r->cfg.bits, r->lossless ? "lossless" : "lossy");
	if (r->o.whole) {
		printf("%.5f nats per character in floats", per_character(r, r->float_perplexity));
		if (r->gq)
			printf(", %.5f through the read-out", per_character(r, r->perplexity));
		printf(": whole sequences of %ld characters, each with its end\n", r->characters);
	}
	if (r->tree_mean > 0)
		printf("comparisons of a conversion %.3f on the average with the best search tree for these counts, %d with the binary search\n", r->tree_mean, r->cfg.bits);
}

/* bitline golden --generate: a model writes, in floats or with every linear layer through the read-out of a configuration.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_json.h"
#include "cli/golden_run.h"
#include "common/term.h"
#include <stdio.h>
#include <unistd.h>

int golden_generate_load(struct golden_run *r, struct err *e)
{
	return speech_begin(&r->speech, &r->model, r->o.model, r->o.tokenizer, r->o.prompt, r->o.generate, e);
}

/* every layer and the head, wherever that is multiplied: the logits pass by here */
static void linear(void *ctx, int layer, int id, const float *x, float *y)
{
	struct golden_run *r = ctx;
	bool head = layer == r->model.n_layers;
	struct model_linear l = head ? model_head(&r->model) : r->model.layers[layer].linear[id];

	if (r->gq && (!head || r->gq->head))
		gq_linear(r->gq, layer, id, x, y);
	else
		tf_linear_float(&l, x, y);
	if (head)
		speech_check_logits(y, l.out, r->o.model, r->positions++, &r->bad);
}

static int on_token(void *ctx, int position, int token)
{
	struct golden_run *r = ctx;

	if (r->has_bar)
		progress_at(&r->bar, ++r->steps);
	return r->bad.code ? 1 : speech_token(&r->speech, position, token);
}

int golden_generate(struct golden_run *r, struct err *e)
{
	struct speech *s = &r->speech;
	double t0;
	struct tf tf;

	golden_clear_histogram(r);
	speech_echo(s, !r->o.json);
	tf_init(&tf, &r->model, linear, r);
	tf.head = true;
	t0 = progress_now();
	r->has_bar = r->o.json || !isatty(STDOUT_FILENO); /* else the text itself shows it */
	if (r->has_bar)
		progress_begin(&r->bar, "tokens", (uint64_t)s->n);
	text_continue(&tf, s->tokens, s->n_prompt, s->n, r->o.temperature, (unsigned long)r->o.seed, on_token, r);
	if (r->has_bar)
		progress_end(&r->bar);
	r->seconds = progress_now() - t0;
	tf_release(&tf);
	if (r->bad.code) {
		if (!r->o.json && s->text.len)
			putchar('\n');
		*e = r->bad;
		return -1;
	}
	return golden_take_histogram(r, e);
}

static double rate(const struct golden_run *r)
{
	return r->seconds > 0 ? r->positions / r->seconds : 0;
}

static void print_json(const struct golden_run *r)
{
	json_t *j = json_object();

	speech_json(&r->speech, r->positions, j);
	json_object_set_new(j, "positions", json_integer(r->positions));
	json_object_set_new(j, "tokens_per_second", json_real(rate(r)));
	json_object_set_new(j, "temperature", json_real(r->o.temperature));
	json_object_set_new(j, "seed", json_integer(r->o.seed));
	json_object_set_new(j, "head", !r->gq ? json_null() : json_string(r->gq->head ? "read-out" : "host"));
	golden_json_config(r, j);
	cli_print_json(j);
}

void golden_generate_print(const struct golden_run *r)
{
	if (r->o.json) {
		print_json(r);
		return;
	}
	putchar('\n');
	fflush(stdout);
	if (term_level() == TERM_QUIET)
		return;
	fprintf(stderr, "%d tokens%s, %.1f tokens/s through %s%s, temperature %g, seed %ld%s\n", r->speech.n_new, speech_stopped_text(&r->speech, r->positions), rate(r),
		r->gq ? r->cfg.name : "floats", r->gq && !r->gq->head ? " (head in floats)" : "", r->o.temperature, r->o.seed,
		r->gq ? " (sampling and calibration)" : "");
	if (r->tree_mean > 0)
		fprintf(stderr, "comparisons of a conversion %.3f on the average with the best search tree for these counts, %d with the binary search\n", r->tree_mean, r->cfg.bits);
}

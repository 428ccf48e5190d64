/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_speech.h"
#include "cli/cli_readout.h"
#include "common/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int take_prompt(struct speech *s, const char *prompt, long n, struct err *e)
{
	int *tokens, most;

	if (tok_encode(&s->tok, prompt ? prompt : "", &tokens, &s->n_prompt, e))
		return -1;
	if (s->n_prompt > s->context) {
		free(tokens);
		return err_set(e, ERR_INPUT, "--prompt: %d tokens with BOS, the model's context holds %d; shorten it", s->n_prompt, s->context);
	}
	most = s->context - s->n_prompt + 1; /* the last one needs no place: nothing is asked of it */
	s->asked = (int)n;
	s->n = n < most ? (int)n : most;
	s->tokens = mem_realloc(tokens, (size_t)s->n_prompt + (size_t)s->n, sizeof(*tokens));
	return 0;
}

int speech_begin(struct speech *s, const struct model *m, const char *model, const char *tokenizer, const char *prompt, long n, struct err *e)
{
	char *path;
	int rc;

	memset(s, 0, sizeof(*s));
	buf_init(&s->text);
	s->context = m->seq_len;
	if (m->vocab <= TOK_EOS)
		return err_set(e, ERR_INPUT, "'%s': vocabulary of %d, legal is 3 or more where text is written (BOS is token 1, EOS 2); give another checkpoint", model, m->vocab);
	path = cli_tokenizer(tokenizer, model, e);
	if (!path)
		return -1;
	rc = tok_load(&s->tok, path, m->vocab, e);
	free(path);
	if (rc)
		return -1;
	s->has_tok = true;
	return take_prompt(s, prompt, n, e);
}

void speech_release(struct speech *s)
{
	if (s->has_tok)
		tok_release(&s->tok);
	free(s->tokens);
	if (s->text.data)
		buf_release(&s->text);
	memset(s, 0, sizeof(*s));
}

/* position >= 1 */
static void hear(struct speech *s, int position)
{
	size_t from = s->text.len;

	tok_decode(&s->tok, s->tokens[position - 1], s->tokens[position], &s->text);
	if (s->print)
		fwrite(s->text.data + from, 1, s->text.len - from, stdout);
}

void speech_echo(struct speech *s, bool print)
{
	s->print = print;
	for (int i = 1; i < s->n_prompt; i++)
		hear(s, i);
	fflush(stdout);
}

int speech_token(void *speech, int position, int token)
{
	struct speech *s = speech;

	s->tokens[position] = token;
	s->n_new++;
	hear(s, position);
	fflush(stdout);
	return 0;
}

/* the newest token has run through the model only when another one was drawn behind it */
static bool drew_end(const struct speech *s, int positions)
{
	return positions == s->n_prompt + s->n_new;
}

const char *speech_stopped(const struct speech *s, int positions)
{
	return drew_end(s, positions) ? "end" : s->n_new < s->asked ? "context" : "count";
}

const char *speech_stopped_text(const struct speech *s, int positions)
{
	return drew_end(s, positions) ? ", then the model ended its text" : s->n_new < s->asked ? ", then the context was full" : "";
}

/* jansson takes UTF-8 alone; a token may be one byte of a character, and a prompt anything */
static json_t *json_bytes(const char *p, size_t n)
{
	struct buf b;
	json_t *j;

	buf_init(&b);
	for (size_t i = 0, k; i < n; i += k) {
		json_t *one = NULL;

		for (k = 1; k <= 4 && k <= n - i && !one; k++)
			one = json_stringn(p + i, k);
		k = one ? k - 1 : 1;
		one ? buf_add(&b, p + i, k) : buf_adds(&b, "\xef\xbf\xbd");
		json_decref(one);
	}
	j = json_stringn(b.data, b.len);
	buf_release(&b);
	return j;
}

void speech_json(const struct speech *s, int positions, json_t *j)
{
	json_t *ids = json_array();

	for (int i = 0; i < s->n_new; i++)
		json_array_append_new(ids, json_integer(s->tokens[s->n_prompt + i]));
	json_object_set_new(j, "text", json_bytes(s->text.data, s->text.len));
	json_object_set_new(j, "prompt_tokens", json_integer(s->n_prompt));
	json_object_set_new(j, "tokens", json_integer(s->n_new));
	json_object_set_new(j, "token_ids", ids);
	json_object_set_new(j, "stopped", json_string(speech_stopped(s, positions)));
}

int speech_check_logits(const float *logits, int n, const char *model, int position, struct err *e)
{
	for (int i = 0; i < n; i++)
		if (!isfinite(logits[i]))
			return err_set(e, ERR_INPUT, "'%s': logit %d of position %d is %s, legal is a finite number; mend the checkpoint, some of its numbers are not finite or far too large",
				       model, i, position, isnan(logits[i]) ? "nan" : "infinite");
	return 0;
}

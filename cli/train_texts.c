/* What a model learns from and is tested on: a text file, what a teacher says, stories of the grammar.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_readout.h"
#include "cli/train_cmd.h"
#include "common/mem.h"
#include "train/data.h"
#include "train/grammar.h"
#include <stdlib.h>

/* stories that are held out: those of this seed more */
#define HELD_OUT ((uint64_t)1 << 32)

static int load_teacher(struct train_job *j, struct err *e)
{
	const struct model *m = &j->p.model;

	if (!j->c.teacher)
		return 0;
	if (model_load(&j->teacher, j->c.teacher, e))
		return -1;
	j->has_teacher = true;
	if (j->teacher.vocab != m->vocab)
		return err_set(e, ERR_INPUT, "'%s': the teacher has %d tokens, the model %d; take a teacher with the same tokenizer", j->c.teacher, j->teacher.vocab, m->vocab);
	return 0;
}

static int load_tokenizer(struct train_job *j, struct err *e)
{
	const struct train_cmd *c = &j->c;
	char *path;
	int bad;

	if (!c->text && !c->stories && !c->test && !c->test_stories)
		return 0;
	if (!c->tokenizer && c->fresh)
		return err_set(e, ERR_INPUT, "no tokenizer for the text of a fresh model; name one with --tokenizer FILE");
	path = cli_tokenizer(c->tokenizer, c->model, e);
	if (!path)
		return -1;
	bad = tok_load(&j->tok, path, j->p.model.vocab, e);
	free(path);
	j->has_tok = !bad;
	return bad;
}

/* each BOS, the story, BOS */
static int tell_stories(struct text *t, const struct grammar *g, const struct tokenizer *tok, long n, uint64_t seed, struct err *e)
{
	struct buf b;
	int bad = 0, len;

	*t = (struct text){ .tokens = MEM_NEW((size_t)n, int *), .len = MEM_NEW((size_t)n, int) };
	buf_init(&b);
	for (long i = 0; i < n && !bad; i++) {
		buf_clear(&b);
		grammar_write(g, seed, (uint64_t)i, &b);
		bad = tok_encode(tok, b.data, &t->tokens[i], &len, e);
		if (bad)
			break;
		t->tokens[i] = mem_realloc(t->tokens[i], (size_t)len + 1, sizeof(int));
		t->tokens[i][len] = TOK_BOS;
		t->len[t->n++] = len + 1;
	}
	buf_release(&b);
	return bad;
}

static int stories(struct train_job *j, struct err *e)
{
	const struct train_cmd *c = &j->c;
	struct grammar *g;
	int bad = 0;

	if (!c->stories && !c->test_stories)
		return 0;
	g = grammar_read(grammar_builtin, grammar_builtin_len, "train/stories.grammar", e);
	if (!g)
		return -1;
	if (c->stories)
		bad = tell_stories(&j->text, g, &j->tok, c->stories, (uint64_t)c->seed, e);
	if (c->test_stories && !bad)
		bad = tell_stories(&j->test, g, &j->tok, c->test_stories, (uint64_t)c->seed + HELD_OUT, e);
	grammar_free(g);
	return bad;
}

static int sample(struct train_job *j, struct err *e)
{
	const struct train_cmd *c = &j->c;
	int most = j->teacher.seq_len;

	if (c->sample_length > most)
		return err_set(e, ERR_INPUT, "--sample-length %ld, legal 2..%d, the teacher's context; lower it", c->sample_length, most);
	data_sample(&j->text, &j->teacher, (int)c->samples, (int)c->sample_length, c->temperature, (uint64_t)c->seed, (int)c->threads);
	return 0;
}

int train_texts(struct train_job *j, struct err *e)
{
	const struct train_cmd *c = &j->c;

	if (load_teacher(j, e) || load_tokenizer(j, e) || (c->text && text_load(&j->text, c->text, &j->tok, e)) || (c->test && text_load(&j->test, c->test, &j->tok, e)) || stories(j, e))
		return -1;
	if (c->samples && sample(j, e))
		return -1;
	for (int i = 0; i < j->text.n && c->length; i++)
		if (j->text.len[i] > c->length)
			j->text.len[i] = (int)c->length;
	return 0;
}

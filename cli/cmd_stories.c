/* bitline stories: stories of a grammar, their entropy, the probability of given ones, a tokenizer trained on them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/cli_json.h"
#include "common/file.h"
#include "common/mem.h"
#include "train/bpe.h"
#include "train/grammar.h"
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STORIES_TOP = 100000, VOCAB_TOP = 32768 };
#define SEED_TOP ((long)1 << 52)
#define FILE_TOP ((size_t)64 << 20)

struct options {
	const char *grammar, *out, *score, *tokenizer;
	long n, seed, vocab;
	bool entropy, json;
};

struct scores { double *log_p; size_t *length; int n; double sum; size_t chars; };

static struct grammar *read_grammar(const struct options *o, struct err *e)
{
	struct grammar *g;
	struct buf b;

	if (!o->grammar)
		return grammar_read(grammar_builtin, grammar_builtin_len, "stories.grammar", e);
	if (file_read(o->grammar, FILE_TOP, &b, e)) {
		buf_release(&b);
		return NULL;
	}
	g = grammar_read(b.data, b.len, o->grammar, e);
	buf_release(&b);
	return g;
}

/* n stories with a blank line between two */
static void write_stories(const struct grammar *g, const struct options *o, struct buf *text)
{
	for (long i = 0; i < o->n; i++) {
		if (i)
			buf_adds(text, "\n\n");
		grammar_write(g, (uint64_t)o->seed, (uint64_t)i, text);
	}
	buf_adds(text, "\n");
}

static int write_out(const struct grammar *g, const struct options *o, struct err *e)
{
	struct buf text;
	int bad = 0;

	buf_init(&text);
	write_stories(g, o, &text);
	if (o->out) {
		bad = file_write(o->out, text.data, text.len, e);
		if (!bad)
			printf("%s: %ld stories, %zu bytes\n", o->out, o->n, text.len);
	} else {
		fwrite(text.data, 1, text.len, stdout);
	}
	buf_release(&text);
	return bad;
}

static int write_tokenizer(const struct grammar *g, const struct options *o, struct err *e)
{
	struct buf text, file;
	int bad;

	buf_init(&text);
	buf_init(&file);
	write_stories(g, o, &text);
	bad = bpe_train(text.data, text.len, (int)o->vocab, &file, e) || file_write(o->tokenizer, file.data, file.len, e) ? -1 : 0;
	if (!bad)
		printf("%s: %ld pieces, from %ld stories\n", o->tokenizer, o->vocab, o->n);
	buf_release(&text);
	buf_release(&file);
	return bad;
}

static void print_entropy(const struct grammar *g, bool json)
{
	double chars, nats = grammar_entropy(g, &chars);

	if (json)
		cli_print_json(json_pack("{s:f, s:f, s:f}", "nats_per_story", nats, "characters_per_story", chars, "nats_per_character", nats / chars));
	else
		printf("entropy of a story %.6f nats, mean length %.6f characters, %.6f nats per character\n", nats, chars, nats / chars);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* one story of the file, stripped; line: where it begins */
static int score_one(const struct grammar *g, const char *path, const char *s, size_t n, long line, struct scores *r, struct err *e)
{
	int derivations, k = r->n;
	double log_p;

	while (n > 0 && is_space(s[n - 1]))
		n--;
	for (; n > 0 && is_space(*s); s++, n--)
		line += *s == '\n';
	if (n == 0)
		return 0;
	log_p = grammar_log_probability(g, s, n, &derivations);
	if (derivations == 0)
		return err_set(e, ERR_INPUT, "%s:%ld: the grammar cannot write this story: '%.*s'%s", path, line, (int)(n < 60 ? n : 60), s, n < 60 ? "" : " ..");
	if (derivations > 1)
		BUG("%d derivations of a story of a grammar that was proved unambiguous", derivations);
	*MEM_PUSH(r->log_p, r->n) = log_p;
	*MEM_PUSH(r->length, k) = n;
	r->sum -= log_p;
	r->chars += n;
	return 0;
}

/* stories as golden/text.h takes them: separated by blank lines */
static int score_all(const struct grammar *g, const char *path, const struct buf *b, struct scores *r, struct err *e)
{
	size_t start = 0;
	long number = 1, first = 1;

	for (size_t line = 0, end; line < b->len; line = end + 1, number++) {
		bool blank = true;

		for (end = line; end < b->len && b->data[end] != '\n'; end++)
			blank = blank && is_space(b->data[end]);
		if (!blank)
			continue;
		if (score_one(g, path, b->data + start, line - start, first, r, e))
			return -1;
		start = end < b->len ? end + 1 : b->len;
		first = number + 1;
	}
	if (score_one(g, path, b->data + start, b->len - start, first, r, e))
		return -1;
	if (r->n == 0)
		return err_set(e, ERR_INPUT, "'%s': no story, legal is one or more; name a file of stories", path);
	return 0;
}

static void print_scores(const struct scores *r, bool json)
{
	double per_story = r->sum / r->n, per_character = r->sum / (double)r->chars;

	if (json) {
		json_t *stories = json_array();

		for (int i = 0; i < r->n; i++)
			json_array_append_new(stories, json_pack("{s:f, s:I}", "nats", -r->log_p[i], "characters", (json_int_t)r->length[i]));
		cli_print_json(json_pack("{s:o, s:f, s:f}", "stories", stories, "nats_per_story", per_story, "nats_per_character", per_character));
		return;
	}
	printf("%8s %12s %10s %12s\n", "story", "nats", "characters", "nats/char");
	for (int i = 0; i < r->n; i++)
		printf("%8d %12.6f %10zu %12.6f\n", i, -r->log_p[i], r->length[i], -r->log_p[i] / (double)r->length[i]);
	printf("%d stories, mean %.6f nats per story, %.6f nats per character\n", r->n, per_story, per_character);
}

static int score(const struct grammar *g, const struct options *o, struct err *e)
{
	struct scores r = { 0 };
	struct buf b;
	int bad = file_read(o->score, FILE_TOP, &b, e) || score_all(g, o->score, &b, &r, e) ? -1 : 0;

	if (!bad)
		print_scores(&r, o->json);
	buf_release(&b);
	free(r.log_p);
	free(r.length);
	return bad;
}

static int run(const struct options *o, struct err *e)
{
	int asked = o->entropy + (o->score != NULL) + (o->tokenizer != NULL), bad;
	struct grammar *g;

	if (asked > 1 || (asked && o->out))
		return err_set(e, ERR_INPUT, "--out, --entropy, --score and --tokenizer are different things to do; take one of them");
	if (o->json && !o->entropy && !o->score)
		return err_set(e, ERR_INPUT, "--json prints figures, and stories are none; add --entropy or --score");
	if (o->vocab && !o->tokenizer)
		return err_set(e, ERR_INPUT, "--vocab is the size of a tokenizer; add --tokenizer");
	if (o->tokenizer && !o->vocab)
		return err_set(e, ERR_INPUT, "--tokenizer needs its size: add --vocab, 512 for example");
	if ((o->out && cli_check_place(o->out, e)) || (o->tokenizer && cli_check_place(o->tokenizer, e)))
		return -1;
	g = read_grammar(o, e);
	if (!g)
		return -1;
	bad = 0;
	if (o->entropy)
		print_entropy(g, o->json);
	else
		bad = (o->score ? score : o->tokenizer ? write_tokenizer : write_out)(g, o, e);
	grammar_free(g);
	return bad ? bad : cli_flush(e);
}

int cmd_stories(int argc, char **argv)
{
	struct options o = { .n = 10, .seed = 1 };
	const struct opt opts[] = {
		{ "--n", OPT_INT, &o.n, "N", "stories (10)", .lo = 1, .hi = STORIES_TOP },
		{ "--seed", OPT_INT, &o.seed, "S", "seed of the stories (1)", .lo = 0, .hi = SEED_TOP },
		{ "--out", OPT_TEXT, &o.out, "FILE", "write them here; without it they are printed" },
		{ "--entropy", OPT_FLAG, &o.entropy, NULL, "entropy of a story, its mean length, nats per character" },
		{ "--score", OPT_TEXT, &o.score, "FILE", "-ln of the probability of every story of FILE" },
		{ "--tokenizer", OPT_TEXT, &o.tokenizer, "FILE", "train a tokenizer on the stories, write it here (llama2.c's format)" },
		{ "--vocab", OPT_INT, &o.vocab, "V", "its pieces", .lo = 1, .hi = VOCAB_TOP },
		{ "--grammar", OPT_TEXT, &o.grammar, "FILE", "a grammar other than the built-in one" },
		{ "--json", OPT_FLAG, &o.json, NULL, "print JSON" },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline stories [options]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	run(&o, &e);
	return e.code ? cli_fail(&e) : 0;
}

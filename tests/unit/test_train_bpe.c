/* Byte pair training. Oracles: merges worked out by hand, and tok_load, tok_encode, tok_decode.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checkpoint/tokenizer.h"
#include "common/mem.h"
#include "train/bpe.h"
#include "train/grammar.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SCRATCH_NAME "tok.bin"
#include "tests/unit/scratch.h"

enum { FIXED = 259, VOCAB = 512 };

static void train(struct tokenizer *t, const char *text, size_t len, int vocab)
{
	struct err e = { 0 };
	struct buf b;

	buf_init(&b);
	if (bpe_train(text, len, vocab, &b, &e) || file_write(path, b.data, b.len, &e) || tok_load(t, path, vocab, &e))
		fail_msg("%s", e.text);
	buf_release(&b);
}

static void refused(const char *text, size_t len, int vocab, const char *message)
{
	struct err e = { 0 };
	struct buf b;

	buf_init(&b);
	assert_int_equal(bpe_train(text, len, vocab, &b, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, message);
	assert_int_equal(b.len, 0);
	buf_release(&b);
}

/* text -> tokens -> text; returns how many tokens without BOS */
static int round_trip(const struct tokenizer *t, const char *text)
{
	struct err e = { 0 };
	struct buf b;
	int *token, n;

	buf_init(&b);
	assert_int_equal(tok_encode(t, text, &token, &n, &e), 0);
	for (int i = 1; i < n; i++)
		tok_decode(t, token[i - 1], token[i], &b);
	assert_string_equal(b.data, text);
	buf_release(&b);
	free(token);
	return n - 1;
}

/* Three times each " " "a" and "a" "b": the lowest pieces first, then " a" "b"; twice each " " ".", " ab" "c", " ." "."; once " " "b".
 * Nothing joins across words or from letters to others. */
static void by_hand(void **state)
{
	static const char text[] = "ab abc. abc\n\nb .. ..";
	static const char *const piece[] = { " ", ".", "a", "b", "c", " a", " ab", " .", " abc", " ..", " b" };
	struct tokenizer t;

	(void)state;
	train(&t, text, strlen(text), FIXED + 11);
	assert_string_equal(t.piece[0], "<unk>");
	assert_string_equal(t.piece[1], "\n<s>\n");
	assert_string_equal(t.piece[2], "\n</s>\n");
	assert_string_equal(t.piece[3], "<0x00>");
	assert_string_equal(t.piece[258], "<0xFF>");
	for (int i = 0; i < 11; i++)
		assert_string_equal(t.piece[FIXED + i], piece[i]);
	for (int i = FIXED + 5; i < FIXED + 10; i++)
		assert_true(t.score[i] > t.score[i + 1]);
	for (int i = FIXED; i < FIXED + 5; i++)
		assert_true(t.score[i] < t.score[FIXED + 10]);
	assert_int_equal(round_trip(&t, "ab abc. abc"), 4);
	assert_int_equal(round_trip(&t, "b .. .."), 3);
	assert_int_equal(round_trip(&t, "bab cab \xc3\xa9 <0x41>\n\n"), 19);
	tok_release(&t);
	refused(text, strlen(text), FIXED + 12, "a vocabulary of 271, legal for this text are 264..270: all its words are pieces already; take more text");
}

static void one_letter(void **state)
{
	struct tokenizer t;

	(void)state;
	train(&t, "a", 1, FIXED + 3);
	assert_string_equal(t.piece[FIXED + 2], " a");
	assert_int_equal(round_trip(&t, "a"), 1);
	assert_int_equal(round_trip(&t, "aaaa a a"), 6);
	tok_release(&t);
	train(&t, "aaaaaaaa", 8, FIXED + 2);
	assert_int_equal(t.max_len, 6);
	assert_int_equal(round_trip(&t, "aaaaaaaa"), 9);
	tok_release(&t);
}

static void wrong(void **state)
{
	size_t much = ((size_t)16 << 20) + 1;
	char *big = mem_calloc(much, 1);

	(void)state;
	refused("", 0, 300, "no text to train a tokenizer on, legal is one sequence or more");
	refused(" \n\n \t\n", 6, 300, "no text to train a tokenizer on, legal is one sequence or more");
	refused("a", 1, FIXED + 1, "a vocabulary of 260, legal for this text are 261..32768: 259 fixed pieces and its 2 characters are always there");
	refused("a", 1, -5, "a vocabulary of -5, legal for this text are 261..32768: 259 fixed pieces and its 2 characters are always there");
	refused("a", 1, 32769, "a vocabulary of 32769, legal for this text are 261..32768: 259 fixed pieces and its 2 characters are always there");
	refused("a\0b", 3, 300, "the text to train a tokenizer on has a NUL byte, legal are bytes 1..255");
	refused(big, much, 300, "16777217 bytes of text to train a tokenizer on, legal are 1..16777216; take a part of it");
	free(big);
}

/* pieces are at most 64 bytes, however long a word is; bytes of no character stay what they are */
static void odd_text(void **state)
{
	static const char text[] = "\x80\x80\x80\x80\x80 \xff\xfe \xc3\xa9t\xc3\xa9 \xc3\xa9t\xc3\xa9\r\nx  y";
	struct tokenizer t;
	char word[2001];

	(void)state;
	memset(word, 'x', 2000);
	word[2000] = 0;
	train(&t, word, 2000, FIXED + 2 + 6);
	assert_int_equal(t.max_len, 64);
	round_trip(&t, word);
	tok_release(&t);
	train(&t, text, strlen(text), FIXED + 16);
	round_trip(&t, text);
	tok_release(&t);
}

static void stories(void **state)
{
	enum { TRAIN = 1000, TEST = 300 };
	struct err e = { 0 };
	struct grammar *g = grammar_read(grammar_builtin, grammar_builtin_len, "stories.grammar", &e);
	struct buf text, a, b;
	struct tokenizer t;
	long tokens = 0, chars = 0;
	int whole = 0;

	(void)state;
	assert_non_null(g);
	buf_init(&text);
	buf_init(&a);
	buf_init(&b);
	for (int i = 0; i < TRAIN; i++) {
		grammar_write(g, 1, (uint64_t)i, &text);
		buf_adds(&text, "\n\n");
	}
	assert_int_equal(bpe_train(text.data, text.len, VOCAB, &a, &e), 0);
	assert_int_equal(bpe_train(text.data, text.len, VOCAB, &b, &e), 0);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.data, b.data, a.len);
	train(&t, text.data, text.len, VOCAB);
	for (int i = 0; i < TEST; i++) {
		buf_clear(&text);
		grammar_write(g, 2, (uint64_t)i, &text);
		tokens += round_trip(&t, text.data);
		chars += (long)text.len;
	}
	for (int i = FIXED; i < VOCAB; i++) {
		static const char *const word[] = { " the", " and", " was", " to", " her", " his", " said", " with" };

		for (size_t k = 0; k < sizeof(word) / sizeof(*word); k++)
			whole += !strcmp(t.piece[i], word[k]);
		assert_true(!strchr(t.piece[i] + 1, ' '));
	}
	assert_int_equal(whole, 8);
	print_message("# %.1f tokens per story, %.2f characters per token\n", (double)tokens / TEST, (double)chars / (double)tokens);
	assert_true((double)chars / (double)tokens > 2);
	tok_release(&t);
	buf_release(&text);
	buf_release(&a);
	buf_release(&b);
	grammar_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand), cmocka_unit_test(one_letter), cmocka_unit_test(wrong), cmocka_unit_test(odd_text), cmocka_unit_test(stories),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

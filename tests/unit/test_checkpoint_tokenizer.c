/* Tokenizer. Oracle of encoding: run.c's own quadratic search, written again here.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checkpoint/tokenizer.h"
#include "common/file.h"
#include "common/prng.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRATCH_NAME "tok.bin"
#include "tests/unit/scratch.h"

enum { MERGES = 13, VOCAB = 259 + MERGES };
/* single characters score low; "bb" must never merge: -1e10 is not above run.c's floor; equal scores test the tie rule */
static const struct { const char *piece; float score; } merges[MERGES] = {
	{ " ", -20 }, { "a", -20 }, { "b", -20 }, { "\xc3\xa9", -20 }, { "aa", -1 }, { "ab", -1 }, { "ba", -2 }, { "aaa", -3 }, { "abab", -0.5f },
	{ " a", -1 }, { "bb", -1e10f }, { "\xc3\xa9" "a", -4 }, { "aab", -1 },
};

static void put_piece(struct buf *b, const char *piece, float score)
{
	int32_t n = (int32_t)strlen(piece);

	buf_add(b, &score, 4);
	buf_add(b, &n, 4);
	buf_adds(b, piece);
}

static void make(struct buf *b)
{
	char piece[8];

	buf_init(b);
	buf_add(b, &(int32_t){ 6 }, 4);
	put_piece(b, "<unk>", 0);
	put_piece(b, "\n<s>\n", 0);
	put_piece(b, "\n</s>\n", 0);
	for (int i = 0; i < 256; i++) {
		snprintf(piece, sizeof(piece), "<0x%02X>", i);
		put_piece(b, piece, 0);
	}
	for (int i = 0; i < MERGES; i++)
		put_piece(b, merges[i].piece, merges[i].score);
}

static int load(struct tokenizer *t, struct buf *b, int vocab, struct err *e)
{
	struct err io = { 0 };

	assert_int_equal(file_write(path, b->data, b->len, &io), 0);
	buf_release(b);
	return tok_load(t, path, vocab, e);
}

static int find(const struct tokenizer *t, const char *s)
{
	for (int i = 0; i < t->vocab; i++)
		if (!strcmp(t->piece[i], s))
			return i;
	return -1;
}

/* run.c: again and again the best-scoring neighbours, the leftmost of equal ones */
static int slow_merge(const struct tokenizer *t, int *token, int n)
{
	for (;;) {
		float best = -1e10f;
		int at = -1, id = -1;

		for (int i = 0; i + 1 < n; i++) {
			char s[64];
			int k;

			snprintf(s, sizeof(s), "%s%s", t->piece[token[i]], t->piece[token[i + 1]]);
			k = find(t, s);
			if (k >= 0 && t->score[k] > best) {
				best = t->score[k];
				at = i;
				id = k;
			}
		}
		if (at < 0)
			return n;
		token[at] = id;
		memmove(token + at + 1, token + at + 2, (size_t)(n - at - 2) * sizeof(int));
		n--;
	}
}

static void merges_as_run_c(void **state)
{
	static const char *const letters[] = { "a", "a", "b", "b", " ", "\xc3\xa9", "z" };
	struct err e = { 0 };
	struct tokenizer t;
	struct prng p;
	struct buf b;

	(void)state;
	make(&b);
	assert_int_equal(load(&t, &b, VOCAB, &e), 0);
	prng_init(&p, 3);
	for (int round = 0; round < 300; round++) {
		int want[70], n_want = 0, *got, n, len = (int)prng_range(&p, 1, 33);
		char text[100] = "";

		want[n_want++] = TOK_BOS;
		want[n_want++] = find(&t, " ");
		for (int i = 0; i < len; i++) {
			const char *letter = letters[prng_range(&p, 0, 6)];
			int id = find(&t, letter);

			strcat(text, letter);
			want[n_want++] = id >= 0 ? id : (unsigned char)letter[0] + 3;
		}
		n_want = slow_merge(&t, want, n_want);
		assert_int_equal(tok_encode(&t, text, &got, &n, &e), 0);
		assert_int_equal(n, n_want);
		assert_memory_equal(got, want, (size_t)n * sizeof(int));
		buf_init(&b);
		for (int i = 1; i < n; i++)
			tok_decode(&t, got[i - 1], got[i], &b);
		assert_string_equal(b.data, text); /* the prefix space goes, everything else comes back */
		buf_release(&b);
		free(got);
	}
	tok_release(&t);
}

static void bytes_fall_back(void **state)
{
	static const int want[] = { 1, 259, 0xe2 + 3, 0x82 + 3, 0xac + 3, 0x80 + 3, 0xff + 3 };
	struct err e = { 0 };
	struct tokenizer t;
	struct buf b;
	int *got, n;

	(void)state;
	make(&b);
	assert_int_equal(load(&t, &b, VOCAB, &e), 0);
	assert_int_equal(tok_encode(&t, "\xe2\x82\xac\x80\xff", &got, &n, &e), 0);
	assert_int_equal(n, 7);
	assert_memory_equal(got, want, sizeof(want));
	free(got);
	assert_int_equal(tok_encode(&t, "", &got, &n, &e), 0);
	assert_int_equal(n, 1); /* no prefix space */
	assert_int_equal(got[0], TOK_BOS);
	free(got);
	tok_release(&t);
}

static void refuse(struct buf *b, int vocab, const char *words)
{
	struct err e = { 0 };
	struct tokenizer t;

	assert_int_equal(load(&t, b, vocab, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	if (!strstr(e.text, words))
		fail_msg("no '%s' in '%s'", words, e.text);
	assert_null(t.piece);
}

static void hostile_files(void **state)
{
	static const int32_t lengths[] = { -1, 0, 7, INT32_MAX, INT32_MIN };
	static const int32_t longest[] = { 0, -1, 4097, INT32_MIN };
	struct buf b;
	size_t full;

	(void)state;
	make(&b);
	full = b.len;
	buf_release(&b);
	for (size_t n = 0; n < full; n += 7) {
		make(&b);
		b.len = n;
		refuse(&b, VOCAB, "'");
	}
	make(&b);
	buf_adds(&b, "x");
	refuse(&b, VOCAB, "1 bytes follow");
	make(&b);
	refuse(&b, VOCAB - 1, "follow");
	make(&b);
	refuse(&b, VOCAB + 1, "ends before");
	make(&b);
	refuse(&b, INT32_MAX, "cannot hold");
	for (size_t i = 0; i < 5; i++) {
		make(&b);
		memcpy(b.data + 8, &lengths[i], 4);
		refuse(&b, VOCAB, "length of piece 0");
	}
	for (size_t i = 0; i < 4; i++) {
		make(&b);
		memcpy(b.data, &longest[i], 4);
		refuse(&b, VOCAB, "longest piece");
	}
	make(&b);
	memcpy(b.data + 4, &(float){ NAN }, 4);
	refuse(&b, VOCAB, "score of piece 0");
	make(&b);
	b.data[12] = 0;
	refuse(&b, VOCAB, "NUL");
}

/* found by fuzzing: BOS was looked up beyond the end of a vocabulary of one piece */
static void no_bos(void **state)
{
	struct buf b;

	(void)state;
	for (int n = 1; n < 3; n++) {
		buf_init(&b);
		buf_add(&b, &(int32_t){ 8 }, 4);
		for (int i = 0; i < n; i++)
			put_piece(&b, " ", 0);
		refuse(&b, n, "has no <unk>, <s>, </s>, legal is 3 or more; name the model's own tokenizer");
	}
}

/* three special tokens alone: neither a space nor bytes to fall back on */
static void poor_vocabulary(void **state)
{
	struct err e = { 0 };
	struct tokenizer t;
	struct buf b;
	int *got, n;

	(void)state;
	make(&b);
	b.len = 4 + 8 + 5 + 8 + 5 + 8 + 6;
	assert_int_equal(load(&t, &b, 3, &e), 0);
	assert_int_equal(tok_encode(&t, "a", &got, &n, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	tok_release(&t);
	buf_init(&b);
	buf_add(&b, &(int32_t){ 5 }, 4);
	put_piece(&b, "<unk>", 0);
	put_piece(&b, "<s>", 0);
	put_piece(&b, "</s>", 0);
	put_piece(&b, " ", 0);
	e = (struct err){ 0 };
	assert_int_equal(load(&t, &b, 4, &e), 0);
	assert_int_equal(tok_encode(&t, "a", &got, &n, &e), -1);
	assert_non_null(strstr(e.text, "none for byte 0 of the text, which is 97"));
	tok_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merges_as_run_c), cmocka_unit_test(bytes_fall_back), cmocka_unit_test(hostile_files), cmocka_unit_test(no_bos), cmocka_unit_test(poor_vocabulary),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* Byte pair encoding (Sennrich et al. 2016): the most frequent pair of neighbouring pieces becomes a piece, again and again. A word is a run of letters or a run of other
 * characters, with a space in front if there is one; pairs are inside words only. Scores fall with the number of the merge, so tok_encode merges in the same order.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/bpe.h"
#include "checkpoint/tokenizer.h"
#include "common/mem.h"
#include "common/progress.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { VOCAB_TOP = 32768, PIECE_TOP = 64, FIXED = 3 + 256, BYTES_TOP = 16 << 20 };

struct word { const char *s; int len; int64_t count; int *piece, n; };
struct pair { int left, right; int64_t count; };

struct bpe {
	char *text;   /* the sequences, each behind the space that tok_encode puts there */
	struct word *word;
	int words;
	char **piece; /* [n] */
	int n, chars, vocab;
	struct pair *pair;
	int pairs;
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_letter(char c)
{
	return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* bytes of the character at s, as tok_encode has it */
static int char_len(const char *s, int left)
{
	int k;

	for (k = 1; k < 4 && k < left && ((unsigned char)s[k] & 0xc0) == 0x80; k++)
		;
	return k;
}

/* words of one stripped sequence behind its space, counted one each */
static void add_words(struct bpe *b, const char *p, const char *end)
{
	while (p < end) {
		const char *from = p;

		p += *p == ' ';
		if (p < end && *p != ' ') {
			bool letters = is_letter(*p);

			while (p < end && *p != ' ' && is_letter(*p) == letters)
				p++;
		}
		*MEM_PUSH(b->word, b->words) = (struct word){ .s = from, .len = (int)(p - from), .count = 1 };
	}
}

static void split(struct bpe *b, const char *text, size_t len)
{
	size_t start = 0;
	char *to = b->text = mem_calloc(len + 1, 2); /* every sequence, of one byte or more, gets a space */

	for (size_t line = 0, end; line <= len; line = end + 1) {
		bool blank = true;

		for (end = line; end < len && text[end] != '\n'; end++)
			blank = blank && is_space(text[end]);
		if (blank || end == len) {
			const char *from = text + start, *stop = text + (blank ? line : end);

			while (stop > from && is_space(stop[-1]))
				stop--;
			while (from < stop && is_space(*from))
				from++;
			if (from < stop) {
				char *sequence = to;

				*to++ = ' ';
				memcpy(to, from, (size_t)(stop - from));
				to += stop - from;
				add_words(b, sequence, to);
			}
			start = end + 1;
		}
	}
}

static int by_text(const void *x, const void *y)
{
	const struct word *a = x, *b = y;
	int c = memcmp(a->s, b->s, (size_t)(a->len < b->len ? a->len : b->len));

	return c ? c : (a->len > b->len) - (a->len < b->len);
}

/* equal words to one with their count */
static void count_words(struct bpe *b)
{
	int n = 0;

	qsort(b->word, (size_t)b->words, sizeof(*b->word), by_text);
	for (int i = 0; i < b->words; i++) {
		if (n > 0 && !by_text(&b->word[n - 1], &b->word[i]))
			b->word[n - 1].count += b->word[i].count;
		else
			b->word[n++] = b->word[i];
	}
	b->words = n;
}

static int find_piece(const struct bpe *b, const char *s, int len)
{
	for (int i = 0; i < b->n; i++)
		if (!strncmp(b->piece[i], s, (size_t)len) && !b->piece[i][len])
			return i;
	return -1;
}

static void add_piece(struct bpe *b, const char *s, int len)
{
	char *p = mem_calloc((size_t)len + 1, 1);

	memcpy(p, s, (size_t)len);
	*MEM_PUSH(b->piece, b->n) = p;
}

/* the piece of a character: they come first, in the order of by_text */
static int find_char(const struct bpe *b, const char *s, int len)
{
	int lo = 0, hi = b->chars;

	while (lo < hi) {
		int mid = lo + (hi - lo) / 2;
		const struct word piece = { .s = b->piece[mid], .len = (int)strlen(b->piece[mid]) }, wanted = { .s = s, .len = len };

		if (by_text(&piece, &wanted) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void cut_to_chars(struct bpe *b)
{
	struct word *one = NULL;
	int n = 0;

	*MEM_PUSH(one, n) = (struct word){ .s = " ", .len = 1 }; /* tok_encode needs it */
	for (int i = 0; i < b->words; i++)
		for (int at = 0, k; at < b->word[i].len; at += k) {
			k = char_len(b->word[i].s + at, b->word[i].len - at);
			*MEM_PUSH(one, n) = (struct word){ .s = b->word[i].s + at, .len = k };
		}
	qsort(one, (size_t)n, sizeof(*one), by_text);
	for (int i = 0; i < n; i++)
		if (i == 0 || by_text(&one[i - 1], &one[i]))
			add_piece(b, one[i].s, one[i].len);
	free(one);
	b->chars = b->n;
	for (int i = 0; i < b->words; i++) {
		struct word *w = &b->word[i];

		w->piece = MEM_NEW((size_t)w->len, int);
		for (int at = 0, k; at < w->len; at += k) {
			k = char_len(w->s + at, w->len - at);
			w->piece[w->n++] = find_char(b, w->s + at, k);
		}
	}
}

static int by_ids(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;

	return a->left != b->left ? (a->left > b->left) - (a->left < b->left) : (a->right > b->right) - (a->right < b->right);
}

static bool fits(const struct bpe *b, int left, int right)
{
	return strlen(b->piece[left]) + strlen(b->piece[right]) <= PIECE_TOP;
}

/* the most frequent pair, of equal ones that with the lowest pieces; false: there is none */
static bool best_pair(struct bpe *b, struct pair *best)
{
	*best = (struct pair){ 0 };
	b->pairs = 0;
	for (int i = 0; i < b->words; i++)
		for (int k = 0; k + 1 < b->word[i].n; k++)
			if (fits(b, b->word[i].piece[k], b->word[i].piece[k + 1]))
				*MEM_PUSH(b->pair, b->pairs) = (struct pair){ b->word[i].piece[k], b->word[i].piece[k + 1], b->word[i].count };
	if (b->pairs == 0)
		return false;
	qsort(b->pair, (size_t)b->pairs, sizeof(*b->pair), by_ids);
	for (int i = 0, j; i < b->pairs; i = j) {
		struct pair sum = b->pair[i];

		for (j = i + 1; j < b->pairs && !by_ids(&b->pair[i], &b->pair[j]); j++)
			sum.count += b->pair[j].count;
		if (sum.count > best->count)
			*best = sum;
	}
	return true;
}

static void join(struct bpe *b, const struct pair *p)
{
	char s[PIECE_TOP + 1];
	int left = (int)strlen(b->piece[p->left]), len = left + (int)strlen(b->piece[p->right]), id;

	memcpy(s, b->piece[p->left], (size_t)left);
	memcpy(s + left, b->piece[p->right], (size_t)(len - left));
	/* the same text may come of two pairs: "a" "bc" and "ab" "c" */
	id = find_piece(b, s, len);
	if (id < 0) {
		id = b->n;
		add_piece(b, s, len);
	}
	for (int i = 0; i < b->words; i++) {
		struct word *w = &b->word[i];
		int n = 0;

		for (int k = 0; k < w->n; k++) {
			bool both = k + 1 < w->n && w->piece[k] == p->left && w->piece[k + 1] == p->right;

			w->piece[n++] = both ? id : w->piece[k];
			k += both;
		}
		w->n = n;
	}
}

static void put(struct buf *out, const char *piece, float score)
{
	uint32_t n = (uint32_t)strlen(piece), bits;

	memcpy(&bits, &score, 4);
	for (int i = 0; i < 4; i++)
		buf_add(out, (char[]){ (char)(bits >> 8 * i) }, 1);
	for (int i = 0; i < 4; i++)
		buf_add(out, (char[]){ (char)(n >> 8 * i) }, 1);
	buf_add(out, piece, n);
}

static void put_all(const struct bpe *b, struct buf *out)
{
	static const char *const special[3] = { "<unk>", "\n<s>\n", "\n</s>\n" };
	uint32_t longest = 6;

	for (int i = 0; i < b->n; i++)
		if (strlen(b->piece[i]) > longest)
			longest = (uint32_t)strlen(b->piece[i]);
	for (int i = 0; i < 4; i++)
		buf_add(out, (char[]){ (char)(longest >> 8 * i) }, 1);
	for (int i = 0; i < 3; i++)
		put(out, special[i], 0);
	for (int i = 0; i < 256; i++) {
		char byte[8] = "<0x00>";

		byte[3] = "0123456789ABCDEF"[i >> 4];
		byte[4] = "0123456789ABCDEF"[i & 15];
		put(out, byte, 0);
	}
	/* characters are never the result of a merge: below all merges */
	for (int i = 0; i < b->n; i++)
		put(out, b->piece[i], i < b->chars ? (float)(-VOCAB_TOP - i) : (float)(b->chars - 1 - i));
}

static int train(struct bpe *b, struct err *e)
{
	struct progress bar;
	struct pair p;

	if (b->words == 0)
		return err_set(e, ERR_INPUT, "no text to train a tokenizer on, legal is one sequence or more");
	count_words(b);
	cut_to_chars(b);
	if (b->vocab < FIXED + b->chars || b->vocab > VOCAB_TOP)
		return err_set(e, ERR_INPUT, "a vocabulary of %d, legal for this text are %d..%d: %d fixed pieces and its %d characters are always there", b->vocab, FIXED + b->chars,
			       VOCAB_TOP, FIXED, b->chars);
	progress_begin(&bar, "pieces", (uint64_t)(b->vocab - FIXED));
	while (FIXED + b->n < b->vocab) {
		progress_at(&bar, (uint64_t)b->n);
		if (!best_pair(b, &p))
			return progress_end(&bar), err_set(e, ERR_INPUT, "a vocabulary of %d, legal for this text are %d..%d: all its words are pieces already; take more text", b->vocab,
				       FIXED + b->chars, FIXED + b->n);
		join(b, &p);
	}
	progress_end(&bar);
	return 0;
}

int bpe_train(const char *text, size_t len, int vocab, struct buf *out, struct err *e)
{
	struct bpe b = { .vocab = vocab };
	int bad;

	if (len > BYTES_TOP)
		return err_set(e, ERR_INPUT, "%zu bytes of text to train a tokenizer on, legal are 1..%d; take a part of it", len, BYTES_TOP);
	if (memchr(text, 0, len))
		return err_set(e, ERR_INPUT, "the text to train a tokenizer on has a NUL byte, legal are bytes 1..255");
	split(&b, text, len);
	bad = train(&b, e);
	if (!bad)
		put_all(&b, out);
	for (int i = 0; i < b.words; i++)
		free(b.word[i].piece);
	for (int i = 0; i < b.n; i++)
		free(b.piece[i]);
	free(b.word);
	free(b.text);
	free(b.piece);
	free(b.pair);
	return bad;
}

/* llama2.c tokenizer files: i32 longest piece, then for each token f32 score, i32 length, bytes. Rules: karpathy/llama2.c run.c, encode() and decode().
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/tokenizer.h"
#include "checkpoint/le.h"
#include "common/file.h"
#include "common/mem.h"
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)64 << 20)
#define SCORE_MIN (-1e10f) /* run.c merges only above this */
enum { LEN_MAX = 4096, BYTE_0 = 3 /* token of byte 0: behind <unk>, <s>, </s> */ };

static int by_piece(const void *a, const void *b, void *t)
{
	int i = *(const int *)a, j = *(const int *)b;
	int c = strcmp(((struct tokenizer *)t)->piece[i], ((struct tokenizer *)t)->piece[j]);

	return c ? c : (i > j) - (i < j);
}

/* token of the n bytes s, the lowest of equal ones; -1: none */
static int lookup(const struct tokenizer *t, const char *s, size_t n)
{
	int lo = 0, hi = t->vocab;

	while (lo < hi) {
		int mid = lo + (hi - lo) / 2;
		const char *p = t->piece[t->sorted[mid]];
		int c = strncmp(p, s, n);

		/* a longer piece with the same beginning sorts behind s */
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == t->vocab || strncmp(t->piece[t->sorted[lo]], s, n) || t->piece[t->sorted[lo]][n])
		return -1;
	return t->sorted[lo];
}

static int parse(struct tokenizer *t, const struct buf *b, const char *path, int vocab, struct err *e)
{
	const uint8_t *p = (const uint8_t *)b->data, *end = p + b->len;

	if (b->len < 4)
		return err_set(e, ERR_INPUT, "'%s': %zu bytes are too short for a tokenizer; fetch the whole file", path, b->len);
	t->max_len = (int32_t)le_u32(p);
	if (t->max_len < 1 || t->max_len > LEN_MAX)
		return err_set(e, ERR_INPUT, "'%s': longest piece is %d bytes, legal 1..%d; name a llama2.c tokenizer file", path, t->max_len, LEN_MAX);
	if (vocab < 1 || (uint64_t)vocab * 9 > b->len - 4)
		return err_set(e, ERR_INPUT, "'%s': %zu bytes cannot hold the %d pieces of the model's vocabulary; name the model's own tokenizer", path,
			       b->len, vocab);
	if (vocab <= TOK_EOS)
		return err_set(e, ERR_INPUT, "'%s': a vocabulary of %d has no <unk>, <s>, </s>, legal is 3 or more; name the model's own tokenizer", path, vocab);
	p += 4;
	t->piece = MEM_NEW((size_t)vocab, char *);
	t->score = MEM_NEW((size_t)vocab, float);
	t->sorted = MEM_NEW((size_t)vocab, int);
	for (; t->vocab < vocab; t->vocab++) {
		int i = t->vocab, n;

		if (end - p < 8)
			return err_set(e, ERR_INPUT, "'%s': the file ends before piece %d of %d; name the model's own tokenizer", path, i, vocab);
		t->score[i] = le_f32(p);
		n = (int32_t)le_u32(p + 4);
		p += 8;
		if (!isfinite(t->score[i]))
			return err_set(e, ERR_INPUT, "'%s': score of piece %d is %g, legal is a finite number; fetch the file again", path, i,
				       (double)t->score[i]);
		if (n < 1 || n > t->max_len || n > end - p)
			return err_set(e, ERR_INPUT, "'%s': length of piece %d is %d, legal 1..%d; fetch the file again", path, i, n,
				       end - p < t->max_len ? (int)(end - p) : t->max_len);
		if (memchr(p, 0, (size_t)n))
			return err_set(e, ERR_INPUT, "'%s': piece %d has a NUL byte, legal are bytes 1..255; fetch the file again", path, i);
		t->piece[i] = mem_calloc((size_t)n + 1, 1);
		memcpy(t->piece[i], p, (size_t)n);
		t->sorted[i] = i;
		p += n;
	}
	if (p != end)
		return err_set(e, ERR_INPUT, "'%s': %td bytes follow the last of %d pieces, legal 0; name the model's own tokenizer", path, end - p, vocab);
	qsort_r(t->sorted, (size_t)vocab, sizeof(int), by_piece, t);
	return 0;
}

int tok_load(struct tokenizer *t, const char *path, int vocab, struct err *e)
{
	struct buf b;
	int bad;

	memset(t, 0, sizeof(*t));
	bad = file_read(path, FILE_MAX, &b, e) || parse(t, &b, path, vocab, e) ? -1 : 0;
	buf_release(&b);
	if (bad)
		tok_release(t);
	return bad;
}

void tok_release(struct tokenizer *t)
{
	for (int i = 0; i < t->vocab; i++)
		free(t->piece[i]);
	free(t->piece);
	free(t->score);
	free(t->sorted);
	memset(t, 0, sizeof(*t));
}

/* Merging. run.c looks at all neighbours for the best score (the leftmost of equal ones) again and again, which is quadratic; here the candidates
 * wait in a heap in the same order, and those whose neighbours have changed meanwhile are dropped when they come up. */
struct candidate {
	float score;
	int left, right;             /* positions in the first tokens */
	int left_token, right_token; /* what stood there */
	int merged;
};

struct merger {
	const struct tokenizer *t;
	int *token, *next, *prev;    /* linked positions; token -1: merged away */
	struct candidate *heap;
	size_t n, cap;
	char *text;                  /* [2 * max_len + 1] */
};

static bool before(const struct candidate *a, const struct candidate *b)
{
	return a->score > b->score || (a->score == b->score && a->left < b->left);
}

static void swap(struct candidate *a, struct candidate *b)
{
	struct candidate c = *a;

	*a = *b;
	*b = c;
}

static void offer(struct merger *m, int left, int right)
{
	struct candidate c = { .left = left, .right = right };
	int n;

	if (left < 0 || right < 0)
		return;
	c.left_token = m->token[left];
	c.right_token = m->token[right];
	n = sprintf(m->text, "%s%s", m->t->piece[c.left_token], m->t->piece[c.right_token]);
	c.merged = lookup(m->t, m->text, (size_t)n);
	if (c.merged < 0 || !(m->t->score[c.merged] > SCORE_MIN))
		return;
	c.score = m->t->score[c.merged];
	if (m->n == m->cap) {
		m->cap = m->cap * 2 + 16;
		m->heap = mem_realloc(m->heap, m->cap, sizeof(c));
	}
	m->heap[m->n] = c;
	for (size_t i = m->n++; i > 0 && before(&m->heap[i], &m->heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&m->heap[i], &m->heap[(i - 1) / 2]);
}

static struct candidate pop(struct merger *m)
{
	struct candidate top = m->heap[0];

	m->heap[0] = m->heap[--m->n];
	for (size_t i = 0, k; (k = 2 * i + 1) < m->n; i = k) {
		if (k + 1 < m->n && before(&m->heap[k + 1], &m->heap[k]))
			k++;
		if (!before(&m->heap[k], &m->heap[i]))
			break;
		swap(&m->heap[k], &m->heap[i]);
	}
	return top;
}

/* merges token[0..n-1] in place, returns the new n */
static int merge(const struct tokenizer *t, int *token, int n)
{
	struct merger m = { .t = t, .token = token };
	int kept = 0;

	m.next = MEM_NEW((size_t)n, int);
	m.prev = MEM_NEW((size_t)n, int);
	m.text = mem_calloc(2 * (size_t)t->max_len + 1, 1);
	for (int i = 0; i < n; i++) {
		m.prev[i] = i - 1;
		m.next[i] = i + 1 < n ? i + 1 : -1;
	}
	for (int i = 0; i + 1 < n; i++)
		offer(&m, i, i + 1);
	while (m.n > 0) {
		struct candidate c = pop(&m);

		if (token[c.left] != c.left_token || token[c.right] != c.right_token || m.next[c.left] != c.right)
			continue;
		token[c.left] = c.merged;
		token[c.right] = -1;
		m.next[c.left] = m.next[c.right];
		if (m.next[c.left] >= 0)
			m.prev[m.next[c.left]] = c.left;
		offer(&m, m.prev[c.left], c.left);
		offer(&m, c.left, m.next[c.left]);
	}
	for (int i = 0; i < n; i++)
		if (token[i] >= 0)
			token[kept++] = token[i];
	free(m.next);
	free(m.prev);
	free(m.text);
	free(m.heap);
	return kept;
}

int tok_encode(const struct tokenizer *t, const char *text, int **tokens, int *n, struct err *e)
{
	size_t len = strlen(text);
	int *token;

	*tokens = NULL;
	*n = 0;
	if (len > INT_MAX - 2)
		return err_set(e, ERR_INPUT, "text has %zu bytes, legal 0..%d; split it", len, INT_MAX - 2);
	token = MEM_NEW(len + 2, int);
	token[(*n)++] = TOK_BOS;
	if (len > 0) {
		int space = lookup(t, " ", 1);

		if (space < 0) {
			free(token);
			return err_set(e, ERR_INPUT, "tokenizer has no piece ' '; name the model's own tokenizer");
		}
		token[(*n)++] = space;
	}
	/* a character: a byte, and as many as three continuation bytes 10xxxxxx behind it */
	for (size_t i = 0, k; i < len; i += k) {
		int id;

		for (k = 1; k < 4 && ((unsigned char)text[i + k] & 0xc0) == 0x80; k++)
			;
		id = lookup(t, text + i, k);
		if (id >= 0) {
			token[(*n)++] = id;
			continue;
		}
		for (size_t j = i; j < i + k; j++) {
			id = (unsigned char)text[j] + BYTE_0;
			if (id >= t->vocab) {
				free(token);
				return err_set(e, ERR_INPUT, "tokenizer has %d pieces and none for byte %d of the text, which is %d; use another text",
					       t->vocab, (int)j, id - BYTE_0);
			}
			token[(*n)++] = id;
		}
	}
	*n = merge(t, token, *n);
	*tokens = token;
	return 0;
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void tok_decode(const struct tokenizer *t, int previous, int token, struct buf *out)
{
	const char *p;

	if (token < 0 || token >= t->vocab)
		BUG("token %d of a vocabulary of %d", token, t->vocab);
	p = t->piece[token];
	if (previous == TOK_BOS && p[0] == ' ')
		p++;
	if (strlen(p) == 6 && !strncmp(p, "<0x", 3) && hex(p[3]) >= 0 && hex(p[4]) >= 0 && p[5] == '>')
		buf_add(out, (char[]){ (char)(hex(p[3]) * 16 + hex(p[4])) }, 1);
	else
		buf_adds(out, p);
}

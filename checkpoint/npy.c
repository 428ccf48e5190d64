/* .npy arrays. Format: numpy/lib/format.py; the header is one Python dict of exactly 'descr', 'fortran_order' and 'shape'.
 * SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint/npy.h"
#include "checkpoint/le.h"
#include "common/file.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)4 << 30)
#define EXACT_MAX ((int64_t)1 << 53) /* whole numbers up to here are exact in a double */
enum { HEADER_MAX = 65535, N_DIMS_MAX = 2 };

enum kind { K_I1, K_U1, K_I2, K_U2, K_I4, K_U4, K_I8, K_F2, K_F4, K_F8, K_N };
static const struct { const char *descr; int bytes; bool is_float; } kinds[K_N] = {
	{ "|i1", 1 }, { "|u1", 1 }, { "<i2", 2 }, { "<u2", 2 }, { "<i4", 4 }, { "<u4", 4 }, { "<i8", 8 },
	{ "<f2", 2, true }, { "<f4", 4, true }, { "<f8", 8, true },
};

struct header {
	enum kind kind;
	int n_dims;
	int64_t shape[N_DIMS_MAX];
	bool has[3]; /* descr, fortran_order, shape */
};

static void blanks(const char **s)
{
	while (**s == ' ' || **s == '\t' || **s == '\n')
		++*s;
}

/* the text, with blanks before it; false leaves *s behind the blanks */
static bool word(const char **s, const char *text)
{
	size_t n = strlen(text);

	blanks(s);
	if (strncmp(*s, text, n))
		return false;
	*s += n;
	return true;
}

static int fault(const char *path, const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT, "'%s': %s", path, what);
}

static int read_descr(struct header *h, const char **s, const char *path, struct err *e)
{
	char quote;
	size_t shown;

	blanks(s);
	quote = **s;
	for (int k = 0; k < K_N; k++) {
		const char *d = kinds[k].descr;

		if ((quote == '\'' || quote == '"') && !strncmp(*s + 1, d, 3) && (*s)[4] == quote) {
			*s += 5;
			h->kind = (enum kind)k;
			return 0;
		}
	}
	for (shown = 1; shown < 12 && (*s)[shown - 1] && (*s)[shown] && (*s)[shown] != quote; shown++) /* a list of fields has no closing quote */
		;
	return err_set(e, ERR_INPUT, "'%s': descr is %.*s, legal '|i1' '|u1' '<i2' '<u2' '<i4' '<u4' '<i8' '<f2' '<f4' '<f8'; convert with numpy.astype",
		       path, (int)shown + 1, *s);
}

static int read_shape(struct header *h, const char **s, const char *path, struct err *e)
{
	if (!word(s, "("))
		return fault(path, "shape does not begin with '('; write the file with numpy.save", e);
	while (!word(s, ")")) {
		int64_t v = 0;

		if (h->n_dims == N_DIMS_MAX)
			return fault(path, "the array has more than 2 dimensions, legal 1..2; reshape it", e);
		if (**s < '0' || **s > '9')
			return fault(path, "shape has no whole number where one is due; write the file with numpy.save", e);
		for (; **s >= '0' && **s <= '9'; ++*s)
			if (__builtin_mul_overflow(v, (int64_t)10, &v) || __builtin_add_overflow(v, (int64_t)(**s - '0'), &v))
				return fault(path, "shape has a number beyond 9223372036854775807; write the file with numpy.save", e);
		if (v < 1)
			return fault(path, "shape has dimension 0, legal is 1 or more; leave no axis empty", e);
		h->shape[h->n_dims++] = v;
		if (!word(s, ",") && **s != ')')
			return fault(path, "shape has no ',' where one is due; write the file with numpy.save", e);
	}
	if (h->n_dims == 0)
		return fault(path, "the array has 0 dimensions, legal 1..2; reshape it", e);
	return 0;
}

static int read_dict(struct header *h, const char *s, const char *path, struct err *e)
{
	static const char *const keys[3][2] = { { "'descr'", "\"descr\"" }, { "'fortran_order'", "\"fortran_order\"" }, { "'shape'", "\"shape\"" } };

	if (!word(&s, "{"))
		return fault(path, "the header does not begin with '{'; write the file with numpy.save", e);
	while (!word(&s, "}")) {
		int k = 0;

		while (k < 3 && !word(&s, keys[k][0]) && !word(&s, keys[k][1]))
			k++;
		if (k == 3 || h->has[k] || !word(&s, ":"))
			return fault(path, "the header must have each of 'descr', 'fortran_order', 'shape' once and nothing else; write the file with numpy.save",
				     e);
		h->has[k] = true;
		if (k == 0 && read_descr(h, &s, path, e))
			return -1;
		if (k == 1 && !word(&s, "False"))
			return fault(path, "fortran_order is not False; save numpy.ascontiguousarray(a)", e);
		if (k == 2 && read_shape(h, &s, path, e))
			return -1;
		if (!word(&s, ",") && *s != '}')
			return fault(path, "the header has no ',' where one is due; write the file with numpy.save", e);
	}
	blanks(&s);
	if (*s || !h->has[0] || !h->has[1] || !h->has[2])
		return fault(path, "the header must have each of 'descr', 'fortran_order', 'shape' once and nothing else; write the file with numpy.save", e);
	return 0;
}

static double element(enum kind k, const uint8_t *p)
{
	switch (k) {
	case K_I1: return (int8_t)p[0];
	case K_U1: return p[0];
	case K_I2: return (int16_t)le_u16(p);
	case K_U2: return le_u16(p);
	case K_I4: return (int32_t)le_u32(p);
	case K_U4: return le_u32(p);
	case K_I8: return (double)(int64_t)le_u64(p);
	case K_F2: return le_f16(p);
	case K_F4: return le_f32(p);
	default: return le_f64(p);
	}
}

static int read_data(struct npy *a, const struct header *h, const uint8_t *p, size_t left, const char *path, struct err *e)
{
	uint64_t n, bytes;

	a->is_float = kinds[h->kind].is_float;
	a->n_dims = h->n_dims;
	a->rows = h->n_dims == 2 ? h->shape[0] : 1;
	a->cols = h->shape[h->n_dims - 1];
	if (__builtin_mul_overflow((uint64_t)a->rows, (uint64_t)a->cols, &n) || __builtin_mul_overflow(n, (uint64_t)kinds[h->kind].bytes, &bytes))
		return fault(path, "the product of the shape overflows 64 bits; write the file with numpy.save", e);
	if (bytes != left)
		return err_set(e, ERR_INPUT, "'%s': %zu bytes of data, the shape asks for exactly %llu; write the file with numpy.save", path, left,
			       (unsigned long long)bytes);
	a->data = MEM_NEW((size_t)n, double);
	for (size_t i = 0; i < n; i++, p += kinds[h->kind].bytes) {
		if (h->kind == K_I8 && ((int64_t)le_u64(p) > EXACT_MAX || (int64_t)le_u64(p) < -EXACT_MAX))
			return err_set(e, ERR_INPUT, "'%s': element %zu is %lld, legal -2^53..2^53; scale it", path, i, (long long)le_u64(p));
		a->data[i] = element(h->kind, p);
	}
	return 0;
}

static int parse(struct npy *a, const struct buf *b, const char *path, struct err *e)
{
	const uint8_t *p = (const uint8_t *)b->data;
	size_t fixed, n;
	struct header h = { 0 };
	char *dict;
	int bad;

	if (b->len < 12 || memcmp(p, "\x93NUMPY", 6))
		return fault(path, "this is no .npy file; write it with numpy.save", e);
	if ((p[6] != 1 && p[6] != 2) || p[7] != 0)
		return err_set(e, ERR_INPUT, "'%s': .npy version %d.%d, legal 1.0 and 2.0; write the file with numpy.save", path, p[6], p[7]);
	fixed = p[6] == 1 ? 10 : 12;
	n = p[6] == 1 ? le_u16(p + 8) : le_u32(p + 8);
	if (n > HEADER_MAX || n > b->len - fixed)
		return err_set(e, ERR_INPUT, "'%s': header length is %zu, legal 1..%zu; fetch the whole file", path, n,
			       b->len - fixed < HEADER_MAX ? b->len - fixed : (size_t)HEADER_MAX);
	if (memchr(p + fixed, 0, n))
		return fault(path, "the header has a NUL byte; write the file with numpy.save", e);
	dict = mem_calloc(n + 1, 1);
	memcpy(dict, p + fixed, n);
	bad = read_dict(&h, dict, path, e);
	free(dict);
	return bad ? bad : read_data(a, &h, p + fixed + n, b->len - fixed - n, path, e);
}

int npy_read(struct npy *a, const char *path, struct err *e)
{
	struct buf b;
	int bad;

	memset(a, 0, sizeof(*a));
	bad = file_read(path, FILE_MAX, &b, e) || parse(a, &b, path, e) ? -1 : 0;
	buf_release(&b);
	if (bad)
		npy_release(a);
	return bad;
}

void npy_release(struct npy *a)
{
	free(a->data);
	memset(a, 0, sizeof(*a));
}

int npy_write_i32(const char *path, const int32_t *data, int64_t rows, int64_t cols, struct err *e)
{
	struct buf dict, b;
	size_t pad, n = (size_t)(rows * cols);
	int bad;

	buf_init(&dict);
	buf_init(&b);
	buf_addf(&dict, "{'descr': '<i4', 'fortran_order': False, 'shape': (%lld, %lld), }", (long long)rows, (long long)cols);
	pad = 64 - (10 + dict.len + 1) % 64; /* data begin at a multiple of 64 */
	for (size_t i = 0; i < pad; i++)
		buf_adds(&dict, " ");
	buf_adds(&dict, "\n");
	buf_add(&b, "\x93NUMPY\x01\x00", 8);
	buf_add(&b, (uint8_t[]){ (uint8_t)dict.len, (uint8_t)(dict.len >> 8) }, 2);
	buf_add(&b, dict.data, dict.len);
	for (size_t i = 0; i < n; i++) {
		uint32_t v = (uint32_t)data[i];

		buf_add(&b, (uint8_t[]){ (uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24) }, 4);
	}
	bad = file_write(path, b.data, b.len, e);
	buf_release(&dict);
	buf_release(&b);
	return bad;
}

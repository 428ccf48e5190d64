/* Blocks of an FST file: type (1 byte), length (8 bytes, big-endian, itself included), content. The hierarchy is one of them, compressed:
 * its length (8 bytes), then a gzip stream, an LZ4 block, or an LZ4 block of a length (varint) and an LZ4 block.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/fst.h"
#include "common/buf.h"
#include "common/mem.h"
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { HIER_GZIP = 4, HIER_LZ4 = 6, HIER_LZ4_TWICE = 7, HEADER = 9 };
enum { ATTR_BEGIN = 252, ATTR_END = 253, SCOPE = 254, UPSCOPE = 255, LAST_VAR = 29 };
enum { MAX_HIER = 1 << 30 };

/* bytes still to be read; bad: they ended too soon */
struct reader { const unsigned char *p, *end; bool bad; };

static unsigned byte(struct reader *r)
{
	if (r->p < r->end)
		return *r->p++;
	r->bad = true;
	return 0;
}

static uint64_t big_endian(struct reader *r)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | byte(r);
	return v;
}

static uint64_t varint(struct reader *r)
{
	uint64_t v = 0;
	unsigned b;
	int shift = 0;

	do {
		b = byte(r);
		if (shift < 64)
			v |= (uint64_t)(b & 127) << shift;
		shift += 7;
	} while (b & 128);
	return v;
}

static const char *text(struct reader *r)
{
	const char *s = (const char *)r->p;

	while (byte(r) && !r->bad)
		;
	return r->bad ? "" : s;
}

/* length as LZ4 writes it: 15 in the token, then bytes until one is not 255 */
static size_t lz4_length(struct reader *r, unsigned first)
{
	size_t n = first;
	unsigned b = 255;

	while (first == 15 && b == 255) {
		b = byte(r);
		n += b;
	}
	return n;
}

/* one LZ4 block of exactly n bytes */
static bool lz4(struct reader *r, unsigned char *out, size_t n)
{
	size_t at = 0;

	while (!r->bad) {
		unsigned token = byte(r);
		size_t literals = lz4_length(r, token >> 4), offset, match;

		if (literals > n - at || literals > (size_t)(r->end - r->p))
			return false;
		memcpy(out + at, r->p, literals);
		r->p += literals;
		at += literals;
		if (at == n)
			return true;
		offset = byte(r);
		offset |= (size_t)byte(r) << 8;
		match = lz4_length(r, token & 15) + 4;
		if (!offset || offset > at || match > n - at)
			return false;
		for (; match; match--, at++) /* it may overlap itself */
			out[at] = out[at - offset];
	}
	return false;
}

static bool gunzip(struct reader *r, unsigned char *out, size_t n)
{
	z_stream z = { .next_in = (unsigned char *)r->p, .avail_in = (uInt)(r->end - r->p), .next_out = out, .avail_out = (uInt)n };
	int rc;

	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return false;
	rc = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	return rc == Z_STREAM_END && z.total_out == n;
}

/* the hierarchy in clear; NULL: broken */
static unsigned char *unpack(int type, struct reader r, size_t *n)
{
	uint64_t length = big_endian(&r), middle = 0;
	unsigned char *out, *packed = NULL;
	bool good;

	if (type == HIER_LZ4_TWICE)
		middle = varint(&r);
	if (r.bad || length > MAX_HIER || middle > MAX_HIER)
		return NULL;
	out = MEM_NEW(length + 1, unsigned char);
	if (type == HIER_LZ4_TWICE) {
		packed = MEM_NEW(middle + 1, unsigned char);
		good = lz4(&r, packed, middle);
		r = (struct reader){ packed, packed + middle, false };
		good = good && lz4(&r, out, length);
	} else {
		good = type == HIER_LZ4 ? lz4(&r, out, length) : gunzip(&r, out, length);
	}
	free(packed);
	*n = length;
	if (good)
		return out;
	free(out);
	return NULL;
}

static void add_signal(struct fst *f, const char *scope, const char *name, int width)
{
	struct fst_signal *s = MEM_PUSH(f->signal, f->n);
	size_t n = strcspn(name, " ");

	s->scope = mem_strdup(scope);
	s->name = mem_strdup(name);
	s->name[n] = '\0';
	s->range = mem_strdup(name[n] ? name + n + strspn(name + n, " ") : "");
	s->width = width;
}

static bool parse(struct reader r, struct fst *f)
{
	struct buf scope;

	buf_init(&scope);
	while (r.p < r.end && !r.bad) {
		unsigned tag = byte(&r);
		const char *name;

		if (tag == SCOPE) {
			byte(&r);
			buf_addf(&scope, "%s%s", scope.len ? "." : "", text(&r));
			text(&r);
		} else if (tag == UPSCOPE) {
			while (scope.len && scope.data[scope.len - 1] != '.')
				scope.len--;
			scope.len -= scope.len > 0;
			scope.data[scope.len] = '\0';
		} else if (tag == ATTR_BEGIN) {
			byte(&r);
			byte(&r);
			text(&r);
			varint(&r);
		} else if (tag <= LAST_VAR) {
			byte(&r);
			name = text(&r);
			add_signal(f, scope.data, name, (int)varint(&r));
			varint(&r);
		} else if (tag != ATTR_END) {
			r.bad = true;
		}
	}
	buf_release(&scope);
	return !r.bad;
}

/* content of the hierarchy block; NULL: the file has none */
static unsigned char *find(FILE *f, int *type, size_t *n)
{
	unsigned char head[HEADER];

	while (fread(head, 1, HEADER, f) == HEADER) {
		struct reader r = { head + 1, head + HEADER, false };
		uint64_t length = big_endian(&r);
		unsigned char *content;

		if (length < 8 || length - 8 > MAX_HIER)
			return NULL;
		length -= 8;
		if (*head != HIER_GZIP && *head != HIER_LZ4 && *head != HIER_LZ4_TWICE) {
			if (fseek(f, (long)length, SEEK_CUR))
				return NULL;
			continue;
		}
		content = MEM_NEW(length + 1, unsigned char);
		*type = *head;
		*n = length;
		if (fread(content, 1, length, f) == length)
			return content;
		free(content);
		return NULL;
	}
	return NULL;
}

int fst_read(const char *path, struct fst *out, struct err *e)
{
	unsigned char *packed, *clear = NULL;
	size_t n_packed, n = 0;
	FILE *f = fopen(path, "rb");
	bool good;
	int type;

	memset(out, 0, sizeof(*out));
	if (!f)
		return err_set(e, ERR_ENV, "waveform '%s' is not there (%s); is the disk full?", path, strerror(errno));
	packed = find(f, &type, &n_packed);
	fclose(f);
	if (packed)
		clear = unpack(type, (struct reader){ packed, packed + n_packed, false }, &n);
	good = clear && parse((struct reader){ clear, clear + n, false }, out);
	free(packed);
	free(clear);
	if (good)
		return 0;
	fst_release(out);
	return err_set(e, ERR_ENV, "waveform '%s' is cut off or no FST file; is the disk full?", path);
}

void fst_release(struct fst *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->signal[i].scope);
		free(f->signal[i].name);
		free(f->signal[i].range);
	}
	free(f->signal);
	memset(f, 0, sizeof(*f));
}

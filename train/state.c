/* A saved state of training as a safetensors file: tensors k, m, theta, v; step and identity in __metadata__.
 * SPDX-License-Identifier: Apache-2.0 */
#include "train/state.h"
#include "checkpoint/safetensors.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/mem.h"
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 4 };

struct part { const char *name; float *v; size_t n; };

/* sorted by name, as they stand in the file */
static void parts(const struct params *p, const struct state *s, struct part part[PARTS])
{
	part[0] = (struct part){ "k", p->k, p->n_k };
	part[1] = (struct part){ "m", s->m, p->n };
	part[2] = (struct part){ "theta", p->theta, p->n };
	part[3] = (struct part){ "v", s->v, p->n };
}

/* ---- writing */

static void put_header(struct buf *b, const char *identity, const struct params *p, const struct state *s, const struct part part[PARTS])
{
	json_t *text = json_string(identity);
	char *quoted = text ? json_dumps(text, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;
	size_t at = 0;
	uint64_t n;

	if (!quoted)
		BUG("identity of a run is no text");
	buf_add(b, "\0\0\0\0\0\0\0\0", 8);
	buf_addf(b, "{\"__metadata__\":{\"format\":\"bitline state\",\"has_k\":\"%d\",\"identity\":%s,\"step\":\"%ld\"}", p->has_k, quoted, s->step);
	for (int i = 0; i < PARTS; at += part[i++].n * sizeof(float))
		buf_addf(b, ",\"%s\":{\"dtype\":\"F32\",\"shape\":[%zu],\"data_offsets\":[%zu,%zu]}", part[i].name, part[i].n, at, at + part[i].n * sizeof(float));
	buf_adds(b, "}");
	while (b->len % 8 != 0)
		buf_adds(b, " ");
	n = b->len - 8;
	for (int i = 0; i < 8; i++)
		b->data[i] = (char)(n >> 8 * i);
	free(quoted);
	json_decref(text);
}

int state_save(const char *path, const char *identity, const struct params *p, const struct state *s, struct err *e)
{
	struct part part[PARTS];
	struct buf b;
	int bad;

	parts(p, s, part);
	buf_init(&b);
	put_header(&b, identity, p, s, part);
	for (int i = 0; i < PARTS; i++)
		buf_add(&b, part[i].v, part[i].n * sizeof(float)); /* little-endian, as every machine that this is built for */
	bad = file_write(path, b.data, b.len, e);
	buf_release(&b);
	return bad;
}

/* ---- reading */

static const char *meta(const struct st_file *f, const char *key)
{
	for (size_t i = 0; i < f->n_meta; i++)
		if (!strcmp(f->meta_key[i], key))
			return f->meta_value[i];
	return "";
}

/* identities are lines: the first one that differs */
static int same_run(const char *path, const char *was, const char *is, struct err *e)
{
	size_t a = strcspn(was, "\n"), b = strcspn(is, "\n");

	while (a == b && !memcmp(was, is, a) && was[a] && is[b]) {
		was += a + 1;
		is += b + 1;
		a = strcspn(was, "\n");
		b = strcspn(is, "\n");
	}
	if (a == b && !strcmp(was, is))
		return 0;
	return err_set(e, ERR_INPUT, "'%s' is the state of another run: it has '%.*s', this run has '%.*s'; give the same options, or another --state file", path,
		       a > 200 ? 200 : (int)a, was, b > 200 ? 200 : (int)b, is);
}

static int read_part(const struct st_file *f, const char *path, const struct part *p, struct err *e)
{
	const struct st_tensor *t = st_find(f, p->name);

	if (!t || strcmp(t->dtype, "F32") || t->bytes != p->n * sizeof(float))
		return err_set(e, ERR_INPUT, "'%s': tensor '%s' of a saved state has %zu bytes, legal is %zu of type F32; the file is damaged, start without --resume", path, p->name,
			       t ? t->bytes : 0, p->n * sizeof(float));
	memcpy(p->v, t->data, t->bytes);
	return 0;
}

static int read_state(const struct st_file *f, const char *path, const char *identity, struct params *p, struct state *s, struct err *e)
{
	struct part part[PARTS];
	char *end;

	if (strcmp(meta(f, "format"), "bitline state"))
		return err_set(e, ERR_INPUT, "'%s' is no saved state of bitline train; name the file that --state wrote", path);
	if (same_run(path, meta(f, "identity"), identity, e))
		return -1;
	errno = 0;
	s->step = strtol(meta(f, "step"), &end, 10);
	if (end == meta(f, "step") || *end || errno || s->step < 0)
		return err_set(e, ERR_INPUT, "'%s': step '%.40s' of a saved state, legal is a whole number from 0; the file is damaged, start without --resume", path, meta(f, "step"));
	parts(p, s, part);
	for (int i = 0; i < PARTS; i++)
		if (read_part(f, path, &part[i], e))
			return -1;
	params_use_k(p, !strcmp(meta(f, "has_k"), "1"));
	return 0;
}

int state_load(const char *path, const char *identity, struct params *p, struct state *s, bool *found, struct err *e)
{
	struct st_file f;
	int bad;

	*found = file_exists(path);
	if (!*found)
		return 0;
	if (st_parse(&f, path, e))
		return -1;
	bad = read_state(&f, path, identity, p, s, e);
	st_release(&f);
	return bad;
}

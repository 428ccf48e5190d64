/* The files of a compiled checkpoint.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/map_cmd.h"
#include "common/file.h"
#include "common/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Remembers what is new in the directory: it goes again when the set cannot be finished. */
static int write_file(struct map_run *r, const char *name, const char *data, size_t len, struct err *e)
{
	char *path = file_join(r->o->out, name);
	bool is_new = !file_exists(path);

	if (file_write(path, data, len, e)) {
		free(path);
		return -1;
	}
	if (is_new) {
		r->fresh = mem_realloc(r->fresh, r->n_fresh + 1, sizeof(*r->fresh));
		r->fresh[r->n_fresh++] = path;
	} else {
		free(path);
	}
	return 0;
}

static int write_named(struct map_run *r, const struct mapped *m, const char *suffix, const struct buf *b, struct err *e)
{
	char name[96];

	snprintf(name, sizeof(name), "%s.%s", m->layer.name, suffix);
	return write_file(r, name, b->data, b->len, e);
}

/* docs/isa.md section 5: little-endian whatever the host is */
static void add_le(struct buf *b, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++) {
		unsigned char c = (unsigned char)(v >> (8 * i));

		buf_add(b, &c, 1);
	}
}

static int write_layer(struct map_run *r, const struct mapped *m, struct err *e)
{
	const struct map_program *p = &m->program;
	int8_t *zeros = mem_calloc((size_t)p->tokens, (size_t)m->layer.in);
	uint64_t *beats = map_stream(r->cfg, &m->layer, p, zeros);
	struct buf code, stream, text;
	int rc;

	buf_init(&code);
	buf_init(&stream);
	buf_init(&text);
	for (size_t i = 0; i < p->n_instr; i++) {
		for (int w = 0; w < 8; w++)
			add_le(&code, p->code[8 * i + (size_t)w], 4);
		buf_addf(&text, "%5zu  ", i);
		map_print(p->code + 8 * i, &text);
	}
	for (size_t i = 0; i < p->n_beats; i++)
		add_le(&stream, beats[i], 8);
	rc = write_named(r, m, "program.bin", &code, e) || write_named(r, m, "stream.bin", &stream, e) || write_named(r, m, "asm.txt", &text, e) ? -1 : 0;
	buf_release(&code);
	buf_release(&stream);
	buf_release(&text);
	free(beats);
	free(zeros);
	return rc;
}

int map_files(struct map_run *r, const char *json, struct err *e)
{
	bool is_new = !file_exists(r->o->out);
	int rc = file_mkdirs(r->o->out, e);

	if (rc)
		return rc;
	for (size_t i = 0; i < r->n && !rc; i++)
		rc = write_layer(r, &r->done[i], e);
	if (!rc)
		rc = write_file(r, "map.json", json, strlen(json), e);
	for (size_t i = 0; i < r->n_fresh && rc; i++)
		unlink(r->fresh[i]);
	if (rc && is_new)
		rmdir(r->o->out);
	return rc;
}

/* manifest.bitline, written and read.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/manifest.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/sha256.h"
#include "gen/emit.h"
#include "common/version.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_MANIFEST = 1024 * 1024 };
static const char tool[] = "bitline";

void emit_manifest(const struct emit *m, const struct gen_file *file, size_t n, struct buf *out)
{
	json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:o}", "tool", tool, "version", BITLINE_VERSION, "configuration", m->c->name, "config_sha256", m->hash,
		"files", json_object());
	char hex[65], *text;

	for (size_t i = 0; i < n; i++) {
		sha256_hex(file[i].text.data, file[i].text.len, hex);
		json_object_set_new(json_object_get(root, "files"), file[i].path, json_string(hex));
	}
	text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	if (!text)
		BUG("the manifest is no JSON");
	buf_addf(out, "%s\n", text);
	free(text);
	json_decref(root);
}

bool manifest_path_ok(const char *path)
{
	const char *p = path;

	if (!*path || strlen(path) > 255)
		return false;
	for (const char *q = path; *q; q++)
		if (*q < 0x20 || *q > 0x7e || *q == '\\')
			return false;
	while (true) {
		size_t n = strcspn(p, "/");

		if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		if (!p[n])
			return true;
		p += n + 1;
	}
}

static bool is_hash(const char *s)
{
	return s && strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

static int fill(struct manifest *m, json_t *root)
{
	const char *who = json_string_value(json_object_get(root, "tool")), *hash = json_string_value(json_object_get(root, "config_sha256")), *path;
	json_t *files = json_object_get(root, "files"), *value;

	if (!who || strcmp(who, tool) || !is_hash(hash) || !json_is_object(files))
		return -1;
	memcpy(m->hash, hash, 65);
	m->path = MEM_NEW(json_object_size(files), char *);
	json_object_foreach(files, path, value) {
		if (!manifest_path_ok(path) || !is_hash(json_string_value(value)))
			return -1;
		m->path[m->n++] = mem_strdup(path);
	}
	return 0;
}

int manifest_read(struct manifest *m, const char *dir, const char *name, struct err *e)
{
	char *path = file_join(dir, name);
	struct buf text;
	json_t *root;
	int bad;

	memset(m, 0, sizeof(*m));
	bad = file_read(path, MAX_MANIFEST, &text, e);
	if (!bad) {
		root = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
		if (!root || fill(m, root))
			bad = err_set(e, ERR_INPUT, "'%s' is no manifest of bitline: legal is the one that 'bitline gen' wrote; name another directory", path);
		json_decref(root);
	}
	buf_release(&text);
	free(path);
	return bad;
}

void manifest_release(struct manifest *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->path[i]);
	free(m->path);
	memset(m, 0, sizeof(*m));
}

int gen_manifest_hash(const char *dir, char hex[65], struct err *e)
{
	struct manifest m;
	int bad = manifest_read(&m, dir, EMIT_MANIFEST, e);

	if (!bad)
		memcpy(hex, m.hash, 65);
	manifest_release(&m);
	return bad;
}

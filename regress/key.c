/* The key of a case.
 * SPDX-License-Identifier: Apache-2.0 */
#include "regress/key.h"
#include "common/cfg.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/sha256.h"
#include "regress/child.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TOOL_SECONDS = 60 };

/* a file, or a configuration with its overrides */
struct known { char *name; off_t size; struct timespec changed; ino_t inode; char digest[65]; };

struct regress_keys {
	char program[65];
	struct buf tools;
	struct known *known; size_t n;
};

static void ask_tools(struct buf *out)
{
	const char *cxx = getenv("CXX") && *getenv("CXX") ? getenv("CXX") : "g++";
	const char *const tool[][3] = { { "verilator", "--version" }, { cxx, "--version" }, { "iverilog", "-V" } };

	for (size_t i = 0; i < sizeof(tool) / sizeof(*tool); i++) {
		struct child_end end;
		struct err ignored = { 0 };
		const char *const argv[] = { tool[i][0], tool[i][1], NULL };

		if (child_run(argv, TOOL_SECONDS, &end, &ignored)) {
			buf_addf(out, "%s: absent\n", tool[i][0]);
			continue;
		}
		buf_addf(out, "%s: %d %zu:%s\n", tool[i][0], end.status, end.out.len, end.out.data);
		child_end_release(&end);
	}
}

struct regress_keys *regress_keys_new(struct err *e)
{
	struct regress_keys *k = MEM_NEW(1, struct regress_keys);

	buf_init(&k->tools);
	if (sha256_file("/proc/self/exe", k->program, e)) {
		e->code = ERR_ENV;
		regress_keys_free(k);
		return NULL;
	}
	ask_tools(&k->tools);
	return k;
}

void regress_keys_free(struct regress_keys *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->n; i++)
		free(k->known[i].name);
	free(k->known);
	buf_release(&k->tools);
	free(k);
}

/* the entry of a name, empty when it is new or its file has changed */
static struct known *look_up(struct regress_keys *k, const char *name, const struct stat *st)
{
	struct known *found = NULL;

	for (size_t i = k->n; i-- > 0 && !found;) /* the last one first: neighbours share it */
		if (!strcmp(k->known[i].name, name))
			found = &k->known[i];
	if (!found) {
		found = MEM_PUSH(k->known, k->n);
		*found = (struct known){ .name = mem_strdup(name) };
	}
	if (found->size != st->st_size || found->inode != st->st_ino || found->changed.tv_sec != st->st_mtim.tv_sec || found->changed.tv_nsec != st->st_mtim.tv_nsec)
		found->digest[0] = '\0';
	found->size = st->st_size;
	found->inode = st->st_ino;
	found->changed = st->st_mtim;
	return found;
}

static int unreadable(const char *path, struct err *e)
{
	return err_set(e, ERR_INPUT, "cannot read '%s': %s; name a readable file", path, strerror(errno));
}

static int digest_path(struct regress_keys *k, const char *path, char out[65], struct err *e);

/* names and digests below a directory, in the order of their names */
static int digest_dir(struct regress_keys *k, const char *dir, char out[65], struct err *e)
{
	struct dirent **entry;
	int n = scandir(dir, &entry, NULL, alphasort), rc = 0;
	struct buf all;

	if (n < 0)
		return unreadable(dir, e);
	buf_init(&all);
	for (int i = 0; i < n; i++) {
		char *path = file_join(dir, entry[i]->d_name), digest[65];

		if (!rc && strcmp(entry[i]->d_name, ".") && strcmp(entry[i]->d_name, "..")) {
			rc = digest_path(k, path, digest, e);
			buf_addf(&all, "%zu:%s %s\n", strlen(entry[i]->d_name), entry[i]->d_name, rc ? "" : digest);
		}
		free(path);
		free(entry[i]);
	}
	free(entry);
	sha256_hex(all.data, all.len, out);
	buf_release(&all);
	return rc;
}

static int digest_path(struct regress_keys *k, const char *path, char out[65], struct err *e)
{
	struct stat st;
	struct known *f;
	int rc = 0;

	if (stat(path, &st))
		return unreadable(path, e);
	if (S_ISDIR(st.st_mode))
		return digest_dir(k, path, out, e);
	f = look_up(k, path, &st);
	if (!f->digest[0])
		rc = sha256_file(path, f->digest, e);
	if (rc)
		f->digest[0] = '\0';
	memcpy(out, f->digest, sizeof(f->digest));
	return rc;
}

/* the resolved text, or the reason why there is none */
static int digest_config(struct regress_keys *k, const struct regress_case *c, char out[65], struct err *e)
{
	const char *path = regress_value(c, REGRESS_CONFIG), **set = MEM_NEW(c->n, const char *);
	size_t n = 0;
	struct buf name;
	struct known *f;
	struct stat st;
	int rc = 0;

	buf_init(&name);
	buf_adds(&name, path);
	for (size_t i = 0; i < c->n; i++)
		if (c->word[i].name == REGRESS_OVERRIDE) {
			set[n++] = c->word[i].value;
			buf_addf(&name, "\n%s", c->word[i].value); /* no list has a newline in a word */
		}
	if (stat(path, &st)) {
		rc = unreadable(path, e);
	} else {
		f = look_up(k, name.data, &st);
		if (!f->digest[0]) {
			struct cfg cfg;
			struct err why = { 0 };

			if (cfg_load(&cfg, path, set, n, &why))
				sha256_hex(why.text, strlen(why.text), f->digest);
			else
				cfg_hash(&cfg, f->digest);
		}
		memcpy(out, f->digest, sizeof(f->digest));
	}
	buf_release(&name);
	free(set);
	return rc;
}

/* of the device too: configuration, engine, RTL, probes */
static bool of_device(enum regress_name name)
{
	return name == REGRESS_CONFIG || name == REGRESS_ENGINE || name == REGRESS_RTL || name == REGRESS_NO_PROBES;
}

static int add_words(struct regress_keys *k, const struct regress_case *c, struct buf *all, struct buf *device, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct regress_word *w = &c->word[i];
		const char *name = regress_traits[w->name].name, *value = w->value;
		char digest[65];

		if (w->name == REGRESS_OVERRIDE)
			continue; /* in the configuration */
		if (w->name == REGRESS_CONFIG || regress_is_file(w)) {
			if (w->name == REGRESS_CONFIG ? digest_config(k, c, digest, e) : digest_path(k, value, digest, e))
				return -1;
			value = digest;
		}
		buf_addf(all, "%s %zu:%s\n", name, strlen(value), value);
		if (of_device(w->name))
			buf_addf(device, "%s %zu:%s\n", name, strlen(value), value);
	}
	return 0;
}

int regress_key(struct regress_keys *k, struct regress_case *c, const char *where, struct err *e)
{
	struct buf all, device;
	struct err why = { 0 };
	int rc;

	buf_init(&all);
	buf_init(&device);
	buf_addf(&all, "bitline regress 1\nprogram %s\n%s", k->program, k->tools.data);
	rc = add_words(k, c, &all, &device, &why);
	sha256_hex(all.data, all.len, c->key);
	sha256_hex(device.data, device.len, c->group);
	buf_release(&all);
	buf_release(&device);
	return rc ? err_set(e, why.code, "%s:%d: %s", where, c->line, why.text) : 0;
}

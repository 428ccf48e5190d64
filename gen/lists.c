/* File lists of a set.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/lists.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

static void add(struct list *l, const char *p, size_t n)
{
	char *path = MEM_NEW(n + 1, char);

	memcpy(path, p, n);
	l->path = mem_realloc(l->path, l->n + 1, sizeof(*l->path));
	l->path[l->n++] = path;
}

/* index of a file, or n */
static size_t find(const struct gen_set *s, const char *name)
{
	size_t i = 0;

	while (i < s->n && strcmp(s->file[i].path, name))
		i++;
	return i;
}

void list_init(struct list *l, const struct gen_set *s, const char *name)
{
	size_t i = find(s, name);

	*l = (struct list){ 0 };
	if (i == s->n)
		BUG("no list %s among the emitted files", name);
	for (const char *p = s->file[i].text.data, *end; *p; p = end + (*end == '\n')) {
		end = strchrnul(p, '\n');
		if (end > p && strncmp(p, "//", 2))
			add(l, p, (size_t)(end - p));
	}
}

static bool has(const struct list *l, const char *path)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->path[i], path))
			return true;
	return false;
}

void list_rest(struct list *l, const struct gen_set *s)
{
	static const char *const names[] = { "sim.f", "syn.f", "blackbox.f" };
	struct list listed[3];

	*l = (struct list){ 0 };
	for (int k = 0; k < 3; k++)
		list_init(&listed[k], s, names[k]);
	for (size_t i = 0; i < s->n; i++) {
		const char *path = s->file[i].path;

		if (list_below(path, "rtl/") && !has(&listed[0], path) && !has(&listed[1], path) && !has(&listed[2], path))
			add(l, path, strlen(path));
	}
	for (int k = 0; k < 3; k++)
		list_release(&listed[k]);
}

void list_release(struct list *l)
{
	while (l->n > 0)
		free(l->path[--l->n]);
	free(l->path);
	l->path = NULL;
}

bool list_there(const struct gen_set *s, const char *name)
{
	return find(s, name) < s->n;
}

bool list_below(const char *path, const char *folder)
{
	return !strncmp(path, folder, strlen(folder));
}

bool list_ends(const char *path, const char *suffix)
{
	size_t n = strlen(path), k = strlen(suffix);

	return n >= k && !strcmp(path + n - k, suffix);
}

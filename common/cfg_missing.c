/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg_missing.h"
#include "common/buf.h"
#include "common/cfg_near.h"
#include "common/mem.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

/* name ends with .xml: its length without that, else 0 */
static size_t stem(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && !strcmp(name + n - 4, ".xml") ? n - 4 : 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* a new string, NULL: no configuration in dir is near */
static char *near_in(const char *dir, const char *wrong)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	const char *near = NULL;
	char **known = NULL, *found = NULL, *name = mem_strdup(wrong);
	size_t n = 0;

	if (stem(name))
		name[stem(name)] = '\0';
	while (d && (entry = readdir(d)))
		if (stem(entry->d_name)) {
			char *s = mem_strdup(entry->d_name);

			s[stem(s)] = '\0';
			*MEM_PUSH(known, n) = s;
		}
	if (d)
		closedir(d);
	if (n)
		qsort(known, n, sizeof(*known), by_text); /* of equally near ones the first, on any file system */
	near = cfg_near(name, (const char *const *)known, n);
	if (near) {
		struct buf b;

		buf_init(&b);
		buf_addf(&b, "%s%s%s.xml", strcmp(dir, ".") ? dir : "", strcmp(dir, ".") ? "/" : "", near);
		found = b.data;
	}
	for (size_t i = 0; i < n; i++)
		free(known[i]);
	free(known);
	free(name);
	return found;
}

char *cfg_missing_near(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = mem_strdup(slash ? path : "."), *found;

	if (slash)
		dir[slash > path ? slash - path : 1] = '\0';
	found = near_in(dir, slash ? slash + 1 : path);
	if (!found && !slash)
		found = near_in("configs", path);
	free(dir);
	return found;
}

/* What makes an entry of the cache whole: a list of its files with their digests, written last. An entry without it, or with a file that is not what the list
 * says (a disk that was full, a bit that flipped, somebody's editor), is none, and is made anew.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/sha256.h"
#include "cosim/build.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEAL "sha256"
enum { MAX_FILE = 1 << 30, MAX_SEAL = 1 << 16, HEX = 64 };

static int digest(const char *dir, const char *name, char hex[HEX + 1], struct err *e)
{
	char *path = file_join(dir, name);
	struct buf b;
	int rc = file_read(path, MAX_FILE, &b, e);

	if (!rc)
		sha256_hex(b.data, b.len, hex);
	buf_release(&b);
	free(path);
	return rc;
}

/* files only: what lies in a folder is scratch */
int build_seal(const char *dir, struct err *e)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort), rc = 0;
	char *path = file_join(dir, SEAL), hex[HEX + 1];
	struct buf list;

	buf_init(&list);
	for (int i = 0; i < n; i++) {
		char *file = file_join(dir, names[i]->d_name);
		struct stat st;

		if (!rc && !lstat(file, &st) && S_ISREG(st.st_mode) && !(rc = digest(dir, names[i]->d_name, hex, e)))
			buf_addf(&list, "%s  %s\n", hex, names[i]->d_name);
		free(file);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	if (!rc)
		rc = file_write(path, list.len ? list.data : "", list.len, e);
	buf_release(&list);
	free(path);
	return rc;
}

bool build_intact(const char *dir, const char *object)
{
	char *path = file_join(dir, SEAL), hex[HEX + 1], *line, *at;
	struct err ignored = { 0 };
	struct buf list;
	bool whole = true, there = false;

	if (file_read(path, MAX_SEAL, &list, &ignored))
		whole = false;
	for (line = whole && list.len ? strtok_r(list.data, "\n", &at) : NULL; line && whole; line = strtok_r(NULL, "\n", &at)) {
		const char *name = line + HEX + 2;

		whole = strlen(line) > HEX + 2 && !strchr(name, '/') && !digest(dir, name, hex, &ignored) && !memcmp(hex, line, HEX);
		there |= whole && !strcmp(name, object);
	}
	buf_release(&list);
	free(path);
	return whole && there;
}

void build_break_seal(const char *dir)
{
	char *path = file_join(dir, SEAL);

	unlink(path);
	free(path);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_cover.h"
#include "common/file.h"
#include <stdio.h>
#include <stdlib.h>

int cli_cover(const struct cfg *c, struct err *e)
{
	const char *dir = getenv("BITLINE_COVERAGE");
	char hash[65], name[80], *path;
	struct buf text;
	int rc;

	if (!dir || !*dir)
		return 0;
	cfg_hash(c, hash);
	snprintf(name, sizeof(name), "%s.xml", hash);
	path = file_join(dir, name);
	buf_init(&text);
	cfg_print(c, &text);
	rc = file_mkdirs(dir, e) ? -1 : file_write(path, text.data, text.len, e);
	buf_release(&text);
	free(path);
	return rc;
}

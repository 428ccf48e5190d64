/* Configurations by name, wherever the program stands: in its source tree, or installed with its share directory beside it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_config.h"
#include "common/file.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* PREFIX of PREFIX/bin/bitline, whatever PREFIX it was moved to */
static bool prefix(char *to, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", to, size - 1);
	char *slash;

	if (n <= 0)
		return false;
	to[n] = '\0';
	for (int up = 0; up < 2; up++) {
		slash = strrchr(to, '/');
		if (!slash)
			return false;
		*slash = '\0';
	}
	return true;
}

const char *cli_config_path(const char *given)
{
	static char found[8192];
	char top[4096];
	bool name = !strpbrk(given, "/.");

	if (*given == '/' || file_exists(given) || !prefix(top, sizeof(top)))
		return given;
	snprintf(found, sizeof(found), name ? "%s/share/bitline/configs/%.200s.xml" : "%s/share/bitline/%.2000s", top, given);
	return file_exists(found) ? found : given;
}

int cli_config(struct cfg *c, const char *given, const char *const *overrides, size_t n_overrides, struct err *e)
{
	return cfg_load(c, cli_config_path(given), overrides, n_overrides, e);
}

/* Fixture of the reader tests: a fresh directory and the path of one file in it, SCRATCH_NAME (defined before the include). Both are gone afterwards;
 * tear_down fails when a test left another file behind.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H
#include "common/file.h"
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/bitline-test-XXXXXX";
static char *path;

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	path = file_join(dir, SCRATCH_NAME);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	free(path);
	return rmdir(dir);
}

#endif

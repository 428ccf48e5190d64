/* Fixture of the regress tests: a fresh directory, gone afterwards with all that is in it, and files of it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_REGRESS_SCRATCH_H
#define TESTS_UNIT_REGRESS_SCRATCH_H
#include "common/file.h"
#include "cosim/tool.h"
#include "regress/key.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[64];

static int set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/bitline-test-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	tool_remove_tree(dir);
	return 0;
}

/* path below dir, good until the eighth call from now */
static inline const char *at(const char *name)
{
	static char path[8][160];
	static int turn;

	turn = (turn + 1) % 8;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

static inline const char *put(const char *name, const char *text)
{
	struct err e = { 0 };

	if (file_write(at(name), text, strlen(text), &e))
		fail_msg("%s", e.text);
	return at(name);
}

/* a list with its keys made */
static inline void read_list(struct regress_list *l, struct regress_keys *k, const char *text)
{
	struct err e = { 0 };

	if (regress_list_read(l, put("test.list", text), &e))
		fail_msg("%s", e.text);
	for (size_t i = 0; k && i < l->n; i++)
		if (regress_key(k, &l->c[i], "test.list", &e))
			fail_msg("%s", e.text);
}

#endif

/* gen: what a directory says that cannot be read, or taken into place. opendir() and rename() are replaced by ones that fail on demand.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/gen.h"
#include "common/buf.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <cmocka.h>

static bool no_opendir, no_rename;

DIR *opendir(const char *name)
{
	DIR *(*real)(const char *);

	*(void **)&real = dlsym(RTLD_NEXT, "opendir");
	errno = EACCES;
	return no_opendir ? NULL : real(name);
}

int rename(const char *from, const char *to)
{
	int (*real)(const char *, const char *);

	*(void **)&real = dlsym(RTLD_NEXT, "rename");
	if (no_rename && (!strcmp(to, "fresh") || !strcmp(to, "there/manifest.bitline~"))) {
		errno = EEXIST;
		return -1;
	}
	return real(from, to);
}

static char old[4096];

static int enter(void **state)
{
	char dir[] = "messages-XXXXXX";

	(void)state;
	return !getcwd(old, sizeof(old)) || chdir(getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp") || !mkdtemp(dir) || chdir(dir);
}

static int leave(void **state)
{
	char dir[4096];
	int bad = !getcwd(dir, sizeof(dir));

	(void)state;
	rmdir("there");
	return bad || chdir(old) || rmdir(dir); /* fails when a case left a file behind */
}

static void expect(const char *dir, enum err_code code, const char *text)
{
	static char name[] = "rtl/a.sv", manifest[] = "manifest.bitline";
	struct gen_file file[2] = { { .path = name }, { .path = manifest } };
	struct gen_set set = { file, 2 };
	struct err e = { 0 };

	buf_init(&file[0].text);
	buf_init(&file[1].text);
	assert_int_equal(gen_write(&set, dir, &e), -1);
	assert_int_equal(e.code, code);
	assert_string_equal(e.text, text);
	buf_release(&file[0].text);
	buf_release(&file[1].text);
}

static void t_gen_messages_unreadable(void **state)
{
	(void)state;
	assert_int_equal(mkdir("there", 0777), 0);
	no_opendir = true;
	expect("there", ERR_INPUT, "cannot read output directory 'there': Permission denied; name another");
	no_opendir = false;
}

static void t_gen_messages_taken(void **state)
{
	(void)state;
	no_rename = true;
	expect("fresh", ERR_ENV, "cannot make folder 'fresh': File exists");
	no_rename = false;
}

/* an emission that cannot begin: its manifest keeps its name */
static void t_gen_messages_withdraw(void **state)
{
	FILE *f;

	(void)state;
	assert_int_equal(mkdir("there", 0777), 0);
	f = fopen("there/manifest.bitline", "w");
	assert_non_null(f);
	fputs("{\"tool\": \"bitline\", \"config_sha256\": \"", f);
	for (int i = 0; i < 64; i++)
		fputc('0', f);
	fputs("\", \"files\": {}}\n", f);
	assert_int_equal(fclose(f), 0);
	no_rename = true;
	expect("there", ERR_ENV, "cannot rename 'there/manifest.bitline': File exists; name a directory that can be written");
	no_rename = false;
	assert_int_equal(unlink("there/manifest.bitline"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_gen_messages_unreadable, enter, leave),
		cmocka_unit_test_setup_teardown(t_gen_messages_taken, enter, leave),
		cmocka_unit_test_setup_teardown(t_gen_messages_withdraw, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

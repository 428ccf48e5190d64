/* cosim: a system that will start, wait for, make or rename nothing. The functions of the C library are replaced by ones that fail on demand;
 * Verilator and the compiler are one script that makes empty files.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "cosim/cosim.h"
#include "cosim/expected.h"
#include "cosim/tool.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* which function fails, with EACCES */
static enum { NOTHING, FORK, WAITPID, MKDTEMP, REALPATH, RENAME, THREAD } broken;

static void *next(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	errno = EACCES;
	return p;
}

pid_t fork(void)
{
	pid_t (*real)(void);

	*(void **)&real = next("fork");
	return broken == FORK ? -1 : real();
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	pid_t (*real)(pid_t, int *, int), got;

	*(void **)&real = next("waitpid");
	got = real(pid, status, options); /* no zombie is left */
	if (broken != WAITPID)
		return got;
	errno = EACCES;
	return -1;
}

char *mkdtemp(char *template)
{
	char *(*real)(char *);

	*(void **)&real = next("mkdtemp");
	return broken == MKDTEMP ? NULL : real(template);
}

char *realpath(const char *path, char *resolved)
{
	char *(*real)(const char *, char *);

	*(void **)&real = next("realpath");
	return broken == REALPATH ? NULL : real(path, resolved);
}

int rename(const char *from, const char *to)
{
	int (*real)(const char *, const char *);

	*(void **)&real = next("rename");
	return broken == RENAME && strstr(to, "/objects/") ? -1 : real(from, to);
}

int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *arg)
{
	int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	*(void **)&real = next("pthread_create");
	return broken == THREAD ? EACCES : real(t, a, f, arg);
}

static char old[4096], here[4096];

static void write_text(const char *path, const char *text, mode_t mode)
{
	struct err e = { 0 };

	assert_int_equal(file_write(path, text, strlen(text), &e), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int enter(void **state)
{
	char dir[] = "messages-XXXXXX", path[8192];

	(void)state;
	broken = NOTHING;
	if (!getcwd(old, sizeof(old)) || chdir(getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp") || !mkdtemp(dir) || chdir(dir) || !getcwd(here, sizeof(here)))
		return -1;
	mkdir("rtl", 0777);
	mkdir("root", 0777);
	mkdir("root/include", 0777);
	write_text("root/include/verilated.cpp", "", 0644);
	write_text("root/include/verilated_threads.cpp", "", 0644);
	write_text("root/include/verilated_dpi.cpp", "", 0644);
	write_text("verilator", "#!/bin/bash\ncase \"$*\" in\n--version) echo fake ;;\n--getenv*) echo \"$(dirname \"$0\")/root\" ;;\n"
		   "--cc*) mkdir -p obj; echo 'obj: src/00/a.sv' >obj/Vdut__ver.d ;;\n*) echo x >\"${@: -1}\" ;;\nesac\n", 0755);
	write_text("rtl/sim.f", "a.sv\n", 0644);
	write_text("rtl/a.sv", "module cim_top; endmodule\n", 0644);
	snprintf(path, sizeof(path), "%s:%s", here, getenv("PATH"));
	setenv("PATH", path, 1);
	setenv("CXX", "verilator", 1);
	setenv("BITLINE_CACHE", "cache", 1);
	return 0;
}

static int leave(void **state)
{
	(void)state;
	broken = NOTHING;
	tool_remove_tree(here);
	return chdir(old);
}

static void expect_build(int which, const char *text)
{
	struct device_lib lib;
	struct err e = { 0 };

	broken = which;
	assert_int_equal(device_build(&(struct device_ask){ DEVICE_VERILATOR, "rtl", "cim_", false, true }, &lib, &e), -1);
	broken = NOTHING;
	assert_int_equal(e.code, ERR_ENV);
	for (char *p; (p = strstr(e.text, here)); ) /* the folder and the names that are drawn or hashed */
		memmove(p, p + strlen(here), strlen(p + strlen(here)) + 1);
	for (char *p = e.text; (p = strstr(p, "/tmp-")); p += 5)
		memcpy(p + 5, "XXXXXX", 6);
	for (char *p = e.text; (p = strstr(p, "/objects/")); p += 9)
		memmove(p + 13, p + 9 + 64, strlen(p + 9 + 64) + 1), memcpy(p + 9, "HASH", 4);
	assert_string_equal(e.text, text);
}

static void t_cosim_tool_messages_build(void **state)
{
	(void)state;
	expect_build(FORK, "cannot start 'verilator': Permission denied");
	expect_build(WAITPID, "cannot wait for 'verilator': Permission denied");
	expect_build(REALPATH, "cache directory 'cache': Permission denied");
	expect_build(MKDTEMP, "cannot make '/cache/tmp-XXXXXX': Permission denied");
	expect_build(RENAME, "cannot rename '/cache/tmp-XXXXXX/unit0' to '/cache/objects/HASH': Permission denied");
	assert_int_equal(rmdir("cache/objects"), 0);
	assert_int_equal(rmdir("cache"), 0); /* no temporary is left */
}

static void t_cosim_tool_messages_run(void **state)
{
	struct tool_args a = { 0 };
	struct err e = { 0 };

	(void)state;
	tool_add(&a, "verilator");
	broken = FORK;
	assert_int_equal(tool_run(&a, NULL, "log", &e), -1);
	assert_int_equal(e.code, ERR_ENV);
	assert_string_equal(e.text, "cannot start 'verilator': Permission denied");
	tool_release(&a);
}

static void t_cosim_tool_messages_thread(void **state)
{
	static const struct gm_hw hw = { .rows = 33, .cols = 7, .tiles = 1, .adcs = 4, .adc_bits = 3 };
	struct expected x;
	struct err e = { 0 };

	(void)state;
	broken = THREAD;
	assert_int_equal(expected_start(&x, &hw, NULL, NULL, true, &e), -1);
	assert_int_equal(e.code, ERR_ENV);
	assert_string_equal(e.text, "cannot start a thread for the golden machine");
}

static void t_cosim_tool_messages_thresholds(void **state)
{
	static const struct device_lib lib;
	static const int32_t T[4 << 2 << 3];
	struct cosim_setup setup = { .hw = { .rows = 33, .cols = 7, .tiles = 1, .adcs = 4, .adc_bits = 3 }, .thresholds = T };
	const char *was = getenv("TMPDIR");
	struct err e = { 0 };

	(void)state;
	setenv("TMPDIR", "missing", 1);
	assert_null(cosim_open(&lib, &setup, &e));
	was ? setenv("TMPDIR", was, 1) : unsetenv("TMPDIR");
	assert_int_equal(e.code, ERR_ENV);
	memcpy(strstr(e.text, "thresholds-") + 11, "XXXXXX", 6); /* drawn */
	assert_string_equal(e.text, "cannot make 'missing/bitline-thresholds-XXXXXX': No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_cosim_tool_messages_build, enter, leave),
		cmocka_unit_test_setup_teardown(t_cosim_tool_messages_run, enter, leave),
		cmocka_unit_test_setup_teardown(t_cosim_tool_messages_thread, enter, leave),
		cmocka_unit_test_setup_teardown(t_cosim_tool_messages_thresholds, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

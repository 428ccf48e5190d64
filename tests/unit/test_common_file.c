/* Files: atomic writes, limits, folders.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/file.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/bitline-test-XXXXXX";

static int entries(void)
{
	DIR *d = opendir(dir);
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void write_and_read(void **state)
{
	struct err e = { 0 };
	char *path = file_join(dir, "a");
	struct buf b;

	(void)state;
	assert_false(file_exists(path));
	assert_int_equal(file_write(path, "1\0003", 3, &e), 0);
	assert_true(file_exists(path));
	assert_int_equal(entries(), 1); /* no temporary file left */
	assert_int_equal(file_read(path, 3, &b, &e), 0);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "1\0003", 4);
	buf_release(&b);
	assert_int_equal(file_read(path, 2, &b, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.text, "is longer than 2 bytes"));
	buf_release(&b);
	unlink(path);
	free(path);
}

static void equal_bytes_keep_the_time(void **state)
{
	struct err e = { 0 };
	char *path = file_join(dir, "b");
	struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };
	struct stat st;

	(void)state;
	assert_int_equal(file_write(path, "abc", 3, &e), 0);
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	assert_int_equal(file_write(path, "abc", 3, &e), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mtime, 1000);
	assert_int_equal(file_write(path, "abcd", 4, &e), 0); /* the old bytes are a prefix */
	assert_int_equal(stat(path, &st), 0);
	assert_int_not_equal(st.st_mtime, 1000);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(file_write(path, "abc", 3, &e), 0); /* and the new ones */
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 3);
	unlink(path);
	free(path);
}

static void link_stays_a_link(void **state)
{
	struct err e = { 0 };
	char *path = file_join(dir, "target"), *name = file_join(dir, "link");
	struct stat st;

	(void)state;
	assert_int_equal(file_write(path, "1", 1, &e), 0);
	assert_int_equal(symlink("target", name), 0);
	assert_int_equal(file_write(name, "22", 2, &e), 0);
	assert_int_equal(lstat(name, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 2);
	unlink(name);
	unlink(path);
	free(name);
	free(path);
}

static void device_is_not_replaced(void **state)
{
	struct err e = { 0 };
	struct stat st;

	(void)state;
	assert_int_equal(file_write("/dev/null", "x", 1, &e), 0);
	assert_int_equal(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
}

static void faults_are_named(void **state)
{
	struct err e = { 0 };
	struct buf b;

	(void)state;
	assert_int_equal(file_read("/nonexistent/x", 9, &b, &e), -1);
	buf_release(&b);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, "cannot open '/nonexistent/x': No such file or directory; name a readable file");
	e = (struct err){ 0 };
	assert_int_equal(file_read(dir, 9, &b, &e), -1);
	buf_release(&b);
	assert_int_equal(e.code, ERR_INPUT);
	e = (struct err){ 0 };
	assert_int_equal(file_write("/nonexistent/x", "", 0, &e), -1);
	assert_int_equal(e.code, ERR_ENV);
	e = (struct err){ 0 };
	assert_int_equal(file_write(dir, "", 0, &e), -1);
	assert_int_equal(e.code, ERR_ENV);
}

static void folders_are_made(void **state)
{
	struct err e = { 0 };
	char *x = file_join(dir, "x"), *y = file_join(dir, "x/y//z/"), *in_the_way = file_join(dir, "f"), *below = file_join(dir, "f/g");

	(void)state;
	assert_int_equal(file_mkdirs(y, &e), 0);
	assert_int_equal(file_mkdirs(y, &e), 0);
	assert_true(file_exists(y));
	assert_int_equal(file_write(in_the_way, "", 0, &e), 0);
	assert_int_equal(file_mkdirs(below, &e), -1);
	assert_int_equal(e.code, ERR_ENV);
	rmdir(y);
	y[strlen(y) - 4] = '\0';
	rmdir(y);
	rmdir(x);
	unlink(in_the_way);
	free(x);
	free(y);
	free(in_the_way);
	free(below);
	assert_int_equal(entries(), 0);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write_and_read), cmocka_unit_test(equal_bytes_keep_the_time), cmocka_unit_test(link_stays_a_link),
		cmocka_unit_test(device_is_not_replaced), cmocka_unit_test(faults_are_named), cmocka_unit_test(folders_are_made),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

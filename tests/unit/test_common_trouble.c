/* common: writing where something is in the way (what a killed writer left, a socket, a full device, a name that a folder has), how long is left, a fault of
 * bitline's own.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/err.h"
#include "common/file.h"
#include "common/progress.h"
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static char old[4096];

static int enter(void **state)
{
	char dir[] = "/tmp/bitline-trouble-XXXXXX";

	(void)state;
	return !getcwd(old, sizeof(old)) || !mkdtemp(dir) || chdir(dir);
}

static int leave(void **state)
{
	char dir[4096];
	int bad = !getcwd(dir, sizeof(dir));

	(void)state;
	return bad || chdir(old) || rmdir(dir); /* fails when a case left a file behind */
}

static void holds(const char *path, const char *text)
{
	struct buf b;
	struct err e = { 0 };

	assert_int_equal(file_read(path, 100, &b, &e), 0);
	assert_int_equal(b.len, strlen(text));
	assert_memory_equal(b.data, text, b.len);
	buf_release(&b);
}

static void put_down(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* a killed writer's file is taken over and goes; one that a writer holds, or that is no plain file, stays as it is */
static void leftovers(void **state)
{
	struct err e = { 0 };
	struct stat st;
	int fd;

	(void)state;
	put_down("x.bitline~", "half of a longer text");
	assert_int_equal(file_write("x", "whole", 5, &e), 0);
	holds("x", "whole");
	assert_int_equal(access("x.bitline~", F_OK), -1);

	put_down("x.bitline~", "another's");
	fd = open("x.bitline~", O_RDWR);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(file_write("x", "second", 6, &e), 0);
	holds("x", "second");
	holds("x.bitline~", "another's");
	close(fd);
	unlink("x.bitline~");

	put_down("victim", "not to be touched");
	assert_int_equal(symlink("victim", "x.bitline~"), 0);
	assert_int_equal(file_write("x", "third", 5, &e), 0);
	holds("x", "third");
	holds("victim", "not to be touched");
	assert_int_equal(lstat("x.bitline~", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	unlink("x.bitline~");
	assert_int_equal(link("victim", "x.bitline~"), 0); /* a second name of somebody's file */
	assert_int_equal(file_write("x", "fourth", 6, &e), 0);
	holds("x", "fourth");
	holds("victim", "not to be touched");
	unlink("x.bitline~");
	unlink("victim");
	unlink("x");
}

static void refused(const char *path, const char *text)
{
	struct err e = { 0 };

	assert_int_equal(file_write(path, "abc", 3, &e), -1);
	assert_int_equal(e.code, ERR_ENV);
	assert_string_equal(e.text, text);
}

static void places_that_take_nothing(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX, .sun_path = "socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	refused("socket", "cannot write 'socket': No such device or address; name a writable file");
	close(fd);
	unlink("socket");
	refused("/dev/full", "cannot write '/dev/full': No space left on device");
	refused(".", "cannot write '.': it is a directory; name a file");
	refused("nowhere/x", "cannot create a file beside 'nowhere/x': No such file or directory; name a place in a writable folder");
}

static void time_that_is_left(void **state)
{
	static const struct { double s; const char *text; } cases[] = {
		{ 0, "0 s left" }, { 119, "119 s left" }, { 120, "2 min left" }, { 7199, "120 min left" }, { 7200, "2.0 h left" }, { 86400, "24.0 h left" }, { 1e12, "9999.0 h left" } };
	char text[24];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		progress_left(cases[i].s, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void own_faults(void **state)
{
	char said[200] = "";
	size_t n = 0;
	ssize_t k;
	int fds[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (!pid) {
		dup2(fds[1], STDERR_FILENO);
		signal(SIGABRT, SIG_DFL); /* cmocka's would go on with the next test */
		err_bug("place.c", 12, "%d is no %s", 7, "colour");
	}
	close(fds[1]);
	while (n < sizeof(said) - 1 && (k = read(fds[0], said + n, sizeof(said) - 1 - n)) > 0)
		n += (size_t)k;
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_string_equal(said, "BUG: place.c:12: a fault of bitline itself: 7 is no colour\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(leftovers, enter, leave), cmocka_unit_test_setup_teardown(places_that_take_nothing, enter, leave), cmocka_unit_test(time_that_is_left), cmocka_unit_test(own_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

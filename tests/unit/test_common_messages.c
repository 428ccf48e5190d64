/* common: messages that a command line reaches only on a machine in trouble. Functions of libxml2 are replaced by ones that fail on demand.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg.h"
#include "common/file.h"
#include "common/mem.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static bool no_parser, no_validator;

xmlParserCtxtPtr xmlNewParserCtxt(void)
{
	xmlParserCtxtPtr (*real)(void);

	*(void **)&real = dlsym(RTLD_NEXT, "xmlNewParserCtxt");
	return no_parser ? NULL : real();
}

xmlSchemaValidCtxtPtr xmlSchemaNewValidCtxt(xmlSchemaPtr schema)
{
	xmlSchemaValidCtxtPtr (*real)(xmlSchemaPtr);

	*(void **)&real = dlsym(RTLD_NEXT, "xmlSchemaNewValidCtxt");
	return no_validator ? NULL : real(schema);
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
	unlink("x.xml");
	return bad || chdir(old) || rmdir(dir); /* fails when a case left a file behind */
}

static void expect_load(const char *xml, enum err_code code, const char *text)
{
	struct err e = { 0 };
	struct cfg c;

	assert_int_equal(file_write("x.xml", xml, strlen(xml), &e), 0);
	assert_int_equal(cfg_load(&c, "x.xml", NULL, 0, &e), -1);
	assert_int_equal(e.code, code);
	assert_string_equal(e.text, text);
}

static void t_common_messages_configuration(void **state)
{
	(void)state;
	expect_load("<bitline name=\"x\">\n <array>\n  <rows>33</rows>\n </array>\n</bitline>\n", ERR_INPUT,
		    "x.xml:3: element \"rows\" inside \"array\"; values are attributes: array name=\"value\"");
	no_parser = true;
	expect_load("<bitline name=\"x\"/>", ERR_ENV, "out of memory reading 'x.xml'");
	no_parser = false;
	no_validator = true;
	expect_load("<bitline name=\"x\"/>", ERR_ENV, "out of memory reading 'x.xml'");
	no_validator = false;
}

static void t_common_messages_no_folder(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(file_write("missing/x", "abc", 3, &e), -1);
	assert_int_equal(e.code, ERR_ENV);
	assert_string_equal(e.text, "cannot create a file beside 'missing/x': No such file or directory; name a place in a writable folder");
}

/* a disk that is full after nothing: the old file stays, no temporary does (leave() sees to it) */
static void t_common_messages_full_disk(void **state)
{
	struct rlimit was, none;
	struct err e = { 0 }, again = { 0 };
	struct buf b;

	(void)state;
	assert_int_equal(file_write("x.xml", "old", 3, &e), 0);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	none = was;
	none.rlim_cur = 0;
	setrlimit(RLIMIT_FSIZE, &none);
	file_write("fresh", "new", 3, &e);
	file_write("x.xml", "new", 3, &again);
	setrlimit(RLIMIT_FSIZE, &was);
	assert_int_equal(e.code, ERR_ENV);
	assert_string_equal(e.text, "cannot write 'fresh': File too large");
	assert_int_equal(again.code, ERR_ENV);
	again.code = ERR_NONE;
	assert_int_equal(file_read("x.xml", 7, &b, &again), 0);
	assert_string_equal(b.data, "old");
	buf_release(&b);
}

static void t_common_messages_memory(void **state)
{
	char text[256] = "";
	int fd[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (!pid) {
		dup2(fd[1], 2);
		mem_calloc((size_t)-1 / 7, 33);
		_exit(0);
	}
	close(fd[1]);
	assert_true(read(fd[0], text, sizeof(text) - 1) > 0);
	close(fd[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == ERR_ENV);
	assert_string_equal(text, "bitline: out of memory asking for 2635249153387078802 elements of 33 bytes\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_common_messages_configuration, enter, leave),
		cmocka_unit_test_setup_teardown(t_common_messages_no_folder, enter, leave),
		cmocka_unit_test_setup_teardown(t_common_messages_full_disk, enter, leave),
		cmocka_unit_test(t_common_messages_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The directory of results: what is kept, what is not taken for a result, claims between processes, attempts that were lost.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/unit/regress_scratch.h"
#include "regress/store.h"
#include <fcntl.h>
#include <sys/wait.h>

static const char key[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", other[] = "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct regress_store open_store(void)
{
	struct regress_store s;
	struct err e = { 0 };

	if (regress_store_open(&s, at("out"), &e))
		fail_msg("%s", e.text);
	return s;
}

static void results(void **state)
{
	struct regress_store s = open_store();
	json_t *j = json_pack("{s:s, s:s}", "key", key, "verdict", "equal"), *back;
	struct err e = { 0 };

	(void)state;
	assert_false(regress_store_has(&s, key));
	assert_null(regress_store_get(&s, key));
	assert_int_equal(regress_store_put(&s, key, j, &e), 0);
	assert_true(regress_store_has(&s, key));
	back = regress_store_get(&s, key);
	assert_true(json_equal(back, j));
	json_decref(back);
	assert_null(regress_store_get(&s, other));
	/* another case's, half a file, another program's */
	assert_int_equal(regress_store_put(&s, other, j, &e), 0);
	assert_null(regress_store_get(&s, other));
	put("out/results/f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.json", "{ \"key\": \"f1");
	assert_null(regress_store_get(&s, other));
	put("out/results/f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.json", "[]");
	assert_null(regress_store_get(&s, other));
	regress_store_forget(&s, key);
	assert_false(regress_store_has(&s, key));
	assert_false(regress_device_known(&s, other));
	assert_int_equal(regress_device_made(&s, other, &e), 0);
	assert_true(regress_device_known(&s, other));
	json_decref(j);
	regress_store_close(&s);
}

/* two opens of the file are two owners, in one process too */
static void claims(void **state)
{
	struct regress_store a = open_store(), b = open_store();
	struct err e = { 0 };
	char want[200];
	pid_t pid;
	int status;

	(void)state;
	assert_int_equal(regress_claim(&a, key, &e), 1);
	assert_int_equal(regress_claim(&a, key, &e), 1);
	assert_int_equal(regress_claim(&b, key, &e), 0);
	assert_int_equal(regress_claim(&b, other, &e), 1);
	regress_give_back(&a, key);
	assert_int_equal(regress_claim(&b, key, &e), 1);
	regress_store_close(&b);
	assert_int_equal(regress_claim(&a, key, &e), 1);
	assert_int_equal(regress_claim(&a, other, &e), 1);
	regress_store_close(&a);
	/* what a process held is free when it dies */
	pid = fork();
	if (!pid) {
		b = open_store();
		_exit(regress_claim(&b, key, &e) == 1 ? 7 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 7);
	a = open_store();
	assert_int_equal(regress_claim(&a, key, &e), 1);
	/* a file without locks */
	close(a.claims);
	a.claims = open("/dev/null", O_RDONLY);
	assert_int_equal(regress_claim(&a, key, &e), -1);
	assert_int_equal(e.code, ERR_ENV);
	snprintf(want, sizeof(want), "cannot lock '%s/out/claims': Bad file descriptor; name an --out on a file system with locks", dir);
	assert_string_equal(e.text, want);
	regress_store_close(&a);
}

static long lost_of(const struct regress_store *s, const char *which)
{
	json_t *all = regress_lost(s);
	long n = (long)json_integer_value(json_object_get(all, which));

	json_decref(all);
	return n;
}

static void attempts(void **state)
{
	struct regress_store s = open_store();
	struct err e = { 0 };
	char want[200];

	(void)state;
	assert_int_equal(lost_of(&s, key), 0);
	assert_int_equal(regress_attempt(&s, key, "begin", &e), 0);
	assert_int_equal(lost_of(&s, key), 1);
	assert_int_equal(regress_attempt(&s, key, "equal", &e), 0);
	assert_int_equal(regress_attempt(&s, other, "begin", &e), 0);
	assert_int_equal(lost_of(&s, key), 0);
	assert_int_equal(lost_of(&s, other), 1);
	/* another worker, which died while it wrote its third line */
	put("out/attempts/there-1-2", "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef begin\nf123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef begin\nf1234567");
	assert_int_equal(lost_of(&s, other), 3);
	close(s.attempts);
	s.attempts = open("/dev/full", O_WRONLY);
	assert_int_equal(regress_attempt(&s, key, "begin", &e), -1);
	snprintf(want, sizeof(want), "cannot write into '%s/out/attempts': No space left on device; make room there", dir);
	assert_string_equal(e.text, want);
	regress_store_close(&s);
}

static void no_place(void **state)
{
	struct regress_store s = open_store();
	struct err e = { 0 };
	char want[200];

	(void)state;
	tool_remove_tree(at("out/attempts"));
	assert_int_equal(regress_attempt(&s, key, "begin", &e), -1);
	assert_memory_equal(e.text, "cannot create '", 15);
	snprintf(want, sizeof(want), "cannot create '%s/out/attempts/HOST-PID-SECONDS': No such file or directory; name an --out that can be written", dir);
	assert_string_equal(strrchr(e.text, '\''), strrchr(want, '\''));
	regress_store_close(&s);
	e = (struct err){ 0 };
	tool_remove_tree(at("out"));
	if (file_mkdirs(at("out/claims"), &e) || !regress_store_open(&s, at("out"), &e))
		fail_msg("a directory is no file");
	assert_int_equal(e.code, ERR_ENV);
	snprintf(want, sizeof(want), "cannot open '%s/out/claims': Is a directory; name an --out that can be written", dir);
	assert_string_equal(e.text, want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(results, set_up, tear_down),
		cmocka_unit_test_setup_teardown(claims, set_up, tear_down),
		cmocka_unit_test_setup_teardown(attempts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_place, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

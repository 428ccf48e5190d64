/* Running cases: this program is its own `bitline cosim`, which does what --layers says. Retries, time limits, claims, one case per device first, an input that is edited meanwhile.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/unit/regress_scratch.h"
#include "regress/local.h"
#include "regress/result.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

/* ---- the child */

static void nap(double seconds)
{
	nanosleep(&(struct timespec){ (time_t)seconds, (long)((seconds - (double)(long)seconds) * 1e9) }, NULL);
}

/* a line per event, in the file that --tokenizer names */
static void note(const char *path, const char *what)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0666);
	char line[32];
	int n = snprintf(line, sizeof(line), "%s\n", what);

	if (fd < 0 || write(fd, line, (size_t)n) != n) /* at once: others write here too */
		_exit(9);
	close(fd);
}

static size_t lines(const char *path, const char *what)
{
	struct err e = { 0 };
	struct buf b;
	size_t n = 0;

	if (!file_read(path, 1 << 20, &b, &e))
		for (const char *p = b.data; (p = strstr(p, what)); p++)
			n++;
	buf_release(&b);
	return n;
}

static int fake_cosim(int argc, char **argv)
{
	const char *act = "", *log = "", *seed = "", *model = "";

	for (int i = 2; i + 1 < argc; i++) {
		act = !strcmp(argv[i], "--layers") ? argv[i + 1] : act;
		log = !strcmp(argv[i], "--placement") ? argv[i + 1] : log;
		seed = !strcmp(argv[i], "--seed") ? argv[i + 1] : seed;
		model = !strcmp(argv[i], "--matrix") ? argv[i + 1] : model;
	}
	if (strcmp(argv[argc - 1], "--json"))
		return 9;
	note(log, "begin");
	if (!strcmp(act, "slow"))
		nap(0.3);
	if (!strcmp(act, "hang"))
		nap(60);
	if (!strcmp(act, "crash") || (!strcmp(act, "crash-once") && lines(log, "begin") == 1))
		abort();
	if (!strcmp(act, "refuse") || !strcmp(act, "fail") || !strcmp(act, "silent")) {
		if (strcmp(act, "silent"))
			fprintf(stderr, "bitline: %s of seed %s\n", act, seed);
		return !strcmp(act, "refuse") ? 2 : !strcmp(act, "fail") ? 3 : 0;
	}
	if (!strcmp(act, "edit"))
		note(model, "edited");
	note(log, "end");
	printf("{\"mismatches\": %d, \"rtl_cycles\": %s, \"wall_s\": 0.1%s}\n", !strcmp(act, "differ"), seed, strcmp(act, "differ") ? "" : ", \"first_difference\": \"here\\nrepeat: x\"");
	return !strcmp(act, "differ") || !strcmp(act, "lie");
}

/* ---- the parent */

static struct regress_keys *keys;
static struct regress_store store;
static struct regress_list list;
static struct regress_case *todo[64];
static int stopped;

static int begin(void **state)
{
	struct err e = { 0 };
	struct buf tiny;

	if (set_up(state) || file_read("configs/tiny.xml", 1 << 20, &tiny, &e))
		return -1;
	put("c.xml", tiny.data);
	buf_release(&tiny);
	put("w.npy", "weights");
	keys = regress_keys_new(&e);
	return !keys || regress_store_open(&store, at("out"), &e) ? -1 : 0;
}

static int end(void **state)
{
	regress_list_release(&list);
	regress_store_close(&store);
	regress_keys_free(keys);
	return tear_down(state);
}

static int run_as(const struct regress_how *how, const char *words, struct err *e)
{
	char text[512];

	regress_list_release(&list);
	snprintf(text, sizeof(text), "config=c.xml model=w.npy placement=%s/log %s\n", dir, words);
	read_list(&list, keys, text);
	for (size_t i = 0; i < list.n; i++)
		todo[i] = &list.c[i];
	return regress_local(&store, keys, todo, list.n, how, &stopped, e);
}

static void run(const char *words, int jobs, int retries, long timeout)
{
	struct regress_how how = { jobs, retries, timeout, true };
	struct err e = { 0 };

	if (run_as(&how, words, &e))
		fail_msg("%s", e.text);
	assert_int_equal(stopped, 0);
}

static json_t *result_of(size_t i)
{
	json_t *j = regress_store_get(&store, list.c[i].key);

	if (!j)
		fail_msg("case %zu has no result", i);
	return j;
}

static void expect(size_t i, const char *verdict, int tries, const char *message)
{
	json_t *j = result_of(i);
	const char *text = json_string_value(json_object_get(j, "message"));

	assert_string_equal(json_string_value(json_object_get(j, "verdict")), verdict);
	assert_int_equal(json_integer_value(json_object_get(json_object_get(j, "timing"), "attempts")), tries);
	if (message)
		assert_string_equal(text, message);
	else
		assert_null(text);
	json_decref(j);
}

static void verdicts(void **state)
{
	json_t *j;

	(void)state;
	run("seed=1..20 layers=x", 4, 2, 0);
	for (size_t i = 0; i < 20; i++)
		expect(i, "equal", 1, NULL);
	j = result_of(6);
	assert_int_equal(json_integer_value(json_object_get(j, "rtl_cycles")), 7);
	assert_null(json_object_get(j, "wall_s"));
	json_decref(j);
	assert_int_equal(lines(at("log"), "begin"), 20);
	run("seed=1..20 layers=x", 4, 2, 0); /* done before */
	assert_int_equal(lines(at("log"), "begin"), 20);
	run("seed=5 layers=differ", 1, 2, 0);
	expect(0, "different", 1, NULL);
	j = result_of(0);
	assert_string_equal(json_string_value(json_object_get(j, "first_difference")), "here");
	json_decref(j);
	run("seed=5 layers=refuse", 1, 2, 0);
	expect(0, "refused", 1, "refuse of seed 5");
	run("seed=5 layers=fail", 1, 1, 0);
	expect(0, "error", 2, "fail of seed 5");
	run("seed=5 layers=silent", 1, 0, 0);
	expect(0, "crashed", 1, "ended with status 0 and without a verdict");
	run("seed=5 layers=lie", 1, 0, 0);
	expect(0, "crashed", 1, "ended with status 1 and without a verdict");
	assert_int_equal(strlen(json_string_value(json_object_get(j = result_of(0), "key"))), 64);
	json_decref(j);
}

static void retries(void **state)
{
	(void)state;
	run("seed=5 layers=crash-once", 1, 1, 0);
	expect(0, "equal", 2, NULL);
	run("seed=5 layers=crash", 1, 3, 0);
	expect(0, "crashed", 4, "ended by signal 6 (Aborted)");
	assert_int_equal(lines(at("log"), "begin"), 2 + 4);
	run("seed=5..6 layers=hang", 2, 1, 1);
	expect(0, "timeout", 2, "stopped after 1 s");
	expect(1, "timeout", 2, "stopped after 1 s");
}

/* of a device that is not known one case runs, and nothing else until it has ended */
static void one_first(void **state)
{
	struct err e = { 0 };
	struct buf b;

	(void)state;
	run("seed=1..8 layers=slow", 4, 0, 0);
	assert_int_equal(file_read(at("log"), 1 << 20, &b, &e), 0);
	assert_memory_equal(b.data, "begin\nend\nbegin\n", 16);
	buf_release(&b);
}

static void edited_meanwhile(void **state)
{
	(void)state;
	run("seed=5 layers=edit", 1, 2, 0);
	expect(0, "error", 1, "an input, bitline or a tool is another one than when the case was planned; start again");
}

/* what another process works on is waited for, or left to it */
static void others(void **state)
{
	struct regress_how leave = { 2, 0, 0, false };
	struct regress_store theirs;
	struct err e = { 0 };
	pid_t pid;
	json_t *j;

	(void)state;
	run("seed=1 layers=x", 1, 0, 0); /* the device is known now */
	assert_int_equal(regress_store_open(&theirs, at("out"), &e), 0);
	run("seed=1..2 layers=x", 1, 0, 0);
	regress_store_forget(&store, list.c[1].key);
	assert_int_equal(regress_claim(&theirs, list.c[1].key, &e), 1);
	assert_int_equal(run_as(&leave, "seed=1..3 layers=x", &e), 0);
	assert_true(regress_store_has(&store, list.c[2].key));
	assert_false(regress_store_has(&store, list.c[1].key));
	assert_int_equal(lines(at("log"), "begin"), 3);
	/* they are done after a while; we do not do it again */
	pid = fork();
	if (!pid) {
		nap(0.5);
		j = json_pack("{s:s, s:s}", "key", list.c[1].key, "verdict", "equal");
		regress_store_put(&store, list.c[1].key, j, &e);
		_exit(0);
	}
	close(theirs.claims); /* the child holds it on */
	theirs.claims = -1;
	run("seed=1..3 layers=x", 2, 0, 0);
	assert_int_equal(lines(at("log"), "begin"), 3);
	waitpid(pid, NULL, 0);
	regress_store_close(&theirs);
}

/* stopped: no child is left, and the same call goes on */
static void stops(void **state)
{
	struct err e = { 0 };
	struct regress_how how = { 2, 0, 0, true };
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		run_as(&how, "seed=1..2 layers=slow", &e);
		run_as(&how, "seed=3..9 layers=hang", &e);
		_exit(stopped == SIGTERM ? 7 : 8);
	}
	for (int i = 0; i < 400 && lines(at("log"), "begin") < 4; i++)
		nap(0.05);
	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 7);
	run("seed=1..2 layers=slow", 2, 0, 0);
	assert_int_equal(lines(at("log"), "begin"), 4); /* two were done */
}

static void no_child(void **state)
{
	struct rlimit old, few;
	struct child_end end;
	struct child c;
	struct err e = { 0 };
	const char *const none[] = { "bitline-no-such-tool", NULL }, *const echo[] = { "echo", "a", NULL };

	(void)state;
	assert_int_equal(child_run(none, 5, &end, &e), -1);
	assert_string_equal(e.text, "'bitline-no-such-tool' is missing or does not run");
	e = (struct err){ 0 };
	assert_int_equal(child_run(echo, 5, &end, &e), 0);
	assert_string_equal(end.out.data, "a\n");
	child_end_release(&end);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){ 3, old.rlim_max };
	setrlimit(RLIMIT_NOFILE, &few);
	assert_int_equal(child_start(&c, echo, 5, &e), -1);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_string_equal(e.text, "cannot start 'echo': Too many open files; run fewer at a time");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(verdicts, begin, end),
		cmocka_unit_test_setup_teardown(retries, begin, end),
		cmocka_unit_test_setup_teardown(one_first, begin, end),
		cmocka_unit_test_setup_teardown(edited_meanwhile, begin, end),
		cmocka_unit_test_setup_teardown(others, begin, end),
		cmocka_unit_test_setup_teardown(stops, begin, end),
		cmocka_unit_test(no_child),
	};

	if (argc > 1 && !strcmp(argv[1], "cosim"))
		return fake_cosim(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

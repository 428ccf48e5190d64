/* Keys: what a result depends on changes them, what it does not depend on leaves them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/unit/regress_scratch.h"
#include "common/cfg.h"
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <time.h>

static struct regress_keys *keys;

static int begin(void **state)
{
	struct err e = { 0 };
	struct buf tiny;

	if (set_up(state) || file_read("configs/tiny.xml", 1 << 20, &tiny, &e))
		return -1;
	put("c.xml", tiny.data);
	put("same.xml", tiny.data);
	buf_release(&tiny);
	put("w.npy", "weights");
	put("v.npy", "weights");
	keys = regress_keys_new(&e);
	return keys ? 0 : -1;
}

static int end(void **state)
{
	regress_keys_free(keys);
	return tear_down(state);
}

struct two { char key[65], group[65]; };

static struct two key_of(const char *line)
{
	struct regress_list l;
	struct two t;

	read_list(&l, keys, line);
	memcpy(t.key, l.c[0].key, sizeof(t.key));
	memcpy(t.group, l.c[0].group, sizeof(t.group));
	assert_int_equal(strlen(t.key), 64);
	regress_list_release(&l);
	return t;
}

static void same(const char *a, const char *b)
{
	struct two x = key_of(a), y = key_of(b);

	assert_string_equal(x.key, y.key);
	assert_string_equal(x.group, y.group);
}

static void other(const char *a, const char *b, bool other_device)
{
	struct two x = key_of(a), y = key_of(b);

	assert_string_not_equal(x.key, y.key);
	assert_int_equal(strcmp(x.group, y.group) != 0, other_device);
}

static void content_not_names(void **state)
{
	(void)state;
	same("config=c.xml model=w.npy", "config=same.xml model=v.npy");
	same("config=c.xml model=w.npy seed=1 tokens=2", "tokens=2 seed=1 model=w.npy config=c.xml");
	/* an override that says what the configuration says; one that does not */
	same("config=c.xml model=w.npy", "config=c.xml model=w.npy set=array.rows=8");
	other("config=c.xml model=w.npy set=array.rows=8", "config=c.xml model=w.npy set=array.rows=33", true);
	other("config=c.xml model=w.npy", "config=c.xml model=w.npy seed=1", false);
	other("config=c.xml model=w.npy seed=1", "config=c.xml model=w.npy seed=2", false);
	other("config=c.xml model=w.npy seed=1", "config=c.xml model=w.npy tokens=1", false);
	other("config=c.xml model=w.npy", "config=c.xml model=w.npy engine=tlm", true);
	other("config=c.xml model=w.npy", "config=c.xml model=w.npy no-probes=yes", true);
	/* a refused configuration has a key, by what is refused */
	other("config=c.xml model=w.npy set=readout.bits=98", "config=c.xml model=w.npy set=readout.bits=99", true);
}

/* within one struct regress_keys, which remembers digests */
static void edits_are_seen(void **state)
{
	struct timespec later[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	struct two before = key_of("config=c.xml model=w.npy"), now;

	(void)state;
	put("w.npy", "WEIGHTS"); /* as long as before */
	utimensat(AT_FDCWD, at("w.npy"), later, 0);
	now = key_of("config=c.xml model=w.npy");
	assert_string_not_equal(before.key, now.key);
	assert_string_equal(before.group, now.group);
	put("w.npy", "weights");
	assert_string_equal(before.key, key_of("config=c.xml model=w.npy").key);
	put("c.xml", "<?xml version=\"1.0\"?>\n");
	now = key_of("config=c.xml model=w.npy");
	assert_string_not_equal(before.group, now.group);
}

static void directories(void **state)
{
	struct two before, now;

	(void)state;
	mkdir(at("rtl"), 0777);
	mkdir(at("rtl/sub"), 0777);
	put("rtl/a.sv", "a");
	put("rtl/sub/b.sv", "b");
	before = key_of("config=c.xml model=w.npy rtl=rtl");
	put("rtl/sub/b.sv", "bb");
	now = key_of("config=c.xml model=w.npy rtl=rtl");
	assert_string_not_equal(before.key, now.key);
	assert_string_not_equal(before.group, now.group);
	put("rtl/sub/b.sv", "b");
	assert_string_equal(before.key, key_of("config=c.xml model=w.npy rtl=rtl").key);
	put("rtl/new.sv", "");
	assert_string_not_equal(before.key, key_of("config=c.xml model=w.npy rtl=rtl").key);
}

static void messages(void **state)
{
	static const char *const line[] = { "\nconfig=none.xml model=w.npy", "\nconfig=c.xml model=none.npy" };
	struct regress_list l;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct err e = { 0 };

		read_list(&l, NULL, line[i]);
		assert_int_equal(regress_key(keys, &l.c[0], "x.list", &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		assert_memory_equal(e.text, "x.list:2: cannot read '", 23);
		assert_non_null(strstr(e.text, i ? "none.npy': No such file or directory; name a readable file" : "none.xml': No such file or directory; name a readable file"));
		regress_list_release(&l);
	}
}

/* the lists of the repository: every file is there, every configuration legal and in named.list */
static void ready_lists(void **state)
{
	struct regress_list l;
	struct err e = { 0 };
	glob_t configs;

	(void)state;
	assert_int_equal(regress_list_read(&l, "configs/quick.list", &e), 0);
	assert_int_equal(l.n, 6);
	regress_list_release(&l);
	assert_int_equal(regress_list_read(&l, "configs/named.list", &e), 0);
	assert_int_equal(glob("configs/*.xml", 0, NULL, &configs), 0);
	for (size_t i = 0; i < configs.gl_pathc; i++) {
		struct cfg c;
		size_t n = 0;

		assert_int_equal(cfg_load(&c, configs.gl_pathv[i], NULL, 0, &e), 0);
		for (size_t k = 0; k < l.n; k++) {
			const char *path = regress_value(&l.c[k], REGRESS_CONFIG);

			n += !strcmp(path, configs.gl_pathv[i]);
		}
		assert_int_equal(n, cfg_executable(&c, "cosim", &(struct err){ 0 }) ? 0 : 3);
	}
	globfree(&configs);
	for (size_t i = 0; i < l.n; i++)
		if (regress_key(keys, &l.c[i], "named.list", &e))
			fail_msg("%s", e.text);
	regress_list_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(content_not_names, begin, end),
		cmocka_unit_test_setup_teardown(edits_are_seen, begin, end),
		cmocka_unit_test_setup_teardown(directories, begin, end),
		cmocka_unit_test_setup_teardown(messages, begin, end),
		cmocka_unit_test_setup_teardown(ready_lists, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

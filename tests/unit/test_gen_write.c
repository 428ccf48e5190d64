/* Writing below a directory that may be anybody's.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "gen/gen.h"
#include "gen/manifest.h"
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char root[] = "/tmp/bitline_gen.XXXXXX";

static int left_behind;

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static char *below(const char *rest)
{
	static char path[4][256];
	static int k;

	k = (k + 1) % 4;
	snprintf(path[k], sizeof(path[k]), "%s/%s", root, rest);
	return path[k];
}

static void put(const char *rest, const char *text)
{
	struct err e = { 0 };

	assert_int_equal(file_write(below(rest), text, strlen(text), &e), 0);
}

static int emit(const char *dir, const char *override, struct err *e)
{
	struct gen_set s;
	struct cfg c;
	int rc;

	memset(e, 0, sizeof(*e));
	assert_int_equal(cfg_load(&c, "configs/tiny.xml", &override, override != NULL, e), 0);
	assert_int_equal(gen_build(&c, 0, &s, e), 0);
	rc = gen_write(&s, below(dir), e);
	gen_set_release(&s);
	return rc;
}

static ino_t inode(const char *rest)
{
	struct stat st;

	assert_int_equal(stat(below(rest), &st), 0);
	return st.st_ino;
}

static int set_up(void **state)
{
	(void)state;
	strcpy(root + strlen(root) - 6, "XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void t_new_empty_and_again(void **state)
{
	struct err e;
	struct stat st;
	char hex[65], want[65];
	struct cfg c;
	const char *none = NULL;
	ino_t before;

	(void)state;
	assert_int_equal(emit("a/b/c/", NULL, &e), 0);
	assert_int_equal(stat(below("a/b/c"), &st), 0);
	assert_int_equal(st.st_mode & 0700, 0700);
	assert_int_equal(gen_manifest_hash(below("a/b/c"), hex, &e), 0);
	assert_int_equal(cfg_load(&c, "configs/tiny.xml", &none, 0, &e), 0);
	cfg_hash(&c, want);
	assert_string_equal(hex, want);

	/* unchanged files are untouched: a rename would give them another inode */
	before = inode("a/b/c/rtl/cim_top.sv");
	assert_int_equal(emit("a/b/c", NULL, &e), 0);
	assert_int_equal(inode("a/b/c/rtl/cim_top.sv"), before);
	put("a/b/c/rtl/cim_top.sv", "edited\n");
	before = inode("a/b/c/rtl/cim_top.sv");
	assert_int_equal(emit("a/b/c", NULL, &e), 0);
	assert_int_not_equal(inode("a/b/c/rtl/cim_top.sv"), before);

	assert_int_equal(mkdir(below("empty"), 0755), 0);
	before = inode("empty");
	assert_int_equal(emit("empty", NULL, &e), 0);
	assert_int_equal(inode("empty"), before); /* somebody may stand in it */
}

static void t_stale_files_go_others_stay(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(emit("d", "interface.prefix=old_", &e), 0);
	put("d/rtl/notes.txt", "mine");
	assert_int_equal(emit("d", "interface.prefix=new_", &e), 0);
	assert_false(file_exists(below("d/rtl/old_top.sv")));
	assert_false(file_exists(below("d/include/old_regs.h")));
	assert_true(file_exists(below("d/rtl/new_top.sv")));
	assert_true(file_exists(below("d/rtl/notes.txt")));
	assert_true(file_exists(below("d/config.xml")));
}

static void t_foreign_directory_bad(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(mkdir(below("home"), 0755), 0);
	put("home/thesis.tex", "x");
	assert_int_equal(emit("home", NULL, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.text, "holds other things and no manifest.bitline"));
	assert_false(file_exists(below("home/rtl")));

	put("file", "x");
	assert_int_equal(emit("file", NULL, &e), -1);
	assert_non_null(strstr(e.text, "is no directory"));
	assert_int_equal(emit("file/below", NULL, &e), -1);
	assert_int_not_equal(e.code, ERR_NONE);
	assert_int_equal(symlink("/nonexistent/x", below("dangling")), 0);
	assert_int_equal(emit("dangling", NULL, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
}

static void t_manifest_bad(void **state)
{
	static const char *const bad[] = {
		"", "{}", "[]", "not json", "{\"tool\":\"other\"}",
		"{\"tool\":\"bitline\",\"config_sha256\":\"12\",\"files\":{}}",
		"{\"tool\":\"bitline\",\"config_sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\"}",
		"{\"tool\":\"bitline\",\"config_sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"files\":{\"../victim\":\"0000000000000000000000000000000000000000000000000000000000000000\"}}",
		"{\"tool\":\"bitline\",\"config_sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"files\":{\"x\":\"0\"}}",
	};
	struct err e;
	char hex[65];

	(void)state;
	assert_int_equal(mkdir(below("m"), 0755), 0);
	put("victim", "precious");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		put("m/manifest.bitline", bad[i]);
		assert_int_equal(emit("m", NULL, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		assert_non_null(strstr(e.text, "is no manifest of bitline"));
		assert_false(file_exists(below("m/rtl")));
		memset(&e, 0, sizeof(e));
		assert_int_equal(gen_manifest_hash(below("m"), hex, &e), -1);
	}
	assert_true(file_exists(below("victim")));
}

static void t_paths(void **state)
{
	static const char *const bad[] = { "", "/etc/passwd", "..", "../x", "a/../b", "a//b", "a/", "./a", "a/.", "a\nb", "a\\b", "\x7f" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(manifest_path_ok(bad[i]));
	assert_true(manifest_path_ok("rtl/cim_macro.digital.sv"));
	assert_true(manifest_path_ok("..a/b.."));
}

/* links inside the directory lead nowhere: nothing outside is written or removed */
static void t_links_bad(void **state)
{
	struct err e;
	struct buf b;

	(void)state;
	assert_int_equal(mkdir(below("outside"), 0755), 0);
	put("outside/old_top.sv", "precious");
	put("outside/cim_top.sv", "precious");
	assert_int_equal(emit("l", "interface.prefix=old_", &e), 0);
	assert_int_equal(nftw(below("l/rtl"), remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
	assert_int_equal(symlink("../outside", below("l/rtl")), 0);
	assert_int_equal(emit("l", NULL, &e), -1);
	assert_non_null(strstr(e.text, "is in the way"));
	assert_true(file_exists(below("outside/old_top.sv")));

	assert_int_equal(emit("k", NULL, &e), 0);
	assert_int_equal(unlink(below("k/rtl/cim_top.sv")), 0);
	assert_int_equal(symlink("../../outside/cim_top.sv", below("k/rtl/cim_top.sv")), 0);
	assert_int_equal(emit("k", "array.rows=33", &e), -1);
	assert_int_equal(file_read(below("outside/cim_top.sv"), 100, &b, &e), 0);
	assert_string_equal(b.data, "precious");
	buf_release(&b);

	assert_int_equal(emit("j", NULL, &e), 0);
	assert_int_equal(unlink(below("j/sim.f")), 0);
	assert_int_equal(mkdir(below("j/sim.f"), 0755), 0);
	assert_int_equal(emit("j", NULL, &e), -1);
	assert_non_null(strstr(e.text, "is in the way"));
}

static int entries(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path, (void)st, (void)type, (void)ftw;
	left_behind++;
	return 0;
}

/* a write that fails half-way leaves nothing: files may have 6000 bytes here, as on a full disk */
static void t_full_disk_leaves_nothing(void **state)
{
	struct rlimit old, small;
	struct err fresh, empty;
	int a, b;

	(void)state;
	assert_int_equal(mkdir(below("empty"), 0755), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 6000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	a = emit("new/deep", NULL, &fresh);
	b = emit("empty", NULL, &empty);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(a, -1);
	assert_int_equal(fresh.code, ERR_ENV);
	assert_int_equal(b, -1);
	assert_int_equal(empty.code, ERR_ENV);
	left_behind = 0;
	assert_int_equal(nftw(root, entries, 8, FTW_PHYS), 0);
	assert_int_equal(left_behind, 3); /* the root, new/ and empty/ */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		T(t_new_empty_and_again), T(t_stale_files_go_others_stay), T(t_foreign_directory_bad), T(t_manifest_bad), T(t_links_bad), T(t_full_disk_leaves_nothing), cmocka_unit_test(t_paths),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

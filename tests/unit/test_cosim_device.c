/* cosim: the cache of devices and of their objects. Verilator and the compiler are scripts: the model is two files, one of each of the two RTL files;
 * "compiling" copies, and says so in a list; linking takes a shared object that the test makes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "cosim/build.h"
#include <dirent.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

/* WAIT in the environment: a compile ends only when that many have begun; HOLD: it does not end for long; a source with "wrong" in it fails */
static const char tool[] =
	"#!/bin/bash\n"
	"top=$(dirname \"$0\")\n"
	"echo \"$*\" >>\"$top/asked\"\n"
	"case \"$*\" in\n"
	"--version) echo tool ;;\n"
	"--getenv*) echo \"$top/root\" ;;\n"
	"--cc*) mkdir -p obj; echo 'obj: src/00/a.sv src/01/b.sv' >obj/Vdut__ver.d; cp src/00/a.sv obj/Vdut.cpp; cp src/01/b.sv obj/Vdut__Slow.cpp ;;\n"
	"*-shared*) cp \"$top/stub.so\" device.so ;;\n"
	"*-c*)\n"
	"	src=${@: -3:1}; echo \"${src##*/}\" >>\"$top/compiled\"\n"
	"	[ -s obj/common.h.gch/0 ] && [ -s obj/common.h.gch/1 ] && [[ $* = *' -include obj/common.h '* ]] && echo \"${src##*/}\" >>\"$top/offered\"\n"
	"	for ((i = 0; i < 500 && $(wc -l <\"$top/compiled\") < ${WAIT:-0}; i++)); do sleep 0.01; done\n"
	"	[ -n \"$HOLD\" ] && sleep 20\n"
	"	if [ -e obj ] && [[ $src = obj/* ]] && grep -q wrong $(sed 's/#include \"\\(.*\\)\"/obj\\/\\1/' $src); then echo \"src/00/a.sv:1: error: wrong\" >&2; exit 1; fi\n"
	"	cp \"$src\" \"${@: -1}\" && echo >>\"${@: -1}\" ;;\n"
	"esac\n";

static char old[4096], here[4096];

static void write_text(const char *path, const char *text, mode_t mode)
{
	struct err e = { 0 };

	assert_int_equal(file_write(path, text, strlen(text), &e), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int enter(void **state)
{
	static const char *const part[] = { "verilated", "verilated_threads", "verilated_dpi" };
	char dir[] = "device-XXXXXX", path[8192];

	(void)state;
	if (!getcwd(old, sizeof(old)) || chdir(getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp") || !mkdtemp(dir) || chdir(dir) || !getcwd(here, sizeof(here)))
		return -1;
	mkdir("rtl", 0777);
	mkdir("root", 0777);
	mkdir("root/include", 0777);
	write_text("verilator", tool, 0755);
	write_text("c++", tool, 0755);
	write_text("compiled", "", 0644);
	write_text("stub.c", "void shim_get_api(void *api) { (void)api; }\n", 0644);
	write_text("rtl/sim.f", "a.sv\nb.sv\n", 0644);
	write_text("rtl/a.sv", "one\n", 0644);
	write_text("rtl/b.sv", "two\n", 0644);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "root/include/%s.cpp", part[i]);
		write_text(path, part[i], 0644);
	}
	if (system("gcc -shared -fPIC -o stub.so stub.c"))
		return -1;
	snprintf(path, sizeof(path), "%s:%s", here, getenv("PATH"));
	setenv("PATH", path, 1);
	snprintf(path, sizeof(path), "%s/c++", here);
	setenv("CXX", path, 1);
	setenv("BITLINE_CACHE", "cache", 1);
	unsetenv("WAIT");
	unsetenv("HOLD");
	unsetenv("BITLINE_CXXFLAGS"); /* of make test */
	return 0;
}

static int leave(void **state)
{
	(void)state;
	tool_remove_tree(here);
	return chdir(old);
}

/* entries of a directory whose names begin with prefix */
static int count(const char *dir, const char *prefix)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	int n = 0;

	while (d && (entry = readdir(d)))
		n += entry->d_name[0] != '.' && !strncmp(entry->d_name, prefix, strlen(prefix));
	if (d)
		closedir(d);
	return n;
}

/* what was compiled since the last call, sorted: "fast.cpp slow.cpp" */
static const char *compiled(void)
{
	static char text[1024];
	FILE *p = popen("sort compiled | tr '\\n' ' '; : >compiled", "r");
	size_t n = fread(text, 1, sizeof(text) - 1, p);

	pclose(p);
	text[n] = 0;
	return text;
}

static int build(struct device_lib *lib, struct err *e)
{
	return device_build(&(struct device_ask){ DEVICE_VERILATOR, "rtl", "cim_", false, true }, lib, e);
}

static void expect_built(bool cached)
{
	struct device_lib lib;
	struct err e = { 0 };

	if (build(&lib, &e))
		fail_msg("%s", e.text);
	assert_int_equal(lib.was_cached, cached);
	assert_non_null(lib.handle);
	assert_true(file_exists(lib.dir));
	device_close(&lib);
	assert_int_equal(count("cache", "tmp-"), 0);
}

#define ALL "common.h common.h fast.cpp shim.cpp slow.cpp verilated.cpp verilated_dpi.cpp verilated_threads.cpp "

static void t_cosim_device_objects(void **state)
{
	(void)state;
	expect_built(false);
	assert_string_equal(compiled(), ALL);
	assert_int_equal(count("cache/objects", ""), 8);
	expect_built(true);
	assert_string_equal(compiled(), "");
	write_text("rtl/a.sv", "three\n", 0644); /* an edit compiles what came of that file, though only an included file changed */
	expect_built(false);
	assert_string_equal(compiled(), "fast.cpp ");
	assert_int_equal(system("test \"$(cat offered)\" = fast.cpp"), 0); /* with the compiled header of the first build, which had none itself */
	write_text("rtl/b.sv", "four\n", 0644);
	expect_built(false);
	assert_string_equal(compiled(), "slow.cpp ");
	write_text("rtl/a.sv", "one\n", 0644); /* back: a device that was never made, of objects that all were */
	expect_built(false);
	assert_string_equal(compiled(), "");
	assert_int_equal(count("cache", "device-"), 4);
}

/* a device that was asked for with words in its tools' commands */
static bool asked(bool probes, const char *words)
{
	struct device_ask ask = { DEVICE_VERILATOR, "rtl", "cim_", false, probes };
	struct device_lib lib;
	struct err e = { 0 };
	char command[256];

	write_text("asked", "", 0644);
	if (device_build(&ask, &lib, &e))
		fail_msg("%s", e.text);
	assert_false(lib.was_cached);
	device_close(&lib);
	snprintf(command, sizeof(command), "grep -q -e '%s' asked", words);
	return !system(command);
}

/* --no-probes: no probe among the sources, a shim that expects none, an entry of its own in the cache */
static void t_cosim_device_blind(void **state)
{
	(void)state;
	assert_true(asked(true, "--cc.*/probe_tile.sv.*/probe_core.sv"));
	assert_false(asked(false, "--cc.*probe_"));
	assert_int_equal(system("grep -q -e '-DSHIM_PROBES=0 -include obj/common.h -c src/cosim/shim.cpp' asked"), 0);
	assert_int_equal(count("cache", "device-"), 2);
}

/* a netlist is known by its size, and is compiled in fewer units for the compiler's speed */
static void t_cosim_device_netlist(void **state)
{
	char *text = malloc(NETLIST_BYTES + 2);

	(void)state;
	assert_false(asked(false, "--output-split 60000"));
	assert_int_not_equal(system("grep -q -e '-O2 .* -O0 .*obj/fast.cpp' asked"), 0);
	memset(text, '/', NETLIST_BYTES + 1);
	text[NETLIST_BYTES + 1] = 0;
	write_text("rtl/a.sv", text, 0644);
	free(text);
	assert_true(asked(false, "--output-split 60000"));
	assert_int_equal(system("grep -q -e '-O2 .* -O0 .*obj/Vdut.cpp' asked"), 0); /* large: a unit of its own */
}

/* without optimisation a model is one unit, with one compiled header */
static void t_cosim_device_unoptimised(void **state)
{
	(void)state;
	setenv("BITLINE_CXXFLAGS", "-O2 -O0", 1);
	expect_built(false);
	assert_string_equal(compiled(), "common.h shim.cpp slow.cpp verilated.cpp verilated_dpi.cpp verilated_threads.cpp ");
	setenv("BITLINE_CXXFLAGS", "-O0 -O1", 1); /* the last word counts */
	expect_built(false);
	assert_string_equal(compiled(), ALL);
	unsetenv("BITLINE_CXXFLAGS");
}

static void t_cosim_device_empty_object(void **state)
{
	(void)state;
	expect_built(false);
	compiled();
	assert_int_equal(system("rm -r cache/device-*; for f in cache/objects/*/unit.o; do : >$f; done"), 0); /* a system that went down */
	expect_built(false);
	assert_string_equal(compiled(), ALL);
}

static void t_cosim_device_parallel(void **state)
{
	cpu_set_t set;

	(void)state;
	if (sched_getaffinity(0, sizeof(set), &set) || CPU_COUNT(&set) < 2)
		skip();
	setenv("WAIT", "2", 1); /* one by one, each would wait five seconds for the next */
	expect_built(false);
	assert_string_equal(compiled(), ALL);
}

static void t_cosim_device_unit_fails(void **state)
{
	struct device_lib lib;
	struct err e = { 0 };
	char *log, text[8192];

	(void)state;
	write_text("rtl/a.sv", "wrong\n", 0644);
	assert_int_equal(build(&lib, &e), -1);
	assert_int_equal(e.code, ERR_ENV);
	assert_null(lib.handle);
	assert_non_null(log = strstr(e.text, " (log: '"));
	snprintf(text, sizeof(text), "'%s/c++' failed with status 1: rtl/a.sv:1: error: wrong", here); /* the user's own name of the file */
	assert_int_equal(strncmp(e.text, text, strlen(text)), 0);
	assert_null(strchr(e.text, '\n'));
	log += strlen(" (log: '");
	*strchr(log, '\'') = 0;
	assert_true(file_exists(log));
	assert_int_equal(count("cache", "device-"), 0);
	assert_int_equal(count("cache", "tmp-"), 0);
	write_text("rtl/a.sv", "right\n", 0644);
	expect_built(false);
}

static pid_t build_aside(void)
{
	pid_t pid = fork();

	if (!pid) {
		struct device_lib lib;
		struct err e = { 0 };

		setpgid(0, 0);
		_exit(build(&lib, &e) ? 1 : 0);
	}
	setpgid(pid, pid);
	return pid;
}

static void t_cosim_device_killed(void **state)
{
	struct timespec t = { .tv_nsec = 10000000 };
	struct device_lib lib;
	struct err e = { 0 };
	pid_t pid;

	(void)state;
	setenv("HOLD", "1", 1);
	pid = build_aside();
	for (int i = 0; i < 1000 && !*compiled(); i++)
		nanosleep(&t, NULL);
	unsetenv("HOLD");
	assert_int_equal(system("touch -d 2001-01-01 cache/tmp-*"), 0);
	write_text("rtl/b.sv", "other\n", 0644);
	assert_int_equal(build(&lib, &e), 0);
	device_close(&lib);
	assert_int_equal(count("cache", "tmp-"), 1); /* one that is at work is left alone, however old its directory looks */
	kill(-pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(count("cache", "device-"), 1); /* nothing half-made */
	assert_int_equal(system("touch -d 2001-01-01 cache/tmp-*"), 0);
	write_text("rtl/b.sv", "two\n", 0644);
	expect_built(false); /* ... and its directory goes */
}

static void t_cosim_device_race(void **state)
{
	pid_t pid[4];
	int status;

	(void)state;
	for (int i = 0; i < 4; i++)
		pid[i] = build_aside();
	for (int i = 0; i < 4; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count("cache", "device-"), 1);
	assert_int_equal(count("cache/objects", ""), 8);
	expect_built(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(t_cosim_device_objects, enter, leave), cmocka_unit_test_setup_teardown(t_cosim_device_empty_object, enter, leave),
		cmocka_unit_test_setup_teardown(t_cosim_device_unoptimised, enter, leave),
		cmocka_unit_test_setup_teardown(t_cosim_device_parallel, enter, leave), cmocka_unit_test_setup_teardown(t_cosim_device_unit_fails, enter, leave),
		cmocka_unit_test_setup_teardown(t_cosim_device_blind, enter, leave), cmocka_unit_test_setup_teardown(t_cosim_device_netlist, enter, leave),
		cmocka_unit_test_setup_teardown(t_cosim_device_killed, enter, leave), cmocka_unit_test_setup_teardown(t_cosim_device_race, enter, leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

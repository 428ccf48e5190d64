/* bitline doctor: which tools are there, in which versions, and what is missing for which feature.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/cli_json.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/progress.h"
#include "common/term.h"
#include "cosim/tool.h"
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ASK_SECONDS = 20, MAX_SAID = 1 << 16, VERSION = 24 };

/* One tool of a feature. ask: options that make it say its version; NULL: it cannot, being there is enough. minimum: the oldest version that the tests have run with. */
struct need { const char *feature, *tool, *ask, *minimum, *package; bool core; };
static const struct need needs[] = {
	{ "cosim", "verilator", "--version", "5.006", "verilator", true },
	{ "cosim", "c++", "--version", "12.2", "g++", true },
	{ "cosim --trace", "pkg-config", "--modversion zlib", "1.2", "zlib1g-dev pkg-config", false },
	{ "cosim --engine icarus", "iverilog", "-V", "11.0", "iverilog", false },
	{ "cosim --engine systemc", "pkg-config", "--modversion systemc", "2.3.4", "libsystemc-dev pkg-config", false },
	{ "waveform viewer", "gtkwave", "--version", "3.3", "gtkwave", false },
	{ "adc: cells, area", "yosys", "-V", "0.23", "yosys", false },
	{ "adc: clock; flow-sta", "sta", "-version", "2.0", "opensta", false },
	{ "spice --compare", "ngspice", "--version", "39", "ngspice", false },
	{ "flow-qflow", "qflow", "--version", "1.3", "qflow", false },
	{ "flow-qflow", "graywolf", NULL, NULL, "graywolf", false },
	{ "flow-qflow", "qrouter", NULL, NULL, "qrouter", false },
	{ "flow-qflow", "magic", "--version", "8.3", "magic", false },
	{ "flow-qflow", "netgen-lvs", NULL, NULL, "netgen-lvs", false },
	{ "flow-qflow: GDS, picture", "klayout", "-v", "0.28", "klayout", false },
	{ "flow-ice40", "nextpnr-ice40", "--version", "0.4", "nextpnr-ice40", false },
	{ "flow-ice40", "icepack", NULL, NULL, "fpga-icestorm", false },
	{ "make formal", "z3", "--version", "4.8", "z3", false },
	{ "regress --executor slurm", "sbatch", NULL, NULL, "slurm-wlm", false },
};
enum { N_NEEDS = sizeof(needs) / sizeof(*needs) };

enum state { FOUND, OLD, MISSING };
struct answer { enum state state; char version[VERSION]; }; /* version "": it said none */

static const char *program_of(const struct need *n)
{
	const char *cxx = getenv("CXX");

	return strcmp(n->tool, "c++") ? n->tool : cxx && *cxx ? cxx : "g++";
}

/* what makes it one thing rather than another: libraries are asked for by pkg-config */
static const char *name_of(const struct need *n)
{
	static const char before[] = "--modversion ";

	return n->ask && !strncmp(n->ask, before, strlen(before)) ? n->ask + strlen(before) : program_of(n);
}

static bool in_path(const char *program)
{
	const char *at = getenv("PATH");
	bool found = strchr(program, '/') && !access(program, X_OK);

	while (!found && at && *at) {
		size_t n = strcspn(at, ":");
		char *dir = mem_strdup(at), *path;

		dir[n] = '\0';
		path = file_join(*dir ? dir : ".", program);
		found = !access(path, X_OK);
		free(path);
		free(dir);
		at += n + (at[n] == ':');
	}
	return found;
}

/* the first number with a point in it, else the first number */
static void version_in(const char *said, char version[VERSION])
{
	const char *first = NULL;

	for (const char *p = said; *p; p += strspn(p, "0123456789.")) {
		size_t n;

		p += strcspn(p, "0123456789");
		n = strspn(p, "0123456789.");
		if (!n)
			break;
		if (!first)
			first = p;
		if (memchr(p, '.', n)) {
			first = p;
			break;
		}
	}
	if (first)
		snprintf(version, VERSION, "%.*s", (int)strspn(first, "0123456789."), first);
}

/* below: 5.006 is older than 5.010, 0.9 older than 0.23 */
static bool is_older(const char *version, const char *minimum)
{
	while (*version || *minimum) {
		char *v, *m;
		unsigned long a = strtoul(version, &v, 10), b = strtoul(minimum, &m, 10);

		if (a != b)
			return a < b;
		version = v + (*v == '.');
		minimum = m + (*m == '.');
	}
	return false;
}

/* Runs it with its standard output and error into said (initialised); its status, -1: it could not be asked. */
static int ask(const struct need *n, const char *log, struct buf *said)
{
	struct tool_args a = { 0 };
	struct err e = { 0 };
	double t0 = progress_now();
	int pid, status;

	tool_add(&a, "%s", program_of(n));
	for (const char *word = n->ask; *word; word += strspn(word, " ")) {
		size_t len = strcspn(word, " ");

		tool_add(&a, "%.*s", (int)len, word);
		word += len;
	}
	unlink(log);
	pid = tool_start(&a, NULL, log, &e);
	status = pid < 0 ? -1 : TOOL_RUNS;
	while (status == TOOL_RUNS) {
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
		status = tool_poll(pid, a.v[0], &e);
		if (status == TOOL_RUNS && progress_now() - t0 > ASK_SECONDS)
			kill(pid, SIGKILL);
	}
	tool_release(&a);
	if (file_read(log, MAX_SAID, said, &e))
		status = -1;
	unlink(log);
	return status;
}

static struct answer look(const struct need *n, const char *log)
{
	struct answer a = { .state = in_path(program_of(n)) ? FOUND : MISSING };
	struct buf said;

	if (a.state == MISSING || !n->ask)
		return a;
	if (ask(n, log, &said))
		a.state = strcmp(program_of(n), "pkg-config") && said.len ? FOUND : MISSING; /* some say their version and end with 1 */
	version_in(said.data, a.version);
	if (a.state == FOUND && n->minimum && (!*a.version || is_older(a.version, n->minimum)))
		a.state = OLD;
	buf_release(&said);
	return a;
}

static const char *const state_name[] = { [FOUND] = "found", [OLD] = "older than tested", [MISSING] = "missing" };

static void print_table(const struct answer *a)
{
	static const enum term_colour colour[] = { [FOUND] = TERM_GREEN, [OLD] = TERM_YELLOW, [MISSING] = TERM_RED };

	printf("%-26s %-14s %-11s %-9s %-26s\n", "feature", "tool", "version", "minimum", "Debian package");
	for (int i = 0; i < N_NEEDS; i++)
		printf("%-26s %-14s %-11s %-9s %-26s %s%s%s\n", needs[i].feature, name_of(&needs[i]), *a[i].version ? a[i].version : "-", needs[i].minimum ? needs[i].minimum : "-", needs[i].package,
		       term_on(stdout, colour[a[i].state]), state_name[a[i].state], term_off(stdout));
}

static void print_json(const struct answer *a, bool core)
{
	json_t *root = json_object(), *tools = json_array();

	for (int i = 0; i < N_NEEDS; i++)
		json_array_append_new(tools, json_pack("{s:s, s:s, s:s*, s:s*, s:s, s:s, s:b}", "feature", needs[i].feature, "tool", name_of(&needs[i]), "version", *a[i].version ? a[i].version : NULL, "minimum",
			needs[i].minimum, "package", needs[i].package, "state", state_name[a[i].state], "core", needs[i].core));
	json_object_set_new(root, "bitline", json_string(BITLINE_VERSION));
	json_object_set_new(root, "ready", json_boolean(core));
	json_object_set_new(root, "tools", tools);
	cli_print_json(root);
}

static int run(bool json, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	const struct need *bad = NULL;
	struct answer a[N_NEEDS];
	struct buf log;
	int fd;

	buf_init(&log);
	tmp = tmp && *tmp ? tmp : "/tmp";
	buf_addf(&log, "%s/bitline-doctor-XXXXXX", tmp);
	fd = mkstemp(log.data);
	if (fd < 0) {
		err_set(e, ERR_ENV, "cannot make a file in '%s'; set TMPDIR to a folder that is writable", tmp);
		buf_release(&log);
		return -1;
	}
	close(fd);
	for (int i = 0; i < N_NEEDS; i++) {
		a[i] = look(&needs[i], log.data);
		if (needs[i].core && a[i].state != FOUND && !bad)
			bad = &needs[i];
	}
	unlink(log.data);
	buf_release(&log);
	if (json)
		print_json(a, !bad);
	else
		print_table(a);
	if (cli_flush(e))
		return -1;
	if (!bad)
		return 0;
	return err_set(e, ERR_ENV, "co-simulation needs '%s', %s or newer: it is %s; 'apt-get install %s' installs it", name_of(bad), bad->minimum, state_name[a[bad - needs].state], bad->package);
}

int cmd_doctor(int argc, char **argv)
{
	bool json = false;
	const struct opt opts[] = {
		{ "--json", OPT_FLAG, &json, NULL, "print JSON" },
	};
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline doctor [--json]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	run(json, &e);
	return e.code ? cli_fail(&e) : 0;
}

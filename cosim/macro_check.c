/* Building the bench with the model, playing the stimulus, and what came of it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/macro_check.h"
#include "common/file.h"
#include "common/mem.h"
#include "cosim/build.h"
#include "cosim/embed.h"
#include "cosim/macro_ports.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_SOURCE_BYTES = 64 << 20, MAX_LOG_BYTES = 64 << 20 };

#define FLAGS_VERILATOR "--timing --assert -Wno-fatal -Wno-lint -Wno-TIMESCALEMOD -O3 --x-assign unique --x-initial unique"
#define FLAGS_CXX "-O1 -std=gnu++20 -fcoroutines -pthread -w -DVM_SC=0 -DVM_TRACE=0 -DVM_TRACE_FST=0 -DVM_TRACE_VCD=0 -DVM_COVERAGE=0"
#define FLAGS_ICARUS "-g2012"

static const char *const rule_name[RULE_END] = {
	[RULE_PORTS] = "parameters and ports", [RULE_RUNS] = "nothing legal stops the simulation", [RULE_WRITE] = "write", [RULE_READ] = "read, one clock later",
	[RULE_CELLS] = "cells keep", [RULE_KNOWN] = "outputs are 0 or 1", [RULE_STROBE] = "cmp_o is 0 while cmp_i is 0", [RULE_LANES] = "lanes that do not compare answer 0",
	[RULE_UNASKED] = "comparators that are not asked answer 0", [RULE_DECISION] = "L >= T[ref]", [RULE_FORCE] = "forced level", [RULE_MONOTONE] = "monotone",
	[RULE_WITHIN] = "cmp_o follows within the clock", [RULE_SAMPLE_LANES] = "lanes that do not sample keep their level", [RULE_LEVEL] = "a level stays",
	[RULE_FLASH] = "flash step", [RULE_COUNT] = "count of a column", [RULE_PAIR] = "pair of columns", [RULE_CAPTURE] = "capture", [RULE_HOLD] = "hold",
	[RULE_AGAIN] = "a held plane converts again", [RULE_QUIET] = "inputs outside their phase", [RULE_EDGE] = "rising edges only", [RULE_SERVE] = "serving",
};

const char *macro_rule_name(int rule)
{
	return rule >= RULE_PORTS && rule < RULE_END ? rule_name[rule] : "";
}

/* the build, and what its make() has to know */
struct macro_build { struct build b; const struct macro_ask *a; struct macro_verdict *v; };

static struct macro_build *of(struct build *b)
{
	return (struct macro_build *)b; /* its first member */
}

static void broken(struct macro_verdict *v, int rule, const char *text)
{
	v->rule = rule;
	snprintf(v->text, sizeof(v->text), "%s", text);
}

/* --- sources ----------------------------------------------------------------------------------------------------------------------------- */

static struct buf *add_source(struct source_set *s, const char *name, const char *path)
{
	struct source_file *f = MEM_PUSH(s->file, s->n);

	*f = (struct source_file){ .name = mem_strdup(name), .path = path ? mem_strdup(path) : NULL, .rtl = true };
	buf_init(&f->text);
	return &f->text;
}

/* An included file would be outside the key of the cache, and is not found from there. */
static int refuse_includes(const char *path, const char *text, struct err *e)
{
	int line = 1;

	for (const char *p = text; p && *p; p = strchr(p, '\n'), line++) {
		p += *p == '\n';
		while (*p == ' ' || *p == '\t')
			p++;
		if (!strncmp(p, "`include", 8))
			return err_set(e, ERR_INPUT, "%s:%d: `include is not followed: name the file on the command line before this one, without `include", path, line);
	}
	return 0;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

/* the bench with the macro's own name in place of cim_macro */
static void add_bench(struct source_set *s, const struct macro_ask *a)
{
	struct embed_file f = embed_get("cosim/macro/bench.sv");
	struct buf *b = add_source(s, "bench.sv", NULL);

	for (size_t i = 0; i < f.len; i++) {
		if (f.len - i > 9 && !memcmp(f.data + i, "cim_macro", 9) && !is_word(f.data[i + 9]) && !is_word(f.data[i - (i > 0)])) {
			buf_adds(b, a->module);
			i += 8;
		} else {
			buf_add(b, f.data + i, 1);
		}
	}
}

static void add_top(struct source_set *s, const struct macro_ask *a)
{
	const struct macro_shape *h = &a->shape;
	struct buf *b = add_source(s, "top.sv", NULL);
	int wide = 1024;

	for (int p = 0; p < MACRO_PINS; p++)
		while (wide < macro_width(h, p))
			wide += 1024;
	buf_addf(b, "module bl_macro_check;\n  bl_macro_bench #(.Rows(%d), .Cols(%d), .Adcs(%d), .AdcBits(%d), .Refs(%d), .CellBits(%d), .SampleHold(%d), .GridBits(%d), .TileIndex(%d), .Step(%d), .Wide(%d)) u_bench ();\nendmodule\n",
		 h->rows, h->cols, h->adcs, h->adc_bits, h->refs, h->cell_bits, h->sample_hold, h->grid_bits, h->tile, a->clock_ps / 3, wide);
}

static int gather(struct source_set *s, const struct macro_ask *a, struct err *e)
{
	add_bench(s, a);
	add_top(s, a);
	for (size_t i = 0; i < a->n_files; i++) {
		const char *slash = strrchr(a->file[i], '/');
		struct buf *b = add_source(s, slash ? slash + 1 : a->file[i], a->file[i]);

		buf_release(b);
		if (file_read(a->file[i], MAX_SOURCE_BYTES, b, e) || refuse_includes(a->file[i], b->data, e)) {
			source_release(s);
			return -1;
		}
	}
	return 0;
}

/* --- ports ------------------------------------------------------------------------------------------------------------------------------- */

static void add_files(const struct build *b, struct tool_args *a, size_t first)
{
	for (size_t i = first; i < b->src.n; i++) {
		struct buf path;

		buf_init(&path);
		source_path(&b->src, i, &path);
		tool_add(a, "%s", path.data);
		buf_release(&path);
	}
}

static void add_parameters(const struct macro_ask *a, const char *option, struct tool_args *args)
{
	const struct macro_shape *h = &a->shape;
	const struct { const char *name; int value; } p[] = {
		{ "Rows", h->rows }, { "Cols", h->cols }, { "Adcs", h->adcs }, { "AdcBits", h->adc_bits }, { "Refs", h->refs }, { "CellBits", h->cell_bits },
		{ "SampleHold", h->sample_hold }, { "Sets", 4 }, { "GridBits", h->grid_bits }, { "TileIndex", h->tile },
	};

	for (size_t i = 0; i < sizeof(p) / sizeof(*p); i++)
		tool_add(args, "%s%s=%d", option, p[i].name, p[i].value);
}

/* the tool's first complaint, with the user's file names; false: it has none */
static bool first_error(const struct build *b, const char *const *marks, struct buf *line)
{
	struct err ignored = { 0 };
	struct buf log;
	char *p = NULL;

	if (file_read(b->log, MAX_LOG_BYTES, &log, &ignored))
		return false;
	for (; *marks && !p; marks++)
		p = strstr(log.data, *marks);
	while (p && p > log.data && p[-1] != '\n')
		p--;
	if (p)
		source_explain(&b->src, p, strcspn(p, "\n"), line);
	buf_release(&log);
	return p;
}

/* Rule 8 by a message: what the tool says of parameters that the module does not have. True: it said so. */
static bool parameter_missing(const struct build *b, struct macro_verdict *v)
{
	static const char *const marks[] = { "Parameters from the command line were not found", ": warning: parameter ", NULL };
	struct buf line, text;
	bool found;
	char *p;

	buf_init(&line);
	buf_init(&text);
	found = first_error(b, marks, &line);
	if (found) {
		p = strstr(line.data, "design: ");
		if (p)
			p += 8;
		else if ((p = strstr(line.data, "parameter ")))
			*strchrnul(p += 10, ' ') = 0;
		buf_addf(&text, "parameter %s: expected by this name, it is missing", p ? p : "?");
		broken(v, RULE_PORTS, text.data);
	}
	buf_release(&line);
	buf_release(&text);
	return found;
}

static int tool_failed(struct build *b, const char *tool, int status, struct err *e)
{
	static const char *const missing[] = { "Specified --top-module", "Unable to find the root module", NULL };
	static const char *const marks[] = { "%Error", "syntax error", "error:", "rror", NULL };
	const struct macro_ask *a = of(b)->a;
	struct buf line;

	if (status == 127)
		return err_set(e, ERR_ENV, "'%s' is missing or does not run: 'make deps' installs it", tool);
	if (status > 128)
		return err_set(e, ERR_ENV, "'%s' was killed by signal %d; run it again, with more free memory", tool, status - 128);
	buf_init(&line);
	if (first_error(b, missing, &line))
		err_set(e, ERR_INPUT, "no module '%s' in '%s'%s: name it with --module, or add the file that has it", a->module, a->file[0], a->n_files > 1 ? " and the others" : "");
	else if (first_error(b, marks, &line))
		err_set(e, ERR_INPUT, "%s does not take the model: %.600s", tool, line.data);
	else
		err_set(e, ERR_INPUT, "%s does not take the model and says nothing (status %d)", tool, status);
	buf_release(&line);
	return -1;
}

/* Elaborates the model alone and compares its ports. 0: they are right; -1: e or the verdict says why not. */
static int check_ports(struct build *b, struct err *e)
{
	const struct macro_ask *a = of(b)->a;
	const char *made = a->icarus ? "ports.vvp" : "ports.xml";
	struct macro_seen_list seen = { 0 };
	struct tool_args args = { 0 };
	struct buf text;
	char *path;
	int status;

	build_words(&args, a->icarus ? "iverilog " FLAGS_ICARUS " -s" : "verilator --xml-only --timing -Wno-fatal -Wno-lint --Mdir obj --top-module");
	tool_add(&args, "%s", a->module);
	if (a->icarus) {
		buf_init(&text);
		buf_addf(&text, "-P%s.", a->module);
		add_parameters(a, text.data, &args);
		buf_release(&text);
		build_words(&args, "-o ports.vvp");
	} else {
		add_parameters(a, "-G", &args);
		build_words(&args, "--xml-output ports.xml");
	}
	add_files(b, &args, 2);
	status = tool_run(&args, b->dir, b->log, e);
	if (status && status != 127 && status > 0 && parameter_missing(b, of(b)->v))
		status = -1;
	else if (status > 0)
		status = tool_failed(b, args.v[0], status, e);
	else if (!status && parameter_missing(b, of(b)->v)) /* Icarus only warns */
		status = -1;
	tool_release(&args);
	if (status)
		return status;
	path = file_join(b->dir, made);
	status = a->icarus ? macro_ports_icarus(path, a->module, &seen, e) : macro_ports_verilator(path, &seen, e);
	unlink(path);
	free(path);
	buf_init(&text);
	if (!status && macro_ports_wrong(&a->shape, &seen, &text)) {
		broken(of(b)->v, RULE_PORTS, text.data);
		status = -1;
	}
	buf_release(&text);
	macro_ports_release(&seen);
	return status;
}

/* --- building ---------------------------------------------------------------------------------------------------------------------------- */

static int run_tool(struct build *b, struct tool_args *a, struct err *e)
{
	int pid = tool_start(a, b->dir, b->log, e), status = pid < 0 ? -1 : TOOL_RUNS;

	while (status == TOOL_RUNS) {
		build_wait(b);
		status = tool_poll(pid, a->v[0], e);
	}
	if (status > 0)
		status = tool_failed(b, a->v[0], status, e);
	tool_release(a);
	return status;
}

/* one unit of everything that Verilator wrote */
static int join_units(struct build *b, struct err *e)
{
	char *obj = file_join(b->dir, "obj"), *path = file_join(b->dir, "obj/all.cpp");
	struct dirent **names;
	struct buf all;
	int n = scandir(obj, &names, NULL, alphasort), rc;

	buf_init(&all);
	for (int i = 0; i < n; i++) {
		const char *dot = strrchr(names[i]->d_name, '.');

		if (dot && !strcmp(dot, ".cpp"))
			buf_addf(&all, "#include \"%s\"\n", names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	rc = file_write(path, all.data, all.len, e);
	buf_release(&all);
	free(obj);
	free(path);
	return rc;
}

static int compile(struct build *b, struct err *e)
{
	static const char *const part[] = { "verilated", "verilated_threads", "verilated_timing" };
	struct tool_args common = { 0 }, link = { 0 };
	struct build_units u = { 0 };
	struct buf root;
	int rc;

	buf_init(&root);
	rc = tool_ask("verilator", "--getenv", "VERILATOR_ROOT", &root, e);
	build_words(&common, FLAGS_CXX);
	tool_add(&common, "-I%s/include", root.data);
	tool_add(&common, "-I%s/include/vltstd", root.data);
	build_words(&common, "-Iobj");
	build_unit_add(&u, NULL, "obj/all.cpp");
	for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++)
		build_unit_add(&u, NULL, "%s/include/%s.cpp", root.data, part[i]);
	buf_release(&root);
	if (!rc)
		rc = join_units(b, e);
	if (!rc)
		rc = build_compile(b, &common, &u, e);
	if (!rc) {
		tool_add(&link, "%s", b->cxx);
		for (int i = 0; i < u.n; i++)
			tool_add(&link, "%s/" BUILD_UNIT, u.unit[i].object);
		build_words(&link, "-pthread -latomic -o bench");
		rc = build_run(b, &link, e);
	}
	tool_release(&common);
	build_units_release(&u);
	return rc;
}

static int make_verilator(struct build *b, struct err *e)
{
	struct tool_args a = { 0 };

	if (check_ports(b, e))
		return -1;
	build_words(&a, "verilator --cc --main --exe " FLAGS_VERILATOR " --prefix Vdut --Mdir obj --top-module bl_macro_check");
	add_files(b, &a, 0);
	return run_tool(b, &a, e) ? -1 : compile(b, e);
}

static int make_icarus(struct build *b, struct err *e)
{
	struct tool_args a = { 0 };

	if (check_ports(b, e))
		return -1;
	build_words(&a, "iverilog " FLAGS_ICARUS " -s bl_macro_check -o bench.vvp");
	add_files(b, &a, 0);
	return run_tool(b, &a, e);
}

static int load(const char *dir, struct device_lib *out, struct err *e)
{
	(void)dir;
	(void)out;
	(void)e;
	return 0;
}

static const char *const none[] = { NULL };
static const struct build_kind kind_verilator = {
	.flags = "macro " FLAGS_VERILATOR FLAGS_CXX, .tools = (const char *const []){ "verilator --version", "c++ --version", NULL },
	.modules = none, .probes = none, .others = none, .object = "bench", .make = make_verilator, .load = load,
};
static const struct build_kind kind_icarus = {
	.name = "iverilog", .flags = "macro " FLAGS_ICARUS, .tools = (const char *const []){ "iverilog -V", "vvp -V", NULL },
	.modules = none, .probes = none, .others = none, .object = "bench.vvp", .make = make_icarus, .load = load,
};

/* --- running ----------------------------------------------------------------------------------------------------------------------------- */

static char *temporary(const char *what, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	struct buf b;
	int fd;

	buf_init(&b);
	buf_addf(&b, "%s/bitline-%s-XXXXXX", tmp && *tmp ? tmp : "/tmp", what);
	fd = mkstemp(b.data);
	if (fd < 0) {
		err_set(e, ERR_ENV, "cannot make '%s': %s", b.data, strerror(errno));
		buf_release(&b);
		return NULL;
	}
	close(fd);
	return b.data;
}

static int simulate(const struct macro_ask *a, const char *dir, const char *vectors, const char *log, struct err *e)
{
	struct tool_args args = { 0 };
	double t0 = progress_now();
	struct progress bar;
	int pid, status;

	if (a->icarus)
		build_words(&args, "vvp -n");
	tool_add(&args, "%s/%s", dir, a->icarus ? "bench.vvp" : "bench");
	tool_add(&args, "+bitline_vectors=%s", vectors);
	if (a->thresholds)
		tool_add(&args, "+cim_thresholds=%s", a->thresholds);
	if (!a->icarus) {
		tool_add(&args, "+verilator+rand+reset+2");
		tool_add(&args, "+verilator+seed+%d", (int)(a->seed % 2147483646) + 1);
	}
	pid = tool_start(&args, NULL, log, e);
	status = pid < 0 ? -1 : TOOL_RUNS;
	progress_begin(&bar, "simulating", 0);
	while (status == TOOL_RUNS) {
		progress_at(&bar, 0);
		nanosleep(&(struct timespec){ .tv_nsec = 3000000 }, NULL);
		status = tool_poll(pid, args.v[0], e);
		if (status == TOOL_RUNS && progress_now() - t0 > a->seconds) {
			kill(pid, SIGKILL);
			while (tool_poll(pid, args.v[0], e) == TOOL_RUNS)
				nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
			status = err_set(e, ERR_ENV, "the simulation took more than %d s and was stopped: a loop in the model, or a larger --limit", a->seconds);
		}
	}
	progress_end(&bar);
	if (status == 127)
		status = err_set(e, ERR_ENV, "'%s' is missing or does not run: 'make deps' installs it", args.v[0]);
	tool_release(&args);
	return status;
}

static int write_vectors(const struct macro_ask *a, const char *path, struct macro_verdict *verdict, struct err *e)
{
	FILE *f = fopen(path, "w");
	struct mv v;
	bool bad;

	if (!f)
		return err_set(e, ERR_ENV, "cannot write '%s': %s", path, strerror(errno));
	mv_init(&v, a, f);
	mv_all(&v);
	memcpy(verdict->checks, v.count, sizeof(v.count));
	verdict->checks[RULE_PORTS] = MACRO_PINS;
	verdict->checks[RULE_RUNS] = 1;
	mv_release(&v);
	bad = ferror(f);
	if (fclose(f) || bad)
		return err_set(e, ERR_ENV, "cannot write '%s': %s", path, strerror(errno));
	return 0;
}

/* the same stimulus again, as far as the check that did not hold */
static void describe(const struct macro_ask *a, long check, const char *seen, struct macro_verdict *verdict)
{
	struct mv v;

	mv_init(&v, a, NULL);
	v.target = check;
	v.seen = seen;
	v.verdict = verdict;
	mv_all(&v);
	if (!verdict->rule)
		BUG("the bench names a check that was not made: %ld", check);
	mv_release(&v);
}

/* The simulation ended by itself: rule 9, with the last phase that had begun and what it said. */
static void stopped(const struct macro_ask *a, const char *log, int status, struct macro_verdict *verdict)
{
	const char *last = NULL, *said = "nothing";
	struct buf text;
	struct mv v;

	for (const char *p = log; (p = strstr(p, "bitline-phase ")); p++)
		last = p + 14;
	for (const char *p = log; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (strncmp(p, "bitline-", 8) && *p != '\n') {
			said = p;
			break;
		}
	mv_init(&v, a, NULL);
	v.target_phase = last ? atoi(last) : -1;
	mv_all(&v);
	buf_init(&text);
	buf_addf(&text, "expected to run to the end, the model ended the simulation (status %d), saying: %.*s; %s", status, (int)strcspn(said, "\n"), said,
		 v.target_name ? v.target_name : "before the first clock");
	broken(verdict, RULE_RUNS, text.data);
	buf_release(&text);
	mv_release(&v);
}

static void judge(const struct macro_ask *a, const char *log, int status, struct macro_verdict *verdict)
{
	const char *p = strstr(log, "bitline-broken ");
	struct buf seen;

	if (!p) {
		if (!strstr(log, "bitline-done\n"))
			stopped(a, log, status, verdict);
		return;
	}
	buf_init(&seen);
	for (const char *q = p; (q = strstr(q, "bitline-seen ")); ) {
		q += 13;
		for (size_t n = strspn(q, "01xzXZ"); n-- > 0; ) { /* the lowest first */
			char c = (char)tolower((unsigned char)q[n]);

			buf_add(&seen, &c, 1);
		}
	}
	describe(a, atol(p + 15), seen.data, verdict);
	buf_release(&seen);
}

static int play(const struct macro_ask *a, const char *dir, struct macro_verdict *verdict, struct err *e)
{
	char *vectors = temporary("macro-vectors", e), *log = vectors ? temporary("macro-log", e) : NULL;
	int rc = log ? write_vectors(a, vectors, verdict, e) : -1;
	double t0 = progress_now();
	struct buf said;

	if (!rc) {
		int status = simulate(a, dir, vectors, log, e);

		verdict->seconds = progress_now() - t0;
		rc = status == -1 ? -1 : file_read(log, MAX_LOG_BYTES, &said, e);
		if (!rc) {
			judge(a, said.data, status, verdict);
			buf_release(&said);
		}
	}
	if (vectors)
		unlink(vectors);
	if (log)
		unlink(log);
	free(vectors);
	free(log);
	return rc;
}

int macro_check(const struct macro_ask *a, struct macro_verdict *v, struct err *e)
{
	struct device_ask ask = { .kind = a->icarus ? DEVICE_ICARUS : DEVICE_VERILATOR, .prefix = a->module };
	struct macro_build m = { .b = { .ask = &ask, .kind = a->icarus ? &kind_icarus : &kind_verilator }, .a = a, .v = v };
	struct device_lib made;
	int rc;

	memset(v, 0, sizeof(*v));
	if (gather(&m.b.src, a, e))
		return -1;
	rc = build_object(&m.b, &made, e);
	v->build_seconds = made.build_seconds;
	if (rc)
		return v->rule ? 0 : -1; /* ports that are wrong stop the build, and are a verdict */
	v->was_cached = made.was_cached;
	rc = play(a, made.dir, v, e);
	device_close(&made);
	return rc;
}

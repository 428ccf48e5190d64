/* The Verilator kind of device: the Verilated core and the shim in one shared object; and what all kinds with a Verilated core share.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "cosim/build.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LARGE_BYTES = 200000 }; /* of generated C++: a unit of its own */

/* what Verilator read: a rule of make */
static int check_inputs(const struct build *made, struct err *e)
{
	char *path = file_join(made->dir, "obj/Vdut__ver.d"), *p, *word;
	struct buf b;
	int rc = build_left(made, "verilator", made->dir, "obj/Vdut__ver.d", e) ? -1 : file_read(path, 1 << 20, &b, e);

	free(path);
	if (rc)
		return rc;
	p = strchr(b.data, ':');
	for (word = p ? strtok_r(p + 1, " \\\n", &p) : NULL; word && !rc; word = strtok_r(NULL, " \\\n", &p))
		if (!strstr(word, "verilator"))
			rc = build_check_input(word, e);
	buf_release(&b);
	return rc;
}

bool build_is_netlist(const struct build *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->src.n; i++)
		n += b->src.file[i].rtl ? b->src.file[i].text.len : 0;
	return n > NETLIST_BYTES;
}

int build_verilate(struct build *b, const char *mode, struct err *e)
{
	struct tool_args a = { 0 };
	double t0 = progress_now();
	int rc;

	tool_add(&a, "verilator");
	tool_add(&a, "%s", mode);
	build_words(&a, BUILD_VERILATOR_FLAGS);
	if (build_is_netlist(b))
		build_words(&a, BUILD_NETLIST_VERILATOR_FLAGS);
	if (b->ask->trace)
		tool_add(&a, "--trace-fst");
	build_words(&a, b->coverage);
	tool_add(&a, "--top-module");
	tool_add(&a, "%stop", b->ask->prefix);
	build_add_rtl(b, &a);
	rc = build_run(b, &a, e);
	b->verilate_seconds = progress_now() - t0;
	return rc ? rc : check_inputs(b, e);
}

/* what the model's own headers begin with */
#define MODEL_HEADER "#include \"verilated.h\"\n"
#define SYSTEMC_HEADER "#include \"systemc.h\"\n#include \"verilated_sc.h\"\n" MODEL_HEADER

/* obj/NAME: the small files of the model, together, because each unit parses the headers anew (half a second) */
static int join_small(struct build *b, const char *name, const struct buf *includes, const char *extra, struct build_units *u, struct err *e)
{
	struct buf rel;
	char *path;
	int rc;

	buf_init(&rel);
	buf_addf(&rel, "obj/%s", name);
	path = file_join(b->dir, rel.data);
	rc = file_write(path, includes->data, includes->len, e);
	build_unit_add(u, extra, "%s", rel.data);
	buf_release(&rel);
	free(path);
	return rc;
}

/* does the user's last -O word say that nothing is optimised? */
static bool unoptimised(const struct build *b)
{
	struct tool_args a = { 0 };
	bool off = false;

	build_words(&a, b->cxxflags);
	for (int i = 0; i < a.n; i++)
		if (!strncmp(a.v[i], "-O", 2))
			off = !strcmp(a.v[i], BUILD_ONCE_FLAGS);
	tool_release(&a);
	return off;
}

/* The model's units: large files by themselves; "Slow" ones (constructors, reset, what runs once) are compiled for the compiler's speed.
 * Where that holds for all of them they are one unit: most of its time goes into the headers. */
static int split_model(struct build *b, struct build_units *u, struct err *e)
{
	char *obj = file_join(b->dir, "obj");
	struct dirent **names;
	struct buf fast, slow;
	int n = scandir(obj, &names, NULL, alphasort), rc = 0;
	bool all = unoptimised(b);

	buf_init(&fast);
	buf_init(&slow);
	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name, *dot = strrchr(name, '.');
		bool once = all || strstr(name, "__Slow") || strstr(name, "__Syms");
		char *path = file_join(obj, name);
		struct stat st;

		if (dot && !strcmp(dot, ".cpp") && !stat(path, &st)) {
			if (st.st_size >= LARGE_BYTES && !all)
				build_unit_add(u, once ? BUILD_ONCE_FLAGS : NULL, "obj/%s", name);
			else
				buf_addf(once ? &slow : &fast, "#include \"%s\"\n", name);
		}
		free(path);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	if (!all)
		rc = join_small(b, "fast.cpp", &fast, NULL, u, e);
	if (!rc)
		rc = join_small(b, "slow.cpp", &slow, BUILD_ONCE_FLAGS, u, e);
	buf_release(&fast);
	buf_release(&slow);
	free(obj);
	return rc;
}

int build_model(struct build *b, struct tool_args *common, struct build_units *u, struct err *e)
{
	static const char *const part[] = { "verilated", "verilated_threads", "verilated_dpi", "verilated_fst_c" };
	struct buf root;
	char *include;
	int rc;

	buf_init(&root);
	if (tool_ask("verilator", "--getenv", "VERILATOR_ROOT", &root, e)) {
		buf_release(&root);
		return -1;
	}
	include = file_join(root.data, "include");
	buf_release(&root);
	build_words(common, BUILD_MODEL_FLAGS);
	if (build_is_netlist(b))
		build_words(common, BUILD_NETLIST_FLAGS);
	build_words(common, b->cxxflags);
	build_words(common, *b->coverage ? BUILD_COVERAGE_FLAGS : "-DVM_COVERAGE=0");
	tool_add(common, "-DVM_SC=%d", b->ask->kind == DEVICE_SYSTEMC);
	tool_add(common, "-DVM_TRACE=%d", b->ask->trace);
	tool_add(common, "-DVM_TRACE_FST=%d", b->ask->trace);
	tool_add(common, "-DVM_TRACE_VCD=0");
	tool_add(common, "-I%s", include);
	tool_add(common, "-I%s/vltstd", include);
	build_words(common, "-Isrc -Iobj");
	if (!b->ask->trace && !*b->coverage) /* rare ones; a compiled header has 60 MB and more */
		u->header = b->ask->kind == DEVICE_SYSTEMC ? SYSTEMC_HEADER : MODEL_HEADER;
	rc = split_model(b, u, e);
	for (int i = 0; i < 3 + b->ask->trace; i++)
		build_unit_add(u, i < 3 ? BUILD_RUNTIME_FLAGS : NULL, "%s/%s.cpp", include, part[i]); /* every value of a waveform goes through the last */
	if (*b->coverage)
		build_unit_add(u, BUILD_RUNTIME_FLAGS, "%s/verilated_cov.cpp", include);
	free(include);
	return rc;
}

static int make(struct build *b, struct err *e)
{
	struct tool_args common = { 0 };
	struct build_units u = { 0 };
	int rc = build_verilate(b, "--cc", e);

	if (!rc)
		rc = build_model(b, &common, &u, e);
	build_unit_add(&u, b->ask->probes ? "-DSHIM_PROBES=1" : "-DSHIM_PROBES=0", "src/cosim/shim.cpp");
	if (!rc)
		rc = build_compile(b, &common, &u, e);
	if (!rc)
		rc = build_link(b, &common, &u, "shim_get_api", b->ask->trace ? "-o device.so -latomic -lz" : "-o device.so -latomic", e);
	tool_release(&common);
	build_units_release(&u);
	return rc;
}

static int load(const char *dir, struct device_lib *out, struct err *e)
{
	void (*get)(void);

	if (build_open(dir, "device.so", "shim_get_api", out, &get, e))
		return -1;
	((void (*)(struct shim_api *))get)(&out->api);
	return 0;
}

const struct build_kind build_verilator = {
	.flags = "--cc " BUILD_VERILATOR_FLAGS BUILD_MODEL_FLAGS BUILD_ONCE_FLAGS BUILD_RUNTIME_FLAGS BUILD_NETLIST_VERILATOR_FLAGS BUILD_NETLIST_FLAGS,
	.tools = (const char *const []){ "verilator --version", "c++ --version", NULL },
	.modules = (const char *const []){ "cosim/protocol.sv", "cosim/protocol_dpi.sv", NULL },
	.probes = (const char *const []){ "cosim/probe_tile.sv", "cosim/probe_core.sv", NULL },
	.others = (const char *const []){ "cosim/shim.cpp", "cosim/shim.h", "cosim/cover.h", NULL },
	.object = "device.so",
	.make = make,
	.load = load,
};

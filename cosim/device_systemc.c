/* The SystemC kinds of device: the bench of cosim/systemc in one shared object, with the Verilated core (`verilator --sc`) or without it (TLM).
 * The bench does not depend on the hardware: its objects are compiled once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/mem.h"
#include "cosim/build.h"
#include <stdlib.h>

#define BENCH_FLAGS "-O2 -fPIC -fvisibility=hidden -fno-gnu-unique -pthread -w -Isrc"
/* nodelete: the kernel is one per process, and keeps pointers into the object */
#define LINK_WORDS "-o device.so -Wl,-z,nodelete -lsystemc"
#define BENCH_FILES \
	"cosim/shim.h", "cosim/driver/cim_driver.h", "cosim/systemc/sc_api.h", "cosim/systemc/payload.h", "cosim/systemc/cim_tlm.h", "cosim/systemc/cim_tlm.cpp", \
	"cosim/systemc/cim_rtl.h", "cosim/systemc/cim_rtl.cpp", "cosim/systemc/dma.h", "cosim/systemc/scoreboard.h", "cosim/systemc/scoreboard.cpp", "cosim/systemc/bench.cpp"

static int compile_bench(struct build *b, struct build_units *u, struct err *e)
{
	static const char *const part[] = { "bench", "cim_tlm", "cim_rtl", "scoreboard" };
	struct tool_args common = { 0 };
	int rc;

	build_words(&common, BENCH_FLAGS);
	build_words(&common, b->cxxflags);
	for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++)
		build_unit_add(u, NULL, "src/cosim/systemc/%s.cpp", part[i]);
	rc = build_compile(b, &common, u, e);
	tool_release(&common);
	return rc;
}

/* The bench's objects and, when there is one, the model's, which becomes empty; symbols as dlopen and the library want them. */
static int link_all(struct build *b, struct build_units *u, struct build_units *model, const char *words, struct err *e)
{
	struct tool_args common = { 0 };

	for (int i = 0; i < model->n; i++)
		*MEM_PUSH(u->unit, u->n) = model->unit[i];
	free(model->unit);
	*model = (struct build_units){ 0 };
	return build_link(b, &common, u, "sc_get_api; sc_main", words, e);
}

static int make_tlm(struct build *b, struct err *e)
{
	struct build_units u = { 0 }, none = { 0 };
	char *obj = file_join(b->dir, "obj");
	int rc = file_mkdirs(obj, e);

	if (!rc)
		rc = compile_bench(b, &u, e);
	if (!rc)
		rc = link_all(b, &u, &none, LINK_WORDS, e);
	build_units_release(&u);
	free(obj);
	return rc;
}

/* The model's ports are wires: its own header tells it so. */
static int add_wires(const struct build *b, struct err *e)
{
	static const char line[] = "#include \"cosim/systemc/sc_wire.h\"\n";
	char *path = file_join(b->dir, "obj/Vdut___024root.h");
	struct buf text;
	int rc = file_read(path, 64 << 20, &text, e);

	if (!rc) {
		buf_adds(&text, line);
		rc = file_write(path, text.data, text.len, e);
		buf_release(&text);
	}
	free(path);
	return rc;
}

static int make(struct build *b, struct err *e)
{
	struct tool_args common = { 0 };
	struct build_units u = { 0 }, model = { 0 };
	int rc = build_verilate(b, "--sc", e);

	if (!rc)
		rc = add_wires(b, e);
	if (!rc)
		rc = compile_bench(b, &u, e);
	if (!rc)
		rc = build_model(b, &common, &model, e);
	build_unit_add(&model, b->ask->probes ? "-DSHIM_PROBES=1" : "-DSHIM_PROBES=0", "src/cosim/shim.cpp");
	if (!rc)
		rc = build_compile(b, &common, &model, e);
	if (!rc)
		rc = link_all(b, &u, &model, b->ask->trace ? LINK_WORDS " -latomic -lz" : LINK_WORDS " -latomic", e);
	tool_release(&common);
	build_units_release(&model);
	build_units_release(&u);
	return rc;
}

static int load(const char *dir, struct device_lib *out, struct err *e)
{
	void (*get)(void);

	if (build_open(dir, "device.so", "sc_get_api", out, &get, e))
		return -1;
	((void (*)(struct sc_api *))get)(&out->sc);
	return 0;
}

const struct build_kind build_systemc = {
	.flags = "--sc " BUILD_VERILATOR_FLAGS BUILD_MODEL_FLAGS BUILD_ONCE_FLAGS BUILD_RUNTIME_FLAGS BUILD_NETLIST_VERILATOR_FLAGS BUILD_NETLIST_FLAGS "\n" BENCH_FLAGS LINK_WORDS,
	.tools = (const char *const []){ "verilator --version", "c++ --version", NULL },
	.modules = (const char *const []){ "cosim/protocol.sv", "cosim/protocol_dpi.sv", NULL },
	.probes = (const char *const []){ "cosim/probe_tile.sv", "cosim/probe_core.sv", NULL },
	.others = (const char *const []){ BENCH_FILES, "cosim/systemc/sc_top.h", "cosim/systemc/sc_wire.h", "cosim/shim.cpp", "cosim/cover.h", NULL },
	.object = "device.so",
	.make = make,
	.load = load,
};

const struct build_kind build_tlm = {
	.flags = BENCH_FLAGS LINK_WORDS,
	.tools = (const char *const []){ "c++ --version", NULL },
	.modules = (const char *const []){ NULL },
	.probes = (const char *const []){ NULL },
	.others = (const char *const []){ BENCH_FILES, NULL },
	.object = "device.so",
	.make = make_tlm,
	.load = load,
};

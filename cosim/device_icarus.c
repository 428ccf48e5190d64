/* The Icarus kind of device: RTL, bench and probes as a vvp program, and the VPI module that connects it to cosim/icarus.c. Nothing is loaded into this process.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "cosim/build.h"
#include <stdlib.h>
#include <string.h>

#define IVERILOG_FLAGS "-g2012 -s bl_bench -Mall=src/read"
#define VPI_FLAGS "-std=c11 -D_GNU_SOURCE -O2 -fPIC -shared -w -Isrc"

/* An `include is a file outside the key: refused, as for Verilator. One name a line. */
static int check_inputs(const struct build *made, struct err *e)
{
	char *path = file_join(made->dir, "src/read"), *word, *at;
	struct buf b;
	int rc = build_left(made, "iverilog", made->dir, "src/read", e) ? -1 : file_read(path, 1 << 20, &b, e);

	free(path);
	if (rc)
		return rc;
	for (word = strtok_r(b.data, "\n", &at); word && !rc; word = strtok_r(NULL, "\n", &at))
		rc = build_check_input(word, e);
	buf_release(&b);
	return rc;
}

static int make_program(struct build *b, struct err *e)
{
	struct tool_args a = { 0 };
	double t0 = progress_now();
	int rc;

	build_words(&a, "iverilog " IVERILOG_FLAGS " -o bench.vvp");
	if (b->ask->probes)
		build_words(&a, "-s bl_probes");
	build_add_rtl(b, &a);
	rc = build_run(b, &a, e);
	b->verilate_seconds = progress_now() - t0;
	return rc ? rc : check_inputs(b, e);
}

/* iverilog-vpi knows where vpi_user.h is. */
static int make_module(struct build *b, struct err *e)
{
	struct tool_args a = { 0 };
	struct buf flags;
	int rc;

	buf_init(&flags);
	rc = tool_ask("iverilog-vpi", "--cflags", NULL, &flags, e);
	if (!rc) {
		build_words(&a, "gcc");
		build_words(&a, flags.data);
		build_words(&a, VPI_FLAGS " -o bl.vpi src/cosim/icarus/vpi.c");
		rc = build_run(b, &a, e);
	}
	buf_release(&flags);
	return rc;
}

static int make(struct build *b, struct err *e)
{
	int rc = make_module(b, e);

	return rc ? rc : make_program(b, e);
}

/* vvp reads both when a device starts: icarus.c says what is wrong with them */
static int load(const char *dir, struct device_lib *out, struct err *e)
{
	(void)dir;
	(void)out;
	(void)e;
	return 0;
}

const struct build_kind build_icarus = {
	.flags = IVERILOG_FLAGS "\n" VPI_FLAGS,
	.tools = (const char *const []){ "iverilog -V", "vvp -V", "iverilog-vpi --cflags", "gcc --version", NULL },
	.modules = (const char *const []){ "cosim/protocol.sv", "cosim/icarus/bench.sv", NULL },
	.probes = (const char *const []){ "cosim/icarus/probes.sv", NULL },
	.others = (const char *const []){ "cosim/icarus/vpi.c", "cosim/icarus/wire.h", "cosim/shim.h", NULL },
	.name = "iverilog",
	.object = "bench.vvp",
	.make = make,
	.load = load,
};

/* Bytes of the harness files, taken by the assembler at build time (paths from the top of the tree, where make runs; see embed.mk).
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/embed.h"
#include "common/err.h"
#include <string.h>

/* symbol, path: a new harness file is a line here (and a word in embed.mk, if it lies in another folder) */
#define FILES(X) \
	X(embed_shim_cpp, "cosim/shim.cpp") \
	X(embed_shim_h, "cosim/shim.h") \
	X(embed_cover_h, "cosim/cover.h") \
	X(embed_probe_tile, "cosim/probe_tile.sv") \
	X(embed_probe_core, "cosim/probe_core.sv") \
	X(embed_protocol, "cosim/protocol.sv") \
	X(embed_protocol_dpi, "cosim/protocol_dpi.sv") \
	X(embed_icarus_vpi, "cosim/icarus/vpi.c") \
	X(embed_icarus_wire, "cosim/icarus/wire.h") \
	X(embed_icarus_bench, "cosim/icarus/bench.sv") \
	X(embed_icarus_probes, "cosim/icarus/probes.sv") \
	X(embed_macro_bench, "cosim/macro/bench.sv") \
	X(embed_sc_payload_h, "cosim/systemc/payload.h") \
	X(embed_sc_cim_tlm_h, "cosim/systemc/cim_tlm.h") \
	X(embed_sc_cim_tlm_cpp, "cosim/systemc/cim_tlm.cpp") \
	X(embed_sc_cim_rtl_h, "cosim/systemc/cim_rtl.h") \
	X(embed_sc_cim_rtl_cpp, "cosim/systemc/cim_rtl.cpp") \
	X(embed_sc_top_h, "cosim/systemc/sc_top.h") \
	X(embed_sc_wire_h, "cosim/systemc/sc_wire.h") \
	X(embed_sc_dma_h, "cosim/systemc/dma.h") \
	X(embed_sc_scoreboard_h, "cosim/systemc/scoreboard.h") \
	X(embed_sc_scoreboard_cpp, "cosim/systemc/scoreboard.cpp") \
	X(embed_sc_bench_cpp, "cosim/systemc/bench.cpp") \
	X(embed_sc_api_h, "cosim/systemc/sc_api.h") \
	X(embed_driver_h, "cosim/driver/cim_driver.h")

#define TAKE(sym, path) \
	__asm__(".section .rodata\n.balign 16\n" #sym ":\n.incbin \"" path "\"\n" #sym "_end:\n.byte 0\n.previous\n"); \
	extern const char sym[], sym##_end[];
FILES(TAKE)

struct embed_file embed_get(const char *path)
{
#define ROW(sym, name) { name, sym, sym##_end },
	static const struct { const char *path, *data, *end; } row[] = { FILES(ROW) };

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		if (!strcmp(row[i].path, path))
			return (struct embed_file){ row[i].data, (size_t)(row[i].end - row[i].data) };
	BUG("no such harness file");
}

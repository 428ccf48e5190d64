/* Bytes of the harness files, taken by the assembler at build time (paths from the top of the tree, where make runs; see embed.mk).
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/embed.h"

#define TAKE(sym, path) \
	__asm__(".section .rodata\n.balign 16\n" #sym ":\n.incbin \"" path "\"\n" #sym "_end:\n.byte 0\n.previous\n"); \
	extern const char sym[], sym##_end[]

TAKE(embed_shim_cpp, "cosim/shim.cpp");
TAKE(embed_shim_h, "cosim/shim.h");
TAKE(embed_probe_tile, "cosim/probe_tile.sv");
TAKE(embed_probe_core, "cosim/probe_core.sv");

struct embed_file embed_get(int which)
{
	switch (which) {
	case EMBED_SHIM_CPP: return (struct embed_file){ "shim.cpp", embed_shim_cpp, (size_t)(embed_shim_cpp_end - embed_shim_cpp) };
	case EMBED_SHIM_H: return (struct embed_file){ "shim.h", embed_shim_h, (size_t)(embed_shim_h_end - embed_shim_h) };
	case EMBED_PROBE_TILE: return (struct embed_file){ "probe_tile.sv", embed_probe_tile, (size_t)(embed_probe_tile_end - embed_probe_tile) };
	default: return (struct embed_file){ "probe_core.sv", embed_probe_core, (size_t)(embed_probe_core_end - embed_probe_core) };
	}
}

/* The harness files that are compiled together with every Verilated model, embedded so that the program needs no source tree.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_EMBED_H
#define COSIM_EMBED_H
#include <stddef.h>

enum { EMBED_SHIM_CPP, EMBED_SHIM_H, EMBED_PROBE_TILE, EMBED_PROBE_CORE, EMBED_N };
struct embed_file { const char *name; const char *data; size_t len; };
struct embed_file embed_get(int which); /* EMBED_SHIM_CPP .. */

#endif

/* The harness files that are compiled together with a simulated device, embedded so that the program needs no source tree.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_EMBED_H
#define COSIM_EMBED_H
#include <stddef.h>

struct embed_file { const char *data; size_t len; };
/* path: from the top of the source tree, "cosim/shim.cpp"; one of the list in embed.c, else a bug */
struct embed_file embed_get(const char *path);

#endif

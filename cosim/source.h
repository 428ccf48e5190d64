/* What goes into a Verilated model: the files of sim.f, read once (what is hashed is what is compiled), and the harness files.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_SOURCE_H
#define COSIM_SOURCE_H
#include "common/buf.h"
#include "common/err.h"
#include <stdbool.h>
#include <stddef.h>

struct source_file {
	char *name, *path;  /* path: as sim.f names it, seen from here; NULL of the harness files */
	struct buf text;
	bool rtl;           /* handed to Verilator */
};
struct source_set { struct source_file *file; size_t n; };

/* sim.f of rtl_dir in its order, then the probes (when wanted), shim.cpp, shim.h; module names of the probes follow the prefix */
int source_gather(const char *rtl_dir, const char *prefix, bool probes, struct source_set *s, struct err *e);
void source_release(struct source_set *s);
/* adds every name, length and byte to b: the part of the cache key that is content */
void source_digest(const struct source_set *s, struct buf *b);
/* writes all files below dir as src/NN/NAME; args gets nothing, paths come from source_path */
int source_write(const struct source_set *s, const char *dir, struct err *e);
void source_path(const struct source_set *s, size_t i, struct buf *b); /* "src/NN/NAME", relative to dir */
/* text[len] with every source_path turned into the path of sim.f, added to out */
void source_explain(const struct source_set *s, const char *text, size_t len, struct buf *out);

#endif

/* What goes into a simulated device: the files of sim.f, read once (what is hashed is what is compiled), and the harness files.
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
	bool rtl;           /* handed to the simulator */
};
struct source_set { struct source_file *file; size_t n; };

/* sim.f of rtl_dir in its order (NULL: no RTL), then embedded files (lists of paths, NULL ends each): SystemVerilog, whose names follow the prefix, and others */
int source_gather(const char *rtl_dir, const char *prefix, const char *const *const modules[2], const char *const *others, struct source_set *s, struct err *e);
void source_release(struct source_set *s);
/* adds every name, length and byte to b: the part of the cache key that is content */
void source_digest(const struct source_set *s, struct buf *b);
/* writes all files below dir, at their source_path */
int source_write(const struct source_set *s, const char *dir, struct err *e);
void source_path(const struct source_set *s, size_t i, struct buf *b); /* "src/NN/NAME", of the others "src/PATH": relative to dir */
/* text[len] with every source_path turned into the path of sim.f, added to out */
void source_explain(const struct source_set *s, const char *text, size_t len, struct buf *out);

#endif

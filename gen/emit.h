/* The emitters behind gen_build: each appends one file's text.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_EMIT_H
#define GEN_EMIT_H
#include "gen/gen.h"
#include "gen/tmpl.h"

/* Numbers that several emitters need, computed once. */
struct emit {
	const struct cfg *c;
	char hash[65];   /* of the configuration */
	char upper[32];  /* prefix in capitals: macro names of the C header */
};

void emit_init(struct emit *m, const struct cfg *c);

/* What made this file and what edits are worth. lead begins each line ("//", "#"); source: a path in the repository; ends with the SPDX line. */
void emit_provenance(const struct emit *m, const char *lead, const char *source, struct buf *out);
/* A template: its own header first, then provenance, then the body renamed. */
void emit_template(const struct emit *m, const struct tmpl *t, struct buf *out);
void emit_pkg(const struct emit *m, struct buf *out);
void emit_top(const struct emit *m, struct buf *out);
void emit_regs_h(const struct emit *m, struct buf *out);
void emit_sdc(const struct emit *m, const struct tmpl *t, struct buf *out);
/* A script of flows/: its own leading comments, provenance, then the rest as it is. A file that does not begin with a comment is copied. */
void emit_script(const struct emit *m, const struct tmpl *t, struct buf *out);
/* The driver in C: provenance, then the template, its own header included, renamed. */
void emit_driver(const struct emit *m, const struct tmpl *t, struct buf *out);
/* paths: n emitted .sv in compilation order */
void emit_file_list(const struct emit *m, const char *what, const char *const *paths, size_t n, struct buf *out);
void emit_manifest(const struct emit *m, const struct gen_file *file, size_t n, struct buf *out);

#define EMIT_MANIFEST "manifest.bitline"

#endif

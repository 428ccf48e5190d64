/* Templates as embedded by gen/embed.mk, and the one thing that is done to their text: renaming.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_TMPL_H
#define GEN_TMPL_H
#include "common/buf.h"
#include <stddef.h>

struct tmpl {
	const char *path; /* from the top of the repository: "rtl-templates/adc/cim_adc.sv" */
	const char *text;
	size_t len;
};
extern const struct tmpl tmpl_embedded[]; /* sorted by path; the last has path NULL */

/* What names begin with in the templates. */
#define TMPL_PREFIX "cim_"
#define TMPL_UPPER "CIM_"

/* Appends text with every identifier that begins with TMPL_PREFIX begun with prefix instead. Comments, strings, escaped identifiers and $system names stay;
 * so does the plusarg cim_thresholds, which is a string. */
void tmpl_rename_sv(const char *text, size_t len, const char *prefix, struct buf *out);
/* The same for Tcl-like text: comments are lines that begin with #. */
void tmpl_rename_tcl(const char *text, size_t len, const char *prefix, struct buf *out);
/* C: macros too, which begin with the same in capitals; comments and the names of included files as well, since they speak of the emitted files. */
void tmpl_rename_c(const char *text, size_t len, const char *prefix, const char *upper, struct buf *out);
/* Replaces what stands between the lines `<comment> bitline:begin NAME` and `<comment> bitline:end NAME` (the lines go too).
 * Returns -1 when the region is missing, doubled or unclosed. */
int tmpl_region(const struct buf *in, const char *name, const char *body, struct buf *out);

#endif

/* Documents made from the register table: SystemRDL, Markdown, HTML.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_REGS_DOC_H
#define GEN_REGS_DOC_H
#include "gen/emit.h"
#include "gen/regtable.h"

/* SystemRDL 2.0 */
void regs_rdl(const struct emit *m, const struct regtable *t, struct buf *out);
/* Markdown: an overview, a section for each register */
void regs_md(const struct emit *m, const struct regtable *t, struct buf *out);
/* the same as one page that needs nothing else */
void regs_html(const struct emit *m, const struct regtable *t, struct buf *out);

/* What made the file, for a comment of XML, HTML or Markdown: no "--" in it. */
void doc_provenance(const struct emit *m, const char *source, struct buf *out);
/* One sentence of the whole map, without a full stop. */
void regs_title(const struct emit *m, struct buf *out);
/* "0x008..0x024", "0x060 + 8s", "0x10000 + 32i + 4j": where a register lies, in this configuration */
void reg_address(const struct reg *r, struct buf *out);
/* "HASH[0..7]" */
void reg_label(const struct reg *r, struct buf *out);
/* "15:0" or "3" */
void reg_bits(const struct reg_field *f, struct buf *out);
/* What a field resets to; "-" where there is no such thing (memories, write-only, elements that differ). */
void reg_reset_text(const struct reg *r, const struct reg_field *f, struct buf *out);

#endif

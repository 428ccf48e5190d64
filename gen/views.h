/* Views: what a hand-off wants besides RTL, each emitted on demand (`bitline gen --with NAME`). docs/handoff.md says what is in them.
 * A view is files made from the configuration, a folder of flows/ that goes along, or both. One file gen/view_NAME.c each.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GEN_VIEWS_H
#define GEN_VIEWS_H
#include "gen/emit.h"
#include <stdint.h>

struct gen_view {
	const char *name;
	const char *what;      /* one line for people */
	const char *flow;      /* flows/<flow>/ goes to flow/<flow>/; NULL: none */
	bool fpga;             /* rtl-templates/fpga/ goes along */
	bool formal;           /* rtl-templates/formal/ goes along, to formal/ */
	void (*emit)(const struct emit *m, struct gen_set *s); /* NULL: nothing besides */
};
extern const struct gen_view gen_views[]; /* the last has name NULL; order: of docs/handoff.md */

/* Bit v of a mask stands for gen_views[v]. "yosys,macro", "all"; several calls add up. ERR_INPUT names the unknown word and the words there are. */
int gen_views_parse(const char *words, uint32_t *mask, struct err *e);

/* A new file of the set, path copied; the buffer is valid until the next call. */
struct buf *gen_add(struct gen_set *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The emitters of the views. */
void view_design(const struct emit *m, struct gen_set *s); /* flow/design.sh: numbers of the design for every flow */
void view_macro(const struct emit *m, struct gen_set *s);
void view_librelane(const struct emit *m, struct gen_set *s);
void view_orfs(const struct emit *m, struct gen_set *s);
void view_fpga(const struct emit *m, struct gen_set *s);
void view_ipxact(const struct emit *m, struct gen_set *s);
void view_regs(const struct emit *m, struct gen_set *s);
void view_fusesoc(const struct emit *m, struct gen_set *s);
void view_sby(const struct emit *m, struct gen_set *s);
void view_siliconcompiler(const struct emit *m, struct gen_set *s);

#endif

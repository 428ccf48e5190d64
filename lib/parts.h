/* libbitline from the inside: what its opaque structs are, and what its files share. Nobody else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LIB_PARTS_H
#define LIB_PARTS_H
#include "common/cfg.h"
#include "golden/layer.h"
#include "lib/bitline.h"

struct bl_config { struct cfg cfg; };
struct bl_tables { struct cfg cfg; int32_t *T; };    /* T[tiles][adcs][GM_SETS][1 << bits] */
struct bl_tree { int bits; struct ro_tree ro; };

/* hands err on; -1, so that `return lib_fail(...)` reads well. to NULL: nobody wants the text */
int lib_fail(struct bl_error *to, const struct err *e);

/* Tables and a tree that belong to this configuration, or NULL; where: the function that was called */
int lib_check(const struct cfg *c, const struct bl_tables *tables, const struct bl_tree *tree, const char *where, struct err *e);
/* What golden is given: a copy of them, those of the configuration when tables is NULL. NULL: ideal ones, which golden makes for itself */
int32_t *lib_tables(const struct cfg *c, const struct bl_tables *tables);
/* the same for a layer: [adcs][1 << bits], tile 0, set 0 */
int32_t *lib_first_tables(const struct cfg *c, const struct bl_tables *tables);

/* the read-out of a layer, with its own tables and tree behind it */
struct lib_readout { struct gl_readout ro; int32_t *T; struct ro_tree tree; };
void lib_readout_init(struct lib_readout *r, const struct cfg *c, const struct bl_tables *tables, const struct bl_tree *tree);
void lib_readout_release(struct lib_readout *r);

/* codes that the hardware takes, those that no quantiser emits too (numerics.md section 1) */
int lib_least(enum gc_code code, int bits);

#endif

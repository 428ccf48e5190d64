/* A configuration as the plain numbers that golden is told; the command line and libbitline's functions take the same ones.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef LIB_NUMBERS_H
#define LIB_NUMBERS_H
#include "common/cfg.h"
#include "golden/layer.h"
#include "golden/machine.h"

/* ideal tables and the binary search: thresholds and conv.tree stay NULL */
void numbers_readout(const struct cfg *c, struct gl_readout *ro);
struct gm_hw numbers_hw(const struct cfg *c);
/* tree: asymmetric search, kept by the caller; NULL: the tree of reset. Every set holds the configuration's window. Clocks are wanted where the mapper
 * cannot predict them exactly: asymmetric search, immersed references */
struct gm_regs numbers_regs(const struct cfg *c, const struct ro_tree *tree);
/* what the run-time registers hold after reset: isa.md section 4 */
struct gm_regs numbers_reset_regs(const struct cfg *c);
/* golden's tables of the configuration, errors of `nonideal` in them, as gm_new takes them: T[tiles][adcs][GM_SETS][1 << bits] */
void numbers_tables(const struct cfg *c, int32_t *T);

#endif

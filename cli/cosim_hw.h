/* A configuration as the plain numbers that the judge takes.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COSIM_HW_H
#define CLI_COSIM_HW_H
#include "common/cfg.h"
#include "golden/machine.h"

struct gm_hw cosim_hw(const struct cfg *c);
/* tree: asymmetric search, kept by the caller; NULL: the tree of reset */
struct gm_regs cosim_regs(const struct cfg *c, const struct ro_tree *tree);
/* what the run-time registers hold after reset */
struct gm_regs cosim_reset_regs(const struct cfg *c);

#endif

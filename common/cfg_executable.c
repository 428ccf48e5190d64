/* Some configurations only count.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg.h"

int cfg_executable(const struct cfg *c, const char *command, struct err *e)
{
	if (c->weight_code != CFG_CELL)
		return 0;
	return err_set(e, ERR_INPUT, "numbers.weight_code \"cell\" of configuration %s counts one weight per cell, for cost only: legal tc, sm, dif, ternary for %s; set numbers.weight_code=tc%s",
		c->name, command, c->resolution == CFG_LOG2 ? " and readout.resolution=fit" : "");
}

/* What is explored: shapes of a named model, or a checkpoint.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/explore_tasks.h"
#include <string.h>

int explore_load(struct workload *w, const char *model, const char *factors, struct err *e)
{
	static const char shapes[] = "shapes:";
	struct model m;
	int f = WL_PAPER, rc;

	if (cli_factors(factors, &f, e))
		return -1;
	if (!strncmp(model, shapes, sizeof(shapes) - 1))
		return wl_shapes(w, model + sizeof(shapes) - 1, f, false, e);
	if (factors)
		return err_set(e, ERR_INPUT, "--factors \"%.60s\" with a checkpoint, which has its own: legal with --model shapes:NAME; leave --factors out, or make factors by bitline sparsify", factors);
	if (model_load(&m, model, e))
		return -1;
	rc = wl_model(w, &m, strrchr(model, '/') ? strrchr(model, '/') + 1 : model, e);
	model_release(&m);
	return rc;
}

/* --factors of workloads of shapes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "workload/workload.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int cli_factors(const char *text, int *factors, struct err *e)
{
	char *end;
	long n;

	*factors = WL_PAPER;
	if (!text || !strcmp(text, "paper"))
		return 0;
	*factors = WL_FIT;
	if (!strcmp(text, "fit"))
		return 0;
	errno = 0;
	n = strtol(text, &end, 10);
	if (errno || *end || end == text || n < 1 || n > 1 << 24)
		return err_set(e, ERR_INPUT, "--factors \"%.60s\" is not legal: paper, fit, or a number of blocks from 1; change --factors", text);
	*factors = (int)n;
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_json.h"
#include <stdio.h>
#include <stdlib.h>

void cli_print_json(json_t *j)
{
	char *text = json_dumps(j, JSON_INDENT(1) | JSON_REAL_PRECISION(9));

	puts(text);
	free(text);
	json_decref(j);
}

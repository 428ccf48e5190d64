/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli_json.h"
#include "common/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *cli_json_text(json_t *j)
{
	char *text = json_dumps(j, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
	size_t n = strlen(text);

	json_decref(j);
	text = mem_realloc(text, n + 2, 1);
	strcpy(text + n, "\n");
	return text;
}

void cli_print_json(json_t *j)
{
	char *text = cli_json_text(j);

	fputs(text, stdout);
	free(text);
}

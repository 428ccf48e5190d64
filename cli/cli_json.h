/* The one way in which a command prints its figures for programs.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_JSON_H
#define CLI_JSON_H
#include <jansson.h>

/* indented by 1, reals with 9 digits, a newline at the end; new memory; takes j over */
char *cli_json_text(json_t *j);
/* the same to stdout */
void cli_print_json(json_t *j);

#endif

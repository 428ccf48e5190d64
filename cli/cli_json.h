/* The one way in which a command prints its figures for programs.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_JSON_H
#define CLI_JSON_H
#include <jansson.h>

/* to stdout, indented by 1, reals with 9 digits; takes j over */
void cli_print_json(json_t *j);

#endif

/* The configuration that --config names: a file; or, where there is none, one that is installed with the program: configs/NAME.xml, or NAME for short.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H
#include "common/cfg.h"

/* given itself where it is a file or nothing is installed under that name; else a path that is valid until the next call */
const char *cli_config_path(const char *given);
/* as cfg_load */
int cli_config(struct cfg *c, const char *given, const char *const *overrides, size_t n_overrides, struct err *e);

#endif

/* What has been simulated, for whoever measures the tests (docs/coverage.md).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COVER_H
#define CLI_COVER_H
#include "common/cfg.h"

/* $BITLINE_COVERAGE/HASH.xml: c, with the registers of this run. Nothing when the variable is not set. */
int cli_cover(const struct cfg *c, struct err *e);

#endif

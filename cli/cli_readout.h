/* What `bitline golden` and `bitline cosim` both need: a configuration as the numbers that golden is told, and a model's tokenizer.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_READOUT_H
#define CLI_READOUT_H
#include "common/cfg.h"
#include "common/err.h"
#include "golden/layer.h"

/* ideal tables: thresholds stays NULL */
void cli_readout(const struct cfg *c, struct gl_readout *ro);

/* given, or else tok512.bin beside the model, or ../stories260K/tok512.bin seen from its folder. A new string, or NULL with e set */
char *cli_tokenizer(const char *given, const char *model, struct err *e);

#endif

/* What golden, map and cosim share on the command line: names of placements, a model's tokenizer.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_READOUT_H
#define CLI_READOUT_H
#include "common/cfg.h"
#include "common/err.h"
#include "lib/calibrated.h"
#include "lib/numbers.h"
#include "map/map.h"

/* text: "linear", "sparse", "dense", "dense-strided", "packed", "auto" or NULL (auto); optimise (packed): "area", "conversions", "latency" or NULL (area) */
int cli_placement(const char *text, const char *optimise, enum map_placement *p, struct err *e);
const char *cli_placement_name(enum map_placement p);
const char *cli_placement_mode(enum map_placement p); /* NULL: not packed */

/* given, or else beside the model STEM.tok.bin (STEM.safetensors) or tok512.bin, or ../stories260K/tok512.bin seen from its folder. model may be NULL when given. A new string, or NULL with e set */
char *cli_tokenizer(const char *given, const char *model, struct err *e);

#endif

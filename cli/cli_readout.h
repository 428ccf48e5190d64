/* What golden, map and cosim share on the command line: a configuration as the numbers that golden is told, calibrated layers, a model's tokenizer.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_READOUT_H
#define CLI_READOUT_H
#include "common/cfg.h"
#include "common/err.h"
#include "golden/quantised.h"
#include "map/map.h"

/* what every real factor of a layer is multiplied with: 2^bits / samples of stochastic converters (numerics.md section 4), else 1 */
double cli_scale(const struct gl_readout *ro);
enum ro_kind cli_kind(enum cfg_adc k);
/* ideal tables and the binary search: thresholds and conv.tree stay NULL */
void cli_readout(const struct cfg *c, struct gl_readout *ro);

/* text: "linear", "sparse", "dense", "dense-strided", "packed", "auto" or NULL (auto); optimise (packed): "area", "conversions", "latency" or NULL (area) */
int cli_placement(const char *text, const char *optimise, enum map_placement *p, struct err *e);
const char *cli_placement_name(enum map_placement p);
const char *cli_placement_mode(enum map_placement p); /* NULL: not packed */

/* golden's integers of a model, of the head too when asked for. Layers whose factors the file does not say are calibrated on CLI_CALIBRATION_TOKENS tokens of
 * the model's own text drawn from the seed: the same seed gives the same layers in every command. own (may be NULL) receives that text. NULL with e set on failure. */
enum { CLI_CALIBRATION_TOKENS = 512 };
struct gq *cli_calibrated(const struct model *m, const struct gl_readout *ro, bool head, unsigned long seed, struct text *own, struct err *e);

/* given, or else beside the model STEM.tok.bin (STEM.safetensors) or tok512.bin, or ../stories260K/tok512.bin seen from its folder. model may be NULL when given. A new string, or NULL with e set */
char *cli_tokenizer(const char *given, const char *model, struct err *e);

#endif

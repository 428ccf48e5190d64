/* --layers: which layers of a model, and which of them together.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_LAYERS_H
#define CLI_LAYERS_H
#include "checkpoint/model.h"
#include "map/map.h"

/* a layer, or layers that read the same vector, as one program; index: layer * MODEL_N_LINEAR + id */
struct cli_layers { char name[64]; int index[MAP_MOST_PARTS], n; };

/* list: NULL or "all", or names like 0.wq,0.w1+0.w3; what is named again is left out. New memory; none where the list is empty, which the caller judges. */
int cli_layers(const struct model *m, const char *list, struct cli_layers **out, int *n, struct err *e);

#endif

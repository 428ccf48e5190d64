/* The search tree of a run with asymmetric search: from a file, or made from counts; as adc/, golden and the mapper take it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TREE_H
#define CLI_TREE_H
#include "common/cfg.h"
#include "common/err.h"
#include "golden/readout.h"
#include "map/map.h"

struct cli_tree {
	struct ro_tree ro;
	struct map_steps steps; /* of a round of all converters of a tile, taken as independent */
	double mean;            /* comparisons of one conversion, over the histogram */
};

/* bins of a histogram of counts: count s is bin s + cli_smax */
int cli_smax(const struct cfg *c);
/* file NULL: the optimal tree of the histogram [2 * cli_smax + 1] (NULL: all codes alike), no deeper than readout.depth */
int cli_tree_make(struct cli_tree *t, const struct cfg *c, const char *file, const uint64_t *histogram, struct err *e);
/* JSON of a histogram: what `bitline golden --histogram` writes */
int cli_histogram_write(const struct cfg *c, const uint64_t *histogram, const char *path, struct err *e);

#endif

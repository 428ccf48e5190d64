/* How often each count was converted, the window of the converters, and below, on the same axis, the search tree: node k stands under threshold k.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_HISTOGRAM_H
#define REPORT_HISTOGRAM_H
#include "common/buf.h"
#include <stdint.h>

enum { HISTOGRAM_TREE_BITS = 8 };

struct count_histogram {
	const char *of;              /* "layer 0.w1, first program" */
	int first, n;                /* counts first .. first + n - 1 */
	const uint64_t *count;
	int bits, lsb;               /* 1..12; counts of a step */
	const double *threshold;     /* [1 << bits] of the ideal converter, in counts, ascending; code = how many are not above the count; 0: unused */
	/* the order of asking: node k = 1 .. 2^bits - 1 asks threshold k; 0 is a leaf; NULL: not drawn */
	const uint16_t *left, *right;
	int root;
	const char *tree_name;       /* "binary search", "tree.json" */
};

/* a figure of the page and, behind "numbers", its table */
void histogram_figure(const struct count_histogram *h, struct buf *out);

#endif

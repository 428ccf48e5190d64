/* Pictures of arrays: which cell holds a weight of which block. One picture per array image, coloured by kind of matrix, tinted by stage; a histogram of all images below.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_OCCUPANCY_H
#define REPORT_OCCUPANCY_H
#include "common/buf.h"
#include "place/place.h"

/* What is known about a block besides its sizes: kind indexes kind_name, stage is 0 (the first or only one) or 1 */
struct occupancy_label { int kind, stage; };

struct occupancy {
	const char *title, *subtitle;
	int rows, cols;                      /* of an array */
	const struct placement *placement;
	const struct place_block *block;
	const char *const *kind_name; int n_kinds;
	/* the label of a block; its name ("3.attn.q, stage R, block 5 of 32") is appended to name unless that is NULL */
	struct occupancy_label (*label)(const void *ctx, int block, struct buf *name);
	const void *ctx;
	size_t first, count;                 /* images first .. first + count - 1, as far as there are any, are drawn; the histogram has all */
};

/* the whole page */
void occupancy_svg(const struct occupancy *o, struct buf *out);
/* legend and arrays alone, for a figure of its size (report/page.h); colours that a page changes are classes too */
void occupancy_arrays(const struct occupancy *o, struct buf *out, double *width, double *height);

#endif

/* A quantity over the bits of a converter: points, a line through them, and one level to compare with.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_CURVE_H
#define REPORT_CURVE_H
#include "common/buf.h"
#include <stddef.h>

struct curve_point { int x; double y; /* > 0 */ };

struct curve {
	const char *name, *alt, *caption;
	const char *x_title, *y_title;
	const struct curve_point *point; size_t n; /* ascending x, at least one */
	double level; const char *level_name;      /* a dashed line; 0: none */
};

/* a figure of the page, without its table */
void curve_figure(const struct curve *c, struct buf *out);

#endif

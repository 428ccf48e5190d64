/* Logarithmic axes: range, ticks, and quantities with a unit that reads well.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_AXIS_H
#define REPORT_AXIS_H
#include "report/plot.h"

enum { AXIS_MAX_TICKS = 64 };

struct axis {
	double lo, hi;                /* of the field, positive, hi > lo */
	double at[AXIS_MAX_TICKS]; int n_ticks;     /* with a label */
	double minor[AXIS_MAX_TICKS]; int n_minor;  /* a thin line only */
	double scale; const char *unit;             /* shown value = value / scale */
};

/* least, most: of the values, positive. The field is a little wider than they are */
void axis_make(struct axis *a, double least, double most, enum plot_unit unit);
double axis_place(const struct axis *a, double v); /* 0 at lo .. 1 at hi */
void axis_label(const struct axis *a, double v, struct buf *out); /* "0.05", "200", "20 000" */

#endif

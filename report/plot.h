/* A scatter plot of two positive quantities on logarithmic axes, a third one as marker size, as SVG that a person wants to look at.
 * Colour-blind safe (Okabe and Ito), one colour and one marker per series, legend outside of the field: nothing overlaps the points.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H
#include "common/buf.h"
#include <stdbool.h>
#include <stddef.h>

enum { PLOT_MAX_SERIES = 5 };

/* an axis: its quantity and the unit of the values, which may be shown in a larger one */
enum plot_unit { PLOT_NS, PLOT_NJ, PLOT_UM2, PLOT_COUNT };
struct plot_axis { const char *what; enum plot_unit unit; };

struct plot_point {
	double x, y;   /* > 0, finite */
	double size;   /* > 0; 0: not given, the smallest marker */
	int series;
	bool marked;   /* on the front: dark outline */
	bool hollow;   /* something is wrong with it, see plot.hollow */
	const char *label; /* short, drawn beside it; NULL: none */
	const char *tip; /* what the pointer shows; lines end with '\n' */
};

struct plot {
	const char *title, *subtitle;
	struct plot_axis x, y, size;
	const char *series_title, *series[PLOT_MAX_SERIES]; /* NULL where there is none */
	const char *front, *hollow;          /* what the legend says of marked and hollow points */
	const char *const *note; size_t n_notes; /* lines under the plot */
	const struct plot_point *point; size_t n;
};

/* also draws the staircase of the points that nothing beats in x and y, hollow ones apart */
void plot_svg(const struct plot *p, struct buf *out);

/* 1234567, PLOT_NS -> "1.23 ms": three digits and the unit */
void plot_quantity(double v, enum plot_unit unit, struct buf *out);

#endif

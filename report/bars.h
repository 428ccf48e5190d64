/* Amounts of one unit side by side: parts of an energy, of an area; pairs such as predicted and seen.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_BARS_H
#define REPORT_BARS_H
#include "common/buf.h"
#include <stddef.h>

enum { BARS_MOST_SERIES = 2 };

struct bars_row { const char *name; double value[BARS_MOST_SERIES]; /* >= 0; NAN: not given */ const char *note; /* why, or NULL */ };

struct bars {
	const char *name, *alt, *caption;       /* of the figure (report/page.h) */
	const char *unit;
	const char *series[BARS_MOST_SERIES];   /* the second NULL: there is one */
	const struct bars_row *row; size_t n;
};

/* a figure of the page, without a table: every bar has its number */
void bars_figure(const struct bars *b, struct buf *out);
/* 5 digits and a decimal prefix that suits: 274660, "ns" -> "274.66 us" */
void bars_quantity(double v, const char *unit, struct buf *out);

#endif

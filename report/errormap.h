/* Codes that are not the ideal converter's: converter by converter over the ideal code, above or below it and how far.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_ERRORMAP_H
#define REPORT_ERRORMAP_H
#include "common/buf.h"
#include <stddef.h>
#include <stdint.h>

struct errormap_cell { int converter, ideal, seen; uint64_t n; };

struct errormap {
	const char *layer;
	int converters, adcs;               /* converter = tile * adcs + lane */
	const struct errormap_cell *cell; size_t n; /* sorted by converter, ideal */
	uint64_t codes, wrong;              /* conversions; of them with seen != ideal, more than 0 */
};

/* a figure of the page and, behind "numbers", its table */
void errormap_figure(const struct errormap *m, struct buf *out);

#endif

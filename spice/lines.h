/* The lines that a pair's serving array charges and shares for one converter, and the converter's comparator: docs/network.md sections 1, 5.
 * Computed here from the configuration alone: neither golden/ nor adc/ is asked.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SPICE_LINES_H
#define SPICE_LINES_H
#include "common/cfg.h"
#include <stdint.h>

struct spice_lines {
	int n;               /* column lines that are shared: of the segment, at most rows */
	int dummies;         /* discharged lines that make them up to rows */
	int codes;           /* 2^bits - 1: code k = 1..codes */
	int64_t *weight;     /* [n], 65536 is a nominal line */
	int *charged;        /* [codes + 1]: c(k), [0] unused */
	double offset;       /* of the comparator: counts that it adds to a column */
};

/* ERR_INPUT: a configuration that the circuit does not stand for, or a converter that it does not have */
int spice_check(const struct cfg *c, int tile, int lane, struct err *e);
/* calls spice_check, and ERR_INPUT when a line of this converter has next to no capacitor left; release only after success */
int spice_lines_init(struct spice_lines *l, const struct cfg *c, int tile, int lane, struct err *e);
void spice_lines_release(struct spice_lines *l);

#endif

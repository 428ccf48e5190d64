/* Optimal ordered search trees over the thresholds of a converter (Knuth, Acta Informatica 1971; depth limit: Garey 1974 as a plain dynamic programme).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ADC_TREE_H
#define ADC_TREE_H
#include "common/buf.h"
#include "common/err.h"
#include <stdint.h>

enum { TREE_MAX_BITS = 8 };

/* docs/numerics.md section 4: node k = 1..2^bits - 1; 0 is a leaf */
struct tree { int bits; uint16_t root, left[1 << TREE_MAX_BITS], right[1 << TREE_MAX_BITS]; };

/* weight[2^bits]: how often each code occurs (all zero counts as all equal). depth: most steps, 0: no limit; ERR_INPUT when 2^depth < 2^bits.
 * Minimises sum of weight * steps; ties: smaller root. */
int tree_build(int bits, const uint64_t *weight, int depth, struct tree *t, struct err *e);
void tree_binary(int bits, struct tree *t);   /* the search of a plain SAR, what TREE holds at reset */
/* steps[2^bits] of every code */
void tree_steps(const struct tree *t, int *steps);
double tree_mean(const struct tree *t, const uint64_t *weight);
/* JSON text and back; a file that is not a search tree over 1..2^bits - 1 is ERR_INPUT naming the node */
void tree_print(const struct tree *t, struct buf *out);
int tree_read(const char *path, struct tree *t, struct err *e);

#endif

/* A prepared matrix from the inside: shared by golden/layer*.c and nobody else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_LAYER_PARTS_H
#define GOLDEN_LAYER_PARTS_H
#include "golden/layer.h"

enum { GL_PLANES = 16, GL_WORDS = 16, GL_JUMPS = 4 }; /* 8-bit codes have at most 14 planes; 1024 rows are 16 words */

struct gl_group {            /* inputs that are driven together */
	int first, n, words, bits;   /* bits: resolution of its activations */
	size_t cells;                /* where its column planes begin */
	int32_t **value;             /* [n_tables] of this group's resolution: count (0 first, dif: also below) -> value, section 4 */
};

struct gl_state {            /* of converters whose answers depend on more than the count; [adcs] each */
	uint16_t *lfsr;              /* stochastic */
	uint64_t *conversion;        /* done so far, for the noise */
	bool monotone;               /* every table */
	uint16_t jump[GL_JUMPS][2][256]; /* stochastic: an LFSR word after the steps of d + 1 draws is jump[d][0][low byte] ^ jump[d][1][high byte] */
};

struct gl_matrix {
	struct gl_readout ro;        /* conv.bits = bits */
	int out, in, K, planes, cell_bits;
	bool dif;                    /* a column is a pair: cells of the even one, then of the odd one */
	uint16_t planes_of[256];     /* input byte -> its bit of every plane */
	int32_t plane_weight[GL_PLANES], slice_weight[GL_PLANES];
	int n_groups;
	struct gl_group *group;
	uint64_t *cells;             /* per group [out*K][1 or 2][cell_bits][words] */
	int n_tables;                /* adcs, or 1 with ideal tables */
	uint16_t *table, *lane;      /* [out*K] table and converter of the column */
	int32_t *T;                  /* [n_tables][1 << bits] thresholds; only with state */
	int32_t *values;             /* the memory behind group.value: full groups, then the last one when shorter */
	int32_t **value;             /* [2][n_tables] */
	struct gl_state *state;      /* NULL: a count decides the value */
};

/* largest count of a column */
int gl_smax(const struct gl_readout *ro, int rows_active);

#endif

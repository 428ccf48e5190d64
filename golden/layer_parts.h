/* A prepared matrix from the inside: for golden/layer*.c and their tests; machine_tile.c turns its bits with gl_transpose. Nobody else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_LAYER_PARTS_H
#define GOLDEN_LAYER_PARTS_H
#include "golden/layer.h"

enum { GL_PLANES = 16, GL_SLICES = 16, GL_WORDS = 16, GL_JUMPS = 4 }; /* 8-bit codes have at most 14 planes or slices; 1024 rows are 16 words */

struct gl_range { int first, last; };
/* 16 flags of every byte; few: the first 8 (or those that anyone looks at) are the byte's own bits, the others nobody wants */
struct gl_flags { uint16_t of[256]; bool few; };

/* How activations of n rows are read: whatever follows from the read-out and n alone. Shared by all matrices of an equal read-out
 * (golden/layer_shape.c), because training prepares hundreds of small matrices per step. */
struct gl_shape {
	int refs;
	struct gl_readout ro;        /* what it was made for; its pointers are T, tree and nothing else */
	struct ro_tree tree;
	int n, K, planes, cell_bits, n_tables; /* n_tables: adcs, or 1 with ideal tables */
	int bits, lowest, highest;   /* resolution; least and largest count */
	bool dif;                    /* a column is a pair: cells of the even one, then of the odd one */
	int32_t plane_weight[GL_PLANES], slice_weight[GL_SLICES];
	int planes_sum, slices_sum;  /* of the magnitudes */
	uint32_t pair_weight[GL_PLANES / 2]; /* planes 2i, 2i + 1 (or 0) as bytes, twice */
	uint32_t plane_magnitude[GL_PLANES]; /* four times */
	int32_t constant;            /* low * the sums of plane and slice weights: what codes of 0 are worth in an output */
	struct gl_flags planes_of;   /* of an input: its bit of every plane */
	struct gl_flags cells_of;    /* of a weight: bit j * cell_bits + b of slice j; dif: that of the even column, 8 more for the odd one */
	int32_t *T;                  /* [n_tables][1 << ro.bits] thresholds */
	struct gl_range *inside;     /* [n_tables] counts whose level is inside the table's range */
	bool all_inside;
	/* a count decides the value (no state): */
	int32_t *value;              /* [n_tables][highest - lowest + 1], section 4 */
	const int32_t **value_of;    /* [n_tables] where that of count 0 is (dif: counts below are before it) */
	bool lossless;
	bool bytes;                  /* counts and codes fit bytes: code, blocks, clip hold */
	uint8_t *code;               /* [n_tables][blocks * 16 in 256 bytes] of count - lowest, (value - low) / lsb */
	int blocks;                  /* of 16 counts */
	int clip;                    /* every code is min(count - lowest, clip), or -1 */
	/* state: */
	bool monotone;               /* every table */
	uint16_t (*jump)[2][256];    /* stochastic: an LFSR word after the steps of d + 1 draws is jump[d][0][low byte] ^ jump[d][1][high byte] */
};

struct gl_group {            /* inputs that are driven together */
	int first, words;
	const struct gl_shape *shape;
	uint64_t *column;            /* column planes: [out*K][1 or 2][cell_bits][words] */
	size_t cells;                /* lanes: where its own begin */
};

struct gl_state {            /* of converters whose answers depend on more than the count; [adcs] each */
	uint16_t *lfsr;              /* stochastic */
	uint64_t *conversion;        /* done so far, for the noise */
};

/* Columns as bytes of a register, 16 outputs of one slice side by side (golden/layer_lanes.c). Chunks of GL_CHUNK such blocks are read one after
 * the other. */
enum { GL_CHUNK = 16, GL_UNITS = 64 };
struct gl_lanes {
	int width, unit;             /* bytes of a register; rows in a byte of cells: 8, or 4 where counting is by look-up */
	int blocks;                  /* of 16 outputs */
	int *output;                 /* [blocks * 16] whose place this is, or -1; outputs of a block have the same tables slice by slice */
	uint16_t *table;             /* [blocks][K] of all its outputs */
	uint8_t *cells;              /* per group, chunk, register: [cell_bits, high first][1, dif: 2][units][width]; the odd side's are complements */
};

/* one group for one input */
struct gl_job {
	const struct gl_shape *s;
	const struct gl_lanes *l;
	const uint8_t *cells;
	int units;
	uint64_t plane[GL_UNITS / 2][2]; /* byte p of the pair: plane p of 8 rows (gl_turn) */
	uint8_t start[GL_PLANES];    /* dif: what makes a count of even cells and complements begin at 0 for the least count */
	int32_t *y;
	float *weight;               /* NULL: not wanted */
};
/* sums of a chunk: per slice and block 16, in the order in which the unpacking of bytes leaves them; in: the weights of planes inside */
struct gl_sums { _Alignas(64) int16_t sum[GL_CHUNK * GL_SLICES * 16]; _Alignas(64) uint8_t in[GL_CHUNK * GL_SLICES * 16]; };

struct gl_matrix {
	struct gl_readout ro;        /* conv.bits = bits */
	int out, in, n_groups;
	struct gl_group *group;
	struct gl_shape *shape[2];   /* of full groups, and of the last */
	enum gl_simd simd;
	uint16_t *table, *lane;      /* [out*K] table and converter of the column; NULL where there is one table and no state */
	/* one of three, the third being the column planes of the groups: */
	struct gl_lanes *lanes;
	int16_t *pairs;              /* product: [blocks of 8 outputs][pairs of inputs][8][2] */
	struct gl_state *state;      /* NULL: a count decides the value */
};

/* the shape of activations of n rows, made where nobody has it; each is given back. Any thread */
struct gl_shape *gl_shape_get(const struct gl_readout *ro, int n);
void gl_shape_put(struct gl_shape *s);
bool gl_has_state(const struct gl_readout *ro); /* answers depend on more than the count: stochastic, or noise */

/* x: bit j of byte i becomes bit i of byte j */
static inline uint64_t gl_transpose(uint64_t x)
{
	uint64_t t = (x ^ x >> 7) & 0x00AA00AA00AA00AAu;

	x ^= t ^ t << 7;
	t = (x ^ x >> 14) & 0x0000CCCC0000CCCCu;
	x ^= t ^ t << 14;
	t = (x ^ x >> 28) & 0x00000000F0F0F0F0u;
	return x ^ t ^ t << 28;
}

/* flags of up to 8 numbers q[n], bit i of byte f: flag f of number i; turned[0]: flags 0..7, turned[1]: 8..15 */
static inline void gl_turn(const struct gl_flags *flags, const int8_t *q, int n, uint64_t turned[2])
{
	uint64_t low = 0, high = 0;
	int i;

	if (flags->few) {
		for (i = 0; i < n; i++)
			low |= (uint64_t)(uint8_t)q[i] << (8 * i);
		turned[0] = gl_transpose(low);
		turned[1] = 0;
		return;
	}
	for (i = 0; i < n; i++) {
		unsigned f = flags->of[(uint8_t)q[i]];

		low |= (uint64_t)(f & 0xff) << (8 * i);
		high |= (uint64_t)(f >> 8) << (8 * i);
	}
	turned[0] = gl_transpose(low);
	turned[1] = gl_transpose(high);
}

/* byte f of them */
static inline unsigned gl_flag_byte(const uint64_t turned[2], int f)
{
	return turned[f / 8] >> (f % 8 * 8) & 0xff;
}

/* plain words, conversion by conversion or output by output: y, and weight[out] of what is inside (or NULL), get one group more */
typedef uint64_t gl_planes[GL_PLANES][GL_WORDS];
void gl_words_fill(struct gl_matrix *m, const int8_t *w);
void gl_words_read(const struct gl_matrix *m, const struct gl_group *g, const int8_t *x, int32_t *y, float *weight);
void gl_state_read(const struct gl_matrix *m, const struct gl_group *g, gl_planes plane, int32_t *y, float *weight);
/* S of one column; of a pair where dif. cell_bits and used = words of the group are constants in the usual cases */
static inline __attribute__((always_inline)) int gl_count(const uint64_t *cell, const uint64_t *plane, int cell_bits, int used, bool dif)
{
	int count = 0, b, w;

	for (b = 0; b < cell_bits; b++)
		for (w = 0; w < used; w++) {
			count += __builtin_popcountll(cell[b * used + w] & plane[w]) << b;
			if (dif)
				count -= __builtin_popcountll(cell[(cell_bits + b) * used + w] & plane[w]) << b;
		}
	return count;
}

/* lanes; false: this matrix is not for them */
bool gl_lanes_fill(struct gl_matrix *m, const int8_t *w);
void gl_lanes_read(const struct gl_matrix *m, const struct gl_group *g, const int8_t *x, int32_t *y, float *weight);
void gl_lanes_free(struct gl_lanes *l);
void gl_lanes_avx2(const struct gl_job *job);
void gl_lanes_avx512(const struct gl_job *job);
void gl_lanes_finish(const struct gl_job *job, int first_block, int blocks, const struct gl_sums *sums); /* a chunk: into y and weight */

/* product */
void gl_pairs_fill(struct gl_matrix *m, const int8_t *w);
void gl_pairs_read(const struct gl_matrix *m, const int8_t *x, int32_t *y);

#endif

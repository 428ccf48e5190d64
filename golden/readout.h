/* Converters as docs/numerics.md sections 3 and 4 define them: a threshold table and an order of asking.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_READOUT_H
#define GOLDEN_READOUT_H
#include <stdbool.h>
#include <stdint.h>

struct ro_window {  /* one threshold set */
	int lsb, low;   /* counts */
	bool nearest;
};

enum ro_kind { RO_SAR, RO_FLASH, RO_HYBRID, RO_SENSE, RO_STOCHASTIC };
/* Comparators that answer the same whenever they are asked (docs/faults.md section 4): m = 1..255 is bit m mod 64 of word m div 64. */
struct ro_stuck { uint64_t at[4], yes[4]; };

enum { RO_TREE_BITS = 8 };   /* widest asymmetric search */

/* Ordered search tree (section 4, asymmetric search): node k = 1..2^B - 1 asks T[k]; 0 is a leaf. */
struct ro_tree { uint16_t root, left[1 << RO_TREE_BITS], right[1 << RO_TREE_BITS]; };

struct ro_conv {    /* how a converter asks */
	enum ro_kind kind;
	int bits;                    /* B, its widest resolution */
	int flash_bits;              /* hybrid */
	bool ones;                   /* bubble rule: ones count; else majority */
	int samples;                 /* stochastic: n */
	const struct ro_tree *tree;  /* sar: asymmetric search; NULL: binary */
	const struct ro_stuck *stuck; /* NULL: none of its comparators is */
};

struct ro_answer { int code, steps, decisions; };

/* T[k], k = 0 .. 2^bits - 1, T[0] = 0 unused, on the grid */
void ro_ideal_table(const struct ro_window *w, int bits, int grid_bits, int32_t *T);
/* one conversion of a level (grid), `bits` of the activation; lfsr: the converter's register, stochastic only (may be NULL otherwise) */
struct ro_answer ro_convert(const struct ro_conv *c, const int32_t *T, int bits, int32_t level, uint16_t *lfsr);
/* steps and decisions of any conversion, code 0; not of a tree, where they depend on the level */
struct ro_answer ro_cost(const struct ro_conv *c, int bits);
/* Kinds without state: codes of the counts lowest..highest, and the steps each took (NULL: not wanted). Where the table is monotone and the
 * tree is one, every code is compared with the binary search's: a difference is a BUG. */
void ro_lookup(const struct ro_conv *c, const int32_t *T, int bits, int grid_bits, int lowest, int highest, uint16_t *code, uint16_t *steps);
/* is it a search tree over 1 .. 2^bits - 1: in order, every node once */
bool ro_tree_ordered(const struct ro_tree *t, int bits);
/* the LFSR of converter id at the start of a program */
uint16_t ro_lfsr_start(uint16_t seed, int id);
/* T[k] <= T[k+1] everywhere */
bool ro_monotone(const int32_t *T, int bits);
/* resolution an activation uses: B_fit, or bits when full (section 4) */
int ro_resolution(const struct ro_window *w, int bits, int grid_bits, int rows_active, int cell_bits, bool full);

#endif

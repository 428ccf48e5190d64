/* What a converter costs that the RTL does not tell: steps, decisions, arrays, comparators, capacitors, and what energy models say and what they do not.
 * Definitions: docs/numerics.md section 4, docs/network.md section 1. Nothing is measured here; nothing is extrapolated.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ADC_COST_H
#define ADC_COST_H
#include "adc/tree.h"
#include "common/cfg.h"
#include <stdbool.h>
#include <stdint.h>

/* One column of the cost table. flash_bits of hybrid only, samples of stochastic only */
struct cost_case { enum cfg_adc kind; int bits, flash_bits, samples; enum cfg_bubble bubble; enum cfg_search search; enum cfg_reference reference; };

/* numerics.md section 4 and network.md: this combination exists (an immersed one as far as this can be said without the array's sizes) */
bool cost_legal(const struct cost_case *c);

/* One converter, one conversion at full resolution. A round of a tile has the steps of its deepest lane. */
struct cost {
	int steps;                        /* compare cycles n_c, most; a local reference takes 1 + n_c * compare clocks */
	double steps_mean;
	int decisions;                    /* comparator decisions, most */
	double decisions_mean;
	int comparators;
	int arrays;                       /* that serve as reference in one step, most; 0: local */
	int unary, binary;                /* local: capacitors of a unary array, of a binary one with its dummy; 0: immersed */
	int lines;                        /* immersed: column lines that the highest code's reference shares, lsb 1, low 0 */
	double lines_mean;                /* immersed: lines charged for one conversion, all steps, lsb 1, low 0; those of a flash step serve all lanes and clients */
};
/* weight[2^bits] of the codes; tree: of asymmetric search, else NULL */
void cost_of(const struct cost_case *c, const uint64_t *weight, const struct tree *tree, struct cost *out);

/* One energy model of one conversion. B: bits; comparisons, cycles, lines: means of struct cost. given false: the formula says why not, or has symbols without a sourced value */
struct cost_energy { const char *model; bool given; double fJ; const char *formula, *source; };
enum { COST_MODELS = 4 };
/* vdd in volts enters the first model only; the last one is symbolic */
void cost_energy(const struct cost_case *c, double vdd, struct cost_energy out[COST_MODELS]);

#endif

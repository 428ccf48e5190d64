/* A layer as the programs that compute it: one where one holds it, else groups of its outputs (dense) or of the blocks of each stage (Monarch), one program each.
 * Programs of a dense layer do not know of each other. Those of a cut Monarch layer run R first, then L on what R gave.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COSIM_CUT_H
#define CLI_COSIM_CUT_H
#include "cli/cosim_case.h"

/* blocks [block, +n_blocks) of a stage; of a single block outputs [out, +n_out). stage -1: the whole layer */
struct case_cut { int stage, block, n_blocks, out, n_out; };

struct case_cuts {
	struct case_cut *cut; int n;
	int tokens;              /* most tokens of one run of any of them */
	bool chained;            /* a cut Monarch layer: all programs of the same tokens follow each other in one process */
};

/* Some tokens through one program, or (chained) through all: what can run by itself, in any order, on any device of the configuration. */
struct case_unit { int cut, n_cuts, token, n_tokens; };

/* what a unit adds to its case; results stand in the case itself */
struct case_sum {
	struct cosim_result total;   /* acc and q unused */
	struct map_counts predicted;
	double least;
	long arrays, programs;
	const char *machine_only;    /* a string that the program was linked with */
};

/* How the layer is cut depends on configuration, layer and placement only. -1: does not fit however it is cut; e says what the whole layer needs */
int case_cuts_make(const struct cfg *c, const struct cosim_case *k, struct case_cuts *out, struct err *e);
void case_cuts_release(struct case_cuts *cuts);
int case_units(const struct case_cuts *cuts, int tokens);
struct case_unit case_unit_of(const struct case_cuts *cuts, int tokens, int i);

/* where and how units run; programs are kept from unit to unit of one case */
struct case_runner {
	const struct cfg *cfg;
	const struct cli_tree *tree; /* asymmetric search, NULL: that of reset */
	struct cosim *device;
	double stall; uint64_t seed;
	struct case_bar *bar;        /* NULL: no progress line; before is of the unit */
	struct map_program *program; /* [cuts] of the case under way; tokens 0: not compiled */
	int n_programs;
};
/* before another case, and at the end */
void case_runner_forget(struct case_runner *r);
/* Compiles, streams, judges. -1: could not be judged */
int case_unit_run(struct case_runner *r, struct cosim_case *k, const struct case_cuts *cuts, const struct case_unit *u, struct case_sum *sum, struct err *e);
/* in the order of the units: sums of doubles, and the first difference, hang on it */
void case_unit_add(struct cosim_case *k, const struct case_sum *sum);
/* int32 words that a unit's results take, and the results out of the case or into it */
size_t case_unit_words(struct cosim_case *k, const struct case_cuts *cuts, const struct case_unit *u);
void case_unit_copy(struct cosim_case *k, const struct case_cuts *cuts, const struct case_unit *u, int32_t *words, bool into_case);

#endif

/* Steps counted as they come: docs/cost.md sections 1 and 2. Private to cost/.
 * A use is what one array image does in one phase; only uses are kept, not steps.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COST_TALLY_H
#define COST_TALLY_H
#include "cost/table.h"

enum { TALLY_BITS = 13 }; /* resolutions are 1..12 */

struct tally_use { int phase, image; long array; uint64_t clocks; /* of one token */ };

struct tally {
	const struct cfg *cfg;
	const struct cost_table *table;
	int planes, evaluate, columns;           /* evaluate: E, clocks */
	bool any_column;
	struct tally_use *use; size_t n_uses;
	int *chunks; int n_phases;               /* [phase] most row chunks of one output */
	uint64_t steps, conversions[TALLY_BITS]; /* of one token and plane; by resolution */
	uint64_t bits_in, bits_out;              /* of one token */
	double cells;                            /* driven rows x converted columns, summed over steps */
};

/* `count` steps of equal shape on columns col, col + col_stride, .. */
struct tally_step { int image; long array; int phase, n_rows, most_rows, n_cols, col, col_stride; uint64_t count; };

void tally_init(struct tally *y, const struct cfg *c, const struct cost_table *t, int n_phases);
void tally_release(struct tally *y);
/* steps of one image together, in order of phase: else more uses than needed are kept */
void tally_step(struct tally *y, const struct tally_step *s);
void tally_results(struct tally *y, uint64_t outputs); /* that leave an array, of one token */
void tally_chunks(struct tally *y, int phase, int chunks);
/* one step's clocks at one token */
uint64_t tally_clocks(const struct tally *y, const struct tally_step *s);
/* activations, conversions, comparisons, bits, bits moved, energy; loads and arrays of `out` are set */
void tally_counts(const struct tally *y, long tokens, struct system_cost *out);
/* counts, clocks, energy, area; arrays and images (and loads) as told. The bounds are not filled in. */
void tally_finish(struct tally *y, long tokens, struct system_cost *out);
/* whole clocks that ns take */
uint64_t tally_ns(const struct cfg *c, double ns);

#endif

/* What a placement costs on a system of many arrays: docs/cost.md. Counts are exact; clocks follow the page's formulas; energy and area come from a table of sourced constants.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COST_COST_H
#define COST_COST_H
#include "common/cfg.h"
#include "common/err.h"
#include "place/place.h"
#include "workload/workload.h"

struct cost_table;
/* path NULL: the embedded configs/cost/default.json. ERR_INPUT: key, value, legal range, how to mend */
struct cost_table *cost_table_load(const char *path, struct err *e);
void cost_table_free(struct cost_table *t);

struct system_cost {
	long arrays;             /* physical ones used */
	uint64_t images;         /* array images; more than arrays: reloads */
	double utilisation;      /* real cells / (images * rows * cols) */
	uint64_t cells, padding, steps;
	uint64_t cycles, load_cycles; /* of all tokens; load_cycles is part of cycles */
	uint64_t activations, conversions, comparisons, bits_moved;
	int bits;                /* widest resolution used */
	bool energy_given, area_given; /* false: the table has a null that it needs */
	double latency_ns, energy_nj, converter_nj, array_nj, movement_nj, load_nj, area_um2, converter_um2;
	long lower_bound_arrays;
	uint64_t lower_bound_cycles, lower_bound_conversions;
};

/* The blocks of a workload in order of use (placement.md section 1), new memory. linear: dense matrices instead of factors. */
struct place_block *cost_blocks(const struct workload *w, bool linear, size_t *n);
/* p was made from cost_blocks of the same workload and the geometry of c (cost_geometry) with `arrays` */
int cost_system(const struct cfg *c, const struct cost_table *t, const struct workload *w, const struct place_block *b, size_t n, const struct placement *p, long arrays, long tokens, struct system_cost *out, struct err *e);
struct place_geometry cost_geometry(const struct cfg *c, long arrays);

/* Places and costs. packed: all candidates of placement.md section 4, the best by the mode's objective; chosen says which. out_p may be NULL, else the placement (to be released) */
struct cost_request { enum place_kind kind; enum place_mode mode; long arrays; long tokens; };
int cost_place(const struct cfg *c, const struct cost_table *t, const struct workload *w, const struct cost_request *r, struct placement *out_p, enum place_kind *chosen, struct system_cost *out, struct err *e);

#endif

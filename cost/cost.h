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
const char *cost_table_name(const struct cost_table *t);
/* entry i of cost_table_size; value NAN: null there. Texts are the table's */
struct cost_entry { const char *name, *unit, *source; double value; };
int cost_table_size(void);
struct cost_entry cost_table_entry(const struct cost_table *t, int i);

/* what a figure lacks, a bit each: the table has a null there, or its model does not cover the configuration's converter */
enum { COST_NO_CONVERTER_ENERGY = 1, COST_NO_ARRAY_ENERGY = 2, COST_NO_MOVEMENT_ENERGY = 4, COST_NO_WRITE_ENERGY = 8, COST_NO_CELL_AREA = 16, COST_NO_CONVERTER_AREA = 32, COST_N_MISSING = 6 };
extern const char *const cost_missing_name[COST_N_MISSING]; /* of bit 1 << i, for people: "energy of writing a cell" */

struct system_cost {
	long arrays;             /* physical ones used */
	uint64_t images;         /* array images; more than arrays: reloads */
	double utilisation;      /* real cells / (images * rows * cols) */
	uint64_t cells, padding, steps;
	uint64_t cycles, load_cycles; /* of all tokens; load_cycles is part of cycles */
	uint64_t loads;          /* array images loaded per T tokens */
	uint64_t activations, conversions, comparisons, bits_moved;
	int bits;                /* widest resolution used */
	unsigned missing;        /* COST_NO_..; a figure that lacks something is NAN, never zero */
	bool energy_given, area_given;
	double latency_ns, energy_nj, converter_nj, array_nj, movement_nj, load_nj, area_um2, converter_um2;
	double converter_step_ns; /* time that the table's converter wants for one step; NAN: not given. Not used: compare clocks are the configuration's */
	long lower_bound_arrays;
	uint64_t lower_bound_cycles, lower_bound_conversions;
	char candidate[24];      /* by cost_place: the packing that was taken: "sparse", "packed area", ... */
};

/* The blocks of a workload in order of use (placement.md section 1), new memory. linear: dense matrices instead of factors. */
struct place_block *cost_blocks(const struct workload *w, bool linear, size_t *n);
/* p was made from cost_blocks of the same workload and the geometry of c (cost_geometry) with `arrays` */
int cost_system(const struct cfg *c, const struct cost_table *t, const struct workload *w, const struct place_block *b, size_t n, const struct placement *p, long arrays, long tokens, struct system_cost *out, struct err *e);
struct place_geometry cost_geometry(const struct cfg *c, long arrays);

/* The three bounds of docs/placement.md section 5, for `arrays` >= 1 arrays at work. The others of `out` stay as they are */
void cost_bounds(const struct cfg *c, const struct place_block *b, size_t n, long arrays, long tokens, struct system_cost *out);

/* One run of a core's program (docs/isa.md): activations, conversions, bits moved and energies; cycles are map_predict's. loads: array images that it loads and that do not stay */
void cost_program(const struct cfg *c, const struct cost_table *t, const uint32_t *code, size_t n_instr, uint64_t loads, struct system_cost *out);

/* Places and costs. packed: all candidates of placement.md section 4, the best by the mode's objective; chosen says which. out_p may be NULL, else the placement (to be released).
 * arrays 0: as many as the placement wants; latency: as many as the candidate that wants most. tokens 0: the workload's context. */
struct cost_request { enum place_kind kind; enum place_mode mode; long arrays; long tokens; };
int cost_place(const struct cfg *c, const struct cost_table *t, const struct workload *w, const struct cost_request *r, struct placement *out_p, enum place_kind *chosen, struct system_cost *out, struct err *e);

/* the same for all modes of packed at once (r->mode is ignored): the candidates are placed once */
int cost_place_modes(const struct cfg *c, const struct cost_table *t, const struct workload *w, const struct cost_request *r, struct system_cost by_mode[3], struct err *e);

/* Area of one array with its converters of `bits` bits; where the table has no area of a cell, of the converters alone. NAN: neither is given */
double cost_array_area(const struct cfg *c, const struct cost_table *t, int bits);
/* cost_place with as many arrays as `budget` um2 hold (r->arrays is ignored); ERR_INPUT where they do not hold one, or no area is given */
int cost_place_area(const struct cfg *c, const struct cost_table *t, const struct workload *w, const struct cost_request *r, double budget, struct placement *out_p, enum place_kind *chosen, struct system_cost *out, struct err *e);

#endif

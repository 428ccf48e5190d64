/* Parts of `bitline map`: a checkpoint compiled for a core (map_checkpoint.c, map_files.c, map_report.c), or the cost of a model on a system of arrays (map_system.c, map_table.c).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_MAP_CMD_H
#define CLI_MAP_CMD_H
#include "cli/cli.h"
#include "cli/cli_faults.h"
#include "cli/cli_tree.h"
#include "common/cfg.h"
#include "cost/cost.h"
#include "map/map.h"
#include <jansson.h>

struct map_options {
	const char *config, *model, *layers, *placement, *optimise, *out, *tree, *factors, *regime, *cost, *bad;
	struct opt_list set;
	long tokens, seed, arrays;  /* tokens, arrays 0, seed -1: not given */
	double area;                /* 0: not given */
	bool with_head, json;
};

/* ---- a system of arrays ---- */

enum map_regime { MAP_OWN, MAP_EQUAL, MAP_AREA };

struct map_system {
	const struct map_options *o;
	const struct cfg *cfg;
	const struct cost_table *cost;
	const struct workload *w;
	enum place_kind kind;
	enum place_mode mode;
	enum map_regime regime;
	long tokens;
	double budget;              /* of MAP_AREA, um2 */
	struct system_cost figures;
	struct system_cost by_mode[3]; /* packed: all modes in the same regime; place_mode_name */
	uint64_t padded;            /* comparisons of sparse */
};

/* "shapes:NAME", or a checkpoint of any configuration as it is (m NULL: shapes) */
int map_system(const struct map_options *o, const struct cfg *c, const struct cost_table *t, enum map_placement p, const struct model *m, struct err *e);
json_t *map_system_json(const struct map_system *s);
void map_system_print(const struct map_system *s);
/* the constants that energy and area come from, each with its source */
json_t *map_constants(const struct cost_table *t);
/* null where it is not given */
json_t *map_real(double x);
json_t *map_not_given(unsigned missing);

/* ---- a core ---- */

/* one layer, or a joint one, compiled; counts and cost are sums over the runs that the tokens need */
struct mapped {
	struct map_layer layer, part[MAP_MOST_PARTS]; /* part: what a joint layer is made of */
	struct map_program program; /* of a full batch */
	int runs;
	struct map_counts counts;
	double least;               /* clocks that the bound stands for: compare clocks / bound */
	double energy_nj, converter_nj, array_nj, movement_nj, load_nj;
	uint64_t cells;             /* of its weights */
	struct system_cost bounds;
};

struct map_run {
	const struct map_options *o;
	const struct cfg *cfg;
	const struct cost_table *cost;
	const struct model *model;
	enum map_placement placement;
	long tokens, seed;
	struct cli_tree tree;       /* asymmetric search */
	bool has_tree;
	struct cli_faults faults;   /* of --bad: the repair map */
	struct workload w;          /* the same layers, for their bounds */
	struct gq *gq;              /* calibration numbers, of the text that golden and cosim use by default */
	struct mapped *done;
	size_t n;
	unsigned missing;           /* what the energies and the area lack: COST_NO_.. */
	double area_um2, converter_um2; /* of the core's arrays */
	char **fresh;               /* files that this run added to --out */
	size_t n_fresh;
};

int map_checkpoint(const struct map_options *o, const struct cfg *c, const struct cost_table *t, enum map_placement p, const struct model *m, struct err *e);
json_t *map_report_json(const struct map_run *r);
void map_report_print(const struct map_run *r);
/* programs, streams, assembler text and map.json (json) into --out */
int map_files(struct map_run *r, const char *json, struct err *e);

#endif

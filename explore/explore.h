/* Exploration: every combination of array size, converters, bits, kind and placement, costed; finished points survive an interruption. docs/explore.md.
 * A run: explore_points_make, explore_journal_open, explore_run, explore_front, then the tables. Its results do not depend on the number of threads or on interruptions.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLORE_EXPLORE_H
#define EXPLORE_EXPLORE_H
#include "common/buf.h"
#include "common/cfg.h"
#include "common/err.h"
#include "cost/cost.h"
#include "place/place.h"
#include "workload/workload.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* the first five are fields of the configuration */
enum explore_axis { EXPLORE_ROWS, EXPLORE_COLS, EXPLORE_ADCS, EXPLORE_BITS, EXPLORE_KIND, EXPLORE_PLACEMENT, EXPLORE_OPTIMISE, EXPLORE_AXES };
extern const char *const explore_axis_name[EXPLORE_AXES]; /* "rows" .. "optimise": of options, columns and keys */

struct explore_result {
	struct system_cost cost;
	int bits_wanted;   /* the widest resolution that an activation can use: more than readout.bits means that large sums clip */
	uint64_t array_cells; /* of all physical arrays: stands for the area where the cost table has none of a cell */
};

enum explore_state { EXPLORE_OPEN, EXPLORE_DONE, EXPLORE_SKIPPED };

struct explore_point {
	char value[EXPLORE_AXES][24]; /* as in the lists; optimise is "" where the placement has no modes */
	const struct cfg *cfg;        /* NULL: illegal */
	enum place_kind placement;
	enum place_mode mode;
	enum explore_state state;
	char *reason;                 /* of a skipped point */
	struct explore_result result; /* of a finished one */
	bool front;
};

struct explore_points { struct explore_point *point; size_t n; struct cfg *cfg; };

/* Lists like "64,128"; NULL: the configuration's own value, all placements, all modes. The order is that of the lists, the last axis fastest.
 * A value that its field does not allow is ERR_INPUT; a combination that the configuration's rules do not allow is a skipped point. */
int explore_points_make(struct explore_points *p, const char *config, const char *const *overrides, size_t n_overrides, const char *const list[EXPLORE_AXES], struct err *e);
void explore_points_release(struct explore_points *p);
/* "rows=64 cols=64 ..": what a point is called in the journal */
void explore_key(const struct explore_point *p, struct buf *out);

/* What must be the same for a run to be continued, as JSON; "digest" over the rest. cost NULL: the embedded table */
struct explore_fixed { const char *version, *model, *factors; const struct cfg *base; const struct workload *workload; const char *cost; long tokens, arrays; };
json_t *explore_fixed_json(const struct explore_fixed *f, struct err *e);

/* DIR/explore.jsonl: the fixed part in the first line, then a line per finished point, in the order in which they were finished */
struct explore_journal;
struct explore_journal_found { size_t points; bool cut; }; /* finished points of this request; a half-written last line was dropped */
/* Makes DIR and the file, or takes the finished points of an interrupted run into p. Another request's journal, or one in use: refused */
struct explore_journal *explore_journal_open(const char *dir, const json_t *fixed, struct explore_points *p, struct explore_journal_found *found, struct err *e);
int explore_journal_add(struct explore_journal *j, const struct explore_point *p, struct err *e); /* one write: all of the line or a cut last line */
void explore_journal_close(struct explore_journal *j);

/* costs one point; from several threads at once. ERR_INPUT skips the point, anything else ends the run */
struct explore_model { int (*cost)(const void *ctx, const struct explore_point *p, struct explore_result *out, struct err *e); const void *ctx; };
/* all open points, by `jobs` threads; finished ones go to the journal (NULL: none) at once */
int explore_run(struct explore_points *p, const struct explore_model *m, int jobs, struct explore_journal *j, struct err *e);

/* the model that is explored: cost_place */
struct explore_system { const struct cost_table *table; const struct workload *workload; long tokens, arrays; };
int explore_system_cost(const void *system, const struct explore_point *p, struct explore_result *out, struct err *e);

/* Marks the points that no other one dominates: not larger in latency, energy, area and missing bits, and smaller in one.
 * What a point lacks because the cost table does not give it is not compared, and a point that lacks it dominates nobody who has it.
 * Where not every point has an area, all are compared in array cells and converter area instead. */
enum explore_objective { EXPLORE_LATENCY, EXPLORE_ENERGY, EXPLORE_AREA, EXPLORE_MISSING_BITS, EXPLORE_ARRAY_CELLS, EXPLORE_CONVERTER_AREA, EXPLORE_OBJECTIVES };
void explore_front(struct explore_points *p);
bool explore_has_area(const struct explore_points *p); /* every finished point */
void explore_objectives(const struct explore_point *p, bool has_area, double v[EXPLORE_OBJECTIVES]); /* NAN: not compared */
int explore_missing_bits(const struct explore_point *p); /* bits_wanted beyond readout.bits */

/* a quantity of a finished point: name, and where it stands */
enum explore_type { EXPLORE_LONG, EXPLORE_U64, EXPLORE_INT, EXPLORE_UNSIGNED, EXPLORE_REAL, EXPLORE_TEXT };
struct explore_column { const char *name; enum explore_type type; size_t offset; };
extern const struct explore_column explore_columns[]; /* name NULL at the end */
json_t *explore_value(const struct explore_column *c, const struct explore_result *r); /* null: a real that is not given */

/* the tables, in the order of the points: CSV as RFC 4180 with a head line; a value that is not given is empty, null in JSON */
void explore_csv(const struct explore_points *p, struct buf *out);
json_t *explore_json(const struct explore_points *p, const json_t *fixed);

#endif

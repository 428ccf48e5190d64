/* What `bitline cosim --out DIR` leaves for `bitline report`: docs/report.md sections 1 and 2. One program is run once more, from reset, on a device of its own, and
 * by the golden machine with its clock stepped: figures of the run do not depend on being recorded.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COSIM_RECORD_H
#define CLI_COSIM_RECORD_H
#include "cli/cosim_case.h"
#include <jansson.h>

struct record_ask {
	const char *dir;
	const struct cfg *cfg;
	const struct cli_tables *tables;
	const struct gf_faults *faults;  /* NULL: none */
	const uint32_t *repair;          /* words of REPAIR; NULL: none */
	const struct cli_tree *tree;     /* asymmetric search; else NULL */
	enum engine_kind engine;
	bool blind;                      /* the device has no probes */
};

/* A watch for the case whose first program is recorded; later ones go unnoticed. Writes timeline.json, occupancy.json, counts.json, codes.json, tree.json.
 * ask is the caller's and where it is until record_free. */
struct record;
struct record *record_new(const struct record_ask *ask);
const struct case_watch *record_watch(struct record *r);
void record_free(struct record *r);

/* the first tokens of a layer that has run, on `device`, which is new */
int record_case(struct record *r, const struct cosim_case *k, struct cosim *device, struct err *e);
/* config.xml, and name (run.json, text.json) with j, taken over */
int record_run(const struct record_ask *ask, const char *name, json_t *j, struct err *e);

/* ---- between cli/cosim_record*.c ---- */

/* the clocks of a program: cosim_record_clock.c */
struct record_clock;
struct record_clock *record_clock_new(int tiles);
const struct gm_watch *record_clock_watch(struct record_clock *t);
/* probes of the RTL: the same moments */
const struct cosim_watch *record_clock_probes(struct record_clock *t);
/* the keys that follow the layer's name; engine NULL: no probes */
void record_clock_json(struct record_clock *t, uint64_t clocks, const char *engine, json_t *j);
void record_clock_free(struct record_clock *t);

/* where the weights are: cosim_record_place.c */
json_t *record_place_json(const struct cfg *c, const struct map_program *p);

#endif

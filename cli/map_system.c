/* What a model costs on a system of arrays: shapes, or a checkpoint at one weight per cell.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/map_cmd.h"
#include "cli/cli_json.h"
#include "common/file.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int parse_regime(struct map_system *s, struct err *e)
{
	static const char *const name[] = { "own", "equal", "area" };
	const struct map_options *o = s->o;
	int i = o->arrays ? MAP_EQUAL : o->area > 0 ? MAP_AREA : MAP_OWN;

	if (o->regime)
		for (i = 0; i < 3 && strcmp(o->regime, name[i]); i++)
			;
	if (i == 3)
		return err_set(e, ERR_INPUT, "--regime '%.60s' is unknown: legal are own, equal, area", o->regime);
	s->regime = (enum map_regime)i;
	if (s->regime == MAP_EQUAL && !o->arrays)
		return err_set(e, ERR_INPUT, "--regime equal needs a number of arrays: add --arrays N");
	if (s->regime != MAP_EQUAL && o->arrays)
		return err_set(e, ERR_INPUT, "--arrays %ld is of --regime equal: leave one of them out", o->arrays);
	if (s->regime != MAP_AREA && o->area > 0)
		return err_set(e, ERR_INPUT, "--area %g is of --regime area: leave one of them out", o->area);
	return 0;
}

/* own arrays of the placement that needs least area */
static int least_area(struct map_system *s, struct err *e)
{
	s->budget = INFINITY;
	for (int k = PLACE_LINEAR; k <= PLACE_PACKED; k++) {
		struct cost_request q = { .kind = (enum place_kind)k, .mode = PLACE_AREA, .tokens = s->tokens };
		enum place_kind chosen;
		struct system_cost x;

		if (cost_place(s->cfg, s->cost, s->w, &q, NULL, &chosen, &x, e))
			return -1;
		s->budget = fmin(s->budget, (double)x.arrays * cost_array_area(s->cfg, s->cost, x.bits));
	}
	return 0;
}

static int place(const struct map_system *s, enum place_kind kind, enum place_mode mode, enum place_kind *chosen, struct system_cost *out, struct err *e)
{
	struct cost_request q = { .kind = kind, .mode = mode, .arrays = s->o->arrays, .tokens = s->tokens };

	if (s->regime == MAP_AREA)
		return cost_place_area(s->cfg, s->cost, s->w, &q, s->budget, NULL, chosen, out, e);
	return cost_place(s->cfg, s->cost, s->w, &q, NULL, chosen, out, e);
}

static int report(struct map_system *s, struct err *e)
{
	char *text = cli_json_text(map_system_json(s));
	int rc = 0;

	if (s->o->out) {
		char *path = file_join(s->o->out, "map.json");

		rc = file_mkdirs(s->o->out, e) || file_write(path, text, strlen(text), e) ? -1 : 0;
		free(path);
	}
	if (!rc && s->o->json)
		fputs(text, stdout);
	else if (!rc)
		map_system_print(s);
	free(text);
	return rc ? rc : cli_flush(e);
}

/* packed: all modes. The candidates are the same, but with a budget of area every mode has its own number of arrays. */
static int place_modes(struct map_system *s, struct err *e)
{
	struct cost_request q = { .kind = PLACE_PACKED, .arrays = s->o->arrays, .tokens = s->tokens };
	enum place_kind ignored;

	if (s->regime != MAP_AREA)
		return cost_place_modes(s->cfg, s->cost, s->w, &q, s->by_mode, e);
	for (int mode = PLACE_AREA; mode <= PLACE_LATENCY; mode++)
		if (place(s, PLACE_PACKED, (enum place_mode)mode, &ignored, &s->by_mode[mode], e))
			return -1;
	return 0;
}

static int cost(struct map_system *s, struct err *e)
{
	struct system_cost sparse;
	enum place_kind ignored;

	if (s->regime == MAP_AREA && !(s->budget > 0) && least_area(s, e))
		return -1;
	if (s->kind == PLACE_PACKED ? place_modes(s, e) : place(s, s->kind, s->mode, &ignored, &s->figures, e))
		return -1;
	if (s->kind == PLACE_PACKED)
		s->figures = s->by_mode[s->mode];
	if (place(s, PLACE_SPARSE, s->mode, &ignored, &sparse, e))
		return -1;
	s->padded = sparse.comparisons;
	return report(s, e);
}

int map_system(const struct map_options *o, const struct cfg *c, const struct cost_table *t, enum map_placement p, const struct model *m, struct err *e)
{
	static const enum place_kind kind[] = {
		[MAP_AUTO] = PLACE_PACKED, [MAP_LINEAR] = PLACE_LINEAR, [MAP_SPARSE] = PLACE_SPARSE, [MAP_DENSE] = PLACE_DENSE, [MAP_STRIDED] = PLACE_STRIDED,
		[MAP_PACKED_AREA] = PLACE_PACKED, [MAP_PACKED_CONVERSIONS] = PLACE_PACKED, [MAP_PACKED_LATENCY] = PLACE_PACKED,
	};
	struct map_system s = { .o = o, .cfg = c, .cost = t, .kind = kind[p], .budget = o->area };
	struct workload w;
	int factors, rc;

	s.mode = p == MAP_PACKED_CONVERSIONS ? PLACE_CONVERSIONS : p == MAP_PACKED_LATENCY ? PLACE_LATENCY : PLACE_AREA;
	if (cli_factors(o->factors, &factors, e) || parse_regime(&s, e))
		return -1;
	if (m ? wl_model(&w, m, o->model, e) : wl_shapes(&w, o->model + strlen("shapes:"), factors, o->with_head, e))
		return -1;
	s.w = &w;
	s.tokens = o->tokens ? o->tokens : w.context;
	rc = cost(&s, e);
	wl_release(&w);
	return rc;
}

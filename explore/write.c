/* The tables: quantities of a point, as CSV and JSON, in the order of the points.
 * SPDX-License-Identifier: Apache-2.0 */
#include "explore/explore.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COST(name, type) { #name, type, offsetof(struct explore_result, cost.name) }
const struct explore_column explore_columns[] = {
	COST(latency_ns, EXPLORE_REAL), COST(energy_nj, EXPLORE_REAL), COST(area_um2, EXPLORE_REAL),
	COST(arrays, EXPLORE_LONG), COST(images, EXPLORE_U64), COST(utilisation, EXPLORE_REAL), COST(cells, EXPLORE_U64), COST(padding, EXPLORE_U64), COST(steps, EXPLORE_U64),
	COST(cycles, EXPLORE_U64), COST(load_cycles, EXPLORE_U64), COST(loads, EXPLORE_U64), COST(activations, EXPLORE_U64), COST(conversions, EXPLORE_U64), COST(comparisons, EXPLORE_U64),
	COST(bits_moved, EXPLORE_U64),
	{ "array_cells", EXPLORE_U64, offsetof(struct explore_result, array_cells) },
	{ "bits_used", EXPLORE_INT, offsetof(struct explore_result, cost.bits) }, { "bits_wanted", EXPLORE_INT, offsetof(struct explore_result, bits_wanted) },
	COST(converter_nj, EXPLORE_REAL), COST(array_nj, EXPLORE_REAL), COST(movement_nj, EXPLORE_REAL), COST(load_nj, EXPLORE_REAL), COST(converter_um2, EXPLORE_REAL),
	COST(lower_bound_arrays, EXPLORE_LONG), COST(lower_bound_cycles, EXPLORE_U64), COST(lower_bound_conversions, EXPLORE_U64),
	COST(candidate, EXPLORE_TEXT), COST(missing, EXPLORE_UNSIGNED),
	{ NULL }
};

static const char *const state_name[] = { "open", "done", "skipped" };

json_t *explore_value(const struct explore_column *c, const struct explore_result *r)
{
	const void *at = (const char *)r + c->offset;

	switch (c->type) {
	case EXPLORE_LONG:
		return json_integer(*(const long *)at);
	case EXPLORE_U64:
		return json_integer((json_int_t)*(const uint64_t *)at);
	case EXPLORE_INT:
		return json_integer(*(const int *)at);
	case EXPLORE_UNSIGNED:
		return json_integer(*(const unsigned *)at);
	case EXPLORE_REAL:
		return isfinite(*(const double *)at) ? json_real(*(const double *)at) : json_null();
	case EXPLORE_TEXT:
		return json_string(at);
	}
	BUG("column %s has type %d", c->name, (int)c->type);
}

/* what a point was compared on (explore_front), parted by spaces; missing bits always are */
static void front_of(const struct explore_point *p, bool has_area, struct buf *out)
{
	static const char *const name[EXPLORE_OBJECTIVES] = { "latency", "energy", "area", NULL, "array_cells", "converter_area" };
	double v[EXPLORE_OBJECTIVES];

	explore_objectives(p, has_area, v);
	for (int i = 0; i < EXPLORE_OBJECTIVES; i++)
		if (name[i] && !isnan(v[i]))
			buf_addf(out, "%s%s", out->len ? " " : "", name[i]);
}

/* "energy of writing a cell; area of a cell" */
static void missing_names(unsigned missing, struct buf *out)
{
	for (int i = 0; i < COST_N_MISSING; i++)
		if (missing >> i & 1)
			buf_addf(out, "%s%s", out->len ? "; " : "", cost_missing_name[i]);
}

/* RFC 4180 */
static void csv_text(struct buf *out, const char *s)
{
	if (!strpbrk(s, ",\"\r\n")) {
		buf_adds(out, s);
		return;
	}
	buf_adds(out, "\"");
	for (; *s; s++)
		buf_addf(out, "%s%c", *s == '"' ? "\"" : "", *s);
	buf_adds(out, "\"");
}

static void csv_value(struct buf *out, const struct explore_column *c, const struct explore_result *r)
{
	json_t *v = explore_value(c, r);

	if (json_is_integer(v))
		buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	else if (json_is_real(v))
		buf_addf(out, "%.9g", json_real_value(v));
	else if (json_is_string(v))
		csv_text(out, json_string_value(v));
	json_decref(v);
}

static bool is_missing(const struct explore_column *c)
{
	return c->type == EXPLORE_UNSIGNED; /* printed as words */
}

static void csv_row(const struct explore_point *q, bool has_area, struct buf *out)
{
	bool done = q->state == EXPLORE_DONE;
	struct buf text;

	buf_init(&text);
	for (int a = 0; a < EXPLORE_AXES; a++)
		buf_addf(out, "%s,", q->value[a]);
	if (done)
		front_of(q, has_area, &text);
	buf_addf(out, "%s,%s,%s", state_name[q->state], !done ? "" : q->front ? "yes" : "no", text.data);
	for (const struct explore_column *c = explore_columns; c->name; c++) {
		buf_adds(out, ",");
		buf_clear(&text);
		if (done && is_missing(c))
			missing_names(q->result.cost.missing, &text);
		csv_text(out, text.data);
		if (done && !is_missing(c))
			csv_value(out, c, &q->result);
	}
	buf_adds(out, ",");
	if (q->reason)
		csv_text(out, q->reason);
	buf_adds(out, "\n");
	buf_release(&text);
}

void explore_csv(const struct explore_points *p, struct buf *out)
{
	bool has_area = explore_has_area(p);

	for (int a = 0; a < EXPLORE_AXES; a++)
		buf_addf(out, "%s,", explore_axis_name[a]);
	buf_adds(out, "state,front,front_of");
	for (const struct explore_column *c = explore_columns; c->name; c++)
		buf_addf(out, ",%s", c->name);
	buf_adds(out, ",reason\n");
	for (size_t i = 0; i < p->n; i++)
		csv_row(&p->point[i], has_area, out);
}

static json_t *point_json(const struct explore_point *p, bool has_area)
{
	json_t *j = json_object();
	struct buf text;

	for (int a = 0; a < EXPLORE_AXES; a++)
		json_object_set_new(j, explore_axis_name[a], a < EXPLORE_KIND ? json_integer(atoi(p->value[a])) : *p->value[a] ? json_string(p->value[a]) : json_null());
	json_object_set_new(j, "state", json_string(state_name[p->state]));
	if (p->state == EXPLORE_SKIPPED)
		json_object_set_new(j, "reason", json_string(p->reason));
	if (p->state != EXPLORE_DONE)
		return j;
	buf_init(&text);
	front_of(p, has_area, &text);
	json_object_set_new(j, "front", json_boolean(p->front));
	json_object_set_new(j, "front_of", json_string(text.data));
	buf_clear(&text);
	missing_names(p->result.cost.missing, &text);
	for (const struct explore_column *c = explore_columns; c->name; c++)
		json_object_set_new(j, c->name, is_missing(c) ? json_string(text.data) : explore_value(c, &p->result));
	buf_release(&text);
	return j;
}

json_t *explore_json(const struct explore_points *p, const json_t *fixed)
{
	json_t *j = json_object(), *points = json_array();
	size_t count[3] = { 0 }, front = 0;
	bool has_area = explore_has_area(p);

	for (size_t i = 0; i < p->n; i++) {
		json_array_append_new(points, point_json(&p->point[i], has_area));
		count[p->point[i].state]++;
		front += p->point[i].front;
	}
	json_object_set_new(j, "request", json_deep_copy(fixed));
	json_object_set_new(j, "done", json_integer((json_int_t)count[EXPLORE_DONE]));
	json_object_set_new(j, "skipped", json_integer((json_int_t)count[EXPLORE_SKIPPED]));
	json_object_set_new(j, "front", json_integer((json_int_t)front));
	json_object_set_new(j, "points", points);
	return j;
}

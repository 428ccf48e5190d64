/* The cartesian product. Configurations are made by overrides of the base, so that every rule of the configuration applies to every point.
 * SPDX-License-Identifier: Apache-2.0 */
#include "explore/explore.h"
#include "common/cfg_near.h"
#include "common/cfg_schema.h"
#include "common/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_POINTS = 100000, FIELDS = EXPLORE_KIND + 1, LONGEST = sizeof(((struct explore_point *)0)->value[0]) };

const char *const explore_axis_name[EXPLORE_AXES] = { "rows", "cols", "adcs", "bits", "kind", "placement", "optimise" };
static const char *const field_key[FIELDS] = { "array.rows", "array.cols", "readout.adcs", "readout.bits", "readout.kind" };

struct values { char (*text)[LONGEST]; size_t n; };

static const struct cfg_field *field_of(const char *key)
{
	const struct cfg_schema *s = cfg_schema();

	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->field[i].key, key))
			return &s->field[i];
	BUG("no field %s", key);
}

/* names that an axis of words has, NULL for an axis of numbers */
static const char *const *words(int axis, size_t *n)
{
	const struct cfg_field *f;

	switch (axis) {
	case EXPLORE_KIND:
		f = field_of(field_key[axis]);
		*n = (size_t)f->n_choices;
		return (const char *const *)f->choice;
	case EXPLORE_PLACEMENT:
		*n = sizeof(place_kind_name) / sizeof(*place_kind_name);
		return place_kind_name;
	case EXPLORE_OPTIMISE:
		*n = sizeof(place_mode_name) / sizeof(*place_mode_name);
		return place_mode_name;
	default:
		*n = 0;
		return NULL;
	}
}

static int word_index(int axis, const char *text)
{
	size_t n;
	const char *const *known = words(axis, &n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(known[i], text))
			return (int)i;
	return -1;
}

static int check_word(int axis, const char *text, struct err *e)
{
	size_t n;
	const char *const *known = words(axis, &n), *near = cfg_near(text, known, n);
	struct buf legal;

	if (word_index(axis, text) >= 0)
		return 0;
	buf_init(&legal);
	for (size_t i = 0; i < n; i++)
		buf_addf(&legal, "%s%s", i ? ", " : "", known[i]);
	if (near)
		err_set(e, ERR_INPUT, "--%s \"%.60s\" is unknown: legal %s; did you mean \"%s\"", explore_axis_name[axis], text, legal.data, near);
	else
		err_set(e, ERR_INPUT, "--%s \"%.60s\" is unknown: legal %s; name one of them", explore_axis_name[axis], text, legal.data);
	buf_release(&legal);
	return -1;
}

/* the range is the schema's: "8..1024", "a power of two, 1..256" */
static int check_number(int axis, const char *text, struct err *e)
{
	const struct cfg_field *f = field_of(field_key[axis]);
	const char *range = strrchr(f->legal, ' ') ? strrchr(f->legal, ' ') + 1 : f->legal;
	long lo, hi, v;
	char *end;

	if (sscanf(range, "%ld..%ld", &lo, &hi) != 2)
		BUG("legal values of %s: %s", f->key, f->legal);
	v = strtol(text, &end, 10);
	/* digits only: "+64" and "064" would be second names of a point */
	if (text[0] < '1' || text[0] > '9' || *end || v < lo || v > hi || (range != f->legal && (v & (v - 1))))
		return err_set(e, ERR_INPUT, "--%s \"%.60s\" is not legal: each of the list is %s; change --%s", explore_axis_name[axis], text, f->legal, explore_axis_name[axis]);
	return 0;
}

static int add_value(struct values *v, int axis, const char *text, struct err *e)
{
	if (axis < EXPLORE_KIND ? check_number(axis, text, e) : check_word(axis, text, e))
		return -1;
	for (size_t i = 0; i < v->n; i++)
		if (!strcmp(v->text[i], text))
			return err_set(e, ERR_INPUT, "--%s names \"%s\" twice: legal is every value once; remove one", explore_axis_name[axis], text);
	v->text = mem_realloc(v->text, v->n + 1, sizeof(*v->text));
	snprintf(v->text[v->n++], LONGEST, "%s", text);
	return 0;
}

static int from_list(struct values *v, int axis, const char *list, struct err *e)
{
	char *copy = mem_strdup(list), *at = copy, *next;
	int rc = 0;

	/* an empty word ("64,,128") is a wrong value too */
	for (; at && !rc; at = next) {
		next = strchr(at, ',');
		if (next)
			*next++ = '\0';
		rc = add_value(v, axis, at, e);
	}
	free(copy);
	return rc;
}

static int from_default(struct values *v, int axis, const struct cfg *base, struct err *e)
{
	size_t n;
	const char *const *known = words(axis, &n);
	char text[CFG_TEXT];

	if (axis < FIELDS) {
		cfg_field_get(base, field_of(field_key[axis]), text);
		return add_value(v, axis, text, e);
	}
	for (size_t i = 0; i < n; i++)
		if (add_value(v, axis, known[i], e))
			return -1;
	return 0;
}

/* one combination of hardware fields -> c, or the reason why not */
static char *load(const char *config, const char *const *overrides, size_t n_overrides, char value[FIELDS][LONGEST], struct cfg *c)
{
	const char **all = MEM_NEW(n_overrides + FIELDS, const char *);
	char text[FIELDS][2 * LONGEST];
	struct err e = { 0 };
	int bad;

	for (size_t i = 0; i < n_overrides; i++)
		all[i] = overrides[i];
	for (int i = 0; i < FIELDS; i++) {
		snprintf(text[i], sizeof(text[i]), "%s=%.*s", field_key[i], (int)LONGEST, value[i]);
		all[n_overrides + (size_t)i] = text[i];
	}
	bad = cfg_load(c, config, all, n_overrides + FIELDS, &e);
	free(all);
	return bad ? mem_strdup(e.text) : NULL;
}

/* the placements and modes of one combination of hardware fields */
static void add_points(struct explore_points *p, char value[FIELDS][LONGEST], const struct values v[EXPLORE_AXES], const struct cfg *c, const char *reason)
{
	for (size_t i = 0; i < v[EXPLORE_PLACEMENT].n; i++) {
		int kind = word_index(EXPLORE_PLACEMENT, v[EXPLORE_PLACEMENT].text[i]);
		size_t modes = kind == PLACE_PACKED ? v[EXPLORE_OPTIMISE].n : 1;

		for (size_t k = 0; k < modes; k++) {
			struct explore_point *q = &p->point[p->n++];

			memcpy(q->value, value, sizeof(*q->value) * FIELDS);
			memcpy(q->value[EXPLORE_PLACEMENT], v[EXPLORE_PLACEMENT].text[i], LONGEST);
			q->placement = (enum place_kind)kind;
			if (kind == PLACE_PACKED) {
				memcpy(q->value[EXPLORE_OPTIMISE], v[EXPLORE_OPTIMISE].text[k], LONGEST);
				q->mode = (enum place_mode)word_index(EXPLORE_OPTIMISE, v[EXPLORE_OPTIMISE].text[k]);
			}
			q->cfg = reason ? NULL : c;
			q->state = reason ? EXPLORE_SKIPPED : EXPLORE_OPEN;
			q->reason = reason ? mem_strdup(reason) : NULL;
		}
	}
}

static int make(struct explore_points *p, const char *config, const char *const *overrides, size_t n_overrides, const char *const list[EXPLORE_AXES], struct values v[EXPLORE_AXES], struct err *e)
{
	size_t hardware = 1, all;
	struct cfg base;

	if (cfg_load(&base, config, overrides, n_overrides, e))
		return -1;
	for (int a = 0; a < EXPLORE_AXES; a++) {
		if (list[a] ? from_list(&v[a], a, list[a], e) : from_default(&v[a], a, &base, e))
			return -1;
		if (a < FIELDS)
			hardware *= v[a].n; /* at most 1017^2 * 9 * 12 * 5 */
	}
	all = hardware * v[EXPLORE_PLACEMENT].n * v[EXPLORE_OPTIMISE].n; /* a little more than there are */
	if (all > MAX_POINTS)
		return err_set(e, ERR_INPUT, "the lists make %zu combinations: legal 1..%d; shorten them", all, MAX_POINTS);
	p->cfg = MEM_NEW(hardware, struct cfg);
	p->point = MEM_NEW(all, struct explore_point);
	for (size_t h = 0; h < hardware; h++) {
		char value[FIELDS][LONGEST], *reason;
		size_t rest = h;

		for (int a = FIELDS - 1; a >= 0; a--) {
			memcpy(value[a], v[a].text[rest % v[a].n], LONGEST);
			rest /= v[a].n;
		}
		reason = load(config, overrides, n_overrides, value, &p->cfg[h]);
		add_points(p, value, v, &p->cfg[h], reason);
		free(reason);
	}
	return 0;
}

int explore_points_make(struct explore_points *p, const char *config, const char *const *overrides, size_t n_overrides, const char *const list[EXPLORE_AXES], struct err *e)
{
	struct values v[EXPLORE_AXES] = { { NULL } };
	int rc;

	memset(p, 0, sizeof(*p));
	rc = make(p, config, overrides, n_overrides, list, v, e);
	for (int a = 0; a < EXPLORE_AXES; a++)
		free(v[a].text);
	return rc;
}

void explore_points_release(struct explore_points *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->point[i].reason);
	free(p->point);
	free(p->cfg);
	memset(p, 0, sizeof(*p));
}

void explore_key(const struct explore_point *p, struct buf *out)
{
	for (int a = 0; a < EXPLORE_AXES; a++)
		if (*p->value[a])
			buf_addf(out, "%s%s=%s", a ? " " : "", explore_axis_name[a], p->value[a]);
}

/* The table of constants, read strictly: every key there, none unknown, each with its unit and its source.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cost/table.h"
#include "common/buf.h"
#include "common/cfg_near.h"
#include "common/file.h"
#include "common/mem.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

extern const char embed_cost_default[];
extern const size_t embed_cost_default_len;

enum { TABLE_BYTES = 1 << 20 };

/* needed: the clocks cannot be told without it, null is refused */
struct key { const char *name, *unit; double least, most; bool needed; };
static const struct key key[COST_N_KEYS] = {
	[COST_CONVERTER_FF_BIT] = { "converter_fF_per_bit", "fF", 0, 1e12, false },
	[COST_CONVERTER_FF_LEVEL] = { "converter_fF_per_level", "fF", 0, 1e12, false },
	[COST_CONVERTER_SUPPLY] = { "converter_supply", "V", 0, 1e12, false },
	[COST_CONVERTER_AREA_EXPONENT] = { "converter_area_exponent", "log10(um2)", 0, 12, false },
	[COST_CONVERTER_AREA_SLOPE] = { "converter_area_slope", "log10(um2)/bit", 0, 12, false },
	[COST_CONVERTER_NS_ROW] = { "converter_ns_per_row", "ns", 0, 1e12, false },
	[COST_CONVERTER_NS] = { "converter_ns", "ns", 0, 1e12, false },
	[COST_ANY_COLUMN] = { "any_column", "0 or 1", 0, 1, true },
	[COST_MVM_NS] = { "mvm_ns", "ns", 0, 1e9, true },
	[COST_MVM_NJ] = { "mvm_nj", "nJ", 0, 1e12, false },
	[COST_MVM_FIXED] = { "mvm_fixed", "0..1", 0, 1, false },
	[COST_BIT_FJ] = { "bit_fj", "fJ", 0, 1e12, false },
	[COST_STAGE_NS] = { "stage_ns", "ns", 0, 1e9, true },
	[COST_ADD_NS] = { "add_ns", "ns", 0, 1e9, true },
	[COST_BETWEEN_NS] = { "between_ns", "ns", 0, 1e9, true },
	[COST_LOAD_BITS] = { "load_bits_per_clock", "bit", 1, 1e6, true },
	[COST_WRITE_NJ] = { "write_nj", "nJ", 0, 1e12, false },
	[COST_CELL_UM2] = { "cell_um2", "um2", 0, 1e12, false },
};

static int find(const char *name)
{
	for (int k = 0; k < COST_N_KEYS; k++)
		if (!strcmp(key[k].name, name))
			return k;
	return -1;
}

static int unknown(const char *path, const char *name, struct err *e)
{
	const char *known[COST_N_KEYS], *near;

	for (int k = 0; k < COST_N_KEYS; k++)
		known[k] = key[k].name;
	near = cfg_near(name, known, COST_N_KEYS);
	if (near)
		return err_set(e, ERR_INPUT, "'%s': entry '%.60s' is unknown; did you mean '%s'?", path, name, near);
	return err_set(e, ERR_INPUT, "'%s': entry '%.60s' is unknown; legal are those of configs/cost/default.json", path, name);
}

static const char *text(const json_t *object, const char *name)
{
	const char *s = json_string_value(json_object_get(object, name));

	return s ? s : "";
}

static int read_value(struct cost_table *t, int k, const json_t *v, const char *path, struct err *e)
{
	double x = json_number_value(v);

	if (json_is_null(v)) {
		if (key[k].needed)
			return err_set(e, ERR_INPUT, "'%s': value of '%s' is null, legal is %g..%g %s: the clocks need it; give a number", path, key[k].name, key[k].least, key[k].most, key[k].unit);
		t->value[k] = NAN;
		return 0;
	}
	if (!json_is_number(v))
		return err_set(e, ERR_INPUT, "'%s': value of '%s' is no number, legal is %g..%g %s or null; write a number without quotes", path, key[k].name, key[k].least, key[k].most, key[k].unit);
	if (!(x >= key[k].least && x <= key[k].most))
		return err_set(e, ERR_INPUT, "'%s': value of '%s' is %g, legal is %g..%g %s", path, key[k].name, x, key[k].least, key[k].most, key[k].unit);
	if (k == COST_ANY_COLUMN && x != floor(x))
		return err_set(e, ERR_INPUT, "'%s': value of 'any_column' is %g, legal is 0 or 1", path, x);
	t->value[k] = x;
	return 0;
}

static int read_entry(struct cost_table *t, const char *name, const json_t *entry, const char *path, struct err *e)
{
	int k = find(name);
	const json_t *v = json_object_get(entry, "value");
	const char *field;
	json_t *part;

	if (k < 0)
		return unknown(path, name, e);
	json_object_foreach((json_t *)entry, field, part)
		if (strcmp(field, "value") && strcmp(field, "unit") && strcmp(field, "source"))
			return err_set(e, ERR_INPUT, "'%s': '%.60s' of '%s' is unknown: legal are value, unit, source", path, field, name);
	if (!v)
		return err_set(e, ERR_INPUT, "'%s': '%s' has no value; write a number, or null when it is not known", path, name);
	if (!*text(entry, "source"))
		return err_set(e, ERR_INPUT, "'%s': '%s' has no source; say where the figure is from", path, name);
	free(t->source[k]);
	t->source[k] = mem_strdup(text(entry, "source"));
	if (strcmp(text(entry, "unit"), key[k].unit))
		return err_set(e, ERR_INPUT, "'%s': unit of '%s' is '%.30s', legal is '%s'; convert the value", path, name, text(entry, "unit"), key[k].unit);
	return read_value(t, k, v, path, e);
}

static int read_table(struct cost_table *t, const json_t *root, const char *path, struct err *e)
{
	const json_t *entries = json_object_get(root, "entries");
	const char *name;
	json_t *entry;

	json_object_foreach((json_t *)root, name, entry)
		if (strcmp(name, "name") && strcmp(name, "entries"))
			return err_set(e, ERR_INPUT, "'%s': '%.60s' is unknown: legal are name, entries", path, name);
	if (!*text(root, "name"))
		return err_set(e, ERR_INPUT, "'%s': the table has no name; write \"name\": \"...\"", path);
	t->name = mem_strdup(text(root, "name"));
	if (!json_is_object(entries))
		return err_set(e, ERR_INPUT, "'%s': the table has no entries; write \"entries\": { ... } as configs/cost/default.json does", path);
	json_object_foreach((json_t *)entries, name, entry)
		if (read_entry(t, name, entry, path, e))
			return -1;
	for (int k = 0; k < COST_N_KEYS; k++)
		if (!json_object_get(entries, key[k].name))
			return err_set(e, ERR_INPUT, "'%s': entry '%s' is missing; take it from configs/cost/default.json, or give null where that is legal", path, key[k].name);
	return 0;
}

struct cost_table *cost_table_load(const char *path, struct err *e)
{
	const char *shown = path ? path : "configs/cost/default.json";
	struct cost_table *t = MEM_NEW(1, struct cost_table);
	json_error_t why;
	json_t *root;
	int rc;

	if (path) {
		struct buf b;

		rc = file_read(path, TABLE_BYTES, &b, e);
		root = rc ? NULL : json_loadb(b.data, b.len, JSON_REJECT_DUPLICATES, &why);
		buf_release(&b);
		if (rc) {
			cost_table_free(t);
			return NULL;
		}
	} else {
		root = json_loadb(embed_cost_default, embed_cost_default_len, JSON_REJECT_DUPLICATES, &why);
	}
	if (!root)
		rc = err_set(e, ERR_INPUT, "'%s': line %d: %s; mend the JSON", shown, why.line, why.text);
	else if (!json_is_object(root))
		rc = err_set(e, ERR_INPUT, "'%s': the file is no JSON object; write {\"name\": ..., \"entries\": ...} as configs/cost/default.json does", shown);
	else
		rc = read_table(t, root, shown, e);
	json_decref(root);
	if (rc) {
		cost_table_free(t);
		return NULL;
	}
	return t;
}

void cost_table_free(struct cost_table *t)
{
	for (int k = 0; t && k < COST_N_KEYS; k++)
		free(t->source[k]);
	if (t)
		free(t->name);
	free(t);
}

const char *cost_table_name(const struct cost_table *t)
{
	return t->name;
}

int cost_table_size(void)
{
	return COST_N_KEYS;
}

struct cost_entry cost_table_entry(const struct cost_table *t, int i)
{
	return (struct cost_entry){ key[i].name, key[i].unit, t->source[i], t->value[i] };
}

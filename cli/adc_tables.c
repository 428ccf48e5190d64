/* SPDX-License-Identifier: Apache-2.0 */
#include "adc/tables.h"
#include "cli/adc_tasks.h"
#include "cli/cli_json.h"
#include "common/file.h"
#include "common/mem.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct report { size_t entries, tables, not_monotone, first; char digest[65], own[65]; };

void adc_tables_place(const struct cfg *c, size_t i, char out[ADC_PLACE])
{
	size_t table = i >> c->bits, id = table / AT_SETS;

	snprintf(out, ADC_PLACE, "tile %zu, lane %zu, set %zu, threshold %zu", id / (size_t)c->adcs, id % (size_t)c->adcs, table % AT_SETS, i & (((size_t)1 << c->bits) - 1));
}

static void print_json(const struct adc_tables_task *a, const struct report *r, const int32_t *T)
{
	json_t *j = json_pack("{s:s,s:o,s:i,s:i,s:i,s:b,s:s,s:b}", "config", a->config->name, "file", a->file || a->out ? json_string(a->file ? a->file : a->out) : json_null(), "entries",
			      (int)r->entries, "tables", (int)r->tables, "not_monotone", (int)r->not_monotone, "monotone", r->not_monotone == 0, "sha256", r->digest, "of_config",
			      !strcmp(r->digest, r->own));
	char at[ADC_PLACE];

	if (r->not_monotone) {
		adc_tables_place(a->config, r->first, at);
		json_object_set_new(j, "first", json_pack("{s:s,s:i,s:i}", "at", at, "threshold", T[r->first], "next", T[r->first + 1]));
	}
	cli_print_json(j);
}

static void print_text(const struct adc_tables_task *a, const struct report *r, const int32_t *T)
{
	const struct cfg *c = a->config;
	char at[ADC_PLACE];

	printf("%zu tables of %d thresholds: %d tiles x %d converters x %d sets, grid 1/%d count\n", r->tables, (1 << c->bits) - 1, c->tiles, c->adcs, AT_SETS, 1 << c->grid_bits);
	if (r->not_monotone) {
		adc_tables_place(c, r->first, at);
		printf("%zu are not monotone, the first at %s: %d, the next %d (grid): orders of asking may differ there\n", r->not_monotone, at, T[r->first], T[r->first + 1]);
	} else {
		puts("all monotone: every order of asking gives the same codes");
	}
	printf("sha256 %s%s\n", r->digest, !a->file ? "" : strcmp(r->digest, r->own) ? ", not the configuration's own" : ", the configuration's own");
	if (a->out)
		printf("thresholds: %s\n", a->out);
}

int adc_tables_write(const int32_t *T, size_t n, const char *path, struct err *e)
{
	struct buf text;
	int rc;

	buf_init(&text);
	at_print(T, n, &text);
	rc = file_write(path, text.data, text.len, e);
	buf_release(&text);
	return rc;
}

int adc_tables_exist(const struct cfg *c, struct err *e)
{
	if (c->kind == CFG_DIGITAL)
		return err_set(e, ERR_INPUT, "'%s': array.kind \"digital\" counts by adders and has no threshold tables; set array.kind=analog", c->name);
	return 0;
}

int adc_tables_run(const struct adc_tables_task *a, struct err *e)
{
	struct report r = { .entries = at_count(a->config), .tables = at_count(a->config) >> a->config->bits };
	int32_t *T;
	int rc = 0;

	if (adc_tables_exist(a->config, e))
		return -1;
	T = MEM_NEW(r.entries, int32_t);
	at_build(a->config, T);
	at_digest(T, r.entries, r.own);
	if (a->file)
		rc = at_read(a->config, a->file, T, e);
	if (!rc && a->out)
		rc = adc_tables_write(T, r.entries, a->out, e);
	if (!rc) {
		at_digest(T, r.entries, r.digest);
		r.not_monotone = at_not_monotone(a->config, T, &r.first);
		if (a->json)
			print_json(a, &r, T);
		else
			print_text(a, &r, T);
	}
	free(T);
	return rc;
}

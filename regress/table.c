/* SPDX-License-Identifier: Apache-2.0 */
#include "regress/table.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

static char *text_of(const struct regress_case *c, void (*add)(const struct regress_case *c, struct buf *out))
{
	struct buf b;

	buf_init(&b);
	add(c, &b);
	return b.data;
}

/* cases with one key share their result */
static const struct regress_row *same_key(const struct regress_table *t, const struct regress_case *c, size_t *hash, size_t slots)
{
	size_t at = (size_t)strtoull((char[]){ c->key[0], c->key[1], c->key[2], c->key[3], c->key[4], c->key[5], c->key[6], c->key[7], 0 }, NULL, 16) % slots;

	while (hash[at] && strcmp(t->row[hash[at] - 1].c->key, c->key))
		at = (at + 1) % slots;
	if (hash[at])
		return &t->row[hash[at] - 1];
	hash[at] = t->n + 1; /* the row that is being made */
	return NULL;
}

int regress_table_make(struct regress_table *t, const struct regress_list *l, const struct regress_store *s, struct err *e)
{
	size_t slots = 2 * l->n + 1, *hash = MEM_NEW(slots, size_t);

	*t = (struct regress_table){ .list = l->path, .row = MEM_NEW(l->n, struct regress_row) };
	for (size_t i = 0; i < l->n; i++) {
		const struct regress_case *c = &l->c[i];
		const struct regress_row *same = same_key(t, c, hash, slots);
		struct regress_row *r = &t->row[t->n++];

		r->c = c;
		r->result = same ? json_incref(same->result) : regress_store_get(s, c->key);
		r->verdict = (enum regress_verdict)regress_result_verdict(r->result);
		r->config = text_of(c, regress_config_label);
		r->model = text_of(c, regress_model_label);
		r->rest = text_of(c, regress_rest_label);
		if (r->verdict == REGRESS_VERDICTS) {
			free(hash);
			return err_set(e, ERR_ENV, "'%s/results/%s.json' is gone, or no result; the same command makes it again", s->dir, c->key);
		}
		t->total[r->verdict]++;
	}
	free(hash);
	return 0;
}

void regress_table_release(struct regress_table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		json_decref(t->row[i].result);
		free(t->row[i].config);
		free(t->row[i].model);
		free(t->row[i].rest);
	}
	free(t->row);
	*t = (struct regress_table){ 0 };
}

const char *regress_row_why(const struct regress_row *r)
{
	const char *why = json_string_value(json_object_get(r->result, r->verdict == REGRESS_DIFFERENT ? "first_difference" : "message"));

	return why ? why : "";
}

void regress_totals(const struct regress_table *t, struct buf *out)
{
	const char *between = ":";

	buf_addf(out, "%zu cases", t->n);
	for (int v = 0; v < REGRESS_VERDICTS; v++) {
		if (!t->total[v])
			continue;
		buf_addf(out, "%s %zu %s", between, t->total[v], regress_verdict_name[v]);
		between = ",";
	}
}

void regress_labels_make(struct regress_labels *l, const struct regress_table *t, const char *(*of)(const struct regress_row *r))
{
	*l = (struct regress_labels){ .of_row = MEM_NEW(t->n, size_t) };
	for (size_t i = 0; i < t->n; i++) {
		const char *name = of(&t->row[i]);
		size_t k = l->n;

		while (k > 0 && strcmp(l->name[k - 1], name)) /* neighbours share it */
			k--;
		if (!k) {
			*MEM_PUSH(l->name, l->n) = name;
			k = l->n;
		}
		l->of_row[i] = k - 1;
	}
}

void regress_labels_release(struct regress_labels *l)
{
	free(l->name);
	free(l->of_row);
	*l = (struct regress_labels){ 0 };
}

const char *regress_row_config(const struct regress_row *r)
{
	return r->config;
}

const char *regress_row_model(const struct regress_row *r)
{
	return r->model;
}

/* ---- JSON */

static json_t *options_json(const struct regress_case *c)
{
	json_t *j = json_object();

	for (size_t i = 0; i < c->n; i++)
		if (c->word[i].name > REGRESS_MODEL)
			json_object_set_new(j, regress_traits[c->word[i].name].name, json_string(c->word[i].text));
	return j;
}

static json_t *overrides_json(const struct regress_case *c)
{
	json_t *j = json_array();

	for (size_t i = 0; i < c->n; i++)
		if (c->word[i].name == REGRESS_OVERRIDE)
			json_array_append_new(j, json_string(c->word[i].text));
	return j;
}

static const char *text_in_list(const struct regress_case *c, enum regress_name name)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->word[i].name == name)
			return c->word[i].text;
	return "";
}

static json_t *case_json(const struct regress_row *r)
{
	static const char *const figures[] = { "codes_compared", "partials_compared", "outputs_compared", "mismatches", "rtl_cycles", "predicted_cycles", "first_difference", "message" };
	json_t *j = json_object();
	struct buf command;

	buf_init(&command);
	regress_command(r->c, &command);
	json_object_set_new(j, "line", json_integer(r->c->line));
	json_object_set_new(j, "config", json_string(text_in_list(r->c, REGRESS_CONFIG)));
	json_object_set_new(j, "set", overrides_json(r->c));
	json_object_set_new(j, "model", json_string(text_in_list(r->c, REGRESS_MODEL)));
	json_object_set_new(j, "options", options_json(r->c));
	json_object_set_new(j, "verdict", json_string(regress_verdict_name[r->verdict]));
	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++)
		if (json_object_get(r->result, figures[i]))
			json_object_set(j, figures[i], json_object_get(r->result, figures[i]));
	json_object_set_new(j, "repeat", json_string(command.data));
	json_object_set_new(j, "key", json_string(r->c->key));
	buf_release(&command);
	return j;
}

json_t *regress_results_json(const struct regress_table *t)
{
	json_t *j = json_object(), *totals = json_object(), *cases = json_array();

	json_object_set_new(totals, "cases", json_integer((json_int_t)t->n));
	for (int v = 0; v < REGRESS_VERDICTS; v++)
		json_object_set_new(totals, regress_verdict_name[v], json_integer((json_int_t)t->total[v]));
	for (size_t i = 0; i < t->n; i++)
		json_array_append_new(cases, case_json(&t->row[i]));
	json_object_set_new(j, "list", json_string(t->list));
	json_object_set_new(j, "totals", totals);
	json_object_set_new(j, "cases", cases);
	return j;
}

json_t *regress_timing_json(const struct regress_table *t)
{
	json_t *j = json_array();

	for (size_t i = 0; i < t->n; i++) {
		json_t *timing = json_object_get(t->row[i].result, "timing"), *one = timing ? json_copy(timing) : json_object();

		json_object_set_new(one, "key", json_string(t->row[i].c->key));
		json_array_append_new(j, one);
	}
	return j;
}

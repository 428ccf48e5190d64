/* The plan that a job array works from.
 * SPDX-License-Identifier: Apache-2.0 */
#include "regress/slurm.h"
#include "common/file.h"
#include "common/mem.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 256 << 20 };

void regress_plan_text(const struct regress_plan *p, struct buf *out)
{
	json_t *j = json_pack("{s:s, s:s, s:i, s:I}", "plan", "bitline regress 1", "dir", p->dir, "retries", p->retries, "timeout", (json_int_t)p->timeout), *cases = json_array(),
	       *batches = json_array();
	char *text;

	for (size_t i = 0; i < p->list.n; i++) {
		const struct regress_case *c = &p->list.c[i];
		json_t *words = json_array();

		for (size_t k = 0; k < c->n; k++)
			json_array_append_new(words, json_pack("[s, s, s]", regress_traits[c->word[k].name].name, c->word[k].text, c->word[k].value));
		json_array_append_new(cases, json_pack("{s:i, s:s, s:s, s:o}", "line", c->line, "key", c->key, "group", c->group, "words", words));
	}
	for (size_t b = 0; b <= p->n_batches; b++)
		json_array_append_new(batches, json_integer((json_int_t)p->batch[b]));
	json_object_set_new(j, "batches", batches);
	json_object_set_new(j, "cases", cases);
	text = json_dumps(j, JSON_INDENT(1));
	buf_addf(out, "%s\n", text);
	free(text);
	json_decref(j);
}

void regress_plan_release(struct regress_plan *p)
{
	regress_list_release(&p->list);
	free(p->dir);
	free(p->batch);
	*p = (struct regress_plan){ 0 };
}

static bool take_case(struct regress_plan *p, json_t *j)
{
	struct regress_case c = { 0 };
	const char *key, *group;
	json_t *words, *word;
	size_t i;

	if (json_unpack(j, "{s:i, s:s, s:s, s:o}", "line", &c.line, "key", &key, "group", &group, "words", &words) || strlen(key) != 64 || strlen(group) != 64)
		return false;
	memcpy(c.key, key, sizeof(c.key));
	memcpy(c.group, group, sizeof(c.group));
	c.word = MEM_NEW(json_array_size(words), struct regress_word);
	*MEM_PUSH(p->list.c, p->list.n) = c;
	json_array_foreach(words, i, word) {
		struct regress_case *last = &p->list.c[p->list.n - 1];
		const char *name, *text, *value;
		int n = 0;

		if (json_unpack(word, "[s, s, s]", &name, &text, &value))
			return false;
		while (n < REGRESS_NAMES && strcmp(name, regress_traits[n].name))
			n++;
		if (n == REGRESS_NAMES)
			return false;
		last->word[last->n++] = (struct regress_word){ (enum regress_name)n, mem_strdup(text), mem_strdup(value) };
	}
	return true;
}

static bool take(struct regress_plan *p, json_t *j)
{
	json_t *cases, *batches, *one;
	const char *kind, *dir;
	json_int_t timeout;
	size_t i;

	if (json_unpack(j, "{s:s, s:s, s:i, s:I, s:o, s:o}", "plan", &kind, "dir", &dir, "retries", &p->retries, "timeout", &timeout, "batches", &batches, "cases", &cases) ||
	    strcmp(kind, "bitline regress 1") || json_array_size(batches) < 2)
		return false;
	p->dir = mem_strdup(dir);
	p->timeout = timeout;
	json_array_foreach(cases, i, one)
		if (!take_case(p, one))
			return false;
	p->n_batches = json_array_size(batches) - 1;
	p->batch = MEM_NEW(p->n_batches + 1, size_t);
	json_array_foreach(batches, i, one) {
		p->batch[i] = (size_t)json_integer_value(one);
		if (p->batch[i] > p->list.n || (i && p->batch[i] < p->batch[i - 1]))
			return false;
	}
	return true;
}

int regress_plan_read(struct regress_plan *p, const char *path, struct err *e)
{
	struct buf text;
	json_t *j = NULL;
	int rc;

	*p = (struct regress_plan){ 0 };
	rc = file_read(path, MOST_BYTES, &text, e);
	if (!rc)
		j = json_loadb(text.data, text.len, 0, NULL);
	buf_release(&text);
	p->list.path = mem_strdup(path);
	if (!rc && !take(p, j))
		rc = err_set(e, ERR_INPUT, "'%s' is no plan of 'bitline regress --executor slurm', which alone calls --worker", path);
	json_decref(j);
	if (rc)
		regress_plan_release(p);
	return rc;
}

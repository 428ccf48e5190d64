/* The page: what fails first, with the command that repeats it; then configurations against models.
 * SPDX-License-Identifier: Apache-2.0 */
#include "regress/table.h"
#include "common/mem.h"
#include "report/page.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FAILING = 200, MODELS_ABREAST = 6 };

static void failing(const struct regress_table *t, struct buf *out)
{
	size_t shown = 0, n = t->n - t->total[REGRESS_EQUAL];

	if (!n)
		return;
	page_section(out, "failing", "What is not equal");
	for (size_t i = 0; i < t->n && shown < MOST_FAILING; i++) {
		const struct regress_row *r = &t->row[i];
		struct buf b;

		if (r->verdict == REGRESS_EQUAL)
			continue;
		shown++;
		buf_init(&b);
		buf_addf(&b, "%s: %s, %s%s%s (line %d of the list)", regress_verdict_name[r->verdict], r->config, r->model, *r->rest ? ", " : "", r->rest, r->c->line);
		page_heading(out, b.data);
		page_text(out, regress_row_why(r));
		buf_clear(&b);
		regress_command(r->c, &b);
		page_code(out, b.data);
		buf_release(&b);
	}
	if (shown < n) {
		char more[80];

		snprintf(more, sizeof(more), "%zu more are in results.json.", n - shown);
		page_text(out, more);
	}
	page_section_end(out);
}

/* counts of one configuration and one model */
static char *cell_text(const size_t count[REGRESS_VERDICTS], size_t *n)
{
	struct buf b;

	buf_init(&b);
	*n = 0;
	for (int v = 0; v < REGRESS_VERDICTS; v++) {
		*n += count[v];
		if (count[v])
			buf_addf(&b, "%s%zu %s", b.len ? ", " : "", count[v], regress_verdict_name[v]);
	}
	if (!*n)
		buf_adds(&b, "-");
	return b.data;
}

static void row(const struct regress_table *t, const struct regress_labels *configs, const struct regress_labels *models, size_t config, size_t first, const struct page_columns *c, struct buf *out)
{
	size_t (*count)[REGRESS_VERDICTS] = mem_calloc((size_t)c->n, sizeof(*count));
	struct page_cell *cell = MEM_NEW((size_t)c->n, struct page_cell);
	char **text = MEM_NEW((size_t)c->n, char *);

	for (size_t i = 0; i < t->n; i++)
		if (configs->of_row[i] == config && models->of_row[i] >= first && models->of_row[i] - first + 1 < (size_t)c->n)
			count[models->of_row[i] - first + 1][t->row[i].verdict]++;
	cell[0].text = configs->name[config];
	for (int k = 1; k < c->n; k++) {
		size_t n, good = count[k][REGRESS_EQUAL];

		text[k] = cell_text(count[k], &n);
		cell[k] = (struct page_cell){ .text = text[k], .tone = !n ? CELL_PLAIN : good == n ? CELL_GOOD : CELL_BAD, .href = good == n ? NULL : "#failing" };
	}
	page_cells(out, c, cell);
	for (int k = 1; k < c->n; k++)
		free(text[k]);
	free(text);
	free(cell);
	free(count);
}

static void tables(const struct regress_table *t, struct buf *out)
{
	struct regress_labels configs, models;

	regress_labels_make(&configs, t, regress_row_config);
	regress_labels_make(&models, t, regress_row_model);
	page_section(out, "matrix", "Configurations and models");
	for (size_t first = 0; first < models.n; first += MODELS_ABREAST) {
		const char *head[MODELS_ABREAST + 1] = { "configuration" };
		size_t n = models.n - first < MODELS_ABREAST ? models.n - first : MODELS_ABREAST;
		struct page_columns c = { (int)n + 1, head, 0 };

		for (size_t k = 0; k < n; k++)
			head[k + 1] = models.name[first + k];
		page_table(out, "cases by verdict", &c);
		for (size_t k = 0; k < configs.n; k++)
			row(t, &configs, &models, k, first, &c, out);
		page_table_end(out);
	}
	page_section_end(out);
	regress_labels_release(&configs);
	regress_labels_release(&models);
}

void regress_matrix(const struct regress_table *t, struct buf *out)
{
	struct buf totals;

	buf_init(&totals);
	regress_totals(t, &totals);
	page_begin(out, "Regression");
	page_verdict(out, t->total[REGRESS_EQUAL] == t->n ? PAGE_GOOD : PAGE_BAD, totals.data, t->list);
	failing(t, out);
	tables(t, out);
	page_soft(out, "equal: all that 'bitline cosim' compares with the engine of the case is the golden model's, bit by bit (docs/cosim.md).");
	page_end(out);
	buf_release(&totals);
}

/* Entropy of a story, exactly. A story is its choices (the grammar is unambiguous), so H is the expectation of the sum of -ln P over them. No weight depends on an attribute,
 * and every draw is independent of all else: for a rule H = H(weights) + sum_a P(a) sum_items H(item); a draw adds the entropy of its table; a field adds, in the mean over the
 * rows, what its cell leaves open (cells refer to no attributes, so wherever a field stands its row is distributed as it was drawn). Mean length alike.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "train/grammar_parts.h"
#include <math.h>
#include <stdlib.h>

struct measure { double entropy, length; };

static struct measure of_sequence(const struct grammar *g, const struct measure *rule, const struct sequence *q)
{
	struct measure m = { 0, 0 };

	for (int i = 0; i < q->n; i++) {
		const struct item *it = &q->item[i];
		const struct table *t = it->kind == ITEM_FIELD || it->kind == ITEM_DRAW ? &g->table[it->id] : NULL;

		if (it->kind == ITEM_TEXT)
			m.length += it->len;
		if (it->kind == ITEM_RULE) {
			m.entropy += rule[it->id].entropy;
			m.length += rule[it->id].length;
		}
		for (int r = 0; t && r < t->rows; r++) {
			double p = (double)grammar_cell(t, r, 0)->weight / (double)t->total;
			struct measure cell = { -log(p), 0 };

			if (it->kind == ITEM_FIELD)
				cell = of_sequence(g, rule, grammar_cell(t, r, it->column));
			m.entropy += p * cell.entropy;
			m.length += p * cell.length;
		}
	}
	return m;
}

double grammar_entropy(const struct grammar *g, double *mean_length)
{
	struct measure *rule = MEM_NEW((size_t)g->n, struct measure), story;

	for (int i = 0; i < g->n; i++) {
		const struct rule *r = &g->rule[g->order[i]];
		struct measure *sum = &rule[g->order[i]];

		for (int k = 0; k < r->n; k++) {
			double p = (double)r->alt[k].weight / (double)r->total;
			struct measure m = of_sequence(g, rule, &r->alt[k]);

			sum->entropy += p * (m.entropy - log(p));
			sum->length += p * m.length;
		}
	}
	story = rule[g->start];
	free(rule);
	*mean_length = story.length;
	return story.entropy;
}

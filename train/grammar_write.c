/* Writes stories: every choice by its weight, attributes drawn where they are drawn.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "train/grammar_parts.h"
#include <ctype.h>

struct writer { const struct grammar *g; struct prng rng; struct buf *out; int row[GRAMMAR_TABLES]; };

static int draw_row(struct writer *w, const struct table *t)
{
	int64_t left = prng_range(&w->rng, 0, t->total - 1);
	int row = 0;

	while (left >= grammar_cell(t, row, 0)->weight)
		left -= grammar_cell(t, row++, 0)->weight;
	return row;
}

static void write_rule(struct writer *w, const struct rule *r);

static void write_sequence(struct writer *w, const struct sequence *q)
{
	for (int i = 0; i < q->n; i++) {
		const struct item *it = &q->item[i];

		switch (it->kind) {
		case ITEM_TEXT:
			buf_add(w->out, it->s, (size_t)it->len);
			break;
		case ITEM_RULE:
			write_rule(w, &w->g->rule[it->id]);
			break;
		case ITEM_DRAW:
			w->row[it->id] = draw_row(w, &w->g->table[it->id]);
			break;
		case ITEM_FIELD: {
			size_t at = w->out->len;

			write_sequence(w, grammar_cell(&w->g->table[it->id], w->row[it->id], it->column));
			if (it->capital)
				w->out->data[at] = (char)toupper((unsigned char)w->out->data[at]);
			break;
		}
		}
	}
}

static void write_rule(struct writer *w, const struct rule *r)
{
	int64_t left = prng_range(&w->rng, 0, r->total - 1);
	int i = 0;

	while (left >= r->alt[i].weight)
		left -= r->alt[i++].weight;
	write_sequence(w, &r->alt[i]);
}

void grammar_write(const struct grammar *g, uint64_t seed, uint64_t n, struct buf *out)
{
	struct writer w = { .g = g, .out = out };
	struct prng seeds;

	/* an odd factor spreads n over all bits: neighbouring stories must not have neighbouring seeds */
	prng_init(&seeds, seed);
	prng_init(&w.rng, prng_u64(&seeds) ^ n * 0xd1342543de82ef95u);
	write_rule(&w, &g->rule[g->start]);
}

/* Probability of a text. Rules are parsed from a position on with the rows that are known there, to every place where they can end with every set of rows known then; what was
 * found for (rule, position, rows) is kept. A row becomes known at the first field that is read, not where it is drawn: only rows whose words stand there are tried.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "train/grammar_parts.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 1000, UNKNOWN = 1 /* drawn, row not known yet */, ROW_0 = 2 };

struct rows { uint8_t of[GRAMMAR_TABLES]; }; /* 0: not drawn */
/* one way to have got to a place: all ways with the same place and rows are one */
struct state { size_t at; struct rows rows; double log_p; int ways; };
struct states { struct state *v; int n; };
struct found { int rule; size_t at; struct rows rows; struct states ends; };

struct parser {
	const struct grammar *g;
	const char *text;
	size_t len;
	struct found *found;
	int n;
	int *slot, slots; /* hash table of found, -1: free; slots is a power of two */
};

static double log_sum(double a, double b)
{
	return a > b ? a + log1p(exp(b - a)) : b + log1p(exp(a - b));
}

static int capped(int64_t ways)
{
	return ways > MOST ? MOST : (int)ways;
}

static void add_state(struct states *to, const struct state *s)
{
	for (int i = 0; i < to->n; i++) {
		struct state *t = &to->v[i];

		if (t->at == s->at && !memcmp(&t->rows, &s->rows, sizeof(s->rows))) {
			t->log_p = log_sum(t->log_p, s->log_p);
			t->ways = capped((int64_t)t->ways + s->ways);
			return;
		}
	}
	*MEM_PUSH(to->v, to->n) = *s;
}

static uint64_t hash_of(int rule, size_t at, const struct rows *rows)
{
	uint64_t h = (uint64_t)rule * 0x9e3779b97f4a7c15u ^ (uint64_t)at * 0xd1342543de82ef95u;

	for (int i = 0; i < GRAMMAR_TABLES; i += 8) {
		uint64_t word;

		memcpy(&word, rows->of + i, 8);
		h = (h ^ word) * 0xbf58476d1ce4e5b9u;
		h ^= h >> 29;
	}
	return h;
}

/* where (rule, at, rows) is or could be */
static int *find(struct parser *p, int rule, size_t at, const struct rows *rows)
{
	uint64_t i = hash_of(rule, at, rows);

	for (;; i++) {
		int *slot = &p->slot[i & (uint64_t)(p->slots - 1)];
		const struct found *f = &p->found[*slot < 0 ? 0 : *slot];

		if (*slot < 0 || (f->rule == rule && f->at == at && !memcmp(&f->rows, rows, sizeof(*rows))))
			return slot;
	}
}

static void grow(struct parser *p)
{
	p->slots = p->slots ? p->slots * 2 : 1024;
	p->slot = mem_realloc(p->slot, (size_t)p->slots, sizeof(*p->slot));
	memset(p->slot, 0xff, (size_t)p->slots * sizeof(*p->slot));
	for (int i = 0; i < p->n; i++)
		*find(p, p->found[i].rule, p->found[i].at, &p->found[i].rows) = i;
}

static const struct states *parse_rule(struct parser *p, int id, size_t at, const struct rows *rows);

static bool said(const struct parser *p, size_t at, const struct item *it, bool capital)
{
	if ((size_t)it->len > p->len - at)
		return false;
	if (!capital)
		return !memcmp(p->text + at, it->s, (size_t)it->len);
	return p->text[at] == toupper((unsigned char)it->s[0]) && !memcmp(p->text + at + 1, it->s + 1, (size_t)it->len - 1);
}

/* items of q from number i on, from state s, to ends; drawn: tables whose draw stands in q, before i. capital: of item 0 */
static void parse_sequence(struct parser *p, const struct sequence *q, int i, struct state s, uint32_t drawn, bool capital, struct states *ends)
{
	for (; i < q->n; i++) {
		const struct item *it = &q->item[i];

		if (it->kind == ITEM_TEXT) {
			if (!said(p, s.at, it, capital && i == 0))
				return;
			s.at += (size_t)it->len;
		} else if (it->kind == ITEM_DRAW) {
			s.rows.of[it->id] = UNKNOWN;
			drawn |= 1u << it->id;
		} else if (it->kind == ITEM_RULE) {
			/* copied: the table of what was found moves, the ends do not */
			struct states sub = *parse_rule(p, it->id, s.at, &s.rows);

			for (int k = 0; k < sub.n; k++) {
				struct state t = sub.v[k];

				t.log_p += s.log_p;
				t.ways = capped((int64_t)t.ways * s.ways);
				parse_sequence(p, q, i + 1, t, drawn, capital, ends);
			}
			return;
		} else {
			const struct table *t = &p->g->table[it->id];
			int known = s.rows.of[it->id] - ROW_0;

			for (int r = known < 0 ? 0 : known; r < (known < 0 ? t->rows : known + 1); r++) {
				struct states sub = { 0 };
				struct state from = s;

				from.rows.of[it->id] = (uint8_t)(r + ROW_0);
				if (known < 0)
					from.log_p += log((double)grammar_cell(t, r, 0)->weight / (double)t->total);
				parse_sequence(p, grammar_cell(t, r, it->column), 0, from, 0, it->capital, &sub);
				for (int k = 0; k < sub.n; k++)
					parse_sequence(p, q, i + 1, sub.v[k], drawn, capital, ends);
				free(sub.v);
			}
			return;
		}
	}
	for (int t = 0; t < p->g->tables; t++)
		if (drawn & 1u << t) {
			/* never referred to: every row gives this text */
			if (s.rows.of[t] == UNKNOWN)
				s.ways = capped((int64_t)s.ways * p->g->table[t].rows);
			s.rows.of[t] = 0;
		}
	add_state(ends, &s);
}

static const struct states *parse_rule(struct parser *p, int id, size_t at, const struct rows *rows)
{
	const struct rule *r = &p->g->rule[id];
	int *slot = find(p, id, at, rows);
	struct states ends = { 0 };

	if (*slot >= 0)
		return &p->found[*slot].ends;
	for (int i = 0; i < r->n; i++) {
		struct state s = { .at = at, .rows = *rows, .ways = 1 };
		const struct item *first = &r->alt[i].item[0];

		if (first->kind == ITEM_TEXT && !said(p, at, first, false))
			continue;
		s.log_p = log((double)r->alt[i].weight / (double)r->total);
		parse_sequence(p, &r->alt[i], 0, s, 0, false, &ends);
	}
	if (2 * (p->n + 1) > p->slots)
		grow(p);
	*find(p, id, at, rows) = p->n;
	*MEM_PUSH(p->found, p->n) = (struct found){ .rule = id, .at = at, .rows = *rows, .ends = ends };
	return &p->found[p->n - 1].ends;
}

double grammar_log_probability(const struct grammar *g, const char *text, size_t len, int *derivations)
{
	struct parser p = { .g = g, .text = text, .len = len };
	const struct rows none = { { 0 } };
	const struct states *ends;
	double log_p = -INFINITY;

	*derivations = 0;
	p.found = mem_calloc(1, sizeof(*p.found));
	grow(&p);
	ends = parse_rule(&p, g->start, 0, &none);
	for (int i = 0; i < ends->n; i++)
		if (ends->v[i].at == len) {
			log_p = ends->v[i].log_p;
			*derivations = ends->v[i].ways;
		}
	for (int i = 0; i < p.n; i++)
		free(p.found[i].ends.v);
	free(p.found);
	free(p.slot);
	return log_p;
}

/* A proof that no text has two derivations. A choice is a prefix code when no word that one of its alternatives can say is the beginning of a word of another one. A
 * sequence of prefix codes is one, so if every choice is, what follows decides nothing: reading from the left there is always one way on. Fields may have equal values,
 * but the first one that a story refers to tells the rows apart (grammar_check.c).
 *
 * Two alternatives are walked side by side, both through everything they can say, as long as they say the same. Rows of a field are taken as free on both sides, which can
 * only find too much. Where both are about to say the same rule or field, they say the same word of it or part there, because it is a prefix code itself: they step over.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/buf.h"
#include "common/mem.h"
#include "train/grammar_parts.h"
#include <ctype.h>
#include <string.h>

enum { STEPS = 20000000, SHOWN = 60 };

/* where a side stands: in q at item i, off characters said of a text; what comes after q lies up */
struct place { const struct sequence *q; int i, off; bool capital; const struct place *up; };

struct walk { const struct grammar *g; long steps; struct buf said; };

enum verdict { APART, CLASH, ENDLESS };

/* next item to say, NULL at the end */
static const struct item *settle(struct place *p)
{
	for (;;) {
		if (p->i < p->q->n) {
			if (p->q->item[p->i].kind != ITEM_DRAW)
				return &p->q->item[p->i];
			p->i++;
		} else if (p->up) {
			*p = *p->up;
		} else {
			return NULL;
		}
	}
}

static enum verdict walk(struct walk *w, struct place a, struct place b);

/* a goes into its rule or field x in every way */
static enum verdict enter(struct walk *w, const struct item *x, struct place a, const struct place *b)
{
	const struct table *t = x->kind == ITEM_FIELD ? &w->g->table[x->id] : NULL;
	const struct rule *r = t ? NULL : &w->g->rule[x->id];
	size_t said = w->said.len;

	a.i++;
	a.off = 0;
	for (int k = 0; k < (t ? t->rows : r->n); k++) {
		struct place in = { .q = t ? grammar_cell(t, k, x->column) : &r->alt[k], .capital = x->capital, .up = &a };
		enum verdict v = walk(w, in, *b);

		if (v != APART)
			return v;
		w->said.len = said;
	}
	return APART;
}

static char letter(const struct place *p, const struct item *x)
{
	return p->capital && p->i == 0 && p->off == 0 ? (char)toupper((unsigned char)x->s[0]) : x->s[p->off];
}

static enum verdict walk(struct walk *w, struct place a, struct place b)
{
	for (;;) {
		const struct item *x = settle(&a), *y = settle(&b);

		if (++w->steps > STEPS)
			return ENDLESS;
		if (!x || !y)
			return CLASH;
		if (x->kind == y->kind && x->kind != ITEM_TEXT && x->id == y->id && (x->kind == ITEM_RULE || (x->column == y->column && x->capital == y->capital))) {
			buf_adds(&w->said, "...");
			a.i++;
			b.i++;
			continue;
		}
		if (x->kind != ITEM_TEXT)
			return enter(w, x, a, &b);
		if (y->kind != ITEM_TEXT)
			return enter(w, y, b, &a);
		for (; a.off < x->len && b.off < y->len; a.off++, b.off++) {
			char c = letter(&a, x);

			if (c != letter(&b, y))
				return APART;
			buf_add(&w->said, &c, 1);
		}
		if (a.off == x->len) {
			a.i++;
			a.off = 0;
		}
		if (b.off == y->len) {
			b.i++;
			b.off = 0;
		}
	}
}

static int judge(struct walk *w, const struct sequence *a, const struct sequence *b, struct err *e)
{
	enum verdict v;
	size_t from;

	buf_clear(&w->said);
	v = walk(w, (struct place){ .q = a }, (struct place){ .q = b });
	if (v == APART)
		return 0;
	if (v == ENDLESS)
		return err_set(e, ERR_INPUT, "%s:%d: choices in lines %d and %d say the same in too many ways to tell them apart; let them begin differently", w->g->name, a->line, b->line, a->line);
	from = w->said.len > SHOWN ? w->said.len - SHOWN : 0;
	return err_set(e, ERR_INPUT, "%s:%d: a choice begins with all that another one, in line %d, may say: '%s%.*s'; let them differ before either ends", w->g->name,
		       a->line, b->line, from ? ".." : "", (int)(w->said.len - from), w->said.data + from);
}

static int judge_tables(struct walk *w, struct err *e)
{
	for (int i = 0; i < w->g->tables; i++) {
		const struct table *t = &w->g->table[i];

		for (int f = 0; f < t->n_fields; f++)
			for (int a = 0; a < t->rows; a++)
				for (int b = 0; b < a; b++)
					if (!grammar_same(grammar_cell(t, a, f), grammar_cell(t, b, f)) && judge(w, grammar_cell(t, a, f), grammar_cell(t, b, f), e))
						return -1;
	}
	return 0;
}

int grammar_distinct(struct grammar *g, struct err *e)
{
	struct walk w = { .g = g };
	int bad;

	buf_init(&w.said);
	bad = judge_tables(&w, e);
	for (int i = 0; i < g->n && !bad; i++) {
		const struct rule *r = &g->rule[i];

		for (int a = 0; a < r->n && !bad; a++)
			for (int b = 0; b < a && !bad; b++)
				bad = judge(&w, &r->alt[a], &r->alt[b], e);
	}
	buf_release(&w.said);
	return bad;
}

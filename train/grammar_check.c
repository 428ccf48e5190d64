/* What a grammar must be before stories are written with it: every name known and used, no circle (so every story is finite), every attribute drawn before it
 * is referred to, and every story says which row was drawn.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "train/grammar_parts.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct check {
	struct grammar *g;
	char *seen;        /* [rules] 0 not, 1 being visited, 2 done */
	int *path, depth;  /* rules being visited */
	int ordered;
	uint32_t drawn;    /* tables drawn anywhere */
	struct err *e;
};

#define REFUSE(c, line, fmt, ...) err_set((c)->e, ERR_INPUT, "%s:%d: " fmt, (c)->g->name, line, ##__VA_ARGS__)

static bool named(const char *name, int len, const char *wanted, int wanted_len)
{
	return name && len == wanted_len && !memcmp(name, wanted, (size_t)len);
}

static int find_table(const struct check *c, struct item *it)
{
	for (int t = 0; t < c->g->tables; t++)
		if (named(c->g->table[t].name, c->g->table[t].name_len, it->s, it->len)) {
			it->id = t;
			return 0;
		}
	return REFUSE(c, it->line, "there is no table '%.*s'", it->len, it->s);
}

static int find_rule(const struct check *c, struct item *it)
{
	if (!it->s) /* in brackets: known since it was read */
		return 0;
	for (int r = 0; r < c->g->n; r++)
		if (named(c->g->rule[r].name, c->g->rule[r].name_len, it->s, it->len)) {
			it->id = r;
			return 0;
		}
	return REFUSE(c, it->line, "there is no rule '%.*s'; a field of a table is written {table.field}", it->len, it->s);
}

static int find_field(const struct check *c, struct item *it)
{
	struct table *t;

	if (find_table(c, it))
		return -1;
	t = &c->g->table[it->id];
	for (int f = 0; f < t->n_fields; f++)
		if (named(t->field[f].name, t->field[f].len, it->field, it->field_len)) {
			it->column = f;
			t->field[f].used = true;
			for (int r = 0; it->capital && r < t->rows; r++) {
				const struct item *first = &grammar_cell(t, r, f)->item[0];

				if (first->kind != ITEM_TEXT || !islower((unsigned char)first->s[0]))
					return REFUSE(c, it->line, "'{^%.*s.%.*s}': the field in line %d does not begin with a small letter", it->len, it->s, it->field_len, it->field, first->line);
			}
			return 0;
		}
	return REFUSE(c, it->line, "table '%.*s' has no field '%.*s'", it->len, it->s, it->field_len, it->field);
}

static int resolve(const struct check *c, const struct sequence *q)
{
	for (int i = 0; i < q->n; i++) {
		struct item *it = &q->item[i];

		if (it->kind == ITEM_RULE ? find_rule(c, it) : it->kind == ITEM_FIELD ? find_field(c, it) : it->kind == ITEM_DRAW ? find_table(c, it) : 0)
			return -1;
	}
	return 0;
}

static int resolve_all(const struct check *c)
{
	struct grammar *g = c->g;

	for (int r = 0; r < g->n; r++) {
		if (g->rule[r].n == 0)
			return REFUSE(c, g->rule[r].line, "rule '%.*s' has no choice; indent one below it", g->rule[r].name_len, g->rule[r].name);
		for (int i = 0; i < g->rule[r].n; i++)
			if (resolve(c, &g->rule[r].alt[i]))
				return -1;
	}
	for (int t = 0; t < g->tables; t++) {
		if (g->table[t].rows == 0)
			return REFUSE(c, g->table[t].line, "table '%.*s' has no row; indent one below it", g->table[t].name_len, g->table[t].name);
		for (int i = 0; i < g->table[t].rows * g->table[t].n_fields; i++)
			if (resolve(c, &g->table[t].cell[i]))
				return -1;
	}
	return 0;
}

static int visit(struct check *c, int id);

static int visit_sequence(struct check *c, const struct sequence *q)
{
	for (int i = 0; i < q->n; i++) {
		const struct item *it = &q->item[i];
		const struct table *t = it->kind == ITEM_FIELD ? &c->g->table[it->id] : NULL;

		if (it->kind == ITEM_DRAW)
			c->drawn |= 1u << it->id;
		if (it->kind == ITEM_RULE && visit(c, it->id))
			return -1;
		for (int r = 0; t && r < t->rows; r++) {
			const struct sequence *cell = grammar_cell(t, r, it->column);

			for (int k = 0; k < cell->n; k++) {
				if (cell->item[k].kind != ITEM_TEXT && cell->item[k].kind != ITEM_RULE)
					return REFUSE(c, cell->line, "a field of a table may hold words and rules, not other fields or draws");
				if (cell->item[k].kind == ITEM_RULE && visit(c, cell->item[k].id))
					return -1;
			}
		}
	}
	return 0;
}

/* in the order of need; a circle is refused by the rule that leads back */
static int visit(struct check *c, int id)
{
	struct rule *r = &c->g->rule[id];

	if (c->seen[id] == 2)
		return 0;
	if (c->seen[id] == 1) {
		int k = c->depth - 1;

		/* brackets have no name of their own: the nearest rule around them has */
		while (!c->g->rule[c->path[k]].name)
			k--;
		return REFUSE(c, c->g->rule[c->path[c->depth - 1]].line, "rule '%.*s' leads back to '%.*s', in line %d: no rule may come again inside itself, stories are finite",
			      c->g->rule[c->path[k]].name_len, c->g->rule[c->path[k]].name, r->name_len, r->name, r->line);
	}
	c->seen[id] = 1;
	c->path[c->depth++] = id;
	for (int i = 0; i < r->n; i++)
		if (visit_sequence(c, &r->alt[i]))
			return -1;
	c->depth--;
	c->seen[id] = 2;
	c->g->order[c->ordered++] = id;
	return 0;
}

static int all_used(const struct check *c)
{
	const struct grammar *g = c->g;

	for (int r = 0; r < g->n; r++)
		if (g->rule[r].name && c->seen[r] != 2)
			return REFUSE(c, g->rule[r].line, "rule '%.*s' is never used by a story", g->rule[r].name_len, g->rule[r].name);
	for (int t = 0; t < g->tables; t++) {
		if (!(c->drawn & 1u << t))
			return REFUSE(c, g->table[t].line, "table '%.*s' is never drawn; a story draws it with {=%.*s}", g->table[t].name_len, g->table[t].name, g->table[t].name_len, g->table[t].name);
		for (int f = 0; f < g->table[t].n_fields; f++)
			if (!g->table[t].field[f].used)
				return REFUSE(c, g->table[t].line, "field '%.*s' of table '%.*s' is never used", g->table[t].field[f].len, g->table[t].field[f].name, g->table[t].name_len, g->table[t].name);
	}
	return 0;
}

bool grammar_same(const struct sequence *a, const struct sequence *b)
{
	if (a->n != b->n)
		return false;
	for (int i = 0; i < a->n; i++) {
		const struct item *x = &a->item[i], *y = &b->item[i];

		if (x->kind != y->kind || (x->kind == ITEM_TEXT ? x->len != y->len || memcmp(x->s, y->s, (size_t)x->len) : x->id != y->id))
			return false;
	}
	return true;
}

static void find_telling(const struct grammar *g)
{
	for (int t = 0; t < g->tables; t++)
		for (int f = 0; f < g->table[t].n_fields; f++) {
			g->table[t].field[f].tells = true;
			for (int a = 0; a < g->table[t].rows; a++)
				for (int b = 0; b < a; b++)
					if (grammar_same(grammar_cell(&g->table[t], a, f), grammar_cell(&g->table[t], b, f)))
						g->table[t].field[f].tells = false;
		}
}

/* the sets and sizes of one choice; r: gathers those of its rule */
static int flow(const struct check *c, const struct sequence *q, struct rule *r, bool first)
{
	uint32_t here = 0, tells = 0, drawn = 0;
	int longest = 0, work = 1;

	for (int i = 0; i < q->n; i++) {
		const struct item *it = &q->item[i];
		const struct rule *sub = it->kind == ITEM_RULE ? &c->g->rule[it->id] : NULL;
		const struct table *t = it->kind == ITEM_FIELD || it->kind == ITEM_DRAW ? &c->g->table[it->id] : NULL;
		uint32_t bit = t ? 1u << it->id : 0, twice;

		work++;
		if (it->kind == ITEM_TEXT)
			longest += it->len;
		if (sub) {
			twice = here & sub->drawn;
			for (int k = 0; twice && k < c->g->tables; k++)
				if (twice & 1u << k)
					return REFUSE(c, q->line, "table '%.*s' is drawn a second time inside; leave one draw out", c->g->table[k].name_len, c->g->table[k].name);
			r->wanted |= sub->wanted & ~here;
			tells |= sub->tells;
			drawn |= sub->drawn;
			longest += sub->longest;
			work += sub->work;
		}
		if (it->kind == ITEM_DRAW) {
			if (here & bit)
				return REFUSE(c, q->line, "table '%.*s' is drawn twice; leave one draw out", t->name_len, t->name);
			here |= bit;
			drawn |= bit;
			tells &= ~bit;
		}
		if (it->kind == ITEM_FIELD) {
			int most = 0, hard = 0;

			r->wanted |= bit & ~here;
			if (t->field[it->column].tells)
				tells |= bit;
			for (int k = 0; k < t->rows; k++) {
				struct rule cell = { 0 };

				if (flow(c, grammar_cell(t, k, it->column), &cell, true))
					return -1;
				if (cell.drawn)
					return REFUSE(c, grammar_cell(t, k, it->column)->line, "a field of a table leads to a draw; draw in a rule of the story");
				if (cell.wanted)
					return REFUSE(c, grammar_cell(t, k, it->column)->line, "a field of a table leads to fields of tables; use rules with words alone");
				most = cell.longest > most ? cell.longest : most;
				hard = cell.work > hard ? cell.work : hard;
			}
			longest += most;
			work += hard;
		}
		if (work > GRAMMAR_WORK || longest > GRAMMAR_LONGEST)
			return REFUSE(c, q->line, "a story could have more than %d characters or %d parts, the most that are legal", GRAMMAR_LONGEST, GRAMMAR_WORK);
	}
	for (int k = 0; k < c->g->tables; k++) {
		const struct table *t = &c->g->table[k];

		if (!(here & 1u << k))
			continue;
		if (!(tells & 1u << k))
			return REFUSE(c, q->line, "table '%.*s' is drawn here, but not every story refers to a field that differs in every row", t->name_len, t->name);
	}
	r->drawn |= drawn;
	r->tells = (first ? ~0u : r->tells) & tells & ~here;
	r->longest = longest > r->longest ? longest : r->longest;
	r->work = work > r->work ? work : r->work;
	return 0;
}

/* the line in which rule id refers to table t that is not drawn there */
static int line_of(const struct grammar *g, int id, int t)
{
	const struct rule *r = &g->rule[id];

	for (int i = 0; i < r->n; i++)
		for (int k = 0; k < r->alt[i].n; k++) {
			const struct item *it = &r->alt[i].item[k];

			if (it->kind == ITEM_DRAW && it->id == t)
				break;
			if (it->kind == ITEM_FIELD && it->id == t)
				return it->line;
			if (it->kind == ITEM_RULE && g->rule[it->id].wanted & 1u << t)
				return line_of(g, it->id, t);
		}
	BUG("table %d is not wanted by rule %d", t, id);
}

static int check(struct check *c)
{
	struct grammar *g = c->g;

	if (resolve_all(c))
		return -1;
	for (g->start = 0; g->start < g->n && !named(g->rule[g->start].name, g->rule[g->start].name_len, "story", 5); g->start++)
		;
	if (g->start == g->n)
		return REFUSE(c, 1, "there is no rule 'story', the one that every story begins with");
	if (visit(c, g->start) || all_used(c))
		return -1;
	find_telling(g);
	for (int i = 0; i < g->n; i++) {
		struct rule *r = &g->rule[g->order[i]];

		for (int k = 0; k < r->n; k++)
			if (flow(c, &r->alt[k], r, k == 0))
				return -1;
	}
	for (int t = 0; t < g->tables; t++)
		if (g->rule[g->start].wanted & 1u << t)
			return REFUSE(c, line_of(g, g->start, t), "table '%.*s' is referred to before it is drawn with {=%.*s}", g->table[t].name_len, g->table[t].name, g->table[t].name_len, g->table[t].name);
	return 0;
}

int grammar_check(struct grammar *g, struct err *e)
{
	struct check c = { .g = g, .e = e };
	int bad;

	g->order = MEM_NEW((size_t)g->n, int);
	c.seen = MEM_NEW((size_t)g->n, char);
	c.path = MEM_NEW((size_t)g->n, int);
	bad = check(&c);
	free(c.seen);
	free(c.path);
	return bad;
}

/* Reader of the grammar's format: lines to rules and tables. docs/stories.md.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "train/grammar_parts.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct scan {
	struct grammar *g;
	const char *p, *end; /* rest of the line */
	int line, rule, table; /* rule or table that indented lines belong to, -1: none */
	int nest;
	struct err *e;
};

/* "file:line: " stands before every message */
#define REFUSE(s, fmt, ...) err_set((s)->e, ERR_INPUT, "%s:%d: " fmt, (s)->g->name, (s)->line, ##__VA_ARGS__)

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct scan *s)
{
	while (s->p < s->end && blank(*s->p))
		s->p++;
}

static int read_name(struct scan *s, const char **name, int *len)
{
	const char *from = s->p;

	while (s->p < s->end && (islower((unsigned char)*s->p) || isdigit((unsigned char)*s->p) || *s->p == '_'))
		s->p++;
	*name = from;
	*len = (int)(s->p - from);
	if (s->p == from || s->p - from > GRAMMAR_NAME || !islower((unsigned char)*from))
		return REFUSE(s, "'%.*s' is no name: legal are 1..%d small letters, digits and _, a letter first", (int)(s->end - from < 40 ? s->end - from : 40), from, GRAMMAR_NAME);
	return 0;
}

/* "3: " at the front */
static int read_weight(struct scan *s, int *weight)
{
	const char *q = s->p;
	long value = 0;
	bool legal = true;

	*weight = 1;
	while (q < s->end && blank(*q))
		q++;
	for (; q < s->end && (isdigit((unsigned char)*q) || *q == '-' || *q == '+' || *q == '.'); q++) {
		legal = legal && isdigit((unsigned char)*q);
		value = value > GRAMMAR_WEIGHT || !legal ? value : value * 10 + (*q - '0');
	}
	if (q == s->end || *q != ':' || q == s->p)
		return 0;
	if (!legal || value < 1 || value > GRAMMAR_WEIGHT)
		return REFUSE(s, "weight '%.*s', legal are whole numbers 1..%d", (int)(q - s->p < 40 ? q - s->p : 40), s->p, GRAMMAR_WEIGHT);
	*weight = (int)value;
	for (s->p = q + 1; s->p < s->end && blank(*s->p); s->p++)
		;
	return 0;
}

/* behind "{" */
static int read_reference(struct scan *s, struct item *it)
{
	bool draw = s->p < s->end && *s->p == '=';

	it->kind = draw ? ITEM_DRAW : ITEM_RULE;
	if (!draw && s->p < s->end && *s->p == '^')
		it->capital = true;
	s->p += draw || it->capital;
	if (read_name(s, &it->s, &it->len))
		return -1;
	if (!draw && s->p < s->end && *s->p == '.') {
		it->kind = ITEM_FIELD;
		s->p++;
		if (read_name(s, &it->field, &it->field_len))
			return -1;
	}
	if (s->p == s->end || *s->p != '}')
		return REFUSE(s, "'{%.*s' is not closed by '}': legal are {rule}, {table.field}, {^table.field} and {=table}", it->len, it->s);
	if (it->capital && it->kind == ITEM_RULE)
		return REFUSE(s, "'{^%.*s}': only a field can begin with a capital letter, as in {^table.field}", it->len, it->s);
	s->p++;
	if (draw)
		skip_blanks(s);
	return 0;
}

static int read_choice(struct scan *s, int rule, bool inside);

/* up to '|', ')' or the end; outside brackets without blanks at both ends */
static int read_sequence(struct scan *s, struct sequence *q, bool inside)
{
	q->line = s->line;
	if (!inside)
		skip_blanks(s);
	while (s->p < s->end && *s->p != '|' && *s->p != ')') {
		struct item it = { .line = s->line };

		if (*s->p == '}')
			return REFUSE(s, "'}' without '{'");
		if (*s->p == '{') {
			s->p++;
			if (read_reference(s, &it))
				return -1;
		} else if (*s->p == '(') {
			struct grammar *g = s->g;

			if (s->nest == GRAMMAR_NEST)
				return REFUSE(s, "brackets in brackets in brackets: legal are %d of them; give the inner ones a name", GRAMMAR_NEST);
			if (g->n == GRAMMAR_RULES)
				return REFUSE(s, "too many rules and brackets, legal are %d", GRAMMAR_RULES);
			s->p++;
			s->nest++;
			it.kind = ITEM_RULE;
			it.id = g->n;
			*MEM_PUSH(g->rule, g->n) = (struct rule){ .line = s->line };
			if (read_choice(s, it.id, true))
				return -1;
			if (s->p == s->end)
				return REFUSE(s, "'(' is not closed by ')' in the same line");
			s->p++;
			s->nest--;
		} else {
			it.s = s->p;
			while (s->p < s->end && !strchr("{}()|", *s->p))
				s->p++;
			it.len = (int)(s->p - it.s);
			if (!inside && (s->p == s->end || *s->p == '|'))
				while (it.len > 0 && blank(it.s[it.len - 1]))
					it.len--;
			if (it.len == 0)
				continue;
		}
		*MEM_PUSH(q->item, q->n) = it;
	}
	if (!inside && s->p < s->end && *s->p == ')')
		return REFUSE(s, "')' without '('");
	if (q->n == 0)
		return REFUSE(s, "an empty choice: put the words that follow into every choice instead");
	return 0;
}

static int read_choice(struct scan *s, int rule, bool inside)
{
	for (;;) {
		struct sequence q = { 0 };
		struct rule *r;
		int bad;

		if (s->g->rule[rule].n == GRAMMAR_CHOICES)
			return REFUSE(s, "more than %d choices, the most that are legal; give some of them a rule of their own", GRAMMAR_CHOICES);
		bad = read_weight(s, &q.weight) || read_sequence(s, &q, inside);
		r = &s->g->rule[rule]; /* reading may have moved the table of rules */
		*MEM_PUSH(r->alt, r->n) = q;
		r->total += q.weight;
		if (bad)
			return -1;
		if (s->p == s->end || *s->p == ')')
			return 0;
		s->p++;
	}
}

static int read_row(struct scan *s, struct table *t)
{
	size_t cells = (size_t)t->rows * (size_t)t->n_fields;
	int weight;

	if (t->rows == GRAMMAR_ROWS)
		return REFUSE(s, "table '%.*s' has more than %d rows, the most that are legal", t->name_len, t->name, GRAMMAR_ROWS);
	if (read_weight(s, &weight))
		return -1;
	t->cell = mem_realloc(t->cell, cells + (size_t)t->n_fields, sizeof(*t->cell));
	memset(t->cell + cells, 0, (size_t)t->n_fields * sizeof(*t->cell));
	t->rows++;
	t->total += weight;
	for (int f = 0; f < t->n_fields; f++) {
		if (read_sequence(s, &t->cell[cells + (size_t)f], false))
			return -1;
		t->cell[cells + (size_t)f].weight = weight;
		if ((s->p < s->end) != (f + 1 < t->n_fields))
			return REFUSE(s, "a row of table '%.*s' needs %d fields separated by '|'", t->name_len, t->name, t->n_fields);
		s->p += s->p < s->end;
	}
	return 0;
}

static int read_fields(struct scan *s, struct table *t)
{
	for (;; s->p++) {
		struct field f = { 0 };

		skip_blanks(s);
		if (read_name(s, &f.name, &f.len))
			return -1;
		for (int i = 0; i < t->n_fields; i++)
			if (t->field[i].len == f.len && !memcmp(t->field[i].name, f.name, (size_t)f.len))
				return REFUSE(s, "field '%.*s' of table '%.*s' is there twice", f.len, f.name, t->name_len, t->name);
		if (t->n_fields == GRAMMAR_FIELDS)
			return REFUSE(s, "table '%.*s' has more than %d fields, the most that are legal", t->name_len, t->name, GRAMMAR_FIELDS);
		*MEM_PUSH(t->field, t->n_fields) = f;
		skip_blanks(s);
		if (s->p == s->end)
			return 0;
		if (*s->p != '|')
			return REFUSE(s, "'%c' behind field '%.*s': legal is '|'", *s->p, f.len, f.name);
	}
}

static int known_line(const struct grammar *g, const char *name, int len)
{
	for (int i = 0; i < g->n; i++)
		if (g->rule[i].name && g->rule[i].name_len == len && !memcmp(g->rule[i].name, name, (size_t)len))
			return g->rule[i].line;
	for (int i = 0; i < g->tables; i++)
		if (g->table[i].name_len == len && !memcmp(g->table[i].name, name, (size_t)len))
			return g->table[i].line;
	return 0;
}

static int read_heading(struct scan *s)
{
	struct grammar *g = s->g;
	const char *name;
	int len, before;

	s->rule = s->table = -1;
	if (read_name(s, &name, &len))
		return -1;
	before = known_line(g, name, len);
	if (before)
		return REFUSE(s, "'%.*s' is there already, in line %d; give it another name", len, name, before);
	skip_blanks(s);
	if (s->p == s->end || (*s->p != '=' && *s->p != ':'))
		return REFUSE(s, "'%.*s' needs '=' (a rule) or ':' (a table) behind it; lines that belong to one are indented", len, name);
	if (*s->p++ == ':') {
		if (g->tables == GRAMMAR_TABLES)
			return REFUSE(s, "too many tables, legal are %d", GRAMMAR_TABLES);
		s->table = g->tables;
		*MEM_PUSH(g->table, g->tables) = (struct table){ .name = name, .name_len = len, .line = s->line };
		return read_fields(s, &g->table[s->table]);
	}
	if (g->n == GRAMMAR_RULES)
		return REFUSE(s, "too many rules and brackets, legal are %d", GRAMMAR_RULES);
	s->rule = g->n;
	*MEM_PUSH(g->rule, g->n) = (struct rule){ .name = name, .name_len = len, .line = s->line };
	skip_blanks(s);
	return s->p < s->end ? read_choice(s, s->rule, false) : 0;
}

static int read_line(struct scan *s)
{
	bool indented = s->p < s->end && blank(*s->p);

	for (const char *q = s->p; q < s->end; q++)
		if ((unsigned char)*q < ' ' ? *q != '\t' : (unsigned char)*q > '~')
			return REFUSE(s, "byte %d, legal are the printable characters of ASCII", (unsigned char)*q);
	while (s->end > s->p && blank(s->end[-1]))
		s->end--;
	skip_blanks(s);
	if (s->p == s->end || *s->p == '#')
		return 0;
	/* inside a story a tab would not be a blank */
	if (memchr(s->p, '\t', (size_t)(s->end - s->p)))
		return REFUSE(s, "a tab behind the first word of the line: legal are tabs at the front; write a blank");
	if (!indented)
		return read_heading(s);
	if (s->rule >= 0)
		return read_choice(s, s->rule, false);
	if (s->table >= 0)
		return read_row(s, &s->g->table[s->table]);
	return REFUSE(s, "an indented line that belongs to no rule or table");
}

int grammar_scan(struct grammar *g, struct err *e)
{
	struct scan s = { .g = g, .rule = -1, .table = -1, .e = e };
	const char *p = g->source;

	while (*p) {
		const char *end = strchrnul(p, '\n');

		s.line++;
		s.p = p;
		s.end = end > p && end[-1] == '\r' ? end - 1 : end;
		if (read_line(&s))
			return -1;
		p = *end ? end + 1 : end;
	}
	return 0;
}

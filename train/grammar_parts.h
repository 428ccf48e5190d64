/* Inside of the story grammar: what the reader makes of its text, and what the other parts reckon with. The format: docs/stories.md.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TRAIN_GRAMMAR_PARTS_H
#define TRAIN_GRAMMAR_PARTS_H
#include "train/grammar.h"
#include <stdbool.h>

enum {
	GRAMMAR_BYTES = 1 << 20, GRAMMAR_RULES = 4096, GRAMMAR_TABLES = 32, GRAMMAR_FIELDS = 16, GRAMMAR_ROWS = 200, GRAMMAR_NEST = 8, GRAMMAR_NAME = 32,
	GRAMMAR_WEIGHT = 1000, GRAMMAR_CHOICES = 500,
	GRAMMAR_WORK = 4000,   /* most items of one story */
	GRAMMAR_LONGEST = 8192 /* most characters of one story */
};

enum item_kind { ITEM_TEXT, ITEM_RULE, ITEM_FIELD, ITEM_DRAW };

struct item {
	enum item_kind kind;
	const char *s; /* text, or the name of the rule or table; leads into grammar.source */
	int len;
	const char *field; /* ITEM_FIELD: its name */
	int field_len;
	int id, column; /* resolved: rule or table, field */
	bool capital;   /* ITEM_FIELD: first letter made large */
	int line;
};

struct sequence { struct item *item; int n, weight, line; };

struct rule {
	const char *name; /* NULL: choice in brackets */
	int name_len, line;
	struct sequence *alt;
	int n;
	int64_t total;    /* of weights */
	/* sets of tables, bit t */
	uint32_t wanted;  /* referred to and not drawn inside */
	uint32_t drawn;   /* drawn somewhere inside */
	uint32_t tells;   /* every alternative refers to a field of it that tells its rows apart */
	int longest, work;
};

struct field { const char *name; int len; bool tells; /* no two rows have the same */ bool used; };

struct table {
	const char *name;
	int name_len, line;
	struct field *field;
	int n_fields, rows;
	struct sequence *cell; /* [rows][n_fields]; the weight of a row is that of its first cell */
	int64_t total;
};

struct grammar {
	char *source, *name;
	struct rule *rule;
	int n;
	struct table *table;
	int tables;
	int start;
	int *order; /* [n] rules: those that a rule refers to stand before it */
};

/* text -> rules and tables, names not resolved */
int grammar_scan(struct grammar *g, struct err *e);
/* names, circles, attributes, sizes */
int grammar_check(struct grammar *g, struct err *e);
/* two cells say the same in the same words */
bool grammar_same(const struct sequence *a, const struct sequence *b);
/* every choice a prefix code: then a text has at most one derivation (docs/stories.md) */
int grammar_distinct(struct grammar *g, struct err *e);
/* scan and check without the proof that it is unambiguous */
struct grammar *grammar_read_unproved(const char *text, size_t len, const char *name, struct err *e);

static inline const struct sequence *grammar_cell(const struct table *t, int row, int column) { return &t->cell[(size_t)row * (size_t)t->n_fields + (size_t)column]; }

#endif

/* Lines of words and numbers, read strictly: docs/faults.md sections 4 and 5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/faults.h"
#include "common/file.h"
#include "common/mem.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 64 << 20, MOST_NUMBERS = 4, SHOWN = 24 };

/* a number of a line: what it is called, its legal range */
struct field { const char *name; int least, most; };

struct form { /* a line of this word */
	const char *word, *shape; /* shape: how the line is written, for messages */
	int n;
	struct field field[MOST_NUMBERS];
};

struct reader {
	const char *path, *what;  /* what: what file it is */
	const struct form *form;
	int n_forms;
	struct buf text;
	const char *at;           /* of the next line */
	int line;
	struct err *e;
};

static int reader_open(struct reader *r, struct err *e)
{
	r->e = e;
	r->line = 0;
	if (file_read(r->path, MOST_BYTES, &r->text, e))
		return -1;
	r->at = r->text.data;
	if (strlen(r->text.data) != r->text.len)
		return err_set(e, ERR_INPUT, "%s: byte %zu is 0, this is no %s: give a text file (docs/faults.md)", r->path, strlen(r->text.data) + 1, r->what);
	return 0;
}

/* the next word of the line, its length in *n; NULL: the line, or what is before its comment, ends */
static const char *word(const char **at, int *n)
{
	const char *from = *at + strspn(*at, " \t\r");

	*n = (int)strcspn(from, " \t\r\n#");
	*at = from + *n;
	return *n ? from : NULL;
}

static int number(struct reader *r, const struct field *f, const char *text, int n, int *value)
{
	long v = 0;
	int i;

	for (i = 0; i < n && v <= INT_MAX; i++) {
		if (text[i] < '0' || text[i] > '9')
			return err_set(r->e, ERR_INPUT, "%s:%d: %s '%.*s' is no decimal number, legal %d..%d: write digits only", r->path, r->line, f->name, n < SHOWN ? n : SHOWN, text, f->least,
				       f->most);
		v = 10 * v + (text[i] - '0');
	}
	if (v < f->least || v > f->most)
		return err_set(r->e, ERR_INPUT, "%s:%d: %s %.*s is outside %d..%d: correct it, or take the configuration that the file belongs to", r->path, r->line, f->name,
			       n < SHOWN ? n : SHOWN, text, f->least, f->most);
	*value = (int)v;
	return 0;
}

static const struct form *form_of(const struct reader *r, const char *text, int n)
{
	for (int i = 0; i < r->n_forms; i++)
		if (!strncmp(r->form[i].word, text, (size_t)n) && !r->form[i].word[n])
			return &r->form[i];
	return NULL;
}

/* The next line that says something: its form, or -1 with e set, or -2 at the end. */
static int next_line(struct reader *r, int value[MOST_NUMBERS])
{
	const struct form *f;
	const char *text;
	int n, i;

	do {
		if (r->line)
			r->at += strcspn(r->at, "\n");
		if (r->line && *r->at)
			r->at++;
		if (!*r->at)
			return -2;
		r->line++;
		text = word(&r->at, &n);
	} while (!text);
	f = form_of(r, text, n);
	if (!f)
		return err_set(r->e, ERR_INPUT, "%s:%d: '%.*s' begins no line of a %s: legal is \"%s\"%s%s%s", r->path, r->line, n < SHOWN ? n : SHOWN, text, r->what, r->form[0].shape,
			       r->n_forms > 1 ? " or \"" : "", r->n_forms > 1 ? r->form[1].shape : "", r->n_forms > 1 ? "\"" : "");
	for (i = 0; i < f->n; i++) {
		text = word(&r->at, &n);
		if (!text)
			return err_set(r->e, ERR_INPUT, "%s:%d: %s is missing: write \"%s\"", r->path, r->line, f->field[i].name, f->shape);
		if (number(r, &f->field[i], text, n, &value[i]))
			return -1;
	}
	text = word(&r->at, &n);
	if (text)
		return err_set(r->e, ERR_INPUT, "%s:%d: '%.*s' is one word too many: write \"%s\"", r->path, r->line, n < SHOWN ? n : SHOWN, text, f->shape);
	return (int)(f - r->form);
}

/* ---- faults ---- */

static int by_place(const void *a, const void *b)
{
	const struct gf_fault *x = a, *y = b;
	int d = (int)x->kind - (int)y->kind;

	d = d ? d : x->tile - y->tile;
	d = d ? d : x->at - y->at;
	d = d ? d : x->index - y->index;
	return d ? d : x->line - y->line;
}

static int same_place(const struct gf_fault *x, const struct gf_fault *y)
{
	return x->kind == y->kind && x->tile == y->tile && x->at == y->at && x->index == y->index;
}

/* the first line that names again what an earlier one did */
static int check_once(const char *path, const struct gf_faults *f, struct err *e)
{
	struct gf_fault *sorted = MEM_NEW(f->n, struct gf_fault);
	const struct gf_fault *again = NULL;
	int before = 0;

	if (f->n)
		memcpy(sorted, f->fault, f->n * sizeof(*sorted));
	qsort(sorted, f->n, sizeof(*sorted), by_place);
	for (size_t i = 1; i < f->n; i++)
		if (same_place(&sorted[i - 1], &sorted[i]) && (!again || sorted[i].line < again->line)) {
			again = &sorted[i];
			before = sorted[i - 1].line;
		}
	if (again)
		err_set(e, ERR_INPUT, "%s:%d: this %s is stuck already by line %d: leave one of them out", path, again->line, again->kind == GF_CELL ? "cell" : "comparator", before);
	free(sorted);
	return again ? -1 : 0;
}

int gf_read(const struct gm_hw *hw, const char *path, struct gf_faults *f, struct err *e)
{
	const struct field tile = { "TILE", 0, hw->tiles - 1 };
	const struct form form[2] = {
		[GF_CELL] = { "cell", "cell TILE ROW COLUMN VALUE", 4,
			      { tile, { "ROW", 0, hw->rows - 1 }, { "COLUMN", 0, gm_columns(hw) - 1 }, { "VALUE", 0, (1 << hw->cell_bits) - 1 } } },
		[GF_COMPARATOR] = { "comparator", "comparator TILE LANE INDEX VALUE", 4,
				    { tile, { "LANE", 0, hw->adcs - 1 }, { "INDEX", 1, gm_refs(hw) }, { "VALUE", 0, 1 } } },
	};
	struct reader r = { .path = path, .what = "fault file", .form = form, .n_forms = 2 };
	int v[MOST_NUMBERS], kind = reader_open(&r, e) ? -1 : 0;

	*f = (struct gf_faults){ NULL, 0 };
	while (kind >= 0) {
		kind = next_line(&r, v);
		if (kind >= 0)
			*MEM_PUSH(f->fault, f->n) = (struct gf_fault){ (enum gf_kind)kind, v[0], v[1], v[2], v[3], r.line };
	}
	buf_release(&r.text);
	if (kind == -2 && !check_once(path, f, e))
		return 0;
	gf_release(f);
	return -1;
}

void gf_release(struct gf_faults *f)
{
	free(f->fault);
	*f = (struct gf_faults){ NULL, 0 };
}

/* ---- columns ---- */

int gf_read_columns(const struct gm_hw *hw, const char *path, struct gf_columns *c, struct err *e)
{
	const struct form form = { "column", "column TILE COLUMN", 2, { { "TILE", 0, hw->tiles - 1 }, { "COLUMN", 0, hw->cols - 1 } } };
	struct reader r = { .path = path, .what = "bad-column file", .form = &form, .n_forms = 1 };
	int v[MOST_NUMBERS], rc = reader_open(&r, e) ? -1 : 0;

	*c = (struct gf_columns){ NULL, 0 };
	while (rc >= 0) {
		rc = next_line(&r, v);
		if (rc >= 0)
			*MEM_PUSH(c->column, c->n) = (struct gf_column){ v[0], v[1], r.line };
	}
	buf_release(&r.text);
	if (rc == -2)
		return 0;
	gf_columns_release(c);
	return -1;
}

void gf_columns_of(const struct gm_hw *hw, const struct gf_faults *f, struct gf_columns *c)
{
	*c = (struct gf_columns){ NULL, 0 };
	for (size_t i = 0; i < f->n; i++)
		if (f->fault[i].kind == GF_CELL && f->fault[i].index < hw->cols)
			*MEM_PUSH(c->column, c->n) = (struct gf_column){ f->fault[i].tile, f->fault[i].index, f->fault[i].line };
}

void gf_columns_release(struct gf_columns *c)
{
	free(c->column);
	*c = (struct gf_columns){ NULL, 0 };
}

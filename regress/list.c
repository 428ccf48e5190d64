/* Reading a list: words, values, ranges, their product.
 * SPDX-License-Identifier: Apache-2.0 */
#include "regress/list.h"
#include "common/cfg_near.h"
#include "common/file.h"
#include "common/mem.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 16 << 20, COMMA = '\1' /* a comma within quotes, until the values are divided */ };

const struct regress_traits regress_traits[REGRESS_NAMES] = {
	[REGRESS_CONFIG] = { "config", "--config", REGRESS_FILE },
	[REGRESS_OVERRIDE] = { "set", "-s", REGRESS_SET },
	[REGRESS_MODEL] = { "model", "--model", REGRESS_FILE },
	[REGRESS_TENSOR] = { "tensor", "--tensor", REGRESS_TEXT },
	[REGRESS_LAYERS] = { "layers", "--layers", REGRESS_TEXT },
	[REGRESS_PLACEMENT] = { "placement", "--placement", REGRESS_TEXT },
	[REGRESS_OPTIMISE] = { "optimise", "--optimise", REGRESS_TEXT },
	[REGRESS_TEXT_FILE] = { "text", "--text", REGRESS_FILE },
	[REGRESS_TOKENIZER] = { "tokenizer", "--tokenizer", REGRESS_FILE },
	[REGRESS_GENERATE] = { "generate", "--generate", REGRESS_NUMBER, 1, 1000000 },
	[REGRESS_PROMPT] = { "prompt", "--prompt", REGRESS_TEXT },
	[REGRESS_TEMPERATURE] = { "temperature", "--temperature", REGRESS_TEXT },
	[REGRESS_HOST_HEAD] = { "host-head", "--host-head", REGRESS_FLAG },
	[REGRESS_TOKENS] = { "tokens", "--tokens", REGRESS_NUMBER, 1, 1000000 },
	[REGRESS_SEED] = { "seed", "--seed", REGRESS_NUMBER, 0, 2147483647 },
	[REGRESS_STALL] = { "stall", "--stall", REGRESS_TEXT },
	[REGRESS_INPUT] = { "input", "--input", REGRESS_FILE },
	[REGRESS_THRESHOLDS] = { "thresholds", "--thresholds", REGRESS_FILE },
	[REGRESS_FAULTS] = { "faults", "--faults", REGRESS_FILE },
	[REGRESS_BAD] = { "bad", "--bad", REGRESS_FILE },
	[REGRESS_TREE] = { "tree", "--tree", REGRESS_FILE },
	[REGRESS_ENGINE] = { "engine", "--engine", REGRESS_TEXT },
	[REGRESS_RTL] = { "rtl", "--rtl", REGRESS_FILE },
	[REGRESS_NO_PROBES] = { "no-probes", "--no-probes", REGRESS_FLAG },
};

/* one text (lo = hi = 0), or text NULL: lo..hi */
struct item { char *text; long lo, hi; };
struct axis { enum regress_name name; char *field; /* of an override: "array.rows=", else NULL */ struct item *item; size_t n, values; };

struct line {
	struct regress_list *list;
	struct err *e;
	int number;
	struct axis *axis; size_t n;
};

static char *text_of(const char *s, size_t n)
{
	char *t = mem_calloc(n + 1, 1);

	memcpy(t, s, n);
	return t;
}

static void line_release(struct line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		for (size_t k = 0; k < l->axis[i].n; k++)
			free(l->axis[i].item[k].text);
		free(l->axis[i].item);
		free(l->axis[i].field);
	}
	free(l->axis);
	l->axis = NULL;
	l->n = 0;
}

static struct axis *axis_of(const struct line *l, enum regress_name name)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->axis[i].name == name)
			return &l->axis[i];
	return NULL;
}

static int unknown(const struct line *l, const char *name)
{
	const char *known[REGRESS_NAMES], *near;
	struct buf legal;

	buf_init(&legal);
	for (int i = 0; i < REGRESS_NAMES; i++) {
		known[i] = regress_traits[i].name;
		buf_addf(&legal, "%s %s", i ? "," : "", known[i]);
	}
	near = cfg_near(name, known, REGRESS_NAMES);
	if (near)
		err_set(l->e, ERR_INPUT, "%s:%d: unknown key '%.60s'; did you mean '%s'", l->list->path, l->number, name, near);
	else
		err_set(l->e, ERR_INPUT, "%s:%d: unknown key '%.60s'; legal:%s", l->list->path, l->number, name, legal.data);
	buf_release(&legal);
	return -1;
}

/* digits only: A of A..B, or a number */
static bool whole(const char *s, size_t n, long *value)
{
	if (!n || n > 18 || strspn(s, "0123456789") < n)
		return false;
	*value = strtol(s, NULL, 10);
	return true;
}

static int add_item(struct line *l, struct axis *a, const char *s, size_t n)
{
	const struct regress_traits *t = &regress_traits[a->name];
	const char *dots = memmem(s, n, "..", 2);
	struct item it = { .text = text_of(s, n) };
	bool range = dots && whole(s, (size_t)(dots - s), &it.lo) && whole(dots + 2, n - (size_t)(dots + 2 - s), &it.hi);
	bool counts = t->kind == REGRESS_NUMBER || t->kind == REGRESS_SET;

	for (char *p = it.text; *p; p++)
		if (*p == COMMA)
			*p = ',';
	*MEM_PUSH(a->item, a->n) = it; /* released with the line from now on */
	if (!n)
		return err_set(l->e, ERR_INPUT, "%s:%d: %s has an empty value; write %s=VALUE, or \"...\" around a comma", l->list->path, l->number, t->name, t->name);
	if (t->kind == REGRESS_FLAG && strcmp(it.text, "yes") && strcmp(it.text, "no"))
		return err_set(l->e, ERR_INPUT, "%s:%d: %s is '%.60s': legal yes, no", l->list->path, l->number, t->name, it.text);
	if (t->kind == REGRESS_NUMBER && !range) {
		if (!whole(s, n, &it.lo))
			return err_set(l->e, ERR_INPUT, "%s:%d: %s is '%.60s', no whole number and no range A..B: legal %ld..%ld", l->list->path, l->number, t->name, it.text, t->lo, t->hi);
		it.hi = it.lo;
	}
	if (t->kind == REGRESS_NUMBER && (it.lo < t->lo || it.hi > t->hi))
		return err_set(l->e, ERR_INPUT, "%s:%d: %s is '%.60s', out of range: legal %ld..%ld", l->list->path, l->number, t->name, it.text, t->lo, t->hi);
	if (counts && range && it.hi < it.lo)
		return err_set(l->e, ERR_INPUT, "%s:%d: %s counts down, '%.60s'; write %ld..%ld", l->list->path, l->number, t->name, it.text, it.hi, it.lo);
	if (counts && range) {
		free(it.text);
		it.text = NULL;
	} else {
		it.lo = it.hi = 0;
	}
	a->item[a->n - 1] = it;
	a->values += (size_t)(it.hi - it.lo) + 1;
	return 0;
}

/* word: quotes taken away, commas within them COMMA */
static int add_word(struct line *l, const char *word)
{
	const char *value = strchr(word, '='), *end;
	struct axis a = { .name = 0 };
	char *name;
	size_t i = 0;
	int rc = 0;

	if (!value)
		return err_set(l->e, ERR_INPUT, "%s:%d: word '%.60s' has no '='; write KEY=VALUES", l->list->path, l->number, word);
	name = text_of(word, (size_t)(value++ - word));
	while (i < REGRESS_NAMES && strcmp(name, regress_traits[i].name))
		i++;
	a.name = (enum regress_name)i;
	if (i == REGRESS_NAMES)
		rc = unknown(l, name);
	else if (a.name != REGRESS_OVERRIDE && axis_of(l, a.name))
		rc = err_set(l->e, ERR_INPUT, "%s:%d: key '%s' stands twice in a line; write %s=A,B", l->list->path, l->number, name, name);
	free(name);
	if (rc)
		return rc;
	if (a.name == REGRESS_OVERRIDE) {
		end = strchr(value, '=');
		if (!end || end == value)
			return err_set(l->e, ERR_INPUT, "%s:%d: set=%.60s names no field; write set=array.rows=16,33", l->list->path, l->number, value);
		a.field = text_of(value, (size_t)(end + 1 - value));
		for (size_t k = 0; k < l->n && !rc; k++)
			if (l->axis[k].field && !strcmp(l->axis[k].field, a.field))
				rc = err_set(l->e, ERR_INPUT, "%s:%d: set=%.60s stands twice in a line; write set=%.60sA,B", l->list->path, l->number, a.field, a.field);
		value = end + 1;
	}
	*MEM_PUSH(l->axis, l->n) = a;
	for (; !rc; value = end + 1) {
		end = value + strcspn(value, ",");
		rc = add_item(l, &l->axis[l->n - 1], value, (size_t)(end - value));
		if (!*end)
			break;
	}
	return rc;
}

static int check_byte(const struct line *l, char c)
{
	if ((unsigned char)c < ' ' && c != '\t' && c != '\r')
		return err_set(l->e, ERR_INPUT, "%s:%d: byte 0x%02x; a list is plain text", l->list->path, l->number, (unsigned char)c);
	return 0;
}

/* divides s[0..n) at blanks that no quotes hold */
static int add_words(struct line *l, const char *s, size_t n)
{
	struct buf word;
	bool quoted = false, open = false;
	int rc = 0;

	buf_init(&word);
	for (size_t i = 0; i <= n && !rc; i++) {
		char c = i < n ? s[i] : ' ';

		rc = check_byte(l, c);
		if (i == n && quoted)
			rc = err_set(l->e, ERR_INPUT, "%s:%d: word '%.60s' begins \" and does not end it in this line; add \"", l->list->path, l->number, word.data);
		if (rc)
			break;
		if (!quoted && (strchr(" \t\r", c) || (c == '#' && !open))) {
			if (open)
				rc = add_word(l, word.data);
			open = false;
			buf_clear(&word);
			if (c == '#')
				break;
		} else if (c == '"') {
			quoted = !quoted;
			open = true;
		} else {
			buf_add(&word, quoted && c == ',' ? &(char){ COMMA } : &c, 1);
			open = true;
		}
	}
	buf_release(&word);
	return rc;
}

/* ---- the product */

bool regress_is_file(const struct regress_word *w)
{
	return regress_traits[w->name].kind == REGRESS_FILE && strncmp(w->text, "shapes:", 7) && !(w->name == REGRESS_BAD && !strcmp(w->text, "auto"));
}

static void set_value(const struct regress_list *l, struct regress_word *w)
{
	const char *slash = strrchr(l->path, '/');
	struct buf b;

	buf_init(&b);
	if (regress_is_file(w) && w->text[0] != '/' && slash)
		buf_add(&b, l->path, (size_t)(slash + 1 - l->path));
	buf_adds(&b, w->text);
	w->value = b.data;
}

/* value number k of the axis, as a word of a case */
static struct regress_word word_of(const struct line *l, const struct axis *a, size_t k)
{
	struct regress_word w = { .name = a->name };
	const struct item *it = a->item;
	struct buf b;

	buf_init(&b);
	for (; k > (size_t)(it->hi - it->lo); it++) /* of a text both are 0 */
		k -= (size_t)(it->hi - it->lo) + 1;
	if (a->field)
		buf_adds(&b, a->field);
	if (it->text)
		buf_adds(&b, it->text);
	else
		buf_addf(&b, "%ld", it->lo + (long)k);
	w.text = b.data;
	set_value(l->list, &w);
	return w;
}

static void add_case(struct line *l, size_t index)
{
	struct regress_case c = { .line = l->number, .word = MEM_NEW(l->n, struct regress_word), .n = l->n };
	size_t at[REGRESS_NAMES] = { 0 }, k = 0;

	/* where the words of a name begin */
	for (int name = 0; name < REGRESS_NAMES; name++) {
		at[name] = k;
		for (size_t i = 0; i < l->n; i++)
			k += l->axis[i].name == (enum regress_name)name;
	}
	for (size_t i = l->n, stride = index; i-- > 0;) {
		const struct axis *a = &l->axis[i];
		size_t before = 0;

		for (size_t j = 0; j < i; j++)
			before += l->axis[j].name == a->name;
		c.word[at[a->name] + before] = word_of(l, a, stride % a->values);
		stride /= a->values;
	}
	*MEM_PUSH(l->list->c, l->list->n) = c;
}

static int expand(struct line *l)
{
	double n = 1; /* a product of ranges may be beyond any integer */

	if (!l->n)
		return 0;
	if (!axis_of(l, REGRESS_CONFIG))
		return err_set(l->e, ERR_INPUT, "%s:%d: no configuration; add config=FILE", l->list->path, l->number);
	if (!axis_of(l, REGRESS_MODEL))
		return err_set(l->e, ERR_INPUT, "%s:%d: nothing to run; add model=FILE, model=W.npy or model=shapes:NAME", l->list->path, l->number);
	if ((axis_of(l, REGRESS_TEXT_FILE) || axis_of(l, REGRESS_GENERATE)) && !axis_of(l, REGRESS_TOKENIZER))
		return err_set(l->e, ERR_INPUT, "%s:%d: %s without a tokenizer; add tokenizer=FILE", l->list->path, l->number, axis_of(l, REGRESS_GENERATE) ? "generate" : "text");
	for (size_t i = 0; i < l->n; i++)
		n *= (double)l->axis[i].values;
	if (n + (double)l->list->n > REGRESS_MOST_CASES)
		return err_set(l->e, ERR_INPUT, "%s:%d: this line makes %.12g cases, %.12g with those above; legal up to %d: take fewer values, or divide the list", l->list->path, l->number, n,
			       n + (double)l->list->n, REGRESS_MOST_CASES);
	for (size_t i = 0; i < (size_t)n; i++)
		add_case(l, i);
	return 0;
}

int regress_list_read(struct regress_list *list, const char *path, struct err *e)
{
	struct line l = { .list = list, .e = e };
	struct buf text;
	int rc;

	*list = (struct regress_list){ .path = mem_strdup(path) };
	rc = file_read(path, MOST_BYTES, &text, e);
	for (size_t at = 0; at < text.len && !rc;) {
		const char *s = text.data + at, *newline = memchr(s, '\n', text.len - at);
		size_t n = newline ? (size_t)(newline - s) : text.len - at;

		l.number++;
		rc = add_words(&l, s, n) || expand(&l) ? -1 : 0;
		line_release(&l);
		at += n + 1;
	}
	buf_release(&text);
	if (!rc && !list->n)
		rc = err_set(e, ERR_INPUT, "%s: no case in it; write lines as config=tiny.xml model=W.npy seed=1..3", path);
	if (rc)
		regress_list_release(list);
	return rc;
}

void regress_case_release(struct regress_case *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->word[i].text);
		free(c->word[i].value);
	}
	free(c->word);
	*c = (struct regress_case){ 0 };
}

void regress_list_release(struct regress_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		regress_case_release(&l->c[i]);
	free(l->c);
	free(l->path);
	*l = (struct regress_list){ 0 };
}

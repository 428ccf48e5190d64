/* configs/NAME.xml and overrides -> struct cfg. Structure (keys, repetition, stray text) is checked here, so that the message can name the nearest key;
 * values are checked by the schema; what concerns two fields is checked last.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg_missing.h"
#include "common/cfg_near.h"
#include "common/cfg_schema.h"
#include "common/file.h"
#include "common/mem.h"
#include <errno.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILE = 256 * 1024, SHOWN = 60 /* bytes of a wrong value that a message repeats */ };
#define XSI "http://www.w3.org/2001/XMLSchema-instance"
#define SEE_KEYS "'bitline config --fields' lists the legal keys"

struct load {
	const struct cfg_schema *s;
	const char *path;
	struct buf text; /* the file */
	xmlDoc *doc;
	const char *const *override;
	ptrdiff_t *by; /* [s->n] index of the override that set the field last, -1: the file did */
	bool has_dtd;
	char *place;     /* what rule_place said last */
	struct err *e;
};

static const char *name_of(const xmlNode *n)
{
	return (const char *)n->name;
}

static const char *dots(const char *value)
{
	return strlen(value) > SHOWN ? "..." : "";
}

static int bad_key(struct load *l, const char *place, const char *key, const char *near)
{
	if (near)
		return err_set(l->e, ERR_INPUT, "%s: unknown key \"%.*s%s\"; did you mean \"%s\"", place, SHOWN, key, dots(key), near);
	return err_set(l->e, ERR_INPUT, "%s: unknown key \"%.*s%s\"; " SEE_KEYS, place, SHOWN, key, dots(key));
}

static const char *near_key(const struct load *l, const char *wrong, bool groups)
{
	const char **known = MEM_NEW(l->s->n, const char *), *found;

	for (size_t i = 0; i < l->s->n; i++)
		known[i] = groups ? l->s->field[i].group : l->s->field[i].key;
	found = cfg_near(wrong, known, l->s->n);
	free(known);
	return found;
}

static ptrdiff_t field_at(const struct load *l, const char *group, const char *name)
{
	for (size_t i = 0; i < l->s->n; i++)
		if (!strcmp(l->s->field[i].group, group) && !strcmp(l->s->field[i].name, name))
			return (ptrdiff_t)i;
	return -1;
}

static bool is_group(const struct load *l, const char *name)
{
	for (size_t i = 0; i < l->s->n; i++)
		if (*name && !strcmp(l->s->field[i].group, name))
			return true;
	return false;
}

/* "file:12"; the line that libxml2 knows stands in where the text is not plain ASCII XML (UTF-16) */
static char *place_of(const struct load *l, const char *element, const char *attr, const xmlNode *n)
{
	int line = cfg_where(l->text.data, l->text.len, element, attr);
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "%s:%ld", l->path, line ? (long)line : n ? xmlGetLineNo(n) : 1);
	return b.data;
}

/* --- text -> tree */

static void refuse_dtd(void *ctx, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	xmlParserCtxt *p = ctx;

	(void)name, (void)external, (void)system;
	((struct load *)p->_private)->has_dtd = true;
	xmlStopParser(p);
}

static void silent(void *ctx, xmlErrorPtr error)
{
	(void)ctx, (void)error;
}

static int parse(struct load *l)
{
	xmlParserCtxt *p = xmlNewParserCtxt();
	xmlStructuredErrorFunc host = xmlStructuredError;
	void *host_ctx = xmlStructuredErrorContext;
	const xmlError *bad;
	char what[200] = "empty";

	if (!p)
		return err_set(l->e, ERR_ENV, "out of memory reading '%s'", l->path);
	p->_private = l;
	p->sax->internalSubset = refuse_dtd;
	p->sax->serror = silent;
	/* what converts encodings complains to nobody's parser: to the process, or a host's handler */
	xmlSetStructuredErrorFunc(NULL, silent);
	l->doc = xmlCtxtReadMemory(p, l->text.data, (int)l->text.len, l->path, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	xmlSetStructuredErrorFunc(host_ctx, host);
	if (l->has_dtd) {
		err_set(l->e, ERR_INPUT, "%s:%d: a document type or entity declaration is not allowed; remove it", l->path, p->input ? p->input->line : 1);
	} else if (!l->doc) {
		bad = xmlCtxtGetLastError(p);
		if (bad && bad->message)
			snprintf(what, sizeof(what), "%.*s", (int)strcspn(bad->message, "\n"), bad->message);
		if (what[0] >= 'A' && what[0] <= 'Z' && what[1] >= 'a' && what[1] <= 'z')
			what[0] = (char)(what[0] - 'A' + 'a');
		err_set(l->e, ERR_INPUT, "%s:%d: not well-formed XML: %s; mend it or begin from configs/edge64.xml", l->path, bad && bad->line > 0 ? bad->line : 1, what);
	}
	xmlFreeParserCtxt(p);
	return l->e->code ? -1 : 0;
}

/* --- keys */

static int check_attributes(struct load *l, xmlNode *n, const char *group)
{
	for (xmlAttr *a = n->properties, *next; a; a = next) {
		struct buf key;
		char *place;
		int bad = 0;

		next = a->next;
		if (a->ns && !strcmp((const char *)a->ns->href, XSI)) {
			/* a hint for editors; the schema code would open the file it names */
			xmlRemoveProp(a);
			continue;
		}
		if (!a->ns && field_at(l, group, (const char *)a->name) >= 0)
			continue;
		buf_init(&key);
		buf_addf(&key, "%s%s%s", group, *group ? "." : "", (const char *)a->name);
		place = place_of(l, name_of(n), (const char *)a->name, n);
		bad = bad_key(l, place, key.data, near_key(l, key.data, false));
		buf_release(&key);
		free(place);
		return bad;
	}
	return 0;
}

static int check_group(struct load *l, xmlNode *n)
{
	const char *name = name_of(n);
	char *place = NULL; /* made when it is needed: it costs a walk through the text */
	int bad = 0;

	if (n->ns || !is_group(l, name)) {
		place = place_of(l, name, NULL, n);
		bad = bad_key(l, place, name, near_key(l, name, true));
	}
	for (xmlNode *twin = n->prev; twin && !bad; twin = twin->prev)
		if (twin->type == XML_ELEMENT_NODE && !strcmp(name_of(twin), name))
			bad = err_set(l->e, ERR_INPUT, "%s:%ld: \"%s\" stands there a second time; keep one", l->path, xmlGetLineNo(n), name);
	for (xmlNode *inner = n->children; inner && !bad; inner = inner->next)
		if (inner->type == XML_ELEMENT_NODE)
			bad = err_set(l->e, ERR_INPUT, "%s:%ld: element \"%.*s\" inside \"%s\"; values are attributes: %s name=\"value\"", l->path, xmlGetLineNo(inner), SHOWN,
				name_of(inner), name, name);
		else if (inner->type != XML_COMMENT_NODE && inner->type != XML_PI_NODE && !xmlIsBlankNode(inner))
			bad = err_set(l->e, ERR_INPUT, "%s: text inside \"%s\"; values are attributes: remove it", place ? place : (place = place_of(l, name, NULL, n)), name);
	free(place);
	return bad ? bad : check_attributes(l, n, name);
}

static int check_keys(struct load *l)
{
	xmlNode *root = xmlDocGetRootElement(l->doc);
	int bad = 0;

	if (root->ns || strcmp(name_of(root), "bitline")) {
		char *place = place_of(l, name_of(root), NULL, root);

		bad = err_set(l->e, ERR_INPUT, "%s: root element \"%.*s\" is no configuration: legal bitline, without a namespace", place, SHOWN, name_of(root));
		free(place);
	}
	if (!bad)
		bad = check_attributes(l, root, "");
	for (xmlNode *n = root->children; n && !bad; n = n->next)
		if (n->type == XML_ELEMENT_NODE)
			bad = check_group(l, n);
		else if (n->type != XML_COMMENT_NODE && n->type != XML_PI_NODE && !xmlIsBlankNode(n))
			bad = err_set(l->e, ERR_INPUT, "%s:%ld: text inside \"bitline\"; values are attributes: remove it", l->path, xmlGetLineNo(n));
	return bad;
}

/* --- overrides and values */

static xmlNode *group_node(struct load *l, const char *group)
{
	xmlNode *root = xmlDocGetRootElement(l->doc);

	if (!*group)
		return root;
	for (xmlNode *n = root->children; n; n = n->next)
		if (n->type == XML_ELEMENT_NODE && !strcmp(name_of(n), group))
			return n;
	return xmlNewChild(root, NULL, (const xmlChar *)group, NULL);
}

/* a value becomes text of the document: libxml2 checks what it parses, not what is set, and its patterns fail on what is no character of XML */
static bool printable(const char *s)
{
	while (*s >= ' ' && *s <= '~')
		s++;
	return !*s;
}

static int apply(struct load *l, size_t index)
{
	const char *text = l->override[index], *equals = strchr(text, '=');
	struct buf place;
	int bad = 0;

	buf_init(&place);
	buf_addf(&place, "-s %.*s%s", SHOWN, text, dots(text));
	if (!equals) {
		bad = err_set(l->e, ERR_INPUT, "%s: no \"=\" in it; write -s key=value, as in -s array.rows=33", place.data);
	} else {
		char *key = mem_strdup(text);
		size_t i = 0;

		key[equals - text] = '\0';
		while (i < l->s->n && strcmp(l->s->field[i].key, key))
			i++;
		if (i == l->s->n) {
			bad = bad_key(l, place.data, key, near_key(l, key, false));
		} else if (!printable(equals + 1)) {
			bad = err_set(l->e, ERR_INPUT, "%s: %s holds a byte that is no printable ASCII: legal %s", place.data, key, l->s->field[i].legal);
		} else {
			xmlSetProp(group_node(l, l->s->field[i].group), (const xmlChar *)l->s->field[i].name, (const xmlChar *)equals + 1);
			l->by[i] = (ptrdiff_t)index;
		}
		free(key);
	}
	buf_release(&place);
	return bad;
}

static char *field_place(const struct load *l, ptrdiff_t i)
{
	const struct cfg_field *f = &l->s->field[i];
	struct buf b;

	if (l->by[i] < 0)
		return place_of(l, *f->group ? f->group : "bitline", f->name, xmlDocGetRootElement(l->doc));
	buf_init(&b);
	buf_addf(&b, "-s %.*s%s", SHOWN, l->override[l->by[i]], dots(l->override[l->by[i]]));
	return b.data;
}

static int bad_value(struct load *l, ptrdiff_t i, const char *value)
{
	const struct cfg_field *f = &l->s->field[i];
	const char *near = cfg_near(value, (const char *const *)f->choice, (size_t)f->n_choices);
	char *place = field_place(l, i), *end;
	const char *what;

	if (f->type == CFG_TYPE_INT) {
		strtol(value, &end, 10);
		what = end != value && !*end && *value > 0x20 ? "is out of range" : "is no whole number";
	} else {
		what = f->type == CFG_TYPE_TEXT ? "is malformed" : "is not a choice";
	}
	err_set(l->e, ERR_INPUT, "%s: %s \"%.*s%s\" %s: legal %s%s%s%s", place, f->key, SHOWN, value, dots(value), what, f->legal,
		near ? "; did you mean \"" : "", near ? near : "", near ? "\"" : "");
	free(place);
	return -1;
}

/* The attribute that a complaint is about: libxml2 hands over its element alone and names the attribute in the text,
 * behind the element's name, "Element 'array', attribute 'rows': ...". */
static ptrdiff_t field_of(const struct load *l, const xmlError *error)
{
	static const char before[] = "attribute '";
	const xmlNode *n = error->node;
	const char *at = error->message ? strstr(error->message, before) : NULL;
	char name[CFG_TEXT];
	size_t len;

	if (!n || n->type != XML_ELEMENT_NODE || !at)
		return -1;
	at += sizeof(before) - 1;
	len = strcspn(at, "'");
	if (len >= sizeof(name))
		return -1;
	memcpy(name, at, len);
	name[len] = '\0';
	return field_at(l, n == xmlDocGetRootElement(l->doc) ? "" : name_of(n), name);
}

/* the first complaint of the schema */
static void complaint(void *ctx, xmlErrorPtr error)
{
	struct load *l = ctx;
	ptrdiff_t i = field_of(l, error);
	xmlChar *value;

	if (l->e->code)
		return;
	if (i < 0) {
		err_set(l->e, ERR_INPUT, "%s:%d: %.*s", l->path, error->line, error->message ? (int)strcspn(error->message, "\n") : 0, error->message ? error->message : "");
		return;
	}
	value = xmlGetNoNsProp(error->node, (const xmlChar *)l->s->field[i].name);
	bad_value(l, i, (const char *)value);
	xmlFree(value);
}

static int validate(struct load *l)
{
	xmlNode *root = xmlDocGetRootElement(l->doc);
	xmlSchemaValidCtxt *v;
	char *place;
	int rc;

	if (!xmlHasProp(root, (const xmlChar *)"name")) {
		place = place_of(l, "bitline", NULL, root);
		err_set(l->e, ERR_INPUT, "%s: the configuration has no name; write <bitline name=\"...\">: legal %s", place, l->s->field[field_at(l, "", "name")].legal);
		free(place);
		return -1;
	}
	for (size_t i = 0; i < l->s->n; i++) /* a group that is left out is one without attributes: the schema completes it */
		group_node(l, l->s->field[i].group);
	v = xmlSchemaNewValidCtxt(l->s->xsd);
	if (!v)
		return err_set(l->e, ERR_ENV, "out of memory reading '%s'", l->path);
	xmlSchemaSetValidStructuredErrors(v, complaint, l);
	xmlSchemaSetValidOptions(v, XML_SCHEMA_VAL_VC_I_CREATE);
	rc = xmlSchemaValidateDoc(v, l->doc);
	xmlSchemaFreeValidCtxt(v);
	if (rc < 0)
		BUG("schema validation failed inside libxml2");
	return rc ? err_set(l->e, ERR_INPUT, "%s: not valid", l->path) : 0;
}

static void fill(const struct load *l, struct cfg *c)
{
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < l->s->n; i++) {
		xmlChar *v = xmlGetNoNsProp(group_node((struct load *)l, l->s->field[i].group), (const xmlChar *)l->s->field[i].name);

		if (!v)
			BUG("validation left %s without a value", l->s->field[i].key);
		cfg_field_set(c, &l->s->field[i], (const char *)v);
		xmlFree(v);
	}
}

/* of the fields named, the one that was set last broke the rule: the last override, else the first of them that the file itself says, else the first */
static const char *rule_place(void *ctx, const char *keys)
{
	struct load *l = ctx;
	ptrdiff_t best = -1, first = -1, said = -1;

	for (; *keys; keys += strcspn(keys, " "), keys += *keys == ' ') {
		size_t n = strcspn(keys, " "), i = 0;
		const struct cfg_field *f;

		while (strlen(l->s->field[i].key) != n || memcmp(l->s->field[i].key, keys, n))
			if (++i == l->s->n)
				BUG("a rule names no field: %s", keys);
		f = &l->s->field[i];
		if (first < 0)
			first = (ptrdiff_t)i;
		if (said < 0 && cfg_where(l->text.data, l->text.len, f->group, f->name))
			said = (ptrdiff_t)i;
		if (l->by[i] >= 0 && (best < 0 || l->by[i] > l->by[best]))
			best = (ptrdiff_t)i;
	}
	free(l->place);
	l->place = field_place(l, best >= 0 ? best : said >= 0 ? said : first);
	return l->place;
}

/* a name that is none is told with the nearest one that is */
static int read_file(const char *path, struct buf *text, struct err *e)
{
	struct err why = { 0 };
	char *near;

	if (!file_read(path, MAX_FILE, text, &why))
		return 0;
	near = file_exists(path) ? NULL : cfg_missing_near(path);
	if (near)
		err_set(e, ERR_INPUT, "cannot open '%s': there is no such configuration; did you mean '%s'", path, near);
	free(near);
	return err_set(e, why.code, "%s", why.text);
}

int cfg_load(struct cfg *c, const char *path, const char *const *overrides, size_t n_overrides, struct err *e)
{
	struct load l = { .s = cfg_schema(), .path = path, .override = overrides, .e = e };
	int bad = read_file(path, &l.text, e);

	l.by = MEM_NEW(l.s->n, ptrdiff_t);
	for (size_t i = 0; i < l.s->n; i++)
		l.by[i] = -1;
	if (!bad)
		bad = parse(&l);
	if (!bad)
		bad = check_keys(&l);
	for (size_t i = 0; i < n_overrides && !bad; i++)
		bad = apply(&l, i);
	if (!bad)
		bad = validate(&l);
	if (!bad) {
		fill(&l, c);
		bad = cfg_across(c, &(struct cfg_across){ rule_place, &l }, e);
	}
	xmlFreeDoc(l.doc);
	buf_release(&l.text);
	free(l.by);
	free(l.place);
	return bad;
}

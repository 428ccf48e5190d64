/* Ports and parameters, read back.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/part.h"
#include "common/mem.h"
#include <ctype.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(s) ((const char *)(s))
#define X(s) ((const xmlChar *)(s))

/* ---- a little of XPath ---- */

static bool is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && !strcmp(TEXT(n->name), name);
}

static const xmlNode *next(const xmlNode *n, const char *name)
{
	while (n && !is(n, name))
		n = n->next;
	return n;
}

/* the first child of this name; NULL stays NULL */
static const xmlNode *child(const xmlNode *n, const char *name)
{
	return n ? next(n->children, name) : NULL;
}

static char *attribute(const xmlNode *n, const char *name)
{
	xmlChar *v = xmlGetNoNsProp(n, X(name));
	char *s = v ? mem_strdup(TEXT(v)) : NULL;

	xmlFree(v);
	return s;
}

/* what an element says, without the white space around it; "" when there is none */
static char *content(const xmlNode *n)
{
	xmlChar *v = n ? xmlNodeGetContent(n) : NULL;
	const char *from = v ? TEXT(v) : "";
	char *s;
	size_t k;

	while (isspace((unsigned char)*from))
		from++;
	s = mem_strdup(from);
	for (k = strlen(s); k && isspace((unsigned char)s[k - 1]); k--)
		s[k - 1] = 0;
	xmlFree(v);
	return s;
}

static int document(xmlDocPtr *doc, const char *path, struct err *e)
{
	xmlResetLastError();
	*doc = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (*doc)
		return 0;
	return err_set(e, ERR_INPUT, "%s: cannot be read as XML: %s", path, xmlGetLastError() ? strtok(xmlGetLastError()->message, "\n") : "no such file");
}

/* ---- numbers ---- */

/* Decimal, 'h7f, 256'h7f or 32'sh7f. -1: none of these. */
static int canonical(const char *text, char **hex)
{
	const char *tick = strchr(text, '\''), *digits = tick ? tick + 1 : text;
	char *end;
	unsigned long v;

	if (tick) {
		digits += *digits == 's';
		if (*digits++ != 'h' || !*digits || strspn(digits, "0123456789abcdefABCDEF") != strlen(digits))
			return -1;
		digits += strspn(digits, "0");
		*hex = mem_strdup(*digits ? digits : "0");
		for (char *p = *hex; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		return 0;
	}
	v = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end)
		return -1;
	*hex = MEM_NEW(20, char);
	for (char *p = *hex, *q = p + (v ? (67 - __builtin_clzl(v)) / 4 : 1); q > p; v >>= 4)
		*--q = "0123456789abcdef"[v & 15];
	return 0;
}

/* bits of a range [left:0] */
static int range(const char *path, const char *name, const char *left, const char *right, int *width, struct err *e)
{
	char *end;
	long l = strtol(left, &end, 10);

	if (!isdigit((unsigned char)*left) || *end || l > 65535 || strcmp(right, "0"))
		return err_set(e, ERR_INPUT, "%s: port %s: range [%s:%s] is not [N:0] with N a number of 0..65535", path, name, left, right);
	*width = (int)l + 1;
	return 0;
}

static void add_port(struct part *p, char *name, bool output, int width)
{
	*MEM_PUSH(p->port, p->n_ports) = (struct part_port){ name, output, width };
}

/* takes name and frees text */
static int add_parameter(struct part *p, const char *path, char *name, char *text, struct err *e)
{
	char *value = NULL;
	int rc = canonical(text, &value) ? err_set(e, ERR_INPUT, "%s: parameter %s: value '%s' is no number", path, name, text) : 0;

	free(text);
	*MEM_PUSH(p->parameter, p->n_parameters) = (struct part_parameter){ name, value };
	return rc;
}

/* ---- IP-XACT ---- */

static int ipxact_port(struct part *p, const char *path, const xmlNode *n, struct err *e)
{
	const xmlNode *wire = child(n, "wire"), *vector = child(child(wire, "vectors"), "vector");
	char *name = content(child(n, "name")), *direction = content(child(wire, "direction")), *left = content(child(vector, "left")), *right = content(child(vector, "right"));
	bool output = !strcmp(direction, "out");
	int width = 1, rc = 0;

	if (!output && strcmp(direction, "in"))
		rc = err_set(e, ERR_INPUT, "%s: port %s: direction '%s' is neither in nor out", path, name, direction);
	else if (vector)
		rc = range(path, name, left, right, &width, e);
	add_port(p, name, output, width);
	free(direction);
	free(left);
	free(right);
	return rc;
}

int part_read_ipxact(struct part *p, const char *path, struct err *e)
{
	const xmlNode *root, *n;
	xmlDocPtr doc;
	int rc = 0;

	*p = (struct part){ 0 };
	if (document(&doc, path, e))
		return -1;
	root = xmlDocGetRootElement(doc);
	if (!is(root, "component") || !child(root, "model"))
		rc = err_set(e, ERR_INPUT, "%s: is no IP-XACT component with a model", path);
	p->module = content(child(child(child(child(root, "model"), "instantiations"), "componentInstantiation"), "moduleName"));
	for (n = child(child(child(root, "model"), "ports"), "port"); n && !rc; n = next(n->next, "port"))
		rc = ipxact_port(p, path, n, e);
	for (n = child(child(root, "parameters"), "parameter"); n && !rc; n = next(n->next, "parameter"))
		rc = add_parameter(p, path, content(child(n, "name")), content(child(n, "value")), e);
	xmlFreeDoc(doc);
	return rc;
}

/* ---- Verilator ---- */

/* the type with this number; NULL: it is no vector of bits */
static const xmlNode *type_of(const xmlNode *netlist, const char *id)
{
	for (const xmlNode *t = child(child(netlist, "typetable"), "basicdtype"); t; t = next(t->next, "basicdtype")) {
		char *have = attribute(t, "id");
		bool hit = have && id && !strcmp(have, id);

		free(have);
		if (hit)
			return t;
	}
	return NULL;
}

static int verilator_port(struct part *p, const char *path, const xmlNode *netlist, const xmlNode *var, const char *direction, struct err *e)
{
	char *name = attribute(var, "name"), *id = attribute(var, "dtype_id"), *left, *right;
	const xmlNode *type = type_of(netlist, id);
	int width = 1, rc = 0;

	free(id);
	left = type ? attribute(type, "left") : NULL;
	right = type ? attribute(type, "right") : NULL;
	if (!type)
		rc = err_set(e, ERR_INPUT, "%s: port %s is no vector of bits", path, name);
	else if (left)
		rc = range(path, name, left, right ? right : "", &width, e);
	add_port(p, name, !strcmp(direction, "output"), width);
	free(left);
	free(right);
	return rc;
}

static const xmlNode *module_called(const xmlNode *netlist, const char *attribute_name, const char *want)
{
	for (const xmlNode *m = child(netlist, "module"); m; m = next(m->next, "module")) {
		char *have = attribute(m, attribute_name);
		bool hit = have && want && !strcmp(have, want);

		free(have);
		if (hit)
			return m;
	}
	return NULL;
}

static int verilator_ports(struct part *p, const char *path, const xmlNode *netlist, const xmlNode *top, struct err *e)
{
	int rc = 0;

	for (const xmlNode *v = child(top, "var"); v && !rc; v = next(v->next, "var")) {
		char *direction = attribute(v, "dir");

		if (direction)
			rc = verilator_port(p, path, netlist, v, direction, e);
		free(direction);
	}
	return rc;
}

static int verilator_parameters(struct part *p, const char *path, const xmlNode *core, struct err *e)
{
	int rc = 0;

	for (const xmlNode *v = child(core, "var"); v && !rc; v = next(v->next, "var")) {
		char *parameter = attribute(v, "param"), *value = child(v, "const") ? attribute(child(v, "const"), "name") : NULL;

		if (parameter && value)
			rc = add_parameter(p, path, attribute(v, "name"), mem_strdup(value), e);
		free(parameter);
		free(value);
	}
	return rc;
}

int part_read_verilator(struct part *p, const char *path, struct err *e)
{
	const xmlNode *netlist, *top, *core;
	xmlDocPtr doc;
	char *name;
	int rc;

	*p = (struct part){ 0 };
	if (document(&doc, path, e))
		return -1;
	netlist = child(xmlDocGetRootElement(doc), "netlist");
	top = module_called(netlist, "topModule", "1");
	name = child(top, "instance") ? attribute(child(top, "instance"), "defName") : NULL;
	core = module_called(netlist, "name", name);
	free(name);
	if (!core) {
		rc = err_set(e, ERR_INPUT, "%s: is no XML of Verilator with a top that instantiates the core", path);
	} else {
		p->module = attribute(top, "origName");
		rc = verilator_ports(p, path, netlist, top, e);
		if (!rc)
			rc = verilator_parameters(p, path, core, e);
	}
	xmlFreeDoc(doc);
	return rc;
}

/* ---- the one against the other ---- */

static int compare_ports(const struct part *a, const struct part *b, struct err *e)
{
	for (size_t i = 0; i < a->n_ports && i < b->n_ports; i++) {
		const struct part_port *p = &a->port[i], *q = &b->port[i];

		if (strcmp(p->name, q->name))
			return err_set(e, ERR_DIFF, "port %zu of %s is %s in the RTL, the component says %s", i, b->module, q->name, p->name);
		if (p->output != q->output)
			return err_set(e, ERR_DIFF, "port %s of %s is an %s in the RTL, the component says otherwise", q->name, b->module, q->output ? "output" : "input");
		if (p->width != q->width)
			return err_set(e, ERR_DIFF, "port %s of %s has %d bits in the RTL, the component says %d", q->name, b->module, q->width, p->width);
	}
	if (a->n_ports != b->n_ports)
		return err_set(e, ERR_DIFF, "%s has %zu ports in the RTL, the component lists %zu", b->module, b->n_ports, a->n_ports);
	return 0;
}

static int compare_parameters(const struct part *a, const struct part *b, struct err *e)
{
	for (size_t i = 0; i < a->n_parameters && i < b->n_parameters; i++) {
		const struct part_parameter *p = &a->parameter[i], *q = &b->parameter[i];

		if (strcmp(p->name, q->name))
			return err_set(e, ERR_DIFF, "parameter %zu of the core is %s in the RTL, the component says %s", i, q->name, p->name);
		if (strcmp(p->value, q->value))
			return err_set(e, ERR_DIFF, "parameter %s of the core is 0x%s in the RTL, the component says 0x%s", q->name, q->value, p->value);
	}
	if (a->n_parameters != b->n_parameters)
		return err_set(e, ERR_DIFF, "the core has %zu parameters in the RTL, the component lists %zu", b->n_parameters, a->n_parameters);
	return 0;
}

int part_compare(const struct part *component, const struct part *rtl, struct err *e)
{
	if (strcmp(component->module, rtl->module))
		return err_set(e, ERR_DIFF, "the top is %s in the RTL, the component says %s", rtl->module, component->module);
	return compare_ports(component, rtl, e) || compare_parameters(component, rtl, e) ? -1 : 0;
}

void part_release(struct part *p)
{
	for (size_t i = 0; i < p->n_ports; i++)
		free(p->port[i].name);
	for (size_t i = 0; i < p->n_parameters; i++) {
		free(p->parameter[i].name);
		free(p->parameter[i].value);
	}
	free(p->port);
	free(p->parameter);
	free(p->module);
	*p = (struct part){ 0 };
}

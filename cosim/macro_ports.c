/* SPDX-License-Identifier: Apache-2.0 */
#include "cosim/macro_ports.h"
#include "common/file.h"
#include "common/mem.h"
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BYTES = 256 << 20 };

static void add(struct macro_seen_list *l, const char *name, int direction, int width)
{
	*MEM_PUSH(l->port, l->n) = (struct macro_seen){ mem_strdup(name), direction, width };
}

void macro_ports_release(struct macro_seen_list *l)
{
	for (int i = 0; i < l->n; i++)
		free(l->port[i].name);
	free(l->port);
	memset(l, 0, sizeof(*l));
}

/* --- Verilator's XML --------------------------------------------------------------------------------------------------------------------- */

static bool is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name);
}

/* the attribute's text, "" without one; up to 255 bytes */
static const char *attribute(const xmlNode *n, const char *name, char text[256])
{
	xmlChar *v = xmlGetProp((xmlNode *)n, (const xmlChar *)name);

	snprintf(text, 256, "%s", v ? (const char *)v : "");
	xmlFree(v);
	return text;
}

static const xmlNode *child(const xmlNode *n, const char *name)
{
	for (n = n ? n->children : NULL; n; n = n->next)
		if (is(n, name))
			return n;
	return NULL;
}

static int width_of(const xmlNode *types, const char *id, int depth);

/* <range><const name="32'sh7"/><const name="32'sh0"/></range> */
static int range_of(const xmlNode *n)
{
	const xmlNode *range = child(n, "range");
	long end[2] = { 0, 0 };
	int i = 0;

	for (n = range ? range->children : NULL; n && i < 2; n = n->next) {
		char text[256];

		if (is(n, "const") && strchr(attribute(n, "name", text), 'h'))
			end[i++] = strtol(strchr(text, 'h') + 1, NULL, 16);
	}
	return i == 2 ? (int)labs(end[0] - end[1]) + 1 : -1;
}

static int width_of_type(const xmlNode *types, const xmlNode *n, int depth)
{
	static const struct { const char *name; int width; } atom[] = { { "int", 32 }, { "integer", 32 }, { "byte", 8 }, { "shortint", 16 }, { "longint", 64 } };
	char text[256], right[256];
	int sub, sum = 0;

	if (is(n, "basicdtype")) {
		if (*attribute(n, "left", text))
			return abs(atoi(text) - atoi(attribute(n, "right", right))) + 1;
		attribute(n, "name", text);
		for (size_t i = 0; i < sizeof(atom) / sizeof(*atom); i++)
			if (!strcmp(text, atom[i].name))
				return atom[i].width;
		return strcmp(text, "logic") && strcmp(text, "bit") ? -1 : 1;
	}
	if (is(n, "structdtype")) {
		for (n = n->children; n; n = n->next)
			if (is(n, "memberdtype")) {
				sub = width_of(types, attribute(n, "sub_dtype_id", text), depth + 1);
				if (sub < 0)
					return -1;
				sum += sub;
			}
		return sum;
	}
	if (!is(n, "refdtype") && !is(n, "enumdtype") && !is(n, "packarraydtype"))
		return -1;
	sub = width_of(types, attribute(n, "sub_dtype_id", text), depth + 1);
	return sub < 0 || !is(n, "packarraydtype") ? sub : range_of(n) < 0 ? -1 : sub * range_of(n);
}

static int width_of(const xmlNode *types, const char *id, int depth)
{
	for (const xmlNode *n = types && depth < 16 ? types->children : NULL; n; n = n->next) {
		char text[256];

		if (n->type == XML_ELEMENT_NODE && !strcmp(attribute(n, "id", text), id))
			return width_of_type(types, n, depth);
	}
	return -1;
}

int macro_ports_verilator(const char *path, struct macro_seen_list *l, struct err *e)
{
	xmlDoc *doc = xmlReadFile(path, NULL, XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	const xmlNode *netlist = doc ? child(xmlDocGetRootElement(doc), "netlist") : NULL, *types = child(netlist, "typetable"), *n;
	char text[256], name[256];

	for (n = netlist ? netlist->children : NULL; n && !(is(n, "module") && *attribute(n, "topModule", text)); n = n->next)
		;
	for (n = n ? n->children : NULL; n; n = n->next) {
		int direction;

		if (!is(n, "var") || !*attribute(n, "pinIndex", text))
			continue;
		attribute(n, "dir", text);
		direction = !strcmp(text, "output") ? SEEN_OUTPUT : !strcmp(text, "inout") ? SEEN_INOUT : SEEN_INPUT;
		add(l, attribute(n, "origName", name), direction, width_of(types, attribute(n, "dtype_id", text), 0));
	}
	xmlFreeDoc(doc);
	return l->n ? 0 : err_set(e, ERR_ENV, "no ports in what 'verilator --xml-only' wrote to '%s': use Verilator 5, or --engine icarus", path);
}

/* --- Icarus: .scope module, "NAME" ... then .port_info N /INPUT WIDTH "PORT"; -------------------------------------------------------------- */

int macro_ports_icarus(const char *path, const char *module, struct macro_seen_list *l, struct err *e)
{
	struct buf b, scope;
	bool inside = false;
	char *line, *at;
	int rc = file_read(path, MAX_BYTES, &b, e);

	if (rc)
		return rc;
	buf_init(&scope);
	buf_addf(&scope, ".scope module, \"%s\"", module);
	for (line = strtok_r(b.data, "\n", &at); line; line = strtok_r(NULL, "\n", &at)) {
		char direction[16], name[256];
		int width;

		if (strstr(line, ".scope "))
			inside = !l->n && strstr(line, scope.data);
		else if (inside && sscanf(line, " .port_info %*d /%15s %d \"%255[^\"]\"", direction, &width, name) == 3)
			add(l, name, !strcmp(direction, "OUTPUT") ? SEEN_OUTPUT : !strcmp(direction, "INOUT") ? SEEN_INOUT : SEEN_INPUT, width);
	}
	buf_release(&scope);
	buf_release(&b);
	return l->n ? 0 : err_set(e, ERR_ENV, "no ports of '%s' in what iverilog wrote to '%s': use Icarus Verilog 11, or --engine verilator", module, path);
}

/* --- against the table -------------------------------------------------------------------------------------------------------------------- */

static int known(const char *name)
{
	for (int p = 0; p < MACRO_PINS; p++)
		if (!strcmp(macro_pins[p].name, name))
			return p;
	return -1;
}

static const struct macro_seen *find(const struct macro_seen_list *l, const char *name)
{
	for (int i = 0; i < l->n; i++)
		if (!strcmp(l->port[i].name, name))
			return &l->port[i];
	return NULL;
}

static void bits(struct buf *b, int width)
{
	buf_addf(b, width < 0 ? "no vector" : "%d bit%s", width, width == 1 ? "" : "s");
}

/* A port that the table does not have: another name of one that is missing, most likely. */
static void tell_strangers(const struct macro_seen_list *l, struct buf *text)
{
	bool first = true;

	for (int i = 0; i < l->n; i++)
		if (known(l->port[i].name) < 0) {
			buf_addf(text, "%s '%s'", first ? "; the contract does not know" : ",", l->port[i].name);
			first = false;
		}
}

bool macro_ports_wrong(const struct macro_shape *s, const struct macro_seen_list *l, struct buf *text)
{
	static const char *const direction[] = { "input", "output", "inout" };

	for (int p = 0; p < MACRO_PINS; p++) {
		const struct macro_seen *seen = find(l, macro_pins[p].name);
		int want = macro_pins[p].output ? SEEN_OUTPUT : SEEN_INPUT;

		if (seen && seen->direction == want && seen->width == macro_width(s, p))
			continue;
		buf_addf(text, "port %s: expected an %s of ", macro_pins[p].name, direction[want]);
		bits(text, macro_width(s, p));
		if (!seen) {
			buf_adds(text, ", it is missing");
			tell_strangers(l, text);
		} else {
			buf_addf(text, ", seen an %s of ", direction[seen->direction]);
			bits(text, seen->width);
		}
		return true;
	}
	for (int i = 0; i < l->n; i++)
		if (known(l->port[i].name) < 0 && l->port[i].direction == SEEN_INPUT) {
			buf_addf(text, "port %s: expected no input of that name, which the core would leave open; seen one of ", l->port[i].name);
			bits(text, l->port[i].width);
			return true;
		}
	return false;
}

/* IP-XACT component: interfaces, ports, parameters, views, files.
 * Bus definitions are named by what Arm publishes (amba.com, AMBA4) and by the SPIRIT consortium's interrupt; none of them is emitted.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/ipxact.h"
#include "gen/lists.h"
#include "gen/ports.h"
#include "gen/regs_doc.h"
#include "common/version.h"
#include "common/mem.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X(s) ((const xmlChar *)(s))

const struct ipxact_edition ipxact_editions[] = {
	{ .year = "2014", .ns = "http://www.accellera.org/XMLSchema/IPXACT/1685-2014", .initiator = "master", .target = "slave", .rdl = "user" },
	{ .year = "2022", .ns = "http://www.accellera.org/XMLSchema/IPXACT/1685-2022", .initiator = "initiator", .target = "target", .rdl = "systemRDL-2.0",
	  .arrays = true, .policies = true, .qualifiers = true, .description_first = true },
	{ NULL }
};

static const struct interface {
	const char *name, *description;
	enum port_bus bus;
	bool target, clocked;
	const char *vendor, *library, *bus_name, *version;
	const char *memory_map;
} interfaces[] = {
	{ "s_axi", "registers and program: AXI4-Lite without AWPROT and ARPROT", PORT_S_AXI, true, true, "amba.com", "AMBA4", "AXI4-Lite", "r0p0_0", "registers" },
	{ "s_axis", "weights, activations, requantiser parameters", PORT_S_AXIS, true, true, "amba.com", "AMBA4", "AXI4Stream", "r0p0_1", NULL },
	{ "m_axis", "results", PORT_M_AXIS, false, true, "amba.com", "AMBA4", "AXI4Stream", "r0p0_1", NULL },
	{ "irq", "done or error, high while it lasts", PORT_IRQ, false, false, "spiritconsortium.org", "busdef.interrupt", "interrupt", "1.0", NULL },
};
enum { N_INTERFACES = sizeof(interfaces) / sizeof(*interfaces) };

/* a view of the model for each list of files */
static const struct { const char *name, *description, *list, *env; } views[] = {
	{ "simulation", "the macro as this configuration simulates it", "sim.f", ":*Simulation:" },
	{ "synthesis", "standard cells alone", "syn.f", ":*Synthesis:" },
	{ "blackbox", "the macro as a black box", "blackbox.f", ":*Synthesis:" },
};
enum { N_VIEWS = sizeof(views) / sizeof(*views) };

xmlNodePtr ipxact_add(const struct ipxact *x, xmlNodePtr parent, const char *name, const char *text)
{
	xmlNodePtr n = xmlNewTextChild(parent, x->ns, X(name), text ? X(text) : NULL);

	if (!n)
		BUG("libxml2: no element %s", name);
	return n;
}

xmlNodePtr ipxact_addf(const struct ipxact *x, xmlNodePtr parent, const char *name, const char *fmt, ...)
{
	xmlNodePtr n;
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		BUG("vasprintf failed");
	va_end(ap);
	n = ipxact_add(x, parent, name, text);
	free(text);
	return n;
}

static void reference(const struct ipxact *x, xmlNodePtr at, const char *element, const struct interface *f, const char *suffix)
{
	xmlNodePtr e = ipxact_add(x, at, element, NULL);
	char name[64];

	snprintf(name, sizeof(name), "%s%s", f->bus_name, suffix);
	xmlSetProp(e, X("vendor"), X(f->vendor));
	xmlSetProp(e, X("library"), X(f->library));
	xmlSetProp(e, X("name"), X(name));
	xmlSetProp(e, X("version"), X(f->version));
}

static void bus_interface(const struct ipxact *x, xmlNodePtr at, const struct interface *f)
{
	xmlNodePtr e = ipxact_add(x, at, "busInterface", NULL), type, maps, mode;

	ipxact_add(x, e, "name", f->name);
	ipxact_add(x, e, "description", f->description);
	reference(x, e, "busType", f, "");
	type = ipxact_add(x, ipxact_add(x, e, "abstractionTypes", NULL), "abstractionType", NULL);
	reference(x, type, "abstractionRef", f, "_rtl");
	maps = ipxact_add(x, type, "portMaps", NULL);
	for (const struct port *p = top_ports; p->name; p++)
		if (p->bus == f->bus || (f->clocked && (p->bus == PORT_CLOCK || p->bus == PORT_RESET))) {
			xmlNodePtr map = ipxact_add(x, maps, "portMap", NULL);

			ipxact_add(x, ipxact_add(x, map, "logicalPort", NULL), "name", p->logical);
			ipxact_add(x, ipxact_add(x, map, "physicalPort", NULL), "name", p->name);
		}
	mode = ipxact_add(x, e, f->target ? x->edition->target : x->edition->initiator, NULL);
	if (f->memory_map)
		xmlSetProp(ipxact_add(x, mode, "memoryMapRef", NULL), X("memoryMapRef"), X(f->memory_map));
}

static void range(const struct ipxact *x, xmlNodePtr at, int width)
{
	xmlNodePtr v = ipxact_add(x, ipxact_add(x, at, "vectors", NULL), "vector", NULL);

	ipxact_addf(x, v, "left", "%d", width - 1);
	ipxact_add(x, v, "right", "0");
}

static void port(const struct ipxact *x, xmlNodePtr at, const struct port *p)
{
	xmlNodePtr e = ipxact_add(x, at, "port", NULL), wire, q;

	ipxact_add(x, e, "name", p->name);
	wire = ipxact_add(x, e, "wire", NULL);
	ipxact_add(x, wire, "direction", p->output ? "out" : "in");
	if (x->edition->qualifiers && (p->bus == PORT_CLOCK || p->bus == PORT_RESET || p->bus == PORT_IRQ)) {
		q = ipxact_add(x, ipxact_add(x, wire, "qualifier", NULL), p->bus == PORT_CLOCK ? "isClock" : p->bus == PORT_RESET ? "isReset" : "isInterrupt", "true");
		if (p->bus == PORT_RESET)
			xmlSetProp(q, X("level"), X("low"));
	}
	if (p->width > 1)
		range(x, wire, p->width);
}

static void model(const struct ipxact *x, xmlNodePtr component, const char *module)
{
	xmlNodePtr m = ipxact_add(x, component, "model", NULL), at = ipxact_add(x, m, "views", NULL), e;

	for (int v = 0; v < N_VIEWS; v++) {
		e = ipxact_add(x, at, "view", NULL);
		ipxact_add(x, e, "name", views[v].name);
		ipxact_add(x, e, "description", views[v].description);
		ipxact_add(x, e, "envIdentifier", views[v].env);
		ipxact_addf(x, e, "componentInstantiationRef", "rtl_%s", views[v].name);
	}
	at = ipxact_add(x, m, "instantiations", NULL);
	for (int v = 0; v < N_VIEWS; v++) {
		e = ipxact_add(x, at, "componentInstantiation", NULL);
		ipxact_addf(x, e, "name", "rtl_%s", views[v].name);
		ipxact_add(x, e, "language", "SystemVerilog");
		ipxact_add(x, e, "moduleName", module);
		ipxact_addf(x, ipxact_add(x, e, "fileSetRef", NULL), "localName", "fs_%s", views[v].name);
		ipxact_add(x, ipxact_add(x, e, "fileSetRef", NULL), "localName", "fs_constraints");
	}
	at = ipxact_add(x, m, "ports", NULL);
	for (const struct port *p = top_ports; p->name; p++)
		port(x, at, p);
}

/* paths are relative to ipxact/ */
static void file(const struct ipxact *x, xmlNodePtr at, const char *path, const char *type, bool header)
{
	xmlNodePtr e = ipxact_add(x, at, "file", NULL), t;

	ipxact_addf(x, e, "name", "../%s", path);
	t = ipxact_add(x, e, "fileType", type);
	if (!strcmp(type, "user"))
		xmlSetProp(t, X("user"), X("systemRDL-2.0"));
	if (header)
		ipxact_add(x, e, "isIncludeFile", "true");
}

static void rtl(const struct ipxact *x, xmlNodePtr sets, const char *name, const struct list *l)
{
	xmlNodePtr e = ipxact_add(x, sets, "fileSet", NULL);

	ipxact_addf(x, e, "name", "fs_%s", name);
	for (size_t i = 0; i < l->n; i++)
		file(x, e, l->path[i], "systemVerilogSource", false);
}

static void file_sets(const struct ipxact *x, xmlNodePtr component, const struct gen_set *s)
{
	xmlNodePtr sets = ipxact_add(x, component, "fileSets", NULL), e;
	struct list l;

	for (int v = 0; v < N_VIEWS; v++) {
		list_init(&l, s, views[v].list);
		rtl(x, sets, views[v].name, &l);
		list_release(&l);
	}
	list_rest(&l, s);
	if (l.n)
		rtl(x, sets, "unused", &l);
	list_release(&l);
	e = ipxact_add(x, sets, "fileSet", NULL);
	ipxact_add(x, e, "name", "fs_constraints");
	for (size_t i = 0; i < s->n; i++)
		if (list_below(s->file[i].path, "constraints/") && list_ends(s->file[i].path, ".sdc"))
			file(x, e, s->file[i].path, "SDC", false);
	e = ipxact_add(x, sets, "fileSet", NULL);
	ipxact_add(x, e, "name", "fs_software");
	for (size_t i = 0; i < s->n; i++)
		if (list_below(s->file[i].path, "include/") || list_below(s->file[i].path, "driver/"))
			file(x, e, s->file[i].path, "cSource", list_ends(s->file[i].path, ".h"));
	for (size_t i = 0; i < s->n; i++)
		if (list_ends(s->file[i].path, ".rdl"))
			file(x, e, s->file[i].path, x->edition->rdl, false);
}

static void parameters(const struct ipxact *x, xmlNodePtr component, const struct cfg *c)
{
	xmlNodePtr list = ipxact_add(x, component, "parameters", NULL);

	for (const struct core_parameter *p = core_parameters; p->name; p++) {
		xmlNodePtr e = ipxact_add(x, list, "parameter", NULL);
		struct buf value;

		buf_init(&value);
		core_parameter_value(c, p, &value);
		xmlSetProp(e, X("type"), X(strchr(value.data, '\'') ? "bit" : "int"));
		ipxact_add(x, e, "name", p->name);
		if (strchr(value.data, '\''))
			range(x, e, atoi(value.data)); /* 256'h... */
		ipxact_add(x, e, "value", value.data);
		buf_release(&value);
	}
}

static void description(const struct ipxact *x, xmlNodePtr component, const struct cfg *c)
{
	ipxact_addf(x, component, "description", "Compute-in-memory core: %d array%s of %d x %d, configuration %s", c->tiles, c->tiles > 1 ? "s" : "", c->rows, c->cols, c->name);
}

static void serialise(xmlDocPtr doc, struct buf *out)
{
	xmlChar *text;
	int n;

	xmlDocDumpFormatMemoryEnc(doc, &text, &n, "UTF-8", 1);
	if (!text)
		BUG("libxml2 wrote nothing");
	buf_add(out, text, (size_t)n);
	xmlFree(text);
}

void ipxact_write(const struct emit *m, const struct ipxact_edition *edition, const struct gen_set *s, struct buf *out)
{
	xmlDocPtr doc = xmlNewDoc(X("1.0"));
	xmlNodePtr root = xmlNewNode(NULL, X("component")), at;
	struct ipxact x = { edition, xmlNewNs(root, X(edition->ns), X("ipxact")) };
	struct regtable *t = regtable_new(m->c);
	struct buf b;

	buf_init(&b);
	buf_adds(&b, "\n");
	doc_provenance(m, "gen/ipxact.c", &b);
	xmlSetNs(root, x.ns);
	xmlDocSetRootElement(doc, root);
	xmlAddPrevSibling(root, xmlNewDocComment(doc, X(b.data)));
	ipxact_add(&x, root, "vendor", "bitline");
	ipxact_add(&x, root, "library", "cores");
	ipxact_addf(&x, root, "name", "%stop-%s", m->c->prefix, m->c->name);
	ipxact_add(&x, root, "version", BITLINE_VERSION);
	if (edition->description_first)
		description(&x, root, m->c);
	at = ipxact_add(&x, root, "busInterfaces", NULL);
	for (int i = 0; i < N_INTERFACES; i++)
		bus_interface(&x, at, &interfaces[i]);
	ipxact_memory_maps(&x, root, t);
	buf_clear(&b);
	buf_addf(&b, "%stop", m->c->prefix);
	model(&x, root, b.data);
	file_sets(&x, root, s);
	if (!edition->description_first)
		description(&x, root, m->c);
	parameters(&x, root, m->c);
	serialise(doc, out);
	xmlFreeDoc(doc);
	regtable_free(t);
	buf_release(&b);
}

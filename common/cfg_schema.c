/* configs/bitline.xsd -> table of fields. The schema is part of the program: a form that this reader does not know is a fault of bitline.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg_schema.h"
#include "common/mem.h"
#include <libxml/parser.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

extern const char embed_bitline_xsd[]; /* made by gen/embed.mk */
extern const size_t embed_bitline_xsd_len;

static struct cfg_schema schema;

static bool is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && !strcmp((const char *)n->name, name);
}

static xmlNode *child(xmlNode *parent, const char *name)
{
	for (xmlNode *n = parent ? parent->children : NULL; n; n = n->next)
		if (is(n, name))
			return n;
	return NULL;
}

/* a new string, NULL when the attribute is absent */
static char *attribute(xmlNode *n, const char *name)
{
	xmlChar *v = xmlGetNoNsProp(n, (const xmlChar *)name);
	char *s = v ? mem_strdup((const char *)v) : NULL;

	xmlFree(v);
	return s;
}

static xmlNode *named(xmlNode *root, const char *kind, const char *name)
{
	for (xmlNode *n = root->children; n; n = n->next) {
		char *s = is(n, kind) ? attribute(n, "name") : NULL;
		bool hit = s && !strcmp(s, name);

		free(s);
		if (hit)
			return n;
	}
	BUG("schema has no %s \"%s\"", kind, name);
}

static char *documentation(xmlNode *n)
{
	xmlNode *d = child(child(n, "annotation"), "documentation");
	xmlChar *v = d ? xmlNodeGetContent(d) : NULL;
	char *s = v ? mem_strdup((const char *)v) : NULL;

	xmlFree(v);
	return s;
}

static char *facet(xmlNode *restriction, const char *name)
{
	xmlNode *n = child(restriction, name);

	return n ? attribute(n, "value") : NULL;
}

static char *joined(char *const *word, int n)
{
	struct buf b;

	buf_init(&b);
	for (int i = 0; i < n; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", word[i]);
	return b.data;
}

/* enumerated integers in this schema are runs of powers of two, and said so */
static char *powers(char *const *word, int n)
{
	struct buf b;

	for (int i = 1; i < n; i++)
		if (atoi(word[i]) != 2 * atoi(word[i - 1]))
			BUG("schema enumerates integers that are no run of powers of two");
	buf_init(&b);
	buf_addf(&b, "a power of two, %s..%s", word[0], word[n - 1]);
	return b.data;
}

static void field_type(struct cfg_field *f, xmlNode *root, const char *type)
{
	char *choice[CFG_CHOICES], *base, *lo, *hi;
	xmlNode *simple, *restriction;
	struct buf b;
	int n = 0;

	if (!strcmp(type, "xs:boolean")) {
		f->type = CFG_TYPE_BOOL;
		f->legal = mem_strdup("true, false");
		return;
	}
	simple = named(root, "simpleType", type);
	restriction = child(simple, "restriction");
	if (!restriction)
		BUG("schema type \"%s\" is no restriction", type);
	for (xmlNode *e = restriction->children; e; e = e->next)
		if (is(e, "enumeration")) {
			if (n == CFG_CHOICES)
				BUG("schema type \"%s\" has too many choices", type);
			choice[n++] = attribute(e, "value");
		}
	base = attribute(restriction, "base");
	if (!strcmp(base, "xs:int")) {
		f->type = CFG_TYPE_INT;
		lo = facet(restriction, "minInclusive");
		hi = facet(restriction, "maxInclusive");
		if (n > 0) {
			f->legal = powers(choice, n);
		} else if (lo && hi) {
			buf_init(&b);
			buf_addf(&b, "%s..%s", lo, hi);
			f->legal = b.data;
		} else {
			BUG("schema type \"%s\" has no range", type);
		}
		free(lo);
		free(hi);
		while (n > 0)
			free(choice[--n]);
	} else if (n > 0) {
		f->type = CFG_TYPE_ENUM;
		f->legal = joined(choice, n);
		memcpy(f->choice, choice, sizeof(*choice) * (size_t)n);
		f->n_choices = n;
	} else {
		f->type = CFG_TYPE_TEXT;
		f->legal = documentation(simple);
		if (!f->legal)
			BUG("schema type \"%s\" does not say what is legal", type);
	}
	free(base);
}

/* where a field lives in struct cfg; names only, everything else is the schema's */
static size_t offset_of(const char *key)
{
	static const struct { const char *key; size_t offset; } bound[] = {
#define AT(key, member) { key, offsetof(struct cfg, member) }
		AT("name", name),
		AT("array.rows", rows), AT("array.cols", cols), AT("array.tiles", tiles), AT("array.kind", kind),
		AT("array.cell_bits", cell_bits), AT("array.sample_hold", sample_hold), AT("array.spares", spares),
		AT("numbers.input_bits", input_bits), AT("numbers.weight_bits", weight_bits),
		AT("numbers.input_code", input_code), AT("numbers.weight_code", weight_code),
		AT("readout.kind", adc), AT("readout.flash_bits", flash_bits), AT("readout.bubble", bubble), AT("readout.search", search), AT("readout.depth", depth),
		AT("readout.samples", samples), AT("readout.seed", seed), AT("readout.reference", reference), AT("readout.network", network), AT("readout.bits", bits),
		AT("readout.adcs", adcs), AT("readout.lsb", lsb), AT("readout.low", low), AT("readout.rounding", rounding),
		AT("readout.resolution", resolution), AT("readout.grid_bits", grid_bits),
		AT("timing.precharge", precharge), AT("timing.evaluate", evaluate), AT("timing.compare", compare),
		AT("timing.reference_precharge", reference_precharge), AT("timing.share", share), AT("timing.settle", settle),
		AT("nonideal.offset", offset), AT("nonideal.gain", gain), AT("nonideal.inl", inl), AT("nonideal.capacitor", capacitor), AT("nonideal.dac", dac),
		AT("nonideal.noise", noise), AT("nonideal.seed", error_seed),
		AT("scheduler.program_depth", program_depth), AT("scheduler.activation_depth", activation_depth),
		AT("scheduler.accumulator_depth", accumulator_depth), AT("scheduler.channel_depth", channel_depth),
		AT("scheduler.counter_bits", counter_bits), AT("scheduler.watchdog", watchdog),
		AT("interface.prefix", prefix), AT("interface.clock_period_ps", clk_period_ps),
		AT("floorplan.technology", technology), AT("floorplan.horizontal_layer", horizontal_layer), AT("floorplan.vertical_layer", vertical_layer),
		AT("floorplan.pin_tracks", pin_tracks), AT("floorplan.rows_side", rows_side), AT("floorplan.columns_side", columns_side),
		AT("floorplan.readout_side", readout_side), AT("floorplan.control_side", control_side),
		AT("floorplan.min_width_um", min_width), AT("floorplan.min_height_um", min_height),
#undef AT
	};

	for (size_t i = 0; i < sizeof(bound) / sizeof(*bound); i++)
		if (!strcmp(bound[i].key, key))
			return bound[i].offset;
	BUG("struct cfg has no member for schema attribute \"%s\"", key);
}

static void add_fields(xmlNode *root, xmlNode *complex, const char *group)
{
	for (xmlNode *a = complex->children; a; a = a->next) {
		struct cfg_field *f;
		struct buf key;
		char *type;

		if (!is(a, "attribute"))
			continue;
		schema.field = mem_realloc(schema.field, schema.n + 1, sizeof(*schema.field));
		f = &schema.field[schema.n++];
		memset(f, 0, sizeof(*f));
		f->group = mem_strdup(group);
		f->name = attribute(a, "name");
		f->fallback = attribute(a, "default");
		f->doc = documentation(a);
		buf_init(&key);
		buf_addf(&key, "%s%s%s", group, *group ? "." : "", f->name);
		f->key = key.data;
		f->offset = offset_of(f->key);
		type = attribute(a, "type");
		field_type(f, root, type);
		free(type);
	}
}

static void read_schema(void)
{
	xmlDoc *doc = xmlReadMemory(embed_bitline_xsd, (int)embed_bitline_xsd_len, "bitline.xsd", NULL, XML_PARSE_NONET);
	xmlSchemaParserCtxt *parser = xmlSchemaNewMemParserCtxt(embed_bitline_xsd, (int)embed_bitline_xsd_len);
	xmlNode *root, *type, *all;

	if (!doc || !parser)
		BUG("the embedded schema is no XML");
	schema.xsd = xmlSchemaParse(parser);
	if (!schema.xsd)
		BUG("the embedded schema is no schema");
	xmlSchemaFreeParserCtxt(parser);
	root = xmlDocGetRootElement(doc);
	type = child(named(root, "element", "bitline"), "complexType");
	all = child(type, "all");
	if (!all)
		BUG("the embedded schema does not list groups");
	add_fields(root, type, "");
	for (xmlNode *g = all->children; g; g = g->next) {
		char *group;

		if (!is(g, "element"))
			continue;
		group = attribute(g, "name");
		add_fields(root, named(root, "complexType", group), group);
		free(group);
	}
	xmlFreeDoc(doc);
}

const struct cfg_schema *cfg_schema(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, read_schema);
	return &schema;
}

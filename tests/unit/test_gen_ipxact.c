/* The IP-XACT component, read back, against what Verilator says of the emitted RTL; the table of ports against both; what the reader refuses.
 * SPDX-License-Identifier: Apache-2.0 */
#define SCRATCH_NAME "a.xml"
#include "scratch.h"
#include "gen/part.h"
#include "gen/ports.h"
#include "gen/views.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void put(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* The text of an emitted file, with the first `from` in it made `to` (NULL: as it is), written to the scratch file. */
static void put_file(const struct gen_set *s, const char *name, const char *from, const char *to)
{
	for (size_t i = 0; i < s->n; i++) {
		const char *text = s->file[i].text.data, *at;
		struct buf b;

		if (strcmp(s->file[i].path, name))
			continue;
		buf_init(&b);
		at = from ? strstr(text, from) : text;
		if (!at)
			fail_msg("%s has no '%s'", name, from);
		buf_add(&b, text, (size_t)(at - text));
		buf_adds(&b, from ? to : "");
		buf_adds(&b, at + (from ? strlen(from) : 0));
		put(b.data);
		buf_release(&b);
		return;
	}
	fail_msg("no %s", name);
}

static void build(struct gen_set *s, const char *config, const char *const *overrides, size_t n)
{
	struct cfg c;
	struct err e = { 0 };
	char file[128];
	uint32_t views = 0;

	snprintf(file, sizeof(file), "configs/%s.xml", config);
	cfg_load(&c, file, overrides, n, &e);
	assert_string_equal(e.text, "");
	assert_int_equal(gen_views_parse("ipxact", &views, &e), 0);
	assert_int_equal(gen_build(&c, views, s, &e), 0);
}

/* writes the set, asks Verilator */
static void verilate(struct part *rtl, const struct gen_set *s, const char *prefix)
{
	struct err e = { 0 };
	char command[1024], out[256], xml[300];

	snprintf(out, sizeof(out), "%s/rtl", dir);
	snprintf(xml, sizeof(xml), "%s/v.xml", dir);
	gen_write(s, out, &e);
	assert_string_equal(e.text, "");
	snprintf(command, sizeof(command), "cd %s && verilator --xml-only --xml-output %s --Mdir %s/mdir --top-module %stop -f sim.f >/dev/null 2>&1", out, xml, dir, prefix);
	assert_int_equal(system(command), 0);
	part_read_verilator(rtl, xml, &e);
	assert_string_equal(e.text, "");
	snprintf(command, sizeof(command), "rm -rf %s/rtl %s/v.xml %s/mdir", dir, dir, dir);
	assert_int_equal(system(command), 0);
}

static void t_agrees_with_verilator(void **state)
{
	static const struct { const char *config, *prefix, *overrides[3]; size_t n; } v[] = {
		{ "tiny", "cim_", { 0 }, 0 }, { "edge64", "cim_", { 0 }, 0 }, { "edge64-flash", "cim_", { 0 }, 0 },
		{ "tiny", "my_", { "interface.prefix=my_", "array.rows=33", "array.cols=65" }, 3 },
	};
	static const char *const years[] = { "2014", "2022" };

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		struct gen_set s;
		struct part rtl;

		build(&s, v[i].config, v[i].overrides, v[i].n);
		verilate(&rtl, &s, v[i].prefix);
		assert_int_equal(rtl.n_ports, 28);
		assert_int_equal(rtl.n_parameters, 30);
		for (size_t y = 0; y < 2; y++) {
			struct part component;
			struct err e = { 0 };
			char name[64];

			snprintf(name, sizeof(name), "ipxact/%stop.%s.xml", v[i].prefix, years[y]);
			put_file(&s, name, NULL, NULL);
			part_read_ipxact(&component, path, &e);
			part_compare(&component, &rtl, &e);
			assert_string_equal(e.text, "");
			part_release(&component);
		}
		part_release(&rtl);
		gen_set_release(&s);
	}
}

/* every kind of difference is seen, and named */
static void t_difference_is_named(void **state)
{
	static const struct { const char *from, *to, *says; } v[] = {
		{ "<ipxact:moduleName>cim_top<", "<ipxact:moduleName>cim_tip<", "the top is cim_top in the RTL, the component says cim_tip" },
		{ "<ipxact:left>21<", "<ipxact:left>20<", "port s_axi_awaddr_i of cim_top has 22 bits in the RTL, the component says 21" },
		{ "<ipxact:direction>in<", "<ipxact:direction>out<", "port clk_i of cim_top is an input in the RTL, the component says otherwise" },
		{ "<ipxact:port>\n        <ipxact:name>rst_ni<", "<ipxact:port>\n        <ipxact:name>rst_i<", "port 1 of cim_top is rst_ni in the RTL, the component says rst_i" },
		{ "      <ipxact:port>\n        <ipxact:name>irq_o</ipxact:name>\n        <ipxact:wire>\n          <ipxact:direction>out</ipxact:direction>\n        </ipxact:wire>\n      </ipxact:port>\n", "",
		  "cim_top has 28 ports in the RTL, the component lists 27" },
		{ "<ipxact:name>Rows</ipxact:name>\n      <ipxact:value>8<", "<ipxact:name>Rows</ipxact:name>\n      <ipxact:value>9<", "parameter Rows of the core is 0x8 in the RTL, the component says 0x9" },
		{ "<ipxact:name>Cols<", "<ipxact:name>Columns<", "parameter 1 of the core is Cols in the RTL, the component says Columns" },
	};
	struct gen_set s;
	struct part rtl, component;
	struct err e = { 0 };

	(void)state;
	build(&s, "tiny", NULL, 0);
	verilate(&rtl, &s, "cim_");
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		e = (struct err){ 0 };
		put_file(&s, "ipxact/cim_top.2014.xml", v[i].from, v[i].to);
		part_read_ipxact(&component, path, &e);
		assert_string_equal(e.text, "");
		assert_int_equal(part_compare(&component, &rtl, &e), -1);
		assert_string_equal(e.text, v[i].says);
		assert_int_equal(e.code, ERR_DIFF);
		part_release(&component);
	}
	e = (struct err){ 0 };
	free(rtl.parameter[--rtl.n_parameters].name); /* a core with one parameter less */
	free(rtl.parameter[rtl.n_parameters].value);
	put_file(&s, "ipxact/cim_top.2014.xml", NULL, NULL);
	part_read_ipxact(&component, path, &e);
	assert_int_equal(part_compare(&component, &rtl, &e), -1);
	assert_string_equal(e.text, "the core has 29 parameters in the RTL, the component lists 30");
	part_release(&component);
	part_release(&rtl);
	gen_set_release(&s);
}

static void reads_as(int (*read)(struct part *, const char *, struct err *), const char *text, const char *says)
{
	struct part p;
	struct err e = { 0 };

	put(text);
	assert_int_equal(read(&p, path, &e), -1);
	assert_string_equal(e.text + strlen(dir) + 1, says);
	assert_int_equal(e.code, ERR_INPUT);
	part_release(&p);
}

#define PORT(inner) "<component><model><ports><port><name>p</name><wire>" inner "</wire></port></ports></model></component>"
#define RANGE(l, r) PORT("<direction>in</direction><vectors><vector><left>" l "</left><right>" r "</right></vector></vectors>")
#define NETLIST(type) "<x><netlist><module name=\"t\" topModule=\"1\"><var name=\"p\" dir=\"input\" dtype_id=\"1\"/><instance defName=\"c\"/></module>" \
	"<module name=\"c\"/><typetable>" type "</typetable></netlist></x>"

static void t_reader_refuses(void **state)
{
	(void)state;
	reads_as(part_read_ipxact, "<component>", "a.xml: cannot be read as XML: Premature end of data in tag component line 1");
	reads_as(part_read_ipxact, "<design/>", "a.xml: is no IP-XACT component with a model");
	reads_as(part_read_ipxact, "<component/>", "a.xml: is no IP-XACT component with a model");
	reads_as(part_read_ipxact, PORT("<direction>inout</direction>"), "a.xml: port p: direction 'inout' is neither in nor out");
	reads_as(part_read_ipxact, RANGE("W - 1", "0"), "a.xml: port p: range [W - 1:0] is not [N:0] with N a number of 0..65535");
	reads_as(part_read_ipxact, RANGE("7", "1"), "a.xml: port p: range [7:1] is not [N:0] with N a number of 0..65535");
	reads_as(part_read_ipxact, RANGE("99999999", "0"), "a.xml: port p: range [99999999:0] is not [N:0] with N a number of 0..65535");
	reads_as(part_read_ipxact, "<component><model/><parameters><parameter><name>N</name><value>Rows * 2</value></parameter></parameters></component>",
		"a.xml: parameter N: value 'Rows * 2' is no number");
	reads_as(part_read_ipxact, "<component><model/><parameters><parameter><name>N</name><value>4'b11</value></parameter></parameters></component>",
		"a.xml: parameter N: value '4'b11' is no number");
	reads_as(part_read_verilator, "<component><model/></component>", "a.xml: is no XML of Verilator with a top that instantiates the core");
	reads_as(part_read_verilator, NETLIST("<structdtype id=\"1\"/>"), "a.xml: port p is no vector of bits");
	reads_as(part_read_verilator, NETLIST("<basicdtype id=\"1\" left=\"0\" right=\"7\"/>"), "a.xml: port p: range [0:7] is not [N:0] with N a number of 0..65535");
}

static void t_numbers(void **state)
{
	static const struct { const char *text, *hex; } v[] = {
		{ "0", "0" }, { "9", "9" }, { "10", "a" }, { "65536", "10000" }, { "4095", "fff" }, { "32'sh00000008", "8" }, { "'hFF", "ff" }, { "256'h00", "0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		struct part p;
		struct err e = { 0 };
		char text[256];

		snprintf(text, sizeof(text), "<component><model/><parameters><parameter><name>N</name><value> %s\n</value></parameter></parameters></component>", v[i].text);
		put(text);
		assert_int_equal(part_read_ipxact(&p, path, &e), 0);
		assert_string_equal(p.parameter[0].value, v[i].hex);
		part_release(&p);
	}
}

/* logical names: those of the bus definitions, each once per bus; input and output as a target or an initiator has them */
static void t_ports_and_buses(void **state)
{
	int n[6] = { 0 };

	(void)state;
	for (const struct port *p = top_ports; p->name; p++) {
		n[p->bus]++;
		assert_true(p->width >= 1 && *p->logical);
		assert_int_equal(p->name[strlen(p->name) - 1], p->output ? 'o' : 'i');
		for (const struct port *q = p + 1; q->name; q++)
			assert_true(p->bus != q->bus || strcmp(p->logical, q->logical));
	}
	assert_int_equal(n[PORT_CLOCK], 1);
	assert_int_equal(n[PORT_RESET], 1);
	assert_int_equal(n[PORT_S_AXI], 17);
	assert_int_equal(n[PORT_S_AXIS], 4);
	assert_int_equal(n[PORT_M_AXIS], 4);
	assert_int_equal(n[PORT_IRQ], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_agrees_with_verilator), cmocka_unit_test(t_difference_is_named), cmocka_unit_test(t_reader_refuses), cmocka_unit_test(t_numbers),
		cmocka_unit_test(t_ports_and_buses),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

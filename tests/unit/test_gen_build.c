/* What is emitted: the set, its determinism, the register map against docs/isa.md, the top against the core.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/sha256.h"
#include "gen/emit.h"
#include "gen/tmpl.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct gen_set build(const char *override, struct cfg *c)
{
	struct gen_set s;
	struct err e = { 0 };

	cfg_load(c, "configs/edge64.xml", &override, override != NULL, &e);
	assert_string_equal(e.text, "");
	assert_int_equal(gen_build(c, 0, &s, &e), 0);
	return s;
}

static const char *text_of(const struct gen_set *s, const char *path)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->file[i].path, path))
			return s->file[i].text.data;
	fail_msg("no %s", path);
	return NULL;
}

static void t_set(void **state)
{
	static const char *const wanted[] = {
		"rtl/q_pkg.sv", "rtl/q_top.sv", "rtl/q_core.sv", "rtl/q_macro.behavioural.sv", "rtl/q_macro.blackbox.sv", "rtl/q_macro.digital.sv", "sim.f", "syn.f", "blackbox.f",
		"include/q_regs.h", "driver/q_driver.c", "driver/q_driver.h", "constraints/q_top.sdc", "config.xml", "manifest.bitline",
	};
	struct cfg c;
	struct gen_set s = build("interface.prefix=q_", &c);
	char hash[65];
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		text_of(&s, wanted[i]);
	cfg_hash(&c, hash);
	buf_init(&b);
	cfg_print(&c, &b);
	assert_string_equal(text_of(&s, "config.xml"), b.data);
	buf_release(&b);
	for (size_t i = 0; i < s.n; i++) {
		const char *text = s.file[i].text.data;

		assert_int_equal(strlen(text), s.file[i].text.len);
		if (strcmp(s.file[i].path, "config.xml"))
			assert_non_null(strstr(text, hash)); /* two artefacts either belong together or say so */
		if (strstr(s.file[i].path, ".sv")) {
			assert_non_null(strstr(text, "SPDX-License-Identifier: Apache-2.0\n"));
			assert_null(strstr(strstr(text, "SPDX") + 1, "SPDX"));
			assert_null(strstr(text, "module cim_"));
		}
	}
	gen_set_release(&s);
}

static void t_same_bytes(void **state)
{
	struct cfg c;
	struct gen_set a = build(NULL, &c), b = build(NULL, &c), d = build("array.rows=65", &c);
	int differ = 0;

	(void)state;
	assert_int_equal(a.n, b.n);
	assert_int_equal(a.n, d.n);
	for (size_t i = 0; i < a.n; i++) {
		assert_string_equal(a.file[i].path, b.file[i].path);
		assert_string_equal(a.file[i].text.data, b.file[i].text.data);
		differ += strcmp(a.file[i].text.data, d.file[i].text.data) != 0;
	}
	assert_int_equal(differ, (int)a.n); /* the hash stands everywhere */
	gen_set_release(&a);
	gen_set_release(&b);
	gen_set_release(&d);
}

/* parameters stay parameters: the number of bytes does not know how large the arrays are */
static void t_size_does_not_grow(void **state)
{
	static const char *const large[] = { "array.rows=1024", "array.cols=1024", "array.tiles=64" };
	struct cfg c;
	struct gen_set a = build(NULL, &c), b;
	size_t na = 0, nb = 0;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(cfg_load(&c, "configs/edge64.xml", large, 3, &e), 0);
	assert_int_equal(gen_build(&c, 0, &b, &e), 0);
	for (size_t i = 0; i < a.n; i++) {
		na += a.file[i].text.len;
		nb += b.file[i].text.len;
	}
	assert_true(nb < na + 100); /* a few digits more */
	gen_set_release(&a);
	gen_set_release(&b);
}

static void t_file_lists(void **state)
{
	static const struct { const char *kind, *list, *view; } v[] = {
		{ "array.kind=analog", "sim.f", "behavioural" }, { "array.kind=digital", "sim.f", "digital" }, { "array.kind=analog", "syn.f", "digital" }, { "array.kind=digital", "blackbox.f", "blackbox" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		struct cfg c;
		struct gen_set s = build(v[i].kind, &c);
		const char *list = text_of(&s, v[i].list), *line;
		char wanted[64], path[128];
		size_t n_sv = 0, n_list = 0;

		snprintf(wanted, sizeof(wanted), "\nrtl/cim_macro.%s.sv\n", v[i].view);
		assert_non_null(strstr(list, wanted));
		assert_null(strstr(strstr(list, "cim_macro") + 1, "cim_macro")); /* one view */
		line = strstr(list, "\nrtl/"); /* package first, top last */
		assert_ptr_equal(line, strstr(list, "\nrtl/cim_pkg.sv\n"));
		assert_string_equal(list + strlen(list) - strlen("rtl/cim_top.sv\n"), "rtl/cim_top.sv\n");
		for (; line; line = strstr(line + 1, "\nrtl/")) {
			assert_int_equal(sscanf(line + 1, "%127s", path), 1);
			text_of(&s, path);
			n_list++;
		}
		for (size_t k = 0; k < s.n; k++)
			n_sv += strstr(s.file[k].path, ".sv") != NULL;
		assert_int_equal(n_list, n_sv - 2); /* all but two views */
		gen_set_release(&s);
	}
}

/* the register table of docs/isa.md section 4, row by row, against the emitted header */
static void t_registers_match_document(void **state)
{
	struct cfg c;
	struct gen_set s = build(NULL, &c);
	const char *header = text_of(&s, "include/cim_regs.h");
	struct err e = { 0 };
	struct buf doc;
	char *line, *save = NULL;
	int rows = 0, defined = 0;

	(void)state;
	assert_int_equal(file_read("docs/isa.md", 1 << 20, &doc, &e), 0);
	for (line = strtok_r(doc.data, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		unsigned offset, high;
		char name[32] = "", wanted[96], *base;

		if (sscanf(line, "| 0x%x_%x + 4*k | %31[A-Z] |", &high, &offset, name) == 3) {
			snprintf(wanted, sizeof(wanted), "#define CIM_%s_OFFSET(i) (0x%Xu + 4u * (i)) ", name, high << 16 | offset);
		} else if (sscanf(line, "| 0x%x | %31[A-Z0-9_] |", &offset, name) == 2) {
			snprintf(wanted, sizeof(wanted), "#define CIM_%s_OFFSET 0x%Xu ", name, offset);
		} else if (sscanf(line, "| 0x%x..0x%x | %31[A-Z]0..7 |", &offset, &high, name) == 3) {
			assert_int_equal(high, offset + 28);
			snprintf(wanted, sizeof(wanted), "#define CIM_%s_OFFSET(i) (0x%Xu + 4u * (i)) ", name, offset);
		} else if (sscanf(line, "| 0x%x+8s | %31[A-Z]", &offset, name) == 2) {
			snprintf(wanted, sizeof(wanted), "#define CIM_%s_OFFSET(i) (0x%Xu + 8u * (i)) ", name, offset);
		} else if (sscanf(line, "| 0x%x / 0x%x | %31[A-Z_]", &offset, &high, name) == 3) {
			assert_int_equal(high, offset + 4);
			snprintf(wanted, sizeof(wanted), "#define CIM_%s_OFFSET(i) (0x%Xu + 4u * (i)) ", name, offset);
		} else {
			continue;
		}
		base = strstr(header, wanted);
		if (!base)
			fail_msg("the header lacks: %s", wanted);
		rows++;
	}
	/* and no register that the document lacks */
	for (const char *p = strstr(header, "_OFFSET"); p; p = strstr(p + 1, "_OFFSET"))
		defined++;
	assert_int_equal(defined, rows + 1); /* PROG, below */
	assert_non_null(strstr(header, "#define CIM_PROG_OFFSET(i, j) (0x10000u + 32u * (i) + 4u * (j))"));
	assert_non_null(strstr(header, "#define CIM_ID_VALUE 0x434D4931u"));
	assert_non_null(strstr(header, "#define CIM_STATUS_PC_SHIFT 16\n#define CIM_STATUS_PC_MASK 0xFFFF0000u"));
	assert_non_null(strstr(header, "#define CIM_TIMING_COMPARE_SHIFT 16\n#define CIM_TIMING_COMPARE_MASK 0xFF0000u"));
	assert_non_null(strstr(header, "#define CIM_LSB_NEAREST_SHIFT 16\n#define CIM_LSB_NEAREST_MASK 0x10000u"));
	buf_release(&doc);
	gen_set_release(&s);
}

static void t_package_and_constraints(void **state)
{
	static const char *const overrides[] = { "array.rows=33", "array.cols=65", "array.sample_hold=false", "timing.compare=7", "readout.bits=11", "interface.clock_period_ps=1037" };
	struct cfg c;
	struct gen_set s;
	struct err e = { 0 };
	const char *pkg;
	char hash[65], wanted[128];

	(void)state;
	assert_int_equal(cfg_load(&c, "configs/edge64.xml", overrides, 6, &e), 0);
	assert_int_equal(gen_build(&c, 0, &s, &e), 0);
	pkg = text_of(&s, "rtl/cim_pkg.sv");
	assert_non_null(strstr(pkg, "localparam int Rows = 33;"));
	assert_non_null(strstr(pkg, "localparam int Cols = 65;"));
	assert_non_null(strstr(pkg, "localparam int SampleHold = 0;"));
	assert_non_null(strstr(pkg, "localparam int Compare = 7;"));
	assert_non_null(strstr(pkg, "localparam int AdcBits = 11;"));
	assert_non_null(strstr(pkg, "localparam int RegCompareClocksOffset = 32'h000000A8;"));
	cfg_hash(&c, hash);
	snprintf(wanted, sizeof(wanted), "ConfigHash = 256'h%s;", hash);
	assert_non_null(strstr(pkg, wanted));
	assert_non_null(strstr(text_of(&s, "constraints/cim_top.sdc"), "\nset clk_period_ns 1.037\n"));
	assert_null(strstr(text_of(&s, "constraints/cim_top.sdc"), "10.000"));
	gen_set_release(&s);
}

/* converters: numbers of docs/isa.md section 4 (READOUT), each handed to the core under its own name */
static void t_converter_parameters(void **state)
{
	static const struct { const char *config, *constant; } wanted[] = {
		{ "edge64", "Kind = 0;" }, { "edge64-flash", "Kind = 1;" }, { "edge64-hybrid2", "Kind = 2;" }, { "edge64-sense", "Kind = 3;" }, { "edge64-stochastic", "Kind = 4;" },
		{ "edge64", "FlashBits = 1;" }, { "edge64-hybrid2", "FlashBits = 2;" }, { "edge64-flash", "Bubble = 0;" },
		{ "edge64", "Search = 0;" }, { "edge64-asymmetric", "Search = 1;" }, { "edge64", "Immersed = 0;" }, { "edge64-immersed-pair", "Immersed = 1;" },
		{ "edge64-immersed-pair", "Network = 0;" }, { "edge64-immersed-ring-hybrid2", "Network = 1;" }, { "edge64-broadcast-flash", "Network = 2;" },
		{ "edge64-stochastic", "Samples = 127;" }, { "edge64-stochastic", "Seed = 33;" }, { "edge64-immersed-pair", "RefPrecharge = 3;" },
		{ "edge64-immersed-pair", "Share = 7;" }, { "edge64-immersed-pair", "Settle = 5;" },
	};
	static const char *const overrides[] = { "readout.seed=33", "timing.reference_precharge=3", "timing.share=7", "timing.settle=5" };
	static const char *const handed[] = { "Kind", "FlashBits", "Bubble", "Search", "Immersed", "Network", "RefPrechargeReset", "ShareReset", "SettleReset", "SamplesReset", "SeedReset" };

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		char path[96], text[96];
		struct cfg c;
		struct gen_set s;
		struct err e = { 0 };

		snprintf(path, sizeof(path), "configs/%s.xml", wanted[i].config);
		cfg_load(&c, path, overrides, 4, &e);
		assert_string_equal(e.text, "");
		assert_int_equal(gen_build(&c, 0, &s, &e), 0);
		snprintf(text, sizeof(text), "\n  localparam int %s\n", wanted[i].constant);
		if (!strstr(text_of(&s, "rtl/cim_pkg.sv"), text))
			fail_msg("%s: no %s", path, wanted[i].constant);
		for (size_t k = 0; k < sizeof(handed) / sizeof(*handed); k++) {
			size_t n = strlen(handed[k]) - (strstr(handed[k], "Reset") ? 5 : 0);

			snprintf(text, sizeof(text), "    .%-17s (cim_pkg::%.*s)", handed[k], (int)n, handed[k]);
			assert_non_null(strstr(text_of(&s, "rtl/cim_top.sv"), text));
		}
		gen_set_release(&s);
	}
}

static void t_manifest(void **state)
{
	struct cfg c;
	struct gen_set s = build(NULL, &c);
	json_t *root = json_loads(text_of(&s, "manifest.bitline"), JSON_REJECT_DUPLICATES, NULL), *files = json_object_get(root, "files");
	char hex[65];

	(void)state;
	assert_non_null(root);
	cfg_hash(&c, hex);
	assert_string_equal(json_string_value(json_object_get(root, "config_sha256")), hex);
	assert_int_equal(json_object_size(files), s.n - 1);
	for (size_t i = 0; i + 1 < s.n; i++) {
		sha256_hex(s.file[i].text.data, s.file[i].text.len, hex);
		assert_string_equal(json_string_value(json_object_get(files, s.file[i].path)), hex);
		if (i > 0)
			assert_true(strcmp(s.file[i - 1].path, s.file[i].path) < 0);
	}
	json_decref(root);
	gen_set_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_set), cmocka_unit_test(t_same_bytes), cmocka_unit_test(t_size_does_not_grow), cmocka_unit_test(t_file_lists),
		cmocka_unit_test(t_registers_match_document), cmocka_unit_test(t_package_and_constraints), cmocka_unit_test(t_converter_parameters),
		cmocka_unit_test(t_manifest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Renaming and regions.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/tmpl.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct vector { const char *in, *out; };

static void check(void (*rename_text)(const char *, size_t, const char *, struct buf *), const struct vector *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf b;
		size_t len = strlen(v[i].in);

		buf_init(&b);
		rename_text(v[i].in, len, "e7_", &b);
		assert_string_equal(b.data, v[i].out);
		/* every truncation ends, and takes nothing from behind the end */
		for (size_t k = 0; k < len; k++) {
			char *part = malloc(k + 1); /* exactly k bytes may be read: the sanitizer sees more */

			memcpy(part, v[i].in, k);
			buf_clear(&b);
			rename_text(part, k, "e7_", &b);
			assert_true(b.len <= k);
			free(part);
		}
		buf_release(&b);
	}
}

static void t_rename_sv(void **state)
{
	static const struct vector v[] = {
		{ "module cim_tile #(", "module e7_tile #(" },
		{ "cim_a cim_b(.cim_c(xcim_d))", "e7_a e7_b(.e7_c(xcim_d))" },
		{ "a_cim_b cim_ cimx_ Cim_x CIM_X", "a_cim_b cim_ cimx_ Cim_x CIM_X" },
		{ "x // cim_a\ncim_b", "x // cim_a\ne7_b" },
		{ "/* cim_a \n // */cim_b", "/* cim_a \n // */e7_b" },
		{ "/*/ cim_a */ cim_b", "/*/ cim_a */ e7_b" },
		{ "\"cim_a \\\" cim_b\" cim_c", "\"cim_a \\\" cim_b\" e7_c" },
		{ "$cim_a `cim_b \\cim_c cim_d", "$cim_a `e7_b \\cim_c e7_d" },
		{ "8'hab cim_pkg::Rows 1/cim_a", "8'hab e7_pkg::Rows 1/e7_a" },
		{ "$value$plusargs(\"cim_thresholds=%s\", cim_f)", "$value$plusargs(\"cim_thresholds=%s\", e7_f)" },
		{ "", "" },
	};

	(void)state;
	check(tmpl_rename_sv, v, sizeof(v) / sizeof(*v));
}

static void t_rename_tcl(void **state)
{
	static const struct vector v[] = {
		{ "current_design cim_top\n", "current_design e7_top\n" },
		{ " # cim_a\ncim_b # cim_c\n", " # cim_a\ne7_b # e7_c\n" },
		{ "set x $cim_a", "set x $cim_a" },
	};

	(void)state;
	check(tmpl_rename_tcl, v, sizeof(v) / sizeof(*v));
}

static void rename_c(const char *text, size_t len, const char *prefix, struct buf *out)
{
	tmpl_rename_c(text, len, prefix, "E7_", out); /* as long as what it replaces: check() counts bytes */
}

static void t_rename_c(void **state)
{
	static const struct vector v[] = {
		{ "#include \"cim_regs.h\"\n", "#include \"e7_regs.h\"\n" },
		{ "cim_put(CIM_ID_OFFSET, xcim_a, CIMX_B, CIM_, cim_)", "e7_put(E7_ID_OFFSET, xcim_a, CIMX_B, CIM_, cim_)" },
		{ "/* cim_a */ // CIM_B", "/* e7_a */ // E7_B" },
	};

	(void)state;
	check(rename_c, v, sizeof(v) / sizeof(*v));
}

static int region(const char *in, char *out, size_t size)
{
	struct buf a, b;
	int rc;

	buf_init(&a);
	buf_init(&b);
	buf_adds(&a, in);
	rc = tmpl_region(&a, "numbers", "NEW\n", &b);
	snprintf(out, size, "%s", b.data);
	buf_release(&a);
	buf_release(&b);
	return rc;
}

static void t_region(void **state)
{
	char out[256];

	(void)state;
	assert_int_equal(region("a\n// bitline:begin numbers\nold\n// bitline:end numbers\nz", out, sizeof(out)), 0);
	assert_string_equal(out, "a\nNEW\nz");
	assert_int_equal(region("# bitline:begin numbers\n# bitline:end numbers", out, sizeof(out)), 0);
	assert_string_equal(out, "NEW\n");
	assert_int_equal(region("# bitline:begin other\nx\n# bitline:end other\n# bitline:begin numbers\n# bitline:end numbers\n", out, sizeof(out)), 0);
	assert_string_equal(out, "# bitline:begin other\nx\n# bitline:end other\nNEW\n");
}

static void t_region_bad(void **state)
{
	static const char *const bad[] = {
		"", "nothing\n", "# bitline:begin numbers\n", "# bitline:end numbers\n", "# bitline:end numbers\n# bitline:begin numbers\n", "# bitline:begin numberss\n# bitline:end numberss\n",
		"# bitline:begin numbers\n# bitline:begin numbers\n# bitline:end numbers\n",
		"# bitline:begin numbers\n# bitline:end numbers\n# bitline:begin numbers\n# bitline:end numbers\n",
	};
	char out[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(region(bad[i], out, sizeof(out)), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(t_rename_sv), cmocka_unit_test(t_rename_tcl), cmocka_unit_test(t_rename_c), cmocka_unit_test(t_region), cmocka_unit_test(t_region_bad) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

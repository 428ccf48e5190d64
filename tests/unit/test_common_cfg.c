/* The configuration reader: named configurations, every legal limit and one step beyond it, the resolved form, messages.
 * The limits below are typed from DESIGN.md section 3 and docs/isa.md section 1, not read from the schema.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg.h"
#include "common/cfg_near.h"
#include "common/cfg_schema.h"
#include "common/file.h"
#include "common/sha256.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char scratch[64];

/* loads with one override (NULL: none); the message is left in e */
static int load(struct cfg *c, const char *path, const char *override, struct err *e)
{
	memset(e, 0, sizeof(*e));
	memset(c, 0x5a, sizeof(*c));
	return cfg_load(c, path, &override, override != NULL, e);
}

static int load_text(struct cfg *c, const char *text, const char *override, struct err *e)
{
	struct err w = { 0 };

	assert_int_equal(file_write(scratch, text, strlen(text), &w), 0);
	return load(c, scratch, override, e);
}

static void t_named(void **state)
{
	struct cfg c;
	struct err e;

	(void)state;
	assert_int_equal(load(&c, "configs/edge64.xml", NULL, &e), 0);
	assert_string_equal(c.name, "edge64");
	assert_int_equal(c.rows, 64);
	assert_int_equal(c.cols, 64);
	assert_int_equal(c.tiles, 4);
	assert_int_equal(c.bits, 7);
	assert_int_equal(c.adcs, 8);
	assert_true(c.sample_hold);
	assert_int_equal(c.channel_depth, 2048);
	assert_int_equal(c.counter_bits, 64);
	assert_int_equal(load(&c, "configs/tiny.xml", NULL, &e), 0);
	assert_int_equal(c.rows, 8);
	assert_int_equal(c.tiles, 1);
	assert_int_equal(c.bits, 4);
	assert_int_equal(c.adcs, 4);
	assert_false(c.sample_hold);
	assert_int_equal(load(&c, "configs/std256.xml", NULL, &e), 0);
	assert_int_equal(c.cols, 256);
	assert_int_equal(c.tiles, 2);
	assert_int_equal(c.bits, 9);
	assert_int_equal(c.adcs, 16);
}

/* docs/numerics.md section 4: lossless is lsb 1, low 0, 2^bits > rows * (2^cell_bits - 1) */
static void t_named_are_lossless(void **state)
{
	static const char *const path[] = { "configs/tiny.xml", "configs/edge64.xml", "configs/std256.xml" };
	struct cfg c;
	struct err e;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(load(&c, path[i], NULL, &e), 0);
		assert_int_equal(c.lsb, 1);
		assert_int_equal(c.low, 0);
		assert_true((1 << c.bits) > c.rows * ((1 << c.cell_bits) - 1));
		assert_int_equal(c.input_bits, 8);
		assert_int_equal(c.weight_bits, 8);
		assert_int_equal(c.input_code, CFG_TC);
		assert_int_equal(c.rounding, CFG_FLOOR);
		assert_int_equal(c.resolution, CFG_FIT);
	}
}

static void t_limits(void **state)
{
	static const struct { const char *key; long lo, hi; size_t offset; } field[] = {
#define F(key, lo, hi, member) { key, lo, hi, offsetof(struct cfg, member) }
		F("array.rows", 8, 1024, rows), F("array.cols", 8, 1024, cols), F("array.tiles", 1, 64, tiles), F("array.cell_bits", 1, 2, cell_bits),
		F("numbers.input_bits", 1, 8, input_bits), F("numbers.weight_bits", 1, 8, weight_bits),
		F("readout.bits", 1, 12, bits), F("readout.lsb", 1, 4095, lsb), F("readout.low", -4096, 4095, low), F("readout.grid_bits", 1, 8, grid_bits),
		F("readout.flash_bits", 1, 6, flash_bits), F("readout.depth", 0, 255, depth), F("readout.samples", 1, 4095, samples), F("readout.seed", 0, 65535, seed),
		F("timing.precharge", 1, 255, precharge), F("timing.evaluate", 1, 255, evaluate), F("timing.compare", 1, 255, compare),
		F("timing.reference_precharge", 1, 255, reference_precharge), F("timing.share", 1, 255, share), F("timing.settle", 1, 255, settle),
		F("nonideal.offset", 0, 100000, offset), F("nonideal.inl", 0, 100000, inl), F("nonideal.noise", 0, 100000, noise),
		F("nonideal.gain", 0, 300000, gain), F("nonideal.capacitor", 0, 300000, capacitor), F("nonideal.seed", 0, 2147483647, error_seed),
		F("scheduler.program_depth", 8, 65536, program_depth), F("scheduler.activation_depth", 16, 65536, activation_depth),
		F("floorplan.pin_tracks", 1, 16, pin_tracks), F("floorplan.min_width_um", 0, 100000, min_width), F("floorplan.min_height_um", 0, 100000, min_height),
		F("scheduler.accumulator_depth", 8, 65536, accumulator_depth), F("scheduler.channel_depth", 8, 65536, channel_depth),
		F("scheduler.counter_bits", 16, 64, counter_bits),
#undef F
	};
	char override[64];
	struct cfg c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(field) / sizeof(*field); i++)
		for (int k = 0; k < 4; k++) {
			long v = k == 0 ? field[i].lo - 1 : k == 1 ? field[i].lo : k == 2 ? field[i].hi : field[i].hi + 1;
			bool legal = k == 1 || k == 2;

			snprintf(override, sizeof(override), "%s=%ld", field[i].key, v);
			assert_int_equal(load(&c, "configs/tiny.xml", override, &e), legal ? 0 : -1);
			if (legal) {
				assert_int_equal(*(int *)((char *)&c + field[i].offset), v);
			} else {
				assert_int_equal(e.code, ERR_INPUT);
				assert_non_null(strstr(e.text, override)); /* the place */
				assert_non_null(strstr(e.text, "out of range: legal"));
			}
		}
}

static void t_powers_of_two(void **state)
{
	char override[64];
	struct cfg c;
	struct err e;

	(void)state;
	for (int v = 0; v <= 300; v++) {
		bool legal = v >= 1 && v <= 64 && (v & (v - 1)) == 0; /* at most cols */

		snprintf(override, sizeof(override), "readout.adcs=%d", v);
		assert_int_equal(load(&c, "configs/edge64.xml", override, &e), legal ? 0 : -1);
	}
	assert_int_equal(load(&c, "configs/edge64.xml", "scheduler.program_depth=300", &e), -1);
	assert_non_null(strstr(e.text, "a power of two, 8..65536"));
}

static void t_choices(void **state)
{
	static const struct { const char *override; size_t offset; int value; } choice[] = {
		{ "array.kind=analog", offsetof(struct cfg, kind), CFG_ANALOG }, { "array.kind=digital", offsetof(struct cfg, kind), CFG_DIGITAL },
		{ "numbers.input_code=tc", offsetof(struct cfg, input_code), CFG_TC }, { "numbers.input_code=sm", offsetof(struct cfg, input_code), CFG_SM },
		{ "numbers.weight_code=tc", offsetof(struct cfg, weight_code), CFG_TC }, { "numbers.weight_code=sm", offsetof(struct cfg, weight_code), CFG_SM },
		{ "readout.rounding=floor", offsetof(struct cfg, rounding), CFG_FLOOR }, { "readout.rounding=nearest", offsetof(struct cfg, rounding), CFG_NEAREST },
		{ "readout.resolution=fit", offsetof(struct cfg, resolution), CFG_FIT }, { "readout.resolution=full", offsetof(struct cfg, resolution), CFG_FULL },
		{ "readout.kind=sar", offsetof(struct cfg, adc), CFG_SAR }, { "readout.reference=local", offsetof(struct cfg, reference), CFG_LOCAL },
		{ "readout.search=binary", offsetof(struct cfg, search), CFG_BINARY },
		{ "readout.kind=flash", offsetof(struct cfg, adc), CFG_FLASH }, { "readout.kind=hybrid", offsetof(struct cfg, adc), CFG_HYBRID },
		{ "readout.bubble=majority", offsetof(struct cfg, bubble), CFG_MAJORITY }, { "readout.bubble=ones", offsetof(struct cfg, bubble), CFG_ONES },
		{ "readout.network=pair", offsetof(struct cfg, network), CFG_PAIR }, { "readout.network=ring", offsetof(struct cfg, network), CFG_RING },
		{ "readout.network=broadcast", offsetof(struct cfg, network), CFG_BROADCAST },
		{ "numbers.weight_code=dif", offsetof(struct cfg, weight_code), CFG_DIF }, { "numbers.weight_code=cell", offsetof(struct cfg, weight_code), CFG_CELL },
		{ "floorplan.technology=osu018", offsetof(struct cfg, technology), CFG_OSU018 }, { "floorplan.technology=osu035", offsetof(struct cfg, technology), CFG_OSU035 },
		{ "floorplan.technology=ihp-sg13g2", offsetof(struct cfg, technology), CFG_IHP_SG13G2 },
		{ "floorplan.horizontal_layer=metal1", offsetof(struct cfg, horizontal_layer), CFG_METAL1 }, { "floorplan.horizontal_layer=metal3", offsetof(struct cfg, horizontal_layer), CFG_METAL3 },
		{ "floorplan.vertical_layer=metal2", offsetof(struct cfg, vertical_layer), CFG_METAL2 }, { "floorplan.vertical_layer=metal4", offsetof(struct cfg, vertical_layer), CFG_METAL4 },
		{ "floorplan.rows_side=west", offsetof(struct cfg, rows_side), CFG_WEST }, { "floorplan.columns_side=north", offsetof(struct cfg, columns_side), CFG_NORTH },
		{ "floorplan.readout_side=east", offsetof(struct cfg, readout_side), CFG_EAST }, { "floorplan.control_side=south", offsetof(struct cfg, control_side), CFG_SOUTH },
		{ "nonideal.dac=unary", offsetof(struct cfg, dac), CFG_UNARY }, { "nonideal.dac=binary", offsetof(struct cfg, dac), CFG_BINARY_DAC },
	};
	struct cfg c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(choice) / sizeof(*choice); i++) {
		assert_int_equal(load(&c, "configs/tiny.xml", choice[i].override, &e), 0);
		assert_int_equal(*(enum cfg_kind *)((char *)&c + choice[i].offset), choice[i].value);
	}
	assert_int_equal(load(&c, "configs/tiny.xml", "array.sample_hold=1", &e), 0);
	assert_true(c.sample_hold);
	assert_int_equal(load(&c, "configs/edge64.xml", "array.sample_hold=0", &e), 0);
	assert_false(c.sample_hold);
}

/* the last override wins; what nobody wrote comes from the schema, and order and blanks in the file mean nothing */
static void t_resolved_form(void **state)
{
	static const char shuffled[] = "<bitline  name='edge64'>\n<!-- <array rows='9'/> -->\n<readout/><array\n\tsample_hold='1' rows='64'/>\n</bitline>";
	const char *const overrides[] = { "array.rows=8", "readout.adcs=16", "array.rows=33" };
	struct cfg c, again;
	struct err e = { 0 };
	struct buf b;
	char one[65], two[65];

	(void)state;
	assert_int_equal(load(&c, "configs/edge64.xml", NULL, &e), 0);
	load_text(&again, shuffled, NULL, &e);
	assert_string_equal(e.text, "");
	cfg_hash(&c, one);
	cfg_hash(&again, two);
	assert_string_equal(one, two); /* edge64 is what the defaults say */
	buf_init(&b);
	cfg_print(&c, &b);
	sha256_hex(b.data, b.len, two);
	assert_string_equal(one, two);
	buf_release(&b);

	assert_int_equal(cfg_load(&c, "configs/edge64.xml", overrides, 3, &e), 0);
	assert_int_equal(c.rows, 33);
	assert_int_equal(c.adcs, 16);
	cfg_hash(&c, two);
	assert_string_not_equal(one, two);
	buf_init(&b);
	cfg_print(&c, &b);
	assert_int_equal(load_text(&again, b.data, NULL, &e), 0);
	buf_release(&b);
	cfg_hash(&again, one);
	assert_string_equal(one, two);
}

/* every field of the schema changes the hash: nothing is left out of the resolved form */
static void t_hash_covers_every_field(void **state)
{
	/* a configuration in which every other choice of these is legal too */
	static const char *const room[] = { "readout.resolution=full", "readout.adcs=2", "readout.bits=5", "array.sample_hold=false" };
	const struct cfg_schema *s = cfg_schema();
	const char *overrides[5] = { room[0], room[1], room[2], room[3] };
	struct cfg c;
	struct err e = { 0 };
	char plain[65], changed[65], override[128];

	(void)state;
	assert_int_equal(cfg_load(&c, "configs/edge64.xml", room, 4, &e), 0);
	cfg_hash(&c, plain);
	for (size_t i = 0; i < s->n; i++) {
		const struct cfg_field *f = &s->field[i];
		const char *other = f->type == CFG_TYPE_TEXT ? "other" : f->type == CFG_TYPE_BOOL ? "true" : f->n_choices > 1 ? f->choice[!strcmp(f->fallback ? f->fallback : "", f->choice[1]) ? 0 : 1] : NULL;

		if (f->type == CFG_TYPE_INT)
			other = !strcmp(f->fallback, "1") ? "2" : !strcmp(f->key, "array.rows") || !strcmp(f->key, "array.cols") || strstr(f->key, "depth") ? "128" : strstr(f->key, "period") ? "500" : strstr(f->key, "counter") ? "33" : "1";
		if (!strcmp(f->key, "readout.resolution"))
			other = "fit";
		assert_non_null(other);
		snprintf(override, sizeof(override), "%s=%s", f->key, other);
		overrides[4] = override;
		cfg_load(&c, "configs/edge64.xml", overrides, 5, &e);
		assert_string_equal(e.text, "");
		cfg_hash(&c, changed);
		assert_string_not_equal(plain, changed);
	}
}

static void t_messages_bad(void **state)
{
	static const struct { const char *text, *override, *message; } bad[] = {
		{ "<bitline name='x'>\n\t<array\n\t\tcols='8'\n\t\trows='4'/>\n</bitline>", NULL, ":4: array.rows \"4\" is out of range: legal 8..1024" },
		{ "<bitline name='x'>\n<array row='9'/></bitline>", NULL, ":2: unknown key \"array.row\"; did you mean \"array.rows\"" },
		{ "<bitline name='x'>\n<aray/></bitline>", NULL, ":2: unknown key \"aray\"; did you mean \"array\"" },
		{ "<bitline name='x'/>", "rows=9", "-s rows=9: unknown key \"rows\"; did you mean \"array.rows\"" },
		{ "<bitline name='x'/>", "array.rows=4", "-s array.rows=4: array.rows \"4\" is out of range: legal 8..1024" },
		{ "<bitline name='x'/>", "array.rows=8.5", "is no whole number: legal 8..1024" },
		{ "<bitline name='x'/>", "array.rows=", "array.rows \"\" is no whole number" },
		{ "<bitline name='x'/>", "array.rows=99999999999999999999", "is out of range: legal 8..1024" },
		{ "<bitline name='x'/>", "array.rows", "no \"=\"" },
		{ "<bitline name='x'/>", "array.rows=\xff", "holds a byte that is no printable ASCII" },
		{ "<bitline name='x'/>", "name=\001x", "holds a byte that is no printable ASCII" }, /* libxml2's patterns failed on it */
		{ "<bitline name='x'/>", "array.kind=digtal", "is not a choice: legal analog, digital; did you mean \"digital\"" },
		{ "<bitline name='x'/>", "interface.prefix=9x", "is malformed: legal 1 to 24 letters" },
		{ "<bitline name='x'/>", "interface.prefix=abcdefghijklmnopqrstuvwxy", "is malformed" },
		{ "<bitline name='x'/>", "interface.prefix=a\nb", "holds a byte that is no printable ASCII" },
		{ "<bitline name='x'/>", "name=a/b", "name \"a/b\" is malformed" },
		{ "<bitline name='x'>\n<readout adcs='128'/>\n</bitline>", NULL, ":2: readout.adcs \"128\" is more than array.cols \"64\"" },
		{ "<bitline name='x'/>", "array.cols=8", NULL },
		{ "<bitline/>", NULL, ":1: the configuration has no name" },
		{ "<bitlin name='x'/>", NULL, "root element \"bitlin\"" },
		{ "<bitline name='x' xmlns='urn:y'/>", NULL, "without a namespace" },
		{ "<bitline name='x'><array/>\n<array/></bitline>", NULL, ":2: \"array\" stands there a second time" },
		{ "<bitline name='x'><array>4</array></bitline>", NULL, "text inside \"array\"" },
		{ "<bitline name='x'>4</bitline>", NULL, "text inside \"bitline\"" },
		{ "<bitline name='x'><array><rows>4</rows></array></bitline>", NULL, "values are attributes" },
		{ "<bitline name='x' rows='4'/>", NULL, "unknown key \"rows\"; did you mean \"array.rows\"" },
		{ "rows = 4", NULL, ":1: not well-formed XML" },
		{ "", NULL, ":1: not well-formed XML" },
		{ "<bitline name='x'>\n<array rows='8'", NULL, ":2: not well-formed XML" },
		{ "<!DOCTYPE bitline [<!ENTITY a 'b'>]>\n<bitline name='x'/>", NULL, "a document type or entity declaration is not allowed" },
		{ "<!DOCTYPE bitline SYSTEM 'file:///etc/passwd'>\n<bitline name='&a;'/>", NULL, "a document type or entity declaration is not allowed" },
	};
	struct cfg c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int rc = load_text(&c, bad[i].text, bad[i].override, &e);

		if (!bad[i].message) {
			assert_int_equal(rc, 0);
			continue;
		}
		if (rc != -1 || e.code != ERR_INPUT || !strstr(e.text, bad[i].message))
			fail_msg("case %zu: wanted \"%s\", got %d \"%s\"", i, bad[i].message, rc, e.text);
		assert_null(strchr(e.text, '\n'));
	}
}

/* the schema hint of an editor is never opened: a hint that names no file changes nothing */
static void t_hint_is_not_opened(void **state)
{
	struct cfg c;
	struct err e;

	(void)state;
	assert_int_equal(load_text(&c, "<bitline name='x' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:noNamespaceSchemaLocation='/nonexistent/other.xsd'>"
		"<array xsi:type='numbers'/></bitline>", NULL, &e), 0);
	assert_int_equal(c.rows, 64);
}

static void t_size_cap_bad(void **state)
{
	size_t n = 300 * 1024;
	char *big = malloc(n + 1);
	struct cfg c;
	struct err e;

	(void)state;
	memset(big, ' ', n);
	big[n] = '\0';
	memcpy(big, "<bitline name='x'>", 18);
	memcpy(big + n - 10, "</bitline>", 10);
	assert_int_equal(load_text(&c, big, NULL, &e), -1);
	assert_non_null(strstr(e.text, "longer than"));
	free(big);
	assert_int_equal(load(&c, "/nonexistent/x.xml", NULL, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
}

static void t_where(void **state)
{
	static const char xml[] = "<?xml?>\n<!-- <a b='1'/>\n-->\n<r\n x='<a' >\n<ab b='0'/><a\n c=\">\nb='2'\"\n b = '3'/></r>";

	(void)state;
	assert_int_equal(cfg_where(xml, strlen(xml), "r", NULL), 4);
	assert_int_equal(cfg_where(xml, strlen(xml), "r", "x"), 5);
	assert_int_equal(cfg_where(xml, strlen(xml), "a", NULL), 6);
	assert_int_equal(cfg_where(xml, strlen(xml), "a", "c"), 7);
	assert_int_equal(cfg_where(xml, strlen(xml), "a", "b"), 9);
	assert_int_equal(cfg_where(xml, strlen(xml), "a", "d"), 0);
	for (size_t n = 0; n < strlen(xml); n++) /* never beyond the end */
		cfg_where(xml, n, "a", "d");
}

static void t_near(void **state)
{
	static const char *const known[] = { "array.rows", "array.cols", "--json", "--out" };

	(void)state;
	assert_string_equal(cfg_near("array.rosw", known, 4), "array.rows"); /* neighbours swapped count once */
	assert_string_equal(cfg_near("cols", known, 4), "array.cols");
	assert_string_equal(cfg_near("--jsn", known, 4), "--json");
	assert_null(cfg_near("voltage", known, 4));
	assert_null(cfg_near("", known, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_named), cmocka_unit_test(t_named_are_lossless), cmocka_unit_test(t_limits), cmocka_unit_test(t_powers_of_two), cmocka_unit_test(t_choices),
		cmocka_unit_test(t_resolved_form), cmocka_unit_test(t_hash_covers_every_field), cmocka_unit_test(t_messages_bad), cmocka_unit_test(t_hint_is_not_opened),
		cmocka_unit_test(t_size_cap_bad), cmocka_unit_test(t_where), cmocka_unit_test(t_near),
	};
	int failed;

	snprintf(scratch, sizeof(scratch), "/tmp/bitline_cfg.%ld.xml", (long)getpid());
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(scratch);
	return failed;
}

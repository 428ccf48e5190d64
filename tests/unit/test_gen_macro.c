/* The hard macro: pins on tracks, clear of each other and of what is obstructed; places; what the files of the set agree on.
 * Widths are typed from docs/macro.md.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/macro_set.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { WORDS = 8 };
static const char *const cases[][WORDS] = {
	{ "configs/tiny.xml" },
	{ "configs/edge64.xml", "array.rows=33", "array.cols=65" },
	{ "configs/edge64-flash.xml" },
	{ "configs/edge64-hybrid2.xml", "readout.adcs=2" },
	{ "configs/digital8.xml" },
	{ "configs/tiny.xml", "floorplan.horizontal_layer=metal1", "floorplan.vertical_layer=metal4", "floorplan.pin_tracks=1" },
	{ "configs/tiny.xml", "floorplan.rows_side=east", "floorplan.columns_side=east", "floorplan.readout_side=east", "floorplan.control_side=east", "array.tiles=5" },
	{ "configs/tiny.xml", "floorplan.min_width_um=301", "floorplan.min_height_um=1234", "floorplan.pin_tracks=3", "array.tiles=64" },
	{ "configs/std256.xml", "readout.adcs=1", "array.cell_bits=2" },
};
enum { N_CASES = sizeof(cases) / sizeof(*cases) };

static void load(struct cfg *c, const char *const *words)
{
	struct err e = { 0 };
	size_t n = 0;

	while (n + 1 < WORDS && words[n + 1])
		n++;
	cfg_load(c, words[0], words + 1, n, &e);
	assert_string_equal(e.text, "");
}

struct box { int metal; long x0, y0, x1, y1; };

static int by_x(const void *a, const void *b)
{
	const struct box *p = a, *q = b;

	return p->x0 < q->x0 ? -1 : p->x0 > q->x0;
}

/* boxes sorted by x0: true when two of one layer are nearer than the layer's spacing */
static bool near(const struct macro_plan *p, const struct box *box, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n && box[k].x0 < box[i].x1 + 2 * p->t->metal[3].spacing; k++) {
			long gap = p->t->metal[box[i].metal].spacing;

			if (box[i].metal == box[k].metal && box[k].x0 < box[i].x1 + gap && box[k].y0 < box[i].y1 + gap && box[i].y0 < box[k].y1 + gap)
				return true;
		}
	return false;
}

/* every pin and strap as a box */
static struct box *boxes(const struct macro_plan *p, size_t *n)
{
	struct box *b = calloc(p->n_pins + (size_t)p->straps, sizeof(*b));

	assert_non_null(b);
	for (*n = 0; *n < p->n_pins; ++*n)
		b[*n] = (struct box){ p->pin[*n].metal, p->pin[*n].x0, p->pin[*n].y0, p->pin[*n].x1, p->pin[*n].y1 };
	for (int i = 0; i < p->straps; i++, ++*n) {
		b[*n] = (struct box){ p->power_metal, 0, 0, 0, p->height };
		macro_strap(p, i, &b[*n].x0, &b[*n].x1);
	}
	qsort(b, *n, sizeof(*b), by_x);
	return b;
}

static void t_clear(void **state)
{
	(void)state;
	for (int k = 0; k < N_CASES; k++)
		for (enum cfg_technology t = CFG_OSU018; t <= CFG_IHP_SG13G2; t++) {
			struct macro_plan p;
			struct box *b, first;
			struct cfg c;
			size_t n;

			load(&c, cases[k]);
			macro_plan(&p, &c, t);
			b = boxes(&p, &n);
			assert_false(near(&p, b, n));
			for (size_t i = 0; i < n; i++)
				assert_true(b[i].x0 >= 0 && b[i].y0 >= 0 && b[i].x0 < b[i].x1 && b[i].y0 < b[i].y1 && b[i].x1 <= p.width && b[i].y1 <= p.height);
			/* the check sees a pin on top of another */
			first = b[1];
			b[1] = b[0];
			assert_true(near(&p, b, n));
			b[1] = first;
			free(b);
			macro_plan_release(&p);
		}
}

static void t_tracks(void **state)
{
	(void)state;
	for (int k = 0; k < N_CASES; k++)
		for (enum cfg_technology t = CFG_OSU018; t <= CFG_IHP_SG13G2; t++) {
			struct macro_plan p;
			struct cfg c;

			load(&c, cases[k]);
			macro_plan(&p, &c, t);
			assert_int_equal(p.width % p.t->site, 0);
			assert_int_equal(p.height % p.t->row, 0);
			assert_true(p.width >= c.min_width * 1000L && p.height >= c.min_height * 1000L);
			for (size_t i = 0; i < p.n_pins; i++) {
				const struct macro_layer *l = &p.t->metal[p.pin[i].metal];
				bool vertical = p.pin[i].metal % 2, end = vertical ? p.pin[i].y0 == 0 || p.pin[i].y1 == p.height : p.pin[i].x0 == 0 || p.pin[i].x1 == p.width;
				long middle = vertical ? (p.pin[i].x0 + p.pin[i].x1) / 2 : (p.pin[i].y0 + p.pin[i].y1) / 2;

				assert_true(end);
				assert_int_equal((middle - l->offset) % l->pitch, 0);
				assert_int_equal((vertical ? p.pin[i].x1 - p.pin[i].x0 : p.pin[i].y1 - p.pin[i].y0), l->width);
				assert_int_equal(p.pin[i].x0 % p.t->grid + p.pin[i].y0 % p.t->grid + p.pin[i].x1 % p.t->grid + p.pin[i].y1 % p.t->grid, 0);
				/* a crossing track meets the pin */
				assert_true(p.t->depth >= p.t->metal[vertical ? 2 : 3].pitch);
			}
			macro_plan_release(&p);
		}
}

static void t_sides(void **state)
{
	struct macro_plan p;
	struct cfg c;

	(void)state;
	load(&c, cases[0]);
	macro_plan(&p, &c, CFG_OSU018);
	for (size_t i = 0; i < p.n_pins; i++) {
		const struct macro_port *port = &p.port[p.pin[i].port];
		const struct macro_pin *pin = &p.pin[i];

		if (!strcmp(port->name, "plane_i"))
			assert_true(pin->x0 == 0 && pin->metal == 2);
		if (!strcmp(port->name, "wdata_i"))
			assert_true(pin->y1 == p.height && pin->metal == 1);
		if (!strcmp(port->name, "cmp_o"))
			assert_true(pin->y0 == 0 && pin->metal == 1);
		if (!strcmp(port->name, "clk_i"))
			assert_true(pin->x1 == p.width && pin->metal == 2);
	}
	macro_plan_release(&p);
	load(&c, cases[6]);
	macro_plan(&p, &c, CFG_OSU018);
	for (size_t i = 0; i < p.n_pins; i++)
		assert_int_equal(p.pin[i].x1, p.width);
	macro_plan_release(&p);
}

static void t_widths(void **state)
{
	static const struct { int which; const char *name; int width; } wanted[] = {
		{ 0, "waddr_i", 3 }, { 0, "sel_i", 1 }, { 0, "cmp_o", 4 }, { 0, "ref_i", 16 }, { 1, "plane_i", 33 }, { 1, "raddr_i", 6 }, { 1, "rdata_o", 65 },
		{ 1, "sel_i", 4 }, { 2, "cmp_o", 4 * 63 }, { 3, "cmp_o", 6 }, { 3, "lane_en_i", 2 }, { 8, "wdata_i", 512 }, { 8, "cmp_o", 1 }, { 8, "sel_i", 8 },
		{ 0, "force_level_i", 24 }, { 0, "bits_i", 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		struct macro_port port[MACRO_PORTS];
		struct cfg c;
		int k = 0;

		load(&c, cases[wanted[i].which]);
		macro_ports(&c, port);
		while (strcmp(port[k].name, wanted[i].name))
			assert_true(++k < MACRO_PORTS);
		assert_int_equal(port[k].width, wanted[i].width);
	}
}

/* tiles stand clear of each other, on sites and rows, and inside of the core that the flows are told to make */
static void t_places(void **state)
{
	(void)state;
	for (int k = 0; k < N_CASES; k++)
		for (enum cfg_technology t = CFG_OSU018; t <= CFG_IHP_SG13G2; t++) {
			struct macro_plan p;
			struct cfg c;
			double aspect, area;
			int percent;

			load(&c, cases[k]);
			macro_plan(&p, &c, t);
			macro_core(&p, &percent, &aspect);
			area = c.tiles * (double)p.width * (double)p.height * 100 / percent;
			for (int i = 0; i < c.tiles; i++) {
				long x, y, u, v;

				macro_place(&p, i, &x, &y);
				assert_true(x > 0 && y > 0 && x % p.t->site == 0 && y % p.t->row == 0 && x % p.t->metal[1].pitch == 0 && y % p.t->metal[2].pitch == 0);
				assert_true((double)(x + p.width) * (double)(x + p.width) < area / aspect);
				assert_true((double)(y + p.height) * (double)(y + p.height) < area * aspect);
				for (int j = 0; j < i; j++) {
					macro_place(&p, j, &u, &v);
					assert_true(labs(u - x) >= p.width + 20L * p.t->site || labs(v - y) >= p.height + 2L * p.t->row);
				}
			}
			macro_plan_release(&p);
		}
}

static const char *text_of(const struct gen_set *s, const char *path)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->file[i].path, path))
			return s->file[i].text.data;
	return NULL;
}

static struct gen_set build(const char *const *words, const char *views)
{
	struct gen_set s;
	struct cfg c;
	struct err e = { 0 };
	uint32_t mask = 0;

	load(&c, words);
	assert_int_equal(gen_views_parse(views, &mask, &e), 0);
	assert_int_equal(gen_build(&c, mask, &s, &e), 0);
	return s;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

static void t_files(void **state)
{
	static const char *const every[] = { "cim_macro.lef", "cim_macro.lib", "cim_macro.cdl", "macro.cfg", "macro_placement.tcl" };
	static const char *const asked[] = { "macro", "macro,librelane,orfs", "orfs,macro", "librelane" };
	struct gen_set one = build(cases[3], "macro");
	char path[80], wide[32], area[64], *lef_size;
	double w, h;

	(void)state;
	for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		struct gen_set s = build(cases[3], asked[i]);

		for (size_t k = 0; k < sizeof(every) / sizeof(*every); k++) {
			snprintf(path, sizeof(path), "macro/%s", every[k]);
			assert_int_equal(text_of(&s, path) != NULL, i < 3);
			if (text_of(&s, path))
				assert_string_equal(text_of(&s, path), text_of(&one, path));
			snprintf(path, sizeof(path), "macro/ihp-sg13g2/%s", every[k]);
			assert_int_equal(text_of(&s, path) != NULL, i > 0);
		}
		assert_non_null(text_of(&s, "macro/cim_macro.v"));
		gen_set_release(&s);
	}
	assert_null(strchr(strstr(text_of(&one, "macro/cim_macro.v"), "module"), '#'));
	assert_null(strstr(text_of(&one, "macro/cim_readout.sv"), "cim_macro #("));
	assert_non_null(strstr(text_of(&one, "macro/cim_readout.sv"), "  cim_macro u_macro (\n    .clk_i"));
	assert_null(strstr(text_of(&one, "macro/hard.f"), "macro.blackbox.sv"));
	assert_int_equal(count(text_of(&one, "macro/hard.f"), "readout.sv"), 1);
	/* one pin of LEF and CDL each, area of Liberty: LEF's */
	lef_size = strstr(text_of(&one, "macro/cim_macro.lef"), "  SIZE ");
	assert_int_equal(sscanf(lef_size, " SIZE %lf BY %lf", &w, &h), 2);
	snprintf(area, sizeof(area), "    area : %.6f;", w * h);
	assert_non_null(strstr(text_of(&one, "macro/cim_macro.lib"), area));
	for (int b = 0; b < 64; b++) {
		snprintf(wide, sizeof(wide), " plane_i[%d]\n", b);
		assert_int_equal(count(text_of(&one, "macro/cim_macro.lef"), wide), 2);
		wide[strlen(wide) - 1] = '\0';
		assert_int_equal(count(text_of(&one, "macro/cim_macro.cdl"), wide), 1);
	}
	assert_int_equal(count(text_of(&one, "macro/macro.cfg"), "u_macro "), 4);
	assert_non_null(strstr(text_of(&one, "macro/macro_placement.tcl"), "{u_core.u_tiles.g_tile\\[3\\].u_tile.u_readout.u_macro}"));
	gen_set_release(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_clear), cmocka_unit_test(t_tracks), cmocka_unit_test(t_sides), cmocka_unit_test(t_widths), cmocka_unit_test(t_places), cmocka_unit_test(t_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Occupancy pictures: the drawing, read back as XML and painted cell by cell, against the placement itself, for every placement and awkward sizes.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "report/occupancy_parts.h"
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 24, KINDS = 3 };
/* of a cell: nothing, stored zero, real weight of kind k and stage s */
enum { EMPTY = 0, PADDING = 1, REAL = 2 };

struct scene { struct place_geometry g; struct place_block block[BLOCKS]; size_t n; struct placement p; struct occupancy o; };

static struct occupancy_label label(const void *ctx, int block, struct buf *name)
{
	const struct scene *s = ctx;

	if (name)
		buf_addf(name, "block <%d>", block);
	return (struct occupancy_label){ s->block[block].stage % KINDS, s->block[block].phase % 2 };
}

/* stages of equal blocks, their last ones smaller or padding altogether */
static void draw_scene(struct prng *r, struct scene *s, enum place_kind kind)
{
	static const int side[] = { 3, 7, 33, 40 };
	static const char *const names[KINDS] = { "q", "k", "v" };
	struct err e = { 0 };
	int stage = 0;

	memset(s, 0, sizeof(*s));
	s->g = (struct place_geometry){ .rows = side[prng_range(r, 0, 3)], .cols = side[prng_range(r, 0, 3)], .slices = (int)prng_range(r, 1, 3), .adcs = 1, .arrays = prng_range(r, 0, 1) ? prng_range(r, 1, 3) : 0 };
	while (s->n < BLOCKS && stage < 4) {
		int n = (int)prng_range(r, 1, 8), in_p = (int)prng_range(r, 1, 9), out_p = (int)prng_range(r, 1, 9);

		for (int i = 0; i < n && s->n < BLOCKS; i++) {
			bool last = i == n - 1;

			s->block[s->n++] = (struct place_block){ .in = last ? (int)prng_range(r, 1, in_p) : in_p, .out = last ? (int)prng_range(r, 1, out_p) : out_p, .in_p = in_p, .out_p = out_p,
				.stage = stage, .phase = stage, .input = stage * BLOCKS + i, .real = !last || !i || prng_range(r, 0, 2) };
		}
		stage++;
	}
	if (place_make(&s->g, kind, (enum place_mode)prng_range(r, PLACE_AREA, PLACE_CONVERSIONS), false, s->block, s->n, &s->p, &e))
		fail_msg("%s", e.text);
	s->o = (struct occupancy){ .title = "t", .subtitle = "s", .rows = s->g.rows, .cols = s->g.cols, .placement = &s->p, .block = s->block, .kind_name = names, .n_kinds = KINDS,
		.label = label, .ctx = s, .first = (size_t)prng_range(r, 0, 2), .count = (size_t)prng_range(r, 1, 9) };
}

/* what image i holds, from the definition of a piece: [rows][cols] */
static void expect(const struct scene *s, size_t image, int *cell)
{
	memset(cell, 0, sizeof(*cell) * (size_t)(s->g.rows * s->g.cols));
	for (size_t i = 0; i < s->p.n_steps; i++) {
		const struct place_step *t = &s->p.step[i];

		for (size_t k = t->piece; (size_t)t->image == image && k < t->piece + (size_t)t->n_pieces; k++) {
			const struct place_piece *p = &s->p.piece[k];
			const struct place_block *b = &s->block[p->block];

			for (int u = 0; u < p->n_in; u++)
				for (int v = 0; v < p->n_out; v++)
					for (int j = 0; j < p->n_slice; j++) {
						int at = (p->row + u * p->row_stride) * s->g.cols + p->col + (v * p->n_slice + j) * p->col_stride;
						bool real = b->real && p->in0 + u < b->in && p->out0 + v < b->out;

						assert_int_equal(cell[at], EMPTY);
						cell[at] = real ? REAL + 2 * (b->stage % KINDS) + b->phase % 2 : PADDING;
					}
		}
	}
}

/* ---- the drawing, read back */

static const char *prop(xmlNode *n, const char *name, char text[64])
{
	xmlChar *v = xmlGetProp(n, (const xmlChar *)name);

	snprintf(text, 64, "%s", v ? (char *)v : "");
	xmlFree(v);
	return text;
}

static int number(xmlNode *n, const char *name)
{
	char text[64];

	return atoi(prop(n, name, text));
}

/* what a fill stands for; shades of a kind are one */
static int meaning(xmlNode *n)
{
	char text[64], hex[8];

	if (!strcmp(prop(n, "fill", text), OCCUPANCY_PADDING))
		return PADDING;
	for (int k = 0; k < KINDS; k++)
		for (int t = 0; t < 2; t++)
			for (int shade = 0; shade < OCCUPANCY_SHADES; shade++) {
				occupancy_colour(k, t, shade, hex);
				if (!strcmp(text, hex))
					return REAL + 2 * k + t;
			}
	fail_msg("fill %s", text);
	return 0;
}

/* weights lie on padding, never on weights; nothing lies outside */
static void paint(const struct scene *s, int *cell, int row, int col, int h, int w, int what)
{
	assert_true(row >= 0 && col >= 0 && row + h <= s->g.rows && col + w <= s->g.cols);
	for (int r = row; r < row + h; r++)
		for (int c = col; c < col + w; c++) {
			assert_true(cell[r * s->g.cols + c] == EMPTY || (cell[r * s->g.cols + c] == PADDING && what >= REAL));
			cell[r * s->g.cols + c] = what;
		}
}

static xmlNode *shape(xmlNode *defs, const char *id)
{
	char text[64];

	for (xmlNode *n = xmlFirstElementChild(defs); n; n = xmlNextElementSibling(n))
		if (!strcmp(prop(n, "id", text), id))
			return n;
	fail_msg("no shape %s", id);
	return NULL;
}

static void paint_use(const struct scene *s, xmlNode *defs, xmlNode *n, int *cell)
{
	char text[64];
	char *d = (char *)xmlGetProp(shape(defs, prop(n, "href", text) + 1), (const xmlChar *)"d");
	int x = number(n, "x"), y = number(n, "y"), used = 0, c, r, w, h, back, what = meaning(n);

	for (char *at = d; *at; at += used) {
		assert_int_equal(sscanf(at, "M%d %dh%dv%dh-%dz%n", &c, &r, &w, &h, &back, &used), 5);
		assert_int_equal(w, back);
		paint(s, cell, y + r, x + c, h, w, what);
	}
	xmlFree(d);
}

static size_t paint_array(const struct scene *s, xmlNode *defs, xmlNode *array, int *cell)
{
	size_t pieces = 0;

	memset(cell, 0, sizeof(*cell) * (size_t)(s->g.rows * s->g.cols));
	for (xmlNode *g = xmlFirstElementChild(array); g; g = xmlNextElementSibling(g), pieces++)
		for (xmlNode *n = xmlFirstElementChild(g); n; n = xmlNextElementSibling(n)) {
			if (!strcmp((const char *)n->name, "title")) {
				xmlChar *tip = xmlNodeGetContent(n);

				assert_true(!strncmp((char *)tip, "block <", 7));
				xmlFree(tip);
			} else if (!strcmp((const char *)n->name, "rect")) {
				paint(s, cell, number(n, "y"), number(n, "x"), number(n, "height"), number(n, "width"), meaning(n));
			} else {
				assert_string_equal(n->name, "use");
				paint_use(s, defs, n, cell);
			}
		}
	return pieces;
}

static size_t pieces_of(const struct scene *s, size_t image)
{
	size_t n = 0;

	for (size_t i = 0; i < s->p.n_steps; i++)
		n += (size_t)s->p.step[i].image == image ? (size_t)s->p.step[i].n_pieces : 0;
	return n;
}

static void check(const struct scene *s)
{
	int *want = MEM_NEW(s->g.rows * s->g.cols, int), *seen = MEM_NEW(s->g.rows * s->g.cols, int);
	size_t image = s->o.first, drawn = 0;
	xmlNode *defs = NULL, *root;
	char text[64];
	struct buf b;
	xmlDoc *doc;

	buf_init(&b);
	occupancy_svg(&s->o, &b);
	doc = xmlReadMemory(b.data, (int)b.len, "picture", NULL, XML_PARSE_NONET);
	assert_non_null(doc);
	root = xmlDocGetRootElement(doc);
	for (xmlNode *n = xmlFirstElementChild(root); n; n = xmlNextElementSibling(n)) {
		if (!strcmp((const char *)n->name, "defs"))
			defs = n;
		if (strcmp((const char *)n->name, "g") || !defs)
			continue;
		for (xmlNode *a = xmlFirstElementChild(n); a; a = xmlNextElementSibling(a))
			if (!strcmp(prop(a, "class", text), "array")) {
				expect(s, image, want);
				assert_int_equal(paint_array(s, defs, a, seen), pieces_of(s, image));
				assert_memory_equal(seen, want, sizeof(*want) * (size_t)(s->g.rows * s->g.cols));
				image++;
				drawn++;
			}
	}
	assert_int_equal(drawn, s->o.first >= s->p.n_images ? 0 : s->p.n_images - s->o.first < s->o.count ? s->p.n_images - s->o.first : s->o.count);
	xmlFreeDoc(doc);
	buf_release(&b);
	free(want);
	free(seen);
}

static void every_cell_once(void **state)
{
	struct prng r;

	(void)state;
	prng_init(&r, 11);
	for (int round = 0; round < 500; round++) {
		struct scene s;

		draw_scene(&r, &s, (enum place_kind)(round % 5));
		check(&s);
		place_release(&s.p);
	}
}

/* the captions and the histogram say what a count of the cells says */
static void utilisation_is_said(void **state)
{
	struct place_block blocks[] = {
		{ .in = 3, .out = 3, .in_p = 4, .out_p = 4, .stage = 0, .phase = 0, .input = 0, .real = true },
		{ .in = 4, .out = 4, .in_p = 4, .out_p = 4, .stage = 0, .phase = 0, .input = 1, .real = true },
	};
	static const char *const names[KINDS] = { "q & k", "", "" };
	struct scene s = { .g = { .rows = 8, .cols = 8, .slices = 1, .adcs = 1 }, .n = 2 };
	struct err e = { 0 };
	struct buf b;

	(void)state;
	memcpy(s.block, blocks, sizeof(blocks));
	assert_int_equal(place_make(&s.g, PLACE_SPARSE, PLACE_AREA, false, s.block, s.n, &s.p, &e), 0);
	s.o = (struct occupancy){ .title = "t", .subtitle = "s", .rows = 8, .cols = 8, .placement = &s.p, .block = s.block, .kind_name = names, .n_kinds = KINDS, .label = label, .ctx = &s, .count = 12 };
	buf_init(&b);
	occupancy_svg(&s.o, &b);
	assert_non_null(strstr(b.data, ">array 0: 39.06 %<")); /* 25 of 64 */
	assert_non_null(strstr(b.data, "Utilisation of all 1 array images, mean 39.06 %"));
	assert_non_null(strstr(b.data, ">q &amp; k<"));
	assert_non_null(strstr(b.data, "padding: stored zeros"));
	assert_non_null(strstr(b.data, "block &lt;1&gt;&#10;inputs 0..3, outputs 0..3&#10;rows 4..7, columns 4..7"));
	buf_release(&b);
	place_release(&s.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_cell_once), cmocka_unit_test(utilisation_is_said) };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	xmlCleanupParser();
	return failed;
}

/* occupancy.json: pictures of the arrays.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_parts.h"
#include "common/mem.h"
#include "report/occupancy.h"
#include "report/page.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_IMAGES = 4096, MOST_PIECES = 20000, MOST_CELLS = 1024, DRAWN = 12 };

struct image { int tile, turn; uint64_t cells; };

struct arrays {
	struct placement p;
	struct place_block *block;   /* one per piece: sizes as they are drawn, stage */
	int *name;                   /* [pieces] block of its stage */
	int rows, cols, images;
	uint64_t cells;              /* of an array */
	int64_t all;
	struct image image[MOST_IMAGES];
	bool stages;                 /* both */
};

static struct occupancy_label label(const void *ctx, int piece, struct buf *name)
{
	const struct arrays *a = ctx;

	if (name && a->stages)
		buf_addf(name, "stage %c, block %d", a->block[piece].stage ? 'L' : 'R', a->name[piece]);
	else if (name)
		buf_addf(name, "block %d", a->name[piece]);
	return (struct occupancy_label){ a->block[piece].stage, 0 };
}

static void read_piece(struct rl_file *f, const json_t *list, size_t i, struct arrays *a)
{
	static const char key[] = "pieces";
	const json_t *row = rl_row_at(f, list, key, i, 9);
	int64_t before = a->p.n_steps ? a->p.step[a->p.n_steps - 1].image : 0;
	int image = (int)rl_int_at(f, row, key, 0, before, a->images - 1), stage = (int)rl_int_at(f, row, key, 1, 0, 1), name = (int)rl_int_at(f, row, key, 2, 0, 1 << 24);
	int r = (int)rl_int_at(f, row, key, 3, 0, a->rows - 1), rs = (int)rl_int_at(f, row, key, 4, 1, a->rows), rows = (int)rl_int_at(f, row, key, 5, 1, (a->rows - 1 - r) / rs + 1);
	int c = (int)rl_int_at(f, row, key, 6, 0, a->cols - 1), cs = (int)rl_int_at(f, row, key, 7, 1, a->cols), cols = (int)rl_int_at(f, row, key, 8, 1, (a->cols - 1 - c) / cs + 1);

	if (f->rc)
		return;
	a->block[i] = (struct place_block){ .in = rows, .out = cols, .in_p = rows, .out_p = cols, .stage = stage, .real = true };
	a->name[i] = name;
	a->stages |= stage != 0;
	a->p.piece[i] = (struct place_piece){ .block = (int)i, .n_in = rows, .n_out = cols, .n_slice = 1, .row = r, .row_stride = rs, .col = c, .col_stride = cs };
	if (!a->p.n_steps || a->p.step[a->p.n_steps - 1].image != image)
		*MEM_PUSH(a->p.step, a->p.n_steps) = (struct place_step){ .image = image, .piece = i };
	a->p.step[a->p.n_steps - 1].n_pieces++;
	a->p.n_pieces = i + 1;
}

static int load(struct rl_file *f, struct arrays *a)
{
	const json_t *images, *pieces;

	a->rows = (int)rl_int(f, f->root, "rows", 1, MOST_CELLS);
	a->cols = (int)rl_int(f, f->root, "cols", 1, MOST_CELLS);
	a->cells = rl_count(f, f->root, "cells", 2 * MOST_CELLS * MOST_CELLS);
	a->all = rl_int(f, f->root, "all", 0, RL_NUMBER);
	images = rl_list(f, f->root, "images", MOST_IMAGES);
	pieces = rl_list(f, f->root, "pieces", MOST_PIECES);
	a->images = (int)json_array_size(images);
	a->p.image = MEM_NEW((size_t)a->images, struct place_image);
	a->p.n_images = (size_t)a->images;
	for (int i = 0; i < a->images && !f->rc; i++) {
		const json_t *j = rl_object_at(f, images, "images", (size_t)i);

		a->image[i] = (struct image){ (int)rl_int(f, j, "tile", 0, 63), (int)rl_int(f, j, "turn", 0, INT32_MAX - 1), rl_count(f, j, "cells", a->cells) };
		a->p.image[i] = (struct place_image){ a->image[i].tile, a->image[i].turn };
	}
	a->p.piece = MEM_NEW(json_array_size(pieces), struct place_piece);
	a->block = MEM_NEW(json_array_size(pieces), struct place_block);
	a->name = MEM_NEW(json_array_size(pieces), int);
	for (size_t i = 0; i < json_array_size(pieces) && !f->rc; i++)
		read_piece(f, pieces, i, a);
	if (!f->rc && (int)a->p.n_steps != a->images)
		rl_fault(f, "\"pieces\" are of %zu images, \"images\" has %d: legal is at least one piece of each", a->p.n_steps, a->images);
	return f->rc;
}

static double percent(const struct arrays *a, uint64_t cells)
{
	return a->cells ? 100 * (double)cells / (double)a->cells : 0;
}

static void numbers(const struct arrays *a, struct buf *out)
{
	static const char *const head[] = { "tile", "load", "cells with weights", "of the array" };
	const struct page_columns c = { 4, head, ~0u };

	page_details(out, "numbers");
	page_table(out, "Array images in the order in which they are loaded", &c);
	for (int i = 0; i < a->images; i++) {
		char text[4][32];

		snprintf(text[0], sizeof(text[0]), "%d", a->image[i].tile);
		snprintf(text[1], sizeof(text[1]), "%d", a->image[i].turn + 1);
		snprintf(text[2], sizeof(text[2]), "%" PRIu64, a->image[i].cells);
		snprintf(text[3], sizeof(text[3]), "%.2f %%", percent(a, a->image[i].cells));
		page_row(out, &c, (const char *[]){ text[0], text[1], text[2], text[3] });
	}
	page_table_end(out);
	page_details_end(out);
}

/* no more than can be looked at, evenly from the first to the last: step i is image i's */
static struct placement some(const struct arrays *a, struct place_image image[DRAWN], struct place_step step[DRAWN])
{
	size_t n = a->images < DRAWN ? (size_t)a->images : DRAWN;

	for (size_t i = 0; i < n; i++) {
		size_t from = n > 1 ? i * (size_t)(a->images - 1) / (n - 1) : 0;

		image[i] = a->p.image[from];
		step[i] = a->p.step[from];
		step[i].image = (int)i;
	}
	return (struct placement){ .image = image, .n_images = n, .piece = a->p.piece, .n_pieces = a->p.n_pieces, .step = step, .n_steps = n };
}

static void draw(const struct arrays *a, const char *layer, struct buf *out)
{
	struct place_image image[DRAWN];
	struct place_step step[DRAWN];
	struct placement drawn = some(a, image, step);
	const char *const both[] = { "first stage (R)", "second stage (L)" }, *const only[] = { "weights", "weights" };
	struct occupancy o = { .rows = a->rows, .cols = a->cols, .placement = &drawn, .block = a->block, .kind_name = a->stages ? both : only, .n_kinds = 2, .label = label, .ctx = a, .count = DRAWN };
	struct page_figure f = { "array occupancy", 0, 0, 0, NULL, NULL };
	uint64_t cells = 0;
	char *alt, *caption;
	struct buf svg;

	for (int i = 0; i < a->images; i++)
		cells += a->image[i].cells;
	alt = report_format("Pictures of %d array images of layer %s, each %d rows by %d columns; on the average %.2f per cent of their cells hold weights.", (int)drawn.n_images, layer,
		a->rows, a->cols, a->images ? percent(a, cells) / a->images : 0);
	caption = report_format("Layer %s: %" PRId64 " array images of %d x %d cells; %.2f %% of the cells of %s hold weights.%s", layer, a->all, a->rows, a->cols,
		a->images ? percent(a, cells) / a->images : 0, a->images == a->all ? "all" : "those recorded", a->all > DRAWN ? " 12 are drawn, evenly from the first to the last." : "");
	buf_init(&svg);
	occupancy_arrays(&o, &svg, &f.width, &f.height);
	f.least = 0.8 * f.width;
	f.alt = alt;
	f.caption = caption;
	page_figure(out, &f);
	buf_add(out, svg.data, svg.len);
	page_figure_end(out, &f);
	buf_release(&svg);
	free(alt);
	free(caption);
}

int report_arrays(struct report *r)
{
	struct arrays *a = MEM_NEW(1, struct arrays);
	struct rl_file f;
	int rc = rl_open(&f, r->dir, "occupancy.json", r->e);

	if (rc > 0 && !load(&f, a)) {
		report_section(r, &f, "arrays", "What the arrays hold");
		draw(a, rl_text(&f, f.root, "layer"), r->out);
		numbers(a, r->out);
		page_section_end(r->out);
	} else if (!rc) {
		page_absent(&r->absent, "Array occupancy", "bitline cosim ... --out DIR");
	}
	free(a->p.image);
	free(a->p.piece);
	free(a->p.step);
	free(a->block);
	free(a->name);
	free(a);
	return rl_close(&f);
}

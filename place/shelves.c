/* packed for area and for few conversions, docs/placement.md section 4.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/pack.h"
#include "place/pack_boxes.h"
#include "place/pack_slabs.h"
#include "common/mem.h"
#include <stdlib.h>

/* Columns of one height in the order in which they are placed. */
struct strip { struct pack_part *part; size_t n, first; };

static void put_part(struct strip *s, struct pack_part p)
{
	*MEM_PUSH(s->part, s->n) = p;
}

/* the next `units` of a strip at this place; where they are cut, the rest joins the strip of its height */
static void take_units(struct strip *strip, const struct pack *k, struct slab_item item, int64_t units, int row, int64_t unit, struct pack_spots *to)
{
	struct strip *from = &strip[item.height];

	while (units) {
		struct pack_part *p = &from->part[from->first], part = *p;

		part.units = part.units < units ? part.units : units;
		p->unit0 += part.units;
		p->units -= part.units;
		from->first += !p->units;
		if (item.cut) {
			struct pack_part below = part;

			part.n_in = item.cut;
			below.in0 += item.cut;
			below.n_in -= item.cut;
			put_part(&strip[below.n_in], below);
		}
		pack_put(to, (struct pack_spot){ part, row, (int)unit * k->unit });
		unit += part.units;
		units -= part.units;
	}
}

static void emit_image(struct placement *out, const struct pack *k, long i, struct pack_spots *s)
{
	build_dealt_image(out, k->g, i);
	pack_emit(out, k, s->spot, s->n);
	s->n = 0;
}

/* slabs side by side, from array to array */
static void emit_slabs(struct placement *out, const struct pack *k, const struct slabs *s, struct strip *strip)
{
	struct pack_spots spots = { 0 };
	int64_t at = 0;          /* units of this array that are filled */
	long image = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct slab *slab = &s->slab[i];

		for (int64_t left = slab->units; left; ) {
			int64_t units = left < k->width - at ? left : k->width - at;
			int row = 0;

			for (size_t j = 0; j < slab->n_items; j++) {
				struct slab_item item = s->item[slab->item + j];

				take_units(strip, k, item, units, row, at, &spots);
				row += item.cut ? item.cut : item.height;
			}
			left -= units;
			at += units;
			if (at == k->width) {
				emit_image(out, k, image++, &spots);
				at = 0;
			}
		}
	}
	if (at)
		emit_image(out, k, image, &spots);
	free(spots.spot);
}

static int64_t arrays_with(const struct pack *k, const int64_t *count, int least_cut)
{
	struct slabs s;
	int64_t arrays;

	pack_slabs(&s, k->g->rows, count, least_cut);
	arrays = (s.units + k->width - 1) / k->width;
	pack_slabs_release(&s);
	return arrays;
}

/* The greatest foot that may be left empty with the fewest arrays: every cut converts columns once more. */
static int choose_least_cut(const struct pack *k, const int64_t *count)
{
	int lo = 1, hi = k->g->rows + 1; /* hi: no cuts */
	int64_t fewest = arrays_with(k, count, hi), area = 0, bound;

	for (int h = 1; h <= k->g->rows; h++)
		area += count[h] * h;
	bound = (area + (int64_t)k->g->rows * k->width - 1) / ((int64_t)k->g->rows * k->width);
	if (fewest == bound)
		return hi;
	for (int cut = hi - 1; cut >= 1 && fewest > bound; cut /= 2) {
		int64_t arrays = arrays_with(k, count, cut);

		if (arrays < fewest) {
			fewest = arrays;
			lo = cut;
		}
	}
	if (arrays_with(k, count, hi) == fewest)
		return hi;
	while (hi - lo > 1) {
		int mid = lo + (hi - lo) / 2;

		if (arrays_with(k, count, mid) == fewest)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static void place_area(struct placement *out, const struct pack *k)
{
	size_t n = (size_t)k->g->rows + 1;
	struct strip *strip = MEM_NEW(n, struct strip);
	int64_t *count = MEM_NEW(n, int64_t);
	struct slabs s;

	for (size_t i = 0; i < k->n_groups; i++) {
		const struct pack_group *x = &k->group[i];

		put_part(&strip[x->n_in], (struct pack_part){ i, x->in0, x->n_in, 0, x->units });
		count[x->n_in] += x->units;
	}
	pack_slabs(&s, k->g->rows, count, choose_least_cut(k, count));
	emit_slabs(out, k, &s, strip);
	pack_slabs_release(&s);
	for (size_t i = 0; i < n; i++)
		free(strip[i].part);
	free(strip);
	free(count);
}

static int by_bin(const void *x, const void *y)
{
	const struct pack_box *a = x, *b = y;

	if (a->bin != b->bin)
		return a->bin < b->bin ? -1 : 1;
	return a->ref < b->ref ? -1 : a->ref > b->ref;
}

/* A group is never divided but where it is wider than the array: every division is one activation more. */
static void place_whole(struct placement *out, const struct pack *k)
{
	struct pack_spots part = { 0 }, image = { 0 };
	struct pack_box *box;
	long bins[2];

	for (size_t i = 0; i < k->n_groups; i++) {
		const struct pack_group *x = &k->group[i];

		for (int64_t at = 0; at < x->units; at += k->width)
			pack_put(&part, (struct pack_spot){ .part = { i, x->in0, x->n_in, at, x->units - at < k->width ? x->units - at : k->width } });
	}
	box = MEM_NEW(part.n, struct pack_box);
	for (size_t i = 0; i < part.n; i++)
		box[i] = (struct pack_box){ .w = (int)part.spot[i].part.units * k->unit, .h = part.spot[i].part.n_in, .ref = i };
	pack_boxes_sort(box, part.n);
	for (int tight = 1; tight >= 0; tight--)
		bins[tight] = pack_boxes(k->g->rows, k->g->cols, tight, (long)part.n, box, part.n);
	if (bins[1] <= bins[0])
		pack_boxes(k->g->rows, k->g->cols, true, (long)part.n, box, part.n);
	qsort(box, part.n, sizeof(*box), by_bin);
	for (size_t i = 0; i < part.n; i++) {
		pack_put(&image, (struct pack_spot){ part.spot[box[i].ref].part, box[i].row, box[i].col });
		if (i + 1 == part.n || box[i + 1].bin != box[i].bin)
			emit_image(out, k, box[i].bin, &image);
	}
	free(box);
	free(part.spot);
	free(image.spot);
}

int place_shelves(const struct place_geometry *g, bool row_cuts, const struct place_block *b, size_t n, struct placement *out, struct err *e)
{
	struct pack k;

	if (pack_init(&k, g, true, true, b, n, e))
		return -1;
	if (row_cuts)
		place_area(out, &k);
	else
		place_whole(out, &k);
	pack_release(&k);
	return 0;
}

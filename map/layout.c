/* From place/ to tiles and turns.
 *
 * packed says itself which array an image belongs to. The images of the other placements are dealt here: an image whose sums are complete goes to
 * the tile that is free first; images that share outputs stand side by side in one turn, so that OUT can add them up, and where they are more
 * than there are tiles they go round all tiles, turn by turn. Where OUT could not name the tiles of a sum then, they go round three tiles.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/plan.h"
#include "common/mem.h"
#include "map/number.h"
#include <stdlib.h>

enum { MOST_TILES = 64, ANY_SET = 3 /* of so many tiles side by side, any are a tile set of OUT */ };

/* ---- place_make, one stage or both ---- */

/* blocks that begin at the same address share their inputs */
static void list_blocks(const struct plan_view *v, int stage, struct place_block *b)
{
	for (int i = 0; i < v->n_blocks; i++) {
		const struct plan_block *from = &v->block[i];

		b[i] = (struct place_block){ .in = from->in, .out = from->out, .in_p = from->in, .out_p = from->out, .stage = from->part, .phase = stage,
			.input = from->x, .real = true };
	}
}

/* every block of a part by itself in arrays of its own */
static bool is_cut(const struct cfg *c, enum place_kind kind, const struct plan_part *part)
{
	bool fits = part->in <= c->rows && (long)part->out * num_slices(c) <= num_columns(c);

	switch (kind) {
	case PLACE_LINEAR:
		return true;
	case PLACE_SPARSE:
		return !fits;
	case PLACE_DENSE:
		return !fits || part->blocks == 1;
	case PLACE_STRIDED:
		return part->blocks == 1;
	default:
		return false;
	}
}

static bool any_cut(const struct cfg *c, enum place_kind kind, const struct plan_view *v)
{
	for (int i = 0; i < v->n_parts; i++)
		if (is_cut(c, kind, &v->part[i]))
			return true;
	return false;
}

/* The columns of an array that a cut uses: as equal groups of outputs as can be (numerics.md section 8), so that tiles finish together. */
static int cut_columns(const struct cfg *c, int out)
{
	int K = num_slices(c), wide = num_columns(c) / K, groups;

	if (!wide)
		return num_columns(c);
	groups = (out + wide - 1) / wide;
	return (out + groups - 1) / groups * K;
}

/* cut: outputs of the block that is cut, 0: none is */
static struct place_geometry geometry(const struct cfg *c, const struct plan_wish *w, int cut)
{
	return (struct place_geometry){ .rows = c->rows, .cols = cut ? cut_columns(c, cut) : num_columns(c), .slices = num_slices(c), .adcs = c->adcs,
		.arrays = w->kind == PLACE_PACKED ? w->tiles : 0 };
}

/* a placement, of first_stage from its block block0 on, or of all of it and the next one, appended to the plan, blocks counted by stage */
static void append(struct plan *p, const struct placement *from, int first_stage, int block0)
{
	size_t pieces = p->n_pieces, steps = p->n_steps, images = p->n_images;
	int n_first = p->stage[first_stage].view.n_blocks;

	p->piece = mem_realloc(p->piece, pieces + from->n_pieces, sizeof(*p->piece));
	p->step = mem_realloc(p->step, steps + from->n_steps, sizeof(*p->step));
	p->image = mem_realloc(p->image, images + from->n_images, sizeof(*p->image));
	for (size_t i = 0; i < from->n_images; i++)
		p->image[images + i] = (struct plan_image){ 0 };
	for (size_t i = 0; i < from->n_steps; i++) {
		struct place_step at = from->step[i];
		struct plan_image *m = &p->image[images + (size_t)at.image];

		for (size_t q = at.piece; q < at.piece + (size_t)at.n_pieces; q++) {
			p->piece[pieces + q] = from->piece[q];
			p->piece[pieces + q].block += at.phase > first_stage ? -n_first : block0;
		}
		at.piece += pieces;
		at.image += (int)images;
		if (!m->n_steps++)
			m->step = steps + i;
		p->step[steps + i] = (struct plan_step){ at.phase, at };
	}
	p->n_pieces += from->n_pieces;
	p->n_steps += from->n_steps;
	p->n_images += from->n_images;
}

/* n blocks, of stage first from its block block0 on (perhaps all of it and the next one); place: of the images, tile and turn as place/ says */
static int place_blocks(const struct cfg *c, const struct plan_wish *w, int cut, const struct place_block *b, int n, int first, int block0, struct plan *p, struct err *e)
{
	struct place_geometry g = geometry(c, w, cut);
	struct placement out;
	size_t images = p->n_images;

	if (place_make(&g, w->kind, w->mode, true, b, (size_t)n, &out, e))
		return -1;
	append(p, &out, first, block0);
	p->array = mem_realloc(p->array, p->n_images, sizeof(*p->array));
	for (size_t i = images; i < p->n_images; i++)
		p->array[i] = (struct plan_array){ .tile = (int)out.image[i - images].array, .turn = out.image[i - images].turn, .image = i };
	place_release(&out);
	return 0;
}

/* part by part: the columns of a cut depend on its outputs */
static int place_parts(const struct cfg *c, const struct plan_wish *w, int stage, struct plan *p, struct err *e)
{
	const struct plan_view *v = &p->stage[stage].view;
	struct place_block *b = MEM_NEW((size_t)v->n_blocks, struct place_block);
	int status = 0;

	list_blocks(v, stage, b);
	for (int i = 0; i < v->n_parts && !status; i++) {
		const struct plan_part *part = &v->part[i];

		status = place_blocks(c, w, is_cut(c, w->kind, part) ? v->block[part->block].out : 0, b + part->block, part->n_blocks, stage, part->block, p, e);
	}
	free(b);
	return status;
}

/* stages first..last in arrays that they may share */
static int place_stages(const struct cfg *c, const struct plan_wish *w, int first, int last, struct plan *p, struct err *e)
{
	const struct plan_view *v = &p->stage[first].view, *next = &p->stage[last].view;
	int n = v->n_blocks + (last > first ? next->n_blocks : 0), status;
	struct place_block *b;

	if (any_cut(c, w->kind, v))
		return place_parts(c, w, first, p, e);
	b = MEM_NEW((size_t)n, struct place_block);
	list_blocks(v, first, b);
	if (last > first)
		list_blocks(next, last, b + v->n_blocks);
	status = place_blocks(c, w, 0, b, n, first, 0, p, e);
	free(b);
	return status;
}

/* ---- dealing ---- */

/* first image of the set that each image belongs to: images of a set share outputs, one with the other or over third ones */
static size_t *find_sets(const struct plan *p)
{
	size_t *set = MEM_NEW(p->n_images, size_t), *owner[2] = { 0 };

	for (int i = 0; i < p->n_stages; i++)
		owner[i] = MEM_NEW((size_t)p->stage[i].view.channels, size_t);
	for (size_t i = 0; i < p->n_images; i++)
		set[i] = i;
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct plan_step *s = &p->step[i];
		const struct plan_view *v = &p->stage[s->stage].view;

		size_t image = (size_t)s->at.image;

		for (size_t q = s->at.piece; q < s->at.piece + (size_t)s->at.n_pieces; q++) {
			const struct place_piece *x = &p->piece[q];

			for (int o = x->out0; o < x->out0 + x->n_out; o++) {
				size_t *own = &owner[s->stage][plan_channel(v, x->block, o)], a, b;

				if (!*own) {
					*own = image + 1;
					continue;
				}
				for (a = *own - 1; set[a] != a; a = set[a])
					set[a] = set[set[a]];
				for (b = image; set[b] != b; b = set[b])
					set[b] = set[set[b]];
				set[a > b ? a : b] = a > b ? b : a;
			}
		}
	}
	for (size_t i = 0; i < p->n_images; i++)
		set[i] = set[set[i]]; /* the first of a set has the least number, and those before have found it */
	free(owner[0]);
	free(owner[1]);
	return set;
}

/* n tiles side by side that are free first; the turn in which they are */
static int free_tiles(const int *next, int tiles, int n, int *turn)
{
	int best = 0;

	for (int t = 0; t + n <= tiles; t++) {
		int latest = 0;

		for (int i = t; i < t + n; i++)
			if (next[i] > latest)
				latest = next[i];
		if (!t || latest < *turn) {
			best = t;
			*turn = latest;
		}
	}
	return best;
}

/* sets of images: where they go */
struct dealer {
	struct plan *p;
	int tiles;
	int *next;               /* [tiles] turn in which a tile is free */
	uint64_t *parts[2];      /* of a stage's outputs: tiles that hold parts, zero between two sets */
};

/* n images on `width` tiles side by side, those that are free first */
static void put_set(struct dealer *d, const size_t *image, int n, int width)
{
	int turn = 0, tile = free_tiles(d->next, d->tiles, n < width ? n : width, &turn);

	for (int i = 0; i < n; i++) {
		struct plan_array *a = &d->p->array[image[i]];

		a->tile = tile + i % width;
		a->turn = turn + i / width;
	}
}

/* first, first + stride, .. */
static bool is_tile_set(uint64_t tiles)
{
	int last = -1, stride = 0;

	for (int t = 0; t < MOST_TILES; t++) {
		if (!(tiles >> t & 1))
			continue;
		if (stride && t - last != stride)
			return false;
		if (last >= 0)
			stride = t - last;
		last = t;
	}
	return true;
}

/* the parts of an image's outputs are noted (true); or what was noted is judged and forgotten: whether OUT can name the tiles of every output */
static bool note_parts(struct dealer *d, const struct plan_array *a, bool note)
{
	const struct plan *p = d->p;
	const struct plan_image *m = &p->image[a->image];
	bool all = true;

	for (size_t s = m->step; s < m->step + m->n_steps; s++) {
		for (int q = 0; q < p->step[s].at.n_pieces; q++) {
			const struct place_piece *x = &p->piece[p->step[s].at.piece + (size_t)q];
			uint64_t *parts = d->parts[p->step[s].stage] + plan_channel(&p->stage[p->step[s].stage].view, x->block, 0);

			for (int o = x->out0; o < x->out0 + x->n_out; o++) {
				all = all && (note || is_tile_set(parts[o]));
				parts[o] = note ? parts[o] | (uint64_t)1 << a->tile : 0;
			}
		}
	}
	return all;
}

static bool sums_are_tile_sets(struct dealer *d, const size_t *image, int n)
{
	bool all = true;

	for (int i = 0; i < n; i++)
		note_parts(d, &d->p->array[image[i]], true);
	for (int i = 0; i < n; i++)
		all = note_parts(d, &d->p->array[image[i]], false) && all;
	return all;
}

static void deal_set(struct dealer *d, const size_t *image, int n)
{
	put_set(d, image, n, d->tiles);
	if (n > ANY_SET && !sums_are_tile_sets(d, image, n))
		put_set(d, image, n, d->tiles < ANY_SET ? d->tiles : ANY_SET);
	for (int i = 0; i < n; i++) {
		const struct plan_array *a = &d->p->array[image[i]];

		if (d->next[a->tile] <= a->turn)
			d->next[a->tile] = a->turn + 1;
	}
}

/* images from.. of the plan, whose sets are among themselves */
static void deal(struct plan *p, size_t from, int tiles)
{
	size_t *set = find_sets(p), *first = MEM_NEW(p->n_images + 1, size_t), *member = MEM_NEW(p->n_images, size_t);
	struct dealer d = { .p = p, .tiles = tiles, .next = MEM_NEW((size_t)tiles, int) };

	for (int i = 0; i < p->n_stages; i++)
		d.parts[i] = MEM_NEW((size_t)p->stage[i].view.channels, uint64_t);
	/* members of a set side by side; first[i]: of set i */
	for (size_t i = from; i < p->n_images; i++)
		first[set[i]]++;
	for (size_t i = from, sum = 0; i <= p->n_images; i++) {
		size_t n = first[i];

		first[i] = sum;
		sum += n;
	}
	for (size_t i = from; i < p->n_images; i++)
		member[first[set[i]]++] = i;
	/* now first[i] is the end of set i */
	for (size_t i = from, begin = 0; i < p->n_images; begin = first[i++])
		if (first[i] > begin)
			deal_set(&d, member + begin, (int)(first[i] - begin));
	free(d.next);
	free(d.parts[0]);
	free(d.parts[1]);
	free(member);
	free(first);
	free(set);
}

static int earliest_stage(const struct plan *p, const struct plan_image *m)
{
	int first = p->n_stages - 1;

	for (size_t s = m->step; s < m->step + m->n_steps; s++)
		if (p->step[s].stage < first)
			first = p->step[s].stage;
	return first;
}

static int by_load(const void *x, const void *y)
{
	const struct plan_array *a = x, *b = y;

	if (a->stage != b->stage)
		return a->stage < b->stage ? -1 : 1;
	if (a->turn != b->turn)
		return a->turn < b->turn ? -1 : 1;
	return a->tile < b->tile ? -1 : a->tile > b->tile;
}

int plan_layout(const struct cfg *c, const struct plan_wish *w, struct plan *p, struct err *e)
{
	bool together = p->resident && (w->kind == PLACE_STRIDED || w->kind == PLACE_PACKED || w->kind == PLACE_DENSE);
	int tiles = num_usable_tiles(c);

	if (together && w->kind != PLACE_PACKED)
		for (int i = 0; i < p->n_stages; i++)
			together = together && !any_cut(c, w->kind, &p->stage[i].view);
	for (int i = 0; i < p->n_stages; i += together ? 2 : 1) {
		size_t images = p->n_images;

		if (place_stages(c, w, i, together ? p->n_stages - 1 : i, p, e))
			return -1;
		if (w->kind != PLACE_PACKED && !p->resident)
			deal(p, images, tiles);
	}
	if (w->kind != PLACE_PACKED && p->resident)
		deal(p, 0, tiles);
	p->n_arrays = p->n_images;
	for (size_t i = 0; i < p->n_arrays; i++) {
		struct plan_array *a = &p->array[i];

		a->stage = earliest_stage(p, &p->image[a->image]);
		if (p->resident && a->turn)
			return 1;
	}
	qsort(p->array, p->n_arrays, sizeof(*p->array), by_load);
	return 0;
}

/* Free rectangles by height, then by the power of two of their width (as memory allocators do it): near-linear time whatever the sizes. pack_boxes.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/pack_boxes.h"
#include "common/mem.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	WIDTH_CLASSES = 31,
	LOOK = 32,               /* rectangles of one class that a search looks at */
	NONE = -1,
};

struct hole { int w, h; long bin; int row, col; long next; };
struct level { int h; long head[WIDTH_CLASSES]; }; /* holes of one height */

struct space {
	struct hole *hole; size_t n_holes;
	struct level *level; size_t n_levels, most_levels; /* ascending h */
};

static int by_size(const void *x, const void *y)
{
	const struct pack_box *a = x, *b = y;

	if (a->h != b->h)
		return a->h > b->h ? -1 : 1;
	if (a->w != b->w)
		return a->w > b->w ? -1 : 1;
	return a->ref < b->ref ? -1 : a->ref > b->ref;
}

void pack_boxes_sort(struct pack_box *box, size_t n)
{
	qsort(box, n, sizeof(*box), by_size);
}

static int width_class(int w)
{
	int c = 0;

	while (w >>= 1)
		c++;
	return c;
}

/* first level of height >= h */
static size_t find_level(const struct space *s, int h)
{
	size_t lo = 0, hi = s->n_levels;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->level[mid].h < h)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void put_hole(struct space *s, struct hole x)
{
	size_t at = find_level(s, x.h);
	long *head;

	if (x.w <= 0 || x.h <= 0)
		return;
	if (at == s->n_levels || s->level[at].h != x.h) {
		if (s->n_levels == s->most_levels) {
			s->most_levels = s->most_levels ? 2 * s->most_levels : 8;
			s->level = mem_realloc(s->level, s->most_levels, sizeof(*s->level));
		}
		memmove(&s->level[at + 1], &s->level[at], (s->n_levels++ - at) * sizeof(*s->level));
		s->level[at].h = x.h;
		for (int c = 0; c < WIDTH_CLASSES; c++)
			s->level[at].head[c] = NONE;
	}
	head = &s->level[at].head[width_class(x.w)];
	x.next = *head;
	*head = (long)s->n_holes;
	*MEM_PUSH(s->hole, s->n_holes) = x;
}

/* takes the narrowest hole of a list that is wide enough, of the first LOOK */
static bool take(struct space *s, long *head, int w, struct hole *out)
{
	long *best = NULL;

	for (int i = 0; i < LOOK && *head != NONE; i++, head = &s->hole[*head].next)
		if (s->hole[*head].w >= w && (!best || s->hole[*head].w < s->hole[*best].w))
			best = head;
	if (!best)
		return false;
	*out = s->hole[*best];
	*best = out->next;
	return true;
}

static bool take_hole(struct space *s, int w, int h, struct hole *out)
{
	for (size_t l = find_level(s, h); l < s->n_levels; l++)
		for (int c = width_class(w); c < WIDTH_CLASSES; c++)
			if (take(s, &s->level[l].head[c], w, out))
				return true;
	return false;
}

long pack_boxes(int rows, int cols, bool tight, long most, struct pack_box *box, size_t n)
{
	struct space s = { 0 };
	long bins = 0;
	int64_t more = 0; /* width of the boxes of this height that are not placed yet */

	for (size_t i = 0; i < n; i++) {
		struct pack_box *x = &box[i];
		struct hole hole;
		int shelf;

		if (i == 0 || x->h != box[i - 1].h)
			for (size_t j = i; j < n && box[j].h == x->h; j++)
				more += box[j].w;
		more -= x->w;
		if (!take_hole(&s, x->w, x->h, &hole)) {
			if (bins == most) {
				bins = -1;
				break;
			}
			hole = (struct hole){ .w = cols, .h = rows, .bin = bins++ };
		}
		x->bin = hole.bin;
		x->row = hole.row;
		x->col = hole.col;
		shelf = tight && more < hole.w - x->w ? (int)more : hole.w - x->w; /* beside the box */
		put_hole(&s, (struct hole){ hole.w - x->w - shelf, hole.h, hole.bin, hole.row, hole.col + x->w + shelf, NONE });
		put_hole(&s, (struct hole){ x->w + shelf, hole.h - x->h, hole.bin, hole.row + x->h, hole.col, NONE });
		put_hole(&s, (struct hole){ shelf, x->h, hole.bin, hole.row, hole.col + x->w, NONE });
	}
	free(s.hole);
	free(s.level);
	return bins;
}

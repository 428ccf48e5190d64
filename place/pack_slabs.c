/* Cutting stock by the tallest first: each slab takes one column of the greatest height left and the best filling of the rest (a bounded subset sum), as often as there are
 * columns for it. At least one height runs short with every slab, so there are few. pack_slabs.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/pack_slabs.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

struct search {
	int rows;
	int64_t *left;           /* [rows + 1] units not placed yet, by height */
	int *last;               /* [rows + 1] height that first reached this sum; 0: not reached */
	int *used;               /* [rows + 1] how many of the height at hand the sum took */
};

/* largest sum <= space of heights <= most, with last[] to walk back; tall ones first, so sums consist of few */
static int fill(struct search *s, int space, int most)
{
	int best = 0;

	memset(s->last, 0, ((size_t)space + 1) * sizeof(*s->last));
	for (int h = most < space ? most : space; h >= 1 && best < space; h--) {
		if (!s->left[h])
			continue;
		memset(s->used, 0, ((size_t)space + 1) * sizeof(*s->used));
		for (int sum = h; sum <= space; sum++) {
			int from = sum - h;

			if (s->last[sum] || (from && !s->last[from]) || s->used[from] >= s->left[h])
				continue;
			s->last[sum] = h;
			s->used[sum] = s->used[from] + 1;
			best = sum > best ? sum : best;
		}
	}
	return best;
}

/* height to cut for a foot of `foot` rows, 0: none. One that leaves rows of a height there is, else the tallest. */
static int choose_cut(const struct search *s, int foot, int least_cut)
{
	int tallest = 0;

	if (foot < least_cut)
		return 0;
	for (int h = s->rows; h >= foot + least_cut; h--) {
		if (!s->left[h])
			continue;
		if (s->left[h - foot])
			return h;
		tallest = tallest ? tallest : h;
	}
	return tallest;
}

static void put_item(struct slabs *s, struct slab_item i)
{
	*MEM_PUSH(s->item, s->n_items) = i;
}

/* all of a slab's items have been taken from left[] once; as many more as there are */
static int64_t repeat(struct search *s, const struct slab_item *item, size_t n)
{
	int64_t most = INT64_MAX;

	for (size_t i = 0; i < n; i++) {
		int64_t per_unit = 0;

		for (size_t j = 0; j < n; j++)
			per_unit += item[j].height == item[i].height;
		if (s->left[item[i].height] / per_unit < most)
			most = s->left[item[i].height] / per_unit;
	}
	for (size_t i = 0; i < n; i++)
		s->left[item[i].height] -= most;
	return most + 1;
}

static void put_slab(struct slabs *out, struct search *s, int top, int least_cut)
{
	size_t first = out->n_items;
	struct slab slab = { .item = first };
	int space = s->rows - top, sum, cut;

	put_item(out, (struct slab_item){ top, 0 });
	s->left[top]--;
	sum = fill(s, space, top);
	space -= sum;
	for (; sum; sum -= s->last[sum]) {
		put_item(out, (struct slab_item){ s->last[sum], 0 });
		s->left[s->last[sum]]--;
	}
	for (size_t i = first + 1, j = out->n_items - 1; i < j; i++, j--) { /* tall ones first */
		struct slab_item swap = out->item[i];

		out->item[i] = out->item[j];
		out->item[j] = swap;
	}
	cut = choose_cut(s, space, least_cut);
	if (cut) {
		put_item(out, (struct slab_item){ cut, space });
		s->left[cut]--;
	}
	slab.n_items = out->n_items - first;
	slab.units = repeat(s, &out->item[first], slab.n_items);
	if (cut) {
		s->left[cut - space] += slab.units;
		out->cuts += slab.units;
	}
	*MEM_PUSH(out->slab, out->n) = slab;
	out->units += slab.units;
}

void pack_slabs(struct slabs *out, int rows, const int64_t *count, int least_cut)
{
	size_t n = (size_t)rows + 1;
	struct search s = { rows, MEM_NEW(n, int64_t), MEM_NEW(n, int), MEM_NEW(n, int) };

	*out = (struct slabs){ 0 };
	memcpy(s.left, count, n * sizeof(*count));
	for (int top = rows; top >= 1; ) {
		if (s.left[top])
			put_slab(out, &s, top, least_cut);
		else
			top--;
	}
	free(s.left);
	free(s.last);
	free(s.used);
}

void pack_slabs_release(struct slabs *s)
{
	free(s->slab);
	free(s->item);
}

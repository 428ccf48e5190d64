/* One array's parts as boxes: aligned to the converters first, then not. spread_lay.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/spread_lay.h"
#include "place/pack_boxes.h"
#include "common/mem.h"
#include <stdlib.h>

void spread_put(struct layout *l, struct laid x)
{
	*MEM_PUSH(l->at, l->n) = x;
}

/* boxes of a part: no wider than the array */
static size_t put_boxes(const struct pack *k, const struct pack_part *part, size_t n, bool aligned, struct pack_box *box)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		for (int64_t left = part[i].units; left > 0; left -= k->width, count++) {
			int w = (int)(left < k->width ? left : k->width) * k->unit, whole = aligned ? (w + k->g->adcs - 1) / k->g->adcs * k->g->adcs : w;

			if (box)
				box[count] = (struct pack_box){ .w = whole < k->g->cols ? whole : k->g->cols, .h = part[i].n_in, .ref = count };
		}
	return count;
}

static int by_ref(const void *x, const void *y)
{
	const struct pack_box *a = x, *b = y;

	return a->ref < b->ref ? -1 : a->ref > b->ref;
}

bool spread_lay_whole(struct layout *l, const struct pack *k, const struct pack_part *part, size_t n, long array)
{
	size_t count = put_boxes(k, part, n, false, NULL), next = 0;
	struct pack_box *box = MEM_NEW(count, struct pack_box);
	bool ok = false;

	for (int way = 0; way < 4 && !ok; way++) {
		put_boxes(k, part, n, way < 2, box);
		pack_boxes_sort(box, count);
		ok = pack_boxes(k->g->rows, k->g->cols, way % 2 == 0, 1, box, count) >= 0;
	}
	if (ok)
		qsort(box, count, sizeof(*box), by_ref);
	for (size_t i = 0; ok && i < n; i++)
		for (int64_t at = 0; at < part[i].units; at += k->width, next++) {
			struct pack_part p = part[i];

			p.unit0 += at;
			p.units = p.units - at < k->width ? p.units - at : k->width;
			spread_put(l, (struct laid){ { p, box[next].row, box[next].col }, array, 0 });
		}
	free(box);
	return ok || spread_lay_pooled(l, k, part, n, array, 1, k->width, 1);
}

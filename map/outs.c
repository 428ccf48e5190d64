/* Results -> OUTs. Channels are numbered as results leave, so that consecutive words have consecutive channels.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/plan.h"
#include "common/mem.h"
#include <stdlib.h>

enum { MOST_COUNT = 65535 /* 16 bits */ };

/* a result on its way out */
struct leaving { struct plan_use use; int raw; };

static int by_leaving(const void *x, const void *y)
{
	const struct leaving *a = x, *b = y;
	const int key[][2] = { { a->use.last, b->use.last }, { a->use.slot, b->use.slot }, { a->use.tile, b->use.tile },
		{ a->use.tile_stride, b->use.tile_stride }, { a->use.n_tiles, b->use.n_tiles }, { a->use.word, b->use.word } };

	for (size_t i = 0; i < sizeof(key) / sizeof(*key); i++)
		if (key[i][0] != key[i][1])
			return key[i][0] < key[i][1] ? -1 : 1;
	return 0;
}

static bool follows(const struct leaving *a, const struct leaving *b)
{
	return a->use.last == b->use.last && a->use.slot == b->use.slot && a->use.tiles == b->use.tiles && b->use.word == a->use.word + 1;
}

/* results first..end - 1 stand in consecutive words of one tile set */
static void put_run(struct plan *p, int stage, const struct leaving *r, int first, int end)
{
	struct plan_stage *s = &p->stage[stage];
	int *mid = MEM_NEW((size_t)(end - first), int);

	for (int i = first; stage + 1 < p->n_stages && i < end; i++)
		mid[i - first] = plan_mid_result(p, r[i].raw);
	for (int i = first, n; i < end; i += n) {
		const struct plan_use *u = &r[i].use;
		struct plan_out o = { .slot = u->slot, .tile = u->tile, .tile_stride = u->tile_stride, .n_tiles = u->n_tiles, .acc = u->word, .channel = i };

		n = end - i < MOST_COUNT ? end - i : MOST_COUNT;
		if (stage + 1 < p->n_stages)
			n = (int)plan_pattern_fit(mid + i - first, (size_t)n, &o.mid);
		o.count = n;
		*MEM_PUSH(s->out, s->n_outs) = o;
	}
	free(mid);
}

void plan_outs(struct plan *p, int stage, const struct plan_use *use, bool fine)
{
	struct plan_stage *s = &p->stage[stage];
	int n = s->view.channels, at = 0;
	struct leaving *r = MEM_NEW((size_t)n, struct leaving);

	s->raw = MEM_NEW((size_t)n, int);
	for (int i = 0; i < n; i++) {
		r[i] = (struct leaving){ use[i], i };
		if (!fine)
			r[i].use.slot = s->act[s->pass[use[i].last].act + s->pass[use[i].last].n_acts - 1].slot;
	}
	qsort(r, (size_t)n, sizeof(*r), by_leaving);
	for (size_t t = 0; t < s->n_passes; t++) {
		s->pass[t].out = s->n_outs;
		for (int end; at < n && r[at].use.last == (int)t; at = end) {
			for (end = at + 1; end < n && follows(&r[end - 1], &r[end]); end++)
				;
			put_run(p, stage, r, at, end);
		}
		s->pass[t].n_outs = s->n_outs - s->pass[t].out;
	}
	for (int i = 0; i < n; i++)
		s->raw[i] = r[i].raw;
	free(r);
}

/* Groups of blocks, and images from spots. pack.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/pack.h"
#include "common/mem.h"
#include "place/cut.h"
#include <stdlib.h>

/* row chunk of a block; first: the first block of its group */
struct chunk { int block, first, phase, in0, n_in; int64_t input; };

#define ORDER(a, b) do { if ((a) != (b)) return (a) < (b) ? -1 : 1; } while (0)

static int by_input(const void *x, const void *y)
{
	const struct chunk *a = x, *b = y;

	ORDER(a->phase, b->phase);
	ORDER(a->input, b->input);
	ORDER(a->in0, b->in0);
	ORDER(a->n_in, b->n_in);
	ORDER(a->block, b->block);
	return 0;
}

static int by_use(const void *x, const void *y)
{
	const struct chunk *a = x, *b = y;

	ORDER(a->phase, b->phase);
	ORDER(a->first, b->first);
	ORDER(a->in0, b->in0);
	ORDER(a->block, b->block);
	return 0;
}

static int by_height_and_use(const void *x, const void *y)
{
	const struct chunk *a = x, *b = y;

	ORDER(b->n_in, a->n_in);
	return by_use(x, y);
}

static struct chunk *cut_chunks(int rows, bool chunks, const struct place_block *b, size_t n, size_t *n_chunks)
{
	struct chunk *c;
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += !b[i].real ? 0 : chunks ? ((size_t)b[i].in + (size_t)rows - 1) / (size_t)rows : 1;
	c = MEM_NEW(count, struct chunk);
	*n_chunks = count;
	count = 0;
	for (size_t i = 0; i < n; i++)
		for (int64_t in0 = 0; b[i].real && in0 < b[i].in; ) {
			int n_in = chunks && b[i].in - in0 > rows ? rows : (int)(b[i].in - in0);

			c[count++] = (struct chunk){ (int)i, (int)i, b[i].phase, (int)in0, n_in, b[i].input };
			in0 += n_in;
		}
	return c;
}

/* what the array's size alone makes of the blocks */
static int count_pieces(const struct place_geometry *g, const struct place_block *b, size_t n, struct err *e)
{
	uint64_t pieces = 0;

	for (size_t i = 0; i < n; i++)
		if (b[i].real && cut_count(&pieces, 1, cut_make(b[i].in, b[i].out, g->slices, g->rows, g->cols).n, e))
			return -1;
	return 0;
}

int pack_init(struct pack *k, const struct place_geometry *g, bool chunks, bool by_height, const struct place_block *b, size_t n, struct err *e)
{
	bool whole = g->slices <= g->cols;
	size_t n_chunks;
	struct chunk *c;

	if (count_pieces(g, b, n, e))
		return -1;
	c = cut_chunks(g->rows, chunks, b, n, &n_chunks);
	*k = (struct pack){ .g = g, .b = b, .unit = whole ? g->slices : 1, .width = whole ? g->cols / g->slices : g->cols };
	qsort(c, n_chunks, sizeof(*c), by_input);
	for (size_t i = 1; i < n_chunks; i++)
		if (c[i].phase == c[i - 1].phase && c[i].input == c[i - 1].input && c[i].in0 == c[i - 1].in0 && c[i].n_in == c[i - 1].n_in)
			c[i].first = c[i - 1].first;
	qsort(c, n_chunks, sizeof(*c), by_height ? by_height_and_use : by_use);
	k->run = MEM_NEW(n_chunks, struct pack_run);
	k->group = MEM_NEW(n_chunks, struct pack_group);
	for (size_t i = 0; i < n_chunks; i++) {
		struct pack_group *to;

		if (i == 0 || c[i].first != c[i - 1].first || c[i].in0 != c[i - 1].in0)
			k->group[k->n_groups++] = (struct pack_group){ .run = i, .phase = c[i].phase, .in0 = c[i].in0, .n_in = c[i].n_in };
		to = &k->group[k->n_groups - 1];
		k->run[i] = (struct pack_run){ c[i].block, to->units };
		to->n_runs++;
		to->units += (int64_t)b[c[i].block].out * (whole ? 1 : g->slices);
	}
	free(c);
	return 0;
}

void pack_release(struct pack *k)
{
	free(k->run);
	free(k->group);
}

int pack_round(const struct pack *k)
{
	int units = 1;

	while (units * k->unit % k->g->adcs)
		units++;
	return units;
}

void pack_put(struct pack_spots *l, struct pack_spot s)
{
	*MEM_PUSH(l->spot, l->n) = s;
}

/* units unit0 .. unit0 + units - 1 of a block, from column col on: one piece, or output by output where the units are single columns */
static void put_block(struct placement *p, const struct pack *k, const struct pack_part *part, int block, int64_t unit0, int64_t units, int row, int col)
{
	struct place_piece x = { .block = block, .in0 = part->in0, .n_in = part->n_in, .row = row, .row_stride = 1, .col_stride = 1 };
	int K = k->g->slices;

	if (k->unit == K) {
		x.out0 = (int)unit0;
		x.n_out = (int)units;
		x.n_slice = K;
		x.col = col;
		build_piece(p, x);
		return;
	}
	for (int64_t at = unit0; at < unit0 + units; at += x.n_slice) {
		x.out0 = (int)(at / K);
		x.n_out = 1;
		x.slice0 = (int)(at % K);
		x.n_slice = unit0 + units - at < K - x.slice0 ? (int)(unit0 + units - at) : K - x.slice0;
		x.col = col + (int)(at - unit0);
		build_piece(p, x);
	}
}

static void put_part(struct placement *p, const struct pack *k, const struct pack_spot *s)
{
	const struct pack_group *from = &k->group[s->part.group];
	size_t lo = from->run, hi = from->run + from->n_runs;
	int64_t at = s->part.unit0, end = s->part.unit0 + s->part.units;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (k->run[mid].at <= at)
			lo = mid;
		else
			hi = mid;
	}
	for (; at < end; lo++) {
		int64_t stop = lo + 1 < from->run + from->n_runs ? k->run[lo + 1].at : from->units, to = stop < end ? stop : end;

		put_block(p, k, &s->part, k->run[lo].block, at - k->run[lo].at, to - at, s->row, s->col + (int)(at - s->part.unit0) * k->unit);
		at = to;
	}
}

static int by_place(const void *x, const void *y)
{
	const struct pack_spot *a = x, *b = y;

	ORDER(a->row, b->row);
	ORDER(a->col, b->col);
	return 0;
}

/* b goes on with the activation of a, its left neighbour */
static bool continues(const struct pack *k, const struct pack_spot *a, const struct pack_spot *b)
{
	return a->row == b->row && a->part.group == b->part.group && a->part.in0 == b->part.in0 && a->part.n_in == b->part.n_in && a->col + a->part.units * k->unit == b->col;
}

struct span { size_t first, n; int phase, row, col; }; /* spots of one step */

static int by_phase(const void *x, const void *y)
{
	const struct span *a = x, *b = y;

	ORDER(a->phase, b->phase);
	ORDER(a->row, b->row);
	ORDER(a->col, b->col);
	return 0;
}

static void put_step(struct placement *p, const struct pack *k, const struct pack_spot *s, size_t n, int phase)
{
	int end = s[n - 1].col + (int)s[n - 1].part.units * k->unit;

	build_step(p, (struct place_step){ .row = s->row, .row_stride = 1, .n_rows = s->part.n_in, .col = s->col, .col_stride = 1, .n_cols = end - s->col,
		.most_rows = s->part.n_in, .phase = phase });
	for (size_t i = 0; i < n; i++) {
		struct pack_spot joined = s[i];

		for (; i + 1 < n && s[i + 1].part.unit0 == joined.part.unit0 + joined.part.units; i++)
			joined.part.units += s[i + 1].part.units;
		put_part(p, k, &joined);
	}
}

void pack_emit(struct placement *p, const struct pack *k, struct pack_spot *spot, size_t n)
{
	struct span *span = MEM_NEW(n, struct span);
	size_t n_spans = 0;

	qsort(spot, n, sizeof(*spot), by_place);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || !continues(k, &spot[i - 1], &spot[i]))
			span[n_spans++] = (struct span){ .first = i, .phase = k->group[spot[i].part.group].phase, .row = spot[i].row, .col = spot[i].col };
		span[n_spans - 1].n++;
	}
	qsort(span, n_spans, sizeof(*span), by_phase);
	for (size_t i = 0; i < n_spans; i++)
		put_step(p, k, &spot[span[i].first], span[i].n, span[i].phase);
	free(span);
}

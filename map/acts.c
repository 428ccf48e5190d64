/* Steps -> activations, turn by turn.
 *
 * A step is one activation where its outputs stand in consecutive words and are all begun or all continued by it; else it is one per such run of columns.
 * The n-th activations of all tiles stand together, so that all tiles work; those that are equal on tiles in arithmetic progression are one ACT.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/plan.h"
#include "common/mem.h"
#include "map/number.h"
#include <stdlib.h>
#include <string.h>

/* ---- the vector between the stages ---- */

/* R: result k*b*r + l*r + j; L: input k*r + j of block l. numerics.md section 7 */
static int mid_address(const struct plan *p, int part, int k, int l, int j)
{
	const struct plan_part *R = &p->stage[0].view.part[part];
	int b = R->blocks, r = R->out / b;

	return p->stage[1].view.part[part].x + (p->raw_mid ? k * b * r + l * r + j : l * b * r + k * r + j);
}

int plan_mid_result(const struct plan *p, int channel)
{
	int part = plan_part_of(&p->stage[0].view, channel);
	const struct plan_part *R = &p->stage[0].view.part[part];
	int own = channel - R->channel, r = R->out / R->blocks, i = own % R->out;

	return mid_address(p, part, own / R->out, i / r, i % r);
}

int plan_mid_input(const struct plan *p, int block, int in)
{
	const struct plan_block *at = &p->stage[1].view.block[block];
	const struct plan_part *R = &p->stage[0].view.part[at->part], *L = &p->stage[1].view.part[at->part];
	int r = R->out / R->blocks, l = at->index + in / L->in, i = in % L->in;

	return mid_address(p, at->part, i / r, l, i % r);
}

/* ---- one step ---- */

struct steps {
	const struct cfg *cfg;
	struct plan *p;
	struct plan_stage *s;
	int stage;
	struct plan_use *use;
	int slots[64];           /* activations that a tile has had in this turn */
	struct plan_act *act; size_t n_acts; /* of this turn, before they are merged */
};

/* inputs of the driven rows: every row is of some piece */
static void row_inputs(const struct plan *p, const struct plan_step *st, int *x)
{
	const struct plan_view *v = &p->stage[st->stage].view;

	for (size_t q = st->at.piece; q < st->at.piece + (size_t)st->at.n_pieces; q++) {
		const struct place_piece *k = &p->piece[q];

		for (int u = 0; u < k->n_in; u++) {
			int row = k->row + u * k->row_stride - st->at.row, i = st->at.n_rows > 1 ? row / st->at.row_stride : 0;

			x[i] = st->stage ? plan_mid_input(p, k->block, k->in0 + u) : v->block[k->block].x + k->in0 + u;
		}
	}
}

static struct plan_pattern step_pattern(const struct plan *p, const struct plan_step *st, size_t *fits)
{
	int *x = MEM_NEW((size_t)st->at.n_rows, int);
	struct plan_pattern pattern;

	row_inputs(p, st, x);
	*fits = plan_pattern_fit(x, (size_t)st->at.n_rows, &pattern);
	free(x);
	return pattern;
}

bool plan_fits_raw_mid(const struct plan *p)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		size_t fits;

		if (p->step[i].stage != 1)
			continue;
		step_pattern(p, &p->step[i], &fits);
		if (fits < (size_t)p->step[i].at.n_rows)
			return false;
	}
	return true;
}

static int by_column(const void *x, const void *y)
{
	const struct place_piece *const *a = x, *const *b = y;

	return (*a)->col - (*b)->col;
}

/* whether outputs o.. of piece x, from column index col, go on with activation a */
static bool goes_on(const struct plan_act *a, const struct place_piece *x, int col, int word, bool add)
{
	return a->n_cols && col == a->col + a->n_cols && x->slice0 == a->slice0 && x->n_slice == a->n_slice && word == a->acc + a->n_cols / a->n_slice && add == a->add;
}

static void put_act(struct steps *b, struct plan_act *a, const struct place_step *at, int tile)
{
	if (!a->n_cols)
		return;
	a->slot = b->slots[tile]++;
	/* so far in steps of the column stride */
	a->col = at->col + a->col * at->col_stride;
	*MEM_PUSH(b->act, b->n_acts) = *a;
	a->n_cols = 0;
}

static void take_step(struct steps *b, const struct plan_step *st, const struct plan_array *array)
{
	const struct place_piece **piece = MEM_NEW((size_t)st->at.n_pieces, const struct place_piece *);
	size_t fits;
	struct plan_act a = { .tile = array->tile, .tile_stride = 1, .tile_count = 1, .row = st->at.row, .row_stride = st->at.n_rows > 1 ? st->at.row_stride : 1, .n_rows = st->at.n_rows,
		.col_stride = st->at.n_cols > 1 ? st->at.col_stride : 1, .bits = num_resolution(b->cfg, st->at.most_rows), .x = step_pattern(b->p, st, &fits) };

	if (fits < (size_t)st->at.n_rows)
		BUG("the inputs of an activation are no address pattern");
	for (int i = 0; i < st->at.n_pieces; i++)
		piece[i] = &b->p->piece[st->at.piece + (size_t)i];
	qsort(piece, (size_t)st->at.n_pieces, sizeof(const struct place_piece *), by_column);
	for (int i = 0; i < st->at.n_pieces; i++) {
		const struct place_piece *x = piece[i];

		for (int o = 0; o < x->n_out; o++) {
			struct plan_use *u = &b->use[plan_channel(&b->s->view, x->block, x->out0 + o)];
			uint64_t tile = (uint64_t)1 << array->tile;
			bool add = (u->touched & tile) != 0;
			int col = (x->col - st->at.col) / a.col_stride + o * x->n_slice;

			if (!goes_on(&a, x, col, u->word, add)) {
				put_act(b, &a, &st->at, array->tile);
				a.col = col;
				a.slice0 = x->slice0;
				a.n_slice = x->n_slice;
				a.acc = u->word;
				a.add = add;
			}
			a.n_cols += x->n_slice;
			u->touched |= tile;
			if (array->turn == u->last && b->slots[array->tile] > u->slot)
				u->slot = b->slots[array->tile]; /* the number that `a` will get */
		}
	}
	put_act(b, &a, &st->at, array->tile);
	free(piece);
}

/* ---- one turn ---- */

static int by_slot(const void *x, const void *y)
{
	const struct plan_act *a = x, *b = y;

	if (a->slot != b->slot)
		return a->slot - b->slot;
	return a->tile - b->tile;
}

static bool same_but_tile(const struct plan_act *a, const struct plan_act *b)
{
	struct plan_act other = *b;

	other.tile = a->tile;
	other.tile_stride = a->tile_stride;
	other.tile_count = a->tile_count;
	return !memcmp(a, &other, sizeof(other));
}

/* act[0..n-1]: all of one slot, tiles ascending */
static void merge_slot(struct steps *b, struct plan_act *act, size_t n)
{
	bool taken[64] = { false };

	for (size_t i = 0; i < n; i++) {
		struct plan_act a = act[i];

		if (taken[i])
			continue;
		for (size_t j = i + 1; j < n; j++) {
			int next = a.tile + a.tile_count * a.tile_stride;

			if (taken[j] || (a.tile_count > 1 && act[j].tile != next) || !same_but_tile(&a, &act[j]))
				continue;
			if (a.tile_count == 1)
				a.tile_stride = act[j].tile - a.tile;
			a.tile_count++;
			taken[j] = true;
		}
		*MEM_PUSH(b->s->act, b->s->n_acts) = a;
	}
}

static void take_turn(struct steps *b, size_t array, size_t n)
{
	*MEM_PUSH(b->s->pass, b->s->n_passes) = (struct plan_pass){ .array = array, .n_arrays = n, .act = b->s->n_acts };
	memset(b->slots, 0, sizeof(b->slots));
	b->n_acts = 0;
	for (size_t i = array; i < array + n; i++) {
		const struct plan_image *m = &b->p->image[b->p->array[i].image];

		for (size_t s = m->step; s < m->step + m->n_steps; s++)
			if (b->p->step[s].stage == b->stage)
				take_step(b, &b->p->step[s], &b->p->array[i]);
	}
	qsort(b->act, b->n_acts, sizeof(*b->act), by_slot);
	for (size_t i = 0, end; i < b->n_acts; i = end) {
		for (end = i; end < b->n_acts && b->act[end].slot == b->act[i].slot; end++)
			;
		merge_slot(b, b->act + i, end - i);
	}
	b->s->pass[b->s->n_passes - 1].n_acts = b->s->n_acts - b->s->pass[b->s->n_passes - 1].act;
}

void plan_acts(const struct cfg *c, struct plan *p, int stage, struct plan_use *use)
{
	struct steps b = { .cfg = c, .p = p, .s = &p->stage[stage], .stage = stage, .use = use };

	if (p->resident) {
		take_turn(&b, 0, p->n_arrays);
		free(b.act);
		return;
	}
	for (size_t i = 0, end; i < p->n_arrays; i = end) {
		for (end = i; end < p->n_arrays && p->array[end].stage == p->array[i].stage && p->array[end].turn == p->array[i].turn; end++)
			;
		if (p->array[i].stage == stage)
			take_turn(&b, i, end - i);
	}
	free(b.act);
}

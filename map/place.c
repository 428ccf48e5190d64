/* Placement: matrices -> pieces in arrays, arrays -> tiles and passes, passes -> activations and results of one token.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/plan.h"
#include "common/mem.h"
#include "map/number.h"

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int ceil_div(int a, int b)
{
	return (a + b - 1) / b;
}

/* the next element of a growing table; capacity doubles at powers of two */
#define PUSH(table, n) (((n) & ((n) - 1)) == 0 ? (table) = mem_realloc((table), (n) ? 2 * (n) : 1, sizeof(*(table))) : (table), &(table)[(n)++])

static void begin_pass(struct plan_stage *s)
{
	*PUSH(s->pass, s->n_passes) = (struct plan_pass){ .array = s->n_arrays, .act = s->n_acts, .out = s->n_outs };
}

static void end_pass(struct plan_stage *s)
{
	struct plan_pass *p = &s->pass[s->n_passes - 1];

	p->n_arrays = s->n_arrays - p->array;
	p->n_acts = s->n_acts - p->act;
	p->n_outs = s->n_outs - p->out;
}

static void add_array(struct plan_stage *s, int tile)
{
	*PUSH(s->array, s->n_arrays) = (struct plan_array){ tile, s->n_pieces, 0 };
}

/* to the newest array */
static void add_piece(struct plan_stage *s, struct plan_piece p)
{
	*PUSH(s->piece, s->n_pieces) = p;
	s->array[s->n_arrays - 1].n_pieces++;
}

/* ---- one block diagonal per array: whole blocks, each its own activation ---- */

int place_blocks_per_array(const struct cfg *c, const struct plan_view *v)
{
	long cols = (long)v->out * num_slices(c);

	return (int)(c->rows / v->in < num_columns(c) / cols ? c->rows / v->in : num_columns(c) / cols);
}

static void diagonal_pass(const struct cfg *c, struct plan_stage *s, int array0, int per_array)
{
	int K = num_slices(c), in = s->view.in, out = s->view.out, bits = num_resolution(c, in);
	int tiles = least(num_usable_tiles(c), ceil_div(s->view.blocks, per_array) - array0);

	begin_pass(s);
	for (int t = 0; t < tiles; t++) {
		int first = (array0 + t) * per_array;

		add_array(s, t);
		for (int q = 0; q < least(per_array, s->view.blocks - first); q++)
			add_piece(s, (struct plan_piece){ first + q, 0, out, 0, in, 0, K, q * in, q * out * K });
	}
	/* slot by slot over the tiles, so that all of them work */
	for (int q = 0; q < per_array; q++) {
		for (int t = 0; t < tiles; t++) {
			int block = (array0 + t) * per_array + q;

			if (block >= s->view.blocks)
				continue;
			*PUSH(s->act, s->n_acts) = (struct plan_act){ q, t, 1, 1, q * in, in, q * out * K, out * K, 0, K, bits, block * in, q * out, false };
			*PUSH(s->out, s->n_outs) = (struct plan_out){ q, t, 1, q * out, block * out, out };
		}
	}
	end_pass(s);
}

void place_diagonal(const struct cfg *c, struct plan_stage *s, int per_array)
{
	int arrays = ceil_div(s->view.blocks, per_array);

	for (int array = 0; array < arrays; array += num_usable_tiles(c))
		diagonal_pass(c, s, array, per_array);
}

/* ---- blocks cut into groups of outputs, one piece per array at its origin ---- */

struct cut {
	const struct cfg *cfg;
	struct plan_stage *s;
	int K, group_out;        /* slices; outputs of a group: as equal as can be, so that tiles finish together */
	int part_cols, parts;    /* slices of one array, arrays that share an output's slices */
	int chunks, arrays;      /* row chunks; arrays of a group, G */
	int groups_per_block, groups;
};

/* groups that the outputs of a block need */
static int groups_of(const struct cfg *c, const struct plan_view *v)
{
	int K = num_slices(c), cols = num_columns(c);

	return ceil_div(v->out, K <= cols ? cols / K : 1);
}

static struct cut cut_of(const struct cfg *c, struct plan_stage *s)
{
	struct cut k = { .cfg = c, .s = s, .K = num_slices(c) };

	k.part_cols = least(k.K, num_columns(c)); /* K is at most 14 */
	k.parts = ceil_div(k.K, k.part_cols);
	k.chunks = ceil_div(s->view.in, c->rows);
	k.arrays = k.chunks * k.parts;
	k.groups_per_block = groups_of(c, &s->view);
	k.group_out = ceil_div(s->view.out, k.groups_per_block);
	k.groups = s->view.blocks * k.groups_per_block;
	return k;
}

/* array i of group g */
static struct plan_piece cut_piece(const struct cut *k, int g, int i)
{
	int out0 = g % k->groups_per_block * k->group_out, in0 = i / k->parts * k->cfg->rows, slice0 = i % k->parts * k->part_cols;

	return (struct plan_piece){ .block = g / k->groups_per_block, .out0 = out0, .n_out = least(k->group_out, k->s->view.out - out0),
		.in0 = in0, .n_in = least(k->cfg->rows, k->s->view.in - in0), .slice0 = slice0, .n_slice = least(k->part_cols, k->K - slice0) };
}

static void cut_act(const struct cut *k, const struct plan_piece *p, int tile, int stride, int count, bool add)
{
	*PUSH(k->s->act, k->s->n_acts) = (struct plan_act){ .tile = tile, .tile_stride = stride, .tile_count = count, .n_rows = p->n_in, .n_cols = p->n_out * p->n_slice,
		.slice0 = p->slice0, .n_slice = p->n_slice, .bits = num_resolution(k->cfg, p->n_in), .x = p->block * k->s->view.in + p->in0, .add = add };
}

static void cut_out(const struct cut *k, int g, int tile)
{
	struct plan_piece p = cut_piece(k, g, 0);

	*PUSH(k->s->out, k->s->n_outs) = (struct plan_out){ .tile = tile, .n_tiles = least(k->arrays, num_usable_tiles(k->cfg)), .channel = p.block * k->s->view.out + p.out0, .count = p.n_out };
}

/* groups first .. first + n - 1 side by side, group j on tiles j*G ..; arrays that read the same rows for the same number of columns share one ACT */
static void narrow_pass(const struct cut *k, int first, int n)
{
	int G = k->arrays;

	begin_pass(k->s);
	for (int j = 0; j < n; j++) {
		for (int i = 0; i < G; i++) {
			add_array(k->s, j * G + i);
			add_piece(k->s, cut_piece(k, first + j, i));
		}
	}
	for (int i = 0; i < G; i++) {
		for (int j = 0, run; j < n; j += run) {
			struct plan_piece p = cut_piece(k, first + j, i), next;

			for (run = 1; j + run < n; run++) {
				next = cut_piece(k, first + j + run, i);
				if (next.block != p.block || next.n_out != p.n_out)
					break;
			}
			cut_act(k, &p, j * G + i, G, run, false);
		}
	}
	for (int j = 0; j < n; j++)
		cut_out(k, first + j, j * G);
	end_pass(k->s);
}

/* a group that needs more arrays than there are tiles: array i on tile i mod tiles, later passes add */
static void wide_passes(const struct cut *k, int g)
{
	int tiles = num_usable_tiles(k->cfg);

	for (int i0 = 0; i0 < k->arrays; i0 += tiles) {
		int n = least(tiles, k->arrays - i0);

		begin_pass(k->s);
		for (int t = 0; t < n; t++) {
			struct plan_piece p = cut_piece(k, g, i0 + t);

			add_array(k->s, t);
			add_piece(k->s, p);
			cut_act(k, &p, t, 1, 1, i0 > 0);
		}
		if (i0 + n == k->arrays)
			cut_out(k, g, 0);
		end_pass(k->s);
	}
}

void place_cut(const struct cfg *c, struct plan_stage *s)
{
	struct cut k = cut_of(c, s);
	int side = num_usable_tiles(c) / k.arrays;

	if (!side) {
		for (int g = 0; g < k.groups; g++)
			wide_passes(&k, g);
		return;
	}
	for (int g = 0; g < k.groups; g += side)
		narrow_pass(&k, g, least(side, k.groups - g));
}

int place_words(const struct cfg *c, const struct plan_view *v, int per_array)
{
	if (per_array)
		return least(per_array, v->blocks) * v->out;
	return ceil_div(v->out, groups_of(c, v));
}

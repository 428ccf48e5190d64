/* Instruction words <-> fields: the table of docs/isa.md section 2 and nothing else.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/map.h"
#include <string.h>

static uint32_t put(int value, int width, int shift)
{
	if (value < 0 || value >> width)
		BUG("%d in a field of %d bits", value, width);
	return (uint32_t)value << shift;
}

static int get(uint32_t word, int width, int shift)
{
	return (int)(word >> shift & ((1u << width) - 1));
}

void map_encode(const struct map_instr *i, uint32_t w[8])
{
	memset(w, 0, 8 * sizeof(*w));
	w[0] = put(i->op, 4, 0) | put(i->flags, 4, 4) | put(i->tile, 8, 8) | put(i->tile_stride, 8, 16) | put(i->tile_count, 8, 24);
	if (i->op == MAP_PARAM || i->op == MAP_OUT)
		w[1] = put(i->channel, 16, 0);
	else
		w[1] = put(i->row_start, 10, 0) | put(i->row_stride, 10, 10) | put(i->row_count, 11, 20);
	w[2] = put(i->col_start, 10, 0) | put(i->col_stride, 10, 10) | put(i->col_count, 11, 20);
	w[3] = put(i->base, 16, 0) | put(i->inner, 16, 16);
	w[4] = put(i->inner_stride, 16, 0) | put(i->outer_stride, 16, 16);
	w[5] = put(i->op == MAP_IDX ? i->imm & 0xffff : i->acc_base, 16, 0) | put(i->count, 16, 16);
	w[6] = put(i->bits, 4, 0) | put(i->set, 2, 4) | put(i->slice0, 4, 8) | put(i->nslice, 4, 12) | put(i->lag, 4, 16);
	w[7] = put(i->r_base, 4, 0) | put(i->r_row, 4, 4) | put(i->r_col, 4, 8) | put(i->r_acc, 4, 12) | put(i->r_tile, 4, 16) | put(i->r_ch, 4, 20);
}

void map_decode(const uint32_t w[8], struct map_instr *i)
{
	memset(i, 0, sizeof(*i));
	i->op = (enum map_op)get(w[0], 4, 0);
	i->flags = get(w[0], 4, 4);
	i->tile = get(w[0], 8, 8);
	i->tile_stride = get(w[0], 8, 16);
	i->tile_count = get(w[0], 8, 24);
	if (i->op == MAP_PARAM || i->op == MAP_OUT) {
		i->channel = get(w[1], 16, 0);
	} else {
		i->row_start = get(w[1], 10, 0);
		i->row_stride = get(w[1], 10, 10);
		i->row_count = get(w[1], 11, 20);
	}
	i->col_start = get(w[2], 10, 0);
	i->col_stride = get(w[2], 10, 10);
	i->col_count = get(w[2], 11, 20);
	i->base = get(w[3], 16, 0);
	i->inner = get(w[3], 16, 16);
	i->inner_stride = get(w[4], 16, 0);
	i->outer_stride = get(w[4], 16, 16);
	if (i->op == MAP_IDX)
		i->imm = get(w[5], 16, 0);
	else
		i->acc_base = get(w[5], 16, 0);
	i->count = get(w[5], 16, 16);
	i->bits = get(w[6], 4, 0);
	i->set = get(w[6], 2, 4);
	i->slice0 = get(w[6], 4, 8);
	i->nslice = get(w[6], 4, 12);
	i->lag = get(w[6], 4, 16);
	i->r_base = get(w[7], 4, 0);
	i->r_row = get(w[7], 4, 4);
	i->r_col = get(w[7], 4, 8);
	i->r_acc = get(w[7], 4, 12);
	i->r_tile = get(w[7], 4, 16);
	i->r_ch = get(w[7], 4, 20);
}

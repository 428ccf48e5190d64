/* Assembler text of one instruction, for people: only the fields that its operation reads.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/map.h"

static void reg(struct buf *out, int r)
{
	if (r)
		buf_addf(out, "+r%d", r);
}

/* "tiles=0+r2:2*3": first tile, stride, count */
static void tiles(struct buf *out, const struct map_instr *i)
{
	buf_addf(out, " tiles=%d", i->tile);
	reg(out, i->r_tile);
	buf_addf(out, ":%d*%d", i->tile_stride, i->tile_count);
}

static void rows(struct buf *out, const struct map_instr *i)
{
	buf_addf(out, " rows=%d", i->row_start);
	reg(out, i->r_row);
	buf_addf(out, ":%d*%d", i->row_stride, i->row_count);
}

static void pattern(struct buf *out, const struct map_instr *i)
{
	buf_addf(out, " at=%d", i->base);
	reg(out, i->r_base);
	buf_addf(out, " inner=%d:%d outer=%d", i->inner, i->inner_stride, i->outer_stride);
}

static void accumulator(struct buf *out, const struct map_instr *i)
{
	buf_addf(out, " acc=%d", i->acc_base);
	reg(out, i->r_acc);
}

static void channel(struct buf *out, const struct map_instr *i)
{
	buf_addf(out, " channel=%d", i->channel);
	reg(out, i->r_ch);
}

void map_print(const uint32_t w[8], struct buf *out)
{
	struct map_instr i;

	map_decode(w, &i);
	switch (i.op) {
	case MAP_END:
		buf_adds(out, "END");
		break;
	case MAP_LOOP:
		buf_addf(out, "LOOP %d", i.count);
		break;
	case MAP_NEXT:
		buf_adds(out, "NEXT");
		break;
	case MAP_IDX:
		buf_addf(out, "IDX r%d = r%d + %d", i.r_base, i.r_row, i.imm);
		break;
	case MAP_PARAM:
		buf_addf(out, "PARAM count=%d", i.count);
		channel(out, &i);
		break;
	case MAP_LOAD:
		buf_adds(out, "LOAD");
		tiles(out, &i);
		rows(out, &i);
		break;
	case MAP_XIN:
		buf_addf(out, "XIN count=%d", i.count);
		pattern(out, &i);
		break;
	case MAP_ACT:
		buf_adds(out, "ACT");
		tiles(out, &i);
		rows(out, &i);
		buf_addf(out, " cols=%d", i.col_start);
		reg(out, i.r_col);
		buf_addf(out, ":%d*%d", i.col_stride, i.col_count);
		pattern(out, &i);
		accumulator(out, &i);
		buf_addf(out, " slices=%d*%d bits=%d set=%d%s", i.slice0, i.nslice, i.bits, i.set, i.flags & 1 ? " add" : "");
		break;
	case MAP_OUT:
		buf_addf(out, "OUT count=%d", i.count);
		tiles(out, &i);
		accumulator(out, &i);
		channel(out, &i);
		if (i.flags & 1)
			pattern(out, &i);
		buf_addf(out, " lag=%d%s%s%s", i.lag, i.flags & 1 ? " buffer" : "", i.flags & 2 ? " stream" : "", i.flags & 4 ? " last" : "");
		break;
	default:
		buf_addf(out, "ILLEGAL %d", i.op);
	}
	buf_adds(out, "\n");
}

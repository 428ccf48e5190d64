/* One tile of the golden machine: row latch, array, converters, column accumulators, drain: docs/isa.md section 2, docs/numerics.md sections 1, 3..5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "golden/layer_parts.h"
#include "golden/machine_parts.h"
#include "golden/nonideal.h"
#include <stdlib.h>
#include <string.h>

void gm_latch_start(const struct gm_insn *in, struct gm_latch *l)
{
	l->first = in->row.start / 64;
	l->last = (in->row.start + (in->row.count - 1) * in->row.stride) / 64;
	l->elements = l->planes = l->values = false;
}

/* element i of the pattern drives row i */
static void latch_elements(struct gm *g, const struct gm_insn *in, struct gm_latch *l)
{
	struct gm_walk walk = gm_walk_start(in);
	unsigned at;
	int i, n;

	for (i = 0; !l->elements && i < in->row.count; i += n) {
		n = gm_walk_run(&walk, in->row.count - i, (unsigned)g->act_size, &at);
		memcpy(g->element + i, g->act + at, (size_t)n);
	}
	l->elements = true;
}

/* 8 rows' flags, turned: byte p is plane p */
static uint64_t turn_flags(const unsigned char *f)
{
	return gl_transpose((uint64_t)f[0] | (uint64_t)f[1] << 8 | (uint64_t)f[2] << 16 | (uint64_t)f[3] << 24 | (uint64_t)f[4] << 32 |
			    (uint64_t)f[5] << 40 | (uint64_t)f[6] << 48 | (uint64_t)f[7] << 56);
}

/* every plane of the rows */
static void latch_planes(struct gm *g, const struct gm_insn *in, int planes, struct gm_latch *l)
{
	unsigned char flags[2][1024];  /* of a row: planes 0..7, 8..15 */
	int i, p, r, side, sides = planes > 8 ? 2 : 1;

	if (l->planes)
		return;
	l->planes = true;
	latch_elements(g, in, l);
	for (side = 0; side < sides; side++) {
		memset(flags[side] + 64 * l->first, 0, 64 * (size_t)(l->last + 1 - l->first));
		for (i = 0, r = in->row.start; i < in->row.count; i++, r += in->row.stride)
			flags[side][r] = (unsigned char)(g->planes_of[(uint8_t)g->element[i]] >> (8 * side));
		for (i = l->first; i <= l->last; i++) {
			uint64_t turned[8], plane;

			for (r = 0; r < 8; r++)
				turned[r] = turn_flags(flags[side] + 64 * i + 8 * r);
			for (p = 8 * side; p < planes && p < 8 * side + 8; p++) {
				for (r = 0, plane = 0; r < 8; r++)
					plane |= (turned[r] >> (p % 8 * 8) & 0xff) << (8 * r);
				g->plane[(size_t)p * g->words + i] = plane;
			}
		}
	}
}

/* the same as numbers, pairs of rows */
static void latch_values(struct gm *g, const struct gm_insn *in, struct gm_latch *l)
{
	int i;

	if (l->values)
		return;
	l->values = true;
	latch_elements(g, in, l);
	for (i = 0; i < in->row.count; i += 2) {
		int16_t even = g->value_of[(uint8_t)g->element[i]], odd = i + 1 < in->row.count ? g->value_of[(uint8_t)g->element[i + 1]] : 0;

		g->value[i / 2] = (int32_t)((uint16_t)even | (uint32_t)(uint16_t)odd << 16);
	}
}

/* ---- conversions ---- */

enum { LANES = 8 };

struct lanes { /* conversions side by side, each of another converter */
	int n, id[LANES];
	int32_t level[LANES];
	struct ro_answer answer[LANES];
};

/* stochastic: all of them draw in turns, so that none waits for its own last draw */
static void draw(struct gm *g, const struct gm_insn *in, struct lanes *l)
{
	unsigned last = (1u << in->bits) - 1, x[LANES];
	const int32_t *T[LANES];
	int i, s, n = g->tables.conv.samples;

	for (i = 0; i < l->n; i++) {
		x[i] = g->lfsr[l->id[i]];
		T[i] = gm_tables_at(&g->tables, l->id[i], in->set);
		l->answer[i] = (struct ro_answer){ 0, n, n };
	}
	for (s = 0; s < n; s++)
		for (i = 0; i < l->n; i++) {
			unsigned u;

			x[i] = g->jump[0][x[i] & 255] ^ g->jump[1][x[i] >> 8];
			u = x[i] & last;
			l->answer[i].code += (u < last) & (l->level[i] >= T[i][u < last ? u + 1 : 1]);
		}
	for (i = 0; i < l->n; i++)
		g->lfsr[l->id[i]] = (uint16_t)x[i];
}

/* Converters with state, noise or stuck comparators: in the order in which each of them converts, plane after plane, and every conversion is carried out. */
static void convert_state(struct gm *g, int tile, const struct gm_insn *in, const struct gm_convert *j)
{
	const struct gm_hw *hw = &g->hw;
	struct ro_conv conv = g->tables.conv;
	bool one_by_one = hw->kind != RO_STOCHASTIC || g->tile[tile].comparators;
	int i, p, k;

	memset(j->sum, 0, (size_t)j->n * sizeof(*j->sum));
	for (p = 0; p < j->planes; p++)
		for (i = 0; i < j->n; ) {
			struct lanes l = { .n = 0 };
			int position = g->column[i] / hw->adcs, first = i;

			for (; i < j->n && l.n < LANES && g->column[i] / hw->adcs == position; i++, l.n++) {
				int id = tile * hw->adcs + g->column[i] % hw->adcs;

				l.id[l.n] = id;
				l.level[l.n] = gm_convert_count(j, i, p) * (1 << hw->grid_bits);
				if (hw->noise)
					l.level[l.n] += ro_noise(hw->noise, hw->noise_seed, hw->grid_bits, (uint32_t)id, g->conversion[id]);
				g->conversion[id]++;
				if (one_by_one) {
					conv.stuck = gm_stuck_of(g, id);
					l.answer[l.n] = ro_convert(&conv, gm_tables_at(&g->tables, id, in->set), in->bits, l.level[l.n], &g->lfsr[id]);
				}
			}
			if (!one_by_one)
				draw(g, in, &l);
			for (k = 0; k < l.n; k++) {
				if (j->code)
					j->code[(size_t)p * j->n + first + k] = (uint16_t)l.answer[k].code;
				if (j->steps)
					j->steps[(size_t)p * j->n + first + k] = (uint16_t)l.answer[k].steps;
				j->sum[first + k] += j->weight[p] * l.answer[k].code;
			}
		}
}

/* look-up tables of the active columns; the clip that all of them are, or -1 */
static int find_luts(struct gm *g, int tile, const struct gm_insn *in, int sides)
{
	struct gm_tile *t = &g->tile[tile];
	const struct gm_lut *lut = gm_tables_lut(&g->tables, tile * g->hw.adcs, in->set, in->bits);
	int i;

	if (gm_tables_uniform(&g->tables) && lut->clip >= 0 && !lut->steps && sides == 1)
		return lut->clip;
	if (t->lut_of.version == g->tables.version && t->lut_of.set == in->set && t->lut_of.bits == in->bits && t->lut_of.col.start == in->col.start &&
	    t->lut_of.col.stride == in->col.stride && t->lut_of.col.count >= in->col.count)
		return -1;
	for (i = 0; i < in->col.count; i++) {
		int lane = (in->col.start + i * in->col.stride) % g->hw.adcs;

		lut = gm_tables_lut(&g->tables, tile * g->hw.adcs + lane, in->set, in->bits);
		t->lut[i] = lut->code;
		t->lut_steps[i] = lut->steps;
	}
	t->lut_of.version = g->tables.version;
	t->lut_of.set = in->set;
	t->lut_of.bits = in->bits;
	t->lut_of.col = in->col;
	return -1;
}

/* cells of the active columns side by side: in place, or copied */
static void find_cells(struct gm *g, int tile, const struct gm_insn *in, const struct gm_latch *l, struct gm_convert *j)
{
	int units = j->used * j->cell_bits, stride = in->col.stride * j->sides, u, s, i;
	const uint64_t *from = g->tile[tile].cells + (size_t)l->first * j->cell_bits * g->columns;
	uint64_t *to = g->compact;

	gm_tile_turn(g, tile, l->first, l->last);
	if (g->tile[tile].repaired) {
		gm_repair_stand(g, tile, &in->col, j->sides);
		for (u = 0; u < units; u++, from += g->columns)
			for (s = 0; s < j->sides; s++)
				for (i = 0; i < j->n; i++)
					*to++ = from[g->stand[i] + s];
		j->cells = g->compact;
		j->pitch = (size_t)j->n;
		return;
	}
	from += in->col.start * j->sides;
	if (j->sides == 1 && (in->col.stride == 1 || j->n == 1)) {
		j->cells = from;
		j->pitch = (size_t)g->columns;
		return;
	}
	for (u = 0; u < units; u++, from += g->columns)
		for (s = 0; s < j->sides; s++)
			for (i = 0; i < j->n; i++)
				*to++ = from[i * stride + s];
	j->cells = g->compact;
	j->pitch = (size_t)j->n;
}

/* column accumulators g->sum[col_count] to partial sums g->sum[outputs], modulo 2^32 */
static void weigh_slices(struct gm *g, const struct gm_insn *in, const struct gm_regs *regs)
{
	const struct ro_window *win = &regs->window[in->set];
	int planes = gc_planes(regs->input_code, regs->input_bits), i, j, o;
	uint32_t weight[16], low = 0;
	int64_t plane_sum = 0;

	for (i = 0; i < planes; i++)
		plane_sum += gc_plane_weight(regs->input_code, regs->input_bits, i);
	for (j = 0; j < in->nslice; j++) {
		weight[j] = (uint32_t)gc_slice_weight(regs->weight_code, regs->weight_bits, g->hw.cell_bits, in->slice0 + j);
		low += (uint32_t)(win->low * plane_sum) * weight[j];
		weight[j] *= (uint32_t)win->lsb;
	}
	for (o = i = 0; i < in->col.count; o++) {
		uint32_t partial = low;

		for (j = 0; j < in->nslice; j++, i++)
			partial += (uint32_t)g->sum[i] * weight[j];
		g->sum[o] = (int32_t)partial;
	}
}

/* partial sums into the accumulators */
static int drain(struct gm *g, int tile, const struct gm_insn *in, long pc, const struct gm_sink *sink)
{
	int outputs = in->col.count / in->nslice, o, stop;

	if (!(sink && sink->partial) && in->acc_base + outputs <= g->acc_size) {
		uint32_t *to = g->tile[tile].acc + in->acc_base;

		for (o = 0; o < outputs; o++)
			to[o] = (in->flags & 1 ? to[o] : 0) + (uint32_t)g->sum[o];
		return 0;
	}
	for (o = 0; o < outputs; o++) {
		struct gm_partial ev = { .tile = tile, .pc = pc, .address = (in->acc_base + o) & (g->acc_size - 1) };
		uint32_t *acc = &g->tile[tile].acc[ev.address], partial = (uint32_t)g->sum[o];

		*acc = in->flags & 1 ? *acc + partial : partial;
		ev.partial = (int32_t)partial;
		ev.accumulator = (int32_t)*acc;
		if (sink && sink->partial && (stop = sink->partial(sink->ctx, &ev)))
			return stop;
	}
	return 0;
}

int gm_rounds(const struct gm_hw *hw, const struct gm_span *col)
{
	int last = (col->start + (col->count - 1) * col->stride) / hw->adcs, positions = last - col->start / hw->adcs + 1;

	/* a stride up to ADCS leaves no position out, from ADCS on every column has its own */
	return positions < col->count ? positions : col->count;
}

/* compare cycles of one plane: a round ends with its deepest lane */
static int deepest_lanes(const struct gm *g, const uint16_t *steps, int n)
{
	int i, deepest = 0, sum = 0;

	for (i = 0; i < n; i++) {
		if (i > 0 && g->column[i] / g->hw.adcs != g->column[i - 1] / g->hw.adcs) {
			sum += deepest;
			deepest = 0;
		}
		deepest = steps[i] > deepest ? steps[i] : deepest;
	}
	return sum + deepest;
}

/* comparisons and compare cycles of all planes; steps: [planes][col_count], or NULL where every conversion takes the same */
static void count_steps(const struct gm *g, const struct gm_insn *in, int planes, const uint16_t *steps, struct gm_counts *counts, int *compares)
{
	struct ro_answer same = ro_cost(&g->tables.conv, in->bits);
	int rounds = compares ? gm_rounds(&g->hw, &in->col) : 0, n = in->col.count, p, i;

	for (p = 0; p < planes; p++) {
		const uint16_t *of = steps ? steps + (size_t)p * n : NULL;

		counts->activations++;
		counts->conversions += (uint64_t)n;
		if (!of)
			counts->comparisons += (uint64_t)n * (uint64_t)same.decisions;
		for (i = 0; of && i < n; i++) /* a tree asks one comparator per step */
			counts->comparisons += of[i];
		if (compares)
			compares[p] = of ? deepest_lanes(g, of, n) : rounds * same.steps;
	}
}

static int report(struct gm *g, int tile, const struct gm_insn *in, const struct gm_convert *j, long pc, const struct gm_sink *sink)
{
	int32_t *count = sink->counts ? MEM_NEW((size_t)j->n, int32_t) : NULL;
	struct gm_codes ev = { .tile = tile, .n = j->n, .column = g->column, .count = count, .bits = in->bits, .pc = pc };
	int rc = 0;

	for (ev.plane = 0; ev.plane < j->planes && !rc; ev.plane++) {
		for (int i = 0; count && i < j->n; i++)
			count[i] = gm_convert_count(j, i, ev.plane);
		ev.code = g->code + (size_t)ev.plane * j->n;
		rc = sink->codes(sink->ctx, &ev) != 0;
	}
	free(count);
	return rc;
}

int gm_tile_activate(struct gm *g, int tile, const struct gm_insn *in, const struct gm_regs *regs, struct gm_latch *l, long pc,
		     const struct gm_sink *sink, struct gm_counts *counts, int *compares)
{
	int planes = gc_planes(regs->input_code, regs->input_bits), i, p;
	bool state = g->hw.kind == RO_STOCHASTIC || g->hw.noise || g->tile[tile].comparators, codes = sink && sink->codes;
	struct gm_convert j = {
		.plane = g->plane + l->first, .words = g->words, .cell_bits = g->hw.cell_bits, .sides = regs->weight_code == GC_DIF ? 2 : 1,
		.used = l->last - l->first + 1, .n = in->col.count, .planes = planes, .lut = g->tile[tile].lut, .lut_steps = g->tile[tile].lut_steps,
		.clip = -1, .code = codes ? g->code : NULL, .steps = g->hw.asymmetric ? g->steps : NULL, .sum = g->sum,
	};

	/* products are of the weights as they were loaded, and of columns that stand in order */
	if (regs->product && !codes && !state && !g->hw.asymmetric && !g->tile[tile].n_stuck && !g->tile[tile].repaired) {
		latch_values(g, in, l);
		if (gm_product(g, tile, in, regs)) {
			g->products++;
			count_steps(g, in, planes, NULL, counts, compares);
			return drain(g, tile, in, pc, sink) ? 1 : 0;
		}
	}
	latch_planes(g, in, planes, l);
	find_cells(g, tile, in, l, &j);
	/* Conversion order is positions ascending, lanes ascending: with column = position * ADCS + lane, simply columns ascending. */
	for (i = 0; (codes || state || j.steps) && i < j.n; i++)
		g->column[i] = (uint16_t)(in->col.start + i * in->col.stride);
	for (p = 0; p < planes; p++)
		j.weight[p] = gc_plane_weight(regs->input_code, regs->input_bits, p);
	if (state) {
		convert_state(g, tile, in, &j);
	} else {
		j.clip = find_luts(g, tile, in, j.sides);
		gm_convert(&j);
	}
	count_steps(g, in, planes, j.steps, counts, compares);
	if (codes && report(g, tile, in, &j, pc, sink))
		return 1;
	weigh_slices(g, in, regs);
	return drain(g, tile, in, pc, sink) ? 1 : 0;
}

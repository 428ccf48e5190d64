/* One tile of the golden machine: row latch, array, converters, column accumulators, drain: docs/isa.md section 2, docs/numerics.md sections 1, 3..5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/machine_parts.h"
#include "golden/nonideal.h"
#include <string.h>

void gm_tile_load(struct gm *g, int tile, const struct gm_span *row, const uint64_t *beats)
{
	int cb = g->hw.cell_bits, n = g->hw.cols * cb, bpr = (n + 63) / 64, i, j;

	for (i = 0; i < row->count; i++) {
		int r = row->start + i * row->stride, bit = r % 64;
		uint64_t *cell = g->tile[tile].cells + r / 64, mask = ~((uint64_t)1 << bit);

		/* bit j of the row is bit j mod cell_bits of column j div cell_bits, and [cols][cell_bits] runs in the same order */
		for (j = 0; j < n; j++, cell += g->words)
			*cell = (*cell & mask) | (beats[(size_t)i * bpr + j / 64] >> (j % 64) & 1) << bit;
	}
}

void gm_latch(struct gm *g, const struct gm_insn *in, const struct gm_regs *regs, int *first, int *last)
{
	int planes = gc_planes(regs->input_code, regs->input_bits), i, p;

	*first = in->row.start / 64;
	*last = (in->row.start + (in->row.count - 1) * in->row.stride) / 64;
	memset(g->plane, 0, (size_t)planes * g->words * sizeof(*g->plane));
	for (i = 0; i < in->row.count; i++) {
		int r = in->row.start + i * in->row.stride;
		unsigned x = g->planes_of[(uint8_t)g->act[gm_address(in, i) & (g->act_size - 1)]];
		uint64_t *w = g->plane + r / 64;

		for (p = 0; p < planes; p++, w += g->words)
			*w |= (uint64_t)(x >> p & 1) << (r % 64);
	}
}

struct job { /* all planes over the active columns */
	const uint64_t *cells, *plane;
	size_t step;                   /* words from one active column to the next */
	int words, cell_bits, used, n; /* words per cell bit and per plane; words that can hold a driven row; active columns */
	int planes;
	bool dif;                      /* columns are pairs */
	int32_t weight[GM_PLANES];
	const uint16_t **lut, **lut_steps;
	uint16_t *code, *steps;        /* [planes][n] */
	int32_t *sum;
};

/* S of one column, docs/numerics.md section 3; dif: even column of the pair minus odd one */
static inline __attribute__((always_inline)) int count_column(const struct job *j, const uint64_t *cell, const uint64_t *plane, int cell_bits,
							       int used, bool dif)
{
	const uint64_t *odd = cell + (size_t)cell_bits * j->words;
	int count = 0, b, w;

	for (b = 0; b < cell_bits; b++)
		for (w = 0; w < used; w++) {
			count += __builtin_popcountll(cell[b * j->words + w] & plane[w]) << b;
			if (dif)
				count -= __builtin_popcountll(odd[b * j->words + w] & plane[w]) << b;
		}
	return count;
}

/* Column by column, because a column's cells then stay in registers; the sink gets it plane by plane afterwards.
 * Always inlined with constants, so that the usual shapes have no inner loops left. */
static inline __attribute__((always_inline)) void convert_shape(const struct job *j, int cell_bits, int used, bool dif, bool steps)
{
	const uint64_t *cell = j->cells;
	int i, p;

	for (i = 0; i < j->n; i++, cell += j->step) {
		const uint64_t *plane = j->plane;
		const uint16_t *lut = j->lut[i];
		uint16_t *out = j->code + i;
		int32_t sum = 0;

		for (p = 0; p < j->planes; p++, plane += j->words, out += j->n) {
			int count = count_column(j, cell, plane, cell_bits, used, dif);

			*out = lut[count];
			if (steps)
				j->steps[(size_t)p * j->n + i] = j->lut_steps[i][count];
			sum += j->weight[p] * *out;
		}
		j->sum[i] = sum;
	}
}

static inline __attribute__((always_inline)) void convert_usual(const struct job *j)
{
	if (j->cell_bits == 1 && j->used == 1)
		convert_shape(j, 1, 1, false, false);
	else if (j->cell_bits == 1 && j->used == 2)
		convert_shape(j, 1, 2, false, false);
	else if (j->cell_bits == 1 && j->used == 4)
		convert_shape(j, 1, 4, false, false);
	else
		convert_shape(j, j->cell_bits, j->used, false, false);
}

/* functions of their own, so that they do not take the usual ones' registers */
static inline __attribute__((always_inline)) void convert_rare(const struct job *j)
{
	if (j->steps)
		convert_shape(j, j->cell_bits, j->used, j->dif, true);
	else
		convert_shape(j, j->cell_bits, j->used, true, false);
}

static void usual_plain(const struct job *j)
{
	convert_usual(j);
}

static void rare_plain(const struct job *j)
{
	convert_rare(j);
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static void usual_popcnt(const struct job *j)
{
	convert_usual(j);
}

__attribute__((target("popcnt"))) static void rare_popcnt(const struct job *j)
{
	convert_rare(j);
}
#endif

static void convert(const struct job *j)
{
	bool rare = j->dif || j->steps;

#if defined(__x86_64__)
	if (__builtin_cpu_supports("popcnt")) {
		(rare ? rare_popcnt : usual_popcnt)(j);
		return;
	}
#endif
	(rare ? rare_plain : usual_plain)(j);
}

/* Converters with state, or noise: in the order in which each of them converts, plane after plane, and every conversion is carried out. */
static void convert_state(struct gm *g, int tile, const struct gm_insn *in, const struct job *j)
{
	const struct gm_hw *hw = &g->hw;
	int i, p;

	memset(j->sum, 0, (size_t)j->n * sizeof(*j->sum));
	for (p = 0; p < j->planes; p++)
		for (i = 0; i < j->n; i++) {
			int id = tile * hw->adcs + g->column[i] % hw->adcs;
			int32_t level = count_column(j, j->cells + i * j->step, j->plane + p * j->words, j->cell_bits, j->used, j->dif) * (1 << hw->grid_bits);
			struct ro_answer a;

			if (hw->noise)
				level += ro_noise(hw->noise, hw->noise_seed, hw->grid_bits, (uint32_t)id, g->conversion[id]);
			g->conversion[id]++;
			a = ro_convert(&g->tables.conv, gm_tables_at(&g->tables, id, in->set), in->bits, level, &g->lfsr[id]);
			j->code[p * j->n + i] = (uint16_t)a.code;
			if (j->steps)
				j->steps[p * j->n + i] = (uint16_t)a.steps;
			j->sum[i] += j->weight[p] * a.code;
		}
}

static int drain(struct gm *g, int tile, const struct gm_insn *in, const struct gm_regs *regs, long pc, const struct gm_sink *sink)
{
	const struct ro_window *win = &regs->window[in->set];
	int planes = gc_planes(regs->input_code, regs->input_bits), i, j, stop = 0;
	int64_t plane_sum = 0;

	for (i = 0; i < planes; i++)
		plane_sum += gc_plane_weight(regs->input_code, regs->input_bits, i);
	for (i = 0; i < in->col.count; i += in->nslice) {
		struct gm_partial ev = { .tile = tile, .pc = pc, .address = (in->acc_base + i / in->nslice) & (g->acc_size - 1) };
		uint32_t *acc = &g->tile[tile].acc[ev.address], partial = 0;

		for (j = 0; j < in->nslice; j++) {
			int64_t value = (int64_t)win->lsb * g->sum[i + j] + win->low * plane_sum;

			partial += (uint32_t)(value * gc_slice_weight(regs->weight_code, regs->weight_bits, g->hw.cell_bits, in->slice0 + j));
		}
		*acc = in->flags & 1 ? *acc + partial : partial;
		ev.partial = (int32_t)partial;
		ev.accumulator = (int32_t)*acc;
		if (sink && sink->partial && (stop = sink->partial(sink->ctx, &ev)))
			break;
	}
	return stop;
}

int gm_rounds(const struct gm_hw *hw, const struct gm_span *col)
{
	int i, rounds = 0, last = -1;

	for (i = 0; i < col->count; i++) {
		int position = (col->start + i * col->stride) / hw->adcs;

		rounds += position != last;
		last = position;
	}
	return rounds;
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

/* comparisons and compare cycles of all planes; steps: NULL where every conversion takes the same */
static void count_steps(const struct gm *g, const struct gm_insn *in, const struct job *j, struct gm_counts *counts, int *compares)
{
	struct ro_answer same = ro_cost(&g->tables.conv, in->bits);
	int rounds = compares ? gm_rounds(&g->hw, &in->col) : 0, p, i;

	for (p = 0; p < j->planes; p++) {
		const uint16_t *steps = j->steps ? j->steps + (size_t)p * j->n : NULL;

		counts->activations++;
		counts->conversions += (uint64_t)j->n;
		if (!steps)
			counts->comparisons += (uint64_t)j->n * (uint64_t)same.decisions;
		for (i = 0; steps && i < j->n; i++) /* a tree asks one comparator per step */
			counts->comparisons += steps[i];
		if (compares)
			compares[p] = steps ? deepest_lanes(g, steps, j->n) : rounds * same.steps;
	}
}

int gm_tile_activate(struct gm *g, int tile, const struct gm_insn *in, const struct gm_regs *regs, int first, int last, long pc,
		     const struct gm_sink *sink, struct gm_counts *counts, int *compares)
{
	int planes = gc_planes(regs->input_code, regs->input_bits), n = in->col.count, cb = g->hw.cell_bits, i, p;
	bool state = g->hw.kind == RO_STOCHASTIC || g->hw.noise, dif = regs->weight_code == GC_DIF;
	size_t column_words = (size_t)cb * g->words * (dif ? 2 : 1);
	struct job j = {
		.cells = g->tile[tile].cells + in->col.start * column_words + first, .plane = g->plane + first,
		.step = in->col.stride * column_words, .words = g->words, .cell_bits = cb, .used = last - first + 1, .n = n,
		.planes = planes, .dif = dif, .lut = g->lut, .lut_steps = g->lut_steps, .code = g->code,
		.steps = g->hw.asymmetric ? g->steps : NULL, .sum = g->sum,
	};
	struct gm_codes ev = { .tile = tile, .n = n, .column = g->column, .bits = in->bits, .pc = pc };

	/* Conversion order is positions ascending, lanes ascending: with column = position * ADCS + lane, simply columns ascending. */
	for (i = 0; i < n; i++) {
		int c = in->col.start + i * in->col.stride;

		g->column[i] = (uint16_t)c;
		if (!state) {
			const struct gm_lut *lut = gm_tables_lut(&g->tables, tile * g->hw.adcs + c % g->hw.adcs, in->set, in->bits);

			g->lut[i] = lut->code;
			g->lut_steps[i] = lut->steps;
		}
	}
	for (p = 0; p < planes; p++)
		j.weight[p] = gc_plane_weight(regs->input_code, regs->input_bits, p);
	if (state)
		convert_state(g, tile, in, &j);
	else
		convert(&j);
	count_steps(g, in, &j, counts, compares);
	for (p = 0; p < planes; p++) {
		ev.plane = p;
		ev.code = g->code + (size_t)p * n;
		if (sink && sink->codes && sink->codes(sink->ctx, &ev))
			return 1;
	}
	return drain(g, tile, in, regs, pc, sink) ? 1 : 0;
}

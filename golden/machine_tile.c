/* One tile of the golden machine: row latch, array, converters, column accumulators, drain: docs/isa.md section 2, docs/numerics.md sections 1, 3..5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/machine_parts.h"
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
	int32_t weight[GM_PLANES];
	const uint16_t **lut;
	uint16_t *code;                /* [planes][n] */
	int32_t *sum;
};

/* Column by column, because a column's cells then stay in registers; the sink gets it plane by plane afterwards.
 * Always inlined with constants, so that the usual shapes have no inner loops left. */
static inline __attribute__((always_inline)) void convert_shape(const struct job *j, int cell_bits, int used)
{
	const uint64_t *cell = j->cells;
	int i, p, b, w;

	for (i = 0; i < j->n; i++, cell += j->step) {
		const uint64_t *plane = j->plane;
		const uint16_t *lut = j->lut[i];
		uint16_t *out = j->code + i;
		int32_t sum = 0;

		for (p = 0; p < j->planes; p++, plane += j->words, out += j->n) {
			int count = 0;

			for (b = 0; b < cell_bits; b++)
				for (w = 0; w < used; w++)
					count += __builtin_popcountll(cell[b * j->words + w] & plane[w]) << b;
			*out = lut[count];
			sum += j->weight[p] * *out;
		}
		j->sum[i] = sum;
	}
}

static inline __attribute__((always_inline)) void convert_any(const struct job *j)
{
	if (j->cell_bits == 1 && j->used == 1)
		convert_shape(j, 1, 1);
	else if (j->cell_bits == 1 && j->used == 2)
		convert_shape(j, 1, 2);
	else if (j->cell_bits == 1 && j->used == 4)
		convert_shape(j, 1, 4);
	else
		convert_shape(j, j->cell_bits, j->used);
}

static void convert_plain(const struct job *j)
{
	convert_any(j);
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static void convert_popcnt(const struct job *j)
{
	convert_any(j);
}
#endif

static void convert(const struct job *j)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("popcnt")) {
		convert_popcnt(j);
		return;
	}
#endif
	convert_plain(j);
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

int gm_tile_activate(struct gm *g, int tile, const struct gm_insn *in, const struct gm_regs *regs, int first, int last, long pc,
		     const struct gm_sink *sink, struct gm_counts *counts)
{
	int planes = gc_planes(regs->input_code, regs->input_bits), n = in->col.count, cb = g->hw.cell_bits, i, p;
	size_t column_words = (size_t)cb * g->words;
	struct job j = {
		.cells = g->tile[tile].cells + in->col.start * column_words + first, .plane = g->plane + first,
		.step = in->col.stride * column_words, .words = g->words, .cell_bits = cb, .used = last - first + 1, .n = n,
		.planes = planes, .lut = g->lut, .code = g->code, .sum = g->sum,
	};
	struct gm_codes ev = { .tile = tile, .n = n, .column = g->column, .bits = in->bits, .pc = pc };

	/* Conversion order is positions ascending, lanes ascending: with column = position * ADCS + lane, simply columns ascending. */
	for (i = 0; i < n; i++) {
		int c = in->col.start + i * in->col.stride;

		g->column[i] = (uint16_t)c;
		g->lut[i] = gm_tables_codes(&g->tables, tile * g->hw.adcs + c % g->hw.adcs, in->set, in->bits);
	}
	for (p = 0; p < planes; p++)
		j.weight[p] = gc_plane_weight(regs->input_code, regs->input_bits, p);
	convert(&j);
	for (p = 0; p < planes; p++) {
		counts->activations++;
		counts->conversions += (uint64_t)n;
		counts->comparisons += (uint64_t)n * (uint64_t)in->bits;
		ev.plane = p;
		ev.code = g->code + (size_t)p * n;
		if (sink && sink->codes && sink->codes(sink->ctx, &ev))
			return 1;
	}
	return drain(g, tile, in, regs, pc, sink) ? 1 : 0;
}

/* Spare positions, the repair map, stuck cells and comparators: docs/faults.md sections 4 and 5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/machine_parts.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum { POSITION = 0x3ff };
#define VALID (UINT32_C(1) << 31)

/* P': the positions of the columns, rounded up to pairs */
static int even_positions(const struct gm_hw *hw)
{
	return ((hw->cols + hw->adcs - 1) / hw->adcs + 1) / 2 * 2;
}

int gm_columns(const struct gm_hw *hw)
{
	return hw->spares ? (even_positions(hw) + hw->spares) * hw->adcs : hw->cols;
}

int gm_refs(const struct gm_hw *hw)
{
	return hw->kind == RO_FLASH ? (1 << hw->adc_bits) - 1 : hw->kind == RO_HYBRID ? (1 << hw->flash_bits) - 1 : 1;
}

/* ---- the map ---- */

void gm_repair(struct gm *g, int tile, int s, uint32_t word)
{
	uint32_t *map;

	if (tile < 0 || tile >= g->hw.tiles || s < 0 || s >= g->hw.spares)
		BUG("REPAIR of tile %d, spare %d", tile, s);
	map = g->repair + (size_t)tile * g->hw.spares;
	map[s] = word;
	g->tile[tile].repaired = false;
	for (s = 0; s < g->hw.spares; s++)
		g->tile[tile].repaired |= map[s] >= VALID;
}

/* where entry s of a map puts what belongs to its position: columns from .. from + width - 1 also, or instead, at to. False: not valid */
struct move { int from, to, width; };

static bool entry(const struct gm *g, int tile, int s, bool pairs, struct move *m)
{
	uint32_t word = g->repair[tile * g->hw.spares + s];

	m->width = pairs ? 2 * g->hw.adcs : g->hw.adcs;
	m->from = (int)(word & POSITION) * m->width;
	m->to = even_positions(&g->hw) * g->hw.adcs + s * m->width;
	return word >= VALID && (!pairs || s < g->hw.spares / 2);
}

/* n bits of from, at from_at, into zeros of to, at to_at */
static void copy_bits(uint64_t *to, int to_at, const uint64_t *from, int from_at, int n)
{
	int i;

	for (i = 0; i < n; i++)
		to[(to_at + i) / 64] |= (from[(from_at + i) / 64] >> (from_at + i) % 64 & 1) << (to_at + i) % 64;
}

void gm_repair_row(const struct gm *g, int tile, const uint64_t *beats, bool pairs, uint64_t *row)
{
	int cb = g->hw.cell_bits, cols = g->hw.cols, s;
	struct move m;

	memset(row, 0, (size_t)g->bpr * sizeof(*row));
	memcpy(row, beats, (size_t)(cols * cb / 64) * sizeof(*row));
	copy_bits(row, cols * cb / 64 * 64, beats, cols * cb / 64 * 64, cols * cb % 64);
	for (s = 0; s < g->hw.spares; s++) /* columns beyond the last hold nothing */
		if (entry(g, tile, s, pairs, &m) && m.from < cols)
			copy_bits(row, m.to * cb, beats, m.from * cb, (cols - m.from < m.width ? cols - m.from : m.width) * cb);
}

void gm_repair_stand(struct gm *g, int tile, const struct gm_span *col, int sides)
{
	struct move m;
	int i, s;

	for (i = 0; i < col->count; i++) {
		int column = (col->start + i * col->stride) * sides, at = column;

		for (s = g->hw.spares - 1; s >= 0; s--) /* the lowest has the last word */
			if (entry(g, tile, s, sides == 2, &m) && column >= m.from && column < m.from + m.width)
				at = m.to + column - m.from;
		g->stand[i] = (uint16_t)at;
	}
}

/* ---- what is stuck ---- */

static int by_tile(const void *a, const void *b)
{
	const struct gf_fault *x = a, *y = b;

	return x->tile != y->tile ? x->tile - y->tile : (int)x->kind - (int)y->kind;
}

static void break_comparator(struct gm *g, const struct gf_fault *f)
{
	struct ro_stuck *stuck;
	uint64_t bit = UINT64_C(1) << f->index % 64;

	if (!g->stuck)
		g->stuck = MEM_NEW((size_t)g->hw.tiles * g->hw.adcs, struct ro_stuck);
	stuck = &g->stuck[f->tile * g->hw.adcs + f->at];
	stuck->at[f->index / 64] |= bit;
	stuck->yes[f->index / 64] |= f->value ? bit : 0;
	g->tile[f->tile].comparators = true;
}

void gm_break(struct gm *g, const struct gf_faults *f)
{
	size_t i;

	if (!f->n)
		return;
	g->broken.n = f->n;
	g->broken.fault = MEM_NEW(f->n, struct gf_fault);
	memcpy(g->broken.fault, f->fault, f->n * sizeof(*f->fault));
	qsort(g->broken.fault, f->n, sizeof(*f->fault), by_tile);
	for (i = 0; i < f->n; i++) {
		const struct gf_fault *at = &g->broken.fault[i];
		struct gm_tile *t = &g->tile[at->tile];

		if (at->kind == GF_COMPARATOR) {
			break_comparator(g, at);
			continue;
		}
		if (!t->n_stuck++)
			t->stuck = at;
		t->stale |= 1u << at->at / 64; /* what was never loaded is stuck too */
	}
}

void gm_stick(struct gm *g, int tile, int word)
{
	const struct gm_tile *t = &g->tile[tile];
	int cb = g->hw.cell_bits, i, b;

	for (i = 0; i < t->n_stuck; i++) {
		const struct gf_fault *f = &t->stuck[i];
		uint64_t bit = UINT64_C(1) << f->at % 64;

		for (b = 0; b < cb && f->at / 64 == word; b++) {
			uint64_t *cell = &t->cells[((size_t)word * cb + b) * g->columns + f->index];

			*cell = f->value >> b & 1 ? *cell | bit : *cell & ~bit;
		}
	}
}

const struct ro_stuck *gm_stuck_of(const struct gm *g, int converter)
{
	return g->stuck ? &g->stuck[converter] : NULL;
}

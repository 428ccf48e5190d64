/* Cells of the golden machine: loaded by rows, counted by columns: docs/isa.md section 2 (LOAD). Spare columns and stuck cells: machine_repair.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/machine_parts.h"
#include <string.h>

/* an array with spare columns: every row is put together */
static void load_spared(struct gm *g, int tile, const struct gm_span *row, const uint64_t *beats, bool pairs)
{
	struct gm_tile *t = &g->tile[tile];
	int beats_per_row = (g->hw.cols * g->hw.cell_bits + 63) / 64, i;

	for (i = 0; i < row->count; i++, beats += beats_per_row) {
		int r = row->start + i * row->stride;

		gm_repair_row(g, tile, beats, pairs, t->row + (size_t)r * g->bpr);
		t->stale |= 1u << r / 64;
	}
}

void gm_tile_load(struct gm *g, int tile, const struct gm_span *row, const uint64_t *beats, bool pairs)
{
	struct gm_tile *t = &g->tile[tile];
	size_t bpr = (size_t)g->bpr;
	int i;

	t->loads++;
	if (g->hw.spares) {
		load_spared(g, tile, row, beats, pairs);
		return;
	}
	if (row->stride == 1 || row->count == 1) {
		memcpy(t->row + row->start * bpr, beats, row->count * bpr * sizeof(*beats));
		for (i = row->start / 64; i <= (row->start + row->count - 1) / 64; i++)
			t->stale |= 1u << i;
		return;
	}
	for (i = 0; i < row->count; i++) {
		int r = row->start + i * row->stride;

		memcpy(t->row + r * bpr, beats + i * bpr, bpr * sizeof(*beats));
		t->stale |= 1u << r / 64;
	}
}

/* bit c of word r becomes bit r of word c */
static void transpose(uint64_t a[64])
{
	uint64_t mask = 0x00000000ffffffff, t;
	int half, k;

	for (half = 32; half; half /= 2, mask ^= mask << half)
		for (k = 0; k < 64; k = (k + half + 1) & ~half) {
			t = (a[k] >> half ^ a[k + half]) & mask;
			a[k] ^= t << half;
			a[k + half] ^= t;
		}
}

/* bit j of a row is bit j mod cell_bits of column j div cell_bits */
static void turn_word(struct gm *g, struct gm_tile *t, int word)
{
	int cb = g->hw.cell_bits, n = g->columns * cb, b, i;
	uint64_t *cells = t->cells + (size_t)word * n, a[64];

	for (b = 0; b < g->bpr; b++) {
		const uint64_t *row = t->row + (size_t)word * 64 * g->bpr + b;

		for (i = 0; i < 64; i++)
			a[i] = row[(size_t)i * g->bpr];
		transpose(a);
		if (cb == 1) {
			memcpy(cells + 64 * b, a, (n - 64 * b < 64 ? n - 64 * b : 64) * sizeof(*a));
			continue;
		}
		for (i = 0; i < 64 && 64 * b + i < n; i++)
			cells[(i % cb) * g->columns + (64 * b + i) / cb] = a[i];
	}
}

void gm_tile_turn(struct gm *g, int tile, int first, int last)
{
	struct gm_tile *t = &g->tile[tile];
	int w;

	for (w = first; t->stale && w <= last; w++)
		if (t->stale >> w & 1) {
			turn_word(g, t, w);
			gm_stick(g, tile, w);
			t->stale &= ~(1u << w);
		}
}

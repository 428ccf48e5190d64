/* For tests of the golden machine: an assembler (bit positions written here from docs/isa.md section 2, not taken from the machine), and what the
 * machine said in a run.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_GOLDEN_MACHINE_H
#define TEST_GOLDEN_MACHINE_H
#include "golden/machine.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ---- an assembler of eight words ---- */

struct asm_prog { uint32_t w[64][8]; size_t n; };

#define W0(op, flags, tile, stride, count) ((uint32_t)(op) | (uint32_t)(flags) << 4 | (uint32_t)(tile) << 8 | (uint32_t)(stride) << 16 | (uint32_t)(count) << 24)
#define SPAN(start, stride, count) ((uint32_t)(start) | (uint32_t)(stride) << 10 | (uint32_t)(count) << 20)
#define HALVES(low, high) ((uint32_t)(low) | (uint32_t)(high) << 16)
#define W6(bits, set, slice0, nslice, lag) ((uint32_t)(bits) | (uint32_t)(set) << 4 | (uint32_t)(slice0) << 8 | (uint32_t)(nslice) << 12 | (uint32_t)(lag) << 16)
#define W7(base, row, col, acc, tile, ch) ((uint32_t)(base) | (uint32_t)(row) << 4 | (uint32_t)(col) << 8 | (uint32_t)(acc) << 12 | (uint32_t)(tile) << 16 | (uint32_t)(ch) << 20)

static inline void put(struct asm_prog *p, uint32_t w0, uint32_t w1, uint32_t w2, uint32_t w3, uint32_t w4, uint32_t w5, uint32_t w6, uint32_t w7)
{
	const uint32_t w[8] = { w0, w1, w2, w3, w4, w5, w6, w7 };

	memcpy(p->w[p->n++], w, sizeof(w));
}

static inline void put_end(struct asm_prog *p) { put(p, 1, 0, 0, 0, 0, 0, 0, 0); }

/* ---- what the machine said ---- */

struct seen {
	int tile[4096], plane[4096], column[4096], code[4096], bits[4096], n_codes;
	struct gm_partial partial[1024];
	int n_partials;
	struct gm_out out[1024];
	int n_outs;
	int stop_after; /* outs; 0 never */
};

static inline int on_codes(void *ctx, const struct gm_codes *e)
{
	struct seen *s = ctx;
	int i;

	for (i = 0; i < e->n; i++) {
		assert_true(s->n_codes < 4096);
		s->tile[s->n_codes] = e->tile;
		s->plane[s->n_codes] = e->plane;
		s->bits[s->n_codes] = e->bits;
		s->column[s->n_codes] = e->column[i];
		s->code[s->n_codes++] = e->code[i];
	}
	return 0;
}

static inline int on_partial(void *ctx, const struct gm_partial *e)
{
	struct seen *s = ctx;

	assert_true(s->n_partials < 1024);
	s->partial[s->n_partials++] = *e;
	return 0;
}

static inline int on_out(void *ctx, const struct gm_out *e)
{
	struct seen *s = ctx;

	assert_true(s->n_outs < 1024);
	s->out[s->n_outs++] = *e;
	return s->stop_after && s->n_outs == s->stop_after;
}

static struct seen seen;

static inline int run(struct gm *g, const struct gm_regs *regs, const struct asm_prog *p, const uint64_t *beats, size_t n_beats,
	       struct gm_counts *counts, size_t *used, struct err *e)
{
	const struct gm_sink sink = { &seen, on_codes, on_partial, on_out };
	int stop = seen.stop_after;

	memset(&seen, 0, sizeof(seen));
	seen.stop_after = stop;
	memset(e, 0, sizeof(*e));
	return gm_run(g, regs, &p->w[0][0], p->n, beats, n_beats, &sink, counts, used, e);
}

#endif

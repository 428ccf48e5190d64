/* Integer products in place of conversions that lose nothing (docs/numerics.md section 4): sum over planes and slices of S, weighted, is the dot product
 * of the rows' numbers with the weights that the cells of an output's slices make. Weights are decoded once per shape of ACT and kept until a LOAD, other
 * tables, or other codes; the first few ACTs of a shape convert, because decoding takes as long as several of them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer.h"
#include "golden/machine_parts.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
	SLOTS = 64,     /* shapes kept per tile */
	SIDE = 16,      /* outputs side by side */
	FIELD = 16,     /* bits of an output in a row: at most 14 slices of 1, 8 of 2 */
	PATIENCE = 4,   /* ACTs of a shape that convert before its weights are decoded */
};

struct shape { /* what weights depend on; compared as bytes */
	struct gm_span row, col;
	int slice0, nslice, bits, set;
	int weight_code, weight_bits, lsb, low;
	long loads, version;
};

struct weights {
	struct shape of;
	int asked;         /* how often, up to PATIENCE */
	bool fits;         /* decoded: every count keeps its value */
	int16_t *w;        /* [outputs / SIDE][rows / 2][SIDE][2], zeros beyond */
	size_t room;
};

struct gm_weights { struct weights slot[SLOTS]; };

void gm_weights_free(struct gm_weights *w)
{
	int i;

	for (i = 0; w && i < SLOTS; i++)
		free(w->slot[i].w);
	free(w);
}

/* ---- decoding ---- */

struct decode {
	const struct gm *g;
	const struct gm_insn *in;
	int sides, field;              /* columns of an active one; bits of an output */
	int16_t low[256], high[256];   /* weight of the field's bits 0..7, 8..15: the sum of both is the output's */
};

static void decode_start(struct decode *d, const struct gm *g, const struct gm_insn *in, const struct gm_regs *regs)
{
	int cb = g->hw.cell_bits, bit, v;
	int32_t worth[FIELD] = { 0 };

	d->g = g;
	d->in = in;
	d->sides = regs->weight_code == GC_DIF ? 2 : 1;
	d->field = in->nslice * d->sides * cb;
	for (bit = 0; bit < d->field; bit++) {
		int32_t slice = gc_slice_weight(regs->weight_code, regs->weight_bits, cb, in->slice0 + bit / (d->sides * cb));

		worth[bit] = slice * (1 << bit % cb) * (d->sides == 2 && bit / cb % 2 ? -1 : 1);
	}
	for (v = 0; v < 256; v++) {
		d->low[v] = d->high[v] = 0;
		for (bit = 0; bit < 8; bit++)
			if (v >> bit & 1) {
				d->low[v] = (int16_t)(d->low[v] + worth[bit]);
				d->high[v] = (int16_t)(d->high[v] + worth[bit + 8]);
			}
	}
}

/* strided columns: the cells of output o in a row, slice0 lowest */
static unsigned take_strided(const struct decode *d, const uint64_t *row, int o)
{
	const struct gm_span *col = &d->in->col;
	int width = d->sides * d->g->hw.cell_bits, i;
	unsigned field = 0;

	for (i = 0; i < d->in->nslice; i++) { /* an active column's bits are in one word: 64 is a multiple of their number */
		int at = (col->start + (o * d->in->nslice + i) * col->stride) * width;

		field |= (unsigned)(row[at / 64] >> at % 64 & ((1u << width) - 1)) << (i * width);
	}
	return field;
}

/* columns side by side: bits at .. at + field - 1 of a row */
static inline unsigned take_bits(const uint64_t *row, unsigned at, int field)
{
	unsigned shift = at % 64;
	uint64_t bits = row[at / 64] >> shift;

	if (shift + (unsigned)field > 64)
		bits |= row[at / 64 + 1] << (64 - shift);
	return (unsigned)(bits & ((1u << field) - 1));
}

static void decode(const struct decode *d, const uint64_t *rows, int16_t *w)
{
	int outputs = d->in->col.count / d->in->nslice, pairs = gm_pairs(d->in->row.count), field = d->field, i, o;
	unsigned start = (unsigned)(d->in->col.start * d->sides * d->g->hw.cell_bits);

	for (i = 0; i < d->in->row.count; i++) {
		const uint64_t *row = rows + (size_t)(d->in->row.start + i * d->in->row.stride) * d->g->bpr;

		for (o = 0; o < outputs; o += SIDE) {
			int16_t *to = w + ((size_t)(o / SIDE) * pairs + i / 2) * SIDE * 2 + i % 2;
			int n = outputs - o < SIDE ? outputs - o : SIDE, l;

			for (l = 0; l < n; l++) {
				unsigned f = d->in->col.stride == 1 ? take_bits(row, start + (unsigned)((o + l) * field), field) : take_strided(d, row, o + l);

				to[2 * l] = (int16_t)(d->low[f & 255] + d->high[f >> 8]);
			}
		}
	}
}

/* ---- does every count keep its value ---- */

/* counts 0, step, 2 * step .. to */
static bool keeps(const struct gm_lut *lut, const struct ro_window *win, int to, int step)
{
	int S;

	for (S = 0; S != to + step; S += step)
		if (win->low + win->lsb * lut->code[S] != S)
			return false;
	return true;
}

/* largest counts of an active column's two sides, all rows driven */
static void reach(struct gm *g, int tile, const struct gm_insn *in, const uint64_t *driven, int column, int sides, int most[2])
{
	int cb = g->hw.cell_bits, first = in->row.start / 64, last = (in->row.start + (in->row.count - 1) * in->row.stride) / 64, s, w, b;

	gm_tile_turn(g, tile, first, last);
	for (s = 0; s < sides; s++) {
		most[s] = 0;
		for (w = first; w <= last; w++)
			for (b = 0; b < cb; b++)
				most[s] += __builtin_popcountll(g->tile[tile].cells[(size_t)(w * cb + b) * g->columns + column * sides + s] & driven[w]) << b;
	}
}

static bool all_keep(struct gm *g, int tile, const struct gm_insn *in, const struct gm_regs *regs)
{
	int sides = regs->weight_code == GC_DIF ? 2 : 1, smax = in->row.count * ((1 << g->hw.cell_bits) - 1), i;
	const struct ro_window *win = &regs->window[in->set];
	const struct gm_lut *wide = NULL; /* the last that keeps whatever the cells hold */
	uint64_t driven[16] = { 0 };

	for (i = 0; i < in->row.count; i++) {
		int r = in->row.start + i * in->row.stride;

		driven[r / 64] |= (uint64_t)1 << r % 64;
	}
	for (i = 0; i < in->col.count; i++) {
		int c = in->col.start + i * in->col.stride, most[2];
		const struct gm_lut *lut = gm_tables_lut(&g->tables, tile * g->hw.adcs + c % g->hw.adcs, in->set, in->bits);

		if (lut == wide)
			continue;
		if (keeps(lut, win, smax, 1) && (sides == 1 || keeps(lut, win, -smax, -1))) {
			wide = lut;
			continue;
		}
		reach(g, tile, in, driven, c, sides, most);
		if (!keeps(lut, win, most[0], 1) || (sides == 2 && !keeps(lut, win, -most[1], -1)))
			return false;
	}
	return true;
}

/* ---- the weights of an ACT ---- */

static unsigned slot_of(const struct shape *s)
{
	unsigned h = (unsigned)(s->row.start * 31 + s->row.stride * 7 + s->row.count) * 2654435761u;

	h = (h ^ (unsigned)(s->col.start * 31 + s->col.stride * 7 + s->col.count)) * 2654435761u;
	return (h ^ (unsigned)(s->slice0 * 16 + s->nslice)) * 2654435761u >> 16 & (SLOTS - 1);
}

/* NULL: not here, and not worth it yet */
static const struct weights *weights_for(struct gm *g, int tile, const struct gm_insn *in, const struct gm_regs *regs)
{
	struct gm_tile *t = &g->tile[tile];
	struct weights *w;
	struct shape of;
	struct decode d;
	size_t need;

	memset(&of, 0, sizeof(of)); /* holes between the fields too */
	of.row = in->row;
	of.col = in->col;
	of.slice0 = in->slice0;
	of.nslice = in->nslice;
	of.bits = in->bits;
	of.set = in->set;
	of.weight_code = (int)regs->weight_code;
	of.weight_bits = regs->weight_bits;
	of.lsb = regs->window[in->set].lsb;
	of.low = regs->window[in->set].low;
	of.loads = t->loads; /* where nothing is yet the counts of rows and columns are 0, and no shape has these */
	of.version = g->tables.version;
	if (!t->weights)
		t->weights = MEM_NEW(1, struct gm_weights);
	w = &t->weights->slot[slot_of(&of)];
	if (memcmp(&w->of, &of, sizeof(of))) {
		w->of = of;
		w->asked = 0;
	}
	if (w->asked > PATIENCE)
		return w;
	if (w->asked++ < PATIENCE)
		return NULL;
	w->fits = all_keep(g, tile, in, regs);
	if (!w->fits)
		return w;
	need = (size_t)((in->col.count / in->nslice + SIDE - 1) / SIDE) * SIDE * 2 * gm_pairs(in->row.count);
	if (need > w->room) {
		w->w = mem_realloc(w->w, need, sizeof(*w->w));
		w->room = need;
	}
	memset(w->w, 0, need * sizeof(*w->w));
	decode_start(&d, g, in, regs);
	decode(&d, t->row, w->w);
	return w;
}

/* ---- products ---- */

static void multiply_plain(const int16_t *w, const int32_t *value, int pairs, int outputs, int32_t *sum)
{
	int o, i, l;

	for (o = 0; o < outputs; o += SIDE, sum += SIDE) {
		memset(sum, 0, SIDE * sizeof(*sum));
		for (i = 0; i < pairs; i++, w += 2 * SIDE)
			for (l = 0; l < SIDE; l++)
				sum[l] += w[2 * l] * (int16_t)value[i] + w[2 * l + 1] * (value[i] >> 16);
	}
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void multiply_avx2(const int16_t *w, const int32_t *value, int pairs, int outputs, int32_t *sum)
{
	int o, i;

	for (o = 0; o < outputs; o += SIDE, sum += SIDE) {
		__m256i a = _mm256_setzero_si256(), b = a;

		for (i = 0; i < pairs; i++, w += 2 * SIDE) {
			__m256i v = _mm256_set1_epi32(value[i]);

			a = _mm256_add_epi32(a, _mm256_madd_epi16(_mm256_loadu_si256((const __m256i *)w), v));
			b = _mm256_add_epi32(b, _mm256_madd_epi16(_mm256_loadu_si256((const __m256i *)(w + SIDE)), v));
		}
		_mm256_storeu_si256((__m256i *)sum, a);
		_mm256_storeu_si256((__m256i *)(sum + SIDE / 2), b);
	}
}

/* two blocks of outputs at a time: two sums that do not wait for each other */
__attribute__((target("avx512f,avx512bw"))) static void multiply_avx512(const int16_t *w, const int32_t *value, int pairs, int outputs, int32_t *sum)
{
	int o, i;

	for (o = 0; o < outputs; o += 2 * SIDE, sum += 2 * SIDE) {
		const int16_t *next = o + SIDE < outputs ? w + (size_t)pairs * 2 * SIDE : w;
		__m512i a = _mm512_setzero_si512(), b = a;

		for (i = 0; i < pairs; i++) {
			__m512i v = _mm512_set1_epi32(value[i]);

			a = _mm512_add_epi32(a, _mm512_madd_epi16(_mm512_loadu_si512(w + (size_t)i * 2 * SIDE), v));
			b = _mm512_add_epi32(b, _mm512_madd_epi16(_mm512_loadu_si512(next + (size_t)i * 2 * SIDE), v));
		}
		_mm512_storeu_si512(sum, a);
		if (next != w)
			_mm512_storeu_si512(sum + SIDE, b);
		w = next + (size_t)pairs * 2 * SIDE;
	}
}
#endif

static void (*const multiply[])(const int16_t *w, const int32_t *value, int pairs, int outputs, int32_t *sum) = {
	[GL_PLAIN] = multiply_plain,
#if defined(__x86_64__)
	[GL_AVX2] = multiply_avx2,
	[GL_AVX512] = multiply_avx512,
#endif
};

bool gm_product(struct gm *g, int tile, const struct gm_insn *in, const struct gm_regs *regs)
{
	const struct weights *w = weights_for(g, tile, in, regs);
	int pairs = gm_pairs(in->row.count), outputs = in->col.count / in->nslice;

	if (!w || !w->fits)
		return false;
	multiply[gl_simd()](w->w, g->value, pairs, outputs, g->sum);
	return true;
}

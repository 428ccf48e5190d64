/* A plain interpreter of docs/isa.md for compiled programs: own field extraction, ideal converters, results as late as the hardware may give them,
 * or (early) as soon as an activation is handed over: no program may depend on which.
 * Included by the test that runs it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MAP_INTERPRETER_H
#define TESTS_MAP_INTERPRETER_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "map/map.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_PENDING = 4 };

struct pending { int x[1024]; uint32_t w[8]; int row0, row_step, rows, col0, col_step, cols, acc; };

struct tile {
	uint8_t *cell;   /* [rows][cols] */
	int64_t *acc;
	struct pending queue[MAX_PENDING];
	int n;
};

struct chip {
	const struct cfg *c;
	struct tile tile[64];
	bool early;
	int usable;      /* tiles that compute */
	int8_t *buffer;
	uint32_t *param;
	unsigned r[16];
	uint64_t conversions, comparisons, activations;
};

static int field(const uint32_t *w, int word, int hi, int lo)
{
	return (int)((w[word] >> lo) & (uint32_t)((1ull << (hi - lo + 1)) - 1));
}

static int plane_count(const struct cfg *c)
{
	return c->input_code == CFG_TC ? c->input_bits : 2 * (c->input_bits > 1 ? c->input_bits - 1 : 1);
}

/* numerics.md section 1, written once more */
static void plane_of(const struct cfg *c, int p, int x, int *bit, int *weight)
{
	if (c->input_code == CFG_TC) {
		*bit = (x & 0xff) >> p & 1;
		*weight = p == c->input_bits - 1 ? -(1 << p) : 1 << p;
	} else {
		int m = plane_count(c) / 2, negative = p >= m, v = negative ? -x : x;

		*bit = v > 0 ? v >> (p - negative * m) & 1 : 0;
		*weight = (negative ? -1 : 1) * (1 << (p - negative * m));
	}
}

static int digit_count(const struct cfg *c)
{
	return ((c->weight_bits > 1 ? c->weight_bits - 1 : 1) + c->cell_bits - 1) / c->cell_bits;
}

static int slice_count(const struct cfg *c)
{
	if (c->weight_code == CFG_TC)
		return (c->weight_bits - 1 + c->cell_bits - 1) / c->cell_bits + 1;
	return c->weight_code == CFG_DIF ? digit_count(c) : 2 * digit_count(c);
}

static int slice_weight(const struct cfg *c, int j)
{
	int n = digit_count(c);

	if (c->weight_code == CFG_TC)
		return j < slice_count(c) - 1 ? 1 << (j * c->cell_bits) : -(1 << (c->weight_bits - 1));
	return j < n ? 1 << (j * c->cell_bits) : -(1 << ((j - n) * c->cell_bits));
}

/* what a driven row adds to the count of a column: its cell, of a pair of dif the difference */
static int cell_of(const struct cfg *c, const struct tile *t, int row, int col)
{
	const uint8_t *cells = t->cell + row * c->cols;

	return c->weight_code == CFG_DIF ? cells[2 * col] - cells[2 * col + 1] : cells[col];
}

/* numerics.md section 4: decisions of one conversion; asymmetric search: b, as long as nothing is known of the tree */
static int decisions_of(const struct cfg *c, int b)
{
	int e = c->flash_bits < b ? c->flash_bits : b;

	switch (c->adc) {
	case CFG_FLASH: return (1 << b) - 1;
	case CFG_HYBRID: return (1 << e) - 1 + b - e;
	case CFG_STOCHASTIC: return c->samples;
	default: return b;
	}
}

static void finish_oldest(struct chip *h, struct tile *t)
{
	const struct cfg *c = h->c;
	struct pending *p = &t->queue[0];
	int bits = field(p->w, 6, 3, 0), slice0 = field(p->w, 6, 11, 8), nslice = field(p->w, 6, 15, 12), P = plane_count(c);
	int64_t sum = 0;

	assert_int_equal(p->cols % nslice, 0);
	for (int i = 0; i < p->cols; i++) {
		int64_t column = 0;

		for (int q = 0; q < P; q++) {
			int count = 0, weight = 0, bit;

			for (int e = 0; e < p->rows; e++) {
				plane_of(c, q, p->x[e], &bit, &weight);
				if (bit)
					count += cell_of(c, t, p->row0 + e * p->row_step, p->col0 + i * p->col_step);
			}
			assert_true(count >= c->low && count < c->low + (1 << bits));
			column += (int64_t)weight * count;
		}
		sum += column * slice_weight(c, slice0 + i % nslice);
		if (i % nslice == nslice - 1) {
			int64_t *acc = &t->acc[p->acc + i / nslice];

			assert_true(p->acc + i / nslice < c->accumulator_depth);
			*acc = (p->w[0] >> 4 & 1) ? *acc + sum : sum;
			sum = 0;
		}
	}
	h->activations += (uint64_t)P;
	h->conversions += (uint64_t)(P * p->cols);
	h->comparisons += (uint64_t)(P * p->cols * decisions_of(c, bits));
	memmove(&t->queue[0], &t->queue[1], (size_t)--t->n * sizeof(t->queue[0]));
}

static void finish_down_to(struct chip *h, int tile, int pending)
{
	assert_true(tile >= 0 && tile < h->usable);
	while (h->tile[tile].n > pending)
		finish_oldest(h, &h->tile[tile]);
}

static int pattern(const struct chip *h, const uint32_t *w, int base, int e)
{
	int inner = field(w, 3, 31, 16), a;

	assert_true(inner >= 1);
	a = (base + e / inner * field(w, 4, 31, 16) + e % inner * field(w, 4, 15, 0)) & 0xffff;
	assert_true(a < h->c->activation_depth);
	return a;
}

static int requantise(const struct cfg *c, int64_t acc, uint32_t param)
{
	int64_t M = param & 0xffff, s = param >> 16 & 63, q = (acc * M + (1ll << (s - 1))) >> s;
	int top = c->input_bits > 1 ? (1 << (c->input_bits - 1)) - 1 : 1;

	if (q > (c->input_code == CFG_TC && c->input_bits == 1 ? 0 : top))
		return c->input_code == CFG_TC && c->input_bits == 1 ? 0 : top;
	return q < -top ? -top : (int)q;
}

struct beat { int64_t acc; int q; bool last; };

/* runs to END; returns the beats that left */
static size_t run(struct chip *h, const uint32_t *code, size_t n_instr, const uint64_t *stream, size_t n_stream, struct beat *out, size_t most)
{
	const struct cfg *c = h->c;
	size_t pc = 0, used = 0, n_out = 0, body[4];
	int left[4], depth = 0, bpr = (c->cols * c->cell_bits + 63) / 64;

	for (;;) {
		const uint32_t *w;
		int op, count, base, acc, channel, tile, n_tiles, stride, rows, row0, row_step;

		assert_true(pc < n_instr);
		w = code + 8 * pc++;
		op = field(w, 0, 3, 0);
		count = field(w, 5, 31, 16);
		base = (int)((w[3] + h->r[field(w, 7, 3, 0)]) & 0xffff);
		acc = (int)((w[5] + h->r[field(w, 7, 15, 12)]) & 0xffff);
		channel = (int)((w[1] + h->r[field(w, 7, 23, 20)]) & 0xffff);
		tile = (int)(((unsigned)field(w, 0, 15, 8) + h->r[field(w, 7, 19, 16)]) & 0xffff);
		stride = field(w, 0, 23, 16);
		n_tiles = field(w, 0, 31, 24);
		row0 = (int)(((unsigned)field(w, 1, 9, 0) + h->r[field(w, 7, 7, 4)]) & 0xffff);
		row_step = field(w, 1, 19, 10);
		rows = field(w, 1, 30, 20);
		switch (op) {
		case 1:
			for (int t = 0; t < h->usable; t++)
				finish_down_to(h, t, 0);
			assert_int_equal(depth, 0);
			assert_int_equal(used, n_stream);
			assert_int_equal(pc, n_instr);
			return n_out;
		case 2:
			assert_true(depth < 4 && count > 0);
			body[depth] = pc;
			left[depth++] = count;
			break;
		case 3:
			assert_true(depth > 0);
			if (--left[depth - 1])
				pc = body[depth - 1];
			else
				depth--;
			break;
		case 4:
			h->r[field(w, 7, 3, 0)] = (h->r[field(w, 7, 7, 4)] + w[5]) & 0xffff;
			h->r[0] = 0;
			break;
		case 5:
			for (int i = 0; i < count; i++) {
				assert_true(channel + i < c->channel_depth && used < n_stream);
				h->param[channel + i] = (uint32_t)stream[used++];
			}
			break;
		case 6:
			for (int t = 0; t < n_tiles; t++)
				finish_down_to(h, tile + t * stride, 0);
			for (int i = 0; i < rows; i++) {
				assert_true(row0 + i * row_step < c->rows && used + (size_t)bpr <= n_stream);
				for (int col = 0; col < c->cols; col++) {
					int bit = col * c->cell_bits;
					uint8_t v = (uint8_t)(stream[used + (size_t)(bit / 64)] >> (bit % 64) & ((1u << c->cell_bits) - 1));

					for (int t = 0; t < n_tiles; t++)
						h->tile[tile + t * stride].cell[(row0 + i * row_step) * c->cols + col] = v;
				}
				used += (size_t)bpr;
			}
			break;
		case 7:
			for (int e = 0; e < count; e++)
				h->buffer[pattern(h, w, base, e)] = (int8_t)(stream[used + (size_t)e / 8] >> (e % 8 * 8));
			used += ((size_t)count + 7) / 8;
			break;
		case 8:
			assert_true(n_tiles >= 1 && rows >= 1);
			for (int t = 0; t < n_tiles; t++) {
				struct tile *T = &h->tile[tile + t * stride];
				struct pending *p;

				assert_true(tile + t * stride < h->usable);
				finish_down_to(h, tile + t * stride, MAX_PENDING - 1);
				p = &T->queue[T->n++];
				memcpy(p->w, w, sizeof(p->w));
				p->row0 = row0;
				p->row_step = row_step;
				p->rows = rows;
				p->col0 = (int)(((unsigned)field(w, 2, 9, 0) + h->r[field(w, 7, 11, 8)]) & 0xffff);
				p->col_step = field(w, 2, 19, 10);
				p->cols = field(w, 2, 30, 20);
				p->acc = acc;
				assert_true(row0 + (rows - 1) * row_step < c->rows && p->cols >= 1 && p->col0 + (p->cols - 1) * p->col_step < (c->weight_code == CFG_DIF ? c->cols / 2 : c->cols));
				for (int e = 0; e < rows; e++)
					p->x[e] = h->buffer[pattern(h, w, base, e)];
				if (h->early)
					finish_down_to(h, tile + t * stride, 0);
			}
			break;
		case 9:
			assert_true(n_tiles >= 1 && count >= 1);
			for (int t = 0; t < n_tiles; t++)
				finish_down_to(h, tile + t * stride, field(w, 6, 19, 16));
			for (int i = 0; i < count; i++) {
				int64_t sum = 0;
				int q;

				assert_true(acc + i < c->accumulator_depth && channel + i < c->channel_depth);
				for (int t = 0; t < n_tiles; t++)
					sum += h->tile[tile + t * stride].acc[acc + i];
				assert_true(sum >= INT32_MIN && sum <= INT32_MAX);
				q = requantise(c, sum, h->param[channel + i]);
				if (w[0] >> 4 & 1)
					h->buffer[pattern(h, w, base, i)] = (int8_t)q;
				if (w[0] >> 5 & 1) {
					assert_true(n_out < most);
					out[n_out++] = (struct beat){ sum, q, (w[0] >> 6 & 1) && i == count - 1 };
				}
			}
			break;
		default:
			fail_msg("illegal op %d", op);
		}
	}
}

static void chip_init(struct chip *h, const struct cfg *c, bool early, struct prng *rng)
{
	memset(h, 0, sizeof(*h));
	h->c = c;
	h->early = early;
	h->usable = c->tiles;
	if (c->reference == CFG_IMMERSED && c->network == CFG_BROADCAST)
		h->usable -= (1 << (c->adc == CFG_FLASH ? c->bits : c->flash_bits)) - 1;
	h->buffer = mem_calloc((size_t)c->activation_depth, 1);
	h->param = MEM_NEW((size_t)c->channel_depth, uint32_t);
	for (int t = 0; t < c->tiles; t++) {
		h->tile[t].cell = mem_calloc((size_t)c->rows * (size_t)c->cols, 1);
		h->tile[t].acc = MEM_NEW((size_t)c->accumulator_depth, int64_t);
		/* memories are not reset: whatever they hold must not matter */
		for (int i = 0; i < c->rows * c->cols; i++)
			h->tile[t].cell[i] = (uint8_t)prng_range(rng, 0, (1 << c->cell_bits) - 1);
		for (int i = 0; i < c->accumulator_depth; i++)
			h->tile[t].acc[i] = prng_range(rng, -1000000, 1000000);
	}
}

static void chip_release(struct chip *h)
{
	for (int t = 0; t < h->c->tiles; t++) {
		free(h->tile[t].cell);
		free(h->tile[t].acc);
	}
	free(h->buffer);
	free(h->param);
}

#endif

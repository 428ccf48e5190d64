/* Compiled programs compute integer matrix products: a plain interpreter of docs/isa.md (own field extraction, ideal converters, results as late as
 * the pending rules allow) executes them and every beat is compared with nested loops over the weights.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "common/mem.h"
#include "common/prng.h"
#include "map/map.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the interpreter ---- */

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
	int8_t *buffer;
	uint32_t *param;
	unsigned r[8];
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

static int slice_count(const struct cfg *c)
{
	int m = c->weight_bits > 1 ? c->weight_bits - 1 : 1;

	if (c->weight_code == CFG_SM)
		return 2 * ((m + c->cell_bits - 1) / c->cell_bits);
	return (c->weight_bits - 1 + c->cell_bits - 1) / c->cell_bits + 1;
}

static int slice_weight(const struct cfg *c, int j)
{
	int K = slice_count(c);

	if (c->weight_code == CFG_SM)
		return j < K / 2 ? 1 << (j * c->cell_bits) : -(1 << ((j - K / 2) * c->cell_bits));
	return j < K - 1 ? 1 << (j * c->cell_bits) : -(1 << (c->weight_bits - 1));
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
					count += t->cell[(p->row0 + e * p->row_step) * c->cols + p->col0 + i * p->col_step];
			}
			assert_true(count < 1 << bits);
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
	h->comparisons += (uint64_t)(P * p->cols * bits);
	memmove(&t->queue[0], &t->queue[1], (size_t)--t->n * sizeof(t->queue[0]));
}

static void finish_down_to(struct chip *h, int tile, int pending)
{
	assert_true(tile >= 0 && tile < h->c->tiles);
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
		base = (int)((w[3] + h->r[field(w, 7, 2, 0)]) & 0xffff);
		acc = (int)((w[5] + h->r[field(w, 7, 14, 12)]) & 0xffff);
		channel = (int)((w[1] + h->r[field(w, 7, 22, 20)]) & 0xffff);
		tile = field(w, 0, 15, 8);
		stride = field(w, 0, 23, 16);
		n_tiles = field(w, 0, 31, 24);
		row0 = field(w, 1, 9, 0);
		row_step = field(w, 1, 19, 10);
		rows = field(w, 1, 30, 20);
		switch (op) {
		case 1:
			for (int t = 0; t < c->tiles; t++)
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
			h->r[field(w, 7, 2, 0)] = (h->r[field(w, 7, 6, 4)] + w[5]) & 0xffff;
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

				assert_true(tile + t * stride < c->tiles);
				finish_down_to(h, tile + t * stride, MAX_PENDING - 1);
				p = &T->queue[T->n++];
				memcpy(p->w, w, sizeof(p->w));
				p->row0 = row0;
				p->row_step = row_step;
				p->rows = rows;
				p->col0 = field(w, 2, 9, 0);
				p->col_step = field(w, 2, 19, 10);
				p->cols = field(w, 2, 30, 20);
				p->acc = acc;
				assert_true(row0 + (rows - 1) * row_step < c->rows && p->cols >= 1 && p->col0 + (p->cols - 1) * p->col_step < c->cols);
				for (int e = 0; e < rows; e++)
					p->x[e] = h->buffer[pattern(h, w, base, e)];
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

static void chip_init(struct chip *h, const struct cfg *c, struct prng *rng)
{
	memset(h, 0, sizeof(*h));
	h->c = c;
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

/* ---- what must come out ---- */

/* acc[token][channel], q alike, of one stage from its inputs x[token][blocks*in] */
static void stage_product(const struct cfg *c, const struct map_stage *st, int tokens, const int *x, int64_t *acc, int *q)
{
	int channels = st->blocks * st->out;

	for (int t = 0; t < tokens; t++) {
		for (int ch = 0; ch < channels; ch++) {
			int64_t sum = 0;

			for (int i = 0; i < st->in; i++)
				sum += (int64_t)st->w[(size_t)ch * (size_t)st->in + (size_t)i] * x[(t * st->blocks + ch / st->out) * st->in + i];
			acc[t * channels + ch] = sum;
			q[t * channels + ch] = requantise(c, sum, st->M[ch] | (uint32_t)st->s[ch] << 16);
		}
	}
}

struct want { int64_t *acc[2]; int *q[2]; };

static void layer_product(const struct cfg *c, const struct map_layer *l, int tokens, const int8_t *x, struct want *want)
{
	const struct map_stage *R = &l->stage[0], *L = &l->stage[1];
	int padded = R->blocks * R->in, *in = MEM_NEW((size_t)(tokens * padded), int), *mid;

	for (int i = 0; i < l->n_stages; i++) {
		size_t n = (size_t)(tokens * l->stage[i].blocks * l->stage[i].out);

		want->acc[i] = MEM_NEW(n, int64_t);
		want->q[i] = MEM_NEW(n, int);
	}
	for (int t = 0; t < tokens; t++)
		for (int i = 0; i < l->in; i++)
			in[t * padded + i] = x[t * l->in + i];
	stage_product(c, R, tokens, in, want->acc[0], want->q[0]);
	free(in);
	if (l->n_stages == 1)
		return;
	mid = MEM_NEW((size_t)(tokens * l->b * l->b * l->r), int);
	/* z[l] = L[l] concat_k y[k][l*r : (l+1)*r] */
	for (int t = 0; t < tokens; t++)
		for (int k = 0; k < l->b; k++)
			for (int n = 0; n < l->b; n++)
				for (int j = 0; j < l->r; j++)
					mid[((t * l->b + n) * l->b + k) * l->r + j] = want->q[0][(t * l->b + k) * l->b * l->r + n * l->r + j];
	stage_product(c, L, tokens, mid, want->acc[1], want->q[1]);
	free(mid);
}

static void want_release(struct want *w)
{
	for (int i = 0; i < 2; i++) {
		free(w->acc[i]);
		free(w->q[i]);
	}
}

/* ---- cases ---- */

static int lossless_bits(int rows, int cell_bits)
{
	int bits = 1;

	while ((1 << bits) <= rows * ((1 << cell_bits) - 1))
		bits++;
	return bits;
}

static struct cfg config(int rows, int cols, int tiles, int cell_bits)
{
	struct cfg c = { .name = "test", .rows = rows, .cols = cols, .tiles = tiles, .cell_bits = cell_bits, .sample_hold = true, .input_bits = 8, .weight_bits = 8,
		.bits = lossless_bits(rows, cell_bits), .adcs = 8, .lsb = 1, .grid_bits = 4, .precharge = 1, .evaluate = 1, .compare = 1,
		.program_depth = 16384, .activation_depth = 8192, .accumulator_depth = 1024, .channel_depth = 2048 };

	return c;
}

/* 0: zeros, 1: extremes of the code, else random */
static int draw_x(const struct cfg *c, struct prng *rng, int kind)
{
	int lo = c->input_code == CFG_TC ? -(1 << (c->input_bits - 1)) : c->input_bits > 1 ? 1 - (1 << (c->input_bits - 1)) : -1;
	int hi = c->input_code == CFG_TC ? (1 << (c->input_bits - 1)) - 1 : -lo;

	if (kind == 0)
		return 0;
	if (kind == 1)
		return prng_range(rng, 0, 1) ? lo : hi;
	return (int)prng_range(rng, lo, hi);
}

/* one program executed, every beat compared */
static void check_program(const struct cfg *c, const struct map_layer *l, const struct map_program *p, const int8_t *x, const struct want *want, struct prng *rng)
{
	uint64_t *stream = map_stream(c, l, p, x);
	struct beat *out = MEM_NEW(p->n_outputs, struct beat);
	uint8_t *seen[2] = { 0 };
	struct chip h;
	size_t n;

	chip_init(&h, c, rng);
	n = run(&h, p->code, p->n_instr, stream, p->n_beats, out, p->n_outputs);
	assert_int_equal(n, p->n_outputs);
	assert_true(out[n - 1].last);
	for (int i = 0; i < l->n_stages; i++)
		seen[i] = mem_calloc((size_t)(p->tokens * l->stage[i].blocks * l->stage[i].out), 1);
	for (size_t i = 0; i < n; i++) {
		struct map_output o = p->output[i];
		int at = o.token * l->stage[o.stage].blocks * l->stage[o.stage].out + o.channel;

		assert_int_equal(seen[o.stage][at]++, 0);
		assert_int_equal(out[i].acc, want->acc[o.stage][at]);
		assert_int_equal(out[i].q, want->q[o.stage][at]);
	}
	for (int i = 0; i < l->n_stages; i++) {
		assert_null(memchr(seen[i], 0, (size_t)(p->tokens * l->stage[i].blocks * l->stage[i].out)));
		free(seen[i]);
	}
	assert_int_equal(h.activations, p->counts.activations);
	assert_int_equal(h.conversions, p->counts.conversions);
	assert_int_equal(h.comparisons, p->counts.comparisons);
	assert_true(p->counts.bound > 0 && p->counts.bound < 1);
	chip_release(&h);
	free(out);
	free(stream);
}

/* returns true when the program could be made shorter for a smaller program memory, and was executed then, too */
static bool check_layer(const struct cfg *c, const struct map_layer *l, enum map_placement placement, int tokens, int kind, struct prng *rng)
{
	struct cfg tight = *c;
	struct err e = { 0 };
	struct map_program p;
	struct want want = { 0 };
	int8_t *x = mem_calloc((size_t)tokens, (size_t)l->in);
	bool shorter;

	for (int i = 0; i < tokens * l->in; i++)
		x[i] = (int8_t)draw_x(c, rng, kind);
	layer_product(c, l, tokens, x, &want);
	if (map_compile(c, l, placement, tokens, &p, &e))
		fail_msg("%s", e.text);
	assert_true(map_batch(c, l, placement, &e) >= tokens);
	check_program(c, l, &p, x, &want, rng);
	tight.program_depth = (int)p.n_instr - 1;
	map_program_release(&p);
	shorter = !map_compile(&tight, l, placement, tokens, &p, &e);
	if (shorter) {
		assert_true(p.n_instr <= (size_t)tight.program_depth);
		check_program(&tight, l, &p, x, &want, rng);
		map_program_release(&p);
	}
	want_release(&want);
	free(x);
	return shorter;
}

static void dense_layer(const struct cfg *c, int out, int in, struct prng *rng, struct map_layer *l)
{
	struct err e = { 0 };
	int32_t *w = MEM_NEW((size_t)(out * in), int32_t);
	int lo = c->weight_code == CFG_TC ? -(1 << (c->weight_bits - 1)) : c->weight_bits > 1 ? 1 - (1 << (c->weight_bits - 1)) : -1;
	int hi = c->weight_code == CFG_TC ? (1 << (c->weight_bits - 1)) - 1 : -lo;

	for (int i = 0; i < out * in; i++)
		w[i] = (int32_t)prng_range(rng, lo, hi);
	/* a factor that brings most results into the code */
	if (map_take_integers(c, w, out, in, "test", 1 + (double)in * hi, l, &e))
		fail_msg("%s", e.text);
	free(w);
}

static void monarch_layer(const struct cfg *c, int b, int r, int p, int s, struct prng *rng, struct map_layer *l)
{
	struct err e = { 0 };
	size_t nR = (size_t)(b * b * r * p), nL = (size_t)(b * s * b * r);
	float *R = MEM_NEW(nR, float), *L = MEM_NEW(nL, float);
	/* ragged: the padding is never empty when it can be */
	struct model_linear m = { .out = s > 1 ? b * s - 1 : b * s, .in = p > 1 ? b * p - 1 : b * p, .b = b, .r = r, .p = p, .s = s, .R = R, .L = L };
	double k[8];

	for (size_t i = 0; i < nR; i++)
		R[i] = (float)prng_normal(rng);
	for (size_t i = 0; i < nL; i++)
		L[i] = (float)prng_normal(rng);
	for (int i = 0; i < b; i++)
		k[i] = sqrt((double)p) * (0.5 + prng_unit(rng));
	if (map_quantise(c, &m, "test", k, 3, l, &e))
		fail_msg("%s", e.text);
	free(R);
	free(L);
}

static void draw_numbers(struct cfg *c, struct prng *rng)
{
	static const int bits[] = { 1, 4, 7, 8 };

	c->input_bits = bits[prng_range(rng, 0, 3)];
	c->weight_bits = bits[prng_range(rng, 0, 3)];
	c->input_code = prng_range(rng, 0, 1) ? CFG_TC : CFG_SM;
	c->weight_code = prng_range(rng, 0, 1) ? CFG_TC : CFG_SM;
	c->resolution = prng_range(rng, 0, 1) ? CFG_FIT : CFG_FULL;
	c->sample_hold = prng_range(rng, 0, 1);
	c->adcs = 1 << prng_range(rng, 0, 3);
	c->compare = (int)prng_range(rng, 1, 3);
}

static const int size[][2] = { { 8, 8 }, { 33, 65 }, { 64, 64 }, { 100, 37 }, { 256, 256 } };
static const int tile_count[] = { 1, 3, 4 };
static const int token_count[] = { 1, 2, 5 };

static struct cfg draw_config(struct prng *rng)
{
	const int *rc = size[prng_range(rng, 0, 4)];
	struct cfg c = config(rc[0], rc[1], tile_count[prng_range(rng, 0, 2)], (int)prng_range(rng, 1, 2));

	draw_numbers(&c, rng);
	return c;
}

static bool check_dense(struct cfg c, int out, int in, int tokens, enum map_placement placement, struct prng *rng)
{
	struct map_layer l;

	bool shorter;

	dense_layer(&c, out, in, rng, &l);
	shorter = check_layer(&c, &l, placement, tokens, (int)prng_range(rng, 0, 3), rng);
	map_layer_release(&l);
	return shorter;
}

static void t_map_dense_random(void **state)
{
	struct prng rng;
	int shorter = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 150; seed++) {
		struct cfg c;
		bool large = seed % 10 == 0;

		prng_init(&rng, seed);
		c = draw_config(&rng);
		shorter += check_dense(c, (int)prng_range(&rng, 1, large ? 172 : 40), (int)prng_range(&rng, 1, large ? 64 : 40), token_count[seed % 3],
				       seed & 1 ? MAP_LINEAR : MAP_SPARSE, &rng);
	}
	assert_true(shorter > 9);
}

static void t_map_dense_sizes(void **state)
{
	static const int shape[][2] = { { 1, 1 }, { 1, 33 }, { 33, 1 }, { 7, 3 }, { 64, 64 }, { 172, 64 }, { 64, 172 } };
	struct prng rng;

	(void)state;
	prng_init(&rng, 99);
	for (int i = 0; i < 5; i++) {
		for (int j = 0; j < 7; j++) {
			struct cfg c = config(size[i][0], size[i][1], tile_count[j % 3], 1 + j % 2);

			c.input_bits = c.weight_bits = i == 0 ? 4 : 8;
			c.weight_code = j & 1 ? CFG_SM : CFG_TC;
			check_dense(c, shape[j][0], shape[j][1], j == 6 ? 1 : 3, MAP_AUTO, &rng);
		}
	}
}

static void t_map_monarch_random(void **state)
{
	struct prng rng;

	(void)state;
	for (unsigned seed = 1; seed <= 200; seed++) {
		struct map_layer l;
		struct cfg c;
		int b, r, p;

		prng_init(&rng, 1000 + seed);
		c = draw_config(&rng);
		b = (int)prng_range(&rng, 1, 4);
		r = seed % 5 == 0 ? 3 : 1 << prng_range(&rng, 0, 2);
		p = (int)prng_range(&rng, 1, seed % 7 ? 17 : 43);
		monarch_layer(&c, b, r, p, (int)prng_range(&rng, 1, 17), &rng, &l);
		check_layer(&c, &l, seed % 4 == 0 ? MAP_LINEAR : MAP_AUTO, token_count[seed % 3], 2, &rng);
		map_layer_release(&l);
	}
}

/* as many tokens as fit, and one more is refused by name */
static void t_map_batch_limit(void **state)
{
	struct cfg c = config(8, 8, 1, 1);
	struct map_layer l;
	struct map_program p;
	struct err e = { 0 };
	struct prng rng;
	int most;

	(void)state;
	prng_init(&rng, 5);
	c.input_bits = c.weight_bits = 4;
	c.activation_depth = 96;
	dense_layer(&c, 7, 9, &rng, &l);
	most = map_batch(&c, &l, MAP_AUTO, &e);
	assert_int_equal(most, 96 / 9);
	check_layer(&c, &l, MAP_AUTO, most, 2, &rng);
	assert_int_equal(map_compile(&c, &l, MAP_AUTO, most + 1, &p, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.text, "1..10"));
	c.accumulator_depth = 13;
	assert_int_equal(map_batch(&c, &l, MAP_AUTO, &e), 96 / 9 < 13 / 2 ? 96 / 9 : 13 / 2);
	map_layer_release(&l);
}

static void expect_refusal(const struct cfg *c, const struct map_layer *l, enum map_placement p, const char *field_name)
{
	struct err e = { 0 };

	assert_int_equal(map_batch(c, l, p, &e), 0);
	assert_int_equal(e.code, ERR_INPUT);
	if (!strstr(e.text, field_name))
		fail_msg("'%s' is not in: %s", field_name, e.text);
}

static void t_map_depths_bad(void **state)
{
	struct cfg c = config(8, 8, 2, 1), d;
	struct map_layer l;
	struct prng rng;

	(void)state;
	prng_init(&rng, 6);
	c.input_bits = c.weight_bits = 2;
	dense_layer(&c, 33, 40, &rng, &l);
	d = c;
	d.activation_depth = 39;
	expect_refusal(&d, &l, MAP_AUTO, "scheduler.activation_depth");
	d = c;
	d.accumulator_depth = 3;
	expect_refusal(&d, &l, MAP_AUTO, "scheduler.accumulator_depth");
	d = c;
	d.channel_depth = 32;
	expect_refusal(&d, &l, MAP_AUTO, "scheduler.channel_depth");
	d = c;
	d.program_depth = 16;
	expect_refusal(&d, &l, MAP_AUTO, "scheduler.program_depth");
	map_layer_release(&l);
}

/* the dense form of a Monarch stage sums over more row groups than its blocks do */
static void t_map_overflow_linear_bad(void **state)
{
	struct cfg c = config(8, 64, 1, 1);
	struct map_layer l;
	struct prng rng;
	struct err e = { 0 };

	(void)state;
	prng_init(&rng, 7);
	c.bits = 12;
	c.lsb = 4;
	monarch_layer(&c, 4, 1, 8, 8, &rng, &l);
	assert_true(map_batch(&c, &l, MAP_SPARSE, &e) > 0);
	expect_refusal(&c, &l, MAP_LINEAR, "overflow");
	map_layer_release(&l);
}

/* the layers of the models at hand fit the program memory of 256 that edge64 and std256 have */
static void t_map_program_size(void **state)
{
	static const int dense[][2] = { { 64, 64 }, { 32, 64 }, { 172, 64 }, { 64, 172 } }, monarch[][3] = { { 4, 16, 16 }, { 2, 16, 8 }, { 4, 16, 43 }, { 4, 43, 16 } };
	struct prng rng;

	(void)state;
	prng_init(&rng, 9);
	for (int n = 0; n < 16; n++) {
		struct cfg c = n & 1 ? config(64, 64, 4, 1) : config(256, 256, 2, 1);
		struct map_layer l;
		struct err e = { 0 };
		const int *m = monarch[n / 2 % 4];

		c.program_depth = 256;
		c.activation_depth = 16384;
		if (n < 8)
			dense_layer(&c, dense[n / 2 % 4][0], dense[n / 2 % 4][1], &rng, &l);
		else
			monarch_layer(&c, 4, m[0], m[1], m[2], &rng, &l);
		if (map_batch(&c, &l, MAP_AUTO, &e) < 16)
			fail_msg("case %d: %s", n, e.text);
		map_layer_release(&l);
	}
}

/* converters are busy at least 0.97 of the bound, whatever is scarce: conversions, sequencer, drain */
static void t_map_busy(void **state)
{
	static const int shape[][2] = { { 64, 64 }, { 172, 64 }, { 64, 172 } };
	struct prng rng;

	(void)state;
	prng_init(&rng, 8);
	for (int n = 0; n < 72; n++) {
		struct cfg c = config(n & 1 ? 64 : 256, n & 1 ? 64 : 256, 4, 1);
		struct map_layer l;
		struct map_program p;
		struct err e = { 0 };
		uint64_t busy;

		c.accumulator_depth = 4096;
		c.activation_depth = 65536;
		c.adcs = 4 << n / 12;
		if (c.adcs > c.cols)
			c.adcs = c.cols;
		c.input_bits = n / 2 % 2 ? 8 : 1;
		if (n % 4 < 2)
			dense_layer(&c, shape[n % 3][0], shape[n % 3][1], &rng, &l);
		else
			monarch_layer(&c, 4, 4, (shape[n % 3][1] + 3) / 4, (shape[n % 3][0] + 3) / 4, &rng, &l);
		if (map_compile(&c, &l, MAP_AUTO, 33, &p, &e))
			fail_msg("%s", e.text);
		busy = p.counts.compare_clocks;
		if ((double)busy / (double)p.counts.window_clocks < 0.97 * p.counts.bound)
			fail_msg("case %d: busy %g of bound %g", n, (double)busy / (double)p.counts.window_clocks, p.counts.bound);
		map_program_release(&p);
		map_layer_release(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_map_dense_random), cmocka_unit_test(t_map_dense_sizes), cmocka_unit_test(t_map_monarch_random),
		cmocka_unit_test(t_map_batch_limit), cmocka_unit_test(t_map_depths_bad), cmocka_unit_test(t_map_overflow_linear_bad), cmocka_unit_test(t_map_program_size), cmocka_unit_test(t_map_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

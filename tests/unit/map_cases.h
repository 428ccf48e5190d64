/* Layers drawn at random, what must come out of them by nested loops, and a program executed with every beat compared.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MAP_CASES_H
#define TESTS_MAP_CASES_H
#include "tests/unit/map_interpreter.h"
#include <math.h>

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

/* the arrays hold every cell of every weight once */
static void check_cells(const struct cfg *c, const struct map_layer *l, const struct map_program *p)
{
	long want = 0;

	for (int n = 0; n < (l->n_parts ? l->n_parts : 1); n++)
		for (int i = 0; i < l->n_stages; i++) {
			const struct map_stage *st = l->n_parts ? &l->part[n]->stage[i] : &l->stage[i];

			want += (long)st->blocks * st->out * st->in * slice_count(c) * (c->weight_code == CFG_DIF ? 2 : 1);
		}
	for (size_t i = 0; i < p->n_arrays; i++) {
		want -= p->array[i].cells_used;
		assert_true(p->array[i].rows_used <= c->rows && p->array[i].cols_used <= c->cols);
		assert_true(p->array[i].cells_used <= (long)p->array[i].rows_used * p->array[i].cols_used);
	}
	assert_int_equal(want, 0);
}

/* of all parts of a joint layer */
static int stage_channels(const struct map_layer *l, int stage)
{
	int n = l->stage[stage].blocks * l->stage[stage].out;

	for (int i = 0; i < l->n_parts; i++)
		n += l->part[i]->stage[stage].blocks * l->part[i]->stage[stage].out;
	return n;
}

/* the program executed, every beat compared */
static void execute(const struct cfg *c, const struct map_layer *l, const struct map_program *p, const int8_t *x, const struct want *want, bool early, struct prng *rng)
{
	uint64_t *stream = map_stream(c, l, p, x);
	struct beat *out = MEM_NEW(p->n_outputs, struct beat);
	uint8_t *seen[2] = { 0 };
	struct chip h;
	size_t n;

	chip_init(&h, c, early, rng);
	n = run(&h, p->code, p->n_instr, stream, p->n_beats, out, p->n_outputs);
	assert_int_equal(n, p->n_outputs);
	assert_true(out[n - 1].last);
	for (int i = 0; i < l->n_stages; i++)
		seen[i] = mem_calloc((size_t)(p->tokens * stage_channels(l, i)), 1);
	for (size_t i = 0; i < n; i++) {
		struct map_output o = p->output[i];
		int at = o.token * stage_channels(l, o.stage) + o.channel;

		assert_int_equal(seen[o.stage][at]++, 0);
		assert_int_equal(out[i].acc, want->acc[o.stage][at]);
		assert_int_equal(out[i].q, want->q[o.stage][at]);
	}
	for (int i = 0; i < l->n_stages; i++) {
		assert_null(memchr(seen[i], 0, (size_t)(p->tokens * stage_channels(l, i))));
		free(seen[i]);
	}
	assert_int_equal(h.activations, p->counts.activations);
	assert_int_equal(h.conversions, p->counts.conversions);
	assert_int_equal(h.comparisons, p->counts.comparisons);
	chip_release(&h);
	free(out);
	free(stream);
}

static void check_program(const struct cfg *c, const struct map_layer *l, const struct map_program *p, const int8_t *x, const struct want *want, struct prng *rng)
{
	execute(c, l, p, x, want, false, rng);
	execute(c, l, p, x, want, true, rng);
	check_cells(c, l, p);
	assert_true(p->counts.bound > 0 && p->counts.bound < 1);
	/* no window is shorter than the least */
	assert_true((double)p->counts.compare_clocks <= p->counts.bound * (double)p->counts.window_clocks * (1 + 1e-12));
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

/* a kind whose exact conversions the interpreter's counts are; small arrays may have a network, and tiles that only serve.
 * (More lines than an array has are no matter to the program.) */
static void draw_converter(struct cfg *c, struct prng *rng)
{
	c->adc = (enum cfg_adc)prng_range(rng, CFG_SAR, CFG_HYBRID);
	c->flash_bits = (int)prng_range(rng, 1, c->bits < 4 ? c->bits - 1 : 3);
	c->search = c->adc == CFG_SAR && prng_range(rng, 0, 1) ? CFG_ASYMMETRIC : CFG_BINARY;
	if (c->search == CFG_ASYMMETRIC)
		c->resolution = CFG_FULL;
	if (c->weight_code == CFG_DIF || prng_range(rng, 0, 1))
		return;
	c->reference = CFG_IMMERSED;
	c->sample_hold = false;
	c->reference_precharge = c->share = 1;
	c->settle = (int)prng_range(rng, 1, 3);
	if (c->adc == CFG_SAR) {
		c->tiles += c->tiles % 2;
		c->network = CFG_PAIR;
	} else {
		c->adc = CFG_HYBRID;
		c->network = prng_range(rng, 0, 1) ? CFG_RING : CFG_BROADCAST;
		c->tiles += (1 << c->flash_bits) - 1;
	}
}

static void draw_numbers(struct cfg *c, struct prng *rng)
{
	static const int bits[] = { 1, 4, 7, 8 };

	c->input_bits = bits[prng_range(rng, 0, 3)];
	c->weight_bits = bits[prng_range(rng, 0, 3)];
	c->input_code = prng_range(rng, 0, 1) ? CFG_TC : CFG_SM;
	c->weight_code = (enum cfg_code)prng_range(rng, CFG_TC, CFG_TERNARY);
	if (c->weight_code == CFG_TERNARY)
		c->weight_bits = 1;
	if (c->weight_code == CFG_DIF) {
		c->low = -c->rows * ((1 << c->cell_bits) - 1);
		c->bits++;
	}
	c->resolution = prng_range(rng, 0, 1) ? CFG_FIT : CFG_FULL;
	c->sample_hold = prng_range(rng, 0, 1);
	c->adcs = 1 << prng_range(rng, 0, 3);
	c->compare = (int)prng_range(rng, 1, 3);
	draw_converter(c, rng);
}

#endif

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
#include "tests/unit/map_interpreter.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

	for (int i = 0; i < l->n_stages; i++)
		want += (long)l->stage[i].blocks * l->stage[i].out * l->stage[i].in * slice_count(c) * (c->weight_code == CFG_DIF ? 2 : 1);
	for (size_t i = 0; i < p->n_arrays; i++) {
		want -= p->array[i].cells_used;
		assert_true(p->array[i].rows_used <= c->rows && p->array[i].cols_used <= c->cols);
		assert_true(p->array[i].cells_used <= (long)p->array[i].rows_used * p->array[i].cols_used);
	}
	assert_int_equal(want, 0);
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
	check_cells(c, l, p);
	assert_int_equal(h.activations, p->counts.activations);
	assert_int_equal(h.conversions, p->counts.conversions);
	assert_int_equal(h.comparisons, p->counts.comparisons);
	assert_true(p->counts.bound > 0 && p->counts.bound < 1);
	/* no window is shorter than the least */
	assert_true((double)p->counts.compare_clocks <= p->counts.bound * (double)p->counts.window_clocks * (1 + 1e-12));
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
	if (map_compile(c, l, placement, tokens, NULL, &p, &e))
		fail_msg("%s", e.text);
	assert_true(map_batch(c, l, placement, &e) >= tokens);
	check_program(c, l, &p, x, &want, rng);
	tight.program_depth = (int)p.n_instr - 1;
	map_program_release(&p);
	shorter = !map_compile(&tight, l, placement, tokens, NULL, &p, &e);
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
	assert_int_equal(map_compile(&c, &l, MAP_AUTO, most + 1, NULL, &p, &e), -1);
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
		if (map_compile(&c, &l, MAP_AUTO, 33, NULL, &p, &e))
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

/* golden/layer's ways of reading give the same bits: plain words, AVX2, AVX-512, and the product where nothing is lost. The share of conversions
 * that are inside their table's range (docs/train.md section 4) is counted here cell by cell.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "common/prng.h"
#include "golden/layer_parts.h"
#include "golden/nonideal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { MOST = 272 };
static int8_t w[MOST * MOST], x[MOST];
static int32_t T[64 << 8];

enum fill { RANDOM, ONES, LOWEST, HIGHEST, N_FILL };

static void fill(struct prng *p, int8_t *v, int n, enum fill how, enum gc_code c, int bits)
{
	int hi = gc_qhi(c, bits), lo = c == GC_TC ? -(1 << (bits - 1)) : gc_qlo(bits);

	while (n--)
		v[n] = (int8_t)(how == ONES ? -1 : how == LOWEST ? lo : how == HIGHEST ? hi : prng_range(p, lo, hi)); /* -1 of tc: all cells, all planes */
}

static int some(struct prng *p, const int *from, int n)
{
	return from[prng_range(p, 0, n - 1)];
}

static void draw_tables(struct prng *p, struct gl_readout *ro, int n, bool monotone)
{
	int lane, k, size = 1 << ro->bits, smax = n * ((1 << ro->cell_bits) - 1);

	for (lane = 0; lane < ro->adcs; lane++)
		for (k = 1; k < size; k++)
			T[lane * size + k] = monotone ? (ro->window.low + k * ro->window.lsb) * (1 << ro->grid_bits) + (int32_t)prng_range(p, -7, 7) :
					     (int32_t)prng_range(p, ro->weight_code == GC_DIF ? -smax : 0, smax) * (1 << ro->grid_bits);
	ro->thresholds = T;
}

static void draw(struct prng *p, int i, struct gl_readout *ro, int *out, int *in)
{
	static const int sizes[] = { 1, 3, 7, 33, 64, 65, 172, 256 }, rows[] = { 1, 7, 8, 12, 33, 64, 65, 85, 127, 255, 256, 257 },
			 adcs[] = { 1, 2, 8, 8, 8, 64 };

	*in = sizes[i % 8];
	*out = i % 5 == 0 ? 266 : some(p, sizes, i % 3 ? 6 : 8); /* 266: more than a chunk, also where each slice has a table */
	*ro = (struct gl_readout){ .rows = i % 4 ? some(p, rows, 12) : 64, .cols = i % 3 ? 64 : (int)prng_range(p, 2, 70), .bits = (int)prng_range(p, 1, 8),
				   .cell_bits = i % 3 ? 1 : 2, .grid_bits = 4, .input_bits = (int)prng_range(p, 1, 8), .weight_bits = (int)prng_range(p, 1, 8),
				   .input_code = prng_range(p, 0, 1) ? GC_SM : GC_TC, .weight_code = (enum gc_code)prng_range(p, 0, 2),
				   .full = prng_range(p, 0, 1), .adcs = some(p, adcs, 6) };
	ro->window = (struct ro_window){ (int)prng_range(p, 1, 4), (int)prng_range(p, ro->weight_code == GC_DIF ? -40 : -3, 6) * (i % 2), i % 7 == 0 };
	if (i % 8 == 7 && i % 4 == 3) { /* the top code ends with the rows */
		ro->rows = 256;
		ro->window = (struct ro_window){ 256 >> ro->bits, 0, false };
		ro->cell_bits = 1;
		ro->weight_code = GC_TC;
	}
	if (ro->adcs > ro->cols / 2)
		ro->adcs = 1;
	if (prng_range(p, 0, 1))
		draw_tables(p, ro, *in < ro->rows ? *in : ro->rows, prng_range(p, 0, 2));
}

static void test_same_bits(void **state)
{
	static int32_t y[2][MOST], z[MOST];
	static float inside[2][MOST];
	enum gl_simd best = gl_simd();
	struct prng p;
	int i, how, out, in, in_lanes = 0, taken_back = 0, o;

	(void)state;
	prng_init(&p, 31);
	for (i = 0; i < 1000; i++) {
		struct gl_readout ro;

		draw(&p, i, &ro, &out, &in);
		how = i % 3 ? RANDOM : (int)prng_range(&p, 0, N_FILL - 1);
		fill(&p, w, out * in, ro.weight_bits == 1 && how == ONES ? LOWEST : (enum fill)how, ro.weight_code, ro.weight_bits);
		fill(&p, x, in, ro.input_bits == 1 && how == ONES ? LOWEST : (enum fill)how, ro.input_code, ro.input_bits);
		if (how == ONES) /* most of the columns, not all */
			fill(&p, w, in * (out / 3), RANDOM, ro.weight_code, ro.weight_bits);
		for (enum gl_simd s = GL_PLAIN; s <= best; s++) {
			struct gl_matrix *m;

			gl_simd_limit(s);
			m = gl_prepare(&ro, w, out, in);
			memset(y[s > 0], 0x55, sizeof(y[0]));
			memset(inside[s > 0], 0x55, sizeof(inside[0]));
			gl_read_inside(m, x, y[s > 0], inside[s > 0]);
			gl_read(m, x, z);
			assert_memory_equal(z, y[s > 0], (size_t)out * sizeof(*z));
			if (s > 0) {
				assert_memory_equal(y[0], y[1], (size_t)out * sizeof(*z));
				assert_memory_equal(inside[0], inside[1], (size_t)out * sizeof(**inside));
				in_lanes += m->lanes != NULL;
				taken_back += m->lanes && m->shape[0]->highest == 256 && how == ONES;
			}
			gl_free(m);
		}
		for (o = 0; o < out; o++)
			assert_true(inside[0][o] >= 0 && inside[0][o] <= 1);
	}
	gl_simd_limit(GL_AVX512);
	if (best > GL_PLAIN) {
		assert_true(in_lanes > 600 * (int)best);
		assert_true(taken_back > 5);
	}
}

/* Of 256 rows only the count of all of them is inside the range of the tables, and no count reaches the first threshold: bytes hold counts up to 255. */
static void test_only_the_last_count_is_inside(void **state)
{
	struct gl_readout ro = { .rows = 256, .cols = 64, .bits = 3, .cell_bits = 1, .grid_bits = 4, .input_bits = 4, .weight_bits = 4, .input_code = GC_TC,
				 .weight_code = GC_TC, .adcs = 1, .window = { 32, 0, false }, .thresholds = T };
	static int32_t y[2][16];
	static float inside[2][16];
	enum gl_simd best = gl_simd(), s;
	int k;

	(void)state;
	for (k = 1; k < 8; k++)
		T[k] = (256 + 32 * k) << 4;
	memset(w, -1, sizeof(w));
	w[15 * 256] = 0;
	memset(x, -1, sizeof(x));
	for (s = GL_PLAIN; s <= best; s++) {
		struct gl_matrix *m;

		gl_simd_limit(s);
		m = gl_prepare(&ro, w, 16, 256);
		gl_read_inside(m, x, y[s > 0], inside[s > 0]);
		assert_true(inside[s > 0][0] == 1 && inside[s > 0][15] == 0); /* 256 in every column and plane, and 255 */
		assert_memory_equal(y[0], y[s > 0], sizeof(y[0]));
		gl_free(m);
	}
	gl_simd_limit(GL_AVX512);
}

/* two's complement: planes and cells are the byte's own bits and need no table; of a magnitude they are not */
static void test_own_bits(void **state)
{
	static const struct { enum gc_code input, weight; bool planes, cells; } cases[] = { { GC_TC, GC_TC, true, true }, { GC_SM, GC_TC, false, true }, { GC_TC, GC_DIF, true, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (int bits = 2; bits <= 8; bits++) {
			struct gl_readout ro = { .rows = 8, .cols = 64, .bits = 4, .cell_bits = 1, .grid_bits = 4, .input_bits = bits, .weight_bits = bits,
						 .input_code = cases[i].input, .weight_code = cases[i].weight, .adcs = 1, .window = { 1, 0, false } };
			struct gl_shape *s = gl_shape_get(&ro, 8);

			assert_int_equal(s->planes_of.few, cases[i].planes);
			assert_int_equal(s->cells_of.few, cases[i].cells);
			gl_shape_put(s);
		}
}

/* ---- what is inside ---- */

static struct { uint64_t done[64]; } st;

static bool level_inside(const struct gl_readout *ro, int lane, int rows, int S)
{
	int64_t F = 1 << ro->grid_bits, level = S * F, lsb = ro->window.lsb * F, first, last;
	int top = (1 << ro_resolution(&ro->window, ro->bits, ro->grid_bits, rows, ro->cell_bits, ro->full)) - 1;

	if (ro->noise)
		level += ro_noise(ro->noise, ro->noise_seed, ro->grid_bits, (uint32_t)lane, st.done[lane]);
	st.done[lane]++;
	if (!ro->thresholds && !ro->window.nearest) /* from low to the end of the top code */
		return level >= ro->window.low * F && level < (ro->window.low + (top + 1) * (int64_t)ro->window.lsb) * F;
	if (ro->thresholds) {
		first = ro->thresholds[lane * (1 << ro->bits) + 1];
		last = ro->thresholds[lane * (1 << ro->bits) + top];
	} else {
		first = ro->window.low * F + lsb / 2;
		last = ro->window.low * F + top * lsb - lsb / 2;
	}
	return first - lsb <= level && level < last + lsb;
}

static void naive(const struct gl_readout *ro, int out, int in, float *inside)
{
	int K = gc_slices(ro->weight_code, ro->weight_bits, ro->cell_bits), P = gc_planes(ro->input_code, ro->input_bits);
	int cols = ro->weight_code == GC_DIF ? ro->cols / 2 : ro->cols, wide = K > cols ? 1 : cols / K, arrays = (out + wide - 1) / wide;
	int each = (out + arrays - 1) / arrays, first, o, j, p, i;
	double *all = MEM_NEW(out, double), *in_range = MEM_NEW(out, double);

	for (first = 0; first < in; first += ro->rows)
		for (p = 0; p < P; p++)
			for (o = 0; o < out; o++)
				for (j = 0; j < K; j++) {
					int end = first + ro->rows < in ? first + ro->rows : in, S = 0;
					double weight = abs(gc_plane_weight(ro->input_code, ro->input_bits, p)) *
							(double)abs(gc_slice_weight(ro->weight_code, ro->weight_bits, ro->cell_bits, j));

					for (i = first; i < end; i++)
						S += gc_plane_bit(ro->input_code, ro->input_bits, p, x[i]) *
						     gc_slice_cell(ro->weight_code, ro->weight_bits, ro->cell_bits, j, w[o * in + i]);
					all[o] += weight;
					if (level_inside(ro, (o % each * K + j) % cols % ro->adcs, end - first, S))
						in_range[o] += weight;
				}
	for (o = 0; o < out; o++)
		inside[o] = (float)(in_range[o] / all[o]);
	free(all);
	free(in_range);
}

static void test_inside(void **state)
{
	static int32_t y[MOST], z[MOST];
	static float inside[MOST], expected[MOST];
	static uint64_t bins[2 * 3 * 257 + 1];
	struct prng p;
	int i, out, in, o, some_out = 0, some_in = 0;

	(void)state;
	prng_init(&p, 77);
	for (i = 0; i < 240; i++) {
		struct gl_readout ro;
		struct gl_matrix *m;

		draw(&p, i, &ro, &out, &in);
		out = out > 33 ? 5 : out;
		ro.noise = i % 5 == 1 ? 700 : 0;
		ro.noise_seed = (uint64_t)i;
		ro.histogram = i % 5 == 2 ? bins : NULL;
		fill(&p, w, out * in, RANDOM, ro.weight_code, ro.weight_bits);
		fill(&p, x, in, RANDOM, ro.input_code, ro.input_bits);
		memset(&st, 0, sizeof(st));
		naive(&ro, out, in, expected);
		m = gl_prepare(&ro, w, out, in);
		gl_read_inside(m, x, y, inside);
		for (o = 0; o < out; o++) {
			assert_true(inside[o] > expected[o] - 1e-6 && inside[o] < expected[o] + 1e-6);
			some_out += inside[o] < 0.9;
			some_in += inside[o] > 0.1;
		}
		gl_free(m);
		m = gl_prepare(&ro, w, out, in); /* noise from its beginning again */
		gl_read(m, x, z);
		assert_memory_equal(y, z, (size_t)out * sizeof(*y));
		gl_free(m);
	}
	assert_true(some_out > 300 && some_in > 300);
}

static void test_inside_stochastic(void **state)
{
	struct gl_readout ro = { .rows = 64, .cols = 64, .adcs = 2, .bits = 2, .cell_bits = 1, .grid_bits = 4, .input_bits = 4, .weight_bits = 4,
				 .window = { 1, 0, false }, .full = true, .conv = { .kind = RO_STOCHASTIC, .samples = 3 }, .seed = 5 };
	struct gl_matrix *m;
	float inside[3];
	int32_t y[3];
	struct prng p;

	(void)state;
	prng_init(&p, 3);
	fill(&p, w, 3 * 64, ONES, GC_TC, 4);
	fill(&p, x, 64, ONES, GC_TC, 4);
	m = gl_prepare(&ro, w, 3, 64);
	gl_read_inside(m, x, y, inside);
	assert_true(inside[0] == 1 && inside[1] == 1 && inside[2] == 1); /* counts of 64 beyond 4 codes: it draws all the same */
	gl_free(m);
	ro.conv = (struct ro_conv){ .kind = RO_SAR };
	m = gl_prepare(&ro, w, 3, 64);
	gl_read_inside(m, x, y, inside);
	assert_true(inside[0] == 0 && inside[1] == 0 && inside[2] == 0);
	gl_free(m);
}

/* ---- the product ---- */

static void test_product(void **state)
{
	static const int sizes[] = { 1, 3, 7, 9, 33, 64, 65, 130 };
	static int32_t y[MOST], z[MOST], expected[MOST];
	static float inside[MOST];
	enum gl_simd best = gl_simd();
	struct prng p;
	int i, o;

	(void)state;
	prng_init(&p, 13);
	for (i = 0; i < 200; i++) {
		int out = sizes[i % 8], in = sizes[i / 8 % 8], bits = 1 + i % 8;
		struct gl_readout ro = { .rows = 64, .cols = 64, .adcs = 4, .bits = 7, .cell_bits = 1, .grid_bits = 4, .input_bits = bits, .weight_bits = 9 - bits,
					 .input_code = i % 2 ? GC_SM : GC_TC, .weight_code = i / 2 % 2 ? GC_SM : GC_TC, .window = { 1, 0, false } };

		fill(&p, w, out * in, i % 3 ? RANDOM : LOWEST, ro.weight_code, ro.weight_bits);
		fill(&p, x, in, i % 3 ? RANDOM : LOWEST, ro.input_code, ro.input_bits);
		gl_matmul(w, x, out, in, expected);
		for (enum gl_simd s = GL_PLAIN; s <= best; s++) {
			struct gl_matrix *m, *emulated;

			gl_simd_limit(s);
			ro.product = false;
			emulated = gl_prepare(&ro, w, out, in);
			ro.product = true;
			m = gl_prepare(&ro, w, out, in);
			assert_non_null(m->pairs);
			assert_null(emulated->pairs);
			gl_read_inside(m, x, y, inside);
			gl_read(emulated, x, z);
			assert_memory_equal(y, expected, (size_t)out * sizeof(*y));
			assert_memory_equal(z, expected, (size_t)out * sizeof(*y));
			for (o = 0; o < out; o++)
				assert_true(inside[o] == 1);
			gl_free(m);
			gl_free(emulated);
		}
	}
	gl_simd_limit(GL_AVX512);
}

/* where anything is lost or counted there is no product */
static void test_no_product(void **state)
{
	struct gl_readout ro = { .rows = 64, .cols = 64, .adcs = 4, .bits = 6, .cell_bits = 1, .grid_bits = 4, .input_bits = 8, .weight_bits = 8,
				 .window = { 1, 0, false }, .product = true };
	static uint64_t bins[129];
	struct gl_matrix *m;

	(void)state;
	memset(w, -1, 2 * 64);
	m = gl_prepare(&ro, w, 2, 64); /* a count of 64 is read as 63 */
	assert_null(m->pairs);
	gl_free(m);
	m = gl_prepare(&ro, w, 2, 63);
	assert_non_null(m->pairs);
	gl_free(m);
	ro.histogram = bins;
	m = gl_prepare(&ro, w, 2, 63);
	assert_null(m->pairs);
	gl_free(m);
	ro.histogram = NULL;
	ro.noise = 1;
	m = gl_prepare(&ro, w, 2, 63);
	assert_null(m->pairs);
	gl_free(m);
}

static void forget(void) /* what earlier matrices left to share */
{
	struct gl_readout ro = { .rows = 64, .cols = 64, .adcs = 1, .bits = 3, .cell_bits = 1, .grid_bits = 4, .input_bits = 1, .weight_bits = 1 };
	int i;

	for (i = 0; i < 64; i++) {
		ro.window.lsb = 100 + i;
		gl_lossless(&ro, 1);
	}
}

/* a read-out that differs in one thing does not get what another one left */
static void test_not_shared(void **state)
{
	static struct ro_tree tree = { .root = 1, .right = { 0, 2, 3, 4, 5, 6, 7 } };
	static int32_t own[2][8] = { { 0, 50, 90, 130 }, { 0, 130, 20, 250, 60, 200, 10, 120 } };
	const struct gl_readout base = { .rows = 64, .cols = 64, .adcs = 1, .bits = 2, .cell_bits = 1, .grid_bits = 4, .input_bits = 4, .weight_bits = 4,
					 .input_code = GC_TC, .weight_code = GC_TC, .window = { 2, 1, false }, .full = true };
	struct gl_readout ro[20];
	int32_t alone[20][5], y[5];
	float inside[20][5], v[5];
	struct gl_matrix *m;
	struct prng p;
	int n, i, j;

	(void)state;
	for (n = 0; n < 20; n++)
		ro[n] = base;
	ro[1].bits = 3, ro[2].cell_bits = 2, ro[3].grid_bits = 5, ro[3].thresholds = own[0], ro[4].input_bits = 5, ro[5].weight_bits = 5;
	ro[6].input_code = GC_SM, ro[7].weight_code = GC_SM, ro[8].weight_code = GC_DIF, ro[9].window.lsb = 3, ro[10].window.low = 0;
	ro[11].window.nearest = true, ro[12].thresholds = own[0], ro[13].thresholds = own[1], ro[13].bits = 3, ro[14] = ro[13], ro[14].conv.kind = RO_FLASH;
	ro[15] = ro[14], ro[15].conv.ones = true, ro[16] = ro[13], ro[16].conv = (struct ro_conv){ .kind = RO_HYBRID, .flash_bits = 2 };
	ro[17] = ro[13], ro[17].conv.tree = &tree, ro[18].noise = 3000, ro[19].conv = (struct ro_conv){ .kind = RO_STOCHASTIC, .samples = 2 };
	prng_init(&p, 8);
	fill(&p, w, 5 * 33, RANDOM, GC_SM, 4);
	fill(&p, x, 33, RANDOM, GC_SM, 4);
	for (i = 0; i < 20; i++) {
		forget();
		m = gl_prepare(&ro[i], w, 5, 33);
		gl_read_inside(m, x, alone[i], inside[i]);
		gl_free(m);
		for (j = 0; j < i; j++) /* no two are alike, or the comparison below says nothing */
			assert_true(memcmp(alone[i], alone[j], sizeof(y)) || memcmp(inside[i], inside[j], sizeof(v)));
	}
	for (i = 0; i < 20; i++)
		for (j = 0; j < 20; j++) {
			forget();
			gl_free(gl_prepare(&ro[j], w, 5, 33));
			m = gl_prepare(&ro[i], w, 5, 33);
			gl_read_inside(m, x, y, v);
			assert_memory_equal(y, alone[i], sizeof(y));
			assert_memory_equal(v, inside[i], sizeof(v));
			gl_free(m);
		}
}

/* a count of 256 that is no 255 */
static void test_256(void **state)
{
	struct gl_readout ro = { .rows = 256, .cols = 64, .adcs = 8, .bits = 8, .cell_bits = 1, .grid_bits = 4, .input_bits = 1, .weight_bits = 1,
				 .input_code = GC_SM, .weight_code = GC_SM, .window = { 1, 1, false } };
	struct gl_matrix *m;
	int32_t y[3];

	(void)state;
	memset(w, 1, 3 * 256);
	w[256] = 0;
	memset(x, 1, 256);
	m = gl_prepare(&ro, w, 3, 256);
	gl_read(m, x, y); /* counts 256, 255, 256, three of 0 each, which this window reads as 1 */
	assert_int_equal(y[0], 256 - 1 - 1 + 1);
	assert_int_equal(y[1], 255 - 1 - 1 + 1);
	assert_int_equal(y[2], 256 - 1 - 1 + 1);
	gl_free(m);
}

/* the most rows, all words of a plane: half of them, and all, whose count is clipped */
static void test_1024(void **state)
{
	struct gl_readout ro = { .rows = 1024, .cols = 64, .adcs = 8, .bits = 8, .cell_bits = 1, .grid_bits = 4, .input_bits = 1, .weight_bits = 1,
				 .input_code = GC_SM, .weight_code = GC_SM, .window = { 4, 0, false } };
	static int8_t ones[1024];

	(void)state;
	memset(w, 1, 2 * 1024);
	memset(w, 0, 512);
	memset(ones, 1, sizeof(ones));
	for (enum gl_simd s = GL_PLAIN; s <= GL_AVX512; s++) {
		struct gl_matrix *m;
		int32_t y[2];

		gl_simd_limit(s);
		m = gl_prepare(&ro, w, 2, 1024);
		gl_read(m, ones, y);
		assert_int_equal(y[0], 512);
		assert_int_equal(y[1], 1020);
		gl_free(m);
	}
}

/* What matrices share is found by its contents: tables that change in place (draws of a training step) do not change a matrix that is there. */
static void test_tables_change(void **state)
{
	struct gl_readout ro = { .rows = 64, .cols = 64, .adcs = 1, .bits = 2, .cell_bits = 1, .grid_bits = 4, .input_bits = 1, .weight_bits = 1,
				 .input_code = GC_SM, .weight_code = GC_SM, .window = { 1, 0, false }, .full = true };
	int32_t own[4] = { 0, 16, 32, 48 }, y[3];
	struct gl_matrix *a, *b;

	(void)state;
	memset(w, 1, 7);
	memset(x, 1, 7);
	ro.thresholds = own;
	a = gl_prepare(&ro, w, 1, 7);
	own[3] = 8 * 16; /* 7 is no longer the top code's */
	b = gl_prepare(&ro, w, 1, 7);
	own[3] = 0;
	gl_read(a, x, &y[0]);
	gl_read(b, x, &y[1]);
	gl_read(a, x, &y[2]);
	assert_int_equal(y[0], 3);
	assert_int_equal(y[1], 2);
	assert_int_equal(y[2], 3);
	gl_free(a);
	gl_read(b, x, &y[1]);
	assert_int_equal(y[1], 2);
	gl_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bits),
		cmocka_unit_test(test_only_the_last_count_is_inside), cmocka_unit_test(test_own_bits), cmocka_unit_test(test_inside), cmocka_unit_test(test_inside_stochastic), cmocka_unit_test(test_product),
		cmocka_unit_test(test_no_product), cmocka_unit_test(test_not_shared), cmocka_unit_test(test_256), cmocka_unit_test(test_1024), cmocka_unit_test(test_tables_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

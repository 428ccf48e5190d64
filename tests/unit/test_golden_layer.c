/* golden/layer: a lossless read-out is the matrix product, bit for bit; a lossy one is what a naive loop over docs/numerics.md sections 1, 3..5, 8
 * says (written here from that page: one cell, one bit at a time, converters by array and column).
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "golden/layer.h"
#include "golden/nonideal.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "tests/unit/aborts.h"

enum { MOST = 140 };
static int8_t w[MOST * MOST], x[MOST];
static int32_t y[MOST], expected[MOST];

static int low_of(enum gc_code c, int bits)
{
	return c == GC_TC ? -(1 << (bits - 1)) : bits == 1 ? -1 : 1 - (1 << (bits - 1));
}

static int high_of(enum gc_code c, int bits)
{
	return bits == 1 ? c != GC_TC : (1 << (bits - 1)) - 1;
}

enum fill { RANDOM, LOWEST, HIGHEST, ZERO, N_FILL };

static void fill(struct prng *p, int8_t *v, int n, enum fill how, enum gc_code c, int bits)
{
	while (n--)
		v[n] = (int8_t)(how == ZERO ? 0 : how == LOWEST ? low_of(c, bits) : how == HIGHEST ? high_of(c, bits) :
				prng_range(p, low_of(c, bits), high_of(c, bits)));
}

static int bits_for(int smax)
{
	int b = 1;

	while ((1 << b) <= smax)
		b++;
	return b;
}

static void product(int out, int in) /* not gl_matmul */
{
	int o, i;

	memset(expected, 0, sizeof(expected));
	for (i = 0; i < in; i++)
		for (o = 0; o < out; o++)
			expected[o] += x[i] * w[o * in + i];
}

static void test_lossless(void **state)
{
	static const int sizes[] = { 1, 3, 7, 33, 65, 100, 130 }, widths[] = { 1, 4, 7, 8 }, rows[] = { 8, 33, 64, 65, 100, 256 };
	struct prng p;
	int c, b, cb, i, r, how;

	(void)state;
	prng_init(&p, 5);
	for (c = 0; c < 6; c++)
		for (b = 0; b < 16; b++)
			for (cb = 1; cb <= 2; cb++)
				for (i = 0; i < 7; i++) {
					int in = sizes[i], out = sizes[(i + b + cb) % 7];
					struct gl_readout ro = { .rows = rows[(i + b + c) % 6], .cols = 8 + 5 * b, .adcs = 4, .cell_bits = cb, .grid_bits = 4,
								 .input_bits = widths[b % 4], .weight_bits = widths[b / 4], .input_code = c & 1 ? GC_SM : GC_TC,
								 .weight_code = (enum gc_code)(c / 2), .window = { 1, 0, (i + b) % 2 }, .full = i % 2 };

					r = ro.rows < in ? ro.rows : in;
					ro.bits = bits_for((ro.weight_code == GC_DIF ? 2 : 1) * r * ((1 << cb) - 1));
					if (ro.weight_code == GC_DIF)
						ro.window.low = -r * ((1 << cb) - 1);
					assert_true(gl_lossless(&ro, r));
					for (how = 0; how < N_FILL; how++) {
						struct gl_matrix *m;

						fill(&p, w, out * in, how == ZERO ? RANDOM : (enum fill)how, ro.weight_code, ro.weight_bits);
						fill(&p, x, in, (enum fill)how, ro.input_code, ro.input_bits);
						product(out, in);
						gl_matmul(w, x, out, in, y);
						assert_memory_equal(y, expected, (size_t)out * sizeof(*y));
						m = gl_prepare(&ro, w, out, in);
						memset(y, 0x55, sizeof(y));
						gl_read(m, x, y);
						assert_memory_equal(y, expected, (size_t)out * sizeof(*y));
						gl_free(m);
					}
				}
}

/* ---- the naive reading ---- */

static int64_t weight_of(enum gc_code c, int bits, int digit_bits, int n_digits, int i)
{
	if (c == GC_TC)
		return i == n_digits ? -((int64_t)1 << (bits - 1)) : (int64_t)1 << (i * digit_bits);
	return i < n_digits ? (int64_t)1 << (i * digit_bits) : -((int64_t)1 << ((i - n_digits) * digit_bits));
}

/* the i-th digit of a code word */
static int digit_of(enum gc_code c, int bits, int digit_bits, int n_digits, int i, int v)
{
	int mask = (1 << digit_bits) - 1;

	if (c == GC_TC) {
		v = v < 0 ? v + (1 << bits) : v;
		return i == n_digits ? v >> (bits - 1) : v % (1 << (bits - 1)) >> (i * digit_bits) & mask;
	}
	if (i >= n_digits) {
		i -= n_digits;
		v = -v;
	}
	return v > 0 ? v >> (i * digit_bits) & mask : 0;
}

/* state of the converters, section 8's order: row groups, planes, columns ascending */
static struct { uint16_t lfsr[64]; uint64_t done[64], *bin; } st;

static void naive_start(const struct gl_readout *ro)
{
	int i;

	memset(&st, 0, sizeof(st));
	for (i = 0; i < 64; i++)
		st.lfsr[i] = ro_lfsr_start(ro->seed, i);
}

static int naive_convert(const struct gl_readout *ro, int lane, int bits, int S)
{
	int32_t T[1 << 7], L = S * (1 << ro->grid_bits);
	struct ro_conv c = ro->conv;
	int k, code = 0;

	for (k = 1; k < 1 << ro->bits; k++)
		T[k] = ro->thresholds ? ro->thresholds[lane * (1 << ro->bits) + k] :
		       (ro->window.low + k * ro->window.lsb) * (1 << ro->grid_bits) - (ro->window.nearest ? ro->window.lsb * (1 << (ro->grid_bits - 1)) : 0);
	if (ro->noise)
		L += ro_noise(ro->noise, ro->noise_seed, ro->grid_bits, (uint32_t)lane, st.done[lane]);
	st.done[lane]++;
	c.bits = ro->bits;
	if (c.kind != RO_SAR || c.tree)
		return ro_convert(&c, T, bits, L, &st.lfsr[lane]).code;
	for (k = bits - 1; k >= 0; k--)
		if (L >= T[code + (1 << k)])
			code += 1 << k;
	return code;
}

static void naive(const struct gl_readout *ro, int in, int n_out, int64_t *sum)
{
	int xm = ro->input_code == GC_TC ? ro->input_bits - 1 : ro->input_bits > 1 ? ro->input_bits - 1 : 1;
	int wm = ro->weight_code == GC_TC ? ro->weight_bits - 1 : ro->weight_bits > 1 ? ro->weight_bits - 1 : 1;
	int n = (wm + ro->cell_bits - 1) / ro->cell_bits, P = ro->input_code == GC_TC ? xm + 1 : 2 * xm;
	int K = ro->weight_code == GC_TC ? n + 1 : ro->weight_code == GC_SM ? 2 * n : n, cols = ro->weight_code == GC_DIF ? ro->cols / 2 : ro->cols;
	int arrays = K > cols ? n_out : (n_out + cols / K - 1) / (cols / K), each = (n_out + arrays - 1) / arrays, first, o, j, p, i;

	memset(sum, 0, (size_t)n_out * sizeof(*sum));
	for (first = 0; first < in; first += ro->rows)
		for (p = 0; p < P; p++)
			for (o = 0; o < n_out; o++)
				for (j = 0; j < K; j++) {
					int end = first + ro->rows < in ? first + ro->rows : in, S = 0, bits, lane = (o % each * K + j) % cols % ro->adcs;

					for (i = first; i < end; i++) {
						int cell = digit_of(ro->weight_code, ro->weight_bits, ro->cell_bits, n, j, w[o * in + i]);

						if (ro->weight_code == GC_DIF) /* the odd column */
							cell -= digit_of(GC_SM, ro->weight_bits, ro->cell_bits, n, n + j, w[o * in + i]);
						S += digit_of(ro->input_code, ro->input_bits, 1, xm, p, x[i]) * cell;
					}
					if (st.bin)
						st.bin[S + ro->rows * ((1 << ro->cell_bits) - 1)]++;
					bits = ro_resolution(&ro->window, ro->bits, ro->grid_bits, end - first, ro->cell_bits, ro->full);
					sum[o] += weight_of(ro->input_code, ro->input_bits, 1, xm, p) *
						  weight_of(ro->weight_code, ro->weight_bits, ro->cell_bits, n, j) *
						  (ro->window.low + naive_convert(ro, lane, bits, S) * ro->window.lsb);
				}
}

static void draw_converter(struct prng *p, struct gl_readout *ro, int how, struct ro_tree *tree)
{
	int k;

	ro->conv.ones = prng_range(p, 0, 1);
	if (how % 5 == 1)
		ro->conv.kind = RO_FLASH;
	if (how % 5 == 2 && ro->bits > 1) {
		ro->conv.kind = RO_HYBRID;
		ro->conv.flash_bits = (int)prng_range(p, 1, ro->bits - 1 < 6 ? ro->bits - 1 : 6);
	}
	if (how % 5 >= 3)
		ro->full = true;
	if (how % 5 == 3) {
		ro->conv.kind = RO_STOCHASTIC;
		ro->conv.samples = (int)prng_range(p, 1, (1 << ro->bits) - 1);
		ro->seed = (uint16_t)prng_range(p, 0, 65535);
	}
	if (how % 5 == 4) { /* from the top down */
		memset(tree, 0, sizeof(*tree));
		tree->root = (uint16_t)((1 << ro->bits) - 1);
		for (k = 2; k < 1 << ro->bits; k++)
			tree->left[k] = (uint16_t)(k - 1);
		ro->conv.tree = tree;
	}
	ro->noise = how / 5 % 3 ? 0 : 900;
	ro->noise_seed = (uint64_t)prng_range(p, 0, 99);
}

static int up(const void *a, const void *b)
{
	return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b);
}

static void test_lossy(void **state)
{
	static const int sizes[] = { 1, 3, 7, 33, 65, 100 }, rows[] = { 1, 3, 8, 33, 65, 100, 128 };
	static int32_t T[64 << 7];
	static uint64_t bins[2][2 * 3 * 128 + 1];
	static int64_t sum[MOST];
	struct ro_tree tree;
	struct prng p;
	int i, o, k, again, differs = 0;

	(void)state;
	prng_init(&p, 9);
	for (i = 0; i < 900; i++) {
		int in = sizes[i % 6], out = sizes[prng_range(&p, 0, 3)];
		struct gl_readout ro = { .rows = rows[i % 7], .cols = (int)prng_range(&p, 8, 70), .bits = (int)prng_range(&p, 1, 7),
					 .cell_bits = (int)prng_range(&p, 1, 2), .grid_bits = (int)prng_range(&p, 1, 5),
					 .input_bits = (int)prng_range(&p, 1, 8), .weight_bits = (int)prng_range(&p, 1, 8),
					 .input_code = prng_range(&p, 0, 1) ? GC_SM : GC_TC, .weight_code = (enum gc_code)prng_range(&p, 0, 2),
					 .full = prng_range(&p, 0, 1) };
		struct gl_matrix *m;

		ro.window = (struct ro_window){ (int)prng_range(&p, 1, 4), (int)prng_range(&p, ro.weight_code == GC_DIF ? -40 : -3, 6), prng_range(&p, 0, 1) };
		ro.adcs = 1 << prng_range(&p, 0, 6);
		if (ro.adcs > ro.cols / 2)
			ro.adcs = 4;
		draw_converter(&p, &ro, i / 2, &tree);
		for (k = 0; k < ro.adcs << ro.bits; k++)
			T[k] = (int32_t)prng_range(&p, ro.weight_code == GC_DIF ? -((int64_t)in << ro.grid_bits) : 0, (int64_t)in << ro.grid_bits);
		for (k = 0; k < ro.adcs && i % 3 == 0; k++) /* every third chip is monotone */
			qsort(T + (k << ro.bits) + 1, (size_t)(1 << ro.bits) - 1, sizeof(*T), up);
		ro.thresholds = i % 2 ? T : NULL;
		memset(bins, 0, sizeof(bins));
		ro.histogram = i % 4 == 3 ? bins[0] : NULL;
		fill(&p, w, out * in, i % 11 ? RANDOM : LOWEST, ro.weight_code, ro.weight_bits);
		m = gl_prepare(&ro, w, out, in);
		naive_start(&ro);
		st.bin = ro.histogram ? bins[1] : NULL;
		for (again = 0; again < 2; again++) { /* registers and noise go on from read to read */
			fill(&p, x, in, i % 13 ? RANDOM : HIGHEST, ro.input_code, ro.input_bits);
			product(out, in);
			gl_read(m, x, y);
			naive(&ro, in, out, sum);
			for (o = 0; o < out; o++) {
				assert_int_equal(y[o], sum[o]);
				differs += y[o] != expected[o];
			}
		}
		assert_memory_equal(bins[0], bins[1], sizeof(bins[0]));
		gl_free(m);
	}
	assert_true(differs > 4000); /* the cases are lossy indeed */
}

static void test_lossless_test(void **state)
{
	struct gl_readout ro = { .rows = 64, .cols = 64, .adcs = 2, .bits = 7, .cell_bits = 1, .grid_bits = 4, .input_bits = 8, .weight_bits = 8,
				 .window = { 1, 0, false } };
	int32_t T[2 << 7];
	int k;

	(void)state;
	assert_true(gl_lossless(&ro, 64));
	assert_true(gl_lossless(&ro, 127));
	assert_false(gl_lossless(&ro, 128));
	ro.bits = 6;
	assert_false(gl_lossless(&ro, 64)); /* only the all-ones count is lost */
	assert_true(gl_lossless(&ro, 63));
	ro.cell_bits = 2;
	assert_true(gl_lossless(&ro, 21));
	assert_false(gl_lossless(&ro, 22));
	ro.cell_bits = 1;
	ro.window.lsb = 2;
	assert_false(gl_lossless(&ro, 3));
	ro.window = (struct ro_window){ 1, 1, false };
	assert_false(gl_lossless(&ro, 3));
	ro.window = (struct ro_window){ 1, 0, true };
	assert_true(gl_lossless(&ro, 63));
	for (k = 0; k < 2 << 6; k++) /* measured: moved, but by less than a count; then one step moved too far */
		T[k] = k % 64 * 16 - 15;
	ro.thresholds = T;
	assert_true(gl_lossless(&ro, 63));
	T[64 + 40] = 40 * 16 + 1;
	assert_false(gl_lossless(&ro, 63));
	ro.thresholds = NULL;
	assert_true(gl_lossless(&ro, 63));
	ro.noise = 1;
	assert_false(gl_lossless(&ro, 63)); /* never with noise, never stochastic */
	ro.noise = 0;
	ro.conv = (struct ro_conv){ .kind = RO_STOCHASTIC, .samples = 63 };
	assert_false(gl_lossless(&ro, 1));
	ro.conv = (struct ro_conv){ .kind = RO_FLASH };
	assert_true(gl_lossless(&ro, 63));
	ro.weight_code = GC_DIF; /* -S counts too */
	assert_false(gl_lossless(&ro, 3));
	ro.window = (struct ro_window){ 1, -31, false };
	assert_true(gl_lossless(&ro, 31));
	assert_false(gl_lossless(&ro, 32)); /* -32 is lost at this low, +32 would be fine */
	ro.window.low = -32;
	assert_true(gl_lossless(&ro, 31));
	assert_false(gl_lossless(&ro, 32)); /* and now +32 is */
}

static void test_worked(void **state) /* numerics.md section 5 */
{
	const struct gl_readout ro = { .rows = 8, .cols = 8, .adcs = 8, .bits = 1, .cell_bits = 1, .grid_bits = 4, .input_bits = 3, .weight_bits = 2,
				       .window = { 1, 0, false } };
	struct gl_matrix *m = gl_prepare(&ro, (int8_t[]){ 1, 1, 1 }, 1, 3);

	(void)state;
	gl_read(m, (int8_t[]){ 3, -2, 1 }, y);
	assert_int_equal(y[0], -1);
	gl_matmul((int8_t[]){ 1, 1, 1 }, (int8_t[]){ 3, -2, 1 }, 1, 3, y);
	assert_int_equal(y[0], 2);
	gl_free(m);
}

static void prepare_33(const void *weights)
{
	struct gl_readout ro = { .rows = 33, .cols = 64, .bits = 6, .cell_bits = 1, .grid_bits = 4, .input_bits = 4, .weight_bits = 4, .input_code = GC_TC,
				 .weight_code = GC_TC, .adcs = 1, .window = { 1, 0, false } };

	gl_free(gl_prepare(&ro, weights, 1, 33));
}

/* a weight that its code does not hold, anywhere, or all of them */
static void test_outside_the_code(void **state)
{
	(void)state;
	memset(w, 7, sizeof(w));
	assert_false(aborts(prepare_33, w));
	for (int i = 0; i < 33; i++) {
		w[i] = i & 1 ? 8 : -9;
		assert_true(aborts(prepare_33, w));
		w[i] = -8;
	}
	assert_false(aborts(prepare_33, w));
	memset(w, 8, 32);
	w[32] = 0;
	assert_true(aborts(prepare_33, w));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lossless), cmocka_unit_test(test_lossy), cmocka_unit_test(test_lossless_test), cmocka_unit_test(test_worked),
		cmocka_unit_test(test_outside_the_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

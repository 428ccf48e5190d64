/* golden/layer: a lossless read-out is the matrix product, bit for bit; a lossy one is what a naive loop over docs/numerics.md sections 1, 3..5, 8
 * says (written here from that page: one cell, one bit at a time, converters by array and column).
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "golden/layer.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { MOST = 140 };
static int8_t w[MOST * MOST], x[MOST];
static int32_t y[MOST], expected[MOST];

static int low_of(enum gc_code c, int bits)
{
	return c == GC_TC ? -(1 << (bits - 1)) : bits == 1 ? -1 : 1 - (1 << (bits - 1));
}

static int high_of(enum gc_code c, int bits)
{
	return bits == 1 ? c == GC_SM : (1 << (bits - 1)) - 1;
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
	for (c = 0; c < 4; c++)
		for (b = 0; b < 16; b++)
			for (cb = 1; cb <= 2; cb++)
				for (i = 0; i < 7; i++) {
					int in = sizes[i], out = sizes[(i + b + cb) % 7];
					struct gl_readout ro = { .rows = rows[(i + b + c) % 6], .cols = 8 + 5 * b, .adcs = 4, .cell_bits = cb, .grid_bits = 4,
								 .input_bits = widths[b % 4], .weight_bits = widths[b / 4], .input_code = c & 1 ? GC_SM : GC_TC,
								 .weight_code = c & 2 ? GC_SM : GC_TC, .window = { 1, 0, (i + b) % 2 }, .full = i % 2 };

					r = ro.rows < in ? ro.rows : in;
					ro.bits = bits_for(r * ((1 << cb) - 1));
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

static int64_t naive(const struct gl_readout *ro, int o, int in, int n_out)
{
	int xm = ro->input_code == GC_TC ? ro->input_bits - 1 : ro->input_bits > 1 ? ro->input_bits - 1 : 1;
	int wm = ro->weight_code == GC_TC ? ro->weight_bits - 1 : ro->weight_bits > 1 ? ro->weight_bits - 1 : 1;
	int n = (wm + ro->cell_bits - 1) / ro->cell_bits, P = ro->input_code == GC_TC ? xm + 1 : 2 * xm, K = ro->weight_code == GC_TC ? n + 1 : 2 * n;
	int first, j, p, i, k;
	int64_t sum = 0;

	for (first = 0; first < in; first += ro->rows)
		for (j = 0; j < K; j++)
			for (p = 0; p < P; p++) {
				int end = first + ro->rows < in ? first + ro->rows : in, S = 0, code = 0, bits, lane;
				int arrays = K > ro->cols ? n_out : (n_out + ro->cols / K - 1) / (ro->cols / K), each = (n_out + arrays - 1) / arrays;
				int column = (o % each * K + j) % ro->cols;

				for (i = first; i < end; i++)
					S += digit_of(ro->input_code, ro->input_bits, 1, xm, p, x[i]) *
					     digit_of(ro->weight_code, ro->weight_bits, ro->cell_bits, n, j, w[o * in + i]);
				lane = column % ro->adcs;
				bits = ro_resolution(&ro->window, ro->bits, ro->grid_bits, end - first, ro->cell_bits, ro->full);
				for (k = bits - 1; k >= 0; k--) {
					int trial = code + (1 << k);
					int32_t T = ro->thresholds ? ro->thresholds[lane * (1 << ro->bits) + trial] :
						    (ro->window.low + trial * ro->window.lsb) * (1 << ro->grid_bits) -
						    (ro->window.nearest ? ro->window.lsb * (1 << (ro->grid_bits - 1)) : 0);

					if (S * (1 << ro->grid_bits) >= T)
						code = trial;
				}
				sum += weight_of(ro->input_code, ro->input_bits, 1, xm, p) *
				       weight_of(ro->weight_code, ro->weight_bits, ro->cell_bits, n, j) * (ro->window.low + code * ro->window.lsb);
			}
	return sum;
}

static void test_lossy(void **state)
{
	static const int sizes[] = { 1, 3, 7, 33, 65, 100 }, rows[] = { 1, 3, 8, 33, 65, 100, 128 };
	static int32_t T[64 << 7];
	struct prng p;
	int i, o, k, differs = 0;

	(void)state;
	prng_init(&p, 9);
	for (i = 0; i < 400; i++) {
		int in = sizes[i % 6], out = sizes[prng_range(&p, 0, 3)];
		struct gl_readout ro = { .rows = rows[i % 7], .cols = (int)prng_range(&p, 8, 70), .bits = (int)prng_range(&p, 1, 7),
					 .cell_bits = (int)prng_range(&p, 1, 2), .grid_bits = (int)prng_range(&p, 1, 5),
					 .input_bits = (int)prng_range(&p, 1, 8), .weight_bits = (int)prng_range(&p, 1, 8),
					 .input_code = prng_range(&p, 0, 1) ? GC_SM : GC_TC, .weight_code = prng_range(&p, 0, 1) ? GC_SM : GC_TC,
					 .full = prng_range(&p, 0, 1) };
		struct gl_matrix *m;

		ro.window = (struct ro_window){ (int)prng_range(&p, 1, 4), (int)prng_range(&p, -3, 6), prng_range(&p, 0, 1) };
		ro.adcs = 1 << prng_range(&p, 0, 6);
		if (ro.adcs > ro.cols)
			ro.adcs = 8;
		for (k = 0; k < ro.adcs << ro.bits; k++)
			T[k] = (int32_t)prng_range(&p, 0, (int64_t)in << ro.grid_bits);
		ro.thresholds = i % 2 ? T : NULL;
		fill(&p, w, out * in, i % 11 ? RANDOM : LOWEST, ro.weight_code, ro.weight_bits);
		fill(&p, x, in, i % 13 ? RANDOM : HIGHEST, ro.input_code, ro.input_bits);
		product(out, in);
		m = gl_prepare(&ro, w, out, in);
		gl_read(m, x, y);
		for (o = 0; o < out; o++) {
			assert_int_equal(y[o], naive(&ro, o, in, out));
			differs += y[o] != expected[o];
		}
		gl_free(m);
	}
	assert_true(differs > 1000); /* the cases are lossy indeed */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lossless), cmocka_unit_test(test_lossy), cmocka_unit_test(test_lossless_test), cmocka_unit_test(test_worked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

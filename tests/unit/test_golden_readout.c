/* golden/readout: the worked examples of docs/numerics.md section 4, every kind against the counting definition where tables are monotone, and
 * against a rendering of its own order (written here from that page) where they are not.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/prng.h"
#include "golden/readout.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int sar(const int32_t *T, int bits, int grid_bits, int S)
{
	const struct ro_conv c = { .kind = RO_SAR, .bits = bits };
	struct ro_answer a = ro_convert(&c, T, bits, S * (1 << grid_bits), NULL);

	assert_int_equal(a.steps, bits);
	assert_int_equal(a.decisions, bits);
	return a.code;
}

static int code_of(struct ro_window w, int bits, int grid_bits, int S)
{
	int32_t T[4096];

	ro_ideal_table(&w, bits, grid_bits, T);
	return sar(T, bits, grid_bits, S);
}

static void test_worked(void **state)
{
	const struct ro_window clip = { 1, 0, false }, two = { 2, 0, false }, near = { 2, 0, true }, low = { 1, 4, false };
	int32_t T[32];
	int S;

	(void)state;
	for (S = 0; S <= 64; S++)
		assert_int_equal(code_of(clip, 7, 4, S), S);
	assert_int_equal(code_of(clip, 5, 4, 40), 31);
	assert_int_equal(code_of(two, 5, 4, 13), 6);
	ro_ideal_table(&near, 5, 4, T);
	assert_int_equal(T[7], 208);
	assert_int_equal(code_of(near, 5, 4, 13), 7);
	assert_int_equal(code_of(low, 3, 4, 2), 0);
	assert_int_equal(code_of(low, 3, 4, 9), 5);
	assert_int_equal(code_of(low, 3, 4, 20), 7);
}

static int up(const void *a, const void *b)
{
	return (*(const int32_t *)a > *(const int32_t *)b) - (*(const int32_t *)a < *(const int32_t *)b);
}

static void test_monotone(void **state) /* any sorted table: code = how many thresholds are reached */
{
	struct prng p;
	int32_t T[4096];
	int i, k, S, bits, F;

	(void)state;
	prng_init(&p, 11);
	for (i = 0; i < 60; i++) {
		bits = 1 + i % 12;
		F = 1 + (int)prng_range(&p, 0, 7);
		for (k = 0; k < 1 << bits; k++)
			T[k] = (int32_t)prng_range(&p, -50, (int64_t)200 << F);
		qsort(T + 1, (size_t)(1 << bits) - 1, sizeof(*T), up);
		for (S = 0; S <= 200; S += 3) {
			int reached = 0;

			for (k = 1; k < 1 << bits; k++)
				reached += S * (1 << F) >= T[k];
			assert_int_equal(sar(T, bits, F, S), reached);
		}
	}
}

static void test_bent(void **state) /* T = 16, 8, 24 on one fractional bit: asks T[2] first, then T[1] or T[3] */
{
	const int32_t T[4] = { 0, 32, 16, 48 };

	(void)state;
	assert_int_equal(sar(T, 2, 1, 7), 0);
	assert_int_equal(sar(T, 2, 1, 8), 2);
	assert_int_equal(sar(T, 2, 1, 16), 2); /* T[1] is reached too and never asked */
	assert_int_equal(sar(T, 2, 1, 24), 3);
}

static void test_limits(void **state) /* held inside the threshold file's 24 bits, and still never or always reached */
{
	const struct ro_window high = { 4095, 4095, false }, deep = { 1, -4096, true };
	int32_t T[4096];
	int k;

	(void)state;
	ro_ideal_table(&high, 12, 8, T);
	for (k = 1; k < 4096; k++)
		assert_true(T[k] > 3072 * 256 && T[k] <= 8388607);
	assert_int_equal(sar(T, 12, 8, 3072), 0);
	ro_ideal_table(&deep, 12, 8, T);
	assert_int_equal(T[1], -4095 * 256 - 128);
	assert_int_equal(sar(T, 12, 8, 0), 4095);
}

static void test_resolution(void **state)
{
	static const int sizes[] = { 1, 3, 7, 8, 33, 64, 65, 100, 1024 };
	struct ro_window w = { 1, 0, false };
	size_t i;
	int lsb, low, near, S, cb;

	(void)state;
	assert_int_equal(ro_resolution(&w, 7, 4, 64, 1, false), 7);
	assert_int_equal(ro_resolution(&w, 7, 4, 63, 1, false), 6);
	assert_int_equal(ro_resolution(&w, 7, 4, 8, 1, false), 4);
	assert_int_equal(ro_resolution(&w, 7, 4, 1, 1, false), 1);
	assert_int_equal(ro_resolution(&w, 5, 4, 64, 1, false), 5);
	assert_int_equal(ro_resolution(&w, 12, 4, 1024, 2, false), 12);
	assert_int_equal(ro_resolution(&w, 7, 4, 3, 1, true), 7);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) /* with ideal tables the fitted resolution changes no code */
		for (lsb = 1; lsb <= 3; lsb++)
			for (low = -5; low <= 9; low += 7)
				for (near = 0; near <= 1; near++)
					for (cb = 1; cb <= 2; cb++) {
						int fit, smax = sizes[i] * ((1 << cb) - 1);

						w = (struct ro_window){ lsb, low, near };
						fit = ro_resolution(&w, 7, 3, sizes[i], cb, false);
						assert_in_range(fit, 1, 7);
						for (S = 0; S <= smax; S += 1 + smax / 50)
							assert_int_equal(code_of(w, fit, 3, S), code_of(w, 7, 3, S));
						assert_int_equal(code_of(w, fit, 3, smax), code_of(w, 7, 3, smax));
						if (fit > 1) /* one bit fewer could not say the largest code */
							assert_true(code_of(w, 7, 3, smax) >= 1 << (fit - 1));
					}
}

/* ---- every kind ---- */

/* a random search tree over first..last into t; returns its root */
static int grow(struct prng *p, struct ro_tree *t, int first, int last)
{
	int k;

	if (first > last)
		return 0;
	k = (int)prng_range(p, first, last);
	t->left[k] = (uint16_t)grow(p, t, first, k - 1);
	t->right[k] = (uint16_t)grow(p, t, k + 1, last);
	return k;
}

static int depth_of(const struct ro_tree *t, int k, int code) /* steps to the leaf between code and code + 1 */
{
	return k == 0 ? 0 : 1 + depth_of(t, code >= k ? t->right[k] : t->left[k], code);
}

/* all counts x all kinds x all widths: a sorted table gives the number of thresholds reached, whatever the order of asking */
static void test_closed_loop(void **state)
{
	struct prng p;
	int B, b, F, i, k, S, f, ones;
	static int32_t T[4096];

	(void)state;
	prng_init(&p, 21);
	for (B = 1; B <= 12; B++)
		for (i = 0; i < 8; i++) {
			struct ro_conv kind[32];
			struct ro_tree tree = { 0 };
			int n = 0, range = i < 2 ? 3 : 2 << B;

			F = 1 + i;
			for (k = 1; k < 1 << B; k++)
				T[k] = (int32_t)prng_range(&p, -20, (int64_t)(range < 900 ? range : 900) << F);
			qsort(T + 1, (size_t)(1 << B) - 1, sizeof(*T), up);
			assert_true(ro_monotone(T, B));
			kind[n++] = (struct ro_conv){ .kind = RO_SAR, .bits = B };
			if (B == 1)
				kind[n++] = (struct ro_conv){ .kind = RO_SENSE, .bits = 1 };
			for (ones = 0; ones <= 1; ones++) {
				if (B <= 8)
					kind[n++] = (struct ro_conv){ .kind = RO_FLASH, .bits = B, .ones = ones };
				for (f = 1; f < B && f <= 6; f++)
					kind[n++] = (struct ro_conv){ .kind = RO_HYBRID, .bits = B, .flash_bits = f, .ones = ones };
			}
			if (B <= 8) {
				tree.root = (uint16_t)grow(&p, &tree, 1, (1 << B) - 1);
				assert_true(ro_tree_ordered(&tree, B));
				kind[n++] = (struct ro_conv){ .kind = RO_SAR, .bits = B, .tree = &tree };
			}
			while (n--)
				for (b = kind[n].tree ? B : 1; b <= B; b++)
					for (S = -40; S <= 900; S += S > 300 ? 13 : 1) {
						struct ro_answer a = ro_convert(&kind[n], T, b, S * (1 << F), NULL);
						int reached = 0, e = kind[n].flash_bits < b ? kind[n].flash_bits : b;

						for (k = 1; k < 1 << b; k++)
							reached += S * (1 << F) >= T[k];
						assert_int_equal(a.code, reached);
						if (kind[n].tree) {
							assert_int_equal(a.steps, depth_of(&tree, tree.root, reached));
							assert_int_equal(a.decisions, a.steps);
						} else {
							assert_int_equal(a.steps, kind[n].kind == RO_FLASH ? 1 : kind[n].kind == RO_HYBRID ? 1 + b - e : b);
							assert_int_equal(a.decisions, kind[n].kind == RO_FLASH ? (1 << b) - 1 : kind[n].kind == RO_HYBRID ? (1 << e) - 1 + b - e : b);
						}
					}
		}
}

/* the bubble rules over whole arrays of answers: t[0 .. 2^e], as the page writes them */
static int bubbles(const int *t, int e, bool ones)
{
	int k, code = 0;

	if (ones) {
		for (k = 1; k < 1 << e; k++)
			code += t[k];
		return code;
	}
	for (k = e - 1; k >= 0; k--) {
		int m = code + (1 << k);

		if (t[m - 1] + t[m] + t[m + 1] >= 2)
			code = m;
	}
	return code;
}

static int ordered_code(const struct ro_conv *c, const int32_t *T, int b, int32_t L, int *lfsr)
{
	int t[258], e = c->kind == RO_FLASH ? b : c->flash_bits < b ? c->flash_bits : b, m, k, code = 0, i;

	switch (c->kind) {
	case RO_FLASH: case RO_HYBRID:
		t[0] = 1;
		t[1 << e] = 0;
		for (m = 1; m < 1 << e; m++)
			t[m] = L >= T[m * (1 << (b - e))];
		code = bubbles(t, e, c->ones) * (1 << (b - e));
		for (k = b - e - 1; k >= 0; k--)
			if (L >= T[code + (1 << k)])
				code += 1 << k;
		return code;
	case RO_STOCHASTIC:
		for (i = 0; i < c->samples; i++) {
			for (m = 0; m < c->bits; m++)
				*lfsr = *lfsr % 2 ? *lfsr / 2 ^ 0xB400 : *lfsr / 2;
			m = *lfsr % (1 << b);
			if (m < (1 << b) - 1 && L >= T[m + 1])
				code++;
		}
		return code;
	default: /* the tree, by recursion on what is left */
		for (k = c->tree->root, m = 0; k; ) {
			bool yes = L >= T[k];

			m = yes ? k : k - 1;
			k = yes ? c->tree->right[k] : c->tree->left[k];
		}
		return m;
	}
}

/* tables that are not monotone at all */
static void test_orders(void **state)
{
	struct prng p;
	static int32_t T[4096];
	int i, k, j, differs = 0;

	(void)state;
	prng_init(&p, 22);
	for (i = 0; i < 6000; i++) {
		static const enum ro_kind kinds[4] = { RO_FLASH, RO_HYBRID, RO_STOCHASTIC, RO_SAR };
		struct ro_conv c = { .kind = kinds[i % 4], .ones = i / 4 % 2 };
		struct ro_tree tree = { 0 };
		int b, lfsr_a = (int)prng_range(&p, 1, 65535);
		uint16_t lfsr_b = (uint16_t)lfsr_a;
		struct ro_answer a;

		c.bits = (int)prng_range(&p, c.kind == RO_HYBRID ? 2 : 1, c.kind == RO_HYBRID || c.kind == RO_STOCHASTIC ? 12 : 8);
		c.flash_bits = c.kind == RO_HYBRID ? (int)prng_range(&p, 1, c.bits - 1 < 6 ? c.bits - 1 : 6) : 0;
		c.samples = (int)prng_range(&p, 1, (1 << c.bits) - 1);
		b = c.kind == RO_SAR || c.kind == RO_STOCHASTIC ? c.bits : (int)prng_range(&p, 1, c.bits);
		if (c.kind == RO_SAR) {
			tree.root = (uint16_t)grow(&p, &tree, 1, (1 << b) - 1);
			c.tree = &tree;
		}
		for (k = 1; k < 1 << c.bits; k++)
			T[k] = (int32_t)(i % 3 ? k * 16 + prng_range(&p, -40, 40) : prng_range(&p, -100, 17 << c.bits));
		for (j = 0; j < 7; j++) { /* the LFSR goes on from one conversion to the next */
			int32_t L = (int32_t)prng_range(&p, -120, 17 << c.bits);

			a = ro_convert(&c, T, b, L, &lfsr_b);
			assert_int_equal(a.code, ordered_code(&c, T, b, L, &lfsr_a));
			assert_int_equal(lfsr_a, lfsr_b);
			if (c.kind == RO_STOCHASTIC) {
				assert_int_equal(a.steps, c.samples);
				assert_int_equal(a.decisions, c.samples);
			} else {
				differs += a.code != sar(T, b, 0, L);
			}
		}
	}
	assert_true(differs > 1000);
}

/* numerics.md: a flipped answer at distance d from the edge of a thermometer */
static void test_bubbles(void **state)
{
	int bits, c, k, i, n;
	int32_t T[256];

	(void)state;
	for (bits = 1; bits <= 6; bits++)
		for (n = 1 << bits, c = 0; c < n; c++)
			for (k = 1; k < n; k++) {
				const struct ro_conv majority = { .kind = RO_FLASH, .bits = bits }, ones = { .kind = RO_FLASH, .bits = bits, .ones = true };
				int code;

				for (i = 1; i < n; i++) /* answers of code c, the k-th flipped */
					T[i] = (i <= c) == (i != k) ? 0 : 1;
				assert_int_equal(ro_convert(&ones, T, bits, 0, NULL).code, k <= c ? c - 1 : c + 1);
				code = ro_convert(&majority, T, bits, 0, NULL).code;
				if (k <= c - 2 || k >= c + 3)
					assert_int_equal(code, c);
				else if (k == c - 1)
					assert_int_equal(code, c - 1);
				else if (k == c + 2)
					assert_int_equal(code, c + 1);
				else /* a thermometer of its own */
					assert_int_equal(code, k <= c ? c - 1 : c + 1);
			}
}

static void test_worked_kinds(void **state) /* the last worked paragraph of section 4 */
{
	const int32_t T[4] = { 0, 4, 2, 6 };
	const struct ro_tree chain = { .root = 1, .right = { 0, 2, 3 } };
	struct ro_conv c = { .kind = RO_SAR, .bits = 2 };
	struct ro_answer a;

	(void)state;
	assert_false(ro_monotone(T, 2));
	assert_int_equal(ro_convert(&c, T, 2, 2, NULL).code, 2);
	c.tree = &chain;
	a = ro_convert(&c, T, 2, 2, NULL);
	assert_true(a.code == 0 && a.steps == 1 && a.decisions == 1);
	a = ro_convert(&c, T, 2, 6, NULL);
	assert_true(a.code == 3 && a.steps == 3 && a.decisions == 3);
	c = (struct ro_conv){ .kind = RO_FLASH, .bits = 2, .ones = true };
	assert_int_equal(ro_convert(&c, T, 2, 2, NULL).code, 1);
	c.ones = false;
	assert_int_equal(ro_convert(&c, T, 2, 2, NULL).code, 1);
	assert_int_equal(ro_lfsr_start(1, 0), 0x9E38);
	assert_int_equal(ro_lfsr_start((uint16_t)-0x9E37, 0), 1); /* 0 would stay 0 */
	assert_int_equal(ro_lfsr_start(7, 63), (7 + 0x9E37 * 64) % 65536);
}

static void test_stochastic_mean(void **state) /* n * #{k : L >= T[k]} / 2^b, over a whole period of the register exactly */
{
	struct ro_conv c = { .kind = RO_STOCHASTIC, .bits = 4, .samples = 15 }; /* 65535 = 15 * 4369, and 4 steps reach every word */
	int32_t T[16];
	uint16_t x = ro_lfsr_start(3, 5), start = x;
	int k, i, S;

	(void)state;
	for (k = 1; k < 16; k++)
		T[k] = k;
	for (S = 0; S <= 16; S++) {
		long sum = 0;

		for (i = 0; i < 4369; i++)
			sum += ro_convert(&c, T, 4, S, &x).code;
		assert_int_equal(x, start);
		/* every word but 0 once: 4096 of each low digit, 4095 of digit 0 */
		assert_int_equal(sum, S == 0 ? 0 : 4096 * (S < 15 ? S : 15) - 1);
	}
}

static void test_trees(void **state) /* what is a tree and what is not; what is not ends nevertheless */
{
	struct ro_tree t = { .root = 2, .left = { 0, 0, 1 }, .right = { 0, 0, 3 } }, bad;
	struct ro_conv c = { .kind = RO_SAR, .bits = 2, .tree = &bad };
	const int32_t T[4] = { 0, 1, 2, 3 };
	struct ro_answer a;
	struct prng p;
	int i, k;

	(void)state;
	assert_true(ro_tree_ordered(&t, 2));
	assert_false(ro_tree_ordered(&t, 3)); /* 4..7 are missing */
	assert_false(ro_tree_ordered(&t, 1));
	bad = t;
	bad.left[2] = 0; /* 1 is missing */
	assert_false(ro_tree_ordered(&bad, 2));
	bad = t;
	bad.left[2] = 3; /* out of order */
	assert_false(ro_tree_ordered(&bad, 2));
	bad = t;
	bad.right[3] = 2; /* a ring */
	assert_false(ro_tree_ordered(&bad, 2));
	a = ro_convert(&c, T, 2, 9, NULL); /* 2, 3, 2 and out, yes to 2 */
	assert_true(a.steps == 3 && a.code == 2);
	bad.left[1] = 1;
	bad.root = 1;
	assert_false(ro_tree_ordered(&bad, 2));
	a = ro_convert(&c, T, 2, 0, NULL);
	assert_true(a.steps == 3 && a.code == 0);
	prng_init(&p, 23);
	for (i = 0; i < 2000; i++) { /* anything at all */
		int bits = (int)prng_range(&p, 1, 8);
		int32_t U[256];

		c.bits = bits;
		bad.root = (uint16_t)prng_range(&p, 0, 4095);
		for (k = 0; k < 256; k++) {
			bad.left[k] = (uint16_t)prng_range(&p, 0, 4095);
			bad.right[k] = (uint16_t)prng_range(&p, 0, 4095);
			U[k] = (int32_t)prng_range(&p, 0, 100);
		}
		if (bits > 1)
			assert_false(ro_tree_ordered(&bad, bits));
		a = ro_convert(&c, U, bits, 50, NULL);
		assert_in_range(a.steps, 1, (1 << bits) - 1);
		assert_in_range(a.code, 0, (1 << bits) - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worked), cmocka_unit_test(test_monotone), cmocka_unit_test(test_bent),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_resolution), cmocka_unit_test(test_closed_loop), cmocka_unit_test(test_orders),
		cmocka_unit_test(test_bubbles), cmocka_unit_test(test_worked_kinds), cmocka_unit_test(test_stochastic_mean), cmocka_unit_test(test_trees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* golden/nonideal: the numbers of tests/numerics/check.py (a rendering of docs/numerics.md section 10 in another language), and properties.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/sha256.h"
#include "golden/nonideal.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "tests/unit/aborts.h"

static const struct ro_window windows[GM_SETS] = { { 1, 0, false }, { 3, 2, true }, { 2, 5, false }, { 1, 1, true } };
#define ALL .offset = 300, .inl = 700, .gain = 20000, .capacitor = 30000

static int32_t *tables(const struct gm_hw *hw, const struct ro_errors *x, size_t *n)
{
	int32_t *T;

	*n = (size_t)hw->tiles * hw->adcs * GM_SETS << hw->adc_bits;
	T = calloc(*n, sizeof(*T));
	ro_tables(hw, windows, x, T);
	return T;
}

static void t_digests(void **state)
{
	static const struct { struct gm_hw hw; struct ro_errors x; const char *digest; } cases[] = {
		{ { .rows = 64, .cols = 64, .tiles = 2, .adcs = 4, .adc_bits = 5, .grid_bits = 4 }, { ALL, .seed = 7 }, "8915d293e6033ede" },
		{ { .rows = 64, .cols = 64, .tiles = 1, .adcs = 4, .adc_bits = 6, .grid_bits = 8 }, { ALL, .binary_dac = true, .seed = 8 }, "0059af98072d9ebd" },
		{ { .rows = 64, .cols = 64, .tiles = 3, .adcs = 2, .adc_bits = 4, .grid_bits = 1, .kind = RO_FLASH }, { .offset = 400, .seed = 9 }, "d59c2a4909369244" },
		{ { .rows = 64, .cols = 64, .tiles = 2, .adcs = 2, .adc_bits = 5, .grid_bits = 4, .kind = RO_HYBRID, .flash_bits = 2 },
		  { .offset = 400, .inl = 100, .seed = 10 }, "5fc0decaa13f6a73" },
		{ { .rows = 64, .cols = 64, .tiles = 2, .adcs = 1, .adc_bits = 4, .grid_bits = 4, .immersed = true, .network = GM_PAIR },
		  { .capacitor = 40000, .seed = 11 }, "85ef8d4b5f9a9535" },
		{ { .rows = 33, .cols = 130, .tiles = 5, .adcs = 2, .adc_bits = 4, .grid_bits = 4, .kind = RO_HYBRID, .flash_bits = 2, .immersed = true, .network = GM_RING },
		  { ALL, .seed = 12 }, "e2fd9f64b0e14aa6" },
		{ { .rows = 100, .cols = 70, .tiles = 5, .adcs = 4, .adc_bits = 2, .grid_bits = 4, .kind = RO_FLASH, .immersed = true, .network = GM_BROADCAST },
		  { .capacitor = 200000, .seed = 13 }, "76df345e74cfb858" },
		{ { .rows = 64, .cols = 128, .tiles = 7, .adcs = 2, .adc_bits = 4, .grid_bits = 4, .kind = RO_HYBRID, .flash_bits = 2, .immersed = true, .network = GM_BROADCAST },
		  { ALL, .seed = 14 }, "37c7b655e1f81698" },
	};
	size_t i, k, n;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int32_t *T = tables(&cases[i].hw, &cases[i].x, &n);
		char *text = malloc(7 * n + 1), hex[65];

		for (k = 0; k < n; k++)
			sprintf(text + 7 * k, "%06x\n", (unsigned)T[k] & 0xffffff);
		sha256_hex(text, 7 * n, hex);
		hex[16] = 0;
		assert_string_equal(hex, cases[i].digest);
		free(text);
		free(T);
	}
}

static void t_deviates(void **state)
{
	static const int noises[6] = { -12, 1, 14, 5, 5, 5 };
	double sum = 0, squares = 0;
	int i;

	(void)state;
	assert_int_equal(ro_deviate(1, 1, 0, 0), -6449);
	assert_int_equal(ro_deviate(7, 5, 4095, 3), 23234);
	assert_int_equal(ro_deviate(UINT64_MAX, 6, 63, (uint64_t)1 << 40), 37967);
	for (i = 0; i < 6; i++)
		assert_int_equal(ro_noise(500, 9, 4, i < 3 ? 0 : 5, (uint64_t)(i % 3)), noises[i]);
	for (i = 0; i < 100000; i++) {
		double g = (double)ro_deviate(3, 6, (uint32_t)i % 7, (uint64_t)i) / 65536;

		sum += g;
		squares += g * g;
	}
	assert_true(fabs(sum / i) < 0.015 && fabs(sqrt(squares / i) - 1) < 0.01);
}

struct taken { struct gm_hw hw; struct ro_window window[GM_SETS]; };

static void make_tables(const void *with)
{
	const struct taken *t = with;
	const struct ro_errors mismatch = { .capacitor = 1000, .seed = 15 };
	int32_t *T = calloc((size_t)t->hw.tiles * t->hw.adcs * GM_SETS << t->hw.adc_bits, sizeof(*T));

	ro_tables(&t->hw, t->window, &mismatch, T);
	free(T);
}

/* network.md section 1: code k takes low + k lines of the 15 that there are, and at least one */
static void t_lines(void **state)
{
	struct taken t = { .hw = { .rows = 15, .cols = 15, .tiles = 2, .adcs = 1, .adc_bits = 2, .grid_bits = 4, .immersed = true, .network = GM_PAIR } };

	(void)state;
	for (int low = -1; low <= 13; low++) {
		for (int s = 0; s < GM_SETS; s++)
			t.window[s] = (struct ro_window){ 1, low, false };
		assert_int_equal(aborts(make_tables, &t), low < 0 || low + 3 > 15);
	}
}

/* without errors the local tables are section 4's, the immersed ones answer every whole count alike */
static void t_ideal(void **state)
{
	static const struct ro_errors none = { .seed = 5 };
	int net, i, S, k, b;
	size_t n;

	(void)state;
	for (net = -1; net <= 2; net++) {
		struct gm_hw hw = { .rows = 33, .cols = 256, .tiles = 8, .adcs = 2, .adc_bits = 5, .grid_bits = 3, .kind = net == 2 ? RO_HYBRID : RO_SAR,
				    .flash_bits = 2, .immersed = net >= 0, .network = net < 0 ? GM_PAIR : (enum gm_network)net };
		int32_t *T = tables(&hw, &none, &n), ideal[32];

		for (i = 0; i < hw.tiles * hw.adcs * GM_SETS; i++) {
			const struct ro_window *w = &windows[i % GM_SETS];
			const struct ro_conv sar = { .kind = RO_SAR };

			ro_ideal_table(w, 5, 3, ideal);
			if (net < 0)
				assert_memory_equal(T + i * 32, ideal, sizeof(ideal));
			for (k = 1; k < 32 && net >= 0; k++)
				assert_int_equal(T[i * 32 + k] % 8, 4); /* a half on a grid of 3 bits */
			for (S = 0; S <= 110; S++)
				for (b = 1; b <= 5; b++)
					assert_int_equal(ro_convert(&sar, T + i * 32, b, S * 8, NULL).code, ro_convert(&sar, ideal, b, S * 8, NULL).code);
		}
		free(T);
	}
}

/* each model by itself moves what it is meant to move */
static void t_models(void **state)
{
	const struct gm_hw hw = { .rows = 64, .cols = 64, .tiles = 4, .adcs = 64, .adc_bits = 6, .grid_bits = 8 };
	static const struct ro_errors one[] = { { .offset = 500, .seed = 1 }, { .gain = 10000, .seed = 1 }, { .inl = 500, .seed = 1 }, { .capacitor = 20000, .seed = 1 },
						{ .capacitor = 20000, .binary_dac = true, .seed = 1 } };
	int32_t ideal[64];
	size_t n;
	int i, c, k;

	(void)state;
	ro_ideal_table(&windows[0], 6, 8, ideal);
	for (i = 0; i < 5; i++) {
		int32_t *T = tables(&hw, &one[i], &n);
		double square[64] = { 0 };

		for (c = 0; c < 256; c++) {
			const int32_t *t = T + (size_t)c * GM_SETS * 64;

			for (k = 1; k < 64; k++) {
				double d = (t[k] - ideal[k]) / 256.0;

				square[k] += d * d / 256;
				if (one[i].offset)
					assert_int_equal(t[k] - ideal[k], t[1] - ideal[1]);
				if (one[i].inl) /* a bow, the same on both sides */
					assert_in_range(1000 + (t[k] - ideal[k]) - (t[64 - k] - ideal[64 - k]), 999, 1001);
			}
		}
		/* standard deviations in counts: .5; 1 % of k; .5 at the middle; sqrt(k (n - k) / n) * 2 % */
		for (k = 1; k < 64; k += 31) {
			double want = one[i].offset ? .5 : one[i].gain ? .01 * k : one[i].inl ? .5 * 4 * k * (64 - k) / 4096 : .02 * sqrt(k * (64 - k) / 64.0);

			if (one[i].binary_dac && k == 63) /* all bits: short of the total by the dummy alone, which is exact */
				want /= 8;
assert_true(fabs(sqrt(square[k]) - want) <= 0.1 * want + 0.003); /* of 256 converters, on a grid of 1/256 */
		}
		free(T);
	}
}

static void t_limits(void **state) /* held within 24 bits at the end only; the widest legal errors stay within 64 on the way (ASAN build) */
{
	struct gm_hw hw = { .rows = 1024, .cols = 1024, .tiles = 1, .adcs = 4, .adc_bits = 12, .grid_bits = 8 };
	const struct ro_window widest[GM_SETS] = { { 4095, 4095, false }, { 4095, -4096, true }, { 1, -4096, false }, { 4095, 0, true } };
	struct ro_errors x = { .offset = 100000, .inl = 100000, .gain = 300000, .capacitor = 300000, .seed = 3 };
	int32_t *T = calloc((size_t)hw.adcs * GM_SETS << 12, sizeof(*T));
	size_t i;

	(void)state;
	for (x.seed = 0; x.seed < 8; x.seed++) {
		x.binary_dac = x.seed % 2;
		ro_tables(&hw, widest, &x, T);
		for (i = 0; i < (size_t)hw.adcs * GM_SETS << 12; i++)
			assert_true(T[i] >= -8388608 && T[i] <= 8388607 && (i % 4096 || T[i] == 0));
		assert_int_equal(T[4095], 8388607);
	}
	free(T);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_digests), cmocka_unit_test(t_lines), cmocka_unit_test(t_deviates), cmocka_unit_test(t_ideal), cmocka_unit_test(t_models), cmocka_unit_test(t_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* adc: costs of converters against converters that are simulated here, decision by decision; energy models against hand-computed values.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/cost.h"
#include "adc/histogram.h"
#include "common/prng.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* what one conversion of a count `L` does (docs/numerics.md section 4, T[k] = k; an immersed reference of k is k lines) */
struct seen { int steps, decisions, code; double lines; };

static bool ask(struct seen *s, int L, int k)
{
	s->decisions++;
	s->lines += k;
	return L >= k;
}

static struct seen convert(const struct cost_case *c, const struct tree *t, int L)
{
	struct seen s = { 0 };
	int n = 1 << c->bits, below = c->bits;

	if (c->kind == CFG_FLASH || c->kind == CFG_HYBRID) {
		below = c->kind == CFG_FLASH ? 0 : c->bits - c->flash_bits;
		s.steps++;
		for (int k = 1 << below; k < n; k += 1 << below)
			s.code += ask(&s, L, k) << below;
	}
	if (t) {
		for (int k = t->root; k; s.steps++) {
			bool yes = ask(&s, L, k);
			int next = yes ? t->right[k] : t->left[k];

			s.code = yes ? k : k - 1;
			k = next;
		}
		return s;
	}
	for (int k = below - 1; k >= 0; k--, s.steps++)
		if (ask(&s, L, s.code + (1 << k)))
			s.code += 1 << k;
	return s;
}

static void compare(const struct cost_case *c, const uint64_t *w, const struct tree *t)
{
	double total = 0, steps = 0, decisions = 0, lines = 0;
	int most = 0, most_decisions = 0;
	struct cost x;

	cost_of(c, w, t, &x);
	for (int L = 0; L < 1 << c->bits; L++) {
		struct seen s = convert(c, t, L);

		assert_int_equal(s.code, L);
		total += (double)w[L];
		steps += (double)w[L] * s.steps;
		decisions += (double)w[L] * s.decisions;
		lines += (double)w[L] * s.lines;
		most = s.steps > most ? s.steps : most;
		most_decisions = s.decisions > most_decisions ? s.decisions : most_decisions;
	}
	assert_int_equal(x.steps, most);
	assert_int_equal(x.decisions, most_decisions);
	assert_true(fabs(x.steps_mean - steps / total) < 1e-9 * most);
	assert_true(fabs(x.decisions_mean - decisions / total) < 1e-9 * most_decisions);
	assert_true(c->reference == CFG_LOCAL ? x.lines_mean == 0 : fabs(x.lines_mean - lines / total) < 1e-9 * lines);
	assert_int_equal(x.unary, c->reference == CFG_LOCAL ? 1 << c->bits : 0);
	assert_int_equal(x.binary, c->reference == CFG_LOCAL ? c->bits + 1 : 0);
	assert_int_equal(x.lines, c->reference == CFG_LOCAL ? 0 : (1 << c->bits) - 1);
	assert_int_equal(x.comparators, c->kind == CFG_FLASH ? (1 << c->bits) - 1 : c->kind == CFG_HYBRID ? (1 << c->flash_bits) - 1 : 1);
	assert_int_equal(x.arrays, c->reference == CFG_LOCAL ? 0 : x.comparators);
}

static void simulated(void **state)
{
	uint64_t w[4096];
	struct prng p;

	(void)state;
	prng_init(&p, 1);
	for (int bits = 1; bits <= 12; bits++)
		for (int f = 0; f <= 6; f++)
			for (enum cfg_adc kind = CFG_SAR; kind <= CFG_SENSE; kind++)
				for (enum cfg_search search = CFG_BINARY; search <= CFG_ASYMMETRIC; search++)
					for (enum cfg_reference ref = CFG_LOCAL; ref <= CFG_IMMERSED; ref++) {
						struct cost_case c = { kind, bits, f, 0, CFG_MAJORITY, search, ref };
						struct err e = { 0 };
						struct tree t;

						if (!cost_legal(&c) || (kind != CFG_HYBRID && f))
							continue;
						for (int i = 0; i < 1 << bits; i++)
							w[i] = (uint64_t)prng_range(&p, 1, 1000);
						if (search == CFG_ASYMMETRIC)
							assert_int_equal(tree_build(bits, w, 0, &t, &e), 0);
						compare(&c, w, search == CFG_ASYMMETRIC ? &t : NULL);
					}
}

static void five_bits(void **state) /* stochastic: draws of 0..2^B-1, of which the last asks nobody */
{
	struct cost_case c = { CFG_SAR, 5, 0, 0, CFG_MAJORITY, CFG_BINARY, CFG_IMMERSED };
	uint64_t w[32];
	struct cost x;

	(void)state;
	histogram_quarter(5, w);
	cost_of(&c, w, NULL, &x);
	assert_true(x.steps == 5 && x.arrays == 1);
	c.kind = CFG_FLASH;
	cost_of(&c, w, NULL, &x);
	assert_true(x.steps == 1 && x.arrays == 31 && x.lines_mean == 496);
	c.kind = CFG_HYBRID;
	c.flash_bits = 2;
	cost_of(&c, w, NULL, &x);
	assert_true(x.steps == 4 && x.arrays == 3 && x.decisions == 6);
	c = (struct cost_case){ CFG_STOCHASTIC, 5, 0, 7, CFG_MAJORITY, CFG_BINARY, CFG_IMMERSED };
	cost_of(&c, w, NULL, &x);
	assert_true(x.steps == 7 && x.decisions == 7 && x.comparators == 1 && x.arrays == 1 && fabs(x.lines_mean - 7 * 496.0 / 32) < 1e-9);
}

static void legal(void **state)
{
	static const struct { struct cost_case c; bool ok; } row[] = {
		{ { .kind = CFG_SAR, .bits = 12 }, true }, { { .kind = CFG_SAR, .bits = 13 }, false }, { { .kind = CFG_SAR, .bits = 0 }, false },
		{ { .kind = CFG_SAR, .bits = 8, .search = CFG_ASYMMETRIC }, true }, { { .kind = CFG_SAR, .bits = 9, .search = CFG_ASYMMETRIC }, false },
		{ { .kind = CFG_FLASH, .bits = 4, .search = CFG_ASYMMETRIC }, false }, { { .kind = CFG_FLASH, .bits = 8 }, true }, { { .kind = CFG_FLASH, .bits = 9 }, false },
		{ { .kind = CFG_HYBRID, .bits = 2, .flash_bits = 1 }, true }, { { .kind = CFG_HYBRID, .bits = 2, .flash_bits = 2 }, false },
		{ { .kind = CFG_HYBRID, .bits = 12, .flash_bits = 7 }, false }, { { .kind = CFG_SENSE, .bits = 1 }, true }, { { .kind = CFG_SENSE, .bits = 2 }, false },
		{ { .kind = CFG_STOCHASTIC, .bits = 3, .samples = 7 }, true }, { { .kind = CFG_STOCHASTIC, .bits = 3, .samples = 8 }, false },
		{ { .kind = CFG_SAR, .bits = 10, .reference = CFG_IMMERSED }, true }, { { .kind = CFG_SAR, .bits = 11, .reference = CFG_IMMERSED }, false },
		{ { .kind = CFG_FLASH, .bits = 6, .reference = CFG_IMMERSED }, true }, { { .kind = CFG_FLASH, .bits = 7, .reference = CFG_IMMERSED }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		assert_int_equal(cost_legal(&row[i].c), row[i].ok);
}

static void energy(void **state) /* FACTS-papers.md section 1.8: at 0.9 V 3 b 0.243, 5 b 0.406, 8 b 0.701 pJ; the plug-in 0.92, 0.94, 1.07, 1.71, 13.95 pJ and nothing below 4 bits */
{
	struct cost_case c = { .kind = CFG_SAR, .bits = 3 };
	struct cost_energy x[COST_MODELS];

	(void)state;
	cost_energy(&c, 0.9, x);
	assert_true(x[0].given && fabs(x[0].fJ - 243) < 0.5);
	assert_true(x[1].given && fabs(x[1].fJ - (0.538 * 3 + 4.375) * 4) < 1e-9);
	assert_false(x[2].given);
	assert_non_null(strstr(x[2].formula, "not given below 4 bits"));
	assert_false(x[3].given);
	for (c.bits = 4; c.bits <= 12; c.bits++) {
		static const double pJ[13] = { [4] = 0.92, [5] = 0.94, [6] = 1.07, [8] = 1.71, [10] = 13.95 };

		cost_energy(&c, 0.9, x);
		assert_true(c.bits != 5 || fabs(x[0].fJ - 406) < 0.5);
		assert_true(c.bits != 8 || fabs(x[0].fJ - 701) < 0.5);
		assert_int_equal(x[2].given, pJ[c.bits] > 0);
		assert_true(!x[2].given || fabs(x[2].fJ - 1000 * pJ[c.bits]) < 1e-6);
	}
	/* what no source covers has no figure, but a formula and a reason */
	for (enum cfg_adc kind = CFG_SAR; kind <= CFG_STOCHASTIC; kind++)
		for (int immersed = 0; immersed <= 1; immersed++)
			for (int tree = 0; tree <= (kind == CFG_SAR); tree++) {
				c = (struct cost_case){ .kind = kind, .bits = 5, .search = tree ? CFG_ASYMMETRIC : CFG_BINARY, .reference = immersed ? CFG_IMMERSED : CFG_LOCAL };
				cost_energy(&c, 0.9, x);
				assert_int_equal(x[0].given, kind == CFG_SAR && !immersed && !tree);
				assert_int_equal(x[1].given, x[0].given);
				assert_int_equal(x[2].given, kind <= CFG_HYBRID && !immersed && !tree);
				assert_int_equal(strstr(x[3].formula, "lines * C_line") != NULL, immersed);
				for (int i = 0; i < COST_MODELS; i++)
					assert_true(strlen(x[i].source) > 8 && strlen(x[i].formula) > 8);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(simulated), cmocka_unit_test(five_bits), cmocka_unit_test(legal), cmocka_unit_test(energy) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

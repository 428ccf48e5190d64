/* adc: search trees against the figures of FACTS-papers.md section 2.3, against every tree there is (small widths) and against the plain dynamic programme.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/tree.h"
#include "common/mem.h"
#include "common/prng.h"
#include <math.h>
#include <stdbool.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { N = 256 };

/* Binomial(2^bits - 1, p) as counts of about 2^40 in all */
static void binomial(int bits, double p, uint64_t *w)
{
	int n = (1 << bits) - 1;

	for (int k = 0; k <= n; k++)
		w[k] = (uint64_t)llround(exp2(40) * exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p)));
}

static double entropy(int bits, const uint64_t *w)
{
	double total = 0, h = 0;

	for (int i = 0; i < 1 << bits; i++)
		total += (double)w[i];
	for (int i = 0; i < 1 << bits; i++)
		if (w[i])
			h -= (double)w[i] / total * log2((double)w[i] / total);
	return h;
}

static double build_mean(int bits, const uint64_t *w, int depth)
{
	struct err e = { 0 };
	struct tree t;
	int steps[N];

	assert_int_equal(tree_build(bits, w, depth, &t, &e), 0);
	tree_steps(&t, steps);
	for (int i = 0; i < 1 << bits; i++)
		assert_true(depth == 0 || steps[i] <= depth);
	return tree_mean(&t, w);
}

static void papers(void **state)
{
	static const struct { int bits; double p, entropy, mean; } row[] = {
		{ 4, .5, 3.00, 3.07 }, { 4, .25, 2.78, 2.86 }, { 4, .125, 2.34, 2.43 },
		{ 5, .5, 3.52, 3.55 }, { 5, .25, 3.31, 3.36 }, { 5, .125, 2.90, 2.99 }, { 5, .0625, 2.40, 2.49 },
		{ 6, .5, 4.04, 4.09 }, { 6, .25, 3.83, 3.86 }, { 8, .5, 5.04, 5.09 }, { 8, .25, 4.84, 4.87 },
	};
	static const struct { int depth; double quarter, half; } limit[] = { { 6, 3.87, 4.02 }, { 7, 3.55, 3.72 }, { 8, 3.46, 3.65 }, { 0, 3.36, 3.55 } };
	uint64_t w[N];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		binomial(row[i].bits, row[i].p, w);
		assert_true(fabs(entropy(row[i].bits, w) - row[i].entropy) < .0051);
		assert_true(fabs(build_mean(row[i].bits, w, 0) - row[i].mean) < .0051);
	}
	for (size_t i = 0; i < sizeof(limit) / sizeof(*limit); i++) {
		binomial(5, .25, w);
		assert_true(fabs(build_mean(5, w, limit[i].depth) - limit[i].quarter) < .0051);
		binomial(5, .5, w);
		assert_true(fabs(build_mean(5, w, limit[i].depth) - limit[i].half) < .0051);
	}
}

static void first_thresholds(void **state) /* section 2.3: root 8, then 6 and 10 */
{
	struct err e = { 0 };
	uint64_t w[N];
	struct tree t;

	(void)state;
	binomial(5, .25, w);
	assert_int_equal(tree_build(5, w, 0, &t, &e), 0);
	assert_int_equal(t.root, 8);
	assert_int_equal(t.left[8], 6);
	assert_int_equal(t.right[8], 10);
}

/* least sum of weight * steps over every tree of codes i..j that is at most `depth` deep: no table, no sharing; UINT64_MAX: there is none */
static uint64_t every_tree(const uint64_t *w, int i, int j, int depth)
{
	uint64_t least = UINT64_MAX, sum = 0;

	if (i == j)
		return 0;
	if (depth == 0)
		return UINT64_MAX;
	for (int c = i; c <= j; c++)
		sum += w[c];
	for (int k = i + 1; k <= j; k++) {
		uint64_t a = every_tree(w, i, k - 1, depth - 1), b = every_tree(w, k, j, depth - 1);

		if (a != UINT64_MAX && b != UINT64_MAX && a + b + sum < least)
			least = a + b + sum;
	}
	return least;
}

static uint64_t cost(const struct tree *t, const uint64_t *w)
{
	uint64_t sum = 0;
	int steps[N];

	tree_steps(t, steps);
	for (int i = 0; i < 1 << t->bits; i++)
		sum += w[i] * (uint64_t)steps[i];
	return sum;
}

static void draw(struct prng *p, int n, uint64_t *w)
{
	int how = (int)prng_range(p, 0, 3);
	bool any = false;

	for (int i = 0; i < n; i++) {
		w[i] = how == 0 ? (uint64_t)prng_range(p, 0, 1) : how == 1 ? (uint64_t)prng_range(p, 0, 9) : how == 2 ? (uint64_t)1 << prng_range(p, 0, 30) : (uint64_t)prng_range(p, 1, 100000);
		any |= w[i] > 0;
	}
	w[0] += !any;
}

static void brute_force(void **state)
{
	struct err e = { 0 };
	struct prng p;
	struct tree t;
	uint64_t w[N];

	(void)state;
	prng_init(&p, 1);
	for (int round = 0; round < 300; round++)
		for (int bits = 1; bits <= 3; bits++)
			for (int depth = 0; depth <= 7; depth++) {
				if (depth && depth < bits)
					continue;
				draw(&p, 1 << bits, w);
				assert_int_equal(tree_build(bits, w, depth, &t, &e), 0);
				assert_true(cost(&t, w) == every_tree(w, 0, (1 << bits) - 1, depth ? depth : 7));
			}
}

/* the plain programme, written once more: every root is tried at every depth; ties take the smaller root */
struct plain { uint64_t cost[65][64][64]; int root[65][64][64]; };

static void plain_build(const uint64_t *w, int n, int depth, struct plain *p)
{
	for (int d = 0; d <= depth; d++)
		for (int i = n - 1; i >= 0; i--) {
			uint64_t sum = w[i];

			p->cost[d][i][i] = 0;
			for (int j = i + 1; j < n; j++) {
				sum += w[j];
				p->cost[d][i][j] = UINT64_MAX;
				for (int k = i + 1; d > 0 && k <= j; k++) {
					uint64_t a = p->cost[d - 1][i][k - 1], b = p->cost[d - 1][k][j];

					if (a != UINT64_MAX && b != UINT64_MAX && a + b + sum < p->cost[d][i][j]) {
						p->cost[d][i][j] = a + b + sum;
						p->root[d][i][j] = k;
					}
				}
			}
		}
}

static void same_tree(const struct tree *t, int node, const struct plain *p, int d, int i, int j)
{
	if (i == j) {
		assert_int_equal(node, 0);
		return;
	}
	assert_int_equal(node, p->root[d][i][j]);
	same_tree(t, t->left[node], p, d - 1, i, node - 1);
	same_tree(t, t->right[node], p, d - 1, node, j);
}

static void plain_programme(void **state)
{
	struct plain *p = MEM_NEW(1, struct plain);
	struct err e = { 0 };
	struct prng r;
	struct tree t;
	uint64_t w[N];

	(void)state;
	prng_init(&r, 2);
	for (int bits = 1; bits <= 6; bits++)
		for (int round = 0; round < 12; round++) {
			int n = 1 << bits, depth = round % 3 ? (int)prng_range(&r, bits, bits + 5) : n - 1;

			draw(&r, n, w);
			plain_build(w, n, depth, p);
			assert_int_equal(tree_build(bits, w, round % 3 ? depth : 0, &t, &e), 0);
			assert_true(cost(&t, w) == p->cost[depth][0][n - 1]);
			same_tree(&t, t.root, p, depth, 0, n - 1);
		}
	free(p);
}

static void widest(void **state) /* 255 thresholds: limited and unlimited agree where the limit does not bind, and cost grows as it binds */
{
	struct err e = { 0 };
	uint64_t w[N], before;
	struct prng r;
	struct tree t;
	int steps[N], deepest = 0;

	(void)state;
	prng_init(&r, 3);
	for (int i = 0; i < N; i++)
		w[i] = (uint64_t)1 << prng_range(&r, 0, 40);
	assert_int_equal(tree_build(8, w, 0, &t, &e), 0);
	tree_steps(&t, steps);
	for (int i = 0; i < N; i++)
		deepest = steps[i] > deepest ? steps[i] : deepest;
	assert_in_range(deepest, 9, 60);
	before = cost(&t, w);
	for (int depth = deepest; depth >= 8; depth--) {
		assert_int_equal(tree_build(8, w, depth, &t, &e), 0);
		tree_steps(&t, steps);
		for (int i = 0; i < N; i++)
			assert_in_range(steps[i], 1, depth);
		assert_true(depth == deepest ? cost(&t, w) == before : cost(&t, w) >= before);
		before = cost(&t, w);
	}
	for (int i = 0; i < N; i++)
		assert_int_equal(steps[i], 8); /* depth 8 leaves the full tree alone */
}

static void flat(void **state) /* all zero counts as all equal; the binary search is one of the optimal trees */
{
	uint64_t zero[N] = { 0 };
	struct err e = { 0 };
	struct tree t, b;
	int steps[N];

	(void)state;
	for (int bits = 1; bits <= 8; bits++) {
		assert_int_equal(tree_build(bits, zero, 0, &t, &e), 0);
		tree_binary(bits, &b);
		assert_int_equal(b.root, 1 << (bits - 1));
		tree_steps(&b, steps);
		for (int i = 0; i < 1 << bits; i++)
			assert_int_equal(steps[i], bits);
		assert_true(tree_mean(&t, zero) == bits && tree_mean(&b, zero) == bits);
	}
}

static void walk_gives_the_code(void **state)
{
	struct err e = { 0 };
	struct prng r;
	uint64_t w[N];
	struct tree t;
	int steps[N];

	(void)state;
	prng_init(&r, 4);
	for (int bits = 1; bits <= 8; bits++) {
		draw(&r, 1 << bits, w);
		assert_int_equal(tree_build(bits, w, bits == 8 ? 20 : 0, &t, &e), 0);
		tree_steps(&t, steps);
		for (int code = 0; code < 1 << bits; code++) { /* numerics.md section 4, L = code, T[k] = k */
			int k = t.root, n = 0, got = -1;

			while (got < 0) {
				int next = code >= k ? t.right[k] : t.left[k];

				n++;
				got = next ? -1 : code >= k ? k : k - 1;
				k = next;
			}
			assert_int_equal(got, code);
			assert_int_equal(n, steps[code]);
		}
	}
}

static void refused(void **state)
{
	uint64_t w[N] = { 1, 1 };
	struct err e = { 0 };
	struct tree t;

	(void)state;
	assert_int_equal(tree_build(5, w, 4, &t, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, "a search tree of depth 4 holds 16 codes, 5 bits have 32: legal is a depth of 0 (no limit) or 5..255; raise the depth");
	e = (struct err){ 0 };
	w[7] = (uint64_t)1 << 55;
	assert_int_equal(tree_build(3, w, 0, &t, &e), -1);
	assert_string_equal(e.text, "the histogram's counts up to code 7 add to more than 2^55, the most that is taken; divide all counts by the same number");
	w[7] -= 2;
	e = (struct err){ 0 };
	assert_int_equal(tree_build(3, w, 0, &t, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(papers), cmocka_unit_test(first_thresholds), cmocka_unit_test(brute_force), cmocka_unit_test(plain_programme),
		cmocka_unit_test(widest), cmocka_unit_test(flat), cmocka_unit_test(walk_gives_the_code), cmocka_unit_test(refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

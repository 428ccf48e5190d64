/* How many arrays, steps and pieces the four placements of the paper need, against the counting rules of docs/placement.md section 3, for random layer sets.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "place_random.h"
#include <stdlib.h>
#include <string.h>

struct counts { long images, steps, pieces; };

static long ceil_div(long a, long b)
{
	return (a + b - 1) / b;
}

static long least(long a, long b)
{
	return a < b ? a : b;
}

/* pieces of in x out weights in arrays of rows x cols */
static long cuts(const struct place_geometry *g, long in, long out, long rows, long cols)
{
	return ceil_div(in, rows) * (cols < g->slices ? out * ceil_div(g->slices, cols) : ceil_div(out, cols / g->slices));
}

static struct counts count_linear(const struct random_set *s)
{
	struct counts c = { 0 };

	for (size_t i = 0; i < s->n; i++)
		if (s->b[i].real)
			c.images += cuts(&s->g, s->b[i].in, s->b[i].out, s->g.rows, s->g.cols);
	c.steps = c.pieces = c.images;
	return c;
}

/* blocks of the stage of `first` and of its stored size, from `first` on */
static long alike(const struct random_set *s, size_t first)
{
	size_t i = first;

	while (i < s->n && s->b[i].stage == s->b[first].stage && s->b[i].in_p == s->b[first].in_p && s->b[i].out_p == s->b[first].out_p)
		i++;
	return (long)(i - first);
}

static struct counts count_sparse(const struct random_set *s)
{
	struct counts c = { 0 };
	long run;

	for (size_t i = 0; i < s->n; i += (size_t)run) {
		const struct place_block *b = &s->b[i];
		long per = least(s->g.rows / b->in_p, s->g.cols / ((long)b->out_p * s->g.slices));
		long each = cuts(&s->g, b->in_p, b->out_p, s->g.rows, s->g.cols);

		run = alike(s, i);
		c.images += per ? ceil_div(run, per) : run * each;
		c.steps += per ? ceil_div(run, per) : run * each;
		c.pieces += per ? run : run * each;
	}
	return c;
}

static bool one_of_stage(const struct random_set *s, size_t i)
{
	return (!i || s->b[i - 1].stage != s->b[i].stage) && (i + 1 == s->n || s->b[i + 1].stage != s->b[i].stage);
}

/* steps: not told here, neighbours may share one */
static struct counts count_dense(const struct random_set *s)
{
	struct counts c = { 0 };
	bool done[RANDOM_MOST] = { false };

	for (size_t i = 0; i < s->n; i++) {
		const struct place_block *b = &s->b[i];
		long places = (s->g.rows / b->in_p) * (s->g.cols / ((long)b->out_p * s->g.slices)), blocks = 0, each = cuts(&s->g, b->in_p, b->out_p, s->g.rows, s->g.cols);

		if (!places || one_of_stage(s, i)) {
			c.images += each;
			c.pieces += each;
			continue;
		}
		c.pieces++;
		if (done[i])
			continue;
		for (size_t k = i; k < s->n; k++)
			if (s->b[k].in_p == b->in_p && s->b[k].out_p == b->out_p && !one_of_stage(s, k)) {
				done[k] = true;
				blocks++;
			}
		c.images += ceil_div(blocks, places);
	}
	return c;
}

static struct counts count_strided(const struct random_set *s)
{
	struct counts c = { 0 };
	long diagonals[257] = { 0 }, run;

	for (size_t i = 0; i < s->n; i += (size_t)run) {
		long B, each;

		run = alike(s, i);
		B = least(run, least(s->g.rows, s->g.cols));
		each = cuts(&s->g, s->b[i].in_p, s->b[i].out_p, s->g.rows / B, s->g.cols / B);
		diagonals[B] += ceil_div(run, B) * each;
		c.pieces += run * each;
	}
	for (long B = 1; B <= 256; B++)
		c.images += ceil_div(diagonals[B], B);
	c.steps = c.pieces;
	return c;
}

static void test_counts(void **state)
{
	static struct counts (*const count[])(const struct random_set *) = { count_linear, count_sparse, count_dense, count_strided };
	static struct random_set s;
	struct prng r;
	size_t joined = 0;

	(void)state;
	prng_init(&r, 3);
	for (int i = 0; i < 3000; i++) {
		random_draw(&r, &s, 4000);
		for (int kind = PLACE_LINEAR; kind <= PLACE_STRIDED; kind++) {
			struct counts want = count[kind](&s);
			struct placement p;
			struct err e = { 0 };

			if (place_make(&s.g, (enum place_kind)kind, PLACE_AREA, false, s.b, s.n, &p, &e))
				fail_msg("%s", e.text);
			assert_int_equal(p.n_images, want.images);
			assert_int_equal(p.arrays, s.g.arrays ? least(s.g.arrays, want.images) : want.images);
			assert_int_equal(p.n_pieces, want.pieces);
			if (kind == PLACE_DENSE)
				joined += p.n_pieces - p.n_steps;
			else
				assert_int_equal(p.n_steps, want.steps);
			place_release(&p);
		}
	}
	assert_true(joined > 1000);
}

/* images of dense and dense-strided come in the order of their first use, whatever the sizes */
static void test_use_order(void **state)
{
	static struct random_set s;
	struct prng r;

	(void)state;
	prng_init(&r, 4);
	for (int i = 0; i < 1000; i++) {
		random_draw(&r, &s, 4000);
		for (int kind = PLACE_LINEAR; kind <= PLACE_STRIDED; kind++) {
			struct placement p;
			struct err e = { 0 };
			int phase = 0;

			if (place_make(&s.g, (enum place_kind)kind, PLACE_AREA, false, s.b, s.n, &p, &e))
				fail_msg("%s", e.text);
			for (size_t k = 0; k < p.n_steps; k++)
				if (!k || p.step[k].image != p.step[k - 1].image) {
					assert_true(p.step[k].phase >= phase);
					phase = p.step[k].phase;
				}
			place_release(&p);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_counts), cmocka_unit_test(test_use_order) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Factors of docs/placement.md section 1 against the definition itself: which weights of R and L lie on a way from a real input to a real output, found one by one.
 * SPDX-License-Identifier: Apache-2.0 */
#include "workload/workload.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static struct workload one(int out, int in, int factors)
{
	struct workload w = { 0 };
	struct err e = { 0 };

	wl_add(&w, "x", out, in, 0, 0, false, factors, &e);
	assert_string_equal(e.text, "");
	assert_int_equal(w.n, 1);
	assert_int_equal(w.n_groups, 1);
	return w;
}

static int largest(int a, int b) { return a > b ? a : b; }
static int smallest(int a, int b) { return a < b ? a : b; }

/* R is [b, b, p], L is [b, s, .]: y[k] = R[k] x[k*p ..], z[l] = L[l] (y[0][l], y[1][l], ..), out[po*b + l] = z[l][po] */
static void check_by_definition(const struct wl_matrix *m, int b, int p, int s)
{
	const struct wl_stage *R = &m->stage[0], *L = &m->stage[1];
	int n_r = 0, n_l = 0;

	assert_int_equal(m->n_stages, 2);
	assert_int_equal(m->b, b);
	assert_int_equal(m->r, 1);
	for (int k = 0; k < b; k++) {
		int inputs = 0;

		for (int u = 0; u < p; u++)
			inputs += (long)k * p + u < m->in;
		if (!inputs)
			continue;
		assert_true(n_r < R->n);
		assert_int_equal(R->in[n_r], inputs);
		assert_int_equal(R->out[n_r], b);
		n_r++;
	}
	for (int l = 0; l < b; l++) {
		int outputs = 0;

		for (int po = 0; po < s; po++)
			outputs += (long)po * b + l < m->out;
		if (!outputs)
			continue;
		assert_true(n_l < L->n);
		assert_int_equal(L->in[n_l], n_r);
		assert_int_equal(L->out[n_l], outputs);
		n_l++;
	}
	assert_int_equal(R->n, n_r);
	assert_int_equal(L->n, n_l);
}

static void check_stored(const struct wl_stage *s, int blocks, int in_p, int out_p)
{
	assert_int_equal(s->blocks, blocks);
	assert_int_equal(s->in_p, in_p);
	assert_int_equal(s->out_p, out_p);
	assert_true(s->n >= 1 && s->n <= blocks);
	for (int i = 0; i < s->n; i++)
		assert_true(s->in[i] >= 1 && s->in[i] <= in_p && s->out[i] >= 1 && s->out[i] <= out_p);
}

/* every output is made by one L block, every input read by one R block */
static void check_sums(const struct wl_matrix *m)
{
	long inputs = 0, outputs = 0;

	for (int k = 0; k < m->stage[0].n; k++)
		inputs += m->stage[0].in[k];
	for (int l = 0; l < m->stage[1].n; l++)
		outputs += m->stage[1].out[l];
	assert_int_equal(inputs, m->in);
	assert_int_equal(outputs, m->out);
}

static const int sizes[] = { 1, 2, 3, 7, 8, 9, 31, 33, 64, 100, 172, 1000, 1024, 4096, 11008, 14336 };
enum { N_SIZES = sizeof(sizes) / sizeof(*sizes) };

static void t_paper(void **state)
{
	(void)state;
	for (int i = 0; i < N_SIZES; i++)
		for (int j = 0; j < N_SIZES; j++) {
			struct workload w = one(sizes[i], sizes[j], WL_PAPER);
			int b = (int)ceil(sqrt(largest(sizes[i], sizes[j])));

			check_by_definition(w.matrix, b, b, b);
			check_stored(&w.matrix->stage[0], b, b, b);
			check_stored(&w.matrix->stage[1], b, b, b);
			check_sums(w.matrix);
			wl_release(&w);
		}
}

static void check_blocks(int out, int in, int factors, int b)
{
	struct workload w = one(out, in, factors);
	int p = (in + b - 1) / b, s = (out + b - 1) / b, n_r = (in + p - 1) / p;

	check_by_definition(w.matrix, b, p, s);
	check_stored(&w.matrix->stage[0], n_r, p, b);
	check_stored(&w.matrix->stage[1], b, n_r, s);
	check_sums(w.matrix);
	wl_release(&w);
}

static void t_fit_and_numbers(void **state)
{
	(void)state;
	for (int i = 0; i < N_SIZES; i++)
		for (int j = 0; j < N_SIZES; j++) {
			int side = smallest(sizes[i], sizes[j]);

			check_blocks(sizes[i], sizes[j], WL_FIT, (int)lround(sqrt(side)));
			for (int b = 1; b <= side; b = 2 * b + 1)
				check_blocks(sizes[i], sizes[j], b, b);
			check_blocks(sizes[i], sizes[j], side, side);
		}
	for (int x = 1; x < 5000; x++) { /* rounding of the root, everywhere */
		struct workload w = one(x, 5000, WL_FIT);

		assert_int_equal(w.matrix->b, lround(sqrt(x)));
		wl_release(&w);
	}
}

/* by hand: 3 x 7 in 3 blocks: p = 3, inputs 3 3 1; s = 1. 7 inputs in 5 blocks: p = 2, inputs 2 2 2 1 and no fifth block */
static void t_worked(void **state)
{
	struct workload w = one(3, 7, 3);
	const struct wl_stage *R = &w.matrix->stage[0], *L = &w.matrix->stage[1];

	(void)state;
	assert_int_equal(R->n, 3);
	assert_int_equal(R->in[0] * 100 + R->in[1] * 10 + R->in[2], 331);
	assert_int_equal(L->n, 3);
	assert_int_equal(L->in[0] * 100 + L->in[1] * 10 + L->in[2], 333);
	assert_int_equal(L->out[0] * 100 + L->out[1] * 10 + L->out[2], 111);
	wl_release(&w);

	w = one(7, 7, 5);
	R = &w.matrix->stage[0];
	L = &w.matrix->stage[1];
	assert_int_equal(R->n, 4);
	assert_int_equal(R->in[3], 1);
	assert_int_equal(L->n, 5);
	assert_int_equal(L->in[4], 4);
	assert_int_equal(L->out[1], 2); /* outputs 1 and 6 */
	assert_int_equal(L->out[2], 1); /* output 2 */
	wl_release(&w);

	w = one(4096, 1024, WL_PAPER); /* the padded half of R does not exist */
	assert_int_equal(w.matrix->stage[0].blocks, 64);
	assert_int_equal(w.matrix->stage[0].n, 16);
	assert_int_equal(w.matrix->stage[1].in[63], 16);
	assert_int_equal(w.matrix->stage[1].in_p, 64);
	wl_release(&w);
}

static void t_dense(void **state)
{
	struct workload w = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(wl_add(&w, "head", 33, 7, 0, 0, true, 99, &e), 0); /* factors mean nothing here */
	assert_int_equal(w.context, 128);
	assert_int_equal(w.matrix->n_stages, 1);
	assert_string_equal(w.matrix->name, "head");
	check_stored(&w.matrix->stage[0], 1, 7, 33);
	assert_int_equal(w.matrix->stage[0].in[0], 7);
	assert_int_equal(w.matrix->stage[0].out[0], 33);
	wl_release(&w);
	assert_null(w.matrix);
	assert_int_equal(w.n, 0);
}

static void refused(int out, int in, int factors, const char *text)
{
	struct workload w = { 0 };
	struct err e = { 0 };

	assert_int_equal(wl_add(&w, "0.wq", out, in, 0, 0, false, factors, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, text);
	assert_int_equal(w.n, 0);
	wl_release(&w);
}

static void t_refused(void **state)
{
	struct workload w = { 0 };
	struct err e = { 0 };

	(void)state;
	refused(33, 7, 8, "factors \"8\" of matrix '0.wq', 33 x 7: legal paper, fit, or 1..7 blocks; change --factors");
	refused(1, 7, -2, "factors \"-2\" of matrix '0.wq', 1 x 7: legal paper, fit, or 1..1 blocks; change --factors");
	refused(0, 7, WL_FIT, "matrix '0.wq' is 0 x 7, legal is 1..16777216 outputs and inputs; cut it");
	refused(7, -1, WL_PAPER, "matrix '0.wq' is 7 x -1, legal is 1..16777216 outputs and inputs; cut it");
	refused(2147483647, 7, 1, "matrix '0.wq' is 2147483647 x 7, legal is 1..16777216 outputs and inputs; cut it");
	/* the largest that there is */
	assert_int_equal(wl_add(&w, "0.wq", 1 << 24, 1 << 24, 0, 0, false, WL_PAPER, &e), 0);
	assert_int_equal(w.matrix->b, 4096);
	wl_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_paper), cmocka_unit_test(t_fit_and_numbers), cmocka_unit_test(t_worked), cmocka_unit_test(t_dense), cmocka_unit_test(t_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

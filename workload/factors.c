/* docs/placement.md section 1, term by term. Stage R has blocks of p inputs and b*r outputs; block l of stage L reads outputs l*r .. l*r + r - 1 of every R block that exists, and makes outputs l, l + b, l + 2b, ..
 * SPDX-License-Identifier: Apache-2.0 */
#include "workload/factors.h"
#include "common/mem.h"

int factors_ceil_div(int a, int b)
{
	return a / b + (a % b != 0);
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* smallest b with b*b >= x, x at most 2^24 */
static int root_up(int x)
{
	int b = 1;

	while (b * b < x)
		b++;
	return b;
}

static void make_stage(struct wl_stage *s, int blocks, int in_p, int out_p, int n)
{
	*s = (struct wl_stage){ .blocks = blocks, .in_p = in_p, .out_p = out_p, .n = n, .in = MEM_NEW((size_t)n, int), .out = MEM_NEW((size_t)n, int) };
}

/* padded: all b blocks of both stages are stored, and an L block has a row for each of them; else only what exists */
static void cut(struct wl_matrix *m, int b, int r, int p, int s, bool padded)
{
	int n_r = least(b, factors_ceil_div(m->in, p)), n_l = least(b, m->out);
	struct wl_stage *R = &m->stage[0], *L = &m->stage[1];

	m->n_stages = 2;
	m->b = b;
	m->r = r;
	make_stage(R, padded ? b : n_r, p, b * r, n_r);
	for (int k = 0; k < n_r; k++) {
		R->in[k] = least(p, m->in - k * p);
		R->out[k] = b * r;
	}
	make_stage(L, padded ? b : n_l, (padded ? b : n_r) * r, s, n_l);
	for (int l = 0; l < n_l; l++) {
		L->in[l] = n_r * r;
		L->out[l] = factors_ceil_div(m->out - l, b);
	}
}

void factors_dense(struct wl_matrix *m)
{
	m->n_stages = 1;
	make_stage(&m->stage[0], 1, m->in, m->out, 1);
	m->stage[0].in[0] = m->in;
	m->stage[0].out[0] = m->out;
}

void factors_paper(struct wl_matrix *m)
{
	int b = root_up(m->out > m->in ? m->out : m->in);

	cut(m, b, 1, b, b, true);
}

void factors_own(struct wl_matrix *m, int b, int r, int p)
{
	cut(m, b, r, p, factors_ceil_div(m->out, b), false);
}

void factors_blocks(struct wl_matrix *m, int b)
{
	factors_own(m, b, 1, factors_ceil_div(m->in, b));
}

int factors_fit(int out, int in)
{
	int x = least(out, in), b = root_up(x);

	/* round(sqrt(x)): b - 1 is nearer where x <= (b - 1/2)^2, and a whole x is never equal to that */
	return b > 1 && x <= b * b - b ? b - 1 : b;
}

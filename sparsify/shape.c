/* How many blocks, of which size, and which ranks they allow. docs/placement.md section 1.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/err.h"
#include "sparsify/sparsify.h"
#include <math.h>

/* numbers of R and L together: what a file of 4 GiB can hold (checkpoint/safetensors.c) */
#define FACTORS_MAX ((uint64_t)1 << 30)

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

static int ceil_div(int a, int b)
{
	return a / b + (a % b != 0);
}

/* smallest b with b*b >= n */
static int ceil_sqrt(int n)
{
	int b = (int)sqrt((double)n);

	while ((long long)b * b < n)
		b++;
	while (b > 1 && (long long)(b - 1) * (b - 1) >= n)
		b--;
	return b;
}

static int blocks_of(int out, int in, int factors)
{
	if (factors == SP_PAPER)
		return ceil_sqrt(out > in ? out : in);
	return factors == SP_FIT ? (int)lround(sqrt((double)smaller(out, in))) : factors;
}

int sp_shape_make(struct sp_shape *f, const char *name, int out, int in, enum sp_kind kind, int factors, int rank, struct err *e)
{
	uint64_t b, numbers;
	int most;

	f->b = blocks_of(out, in, factors);
	if (factors > 0 && f->b > smaller(out, in))
		return err_set(e, ERR_INPUT, "layer '%s': %d blocks of %d x %d weights, legal 1..%d; lower --blocks", name, f->b, out, in, smaller(out, in));
	f->s = ceil_div(out, f->b);
	/* the paper's square: blocks of b inputs, the last ones wholly beyond the input. Outputs beyond the last are not kept: their place in out does not depend on s */
	f->p = factors == SP_PAPER && kind == SP_MONARCH ? f->b : ceil_div(in, f->b);
	f->r = kind == SP_MONARCH ? rank : 0;
	if (kind == SP_BLOCK_DIAGONAL)
		return 0;
	most = smaller(f->s, smaller(f->p, in));
	if (rank < 1 || rank > most)
		return err_set(e, ERR_INPUT, "layer '%s': rank %d of slices of %d x %d weights (%d blocks), legal 1..%d; lower --rank or --blocks", name, rank, f->s, smaller(f->p, in), f->b, most);
	b = (uint64_t)f->b;
	numbers = b * b * (uint64_t)rank; /* b*r <= in + b, b*b < 2^48 for the paper's b <= 2^12..2^15: no overflow */
	if (numbers > FACTORS_MAX || numbers * (uint64_t)(f->p + f->s) > FACTORS_MAX)
		return err_set(e, ERR_INPUT, "layer '%s': %d blocks of rank %d for %d x %d weights have more than %llu numbers, the most of a checkpoint of 4 GiB; take other --blocks or --factors fit",
			       name, f->b, rank, out, in, (unsigned long long)FACTORS_MAX);
	return 0;
}

uint64_t sp_parameters(const struct sp_shape *f, int out, int in)
{
	uint64_t exist = (uint64_t)ceil_div(in, f->p); /* blocks of R that have an input */

	return (uint64_t)f->r * ((uint64_t)f->b * (uint64_t)in + exist * (uint64_t)out);
}

double sp_relative(double error2, double norm2)
{
	return norm2 > 0 ? sqrt(error2 / norm2) : 0;
}

/* Plain block-diagonal matrices: what lies in the blocks stays. The nearest such matrix is the copy itself.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sparsify/sparsify.h"
#include <stddef.h>

/* inputs from .. to of the block that output o belongs to */
static void inputs_of(const struct sp_shape *f, int o, int in, int *from, int *to)
{
	int q = o / f->s;

	*from = (long long)q * f->p < in ? q * f->p : in;
	*to = in - *from < f->p ? in : *from + f->p;
}

double sp_block_diagonal(const float *w, int out, int in, const struct sp_shape *f, float *to)
{
	double sum = 0;

	for (int o = 0; o < out; o++) {
		size_t row = (size_t)o * (size_t)in;
		int first, end;

		inputs_of(f, o, in, &first, &end);
		for (int i = 0; i < in; i++) {
			if (i >= first && i < end)
				to[row + (size_t)i] = w[row + (size_t)i];
			else
				sum += (double)w[row + (size_t)i] * (double)w[row + (size_t)i];
		}
	}
	return sum;
}

uint64_t sp_block_diagonal_parameters(const struct sp_shape *f, int out, int in)
{
	uint64_t n = 0;

	for (int o = 0; o < out; o++) {
		int first, end;

		inputs_of(f, o, in, &first, &end);
		n += (uint64_t)(end - first);
	}
	return n;
}

/* Factors back to the dense matrix, in our convention and in the paper's.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "sparsify/sparsify.h"
#include <stdlib.h>

/* column of the dense matrix = source[k*p + i]; NULL: k*p + i. Columns and rows beyond the matrix are padding */
static void expand(const struct model_linear *f, const int *source, float *w)
{
	size_t br = (size_t)f->b * (size_t)f->r, p = (size_t)f->p, r = (size_t)f->r;

	for (int o = 0; o < f->out; o++) {
		size_t l = (size_t)(o % f->b), po = (size_t)(o / f->b);
		const float *L = f->L + (l * (size_t)f->s + po) * br;

		for (size_t k = 0; k < (size_t)f->b; k++)
			for (size_t i = 0; i < p; i++) {
				size_t c = source ? (size_t)source[k * p + i] : k * p + i;
				double sum = 0;

				if (c >= (size_t)f->in)
					continue;
				for (size_t j = 0; j < r; j++)
					sum += (double)L[k * r + j] * (double)f->R[(k * br + l * r + j) * p + i];
				w[(size_t)o * (size_t)f->in + c] = (float)sum;
			}
	}
}

void sp_dense(const struct model_linear *f, float *w)
{
	expand(f, NULL, w);
}

void sp_plprp_inputs(int b, int p, int *source)
{
	for (int k = 0; k < b; k++)
		for (int i = 0; i < p; i++)
			source[(size_t)k * (size_t)p + (size_t)i] = i * b + k;
}

void sp_plprp_dense(const struct model_linear *f, float *w)
{
	int *source = MEM_NEW((size_t)f->b * (size_t)f->p, int);

	sp_plprp_inputs(f->b, f->p, source);
	expand(f, source, w);
	free(source);
}

/* A prepared matrix through its converters, one row group after the other: docs/numerics.md sections 3, 4, 5, 8; docs/train.md section 4.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/layer_parts.h"
#include <string.h>

/* weight[out]: NULL, or what is inside, as the sum of |plane weight * slice weight| */
static void read_groups(const struct gl_matrix *m, const int8_t *x, int32_t *y, float *weight)
{
	int g, o;

	memset(y, 0, (size_t)m->out * sizeof(*y));
	for (g = 0; g < m->n_groups; g++) {
		const struct gl_group *gr = &m->group[g];
		float all = (float)(gr->shape->planes_sum * gr->shape->slices_sum);
		float *counted = weight && !gr->shape->all_inside ? weight : NULL;

		if (m->lanes)
			gl_lanes_read(m, gr, x, y, counted);
		else
			gl_words_read(m, gr, x, y, counted);
		for (o = 0; weight && !counted && o < m->out; o++)
			weight[o] += all;
	}
}

void gl_read(const struct gl_matrix *m, const int8_t *x, int32_t *y)
{
	if (m->pairs)
		gl_pairs_read(m, x, y);
	else
		read_groups(m, x, y, NULL);
}

void gl_read_inside(const struct gl_matrix *m, const int8_t *x, int32_t *y, float *inside)
{
	float all = (float)(m->n_groups * m->shape[0]->planes_sum * m->shape[0]->slices_sum);
	int o;

	if (m->pairs) {
		gl_pairs_read(m, x, y);
		for (o = 0; o < m->out; o++)
			inside[o] = 1;
		return;
	}
	memset(inside, 0, (size_t)m->out * sizeof(*inside));
	read_groups(m, x, y, inside);
	for (o = 0; o < m->out; o++)
		inside[o] /= all;
}

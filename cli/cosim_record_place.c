/* Where the weights of a program are, array image by array image: what the pictures of the report are drawn from.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cosim_record.h"
#include "cost/cost.h"
#include "map/plan.h"

enum { MOST_PIECES = 20000, MOST_IMAGES = 4096 };

static size_t n_pieces(const struct plan *plan, const struct plan_image *m)
{
	size_t n = 0;

	for (size_t s = m->step; s < m->step + m->n_steps; s++)
		n += (size_t)plan->step[s].at.n_pieces;
	return n;
}

static void put_image(const struct plan *plan, const struct plan_image *m, size_t image, json_t *pieces)
{
	for (size_t s = m->step; s < m->step + m->n_steps; s++) {
		const struct plan_step *step = &plan->step[s];

		for (int i = 0; i < step->at.n_pieces; i++) {
			const struct place_piece *p = &plan->piece[step->at.piece + (size_t)i];

			json_array_append_new(pieces, json_pack("[i,i,i,i,i,i,i,i,i]", (int)image, step->stage, p->block, p->row, p->row_stride, p->n_in, p->col, p->col_stride,
				p->n_out * p->n_slice));
		}
	}
}

json_t *record_place_json(const struct cfg *c, const struct map_program *p)
{
	const struct plan *plan = p->plan;
	struct place_geometry g = cost_geometry(c, 0);
	json_t *images = json_array(), *pieces = json_array();
	size_t drawn = 0;

	for (size_t i = 0; i < plan->n_arrays && i < MOST_IMAGES; i++) {
		const struct plan_image *m = &plan->image[plan->array[i].image];

		drawn += n_pieces(plan, m);
		if (drawn > MOST_PIECES)
			break;
		json_array_append_new(images, json_pack("{s:i,s:i,s:I}", "tile", plan->array[i].tile, "turn", plan->array[i].turn, "cells", (json_int_t)p->array[i].cells_used));
		put_image(plan, m, i, pieces);
	}
	return json_pack("{s:i,s:i,s:i,s:I,s:I,s:o,s:o}", "rows", g.rows, "cols", g.cols, "slices", g.slices, "cells", (json_int_t)c->rows * c->cols, "all", (json_int_t)plan->n_arrays,
		"images", images, "pieces", pieces);
}

/* Input beats of one run, in the order the program takes them: requantisers, inputs, array contents pass by pass.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/plan.h"
#include "common/mem.h"
#include "map/number.h"

static int beats_per_row(const struct cfg *c)
{
	return (c->cols * c->cell_bits + 63) / 64;
}

const struct place_piece *plan_array_pieces(const struct plan *p, const struct plan_array *a, size_t *n)
{
	const struct plan_image *m = &p->image[a->image];
	const struct plan_step *first = &p->step[m->step], *last = &p->step[m->step + m->n_steps - 1];

	*n = last->at.piece + (size_t)last->at.n_pieces - first->at.piece;
	return &p->piece[first->at.piece];
}

int plan_array_rows(const struct plan *p, const struct plan_array *a)
{
	size_t n;
	const struct place_piece *x = plan_array_pieces(p, a, &n);
	int rows = 0;

	for (size_t i = 0; i < n; i++) {
		int end = x[i].row + (x[i].n_in - 1) * x[i].row_stride + 1;

		if (end > rows)
			rows = end;
	}
	return rows;
}

int plan_array_cols(const struct plan *p, const struct plan_array *a)
{
	size_t n;
	const struct place_piece *x = plan_array_pieces(p, a, &n);
	int cols = 0;

	for (size_t i = 0; i < n; i++) {
		int end = x[i].col + (x[i].n_out * x[i].n_slice - 1) * x[i].col_stride + 1;

		if (end > cols)
			cols = end;
	}
	return cols;
}

size_t stream_beats(const struct cfg *c, const struct plan *p)
{
	/* every XIN but the last takes whole beats, so the inputs take as many as one XIN of all of them would */
	size_t beats = (size_t)p->channels + ((size_t)p->tokens * (size_t)p->x_len + 7) / 8;

	for (size_t a = 0; a < p->n_arrays; a++)
		beats += (size_t)plan_array_rows(p, &p->array[a]) * (size_t)beats_per_row(c);
	return beats;
}

/* one piece into the rows of its array */
static void fill_piece(const struct cfg *c, const struct map_layer *l, int stage, const struct plan_view *v, const struct place_piece *p, uint64_t *rows)
{
	size_t bpr = (size_t)beats_per_row(c);
	int per_column = num_column_cells(c);

	for (int i = 0; i < p->n_in; i++) {
		uint64_t *row = rows + (size_t)(p->row + i * p->row_stride) * bpr;

		for (int o = 0; o < p->n_out; o++) {
			int w = plan_weight(l, stage, v, p->block, p->out0 + o, p->in0 + i);

			for (int j = 0; j < p->n_slice * per_column; j++) {
				int col = p->col + (o * p->n_slice + j / per_column) * p->col_stride;
				/* a cell never straddles two beats: 1 or 2 bits */
				int bit = (col * per_column + j % per_column) * c->cell_bits;

				row[bit / 64] |= (uint64_t)num_cell(c, p->slice0 + j / per_column, j % per_column, w) << (bit % 64);
			}
		}
	}
}

static uint64_t *fill_array(const struct cfg *c, const struct map_layer *l, const struct plan *p, const struct plan_array *a, uint64_t *to)
{
	const struct plan_image *m = &p->image[a->image];

	for (size_t s = m->step; s < m->step + m->n_steps; s++)
		for (int q = 0; q < p->step[s].at.n_pieces; q++)
			fill_piece(c, l, p->step[s].stage, &p->stage[p->step[s].stage].view, &p->piece[p->step[s].at.piece + (size_t)q], to);
	return to + (size_t)plan_array_rows(p, a) * (size_t)beats_per_row(c);
}

uint64_t *map_stream(const struct cfg *c, const struct map_layer *l, const struct map_program *prog, const int8_t *x)
{
	const struct plan *p = prog->plan;
	uint64_t *beats = MEM_NEW(prog->n_beats, uint64_t), *to = beats;

	for (int i = 0; i < p->n_stages; i++) {
		for (int n = 0; n < p->stage[i].view.channels; n++) {
			int ch = p->stage[i].raw[n];
			const struct map_stage *st = &map_part(l, map_part_of(l, i, &ch))->stage[i];

			*to++ = (uint64_t)st->M[ch] | (uint64_t)st->s[ch] << 16;
		}
	}
	for (int t = 0; t < p->tokens; t++) {
		for (int i = 0; i < l->in; i++) {
			size_t e = (size_t)t * (size_t)p->x_len + (size_t)i;

			to[e / 8] |= (uint64_t)(uint8_t)x[(size_t)t * (size_t)l->in + (size_t)i] << (e % 8 * 8);
		}
	}
	to += ((size_t)p->tokens * (size_t)p->x_len + 7) / 8;
	for (size_t a = 0; a < p->n_arrays; a++)
		to = fill_array(c, l, p, &p->array[a], to);
	return beats;
}

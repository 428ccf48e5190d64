/* Input beats of one run, in the order the program takes them: requantisers, inputs, array contents pass by pass.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/plan.h"
#include "common/mem.h"
#include "map/number.h"

static int beats_per_row(const struct cfg *c)
{
	return (c->cols * c->cell_bits + 63) / 64;
}

int plan_array_rows(const struct plan_stage *s, const struct plan_array *a)
{
	int rows = 0;

	for (size_t i = a->piece; i < a->piece + a->n_pieces; i++)
		if (s->piece[i].row + s->piece[i].n_in > rows)
			rows = s->piece[i].row + s->piece[i].n_in;
	return rows;
}

int plan_array_cols(const struct plan_stage *s, const struct plan_array *a)
{
	int cols = 0;

	for (size_t i = a->piece; i < a->piece + a->n_pieces; i++) {
		int end = s->piece[i].col + s->piece[i].n_out * s->piece[i].n_slice;

		if (end > cols)
			cols = end;
	}
	return cols;
}

size_t stream_beats(const struct cfg *c, const struct plan *p)
{
	/* every XIN but the last takes whole beats, so the inputs take as many as one XIN of all of them would */
	size_t beats = (size_t)p->channels + ((size_t)p->tokens * (size_t)p->x_len + 7) / 8;

	for (int i = 0; i < p->n_stages; i++)
		for (size_t a = 0; a < p->stage[i].n_arrays; a++)
			beats += (size_t)plan_array_rows(&p->stage[i], &p->stage[i].array[a]) * (size_t)beats_per_row(c);
	return beats;
}

/* one piece into the rows of its array */
static void fill_piece(const struct cfg *c, const struct plan_view *v, const struct plan_piece *p, uint64_t *rows)
{
	size_t bpr = (size_t)beats_per_row(c);
	int per_column = num_column_cells(c);

	for (int i = 0; i < p->n_in; i++) {
		uint64_t *row = rows + (size_t)(p->row + i) * bpr;

		for (int o = 0; o < p->n_out; o++) {
			int w = plan_weight(v, p->block, p->out0 + o, p->in0 + i), col = p->col + o * p->n_slice;

			for (int j = 0; j < p->n_slice * per_column; j++) {
				/* a cell never straddles two beats: 1 or 2 bits */
				int bit = (col * per_column + j) * c->cell_bits;

				row[bit / 64] |= (uint64_t)num_cell(c, p->slice0 + j / per_column, j % per_column, w) << (bit % 64);
			}
		}
	}
}

static uint64_t *fill_stage(const struct cfg *c, const struct plan_stage *s, uint64_t *to)
{
	for (size_t n = 0; n < s->n_arrays; n++) {
		const struct plan_array *a = &s->array[n];

		for (size_t i = a->piece; i < a->piece + a->n_pieces; i++)
			fill_piece(c, &s->view, &s->piece[i], to);
		to += (size_t)plan_array_rows(s, a) * (size_t)beats_per_row(c);
	}
	return to;
}

uint64_t *map_stream(const struct cfg *c, const struct map_layer *l, const struct map_program *prog, const int8_t *x)
{
	struct plan p = *(const struct plan *)prog->plan;
	uint64_t *beats = MEM_NEW(prog->n_beats, uint64_t), *to = beats;

	for (int i = 0; i < p.n_stages; i++) {
		const struct map_stage *st = &l->stage[i];

		p.stage[i].view.stage = st;
		for (int ch = 0; ch < st->blocks * st->out; ch++)
			*to++ = (uint64_t)st->M[ch] | (uint64_t)st->s[ch] << 16;
	}
	for (int t = 0; t < p.tokens; t++) {
		for (int i = 0; i < l->in; i++) {
			size_t e = (size_t)t * (size_t)p.x_len + (size_t)i;

			to[e / 8] |= (uint64_t)(uint8_t)x[(size_t)t * (size_t)l->in + (size_t)i] << (e % 8 * 8);
		}
	}
	to += ((size_t)p.tokens * (size_t)p.x_len + 7) / 8;
	for (int i = 0; i < p.n_stages; i++)
		to = fill_stage(c, &p.stage[i], to);
	return beats;
}

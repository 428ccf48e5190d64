/* A layer's program: plan, instructions, the list of what it uses and what leaves it, the prediction.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/map.h"
#include "common/mem.h"
#include "map/number.h"
#include "map/draft.h"
#include <stdlib.h>
#include <string.h>

static void list_arrays(const struct cfg *c, const struct plan *plan, struct map_program *out)
{
	int per_column = num_column_cells(c), pass = -1;

	out->array = MEM_NEW(plan->n_arrays, struct map_array);
	for (size_t i = 0; i < plan->n_arrays; i++) {
		const struct plan_array *from = &plan->array[i];
		const struct plan_image *m = &plan->image[from->image];
		struct map_array *to = &out->array[out->n_arrays++];

		if (!i || (!plan->resident && (from->stage != from[-1].stage || from->turn != from[-1].turn)))
			pass++;
		*to = (struct map_array){ pass, from->tile, from->stage, plan->piece[plan->step[m->step].at.piece].block, plan_array_rows(plan, from), plan_array_cols(plan, from) * per_column, 0 };
		for (size_t s = m->step; s < m->step + m->n_steps; s++)
			for (int q = 0; q < plan->step[s].at.n_pieces; q++)
				to->cells_used += plan_weights_of(&plan->stage[plan->step[s].stage].view, &plan->piece[plan->step[s].at.piece + (size_t)q]) * per_column;
	}
	out->passes = pass + 1;
}

int map_batch(const struct cfg *c, const struct map_layer *l, enum map_placement p, struct err *e)
{
	return draft_choose_batch(c, l, p, e);
}

/* row groups of every piece are whole: array.rows inputs, or what remains of the block */
static bool canonical_rows(const struct cfg *c, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		for (int q = 0; q < plan->step[i].at.n_pieces; q++) {
			const struct place_piece *p = &plan->piece[plan->step[i].at.piece + (size_t)q];
			int left = plan->stage[plan->step[i].stage].view.block[p->block].in - p->in0;

			if (p->in0 % c->rows || p->n_in != (left < c->rows ? left : c->rows))
				return false;
		}
	return true;
}

void draft_program(const struct cfg *c, struct draft *d, struct map_program *out)
{
	struct plan *plan = MEM_NEW(1, struct plan);

	memset(out, 0, sizeof(*out));
	*plan = d->plan;
	out->plan = plan;
	out->code = d->code;
	out->n_instr = d->n_instr;
	out->counts = d->counts;
	out->tokens = plan->tokens;
	list_arrays(c, plan, out);
	out->canonical_rows = canonical_rows(c, plan);
	out->n_outputs = (size_t)plan->tokens * (size_t)plan->channels;
	out->output = MEM_NEW(out->n_outputs, struct map_output);
	emit_outputs(plan, &d->how, out->output);
	out->n_beats = stream_beats(c, plan);
	memset(d, 0, sizeof(*d));
}

int map_compile(const struct cfg *c, const struct map_layer *l, enum map_placement p, int tokens, const struct map_steps *steps, struct map_program *out, struct err *e)
{
	struct draft d;

	memset(out, 0, sizeof(*out));
	if (tokens < 1)
		return err_set(e, ERR_INPUT, "layer '%s': %d tokens, legal 1 or more: ask for one", l->name, tokens);
	if (draft_choose(c, l, p, tokens, steps, &d, e))
		return -1;
	draft_program(c, &d, out);
	return 0;
}

void map_program_release(struct map_program *p)
{
	if (p->plan)
		plan_release(p->plan);
	free(p->plan);
	free(p->code);
	free(p->array);
	free(p->output);
	memset(p, 0, sizeof(*p));
}

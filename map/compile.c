/* A layer's program: plan, instructions, the list of what it uses and what leaves it, the prediction.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/map.h"
#include "common/mem.h"
#include "map/number.h"
#include "map/plan.h"
#include <stdlib.h>
#include <string.h>

/* cells of a piece that hold weights of a block: all of them, or (one matrix with zeros between the blocks) those inside a block */
static long cells(const struct plan_view *v, const struct plan_piece *p)
{
	long n = 0;

	if (!v->expanded)
		return (long)p->n_in * p->n_out * p->n_slice;
	for (int o = p->out0; o < p->out0 + p->n_out; o++) {
		int block = o / v->stage->out, from = block * v->stage->in, to = from + v->stage->in;

		if (from < p->in0)
			from = p->in0;
		if (to > p->in0 + p->n_in)
			to = p->in0 + p->n_in;
		if (to > from)
			n += to - from;
	}
	return n * p->n_slice;
}

static void list_arrays(const struct cfg *c, const struct plan *plan, struct map_program *out)
{
	size_t n = 0;
	int pass = 0, per_column = num_column_cells(c);

	for (int i = 0; i < plan->n_stages; i++)
		n += plan->stage[i].n_arrays;
	out->array = MEM_NEW(n, struct map_array);
	for (int i = 0; i < plan->n_stages; i++) {
		const struct plan_stage *s = &plan->stage[i];

		for (size_t p = 0; p < s->n_passes; p++, pass++) {
			for (size_t a = s->pass[p].array; a < s->pass[p].array + s->pass[p].n_arrays; a++) {
				const struct plan_array *from = &s->array[a];
				struct map_array *to = &out->array[out->n_arrays++];

				*to = (struct map_array){ pass, from->tile, i, s->piece[from->piece].block, plan_array_rows(s, from), plan_array_cols(s, from) * per_column, 0 };
				for (size_t q = from->piece; q < from->piece + from->n_pieces; q++)
					to->cells_used += cells(&s->view, &s->piece[q]) * per_column;
			}
		}
	}
	out->passes = pass;
}

/* beats leave pass by pass, in it token by token, in it group by group */
static void list_outputs(const struct plan *plan, struct map_program *out)
{
	out->output = MEM_NEW((size_t)plan->tokens * (size_t)plan->channels, struct map_output);
	for (int i = 0; i < plan->n_stages; i++) {
		const struct plan_stage *s = &plan->stage[i];

		for (size_t p = 0; p < s->n_passes; p++)
			for (int t = 0; t < plan->tokens; t++)
				for (size_t o = s->pass[p].out; o < s->pass[p].out + s->pass[p].n_outs; o++)
					for (int n = 0; n < s->out[o].count; n++)
						out->output[out->n_outputs++] = (struct map_output){ t, i, s->out[o].channel + n };
	}
}

/* plan and instructions; tokens 0: as many as fit */
static int make(const struct cfg *c, const struct map_layer *l, enum map_placement p, int tokens, struct plan *plan, uint32_t **code, size_t *n_instr, struct err *e)
{
	if (plan_make(c, l, p, tokens, plan, e)) {
		plan_release(plan);
		return -1;
	}
	emit_program(plan, false, code, n_instr);
	if (*n_instr > (size_t)c->program_depth) {
		free(*code);
		emit_program(plan, true, code, n_instr);
	}
	if (*n_instr > (size_t)c->program_depth) {
		plan_too_small(l->name, "program_depth", (long)*n_instr, c->program_depth, e);
		free(*code);
		*code = NULL;
		plan_release(plan);
		return -1;
	}
	return 0;
}

int map_batch(const struct cfg *c, const struct map_layer *l, enum map_placement p, struct err *e)
{
	struct plan plan;
	uint32_t *code;
	size_t n_instr;
	int tokens;

	if (make(c, l, p, 0, &plan, &code, &n_instr, e))
		return 0;
	tokens = plan.tokens;
	free(code);
	plan_release(&plan);
	return tokens;
}

int map_compile(const struct cfg *c, const struct map_layer *l, enum map_placement p, int tokens, const struct map_steps *steps, struct map_program *out, struct err *e)
{
	struct plan *plan;

	memset(out, 0, sizeof(*out));
	if (tokens < 1)
		return err_set(e, ERR_INPUT, "layer '%s': %d tokens, legal 1 or more: ask for one", l->name, tokens);
	plan = MEM_NEW(1, struct plan);
	if (make(c, l, p, tokens, plan, &out->code, &out->n_instr, e)) {
		free(plan);
		memset(out, 0, sizeof(*out));
		return -1;
	}
	out->plan = plan;
	out->tokens = tokens;
	list_arrays(c, plan, out);
	list_outputs(plan, out);
	out->n_beats = stream_beats(c, plan);
	if (map_predict(c, out->code, out->n_instr, steps, &out->counts, e))
		BUG("the compiled program of layer '%s' is illegal: %s", l->name, e->text);
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

/* A workload as blocks to be placed: docs/placement.md section 1.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/mem.h"
#include "cost/cost.h"
#include "map/number.h"
#include <stdlib.h>

struct list { struct place_block *b; size_t n; int64_t inputs; int stages; };

struct place_geometry cost_geometry(const struct cfg *c, long arrays)
{
	return (struct place_geometry){ .rows = c->rows, .cols = num_columns(c), .slices = num_slices(c), .adcs = c->adcs, .arrays = arrays };
}

static size_t count(const struct workload *w, bool linear)
{
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		for (int s = 0; s < (linear ? 1 : w->matrix[i].n_stages); s++)
			n += linear ? 1 : (size_t)w->matrix[i].stage[s].blocks;
	return n;
}

/* input: of block 0; the others follow */
static void add_stage(struct list *l, const struct wl_stage *s, int phase, int64_t input)
{
	for (int k = 0; k < s->blocks; k++) {
		bool real = k < s->n;

		l->b[l->n++] = (struct place_block){
			.in = real ? s->in[k] : s->in_p, .out = real ? s->out[k] : s->out_p, .in_p = s->in_p, .out_p = s->out_p,
			.stage = l->stages, .phase = phase, .input = input + k, .real = real,
		};
	}
	l->stages++;
}

/* Stage R of the group's matrices: an earlier one that is cut at the same inputs has the same block inputs. */
static void add_first_stages(struct list *l, const struct wl_matrix *m, size_t n)
{
	int64_t *first = MEM_NEW(n, int64_t);

	for (size_t i = 0; i < n; i++) {
		size_t same = 0;

		while (same < i && (m[same].stage[0].in_p != m[i].stage[0].in_p || m[same].stage[0].blocks < m[i].stage[0].blocks))
			same++;
		first[i] = same < i ? first[same] : l->inputs;
		add_stage(l, &m[i].stage[0], 2 * m[i].group, first[i]);
		if (same == i)
			l->inputs += m[i].stage[0].blocks;
	}
	free(first);
}

static void add_dense(struct list *l, const struct wl_matrix *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		l->b[l->n++] = (struct place_block){
			.in = m[i].in, .out = m[i].out, .in_p = m[i].in, .out_p = m[i].out, .stage = l->stages++, .phase = 2 * m[i].group, .input = l->inputs, .real = true,
		};
	l->inputs++;
}

struct place_block *cost_blocks(const struct workload *w, bool linear, size_t *n)
{
	struct list l = { .b = MEM_NEW(count(w, linear), struct place_block) };

	for (size_t i = 0, end; i < w->n; i = end) {
		for (end = i; end < w->n && w->matrix[end].group == w->matrix[i].group; end++)
			;
		if (linear) {
			add_dense(&l, &w->matrix[i], end - i);
			continue;
		}
		add_first_stages(&l, &w->matrix[i], end - i);
		for (size_t k = i; k < end; k++)
			if (w->matrix[k].n_stages == 2) {
				add_stage(&l, &w->matrix[k].stage[1], 2 * w->matrix[k].group + 1, l.inputs);
				l.inputs += w->matrix[k].stage[1].blocks;
			}
	}
	*n = l.n;
	return l.b;
}

/* The arrays of one placement as a picture.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/explore_tasks.h"
#include "common/file.h"
#include "common/mem.h"
#include "report/occupancy.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 5000000 }; /* about 100 bytes each, with its piece */

/* the blocks first .. next range's first - 1 are stage `stage` of matrix m */
struct range { size_t first; const struct wl_matrix *m; int stage, kind; };
struct labels { struct range *range; size_t n; char **kind; int n_kinds; bool dense; };

/* "3.attn.q" -> "attn.q": layers look alike */
static const char *kind_of(const struct wl_matrix *m)
{
	const char *dot = strchr(m->name, '.');

	return dot ? dot + 1 : m->name;
}

static void add_range(struct labels *l, const struct wl_matrix *m, int stage, size_t blocks, size_t *first)
{
	int k = 0;

	while (k < l->n_kinds && strcmp(l->kind[k], kind_of(m)))
		k++;
	if (k == l->n_kinds) {
		l->kind = mem_realloc(l->kind, (size_t)k + 1, sizeof(*l->kind));
		l->kind[l->n_kinds++] = mem_strdup(kind_of(m));
	}
	l->range[l->n++] = (struct range){ *first, m, stage, k };
	*first += blocks;
}

/* in the order of cost_blocks: per group the first stages, then the second ones */
static void make_labels(struct labels *l, const struct workload *w, bool dense, size_t n_blocks)
{
	size_t first = 0;

	*l = (struct labels){ .range = MEM_NEW(2 * w->n, struct range), .dense = dense };
	for (size_t i = 0, end; i < w->n; i = end) {
		for (end = i; end < w->n && w->matrix[end].group == w->matrix[i].group; end++)
			add_range(l, &w->matrix[end], 0, dense ? 1 : (size_t)w->matrix[end].stage[0].blocks, &first);
		for (size_t k = i; k < end && !dense; k++)
			if (w->matrix[k].n_stages == 2)
				add_range(l, &w->matrix[k], 1, (size_t)w->matrix[k].stage[1].blocks, &first);
	}
	if (first != n_blocks)
		BUG("%zu blocks have labels, %zu are placed", first, n_blocks);
}

static void labels_release(struct labels *l)
{
	for (int i = 0; i < l->n_kinds; i++)
		free(l->kind[i]);
	free(l->kind);
	free(l->range);
}

static struct occupancy_label label(const void *ctx, int block, struct buf *name)
{
	const struct labels *l = ctx;
	size_t lo = 0, hi = l->n;
	const struct range *r;

	while (hi - lo > 1) {
		size_t middle = (lo + hi) / 2;

		if (l->range[middle].first <= (size_t)block)
			lo = middle;
		else
			hi = middle;
	}
	r = &l->range[lo];
	if (name && (l->dense || r->m->n_stages == 1))
		buf_addf(name, "%s, %d x %d", r->m->name, r->m->out, r->m->in);
	else if (name)
		buf_addf(name, "%s, stage %c, block %zu of %d", r->m->name, r->stage ? 'L' : 'R', (size_t)block - r->first + 1, r->m->stage[r->stage].blocks);
	return (struct occupancy_label){ r->kind, r->stage };
}

static int draw(const struct explore_options *o, const struct explore_point *p, const struct workload *w, const struct system_cost *c, const struct placement *placed, struct err *e)
{
	bool dense = p->placement == PLACE_LINEAR;
	struct buf title, subtitle, svg;
	struct labels labels;
	struct occupancy picture = { .rows = p->cfg->rows, .cols = cost_geometry(p->cfg, o->arrays).cols, .placement = placed, .label = label, .ctx = &labels,
		.first = (size_t)o->first, .count = (size_t)o->count };
	struct place_block *blocks;
	size_t n;
	int rc;

	blocks = cost_blocks(w, dense, &n);
	make_labels(&labels, w, dense, n);
	buf_init(&title);
	buf_init(&subtitle);
	buf_init(&svg);
	buf_addf(&title, "%s on arrays of %d x %d: %s%s%s", o->model, picture.rows, picture.cols, p->value[EXPLORE_PLACEMENT], *p->value[EXPLORE_OPTIMISE] ? ", " : "", p->value[EXPLORE_OPTIMISE]);
	buf_addf(&subtitle, "%ld arrays, %zu images", c->arrays, placed->n_images);
	if ((size_t)o->first < placed->n_images && (size_t)o->count < placed->n_images)
		buf_addf(&subtitle, " (drawn: %ld to %zu)", o->first, (size_t)o->first + (size_t)o->count < placed->n_images ? (size_t)o->first + (size_t)o->count - 1 : placed->n_images - 1);
	buf_addf(&subtitle, "; utilisation %.2f %%; at least %ld arrays are needed", 100 * c->utilisation, c->lower_bound_arrays);
	if (*p->value[EXPLORE_OPTIMISE])
		buf_addf(&subtitle, "; candidate taken: %s", c->candidate);
	picture.title = title.data;
	picture.subtitle = subtitle.data;
	picture.block = blocks;
	picture.kind_name = (const char *const *)labels.kind;
	picture.n_kinds = labels.n_kinds;
	if ((size_t)o->first >= placed->n_images)
		rc = err_set(e, ERR_INPUT, "--first \"%ld\" is beyond the last array image: legal 0..%zu; lower --first", o->first, placed->n_images - 1);
	else {
		occupancy_svg(&picture, &svg);
		rc = file_write(o->occupancy, svg.data, svg.len, e);
	}
	buf_release(&title);
	buf_release(&subtitle);
	buf_release(&svg);
	labels_release(&labels);
	free(blocks);
	return rc;
}

int explore_occupancy(const struct explore_options *o, const struct explore_points *p, const struct cost_table *t, const struct workload *w, struct err *e)
{
	const struct explore_point *q = &p->point[0];
	struct cost_request r = { q->placement, q->mode, o->arrays, o->tokens };
	enum place_kind chosen;
	struct placement placed;
	struct system_cost c;
	int rc;

	if (p->n != 1)
		return err_set(e, ERR_INPUT, "--occupancy draws one placement, the lists make %zu: give one --placement, with packed one --optimise, and one value in every other list", p->n);
	if (q->state == EXPLORE_SKIPPED)
		return err_set(e, ERR_INPUT, "%s", q->reason);
	/* counted before anything is laid out: dense-strided of a large model has a piece for every few cells */
	if (cost_place(q->cfg, t, w, &r, NULL, &chosen, &c, e))
		return -1;
	if (c.steps > MOST_STEPS)
		return err_set(e, ERR_INPUT, "--occupancy: %s has %" PRIu64 " activations, too many to lay out: legal up to %d; take a smaller model, larger arrays or another placement", c.candidate, c.steps, MOST_STEPS);
	if (cost_place(q->cfg, t, w, &r, &placed, &chosen, &c, e))
		return -1;
	rc = draw(o, q, w, &c, &placed, e);
	if (!rc)
		printf("%s: %ld arrays, %zu images, utilisation %.2f %%\n", o->occupancy, c.arrays, placed.n_images, 100 * c.utilisation);
	place_release(&placed);
	return rc;
}

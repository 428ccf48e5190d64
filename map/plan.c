/* The plan of one run: views of the stages, buffer limits, placement.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/plan.h"
#include "map/number.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_TOKENS = 65535 /* 16-bit loop count */, MOST_DEPTH = 65536 };

/* the next depth that the configuration allows: a power of two */
static long legal_depth(long need)
{
	long depth = 64;

	while (depth < need)
		depth *= 2;
	return depth;
}

int plan_too_small(const char *layer, const char *field, long need, int depth, struct err *e)
{
	if (need > MOST_DEPTH)
		return err_set(e, ERR_INPUT, "layer '%s' needs %ld of 'scheduler.%s', which is %d and can be %d at most: use a larger array or a smaller layer", layer, need, field, depth, MOST_DEPTH);
	return err_set(e, ERR_INPUT, "layer '%s' needs %ld of 'scheduler.%s', which is %d: raise it to %ld", layer, need, field, depth, legal_depth(need));
}

/* most tokens that `depth` holds at `need` each */
static int fit(const char *layer, const char *field, long need, int depth, int *tokens, struct err *e)
{
	if (need > depth)
		return plan_too_small(layer, field, need, depth, e);
	if (depth / need < *tokens)
		*tokens = (int)(depth / need);
	return 0;
}

static int check_linear(const struct cfg *c, const struct map_layer *l, int in, struct err *e)
{
	long groups = ((long)in + c->rows - 1) / c->rows;

	if (num_overflow(c, groups))
		return err_set(e, ERR_INPUT, "layer '%s': stored dense, %d inputs make %ld row groups of array.rows %d, legal 0..%ld before a 32-bit accumulator could overflow: use the sparse placement or raise array.rows",
			       l->name, in, groups, c->rows, num_most_row_groups(c));
	return 0;
}

/* a placement may cut the inputs of an output more often than the canonical partition */
static int check_chunks(const struct cfg *c, const struct map_layer *l, const struct plan_use *use, int n, struct err *e)
{
	for (int i = 0; i < n; i++)
		if (num_overflow(c, use[i].chunks))
			return err_set(e, ERR_INPUT, "layer '%s': this placement cuts the inputs of an output in %d row groups, legal 0..%ld before a 32-bit accumulator could overflow: use the sparse placement or raise array.rows",
				       l->name, use[i].chunks, num_most_row_groups(c));
	return 0;
}

/* channels, and the activation buffer */
static int fit_vectors(const struct cfg *c, const struct map_layer *l, struct plan *p, int *tokens, struct err *e)
{
	long channels = p->stage[0].view.channels, x = p->stage[0].view.x_len, mid = 0, most;
	int unused = MOST_TOKENS;

	if (l->n_stages == 2) {
		mid = channels;
		channels += p->stage[1].view.channels;
	}
	if (fit(l->name, "channel_depth", channels, c->channel_depth, &unused, e) || fit(l->name, "activation_depth", x + mid, c->activation_depth, tokens, e))
		return -1;
	most = (c->activation_depth - mid) / x;
	if (p->resident) /* one vector between the stages serves all tokens */
		*tokens = (int)(most < MOST_TOKENS ? most : MOST_TOKENS);
	p->channels = (int)channels;
	p->x_len = (int)x;
	p->mid_len = (int)mid;
	return 0;
}

static bool tiles_shared(const struct plan *p)
{
	uint64_t tiles[2] = { 0 };

	for (size_t i = 0; i < p->n_arrays; i++) {
		const struct plan_image *m = &p->image[p->array[i].image];

		for (size_t s = m->step; s < m->step + m->n_steps; s++)
			tiles[p->step[s].stage] |= (uint64_t)1 << p->array[i].tile;
	}
	return (tiles[0] & tiles[1]) != 0;
}

/* words of all stages, and the accumulators */
static int fit_words(const struct cfg *c, const struct map_layer *l, struct plan *p, struct plan_use *use[2], int *tokens, struct err *e)
{
	long most = 0, sum = 0;

	for (int i = 0; i < p->n_stages; i++) {
		struct plan_stage *s = &p->stage[i];

		use[i] = plan_words(p, i, &s->words);
		if (check_chunks(c, l, use[i], s->view.channels, e))
			return -1;
		sum += s->words;
		if (s->words > most)
			most = s->words;
	}
	p->shared = tiles_shared(p);
	if (!p->resident)
		return fit(l->name, "accumulator_depth", most, c->accumulator_depth, tokens, e);
	return (p->shared ? sum : most) > c->accumulator_depth;
}

/* a plan of arrays on tiles becomes one of passes */
static void make_passes(const struct cfg *c, struct plan *p, struct plan_use *use[2], bool fine)
{
	p->raw_mid = true;
	if (p->n_stages == 2)
		p->raw_mid = plan_fits_raw_mid(p);
	for (int i = 0; i < p->n_stages; i++) {
		plan_acts(c, p, i, use[i]);
		plan_outs(p, i, use[i], fine);
	}
}

static int make(const struct cfg *c, const struct map_layer *l, const struct plan_wish *asked, struct plan *p, struct plan_use *use[2], int *most, struct err *e)
{
	struct plan_wish wish = *asked, *w = &wish;
	int status;

	/* Outputs wider than the array: packed may deal their columns to any tiles, but OUT adds up tile sets only. A cut leaves nothing to pack there. */
	if (w->kind == PLACE_PACKED && num_slices(c) > num_columns(c))
		w->kind = PLACE_SPARSE;

	p->n_stages = l->n_stages;
	p->resident = w->resident;
	for (int i = 0; i < l->n_stages; i++) {
		struct plan_stage *s = &p->stage[i];

		plan_view_make(l, i, w->kind == PLACE_LINEAR, &s->view);
		s->channel0 = i ? p->stage[0].view.channels : 0;
		for (int n = 0; n < s->view.n_parts; n++)
			if (s->view.part[n].expanded && check_linear(c, l, s->view.block[n].in, e))
				return -1;
	}
	if (fit_vectors(c, l, p, most, e))
		return -1;
	status = plan_layout(c, w, p, e);
	if (!status)
		status = fit_words(c, l, p, use, most, e);
	if (!status)
		make_passes(c, p, use, w->fine);
	return status;
}

int plan_make(const struct cfg *c, const struct map_layer *l, const struct plan_wish *w, int tokens, struct plan *p, struct err *e)
{
	struct plan_use *use[2] = { NULL, NULL };
	int most = MOST_TOKENS, status;

	memset(p, 0, sizeof(*p));
	status = make(c, l, w, p, use, &most, e);
	free(use[0]);
	free(use[1]);
	if (!status && tokens > most)
		status = err_set(e, ERR_INPUT, "layer '%s': %d tokens in one run: 1..%d fit; use fewer, or raise scheduler.activation_depth or scheduler.accumulator_depth", l->name, tokens, most);
	p->tokens = tokens > 0 ? tokens : most;
	if (status)
		plan_release(p);
	return status;
}

void plan_release(struct plan *p)
{
	for (int i = 0; i < 2; i++) {
		struct plan_stage *s = &p->stage[i];

		free(s->view.block);
		free(s->raw);
		free(s->act);
		free(s->out);
		free(s->pass);
	}
	free(p->piece);
	free(p->step);
	free(p->image);
	free(p->array);
	memset(p, 0, sizeof(*p));
}

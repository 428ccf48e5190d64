/* The plan of one run: views of the stages, buffer limits, placement.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/plan.h"
#include "map/number.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_TOKENS = 65535 /* 16-bit loop count */, MOST_DEPTH = 65536 };

int plan_weight(const struct plan_view *v, int block, int o, int i)
{
	const struct map_stage *st = v->stage;

	if (v->expanded) {
		block = o / st->out;
		if (block != i / st->in)
			return 0;
		o %= st->out;
		i %= st->in;
	}
	return st->w[((size_t)block * (size_t)st->out + (size_t)o) * (size_t)st->in + (size_t)i];
}

static struct plan_view view_of(const struct map_stage *st, bool linear)
{
	struct plan_view v = { st, linear && st->blocks > 1, st->blocks, st->out, st->in };

	if (v.expanded) {
		v.blocks = 1;
		v.out = st->blocks * st->out;
		v.in = st->blocks * st->in;
	}
	return v;
}

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

static int check_linear(const struct cfg *c, const struct map_layer *l, const struct plan_view *v, struct err *e)
{
	long groups = ((long)v->in + c->rows - 1) / c->rows;

	if (num_overflow(c, groups))
		return err_set(e, ERR_INPUT, "layer '%s': stored dense, %d inputs make %ld row groups of array.rows %d, legal 0..%ld before a 32-bit accumulator could overflow: use the sparse placement or raise array.rows",
			       l->name, v->in, groups, c->rows, num_most_row_groups(c));
	return 0;
}

static int fit_buffers(const struct cfg *c, const struct map_layer *l, struct plan *p, const int per_array[2], int *tokens, struct err *e)
{
	const struct map_stage *st = l->stage;
	long channels = (long)st[0].blocks * st[0].out, x = (long)st[0].blocks * st[0].in, mid = 0, words = 0;
	int unused = MOST_TOKENS;

	if (l->n_stages == 2) {
		mid = channels;
		channels += (long)st[1].blocks * st[1].out;
	}
	if (fit(l->name, "channel_depth", channels, c->channel_depth, &unused, e) || fit(l->name, "activation_depth", x + mid, c->activation_depth, tokens, e))
		return -1;
	for (int i = 0; i < l->n_stages; i++) {
		long w = place_words(c, &p->stage[i].view, per_array[i]);

		if (w > words)
			words = w;
	}
	if (fit(l->name, "accumulator_depth", words, c->accumulator_depth, tokens, e))
		return -1;
	p->channels = (int)channels;
	p->x_len = (int)x;
	p->mid_len = (int)mid;
	return 0;
}

int plan_make(const struct cfg *c, const struct map_layer *l, enum map_placement placement, int tokens, struct plan *p, struct err *e)
{
	bool linear = placement == MAP_LINEAR || (placement == MAP_AUTO && !l->monarch);
	int per_array[2] = { 0 }, most = MOST_TOKENS;

	memset(p, 0, sizeof(*p));
	p->n_stages = l->n_stages;
	for (int i = 0; i < l->n_stages; i++) {
		struct plan_view *v = &p->stage[i].view;

		*v = view_of(&l->stage[i], linear);
		if (v->expanded && check_linear(c, l, v, e))
			return -1;
		if (!linear)
			per_array[i] = place_blocks_per_array(c, v);
	}
	if (fit_buffers(c, l, p, per_array, &most, e))
		return -1;
	if (tokens > most)
		return err_set(e, ERR_INPUT, "layer '%s': %d tokens in one run: 1..%d fit; use fewer, or raise scheduler.activation_depth or scheduler.accumulator_depth", l->name, tokens, most);
	p->tokens = tokens > 0 ? tokens : most;
	for (int i = 0; i < l->n_stages; i++) {
		struct plan_stage *s = &p->stage[i];

		s->words = place_words(c, &s->view, per_array[i]);
		s->channel0 = i ? l->stage[0].blocks * l->stage[0].out : 0;
		if (per_array[i])
			place_diagonal(c, s, per_array[i]);
		else
			place_cut(c, s);
	}
	return 0;
}

void plan_release(struct plan *p)
{
	for (int i = 0; i < 2; i++) {
		struct plan_stage *s = &p->stage[i];

		free(s->piece);
		free(s->array);
		free(s->act);
		free(s->out);
		free(s->pass);
	}
	memset(p, 0, sizeof(*p));
}

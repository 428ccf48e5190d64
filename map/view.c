/* The blocks of a stage, part after part.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/plan.h"
#include "common/mem.h"

void plan_view_make(const struct map_layer *l, int stage, bool linear, struct plan_view *v)
{
	*v = (struct plan_view){ .n_parts = map_parts(l) };
	for (int i = 0; i < v->n_parts; i++) {
		const struct map_stage *st = &map_part(l, i)->stage[stage];
		bool expanded = linear && st->blocks > 1;
		int n = expanded ? 1 : st->blocks, times = expanded ? st->blocks : 1;
		struct plan_part *part = &v->part[i];

		*part = (struct plan_part){ st->blocks, st->out, st->in, expanded, v->n_blocks, n, v->channels, stage ? v->x_len : 0 };
		for (int k = 0; k < n; k++) {
			*MEM_PUSH(v->block, v->n_blocks) = (struct plan_block){ i, k, times * st->out, times * st->in, v->channels, part->x + k * st->in };
			v->channels += times * st->out;
		}
		v->x_len = part->x + st->blocks * st->in;
	}
}

int plan_channel(const struct plan_view *v, int block, int o)
{
	return v->block[block].channel + o;
}

int plan_part_of(const struct plan_view *v, int channel)
{
	int i = v->n_parts - 1;

	while (channel < v->part[i].channel)
		i--;
	return i;
}

int plan_weight(const struct map_layer *l, int stage, const struct plan_view *v, int block, int o, int i)
{
	const struct plan_block *b = &v->block[block];
	const struct map_stage *st = &map_part(l, b->part)->stage[stage];
	int k = b->index;

	if (v->part[b->part].expanded) {
		k = o / st->out;
		if (k != i / st->in)
			return 0;
		o %= st->out;
		i %= st->in;
	}
	return st->w[((size_t)k * (size_t)st->out + (size_t)o) * (size_t)st->in + (size_t)i];
}

long plan_weights_of(const struct plan_view *v, const struct place_piece *x)
{
	const struct plan_part *part = &v->part[v->block[x->block].part];
	long n = 0;

	if (!part->expanded)
		return (long)x->n_in * x->n_out * x->n_slice;
	for (int o = x->out0; o < x->out0 + x->n_out; o++) {
		int from = o / part->out * part->in, to = from + part->in;

		if (from < x->in0)
			from = x->in0;
		if (to > x->in0 + x->n_in)
			to = x->in0 + x->n_in;
		if (to > from)
			n += to - from;
	}
	return n * x->n_slice;
}

/* Layers that read the same vector, as one: docs/placement.md section 6.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/map.h"
#include "common/mem.h"
#include <stdio.h>
#include <string.h>

static int check_pair(const struct map_layer *a, const struct map_layer *b, struct err *e)
{
	if (a->monarch != b->monarch)
		return err_set(e, ERR_INPUT, "layers '%s' and '%s': one is dense, one is Monarch, legal is one form for all that are joined: run them by themselves", a->name, b->name);
	if (a->in != b->in)
		return err_set(e, ERR_INPUT, "layers '%s' and '%s' have %d and %d inputs, legal is one vector for all that are joined: run them by themselves", a->name, b->name, a->in, b->in);
	if (a->b != b->b || a->p != b->p)
		return err_set(e, ERR_INPUT, "layers '%s' and '%s' cut their inputs in %d blocks of %d and %d of %d, legal is one cut for all that are joined: run them by themselves", a->name, b->name,
			       a->b, a->p, b->b, b->p);
	return 0;
}

int map_join(const struct map_layer *const *part, int n, struct map_layer *out, struct err *e)
{
	size_t at = 0;

	memset(out, 0, sizeof(*out));
	if (n < 1 || n > MAP_MOST_PARTS)
		BUG("a joint layer of no parts or too many");
	out->monarch = part[0]->monarch;
	out->in = part[0]->in;
	out->b = part[0]->b;
	out->p = part[0]->p;
	out->n_stages = part[0]->n_stages;
	for (int i = 0; i < n; i++) {
		if (check_pair(part[0], part[i], e))
			return -1;
		out->part[out->n_parts++] = part[i];
		out->out += part[i]->out;
		if (at < sizeof(out->name))
			at += (size_t)snprintf(out->name + at, sizeof(out->name) - at, "%s%s", i ? "+" : "", part[i]->name);
	}
	return 0;
}

int map_parts(const struct map_layer *l)
{
	return l->n_parts ? l->n_parts : 1;
}

const struct map_layer *map_part(const struct map_layer *l, int i)
{
	return l->n_parts ? l->part[i] : l;
}

int map_part_of(const struct map_layer *l, int stage, int *channel)
{
	int i = 0;

	for (; i + 1 < map_parts(l); i++) {
		const struct map_stage *st = &map_part(l, i)->stage[stage];

		if (*channel < st->blocks * st->out)
			break;
		*channel -= st->blocks * st->out;
	}
	return i;
}

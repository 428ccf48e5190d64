/* Dynamic programme over the codes i..j that a subtree holds (i < j): cost(i, j) = weight(i..j) + least over roots k = i+1..j of cost(i, k-1) + cost(k, j).
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/tree.h"
#include "common/mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { N = 1 << TREE_MAX_BITS };
static const uint64_t most_weight = (uint64_t)1 << 55; /* times at most 255 steps: below 2^63 */

/* one layer: all subtrees of at most some depth */
struct layer { uint64_t cost[N][N]; uint16_t root[N][N]; };

struct dp { int n; uint64_t sum[N + 1]; /* sum[i]: weight of the codes below i */ };

/* root of codes i..j among lo..hi, the children being trees of layer `below`; the smallest of equal ones */
static void choose(const struct dp *d, const struct layer *below, struct layer *l, int i, int j, int lo, int hi)
{
	uint64_t least = UINT64_MAX;

	for (int k = lo; k <= hi; k++) {
		uint64_t cost = below->cost[i][k - 1] + below->cost[k][j];

		if (cost < least) {
			least = cost;
			l->root[i][j] = (uint16_t)k;
		}
	}
	l->cost[i][j] = least + d->sum[j + 1] - d->sum[i];
}

/* Any depth. Knuth: the smallest best root of i..j lies between those of i..j-1 and of i+1..j, so that all of them cost O(n^2). */
static void unlimited(const struct dp *d, struct layer *l)
{
	for (int i = 0; i < d->n; i++)
		l->cost[i][i] = 0;
	for (int span = 1; span < d->n; span++)
		for (int i = 0, j; (j = i + span) < d->n; i++)
			choose(d, l, l, i, j, span == 1 ? j : l->root[i][j - 1], span == 1 ? j : l->root[i + 1][j]);
}

/* At most `depth` steps: 2^depth codes at most; children one step less. */
static void limited(const struct dp *d, const struct layer *below, struct layer *l, int depth)
{
	int fits = depth <= TREE_MAX_BITS ? 1 << depth : N, half = depth <= TREE_MAX_BITS ? fits / 2 : N;

	for (int i = 0; i < d->n; i++) {
		l->cost[i][i] = 0;
		for (int j = i + 1; j < d->n && j - i < fits; j++)
			choose(d, below, l, i, j, j - half + 1 > i + 1 ? j - half + 1 : i + 1, i + half < j ? i + half : j);
	}
}

/* layer[d] roots a tree of d steps; with `same` every layer is layer[0]. Returns the node. */
static uint16_t grow(struct tree *t, struct layer *const *layer, int depth, bool same, int i, int j)
{
	const struct layer *l = layer[same ? 0 : depth];
	uint16_t k;

	if (i == j)
		return 0;
	k = l->root[i][j];
	t->left[k] = grow(t, layer, depth - 1, same, i, k - 1);
	t->right[k] = grow(t, layer, depth - 1, same, k, j);
	return k;
}

static int deepest(const struct tree *t)
{
	int steps[N], most = 0;

	tree_steps(t, steps);
	for (int i = 0; i < 1 << t->bits; i++)
		most = steps[i] > most ? steps[i] : most;
	return most;
}

static void build_limited(const struct dp *d, int depth, struct tree *t)
{
	struct layer *layer[N] = { NULL };

	for (int i = 0; i <= depth; i++) {
		layer[i] = MEM_NEW(1, struct layer);
		if (i > 0)
			limited(d, layer[i - 1], layer[i], i);
	}
	t->root = grow(t, layer, depth, false, 0, d->n - 1);
	for (int i = 0; i <= depth; i++)
		free(layer[i]);
}

int tree_build(int bits, const uint64_t *weight, int depth, struct tree *t, struct err *e)
{
	struct dp d = { .n = 1 << bits };
	struct layer *l;

	for (int i = 0; i < d.n; i++) {
		if (weight[i] > most_weight - d.sum[i])
			return err_set(e, ERR_INPUT, "the histogram's counts up to code %d add to more than 2^55, the most that is taken; divide all counts by the same number", i);
		d.sum[i + 1] = d.sum[i] + weight[i];
	}
	if (d.sum[d.n] == 0)
		for (int i = 0; i <= d.n; i++)
			d.sum[i] = (uint64_t)i;
	if (depth > 0 && depth < bits)
		return err_set(e, ERR_INPUT, "a search tree of depth %d holds %d codes, %d bits have %d: legal is a depth of 0 (no limit) or %d..255; raise the depth", depth, 1 << depth,
			       bits, d.n, bits);
	memset(t, 0, sizeof(*t));
	t->bits = bits;
	l = MEM_NEW(1, struct layer);
	unlimited(&d, l);
	t->root = grow(t, &l, 0, true, 0, d.n - 1);
	free(l);
	if (depth > 0 && deepest(t) > depth)
		build_limited(&d, depth, t); /* depth < 255 here: a chain of all nodes is no deeper than that */
	return 0;
}

static uint16_t halve(struct tree *t, int i, int j)
{
	uint16_t k = (uint16_t)((i + j + 1) / 2);

	if (i == j)
		return 0;
	t->left[k] = halve(t, i, k - 1);
	t->right[k] = halve(t, k, j);
	return k;
}

void tree_binary(int bits, struct tree *t)
{
	memset(t, 0, sizeof(*t));
	t->bits = bits;
	t->root = halve(t, 0, (1 << bits) - 1);
}

static void walk(const struct tree *t, uint16_t k, int depth, int *steps)
{
	if (t->left[k])
		walk(t, t->left[k], depth + 1, steps);
	else
		steps[k - 1] = depth;
	if (t->right[k])
		walk(t, t->right[k], depth + 1, steps);
	else
		steps[k] = depth;
}

void tree_steps(const struct tree *t, int *steps)
{
	walk(t, t->root, 1, steps);
}

double tree_mean(const struct tree *t, const uint64_t *weight)
{
	double sum = 0, total = 0;
	int steps[N], all = 0;

	tree_steps(t, steps);
	for (int i = 0; i < 1 << t->bits; i++) {
		sum += (double)weight[i] * steps[i];
		total += (double)weight[i];
		all += steps[i];
	}
	return total > 0 ? sum / total : (double)all / (1 << t->bits);
}

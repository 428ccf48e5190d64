/* Counting, then clocks from the uses. tally.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cost/tally.h"
#include "common/mem.h"
#include "cost/energy.h"
#include "map/number.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESULT_BITS = 32 };

uint64_t tally_ns(const struct cfg *c, double ns)
{
	return (uint64_t)ceil(ns * 1000 / c->clk_period_ps);
}

void tally_init(struct tally *y, const struct cfg *c, const struct cost_table *t, int n_phases)
{
	uint64_t least;

	*y = (struct tally){ .cfg = c, .table = t, .planes = num_planes(c), .columns = num_columns(c), .any_column = t->value[COST_ANY_COLUMN] != 0 };
	y->n_phases = n_phases;
	y->chunks = MEM_NEW((size_t)n_phases, int);
	y->evaluate = c->precharge + c->evaluate;
	least = tally_ns(c, t->value[COST_MVM_NS] / y->planes);
	if (least > (uint64_t)y->evaluate)
		y->evaluate = (int)least;
}

void tally_release(struct tally *y)
{
	free(y->use);
	free(y->chunks);
}

static uint64_t rounds(const struct tally *y, const struct tally_step *s)
{
	int adcs = y->cfg->adcs;

	return (uint64_t)(y->any_column ? (s->n_cols + adcs - 1) / adcs : num_rounds(y->cfg, s->col, s->col_stride, s->n_cols));
}

uint64_t tally_clocks(const struct tally *y, const struct tally_step *s)
{
	const struct cfg *c = y->cfg;
	uint64_t convert = rounds(y, s) * (uint64_t)(num_steps(c, num_resolution(c, s->most_rows)) * num_compare_clocks(c) + 1);
	uint64_t evaluate = (uint64_t)y->evaluate + 1;

	if (!c->sample_hold)
		return (uint64_t)y->planes * (evaluate + convert);
	return (uint64_t)y->planes * (evaluate > convert ? evaluate : convert);
}

void tally_step(struct tally *y, const struct tally_step *s)
{
	struct tally_use *u = y->n_uses ? &y->use[y->n_uses - 1] : NULL;

	if (!u || u->image != s->image || u->phase != s->phase) {
		u = MEM_PUSH(y->use, y->n_uses);
		*u = (struct tally_use){ .phase = s->phase, .image = s->image, .array = s->array };
	}
	u->clocks += s->count * tally_clocks(y, s);
	y->steps += s->count;
	y->conversions[num_resolution(y->cfg, s->most_rows)] += s->count * (uint64_t)s->n_cols;
	y->bits_in += s->count * (uint64_t)s->n_rows * (uint64_t)y->cfg->input_bits;
	y->cells += (double)s->count * s->n_rows * s->n_cols;
}

void tally_results(struct tally *y, uint64_t outputs)
{
	y->bits_out += outputs * RESULT_BITS;
}

void tally_chunks(struct tally *y, int phase, int chunks)
{
	if (chunks > y->chunks[phase])
		y->chunks[phase] = chunks;
}

/* ---- loads ---- */

static int sign(long a, long b)
{
	return (a > b) - (a < b);
}

static int by_array(const void *a, const void *b)
{
	const struct tally_use *x = a, *y = b;
	int r = sign(x->array, y->array);

	r = r ? r : sign(x->phase, y->phase);
	return r ? r : sign(x->image, y->image);
}

static int by_phase(const void *a, const void *b)
{
	const struct tally_use *x = a, *y = b;
	int r = sign(x->phase, y->phase);

	r = r ? r : sign(x->array, y->array);
	return r ? r : sign(x->image, y->image);
}

/* Changes of an array's image in the order of use, over and over: what does not change stays. */
static uint64_t loads(struct tally *y)
{
	uint64_t n = 0;

	qsort(y->use, y->n_uses, sizeof(*y->use), by_array);
	for (size_t i = 0, end; i < y->n_uses; i = end) {
		for (end = i + 1; end < y->n_uses && y->use[end].array == y->use[i].array; end++)
			n += y->use[end].image != y->use[end - 1].image;
		n += y->use[end - 1].image != y->use[i].image;
	}
	return n;
}

/* ---- clocks ---- */

struct group { uint64_t most[2], most_both; bool stage[2], reloaded; };

/* uses of one array in one phase */
static size_t array_end(const struct tally *y, size_t i, size_t end, uint64_t *clocks, int *image, bool *several)
{
	long array = y->use[i].array;

	*clocks = 0;
	for (; i < end && y->use[i].array == array; i++) {
		*several |= *image >= 0 && *image != y->use[i].image;
		*image = y->use[i].image;
		*clocks += y->use[i].clocks;
	}
	return i;
}

/* uses first..middle - 1 are of stage 0, middle..end - 1 of stage 1, both in order of array */
static struct group group_of(const struct tally *y, size_t first, size_t middle, size_t end)
{
	struct group g = { .stage = { middle > first, end > middle } };
	size_t i = first, j = middle;

	while (i < middle || j < end) {
		bool in_0 = i < middle && (j == end || y->use[i].array <= y->use[j].array), in_1 = j < end && (i == middle || y->use[j].array <= y->use[i].array);
		uint64_t t[2] = { 0, 0 };
		int image = -1;

		if (in_0)
			i = array_end(y, i, middle, &t[0], &image, &g.reloaded);
		if (in_1)
			j = array_end(y, j, end, &t[1], &image, &g.reloaded);
		for (int s = 0; s < 2; s++)
			g.most[s] = t[s] > g.most[s] ? t[s] : g.most[s];
		g.most_both = t[0] + t[1] > g.most_both ? t[0] + t[1] : g.most_both;
	}
	return g;
}

/* levels of a tree that adds n */
static int levels(int n)
{
	int l = 0;

	while ((1L << l) < n)
		l++;
	return l;
}

/* Between the stages, of the additions, before the next group: once per group. */
static uint64_t digital(const struct tally *y, const struct group *g, int phase)
{
	const double *v = y->table->value;
	int added = (g->stage[0] ? levels(y->chunks[phase]) : 0) + (g->stage[1] ? levels(y->chunks[phase + 1]) : 0);

	return tally_ns(y->cfg, v[COST_BETWEEN_NS]) + (g->stage[0] && g->stage[1] ? tally_ns(y->cfg, v[COST_STAGE_NS]) : 0) + (uint64_t)added * tally_ns(y->cfg, v[COST_ADD_NS]);
}

static size_t phase_end(const struct tally *y, size_t i, int phase)
{
	while (i < y->n_uses && y->use[i].phase == phase)
		i++;
	return i;
}

static uint64_t all_groups(struct tally *y, uint64_t tokens)
{
	uint64_t clocks = 0;

	qsort(y->use, y->n_uses, sizeof(*y->use), by_phase);
	for (size_t i = 0, middle, end; i < y->n_uses; i = end) {
		int phase = y->use[i].phase / 2 * 2;
		struct group g;

		middle = phase_end(y, i, phase);
		end = phase_end(y, middle, phase + 1);
		g = group_of(y, i, middle, end);
		if (g.reloaded) /* a stage of all tokens, then the other: an array holds one image at a time */
			clocks += tokens * (g.most[0] + g.most[1]);
		else
			clocks += g.most[0] + g.most[1] + (tokens - 1) * g.most_both;
		clocks += digital(y, &g, phase);
	}
	return clocks;
}

static uint64_t image_bits(const struct cfg *c)
{
	return (uint64_t)c->rows * (uint64_t)c->cols * (uint64_t)c->cell_bits;
}

void tally_counts(const struct tally *y, long tokens, struct system_cost *out)
{
	uint64_t T = (uint64_t)tokens, times = T * (uint64_t)y->planes;

	out->steps = y->steps;
	out->activations = times * y->steps;
	for (int b = 1; b < TALLY_BITS; b++) {
		out->conversions += times * y->conversions[b];
		out->comparisons += times * y->conversions[b] * (uint64_t)num_decisions(y->cfg, b);
		if (y->conversions[b])
			out->bits = b;
	}
	out->bits_moved = T * (y->bits_in + y->bits_out) + out->loads * image_bits(y->cfg);
	energy_fill(y, tokens, out);
}

void tally_finish(struct tally *y, long tokens, struct system_cost *out)
{
	const struct cfg *c = y->cfg;

	out->loads = loads(y);
	tally_counts(y, tokens, out);
	out->load_cycles = out->loads * (uint64_t)ceil((double)image_bits(c) / y->table->value[COST_LOAD_BITS]);
	out->cycles = all_groups(y, (uint64_t)tokens) + out->load_cycles;
	out->latency_ns = (double)out->cycles * c->clk_period_ps / 1000;
}

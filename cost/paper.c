/* SPDX-License-Identifier: Apache-2.0 */
#include "cost/paper.h"
#include "common/mem.h"
#include "map/number.h"
#include <math.h>
#include <stdlib.h>

/* the paper's converters reach any column of their array */
static double rounds(const struct cfg *c, const struct place_step *s)
{
	return (s->n_cols + c->adcs - 1) / c->adcs;
}

static double step_time(const struct cfg *c, const struct place_step *s, const struct paper_time *t)
{
	int bits = num_resolution(c, s->most_rows);

	return t->fixed + rounds(c, s) * t->bit * (t->power < 0 ? exp2(bits) : pow(bits, t->power));
}

/* pieces that continue the sum of an output: their rows do not begin the block */
static int additions(const struct placement *p, const struct place_step *s)
{
	int n = 0;

	for (int i = 0; i < s->n_pieces; i++)
		n += p->piece[s->piece + (size_t)i].in0 > 0;
	return n;
}

struct busy { int phase; double time; };

double paper_latency(const struct cfg *c, const struct placement *p, const struct paper_time *t)
{
	int phases = 0;
	double total = 0, *slowest, *serial;
	struct busy *array = MEM_NEW((size_t)p->arrays + 1, struct busy);

	for (size_t i = 0; i < p->n_steps; i++)
		if (p->step[i].phase >= phases)
			phases = p->step[i].phase + 1;
	slowest = MEM_NEW((size_t)phases + 1, double);
	serial = MEM_NEW((size_t)phases + 1, double);
	for (long i = 0; i < p->arrays; i++)
		array[i].phase = -1;
	/* steps of one image stand together in order of phase */
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct place_step *s = &p->step[i];
		struct busy *a = &array[p->image[s->image].array];

		if (a->phase != s->phase) {
			*a = (struct busy){ s->phase, 0 };
			serial[s->phase] += t->transfer;
		}
		a->time += step_time(c, s, t);
		if (a->time > slowest[s->phase])
			slowest[s->phase] = a->time;
		serial[s->phase] += t->add * additions(p, s);
	}
	for (int i = 0; i < phases; i++)
		total += slowest[i] + serial[i];
	free(array);
	free(slowest);
	free(serial);
	return total;
}

double paper_power(const struct cfg *c, const struct placement *linear, const struct placement *other, double ratio)
{
	double lo = 0, hi = 8;

	for (int i = 0; i < 60; i++) {
		struct paper_time t = { 0, 1, (lo + hi) / 2, 0, 0 };

		if (paper_latency(c, linear, &t) / paper_latency(c, other, &t) < ratio)
			lo = t.power;
		else
			hi = t.power;
	}
	return lo > 7.99 || hi < 0.01 ? NAN : lo;
}

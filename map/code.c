/* Instruction lists, and hardware loops over what repeats by constant steps.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/code.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum {
	MOST_PERIOD = 8,     /* parts that one loop may hold */
	MOST_COUNT = 65535,
	FLAG_BUFFER = 1,     /* of OUT */
};

void code_put(struct code *to, struct map_instr i)
{
	*MEM_PUSH(to->i, to->n) = i;
}

void code_idx(struct code *to, int r, int from, int step)
{
	code_put(to, (struct map_instr){ .op = MAP_IDX, .r_base = r, .r_row = from, .imm = step & 0xffff });
}

void code_step(struct code *to, int r, int step)
{
	if (step)
		code_idx(to, r, r, step);
}

void code_loop(struct code *to, int n)
{
	if (n > 1)
		code_put(to, (struct map_instr){ .op = MAP_LOOP, .count = n });
}

void code_next(struct code *to, int n)
{
	if (n > 1)
		code_put(to, (struct map_instr){ .op = MAP_NEXT });
}

/* what a repetition adds to the one before it; a step is known once it was seen */
struct step { bool known; int by; };
struct steps { struct step x, channel, mid; };

static bool same_step(int from, int to, struct step *step)
{
	int by = (to - from) & 0xffff;

	if (!step->known)
		*step = (struct step){ true, by };
	return by == step->by;
}

/* b is a with these steps */
static bool follows(const struct code *a, const struct code *b, struct steps *steps)
{
	if (a->n != b->n)
		return false;
	for (size_t n = 0; n < a->n; n++) {
		struct map_instr p = a->i[n], q = b->i[n];
		uint32_t u[8], v[8];

		if (p.op == MAP_ACT && q.op == MAP_ACT) {
			if (!same_step(p.base, q.base, &steps->x))
				return false;
			p.base = q.base;
		}
		if (p.op == MAP_OUT && q.op == MAP_OUT) {
			if (!same_step(p.channel, q.channel, &steps->channel) || ((p.flags & FLAG_BUFFER) && !same_step(p.base, q.base, &steps->mid)))
				return false;
			p.channel = q.channel;
			p.base = q.base;
		}
		map_encode(&p, u);
		map_encode(&q, v);
		if (memcmp(u, v, sizeof(u)))
			return false;
	}
	return true;
}

/* how often parts[0 .. period - 1] come one after the other */
static size_t repetitions(const struct code *parts, size_t n, size_t period, struct steps *steps)
{
	size_t count = 1;

	*steps = (struct steps){ 0 };
	for (; (count + 1) * period <= n && count < MOST_COUNT; count++) {
		struct steps found = *steps;

		for (size_t i = 0; i < period; i++)
			if (!follows(&parts[(count - 1) * period + i], &parts[count * period + i], &found))
				return count;
		*steps = found;
	}
	return count;
}

static size_t length(const struct code *parts, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += parts[i].n;
	return sum;
}

void code_level(struct code *to, const struct code_level *l)
{
	code_idx(to, l->x, l->x_from, 0);
	if (l->channel)
		code_idx(to, l->channel, 0, 0);
	if (l->mid)
		code_idx(to, l->mid, 0, 0);
}

static void put_run(struct code *to, const struct code *parts, size_t period, size_t count, const struct steps *steps, const struct code_level *l)
{
	code_loop(to, (int)count);
	for (size_t i = 0; i < period; i++)
		for (size_t n = 0; n < parts[i].n; n++)
			code_put(to, parts[i].i[n]);
	code_step(to, l->x, steps->x.by); /* of one part all are 0 */
	code_step(to, l->channel, steps->channel.by);
	code_step(to, l->mid, steps->mid.by);
	code_next(to, (int)count);
}

void code_parts(struct code *to, struct code *parts, size_t n, const struct code_level *l)
{
	size_t period, count;

	for (size_t at = 0; at < n; at += period * count) {
		struct steps steps = { 0 };
		size_t saved = 0;

		period = count = 1;
		for (size_t p = 1; p <= MOST_PERIOD && 2 * p <= n - at; p++) {
			struct steps found;
			size_t c = repetitions(parts + at, n - at, p, &found), s = (c - 1) * length(parts + at, p);

			if (s > saved) {
				saved = s;
				period = p;
				count = c;
				steps = found;
			}
		}
		put_run(to, parts + at, period, count, &steps, l);
		if (count > 1 && at + period * count < n)
			code_level(to, l);
	}
	for (size_t i = 0; i < n; i++)
		free(parts[i].i);
}

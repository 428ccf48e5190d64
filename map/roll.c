/* Rolling, from the innermost loop outwards: each round finds, from the front, the repetition that becomes shortest
 * for what it holds, and makes it one loop.
 * What was rolled in one round is one thing to repeat in the next.
 * SPDX-License-Identifier: Apache-2.0 */
#include "map/roll.h"
#include "common/mem.h"
#include <stdlib.h>
#include <string.h>

enum {
	FIELDS = 6,              /* base, row, column, accumulator, tile, channel */
	MOST_UNIT = 72,          /* things that one loop may hold: an ACT per tile, and some more */
	MOST_COUNT = 65535,
	FIRST_REGISTER = 8, END_REGISTER = 16,
	LOOP_LEVELS = 4,
};

struct steps { int by[FIELDS]; };

/* an instruction, or a loop over n nodes */
struct node {
	struct map_instr i;
	int count;               /* of a loop; 0: instruction */
	struct node *child; size_t n;
	struct steps *step;      /* of a loop, [leaves]: what a repetition adds to each instruction in it */
	size_t leaves, size;     /* instructions in it; that it takes in the program, about */
	int depth;
	uint32_t kind;           /* of an instruction: its number; of a loop: equal where one can follow the other, most often different for others */
};

struct nodes { struct node *at; size_t n; };

static int *value(struct map_instr *i, int f)
{
	int *const of[FIELDS] = { &i->base, &i->row_start, &i->col_start, &i->acc_base, &i->tile, &i->channel };

	return of[f];
}

static int *reg(struct map_instr *i, int f)
{
	int *const of[FIELDS] = { &i->r_base, &i->r_row, &i->r_col, &i->r_acc, &i->r_tile, &i->r_ch };

	return of[f];
}

static void node_release(struct node *a)
{
	for (size_t i = 0; i < a->n; i++)
		node_release(&a->child[i]);
	free(a->child);
	free(a->step);
}

static void push(struct nodes *to, const struct node *a)
{
	*MEM_PUSH(to->at, to->n) = *a;
}

/* ---- what repeats ---- */

static uint32_t mix(uint32_t sum, const void *data, size_t n)
{
	const unsigned char *c = data;

	for (size_t i = 0; i < n; i++)
		sum = (sum ^ c[i]) * 16777619u;
	return sum;
}

/* instructions that differ in their fields only have the same number */
struct kinds { struct map_instr *i; uint32_t *number; size_t room; uint32_t n; };

static uint32_t number_kind(struct kinds *k, const struct map_instr *i)
{
	struct map_instr x = *i;
	size_t at;

	for (int f = 0; f < FIELDS; f++)
		*value(&x, f) = 0;
	for (at = mix(0, &x, sizeof(x)) & (k->room - 1); k->number[at] && memcmp(&k->i[at], &x, sizeof(x)); at = (at + 1) & (k->room - 1))
		;
	if (!k->number[at]) {
		k->i[at] = x;
		k->number[at] = ++k->n;
	}
	return k->number[at];
}

/* b is a with steps[leaves of a]; known: they must be these, else they are found */
static bool follows(struct node *a, struct node *b, struct steps *steps, bool known)
{
	if (a->kind != b->kind || a->count != b->count || a->n != b->n || a->leaves != b->leaves)
		return false;
	if (!a->count) {
		for (int f = 0; f < FIELDS; f++) {
			int by = (*value(&b->i, f) - *value(&a->i, f)) & 0xffff;

			if (!known)
				steps->by[f] = by;
			else if (by != steps->by[f])
				return false;
		}
		return true;
	}
	if (memcmp(a->step, b->step, a->leaves * sizeof(*a->step)))
		return false;
	for (size_t i = 0; i < a->n; steps += a->child[i++].leaves)
		if (!follows(&a->child[i], &b->child[i], steps, known))
			return false;
	return true;
}

static size_t leaves_of(const struct node *a, size_t n)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i].leaves;
	return sum;
}

static bool units_follow(struct node *a, size_t unit, struct steps *steps, bool known)
{
	for (size_t i = 0; i < unit; steps += a[i++].leaves)
		if (!follows(&a[i], &a[unit + i], steps, known))
			return false;
	return true;
}

/* how often a[0..unit-1] comes one after the other */
static size_t repetitions(struct node *a, size_t n, size_t unit, struct steps *steps)
{
	size_t count = 1;

	while ((count + 1) * unit <= n && count < MOST_COUNT && units_follow(a + (count - 1) * unit, unit, steps, count > 1))
		count++;
	return count;
}

/* ---- registers ---- */

/* registers of one loop: each carries what a step adds to a register (0: to nothing) */
struct carried { int from[END_REGISTER - FIRST_REGISTER], by[END_REGISTER - FIRST_REGISTER], n; };

/* The registers of the instructions in a loop, in[leaves] outside it, out[leaves] inside; next: the first that is free. False: there are too few. */
static bool carry(const struct steps *step, size_t leaves, const struct steps *in, struct steps *out, int next, struct carried *k)
{
	k->n = 0;
	for (size_t i = 0; i < leaves; i++) {
		for (int f = 0; f < FIELDS; f++) {
			int at = 0;

			out[i].by[f] = in[i].by[f];
			if (!step[i].by[f])
				continue;
			while (at < k->n && (k->from[at] != in[i].by[f] || k->by[at] != step[i].by[f]))
				at++;
			if (at == k->n) {
				if (next + at == END_REGISTER)
					return false;
				k->from[at] = in[i].by[f];
				k->by[at] = step[i].by[f];
				k->n++;
			}
			out[i].by[f] = next + at;
		}
	}
	return true;
}

/* whether the registers suffice; to: the instructions go there, NULL: it is only asked */
static bool put_nodes(struct node *a, size_t n, const struct steps *regs, int next, struct code *to)
{
	for (size_t i = 0; i < n; regs += a[i++].leaves) {
		struct steps *inside;
		struct carried k;
		bool enough;

		if (!a[i].count) {
			struct map_instr x = a[i].i;

			for (int f = 0; f < FIELDS; f++)
				*reg(&x, f) = regs->by[f];
			if (to)
				code_put(to, x);
			continue;
		}
		inside = MEM_NEW(a[i].leaves, struct steps);
		enough = carry(a[i].step, a[i].leaves, regs, inside, next, &k);
		for (int r = 0; to && r < k.n; r++)
			code_idx(to, next + r, k.from[r], 0);
		if (to)
			code_put(to, (struct map_instr){ .op = MAP_LOOP, .count = a[i].count });
		enough = enough && put_nodes(a[i].child, a[i].n, inside, next + k.n, to);
		for (int r = 0; to && r < k.n; r++)
			code_idx(to, next + r, next + r, k.by[r]);
		if (to)
			code_put(to, (struct map_instr){ .op = MAP_NEXT });
		free(inside);
		if (!enough)
			return false;
	}
	return true;
}

/* the registers that the instructions have by themselves */
static void own_registers(struct node *a, size_t n, struct steps **to)
{
	for (size_t i = 0; i < n; i++) {
		if (a[i].count) {
			own_registers(a[i].child, a[i].n, to);
			continue;
		}
		for (int f = 0; f < FIELDS; f++)
			(*to)->by[f] = *reg(&a[i].i, f);
		++*to;
	}
}

/* a loop over a[0..unit-1]; registers that it takes itself, -1: there are too few for it and what is in it */
static int registers(struct node *a, size_t unit, struct steps *steps)
{
	size_t leaves = leaves_of(a, unit);
	struct steps *own = MEM_NEW(leaves, struct steps), *end = own, *inside = MEM_NEW(leaves, struct steps);
	struct carried k;
	bool enough;

	own_registers(a, unit, &end);
	enough = carry(steps, leaves, own, inside, FIRST_REGISTER, &k) && put_nodes(a, unit, inside, FIRST_REGISTER + k.n, NULL);
	free(own);
	free(inside);
	return enough ? k.n : -1;
}

/* ---- rounds ---- */

/* a repetition: `whole` instructions in all, `size` when rolled */
struct found { size_t unit, count, whole, size; struct steps *steps; };

/* rolled to a smaller part of what it was */
static bool denser(size_t size, size_t whole, const struct found *than)
{
	return size < whole && (!than->count || size * than->whole < than->size * whole);
}

/* whether the first instruction of three units advances by the same steps */
static bool steady(struct node *a, size_t unit)
{
	if (a[0].count)
		return true;
	for (int f = 0; f < FIELDS; f++)
		if ((2 * *value(&a[unit].i, f) - *value(&a[0].i, f) - *value(&a[2 * unit].i, f)) & 0xffff)
			return false;
	return true;
}

/* part: only what becomes at most 1/part of its length */
static void look(struct node *a, size_t n, size_t unit, int levels, size_t part, struct found *best)
{
	struct found f = { .unit = unit };
	size_t once = 0;
	int regs;

	/* most units do not come twice, or (what becomes less than half of its length) three times */
	if (part > 1 && (3 * unit > n || !steady(a, unit)))
		return;
	for (size_t i = 0; i < unit; i++) {
		if (a[i].kind != a[unit + i].kind || a[i].depth + 1 > levels)
			return;
		once += a[i].size;
	}
	f.steps = MEM_NEW(leaves_of(a, unit), struct steps);
	f.count = repetitions(a, n, unit, f.steps);
	f.whole = f.count * once;
	/* at least LOOP and NEXT are added; the registers are counted only where that can be worth it */
	if ((once + 2) * part <= f.whole && denser(once + 2, f.whole, best) && (regs = registers(a, unit, f.steps)) >= 0) {
		f.size = once + 2 + 2 * (size_t)regs;
		if (f.size * part <= f.whole && denser(f.size, f.whole, best)) {
			free(best->steps);
			*best = f;
			return;
		}
	}
	free(f.steps);
}

static struct node make_loop(struct node *a, const struct found *f)
{
	struct node loop = { .count = (int)f->count, .child = MEM_NEW(f->unit, struct node), .n = f->unit, .step = f->steps, .leaves = leaves_of(a, f->unit), .size = f->size };

	memcpy(loop.child, a, f->unit * sizeof(*a));
	loop.kind = mix((uint32_t)loop.count, loop.step, loop.leaves * sizeof(*loop.step));
	for (size_t i = 0; i < f->unit * f->count; i++) {
		if (a[i].depth >= loop.depth)
			loop.depth = a[i].depth + 1;
		if (i >= f->unit)
			node_release(&a[i]);
	}
	return loop;
}

/* one round; false: nothing was found */
static bool roll(struct nodes *l, int levels, size_t part)
{
	struct nodes out = { 0 };
	bool any = false;

	for (size_t at = 0; at < l->n; ) {
		struct found best = { 0 };
		struct node loop;

		for (size_t unit = 1; unit <= MOST_UNIT && 2 * unit <= l->n - at; unit++)
			look(l->at + at, l->n - at, unit, levels, part, &best);
		if (!best.count) {
			push(&out, &l->at[at++]);
			continue;
		}
		loop = make_loop(l->at + at, &best);
		push(&out, &loop);
		at += best.unit * best.count;
		any = true;
	}
	free(l->at);
	*l = out;
	return any;
}

/* n instructions, ACT and OUT only, at a loop depth that leaves `levels` */
static void roll_run(const struct map_instr *i, size_t n, int levels, struct code *to)
{
	struct nodes l = { 0 };
	struct steps *own = MEM_NEW(n, struct steps), *end = own;
	struct kinds kinds = { .room = 16 };

	while (kinds.room < 2 * n)
		kinds.room *= 2;
	kinds.i = MEM_NEW(kinds.room, struct map_instr);
	kinds.number = MEM_NEW(kinds.room, uint32_t);
	for (size_t k = 0; k < n; k++)
		push(&l, &(struct node){ .i = i[k], .leaves = 1, .size = 1, .kind = number_kind(&kinds, &i[k]) });
	free(kinds.i);
	free(kinds.number);
	/* what is worth most first: a long repetition must not be hidden by a poor one that begins before it */
	for (size_t part = 4; part; part /= 2)
		while (roll(&l, levels, part))
			;
	own_registers(l.at, l.n, &end);
	if (!put_nodes(l.at, l.n, own, FIRST_REGISTER, to))
		BUG("a rolled loop has too few registers");
	for (size_t k = 0; k < l.n; k++)
		node_release(&l.at[k]);
	free(l.at);
	free(own);
}

void roll_code(const struct code *from, struct code *to)
{
	int depth = 0;

	memset(to, 0, sizeof(*to));
	for (size_t i = 0, end; i < from->n; i = end) {
		end = i + 1;
		if (from->i[i].op != MAP_ACT && from->i[i].op != MAP_OUT) {
			depth += from->i[i].op == MAP_LOOP ? 1 : from->i[i].op == MAP_NEXT ? -1 : 0;
			code_put(to, from->i[i]);
			continue;
		}
		while (end < from->n && (from->i[end].op == MAP_ACT || from->i[end].op == MAP_OUT))
			end++;
		roll_run(from->i + i, end - i, LOOP_LEVELS - depth, to);
	}
}
